//! What templates see: a blueprint with every derived name, bound and example worked out once.
//!
//! Templates of the front end, the API, the tests and the docs all read this, so they cannot disagree. The shape is described
//! in `templates/README.md`. Nothing in here knows a language or a framework beyond the names of Prisma's relations.

mod build;
mod label;
mod samples;
mod theme;
mod types;

pub use build::build;
pub use theme::{Palette, Theme};
pub use types::{
    AppModel, BelongsTo, EntityModel, EnumValue, ExtensionModule, Extensions, FieldModel, Invalid, Inverse,
    ManyToMany, UserModel,
};
