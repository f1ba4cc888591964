//! The integration tests, in one binary.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod blueprints;
mod build;
mod cli;
mod durability;
mod gemini;
mod hostile_model;
mod migrations;
mod model_builds;
mod model_server;
mod sandbox;
mod schema_changes;
mod tidy;
