//! Doing it.

use std::collections::BTreeMap;

use super::ahead::{Ahead, Written};
use super::change::{Action, Change, Changes};
use super::survey::{INCOMING, Survey, conflict_file, digest};
use crate::base::contents::Contents;
use crate::base::fs::{FsError, Kind, Mode, Root, Staged, kind, read};
use crate::base::ids::OutputPath;
use crate::context::{Conclusion, ConflictRecord, ContextError, Entry, Intent, Store, Writer};

const MARKED: &str = "merged";
const PERSON: &str = "yours";

/// A larger file is none that a person wrote.
const LIMIT: u64 = 1 << 30;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Files that were written.
    pub written: Vec<OutputPath>,
    /// Files that were removed.
    pub removed: Vec<OutputPath>,
    /// Files with conflicts that wait for the person.
    pub conflicts: Vec<OutputPath>,
    /// Those of them that have both forms in them, between markers.
    pub marked: Vec<OutputPath>,
    /// Those of them where something stands that is no file.
    pub blocked: Vec<OutputPath>,
    /// Files of the person's that the generated form took the place of; theirs are beside the conflicts.
    pub replaced: Vec<OutputPath>,
    /// Files that somebody changed after they had been looked at. They stand as they were left, and nothing is recorded of them:
    /// they have to be looked at again.
    pub overtaken: Vec<OutputPath>,
}

/// Changes the person's files as decided over `survey`. Blocks; not to be called inside of an asynchronous task.
///
/// Every new form is written beside first, so that a full disk leaves all as it was. Then the intent and those forms are on
/// the disk, then each file takes its place in one step, below the app's directory and never through a link. What is left is to
/// record the result. Where nothing changes, nothing is written, not even to the context.
///
/// What `ahead` has written beside already is taken, where all of it is wanted.
pub fn apply(
    writer: &Writer,
    survey: &Survey,
    changes: &Changes,
    ahead: Option<&Ahead>,
) -> Result<(Applied, Option<Conclusion>), ContextError> {
    let store = writer.store();
    let mut applied = Applied::default();
    let (known_conflicts, applying) =
        writer.with(|context| (context.conflicts.clone(), context.applying.clone()));
    let mut conflicts: BTreeMap<_, _> = changes
        .files
        .iter()
        .filter_map(|change| Some((change.path.clone(), change.conflict.clone()?)))
        .collect();
    let mut moved: Vec<&Change> = changes
        .files
        .iter()
        .filter(|change| change.is_effect() || change.record() != change.recorded)
        .collect();
    if moved.is_empty() && conflicts == known_conflicts && applying.is_empty() {
        tell_conflicts(&mut applied, &conflicts);
        return Ok((applied, None));
    }
    let stands = |change: &Change| survey.files.get(&change.path).and_then(|view| digest(&view.stands));
    let written = ahead.and_then(Ahead::finish).and_then(|written| written.wanted(changes));
    let mut written = written
        .unwrap_or_else(|| Written::nothing(Root::new(store.disk().clone(), store.dir(), store.folder())));
    for change in moved.iter().filter(|change| change.is_effect()) {
        written.root.may_change(&change.path)?;
    }
    let mut forms = Vec::new();
    for change in &changes.files {
        if let Some(bytes) = change.new.as_ref().filter(|_| !written.has(&change.path)) {
            written.root.stage(&change.path, bytes, change.mode, stands(change))?;
        }
        for (form, bytes) in [(INCOMING, &change.rejected), (MARKED, &change.marked)] {
            if let Some(bytes) = bytes {
                forms.push(stage_form(store, &change.path, form, bytes)?);
            }
        }
        // What a person wrote cannot be made again: it has its name before it is replaced.
        if let (Some(bytes), Action::Replace) = (&change.old, change.action) {
            keep_aside(store, &change.path, bytes)?;
            store.disk().place(stage_form(store, &change.path, PERSON, bytes)?)?;
        }
    }
    let mut root = written.root;
    start(writer, survey, &moved, &conflicts)?;
    root.sync_staged()?;
    for form in forms {
        store.disk().place(form)?;
    }
    root.place()?;
    for change in &moved {
        if let (Action::Remove, Some(found)) = (change.action, stands(change)) {
            root.remove(&change.path, found)?;
        }
    }
    applied.overtaken = root.overtaken().to_vec();
    moved.retain(|change| !applied.overtaken.contains(&change.path));
    conflicts.retain(|path, _| !applied.overtaken.contains(path));
    for change in &moved {
        if change.new.is_some() {
            applied.written.push(change.path.clone());
            if change.action == Action::Replace {
                applied.replaced.push(change.path.clone());
            }
        } else if change.action == Action::Remove {
            applied.removed.push(change.path.clone());
        }
    }
    for change in changes.files.iter().filter(|change| !conflicts.contains_key(&change.path)) {
        // Those of a killed build are not on record yet, nor are those of a file that has changed in the meantime.
        let begun = change.conflict.is_some()
            || applying.get(&change.path).is_some_and(|intent| intent.conflict.is_some());
        if begun || known_conflicts.contains_key(&change.path) {
            for form in [INCOMING, MARKED] {
                store.disk().remove_below(store.folder(), &conflict_file(store, &change.path, form))?;
            }
        }
    }
    tell_conflicts(&mut applied, &conflicts);
    let conclusion = Conclusion { entry: finished(&moved, conflicts), force: Box::new(move || root.sync()) };
    Ok((applied, Some(conclusion)))
}

fn tell_conflicts(applied: &mut Applied, conflicts: &BTreeMap<OutputPath, ConflictRecord>) {
    applied.conflicts = conflicts.keys().cloned().collect();
    let marked = conflicts.iter().filter(|(_, conflict)| conflict.marked);
    applied.marked = marked.map(|(path, _)| path.clone()).collect();
    let blocked = conflicts.iter().filter(|(_, conflict)| conflict.left.is_none());
    applied.blocked = blocked.map(|(path, _)| path.clone()).collect();
}

/// Says what is about to be done. The forms that will be the bases of later merges go to the pack before.
fn start(
    writer: &Writer,
    survey: &Survey,
    moved: &[&Change],
    conflicts: &BTreeMap<OutputPath, ConflictRecord>,
) -> Result<(), ContextError> {
    let mut files = BTreeMap::new();
    for change in moved {
        // A file that already stands as it should, as after a killed build, is to be known by the next one just as well.
        let before = survey.files.get(&change.path).and_then(|view| digest(&view.stands));
        let stays = if change.action == Action::Remove { None } else { before };
        let intent = Intent {
            base: change.base,
            before,
            after: change.new.as_ref().map(Contents::digest).or(stays),
            generated: change.base_after.filter(|_| change.conflict.is_none()),
            conflict: conflicts.get(&change.path).map(|conflict| conflict.incoming),
        };
        files.insert(change.path.clone(), intent);
    }
    let mut forms = Vec::new();
    for path in files.keys().chain(conflicts.keys()) {
        let incoming = survey.files.get(path).and_then(|view| view.incoming.as_ref());
        forms.extend(incoming.map(|contents| (path.clone(), contents.clone())));
    }
    writer.keep_forms(Entry::ApplyStarted { files }, forms).wait()
}

fn stage_form(store: &Store, path: &OutputPath, form: &str, bytes: &[u8]) -> Result<Staged, FsError> {
    let file = conflict_file(store, path, form);
    if let Some(folder) = file.parent() {
        store.disk().create_dirs_below(store.folder(), folder)?;
    }
    store.disk().stage(&file, bytes, Mode::Plain, store.folder())
}

/// Gives what a person wrote and an earlier build replaced another name, where these bytes would take its place.
fn keep_aside(store: &Store, path: &OutputPath, bytes: &[u8]) -> Result<(), FsError> {
    let file = conflict_file(store, path, PERSON);
    if !matches!(kind(&file)?, Kind::File { .. }) || read(&file, LIMIT)?.as_deref() == Some(bytes) {
        return Ok(());
    }
    for number in 1.. {
        let aside = conflict_file(store, path, &format!("{PERSON}-{number}"));
        if kind(&aside)? == Kind::Missing {
            return store.disk().rename(&file, &aside);
        }
    }
    Ok(())
}

fn finished(moved: &[&Change], conflicts: BTreeMap<OutputPath, ConflictRecord>) -> Entry {
    let mut files = BTreeMap::new();
    let mut forgotten = Vec::new();
    for change in moved {
        match change.record() {
            Some(record) => {
                files.insert(change.path.clone(), record);
            }
            None => forgotten.push(change.path.clone()),
        }
    }
    Entry::ApplyFinished { files, forgotten, conflicts }
}
