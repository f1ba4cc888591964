//! What metagen adds to a model's own time: `cargo bench --bench model`.
//!
//! Whole builds against a server on localhost that takes 200 ms for each answer, with 4, 40 and 400 tasks that ask it, four side
//! by side. Printed are the wall time over that of the longest chain of calls (aim: at most 1.03 where there are many), the CPU
//! time of a call, and the most memory held; all of one run.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops where something is wrong"
)]

#[path = "../tests/it/model_server.rs"]
#[expect(dead_code, reason = "the faults that it can play are for tests")]
mod model_server;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use model_server::{Act, Asked, ModelServer, says};
use serde_json::{Value, json};

const REPLY: Duration = Duration::from_millis(200);
const WIDTH: usize = 4;
const KEY: &str = "AQ.bench-key-0123456789";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut before: Option<(usize, Measured)> = None;
    // The first build pays for reading the binary from the disk.
    runtime.block_on(build(WIDTH));
    println!("answers after {} ms, {WIDTH} tasks side by side", REPLY.as_millis());
    for count in [4, 40, 400] {
        let measured = runtime.block_on(build(count));
        let chain = REPLY * u32::try_from(measured.chain).unwrap();
        println!(
            "  {count} tasks, {} calls: wall {:.2} s / chain of {} calls {:.2} s = {:.3}; outside of calls {:.0} ms, CPU {:.2} ms a call, peak {} MB",
            measured.calls,
            measured.wall.as_secs_f64(),
            measured.chain,
            chain.as_secs_f64(),
            measured.wall.as_secs_f64() / chain.as_secs_f64(),
            measured.wall.saturating_sub(chain).as_secs_f64() * 1e3,
            measured.cpu.as_secs_f64() * 1e3 / f64::from(u32::try_from(measured.calls).unwrap()),
            measured.peak >> 10,
        );
        if let Some((fewer, less)) = &before {
            let calls = f64::from(u32::try_from(measured.calls - less.calls).unwrap());
            let links = f64::from(u32::try_from(measured.chain - less.chain).unwrap());
            println!(
                "    from {fewer} on: wall {:.3} of the chain's growth, CPU {:.2} ms a call, {:.0} KB a call",
                measured.wall.saturating_sub(less.wall).as_secs_f64() / (links * REPLY.as_secs_f64()),
                (measured.cpu.saturating_sub(less.cpu)).as_secs_f64() * 1e3 / calls,
                f64::from(u32::try_from(measured.peak.saturating_sub(less.peak)).unwrap()) / calls,
            );
        }
        before = Some((count, measured));
    }
}

struct Measured {
    wall: Duration,
    cpu: Duration,
    /// In KB.
    peak: u64,
    calls: usize,
    /// Calls that follow each other at least, the plan's among them.
    chain: usize,
}

async fn build(count: usize) -> Measured {
    let plan = plan(count).to_string();
    let answer = move |asked: &Asked| {
        let system = asked.body.pointer("/systemInstruction/parts/0/text").and_then(Value::as_str).unwrap();
        let text = if system.starts_with("You plan") { plan.as_str() } else { "No additions." };
        std::iter::once(Act::Sleep(REPLY)).chain(says(text)).collect()
    };
    let server = ModelServer::start_with(KEY, answer).await;
    let here = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_metagen"));
    command
        .args(["build", "A bookshop", "-q", "--no-cache", "-o", "app", "--max-parallel"])
        .arg((WIDTH + 4).to_string())
        .current_dir(here.path())
        .env("GEMINI_API_KEY", KEY)
        .env("GOOGLE_GEMINI_BASE_URL", &server.url)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let (wall, cpu, peak) = tokio::task::spawn_blocking(move || run(command)).await.unwrap();
    // The plan, then each layer of tasks.
    Measured { wall, cpu, peak, calls: server.asked().len(), chain: 1 + count.div_ceil(WIDTH) }
}

fn run(mut command: Command) -> (Duration, Duration, u64) {
    let cpu = children_cpu();
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = peak.max(number.unwrap_or(0));
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let wall = start.elapsed();
    assert!(ended.success(), "the build ended with {ended}");
    (wall, children_cpu().saturating_sub(cpu), peak)
}

/// The CPU time of all processes that ended, in the system's ticks of 10 ms.
fn children_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks: u64 = fields[13].parse::<u64>().unwrap() + fields[14].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

/// A plan whose tasks ask in layers, each task for all of the layer before.
fn plan(count: usize) -> Value {
    let id = |n: usize| format!("task-{n}");
    let tasks: Vec<Value> = (0..count)
        .map(|n| {
            let layer = n / WIDTH * WIDTH;
            let before: Vec<String> = (layer.saturating_sub(WIDTH)..layer).map(id).collect();
            json!({"id": id(n), "name": id(n), "agent": if n % 2 == 0 { "backend" } else { "frontend" },
                "description": "A part.", "depends_on": before})
        })
        .collect();
    json!({
        "blueprint": {
            "app": {"name": "Bench"},
            "entities": [{"name": "Book", "fields": [
                {"name": "title", "type": "string", "required": true},
                {"name": "price", "type": "decimal", "min": 0},
            ]}],
        },
        "tasks": tasks,
    })
}
