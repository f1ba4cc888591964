//! What came of a run, put together for the one who asked for it.

use std::collections::BTreeMap;
use std::path::Path;

use tokio::time::Instant;

use super::model::Chosen;
use super::next::{resume_command, start_commands};
use super::report::{AppReport, BuildReport, BuildStatus, PlanReport, REPORT_VERSION, Stop, TaskReport};
use super::session::Session;
use crate::base::ids::{AgentName, TaskId};
use crate::context::{CONFLICTS, FOLDER, RunOutcome};
use crate::engine::{self, RunReport};
use crate::llm::{Cost, LlmErrorKind, Purpose};
use crate::pipeline::{Delivery, Planned};
use crate::plan::Plan;

/// The report of a run that planning came before.
pub(super) fn report(
    session: &Session,
    dir: &Path,
    planned: &Planned,
    chosen: &Chosen,
    ran: &RunReport,
    delivery: Delivery,
    began: Instant,
) -> BuildReport {
    let plan: &Plan = &planned.plan;
    let app = &plan.blueprint().file().app;
    let spent = chosen.meter.total();
    let planning = chosen.meter.spent_on(&Purpose::Plan);
    let asked = |task: &TaskId, agent: &AgentName| {
        chosen.meter.spent_on(&Purpose::Task { task: task.clone(), agent: agent.clone() })
    };
    let mut warnings: Vec<String> = plan.warnings().to_vec();
    warnings.extend(ran.tasks.iter().flat_map(|task| task.warnings.iter().cloned()));
    warnings.extend(delivery.notes);
    warnings.extend(chosen.substitution());
    let names: BTreeMap<_, _> = plan.tasks().iter().map(|task| (&task.id, &task.name)).collect();
    let tasks = ran
        .tasks
        .iter()
        .map(|task| TaskReport {
            id: task.task.clone(),
            agent: task.agent.clone(),
            name: names.get(&task.task).map(|name| (*name).clone()).unwrap_or_default(),
            end: task.end.clone(),
            attempts: u32::try_from(task.attempts.len()).unwrap_or(u32::MAX),
            elapsed_ms: u64::try_from(task.elapsed.as_millis()).unwrap_or(u64::MAX),
            usage: asked(&task.task, &task.agent).usage,
            cost_usd: Cost(asked(&task.task, &task.agent).cost),
        })
        .collect();
    let stop = match &ran.stopped {
        Some(engine::Stop::Interrupted) => session.interrupt.signal().map_or(Stop::Nothing, Stop::Signal),
        Some(engine::Stop::Provider { kind, .. }) => Stop::Provider(*kind),
        _ => provider_failure(ran).map_or(Stop::Nothing, Stop::Provider),
    };
    let shown = session.shown(dir);
    let next = next(&shown, stop);
    BuildReport {
        version: REPORT_VERSION,
        status: BuildStatus::Done,
        exit_code: 0,
        app: AppReport { name: app.name.clone(), slug: app.slug.clone().unwrap_or_default() },
        directory: shown,
        provider: chosen.client.provider().to_owned(),
        model: chosen.client.model().to_owned(),
        plan: PlanReport {
            source: plan.source(),
            fallback: planned.fallback,
            entities: plan.blueprint().entities().count(),
            not_covered: plan
                .coverage()
                .iter()
                .filter(|item| item.covered_by.is_empty())
                .map(|item| item.text.clone())
                .collect(),
            usage: planning.usage,
            cost_usd: Cost(planning.cost),
        },
        tasks,
        files_written: delivery.applied.written.len(),
        files_unchanged: delivery.unchanged,
        files_removed: delivery.applied.removed.len(),
        conflicts: delivery.applied.conflicts,
        marked: delivery.applied.marked,
        blocked: delivery.applied.blocked,
        replaced: delivery.applied.replaced,
        warnings,
        usage: spent.usage,
        cost_usd: Cost(spent.cost),
        cached_answers: spent.cached_answers,
        hint: None,
        elapsed_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        next,
        stop,
    }
    .concluded()
}

/// What the user can do about conflicts.
pub(super) fn conflict_hint(report: &BuildReport) -> String {
    let folder = format!("{}/{FOLDER}/{CONFLICTS}", report.directory);
    let mut hints = Vec::new();
    if !report.marked.is_empty() {
        hints.push("where there are markers, edit them away and build again".to_owned());
    }
    if !report.blocked.is_empty() {
        hints.push(format!(
            "where something stands in the way, the new form is in {folder} as <file>.incoming: move it out of the way, or delete \
             the .incoming file to keep it, and build again"
        ));
    }
    if report.marked.len() + report.blocked.len() < report.conflicts.len() {
        hints.push(format!(
            "the new form is in {folder} as <file>.incoming, and beside it, of a text, a merge as <file>.merged: edit yours, or \
             delete the .incoming file to keep yours as it is, and build again; --on-conflict theirs takes the new form"
        ));
    }
    hints.join("; ")
}

/// The commands to type after a run that ended so.
fn next(shown: &str, stop: Stop) -> Vec<String> {
    if stop == Stop::Nothing { start_commands(shown) } else { vec![resume_command(shown)] }
}

/// What the provider said, where that is why a task failed in a run that went to its end.
fn provider_failure(ran: &RunReport) -> Option<LlmErrorKind> {
    ran.tasks.iter().find_map(|task| task.provider)
}

/// How the state remembers the end of a run.
pub(super) fn outcome(report: &BuildReport) -> RunOutcome {
    match (report.stop, report.status) {
        (Stop::Signal(_), _) => RunOutcome::Interrupted,
        (Stop::Provider(LlmErrorKind::Budget), _) => RunOutcome::Budget,
        (Stop::Provider(_), _) => RunOutcome::Provider,
        (Stop::Nothing, BuildStatus::Done) => RunOutcome::Done,
        (Stop::Nothing, _) => RunOutcome::Problems,
    }
}
