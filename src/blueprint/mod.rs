//! What an app is made of: its name, colours, entities, fields and relations.
//!
//! [`BlueprintFile`] is the foreign form, as a model or a person wrote it; [`Blueprint`] is the checked one, in which every
//! name is a safe identifier and every relation has its target. [`check`] is the only way from one to the other.

mod check;
mod colour;
mod entities;
mod fault;
mod fields;
mod named_colours;
mod relations;
mod text;
mod values;
mod wire;

pub use check::{Blueprint, Checked, check};
pub use colour::Colour;
pub use fault::{BlueprintErrors, Fault};
pub use values::{MAX_DECIMAL, MAX_INTEGER, decimal_text};
pub use wire::{
    Access, AppFile, BlueprintFile, CoverageItem, EntityFile, FieldFile, FieldType, RelationFile,
    RelationKind, ThemeFile,
};

/// Most entities an app may have.
pub const MAX_ENTITIES: usize = 200;
/// Most fields, and most relations, an entity may have.
pub const MAX_FIELDS: usize = 60;
/// Most values an enum may have.
pub const MAX_VALUES: usize = 60;
