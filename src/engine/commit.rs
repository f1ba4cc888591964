//! Where results go: the engine's side of durability.

use super::report::TaskRecord;
use super::runner::TaskOutput;
use crate::base::ids::{OutputPath, TaskId};
use crate::llm::BoxFuture;

/// Keeps what attempts make, and what became of tasks.
///
/// Intent, effect and result come in this order: [`started`](Self::started) before an attempt, [`commit`](Self::commit) with
/// what it made, [`finished`](Self::finished) at the task's end. Calls for different tasks overlap, so that an
/// implementation can write many at once; calls for one task never do. None of them is ever cut off by a timeout or by an
/// interrupt. An error of any of them ends the run, because a run that cannot be recorded cannot be resumed.
pub trait Committer: Send + Sync {
    /// Records that an attempt is about to begin. The attempt waits for it.
    fn started<'a>(&'a self, task: &'a TaskId, attempt: u32) -> BoxFuture<'a, Result<(), CommitError>>;

    /// Keeps what an attempt made. Dependents start only after this and `finished`.
    fn commit<'a>(
        &'a self,
        task: &'a TaskId,
        output: TaskOutput,
    ) -> BoxFuture<'a, Result<Committed, CommitError>>;

    /// Records how a task ended: also one that was blocked or cancelled and never began.
    fn finished<'a>(&'a self, record: &'a TaskRecord) -> BoxFuture<'a, Result<(), CommitError>>;
}

/// What a commit left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// How many artifacts stand.
    pub artifacts: usize,
    /// The files that were written, with their sizes in bytes; those that stood already are not among them.
    pub written: Vec<(OutputPath, u64)>,
    /// What the user should know: a conflict that was kept, a file that was left alone.
    pub warnings: Vec<String>,
}

/// A result that could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CommitError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl CommitError {
    /// Wraps what went wrong.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCommit;

impl Committer for NoCommit {
    fn started<'a>(&'a self, _: &'a TaskId, _: u32) -> BoxFuture<'a, Result<(), CommitError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn commit<'a>(
        &'a self,
        _: &'a TaskId,
        output: TaskOutput,
    ) -> BoxFuture<'a, Result<Committed, CommitError>> {
        let committed = Committed { artifacts: output.artifacts.len(), ..Committed::default() };
        Box::pin(std::future::ready(Ok(committed)))
    }

    fn finished<'a>(&'a self, _: &'a TaskRecord) -> BoxFuture<'a, Result<(), CommitError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
