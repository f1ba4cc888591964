//! The plan: what to build and in what steps.
//!
//! [`PlanFile`] is the foreign form, read from a model's text by [`read_model`] and from a person's by [`read_file`]; [`Plan`] is
//! the checked one, and [`check`] the only way from one to the other.

mod agents;
mod check;
mod compare;
mod distinct;
mod extract;
mod form;
mod read;
mod schema;
mod task;
mod wire;

pub use agents::{AgentInfo, static_plan};
pub use check::{MAX_TASKS, Plan, PlanErrors, check};
pub use compare::{Attribute, Difference, EntityDiff, Kind, PlanDiff, compare};
pub use extract::{ExtractError, Extracted, MAX_DEPTH, MAX_TEXT, extract};
pub use read::{Document, read_file, read_model};
pub use schema::schema;
pub use task::{Task, TaskLimits};
pub use wire::{PLAN_VERSION, PlanFile, PlanSource, TaskFile};
