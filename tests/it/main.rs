//! The integration tests, in one binary.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod blueprints;
mod build;
mod cli;
mod diff;
mod durability;
mod fuzz;
mod gemini;
mod gemini_faults;
mod hostile_model;
mod migrations;
mod model_builds;
mod model_faults;
mod model_planning;
mod model_server;
mod openai;
mod proven;
mod round_trip;
mod sandbox;
mod schema_changes;
mod tidy;
