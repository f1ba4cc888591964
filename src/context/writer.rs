//! The permission to write a context.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::commit::{self, Files, Forms, Pending, Request, Shared};
use super::document::{
    AttemptRecord, Context, KeptArtifact, Note, PlanRecord, RunIdentity, RunOutcome, TaskState, Tokens,
};
use super::entry::{Entry, PlannedTask};
use super::error::ContextError;
use super::pack::Pack;
use super::rescue::Notice;
use super::reuse::artifacts;
use super::store::{DOCUMENT, LIMIT, PLANS, Store, document_bytes};
use crate::base::artifact::Artifact;
use crate::base::clock::Clock;
use crate::base::contents::Contents;
use crate::base::digest::Digest;
use crate::base::fs::{self, Appender, FsError, Lock, Mode, SYNCS_ALL, Staged};
use crate::base::ids::TaskId;

/// A journal of more bytes is compacted when a run ends.
const LONG_JOURNAL: u64 = 256 << 10;

/// The permission to write: holds the lock until it is dropped.
pub struct Writer {
    store: Store,
    clock: Arc<dyn Clock>,
    shared: Arc<Shared>,
    requests: Option<Sender<Request>>,
    thread: Mutex<Option<JoinHandle<Option<Files>>>>,
    notices: Vec<Notice>,
    /// The beginning of a run that has changed nothing so far; see [`Writer::begin_run`].
    unwritten: Mutex<Option<Entry>>,
    // Last, so that it is given up after the thread has ended.
    _lock: Lock,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("folder", &self.store.folder).finish_non_exhaustive()
    }
}

/// An entry that holds once what it speaks of is forced to the disk. Where it is never recorded, the next writer finds out what
/// was done.
#[must_use = "what it speaks of was done, and is not recorded yet"]
pub struct Conclusion {
    /// The entry.
    pub entry: Entry,
    /// Forces it: on the way everything else that was written to the file system, where the system has a call for that.
    pub force: Box<dyn FnOnce() -> Result<(), FsError> + Send>,
}

impl std::fmt::Debug for Conclusion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conclusion").field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// What a writer goes on from.
pub(super) struct Opened {
    /// The state that was found.
    pub(super) context: Context,
    /// The generated forms, to be read.
    pub(super) pack: Pack,
    /// The same file, to be added to.
    pub(super) packed: Appender,
    /// The journal.
    pub(super) journal: Appender,
    /// What was found and mended.
    pub(super) notices: Vec<Notice>,
}

impl Writer {
    /// Goes on from what was found, on a thread of its own.
    pub(super) fn new(store: Store, lock: Lock, clock: Arc<dyn Clock>, opened: Opened) -> Self {
        let Opened { context, pack, packed, journal, notices } = opened;
        let shared = Arc::new(Shared { context: Mutex::new(context), pack: Mutex::new(pack) });
        let (requests, inbox) = mpsc::channel();
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            let files = Files { journal, pack: packed, pack_unsynced: false, lasting: false };
            move || commit::run(&shared, files, &inbox)
        });
        Self {
            store,
            clock,
            shared,
            requests: Some(requests),
            thread: Mutex::new(Some(thread)),
            notices,
            unwritten: Mutex::default(),
            _lock: lock,
        }
    }

    /// The store that it writes.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What was found and mended on opening, for the user.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The state with every entry that has been taken in, a copy.
    pub fn context(&self) -> Context {
        self.shared.context().clone()
    }

    /// Looks at the generated forms.
    pub fn with_pack<T>(&self, look: impl FnOnce(&mut Pack) -> T) -> T {
        look(&mut self.shared.pack())
    }

    /// Looks at the state without copying it; the run's entries wait in the meantime.
    pub fn with<T>(&self, look: impl FnOnce(&Context) -> T) -> T {
        look(&self.shared.context())
    }

    /// The bytes of a generated form.
    pub fn generated(&self, digest: Digest) -> Result<Contents, ContextError> {
        self.shared.pack().get(digest)
    }

    /// Keeps a plan under the next number; one that equals the last keeps its number. Over once a killed process would be
    /// known to have made it; `precious`, for one that was paid for, once that survives a power cut.
    pub fn add_plan(&self, body: &[u8], precious: bool) -> Result<u32, ContextError> {
        let sha256 = Digest::of(body);
        let last =
            self.with(|context| context.plans.last_key_value().map(|(number, plan)| (*number, plan.sha256)));
        let (number, is_new) = match last {
            Some((number, same)) if same == sha256 => (number, false),
            Some((number, _)) => (number + 1, true),
            None => (1, true),
        };
        let path = self.store.plan_path(number);
        if !is_new && fs::read_plain(&path, LIMIT)?.as_deref() == Some(body) {
            return Ok(number);
        }
        let disk = &self.store.disk;
        disk.create_dirs_below(&self.store.folder, &self.store.folder.join(PLANS))?;
        if precious {
            disk.write_atomic(&path, body, Mode::Plain)?;
        } else {
            disk.write_unsynced(&path, body, Mode::Plain, &self.store.folder)?;
        }
        if is_new {
            let plan = PlanRecord { at: self.clock.now(), sha256 };
            self.record(Entry::PlanAdded { number, plan }).wait()?;
        }
        Ok(number)
    }

    /// Begins a run. Gives what those tasks made that need not run; see [`Context::reusable`]. Waits for the disk.
    ///
    /// One that would do what the last one did, and finds all of it done, is written down only once something else happens in
    /// it: where nothing does, nothing is written, and the last run is the one that did the work.
    pub fn begin_run(
        &self,
        identity: RunIdentity,
        plan: Option<u32>,
        tasks: Vec<PlannedTask>,
    ) -> Result<BTreeMap<TaskId, Vec<Artifact>>, ContextError> {
        self.begin_run_anew(identity, plan, tasks, &BTreeSet::new())
    }

    /// The same, with tasks that run whatever an earlier run made of them.
    pub fn begin_run_anew(
        &self,
        identity: RunIdentity,
        plan: Option<u32>,
        tasks: Vec<PlannedTask>,
        anew: &BTreeSet<TaskId>,
    ) -> Result<BTreeMap<TaskId, Vec<Artifact>>, ContextError> {
        let mut done = self.with(|context| context.reusable(&mut self.shared.pack(), &tasks))?;
        done.retain(|task, _| !anew.contains(task));
        let again = done.len() == tasks.len()
            && self
                .with(|context| context.run.as_ref().is_some_and(|run| run.is_like(&identity, plan, &tasks)));
        let entry = Entry::RunStarted {
            at: self.clock.now(),
            pid: std::process::id(),
            identity,
            plan,
            tasks,
            kept: done.keys().cloned().collect(),
        };
        if again {
            *self.unwritten() = Some(entry);
        } else {
            self.record(entry).wait()?;
        }
        Ok(done)
    }

    /// Records that an attempt is about to begin. Over once a killed process would be known to have begun it.
    pub fn attempt_started(&self, task: &TaskId) -> Pending {
        self.record(Entry::AttemptStarted { task: task.clone(), at: self.clock.now() })
    }

    /// Keeps what an attempt made. It is on the disk for good with [`Writer::task_ended`].
    pub fn keep(&self, task: &TaskId, artifacts: &[Artifact]) -> Pending {
        let mut forms: Forms = Vec::with_capacity(artifacts.len());
        let mut kept = Vec::with_capacity(artifacts.len());
        for artifact in artifacts {
            forms.push((artifact.path.clone(), artifact.contents.clone()));
            kept.push(KeptArtifact {
                path: artifact.path.clone(),
                sha256: artifact.contents.digest(),
                bytes: artifact.contents.len() as u64,
                origin: artifact.origin,
            });
        }
        self.send(Entry::ArtifactsKept { task: task.clone(), artifacts: kept }, forms)
    }

    /// Records how a task ended. Over once that, and what the task made, survives a power cut.
    pub fn task_ended(
        &self,
        task: &TaskId,
        state: TaskState,
        attempts: Vec<AttemptRecord>,
        elapsed: Duration,
        usage: Tokens,
        notes: Vec<String>,
    ) -> Pending {
        self.record(Entry::TaskEnded {
            task: task.clone(),
            at: self.clock.now(),
            state,
            attempts,
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            usage,
            notes,
        })
    }

    /// Keeps what the user was told.
    pub fn note(&self, task: Option<TaskId>, message: String) -> Pending {
        self.record(Entry::Noted { note: Note { task, message } })
    }

    /// What a task of the run made, out of the pack.
    pub fn artifacts(&self, task: &TaskId) -> Result<Vec<Artifact>, ContextError> {
        self.with(|context| {
            let record = context.run.as_ref().and_then(|run| run.tasks.get(task));
            record.map_or(Ok(Vec::new()), |record| artifacts(record, &mut self.shared.pack()))
        })
    }

    /// Takes an entry in; see [`Pending`].
    pub fn record(&self, entry: Entry) -> Pending {
        self.send(entry, Vec::new())
    }

    /// The same, for an entry that speaks of generated forms; those that the pack does not have are kept with it.
    pub(crate) fn keep_forms(&self, entry: Entry, mut forms: Forms) -> Pending {
        let pack = self.shared.pack();
        forms.retain(|(_, contents)| !pack.has(contents.digest()));
        drop(pack);
        self.send(entry, forms)
    }

    /// Keeps forms that an entry will most likely speak of soon, so that it finds them kept.
    pub(crate) fn keep_early(&self, forms: Forms) -> Pending {
        commit::send(self.requests(), None, forms)
    }

    fn requests(&self) -> &Sender<Request> {
        self.requests.as_ref().expect("only finish and drop take it")
    }

    fn send(&self, entry: Entry, forms: Forms) -> Pending {
        let requests = self.requests();
        // Held until it is on its way, so that nobody overtakes it. Where it cannot be written, what follows cannot either.
        let mut unwritten = self.unwritten();
        if let Some(begun) = unwritten.take() {
            drop(commit::send(requests, Some(begun), Vec::new()));
        }
        drop(unwritten);
        commit::send(requests, Some(entry), forms)
    }

    fn unwritten(&self) -> std::sync::MutexGuard<'_, Option<Entry>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a conclusion. Waits for the disk.
    pub fn conclude(&self, Conclusion { entry, force }: Conclusion) -> Result<(), ContextError> {
        force()?;
        self.record(entry).wait()
    }

    /// Ends the run, moves the state to `context.json`, and gives up the lock. Waits for the disk. A run in which nothing
    /// happened, and that ends as the one before it, leaves everything as it is.
    pub fn end_run(self, outcome: RunOutcome) -> Result<(), ContextError> {
        self.end_run_with(outcome, None)
    }

    /// The same after a conclusion: both are forced to the disk together.
    pub fn end_run_with(
        mut self,
        outcome: RunOutcome,
        conclusion: Option<Conclusion>,
    ) -> Result<(), ContextError> {
        let before = self.with(|context| context.run.as_ref().and_then(|run| run.outcome));
        if conclusion.is_none() && before == Some(outcome) && self.unwritten().is_some() {
            return Ok(());
        }
        let ended = Entry::RunEnded { at: self.clock.now(), outcome };
        // The document's name need not be on the disk: whoever finds the old one has the journal. Its bytes have to be, but
        // where nothing was made.
        let disk = self.store.disk.clone();
        let concluded = match conclusion {
            Some(Conclusion { entry, force }) => {
                let mut context = self.context();
                context.apply(entry.clone())?;
                context.apply(ended.clone())?;
                let staged = self.stage_document(&context)?;
                force()?;
                if !SYNCS_ALL {
                    disk.sync_one(&staged)?;
                }
                self.record(entry).wait()?;
                Some(staged)
            }
            None => None,
        };
        self.record(ended).wait()?;
        let files = self.stop().ok_or(ContextError::Broken)?;
        let context = self.context();
        let staged = if let Some(staged) = concluded {
            staged
        } else {
            let staged = self.stage_document(&context)?;
            if files.lasting {
                disk.sync_one(&staged)?;
            }
            staged
        };
        disk.place(staged)?;
        if files.journal.len() > LONG_JOURNAL {
            self.store.write_snapshot(&context)?;
        }
        self.shared.pack().compact(&disk, &context.live())?;
        Ok(())
    }

    fn stage_document(&self, context: &Context) -> Result<Staged, FsError> {
        let (disk, folder) = (&self.store.disk, &self.store.folder);
        disk.stage(&folder.join(DOCUMENT), &document_bytes(context), Mode::Plain, folder)
    }

    /// Lets the thread write all it has, and waits for its end.
    fn stop(&mut self) -> Option<Files> {
        self.requests = None;
        let thread = self.thread.lock().ok()?.take()?;
        thread.join().ok().flatten()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}
