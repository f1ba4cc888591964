//! What several tasks of one agent added, brought together.
//!
//! A task registers its own additions in the files that its agent renders, and knows nothing of a task that runs beside it. So
//! where tasks share an agent, those files are rendered once more in the end, with everything registered.

use std::collections::{BTreeMap, BTreeSet};

use super::work::Workers;
use crate::agent::{ContributionError, registering};
use crate::base::artifact::{Artifact, Origin};
use crate::base::contents::Contents;
use crate::base::ids::{AgentName, OutputPath, TaskId};
use crate::plan::Plan;

/// Registers all that tasks of the same agent added. Of two additions in the same place the one of the earlier task in the plan
/// stands, and the other one is told in the texts that are given back.
pub async fn unite(
    plan: &Plan,
    workers: &Workers,
    made: &mut BTreeMap<TaskId, Vec<Artifact>>,
) -> Result<Vec<String>, ContributionError> {
    let mut told = Vec::new();
    let mut by_agent: BTreeMap<&AgentName, Vec<&TaskId>> = BTreeMap::new();
    for task in plan.tasks().iter().filter(|task| made.contains_key(&task.id)) {
        by_agent.entry(&task.agent).or_default().push(&task.id);
    }
    for (name, tasks) in by_agent.into_iter().filter(|(_, tasks)| tasks.len() > 1) {
        let Some(agent) = workers.catalogue.get(name) else { continue };
        let mut additions: BTreeMap<OutputPath, (&TaskId, Contents)> = BTreeMap::new();
        for &task in &tasks {
            for artifact in made.get_mut(task).into_iter().flatten().filter(|it| it.origin == Origin::Model) {
                let (first, contents) = additions
                    .entry(artifact.path.clone())
                    .or_insert_with(|| (task, artifact.contents.clone()));
                if artifact.contents != *contents {
                    told.push(format!(
                        "{} of task {task} was dropped: task {first} added it already",
                        artifact.path
                    ));
                    artifact.contents.clone_from(contents);
                }
            }
        }
        if additions.is_empty() {
            continue;
        }
        let paths: BTreeSet<OutputPath> = additions.into_keys().collect();
        let registered: BTreeMap<OutputPath, Contents> = registering(agent, &workers.bench, &paths)
            .await?
            .into_iter()
            .map(|artifact| (artifact.path, artifact.contents))
            .collect();
        for task in tasks {
            for artifact in
                made.get_mut(task).into_iter().flatten().filter(|it| it.origin == Origin::Template)
            {
                if let Some(contents) = registered.get(&artifact.path) {
                    artifact.contents.clone_from(contents);
                }
            }
        }
    }
    Ok(told)
}
