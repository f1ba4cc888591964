//! The engine against a bare `JoinSet` over no-op tasks, as ratios within one run; then the same with every transition on the
//! disk before the run goes on.
//!
//! `cargo bench --bench scheduler`. Aims: at most 3, and the same at 10,000 and 100,000 tasks; with a context, twice as many tasks
//! take at most 2.3 times as long, and what a task costs is its share of a sync. The context is made below `TMPDIR`, which should
//! be on a disk: in memory a sync costs nothing.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use metagen::base::artifact::{Artifact, Origin};
use metagen::base::budget::RetryBudget;
use metagen::base::clock::SystemClock;
use metagen::base::digest::Digest;
use metagen::base::fs::{Disk, Step};
use metagen::base::ids::{AgentName, OutputPath, TaskId};
use metagen::context::{PlannedTask, RunIdentity, RunOutcome, Store, TaskState, Tokens, Writer};
use metagen::engine::{
    AttemptContext, CommitError, Committed, Committer, Engine, EngineOptions, NoCommit, RunEvent, StopSignal,
    TaskError, TaskOutput, TaskRecord, TaskRunner,
};
use metagen::llm::{BoxFuture, Usage};
use metagen::plan::{Task, TaskLimits};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// What tasks wait for, by place.
type Shape = Vec<Vec<usize>>;

const PARALLEL: usize = 64;
const ROUNDS: usize = 5;
const DURABLE_ROUNDS: usize = 9;
const SYNCS: u32 = 100;

/// Makes nothing, for nothing.
struct Nothing;

/// Makes a small file, which was paid for: its end is forced to the disk before anything that depends on it begins.
struct Paid;

impl TaskRunner for Paid {
    fn run(&self, attempt: AttemptContext) -> BoxFuture<'_, Result<TaskOutput, TaskError>> {
        let name = attempt.task.id.as_str();
        let artifact = Artifact {
            path: OutputPath::new(format!("{name}.txt")).expect("an id is a file name"),
            contents: name.into(),
            origin: Origin::Model,
        };
        let usage = Usage { calls: 1, ..Usage::default() };
        Box::pin(std::future::ready(Ok(TaskOutput {
            artifacts: vec![artifact],
            usage,
            ..TaskOutput::default()
        })))
    }
}

/// Writes everything down, as a build does.
struct Durable(Writer);

impl Committer for Durable {
    fn started<'a>(&'a self, task: &'a TaskId, _: u32) -> BoxFuture<'a, Result<(), CommitError>> {
        Box::pin(async move { self.0.attempt_started(task).await.map_err(CommitError::new) })
    }

    fn commit<'a>(
        &'a self,
        task: &'a TaskId,
        output: TaskOutput,
    ) -> BoxFuture<'a, Result<Committed, CommitError>> {
        Box::pin(async move {
            self.0.keep(task, &output.artifacts).await.map_err(CommitError::new)?;
            Ok(Committed { artifacts: output.artifacts.len(), ..Committed::default() })
        })
    }

    fn finished<'a>(&'a self, record: &'a TaskRecord) -> BoxFuture<'a, Result<(), CommitError>> {
        let usage = Tokens { calls: record.usage.calls, ..Tokens::default() };
        let ended =
            self.0.task_ended(&record.task, TaskState::Succeeded, vec![], record.elapsed, usage, vec![]);
        Box::pin(async move { ended.await.map_err(CommitError::new) })
    }
}

impl TaskRunner for Nothing {
    fn run(&self, _: AttemptContext) -> BoxFuture<'_, Result<TaskOutput, TaskError>> {
        Box::pin(std::future::ready(Ok(TaskOutput::default())))
    }
}

fn shapes(count: usize) -> [(&'static str, Shape); 4] {
    let mut rng = StdRng::seed_from_u64(1);
    let layer = 100;
    let layered = |n: usize| if n < layer { vec![] } else { vec![n - layer, (n / layer - 1) * layer] };
    [
        ("chain", (0..count).map(|n| n.checked_sub(1).into_iter().collect()).collect()),
        ("fan-out", (0..count).map(|n| if n == 0 { vec![] } else { vec![0] }).collect()),
        ("layered", (0..count).map(layered).collect()),
        ("random", (0..count).map(|n| (0..n.min(3)).map(|_| rng.random_range(0..n)).collect()).collect()),
    ]
}

fn tasks(shape: &Shape) -> Vec<Task> {
    let ids: Vec<TaskId> =
        (0..shape.len()).map(|n| TaskId::new(format!("t{n}")).expect("t and a number is an id")).collect();
    let agent = AgentName::new("none").expect("a plain word is a name");
    let task = |(n, after): (usize, &Vec<usize>)| Task {
        id: ids[n].clone(),
        name: String::new(),
        agent: agent.clone(),
        description: String::new(),
        depends_on: after.iter().map(|&dependency| ids[dependency].clone()).collect(),
        limits: TaskLimits::default(),
    };
    shape.iter().enumerate().map(task).collect()
}

async fn engine(tasks: Vec<Task>, runner: Arc<dyn TaskRunner>, committer: Arc<dyn Committer>) {
    let engine = Engine {
        runner,
        committer,
        events: Arc::new(|_: RunEvent| {}),
        clock: Arc::new(SystemClock),
        retries: Arc::new(RetryBudget::unlimited()),
        stop: StopSignal::new(),
        options: EngineOptions {
            max_parallel: NonZeroUsize::new(PARALLEL).expect("not zero"),
            timeout: None,
            fail_fast: false,
            grace: Duration::ZERO,
            seed: 0,
        },
    };
    let report = engine.run(tasks, &BTreeMap::new()).await.expect("the shapes have no cycle");
    assert!(report.succeeded());
}

/// The least that runs the same tasks in a legal order under the same cap.
async fn bare(shape: &Shape) {
    let mut waits: Vec<usize> = shape.iter().map(Vec::len).collect();
    let mut dependents = vec![Vec::new(); shape.len()];
    for (task, after) in shape.iter().enumerate() {
        for &dependency in after {
            dependents[dependency].push(task);
        }
    }
    let mut ready: Vec<usize> = (0..shape.len()).filter(|&task| waits[task] == 0).collect();
    let mut jobs = JoinSet::new();
    loop {
        while jobs.len() < PARALLEL {
            let Some(task) = ready.pop() else { break };
            jobs.spawn(async move { task });
        }
        let Some(done) = jobs.join_next().await else { break };
        for &task in &dependents[done.expect("nothing panics")] {
            waits[task] -= 1;
            if waits[task] == 0 {
                ready.push(task);
            }
        }
    }
    assert!(waits.iter().all(|&left| left == 0));
}

fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// A run with a context of its own: how long it took, and how many syncs that were.
fn durably(runtime: &Runtime, shape: &Shape) -> (Duration, usize) {
    let dir = tempfile::tempdir().expect("a directory can be made");
    let syncs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&syncs);
    let disk = Disk::with_hook(move |step, _| {
        if matches!(step, Step::Sync | Step::SyncAll) {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    });
    let store = Store::new(disk, dir.path());
    let writer = store.open_writer(Duration::ZERO, Arc::new(SystemClock)).expect("nobody else is there");
    let tasks = tasks(shape);
    let planned = tasks.iter().map(|task| PlannedTask {
        id: task.id.clone(),
        name: task.name.clone(),
        agent: task.agent.clone(),
        fingerprint: Digest::of(task.id.as_str().as_bytes()),
    });
    writer.begin_run(RunIdentity::default(), None, planned.collect()).expect("the disk takes it");
    let durable = Arc::new(Durable(writer));
    let start = Instant::now();
    runtime.block_on(engine(tasks, Arc::new(Paid), Arc::clone(&durable) as Arc<dyn Committer>));
    let time = start.elapsed();
    let syncs = syncs.load(Ordering::Relaxed);
    let Durable(writer) = Arc::into_inner(durable).expect("the engine has let go of it");
    writer.end_run(RunOutcome::Done).expect("the disk takes it");
    let context = store.read().expect("it can be read").expect("it is there").context;
    let tasks = context.run.expect("it ran").tasks;
    assert!(tasks.values().all(|task| task.state == TaskState::Succeeded && task.artifacts.len() == 1));
    (time, syncs)
}

/// What one sync of a few new bytes takes at this moment.
fn one_sync() -> Duration {
    let dir = tempfile::tempdir().expect("a directory can be made");
    let mut file = Disk::default().append(&dir.path().join("file")).expect("a file can be made");
    let start = Instant::now();
    for _ in 0..SYNCS {
        file.append(&[b'x'; 300]).expect("the disk takes it");
        file.sync().expect("the disk takes it");
    }
    start.elapsed() / SYNCS
}

/// One durable run, and what a sync took just before it.
#[derive(Clone, Copy)]
struct Run {
    time: Duration,
    syncs: usize,
    one_sync: Duration,
}

/// Runs of few and of many tasks take turns. Each pair gives a ratio, of which the median counts: how many tasks a sync takes
/// along, and so the time of a run, differs from one run to the next.
#[expect(clippy::print_stdout, reason = "a benchmark's result")]
#[expect(clippy::cast_precision_loss, reason = "counts of tasks are far below 2^52")]
fn all_durably(runtime: &Runtime) {
    println!("\nevery transition durable, {PARALLEL} side by side, medians of {DURABLE_ROUNDS}");
    println!(
        "{:<9} {:>7}  {:>9} {:>7} {:>8} {:>13}  t(n)/t(n/2) (aim: at most 2.3; all)",
        "shape", "tasks", "time", "syncs", "us/task", "syncs alone"
    );
    for (few, many) in shapes(10_000).into_iter().zip(shapes(20_000)) {
        let mut runs: [Vec<Run>; 2] = [vec![], vec![]];
        for _ in 0..DURABLE_ROUNDS {
            for ((_, shape), runs) in [&few, &many].into_iter().zip(&mut runs) {
                let one_sync = one_sync();
                let (time, syncs) = durably(runtime, shape);
                runs.push(Run { time, syncs, one_sync });
            }
        }
        let [short, long] = &runs;
        let ratio = |(short, long): (&Run, &Run)| long.time.as_secs_f64() / short.time.as_secs_f64();
        let mut ratios: Vec<f64> = short.iter().zip(long).map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        let all: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
        let told = [String::new(), format!("{}  ({})", all[all.len() / 2], all.join(" "))];
        for (((name, shape), mut runs), told) in [few, many].into_iter().zip(runs).zip(told) {
            runs.sort_by_key(|run| run.time);
            let Run { time, syncs, one_sync } = runs[runs.len() / 2];
            let seconds = time.as_secs_f64();
            println!(
                "{name:<9} {:>7}  {time:>9.1?} {syncs:>7} {:>8.1} {:>11.0} %  {told}",
                shape.len(),
                seconds * 1e6 / shape.len() as f64,
                one_sync.as_secs_f64() * syncs as f64 / seconds * 100.0,
            );
        }
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark's result")]
#[expect(clippy::cast_precision_loss, reason = "counts of tasks are far below 2^52")]
fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
    let runtime = runtime.expect("a runtime starts");
    println!(
        "{:<9} {:>7}  {:>11} {:>11} {:>6}  (aim: at most 3)",
        "shape", "tasks", "engine us/t", "bare us/t", "ratio"
    );
    for count in [10_000, 100_000] {
        for (name, shape) in shapes(count) {
            let (mut ours, mut least) = (Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                let tasks = tasks(&shape);
                let start = Instant::now();
                runtime.block_on(engine(tasks, Arc::new(Nothing), Arc::new(NoCommit)));
                ours.push(start.elapsed());
                let start = Instant::now();
                runtime.block_on(bare(&shape));
                least.push(start.elapsed());
            }
            let (ours, least) = (median(ours), median(least));
            let each = |seconds: f64| seconds * 1e6 / count as f64;
            println!(
                "{name:<9} {count:>7}  {:>11.2} {:>11.2} {:>6.2}",
                each(ours),
                each(least),
                ours / least
            );
        }
        println!("peak resident memory so far: {:.2} KB a task", resident_kb() as f64 / count as f64);
    }
    all_durably(&runtime);
}
