//! Writing beside, while tasks still run, what will most likely be wanted.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::change::{Changes, new_mode};
use crate::base::artifact::Artifact;
use crate::base::digest::Digest;
use crate::base::fs::{FsError, Mode, Root};
use crate::base::ids::OutputPath;
use crate::context::{ContextError, Pending, Writer};

/// So many files are forced to the disk while others are still written. Fewer are not worth making the others wait, as they do
/// where the file system ends a transaction.
const FLUSH: usize = 100;

/// Writes the files of a new app beside while tasks still run, on a thread of its own, so that handing them over finds them
/// written, and most of what has to be waited for there over: their forms are in the pack, and most of both forced to the disk.
///
/// It decides nothing: what it wrote is used where it is just what is to be written, and removed otherwise; a form in the pack
/// that no entry speaks of is nobody's, unless all other record is lost. A fault of the disk ends it; whoever hands over meets
/// the fault again and tells it.
#[derive(Debug)]
pub struct Ahead {
    messages: Sender<Message>,
    thread: Mutex<Thread>,
    /// Whether nobody will want what is still to be written.
    abandoned: Arc<AtomicBool>,
}

#[derive(Debug)]
enum Thread {
    /// Nobody may write yet.
    Waiting(Receiver<Message>),
    Running(JoinHandle<Option<Written>>),
    Over,
}

#[derive(Debug)]
enum Message {
    Files(Vec<Artifact>),
    End,
}

/// The way in. It may outlast the one who writes, and leads nowhere then.
#[derive(Clone, Debug)]
pub struct Inlet(Sender<Message>);

/// Files that stand beside, and what is in them.
#[derive(Debug)]
pub(super) struct Written {
    /// They are staged in this one.
    pub(super) root: Root,
    files: BTreeMap<OutputPath, (Digest, Mode)>,
    /// Whether a file came in two forms.
    spoiled: bool,
}

impl Default for Ahead {
    /// Takes files in, and writes nothing before [`Ahead::begin`].
    fn default() -> Self {
        let (messages, inbox) = mpsc::channel();
        Self { messages, thread: Mutex::new(Thread::Waiting(inbox)), abandoned: Arc::default() }
    }
}

impl Ahead {
    /// Begins to write, through the one who may: what a killed process leaves is removed by the next writer.
    pub fn begin(&self, writer: &Arc<Writer>) {
        let mut thread = self.thread();
        match std::mem::replace(&mut *thread, Thread::Over) {
            Thread::Waiting(inbox) => {
                let (writer, abandoned) = (Arc::clone(writer), Arc::clone(&self.abandoned));
                *thread = Thread::Running(thread::spawn(move || write(&writer, &inbox, &abandoned).ok()));
            }
            other => *thread = other,
        }
    }

    /// Where files come in.
    pub fn inlet(&self) -> Inlet {
        Inlet(self.messages.clone())
    }

    /// Ends it; gives what it wrote, if all went well. Blocks.
    pub(super) fn finish(&self) -> Option<Written> {
        let Thread::Running(thread) = std::mem::replace(&mut *self.thread(), Thread::Over) else {
            return None;
        };
        self.inlet().send(Message::End);
        thread.join().ok()?
    }

    fn thread(&self) -> MutexGuard<'_, Thread> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ahead {
    /// What it wrote is gone before the context is given to somebody else.
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::Relaxed);
        drop(self.finish());
    }
}

impl Inlet {
    /// Takes these in too.
    pub fn add(&self, artifacts: Vec<Artifact>) {
        self.send(Message::Files(artifacts));
    }

    fn send(&self, message: Message) {
        // Where the thread has ended, nobody listens any more.
        let _ = self.0.send(message);
    }
}

fn write(
    writer: &Writer,
    inbox: &Receiver<Message>,
    abandoned: &AtomicBool,
) -> Result<Written, ContextError> {
    let store = writer.store();
    let mut written = Written::nothing(Root::new(store.disk().clone(), store.dir(), store.folder()));
    let (batches, kept) = mpsc::channel::<Pending>();
    let over = &AtomicBool::new(false);
    thread::scope(|scope| {
        let flushing =
            scope.spawn(move || flush(&kept, over, || store.disk().sync_tree(store.folder(), &[])));
        let mut dirty = 0;
        let mut ended = false;
        while !ended && let Ok(first) = inbox.recv() {
            let mut artifacts = Vec::new();
            for message in std::iter::once(first).chain(inbox.try_iter()) {
                match message {
                    Message::Files(files) => artifacts.extend(files),
                    Message::End => ended = true,
                }
            }
            if abandoned.load(Ordering::Relaxed) {
                break;
            }
            artifacts.retain(|artifact| written.expects(artifact));
            dirty += artifacts.len();
            let form = |artifact: &Artifact| (artifact.path.clone(), artifact.contents.clone());
            let pending = writer.keep_early(artifacts.iter().map(form).collect());
            for artifact in artifacts {
                written.add(&artifact)?;
            }
            if dirty >= FLUSH {
                dirty = 0;
                // Where flushing has met a fault, this ends with it.
                let _ = batches.send(pending);
            }
        }
        over.store(true, Ordering::Relaxed);
        drop(batches);
        flushing.join().unwrap_or(Err(ContextError::Broken))?;
        Ok(written)
    })
}

/// Forces to the disk what has been written, while the next files are. What came meanwhile goes together; and once all is written,
/// the rest is left to the one who hands over, who forces everything to the disk and need not wait twice.
fn flush(
    kept: &Receiver<Pending>,
    over: &AtomicBool,
    sync: impl Fn() -> Result<(), FsError>,
) -> Result<(), ContextError> {
    while let Ok(first) = kept.recv() {
        std::iter::once(first).chain(kept.try_iter()).try_for_each(Pending::wait)?;
        if !over.load(Ordering::Relaxed) {
            sync()?;
        }
    }
    Ok(())
}

impl Written {
    /// Nothing, to be staged in this root.
    pub(super) fn nothing(root: Root) -> Self {
        Self { root, files: BTreeMap::new(), spoiled: false }
    }

    /// Takes note of a file; whether it is to be written. Another form of one that came before spoils it all.
    fn expects(&mut self, Artifact { path, contents, .. }: &Artifact) -> bool {
        let known = self.files.get(path);
        self.spoiled |= known.is_some_and(|(digest, _)| *digest != contents.digest());
        if known.is_some() {
            return false;
        }
        self.files.insert(path.clone(), (contents.digest(), new_mode(contents)));
        true
    }

    /// Writes a file beside.
    fn add(&mut self, Artifact { path, contents, .. }: &Artifact) -> Result<(), FsError> {
        self.root.stage(path, contents, new_mode(contents), None)
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
        (!self.spoiled && wanted.count() == self.files.len()).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;
    use crate::base::artifact::Origin;
    use crate::base::clock::SystemClock;
    use crate::base::contents::Contents;
    use crate::base::fs::{Disk, Fault, Step, TEMP_PREFIX, list};
    use crate::context::Store;
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

    fn writer(disk: Disk, dir: &Path) -> Arc<Writer> {
        let store = Store::new(disk, dir);
        Arc::new(store.open_writer(Duration::ZERO, Arc::new(SystemClock)).unwrap())
    }

    fn begun(writer: &Arc<Writer>) -> Ahead {
        let ahead = Ahead::default();
        ahead.begin(writer);
        ahead
    }

    fn temporary(writer: &Writer) -> Vec<String> {
        let mut names = list(writer.store().folder()).unwrap();
        names.retain(|name| name.starts_with(TEMP_PREFIX));
        names
    }

    #[test]
    fn what_is_wanted_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(Disk::default(), dir.path());
        let ahead = Ahead::default();
        let artifacts = [artifact("a/b.ts", "1"), artifact("run.sh", "#!/bin/sh\n")];
        ahead.inlet().add(artifacts[..1].to_vec());
        ahead.begin(&writer);
        ahead.begin(&writer);
        ahead.inlet().add(artifacts[1..].to_vec());
        ahead.inlet().add(artifacts.to_vec());
        let more = [&artifacts[..], &[artifact("c.ts", "2")]].concat();
        let mut written = ahead.finish().unwrap().wanted(&decided(&more)).unwrap();
        let has: Vec<_> = more.iter().map(|artifact| written.has(&artifact.path)).collect();
        assert_eq!(has, [true, true, false], "the third one is left to be written");
        written.root.place().unwrap();
        assert_eq!(std::fs::read(dir.path().join("a/b.ts")).unwrap(), b"1");
        let kept = |artifact: &Artifact| {
            writer.with_pack(|pack| pack.has_intact(artifact.contents.digest()).unwrap())
        };
        assert_eq!(more.iter().map(kept).collect::<Vec<_>>(), [true, true, false]);
        assert!(ahead.finish().is_none(), "it has ended");
    }

    #[test]
    fn what_is_not_wanted_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(Disk::default(), dir.path());
        let artifacts = [artifact("a/b.ts", "1"), artifact("c.ts", "1")];
        for wanted in [&[artifact("a/b.ts", "1"), artifact("c.ts", "2")][..], &artifacts[..1]] {
            let ahead = begun(&writer);
            ahead.inlet().add(artifacts.to_vec());
            assert!(ahead.finish().unwrap().wanted(&decided(wanted)).is_none());
            assert_eq!(temporary(&writer), [""; 0]);
        }
        let ahead = begun(&writer);
        ahead.inlet().add(artifacts.to_vec());
        drop(ahead);
        assert_eq!(temporary(&writer), [""; 0]);
    }

    #[test]
    fn a_file_in_two_forms_spoils_all() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(Disk::default(), dir.path());
        let ahead = begun(&writer);
        let artifacts = [artifact("a", "1"), artifact("a", "2")];
        for artifact in artifacts.clone() {
            ahead.inlet().add(vec![artifact]);
        }
        assert!(ahead.finish().unwrap().wanted(&decided(&artifacts[..1])).is_none());
    }

    #[test]
    fn nothing_is_written_before_it_begins() {
        let ahead = Ahead::default();
        ahead.inlet().add(vec![artifact("a", "1")]);
        assert!(ahead.finish().is_none());
    }

    #[test]
    fn much_is_forced_to_the_disk_while_more_is_to_come() {
        let dir = tempfile::tempdir().unwrap();
        let (seen, steps) = mpsc::channel();
        let disk = Disk::with_hook(move |step, path| {
            let _ = seen.send((step, path.to_path_buf()));
            Ok(())
        });
        let writer = writer(disk, dir.path());
        let ahead = begun(&writer);
        let many: Vec<_> = (0..=FLUSH).map(|n| artifact(&format!("a/{n}"), "1")).collect();
        for batch in [&many[..2], &many, &many] {
            ahead.inlet().add(batch.to_vec());
        }
        let next = || steps.recv_timeout(Duration::from_secs(60)).expect("it is forced");
        let before: Vec<_> =
            std::iter::repeat_with(next).take_while(|(step, _)| *step != Step::SyncAll).collect();
        let written =
            |name: &str| before.iter().any(|(step, path)| *step == Step::Write && path.ends_with(name));
        assert!((0..FLUSH).all(|n| written(&format!("a/{n}"))), "only what is written can be forced");
        drop(ahead.finish().unwrap());
    }

    #[test]
    fn what_came_meanwhile_is_forced_together_and_what_comes_last_is_left_to_others() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(Disk::default(), dir.path());
        let kept = |count| {
            let (batches, kept) = mpsc::channel();
            (0..count).for_each(|_| batches.send(writer.keep_early(Vec::new())).unwrap());
            kept
        };
        for (over, expected) in [(false, 1), (true, 0)] {
            let count = std::cell::Cell::new(0);
            let sync = || {
                count.set(count.get() + 1);
                Ok(())
            };
            flush(&kept(3), &AtomicBool::new(over), sync).unwrap();
            assert_eq!(count.get(), expected);
        }
        let full = || Err(FsError::found("sync", dir.path(), Fault::NoSpace));
        flush(&kept(1), &AtomicBool::new(false), full).unwrap_err();
    }

    #[test]
    fn a_fault_of_the_disk_ends_it() {
        let dir = tempfile::tempdir().unwrap();
        let full = Disk::with_hook(|step, path| {
            let staged = step == Step::Write && path.ends_with("a");
            if staged { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        });
        let ahead = begun(&writer(full, dir.path()));
        ahead.inlet().add(vec![artifact("a", "1")]);
        assert!(ahead.finish().is_none());
    }
}
