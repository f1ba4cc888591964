//! What goes wrong with a context.

use std::path::PathBuf;

use super::entry::IllegalEntry;
use crate::base::fs::{FsError, LockError};

/// A context that cannot be read or written. The person's files and the earlier state are as they were.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ContextError {
    /// Another process writes.
    #[error(transparent)]
    Locked(#[from] LockError),
    /// The disk failed.
    #[error(transparent)]
    Disk(#[from] FsError),
    /// A newer metagen wrote it.
    #[error("{} has version {found}, and this metagen knows versions up to {known}", path.display())]
    Newer {
        /// The document.
        path: PathBuf,
        /// Its version.
        found: u64,
        /// The newest one known here.
        known: u32,
    },
    /// It cannot be read, and a reader mends nothing.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The document.
        path: PathBuf,
        /// How.
        why: String,
    },
    /// An entry that cannot follow what is recorded; a bug of the caller.
    #[error(transparent)]
    Illegal(#[from] IllegalEntry),
    /// What was generated is not in the pack any more, or not intact.
    #[error("the generated form {sha256} is missing from {} or damaged there", path.display())]
    Lost {
        /// The pack.
        path: PathBuf,
        /// What was asked for.
        sha256: String,
    },
    /// An earlier write failed, so the state in memory is ahead of the one on the disk.
    #[error("an earlier write of the state failed")]
    Broken,
    /// There is nothing of this name.
    #[error("there is no {what} in {}", path.display())]
    Absent {
        /// What was asked for.
        what: String,
        /// Where.
        path: PathBuf,
    },
}
