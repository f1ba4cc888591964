//! What a plan needs to know of agents.

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
