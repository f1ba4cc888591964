//! A file that a task made, before anybody wrote it anywhere.

use serde::{Deserialize, Serialize};

use super::contents::Contents;
use super::ids::OutputPath;

/// A file of the generated app, whole and in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Where it belongs, below the app's root.
    pub path: OutputPath,
    /// What stands in it, byte for byte.
    pub contents: Contents,
    /// Who wrote it.
    pub origin: Origin,
}

/// Who wrote an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A template; proven text with the blueprint's names in it.
    Template,
    /// A model; foreign text that passed the gate.
    Model,
}
