//! Where contexts live, and the permission to write one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use super::commit::{self, Files, Forms, Pending, Request, Shared};
use super::document::{
    AttemptRecord, Context, ContextVersion, KeptArtifact, Note, PlanRecord, RunIdentity, RunOutcome,
    TaskState, Tokens,
};
use super::entry::{Entry, PlannedTask};
use super::error::ContextError;
use super::journal::{Journal, Loaded, Part, load};
use super::pack::Pack;
use super::rescue::{self, Notice};
use super::reuse::artifacts;
use crate::base::artifact::Artifact;
use crate::base::clock::Clock;
use crate::base::digest::Digest;
use crate::base::fs::{self, Disk, Fault, FsError, Holder, Kind, Lock, Mode, holder_of};
use crate::base::ids::TaskId;

/// The folder in an app's directory that holds its context.
pub const FOLDER: &str = ".metagen";

pub(super) const DOCUMENT: &str = "context.json";
pub(super) const JOURNAL: &str = "journal";
pub(super) const PACK: &str = "generated.pack";
pub(super) const PLANS: &str = "plans";
pub(super) const LOCK: &str = "lock";

/// The folder below it that holds the forms of conflicts.
pub const CONFLICTS: &str = "conflicts";

/// Larger files are not what metagen wrote.
const LIMIT: u64 = 4 << 30;

/// A journal of more bytes is compacted when a run ends.
const LONG_JOURNAL: u64 = 256 << 10;

/// The context of the app in one directory, whether it is there or not.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) disk: Disk,
    pub(super) dir: PathBuf,
    pub(super) folder: PathBuf,
}

/// What a reader sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// A state that was, as of a moment ago.
    pub context: Context,
    /// Who is writing; `None` where no run is going on.
    pub writer: Option<Holder>,
}

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

impl Store {
    /// The context of the app in `dir`. Touches nothing.
    pub fn new(disk: Disk, dir: &Path) -> Self {
        Self { disk, dir: dir.to_path_buf(), folder: dir.join(FOLDER) }
    }

    /// The folder it lives in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The app's directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The disk it is written to.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Whether there is none, nor ever was. Whoever writes at this moment may change that.
    pub fn is_new(&self) -> bool {
        !self.folder.exists()
    }

    /// Reads the state without a lock: it blocks nobody, waits for nobody, and changes nothing. `None` where there is none.
    pub fn read(&self) -> Result<Option<Snapshot>, ContextError> {
        let loaded = self.load()?;
        self.refuse_newer(&loaded)?;
        let context = match (loaded.context, loaded.document) {
            (Some(context), _) => context,
            (None, Part::Damaged(why)) => {
                return Err(ContextError::Damaged { path: self.folder.join(DOCUMENT), why });
            }
            (None, _) => match loaded.journal {
                Part::Damaged(why) => {
                    return Err(ContextError::Damaged { path: self.folder.join(JOURNAL), why });
                }
                _ => return Ok(None),
            },
        };
        Ok(Some(Snapshot { context, writer: self.holder()? }))
    }

    /// Who is writing right now; `None` where nobody is. Waits for nobody.
    pub fn holder(&self) -> Result<Option<Holder>, ContextError> {
        Ok(holder_of(&self.folder.join(LOCK))?)
    }

    /// The state as the next writer would mend it, where a reader finds damage. Changes nothing.
    pub fn recovered(&self) -> Result<Context, ContextError> {
        self.rebuilt(&self.pack()?)
    }

    /// The body of a plan.
    pub fn plan(&self, number: u32) -> Result<Vec<u8>, ContextError> {
        let path = self.plan_path(number);
        fs::read_plain(&path, LIMIT)?
            .ok_or_else(|| ContextError::Absent { what: format!("plan {number}"), path: self.folder.clone() })
    }

    /// The generated forms, to be read.
    pub fn pack(&self) -> Result<Pack, ContextError> {
        Ok(Pack::open(&self.folder.join(PACK))?)
    }

    /// Takes the lock, waiting for at most `wait`; loads the state, mending what can be mended; and removes what a killed
    /// process left. Fails without a change where another process writes, or a newer metagen has written.
    pub fn open_writer(&self, wait: Duration, clock: Arc<dyn Clock>) -> Result<Writer, ContextError> {
        let lock = self.lock(wait, clock.as_ref())?;
        let loaded = self.load()?;
        self.refuse_newer(&loaded)?;
        self.disk.sweep(&self.folder, SystemTime::from(clock.now()), true)?;
        let pack = self.pack()?;
        let mut packed = self.disk.append(&self.folder.join(PACK))?;
        if packed.len() > pack.len() {
            packed.truncate(pack.len())?;
        }
        let (context, notices) = self.mend(loaded, &pack, clock.as_ref())?;
        let journal = self.disk.append(&self.folder.join(JOURNAL))?;
        let shared = Arc::new(Shared { context: Mutex::new(context), pack: Mutex::new(pack) });
        let (requests, inbox) = mpsc::channel();
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            let files = Files { journal, pack: packed, pack_unsynced: false, lasting: false };
            move || commit::run(&shared, files, &inbox)
        });
        Ok(Writer {
            store: self.clone(),
            clock,
            shared,
            requests: Some(requests),
            thread: Mutex::new(Some(thread)),
            notices,
            unwritten: Mutex::default(),
            _lock: lock,
        })
    }

    pub(super) fn lock(&self, wait: Duration, clock: &dyn Clock) -> Result<Lock, ContextError> {
        self.disk.create_dirs(&self.dir)?;
        if fs::kind(&self.folder)? == Kind::Symlink {
            return Err(FsError::found("write", &self.folder, Fault::Symlink).into());
        }
        self.disk.create_dirs(&self.folder)?;
        Ok(Lock::exclusive(&self.folder.join(LOCK), wait, clock.now())?)
    }

    /// The document is read before the journal: what a checkpoint moves in between, it moves from the one to the other.
    pub(super) fn load(&self) -> Result<Loaded, ContextError> {
        Self::load_from(&self.folder)
    }

    /// The same of another folder, as that of a backup.
    pub(super) fn load_from(folder: &Path) -> Result<Loaded, ContextError> {
        let document = fs::read_plain(&folder.join(DOCUMENT), LIMIT)?;
        let journal = fs::read_plain(&folder.join(JOURNAL), LIMIT)?;
        Ok(load(document.as_deref(), journal.as_deref()))
    }

    /// Neither read nor touched: an older program cannot know what it would lose.
    fn refuse_newer(&self, loaded: &Loaded) -> Result<(), ContextError> {
        for (part, name) in [(&loaded.document, DOCUMENT), (&loaded.journal, JOURNAL)] {
            if let Part::Newer(found) = *part {
                let path = self.folder.join(name);
                return Err(ContextError::Newer { path, found, known: ContextVersion::NUMBER });
            }
        }
        Ok(())
    }

    /// Where a plan is kept.
    pub fn plan_path(&self, number: u32) -> PathBuf {
        self.folder.join(PLANS).join(format!("{number}.json"))
    }

    /// Makes the files whole again where they are not, and of the present version; damaged ones are copied beside first.
    fn mend(
        &self,
        loaded: Loaded,
        pack: &Pack,
        clock: &dyn Clock,
    ) -> Result<(Context, Vec<Notice>), ContextError> {
        let mut notices = Vec::new();
        for (part, name) in [(&loaded.document, DOCUMENT), (&loaded.journal, JOURNAL)] {
            if let Part::Damaged(why) = part {
                let path = self.folder.join(name);
                let copy = self.folder.join(format!("{name}.damaged-{}", rescue::stamp(clock.now())));
                self.disk.copy(&path, &copy)?;
                notices.push(Notice::Damaged { path, copy, why: why.clone() });
            }
        }
        let known = loaded.context.is_some();
        let nothing = loaded.document == Part::Missing && loaded.journal == Part::Missing && pack.is_empty();
        let context = match loaded.context {
            Some(context) => context,
            None if nothing => Context::default(),
            None => {
                let context = self.rebuilt(pack)?;
                notices.push(Notice::Rebuilt { files: context.files.len(), plans: context.plans.len() });
                context
            }
        };
        let journal_path = self.folder.join(JOURNAL);
        let restart =
            matches!(loaded.journal, Part::Damaged(_)) || loaded.older || loaded.behind || !known && !nothing;
        if restart {
            self.write_snapshot(&context)?;
        } else if loaded.journal == Part::Torn {
            self.disk.append(&journal_path)?.truncate(loaded.journal_len as u64)?;
        }
        match loaded.document {
            Part::Good if !restart => {}
            // Nothing would be lost with it, so that it needs no sync.
            Part::Missing if nothing => {
                let bytes = document_bytes(&context);
                self.disk.write_unsynced(&self.folder.join(DOCUMENT), &bytes, Mode::Plain, &self.folder)?;
            }
            _ => self.write_document(&context)?,
        }
        Ok((context, notices))
    }

    pub(super) fn write_document(&self, context: &Context) -> Result<(), ContextError> {
        Ok(self.disk.write_atomic(&self.folder.join(DOCUMENT), &document_bytes(context), Mode::Plain)?)
    }

    pub(super) fn write_snapshot(&self, context: &Context) -> Result<(), ContextError> {
        let line = Journal::line(context.seq, &Entry::Snapshot { context: Box::new(context.clone()) });
        Ok(self.disk.write_atomic(&self.folder.join(JOURNAL), line.as_bytes(), Mode::Plain)?)
    }
}

fn document_bytes(context: &Context) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(context).expect("contexts have only texts as keys");
    bytes.push(b'\n');
    bytes
}

impl Writer {
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
    pub fn generated(&self, digest: Digest) -> Result<Vec<u8>, ContextError> {
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

    fn send(&self, entry: Entry, forms: Forms) -> Pending {
        let requests = self.requests.as_ref().expect("only finish and drop take it");
        // Held until it is on its way, so that nobody overtakes it. Where it cannot be written, what follows cannot either.
        let mut unwritten = self.unwritten();
        if let Some(begun) = unwritten.take() {
            drop(commit::send(requests, begun, Vec::new()));
        }
        drop(unwritten);
        commit::send(requests, entry, forms)
    }

    fn unwritten(&self) -> std::sync::MutexGuard<'_, Option<Entry>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run, moves the state to `context.json`, and gives up the lock. Waits for the disk. A run in which nothing
    /// happened, and that ends as the one before it, leaves everything as it is.
    pub fn end_run(mut self, outcome: RunOutcome) -> Result<(), ContextError> {
        let before = self.with(|context| context.run.as_ref().and_then(|run| run.outcome));
        if before == Some(outcome) && self.unwritten().is_some() {
            return Ok(());
        }
        self.record(Entry::RunEnded { at: self.clock.now(), outcome }).wait()?;
        let files = self.stop().ok_or(ContextError::Broken)?;
        let context = self.shared.context().clone();
        // Its name need not be on the disk: whoever finds the old one has the journal. Where nothing was made, its bytes
        // need not be either.
        let (disk, path) = (&self.store.disk, self.store.folder.join(DOCUMENT));
        let staged = disk.stage(&path, &document_bytes(&context), Mode::Plain, &self.store.folder)?;
        if files.lasting {
            disk.sync_one(&staged)?;
        }
        disk.place(staged)?;
        if files.journal.len() > LONG_JOURNAL {
            self.store.write_snapshot(&context)?;
        }
        self.shared.pack().compact(&self.store.disk, &context.live())?;
        Ok(())
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
