//! What the result of a task depends on, as one digest.

use std::collections::BTreeMap;

use super::migrations::Migrations;
use crate::agent::Catalogue;
use crate::base::ids::TaskId;
use crate::context::Digest;
use crate::plan::Plan;

/// The fingerprint of every task of a plan: equal fingerprints, equal artifacts.
///
/// Into it go the program with its templates and agents, the blueprint, and, where the agent asks a model, the spec, the task's
/// own words and whom it asks; where it hands over migrations, those that the app will have; of tasks it builds on, their
/// fingerprints.
pub fn fingerprints(
    plan: &Plan,
    catalogue: &Catalogue,
    spec: &str,
    provider: &str,
    model: &str,
    migrations: &Migrations,
) -> BTreeMap<TaskId, Digest> {
    let blueprint = serde_json::to_string(plan.blueprint()).expect("a blueprint is JSON");
    let mut made: BTreeMap<TaskId, Digest> = BTreeMap::new();
    let mut waiting: Vec<_> = plan.tasks().iter().collect();
    // A checked plan has no cycle, so that every round makes at least one.
    while !waiting.is_empty() {
        let (ready, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|task| task.depends_on.iter().all(|id| made.contains_key(id)));
        debug_assert!(!ready.is_empty(), "a checked plan has no cycle");
        for task in ready {
            let manifest = catalogue.get(&task.agent).map(|agent| &agent.manifest);
            let asks = manifest.is_some_and(|manifest| manifest.additions.is_some());
            let history = manifest.and_then(|manifest| manifest.render.migrations.as_ref());
            let history = history.map(|place| migrations.digest(place).to_string());
            let below: Vec<String> = task.depends_on.iter().map(|id| made[id].to_string()).collect();
            let mut parts = vec![
                env!("CARGO_PKG_VERSION"),
                env!("METAGEN_DATA"),
                task.agent.as_str(),
                blueprint.as_str(),
            ];
            if asks {
                parts.extend([spec, &task.name, &task.description, provider, model]);
            }
            parts.extend(history.as_deref());
            parts.extend(below.iter().map(String::as_str));
            made.insert(task.id.clone(), Digest::of_parts(parts.into_iter().map(str::as_bytes)));
        }
        waiting = later;
    }
    made
}
