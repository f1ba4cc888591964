//! `metagen resume`: goes on with a run that stopped.

use std::path::Path;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use super::build::{Job, ask, blocking, catalogue, planned, planner, rejected, run, state};
use super::error::CommandError;
use super::input::Input;
use super::intent;
use super::model::{Chosen, as_told, lasting};
use super::pause::{earlier, pause};
use super::report::BuildReport;
use super::session::Session;
use crate::base::fs::Disk;
use crate::context::{ContextError, Promise, Store};
use crate::engine::RunEvent;
use crate::pipeline::{Planned, StoredPlan};

/// Goes on with the last run in a directory: by its plan, without planning again unless planning is what stopped. A run that had ended is looked over and, where
/// nothing is left to do, changes nothing.
pub async fn resume(
    session: &Session,
    dir: &Path,
    events: UnboundedSender<RunEvent>,
) -> Result<BuildReport, CommandError> {
    let began = Instant::now();
    let stored = last_plan(dir).await?;
    let session = &as_told(session, &stored.settings);
    let (stored, planned, chosen, promise) = match stored {
        StoredPlan { plan: None, spec: Some(spec), .. } => plan_again(session, dir, spec, &events).await?,
        StoredPlan { plan: Some(plan), .. } => {
            let chosen = ask(session, &events)?;
            let catalogue = catalogue()?;
            let planned = planner(session, &catalogue, chosen.client.as_ref())
                .from_file(plan.clone())
                .map_err(|error| rejected("the stored plan", error))?;
            let planned = Planned { fallback: stored.fallback, ..planned };
            (StoredPlan { plan: Some(plan), settings: lasting(session), ..stored }, planned, chosen, None)
        }
        StoredPlan { plan: None, spec: None, .. } => {
            return Err(CommandError::NotAnApp { dir: dir.to_path_buf() });
        }
    };
    run(session, dir, Job { stored, planned, chosen, promise, anew: false }, events, began).await
}

/// Goes on with a planning that stopped, or keeps it where it stops again.
async fn plan_again(
    session: &Session,
    dir: &Path,
    spec: String,
    events: &UnboundedSender<RunEvent>,
) -> Result<(StoredPlan, Planned, Chosen, Option<Promise>), CommandError> {
    let chosen = match ask(session, events) {
        Ok(chosen) => chosen,
        Err(error) => return Err(pause(session, Some(dir), &spec, None, error).await),
    };
    let before = earlier(dir, &spec).await;
    let promise = intent::declare(session, Some(dir), &spec, &chosen).await?;
    match planned(session, &chosen, Input::Spec(spec.clone())).await {
        Ok((mut stored, planned)) => {
            stored.usage += before;
            Ok((stored, planned, chosen, promise))
        }
        Err(error) => Err(pause(session, Some(dir), &spec, Some(&chosen), error).await),
    }
}

/// The plan of the last run in a directory, or the planning that was broken off there; where the record of that is lost, the
/// last plan that was kept.
pub(super) async fn last_plan(dir: &Path) -> Result<StoredPlan, CommandError> {
    if let Some(found) = intent::found(dir).await? {
        return found.broken_off(dir);
    }
    let store = Store::new(Disk::default(), dir);
    let stored = blocking(move || -> Result<Option<StoredPlan>, ContextError> {
        let Some(snapshot) = store.read()? else { return Ok(None) };
        let planned = snapshot.context.run.and_then(|run| run.plan);
        let last = planned.or_else(|| snapshot.context.plans.last_key_value().map(|(number, _)| *number));
        last.map(|number| read_plan(&store, number)).transpose()
    });
    let stored = stored.await?.map_err(|error| state(dir, error))?;
    stored.ok_or_else(|| CommandError::NotAnApp { dir: dir.to_path_buf() })
}

/// A plan as it was kept.
pub(super) fn read_plan(store: &Store, number: u32) -> Result<StoredPlan, ContextError> {
    StoredPlan::from_bytes(&store.plan(number)?)
        .map_err(|error| ContextError::Damaged { path: store.plan_path(number), why: error.to_string() })
}
