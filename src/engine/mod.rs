//! One run: drives the schedule, bounds and repeats attempts, and tells what happens.

mod event;

pub use event::{RunEvent, TaskEnd};
