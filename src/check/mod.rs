//! Checks over generated files: each parses as what its name says it is, and what it imports is there.

mod css;
mod finding;
mod imports;
mod module;
mod parse;
mod proven;
mod python;
mod script;
mod shape;

pub use finding::{CheckError, Finding};
pub use imports::{Import, Packages, Parsed, resolve, unresolved};
pub use module::{ImportedName, Module, module};
pub use parse::parse;
pub use proven::{PROVEN, parse_known, proof};
pub use shape::misfits;
