//! Layout of generated files, as Prettier would lay them out.
//!
//! The generated apps check their layout with Prettier (100 columns, two spaces, single quotes). Names of any length make lines of
//! any length, so rendered TypeScript passes through a formatter here, and Markdown tables and Prisma schemas are aligned.

mod items;
mod markdown;
mod prisma;
mod scan;
mod settled;
mod typescript;
mod unions;

/// Columns of a line.
pub const COLUMNS: usize = 100;

pub use items::{Verbatim, typescript_of_template};
pub use markdown::align_tables;
pub use prisma::align_prisma;
pub use typescript::{Dialect, LayoutError, typescript};
