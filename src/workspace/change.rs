//! What a build would change, as a pure function of what stands.

use std::collections::BTreeMap;

use serde::Serialize;

use super::survey::{Survey, View, digest};
use crate::base::contents::Contents;
use crate::base::digest::Digest;
use crate::base::fs::{Found, Mode};
use crate::base::ids::OutputPath;
use crate::context::{ConflictRecord, FOLDER, FileRecord};
use crate::merge::{Merged, has_markers, merge};

/// What to do where both sides changed the same place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// Keep the person's file and store the other form beside.
    #[default]
    Keep,
    /// Take the generated form; the person's is stored beside.
    Theirs,
    /// Write both into the file, with markers.
    Markers,
}

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "action", content = "reason", rename_all = "snake_case")]
pub enum Action {
    /// It is made.
    Create,
    /// Untouched by the person, it takes its new form.
    Update,
    /// The person's changes and the new ones are put together.
    Merge,
    /// The generated form takes the place of the person's, as asked for.
    Replace,
    /// It is no longer generated, and was never touched.
    Remove,
    /// It stands as it should.
    Unchanged,
    /// The person deleted it; it stays deleted.
    StaysDeleted,
    /// It is no longer generated, but the person made it theirs.
    LetGo,
    /// `.metagenignore` says so.
    Ignored,
    /// Both sides changed it.
    Conflict(Reason),
}

impl Action {
    /// Its name, as documents carry it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Merge => "merge",
            Self::Replace => "replace",
            Self::Remove => "remove",
            Self::Unchanged => "unchanged",
            Self::StaysDeleted => "stays_deleted",
            Self::LetGo => "let_go",
            Self::Ignored => "ignored",
            Self::Conflict(_) => "conflict",
        }
    }
}

/// Why two forms do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Both changed the same lines or the same key.
    Overlap,
    /// It is no text.
    Binary,
    /// The person's file was never generated.
    Foreign,
    /// A link, a directory, or a file where a directory is needed.
    InTheWay,
    /// The last generated form is lost, so that nobody knows who changed what.
    BaseLost,
}

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which.
    pub path: OutputPath,
    /// What happens to it.
    pub action: Action,
    /// What stands there now, where that is a file.
    pub old: Option<Contents>,
    /// What is to be written.
    pub new: Option<Contents>,
    /// The bits of what is written.
    pub mode: Mode,
    /// Both forms with markers, for the person to look at.
    pub marked: Option<Contents>,
    /// The generated form that could not be merged.
    pub rejected: Option<Contents>,
    pub(super) stands: bool,
    pub(super) recorded: Option<FileRecord>,
    pub(super) base: Option<Digest>,
    pub(super) base_after: Option<Digest>,
    pub(super) conflict: Option<ConflictRecord>,
}

/// What a build would do, file by file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Sorted by path.
    pub files: Vec<Change>,
    /// Whether all that was generated is gone, and comes anew.
    pub anew: bool,
}

impl Change {
    /// Whether anything stands there now.
    pub fn is_there(&self) -> bool {
        self.stands
    }

    /// Whether it is something that the person has been told of by an earlier build.
    pub fn is_known(&self) -> bool {
        self.action == Action::LetGo && self.recorded.as_ref().is_some_and(|file| file.let_go)
    }

    /// What is to be recorded of the file; `None` for nothing.
    pub(super) fn record(&self) -> Option<FileRecord> {
        Some(FileRecord { sha256: self.base_after?, let_go: self.action == Action::LetGo })
    }

    /// Whether it changes the person's tree.
    pub fn is_effect(&self) -> bool {
        self.new.is_some() || self.action == Action::Remove
    }
}

impl Changes {
    /// Whether the person's tree would be the same after it.
    pub fn is_empty(&self) -> bool {
        !self.files.iter().any(Change::is_effect)
    }

    /// The files with conflicts.
    pub fn conflicts(&self) -> impl Iterator<Item = &Change> {
        self.files.iter().filter(|change| matches!(change.action, Action::Conflict(_)))
    }

    /// How many files each action takes.
    pub fn counts(&self) -> BTreeMap<Action, usize> {
        let mut counts = BTreeMap::new();
        for change in &self.files {
            *counts.entry(change.action).or_default() += 1;
        }
        counts
    }
}

/// Decides. `complete` says that every task succeeded: otherwise a file that nobody generated may only be late, and stays.
pub fn changes(survey: &Survey, on_conflict: OnConflict, complete: bool) -> Changes {
    let mut files = Vec::with_capacity(survey.files.len());
    for (path, view) in &survey.files {
        let mut change = Change {
            path: path.clone(),
            action: Action::Unchanged,
            old: None,
            new: None,
            mode: Mode::Plain,
            marked: None,
            rejected: None,
            stands: view.stands != Found::Missing,
            recorded: view.recorded.clone(),
            base: view.base,
            base_after: view.base,
            conflict: None,
        };
        match &view.incoming {
            _ if survey.ignore.matches(path) || is_reserved(path) => change.action = Action::Ignored,
            Some(incoming) => {
                let deleted = !(survey.went_back || survey.cleared);
                generated(&mut change, view, incoming, on_conflict, deleted);
            }
            None if complete => abandoned(&mut change, view),
            None => change.conflict.clone_from(&view.conflict),
        }
        if change.is_effect() || matches!(change.action, Action::Conflict(_)) {
            change.old = bytes(&view.stands).cloned();
        }
        files.push(change);
    }
    Changes { files, anew: survey.cleared }
}

/// Files that are metagen's own, or the person's by nature.
fn is_reserved(path: &OutputPath) -> bool {
    path.as_str().split('/').next() == Some(FOLDER) || path.as_str() == super::ignore::NAME
}

/// Secrets that are made once: whatever stands there is right.
fn is_secret(path: &OutputPath) -> bool {
    path.as_str().rsplit('/').next() == Some(".env")
}

fn generated(change: &mut Change, view: &View, incoming: &Contents, on_conflict: OnConflict, deleted: bool) {
    let new = incoming.digest();
    change.mode = mode(&view.stands, incoming);
    change.base_after = Some(new);
    let standing = match &view.stands {
        // Where a conflict waits, what stood in the way has been cleared out of it.
        Found::Missing
            if view.base.is_some() && view.conflict.is_none() && !is_secret(&change.path) && deleted =>
        {
            change.action = Action::StaysDeleted;
            return;
        }
        Found::Missing => {
            change.action = Action::Create;
            change.new = Some(incoming.clone());
            return;
        }
        Found::Symlink | Found::Other if view.base == Some(new) => return,
        Found::Symlink | Found::Other => {
            conflict(change, view, incoming, Reason::InTheWay, None, OnConflict::Keep);
            return;
        }
        Found::File { bytes, .. } => bytes,
    };
    let stands = standing.digest();
    if stands == new || is_secret(&change.path) {
        return;
    }
    if let Some(known) = &view.conflict
        && (known.marked
            || known.incoming == new && known.left == Some(stands) && on_conflict == OnConflict::Keep)
    {
        if on_conflict == OnConflict::Theirs {
            change.action = Action::Replace;
            change.new = Some(incoming.clone());
            return;
        }
        // Nothing has changed since the person was told; and a second merge would put markers around the markers. What has come
        // since then comes once they are edited away.
        change.action = Action::Conflict(Reason::Overlap);
        change.base_after = view.base;
        change.conflict = Some(known.clone());
        return;
    }
    if view.base == Some(stands) {
        change.action = Action::Update;
        change.new = Some(incoming.clone());
        return;
    }
    if view.base == Some(new) {
        return;
    }
    let (reason, base) = match (view.base, &view.base_bytes) {
        (None, _) => (Reason::Foreign, None),
        (Some(_), None) => (Reason::BaseLost, None),
        (Some(_), Some(base)) => (Reason::Overlap, Some(&**base)),
    };
    match merge(change.path.as_str(), base, standing, incoming) {
        Merged::Clean(merged) if merged == **standing => {}
        Merged::Clean(merged) => {
            change.action = Action::Merge;
            change.new = Some(merged.into());
        }
        Merged::Conflict { marked: None } => {
            conflict(change, view, incoming, Reason::Binary, None, on_conflict);
        }
        Merged::Conflict { marked } => {
            conflict(change, view, incoming, reason, marked.map(Contents::from), on_conflict);
        }
    }
}

/// Scripts can be run, but for those that the person has taken that from; and what the person lets run can be run.
fn mode(stands: &Found, incoming: &[u8]) -> Mode {
    let is_script = |bytes: &[u8]| bytes.starts_with(b"#!");
    let run = match stands {
        Found::File { bytes, executable } if is_script(bytes) => *executable,
        Found::File { executable, .. } => *executable || is_script(incoming),
        _ => is_script(incoming),
    };
    if run { Mode::Executable } else { Mode::Plain }
}

/// The bits of a file that is made where nothing stands.
pub(super) fn new_mode(contents: &[u8]) -> Mode {
    mode(&Found::Missing, contents)
}

fn conflict(
    change: &mut Change,
    view: &View,
    incoming: &Contents,
    reason: Reason,
    marked: Option<Contents>,
    on_conflict: OnConflict,
) {
    if on_conflict == OnConflict::Theirs {
        change.action = Action::Replace;
        change.new = Some(incoming.clone());
        return;
    }
    change.action = Action::Conflict(reason);
    change.base_after = view.base;
    change.rejected = Some(incoming.clone());
    let mut left = digest(&view.stands);
    let mut is_marked = false;
    // Where markers of an earlier conflict have been left, no more are put around them.
    let has_some = matches!(&view.stands, Found::File { bytes, .. } if has_markers(bytes));
    if let (OnConflict::Markers, Some(marked), false) = (on_conflict, &marked, has_some) {
        left = Some(marked.digest());
        is_marked = true;
        change.new = Some(marked.clone());
    }
    change.marked = marked;
    change.conflict = Some(ConflictRecord { incoming: incoming.digest(), left, marked: is_marked });
}

fn abandoned(change: &mut Change, view: &View) {
    change.mode = mode(&view.stands, &[]);
    (change.action, change.base_after) = match &view.stands {
        Found::File { .. } if digest(&view.stands) == view.base && !is_secret(&change.path) => {
            (Action::Remove, None)
        }
        Found::File { .. } => (Action::LetGo, view.base),
        _ => (Action::LetGo, None),
    };
}

fn bytes(found: &Found) -> Option<&Contents> {
    match found {
        Found::File { bytes, .. } => Some(bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Ignore;

    struct Case {
        base: Option<&'static str>,
        stands: Option<&'static str>,
        incoming: Option<&'static str>,
    }

    fn view(case: &Case) -> View {
        let digest = |text: &str| Digest::of(text.as_bytes());
        View {
            stands: case
                .stands
                .map_or(Found::Missing, |text| Found::File { bytes: text.into(), executable: false }),
            recorded: case.base.map(digest).map(FileRecord::of),
            base: case.base.map(digest),
            base_bytes: case.base.map(Into::into),
            incoming: case.incoming.map(Into::into),
            conflict: None,
        }
    }

    fn decide(case: &Case, path: &str, on_conflict: OnConflict, complete: bool) -> Change {
        let files = BTreeMap::from([(OutputPath::new(path).unwrap(), view(case))]);
        let survey = Survey { files, ignore: Ignore::parse("ignored").unwrap(), ..Survey::default() };
        changes(&survey, on_conflict, complete).files.remove(0)
    }

    #[test]
    fn every_combination_of_three_forms() {
        use Action::{Conflict, Create, LetGo, Merge, Remove, StaysDeleted, Unchanged, Update};
        let (a, b, c) = (Some("1\n2\n3\n4\n"), Some("1\n2\n3\nb\n"), Some("c\n2\n3\n4\n"));
        let d = Some("1\n2\n3\nd\n");
        for (base, stands, incoming, action, written) in [
            (None, None, a, Create, a),
            (None, a, a, Unchanged, None),
            (None, b, a, Conflict(Reason::Foreign), None),
            (a, a, a, Unchanged, None),
            (a, a, b, Update, b),
            (a, b, a, Unchanged, None),
            (a, b, b, Unchanged, None),
            (a, b, c, Merge, Some("c\n2\n3\nb\n")),
            (a, b, d, Conflict(Reason::Overlap), None),
            (a, None, a, StaysDeleted, None),
            (a, None, b, StaysDeleted, None),
            (a, a, None, Remove, None),
            (a, b, None, LetGo, None),
            (a, None, None, LetGo, None),
        ] {
            let change = decide(&Case { base, stands, incoming }, "f", OnConflict::Keep, true);
            assert_eq!(change.action, action, "{base:?} {stands:?} {incoming:?}");
            assert_eq!(change.new.as_deref(), written.map(str::as_bytes), "{base:?} {stands:?} {incoming:?}");
        }
    }

    #[test]
    fn conflicts_as_asked_for() {
        let case = Case { base: Some("a\n"), stands: Some("b\n"), incoming: Some("c\n") };
        let theirs = decide(&case, "f", OnConflict::Theirs, true);
        assert_eq!((theirs.action, theirs.new.as_deref()), (Action::Replace, Some(&b"c\n"[..])));
        let marked = decide(&case, "f", OnConflict::Markers, true);
        assert_eq!(marked.action, Action::Conflict(Reason::Overlap));
        assert_eq!(marked.new, marked.marked);
        let kept = decide(&case, "f", OnConflict::Keep, true);
        assert_eq!((kept.new, kept.rejected.as_deref()), (None, Some(&b"c\n"[..])));
        assert_eq!(kept.base_after, Some(Digest::of(b"a\n")), "until the person has dealt with it");
    }

    #[test]
    fn markers_that_were_left_are_not_marked_again() {
        let stands = Some("<<<<<<< yours\nb\n=======\nc\n>>>>>>> generated\n");
        let case = Case { base: Some("a\n"), stands, incoming: Some("d\n") };
        let kept = decide(&case, "f", OnConflict::Markers, true);
        assert_eq!((kept.action, kept.new), (Action::Conflict(Reason::Overlap), None));
        assert_eq!(kept.rejected.as_deref(), Some(&b"d\n"[..]));
    }

    #[test]
    fn what_is_not_to_be_touched() {
        let case = Case { base: Some("a"), stands: Some("b"), incoming: Some("c") };
        for (path, action) in [
            ("ignored", Action::Ignored),
            (".metagen/context.json", Action::Ignored),
            (".metagenignore", Action::Ignored),
            ("backend/.env", Action::Unchanged),
        ] {
            assert_eq!(decide(&case, path, OnConflict::Theirs, true).action, action, "{path}");
        }
        let late = Case { base: Some("a"), stands: Some("a"), incoming: None };
        assert!(!decide(&late, "f", OnConflict::Theirs, false).is_effect(), "a failed task's files stay");
        let lost = Case { base: Some("a"), stands: None, incoming: Some("a") };
        assert_eq!(
            decide(&lost, ".env", OnConflict::Keep, true).action,
            Action::Create,
            "a fresh clone has none"
        );
    }

    #[test]
    fn links_and_directories_are_kept() {
        for stands in [Found::Symlink, Found::Other] {
            let case = Case { base: Some("a"), stands: None, incoming: Some("c") };
            let files = BTreeMap::from([(OutputPath::new("f").unwrap(), View { stands, ..view(&case) })]);
            let survey = Survey { files, ..Survey::default() };
            for on_conflict in [OnConflict::Keep, OnConflict::Theirs, OnConflict::Markers] {
                let change = changes(&survey, on_conflict, true).files.remove(0);
                assert_eq!((change.action, change.new), (Action::Conflict(Reason::InTheWay), None));
            }
        }
    }
}
