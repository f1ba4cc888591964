//! The plan: what to build and in what steps.
//!
//! [`PlanFile`] is the foreign form.

mod agents;
mod task;
mod wire;

pub use agents::AgentInfo;
pub use task::{Task, TaskLimits};
pub use wire::{PLAN_VERSION, PlanFile, PlanSource, TaskFile};
