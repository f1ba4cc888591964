//! Recorded traffic as a provider.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::client::{BoxFuture, LlmClient, LlmError, LlmErrorKind, Purpose, Reply, Request};
use super::digest;
use super::record::{Exchange, Failure, VERSION, files};
use crate::base::fs;

const MAX_FILE: u64 = 128 << 20;

/// Answers with what was recorded for the same request, in the order of the recording; the last answer repeats.
pub(super) struct Replay {
    model: String,
    exchanges: Mutex<BTreeMap<String, VecDeque<Exchange>>>,
}

impl Replay {
    /// Reads a recording whole.
    pub(super) fn new(dir: &Path) -> Result<Self, LlmError> {
        let fault = |what: String| {
            LlmError::new(LlmErrorKind::Settings, what)
                .with_hint("name a directory that --record has written with --replay")
        };
        let mut exchanges: BTreeMap<String, VecDeque<Exchange>> = BTreeMap::new();
        let mut model = None;
        for (_, path) in files(dir).map_err(|error| fault(error.to_string()))? {
            let bytes =
                fs::read(&path, MAX_FILE).map_err(|error| fault(error.to_string()))?.unwrap_or_default();
            let exchange: Exchange = serde_json::from_slice(&bytes)
                .map_err(|error| fault(format!("{} is no recorded call: {error}", path.display())))?;
            if exchange.version != VERSION {
                return Err(fault(format!("{} was recorded by another version of metagen", path.display())));
            }
            model.get_or_insert_with(|| exchange.model.clone());
            exchanges.entry(exchange.digest.clone()).or_default().push_back(exchange);
        }
        let model = model.ok_or_else(|| fault(format!("{} holds no recorded calls", dir.display())))?;
        Ok(Self { model, exchanges: Mutex::new(exchanges) })
    }

    fn next(&self, request: &Request) -> Option<Exchange> {
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = exchanges.get_mut(&digest::recorded(request))?;
        if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() }
    }
}

impl LlmClient for Replay {
    fn provider(&self) -> &'static str {
        "replay"
    }

    fn model(&self) -> &str {
        &self.model
    }

    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(async move {
            match self.next(request) {
                Some(Exchange { reply: Some(reply), .. }) => Ok(reply),
                Some(Exchange { error: Some(Failure { kind, message, hint, usage }), .. }) => {
                    Err(LlmError { kind, message, hint, retry_after: None, usage })
                }
                _ => {
                    let what = match &request.purpose {
                        Purpose::Plan => "the plan".to_owned(),
                        Purpose::Task { task, .. } => format!("task {task}"),
                    };
                    Err(LlmError::new(LlmErrorKind::NotRecorded, format!("nothing is recorded for this request of {what}"))
                        .with_hint("the spec, options or version of metagen differ from the recording: record again with --record"))
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::secret::Secret;
    use crate::llm::double::{Script, request};
    use crate::llm::record::Recorder;

    #[tokio::test]
    async fn what_was_recorded_comes_back_byte_for_byte() {
        let dir = tempfile::tempdir().unwrap();
        let script = Script::new([
            Ok("one \u{2028}\r\n\"x\""),
            Ok("two…"),
            Err(LlmErrorKind::Overloaded),
            Ok("three"),
        ]);
        let inner = Arc::clone(&script) as Arc<dyn LlmClient>;
        let recorder = Recorder::new(inner, dir.path().to_owned(), vec![]).unwrap();
        let asked = [request("q"), request("q"), request("other"), request("q")];
        let mut live = Vec::new();
        for request in &asked {
            live.push(format!("{:?}", recorder.complete(request).await));
        }
        let replay = Replay::new(dir.path()).unwrap();
        assert_eq!((replay.provider(), replay.model()), ("replay", "gemini-3.8-flash"));
        for (request, live) in asked.iter().zip(&live) {
            assert_eq!(format!("{:?}", replay.complete(request).await), *live);
        }
        assert_eq!(replay.complete(&request("q")).await.unwrap().text, "three");
        let error = replay.complete(&request("unknown")).await.unwrap_err();
        assert_eq!(error.kind, LlmErrorKind::NotRecorded);
        assert!(error.hint.is_some());
    }

    #[tokio::test]
    async fn secrets_are_left_out_and_numbers_go_on() {
        let dir = tempfile::tempdir().unwrap();
        for expect in ["0001-plan.json", "0002-plan.json"] {
            let script = Script::new([Ok("the key is k3y-0123456789")]) as Arc<dyn LlmClient>;
            let secrets = vec![Secret::new("k3y-0123456789").unwrap()];
            let recorder = Recorder::new(script, dir.path().to_owned(), secrets).unwrap();
            recorder.complete(&request("my key is k3y-0123456789")).await.unwrap();
            let text = std::fs::read_to_string(dir.path().join(expect)).unwrap();
            assert!(!text.contains("k3y-0123456789") && text.contains("[redacted]"));
        }
    }

    #[test]
    fn what_is_no_recording_is_told_by_name() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Replay::new(dir.path()).err().unwrap().kind, LlmErrorKind::Settings);
        std::fs::write(dir.path().join("0001-plan.json"), "{}").unwrap();
        let error = Replay::new(dir.path()).err().unwrap();
        assert!(error.message.contains("0001-plan.json"), "{error}");
    }
}
