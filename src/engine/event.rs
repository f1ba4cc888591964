//! What a run tells the world; the only way out of the engine.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::ids::{AgentName, OutputPath, TaskId};
use crate::llm::Usage;

/// One thing that happened in a run. Console, JSON stream and context consume the same events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RunEvent {
    /// Something that the user should know from the start: who answers, and why.
    Note {
        /// What.
        message: String,
    },
    /// The run began.
    RunStarted {
        /// Tasks in plan order.
        tasks: Vec<TaskId>,
    },
    /// An attempt at a task began.
    TaskStarted {
        /// The task.
        task: TaskId,
        /// As people read it.
        name: String,
        /// Who runs it.
        agent: AgentName,
        /// 1 for the first.
        attempt: u32,
    },
    /// A task says how far it is.
    TaskProgress {
        /// The task.
        task: TaskId,
        /// A short phrase: `rendering 40 files`.
        message: String,
    },
    /// An attempt failed and another one will follow.
    TaskRetrying {
        /// The task.
        task: TaskId,
        /// The attempt that failed.
        attempt: u32,
        /// Whether it ran out of time.
        timed_out: bool,
        /// Why it failed.
        error: String,
        /// How long until the next.
        #[serde(with = "super::millis")]
        wait_ms: Duration,
    },
    /// Something was dropped or mended; the run goes on.
    Warning {
        /// The task it concerns.
        task: Option<TaskId>,
        /// What and why.
        message: String,
    },
    /// A file stands in the workspace.
    ArtifactWritten {
        /// The task that made it.
        task: TaskId,
        /// The file.
        path: OutputPath,
        /// Its size in bytes.
        bytes: u64,
    },
    /// A task reached its end.
    TaskFinished {
        /// The task.
        task: TaskId,
        /// How it ended.
        end: TaskEnd,
        /// Attempts made.
        attempts: u32,
        /// From the first start to the end, waits included.
        #[serde(with = "super::millis")]
        elapsed_ms: Duration,
        /// What the model took.
        usage: Usage,
    },
    /// The run ended.
    RunFinished {
        /// From start to end.
        #[serde(with = "super::millis")]
        elapsed_ms: Duration,
        /// Whether it was interrupted.
        interrupted: bool,
    },
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum TaskEnd {
    /// Its artifacts stand.
    Succeeded {
        /// How many.
        artifacts: usize,
        /// Whether it had been done by an earlier run.
        reused: bool,
    },
    /// All attempts failed.
    Failed {
        /// Why the last one did.
        error: String,
        /// Whether the last one ran out of time.
        timed_out: bool,
    },
    /// A task it depends on did not succeed.
    Blocked {
        /// That task.
        by: TaskId,
    },
    /// The run was stopped before it ended.
    Cancelled,
}

/// Takes what happens in a run. Called from many tasks at once; must not block.
pub trait EventSink: Send + Sync {
    /// Takes one event.
    fn emit(&self, event: RunEvent);
}

/// Sends events down a channel; a receiver that has gone away misses them, the run goes on.
impl EventSink for tokio::sync::mpsc::UnboundedSender<RunEvent> {
    fn emit(&self, event: RunEvent) {
        self.send(event).ok();
    }
}

/// Hands events to a function.
impl<F: Fn(RunEvent) + Send + Sync> EventSink for F {
    fn emit(&self, event: RunEvent) {
        self(event);
    }
}
