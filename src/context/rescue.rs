//! Looking for damage, and living with it.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;

use super::document::{Context, FileRecord, PlanRecord};
use super::error::ContextError;
use super::journal::Part;
use super::pack::Pack;
use super::store::{PLANS, Store};
use crate::base::digest::Digest;
use crate::base::fs::{self, Found, Root};
use crate::base::ids::OutputPath;

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
        let any = self.document != Part::Missing || self.journal != Part::Missing;
        any && !matches!(self.document, Part::Damaged(_) | Part::Newer(_))
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
}

/// A moment as part of a file name.
pub(super) fn stamp(now: Timestamp) -> String {
    now.strftime("%Y%m%dT%H%M%SZ").to_string()
}

impl Store {
    /// What the other files tell where the record is lost.
    ///
    /// For each path of the pack: the form that stands on the disk, if it is one of those that were generated, and otherwise
    /// the last. Either is a safe base of a merge. Where not a single generated form stands, nothing was handed over yet, and what
    /// stands is the person's own. Plans keep their numbers.
    pub(super) fn rebuilt(&self, pack: &Pack) -> Result<Context, ContextError> {
        let mut context = Context::default();
        let mut root = Root::new(self.disk.clone(), &self.dir, &self.dir);
        let mut handed_over = false;
        for (path, forms) in pack.forms() {
            let Some(last) = forms.last() else { continue };
            let stands = match root.look(path, LIMIT) {
                Ok(Found::File { bytes, .. }) => Some(bytes.digest()),
                _ => None,
            };
            let generated = stands.filter(|digest| forms.contains(digest));
            handed_over |= generated.is_some();
            let sha256 = generated.unwrap_or(*last);
            // A file that is not there may never have been written: only what stands is taken for handed over.
            if stands.is_some() {
                context.files.insert(path.clone(), FileRecord::of(sha256));
            }
        }
        if !handed_over {
            context.files.clear();
        }
        for name in fs::list(&self.folder.join(PLANS))? {
            let number = name.strip_suffix(".json").and_then(|number| number.parse::<u32>().ok());
            // There have to be numbers after it.
            let number = number.filter(|number| *number <= u32::MAX / 2);
            let path = self.folder.join(PLANS).join(&name);
            if let (Some(number), Some(body)) = (number, fs::read_plain(&path, LIMIT)?) {
                let at = fs::modified(&path)?.and_then(|time| time.try_into().ok()).unwrap_or_default();
                context.plans.insert(number, PlanRecord { at, sha256: Digest::of(&body) });
            }
        }
        Ok(context)
    }
}
