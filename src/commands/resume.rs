//! `metagen resume`: goes on with a run that stopped.

use std::path::Path;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use super::build::{blocking, catalogue, planner, rejected, run, state};
use super::error::CommandError;
use super::model::choose;
use super::report::BuildReport;
use super::session::Session;
use crate::base::fs::Disk;
use crate::context::Store;
use crate::engine::{EventSink, RunEvent};
use crate::pipeline::{Planned, StoredPlan};

/// Goes on with the last run in a directory: by its plan, without planning again. A run that had ended is looked over and, where
/// nothing is left to do, changes nothing.
pub async fn resume(
    session: &Session,
    dir: &Path,
    events: UnboundedSender<RunEvent>,
) -> Result<BuildReport, CommandError> {
    let began = Instant::now();
    let store = Store::new(Disk::default(), dir);
    let missing = || CommandError::NotAnApp { dir: dir.to_path_buf() };
    let stored = blocking(move || -> Result<Option<Vec<u8>>, crate::context::ContextError> {
        let plan = store.read()?.and_then(|snapshot| snapshot.context.run).and_then(|run| run.plan);
        plan.map(|number| store.plan(number)).transpose()
    })
    .await?
    .map_err(|error| state(dir, error))?
    .ok_or_else(missing)?;
    let stored = StoredPlan::from_bytes(&stored)
        .map_err(|error| CommandError::State { dir: dir.to_path_buf(), source: Box::new(error) })?;
    let catalogue = catalogue()?;
    let chosen = choose(session)?;
    for note in &chosen.notes {
        events.emit(RunEvent::Note { message: note.clone() });
    }
    let planned = planner(session, &catalogue, &chosen)
        .from_file(stored.plan.clone())
        .map_err(|error| rejected("the stored plan", error))?;
    let planned = Planned { fallback: stored.fallback, ..planned };
    run(session, dir, stored, planned, chosen, events, began).await
}
