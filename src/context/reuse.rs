//! What of the last run need not be done again.

use std::collections::BTreeMap;

use super::document::{Context, TaskRecord};
use super::entry::PlannedTask;
use super::error::ContextError;
use super::pack::Pack;
use crate::base::artifact::Artifact;
use crate::base::contents::Contents;
use crate::base::ids::TaskId;

impl Context {
    /// What those tasks made that the last run finished with the same fingerprint, and whose artifacts are all intact.
    pub fn reusable(
        &self,
        pack: &mut Pack,
        tasks: &[PlannedTask],
    ) -> Result<BTreeMap<TaskId, Vec<Artifact>>, ContextError> {
        let mut kept = BTreeMap::new();
        for task in tasks {
            let Some(done) = self.finished(&task.id, task.fingerprint) else { continue };
            match artifacts(done, pack) {
                Ok(artifacts) => {
                    kept.insert(task.id.clone(), artifacts);
                }
                Err(ContextError::Lost { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(kept)
    }
}

/// What a task made, out of the pack.
pub(super) fn artifacts(task: &TaskRecord, pack: &mut Pack) -> Result<Vec<Artifact>, ContextError> {
    let load = |kept: &super::document::KeptArtifact| {
        let contents = Contents::checked(pack.get(kept.sha256)?, kept.sha256);
        Ok(Artifact { path: kept.path.clone(), contents, origin: kept.origin })
    };
    task.artifacts.iter().map(load).collect()
}
