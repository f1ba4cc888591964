//! The plan: what to build and in what steps.
//!
//! [`PlanFile`] is the foreign form; [`Plan`] the checked one.

mod wire;

pub use wire::{PLAN_VERSION, PlanFile, PlanSource, TaskFile};
