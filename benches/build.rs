//! What a whole build costs, as ratios within one run: `cargo bench --bench build`.
//!
//! A build of four entities against a copy of the tree it writes and one sync; an unchanged rebuild against the build; how build
//! time grows with the app; a hundred builds at once; and `metagen --version` against a program that only prints. The directory
//! is made below `TMPDIR`, which should be on a disk.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops where something is wrong"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use metagen::base::fs::Disk;
use serde_json::{Value, json};

const ROUNDS: usize = 9;

fn main() {
    let root = tempfile::tempdir().unwrap();
    let here = root.path();
    println!("medians of {ROUNDS}");
    start_up(here);
    copy(here);
    growth(here);
    crowd(here);
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
    let (mut builds, mut rebuilds, mut alls, mut apps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let name = format!("app{round}");
        // So that nobody pays for what others have left to write.
        sync(here);
        builds.push(timed(&mut build(here, "4.json", &name)));
        rebuilds.push(timed(&mut build(here, "4.json", &name)));
        alls.push(copied(here, &name, &format!("all{round}")));
        fs::remove_dir_all(here.join(&name).join(".metagen")).unwrap();
        apps.push(copied(here, &name, &format!("copy{round}")));
    }
    let (build, rebuild, all, app) = (median(builds), median(rebuilds), median(alls), median(apps));
    println!(
        "  build of 4 entities / cp -r of all it wrote and one sync: {:.2} (aim: at most 1.5; {build:.1?}, {all:.1?}); \
         of the app without .metagen: {:.2} ({app:.1?})",
        ratio(build, all),
        ratio(build, app)
    );
    println!("  unchanged rebuild / build: {:.2} (aim: at most 0.33)", ratio(rebuild, build));
}

/// How long it takes to copy a tree and to force the copy to the disk.
fn copied(here: &Path, from: &str, to: &str) -> Duration {
    sync(here);
    let start = Instant::now();
    timed(Command::new("cp").args(["-r", from, to]).current_dir(here));
    sync(here);
    start.elapsed()
}

fn sync(dir: &Path) {
    Disk::default().sync_tree(dir, &[]).unwrap();
}

/// A hundred builds at once, each in a directory of its own, against one after the other.
fn crowd(here: &Path) {
    const COUNT: u32 = 100;
    let single =
        median((0..ROUNDS).map(|n| timed(&mut build(here, "4.json", &format!("alone{n}")))).collect());
    let start = Instant::now();
    let mut children: Vec<Child> = (0..COUNT)
        .map(|n| {
            let mut command = build(here, "4.json", &format!("crowd{n}"));
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    let mut peaks = BTreeMap::new();
    while !children.is_empty() {
        children.retain_mut(|child| {
            if let Some(kilobytes) = peak_kb(child.id()) {
                peaks.insert(child.id(), kilobytes);
            }
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none_or(|status| status.success()), "{ended:?}");
            ended.is_none()
        });
        thread::sleep(Duration::from_millis(5));
    }
    let time = start.elapsed();
    let most = peaks.values().max().copied().unwrap_or(0);
    println!(
        "  {COUNT} builds at once: {:.1} a second, {:.2} of the time of one after the other; at most {} MB each, {} MB in all",
        f64::from(COUNT) / time.as_secs_f64(),
        ratio(time, single * COUNT),
        most / 1024,
        peaks.values().sum::<u64>() / 1024,
    );
}

/// The most memory that a process has held so far.
fn peak_kb(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find(|line| line.starts_with("VmHWM"))?.split_whitespace().nth(1)?.parse().ok()
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
