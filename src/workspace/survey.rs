//! Reading what stands.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::glance::Glance;
use super::ignore::{Ignore, IgnoreError, NAME};
use crate::base::contents::Contents;
use crate::base::digest::Digest;
use crate::base::fs::{self, Found, Root};
use crate::base::ids::OutputPath;
use crate::context::{CONFLICTS, ConflictRecord, Context, ContextError, FileRecord, Pack, Store};
use crate::merge::has_markers;

/// A larger file in the place of a generated one is an error; nothing that is generated comes near.
pub(super) const LIMIT: u64 = 256 << 20;

/// All that a decision needs.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Every file that is generated now or was the last time.
    pub files: BTreeMap<OutputPath, View>,
    /// What is to be left alone.
    pub ignore: Ignore,
    /// Whether the person went back to an earlier build's tree, as with another branch; see [`survey`].
    pub went_back: bool,
    /// Whether the person cleared the tree away; see [`survey`].
    pub cleared: bool,
}

/// One file in its three forms.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// What stands.
    pub stands: Found,
    /// The last generated form that the context knows of.
    pub recorded: Option<FileRecord>,
    /// Of the form to merge over: that one, unless a killed build or a settled conflict gives a better one.
    pub base: Option<Digest>,
    /// Its bytes, where they are needed and intact.
    pub base_bytes: Option<Contents>,
    /// The new generated form.
    pub incoming: Option<Contents>,
    /// A conflict that the person has not dealt with.
    pub conflict: Option<ConflictRecord>,
}

/// Why a directory could not be surveyed.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// State or disk.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// The person's patterns.
    #[error(transparent)]
    Ignore(#[from] IgnoreError),
}

impl From<fs::FsError> for SurveyError {
    fn from(error: fs::FsError) -> Self {
        Self::Context(error.into())
    }
}

/// Looks at every file that is generated now or was the last time, but for those that a glance has just seen. Changes nothing.
///
/// A conflict counts as dealt with once the person's file differs from what the conflict left and has no markers of it any
/// more, or the incoming form was removed from `.metagen/conflicts/`: the form that was offered is then the base of the next
/// merge.
///
/// Where most of the files whose generated form has changed over time stand in an earlier one, the tree is taken for that of an
/// earlier build: nobody edited those files, and what is missing was not deleted. Where nothing stands any more of all that was
/// generated, but for hidden files at the top, which a shell's `*` leaves, it was cleared away to begin anew.
pub fn survey(
    store: &Store,
    context: &Context,
    pack: &mut Pack,
    incoming: BTreeMap<OutputPath, Contents>,
    glance: Option<Glance>,
) -> Result<Survey, SurveyError> {
    let mut root = Root::new(store.disk().clone(), store.dir(), store.folder());
    let ignore = match fs::read_plain(&store.dir().join(NAME), LIMIT)? {
        Some(bytes) => Ignore::parse(&String::from_utf8_lossy(&bytes))?,
        None => Ignore::default(),
    };
    let mut seen = glance.map_or_else(BTreeMap::new, Glance::seen);
    let earlier = earlier(&mut root, context, pack, &ignore, &mut seen)?;
    let mut files = BTreeMap::new();
    let (mut visible, mut left) = (false, false);
    let mut incoming: BTreeMap<_, _> =
        incoming.into_iter().map(|(path, bytes)| (path, Some(bytes))).collect();
    // What a killed build had made is not on record yet.
    let making = context.applying.iter().filter(|(_, intent)| intent.generated.is_some());
    for path in context.files.keys().chain(making.map(|(path, _)| path)) {
        incoming.entry(path.clone()).or_insert(None);
    }
    // What is to be left alone is not even looked at: it may be anything.
    let unseen = |path: &&OutputPath| !seen.contains_key(*path) && !ignore.matches(path);
    let unseen: Vec<_> = incoming.keys().filter(unseen).collect();
    let found = root.look_at_all(&unseen, LIMIT)?;
    seen.extend(unseen.into_iter().cloned().zip(found));
    for (path, incoming) in incoming {
        let stands = seen.remove(&path).unwrap_or(Found::Missing);
        let standing = digest(&stands);
        let intent = context.applying.get(&path);
        let recorded = context.files.get(&path);
        // What was let go and is gone now was cleaned up; that says nothing about the file when it is generated again.
        let base = recorded.filter(|file| !file.let_go || stands != Found::Missing);
        let mut base = earlier.get(&path).copied().or(base.map(|file| file.sha256));
        let mut conflict = context.conflicts.get(&path).cloned();
        if let Some(known) = &conflict {
            let offered = fs::kind(&conflict_file(store, &path, INCOMING))? != fs::Kind::Missing;
            let half_done = known.marked && marked(&stands);
            if known.left != standing && !half_done || !offered {
                base = Some(known.incoming);
                conflict = None;
            }
        }
        if let Some(intent) = intent {
            // The killed build had done its part here, or had made the file that the person has edited since.
            let done = intent.after.is_some() && intent.after == standing;
            if let Some(rejected) = intent.conflict.filter(|_| done) {
                conflict = Some(ConflictRecord {
                    incoming: rejected,
                    left: standing,
                    marked: intent.before != intent.after,
                });
            } else if done {
                base = intent.generated.or(base);
            } else if standing.is_none() && intent.before.is_none() && intent.after.is_some() {
                // It was about to be made where nothing stood.
                base = None;
            } else if standing.is_some() && standing == intent.before {
                // Not yet touched: what was taken for its base then still is.
                base = intent.base.or(base);
            } else if standing.is_some() {
                // A file that was to be made and stands there now, edited since, is taken for the one that was made.
                base = base.or(intent.base).or(intent.generated.filter(|_| intent.before.is_none()));
            }
        }
        let new = incoming.as_ref().map(Contents::digest);
        let untouched = standing.is_some() && (standing == base || standing == new);
        let base_bytes = match base {
            Some(base) if !untouched && matches!(stands, Found::File { .. }) => match pack.get(base) {
                Ok(bytes) => Some(bytes),
                Err(ContextError::Lost { .. }) => None,
                Err(error) => return Err(error.into()),
            },
            _ => None,
        };
        let recorded = recorded.cloned();
        if recorded.is_some() && !path.as_str().starts_with('.') {
            visible = true;
            left |= stands != Found::Missing;
        }
        files.insert(path, View { stands, recorded, base, base_bytes, incoming, conflict });
    }
    Ok(Survey { files, ignore, went_back: !earlier.is_empty(), cleared: visible && !left })
}

/// The files that stand in an earlier generated form, with that form, where they are most of those that have one. What is read
/// on the way is added to what was seen.
fn earlier(
    root: &mut Root,
    context: &Context,
    pack: &Pack,
    ignore: &Ignore,
    seen: &mut BTreeMap<OutputPath, Found>,
) -> Result<BTreeMap<OutputPath, Digest>, ContextError> {
    let mut earlier = BTreeMap::new();
    let mut others = 0;
    let several = |(path, forms): &(&OutputPath, &Vec<Digest>)| forms.len() > 1 && !ignore.matches(path);
    for (path, forms) in pack.forms().iter().filter(several) {
        let Some(file) = context.files.get(path) else { continue };
        let found = match seen.remove(path) {
            Some(found) => found,
            None => root.look(path, LIMIT)?,
        };
        // What a killed build had put there already is later than what is recorded, not earlier.
        let placed = context.applying.get(path).and_then(|intent| intent.after);
        match digest(&found) {
            Some(stands) if stands != file.sha256 && Some(stands) != placed && forms.contains(&stands) => {
                earlier.insert(path.clone(), stands);
            }
            Some(_) => others += 1,
            None => {}
        }
        seen.insert(path.clone(), found);
    }
    // A single file may well have been brought back on purpose.
    if earlier.len() < 2 || earlier.len() <= others {
        earlier.clear();
    }
    Ok(earlier)
}

pub(super) fn digest(found: &Found) -> Option<Digest> {
    match found {
        Found::File { bytes, .. } => Some(bytes.digest()),
        _ => None,
    }
}

fn marked(found: &Found) -> bool {
    matches!(found, Found::File { bytes, .. } if has_markers(bytes))
}

pub(super) const INCOMING: &str = "incoming";

/// Where a form of a conflict is stored.
pub(super) fn conflict_file(store: &Store, path: &OutputPath, form: &str) -> PathBuf {
    store.folder().join(CONFLICTS).join(format!("{path}.{form}"))
}
