//! What durability costs, as ratios within one run: `cargo bench --bench context`.
//!
//! The directory is made below `TMPDIR`, which should be on a disk: in memory a sync costs nothing.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops where something is wrong"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use metagen::base::artifact::{Artifact, Origin};
use metagen::base::clock::SystemClock;
use metagen::base::digest::Digest;
use metagen::base::fs::Disk;
use metagen::base::ids::{AgentName, OutputPath, TaskId};
use metagen::context::{PlannedTask, RunIdentity, RunOutcome, Store, TaskState, Tokens, Writer};
use metagen::workspace::{OnConflict, apply, changes, survey};

const ROUNDS: usize = 7;

fn main() {
    println!("disk work of one build, median of {ROUNDS} (files of about 3 KB, 4 tasks)");
    for count in [200, 2000] {
        build_against_copy(count);
    }
    println!("tasks with every transition durable, 64 at a time, medians of {ROUNDS} rounds");
    growth();
}

fn growth() {
    const COUNTS: [usize; 3] = [5_000, 10_000, 20_000];
    let rounds: Vec<_> = (0..ROUNDS).map(|_| COUNTS.map(durable_tasks)).collect();
    for (n, count) in COUNTS.into_iter().enumerate() {
        let middle =
            |part: fn(&Durable) -> Duration| median(rounds.iter().map(|times| part(&times[n])).collect());
        let (tasks, close, load) = (middle(|t| t.tasks), middle(|t| t.close), middle(|t| t.load));
        let each = tasks / u32::try_from(count).unwrap();
        println!("  {count} tasks: {tasks:.1?}, {each:.1?} each; closing {close:.1?}, loading {load:.1?}");
        if let Some(fewer) = n.checked_sub(1) {
            let mut ratios: Vec<f64> =
                rounds.iter().map(|times| ratio(times[n].tasks, times[fewer].tasks)).collect();
            ratios.sort_by(f64::total_cmp);
            println!(
                "  t({count}) / t({}) = {:.2} (aim: at most 2.3; {:.2} to {:.2})",
                COUNTS[fewer],
                ratios[ROUNDS / 2],
                ratios[0],
                ratios[ROUNDS - 1]
            );
        }
    }
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn files(count: usize) -> Vec<Artifact> {
    let one = |n: usize| Artifact {
        path: OutputPath::new(format!("src/part{}/file{n}.ts", n % 25)).unwrap(),
        contents: format!("// file {n}\n")
            .into_bytes()
            .into_iter()
            .chain([b'x'; 3000])
            .collect::<Vec<u8>>()
            .into(),
        origin: Origin::Template,
    };
    (0..count).map(one).collect()
}

fn build_against_copy(count: usize) {
    let files = files(count);
    let (mut builds, mut again, mut copies, mut floors) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let dir = tempfile::tempdir().unwrap();
        let (app, copy) = (dir.path().join("app"), dir.path().join("copy"));
        sync(dir.path());
        builds.push(timed(|| build(&app, &files)));
        again.push(timed(|| build(&app, &files)));
        fs::remove_dir_all(app.join(".metagen")).unwrap();
        sync(dir.path());
        copies.push(timed(|| {
            assert!(Command::new("cp").arg("-r").arg(&app).arg(&copy).status().unwrap().success());
            sync(dir.path());
        }));
        floors.push(timed(|| {
            fs::write(dir.path().join("one"), "x").unwrap();
            sync(dir.path());
        }));
    }
    let (build, again, copy, floor) = (median(builds), median(again), median(copies), median(floors));
    println!("  {count} files: cp -r and a sync {copy:.1?}, of it one sync {floor:.1?}");
    println!("    build / copy   = {:.2} (aim: at most 1.5; {build:.1?})", ratio(build, copy));
    println!("    again / build  = {:.2} (aim: at most 0.33; {again:.1?})", ratio(again, build));
}

fn sync(dir: &Path) {
    Disk::default().sync_tree(dir, &[dir.to_path_buf()]).unwrap();
}

fn planned(id: String, fingerprint: &[u8]) -> PlannedTask {
    PlannedTask {
        id: TaskId::new(id).unwrap(),
        name: "a task".to_owned(),
        agent: AgentName::new("backend").unwrap(),
        fingerprint: Digest::of(fingerprint),
    }
}

fn open(dir: &Path) -> Writer {
    Store::new(Disk::default(), dir).open_writer(Duration::ZERO, Arc::new(SystemClock)).unwrap()
}

fn build(dir: &Path, files: &[Artifact]) {
    let writer = open(dir);
    let chunks: Vec<_> = files.chunks(files.len().div_ceil(4)).collect();
    let tasks = (0..chunks.len()).map(|n| planned(format!("t{n}"), &n.to_le_bytes())).collect();
    let kept = writer.begin_run(RunIdentity::default(), None, tasks).unwrap();
    let mut incoming = BTreeMap::new();
    for (n, chunk) in chunks.into_iter().enumerate() {
        let id = TaskId::new(format!("t{n}")).unwrap();
        if !kept.contains_key(&id) {
            drop(writer.attempt_started(&id));
            drop(writer.keep(&id, chunk));
            end(&writer, &id, 0).wait().unwrap();
        }
        incoming.extend(chunk.iter().map(|file| (file.path.clone(), file.contents.clone())));
    }
    let context = writer.context();
    let survey = writer.with_pack(|pack| survey(writer.store(), &context, pack, incoming, None)).unwrap();
    let changes = changes(&survey, OnConflict::Keep, true);
    let (_, conclusion) = apply(&writer, &survey, &changes, None).unwrap();
    writer.end_run_with(RunOutcome::Done, conclusion).unwrap();
}

/// The end of a task; of one that was paid for is forced to the disk at once.
fn end(writer: &Writer, id: &TaskId, calls: u64) -> metagen::context::Pending {
    let usage = Tokens { calls, ..Tokens::default() };
    writer.task_ended(id, TaskState::Succeeded, vec![], Duration::ZERO, usage, vec![])
}

struct Durable {
    tasks: Duration,
    close: Duration,
    load: Duration,
}

fn durable_tasks(count: usize) -> Durable {
    let dir = tempfile::tempdir().unwrap();
    let writer = Arc::new(open(dir.path()));
    let all = (0..count).map(|n| planned(format!("t{n}"), b"")).collect();
    writer.begin_run(RunIdentity::default(), None, all).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let tasks = timed(|| {
        runtime.block_on(async {
            let mut set = tokio::task::JoinSet::new();
            for n in 0..count {
                if set.len() >= 64 {
                    set.join_next().await.unwrap().unwrap();
                }
                let writer = Arc::clone(&writer);
                set.spawn(async move {
                    let id = TaskId::new(format!("t{n}")).unwrap();
                    writer.attempt_started(&id).await.unwrap();
                    let artifact = Artifact {
                        path: OutputPath::new(format!("f{n}")).unwrap(),
                        contents: n.to_string().into(),
                        origin: Origin::Template,
                    };
                    writer.keep(&id, &[artifact]).await.unwrap();
                    end(&writer, &id, 1).await.unwrap();
                });
            }
            while let Some(joined) = set.join_next().await {
                joined.unwrap();
            }
        });
    });
    let close = timed(|| Arc::into_inner(writer).unwrap().end_run(RunOutcome::Done).unwrap());
    let load = timed(|| {
        Store::new(Disk::default(), dir.path()).read().unwrap().unwrap();
    });
    Durable { tasks, close, load }
}
