//! Builds that a power cut ends: what was not forced to the disk is lost, as far as a file system may lose it.
//!
//! The model: names (renames, removals) reach the disk in their order, so that a cut loses the last of them; bytes that were not
//! synced may be missing from a file whether its name is there or not. A sync of a file keeps its bytes, one of a directory all
//! names so far, one of everything both.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use metagen::base::fs::{Disk, Step};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::build::{App, app, build, history, rounds, tree};

/// What a path was before a step.
enum Before {
    File(Vec<u8>),
    Directory,
    Nothing,
}

impl Before {
    fn of(path: &Path) -> Self {
        if path.is_dir() { Self::Directory } else { fs::read(path).map_or(Self::Nothing, Self::File) }
    }
}

#[derive(Default)]
struct Volatile {
    steps: usize,
    /// Names given or taken since the last sync of names, with what stood there.
    names: Vec<(PathBuf, Before)>,
    /// Files that are written beside their places, and whose bytes are not synced.
    beside: BTreeSet<PathBuf>,
    /// Files in their places with bytes that are not synced; of one that only grows, how many are.
    bytes: BTreeMap<PathBuf, Option<u64>>,
}

impl Volatile {
    fn take(&mut self, step: Step, path: &Path) {
        match step {
            Step::Rename | Step::Remove => {
                self.names.push((path.to_path_buf(), Before::of(path)));
                self.bytes.remove(path);
                if self.beside.remove(path) {
                    self.bytes.insert(path.to_path_buf(), None);
                }
            }
            Step::Write => {
                self.beside.insert(path.to_path_buf());
            }
            Step::Append => {
                let len = fs::metadata(path).map_or(0, |metadata| metadata.len());
                self.bytes.entry(path.to_path_buf()).or_insert(Some(len));
            }
            Step::Sync if path.is_dir() => self.names.clear(),
            Step::Sync => {
                // The file is either beside its place or in it, never both between its steps.
                if !self.beside.remove(path) {
                    self.bytes.remove(path);
                }
            }
            Step::SyncAll => {
                self.names.clear();
                self.beside.clear();
                self.bytes.clear();
            }
            Step::CreateDir | Step::Truncate => {}
        }
    }

    /// Takes from the disk what a power cut would.
    fn lose(mut self, rng: &mut StdRng) {
        let lasting = rng.random_range(0..=self.names.len());
        for (path, before) in self.names.drain(lasting..).rev() {
            match before {
                Before::File(bytes) => fs::write(&path, bytes).unwrap(),
                // An empty one is as good as none to those who read files.
                Before::Directory => fs::create_dir_all(&path).unwrap(),
                // A new directory goes with all that is in it.
                Before::Nothing if path.is_dir() => fs::remove_dir_all(&path).unwrap(),
                Before::Nothing => drop(fs::remove_file(&path)),
            }
            self.bytes.remove(&path);
        }
        for (path, synced) in self.bytes {
            let Ok(bytes) = fs::read(&path) else { continue };
            let least = usize::try_from(synced.unwrap_or(0)).unwrap().min(bytes.len());
            let left = if rng.random_bool(0.5) { bytes.len() } else { rng.random_range(least..=bytes.len()) };
            fs::write(&path, &bytes[..left]).unwrap();
        }
    }
}

/// A disk whose power is cut at a step.
fn cut_at(step: usize) -> (Disk, Arc<Mutex<Volatile>>) {
    let volatile = Arc::new(Mutex::new(Volatile::default()));
    let seen = Arc::clone(&volatile);
    let disk = Disk::with_hook(move |kind, path| {
        let mut seen = seen.lock().unwrap();
        if seen.steps >= step {
            return Err(io::Error::other("the power is cut"));
        }
        seen.steps += 1;
        seen.take(kind, path);
        Ok(())
    });
    (disk, volatile)
}

fn check(prepare: impl Fn(&Path) -> App, seed: u64) {
    let whole = tempfile::tempdir().unwrap();
    let target = prepare(whole.path());
    let (disk, volatile) = cut_at(usize::MAX);
    build(&disk, whole.path(), &target).unwrap();
    let (expected, steps) = (tree(whole.path()), volatile.lock().unwrap().steps);
    let mut rng = StdRng::seed_from_u64(seed);
    for round in 0..rounds(120) {
        let dir = tempfile::tempdir().unwrap();
        let target = prepare(dir.path());
        let before = tree(dir.path());
        // Now and then the power is cut again while the first cut is being mended.
        let cuts = rng.random_range(1..=3);
        for _ in 0..cuts {
            let (disk, volatile) = cut_at(rng.random_range(0..steps));
            // Where the step lies beyond its end, a later build has nothing to lose.
            drop(build(&disk, dir.path(), &target));
            drop(disk);
            Arc::into_inner(volatile).unwrap().into_inner().unwrap().lose(&mut rng);
            for (path, bytes) in tree(dir.path()) {
                let whole = expected.get(&path) == Some(&bytes) || before.get(&path) == Some(&bytes);
                assert!(whole, "round {round}: {path} is {:?}", String::from_utf8_lossy(&bytes.0));
            }
        }
        let built = build(&Disk::default(), dir.path(), &target).unwrap();
        assert_eq!(tree(dir.path()), expected, "round {round}: {:?}", built.applied);
    }
}

#[test]
fn a_first_build_outlives_power_cuts() {
    check(|_| app("one"), 1);
}

#[test]
fn a_later_build_outlives_power_cuts() {
    check(|dir| history(&Disk::default(), dir).remove(0), 2);
}
