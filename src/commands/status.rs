//! `metagen status`: the last run in a directory.

use std::path::Path;

use serde::Serialize;

use super::error::CommandError;
use super::session::Session;
use crate::base::fs::Disk;
use crate::base::ids::{AgentName, TaskId};
use crate::context::{RunOutcome, Store, TaskState, Tokens};

/// How the last run stands.
#[derive(Clone, Debug, Serialize)]
pub struct StatusReport {
    /// Version of this document.
    pub version: u32,
    /// The app's directory.
    pub directory: String,
    /// Whether a process is at it right now.
    pub running: bool,
    /// How it ended; `None` while it runs, and where it was killed.
    pub outcome: Option<RunOutcome>,
    /// Who answered.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// One for each task, in plan order.
    pub tasks: Vec<TaskStatus>,
    /// Files of the app that metagen keeps.
    pub files: usize,
    /// Files in conflict.
    pub conflicts: usize,
    /// What the model took.
    pub usage: Tokens,
}

/// How a task stands.
#[derive(Clone, Debug, Serialize)]
pub struct TaskStatus {
    /// The task.
    pub id: TaskId,
    /// As people read it.
    pub name: String,
    /// Who runs it.
    pub agent: AgentName,
    /// How it stands.
    #[serde(flatten)]
    pub state: TaskState,
    /// Whether it had been done by an earlier run.
    pub reused: bool,
    /// Attempts made.
    pub attempts: usize,
    /// From the first start to the end; `None` before that.
    pub elapsed_ms: Option<u64>,
    /// Files it made.
    pub artifacts: usize,
    /// What the model took.
    pub usage: Tokens,
}

/// Reads the state in a directory, without waiting for anybody.
pub fn status(session: &Session, dir: &Path) -> Result<StatusReport, CommandError> {
    let failed = |source: crate::context::ContextError| CommandError::State {
        dir: dir.to_path_buf(),
        source: Box::new(source),
    };
    let missing = || CommandError::NotAnApp { dir: dir.to_path_buf() };
    let snapshot = Store::new(Disk::default(), dir).read().map_err(failed)?.ok_or_else(missing)?;
    let context = &snapshot.context;
    let run = context.run.as_ref().ok_or_else(missing)?;
    let tasks = run.order.iter().filter_map(|id| Some((id, run.tasks.get(id)?)));
    Ok(StatusReport {
        version: 1,
        directory: session.shown(dir),
        running: snapshot.writer.is_some(),
        outcome: run.outcome,
        provider: run.identity.provider.clone(),
        model: run.identity.model.clone(),
        tasks: tasks
            .map(|(id, task)| TaskStatus {
                id: id.clone(),
                name: task.name.clone(),
                agent: task.agent.clone(),
                state: task.state.clone(),
                reused: task.reused,
                attempts: task.attempts.len(),
                elapsed_ms: task.elapsed_ms,
                artifacts: task.artifacts.len(),
                usage: task.usage,
            })
            .collect(),
        files: context.files.len(),
        conflicts: context.conflicts.len(),
        usage: context.usage(),
    })
}
