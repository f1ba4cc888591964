//! What a run leaves behind for people and for the next run.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::commit::CommitError;
use super::event::TaskEnd;
use crate::base::ids::{AgentName, TaskId};
use crate::llm::{LlmErrorKind, Usage};

/// How a run went.
#[derive(Debug)]
pub struct RunReport {
    /// One record a task, in plan order.
    pub tasks: Vec<TaskRecord>,
    /// When it began.
    pub started_at: Timestamp,
    /// From start to end.
    pub elapsed: Duration,
    /// What the model took in all.
    pub usage: Usage,
    /// Why it ended before its time, where it did.
    pub stopped: Option<Stop>,
}

impl RunReport {
    /// Whether every task succeeded.
    pub fn succeeded(&self) -> bool {
        self.stopped.is_none() && self.tasks.iter().all(|task| matches!(task.end, TaskEnd::Succeeded { .. }))
    }
}

/// Why a run ended before its time.
#[derive(Debug)]
pub enum Stop {
    /// The user asked for it.
    Interrupted,
    /// A task failed, and failing fast was asked for.
    FailFast {
        /// The first that failed.
        task: TaskId,
    },
    /// The provider refused in a way that would meet every other task too.
    Provider {
        /// The task that met it.
        task: TaskId,
        /// What the user can do about it.
        kind: LlmErrorKind,
    },
    /// Results could not be kept.
    Committer(CommitError),
}

/// What became of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRecord {
    /// The task.
    pub task: TaskId,
    /// Who ran it.
    pub agent: AgentName,
    /// How it ended.
    pub end: TaskEnd,
    /// Every attempt, in order; empty where it never began.
    pub attempts: Vec<AttemptRecord>,
    /// When the first attempt began.
    pub started_at: Option<Timestamp>,
    /// When the task was over.
    pub ended_at: Timestamp,
    /// From the one to the other, waits included.
    #[serde(rename = "elapsed_ms", with = "super::millis")]
    pub elapsed: Duration,
    /// What the model took, over all attempts.
    pub usage: Usage,
    /// What the report should say about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What was dropped or mended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What the provider said last, where that is why the task failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<LlmErrorKind>,
}

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took.
    #[serde(rename = "elapsed_ms", with = "super::millis")]
    pub elapsed: Duration,
    /// How it ended.
    pub end: AttemptEnd,
    /// What the model took; unknown where the attempt was cut off.
    pub usage: Usage,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum AttemptEnd {
    /// It brought its output.
    Succeeded,
    /// It failed.
    Failed {
        /// Why.
        error: String,
    },
    /// It ran out of time and was dropped.
    TimedOut,
    /// It panicked.
    Panicked {
        /// What it said.
        error: String,
    },
    /// The run was stopped and it was dropped.
    Cancelled,
}
