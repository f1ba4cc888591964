//! `metagen agents`: who can be given tasks.

use serde::Serialize;

use super::error::CommandError;
use crate::agent::Catalogue;
use crate::plan::AgentInfo;

/// The catalogue.
#[derive(Clone, Debug, Serialize)]
pub struct AgentsReport {
    /// Version of this document.
    pub version: u32,
    /// In the order of the catalogue.
    pub agents: Vec<AgentReport>,
}

/// One agent.
#[derive(Clone, Debug, Serialize)]
pub struct AgentReport {
    /// As plans carry it.
    pub name: String,
    /// As people read it.
    pub title: String,
    /// What it makes.
    pub description: String,
    /// Agents whose work it builds on.
    pub depends_on: Vec<String>,
    /// Whether an app does not stand without it.
    pub required: bool,
}

impl From<&AgentInfo> for AgentReport {
    fn from(info: &AgentInfo) -> Self {
        Self {
            name: info.name.to_string(),
            title: info.title.clone(),
            description: info.description.clone(),
            depends_on: info.depends_on.iter().map(ToString::to_string).collect(),
            required: info.required,
        }
    }
}

/// Lists the catalogue.
pub fn agents() -> Result<AgentsReport, CommandError> {
    // The folders are embedded, so that a fault in them is one of this build.
    let catalogue = Catalogue::embedded().map_err(|error| CommandError::Bug(error.to_string()))?;
    Ok(AgentsReport { version: 1, agents: catalogue.infos().iter().map(AgentReport::from).collect() })
}
