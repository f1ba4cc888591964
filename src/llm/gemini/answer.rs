//! An answer as it grows over pieces, requests and broken streams.
//!
//! One answer may span several requests (hops): a hop that ends with `CONTINUATION` hands over a token, and the same request
//! with that token goes on where it ended. Tokens also come in the middle of a stream; they are checkpoints, from which a
//! broken stream resumes. Usage is a running total within a hop and is summed over hops.

use serde_json::Value;

use super::wire::{Chunk, Ending, ending};
use crate::llm::call::{Sink, too_large};
use crate::llm::client::{Finish, LlmErrorKind as Kind, Usage};
use crate::llm::diagnosis::{Diagnosis, Retry, diagnose};
use crate::llm::service_error::{ServiceError, clean};
use crate::llm::sse::SseEvent;

/// The most text of an answer, in bytes; several times what the longest answer of a model comes to.
const MAX_TEXT: usize = 16 << 20;

/// The most requests that one answer may span.
const MAX_HOPS: u32 = 64;

/// How often a stream resumes from the same token before it starts over.
const MAX_FRUITLESS: u32 = 3;

/// What follows a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The answer is whole, or as long as it may be.
    Done(Finish),
    /// The next hop continues it.
    Hop,
}

/// An answer in the making.
#[derive(Debug, Default)]
pub(super) struct Answer {
    text: String,
    checkpoint: Option<Checkpoint>,
    hop: Hop,
    spent: Usage,
    model: Option<String>,
    hops: u32,
    fruitless: u32,
    /// Characters that came, those that were dropped again too.
    received: u64,
}

#[derive(Debug)]
struct Checkpoint {
    token: String,
    /// How much of the text stood when the token came; what came later comes again.
    len: usize,
}

#[derive(Debug, Default)]
struct Hop {
    finish: Option<String>,
    finish_message: Option<String>,
    token: Option<String>,
    usage: Usage,
    last: String,
}

impl Answer {
    /// The token that the next request carries.
    pub(super) fn token(&self) -> Option<&str> {
        self.checkpoint.as_ref().map(|checkpoint| checkpoint.token.as_str())
    }

    /// Books a request that is about to be sent.
    pub(super) fn begin_hop(&mut self) {
        self.hop = Hop::default();
        self.spent.calls += 1;
    }

    /// Closes a hop whose stream ended properly.
    pub(super) fn end_hop(&mut self) -> Result<Next, Diagnosis> {
        self.spent += std::mem::take(&mut self.hop.usage);
        let Some(reason) = self.hop.finish.take() else {
            return Err(Diagnosis::new(
                Kind::Truncated,
                Retry::Often,
                "the answer ended without a finish reason",
            )
            .hint("the connection was cut; `metagen resume` tries again"));
        };
        let detail =
            self.hop.finish_message.take().map(|text| format!(": {}", clean(&text))).unwrap_or_default();
        let shown = clean(&reason);
        let empty =
            self.text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}'));
        match ending(&reason) {
            Ending::Complete if empty => {
                Err(Diagnosis::new(Kind::Malformed, Retry::Few, "the model answered without any text")
                    .hint("try again, or choose another model"))
            }
            Ending::Complete => Ok(Next::Done(Finish::Complete)),
            // Also where thinking used the bound up before any text: whoever asked asks for less.
            Ending::Length => Ok(Next::Done(Finish::Length)),
            Ending::Continues => self.next_hop(),
            Ending::Blocked => Err(Diagnosis::new(
                Kind::Blocked,
                Retry::Never,
                format!("the answer was blocked: {shown}{detail}"),
            )
            .hint(BLOCK_HINT)),
            Ending::Stumbled => Err(Diagnosis::new(
                Kind::Malformed,
                Retry::Few,
                format!("the model stumbled: {shown}{detail}"),
            )
            .hint("try again, or choose another model")),
            Ending::Unknown => Err(Diagnosis::new(
                Kind::Malformed,
                Retry::Never,
                format!("the answer ended for a reason unknown to metagen: {shown}{detail}"),
            )
            .hint("choose another model, or look for a newer version of metagen")),
        }
    }

    fn next_hop(&mut self) -> Result<Next, Diagnosis> {
        let fresh = self.hop.token.take().is_some();
        self.hops += 1;
        if !fresh || self.hops > MAX_HOPS {
            let what =
                if fresh { "spans too many requests" } else { "is to be continued, but nothing says how" };
            return Err(Diagnosis::new(Kind::Truncated, Retry::Few, format!("the answer {what}"))
                .hint("try again, or choose another model"));
        }
        self.fruitless = 0;
        Ok(Next::Hop)
    }

    /// Goes back to the last checkpoint after a failure, or to the beginning where there is none.
    pub(super) fn rewind(&mut self) {
        self.spent += std::mem::take(&mut self.hop.usage);
        self.fruitless = if self.hop.token.take().is_some() { 0 } else { self.fruitless + 1 };
        if self.fruitless > MAX_FRUITLESS {
            self.fruitless = 0;
            self.checkpoint = None;
            self.hops = 0;
        }
        self.text.truncate(self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.len));
        self.hop = Hop::default();
    }

    /// Starts over: what stands cannot be continued.
    pub(super) fn start_over(&mut self) {
        self.checkpoint = None;
        self.text.clear();
        (self.hops, self.fruitless) = (0, 0);
    }

    /// What all requests took so far.
    pub(super) fn usage(&self) -> Usage {
        let mut usage = self.spent;
        usage += self.hop.usage;
        usage
    }

    /// How many characters of text came so far, those that were dropped again too.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    /// The model that answers.
    pub(super) fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// The text and the model that gave it.
    pub(super) fn into_parts(self) -> (String, Option<String>, Usage) {
        let usage = self.usage();
        (self.text, self.model, usage)
    }

    fn document(&mut self, value: &Value) -> Result<(), Diagnosis> {
        if let Some(error) = ServiceError::from_value(value) {
            return Err(diagnose(error.code.unwrap_or(500), &error, None));
        }
        let chunk = Chunk::read(value);
        // Totals run; a piece without them erases nothing.
        self.hop.usage = chunk.usage.unwrap_or(self.hop.usage);
        self.model = chunk.model.or(self.model.take());
        if let Some(reason) = chunk.block {
            return Err(Diagnosis::new(
                Kind::Blocked,
                Retry::Never,
                format!("the prompt was blocked: {}", clean(&reason)),
            )
            .hint(BLOCK_HINT));
        }
        if self.text.len() + chunk.text.len() > MAX_TEXT {
            return Err(too_large());
        }
        self.received += chunk.text.chars().count() as u64;
        self.text.push_str(&chunk.text);
        if let Some(reason) = chunk.finish {
            self.hop.finish = Some(reason);
            self.hop.finish_message = chunk.finish_message;
        }
        if let Some(token) = chunk.token
            && self.token() != Some(token.as_str())
        {
            self.hop.token = Some(token.clone());
            self.checkpoint = Some(Checkpoint { token, len: self.text.len() });
        }
        Ok(())
    }
}

const BLOCK_HINT: &str = "reword the spec, or set safety thresholds if a filter is too strict";

impl Sink for Answer {
    fn event(&mut self, event: SseEvent) -> Result<(), Diagnosis> {
        let SseEvent::Data(data) = event else { return Ok(()) };
        // A proxy may deliver the last event twice. An event that ends an answer is not repeated for real, because its
        // totals would differ; earlier ones may be, and are left alone.
        if self.hop.finish.is_some() && self.hop.last == data {
            return Ok(());
        }
        let value: Value = match serde_json::from_str(&data) {
            Ok(value) => value,
            Err(_) => {
                return Err(match ServiceError::from_broken(&data) {
                    Some(error) => diagnose(error.code.unwrap_or(500), &error, None),
                    None => Diagnosis::new(
                        Kind::Truncated,
                        Retry::Often,
                        "the answer was cut off in the middle of a piece",
                    )
                    .hint("the connection was cut; `metagen resume` tries again"),
                });
            }
        };
        match &value {
            // A stream that is one array, as servers send it that do not know `alt=sse`.
            Value::Array(items) if ServiceError::from_value(&value).is_none() => {
                for item in items {
                    self.document(item)?;
                }
            }
            other => self.document(other)?,
        }
        self.hop.last = if self.hop.finish.is_some() { data } else { String::new() };
        Ok(())
    }

    fn finished(&self) -> bool {
        self.hop.finish.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn chunk(text: &str, finish: Option<&str>, token: Option<&str>, output: Option<u64>) -> String {
        let mut value = json!({"candidates": [{"content": {"parts": [{"text": text}]}}]});
        if let Some(finish) = finish {
            value["candidates"][0]["finishReason"] = json!(finish);
        }
        if let Some(token) = token {
            value["candidates"][0]["continuationToken"] = json!(token);
        }
        if let Some(output) = output {
            value["usageMetadata"] = json!({"promptTokenCount": 10, "candidatesTokenCount": output});
        }
        value.to_string()
    }

    fn feed(answer: &mut Answer, pieces: &[String]) -> Result<(), Diagnosis> {
        pieces.iter().try_for_each(|piece| answer.event(SseEvent::Data(piece.clone())))
    }

    #[test]
    fn pieces_add_up_and_usage_is_the_last_word() {
        let mut answer = Answer::default();
        answer.begin_hop();
        let pieces = [
            chunk("a", None, None, Some(1)),
            chunk("a", None, None, None),
            chunk("b", Some("STOP"), None, Some(7)),
            chunk("", None, None, None),
        ];
        feed(&mut answer, &pieces).unwrap();
        assert_eq!(answer.end_hop().unwrap(), Next::Done(Finish::Complete));
        let (text, _, usage) = answer.into_parts();
        assert_eq!(text, "aab");
        assert_eq!(usage, Usage { input_tokens: 10, cached_tokens: 0, output_tokens: 7, calls: 1 });
    }

    #[test]
    fn hops_are_followed_and_summed() {
        let mut answer = Answer::default();
        answer.begin_hop();
        feed(&mut answer, &[chunk("one ", Some("CONTINUATION"), Some("t1"), Some(5))]).unwrap();
        assert_eq!(answer.end_hop().unwrap(), Next::Hop);
        assert_eq!(answer.token(), Some("t1"));
        answer.begin_hop();
        feed(&mut answer, &[chunk("", Some("CONTINUATION"), Some("t2"), Some(3))]).unwrap();
        assert_eq!(answer.end_hop().unwrap(), Next::Hop);
        answer.begin_hop();
        feed(&mut answer, &[chunk("two", Some("STOP"), None, Some(4))]).unwrap();
        assert_eq!(answer.end_hop().unwrap(), Next::Done(Finish::Complete));
        let (text, _, usage) = answer.into_parts();
        assert_eq!(
            (text.as_str(), usage.output_tokens, usage.input_tokens, usage.calls),
            ("one two", 12, 30, 3)
        );
    }

    #[test]
    fn a_continuation_without_a_new_token_is_no_answer() {
        let mut answer = Answer::default();
        answer.begin_hop();
        feed(&mut answer, &[chunk("one", Some("CONTINUATION"), Some("t"), None)]).unwrap();
        answer.end_hop().unwrap();
        answer.begin_hop();
        feed(&mut answer, &[chunk("two", Some("CONTINUATION"), Some("t"), None)]).unwrap();
        assert_eq!(answer.end_hop().unwrap_err().error.kind, Kind::Truncated);
    }

    #[test]
    fn a_broken_stream_goes_back_to_its_checkpoint() {
        let mut answer = Answer::default();
        answer.begin_hop();
        feed(&mut answer, &[chunk("kept ", None, Some("t"), Some(2)), chunk("lost", None, None, Some(3))])
            .unwrap();
        answer.rewind();
        assert_eq!(answer.token(), Some("t"));
        answer.begin_hop();
        feed(&mut answer, &[chunk("again", Some("STOP"), None, Some(4))]).unwrap();
        assert_eq!(answer.end_hop().unwrap(), Next::Done(Finish::Complete));
        let (text, _, usage) = answer.into_parts();
        assert_eq!((text.as_str(), usage.output_tokens, usage.calls), ("kept again", 7, 2));
    }

    #[test]
    fn without_a_checkpoint_it_starts_over_and_a_dead_one_is_dropped() {
        let mut answer = Answer::default();
        answer.begin_hop();
        feed(&mut answer, &[chunk("lost", None, None, None)]).unwrap();
        answer.rewind();
        assert_eq!(answer.text, "");
        answer.begin_hop();
        feed(&mut answer, &[chunk("kept", None, Some("t"), None)]).unwrap();
        answer.rewind();
        for _ in 0..3 {
            assert_eq!((answer.token(), answer.text.as_str()), (Some("t"), "kept"));
            answer.begin_hop();
            answer.rewind();
        }
        assert_eq!(answer.token(), Some("t"));
        answer.begin_hop();
        answer.rewind();
        assert_eq!((answer.token(), answer.text.as_str()), (None, ""));
    }

    #[test]
    fn endings() {
        for (text, finish, kind, retry) in [
            ("x", None, Kind::Truncated, Retry::Often),
            (" \u{200b}\n", Some("STOP"), Kind::Malformed, Retry::Few),
            ("x", Some("SAFETY"), Kind::Blocked, Retry::Never),
            ("x", Some("RECITATION"), Kind::Blocked, Retry::Never),
            ("x", Some("MALFORMED_RESPONSE"), Kind::Malformed, Retry::Few),
            ("x", Some("BRAND_NEW"), Kind::Malformed, Retry::Never),
        ] {
            let mut answer = Answer::default();
            answer.begin_hop();
            feed(&mut answer, &[chunk(text, finish, None, None)]).unwrap();
            let diagnosis = answer.end_hop().unwrap_err();
            assert_eq!((diagnosis.error.kind, diagnosis.retry), (kind, retry), "{finish:?}");
        }
        for text in ["half", ""] {
            let mut answer = Answer::default();
            feed(&mut answer, &[chunk(text, Some("MAX_TOKENS"), Some("t"), None)]).unwrap();
            assert_eq!(answer.end_hop().unwrap(), Next::Done(Finish::Length));
        }
    }

    #[test]
    fn errors_inside_a_stream_count_even_after_the_end() {
        let mut answer = Answer::default();
        let error = "{\"error\": {\"code\": 503, \"message\": \"overloaded\", \"status\": \"UNAVAILABLE\"}}";
        let pieces = [chunk("x", Some("STOP"), None, None), error.to_owned()];
        let diagnosis = feed(&mut answer, &pieces).unwrap_err();
        assert_eq!((diagnosis.error.kind, diagnosis.retry), (Kind::Overloaded, Retry::Often));
        let blocked = r#"{"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}"#.to_owned();
        assert_eq!(feed(&mut Answer::default(), &[blocked]).unwrap_err().error.kind, Kind::Blocked);
        let half = r#"{"candidates": [{"con"#.to_owned();
        assert_eq!(feed(&mut Answer::default(), &[half]).unwrap_err().error.kind, Kind::Truncated);
    }

    #[test]
    fn a_repeated_last_event_counts_once_and_an_array_is_a_stream() {
        let mut answer = Answer::default();
        let last = chunk("x", Some("STOP"), None, Some(3));
        feed(&mut answer, &[chunk("a", None, None, None), chunk("a", None, None, None), last.clone(), last])
            .unwrap();
        assert_eq!(answer.text, "aax");
        let mut answer = Answer::default();
        feed(
            &mut answer,
            &[format!("[{},{}]", chunk("a", None, None, None), chunk("b", Some("STOP"), None, None))],
        )
        .unwrap();
        assert_eq!(answer.text, "ab");
        assert!(answer.finished());
    }
}
