//! Handing the files over to the person's directory.

use std::collections::BTreeMap;

use crate::base::artifact::Artifact;
use crate::base::contents::Contents;
use crate::base::fs::{Fault, FsError};
use crate::base::ids::{OutputPath, TaskId};
use crate::context::{Conclusion, Context, Pack, Store, Writer};
use crate::workspace::{
    Action, Ahead, Applied, Change, Changes, Glance, OnConflict, Survey, SurveyError, View, apply, changes,
    survey,
};

/// How often files are looked at again that somebody goes on changing.
const AGAIN: usize = 8;

/// What was handed over.
#[derive(Debug, Default)]
pub struct Delivery {
    /// What was done.
    pub applied: Applied,
    /// Files that stood as they should.
    pub unchanged: usize,
    /// What the person should know: files that were left alone, and why.
    pub notes: Vec<String>,
    /// What is still to be recorded of it, as the run's end is.
    pub conclusion: Option<Conclusion>,
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
    weigh_forms(store, context, pack, forms(made), None, on_conflict, complete)
}

fn forms(made: BTreeMap<TaskId, Vec<Artifact>>) -> BTreeMap<OutputPath, Contents> {
    made.into_values().flatten().map(|artifact| (artifact.path, artifact.contents)).collect()
}

fn weigh_forms(
    store: &Store,
    context: &Context,
    pack: &mut Pack,
    incoming: BTreeMap<OutputPath, Contents>,
    glance: Option<Glance>,
    on_conflict: OnConflict,
    complete: bool,
) -> Result<(Survey, Changes), SurveyError> {
    let found = survey(store, context, pack, incoming, glance)?;
    let decided = changes(&found, on_conflict, complete);
    Ok((found, decided))
}

/// Brings the person's directory to the state that tasks made, without undoing what the person did. Blocks.
///
/// `complete` is as for [`weigh`], `ahead` as for [`apply`], `glance` as for [`survey`]. What a person changes in this moment is
/// looked at again, and weighed as it stands then.
pub fn deliver(
    writer: &Writer,
    made: BTreeMap<TaskId, Vec<Artifact>>,
    on_conflict: OnConflict,
    complete: bool,
    ahead: Option<&Ahead>,
    mut glance: Option<Glance>,
) -> Result<Delivery, SurveyError> {
    let mut delivery = Delivery::default();
    let mut incoming = forms(made);
    for round in 0..AGAIN {
        let context = writer.context();
        let (store, glance) = (writer.store(), glance.take());
        let weighed = writer
            .with_pack(|pack| weigh_forms(store, &context, pack, incoming, glance, on_conflict, complete));
        let (found, decided) = weighed?;
        if round == 0 {
            delivery.unchanged = decided.counts().get(&Action::Unchanged).copied().unwrap_or(0);
        }
        let (applied, conclusion) = apply(writer, &found, &decided, ahead)?;
        delivery.add(applied, notes(&decided));
        if delivery.applied.overtaken.is_empty() {
            delivery.conclusion = conclusion;
            return Ok(delivery);
        }
        conclusion.map_or(Ok(()), |conclusion| writer.conclude(conclusion))?;
        let made = |(path, view): (OutputPath, View)| Some((path, view.incoming?));
        incoming = found.files.into_iter().filter_map(made).collect();
    }
    let changing = delivery.applied.overtaken.iter().map(|path| path.below(writer.store().dir()));
    let path = changing.into_iter().next().unwrap_or_default();
    Err(FsError::found("write", &path, Fault::Changing).into())
}

impl Delivery {
    /// Takes in what was done when some files were looked at again.
    fn add(&mut self, applied: Applied, notes: Vec<String>) {
        let Applied { written, removed, conflicts, marked, blocked, replaced, overtaken } = applied;
        self.applied.written.extend(written);
        self.applied.removed.extend(removed);
        self.applied.replaced.extend(replaced);
        self.applied.conflicts = conflicts;
        self.applied.marked = marked;
        self.applied.blocked = blocked;
        self.applied.overtaken = overtaken;
        self.notes.extend(notes);
        self.notes.sort();
        self.notes.dedup();
    }
}

/// What the person should know: files that are left alone, and why.
pub fn notes(changes: &Changes) -> Vec<String> {
    let note = |change: &Change| match change.action {
        Action::StaysDeleted => Some(format!("{} was deleted by you and stays deleted", change.path)),
        Action::LetGo if change.is_there() && !change.is_known() => {
            Some(format!("{} is no longer generated; yours stays", change.path))
        }
        _ => None,
    };
    let anew =
        "all that was generated had been removed, and is made anew; what you remove one by one stays removed";
    let anew = changes.anew.then(|| anew.to_owned());
    anew.into_iter().chain(changes.files.iter().filter_map(note)).collect()
}
