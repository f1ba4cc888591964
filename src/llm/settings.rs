//! What a user may set about the model, typed. Configuration builds these; nothing here reads the environment.

use std::path::PathBuf;
use std::time::Duration;

use super::money::Money;
use crate::base::secret::Secret;

/// The model that is asked when nothing else is configured: stable, generally available, flash class.
pub const DEFAULT_GEMINI_MODEL: &str = "gemini-3.8-flash";

/// The Gemini server of Google.
pub const DEFAULT_GEMINI_BASE_URL: &str = "https://generativelanguage.googleapis.com";

/// The server of a model run locally with Ollama, the usual reason to choose the OpenAI-compatible provider.
pub const DEFAULT_OPENAI_BASE_URL: &str = "http://localhost:11434/v1";

/// Everything about models that a user may set.
#[derive(Clone, Debug)]
pub struct LlmSettings {
    /// Who answers.
    pub provider: ProviderChoice,
    /// How to reach Gemini.
    pub gemini: GeminiSettings,
    /// How to reach an OpenAI-compatible server.
    pub openai: OpenAiSettings,
    /// How long to wait for what.
    pub timeouts: Timeouts,
    /// How often to try again.
    pub retry: RetrySettings,
    /// How fast to ask.
    pub rate: RateSettings,
    /// When to stop spending.
    pub budget: BudgetSettings,
    /// Where answers are kept; `None` asks anew each time.
    pub cache: Option<PathBuf>,
    /// Where to write the traffic.
    pub record: Option<PathBuf>,
    /// Where the `replay` provider reads it.
    pub replay: Option<PathBuf>,
    /// Seeds the jitter of waits.
    pub seed: u64,
}

impl Default for LlmSettings {
    fn default() -> Self {
        Self {
            provider: ProviderChoice::Auto,
            gemini: GeminiSettings::default(),
            openai: OpenAiSettings::default(),
            timeouts: Timeouts::default(),
            retry: RetrySettings::default(),
            rate: RateSettings::default(),
            budget: BudgetSettings::default(),
            cache: None,
            record: None,
            replay: None,
            seed: 0,
        }
    }
}

/// Who answers requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProviderChoice {
    /// Gemini where a key is set, the mock otherwise.
    #[default]
    Auto,
    /// The Gemini Developer API.
    Gemini,
    /// Any server that speaks the chat completions of `OpenAI`.
    OpenAi,
    /// The offline planner.
    Mock,
    /// Recorded traffic.
    Replay,
}

/// How to reach Gemini and what to ask of it.
#[derive(Clone, Debug)]
pub struct GeminiSettings {
    /// The key; sent in one header and nowhere else.
    pub key: Option<Secret>,
    /// A model id (`gemini-3.8-flash`) or resource name (`models/…`, `tunedModels/…`).
    pub model: String,
    /// The server, with a path prefix if a gateway needs one.
    pub base_url: String,
    /// `v1`, `v1beta` …; empty drops the path segment. `None` means `v1`, or `v1beta` for the `*-latest` aliases,
    /// which only that version knows.
    pub api_version: Option<String>,
    /// Whether to stream; without it one answer comes in one piece.
    pub stream: bool,
    /// How much to think; nothing is sent without it.
    pub thinking: Option<Thinking>,
    /// Filters other than the service's own defaults; nothing is sent where this is empty.
    pub safety: Vec<SafetySetting>,
}

impl Default for GeminiSettings {
    fn default() -> Self {
        Self {
            key: None,
            model: DEFAULT_GEMINI_MODEL.to_owned(),
            base_url: DEFAULT_GEMINI_BASE_URL.to_owned(),
            api_version: None,
            stream: true,
            thinking: None,
            safety: Vec::new(),
        }
    }
}

/// How to reach an OpenAI-compatible server.
#[derive(Clone, Debug)]
pub struct OpenAiSettings {
    /// The key; servers run locally need none.
    pub key: Option<Secret>,
    /// The model's id as that server knows it; has no default.
    pub model: Option<String>,
    /// The server, version segment included (`http://localhost:11434/v1`).
    pub base_url: String,
    /// Whether to stream.
    pub stream: bool,
}

impl Default for OpenAiSettings {
    fn default() -> Self {
        Self { key: None, model: None, base_url: DEFAULT_OPENAI_BASE_URL.to_owned(), stream: true }
    }
}

/// How much a Gemini model thinks. Models know levels or budgets, never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thinking {
    /// A level, for Gemini 3 and later.
    Level(ThinkingLevel),
    /// A number of tokens, for Gemini 2.5: 0 turns it off, -1 leaves it to the model.
    Budget(i32),
}

/// Levels of thinking; which of them a model knows differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThinkingLevel {
    /// Next to none.
    Minimal,
    /// A little.
    Low,
    /// The usual.
    Medium,
    /// A lot.
    High,
    /// As much as there is.
    XHigh,
}

impl ThinkingLevel {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minimal => "MINIMAL",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::XHigh => "XHIGH",
        }
    }
}

impl std::str::FromStr for Thinking {
    type Err = InvalidSetting;

    /// Reads a level (`low`) or a number of tokens (`1024`, `-1`).
    fn from_str(text: &str) -> Result<Self, InvalidSetting> {
        let level = match text.trim().to_ascii_lowercase().as_str() {
            "minimal" => ThinkingLevel::Minimal,
            "low" => ThinkingLevel::Low,
            "medium" => ThinkingLevel::Medium,
            "high" => ThinkingLevel::High,
            "xhigh" => ThinkingLevel::XHigh,
            number => {
                return match number.parse() {
                    Ok(tokens) if tokens >= -1 => Ok(Self::Budget(tokens)),
                    _ => Err(InvalidSetting {
                        what: "thinking",
                        expected: "minimal, low, medium, high, xhigh or a number of tokens from -1",
                    }),
                };
            }
        };
        Ok(Self::Level(level))
    }
}

/// One filter of the service and where it cuts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafetySetting {
    /// `HARM_CATEGORY_…`
    pub category: String,
    /// `BLOCK_…` or `OFF`.
    pub threshold: String,
}

impl std::str::FromStr for SafetySetting {
    type Err = InvalidSetting;

    /// Reads `dangerous_content=block_only_high`; the prefix `HARM_CATEGORY_` may be left out.
    fn from_str(text: &str) -> Result<Self, InvalidSetting> {
        const CATEGORIES: [&str; 4] = ["HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT"];
        const THRESHOLDS: [&str; 5] =
            ["BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"];
        let invalid = InvalidSetting {
            what: "safety",
            expected: "category=threshold; categories: harassment, hate_speech, sexually_explicit, dangerous_content; \
                       thresholds: block_low_and_above, block_medium_and_above, block_only_high, block_none, off",
        };
        let Some((category, threshold)) = text.split_once('=') else {
            return Err(invalid);
        };
        let category = category.trim().to_ascii_uppercase();
        let category = category.strip_prefix("HARM_CATEGORY_").unwrap_or(&category);
        let threshold = threshold.trim().to_ascii_uppercase();
        if CATEGORIES.contains(&category) && THRESHOLDS.contains(&threshold.as_str()) {
            Ok(Self { category: format!("HARM_CATEGORY_{category}"), threshold })
        } else {
            Err(invalid)
        }
    }
}

/// A text that is no value of a setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid value for {what}, expected {expected}")]
pub struct InvalidSetting {
    /// The setting.
    pub what: &'static str,
    /// What it takes.
    pub expected: &'static str,
}

/// How long to wait for what, each apart from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// From there to the head of the answer; thinking models are silent for long.
    pub first_byte: Duration,
    /// Between two pieces of the answer.
    pub idle: Duration,
    /// One request from start to end; also told to the server.
    pub request: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_mins(2),
            idle: Duration::from_mins(1),
            request: Duration::from_mins(2),
        }
    }
}

/// How often to try again, over all layers together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetrySettings {
    /// Failed calls that one task (or the plan) may have before a failure is final; the first try counts.
    pub max_attempts: u32,
    /// The first wait, doubled each time.
    pub base_backoff: Duration,
    /// The longest wait of our own choosing.
    pub max_backoff: Duration,
    /// All waits of one task (or the plan) together; a server that asks for a longer one is not waited for.
    pub max_total_wait: Duration,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            max_attempts: 6,
            base_backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(30),
            max_total_wait: Duration::from_mins(3),
        }
    }
}

/// How fast to ask, for the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateSettings {
    /// Requests a minute; `None` is unbounded.
    pub requests_per_minute: Option<u32>,
    /// Tokens sent a minute, estimated; `None` is unbounded.
    pub tokens_per_minute: Option<u64>,
}

/// When to stop spending, for the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BudgetSettings {
    /// Tokens sent and got back, thinking included.
    pub max_tokens: Option<u64>,
    /// Money, by the price table.
    pub max_cost: Option<Money>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinking_is_a_level_or_a_budget() {
        assert_eq!("low".parse(), Ok(Thinking::Level(ThinkingLevel::Low)));
        assert_eq!(" XHigh ".parse(), Ok(Thinking::Level(ThinkingLevel::XHigh)));
        assert_eq!("-1".parse(), Ok(Thinking::Budget(-1)));
        assert_eq!("0".parse(), Ok(Thinking::Budget(0)));
        for bad in ["", "-2", "very", "1.5"] {
            assert!(bad.parse::<Thinking>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn safety_is_category_and_threshold() {
        let wanted = SafetySetting {
            category: "HARM_CATEGORY_DANGEROUS_CONTENT".to_owned(),
            threshold: "BLOCK_ONLY_HIGH".to_owned(),
        };
        assert_eq!("dangerous_content=block_only_high".parse(), Ok(wanted.clone()));
        assert_eq!("HARM_CATEGORY_DANGEROUS_CONTENT = BLOCK_ONLY_HIGH".parse(), Ok(wanted));
        for bad in ["", "harassment", "harassment=", "x=off", "harassment=sometimes"] {
            assert!(bad.parse::<SafetySetting>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn settings_never_show_the_key() {
        let settings = LlmSettings {
            gemini: GeminiSettings { key: Secret::new("AQ.very-secret"), ..GeminiSettings::default() },
            ..LlmSettings::default()
        };
        assert!(!format!("{settings:?}").contains("very-secret"));
    }
}
