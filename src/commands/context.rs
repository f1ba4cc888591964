//! `metagen context`: the state of an app looked over, copied, and brought back.

use std::path::Path;

use serde::Serialize;

use super::build::state;
use super::error::CommandError;
use super::session::Session;
use crate::base::clock::SystemClock;
use crate::base::fs::Disk;
use crate::base::ids::OutputPath;
use crate::context::{ContextError, Part, Store};

/// How the files of a context are.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReport {
    /// Version of this document.
    pub version: u32,
    /// The app's directory.
    pub directory: String,
    /// Whether nothing is wrong.
    pub sound: bool,
    /// `context.json`.
    pub document: PartReport,
    /// The journal.
    pub journal: PartReport,
    /// How many generated forms are kept.
    pub forms: usize,
    /// Files whose last generated form is lost: edits of them cannot be merged.
    pub lost_forms: Vec<OutputPath>,
    /// How many plans are recorded.
    pub plans: usize,
    /// Plans whose files are lost.
    pub lost_plans: Vec<u32>,
    /// Backups, oldest first.
    pub backups: Vec<String>,
}

/// How a file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum PartReport {
    /// It is not there.
    Missing,
    /// Whole.
    Good,
    /// Its last line is not, as after a kill; the next build goes on from before it.
    Torn,
    /// It cannot be read.
    Damaged {
        /// Why.
        why: String,
    },
    /// A newer metagen wrote it.
    Newer {
        /// Its version.
        found: u64,
    },
}

/// A copy that was made or brought back.
#[derive(Clone, Debug, Serialize)]
pub struct BackupReport {
    /// Version of this document.
    pub version: u32,
    /// The app's directory.
    pub directory: String,
    /// The backup that was made; before bringing one back, of what was there.
    pub backup: String,
    /// The backup that was brought back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<String>,
}

/// Looks at everything and changes nothing.
pub fn check(session: &Session, dir: &Path) -> Result<CheckReport, CommandError> {
    let failed = |error| state(dir, error);
    let store = Store::new(Disk::default(), dir);
    let found = store.check().map_err(failed)?;
    let backups = store.backups().map_err(failed)?;
    let nothing = found.document == Part::Missing && found.journal == Part::Missing && found.forms == 0;
    if nothing && backups.is_empty() {
        return Err(CommandError::NotAnApp { dir: dir.to_path_buf() });
    }
    Ok(CheckReport {
        version: 1,
        directory: session.shown(dir),
        sound: found.is_sound(),
        document: part(found.document),
        journal: part(found.journal),
        forms: found.forms,
        lost_forms: found.lost,
        plans: found.plans,
        lost_plans: found.lost_plans,
        backups,
    })
}

/// Copies the state as it is, damaged or not.
pub fn backup(session: &Session, dir: &Path) -> Result<BackupReport, CommandError> {
    let store = Store::new(Disk::default(), dir);
    let backup = store.backup(session.config.wait, &SystemClock).map_err(|error| missing(dir, error))?;
    Ok(BackupReport { version: 1, directory: session.shown(dir), backup, restored: None })
}

/// Puts a backup, without a name the last one, in the place of the state, which is backed up before. The app's own files are not
/// touched.
pub fn restore(session: &Session, dir: &Path, name: Option<&str>) -> Result<BackupReport, CommandError> {
    let failed = |error| missing(dir, error);
    let store = Store::new(Disk::default(), dir);
    let known = store.backups().map_err(failed)?;
    let chosen = match name {
        Some(name) => known.into_iter().find(|one| one == name),
        None => known.last().cloned(),
    };
    let name = chosen
        .ok_or_else(|| CommandError::NoBackup { name: name.map(str::to_owned), dir: dir.to_path_buf() })?;
    let undo = store.restore(&name, session.config.wait, &SystemClock).map_err(failed)?;
    Ok(BackupReport { version: 1, directory: session.shown(dir), backup: undo, restored: Some(name) })
}

fn missing(dir: &Path, error: ContextError) -> CommandError {
    match error {
        ContextError::Absent { what, .. } if what == "context" => {
            CommandError::NotAnApp { dir: dir.to_path_buf() }
        }
        error => state(dir, error),
    }
}

fn part(part: Part) -> PartReport {
    match part {
        Part::Missing => PartReport::Missing,
        Part::Good => PartReport::Good,
        Part::Torn => PartReport::Torn,
        Part::Damaged(why) => PartReport::Damaged { why },
        Part::Newer(found) => PartReport::Newer { found },
    }
}
