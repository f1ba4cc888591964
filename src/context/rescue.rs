//! Looking for damage, living with it, and going back to before it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::digest::Digest;
use super::document::{Context, FileRecord};
use super::error::ContextError;
use super::journal::Part;
use super::pack::Pack;
use super::store::{DOCUMENT, JOURNAL, LOCK, PACK, PLANS, Store};
use crate::base::clock::Clock;
use crate::base::fs::{self, Disk, Found, Kind, Lock, Root};
use crate::base::ids::OutputPath;

const BACKUPS: &str = "backups";

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
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged { path, copy, why } => {
                write!(f, "{} was damaged ({why}); a copy of it is {}", path.display(), copy.display())
            }
            Self::Rebuilt { files } => {
                write!(
                    f,
                    "the record of the last run is lost; {files} generated files were recognised without it"
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
}

impl Check {
    /// Whether nothing is wrong; the torn end that a kill leaves is not.
    pub fn is_sound(&self) -> bool {
        !matches!(self.document, Part::Damaged(_) | Part::Newer(_))
            && !matches!(self.journal, Part::Damaged(_) | Part::Newer(_))
            && self.lost.is_empty()
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
        let forms = pack.forms().values().map(Vec::len).sum();
        Ok(Check { document: loaded.document, journal: loaded.journal, forms, lost })
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
        self.copy_plans(&from, &self.folder)?;
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
        self.copy_plans(&self.folder, &to)?;
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

    fn copy_plans(&self, from: &Path, to: &Path) -> Result<(), ContextError> {
        let names = fs::list(&from.join(PLANS))?;
        if !names.is_empty() {
            self.disk.create_dirs(&to.join(PLANS))?;
        }
        for name in names {
            self.copy_file(&from.join(PLANS), &to.join(PLANS), &name)?;
        }
        Ok(())
    }
}

/// A moment as part of a file name.
pub(super) fn stamp(now: Timestamp) -> String {
    now.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// What the pack alone tells: for each path the form that stands on the disk, if it is one of those that were generated, and
/// otherwise the last. Either is a safe base of a merge.
pub(super) fn from_pack(disk: &Disk, dir: &Path, pack: &Pack) -> Context {
    let mut context = Context::default();
    let mut root = Root::new(disk.clone(), dir, dir);
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
    context
}
