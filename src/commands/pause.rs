//! Keeping what planning was about when it stops, so that `metagen resume` goes on with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::{blocking, catalogue, planner};
use super::error::CommandError;
use super::exit::Exit;
use super::model::{Chosen, lasting};
use super::session::Session;
use crate::base::clock::SystemClock;
use crate::base::digest::Digest;
use crate::base::fs::Disk;
use crate::context::{Context, ContextError, PlannedTask, RunIdentity, RunOutcome, Store, TaskState};
use crate::llm::{Offline, Purpose, Usage};
use crate::pipeline::StoredPlan;

/// Keeps the spec in the app's directory where planning stopped for a reason that passes, and says so in the error. `dir` is
/// the directory that is resumed; without it, it is `--out`, or what the offline reader would call the app.
///
/// Where even that cannot be kept, the error stays as it is: the same command can be given again.
pub(super) async fn pause(
    session: &Session,
    dir: Option<&Path>,
    spec: &str,
    chosen: Option<&Chosen>,
    error: CommandError,
) -> CommandError {
    let outcome = match error.exit() {
        Exit::Provider => RunOutcome::Provider,
        Exit::Budget => RunOutcome::Budget,
        Exit::Interrupted | Exit::Terminated => RunOutcome::Interrupted,
        _ => return error,
    };
    let dir = directory(session, dir, spec).await;
    let stored = StoredPlan {
        spec: Some(spec.to_owned()),
        fallback: false,
        usage: earlier(&dir, spec).await,
        settings: lasting(session),
        plan: None,
    };
    match keep(session, &dir, stored, chosen, outcome).await {
        Ok(()) => CommandError::Paused { dir: session.shown(&dir), inner: Box::new(error) },
        Err(fault) => {
            tracing::warn!(%fault, dir = %dir.display(), "the stopped planning could not be kept");
            error
        }
    }
}

/// Where a planning is kept: the directory that is resumed, else `--out`, else one of the name that the offline reader would give.
pub(super) async fn directory(session: &Session, dir: Option<&Path>, spec: &str) -> PathBuf {
    match (dir, &session.config.out) {
        (Some(dir), _) => dir.to_path_buf(),
        (None, Some(out)) => session.directory.join(out),
        (None, None) => session.directory.join(offline_slug(session, spec).await),
    }
}

/// Where a build of a spec without `--out` goes on: the directory that [`pause`] kept it in, if there is one.
pub(super) async fn place(session: &Session, spec: &str) -> Option<PathBuf> {
    let dir = session.directory.join(offline_slug(session, spec).await);
    paused(&dir).await.filter(|stored| stored.spec.as_deref() == Some(spec)).map(|_| dir)
}

/// What the model took for a spec before planning stopped in a directory.
pub(super) async fn earlier(dir: &Path, spec: &str) -> Usage {
    let stored = paused(dir).await.filter(|stored| stored.spec.as_deref() == Some(spec));
    stored.map_or_else(Usage::default, |stored| stored.usage)
}

/// The planning that stopped in a directory, where that is what happened there last.
async fn paused(dir: &Path) -> Option<StoredPlan> {
    let store = Store::new(Disk::default(), dir);
    let look = move || {
        let number = store.read().ok()??.context.run?.plan?;
        StoredPlan::from_bytes(&store.plan(number).ok()?).ok().filter(|stored| stored.plan.is_none())
    };
    blocking(look).await.ok()?
}

async fn keep(
    session: &Session,
    dir: &Path,
    mut stored: StoredPlan,
    chosen: Option<&Chosen>,
    outcome: RunOutcome,
) -> Result<(), CommandError> {
    stored.usage += chosen.map_or_else(Usage::default, |chosen| chosen.meter.spent_on(&Purpose::Plan).usage);
    let config = session.config.as_ref();
    let identity = RunIdentity {
        metagen: env!("CARGO_PKG_VERSION").to_owned(),
        spec: stored.spec.as_ref().map(|spec| Digest::of(spec.as_bytes())),
        blueprint: None,
        config: None,
        provider: chosen.map_or(config.provider.as_str(), |chosen| chosen.client.provider()).to_owned(),
        model: chosen
            .map_or(config.model.as_deref().unwrap_or_default(), |chosen| chosen.client.model())
            .to_owned(),
    };
    let (store, wait) = (Store::new(Disk::default(), dir), config.wait);
    let write = move || -> Result<(), ContextError> {
        let writer = store.open_writer(wait, Arc::new(SystemClock))?;
        let number = writer.add_plan(&stored.to_bytes(), stored.usage.calls > 0)?;
        // The plan may turn out to be the one that was done already.
        let done = writer.with(finished);
        writer.begin_run(identity, Some(number), done)?;
        store.forget_promise()?;
        writer.end_run(outcome)
    };
    blocking(write).await?.map_err(|error| super::build::state(dir, error))
}

/// The tasks that the last run had done.
fn finished(context: &Context) -> Vec<PlannedTask> {
    let tasks =
        context.run.iter().flat_map(|run| run.order.iter().filter_map(|id| run.tasks.get_key_value(id)));
    let done = tasks.filter(|(_, task)| task.state == TaskState::Succeeded);
    done.map(|(id, task)| PlannedTask {
        id: id.clone(),
        name: task.name.clone(),
        agent: task.agent.clone(),
        fingerprint: task.fingerprint,
    })
    .collect()
}

/// What the offline reader would call the app, so that the same spec leads to the same directory whatever a model answers.
async fn offline_slug(session: &Session, spec: &str) -> String {
    let name = async {
        let catalogue = catalogue().ok()?;
        planner(session, &catalogue, &Offline)
            .from_spec(spec)
            .await
            .ok()?
            .plan
            .blueprint()
            .file()
            .app
            .slug
            .clone()
    };
    name.await.unwrap_or_else(|| "app".to_owned())
}
