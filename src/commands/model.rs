//! Whom a run asks.

use std::sync::Arc;

use super::error::CommandError;
use super::session::Session;
use crate::base::budget::RetryBudget;
use crate::llm::{LlmClient, Offline};

/// The client of a run, and what the user should hear about the choice.
pub(super) struct Chosen {
    /// Ask this.
    pub client: Arc<dyn LlmClient>,
    /// The retries of all layers.
    pub retries: Arc<RetryBudget>,
    /// Lines for standard error.
    pub notes: Vec<String>,
}

/// Chooses it by the configuration.
pub(super) fn choose(_session: &Session) -> Result<Chosen, CommandError> {
    Ok(Chosen {
        client: Arc::new(Offline),
        notes: vec!["using the offline mock".to_owned()],
        retries: super::build::retry_budget(),
    })
}
