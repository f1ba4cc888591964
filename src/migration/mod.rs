//! The database behind a generated app, as SQL that Prisma's own tools accept.
//!
//! [`Schema`] is what the templates' `schema.prisma` says, as tables; [`initial`] writes the first migration for a dialect, byte
//! for byte as `prisma migrate` would write it. A later blueprint never changes a migration: [`History`] reads what the
//! migrations so far make of a database, and adds one that leads from there to the new schema.

mod chain;
mod convert;
mod cursor;
mod derive;
mod describe;
mod difference;
mod fill;
mod lexer;
mod ownership;
mod postgresql;
mod replay;
mod schema;
mod sql;
mod sqlite;
mod stand_in;

pub use chain::{History, INIT, Migration, Next};
pub use describe::{Change, changes};
pub use difference::Difference;
pub use fill::Fill;
pub use schema::{Action, Column, ColumnType, ForeignKey, Index, Schema, Table};
pub use sql::{Dialect, initial};
