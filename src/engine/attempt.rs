//! One attempt at a task: bounded in time, and its result handed over outside that bound.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::commit::{CommitError, Committer};
use super::event::{EventSink, RunEvent, TaskEnd};
use super::report::{AttemptEnd, AttemptRecord, TaskRecord};
use super::retry::Failure;
use super::runner::{AttemptContext, TaskError, TaskErrorKind, TaskOutput, TaskRunner};
use crate::base::patience;
use crate::llm::Usage;
use crate::plan::Task;

/// What all attempts of a run share.
pub(super) struct Shared {
    pub(super) runner: Arc<dyn TaskRunner>,
    pub(super) committer: Arc<dyn Committer>,
    pub(super) events: Arc<dyn EventSink>,
    /// Cancelled when attempts are to be dropped.
    pub(super) cut: CancellationToken,
    /// Takes the place of the tasks' own timeouts.
    pub(super) timeout: Option<Duration>,
    /// When the run began, on both clocks.
    pub(super) began: (Instant, Timestamp),
}

impl Shared {
    /// Dates an instant, by the distance from the run's beginning.
    pub(super) fn date(&self, instant: Instant) -> Timestamp {
        let since =
            SignedDuration::try_from(instant.duration_since(self.began.0)).unwrap_or(SignedDuration::MAX);
        self.began.1.checked_add(since).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn warn(&self, task: &Task, message: &str) {
        self.events.emit(RunEvent::Warning { task: Some(task.id.clone()), message: message.to_owned() });
    }
}

/// What the driver needs to go on after an attempt.
pub(super) struct Ended {
    /// The task's place in the plan.
    pub(super) place: usize,
    /// Its record, this attempt included.
    pub(super) record: Box<TaskRecord>,
    pub(super) verdict: Verdict,
}

pub(super) enum Verdict {
    /// The result is kept and recorded.
    Kept,
    /// It failed.
    Failed(Failure, String),
    /// It was dropped because the run stops.
    Cancelled,
    /// The result, or the intent, could not be kept.
    Unkept(CommitError),
}

enum Outcome {
    Output(TaskOutput),
    Error(TaskError),
    Panicked(String),
    TimedOut,
    Cancelled,
}

/// Makes one attempt, from recording the intent to keeping the result.
pub(super) async fn attempt(
    shared: Arc<Shared>,
    place: usize,
    task: Arc<Task>,
    mut record: Box<TaskRecord>,
    previous: Option<Arc<str>>,
) -> Ended {
    let number = u32::try_from(record.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
    if let Err(error) = shared.committer.started(&task.id, number).await {
        return Ended { place, record, verdict: Verdict::Unkept(error) };
    }
    let started = Instant::now();
    record.started_at.get_or_insert_with(|| shared.date(started));
    shared.events.emit(RunEvent::TaskStarted {
        task: task.id.clone(),
        name: task.name.clone(),
        agent: task.agent.clone(),
        attempt: number,
    });
    let outcome = bounded(&shared, &task, number, previous, started).await;
    let (end, usage) = match &outcome {
        Outcome::Output(output) => (AttemptEnd::Succeeded, output.usage),
        Outcome::Error(error) => (AttemptEnd::Failed { error: error.message.clone() }, error.usage),
        Outcome::Panicked(error) => (AttemptEnd::Panicked { error: error.clone() }, Usage::default()),
        Outcome::TimedOut => (AttemptEnd::TimedOut, Usage::default()),
        Outcome::Cancelled => (AttemptEnd::Cancelled, Usage::default()),
    };
    record.usage += usage;
    let started_at = shared.date(started);
    record.attempts.push(AttemptRecord { started_at, elapsed: started.elapsed(), end, usage });
    let verdict = match outcome {
        Outcome::Output(output) => match keep(&shared, &task, &mut record, output).await {
            Ok(()) => Verdict::Kept,
            Err(error) => Verdict::Unkept(error),
        },
        Outcome::Error(error) => {
            record.provider = match error.kind {
                TaskErrorKind::Provider { kind, .. } => Some(kind),
                TaskErrorKind::Retryable { .. } | TaskErrorKind::Terminal => None,
            };
            Verdict::Failed(Failure::Error(error.kind), error.message)
        }
        Outcome::Panicked(error) => Verdict::Failed(Failure::Panicked, error),
        Outcome::TimedOut => {
            let limit = shared.timeout.unwrap_or(task.limits.timeout);
            Verdict::Failed(Failure::TimedOut, format!("no result after {limit:?}"))
        }
        Outcome::Cancelled => Verdict::Cancelled,
    };
    Ended { place, record, verdict }
}

async fn bounded(
    shared: &Shared,
    task: &Arc<Task>,
    attempt: u32,
    previous: Option<Arc<str>>,
    started: Instant,
) -> Outcome {
    let limit = shared.timeout.unwrap_or(task.limits.timeout);
    let context = AttemptContext {
        task: Arc::clone(task),
        attempt,
        previous,
        // Beyond any run, where the sum would not fit the clock.
        deadline: started.checked_add(limit).unwrap_or_else(|| started + Duration::from_secs(86_400 * 365)),
        cancel: shared.cut.clone(),
        events: Arc::clone(&shared.events),
    };
    // The call itself stands inside, so that a panic before the first await is caught as well.
    let work = AssertUnwindSafe(async { shared.runner.run(context).await }).catch_unwind();
    let result = tokio::select! {
        // An attempt that ends together with the signal has been paid for: its result is kept.
        biased;
        result = patience::within(limit, work) => result,
        () = shared.cut.cancelled() => return Outcome::Cancelled,
    };
    match result {
        None => Outcome::TimedOut,
        Some(Err(panic)) => Outcome::Panicked(panic_message(panic.as_ref())),
        Some(Ok(Err(error))) => Outcome::Error(error),
        Some(Ok(Ok(output))) => Outcome::Output(output),
    }
}

async fn keep(
    shared: &Shared,
    task: &Task,
    record: &mut TaskRecord,
    mut output: TaskOutput,
) -> Result<(), CommitError> {
    record.notes = std::mem::take(&mut output.notes);
    record.warnings = std::mem::take(&mut output.warnings);
    let committed = shared.committer.commit(&task.id, output).await?;
    record.warnings.extend(committed.warnings);
    record.provider = None;
    record.end = TaskEnd::Succeeded { artifacts: committed.artifacts, reused: false };
    close(shared, record);
    shared.committer.finished(record).await?;
    for warning in &record.warnings {
        shared.warn(task, warning);
    }
    for (path, bytes) in committed.written {
        shared.events.emit(RunEvent::ArtifactWritten { task: task.id.clone(), path, bytes });
    }
    Ok(())
}

/// Dates a record's end.
pub(super) fn close(shared: &Shared, record: &mut TaskRecord) {
    record.ended_at = shared.date(Instant::now());
    record.elapsed = record.started_at.map_or(Duration::ZERO, |started| {
        record.ended_at.duration_since(started).try_into().unwrap_or(Duration::ZERO)
    });
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("without a message"))
}
