//! One run: drives the schedule, bounds and repeats attempts, and tells what happens.

mod commit;
mod event;
mod millis;
mod report;
mod runner;

pub use commit::{CommitError, Committed, Committer, NoCommit};
pub use event::{EventSink, RunEvent, TaskEnd};
pub use report::{AttemptEnd, AttemptRecord, RunReport, Stop, TaskRecord};
pub use runner::{AttemptContext, TaskError, TaskErrorKind, TaskOutput, TaskRunner};
