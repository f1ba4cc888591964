//! The integration tests, in one binary.

mod cli;
mod durability;
mod sandbox;
mod tidy;
