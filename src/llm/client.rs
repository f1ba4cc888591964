//! What metagen asks of a model, and what it gets back.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::ids::{AgentName, TaskId};

/// A boxed future that can be sent between threads; what makes [`LlmClient`] usable behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A model that answers requests. All providers stand behind it, the offline planner among them.
pub trait LlmClient: Send + Sync {
    /// The provider's name as options and reports carry it: `mock`, `gemini`, `openai`, `replay`.
    fn provider(&self) -> &str;

    /// The model's id as reports carry it.
    fn model(&self) -> &str;

    /// Answers one request. Dropping the future cancels the call. The answer is foreign text, whoever gave it.
    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>>;
}

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Spec in, plan document out.
    Plan,
    /// One task's contribution, as files.
    Task {
        /// The task.
        task: TaskId,
        /// The agent that runs it.
        agent: AgentName,
    },
}

/// One question to a model. Every provider gets the same one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// What it is for.
    pub purpose: Purpose,
    /// Who the model is and the rules of the answer; the same for every request of an agent.
    pub system: String,
    /// The question, in titled parts (`spec`, `blueprint`, `faults` …); what changes least stands first.
    pub sections: Vec<Section>,
    /// The JSON schema of the answer; `None` where the answer is not JSON.
    pub schema: Option<Value>,
    /// Bound of the answer, thinking included.
    pub max_output_tokens: u32,
}

/// A titled part of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// A single word that names it.
    pub title: String,
    /// Its text, as it is: data, not instructions.
    pub body: String,
}

impl Request {
    /// The body of the section with this title.
    pub fn section(&self, title: &str) -> Option<&str> {
        self.sections.iter().find(|section| section.title == title).map(|section| section.body.as_str())
    }
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The text, thoughts left out.
    pub text: String,
    /// Why it ended.
    pub finish: Finish,
    /// What it took.
    pub usage: Usage,
    /// The model that answered, which need not be the one asked for.
    pub model: String,
    /// Whether it came from the store of earlier answers and cost nothing now.
    #[serde(default)]
    pub cached: bool,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model had said all.
    #[default]
    Complete,
    /// The bound on output was reached; the text is cut off.
    Length,
}

/// Tokens of one call, or of many added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Sent.
    pub input_tokens: u64,
    /// Of those sent, how many the provider had cached.
    pub cached_tokens: u64,
    /// Got back, thinking included.
    pub output_tokens: u64,
    /// Calls to the provider, retries included.
    pub calls: u64,
}

impl Usage {
    /// What came on top of what stood before.
    pub(super) fn since(self, before: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_sub(before.input_tokens),
            cached_tokens: self.cached_tokens.saturating_sub(before.cached_tokens),
            output_tokens: self.output_tokens.saturating_sub(before.output_tokens),
            calls: self.calls.saturating_sub(before.calls),
        }
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.cached_tokens = self.cached_tokens.saturating_add(other.cached_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.calls = self.calls.saturating_add(other.calls);
    }
}

/// A call that brought no answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct LlmError {
    /// What the user can do about it decides.
    pub kind: LlmErrorKind,
    /// What happened, as a lowercase fragment; never holds the key.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
    /// The wait the provider asked for before another try.
    pub retry_after: Option<Duration>,
    /// What the failed call took all the same.
    pub usage: Usage,
}

impl LlmError {
    /// A failure without hint, wait or usage.
    pub fn new(kind: LlmErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, retry_after: None, usage: Usage::default() }
    }

    /// The same with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Kinds of failed calls, by what the user can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LlmErrorKind {
    /// A setting of the client's is invalid; nothing was sent.
    Settings,
    /// No key is set.
    KeyMissing,
    /// The key is wrong or expired.
    KeyInvalid,
    /// The key or project is blocked or lacks a permission.
    KeyBlocked,
    /// No such model.
    ModelUnknown,
    /// Too many requests or tokens a minute.
    RateLimited,
    /// The day's quota is used up.
    DailyQuota,
    /// The prepaid credit is used up.
    CreditGone,
    /// The service is overloaded or broken for the moment.
    Overloaded,
    /// The prompt or answer was blocked.
    Blocked,
    /// The request is too large for the model.
    ContextTooLong,
    /// The answer was cut off.
    Truncated,
    /// The answer is not what the protocol promises.
    Malformed,
    /// The request was refused as invalid.
    BadRequest,
    /// The service could not be reached.
    Network,
    /// The service took too long.
    Timeout,
    /// A budget of the user's own would be exceeded.
    Budget,
    /// Nothing was recorded for this request.
    NotRecorded,
}
