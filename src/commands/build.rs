//! `metagen build`: from an input to an app.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use super::error::CommandError;
use super::input::Input;
use super::model::{Chosen, choose};
use super::report::{AppReport, BuildReport, BuildStatus, PlanReport, REPORT_VERSION, Stop, TaskReport};
use super::session::Session;
use crate::agent::{Catalogue, Standing, Workbench};
use crate::base::budget::RetryBudget;
use crate::base::clock::{Clock, SystemClock};
use crate::base::fs::Disk;
use crate::base::ids::{AgentName, TaskId};
use crate::config::{self, Layer};
use crate::context::{ContextError, Digest, PlannedTask, RunIdentity, RunOutcome, Store, Writer};
use crate::engine::{self, Engine, EngineOptions, EventSink, RunEvent, RunReport, StopSignal};
use crate::llm::{Cost, LlmErrorKind, Purpose};
use crate::pipeline::{
    Delivery, Keeper, Migrations, Planned, Planner, PlanningError, StoredPlan, Workers, deliver,
    fingerprints, migrations,
};
use crate::plan::{Plan, TaskLimits, read_file};
use crate::template::{Renderer, TemplateSet};
use crate::workspace::{OnConflict, SurveyError};

/// Retries of all layers together in one run.
const RETRIES: u32 = 60;
/// How long all layers together may wait for retries in one run.
const WAITING: Duration = Duration::from_secs(30 * 60);
/// How long attempts may go on after the first request to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Plans and builds.
pub async fn build(
    session: &Session,
    input: Input,
    events: UnboundedSender<RunEvent>,
) -> Result<BuildReport, CommandError> {
    let began = Instant::now();
    let (stored, planned, chosen) = planned(session, input, &events).await?;
    let slug = planned.plan.blueprint().file().app.slug.clone().unwrap_or_default();
    let dir = session.directory.join(session.config.out.clone().unwrap_or_else(|| PathBuf::from(slug)));
    run(session, &dir, stored, planned, chosen, events, began).await
}

/// A plan for an input, the form in which it is kept, and who was asked.
pub(super) async fn planned(
    session: &Session,
    input: Input,
    events: &UnboundedSender<RunEvent>,
) -> Result<(StoredPlan, Planned, Chosen), CommandError> {
    let catalogue = catalogue()?;
    let chosen = choose(session)?;
    for note in &chosen.notes {
        events.emit(RunEvent::Note { message: note.clone() });
    }
    let planner = planner(session, &catalogue, &chosen);
    let stop = session.interrupt.token().cancelled();
    let (spec, planned) = match input {
        Input::Spec(spec) => {
            let planning = planner.from_spec(&spec);
            let planned = tokio::select! {
                planned = planning => planned.map_err(|error| rejected("the spec", error))?,
                () = stop => return Err(stopped(session)),
            };
            (Some(spec), planned)
        }
        Input::Blueprint { name, text } => {
            let refused = |problems: Vec<String>| CommandError::Rejected { what: "the blueprint", problems };
            let file = read_file(&text).map_err(|errors| {
                refused(errors.0.iter().map(|fault| format!("{name}: {fault}")).collect())
            })?;
            (None, planner.from_file(file).map_err(|error| rejected("the blueprint", error))?)
        }
    };
    let stored =
        StoredPlan { spec, fallback: planned.fallback, usage: planned.usage, plan: planned.plan.to_file() };
    Ok((stored, planned, chosen))
}

pub(super) fn planner<'a>(session: &Session, catalogue: &'a Catalogue, chosen: &'a Chosen) -> Planner<'a> {
    let limits = TaskLimits {
        timeout: session.config.timeout,
        max_retries: session.config.max_retries,
        ..TaskLimits::default()
    };
    Planner { catalogue, llm: chosen.client.as_ref(), limits, fallback: !session.config.no_fallback }
}

pub(super) fn catalogue() -> Result<Catalogue, CommandError> {
    Catalogue::embedded().map_err(|error| CommandError::Bug(error.to_string()))
}

pub(super) fn rejected(what: &'static str, error: PlanningError) -> CommandError {
    match error {
        PlanningError::Model(error) => CommandError::Model(error),
        PlanningError::Rejected(errors) => {
            CommandError::Rejected { what, problems: errors.0.iter().map(ToString::to_string).collect() }
        }
    }
}

fn stopped(session: &Session) -> CommandError {
    session
        .interrupt
        .signal()
        .map_or_else(|| CommandError::Bug("stopped without a signal".to_owned()), CommandError::Stopped)
}

/// Does the tasks of a plan in a directory and hands over what they made.
pub(super) async fn run(
    session: &Session,
    dir: &Path,
    stored: StoredPlan,
    planned: Planned,
    chosen: Chosen,
    events: UnboundedSender<RunEvent>,
    began: Instant,
) -> Result<BuildReport, CommandError> {
    let failed = |error: ContextError| state(dir, error);
    let catalogue = Arc::new(catalogue()?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let plan = &planned.plan;
    let spec: Arc<str> = stored.spec.clone().unwrap_or_default().into();
    let identity = RunIdentity {
        metagen: env!("CARGO_PKG_VERSION").to_owned(),
        spec: stored.spec.as_ref().map(|spec| Digest::of(spec.as_bytes())),
        blueprint: serde_json::to_vec(plan.blueprint()).ok().map(|bytes| Digest::of(&bytes)),
        config: None,
        provider: chosen.client.provider().to_owned(),
        model: chosen.client.model().to_owned(),
    };

    let opened = {
        let (store, clock) = (Store::new(Disk::default(), dir), Arc::clone(&clock));
        let wait = session.config.wait;
        let (plan, catalogue, spec) = (plan.clone(), Arc::clone(&catalogue), Arc::clone(&spec));
        blocking(move || -> Result<(Writer, Vec<TaskId>, Migrations), ContextError> {
            let writer = store.open_writer(wait, clock)?;
            let number = writer.add_plan(&stored.to_bytes())?;
            let context = writer.context();
            let migrations =
                writer.with_pack(|pack| migrations(&store, &context, pack, &catalogue, &plan))?;
            let tasks = planned_tasks(&plan, &catalogue, &spec, &identity, &migrations);
            let kept = writer.begin_run(identity, Some(number), tasks)?;
            Ok((writer, kept, migrations))
        })
        .await?
        .map_err(failed)?
    };
    let (writer, kept, migrations) = (Arc::new(opened.0), opened.1, opened.2);
    for notice in writer.notices() {
        events.emit(RunEvent::Warning { task: None, message: notice.to_string() });
    }
    for note in &migrations.notes {
        events.emit(RunEvent::Note { message: note.clone() });
    }
    for warning in &migrations.warnings {
        events.emit(RunEvent::Warning { task: None, message: warning.clone() });
    }
    let standing = Arc::new(Mutex::new(Standing::default()));
    let keeper = Arc::new(Keeper::new(Arc::clone(&writer), Arc::clone(&standing)));
    let mut done = BTreeMap::new();
    for task in kept {
        let artifacts = writer.artifacts(&task).map_err(failed)?;
        done.insert(task.clone(), artifacts.len());
        keeper.adopt(task, artifacts);
    }

    // Where every task is done already, no template is looked at.
    let templates =
        if done.len() == plan.tasks().len() { TemplateSet::default() } else { TemplateSet::embedded() };
    let renderer = blocking(move || Renderer::new(templates)).await?;
    let hint: Arc<Mutex<Option<String>>> = Arc::default();
    let workers = Workers {
        catalogue,
        bench: Workbench {
            blueprint: Arc::new(plan.blueprint().clone()),
            spec,
            renderer: Arc::new(renderer.map_err(|error| CommandError::Bug(error.to_string()))?),
            llm: Arc::clone(&chosen.client),
            migrations: Arc::new(migrations.files),
        },
        standing,
        hint: Arc::clone(&hint),
    };
    let stop = StopSignal::new();
    let engine = Engine {
        runner: Arc::new(workers),
        committer: Arc::clone(&keeper) as Arc<dyn engine::Committer>,
        events: Arc::new(events.clone()),
        clock,
        retries: Arc::clone(&chosen.retries),
        stop: stop.clone(),
        options: options(session),
    };
    let interrupt = session.interrupt.token().clone();
    let listener = tokio::spawn(async move {
        interrupt.cancelled().await;
        stop.request();
    });
    let ran = engine
        .run(plan.tasks().to_vec(), &done)
        .await
        .map_err(|error| CommandError::Bug(format!("a checked plan is no graph: {error}")))?;
    listener.abort();
    drop(engine);

    let made = keeper.take();
    drop(keeper);
    let delivery = if ran.stopped.as_ref().is_none_or(|stop| matches!(stop, engine::Stop::FailFast { .. })) {
        let (writer, complete, on_conflict) =
            (Arc::clone(&writer), ran.succeeded(), on_conflict(session.config.on_conflict));
        blocking(move || deliver(&writer, made, on_conflict, complete)).await?.map_err(
            |error| match error {
                SurveyError::Context(error) => failed(error),
                SurveyError::Ignore(error) => {
                    CommandError::State { dir: dir.to_path_buf(), source: Box::new(error) }
                }
            },
        )?
    } else {
        Delivery::default()
    };
    let mut report = report(session, dir, &planned, &chosen, &ran, delivery, began);
    report.warnings.extend(migrations.warnings);
    if matches!(report.stop, Stop::Provider(_)) {
        report.hint = hint.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
    let outcome = outcome(&report);
    let writer =
        Arc::into_inner(writer).ok_or_else(|| CommandError::Bug("the context is still in use".to_owned()))?;
    blocking(move || writer.end_run(outcome)).await?.map_err(failed)?;
    Ok(report)
}

/// The tasks of a plan as a run begins with them.
fn planned_tasks(
    plan: &Plan,
    catalogue: &Catalogue,
    spec: &str,
    identity: &RunIdentity,
    migrations: &Migrations,
) -> Vec<PlannedTask> {
    let prints = fingerprints(plan, catalogue, spec, &identity.provider, &identity.model, migrations);
    plan.tasks()
        .iter()
        .map(|task| PlannedTask {
            id: task.id.clone(),
            name: task.name.clone(),
            agent: task.agent.clone(),
            fingerprint: prints[&task.id],
        })
        .collect()
}

fn on_conflict(chosen: config::OnConflict) -> OnConflict {
    match chosen {
        config::OnConflict::Keep => OnConflict::Keep,
        config::OnConflict::Theirs => OnConflict::Theirs,
        config::OnConflict::Markers => OnConflict::Markers,
    }
}

fn options(session: &Session) -> EngineOptions {
    let config = &session.config;
    EngineOptions {
        max_parallel: NonZeroUsize::new(config.max_parallel).unwrap_or(NonZeroUsize::MIN),
        timeout: (config.origin("timeout").layer() != Layer::Default).then_some(config.timeout),
        fail_fast: config.fail_fast,
        grace: GRACE,
        seed: rand::random(),
    }
}

pub(super) fn retry_budget() -> Arc<RetryBudget> {
    Arc::new(RetryBudget::new(RETRIES, WAITING))
}

pub(super) fn state(dir: &Path, error: ContextError) -> CommandError {
    CommandError::State { dir: dir.to_path_buf(), source: Box::new(error) }
}

/// Runs what blocks on a thread that may.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CommandError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| CommandError::Bug(error.to_string()))
}

fn report(
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
        conflicts: delivery.applied.conflicts,
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

/// The commands to type after a run that ended so.
fn next(shown: &str, stop: Stop) -> Vec<String> {
    let there = (shown != ".").then_some(shown);
    if stop == Stop::Nothing {
        let enter = there.map(|dir| format!("cd {dir}"));
        enter.into_iter().chain(["npm install".to_owned(), "npm run dev".to_owned()]).collect()
    } else {
        vec![there.map_or_else(|| "metagen resume".to_owned(), |dir| format!("metagen resume {dir}"))]
    }
}

/// What the provider said, where that is why a task failed in a run that went to its end.
fn provider_failure(ran: &RunReport) -> Option<LlmErrorKind> {
    ran.tasks.iter().find_map(|task| task.provider)
}

fn outcome(report: &BuildReport) -> RunOutcome {
    match (report.stop, report.status) {
        (Stop::Signal(_), _) => RunOutcome::Interrupted,
        (Stop::Provider(LlmErrorKind::Budget), _) => RunOutcome::Budget,
        (Stop::Provider(_), _) => RunOutcome::Provider,
        (Stop::Nothing, BuildStatus::Done) => RunOutcome::Done,
        (Stop::Nothing, _) => RunOutcome::Problems,
    }
}
