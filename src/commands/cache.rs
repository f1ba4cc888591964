//! `metagen cache`: the answers that were paid for.

use serde::Serialize;

use super::error::CommandError;
use super::model::answers;
use super::session::Session;
use crate::config::ConfigError;
use crate::llm::{CacheSummary, cache_clear, cache_summary};

/// What the store of answers holds, or held.
#[derive(Clone, Debug, Serialize)]
pub struct CacheReport {
    /// Version of this document.
    pub version: u32,
    /// Where it is.
    pub directory: String,
    /// Whether it was cleared just now.
    pub cleared: bool,
    /// What is in it; what went, where it was cleared.
    #[serde(flatten)]
    pub summary: CacheSummary,
}

/// Looks at the store of answers, or clears it.
pub fn cache(session: &Session, clear: bool) -> Result<CacheReport, CommandError> {
    let dir = answers(session).ok_or_else(|| {
        ConfigError::single(
            "there is no cache directory: neither --cache-dir nor XDG_CACHE_HOME nor HOME is set",
        )
    })?;
    let summary = if clear { cache_clear(&dir)? } else { cache_summary(&dir)? };
    Ok(CacheReport { version: 1, directory: session.shown(&dir), cleared: clear, summary })
}
