//! Layout of generated files, as Prettier would lay them out.
//!
//! The generated apps check their layout with Prettier (100 columns, two spaces, single quotes). Names of any length make lines of
//! any length, so rendered TypeScript passes through a formatter here, and Markdown tables are aligned.

mod markdown;
mod typescript;

pub use markdown::align_tables;
pub use typescript::{Dialect, LayoutError, typescript};
