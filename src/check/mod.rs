//! Checks over generated files: each parses as what its name says it is, and what it imports is there.

mod css;
mod finding;
mod imports;
mod parse;
mod python;
mod script;

pub use finding::{CheckError, Finding};
pub use imports::{Import, Packages, Parsed, unresolved};
pub use parse::parse;
