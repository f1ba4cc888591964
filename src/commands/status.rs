//! `metagen status`: the last run in a directory.

use std::path::Path;

use serde::Serialize;

use super::error::CommandError;
use super::report::{AppReport, TaskReport};
use super::session::Session;
use crate::llm::Usage;

/// How the last run stands.
#[derive(Clone, Debug, Serialize)]
pub struct StatusReport {
    /// Version of this document.
    pub version: u32,
    /// The app's directory.
    pub directory: String,
    /// The app.
    pub app: AppReport,
    /// `running`, `done`, `problems` or `interrupted`.
    pub status: String,
    /// One for each task, in plan order.
    pub tasks: Vec<TaskReport>,
    /// Files that metagen keeps.
    pub artifacts: usize,
    /// What the model took.
    pub usage: Usage,
    /// What it cost in US dollars; `None` where the model's price is not known.
    pub cost: Option<String>,
}

/// Reads the state in a directory.
pub fn status(_session: &Session, dir: &Path) -> Result<StatusReport, CommandError> {
    Err(CommandError::NotAnApp { dir: dir.to_path_buf() })
}
