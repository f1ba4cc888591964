//! The model behind metagen: one trait, several providers.

mod client;

pub use client::{
    BoxFuture, Finish, LlmClient, LlmError, LlmErrorKind, Purpose, Reply, Request, Section, Usage,
};
