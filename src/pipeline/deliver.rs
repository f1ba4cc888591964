//! Handing the files over to the person's directory.

use std::collections::BTreeMap;

use crate::base::artifact::Artifact;
use crate::base::ids::{OutputPath, TaskId};
use crate::context::Writer;
use crate::workspace::{Action, Applied, OnConflict, SurveyError, apply, changes, survey};

/// What was handed over.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// What was done.
    pub applied: Applied,
    /// Files that stood as they should.
    pub unchanged: usize,
    /// What the person should know: files that were left alone, and why.
    pub notes: Vec<String>,
}

/// Brings the person's directory to the state that tasks made, without undoing what the person did. Blocks.
///
/// `complete` says that every task succeeded: only then are files removed that nobody generates any more.
pub fn deliver(
    writer: &Writer,
    made: BTreeMap<TaskId, Vec<Artifact>>,
    on_conflict: OnConflict,
    complete: bool,
) -> Result<Delivery, SurveyError> {
    let incoming: BTreeMap<OutputPath, Vec<u8>> =
        made.into_values().flatten().map(|artifact| (artifact.path, artifact.contents)).collect();
    let context = writer.context();
    let found = writer.with_pack(|pack| survey(writer.store(), &context, pack, incoming))?;
    let decided = changes(&found, on_conflict, complete);
    let counts = decided.counts();
    let unchanged = counts.get(&Action::Unchanged).copied().unwrap_or(0);
    let mut notes = Vec::new();
    for change in &decided.files {
        match change.action {
            Action::StaysDeleted => {
                notes.push(format!("{} was deleted by you and stays deleted", change.path));
            }
            Action::LetGo => notes.push(format!("{} is no longer generated; yours stays", change.path)),
            _ => {}
        }
    }
    let applied = apply(writer, &found, &decided)?;
    Ok(Delivery { applied, unchanged, notes })
}
