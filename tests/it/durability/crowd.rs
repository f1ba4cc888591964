//! Many threads and many processes on one context, counted.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use metagen::base::digest::Digest;
use metagen::base::fs::Disk;
use metagen::base::ids::AgentName;
use metagen::context::{ContextError, PlannedTask, RunIdentity, RunOutcome, Store, TaskState, Tokens};

use super::build::{clock, open, task};

fn planned(count: usize) -> Vec<PlannedTask> {
    let one = |n: usize| PlannedTask {
        id: task(&format!("t{n}")),
        name: String::new(),
        agent: AgentName::new("x").unwrap(),
        fingerprint: Digest::of(&n.to_le_bytes()),
    };
    (0..count).map(one).collect()
}

#[test]
fn threads_of_one_writer_lose_nothing() {
    const THREADS: usize = 8;
    const EACH: usize = 50;
    let dir = tempfile::tempdir().unwrap();
    let writer = open(&Disk::default(), dir.path()).unwrap();
    writer.begin_run(RunIdentity::default(), None, planned(THREADS * EACH)).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let writer = &writer;
                scope.spawn(move || {
                    for n in thread * EACH..(thread + 1) * EACH {
                        let id = task(&format!("t{n}"));
                        drop(writer.attempt_started(&id));
                        let usage = Tokens { calls: 1, ..Tokens::default() };
                        writer
                            .task_ended(&id, TaskState::Succeeded, vec![], Duration::ZERO, usage, vec![])
                            .wait_err(&id.to_string());
                    }
                })
            })
            .collect();
        // A reader in the meantime sees states that only grow.
        let reader = scope.spawn(|| {
            let store = Store::new(Disk::default(), dir.path());
            let (mut last, mut reads) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                let seen = store.read().unwrap().expect("a run is going on");
                assert!(seen.writer.is_some());
                assert!(seen.context.seq >= last, "{} after {last}", seen.context.seq);
                last = seen.context.seq;
                reads += 1;
            }
            reads
        });
        for thread in threads {
            thread.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
    writer.end_run(RunOutcome::Done).unwrap();
    let seen = Store::new(Disk::default(), dir.path()).read().unwrap().unwrap();
    assert_eq!(seen.context.usage().calls, (THREADS * EACH) as u64);
    assert_eq!(seen.writer, None);
}

trait WaitErr {
    fn wait_err(self, what: &str);
}

impl WaitErr for metagen::context::Pending {
    #[track_caller]
    fn wait_err(self, what: &str) {
        self.wait().unwrap_or_else(|error| panic!("{what}: {error}"));
    }
}

const CROWD_DIR: &str = "IT_DURABILITY_CROWD_DIR";
const PROCESSES: usize = 6;
const RUNS: usize = 5;

/// Runs in processes of its own, started by the test below; by itself it has nothing to do.
#[test]
fn child_of_a_crowd() {
    let Ok(dir) = std::env::var(CROWD_DIR) else { return };
    for _ in 0..RUNS {
        let store = Store::new(Disk::default(), Path::new(&dir));
        let writer = store.open_writer(Duration::from_mins(5), clock()).unwrap();
        writer.begin_run(RunIdentity::default(), None, planned(1)).unwrap();
        writer.end_run(RunOutcome::Done).unwrap();
    }
}

#[test]
fn processes_take_turns() {
    let dir = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..PROCESSES)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["child_of_a_crowd", "--test-threads=1"])
                .env(CROWD_DIR, dir.path())
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let context = Store::new(Disk::default(), dir.path()).read().unwrap().unwrap().context;
    assert_eq!(context.run.unwrap().number as usize, PROCESSES * RUNS);
    assert_eq!(context.seq, 2 * (PROCESSES * RUNS) as u64);
}

#[test]
fn a_second_build_is_told_who_builds() {
    let dir = tempfile::tempdir().unwrap();
    let _first = open(&Disk::default(), dir.path()).unwrap();
    let error = Store::new(Disk::default(), dir.path()).open_writer(Duration::ZERO, clock()).unwrap_err();
    assert!(matches!(error, ContextError::Locked(_)));
    let text = error.to_string();
    assert!(text.contains(&format!("process {} since 2026-01-02T03:04:05Z", std::process::id())), "{text}");
}
