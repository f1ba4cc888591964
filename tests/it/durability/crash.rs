//! Builds that end at every step they take on the disk, by an error or by the death of the process, and are then built again.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use metagen::base::fs::{Disk, Step};
use metagen::base::ids::OutputPath;
use metagen::context::Store;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::build::{App, app, build, failing_at, history, rounds, tree, wide};

fn check_steps(prepare: impl Fn(&Path) -> App) {
    let whole = tempfile::tempdir().unwrap();
    let target = prepare(whole.path());
    let (disk, count) = failing_at(usize::MAX);
    build(&disk, whole.path(), &target).unwrap();
    let (expected, steps) = (tree(whole.path()), count.load(Ordering::Relaxed));
    assert!(steps > 10, "{steps} steps");
    for step in 0..steps {
        let dir = tempfile::tempdir().unwrap();
        prepare(dir.path());
        let before = tree(dir.path());
        build(&failing_at(step).0, dir.path(), &target).expect_err("the disk is full");
        // What a reader sees is whole, and no file is half written.
        Store::new(Disk::default(), dir.path()).read().unwrap();
        for (path, bytes) in tree(dir.path()) {
            assert!(
                expected.get(&path) == Some(&bytes) || before.get(&path) == Some(&bytes),
                "{path} after step {step}"
            );
        }
        let again = build(&Disk::default(), dir.path(), &target).unwrap();
        assert_eq!(tree(dir.path()), expected, "after step {step}");
        let settled = build(&Disk::default(), dir.path(), &target).unwrap();
        assert!(settled.ran.is_empty() && settled.applied.written.is_empty(), "after step {step}: {again:?}");
    }
}

#[test]
fn a_first_build_that_fails_at_any_step_is_finished_by_the_next() {
    check_steps(|_| app("one"));
}

#[test]
fn a_later_build_that_fails_at_any_step_is_finished_by_the_next() {
    check_steps(|dir| history(&Disk::default(), dir).remove(0));
}

/// As where a person kills a build, thinks better of it, and builds something else.
#[test]
fn after_builds_that_fail_at_any_step_another_one_knows_what_they_made() {
    let whole = tempfile::tempdir().unwrap();
    history(&Disk::default(), whole.path());
    let (disk, count) = failing_at(usize::MAX);
    let counted = tempfile::tempdir().unwrap();
    history(&Disk::default(), counted.path());
    build(&disk, counted.path(), &wide("two")).unwrap();
    build(&Disk::default(), whole.path(), &wide("three")).unwrap();
    let expected = tree(whole.path());
    for step in 0..count.load(Ordering::Relaxed) {
        for again in [None, Some(step / 2)] {
            let dir = tempfile::tempdir().unwrap();
            history(&Disk::default(), dir.path());
            for step in std::iter::once(step).chain(again) {
                // Where the first one came far, the second may have fewer steps to take than this.
                drop(build(&failing_at(step).0, dir.path(), &wide("two")));
            }
            let built = build(&Disk::default(), dir.path(), &wide("three")).unwrap();
            assert_eq!(tree(dir.path()), expected, "after steps {step} and {again:?}");
            assert_eq!(built.applied.conflicts.len(), 1, "after steps {step} and {again:?}: {built:?}");
        }
    }
}

const KILLED_DIR: &str = "IT_DURABILITY_KILLED_DIR";
const KILLED_STEP: &str = "IT_DURABILITY_KILLED_STEP";

/// Runs in a process of its own, started by the test below; by itself it has nothing to do.
#[test]
fn child_that_dies() {
    let (Ok(dir), Ok(step)) = (std::env::var(KILLED_DIR), std::env::var(KILLED_STEP)) else { return };
    let (step, count) = (step.parse::<usize>().unwrap(), AtomicUsize::new(0));
    let disk = Disk::with_hook(move |_, _| {
        if count.fetch_add(1, Ordering::Relaxed) == step {
            std::process::abort();
        }
        Ok(())
    });
    build(&disk, Path::new(&dir), &wide("two")).unwrap();
}

fn child(dir: &Path, step: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["child_that_dies", "--test-threads=1"]);
    command.env(KILLED_DIR, dir).env(KILLED_STEP, step.to_string());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn processes_killed_at_random_moments_leave_what_the_next_one_finishes() {
    let whole = tempfile::tempdir().unwrap();
    history(&Disk::default(), whole.path());
    build(&Disk::default(), whole.path(), &wide("two")).unwrap();
    let expected = tree(whole.path());
    let mut rng = StdRng::seed_from_u64(4);
    let (mut dir, mut interrupted) = (tempfile::tempdir().unwrap(), 0);
    history(&Disk::default(), dir.path());
    for round in 0..rounds(200) {
        let mut child = child(dir.path(), usize::MAX).spawn().unwrap();
        thread::sleep(Duration::from_micros(rng.random_range(0..25_000)));
        child.kill().unwrap();
        if !child.wait().unwrap().success() {
            interrupted += 1;
            // Some are killed again before anybody finishes what they began.
            if rng.random_range(0..3) == 0 {
                continue;
            }
        }
        build(&Disk::default(), dir.path(), &wide("two")).unwrap();
        assert_eq!(tree(dir.path()), expected, "round {round}");
        dir = tempfile::tempdir().unwrap();
        history(&Disk::default(), dir.path());
    }
    assert!(interrupted > 0);
}

#[test]
fn a_process_that_dies_at_any_step_leaves_what_the_next_one_finishes() {
    let whole = tempfile::tempdir().unwrap();
    history(&Disk::default(), whole.path());
    let (disk, count) = failing_at(usize::MAX);
    build(&disk, whole.path(), &wide("two")).unwrap();
    let expected = tree(whole.path());
    // Every third step: the test above has them all, and starting a process takes a while.
    for step in (0..count.load(Ordering::Relaxed)).step_by(3) {
        let dir = tempfile::tempdir().unwrap();
        history(&Disk::default(), dir.path());
        let status = child(dir.path(), step).status().unwrap();
        assert!(!status.success(), "it was to die at step {step}");
        build(&Disk::default(), dir.path(), &wide("two")).unwrap();
        assert_eq!(tree(dir.path()), expected, "after step {step}");
        let left = metagen::base::fs::list(&dir.path().join(".metagen")).unwrap();
        assert!(!left.iter().any(|name| name.contains("tmp")), "{left:?}");
    }
}

/// The journal up to every line of it, over a tree as it can then stand: before the files were changed, after, and in between.
#[test]
fn every_prefix_of_the_journal_is_resumed_to_the_same_end() {
    let (before, after) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    history(&Disk::default(), before.path());
    history(&Disk::default(), after.path());
    build(&Disk::default(), after.path(), &wide("two")).unwrap();
    let expected = tree(after.path());
    let read = |dir: &Path, file: &str| std::fs::read(dir.join(".metagen").join(file)).unwrap();
    let (old, journal) = (read(before.path(), "journal"), read(after.path(), "journal"));
    assert!(journal.starts_with(&old), "the journal only grows");
    let ends: Vec<usize> = (old.len()..=journal.len())
        .filter(|end| *end == old.len() || journal[end - 1] == b'\n')
        .flat_map(|end| [end, (end + 7).min(journal.len())])
        .collect();
    assert!(ends.len() > 16, "{} prefixes", ends.len());
    let mut rng = StdRng::seed_from_u64(9);
    for end in ends {
        let text = String::from_utf8_lossy(&journal[old.len()..end]).into_owned();
        let lines = &text[..text.rfind('\n').map_or(0, |last| last + 1)];
        let (changing, changed) = (lines.contains("\"apply_started\""), lines.contains("\"apply_finished\""));
        for round in 0..if changing && !changed { 6 } else { 1 } {
            let dir = tempfile::tempdir().unwrap();
            copy(before.path(), dir.path());
            let meta = dir.path().join(".metagen");
            std::fs::write(meta.join("journal"), &journal[..end]).unwrap();
            std::fs::copy(after.path().join(".metagen/generated.pack"), meta.join("generated.pack")).unwrap();
            if changing {
                copy(&after.path().join(".metagen/conflicts"), &meta.join("conflicts"));
            }
            let old = tree(dir.path());
            let paths: std::collections::BTreeSet<_> = old.keys().chain(expected.keys()).collect();
            for path in paths {
                if changed || changing && rng.random_range(0..6) < round {
                    place(dir.path(), path, expected.get(path));
                }
            }
            build(&Disk::default(), dir.path(), &wide("two")).unwrap();
            assert_eq!(tree(dir.path()), expected, "after byte {end}, round {round}");
        }
    }
}

/// Puts a file of another tree in its place, or takes it away where that has none.
fn place(dir: &Path, path: &str, file: Option<&(Vec<u8>, bool)>) {
    let place = dir.join(path);
    match file {
        Some((bytes, executable)) => {
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(&place, bytes).unwrap();
            #[cfg(unix)]
            if *executable {
                use std::os::unix::fs::PermissionsExt;
                std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
        None => drop(std::fs::remove_file(place)),
    }
}

/// Copies all files below a folder, `.metagen/` too.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in metagen::base::fs::list(from).unwrap() {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}

#[test]
fn a_first_build_that_finds_the_disk_full_leaves_nothing_behind_that_a_file_of_the_persons_is_taken_for() {
    let mut stopped = 0;
    for writes in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let left = AtomicUsize::new(writes);
        let full = Disk::with_hook(move |step, _| {
            let room = |left: usize| left.checked_sub(1);
            let written = step == Step::Write;
            if written && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_err() {
                return Err(std::io::ErrorKind::StorageFull.into());
            }
            Ok(())
        });
        if build(&full, dir.path(), &app("one")).is_ok() {
            break;
        }
        if !tree(dir.path()).is_empty() {
            continue;
        }
        stopped += 1;
        std::fs::write(dir.path().join("README.md"), "mine").unwrap();
        let built = build(&Disk::default(), dir.path(), &app("one")).unwrap();
        assert_eq!(built.applied.conflicts, [OutputPath::new("README.md").unwrap()], "after {writes} writes");
        assert_eq!(std::fs::read(dir.path().join("README.md")).unwrap(), b"mine");
    }
    assert!(stopped > 3, "the disk was full at {stopped} moments only");
}
