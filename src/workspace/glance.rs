//! Reading ahead what stands, while a build finds out whether there is anything to do.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver};

use super::ignore;
use super::survey::LIMIT;
use crate::base::fs::{Found, FsError, Kind, Root, kind};
use crate::base::ids::OutputPath;
use crate::context::{Context, Store};

/// What stood a moment ago where files were generated the last time, read on all cores meanwhile. It is good for a build that
/// turns out to have nothing to do; one that takes its time looks again.
#[derive(Debug)]
pub struct Glance(Receiver<Result<BTreeMap<OutputPath, Found>, FsError>>);

impl Glance {
    /// Begins to look. To be used by the one who writes to the context.
    pub fn begin(store: &Store, context: &Context) -> Self {
        let (store, paths) = (store.clone(), context.files.keys().cloned().collect());
        let (seen, glance) = mpsc::channel();
        rayon::spawn(move || {
            // Nobody may want to know any more.
            let _ = seen.send(look(&store, paths));
        });
        Self(glance)
    }

    /// What was seen. Waits for the end; a file that could not be read is not among them, and left to the survey.
    pub(super) fn seen(self) -> BTreeMap<OutputPath, Found> {
        self.0.recv().ok().and_then(Result::ok).unwrap_or_default()
    }
}

fn look(store: &Store, paths: Vec<OutputPath>) -> Result<BTreeMap<OutputPath, Found>, FsError> {
    // What the person's patterns leave alone may be anything, and is not even looked at.
    if kind(&store.dir().join(ignore::NAME))? != Kind::Missing {
        return Ok(BTreeMap::new());
    }
    let mut root = Root::new(store.disk().clone(), store.dir(), store.folder());
    let found = root.look_at_all(&paths.iter().collect::<Vec<_>>(), LIMIT)?;
    Ok(paths.into_iter().zip(found).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use crate::base::fs::Disk;
    use crate::context::FileRecord;

    #[test]
    fn sees_what_was_generated_unless_some_is_to_be_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = |text: &str| OutputPath::new(text).unwrap();
        let record = FileRecord::of(Digest::of(b""));
        let files = ["a/b", "gone"].map(|name| (path(name), record.clone()));
        let context = Context { files: files.into(), ..Context::default() };
        let store = Store::new(Disk::default(), dir.path());
        std::fs::create_dir(dir.path().join("a")).unwrap();
        std::fs::write(dir.path().join("a/b"), "edited").unwrap();
        std::fs::write(dir.path().join("foreign"), "").unwrap();
        let seen = Glance::begin(&store, &context).seen();
        let file = Found::File { bytes: "edited".into(), executable: false };
        assert_eq!(seen, [(path("a/b"), file), (path("gone"), Found::Missing)].into());
        std::fs::write(dir.path().join(ignore::NAME), "a/\n").unwrap();
        assert_eq!(Glance::begin(&store, &context).seen(), BTreeMap::new());
    }
}
