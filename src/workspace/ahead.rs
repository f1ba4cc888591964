//! Writing beside, while tasks still run, what will most likely be wanted.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::change::{Changes, new_mode};
use crate::base::artifact::Artifact;
use crate::base::digest::Digest;
use crate::base::fs::{FsError, Mode, Root};
use crate::base::ids::OutputPath;
use crate::context::Store;

/// Writes the files of a new app beside as tasks make them, on a thread of its own, so that handing them over finds them written.
///
/// It decides nothing: what it wrote is used where it is just what is to be written, and removed otherwise. A fault of the disk
/// ends it; whoever hands over meets the fault again and tells it. To be used by the one who writes to the context, as the next
/// writer removes what a killed process has left.
#[derive(Debug)]
pub struct Ahead(Mutex<Option<Running>>);

#[derive(Debug)]
struct Running {
    artifacts: Sender<Vec<Artifact>>,
    thread: JoinHandle<Option<Written>>,
}

/// Files that stand beside, and what is in them.
#[derive(Debug)]
pub(super) struct Written {
    /// They are staged in this one.
    pub(super) root: Root,
    files: BTreeMap<OutputPath, (Digest, Mode)>,
}

impl Ahead {
    /// Begins to wait for files.
    pub fn new(store: &Store) -> Self {
        let root = Root::new(store.disk().clone(), store.dir(), store.folder());
        let (artifacts, inbox) = mpsc::channel();
        let thread = thread::spawn(move || write(root, &inbox).ok());
        Self(Mutex::new(Some(Running { artifacts, thread })))
    }

    /// Writes these too, some time soon.
    pub fn add(&self, artifacts: &[Artifact]) {
        if let Some(running) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            // Where the thread has met a fault, nobody listens any more.
            let _ = running.artifacts.send(artifacts.to_vec());
        }
    }

    /// Ends it; gives what it wrote, if all went well. Blocks.
    pub(super) fn finish(&self) -> Option<Written> {
        let Running { artifacts, thread } = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        drop(artifacts);
        thread.join().ok()?
    }
}

impl Drop for Ahead {
    /// What it wrote is gone before the context is given to somebody else.
    fn drop(&mut self) {
        drop(self.finish());
    }
}

fn write(root: Root, inbox: &Receiver<Vec<Artifact>>) -> Result<Written, FsError> {
    let mut written = Written::nothing(root);
    for Artifact { path, contents, .. } in inbox.iter().flatten() {
        let mode = new_mode(&contents);
        written.root.stage(&path, &contents, mode, None)?;
        written.files.insert(path, (contents.digest(), mode));
    }
    Ok(written)
}

impl Written {
    /// Nothing, to be staged in this root.
    pub(super) fn nothing(root: Root) -> Self {
        Self { root, files: BTreeMap::new() }
    }

    /// Whether a file is among them.
    pub(super) fn has(&self, path: &OutputPath) -> bool {
        self.files.contains_key(path)
    }

    /// All of it, where all of it is to be written just so.
    pub(super) fn wanted(self, changes: &Changes) -> Option<Self> {
        let wanted = changes.files.iter().filter(|change| {
            let new = change.new.as_ref().map(|contents| (contents.digest(), change.mode));
            new.is_some() && new.as_ref() == self.files.get(&change.path) && !change.is_there()
        });
        (wanted.count() == self.files.len()).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::base::artifact::Origin;
    use crate::base::contents::Contents;
    use crate::base::fs::{Disk, list};
    use crate::workspace::{OnConflict, Survey, View, changes};

    fn artifact(path: &str, text: &str) -> Artifact {
        Artifact {
            path: OutputPath::new(path).unwrap(),
            contents: Contents::from(text),
            origin: Origin::Template,
        }
    }

    fn decided(artifacts: &[Artifact]) -> Changes {
        let view = |artifact: &Artifact| View {
            stands: crate::base::fs::Found::Missing,
            recorded: None,
            base: None,
            base_bytes: None,
            incoming: Some(artifact.contents.clone()),
            conflict: None,
        };
        let files = artifacts.iter().map(|artifact| (artifact.path.clone(), view(artifact))).collect();
        changes(&Survey { files, ..Survey::default() }, OnConflict::Keep, true)
    }

    fn store(dir: &Path) -> Store {
        let store = Store::new(Disk::default(), dir);
        std::fs::create_dir(store.folder()).unwrap();
        store
    }

    #[test]
    fn what_is_wanted_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        let ahead = Ahead::new(&store(dir.path()));
        let artifacts = [artifact("a/b.ts", "1"), artifact("run.sh", "#!/bin/sh\n")];
        ahead.add(&artifacts[..1]);
        ahead.add(&artifacts[1..]);
        let more = [&artifacts[..], &[artifact("c.ts", "2")]].concat();
        let mut written = ahead.finish().unwrap().wanted(&decided(&more)).unwrap();
        let has: Vec<_> = more.iter().map(|artifact| written.has(&artifact.path)).collect();
        assert_eq!(has, [true, true, false], "the third one is left to be written");
        written.root.place().unwrap();
        assert_eq!(std::fs::read(dir.path().join("a/b.ts")).unwrap(), b"1");
        assert!(ahead.finish().is_none(), "it has ended");
    }

    #[test]
    fn what_is_not_wanted_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path());
        let artifacts = [artifact("a/b.ts", "1"), artifact("c.ts", "1")];
        for wanted in [&[artifact("a/b.ts", "1"), artifact("c.ts", "2")][..], &artifacts[..1]] {
            let ahead = Ahead::new(&store);
            ahead.add(&artifacts);
            assert!(ahead.finish().unwrap().wanted(&decided(wanted)).is_none());
            assert_eq!(list(store.folder()).unwrap(), [""; 0]);
        }
        let ahead = Ahead::new(&store);
        ahead.add(&artifacts);
        drop(ahead);
        assert_eq!(list(store.folder()).unwrap(), [""; 0]);
    }

    #[test]
    fn a_fault_of_the_disk_ends_it() {
        let dir = tempfile::tempdir().unwrap();
        store(dir.path());
        let full = Disk::with_hook(|_, _| Err(std::io::ErrorKind::StorageFull.into()));
        let ahead = Ahead::new(&Store::new(full, dir.path()));
        ahead.add(&[artifact("a", "1")]);
        assert!(ahead.finish().is_none());
    }
}
