//! The engine against a bare `JoinSet` over no-op tasks, as ratios within one run.
//!
//! `cargo bench --bench scheduler`. Aim: at most 3, and the same at 10,000 and 100,000 tasks.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use metagen::base::budget::RetryBudget;
use metagen::base::clock::SystemClock;
use metagen::base::ids::{AgentName, TaskId};
use metagen::engine::{
    AttemptContext, Engine, EngineOptions, NoCommit, RunEvent, StopSignal, TaskError, TaskOutput, TaskRunner,
};
use metagen::llm::BoxFuture;
use metagen::plan::{Task, TaskLimits};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;

/// What tasks wait for, by place.
type Shape = Vec<Vec<usize>>;

const PARALLEL: usize = 64;
const ROUNDS: usize = 5;

struct Nothing;

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

async fn engine(tasks: Vec<Task>) {
    let engine = Engine {
        runner: Arc::new(Nothing),
        committer: Arc::new(NoCommit),
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
                runtime.block_on(engine(tasks));
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
}
