//! The engine's results, kept in the context.

use std::sync::Arc;

use super::shelf::Shelf;
use crate::base::ids::TaskId;
use crate::context::{AttemptRecord, TaskState, Tokens, Writer};
use crate::engine::{AttemptEnd, CommitError, Committed, Committer, TaskEnd, TaskOutput, TaskRecord};
use crate::llm::{BoxFuture, Usage};
use crate::workspace::Inlet;

/// Keeps what tasks make: in the context for good, on a shelf until it is handed over.
pub struct Keeper {
    writer: Arc<Writer>,
    shelf: Arc<Shelf>,
    ahead: Option<Inlet>,
}

impl Keeper {
    /// Keeps through this writer and on this shelf; what can be written ahead of being handed over is.
    pub fn new(writer: Arc<Writer>, shelf: Arc<Shelf>, ahead: Option<Inlet>) -> Self {
        Self { writer, shelf, ahead }
    }
}

impl Committer for Keeper {
    fn started<'a>(&'a self, task: &'a TaskId, _attempt: u32) -> BoxFuture<'a, Result<(), CommitError>> {
        Box::pin(async move { self.writer.attempt_started(task).await.map_err(CommitError::new) })
    }

    fn commit<'a>(
        &'a self,
        task: &'a TaskId,
        output: TaskOutput,
    ) -> BoxFuture<'a, Result<Committed, CommitError>> {
        Box::pin(async move {
            if let Some(ahead) = &self.ahead {
                ahead.add(output.artifacts.clone());
            }
            let kept = self.writer.keep(task, &output.artifacts);
            // Files reach the person's directory all together, when the run is over; where they could not be kept, it is over now.
            let committed = self.shelf.commit(task, output).await?;
            kept.await.map_err(CommitError::new)?;
            Ok(committed)
        })
    }

    fn finished<'a>(&'a self, record: &'a TaskRecord) -> BoxFuture<'a, Result<(), CommitError>> {
        Box::pin(async move {
            let state = match &record.end {
                // Recorded as done when the run began.
                TaskEnd::Succeeded { reused: true, .. } => return Ok(()),
                TaskEnd::Succeeded { .. } => TaskState::Succeeded,
                TaskEnd::Failed { error, timed_out } => {
                    TaskState::Failed { error: error.clone(), timed_out: *timed_out }
                }
                TaskEnd::Blocked { by } => TaskState::Blocked { by: by.clone() },
                TaskEnd::Cancelled => TaskState::Cancelled,
            };
            let attempts = record.attempts.iter().map(attempt).collect();
            let notes = record.notes.iter().chain(&record.warnings).cloned().collect();
            self.writer
                .task_ended(&record.task, state, attempts, record.elapsed, tokens(record.usage), notes)
                .await
                .map_err(CommitError::new)
        })
    }
}

fn attempt(record: &crate::engine::AttemptRecord) -> AttemptRecord {
    let error = match &record.end {
        AttemptEnd::Succeeded => None,
        AttemptEnd::Failed { error } | AttemptEnd::Panicked { error } => Some(error.clone()),
        AttemptEnd::TimedOut => Some("ran out of time".to_owned()),
        AttemptEnd::Cancelled => Some("was cancelled".to_owned()),
    };
    AttemptRecord {
        started_at: record.started_at,
        elapsed_ms: Some(u64::try_from(record.elapsed.as_millis()).unwrap_or(u64::MAX)),
        error,
        timed_out: record.end == AttemptEnd::TimedOut,
    }
}

fn tokens(usage: Usage) -> Tokens {
    Tokens {
        input_tokens: usage.input_tokens,
        cached_tokens: usage.cached_tokens,
        output_tokens: usage.output_tokens,
        calls: usage.calls,
    }
}
