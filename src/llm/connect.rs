//! Puts the client of a run together.
//!
//! From the outside in: a meter that counts all, a recorder, the store of answers, the provider, whose every call passes the
//! guard of the budget (or, where nothing may be sent, a stand-in that notes what would have been). So a recording holds stored
//! answers too, and a stored answer needs no budget.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::budget::Guard;
use super::cache::Cached;
use super::client::{LlmClient, LlmError, LlmErrorKind};
use super::digest::Scope;
use super::gemini::GeminiClient;
use super::meter::Meter;
use super::models::ModelEntry;
use super::openai::OpenAiClient;
use super::prices::PriceTable;
use super::record::Recorder;
use super::replay::Replay;
use super::settings::{BudgetSettings, LlmSettings, ProviderChoice};
use super::transport::{Network, Transport};
use super::unasked::{Questions, Unasked};
use crate::base::budget::RetryBudget;

/// What the clients of a run share with the rest of it.
#[derive(Clone)]
pub struct Surroundings {
    /// Answers where the provider is the mock.
    pub offline: Arc<dyn LlmClient>,
    /// The retries of all layers.
    pub retries: Arc<RetryBudget>,
    /// Prices change by the day.
    pub today: Date,
    /// Where nothing may be sent: who notes what would have been.
    pub unasked: Option<Questions>,
}

/// The client of a run.
pub struct Connection {
    /// Ask this. It is the meter.
    pub client: Arc<dyn LlmClient>,
    /// What was spent through it.
    pub meter: Arc<Meter>,
    /// What the user should hear on stderr: which provider `auto` chose, what is unusual about the settings.
    pub notes: Vec<String>,
}

/// Chooses the provider and puts its client together. Sends nothing.
pub fn connect(settings: &LlmSettings, surroundings: &Surroundings) -> Result<Connection, LlmError> {
    let mut notes = Vec::new();
    let provider = match settings.provider {
        ProviderChoice::Auto if settings.gemini.key.is_some() => {
            notes.push(format!("using Gemini ({}), because a key is set", settings.gemini.model));
            ProviderChoice::Gemini
        }
        ProviderChoice::Auto => {
            notes.push("using the offline mock, because no key for Gemini is set".to_owned());
            ProviderChoice::Mock
        }
        other => other,
    };
    let prices = PriceTable::built_in();
    let client = match provider {
        ProviderChoice::Mock | ProviderChoice::Auto => recorded(settings, Arc::clone(&surroundings.offline))?,
        ProviderChoice::Replay => {
            let dir = settings.replay.as_deref().ok_or_else(|| {
                LlmError::new(LlmErrorKind::Settings, "the replay provider has nothing to replay")
                    .with_hint("name a directory that --record has written with --replay")
            })?;
            Arc::new(Replay::new(dir)?)
        }
        ProviderChoice::Gemini => {
            notes.extend(plain_http(&settings.gemini.base_url));
            let client = GeminiClient::new(settings, network(settings)?)?.sharing(&surroundings.retries);
            let guard = guard(settings, surroundings, &prices, client.model())?;
            let gemini = &settings.gemini;
            let scope = format!(
                "gemini {} {} {:?} {:?} {:?}",
                client.model(),
                gemini.base_url,
                gemini.api_version,
                gemini.thinking,
                gemini.safety
            );
            paid(settings, surroundings, Arc::new(client.bounded(guard)), Scope(scope))?
        }
        ProviderChoice::OpenAi => {
            if settings.openai.key.is_some() {
                notes.extend(plain_http(&settings.openai.base_url));
            }
            let client = OpenAiClient::new(settings, network(settings)?)?.sharing(&surroundings.retries);
            let guard = guard(settings, surroundings, &prices, client.model())?;
            let scope = format!("openai {} {}", client.model(), settings.openai.base_url);
            paid(settings, surroundings, Arc::new(client.bounded(guard)), Scope(scope))?
        }
    };
    let meter = Arc::new(Meter::new(client, prices, surroundings.today));
    Ok(Connection { client: Arc::clone(&meter) as Arc<dyn LlmClient>, meter, notes })
}

/// What models the chosen provider has. Costs nothing; the key is checked on the way.
pub async fn list_models(settings: &LlmSettings) -> Result<Vec<ModelEntry>, LlmError> {
    match settings.provider {
        ProviderChoice::OpenAi => OpenAiClient::new(settings, network(settings)?)?.models().await,
        _ => GeminiClient::new(settings, network(settings)?)?.models().await,
    }
}

fn network(settings: &LlmSettings) -> Result<Arc<dyn Transport>, LlmError> {
    Ok(Arc::new(Network::new(settings.timeouts.connect)?))
}

/// The guard of the budget, where there is one.
fn guard(
    settings: &LlmSettings,
    surroundings: &Surroundings,
    prices: &PriceTable,
    model: &str,
) -> Result<Option<Guard>, LlmError> {
    (settings.budget != BudgetSettings::default())
        .then(|| Guard::new(settings.budget, prices.clone(), surroundings.today, model))
        .transpose()
}

fn paid(
    settings: &LlmSettings,
    surroundings: &Surroundings,
    mut client: Arc<dyn LlmClient>,
    scope: Scope,
) -> Result<Arc<dyn LlmClient>, LlmError> {
    if let Some(questions) = &surroundings.unasked {
        client = Arc::new(Unasked::new(client, questions.clone()));
    }
    if let Some(dir) = &settings.cache {
        client = Arc::new(Cached::new(client, scope, dir.clone()));
    }
    recorded(settings, client)
}

fn recorded(settings: &LlmSettings, client: Arc<dyn LlmClient>) -> Result<Arc<dyn LlmClient>, LlmError> {
    let Some(dir) = &settings.record else { return Ok(client) };
    let secrets = settings.gemini.key.iter().chain(&settings.openai.key).cloned().collect();
    let recorder = Recorder::new(client, dir.clone(), secrets)
        .map_err(|error| cannot_record(dir, &error.to_string()))?;
    Ok(Arc::new(recorder))
}

fn cannot_record(dir: &Path, error: &str) -> LlmError {
    LlmError::new(LlmErrorKind::Settings, format!("cannot record to {}: {error}", dir.display()))
        .with_hint("name a directory that can be written with --record")
}

/// A warning where a key would cross a network unencrypted.
fn plain_http(base_url: &str) -> Option<String> {
    let url = reqwest::Url::parse(base_url).ok()?;
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']');
    let local = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    (url.scheme() == "http" && !local)
        .then(|| format!("the key travels unencrypted to http://{host}; use https:// where the server can"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::secret::Secret;
    use crate::llm::double::{Script, request};

    type Change = Box<dyn Fn(&mut LlmSettings)>;

    fn surroundings() -> Surroundings {
        Surroundings {
            offline: Script::new([Ok("offline")]),
            retries: Arc::new(RetryBudget::unlimited()),
            today: PriceTable::built_in().as_of,
            unasked: None,
        }
    }

    #[tokio::test]
    async fn auto_is_gemini_with_a_key_and_the_mock_without() {
        let mut settings = LlmSettings::default();
        let connection = connect(&settings, &surroundings()).unwrap();
        assert_eq!(connection.client.provider(), "script");
        assert!(connection.notes[0].contains("mock"));
        assert_eq!(connection.client.complete(&request("q")).await.unwrap().text, "offline");
        assert_eq!(connection.meter.total().usage.calls, 1);
        settings.gemini.key = Secret::new("AQ.key");
        let connection = connect(&settings, &surroundings()).unwrap();
        assert_eq!((connection.client.provider(), connection.client.model()), ("gemini", "gemini-3.8-flash"));
        assert!(connection.notes[0].contains("Gemini"));
    }

    #[test]
    fn what_is_missing_or_wrong_is_told_before_anything_is_sent() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let table: [(Change, LlmErrorKind); 6] = [
            (Box::new(|s| s.provider = ProviderChoice::Gemini), LlmErrorKind::KeyMissing),
            (Box::new(|s| s.provider = ProviderChoice::OpenAi), LlmErrorKind::Settings),
            (Box::new(|s| s.provider = ProviderChoice::Replay), LlmErrorKind::Settings),
            (
                Box::new(|s| {
                    s.gemini.key = Secret::new("k");
                    s.gemini.model = "a?b".to_owned();
                }),
                LlmErrorKind::Settings,
            ),
            (
                Box::new(|s| {
                    s.gemini.key = Secret::new("k");
                    s.gemini.model = "unpriced".to_owned();
                    s.budget.max_cost = Some("1".parse().unwrap());
                }),
                LlmErrorKind::Settings,
            ),
            (Box::new(move |s| s.record = Some(file.clone())), LlmErrorKind::Settings),
        ];
        for (row, (change, kind)) in table.iter().enumerate() {
            let mut settings = LlmSettings::default();
            change(&mut settings);
            let error = connect(&settings, &surroundings()).err().unwrap();
            assert_eq!(error.kind, *kind, "row {row}");
            assert!(error.hint.is_some(), "row {row}");
        }
    }

    #[test]
    fn keys_over_plain_http_are_warned_of() {
        for (url, warned) in [
            ("http://127.0.0.1:1", false),
            ("http://localhost/x", false),
            ("http://[::1]:9", false),
            ("https://example.com", false),
            ("http://example.com", true),
            ("http://10.0.0.1", true),
        ] {
            assert_eq!(plain_http(url).is_some(), warned, "{url}");
        }
    }
}
