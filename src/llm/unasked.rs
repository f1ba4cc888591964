//! A model that nobody asks: for those who want to know what comes of the answers that are kept already.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::client::{BoxFuture, Finish, LlmClient, LlmError, LlmErrorKind, Purpose, Reply, Request, Usage};

/// What would have been asked.
#[derive(Clone, Debug, Default)]
pub struct Questions(Arc<Mutex<BTreeSet<Purpose>>>);

impl Questions {
    /// All of it, each purpose once.
    pub fn all(&self) -> BTreeSet<Purpose> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Stands in the place of a provider's client and sends nothing. A question about the plan has no answer; one about a task is
/// answered with "nothing to add". Both are noted.
pub(super) struct Unasked {
    inner: Arc<dyn LlmClient>,
    questions: Questions,
}

impl Unasked {
    pub(super) fn new(inner: Arc<dyn LlmClient>, questions: Questions) -> Self {
        Self { inner, questions }
    }
}

impl LlmClient for Unasked {
    fn provider(&self) -> &str {
        self.inner.provider()
    }

    fn model(&self) -> &str {
        self.inner.model()
    }

    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        let mut questions = self.questions.0.lock().unwrap_or_else(PoisonError::into_inner);
        questions.insert(request.purpose.clone());
        let answer = match request.purpose {
            Purpose::Plan => Err(LlmError::new(
                LlmErrorKind::NotRecorded,
                format!("no answer of {} is kept for this", self.model()),
            )),
            Purpose::Task { .. } => Ok(Reply {
                text: "Nothing was asked, so nothing is added.".to_owned(),
                finish: Finish::Complete,
                usage: Usage::default(),
                model: self.model().to_owned(),
                // So that nobody keeps it as if the model had said it.
                cached: true,
            }),
        };
        Box::pin(std::future::ready(answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::{AgentName, TaskId};
    use crate::llm::double::{Script, request};

    #[tokio::test]
    async fn nothing_is_sent_and_everything_is_noted() {
        let script = Script::new([Ok("never")]);
        let questions = Questions::default();
        let client = Unasked::new(Arc::clone(&script) as Arc<dyn LlmClient>, questions.clone());
        assert_eq!(client.complete(&request("a")).await.unwrap_err().kind, LlmErrorKind::NotRecorded);
        let task = Purpose::Task { task: TaskId::new("t").unwrap(), agent: AgentName::new("a").unwrap() };
        let reply = client.complete(&Request { purpose: task.clone(), ..request("b") }).await.unwrap();
        assert!(reply.cached, "or it would be kept");
        assert!(script.asked.lock().unwrap().is_empty());
        assert_eq!(questions.all(), BTreeSet::from([Purpose::Plan, task]));
    }
}
