//! Whom a run asks, and with which settings.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::error::CommandError;
use super::session::Session;
use crate::base::budget::RetryBudget;
use crate::base::clock::{Clock, SystemClock};
use crate::base::secret::Secret;
use crate::config::{self, Config, ConfigError, Kind, Layer, Origin, Value, Variables};
use crate::llm::{
    BudgetSettings, GeminiSettings, LlmClient, LlmSettings, Meter, Money, Offline, OpenAiSettings,
    ProviderChoice, Questions, RateSettings, SafetySetting, Surroundings, Thinking, Timeouts, connect,
    gemini_environment, key_file,
};

/// The largest file that is taken for a key.
const MAX_KEY_FILE: u64 = 64 << 10;

/// The client of a run, and what the user should hear about the choice.
pub(super) struct Chosen {
    /// Ask this.
    pub client: Arc<dyn LlmClient>,
    /// What was spent through it.
    pub meter: Arc<Meter>,
    /// The retries of all layers.
    pub retries: Arc<RetryBudget>,
    /// Lines for standard error.
    pub notes: Vec<String>,
}

impl Chosen {
    /// What the user should hear where another model answered than the one that was asked. An alias is made to be answered for.
    pub(super) fn substitution(&self) -> Option<String> {
        let asked = self.client.model();
        let others: Vec<String> = self.meter.others().into_iter().collect();
        (!others.is_empty() && !asked.ends_with("-latest")).then(|| {
            format!(
                "{asked} was asked and {} answered in its place; the cost is told by the prices of the model that answered",
                others.join(", "),
            )
        })
    }
}

/// Chooses it by the configuration. Sends nothing.
pub(super) fn choose(session: &Session) -> Result<Chosen, CommandError> {
    let (settings, mut notes) = settings(session)?;
    if settings.gemini.key.is_some() || settings.openai.key.is_some() {
        notes.extend(foreign_server(&session.config));
    }
    connected(&settings, notes, None)
}

/// The same, for whoever may not send anything later either: kept answers count, and what else would be asked is noted.
pub(super) fn choose_unasked(session: &Session, questions: Questions) -> Result<Chosen, CommandError> {
    let (settings, notes) = settings(session)?;
    connected(&LlmSettings { record: None, ..settings }, notes, Some(questions))
}

fn connected(
    settings: &LlmSettings,
    mut notes: Vec<String>,
    unasked: Option<Questions>,
) -> Result<Chosen, CommandError> {
    let retries = super::build::retry_budget();
    let (offline, today) = (Arc::new(Offline), today());
    let surroundings = Surroundings { offline, retries: Arc::clone(&retries), today, unasked };
    let connection = connect(settings, &surroundings)?;
    notes.extend(connection.notes);
    Ok(Chosen { client: connection.client, meter: connection.meter, retries, notes })
}

/// Options that decide whom a run asks and how. They were typed for the run, so that they hold for whoever resumes it, too.
const LASTING: [&str; 10] = [
    "no_fallback",
    "provider",
    "model",
    "base_url",
    "api_version",
    "api_key_file",
    "thinking",
    "safety",
    "no_stream",
    "replay",
];

/// What this run was told about whom to ask, by flag or variable; paths as they are from everywhere.
pub(super) fn lasting(session: &Session) -> BTreeMap<String, String> {
    let told =
        session.config.settings().iter().filter(|setting| {
            LASTING.contains(&setting.def.key) && setting.origin.layer() >= Layer::Environment
        });
    told.filter_map(|setting| {
        let value = setting.value.as_ref()?;
        let text = match (setting.def.kind, value) {
            (Kind::Path, Value::Text(path)) => session.directory.join(path).display().to_string(),
            (_, value) => value.to_string(),
        };
        Some((setting.def.key.to_owned(), text))
    })
    .collect()
}

/// The session with what an earlier run was told, where this one is not told otherwise.
pub(super) fn as_told(session: &Session, earlier: &BTreeMap<String, String>) -> Session {
    let known = earlier.iter().filter(|(key, _)| LASTING.contains(&key.as_str()));
    let config = session.config.with_earlier(known.map(|(key, text)| (key.as_str(), text.as_str())));
    Session { config: Arc::new(config), ..session.clone() }
}

/// The day by which prices are looked up.
pub(super) fn today() -> jiff::civil::Date {
    TimeZone::UTC.to_datetime(SystemClock.now()).date()
}

/// What the configuration and the environment say about models, and what the user should hear about that.
pub(super) fn settings(session: &Session) -> Result<(LlmSettings, Vec<String>), CommandError> {
    let config = session.config.as_ref();
    let provider = match config.provider {
        config::ProviderChoice::Auto => ProviderChoice::Auto,
        config::ProviderChoice::Gemini => ProviderChoice::Gemini,
        config::ProviderChoice::Openai => ProviderChoice::OpenAi,
        config::ProviderChoice::Mock => ProviderChoice::Mock,
        config::ProviderChoice::Replay => ProviderChoice::Replay,
    };
    let mut notes = Vec::new();
    let (mut gemini, mut openai) = (GeminiSettings::default(), OpenAiSettings::default());
    // Keys are read for the provider that they are for, so that no other one can come to see them.
    match provider {
        ProviderChoice::Auto | ProviderChoice::Gemini => gemini = gemini_settings(session, &mut notes)?,
        ProviderChoice::OpenAi => openai = openai_settings(session)?,
        ProviderChoice::Mock | ProviderChoice::Replay => {}
    }
    let timeouts = Timeouts {
        connect: config.connect_timeout,
        first_byte: config.first_byte_timeout,
        idle: config.idle_timeout,
        request: config.request_timeout,
    };
    let budget = BudgetSettings {
        max_tokens: config.max_tokens_total,
        max_cost: typed(config, "max_cost", config.max_cost.as_deref(), str::parse::<Money>)?,
    };
    let rate = RateSettings { requests_per_minute: config.rpm, tokens_per_minute: config.tpm };
    let below = |path: &PathBuf| session.directory.join(path);
    let settings = LlmSettings {
        provider,
        gemini,
        openai,
        timeouts,
        rate,
        budget,
        cache: if config.no_cache { None } else { answers(session) },
        record: config.record.as_ref().map(below),
        replay: config.replay.as_ref().map(below),
        seed: rand::random(),
        ..LlmSettings::default()
    };
    Ok((settings, notes))
}

/// Where answers are kept: the directory that was named, else one in the user's cache directory; `None` where there is none.
pub(super) fn answers(session: &Session) -> Option<PathBuf> {
    match &session.config.cache_dir {
        Some(dir) => Some(session.directory.join(dir)),
        None => user_cache(&session.variables).map(|dir| dir.join("metagen").join("answers")),
    }
}

/// The user's cache directory, after the XDG base directory specification.
fn user_cache(variables: &Variables) -> Option<PathBuf> {
    let set = |name: &str| variables.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let xdg = set("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    xdg.or_else(|| set("HOME").map(|home| home.join(".cache")))
}

fn gemini_settings(session: &Session, notes: &mut Vec<String>) -> Result<GeminiSettings, CommandError> {
    let config = session.config.as_ref();
    let key_path = config.api_key_file.as_ref().map(|path| session.directory.join(path));
    let variable = |name: &str| match name {
        // An option of metagen's: the configuration knows all the places where it may be set.
        "METAGEN_API_KEY_FILE" => key_path.as_ref().map(|path| path.display().to_string()),
        _ => session.variables.get(name).cloned(),
    };
    let found = gemini_environment(&variable, &|path| read_key(path))?;
    notes.extend(found.notes);
    let default = GeminiSettings::default();
    let safety = typed(config, "safety", config.safety.as_deref(), |text| {
        text.split(',').map(str::parse::<SafetySetting>).collect::<Result<Vec<_>, _>>()
    })?;
    Ok(GeminiSettings {
        key: found.key,
        model: config.model.clone().unwrap_or(default.model),
        base_url: config.base_url.clone().or(found.base_url).unwrap_or(default.base_url),
        api_version: config.api_version.clone().or(found.api_version),
        stream: !config.no_stream,
        thinking: typed(config, "thinking", config.thinking.as_deref(), str::parse::<Thinking>)?,
        safety: safety.unwrap_or_default(),
    })
}

fn openai_settings(session: &Session) -> Result<OpenAiSettings, CommandError> {
    let config = session.config.as_ref();
    let key = match &config.api_key_file {
        Some(path) => Some(key_file(&session.directory.join(path), &|path| read_key(path))?),
        None => session.variables.get("OPENAI_API_KEY").and_then(|key| Secret::new(key)),
    };
    let named = session.variables.get("OPENAI_BASE_URL").map(|url| url.trim().to_owned());
    let named = named.filter(|url| !url.is_empty());
    let default = OpenAiSettings::default();
    Ok(OpenAiSettings {
        key,
        model: config.model.clone(),
        base_url: config.base_url.clone().or(named).unwrap_or(default.base_url),
        stream: !config.no_stream,
    })
}

fn read_key(path: &std::path::Path) -> std::io::Result<String> {
    let bytes = crate::base::fs::read(path, MAX_KEY_FILE)
        .map_err(|error| std::io::Error::other(error.to_string()))?
        .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))?;
    // The error of a text that is no UTF-8 would hold the bytes, and they may be a key.
    String::from_utf8(bytes).map_err(|_| std::io::Error::other("it is not valid UTF-8"))
}

/// Reads an option's text as what it stands for; the fault says where it was set.
fn typed<T>(
    config: &Config,
    key: &str,
    text: Option<&str>,
    read: impl Fn(&str) -> Result<T, crate::llm::InvalidSetting>,
) -> Result<Option<T>, CommandError> {
    let fault = |error: crate::llm::InvalidSetting| {
        let message = format!("{key} ({}): expected {}", config.origin(key), error.expected);
        CommandError::Config(ConfigError::single(message))
    };
    text.map(read).transpose().map_err(fault)
}

/// A warning where a file of the working directory, or of the app's, decides who gets the key.
fn foreign_server(config: &Config) -> Option<String> {
    let origin = config.origin("base_url");
    let url = config.base_url.as_deref()?;
    let foreign = origin.layer() == Layer::Project || matches!(origin, Origin::Earlier(_));
    foreign.then(|| format!("your key is sent to {url}, as {origin} says"))
}
