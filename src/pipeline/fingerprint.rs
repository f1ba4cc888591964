//! What the result of a task depends on, as one digest.

use std::collections::BTreeMap;

use serde_json::Value;

use super::migrations::Migrations;
use crate::agent::{Agent, Catalogue};
use crate::base::digest::Digest;
use crate::base::ids::TaskId;
use crate::plan::Plan;

/// The fingerprint of every task of a plan: equal fingerprints, equal artifacts.
///
/// Into it go the program with its templates and agents, the parts of the blueprint that the agent says it reads, and where it
/// hands over migrations, those that the app will have. Where the agent asks a model, its question holds more: the whole
/// blueprint, the spec, the task's own words, whom it asks, and what the tasks made that it builds on, for which their
/// fingerprints stand.
pub fn fingerprints(
    plan: &Plan,
    catalogue: &Catalogue,
    spec: &str,
    provider: &str,
    model: &str,
    migrations: &Migrations,
) -> BTreeMap<TaskId, Digest> {
    let blueprint = serde_json::to_value(plan.blueprint()).expect("a blueprint is JSON");
    let mut made: BTreeMap<TaskId, Digest> = BTreeMap::new();
    let mut waiting: Vec<_> = plan.tasks().iter().collect();
    // A checked plan has no cycle, so that every round makes at least one.
    while !waiting.is_empty() {
        let (ready, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|task| task.depends_on.iter().all(|id| made.contains_key(id)));
        debug_assert!(!ready.is_empty(), "a checked plan has no cycle");
        for task in ready {
            let agent = catalogue.get(&task.agent);
            let mut parts = vec![
                env!("CARGO_PKG_VERSION").to_owned(),
                env!("METAGEN_DATA").to_owned(),
                task.agent.as_str().to_owned(),
            ];
            // The offline planner adds nothing, whatever it is asked.
            if provider != "mock" && agent.is_some_and(|agent| agent.manifest.additions.is_some()) {
                parts.push(blueprint.to_string());
                parts.extend([spec, &task.name, &task.description, provider, model].map(str::to_owned));
                parts.extend(task.depends_on.iter().map(|id| made[id].to_string()));
            } else {
                parts.extend(read(agent, &blueprint));
            }
            let place = agent.and_then(|agent| agent.manifest.render.migrations.as_ref());
            parts.extend(place.map(|place| migrations.digest(place).to_string()));
            made.insert(task.id.clone(), Digest::of_parts(parts.iter().map(String::as_bytes)));
        }
        waiting = later;
    }
    made
}

/// The parts of a blueprint that an agent's files depend on.
fn read(agent: Option<&Agent>, blueprint: &Value) -> Vec<String> {
    match agent.and_then(|agent| agent.manifest.render.reads.as_ref()) {
        Some(reads) => {
            reads.iter().map(|part| format!("{}: {}", part.key(), blueprint[part.key()])).collect()
        }
        None => vec![blueprint.to_string()],
    }
}
