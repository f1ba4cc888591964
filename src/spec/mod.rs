//! From a description in plain words to a blueprint, by rules.
//!
//! [`read`] is pure and deterministic and takes time that grows with the length of the text. The words it knows are data
//! (`agents/planner/`): [`lexicon`] loads them, [`text`] and [`blocks`] take the text apart, [`sentences`] reads what it says
//! into a [`draft`], and [`assembly`] fills in what goes without saying. Nothing of the text is silently dropped: every clause is
//! listed in the coverage, those that nothing answers to with an empty list and a warning.

mod access;
mod assembly;
mod blocks;
mod draft;
mod features;
mod fields;
mod items;
mod lexicon;
mod names;
mod notation;
mod nouns;
mod reader;
mod relations;
mod sentences;
mod text;
mod theme;
mod tokens;

use crate::blueprint::{BlueprintFile, CoverageItem};

/// What a text was taken to say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpecReading {
    /// The app. Without entities where the text names none and fits no well-known kind of app.
    pub blueprint: BlueprintFile,
    /// Each clause of the text, and what answers to it.
    pub coverage: Vec<CoverageItem>,
    /// What the app will not do, and what was not understood.
    pub warnings: Vec<String>,
    /// How the text was read, in a few sentences.
    pub reasoning: String,
}

/// Reads a description. Never fails: a text that says nothing gives a reading without entities, and a warning.
pub fn read(text: &str) -> SpecReading {
    reader::read(text)
}
