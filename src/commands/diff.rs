//! `metagen diff`: what a build would change, before it does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::mpsc::UnboundedSender;

use super::build::{
    blocking, catalogue, on_conflict, planned, planned_tasks, planner, rejected, state, stopped, surveyed,
};
use super::crew::{Bench, Crew, Worked};
use super::error::CommandError;
use super::input::Input;
use super::model::{Chosen, as_told, choose_unasked};
use super::resume::last_plan;
use super::session::Session;
use crate::agent::Catalogue;
use crate::base::artifact::Artifact;
use crate::base::clock::{Clock, SystemClock};
use crate::base::fs::{Disk, Mode};
use crate::base::ids::{OutputPath, TaskId};
use crate::context::{Context, ContextError, Snapshot, Store};
use crate::engine::{EventSink, RunEvent, TaskEnd};
use crate::llm::{LlmClient, LlmError, LlmErrorKind, Purpose, Questions};
use crate::pipeline::{Migrations, Planned, Shelf, StoredPlan, migrations, notes, weigh};
use crate::plan::Plan;
use crate::workspace::{Action, Change, patch, why};

/// What a build would change.
#[derive(Clone, Debug, Serialize)]
pub struct DiffReport {
    /// Version of this document.
    pub version: u32,
    /// The app's directory.
    pub directory: String,
    /// Who would answer.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// Whether this is all that a build would change; not where a model would have to be asked, or a task failed.
    pub complete: bool,
    /// What the model would be asked and was not: `plan`, or a task's id. What it would add is not shown.
    pub would_ask: Vec<String>,
    /// The tasks that would run; the others were done by an earlier run.
    pub would_run: Vec<TaskId>,
    /// How many files would be written, removed or be in conflict.
    pub changes: usize,
    /// How many files each action takes.
    pub counts: BTreeMap<&'static str, usize>,
    /// Every file that is not as it should be or could not be brought there, by path.
    pub files: Vec<FileDiff>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// What would happen to a file.
#[derive(Clone, Debug, Serialize)]
pub struct FileDiff {
    /// Which.
    pub path: OutputPath,
    /// `create`, `update`, `merge`, `replace`, `remove`, `conflict`, `stays_deleted`, `let_go`, `ignored`.
    #[serde(flatten)]
    pub action: Action,
    /// The same in words; empty where the action says it all.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub why: &'static str,
    /// Whether what would be written can be run.
    pub executable: bool,
    /// The change of its contents as a unified diff that `git apply` takes; `None` where they stay.
    pub patch: Option<String>,
}

/// What a diff is about.
enum Subject {
    /// What a build would be given.
    Input(Input),
    /// What the last run in the directory was about.
    Last(Box<StoredPlan>),
}

/// Plans and does the tasks in memory, and compares. Writes nothing anywhere, sends nothing, and waits for nobody.
///
/// Without an input it is about the app's last plan: what `metagen resume` would change.
pub async fn diff(
    session: &Session,
    input: Option<Input>,
    events: UnboundedSender<RunEvent>,
) -> Result<DiffReport, CommandError> {
    let catalogue = catalogue()?;
    let questions = Questions::default();
    let subject = match input {
        Some(input) => Subject::Input(input),
        None => Subject::Last(Box::new(last_plan(&session.app_directory(None)).await?)),
    };
    // As `metagen resume` asks whom the run asked, a diff of what it would change does.
    let session = &match &subject {
        Subject::Input(_) => session.clone(),
        Subject::Last(stored) => as_told(session, &stored.settings),
    };
    let chosen = choose_unasked(session, questions.clone())?;
    for note in &chosen.notes {
        events.emit(RunEvent::Note { message: note.clone() });
    }
    let (stored, planned, dir) = match subject {
        Subject::Input(input) => plan(session, input, &catalogue, &chosen).await?,
        Subject::Last(stored) => plan_again(session, *stored, &catalogue, &chosen).await?,
    };
    let spec: Arc<str> = stored.spec.unwrap_or_default().into();
    let store = Store::new(Disk::default(), &dir);
    let Standing { context, done, migrations } = {
        let (store, plan) = (store.clone(), planned.plan.clone());
        let (catalogue, spec, client) =
            (Arc::clone(&catalogue), Arc::clone(&spec), Arc::clone(&chosen.client));
        blocking(move || standing(&store, &plan, &catalogue, &spec, client.as_ref()))
            .await?
            .map_err(|error| state(&dir, error))?
    };
    let would_run: Vec<TaskId> = planned
        .plan
        .tasks()
        .iter()
        .map(|task| task.id.clone())
        .filter(|task| !done.contains_key(task))
        .collect();

    for note in &migrations.notes {
        events.emit(RunEvent::Note { message: note.clone() });
    }
    let shelf = Arc::new(Shelf::new(&planned.plan));
    let quiet: Arc<dyn EventSink> = Arc::new(|_: RunEvent| {});
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let crew = Crew {
        session,
        plan: &planned.plan,
        bench: Bench::new(&planned.plan, spec, catalogue, &chosen),
        migrations: migrations.files,
        chosen: &chosen,
        events: quiet,
        clock,
    };
    let Worked { ran, dropped, .. } = crew.work(Arc::clone(&shelf) as _, &shelf, done).await?;
    if session.interrupt.signal().is_some() {
        return Err(stopped(session));
    }
    let mut warnings = planned.plan.warnings().to_vec();
    warnings.extend(dropped);
    for task in &ran.tasks {
        warnings.extend(task.warnings.iter().cloned());
        if let TaskEnd::Failed { error, .. } = &task.end {
            warnings.push(format!("task {} fails: {error}", task.task));
        }
    }
    let would_ask: Vec<String> = questions
        .all()
        .into_iter()
        .map(|purpose| match purpose {
            Purpose::Plan => "plan".to_owned(),
            Purpose::Task { task, .. } => task.to_string(),
        })
        .collect();
    // What the model would have added is missing, and so no file can be said to be generated no longer.
    let complete = ran.succeeded() && would_ask.is_empty();
    let on_conflict = on_conflict(session.config.on_conflict);
    let made = shelf.take();
    let dir = store.dir().to_path_buf();
    let decided = blocking(move || -> Result<_, crate::workspace::SurveyError> {
        let mut pack = store.pack()?;
        Ok(weigh(&store, &context, &mut pack, made, on_conflict, complete)?.1)
    })
    .await?
    .map_err(|error| surveyed(&dir, error))?;
    warnings.extend(notes(&decided));
    warnings.extend(migrations.warnings);
    let counts = decided.counts();
    let mut named: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (action, count) in &counts {
        *named.entry(action.word()).or_default() += count;
    }
    Ok(DiffReport {
        version: 1,
        directory: session.shown(&dir),
        provider: chosen.client.provider().to_owned(),
        model: chosen.client.model().to_owned(),
        complete,
        would_ask,
        would_run,
        changes: decided.files.iter().filter(|change| is_change(change)).count(),
        counts: named,
        files: decided.files.iter().filter(|change| is_told(change)).map(file).collect(),
        warnings,
    })
}

fn is_change(change: &Change) -> bool {
    change.is_effect() || matches!(change.action, Action::Conflict(_))
}

/// Whether there is anything to say about a file.
fn is_told(change: &Change) -> bool {
    match change.action {
        Action::Unchanged => false,
        Action::LetGo => change.is_there() && !change.is_known(),
        _ => true,
    }
}

fn file(change: &Change) -> FileDiff {
    FileDiff {
        path: change.path.clone(),
        action: change.action,
        why: why(change.action),
        executable: change.mode == Mode::Executable,
        patch: change.is_effect().then(|| patch(change)),
    }
}

/// The plan that would be gone on with, and where.
async fn plan_again(
    session: &Session,
    stored: StoredPlan,
    catalogue: &Catalogue,
    chosen: &Chosen,
) -> Result<(StoredPlan, Planned, PathBuf), CommandError> {
    let dir = session.app_directory(None);
    let (stored, planned) = match stored {
        // Planning is what stopped there.
        StoredPlan { plan: None, spec: Some(spec), .. } => {
            planned(session, chosen, Input::Spec(spec)).await.map_err(unplanned)?
        }
        stored => {
            let planned = stored_again(session, catalogue, chosen, &stored, &dir)?;
            (stored, planned)
        }
    };
    Ok((stored, planned, dir))
}

/// The plan that would be built of an input, and where.
async fn plan(
    session: &Session,
    input: Input,
    catalogue: &Catalogue,
    chosen: &Chosen,
) -> Result<(StoredPlan, Planned, PathBuf), CommandError> {
    let spec = match &input {
        Input::Spec(spec) => Some(spec.clone()),
        Input::Blueprint { .. } => None,
    };
    match planned(session, chosen, input).await {
        Ok((stored, planned)) => {
            let dir = session.output_directory(&planned.plan);
            Ok((stored, planned, dir))
        }
        Err(CommandError::Model(error)) if error.kind == LlmErrorKind::NotRecorded => {
            let dir = session.app_directory(None);
            let same = |stored: &StoredPlan| stored.spec == spec && stored.plan.is_some();
            let Some(stored) = last_plan(&dir).await.ok().filter(same) else {
                return Err(unplanned(CommandError::Model(error)));
            };
            let planned = stored_again(session, catalogue, chosen, &stored, &dir)?;
            Ok((stored, planned, dir))
        }
        Err(error) => Err(error),
    }
}

/// What is told of a plan that only a model could make.
fn unplanned(error: CommandError) -> CommandError {
    let CommandError::Model(error) = error else { return error };
    if error.kind != LlmErrorKind::NotRecorded {
        return CommandError::Model(error);
    }
    let hint = "a diff asks no model: `metagen plan` with the same words asks and keeps the answer; --provider mock needs none";
    let message = format!("the plan would have to be asked for: {}", error.message);
    CommandError::Model(LlmError::new(error.kind, message).with_hint(hint))
}

fn stored_again(
    session: &Session,
    catalogue: &Catalogue,
    chosen: &Chosen,
    stored: &StoredPlan,
    dir: &Path,
) -> Result<Planned, CommandError> {
    let file = stored.plan.clone().ok_or_else(|| CommandError::NotAnApp { dir: dir.to_path_buf() })?;
    let planned = planner(session, catalogue, chosen.client.as_ref()).from_file(file);
    let planned = planned.map_err(|error| rejected("the stored plan", error))?;
    Ok(Planned { fallback: stored.fallback, ..planned })
}

/// What is known about the directory, what of it need not be made again, and the migrations that it has and would get.
struct Standing {
    context: Context,
    done: BTreeMap<TaskId, Vec<Artifact>>,
    migrations: Migrations,
}

fn standing(
    store: &Store,
    plan: &Plan,
    catalogue: &Catalogue,
    spec: &str,
    client: &dyn LlmClient,
) -> Result<Standing, ContextError> {
    let context = match store.read() {
        Ok(snapshot) => snapshot.map(|Snapshot { context, .. }| context),
        // As a build would go on after it.
        Err(ContextError::Damaged { .. }) => Some(store.recovered()?),
        Err(error) => return Err(error),
    };
    let context = context.unwrap_or_default();
    let mut pack = store.pack()?;
    let migrations = migrations(store, &context, &mut pack, catalogue, plan)?;
    let tasks = planned_tasks(plan, catalogue, spec, client, &migrations);
    let done = context.reusable(&mut pack, &tasks)?;
    Ok(Standing { context, done, migrations })
}
