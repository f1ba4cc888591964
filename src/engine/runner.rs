//! What the engine runs: attempts at tasks, behind one trait.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::event::{EventSink, RunEvent};
use crate::base::artifact::Artifact;
use crate::llm::{BoxFuture, LlmError, LlmErrorKind, Usage};
use crate::plan::Task;

/// Does the work of tasks. An attempt only computes: what it returns is kept by the engine's
/// [`Committer`](super::Committer), so that a timeout can drop an attempt at any point and nothing is half done.
pub trait TaskRunner: Send + Sync {
    /// Makes one attempt. Dropping the future cancels it; a panic counts as a failed task.
    fn run(&self, attempt: AttemptContext) -> BoxFuture<'_, Result<TaskOutput, TaskError>>;
}

/// Everything an attempt may touch.
#[derive(Clone)]
pub struct AttemptContext {
    /// The task.
    pub task: Arc<Task>,
    /// 1 for the first.
    pub attempt: u32,
    /// Why the attempt before this one failed.
    pub previous: Option<Arc<str>>,
    /// When the attempt will be cut off; what it asks of others should end before.
    pub deadline: Instant,
    /// Cancelled when the attempt is to end; the engine drops the attempt right after, so only work that runs elsewhere (a
    /// blocking thread, a child process) needs to look.
    pub cancel: CancellationToken,
    /// Where progress and warnings go.
    pub events: Arc<dyn EventSink>,
}

impl AttemptContext {
    /// Says how far the task is, in a short phrase.
    pub fn progress(&self, message: impl Into<String>) {
        self.events.emit(RunEvent::TaskProgress { task: self.task.id.clone(), message: message.into() });
    }
}

/// What an attempt made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskOutput {
    /// Its files.
    pub artifacts: Vec<Artifact>,
    /// What the report should say about it.
    pub notes: Vec<String>,
    /// What was dropped or mended.
    pub warnings: Vec<String>,
    /// What the model took.
    pub usage: Usage,
}

/// An attempt that brought nothing.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct TaskError {
    /// What happened, as a lowercase fragment.
    pub message: String,
    /// Whether another attempt may help.
    pub kind: TaskErrorKind,
    /// What the model took all the same.
    pub usage: Usage,
}

/// Whether another attempt may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskErrorKind {
    /// It may, after the task's backoff or the wait given here, whichever is longer.
    Retryable {
        /// The wait that whoever refused has asked for.
        after: Option<Duration>,
    },
    /// It would end the same way.
    Terminal,
    /// The model's provider gave no answer; the kind decides.
    Provider {
        /// What the user can do about it.
        kind: LlmErrorKind,
        /// The wait that the provider asked for.
        after: Option<Duration>,
    },
}

impl TaskError {
    /// A failure that another attempt may get over.
    pub fn retryable(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            kind: TaskErrorKind::Retryable { after: None },
            usage: Usage::default(),
        }
    }

    /// A failure that would come again.
    pub fn terminal(message: impl Into<String>) -> Self {
        Self { message: message.into(), kind: TaskErrorKind::Terminal, usage: Usage::default() }
    }
}

impl From<LlmError> for TaskError {
    fn from(error: LlmError) -> Self {
        Self {
            kind: TaskErrorKind::Provider { kind: error.kind, after: error.retry_after },
            message: error.message,
            usage: error.usage,
        }
    }
}
