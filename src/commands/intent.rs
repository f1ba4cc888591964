//! What a run is about to ask a model for, written down first: a run that is killed while a model plans can be resumed.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::build::{blocking, state};
use super::error::CommandError;
use super::model::{Chosen, lasting};
use super::pause;
use super::session::Session;
use crate::base::clock::{Clock, SystemClock};
use crate::base::fs::{Disk, Holder, LockError};
use crate::context::{ContextError, FOLDER, Promise, Store};
use crate::pipeline::StoredPlan;

const VERSION: u32 = 1;

/// A planning that a process began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intent {
    version: u32,
    /// Who began it, and when.
    pub by: Holder,
    /// Who is asked: `gemini` …
    pub provider: String,
    /// Its model.
    pub model: String,
    /// From what, and how the run was told to ask.
    pub planning: StoredPlan,
}

/// A planning that is going on, or that was broken off.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// What was written down.
    pub intent: Intent,
    /// Whether the process still lives.
    pub alive: bool,
}

/// Writes down that a plan is about to be asked for. `dir` is the directory that is resumed; without it, it is the one where
/// a stopped planning would be kept. Offline planners are asked in no time, and nothing is written for them.
///
/// Where the directory is the user's choice, one that cannot be written or that another run has is found out before anything
/// is paid for.
pub(super) async fn declare(
    session: &Session,
    dir: Option<&Path>,
    spec: &str,
    chosen: &Chosen,
) -> Result<Option<Promise>, CommandError> {
    if !matches!(chosen.client.provider(), "gemini" | "openai") {
        return Ok(None);
    }
    let named = dir.is_some() || session.config.out.is_some();
    let place = pause::directory(session, dir, spec).await;
    let intent = Intent {
        version: VERSION,
        by: Holder { pid: std::process::id(), since: SystemClock.now() },
        provider: chosen.client.provider().to_owned(),
        model: chosen.client.model().to_owned(),
        planning: StoredPlan {
            spec: Some(spec.to_owned()),
            fallback: false,
            usage: pause::earlier(&place, spec).await,
            settings: lasting(session),
            plan: None,
        },
    };
    let body = serde_json::to_vec_pretty(&intent).expect("texts and numbers are JSON");
    let (store, wait) = (Store::new(Disk::default(), &place), session.config.wait);
    let write = move || -> Result<Promise, ContextError> {
        if named && wait.is_zero() {
            let plans = || look(&store).filter(|found| found.alive).map(|found| found.intent.by);
            if let Some(holder) = store.holder()?.or_else(plans) {
                let path = store.folder().to_path_buf();
                return Err(ContextError::Locked(LockError::Held { path, holder: Some(holder) }));
            }
        }
        store.promise(body)
    };
    match blocking(write).await? {
        Ok(promise) => Ok(Some(promise)),
        Err(error) if named => Err(state(&place, error)),
        Err(error) => {
            tracing::warn!(%error, dir = %place.display(), "what is about to be asked could not be written down");
            Ok(None)
        }
    }
}

/// The planning that is going on in a directory, or was broken off there. One that cannot be read is none: it can be asked
/// for again.
pub(super) async fn found(dir: &Path) -> Result<Option<Found>, CommandError> {
    let store = Store::new(Disk::default(), dir);
    blocking(move || look(&store)).await
}

/// The same, for who may block.
pub(super) fn look(store: &Store) -> Option<Found> {
    let promised = store.promised().ok()??;
    let intent: Intent = serde_json::from_slice(&promised.body).ok()?;
    (intent.version == VERSION).then_some(Found { intent, alive: promised.alive })
}

impl Found {
    /// The planning, to go on with; refused while the process that began it lives.
    pub(super) fn broken_off(self, dir: &Path) -> Result<StoredPlan, CommandError> {
        if !self.alive {
            return Ok(self.intent.planning);
        }
        let path = dir.join(FOLDER);
        Err(CommandError::Lock(LockError::Held { path, holder: Some(self.intent.by) }))
    }
}
