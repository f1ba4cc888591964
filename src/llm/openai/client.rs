//! The client.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use reqwest::Url;

use super::answer::{Answer, without_thoughts};
use super::dialect::Dialect;
use crate::base::budget::RetryBudget;
use crate::base::secret::Secret;
use crate::llm::budget::{Guard, Taken};
use crate::llm::call::Caller;
use crate::llm::client::{
    BoxFuture, Finish, LlmClient, LlmError, LlmErrorKind as Kind, Reply, Request, Usage,
};
use crate::llm::gemini::base_url;
use crate::llm::models::{self, ModelEntry};
use crate::llm::prompt::{estimate_input, estimate_tokens};
use crate::llm::redact;
use crate::llm::settings::LlmSettings;
use crate::llm::transport::{HttpCall, Transport};

/// Streams that may break before a plain call is tried instead.
const BROKEN_STREAMS: u32 = 2;

/// Asks an OpenAI-compatible server.
pub(in crate::llm) struct OpenAiClient {
    base: String,
    key: Option<Secret>,
    model: String,
    caller: Caller,
    /// What the server turned out to understand.
    dialect: Mutex<Dialect>,
}

impl OpenAiClient {
    /// Checks the settings; sends nothing.
    pub(in crate::llm) fn new(
        settings: &LlmSettings,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, LlmError> {
        let openai = &settings.openai;
        let model =
            openai.model.as_deref().map(str::trim).filter(|model| !model.is_empty()).ok_or_else(|| {
                LlmError::new(Kind::Settings, "no model is set for the openai provider").with_hint(
                    "name one that the server has with --model; `ollama list` shows those of Ollama",
                )
            })?;
        Ok(Self {
            base: versioned(&base_url(&openai.base_url, "METAGEN_BASE_URL")?),
            key: openai.key.clone(),
            model: model.to_owned(),
            dialect: Mutex::new(Dialect::new(openai.stream)),
            caller: Caller::new(settings, transport),
        })
    }

    /// Draws retries from a budget that other layers draw from as well.
    pub(in crate::llm) fn sharing(mut self, retries: &Arc<RetryBudget>) -> Self {
        self.caller.share(retries);
        self
    }

    /// Lets calls pass only as far as a budget holds them.
    pub(in crate::llm) fn bounded(mut self, guard: Option<Guard>) -> Self {
        self.caller.bound(guard);
        self
    }

    /// What the server has.
    pub(in crate::llm) async fn models(&self) -> Result<Vec<ModelEntry>, LlmError> {
        let call = self.call("models", None)?;
        let answer = self.caller.json(call).await.map_err(|fault| self.explain(fault.error))?;
        Ok(models::read_openai(&answer))
    }

    async fn answer(&self, request: &Request, usage: &mut Usage) -> Result<(Answer, Finish), LlmError> {
        let (tokens, turn) = (estimate_input(request), self.caller.turn());
        let mut broken = 0;
        loop {
            let mut dialect = *self.dialect.lock().unwrap_or_else(PoisonError::into_inner);
            dialect.stream &= broken < BROKEN_STREAMS;
            let pass = self.caller.enter(tokens, request.max_output_tokens).await?;
            let body = Bytes::from(dialect.body(request, pass.output(), &self.model).to_string());
            let mut answer = Answer::default();
            let streamed = self
                .caller
                .stream(self.call("chat/completions", Some(body))?, turn, tokens, &mut answer)
                .await;
            *usage += Usage { calls: 1, ..answer.usage };
            pass.settle(Taken {
                usage: answer.usage,
                text: estimate_tokens(&answer.text),
                answered: streamed.is_ok(),
                model: answer.model.as_deref(),
            });
            let fault = match streamed.and_then(|()| answer.end()) {
                Ok(finish) => return Ok((answer, finish)),
                Err(fault) => fault,
            };
            if fault.error.kind == Kind::BadRequest
                && let Some(smaller) = dialect.without(&fault.error.message)
            {
                tracing::debug!(?smaller, "the server does not understand all; asking for less");
                let mut shared = self.dialect.lock().unwrap_or_else(PoisonError::into_inner);
                // A stream that was given up for this answer alone is not given up for all.
                let stream = shared.stream && (smaller.stream || !dialect.stream);
                *shared = smaller;
                shared.stream = stream;
                continue;
            }
            let cut = matches!(fault.error.kind, Kind::Truncated | Kind::Network | Kind::Timeout);
            broken = if dialect.stream && cut { broken + 1 } else { 0 };
            let kind = fault.error.kind;
            if let Err(error) = self.caller.settle(&request.purpose, fault).await {
                return Err(if kind == Kind::ModelUnknown { self.suggest(error).await } else { error });
            }
        }
    }

    fn call(&self, path: &str, body: Option<Bytes>) -> Result<HttpCall, LlmError> {
        let text = format!("{}/{path}", self.base);
        let url = Url::parse(&text)
            .map_err(|error| LlmError::new(Kind::Settings, format!("{text} is no address: {error}")))?;
        let key = self.key.clone().map(|key| ("authorization", "Bearer ", key));
        Ok(HttpCall { url, body, headers: Vec::new(), key })
    }

    async fn suggest(&self, mut error: LlmError) -> LlmError {
        let Ok(found) = self.models().await else { return error };
        let near = models::nearest(&self.model, &found);
        if !near.is_empty() {
            error.hint = Some(format!("did you mean {}? Choose it with --model", near.join(" or ")));
        }
        error
    }

    fn hide(&self, text: String) -> String {
        match &self.key {
            Some(key) => redact::in_answer(key, text),
            None => text,
        }
    }

    fn explain(&self, error: LlmError) -> LlmError {
        let mut error = match &self.key {
            Some(key) => redact::in_error(key, error),
            None => error,
        };
        if matches!(error.kind, Kind::KeyInvalid | Kind::KeyMissing | Kind::KeyBlocked) {
            // The hints on keys speak of Gemini's.
            error.hint = Some("set OPENAI_API_KEY to a key that this server accepts".to_owned());
        }
        error
    }
}

/// The base URL with its version: people name the server, or copy the address of the very call.
fn versioned(base: &str) -> String {
    let base = base.strip_suffix("/chat/completions").unwrap_or(base);
    let bare = Url::parse(base).is_ok_and(|url| url.path() == "/");
    if bare { format!("{base}/v1") } else { base.to_owned() }
}

impl LlmClient for OpenAiClient {
    fn provider(&self) -> &'static str {
        "openai"
    }

    fn model(&self) -> &str {
        &self.model
    }

    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(async move {
            let mut usage = Usage::default();
            match self.answer(request, &mut usage).await {
                Ok((answer, finish)) => {
                    tracing::debug!(?usage, chars = answer.text.len(), ?finish, "complete");
                    let model = answer.model.unwrap_or_else(|| self.model.clone());
                    Ok(Reply {
                        text: self.hide(without_thoughts(answer.text)),
                        finish,
                        usage,
                        model: self.hide(model),
                        cached: false,
                    })
                }
                Err(error) => Err(self.explain(LlmError { usage, ..error })),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers() {
        for (given, base) in [
            ("http://localhost:11434", "http://localhost:11434/v1"),
            ("http://localhost:11434/v1", "http://localhost:11434/v1"),
            ("http://localhost:8000/v1/chat/completions", "http://localhost:8000/v1"),
            ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        ] {
            assert_eq!(versioned(given), base);
        }
    }
}
