//! What an app is made of: its name, colours, entities, fields and relations.
//!
//! [`BlueprintFile`] is the foreign form, as a model or a person wrote it; [`Blueprint`] is the checked one, in which every
//! name is a safe identifier and every relation has its target. [`check`] is the only way from one to the other.

mod wire;

pub use wire::{
    Access, AppFile, BlueprintFile, CoverageItem, EntityFile, FieldFile, FieldType, RelationFile,
    RelationKind, ThemeFile,
};
