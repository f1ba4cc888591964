//! The model behind metagen: one trait, several providers.

mod budget;
mod cache;
mod call;
mod client;
mod connect;
mod cost;
mod credentials;
mod diagnosis;
mod digest;
#[cfg(test)]
mod double;
mod gemini;
mod limiter;
mod meter;
mod models;
mod money;
mod offline;
mod openai;
mod prices;
mod prompt;
mod record;
mod redact;
mod replay;
mod retry;
mod service_error;
mod settings;
mod sse;
mod transport;
mod unasked;

pub use cache::{CacheSummary, cache_clear, cache_summary};
pub use client::{
    BoxFuture, Finish, LlmClient, LlmError, LlmErrorKind, Purpose, Reply, Request, Section, Usage,
};
pub use connect::{Connection, Surroundings, connect, list_models};
pub use cost::Cost;
pub use credentials::{GEMINI_VARIABLES, GeminiEnvironment, gemini_environment, key_file};
pub use meter::{Meter, Spending};
pub use models::{ModelEntry, nearest};
pub use money::Money;
pub use offline::Offline;
pub use prices::{ModelPrice, PriceTable};
pub use prompt::{estimate_input, estimate_tokens};
pub use settings::{
    BudgetSettings, DEFAULT_GEMINI_BASE_URL, DEFAULT_GEMINI_MODEL, DEFAULT_OPENAI_BASE_URL, GeminiSettings,
    InvalidSetting, LlmSettings, OpenAiSettings, ProviderChoice, RateSettings, RetrySettings, SafetySetting,
    Thinking, ThinkingLevel, Timeouts,
};
pub use unasked::Questions;
