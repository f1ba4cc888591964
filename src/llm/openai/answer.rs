//! An answer as it grows, streamed or whole.

use serde_json::Value;

use crate::llm::call::{Sink, too_large};
use crate::llm::client::{Finish, LlmErrorKind as Kind, Usage};
use crate::llm::diagnosis::{Diagnosis, Retry, diagnose};
use crate::llm::service_error::{ServiceError, clean};
use crate::llm::sse::SseEvent;

const MAX_TEXT: usize = 16 << 20;

/// One attempt's answer.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) model: Option<String>,
    pub(super) usage: Usage,
    finish: Option<String>,
    done: bool,
}

impl Answer {
    /// What the answer is, once its stream has ended properly.
    pub(super) fn end(&self) -> Result<Finish, Diagnosis> {
        let empty = without_thoughts(self.text.clone()).trim().is_empty();
        match self.finish.as_deref() {
            Some("stop") | None if self.finish.is_some() || self.done => {
                if empty {
                    Err(Diagnosis::new(Kind::Malformed, Retry::Few, "the model answered without any text")
                        .hint("try again, or choose another model"))
                } else {
                    Ok(Finish::Complete)
                }
            }
            Some("length") => Ok(Finish::Length),
            Some("content_filter") => {
                Err(Diagnosis::new(Kind::Blocked, Retry::Never, "the answer was blocked by a content filter")
                    .hint("reword the spec, or choose another model"))
            }
            Some(other) => Err(Diagnosis::new(
                Kind::Malformed,
                Retry::Few,
                format!("the answer ended for another reason than being complete: {}", clean(other)),
            )
            .hint("try again, or choose another model")),
            None => {
                Err(Diagnosis::new(Kind::Truncated, Retry::Often, "the answer ended without a finish reason")
                    .hint("the connection was cut; `metagen resume` tries again"))
            }
        }
    }
}

/// The text without the thoughts that some local models put before it.
pub(super) fn without_thoughts(text: String) -> String {
    let begun = text.trim_start();
    match begun.strip_prefix("<think>").and_then(|rest| rest.split_once("</think>")) {
        Some((_, said)) => said.trim_start().to_owned(),
        None => text,
    }
}

impl Sink for Answer {
    fn event(&mut self, event: SseEvent) -> Result<(), Diagnosis> {
        let data = match event {
            SseEvent::Done => {
                self.done = true;
                return Ok(());
            }
            SseEvent::Data(data) => data,
        };
        let value: Value = serde_json::from_str(&data).map_err(|_| {
            Diagnosis::new(Kind::Truncated, Retry::Often, "the answer was cut off in the middle of a piece")
                .hint("the connection was cut; `metagen resume` tries again")
        })?;
        if let Some(error) = ServiceError::from_value(&value) {
            return Err(diagnose(error.code.unwrap_or(500), &error, None));
        }
        if let Some(usage) = value.get("usage").filter(|usage| usage.is_object()) {
            let count = |path: &str| usage.pointer(path).and_then(Value::as_u64).unwrap_or(0);
            self.usage.input_tokens = count("/prompt_tokens");
            self.usage.output_tokens = count("/completion_tokens");
            self.usage.cached_tokens = count("/prompt_tokens_details/cached_tokens");
        }
        if let Some(model) = value.get("model").and_then(Value::as_str).filter(|model| !model.is_empty()) {
            self.model = Some(clean(model));
        }
        let choice = value.pointer("/choices/0").unwrap_or(&Value::Null);
        for path in ["/delta/content", "/message/content"] {
            let text = choice.pointer(path).and_then(Value::as_str).unwrap_or_default();
            if self.text.len() + text.len() > MAX_TEXT {
                return Err(too_large());
            }
            self.text.push_str(text);
        }
        if let Some(reason) = choice.get("finish_reason").and_then(Value::as_str) {
            self.finish = Some(reason.to_owned());
        }
        Ok(())
    }

    fn finished(&self) -> bool {
        self.done || self.finish.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn feed(events: &[Value], done: bool) -> Result<Finish, Kind> {
        let mut answer = Answer::default();
        for event in events {
            answer.event(SseEvent::Data(event.to_string())).map_err(|fault| fault.error.kind)?;
        }
        if done {
            answer.event(SseEvent::Done).map_err(|fault| fault.error.kind)?;
        }
        answer.end().map_err(|fault| fault.error.kind)
    }

    #[test]
    fn endings() {
        let delta = |text: &str, reason: Value| json!({"choices": [{"delta": {"content": text}, "finish_reason": reason}]});
        assert_eq!(feed(&[delta("a", json!(null)), delta("", json!("stop"))], true), Ok(Finish::Complete));
        assert_eq!(feed(&[delta("a", json!("stop"))], false), Ok(Finish::Complete));
        assert_eq!(feed(&[delta("a", json!(null))], true), Ok(Finish::Complete));
        assert_eq!(feed(&[delta("a", json!(null))], false), Err(Kind::Truncated));
        assert_eq!(feed(&[delta("a", json!("length"))], true), Ok(Finish::Length));
        assert_eq!(feed(&[delta("", json!("length"))], true), Ok(Finish::Length));
        assert_eq!(feed(&[delta(" ", json!("stop"))], true), Err(Kind::Malformed));
        assert_eq!(feed(&[delta("a", json!("content_filter"))], true), Err(Kind::Blocked));
        assert_eq!(feed(&[delta("a", json!("tool_calls"))], true), Err(Kind::Malformed));
        assert_eq!(feed(&[json!({"error": {"message": "no", "code": 503}})], false), Err(Kind::Overloaded));
        let whole = json!({"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]});
        assert_eq!(feed(&[whole], false), Ok(Finish::Complete));
    }

    #[test]
    fn thoughts_in_the_text_are_left_out() {
        for (text, said) in [
            ("<think>\n{\"draft\": 1}\n</think>\n\n{}", "{}"),
            (" <think></think>a", "a"),
            ("a <think>b</think>", "a <think>b</think>"),
            ("<think>cut off", "<think>cut off"),
        ] {
            assert_eq!(without_thoughts(text.to_owned()), said);
        }
        let only = json!({"choices": [{"delta": {"content": "<think>hm</think>"}, "finish_reason": "stop"}]});
        assert_eq!(feed(&[only], true), Err(Kind::Malformed));
    }

    #[test]
    fn usage_may_come_last_and_alone() {
        let mut answer = Answer::default();
        let usage = json!({"choices": [], "model": "m", "usage":
            {"prompt_tokens": 5, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 2}}});
        answer.event(SseEvent::Data(usage.to_string())).unwrap();
        answer.event(SseEvent::Data(json!({"usage": null, "choices": null}).to_string())).unwrap();
        assert_eq!(answer.usage, Usage { input_tokens: 5, cached_tokens: 2, output_tokens: 7, calls: 0 });
        assert_eq!(answer.model.as_deref(), Some("m"));
    }
}
