//! Handing the files over to the person's directory.

use std::collections::BTreeMap;

use crate::base::artifact::Artifact;
use crate::base::contents::Contents;
use crate::base::ids::{OutputPath, TaskId};
use crate::context::{Context, Pack, Store, Writer};
use crate::workspace::{
    Action, Ahead, Applied, Change, Changes, OnConflict, Survey, SurveyError, apply, changes, survey,
};

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

/// What a build that made these files would change in the person's directory. Blocks, and changes nothing.
///
/// `complete` says that every task succeeded: only then are files removed that nobody generates any more.
pub fn weigh(
    store: &Store,
    context: &Context,
    pack: &mut Pack,
    made: BTreeMap<TaskId, Vec<Artifact>>,
    on_conflict: OnConflict,
    complete: bool,
) -> Result<(Survey, Changes), SurveyError> {
    let incoming: BTreeMap<OutputPath, Contents> =
        made.into_values().flatten().map(|artifact| (artifact.path, artifact.contents)).collect();
    let found = survey(store, context, pack, incoming)?;
    let decided = changes(&found, on_conflict, complete);
    Ok((found, decided))
}

/// Brings the person's directory to the state that tasks made, without undoing what the person did. Blocks.
///
/// `complete` is as for [`weigh`], `ahead` as for [`apply`].
pub fn deliver(
    writer: &Writer,
    made: BTreeMap<TaskId, Vec<Artifact>>,
    on_conflict: OnConflict,
    complete: bool,
    ahead: Option<&Ahead>,
) -> Result<Delivery, SurveyError> {
    let context = writer.context();
    let weighed = writer.with_pack(|pack| weigh(writer.store(), &context, pack, made, on_conflict, complete));
    let (found, decided) = weighed?;
    let counts = decided.counts();
    let unchanged = counts.get(&Action::Unchanged).copied().unwrap_or(0);
    let applied = apply(writer, &found, &decided, ahead)?;
    Ok(Delivery { applied, unchanged, notes: notes(&decided) })
}

/// What the person should know: files that are left alone, and why.
pub fn notes(changes: &Changes) -> Vec<String> {
    let note = |change: &Change| match change.action {
        Action::StaysDeleted => Some(format!("{} was deleted by you and stays deleted", change.path)),
        Action::LetGo if change.is_there() => {
            Some(format!("{} is no longer generated; yours stays", change.path))
        }
        _ => None,
    };
    changes.files.iter().filter_map(note).collect()
}
