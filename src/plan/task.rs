//! One step of a checked plan.

use std::time::Duration;

use super::wire::TaskFile;
use crate::base::ids::{AgentName, TaskId};

/// A step that passed [`check`](super::check): its agent exists, and so does everything it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Unique in its plan.
    pub id: TaskId,
    /// As people read it.
    pub name: String,
    /// Who runs it.
    pub agent: AgentName,
    /// What is to be done.
    pub description: String,
    /// The tasks that must have ended well before it starts; each once, none of them itself.
    pub depends_on: Vec<TaskId>,
    /// How long it may take and how often it is tried.
    pub limits: TaskLimits,
}

/// How long a task may take and how often it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskLimits {
    /// Bound of one attempt.
    pub timeout: Duration,
    /// Attempts after the first.
    pub max_retries: u32,
    /// First wait between attempts.
    pub base_backoff: Duration,
    /// Longest wait between attempts.
    pub max_backoff: Duration,
}

impl Default for TaskLimits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(120),
            max_retries: 3,
            base_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(30),
        }
    }
}

impl Task {
    /// The task in the form in which it travels.
    pub fn to_file(&self) -> TaskFile {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        TaskFile {
            id: self.id.to_string(),
            name: self.name.clone(),
            agent: self.agent.to_string(),
            description: self.description.clone(),
            depends_on: self.depends_on.iter().map(ToString::to_string).collect(),
            timeout_secs: Some(self.limits.timeout.as_secs()),
            max_retries: Some(self.limits.max_retries),
            base_backoff_ms: Some(millis(self.limits.base_backoff)),
            max_backoff_ms: Some(millis(self.limits.max_backoff)),
        }
    }
}
