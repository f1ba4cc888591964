//! The database behind a generated app, as SQL that Prisma's own tools accept.
//!
//! [`Schema`] is what the templates' `schema.prisma` says, as tables; [`initial`] writes the first migration for a dialect, byte
//! for byte as `prisma migrate` would write it.

mod schema;
mod sql;

pub use schema::{Action, Column, ColumnType, ForeignKey, Index, Schema, Table};
pub use sql::{Dialect, initial};
