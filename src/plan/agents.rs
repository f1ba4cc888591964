//! What a plan needs to know of agents.

use super::wire::TaskFile;
use crate::base::ids::AgentName;

/// An agent as planners see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentInfo {
    /// Its name.
    pub name: AgentName,
    /// As people read it; names its task where a plan has to add one.
    pub title: String,
    /// What it does.
    pub description: String,
    /// The agents whose tasks must have ended well before its own starts.
    pub depends_on: Vec<AgentName>,
    /// Whether every plan must have a task for it.
    pub required: bool,
}

/// The plan that needs no planner: one task an agent, in the agents' order, each after the tasks of the agents it builds on.
pub fn static_plan(agents: &[AgentInfo]) -> Vec<TaskFile> {
    let task = |agent: &AgentInfo| TaskFile {
        id: agent.name.to_string(),
        name: agent.title.clone(),
        agent: agent.name.to_string(),
        description: agent.description.clone(),
        depends_on: agent.depends_on.iter().map(ToString::to_string).collect(),
        ..TaskFile::default()
    };
    agents.iter().map(task).collect()
}
