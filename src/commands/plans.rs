//! `metagen plan history` and `metagen plan diff`: the plans that were kept.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::build::state;
use super::error::CommandError;
use super::resume::read_plan;
use super::session::Session;
use crate::base::fs::Disk;
use crate::context::{Context, Store};
use crate::pipeline::StoredPlan;
use crate::plan::{PlanDiff, PlanSource, compare};

/// The plans of an app, oldest first.
#[derive(Clone, Debug, Serialize)]
pub struct PlanHistory {
    /// Version of this document.
    pub version: u32,
    /// The app's directory.
    pub directory: String,
    /// One for each plan.
    pub plans: Vec<PlanVersion>,
}

/// One plan.
#[derive(Clone, Debug, Serialize)]
pub struct PlanVersion {
    /// Its number.
    pub number: u32,
    /// When it was made.
    pub at: Timestamp,
    /// Whether the last run went by it.
    pub current: bool,
    /// What it says; `None` where its file is lost or damaged.
    #[serde(flatten)]
    pub summary: Option<PlanSummary>,
}

/// What a plan says, in brief.
#[derive(Clone, Debug, Serialize)]
pub struct PlanSummary {
    /// The app's name.
    pub app: String,
    /// Who made it.
    pub source: PlanSource,
    /// The words it was made from; `None` where a blueprint was given.
    pub spec: Option<String>,
    /// Names of its entities.
    pub entities: Vec<String>,
    /// Ids of its tasks.
    pub tasks: Vec<String>,
}

/// Two plans compared.
#[derive(Clone, Debug, Serialize)]
pub struct PlanComparison {
    /// Version of this document.
    pub version: u32,
    /// The app's directory.
    pub directory: String,
    /// The number of the earlier one.
    pub from: u32,
    /// The number of the later one.
    pub to: u32,
    /// What is different.
    #[serde(flatten)]
    pub diff: PlanDiff,
}

/// Lists the plans of the app in a directory, without waiting for anybody.
pub fn history(session: &Session, dir: &Path) -> Result<PlanHistory, CommandError> {
    let (store, context) = read(dir)?;
    let current = context.run.and_then(|run| run.plan);
    let mut plans = Vec::new();
    for (number, record) in context.plans {
        let summary = match read_plan(&store, number) {
            Ok(StoredPlan { plan: Some(plan), spec, .. }) => Some(PlanSummary {
                app: plan.blueprint.app.name,
                source: plan.source,
                spec,
                entities: plan.blueprint.entities.into_iter().map(|entity| entity.name).collect(),
                tasks: plan.tasks.into_iter().map(|task| task.id).collect(),
            }),
            // Planning that stopped keeps its words under a number of their own, and is no plan.
            Ok(StoredPlan { plan: None, .. }) => continue,
            Err(_) => None,
        };
        plans.push(PlanVersion { number, at: record.at, current: current == Some(number), summary });
    }
    Ok(PlanHistory { version: 1, directory: session.shown(dir), plans })
}

/// Compares two plans of the app in a directory: without numbers the last two, with one that one and the last.
pub fn difference(
    session: &Session,
    dir: &Path,
    from: Option<u32>,
    to: Option<u32>,
) -> Result<PlanComparison, CommandError> {
    let (store, context) = read(dir)?;
    let last = context.plans.last_key_value().map_or(0, |(number, _)| *number);
    let to = to.unwrap_or(last);
    let from = from.unwrap_or_else(|| last.saturating_sub(1).max(1));
    let plan = |number: u32| {
        let missing = || CommandError::NoPlan { number, dir: dir.to_path_buf(), last };
        if !context.plans.contains_key(&number) {
            return Err(missing());
        }
        read_plan(&store, number).map_err(|error| state(dir, error))?.plan.ok_or_else(missing)
    };
    let diff = compare(&plan(from)?, &plan(to)?);
    Ok(PlanComparison { version: 1, directory: session.shown(dir), from, to, diff })
}

fn read(dir: &Path) -> Result<(Store, Context), CommandError> {
    let store = Store::new(Disk::default(), dir);
    let snapshot = store.read().map_err(|error| state(dir, error))?;
    let snapshot = snapshot.ok_or_else(|| CommandError::NotAnApp { dir: dir.to_path_buf() })?;
    Ok((store, snapshot.context))
}
