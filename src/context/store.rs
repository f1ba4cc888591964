//! Where contexts live.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use super::document::{Context, ContextVersion};
use super::entry::Entry;
use super::error::ContextError;
use super::journal::{Journal, Loaded, Part, load};
use super::pack::Pack;
use super::rescue::{self, Notice};
use super::writer::{Opened, Writer};
use crate::base::clock::Clock;
use crate::base::fs::{self, Disk, Fault, FsError, Holder, Kind, Lock, Mode, holder_of};

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
pub(super) const LIMIT: u64 = 4 << 30;

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
        let (loaded, pack) = thread::scope(|scope| {
            // A thread is soon there, where the cores' own have other things to do.
            let reading = fs::kind(&self.folder.join(PACK))
                .is_ok_and(|kind| kind != Kind::Missing)
                .then(|| scope.spawn(|| self.pack()));
            let loaded = self.load();
            (loaded, reading.and_then(|reading| reading.join().ok()))
        });
        let loaded = loaded?;
        self.refuse_newer(&loaded)?;
        self.disk.sweep(&self.folder, SystemTime::from(clock.now()), true)?;
        let pack = pack.unwrap_or_else(|| self.pack())?;
        let mut packed = self.disk.append(&self.folder.join(PACK))?;
        if packed.len() > pack.len() {
            packed.truncate(pack.len())?;
        }
        let (context, notices) = self.mend(loaded, &pack, clock.as_ref())?;
        let journal = self.disk.append(&self.folder.join(JOURNAL))?;
        Ok(Writer::new(self.clone(), lock, clock, Opened { context, pack, packed, journal, notices }))
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

pub(super) fn document_bytes(context: &Context) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(context).expect("contexts have only texts as keys");
    bytes.push(b'\n');
    bytes
}
