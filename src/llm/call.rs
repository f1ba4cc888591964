//! Makes calls: time bounds, size bounds, pace and retries, the same for every provider.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::budget::{Guard, Pass};
use super::client::{LlmError, LlmErrorKind as Kind, Purpose};
use super::diagnosis::{Diagnosis, Retry, diagnose};
use super::limiter::{Limiter, Turn};
use super::retry::{Decision, RetryLedger, Stop};
use super::service_error::{ServiceError, clean};
use super::settings::{LlmSettings, Timeouts};
use super::sse::{Decoder, SseEvent};
use super::transport::{Body, HttpAnswer, HttpCall, Transport, TransportFault};
use crate::base::budget::RetryBudget;

/// The largest answer, in bytes as they come.
const MAX_ANSWER: usize = 64 << 20;

/// The most of a failed answer that is read.
const MAX_ERROR: usize = 64 << 10;

/// How long an answer that is complete may go on: usage, or an error after all, may follow the finish reason.
const LINGER: Duration = Duration::from_secs(5);

/// Takes the events of one answer.
pub(super) trait Sink: Send {
    /// Takes an event; a failure ends the call.
    fn event(&mut self, event: SseEvent) -> Result<(), Diagnosis>;

    /// Whether what was taken is complete, so that the rest does not matter.
    fn finished(&self) -> bool;
}

/// Makes the calls of a run.
pub(super) struct Caller {
    transport: Arc<dyn Transport>,
    timeouts: Timeouts,
    limiter: Limiter,
    ledger: RetryLedger,
    guard: Option<Guard>,
    seed: u64,
    calls: AtomicU64,
}

impl Caller {
    pub(super) fn new(settings: &LlmSettings, transport: Arc<dyn Transport>) -> Self {
        Self {
            transport,
            timeouts: settings.timeouts,
            limiter: Limiter::new(settings.rate),
            ledger: RetryLedger::new(settings.retry, settings.seed),
            guard: None,
            seed: settings.seed,
            calls: AtomicU64::new(0),
        }
    }

    /// Draws retries from a budget that other layers draw from as well.
    pub(super) fn share(&mut self, retries: &Arc<RetryBudget>) {
        self.ledger.run = Arc::clone(retries);
    }

    /// Lets calls pass only as far as a budget holds them.
    pub(super) fn bound(&mut self, guard: Option<Guard>) {
        self.guard = guard;
    }

    /// The permission for a call that sends about so many tokens and wants so much output at most; waits for calls under way
    /// where both together may be too much.
    pub(super) async fn enter(&self, input: u64, wanted: u32) -> Result<Pass<'_>, LlmError> {
        match &self.guard {
            Some(guard) => guard.enter(input, wanted).await,
            None => Ok(Pass::free(wanted)),
        }
    }

    /// The whole time a request may take; servers are told.
    pub(super) fn request_timeout(&self) -> Duration {
        self.timeouts.request
    }

    /// A place in the queue for all calls of one question.
    pub(super) fn turn(&self) -> Turn {
        self.limiter.turn()
    }

    /// Makes one call that sends about so many tokens and feeds its answer to the sink.
    pub(super) async fn stream(
        &self,
        call: HttpCall,
        turn: Turn,
        tokens: u64,
        sink: &mut dyn Sink,
    ) -> Result<(), Diagnosis> {
        self.limiter.acquire(turn, tokens).await;
        let began = Instant::now();
        let deadline = began + self.timeouts.request;
        let (answer, trace) = self.open(call, deadline).await?;
        let mut bytes = 0;
        let result = self.pump(answer.body, deadline, &mut bytes, sink).await;
        tracing::debug!(trace, bytes, elapsed = ?began.elapsed(), ok = result.is_ok(), "answer read");
        result?;
        self.limiter.recover();
        self.ledger.succeed();
        Ok(())
    }

    /// Makes one call whose answer is a JSON document.
    pub(super) async fn json(&self, call: HttpCall) -> Result<Value, Diagnosis> {
        let deadline = Instant::now() + self.timeouts.request;
        let (mut answer, _) = self.open(call, deadline).await?;
        let mut text = Vec::new();
        while let Some(piece) = self.piece(&mut answer.body, deadline, self.timeouts.idle).await? {
            if text.len() + piece.len() > MAX_ANSWER / 8 {
                return Err(too_large());
            }
            text.extend_from_slice(&piece);
        }
        serde_json::from_slice(&text).map_err(|error| {
            Diagnosis::new(Kind::Malformed, Retry::Few, format!("the answer is not JSON: {error}"))
                .hint("check the base URL: something else seems to answer there")
        })
    }

    /// Books a failure; waits if another try may follow, or says what the user is told.
    pub(super) async fn settle(&self, purpose: &Purpose, diagnosis: Diagnosis) -> Result<(), LlmError> {
        let mut error = diagnosis.error.clone();
        let together = diagnosis.throttled && self.limiter.is_paused();
        match self.ledger.fail(purpose, &diagnosis, together) {
            Decision::Wait(wait) => {
                tracing::debug!(?wait, kind = ?error.kind, "asking again");
                if diagnosis.throttled {
                    self.limiter.slow_down(wait);
                } else {
                    tokio::time::sleep(wait).await;
                }
                return Ok(());
            }
            Decision::Stop(Stop::Final | Stop::Attempts(1)) => {}
            Decision::Stop(Stop::Attempts(attempts)) => {
                error.message = format!("{} (after {attempts} attempts)", error.message);
            }
            Decision::Stop(Stop::Run) => {
                error.message = format!("{} (the run has tried again often enough)", error.message);
            }
            Decision::Stop(Stop::Wait(wait)) => {
                error.message = format!(
                    "{} (another try would have to wait {} s, more than is left to wait)",
                    error.message,
                    wait.as_secs_f64().ceil()
                );
            }
        }
        Err(error)
    }

    async fn open(&self, mut call: HttpCall, deadline: Instant) -> Result<(HttpAnswer, String), Diagnosis> {
        let trace = format!("{:016x}-{}", self.seed, self.calls.fetch_add(1, Ordering::Relaxed) + 1);
        call.headers.push(("x-request-id", trace.clone()));
        tracing::debug!(trace, url = %call.url, bytes = call.body.as_ref().map_or(0, bytes::Bytes::len), "request");
        let first = deadline.min(Instant::now() + self.timeouts.first_byte);
        let mut answer = match timeout_at(first, self.transport.send(call)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(fault)) => return Err(explain(&fault)),
            Err(_) if first == deadline => return Err(timed_out("no answer began", "--request-timeout")),
            Err(_) => return Err(timed_out("no answer began", "--first-byte-timeout")),
        };
        tracing::debug!(trace, status = answer.status, "answer");
        if (200..300).contains(&answer.status) {
            return Ok((answer, trace));
        }
        let mut text = Vec::new();
        // What cannot be read of a failed answer is left out: its status says enough.
        while let Ok(Some(piece)) = self.piece(&mut answer.body, deadline, self.timeouts.idle).await {
            text.extend_from_slice(&piece[..piece.len().min(MAX_ERROR - text.len())]);
            if text.len() == MAX_ERROR {
                break;
            }
        }
        let error = ServiceError::from_body(&String::from_utf8_lossy(&text));
        let status = error.code.filter(|_| error.nested).unwrap_or(answer.status);
        Err(diagnose(status, &error, answer.retry_after))
    }

    async fn pump(
        &self,
        mut body: Body,
        deadline: Instant,
        bytes: &mut usize,
        sink: &mut dyn Sink,
    ) -> Result<(), Diagnosis> {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        let mut seen = false;
        loop {
            let finished = sink.finished();
            let idle = if finished { LINGER.min(self.timeouts.idle) } else { self.timeouts.idle };
            let piece = match self.piece(&mut body, deadline, idle).await {
                Err(_) if finished => return Ok(()),
                other => other?,
            };
            let end = piece.is_none();
            let taken = match piece {
                Some(piece) => {
                    *bytes += piece.len();
                    decoder.push(&piece, &mut events)
                }
                None => decoder.finish(&mut events),
            };
            if taken.is_err() || *bytes > MAX_ANSWER {
                return Err(too_large());
            }
            for event in events.drain(..) {
                seen = true;
                sink.event(event)?;
            }
            if end {
                break;
            }
        }
        if !seen && !decoder.stray().trim().is_empty() {
            let said = ServiceError::from_body(decoder.stray()).message;
            return Err(Diagnosis::new(
                Kind::Malformed,
                Retry::Few,
                format!("the answer is no event stream: {said}"),
            )
            .hint("check the base URL: something else seems to answer there"));
        }
        Ok(())
    }

    async fn piece(
        &self,
        body: &mut Body,
        deadline: Instant,
        idle: Duration,
    ) -> Result<Option<bytes::Bytes>, Diagnosis> {
        let until = deadline.min(Instant::now() + idle);
        match timeout_at(until, body.next()).await {
            Ok(None) => Ok(None),
            Ok(Some(Ok(piece))) => Ok(Some(piece)),
            Ok(Some(Err(fault))) => Err(explain(&fault)),
            Err(_) if until == deadline => Err(timed_out("the answer took too long", "--request-timeout")),
            Err(_) => Err(timed_out("the answer stalled", "--idle-timeout")),
        }
    }
}

fn explain(fault: &TransportFault) -> Diagnosis {
    let cause = clean(&fault.cause);
    if fault.timed_out {
        return if fault.connecting {
            timed_out("no connection came to stand", "--connect-timeout")
        } else {
            timed_out("the answer stalled", "--request-timeout")
        };
    }
    if fault.connecting {
        // Refused and unknown hosts rarely come back within seconds.
        return Diagnosis::new(Kind::Network, Retry::Few, format!("cannot reach the service: {cause}"))
            .hint("check the network, HTTPS_PROXY and the base URL; --provider mock needs no network");
    }
    Diagnosis::new(Kind::Network, Retry::Often, format!("the connection broke: {cause}"))
        .hint("check the network; `metagen resume` goes on where this stopped")
}

/// A wait that ended, and the option that bounds it.
fn timed_out(what: &str, option: &str) -> Diagnosis {
    Diagnosis::new(Kind::Timeout, Retry::Few, format!("the service took too long: {what}"))
        .hint(format!("allow more time with {option}, or choose a faster model"))
}

/// The answer outgrew its bound; asking again would only fetch as much again.
pub(super) fn too_large() -> Diagnosis {
    Diagnosis::new(Kind::Malformed, Retry::Never, "the answer is larger than any model's answer can be")
        .hint("check the base URL: something else seems to answer there")
}
