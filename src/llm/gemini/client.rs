//! The client: one request in, as many calls as it takes, one answer out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use reqwest::Url;

use super::answer::{Answer, Next};
use super::endpoint::Endpoint;
use super::request::body;
use crate::base::budget::RetryBudget;
use crate::base::secret::Secret;
use crate::llm::budget::{Guard, Taken};
use crate::llm::call::Caller;
use crate::llm::client::{BoxFuture, Finish, LlmClient, LlmError, LlmErrorKind as Kind, Reply, Request};
use crate::llm::diagnosis::{Diagnosis, Retry};
use crate::llm::limiter::Turn;
use crate::llm::models::{self, ModelEntry};
use crate::llm::prompt::estimate_input;
use crate::llm::redact;
use crate::llm::settings::{GeminiSettings, LlmSettings};
use crate::llm::transport::{HttpCall, Transport};

/// Streams that may break before a plain call is tried instead.
const BROKEN_STREAMS: u32 = 2;

/// Pages of the model list that are read.
const MAX_PAGES: usize = 10;

/// One request of an answer.
#[derive(Clone, Copy)]
struct Hop {
    /// The most output that it asks for.
    bound: u32,
    /// Whether the answer comes in pieces.
    stream: bool,
    /// Its place in the queue.
    turn: Turn,
    /// About how many tokens it sends.
    tokens: u64,
}

/// Asks Gemini.
pub(in crate::llm) struct GeminiClient {
    settings: GeminiSettings,
    key: Secret,
    endpoint: Endpoint,
    caller: Caller,
    /// The server turned out not to stream.
    unary: AtomicBool,
}

impl GeminiClient {
    /// Checks the settings; sends nothing.
    pub(in crate::llm) fn new(
        settings: &LlmSettings,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, LlmError> {
        let gemini = &settings.gemini;
        let key = gemini.key.clone().ok_or_else(|| {
            LlmError::new(Kind::KeyMissing, "no key for Gemini is set").with_hint(
                "set GEMINI_API_KEY (from https://aistudio.google.com/apikey), or use --provider mock",
            )
        })?;
        if !key.expose().chars().all(|c| c.is_ascii_graphic()) {
            return Err(LlmError::new(
                Kind::KeyInvalid,
                "the key for Gemini holds blanks or characters no key has",
            )
            .with_hint("copy the key again, alone and on one line"));
        }
        Ok(Self {
            endpoint: Endpoint::new(gemini)?,
            unary: AtomicBool::new(!gemini.stream),
            settings: gemini.clone(),
            key,
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

    /// What the key may use. Costs nothing.
    pub(in crate::llm) async fn models(&self) -> Result<Vec<ModelEntry>, LlmError> {
        let mut found = Vec::new();
        let mut page = None;
        for _ in 0..MAX_PAGES {
            let url = self.endpoint.models(page.as_deref())?;
            let answer = self
                .caller
                .json(self.call(url, None))
                .await
                .map_err(|fault| redact::in_error(&self.key, fault.error))?;
            found.extend(models::read_gemini(&answer));
            page = models::next_page(&answer);
            if page.is_none() {
                break;
            }
        }
        Ok(found)
    }

    async fn answer(&self, request: &Request, answer: &mut Answer) -> Result<Finish, LlmError> {
        let (tokens, turn) = (estimate_input(request), self.caller.turn());
        let mut broken = 0;
        let mut bound = request.max_output_tokens;
        loop {
            // A continuing request repeats its bound, which is that of all requests of the answer together.
            let continuing = answer.token().is_some();
            let wanted = if continuing {
                let given = u32::try_from(answer.usage().output_tokens).unwrap_or(u32::MAX);
                bound.saturating_sub(given).max(1)
            } else {
                request.max_output_tokens
            };
            let pass = self.caller.enter(tokens, wanted).await?;
            if !continuing {
                bound = pass.output();
            }
            let stream = !self.unary.load(Ordering::Relaxed) && broken < BROKEN_STREAMS;
            let before = (answer.usage(), answer.received());
            let result = self.hop(request, Hop { bound, stream, turn, tokens }, answer).await;
            pass.settle(Taken {
                usage: answer.usage().since(before.0),
                text: (answer.received() - before.1).div_ceil(4),
                answered: result.is_ok(),
                model: answer.model(),
            });
            match result {
                Ok(Next::Done(finish)) => return Ok(finish),
                Ok(Next::Hop) => {}
                Err(mut fault) => {
                    answer.rewind();
                    if continuing && fault.error.kind == Kind::BadRequest {
                        // The token is what it does not take: it may have expired.
                        answer.start_over();
                        fault.retry = Retry::Few;
                    }
                    if stream && fault.stream_refused {
                        tracing::debug!("the server does not stream; asking for one piece");
                        self.unary.store(true, Ordering::Relaxed);
                        continue;
                    }
                    let cut = matches!(fault.error.kind, Kind::Truncated | Kind::Network | Kind::Timeout);
                    // A stream that resumes from a checkpoint is not broken for good.
                    broken = if stream && cut && answer.token().is_none() { broken + 1 } else { 0 };
                    let kind = fault.error.kind;
                    if let Err(error) = self.caller.settle(&request.purpose, fault).await {
                        return Err(if kind == Kind::ModelUnknown {
                            self.suggest(error).await
                        } else {
                            error
                        });
                    }
                }
            }
        }
    }

    async fn hop(&self, request: &Request, hop: Hop, answer: &mut Answer) -> Result<Next, Diagnosis> {
        let Hop { bound, stream, turn, tokens } = hop;
        answer.begin_hop();
        let body = body(request, bound, &self.settings, stream, answer.token());
        let url = self
            .endpoint
            .generate(stream)
            .map_err(|error| Diagnosis { error, ..Diagnosis::new(Kind::Settings, Retry::Never, "") })?;
        let call = self.call(url, Some(Bytes::from(body.to_string())));
        self.caller.stream(call, turn, tokens, answer).await?;
        answer.end_hop()
    }

    fn call(&self, url: Url, body: Option<Bytes>) -> HttpCall {
        // Lets the server give up with a status instead of hanging.
        let patience = self.caller.request_timeout().as_secs_f64().ceil().to_string();
        HttpCall {
            url,
            body,
            headers: vec![("x-server-timeout", patience)],
            key: Some(("x-goog-api-key", "", self.key.clone())),
        }
    }

    /// Adds the nearest models that exist to the hint.
    async fn suggest(&self, mut error: LlmError) -> LlmError {
        let Ok(found) = self.models().await else { return error };
        let near = models::nearest(self.endpoint.model(), &found);
        if !near.is_empty() {
            error.hint = Some(format!("did you mean {}? Choose it with --model", near.join(" or ")));
        }
        error
    }
}

impl LlmClient for GeminiClient {
    fn provider(&self) -> &'static str {
        "gemini"
    }

    fn model(&self) -> &str {
        self.endpoint.model()
    }

    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(async move {
            let mut answer = Answer::default();
            let result = self.answer(request, &mut answer).await;
            let (text, model, usage) = answer.into_parts();
            let model = model.unwrap_or_else(|| self.endpoint.model().to_owned());
            // Foreign, and logged.
            let model = redact::in_answer(&self.key, model);
            match result {
                Ok(finish) => {
                    tracing::debug!(?usage, chars = text.len(), ?finish, model, "complete");
                    Ok(Reply {
                        text: redact::in_answer(&self.key, text),
                        finish,
                        usage,
                        model,
                        cached: false,
                    })
                }
                Err(mut error) => {
                    error.usage = usage;
                    Err(redact::in_error(&self.key, error))
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;
    use std::sync::atomic::AtomicU32;
    use std::time::Duration;

    use serde_json::json;
    use tokio::time::Instant;

    use super::*;
    use crate::llm::client::{Purpose, Usage};
    use crate::llm::double::request;
    use crate::llm::transport::{HttpAnswer, TransportFault};

    /// A network that answers at once with what it was given, and notes when it was asked.
    #[derive(Default)]
    struct Wires {
        answers: Mutex<VecDeque<(u16, String)>>,
        asked: Mutex<Vec<Instant>>,
    }

    impl Transport for Wires {
        fn send(&self, _: HttpCall) -> BoxFuture<'_, Result<HttpAnswer, TransportFault>> {
            self.asked.lock().unwrap().push(Instant::now());
            let next = self.answers.lock().unwrap().pop_front();
            Box::pin(async move {
                let Some((status, text)) = next else { return std::future::pending().await };
                let body = Box::pin(futures_util::stream::iter([Ok(Bytes::from(text))]));
                Ok(HttpAnswer { status, retry_after: None, body })
            })
        }
    }

    fn refused(seconds: u32) -> (u16, String) {
        let details = json!([{"retryDelay": format!("{seconds}s")}]);
        (429, json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": details}}).to_string())
    }

    fn said(text: &str) -> (u16, String) {
        let chunk = json!({"candidates": [{"content": {"parts": [{"text": text}]}, "finishReason": "STOP"}]});
        (200, format!("data: {chunk}\n\n"))
    }

    fn client(answers: Vec<(u16, String)>) -> (GeminiClient, Arc<Wires>) {
        let wires = Arc::new(Wires { answers: Mutex::new(answers.into()), ..Wires::default() });
        let mut settings = LlmSettings::default();
        settings.gemini.key = Secret::new("AQ.key");
        (GeminiClient::new(&settings, Arc::clone(&wires) as Arc<dyn Transport>).unwrap(), wires)
    }

    #[tokio::test(start_paused = true)]
    async fn the_delay_that_the_service_names_is_kept() {
        let (client, wires) = client(vec![refused(34), said("plan")]);
        assert_eq!(client.complete(&request("q")).await.unwrap().text, "plan");
        let asked = wires.asked.lock().unwrap();
        assert_eq!(asked[1] - asked[0], Duration::from_secs(34));
    }

    #[tokio::test(start_paused = true)]
    async fn one_refusal_slows_the_whole_run() {
        let (client, wires) = client(vec![refused(20), said("a"), said("b"), said("c")]);
        let ask = |name: &str| Request {
            purpose: Purpose::Task { task: name.parse().unwrap(), agent: "a".parse().unwrap() },
            ..request("q")
        };
        let requests = [ask("one"), ask("two"), ask("three")];
        let late = async |request| {
            tokio::time::sleep(Duration::from_secs(1)).await;
            client.complete(request).await
        };
        let (first, second, third) =
            tokio::join!(client.complete(&requests[0]), late(&requests[1]), late(&requests[2]));
        assert!(first.is_ok() && second.is_ok() && third.is_ok());
        let asked = wires.asked.lock().unwrap();
        assert_eq!(asked.len(), 4);
        assert!(asked[1] - asked[0] >= Duration::from_secs(20));
        assert!(asked[2] > asked[1] && asked[3] > asked[2], "they start apart");
    }

    /// A service that takes eight calls in any two seconds, and a while for each.
    #[derive(Default)]
    struct Quota {
        taken: Mutex<Vec<Instant>>,
        refused: AtomicU32,
    }

    impl Transport for Quota {
        fn send(&self, _: HttpCall) -> BoxFuture<'_, Result<HttpAnswer, TransportFault>> {
            let (now, window) = (Instant::now(), Duration::from_secs(2));
            let mut taken = self.taken.lock().unwrap();
            taken.retain(|then| now - *then < window);
            let (status, text) = if taken.len() < 8 {
                taken.push(now);
                said("done")
            } else {
                self.refused.fetch_add(1, Ordering::Relaxed);
                refused(2)
            };
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(if status == 200 { 200 } else { 20 })).await;
                let body = Box::pin(futures_util::stream::iter([Ok(Bytes::from(text))]));
                Ok(HttpAnswer { status, retry_after: None, body })
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn many_tasks_share_a_small_quota_and_none_fails() {
        let quota = Arc::new(Quota::default());
        let mut settings = LlmSettings::default();
        settings.gemini.key = Secret::new("AQ.key");
        let client = GeminiClient::new(&settings, Arc::clone(&quota) as Arc<dyn Transport>).unwrap();
        let client = client.sharing(&Arc::new(RetryBudget::new(60, Duration::from_mins(30))));
        let requests: Vec<Request> = (0..80)
            .map(|n| Purpose::Task { task: format!("t{n}").parse().unwrap(), agent: "a".parse().unwrap() })
            .map(|purpose| Request { purpose, ..request("q") })
            .collect();
        let began = Instant::now();
        let all =
            futures_util::future::join_all(requests.iter().map(|request| client.complete(request))).await;
        assert_eq!(all.iter().filter(|reply| reply.is_ok()).count(), 80);
        // All but eight of those that begin together are refused; after that it is a few a window.
        let refused = quota.refused.load(Ordering::Relaxed);
        assert!(refused < 72 + 80, "{refused} refusals");
        assert!(
            began.elapsed() < Duration::from_secs(40),
            "twice what the quota takes: {:?}",
            began.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_and_counts_as_calls() {
        let (client, _) = client(vec![]);
        let error = client.complete(&request("q")).await.unwrap_err();
        assert_eq!(error.kind, Kind::Timeout);
        assert_eq!(error.usage, Usage { calls: 3, ..Usage::default() });
    }

    #[test]
    fn keys_that_no_header_takes_are_refused_without_being_shown() {
        let mut settings = LlmSettings::default();
        for key in ["two words", "zwei\nzeilen", "schlüssel"] {
            settings.gemini.key = Secret::new(key);
            let error = GeminiClient::new(&settings, Arc::new(Wires::default())).err().unwrap();
            assert_eq!(error.kind, Kind::KeyInvalid);
            assert!(!format!("{error:?}").contains(key));
        }
    }
}
