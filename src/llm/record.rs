//! Traffic written down, for bug reports and for tests without a network.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::client::{BoxFuture, LlmClient, LlmError, LlmErrorKind, Purpose, Reply, Request, Usage};
use super::digest;
use super::redact;
use crate::base::fs::{self, Disk, FsError, Mode};
use crate::base::secret::Secret;

pub(super) const VERSION: u32 = 1;

/// One request and what came of it, as a file holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    pub(super) version: u32,
    /// What was asked and what for, without who was asked.
    pub(super) digest: String,
    pub(super) provider: String,
    pub(super) model: String,
    pub(super) request: Request,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply: Option<Reply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Failure>,
}

/// A failed call, as a file holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    pub(super) kind: LlmErrorKind,
    pub(super) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
    pub(super) usage: Usage,
}

/// Writes down what passes through, one file a request, numbered as the requests began.
pub(super) struct Recorder {
    inner: Arc<dyn LlmClient>,
    dir: PathBuf,
    disk: Disk,
    secrets: Vec<Secret>,
    next: AtomicU64,
}

impl Recorder {
    /// Makes the directory; numbers go on where earlier recordings in it end.
    pub(super) fn new(
        inner: Arc<dyn LlmClient>,
        dir: PathBuf,
        secrets: Vec<Secret>,
    ) -> Result<Self, FsError> {
        let disk = Disk::default();
        disk.create_dirs(&dir)?;
        let last = files(&dir)?.last().map_or(0, |(number, _)| *number);
        Ok(Self { inner, dir, disk, secrets, next: AtomicU64::new(last + 1) })
    }

    fn write(&self, number: u64, exchange: &Exchange) {
        let text = serde_json::to_string_pretty(exchange).expect("texts and numbers are always JSON");
        let text = self.secrets.iter().fold(text, |text, secret| redact::in_answer(secret, text));
        let what = match &exchange.request.purpose {
            Purpose::Plan => "plan".to_owned(),
            Purpose::Task { task, .. } => format!("task-{task}"),
        };
        let path = self.dir.join(format!("{number:04}-{what}.json"));
        if let Err(error) = self.disk.write_atomic(&path, format!("{text}\n").as_bytes(), Mode::Plain) {
            tracing::warn!(%error, "a call could not be recorded");
        }
    }
}

impl LlmClient for Recorder {
    fn provider(&self) -> &str {
        self.inner.provider()
    }

    fn model(&self) -> &str {
        self.inner.model()
    }

    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(async move {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let result = self.inner.complete(request).await;
            let (reply, error) = match &result {
                Ok(reply) => (Some(reply.clone()), None),
                Err(error) => {
                    let LlmError { kind, message, hint, usage, .. } = error.clone();
                    (None, Some(Failure { kind, message, hint, usage }))
                }
            };
            // What the user's own bounds refused was never asked.
            if error.as_ref().is_none_or(|error| error.kind != LlmErrorKind::Budget) {
                let exchange = Exchange {
                    version: VERSION,
                    digest: digest::recorded(request),
                    provider: self.provider().to_owned(),
                    model: self.model().to_owned(),
                    request: request.clone(),
                    reply,
                    error,
                };
                self.write(number, &exchange);
            }
            result
        })
    }
}

/// The files of a recording by their numbers, in order.
pub(super) fn files(dir: &Path) -> Result<Vec<(u64, PathBuf)>, FsError> {
    let mut files: Vec<(u64, PathBuf)> = fs::list(dir)?
        .into_iter()
        .filter_map(|name| {
            let (number, rest) = name.split_once('-')?;
            rest.strip_suffix(".json")?;
            Some((number.parse().ok()?, dir.join(&name)))
        })
        .collect();
    files.sort();
    Ok(files)
}
