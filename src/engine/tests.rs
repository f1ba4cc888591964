//! The engine against scripted runners, under paused time.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::{Instant, sleep};

use super::*;
use crate::base::budget::RetryBudget;
use crate::base::clock::FixedClock;
use crate::base::ids::{AgentName, TaskId};
use crate::llm::{BoxFuture, LlmErrorKind, Usage};
use crate::plan::{Task, TaskLimits};

const SECOND: Duration = Duration::from_secs(1);

fn id(text: &str) -> TaskId {
    TaskId::new(text).unwrap()
}

fn task(name: &str, after: &[&str]) -> Task {
    Task {
        id: id(name),
        name: name.to_owned(),
        agent: AgentName::new("any").unwrap(),
        description: String::new(),
        depends_on: after.iter().map(|name| id(name)).collect(),
        limits: TaskLimits {
            timeout: SECOND * 10,
            max_retries: 2,
            base_backoff: SECOND,
            max_backoff: SECOND * 60,
        },
    }
}

struct Script<F>(F);

impl<F, R> TaskRunner for Script<F>
where
    F: Fn(AttemptContext) -> R + Send + Sync,
    R: Future<Output = Result<TaskOutput, TaskError>> + Send + 'static,
{
    fn run(&self, attempt: AttemptContext) -> BoxFuture<'_, Result<TaskOutput, TaskError>> {
        Box::pin(self.0(attempt))
    }
}

type Log = Arc<Mutex<Vec<RunEvent>>>;

/// An engine whose runner is the function, and everything it says.
fn engine<F, R>(script: F) -> (Engine, Log)
where
    F: Fn(AttemptContext) -> R + Send + Sync + 'static,
    R: Future<Output = Result<TaskOutput, TaskError>> + Send + 'static,
{
    let log = Log::default();
    let sink = Arc::clone(&log);
    let engine = Engine {
        runner: Arc::new(Script(script)),
        committer: Arc::new(NoCommit),
        events: Arc::new(move |event| sink.lock().unwrap().push(event)),
        clock: Arc::new(FixedClock("2026-01-01T00:00:00Z".parse().unwrap())),
        retries: Arc::new(RetryBudget::unlimited()),
        stop: StopSignal::new(),
        options: EngineOptions {
            max_parallel: NonZeroUsize::new(4).unwrap(),
            timeout: None,
            fail_fast: false,
            grace: SECOND * 5,
            seed: 7,
        },
    };
    (engine, log)
}

async fn run(engine: &Engine, tasks: &[Task]) -> RunReport {
    engine.run(tasks.to_vec(), &BTreeMap::new()).await.unwrap()
}

/// One word a task, in plan order.
fn ends(report: &RunReport) -> String {
    let word = |record: &TaskRecord| match &record.end {
        TaskEnd::Succeeded { reused: false, .. } => "ok".to_owned(),
        TaskEnd::Succeeded { reused: true, .. } => "reused".to_owned(),
        TaskEnd::Failed { timed_out: false, .. } => "failed".to_owned(),
        TaskEnd::Failed { timed_out: true, .. } => "timed-out".to_owned(),
        TaskEnd::Blocked { by } => format!("blocked-by-{by}"),
        TaskEnd::Cancelled => "cancelled".to_owned(),
    };
    report.tasks.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn between(time: Duration, low: u64, high: u64) -> bool {
    (Duration::from_millis(low)..=Duration::from_millis(high)).contains(&time)
}

fn diamond() -> [Task; 4] {
    [task("a", &[]), task("b", &["a"]), task("c", &["a"]), task("d", &["b", "c"])]
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of an attempt's result")]
fn ok() -> Result<TaskOutput, TaskError> {
    Ok(TaskOutput::default())
}

#[tokio::test(start_paused = true)]
async fn independent_tasks_overlap() {
    let (engine, log) = engine(|_| async {
        sleep(SECOND).await;
        ok()
    });
    let report = run(&engine, &diamond()).await;
    assert_eq!(ends(&report), "ok ok ok ok");
    assert!(report.succeeded());
    assert!(between(report.elapsed, 3000, 3010), "{:?}", report.elapsed);
    let record = &report.tasks[3];
    assert_eq!(record.started_at.unwrap().to_string()[..19], *"2026-01-01T00:00:02");
    assert!(between(record.elapsed, 1000, 1010), "{:?}", record.elapsed);
    let log = log.lock().unwrap();
    assert!(matches!(log[0], RunEvent::RunStarted { .. }));
    assert!(matches!(log[log.len() - 1], RunEvent::RunFinished { interrupted: false, .. }));
}

#[tokio::test(start_paused = true)]
async fn failed_attempts_wait_and_repeat() {
    let (engine, log) = engine(|attempt| async move {
        assert_eq!(attempt.previous.as_deref(), (attempt.attempt > 1).then_some("not yet"));
        if attempt.attempt < 3 { Err(TaskError::retryable("not yet")) } else { ok() }
    });
    let report = run(&engine, &[task("a", &[])]).await;
    assert_eq!((ends(&report).as_str(), report.tasks[0].attempts.len()), ("ok", 3));
    assert!(between(report.elapsed, 3000, 3310), "1 s and 2 s with a tenth of jitter: {:?}", report.elapsed);
    let retries =
        log.lock().unwrap().iter().filter(|event| matches!(event, RunEvent::TaskRetrying { .. })).count();
    assert_eq!(retries, 2);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_task_gives_its_place_away() {
    let (mut engine, _) = engine(|attempt| async move {
        if attempt.task.id.as_str() == "a" && attempt.attempt == 1 {
            return Err(TaskError {
                kind: TaskErrorKind::Retryable { after: Some(SECOND * 30) },
                ..TaskError::retryable("later")
            });
        }
        sleep(SECOND * 5).await;
        ok()
    });
    engine.options.max_parallel = NonZeroUsize::MIN;
    let report = run(&engine, &[task("a", &[]), task("b", &[])]).await;
    assert_eq!(ends(&report), "ok ok");
    assert!(between(report.elapsed, 35_000, 35_020), "{:?}", report.elapsed);
}

#[tokio::test(start_paused = true)]
async fn attempts_run_out_of_time() {
    let (mut engine, _) = engine(|attempt| async move {
        assert_eq!(attempt.deadline.duration_since(Instant::now()), SECOND * 10);
        sleep(SECOND * 3600).await;
        ok()
    });
    let report = run(&engine, &[task("a", &[]), task("b", &["a"])]).await;
    assert_eq!(ends(&report), "timed-out blocked-by-a");
    assert!(report.tasks[0].attempts.iter().all(|attempt| attempt.end == AttemptEnd::TimedOut));
    assert!(between(report.elapsed, 33_000, 33_400), "{:?}", report.elapsed);

    engine.runner = Arc::new(Script(|_| std::future::pending()));
    engine.options.timeout = Some(SECOND);
    let report = run(&engine, &[task("a", &[])]).await;
    assert!(between(report.elapsed, 6000, 6400), "the option beats the task's own: {:?}", report.elapsed);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_one_failed_task() {
    let (engine, _) = engine(|attempt| async move {
        assert_ne!(attempt.task.id.as_str(), "b", "no");
        ok()
    });
    let report = run(&engine, &diamond()).await;
    assert_eq!(ends(&report), "ok failed ok blocked-by-b");
    assert!(
        matches!(&report.tasks[1].attempts[..], [AttemptRecord { end: AttemptEnd::Panicked { error }, .. }]
        if error.starts_with("panicked: "))
    );
}

#[tokio::test(start_paused = true)]
async fn terminal_errors_are_not_repeated() {
    let (engine, _) = engine(|attempt| async move {
        if attempt.task.id.as_str() == "b" { Err(TaskError::terminal("no")) } else { ok() }
    });
    let report = run(&engine, &diamond()).await;
    assert_eq!(ends(&report), "ok failed ok blocked-by-b");
    assert_eq!(report.tasks[1].attempts.len(), 1);
    assert!(report.stopped.is_none());
}

#[tokio::test(start_paused = true)]
async fn failing_fast_lets_end_what_runs() {
    let (mut engine, _) = engine(|attempt| async move {
        if attempt.task.id.as_str() == "a" {
            sleep(SECOND).await;
            return Err(TaskError::terminal("no"));
        }
        sleep(SECOND * 3).await;
        ok()
    });
    engine.options.fail_fast = true;
    engine.options.max_parallel = NonZeroUsize::new(2).unwrap();
    let tasks = [task("a", &[]), task("b", &[]), task("c", &[]), task("d", &["a"])];
    let report = run(&engine, &tasks).await;
    assert_eq!(ends(&report), "failed ok cancelled blocked-by-a");
    assert!(matches!(&report.stopped, Some(Stop::FailFast { task }) if task.as_str() == "a"));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_meets_all_ends_the_run() {
    let (mut engine, _) = engine(|_| async {
        Err(TaskError {
            message: "bad key".to_owned(),
            kind: TaskErrorKind::Provider { kind: LlmErrorKind::KeyInvalid, after: None },
            usage: Usage { calls: 1, ..Usage::default() },
        })
    });
    engine.options.max_parallel = NonZeroUsize::MIN;
    let report = run(&engine, &[task("a", &[]), task("b", &[]), task("c", &["a"])]).await;
    assert_eq!(ends(&report), "failed cancelled cancelled");
    assert_eq!((report.tasks[0].provider, report.usage.calls), (Some(LlmErrorKind::KeyInvalid), 1));
    assert!(matches!(report.stopped, Some(Stop::Provider { kind: LlmErrorKind::KeyInvalid, .. })));
}

#[tokio::test(start_paused = true)]
async fn the_budget_of_retries_is_shared() {
    let (mut engine, _) = engine(|_| async { Err(TaskError::retryable("no")) });
    engine.retries = Arc::new(RetryBudget::new(3, Duration::MAX));
    let report = run(&engine, &[task("a", &[]), task("b", &[]), task("c", &[])]).await;
    assert_eq!(ends(&report), "failed failed failed");
    assert_eq!(report.tasks.iter().map(|task| task.attempts.len()).sum::<usize>(), 6);
}

#[tokio::test(start_paused = true)]
async fn stopping_gracefully_gives_attempts_time() {
    let (engine, _) = engine(|attempt| async move {
        sleep(if attempt.task.id.as_str() == "a" { SECOND * 4 } else { SECOND * 9 }).await;
        ok()
    });
    let stop = engine.stop.clone();
    tokio::spawn(async move {
        sleep(SECOND).await;
        stop.request();
    });
    let report = run(&engine, &[task("a", &[]), task("b", &[]), task("c", &["a"])]).await;
    assert_eq!(ends(&report), "ok cancelled cancelled");
    assert!(matches!(report.stopped, Some(Stop::Interrupted)));
    assert!(between(report.elapsed, 6000, 6010), "1 s and 5 s of grace: {:?}", report.elapsed);
}

#[tokio::test(start_paused = true)]
async fn the_second_request_is_immediate() {
    let (engine, log) = engine(|_| async {
        sleep(SECOND * 9).await;
        ok()
    });
    let stop = engine.stop.clone();
    tokio::spawn(async move {
        for _ in 0..2 {
            sleep(SECOND).await;
            stop.request();
        }
    });
    let report = run(&engine, &diamond()).await;
    assert_eq!(ends(&report), "cancelled cancelled cancelled cancelled");
    assert!(between(report.elapsed, 2000, 2010), "{:?}", report.elapsed);
    assert!(matches!(log.lock().unwrap().last(), Some(RunEvent::RunFinished { interrupted: true, .. })));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_waits_to_retry_is_cancelled_not_failed() {
    let (engine, _) = engine(|_| async { Err(TaskError::retryable("busy")) });
    let stop = engine.stop.clone();
    tokio::spawn(async move {
        sleep(SECOND / 2).await;
        stop.request();
    });
    let report = run(&engine, &[task("a", &[])]).await;
    assert_eq!((ends(&report).as_str(), report.tasks[0].attempts.len()), ("cancelled", 1));
    assert!(between(report.elapsed, 500, 510), "{:?}", report.elapsed);
}

#[tokio::test(start_paused = true)]
async fn a_run_stopped_before_it_began_starts_nothing() {
    let (engine, _) = engine(|_| async { ok() });
    engine.stop.request();
    assert_eq!(ends(&run(&engine, &diamond()).await), "cancelled cancelled cancelled cancelled");
}

#[tokio::test(start_paused = true)]
async fn tasks_that_are_done_are_not_run_again() {
    let ran = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&ran);
    let (engine, _) = engine(move |attempt| {
        seen.lock().unwrap().push(attempt.task.id.to_string());
        async { ok() }
    });
    let done = BTreeMap::from([(id("a"), 3), (id("c"), 0)]);
    let report = engine.run(diamond().to_vec(), &done).await.unwrap();
    assert_eq!(ends(&report), "reused ok reused ok");
    assert_eq!(*ran.lock().unwrap(), ["b", "d"]);
    assert_eq!(report.tasks[0].end, TaskEnd::Succeeded { artifacts: 3, reused: true });
}

/// Takes two seconds for every commit and refuses the one of task `b`, where asked to.
#[derive(Default)]
struct SlowCommitter {
    refuse: bool,
    log: Mutex<Vec<String>>,
}

impl Committer for SlowCommitter {
    fn started<'a>(&'a self, task: &'a TaskId, attempt: u32) -> BoxFuture<'a, Result<(), CommitError>> {
        self.log.lock().unwrap().push(format!("started {task} {attempt}"));
        Box::pin(async { Ok(()) })
    }

    fn commit<'a>(
        &'a self,
        task: &'a TaskId,
        _: TaskOutput,
    ) -> BoxFuture<'a, Result<Committed, CommitError>> {
        Box::pin(async move {
            sleep(SECOND * 2).await;
            if self.refuse && task.as_str() == "b" {
                return Err(CommitError::new("no space left"));
            }
            self.log.lock().unwrap().push(format!("kept {task}"));
            Ok(Committed { artifacts: 1, ..Committed::default() })
        })
    }

    fn finished<'a>(&'a self, record: &'a TaskRecord) -> BoxFuture<'a, Result<(), CommitError>> {
        self.log.lock().unwrap().push(format!("finished {}", record.task));
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test(start_paused = true)]
async fn commits_outlast_timeouts_and_interrupts() {
    let (mut engine, _) = engine(|_| async { ok() });
    let committer = Arc::new(SlowCommitter::default());
    engine.committer = Arc::clone(&committer) as Arc<dyn Committer>;
    engine.options.timeout = Some(SECOND);
    let stop = engine.stop.clone();
    tokio::spawn(async move {
        sleep(SECOND).await;
        stop.request();
        stop.request();
    });
    let report = run(&engine, &[task("a", &[]), task("b", &["a"])]).await;
    assert_eq!(ends(&report), "ok cancelled");
    assert_eq!(*committer.log.lock().unwrap(), ["started a 1", "finished b", "kept a", "finished a"]);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_cannot_be_kept_ends_the_run() {
    let (mut engine, _) = engine(|attempt| async move {
        if attempt.task.id.as_str() == "c" {
            sleep(SECOND * 9).await;
        }
        ok()
    });
    engine.committer = Arc::new(SlowCommitter { refuse: true, ..SlowCommitter::default() });
    let report = run(&engine, &diamond()).await;
    assert_eq!(ends(&report), "ok cancelled cancelled cancelled");
    assert!(matches!(&report.stopped, Some(Stop::Committer(error)) if error.to_string() == "no space left"));
}

#[test]
fn events_read_as_one_flat_object() {
    let event = RunEvent::TaskFinished {
        task: id("a"),
        end: TaskEnd::Blocked { by: id("b") },
        attempts: 0,
        elapsed_ms: Duration::from_millis(1500),
        usage: Usage::default(),
    };
    let text = serde_json::to_string(&event).unwrap();
    assert!(
        text.starts_with(r#"{"event":"task_finished","task":"a","end":{"status":"blocked","by":"b"}"#),
        "{text}"
    );
    assert!(text.contains(r#""elapsed_ms":1500"#), "{text}");
    assert_eq!(serde_json::from_str::<RunEvent>(&text).unwrap(), event);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_graphs_keep_order_once_and_cap(
        edges in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..4), 1..60),
        cap in 1_usize..9,
        waits in prop::collection::vec(0_u64..50, 60),
        failures in prop::collection::btree_set(0_usize..60, 0..4),
    ) {
        let tasks: Vec<Task> = edges
            .iter()
            .enumerate()
            .map(|(place, after)| {
                let after: Vec<String> = after.iter().filter(|_| place > 0).map(|dep| format!("t{}", dep.index(place.max(1)))).collect();
                task(&format!("t{place}"), &after.iter().map(String::as_str).collect::<Vec<_>>())
            })
            .collect();
        let running = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let (now, top) = (Arc::clone(&running), Arc::clone(&most));
        let failing = failures.clone();
        let (mut engine, log) = engine(move |attempt| {
            let place: usize = attempt.task.id.as_str()[1..].parse().unwrap();
            let wait = Duration::from_millis(waits[place]);
            let fails = failing.contains(&place);
            let (now, top) = (Arc::clone(&now), Arc::clone(&top));
            async move {
                top.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                sleep(wait).await;
                now.fetch_sub(1, Ordering::SeqCst);
                if fails { Err(TaskError::terminal("no")) } else { ok() }
            }
        });
        engine.options.max_parallel = NonZeroUsize::new(cap).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let report = runtime.block_on(run(&engine, &tasks));

        prop_assert!(most.load(Ordering::SeqCst) <= cap);
        prop_assert_eq!(running.load(Ordering::SeqCst), 0);
        let mut succeeded = std::collections::BTreeSet::new();
        let mut started = BTreeMap::<TaskId, usize>::new();
        for event in log.lock().unwrap().iter() {
            match event {
                RunEvent::TaskStarted { task, .. } => {
                    let place: usize = task.as_str()[1..].parse().unwrap();
                    prop_assert!(tasks[place].depends_on.iter().all(|dep| succeeded.contains(dep)), "{task} too early");
                    *started.entry(task.clone()).or_default() += 1;
                }
                RunEvent::TaskFinished { task, end: TaskEnd::Succeeded { .. }, .. } => {
                    succeeded.insert(task.clone());
                }
                _ => {}
            }
        }
        for record in &report.tasks {
            let runs = started.get(&record.task).copied().unwrap_or(0);
            prop_assert_eq!(runs, usize::from(!matches!(record.end, TaskEnd::Blocked { .. })));
            if let TaskEnd::Blocked { by } = &record.end {
                let place: usize = by.as_str()[1..].parse().unwrap();
                prop_assert!(failures.contains(&place));
            }
        }
    }
}
