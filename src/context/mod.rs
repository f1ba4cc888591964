//! What metagen knows about an app between its runs: plans, tasks, and the last generated form of every file.
//!
//! All of it lies in `DIR/.metagen/`:
//!
//! | file | holds |
//! |---|---|
//! | `context.json` | the [`Context`] as of some moment, replaced atomically |
//! | `journal` | what happened since, one checksummed [`Entry`] a line; begins with a whole context once it was compacted |
//! | `backups/` | whole contexts of earlier moments |
//! | `generated.pack` | every generated file by its SHA-256, appended |
//! | `plans/N.json` | the plans, numbered |
//! | `conflicts/` | incoming forms of files that could not be merged |
//! | `planning.json` | what a model is being asked to plan; stands only while it is, or where that was killed |
//! | `lock` | made once, never removed; who holds it may write |
//!
//! Loading is replaying: [`load`] takes the bytes of the first two and gives the state, or says which of them is damaged. A
//! [`Writer`] is the permission to write: it holds the lock. Writes of concurrent tasks share their syncs (group commit), so
//! cost follows syncs and not tasks. Readers take no lock and see a whole state at any instant.

mod backup;
mod commit;
mod document;
mod entry;
mod error;
mod journal;
mod pack;
mod promise;
mod rescue;
mod reuse;
mod store;
mod upgrade;
mod writer;

pub use commit::Pending;
pub use document::{
    AttemptRecord, ConflictRecord, Context, ContextVersion, FileRecord, Intent, KeptArtifact, Note,
    PlanRecord, Run, RunIdentity, RunOutcome, TaskRecord, TaskState, Tokens,
};
pub use entry::{Entry, IllegalEntry, PlannedTask, Transition, next_state};
pub use error::ContextError;
pub use journal::{Journal, Line, Loaded, Part, load};
pub use pack::Pack;
pub use promise::{Promise, Promised};
pub use rescue::{Check, Notice};
pub use store::{CONFLICTS, FOLDER, Snapshot, Store};
pub use writer::{Conclusion, Writer};
