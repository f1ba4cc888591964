//! The integration tests, in one binary.

mod cli;
mod durability;
mod gemini;
mod model_server;
mod sandbox;
mod tidy;
