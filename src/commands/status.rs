//! `metagen status`: the last run in a directory.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::build::state;
use super::error::CommandError;
use super::intent::{self, Found};
use super::session::Session;
use crate::base::fs::{Disk, Holder};
use crate::base::ids::{AgentName, OutputPath, TaskId};
use crate::context::{Context, RunOutcome, Store, TaskState, Tokens};
use crate::llm::{Cost, PriceTable, Usage};
use crate::pipeline::StoredPlan;

/// How the last run stands.
#[derive(Clone, Debug, Serialize)]
pub struct StatusReport {
    /// Version of this document.
    pub version: u32,
    /// The app's directory.
    pub directory: String,
    /// Whether a process is at it right now.
    pub running: bool,
    /// That process, and since when; `None` where none is.
    pub writer: Option<Holder>,
    /// The run's number: 1 for the first in this directory.
    pub run: u32,
    /// The number of its plan.
    pub plan: Option<u32>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it runs, and where it was killed.
    pub ended_at: Option<Timestamp>,
    /// How it ended; `None` while it runs, and where it was killed.
    pub outcome: Option<RunOutcome>,
    /// Who answered.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// Whether there is a plan; without one, planning stopped and `metagen resume` goes on with it.
    pub planned: bool,
    /// One for each task, in plan order.
    pub tasks: Vec<TaskStatus>,
    /// Files of the app that metagen keeps.
    pub files: usize,
    /// Files in conflict.
    pub conflicts: usize,
    /// Those files.
    pub conflicting: Vec<OutputPath>,
    /// What the model took for the plan, whichever run asked for it.
    pub planning: Usage,
    /// What that cost in US dollars.
    pub planning_cost_usd: Cost,
    /// What the model took for the plan and in the last run's tasks.
    pub usage: Usage,
    /// What that cost in US dollars.
    pub cost_usd: Cost,
}

/// How a task stands.
#[derive(Clone, Debug, Serialize)]
pub struct TaskStatus {
    /// The task.
    pub id: TaskId,
    /// As people read it.
    pub name: String,
    /// Who runs it.
    pub agent: AgentName,
    /// How it stands.
    #[serde(flatten)]
    pub state: TaskState,
    /// Whether it had been done by an earlier run.
    pub reused: bool,
    /// Attempts made.
    pub attempts: usize,
    /// From the first start to the end; `None` before that.
    pub elapsed_ms: Option<u64>,
    /// Files it made.
    pub artifacts: usize,
    /// What the model took.
    pub usage: Tokens,
    /// What that cost in US dollars.
    pub cost_usd: Cost,
}

/// Reads the state in a directory, without waiting for anybody.
pub fn status(session: &Session, dir: &Path) -> Result<StatusReport, CommandError> {
    let failed = |error| state(dir, error);
    let missing = || CommandError::NotAnApp { dir: dir.to_path_buf() };
    let store = Store::new(Disk::default(), dir);
    let snapshot = store.read().map_err(failed)?;
    let builds = snapshot.as_ref().is_some_and(|snapshot| snapshot.writer.is_some());
    if !builds && let Some(found) = intent::look(&store) {
        return Ok(planning(
            session,
            dir,
            found,
            snapshot.map(|snapshot| snapshot.context).unwrap_or_default(),
        ));
    }
    let snapshot = snapshot.ok_or_else(missing)?;
    let context = &snapshot.context;
    let run = context.run.as_ref().ok_or_else(missing)?;
    let stored = run
        .plan
        .and_then(|number| store.plan(number).ok())
        .and_then(|bytes| StoredPlan::from_bytes(&bytes).ok());
    let planned = stored.as_ref().is_some_and(|stored| stored.plan.is_some());
    let planning = stored.map_or_else(Usage::default, |stored| stored.usage);
    let cost = costs(&run.identity.provider, &run.identity.model, run.started_at);
    let (mut usage, mut cost_usd) = (planning, cost(planning));
    for task in run.tasks.values().filter(|task| !task.reused) {
        usage += counted(task.usage);
        cost_usd += cost(counted(task.usage));
    }
    let tasks = run.order.iter().filter_map(|id| Some((id, run.tasks.get(id)?)));
    Ok(StatusReport {
        version: 1,
        directory: session.shown(dir),
        running: snapshot.writer.is_some(),
        writer: snapshot.writer,
        run: run.number,
        plan: run.plan,
        started_at: run.started_at,
        ended_at: run.ended_at,
        outcome: run.outcome,
        provider: run.identity.provider.clone(),
        model: run.identity.model.clone(),
        planned,
        tasks: tasks
            .map(|(id, task)| TaskStatus {
                id: id.clone(),
                name: task.name.clone(),
                agent: task.agent.clone(),
                state: task.state.clone(),
                reused: task.reused,
                attempts: task.attempts.len(),
                elapsed_ms: task.elapsed_ms,
                artifacts: task.artifacts.len(),
                usage: task.usage,
                cost_usd: cost(counted(task.usage)),
            })
            .collect(),
        files: context.files.len(),
        conflicts: context.conflicts.len(),
        conflicting: context.conflicts.keys().cloned().collect(),
        planning,
        planning_cost_usd: cost(planning),
        usage,
        cost_usd,
    })
}

/// How a run stands that is planning, or was killed while it was. Files are those of earlier runs.
fn planning(session: &Session, dir: &Path, found: Found, context: Context) -> StatusReport {
    let Found { intent, alive } = found;
    let usage = intent.planning.usage;
    let cost = costs(&intent.provider, &intent.model, intent.by.since)(usage);
    StatusReport {
        version: 1,
        directory: session.shown(dir),
        running: alive,
        writer: alive.then_some(intent.by),
        run: context.run.map_or(1, |run| run.number.saturating_add(1)),
        plan: None,
        started_at: intent.by.since,
        ended_at: None,
        outcome: None,
        provider: intent.provider,
        model: intent.model,
        planned: false,
        tasks: Vec::new(),
        files: context.files.len(),
        conflicts: context.conflicts.len(),
        conflicting: context.conflicts.into_keys().collect(),
        planning: usage,
        planning_cost_usd: cost,
        usage,
        cost_usd: cost,
    }
}

/// What usage of a model cost on the day it was asked.
fn costs(provider: &str, model: &str, at: Timestamp) -> impl Fn(Usage) -> Cost {
    let day = jiff::tz::TimeZone::UTC.to_datetime(at).date();
    let price = PriceTable::built_in().price(model, day);
    let free = matches!(provider, "mock" | "replay");
    move |usage| {
        if free || usage == Usage::default() {
            Cost::default()
        } else {
            Cost(price.as_ref().map(|price| price.cost(&usage)))
        }
    }
}

fn counted(tokens: Tokens) -> Usage {
    Usage {
        input_tokens: tokens.input_tokens,
        cached_tokens: tokens.cached_tokens,
        output_tokens: tokens.output_tokens,
        calls: tokens.calls,
    }
}
