//! Looking for damage, living with it, and going back to before it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::document::{Context, FileRecord, PlanRecord};
use super::error::ContextError;
use super::journal::Part;
use super::pack::Pack;
use super::store::{CONFLICTS, DOCUMENT, JOURNAL, LOCK, PACK, PLANS, Store};
use crate::base::clock::Clock;
use crate::base::digest::Digest;
use crate::base::fs::{self, Found, Kind, Lock, Root};
use crate::base::ids::OutputPath;

const BACKUPS: &str = "backups";

/// Folders that belong to a context besides its files.
const FOLDERS: [&str; 2] = [PLANS, CONFLICTS];

/// Larger files of a person are not compared with what was generated.
const LIMIT: u64 = 64 << 20;

/// Something that was wrong on opening and has been mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A file could not be read; a copy of it stands beside.
    Damaged {
        /// The file.
        path: PathBuf,
        /// The copy.
        copy: PathBuf,
        /// What was wrong with it.
        why: String,
    },
    /// What was generated has been found again without the record of it.
    Rebuilt {
        /// How many files.
        files: usize,
        /// How many plans.
        plans: usize,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged { path, copy, why } => {
                write!(f, "{} was damaged ({why}); a copy of it is {}", path.display(), copy.display())
            }
            Self::Rebuilt { files, plans } => {
                write!(
                    f,
                    "the record of the last run is lost; {files} generated files and {plans} plans were recognised without it"
                )
            }
        }
    }
}

/// How the files of a context are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// `context.json`.
    pub document: Part,
    /// The journal.
    pub journal: Part,
    /// How many forms the pack has.
    pub forms: usize,
    /// Files whose last generated form is not intact there: edits of them cannot be merged.
    pub lost: Vec<OutputPath>,
    /// How many plans are recorded.
    pub plans: usize,
    /// Plans whose files are gone or are not what was kept.
    pub lost_plans: Vec<u32>,
}

impl Check {
    /// Whether nothing is wrong; the torn end that a kill leaves is not.
    pub fn is_sound(&self) -> bool {
        !matches!(self.document, Part::Damaged(_) | Part::Newer(_))
            && !matches!(self.journal, Part::Damaged(_) | Part::Newer(_))
            && self.lost.is_empty()
            && self.lost_plans.is_empty()
    }
}

impl Store {
    /// Looks at everything and changes nothing.
    pub fn check(&self) -> Result<Check, ContextError> {
        let loaded = self.load()?;
        let mut pack = self.pack()?;
        let mut lost = Vec::new();
        for (path, file) in loaded.context.iter().flat_map(|context| &context.files) {
            if !pack.has_intact(file.sha256)? {
                lost.push(path.clone());
            }
        }
        let recorded = loaded.context.map(|context| context.plans).unwrap_or_default();
        let mut lost_plans = Vec::new();
        for (number, plan) in &recorded {
            match self.plan(*number) {
                Ok(body) if Digest::of(&body) == plan.sha256 => {}
                Ok(_) | Err(ContextError::Absent { .. }) => lost_plans.push(*number),
                Err(error) => return Err(error),
            }
        }
        Ok(Check {
            document: loaded.document,
            journal: loaded.journal,
            forms: pack.forms().values().map(Vec::len).sum(),
            lost,
            plans: recorded.len(),
            lost_plans,
        })
    }

    /// Copies the context as it is, damaged or not, and gives the copy's name. Not while a run goes on.
    pub fn backup(&self, clock: &dyn Clock) -> Result<String, ContextError> {
        if fs::kind(&self.folder)? != Kind::Directory {
            return Err(ContextError::Absent { what: "context".to_owned(), path: self.dir.clone() });
        }
        let _lock = Lock::shared(&self.folder.join(LOCK), Duration::ZERO)?;
        self.copy_out(clock.now())
    }

    /// The names of all backups, oldest first.
    pub fn backups(&self) -> Result<Vec<String>, ContextError> {
        Ok(fs::list(&self.folder.join(BACKUPS))?)
    }

    /// Puts a backup in the place of the context, which is itself backed up before; gives the name of that. The person's
    /// files are not touched.
    pub fn restore(&self, name: &str, clock: &dyn Clock) -> Result<String, ContextError> {
        if !self.backups()?.iter().any(|known| known == name) {
            let path = self.folder.join(BACKUPS);
            return Err(ContextError::Absent { what: format!("backup {name}"), path });
        }
        let _lock = self.lock(Duration::ZERO, clock)?;
        let undo = self.copy_out(clock.now())?;
        let from = self.folder.join(BACKUPS).join(name);
        // A journal that is newer than the document would bring back what is to go: it goes first and comes last.
        self.disk.remove(&self.folder.join(JOURNAL))?;
        self.copy_file(&from, &self.folder, DOCUMENT)?;
        self.copy_file(&from, &self.folder, PACK)?;
        for folder in FOLDERS {
            self.copy_folder(&from.join(folder), &self.folder.join(folder))?;
        }
        self.copy_file(&from, &self.folder, JOURNAL)?;
        Ok(undo)
    }

    fn copy_out(&self, now: Timestamp) -> Result<String, ContextError> {
        let folder = self.folder.join(BACKUPS);
        let taken = fs::list(&folder)?;
        let stamp = stamp(now);
        let names = (1..).map(|n| if n == 1 { stamp.clone() } else { format!("{stamp}-{n}") });
        let name = names.into_iter().find(|name| !taken.contains(name)).expect("numbers do not end");
        let to = folder.join(&name);
        self.disk.create_dirs(&to)?;
        for file in [DOCUMENT, JOURNAL, PACK] {
            self.copy_file(&self.folder, &to, file)?;
        }
        for folder in FOLDERS {
            self.copy_folder(&self.folder.join(folder), &to.join(folder))?;
        }
        Ok(name)
    }

    fn copy_file(&self, from: &Path, to: &Path, name: &str) -> Result<(), ContextError> {
        if fs::kind(&from.join(name))? == Kind::Missing {
            self.disk.remove(&to.join(name))?;
        } else {
            self.disk.copy(&from.join(name), &to.join(name))?;
        }
        Ok(())
    }

    /// Copies the files of a folder and of those below it; what is no plain file is left out.
    fn copy_folder(&self, from: &Path, to: &Path) -> Result<(), ContextError> {
        for name in fs::list(from)? {
            match fs::kind(&from.join(&name))? {
                Kind::Directory => self.copy_folder(&from.join(&name), &to.join(&name))?,
                Kind::File { .. } => {
                    self.disk.create_dirs(to)?;
                    self.disk.copy(&from.join(&name), &to.join(&name))?;
                }
                Kind::Missing | Kind::Symlink | Kind::Special => {}
            }
        }
        Ok(())
    }
}

/// A moment as part of a file name.
pub(super) fn stamp(now: Timestamp) -> String {
    now.strftime("%Y%m%dT%H%M%SZ").to_string()
}

impl Store {
    /// What the other files tell where the record is lost.
    ///
    /// For each path of the pack: the form that stands on the disk, if it is one of those that were generated, and otherwise
    /// the last. Either is a safe base of a merge. Plans keep their numbers.
    pub(super) fn rebuilt(&self, pack: &Pack) -> Result<Context, ContextError> {
        let mut context = Context::default();
        let mut root = Root::new(self.disk.clone(), &self.dir, &self.dir);
        for (path, forms) in pack.forms() {
            let Some(last) = forms.last() else { continue };
            let stands = match root.look(path, LIMIT) {
                Ok(Found::File { bytes, .. }) => Some(Digest::of(&bytes)),
                _ => None,
            };
            let sha256 = stands.filter(|digest| forms.contains(digest)).unwrap_or(*last);
            // A file that is not there may never have been written: only what stands is taken for handed over.
            if stands.is_some() {
                context.files.insert(path.clone(), FileRecord { sha256 });
            }
        }
        for name in fs::list(&self.folder.join(PLANS))? {
            let number = name.strip_suffix(".json").and_then(|number| number.parse::<u32>().ok());
            let path = self.folder.join(PLANS).join(&name);
            if let (Some(number), Some(body)) = (number, fs::read(&path, LIMIT)?) {
                let at = fs::modified(&path)?.and_then(|time| time.try_into().ok()).unwrap_or_default();
                context.plans.insert(number, PlanRecord { at, sha256: Digest::of(&body) });
            }
        }
        Ok(context)
    }
}
