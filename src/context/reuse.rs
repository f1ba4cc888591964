//! What of the last run need not be done again.

use std::collections::BTreeMap;

use super::document::{Context, KeptArtifact, TaskRecord};
use super::entry::PlannedTask;
use super::error::ContextError;
use super::pack::Pack;
use crate::base::artifact::Artifact;
use crate::base::contents::Contents;
use crate::base::digest::Digest;
use crate::base::ids::TaskId;

impl Context {
    /// What those tasks made that the last run finished with the same fingerprint, and whose artifacts are all intact.
    pub fn reusable(
        &self,
        pack: &mut Pack,
        tasks: &[PlannedTask],
    ) -> Result<BTreeMap<TaskId, Vec<Artifact>>, ContextError> {
        let done = |task: &PlannedTask| Some((task.id.clone(), self.finished(&task.id, task.fingerprint)?));
        let done: Vec<_> = tasks.iter().filter_map(done).collect();
        let kept = done.iter().flat_map(|(_, task)| &task.artifacts);
        let forms = pack.get_all(kept.map(|artifact| artifact.sha256))?;
        let whole = |(id, task): (TaskId, &TaskRecord)| Some((id, put_together(task, &forms)?));
        Ok(done.into_iter().filter_map(whole).collect())
    }
}

/// What a task made, out of the pack.
pub(super) fn artifacts(task: &TaskRecord, pack: &mut Pack) -> Result<Vec<Artifact>, ContextError> {
    let load = |kept: &KeptArtifact| Ok(artifact(kept, pack.get(kept.sha256)?));
    task.artifacts.iter().map(load).collect()
}

/// What a task made, where all of it is among these forms.
fn put_together(task: &TaskRecord, forms: &BTreeMap<Digest, Contents>) -> Option<Vec<Artifact>> {
    task.artifacts.iter().map(|kept| Some(artifact(kept, forms.get(&kept.sha256)?.clone()))).collect()
}

fn artifact(kept: &KeptArtifact, contents: Contents) -> Artifact {
    Artifact { path: kept.path.clone(), contents, origin: kept.origin }
}
