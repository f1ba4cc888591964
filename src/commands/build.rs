//! `metagen build`: from an input to an app.

use std::collections::BTreeSet;
use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, timeout};

use super::crew::{Bench, Crew, Worked, asks};
use super::error::{CommandError, MODELS_PLAN};
use super::input::Input;
use super::intent;
use super::model::{Chosen, choose, lasting};
use super::pause;
use super::report::{BuildReport, Stop};
use super::session::Session;
use super::summary::{conflict_hint, outcome, report};
use crate::agent::Catalogue;
use crate::base::budget::RetryBudget;
use crate::base::clock::{Clock, SystemClock};
use crate::base::digest::Digest;
use crate::base::fs::{Disk, Holder};
use crate::base::ids::TaskId;
use crate::config;
use crate::context::{ContextError, PlannedTask, Promise, RunIdentity, Store};
use crate::engine::{self, CommitError, EventSink, RunEvent};
use crate::llm::LlmClient;
use crate::pipeline::{
    Delivery, Keeper, Migrations, Planned, Planner, PlanningError, Shelf, StoredPlan, deliver, fingerprints,
    migrations,
};
use crate::plan::{Plan, PlanErrors, TaskLimits};
use crate::workspace::{Ahead, Glance, IGNORE_FILE, OnConflict, SurveyError};

/// Retries of all layers together in one run.
const RETRIES: u32 = 60;
/// How long the state may take to be opened, where nobody else has it, once a signal has come.
const OPENING: Duration = Duration::from_millis(300);
/// How long all layers together may wait for retries in one run.
const WAITING: Duration = Duration::from_secs(30 * 60);

/// Plans and builds.
pub async fn build(
    session: &Session,
    input: Input,
    events: UnboundedSender<RunEvent>,
) -> Result<BuildReport, CommandError> {
    let began = Instant::now();
    let spec = match &input {
        Input::Spec(spec) => Some(spec.clone()),
        Input::Blueprint { .. } => None,
    };
    let chosen = match (ask(session, &events), &spec) {
        (Ok(chosen), _) => chosen,
        (Err(error), Some(spec)) => return Err(pause::pause(session, None, spec, None, error).await),
        (Err(error), None) => return Err(error),
    };
    let promise = match &spec {
        Some(spec) => intent::declare(session, None, spec, &chosen).await?,
        None => None,
    };
    let planning = planned(session, &chosen, input).await;
    if let Some(message) = chosen.substitution() {
        events.emit(RunEvent::Warning { task: None, message });
    }
    let (stored, planned) = match (planning, &spec) {
        (Ok(planned), _) => planned,
        (Err(error), Some(spec)) => return Err(pause::pause(session, None, spec, Some(&chosen), error).await),
        (Err(error), None) => return Err(error),
    };
    let mut dir = session.output_directory(&planned.plan);
    let mut stored = stored;
    if let Some(spec) = &spec {
        if session.config.out.is_none() && chosen.client.provider() != "mock" {
            dir = pause::place(session, spec).await.unwrap_or(dir);
        }
        stored.usage += pause::earlier(&dir, spec).await;
    }
    let anew = session.config.no_cache;
    run(session, &dir, Job { stored, planned, chosen, promise, anew }, events, began).await
}

/// Chooses whom to ask, and tells the user what is to be said about the choice.
pub(super) fn ask(session: &Session, events: &UnboundedSender<RunEvent>) -> Result<Chosen, CommandError> {
    let chosen = choose(session)?;
    for note in &chosen.notes {
        events.emit(RunEvent::Note { message: note.clone() });
    }
    Ok(chosen)
}

/// A plan for an input, and the form in which it is kept.
pub(super) async fn planned(
    session: &Session,
    chosen: &Chosen,
    input: Input,
) -> Result<(StoredPlan, Planned), CommandError> {
    let catalogue = catalogue()?;
    let planner = planner(session, &catalogue, chosen.client.as_ref());
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
            (None, planner.from_text(&name, &text).map_err(|error| rejected("the blueprint", error))?)
        }
    };
    let stored = StoredPlan {
        spec,
        fallback: planned.fallback,
        usage: planned.usage,
        settings: lasting(session),
        plan: Some(planned.plan.to_file()),
    };
    Ok((stored, planned))
}

pub(super) fn planner<'a>(
    session: &Session,
    catalogue: &'a Catalogue,
    llm: &'a dyn LlmClient,
) -> Planner<'a> {
    let limits = TaskLimits {
        timeout: session.config.timeout,
        max_retries: session.config.max_retries,
        ..TaskLimits::default()
    };
    Planner { catalogue, llm, limits, fallback: !session.config.no_fallback }
}

/// The agents, read once.
pub(super) fn catalogue() -> Result<Arc<Catalogue>, CommandError> {
    static READ: OnceLock<Arc<Catalogue>> = OnceLock::new();
    if let Some(read) = READ.get() {
        return Ok(Arc::clone(read));
    }
    let read = Catalogue::embedded().map_err(|error| CommandError::Bug(error.to_string()))?;
    Ok(Arc::clone(READ.get_or_init(|| Arc::new(read))))
}

pub(super) fn rejected(what: &'static str, error: PlanningError) -> CommandError {
    match error {
        PlanningError::Model(error) => CommandError::Model(error),
        PlanningError::Unusable(errors) => {
            CommandError::Rejected { what: MODELS_PLAN, problems: told(&errors) }
        }
        PlanningError::Rejected(errors) => CommandError::Rejected { what, problems: told(&errors) },
    }
}

fn told(errors: &PlanErrors) -> Vec<String> {
    errors.0.iter().map(ToString::to_string).collect()
}

pub(super) fn stopped(session: &Session) -> CommandError {
    session
        .interrupt
        .signal()
        .map_or_else(|| CommandError::Bug("stopped without a signal".to_owned()), CommandError::Stopped)
}

/// What a run is to do.
pub(super) struct Job {
    /// The plan as it is kept.
    pub stored: StoredPlan,
    /// The plan as it is done.
    pub planned: Planned,
    /// Who is asked.
    pub chosen: Chosen,
    /// The promise to plan, which is kept as soon as the run and its plan are on the disk.
    pub promise: Option<Promise>,
    /// Whether what a model answered in an earlier run is asked anew.
    pub anew: bool,
}

/// Does the tasks of a plan in a directory and hands over what they made.
pub(super) async fn run(
    session: &Session,
    dir: &Path,
    job: Job,
    events: UnboundedSender<RunEvent>,
    began: Instant,
) -> Result<BuildReport, CommandError> {
    let failed = |error: ContextError| state(dir, error);
    let Job { stored, planned, chosen, promise, anew } = job;
    let catalogue = catalogue()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let plan = &planned.plan;
    let spec: Arc<str> = stored.spec.clone().unwrap_or_default().into();
    let identity = RunIdentity {
        metagen: env!("CARGO_PKG_VERSION").to_owned(),
        spec: stored.spec.as_ref().map(|spec| Digest::of(spec.as_bytes())),
        blueprint: serde_json::to_vec(plan.blueprint()).ok().map(|bytes| Digest::of(&bytes)),
        config: None,
        provider: chosen.client.provider().to_owned(),
        // Costs are told by the model that really answers.
        model: chosen.meter.others().pop_last().unwrap_or_else(|| chosen.client.model().to_owned()),
    };

    let store = Store::new(Disk::default(), dir);
    let mut bench = Bench::new(plan, Arc::clone(&spec), Arc::clone(&catalogue), &chosen);
    // Where nothing is done yet, all of it is to do, and need not wait for the state to be opened.
    let ahead = store.is_new().then(Ahead::default);
    let inlet = ahead.as_ref().map(Ahead::inlet);
    if inlet.is_some() {
        bench.render_ahead(plan.tasks(), inlet.as_ref());
    }

    let begun = Arc::new(AtomicBool::new(false));
    let opening = {
        let clock = Arc::clone(&clock);
        let (wait, events) = (session.config.wait, events.clone());
        let (plan, catalogue, spec) = (plan.clone(), Arc::clone(&catalogue), Arc::clone(&spec));
        let client = Arc::clone(&chosen.client);
        let (interrupt, has_begun) = (session.interrupt.token().clone(), Arc::clone(&begun));
        blocking(move || -> Result<_, ContextError> {
            if !wait.is_zero()
                && let Some(Holder { pid, since }) = store.holder()?
            {
                let message = format!("waiting for process {pid}, which builds here since {since:.0}");
                events.emit(RunEvent::Note { message });
            }
            // Whoever follows the events must not wait for the one who waits here.
            drop(events);
            let writer = Arc::new(store.open_writer(wait, clock)?);
            // Who was stopped while it waited for another run does not come after it.
            if interrupt.is_cancelled() {
                return Ok(None);
            }
            has_begun.store(true, Ordering::Relaxed);
            // Another run may have been here first, in a directory that was new.
            if let Some(ahead) = &ahead
                && writer.with(|context| context.run.is_none() && context.files.is_empty())
            {
                ahead.begin(&writer);
            }
            let number = writer.add_plan(&stored.to_bytes(), stored.usage.calls > 0)?;
            let context = writer.context();
            let glance = ahead.is_none().then(|| Glance::begin(&store, &context));
            let migrations =
                writer.with_pack(|pack| migrations(&store, &context, pack, &catalogue, &plan))?;
            let tasks = planned_tasks(&plan, &catalogue, &spec, client.as_ref(), &migrations);
            let again = if anew { asking(&plan, &catalogue, client.provider()) } else { BTreeSet::new() };
            let done = writer.begin_run_anew(identity, Some(number), tasks, &again)?;
            store.forget_promise()?;
            let glance = glance.filter(|_| done.len() == plan.tasks().len());
            Ok(Some((writer, ahead, done, migrations, glance)))
        })
    };
    // Whoever waits for another run can be stopped like everybody else; the thread that polls ends with the process. A run that
    // has begun stops in good order.
    let mut opening = pin!(opening);
    let opened = tokio::select! {
        biased;
        opened = &mut opening => Some(opened),
        () = session.interrupt.token().cancelled() => match timeout(OPENING, &mut opening).await {
            Ok(opened) => Some(opened),
            Err(_) if begun.load(Ordering::Relaxed) => Some(opening.await),
            Err(_) => None,
        },
    };
    let opened = opened.transpose()?.transpose().map_err(failed)?.flatten();
    let Some((writer, ahead, done, migrations, glance)) = opened else { return Err(stopped(session)) };
    drop(promise);
    for notice in writer.notices() {
        events.emit(RunEvent::Warning { task: None, message: notice.to_string() });
    }
    for note in &migrations.notes {
        events.emit(RunEvent::Note { message: note.clone() });
    }
    for warning in &migrations.warnings {
        events.emit(RunEvent::Warning { task: None, message: warning.clone() });
    }
    let shelf = Arc::new(Shelf::new(plan));
    let committer = Arc::new(Keeper::new(Arc::clone(&writer), Arc::clone(&shelf), inlet));
    let crew = Crew {
        session,
        plan,
        bench,
        migrations: migrations.files,
        chosen: &chosen,
        events: Arc::new(events),
        clock,
    };
    let Worked { ran, hint, dropped } = crew.work(committer, &shelf, done).await?;

    let made = shelf.take();
    let mut delivery =
        if ran.stopped.as_ref().is_none_or(|stop| matches!(stop, engine::Stop::FailFast { .. })) {
            let (writer, complete, on_conflict) =
                (Arc::clone(&writer), ran.succeeded(), on_conflict(session.config.on_conflict));
            blocking(move || deliver(&writer, made, on_conflict, complete, ahead.as_ref(), glance))
                .await?
                .map_err(|error| surveyed(dir, error))?
        } else {
            // It waits for the disk.
            blocking(move || drop(ahead)).await?;
            Delivery::default()
        };
    delivery.notes.extend(dropped);
    let mut ran = ran;
    if let Some(engine::Stop::Committer(error)) =
        ran.stopped.take_if(|stop| matches!(stop, engine::Stop::Committer(_)))
    {
        return Err(unkept(dir, error));
    }
    let conclusion = delivery.conclusion.take();
    let mut report = report(session, dir, &planned, &chosen, &ran, delivery, began);
    report.warnings.extend(migrations.warnings);
    if matches!(report.stop, Stop::Provider(_)) {
        report.hint = hint;
    }
    if !report.conflicts.is_empty() {
        let hint = conflict_hint(&report);
        report.hint.get_or_insert(hint);
    }
    let outcome = outcome(&report);
    let writer =
        Arc::into_inner(writer).ok_or_else(|| CommandError::Bug("the context is still in use".to_owned()))?;
    blocking(move || writer.end_run_with(outcome, conclusion)).await?.map_err(failed)?;
    Ok(report)
}

/// The tasks whose agents ask a model.
fn asking(plan: &Plan, catalogue: &Catalogue, provider: &str) -> BTreeSet<TaskId> {
    let tasks = plan.tasks().iter().filter(|task| asks(catalogue, &task.agent, provider));
    tasks.map(|task| task.id.clone()).collect()
}

/// A plan's tasks as the context knows them.
pub(super) fn planned_tasks(
    plan: &Plan,
    catalogue: &Catalogue,
    spec: &str,
    client: &dyn LlmClient,
    migrations: &Migrations,
) -> Vec<PlannedTask> {
    let prints = fingerprints(plan, catalogue, spec, client.provider(), client.model(), migrations);
    let planned = |task: &crate::plan::Task| PlannedTask {
        id: task.id.clone(),
        name: task.name.clone(),
        agent: task.agent.clone(),
        fingerprint: prints[&task.id],
    };
    plan.tasks().iter().map(planned).collect()
}

pub(super) fn on_conflict(chosen: config::OnConflict) -> OnConflict {
    match chosen {
        config::OnConflict::Keep => OnConflict::Keep,
        config::OnConflict::Theirs => OnConflict::Theirs,
        config::OnConflict::Markers => OnConflict::Markers,
    }
}

pub(super) fn retry_budget() -> Arc<RetryBudget> {
    Arc::new(RetryBudget::new(RETRIES, WAITING))
}

pub(super) fn state(dir: &Path, error: ContextError) -> CommandError {
    match error {
        ContextError::Locked(error) => CommandError::Lock(error),
        ContextError::Disk(error) => CommandError::Disk(error),
        error => CommandError::State { dir: dir.to_path_buf(), source: error },
    }
}

/// Why the person's files could not be weighed or changed.
pub(super) fn surveyed(dir: &Path, error: SurveyError) -> CommandError {
    match error {
        SurveyError::Context(error) => state(dir, error),
        SurveyError::Ignore(error) => CommandError::Ignore { path: dir.join(IGNORE_FILE), source: error },
    }
}

/// Why the results of tasks could not be kept.
fn unkept(dir: &Path, error: CommitError) -> CommandError {
    match error.0.downcast::<ContextError>() {
        Ok(error) => state(dir, *error),
        Err(error) => CommandError::Bug(error.to_string()),
    }
}

/// Runs what blocks on a thread that may.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CommandError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| CommandError::Bug(error.to_string()))
}
