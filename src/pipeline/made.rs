//! What the tasks of a run made so far, and what each of them may know of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::agent::{Catalogue, Standing};
use crate::base::artifact::{Artifact, Origin};
use crate::base::ids::{AgentName, TaskId};
use crate::plan::{Plan, Task};

/// What the tasks of a run made so far.
#[derive(Debug)]
pub struct Made {
    agents: BTreeMap<TaskId, AgentName>,
    /// All tasks that one waits for, directly or not.
    before: BTreeMap<TaskId, BTreeSet<TaskId>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    all: Standing,
    /// What agents render, the same for all tasks of one.
    rendered: BTreeMap<AgentName, Standing>,
    /// What models added, by task.
    added: BTreeMap<TaskId, Standing>,
    done: BTreeSet<TaskId>,
}

impl Made {
    /// Begins with nothing.
    pub fn new(plan: &Plan) -> Self {
        let agents = plan.tasks().iter().map(|task| (task.id.clone(), task.agent.clone())).collect();
        Self { agents, before: closure(plan.tasks()), state: Mutex::default() }
    }

    /// Takes in what a task made.
    pub fn add(&self, task: &TaskId, artifacts: &[Artifact]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (additions, rendered): (Vec<_>, Vec<_>) =
            artifacts.iter().partition(|artifact| artifact.origin == Origin::Model);
        state.all.add(artifacts);
        if let Some(agent) = self.agents.get(task) {
            state.rendered.entry(agent.clone()).or_default().add(rendered);
        }
        state.added.entry(task.clone()).or_default().add(additions);
        state.done.insert(task.clone());
    }

    /// Everything that stands by now.
    pub fn all(&self) -> Standing {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).all.clone()
    }

    /// What the tasks made that one waited for: the same whatever ran beside it.
    pub fn before(&self, task: &TaskId) -> Standing {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.before.get(task).into_iter().flatten();
        let agents: BTreeSet<&AgentName> = before.clone().filter_map(|id| self.agents.get(id)).collect();
        let mut standing = Standing::default();
        for part in agents.into_iter().filter_map(|agent| state.rendered.get(agent)) {
            standing.join(part);
        }
        for part in before.filter_map(|id| state.added.get(id)) {
            standing.join(part);
        }
        standing
    }

    /// Whether all that an agent builds on stands, so that what its files import has to be there. A plan may order tasks in
    /// other ways.
    pub fn has_all_below(&self, agent: &AgentName, catalogue: &Catalogue) -> bool {
        let mut below: BTreeSet<&AgentName> = BTreeSet::new();
        let mut open: Vec<&AgentName> = vec![agent];
        while let Some(found) = open.pop().and_then(|name| catalogue.get(name)) {
            for name in &found.manifest.depends_on {
                if below.insert(name) {
                    open.push(name);
                }
            }
        }
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        below.iter().all(|name| state.rendered.contains_key(*name))
    }
}

/// For each task those that it waits for, directly or not. A checked plan has no cycle, so that this ends.
fn closure(tasks: &[Task]) -> BTreeMap<TaskId, BTreeSet<TaskId>> {
    let mut closed: BTreeMap<TaskId, BTreeSet<TaskId>> = BTreeMap::new();
    let mut waiting: Vec<&Task> = tasks.iter().collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|task| {
            if !task.depends_on.iter().all(|id| closed.contains_key(id)) {
                return true;
            }
            let below = task.depends_on.iter().flat_map(|id| &closed[id]).chain(&task.depends_on);
            let below = below.cloned().collect();
            closed.insert(task.id.clone(), below);
            false
        });
        if waiting.len() == before {
            break;
        }
    }
    closed
}
