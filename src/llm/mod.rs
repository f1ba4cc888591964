//! The model behind metagen: one trait, several providers.

mod client;
mod credentials;
mod money;
mod offline;
mod settings;

pub use client::{
    BoxFuture, Finish, LlmClient, LlmError, LlmErrorKind, Purpose, Reply, Request, Section, Usage,
};
pub use credentials::{GEMINI_VARIABLES, GeminiEnvironment, gemini_environment, key_file};
pub use money::Money;
pub use offline::Offline;
pub use settings::{
    BudgetSettings, DEFAULT_GEMINI_BASE_URL, DEFAULT_GEMINI_MODEL, DEFAULT_OPENAI_BASE_URL, GeminiSettings,
    InvalidSetting, LlmSettings, OpenAiSettings, ProviderChoice, RateSettings, RetrySettings, SafetySetting,
    Thinking, ThinkingLevel, Timeouts,
};
