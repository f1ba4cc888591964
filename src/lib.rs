//! metagen turns a description into a working full-stack app.
//!
//! `ARCHITECTURE.md` has the map. The modules below are listed from the top layer to the bottom one; each imports only
//! from modules of lower layers, and `tests/it/tidy.rs` checks that.

pub mod cli;
pub mod commands;

pub mod pipeline;

pub mod engine;

pub mod agent;
pub mod check;
pub mod context;
pub mod llm;
pub mod workspace;

pub mod config;
pub mod format;
pub mod graph;
pub mod merge;
pub mod migration;
pub mod model;
pub mod plan;
pub mod schedule;
pub mod spec;
pub mod template;

pub mod blueprint;
pub mod naming;

pub mod base;
