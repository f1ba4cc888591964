//! What a whole build costs, as ratios within one run: `cargo bench --bench build`.
//!
//! A build of four entities against a copy of the tree it writes; an unchanged rebuild against the build; how build time and
//! memory grow with the app; and `metagen --version` against a program that only prints.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops where something is wrong"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const ROUNDS: usize = 9;

fn main() {
    let root = tempfile::tempdir().unwrap();
    let here = root.path();
    println!("medians of {ROUNDS}");
    start_up(here);
    copy(here);
    growth(here);
}

/// A program that only prints, built with the same compiler.
fn start_up(here: &Path) {
    fs::write(here.join("hello.rs"), "fn main() { println!(\"hello\"); }").unwrap();
    let built = Command::new("rustc").args(["-O", "hello.rs"]).current_dir(here).status().unwrap();
    assert!(built.success(), "rustc builds the baseline");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS * 5 {
        ours.push(timed(Command::new(env!("CARGO_BIN_EXE_metagen")).arg("--version")));
        theirs.push(timed(&mut Command::new(here.join("hello"))));
    }
    println!("  metagen --version / hello world: {:.2} (aim: under 2)", ratio(median(ours), median(theirs)));
}

fn copy(here: &Path) {
    fs::write(here.join("4.json"), blueprint(4).to_string()).unwrap();
    let (mut builds, mut rebuilds, mut copies) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let name = format!("app{round}");
        builds.push(timed(&mut build(here, "4.json", &name)));
        rebuilds.push(timed(&mut build(here, "4.json", &name)));
        let copy = format!("copy{round}");
        copies.push(timed(Command::new("cp").args(["-r", &name, &copy]).current_dir(here)));
    }
    let (build, rebuild, copy) = (median(builds), median(rebuilds), median(copies));
    println!("  build of 4 entities / cp -r of it: {:.2} (aim: under 3)", ratio(build, copy));
    println!("  unchanged rebuild / build: {:.2} (aim: under 0.33)", ratio(rebuild, build));
}

fn growth(here: &Path) {
    let mut before: Option<(u32, Duration)> = None;
    for count in [4, 40, 200] {
        let file = format!("{count}.json");
        fs::write(here.join(&file), blueprint(count).to_string()).unwrap();
        let mut times = Vec::new();
        for round in 0..3 {
            times.push(timed(&mut build(here, &file, &format!("big{count}-{round}"))));
        }
        let time = median(times);
        let growth = before.map_or(String::new(), |(fewer, shorter)| {
            format!(
                ", {:.2} times that of {fewer} for {:.0} times the entities",
                ratio(time, shorter),
                f64::from(count) / f64::from(fewer)
            )
        });
        println!("  {count} entities: {:.2} s{growth}", time.as_secs_f64());
        before = Some((count, time));
    }
}

fn build(here: &Path, blueprint: &str, out: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metagen"));
    command
        .args(["build", "--provider", "mock", "-q", "--blueprint", blueprint, "-o", out])
        .current_dir(here);
    command
}

/// So many entities of six fields, each belonging to the one before.
fn blueprint(count: u32) -> Value {
    let name = |n: u32| {
        let letter = |n: u32| char::from(b'A' + u8::try_from(n % 26).unwrap());
        format!("Thing{}{}", letter(n / 26), letter(n).to_ascii_lowercase())
    };
    let entities: Vec<Value> = (0..count)
        .map(|n| {
            let parent = json!({"kind": "belongs_to", "name": "parent", "target": name(n.saturating_sub(1)), "required": n % 2 == 0});
            json!({
                "name": name(n),
                "fields": [
                    {"name": "title", "type": "string", "required": true},
                    {"name": "notes", "type": "text"},
                    {"name": "price", "type": "decimal", "min": 0},
                    {"name": "status", "type": "enum", "values": ["draft", "active", "done"], "default": "draft"},
                    {"name": "due", "type": "date"},
                    {"name": "done", "type": "boolean"},
                ],
                "relations": if n == 0 { vec![] } else { vec![parent] },
            })
        })
        .collect();
    json!({"app": {"name": "Bench"}, "entities": entities})
}

fn timed(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let time = start.elapsed();
    assert!(status.success(), "{command:?} ended with {status}");
    time
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
