//! A scripted client for the tests of the wrappers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::client::{
    BoxFuture, Finish, LlmClient, LlmError, LlmErrorKind, Purpose, Reply, Request, Section, Usage,
};

/// Answers with the next of its replies; one that ends in `…` was cut off.
pub(super) struct Script {
    replies: Mutex<VecDeque<Result<&'static str, LlmErrorKind>>>,
    /// The requests as they came.
    pub(super) asked: Mutex<Vec<Request>>,
}

impl Script {
    pub(super) fn new<const N: usize>(replies: [Result<&'static str, LlmErrorKind>; N]) -> Arc<Self> {
        Arc::new(Self { replies: Mutex::new(replies.into()), asked: Mutex::default() })
    }
}

impl LlmClient for Script {
    fn provider(&self) -> &'static str {
        "script"
    }

    fn model(&self) -> &'static str {
        "gemini-3.8-flash"
    }

    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(request.clone());
            // Lets other calls begin while this one is under way.
            tokio::task::yield_now().await;
            let usage = Usage { input_tokens: 100, cached_tokens: 0, output_tokens: 50, calls: 1 };
            match self.replies.lock().unwrap().pop_front().expect("the script has an answer left") {
                Ok(text) => Ok(Reply {
                    text: text.to_owned(),
                    finish: if text.ends_with('…') { Finish::Length } else { Finish::Complete },
                    usage,
                    model: self.model().to_owned(),
                    cached: false,
                }),
                Err(kind) => Err(LlmError { usage, ..LlmError::new(kind, "scripted").with_hint("none") }),
            }
        })
    }
}

/// A small request with this text in it.
pub(super) fn request(text: &str) -> Request {
    Request {
        purpose: Purpose::Plan,
        system: "system".to_owned(),
        sections: vec![Section { title: "spec".to_owned(), body: text.to_owned() }],
        schema: None,
        max_output_tokens: 1000,
    }
}
