//! One run: drives the schedule, bounds and repeats attempts, and tells what happens.
//!
//! [`Engine::run`] owns a [`Schedule`](crate::schedule::Schedule) and a set of attempts. What is to be done is behind
//! [`TaskRunner`], where it is kept behind [`Committer`], who hears of it behind [`EventSink`]. An attempt computes under a
//! timeout; its result is kept outside of it, so that nothing is ever half written because time ran out.

mod attempt;
mod commit;
mod driver;
mod event;
mod millis;
mod report;
mod retry;
mod runner;
mod stop;

pub use commit::{CommitError, Committed, Committer, NoCommit};
pub use driver::{Engine, EngineOptions};
pub use event::{EventSink, RunEvent, TaskEnd};
pub use report::{AttemptEnd, AttemptRecord, RunReport, Stop, TaskRecord};
pub use retry::{Decision, Failure, decide, wait_after};
pub use runner::{AttemptContext, TaskError, TaskErrorKind, TaskOutput, TaskRunner};
pub use stop::StopSignal;

#[cfg(test)]
mod tests;
