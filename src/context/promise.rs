//! What a process says that it is about to ask a model, before it asks.
//!
//! A plan costs money and minutes before there is anything that a context could hold. So `planning.json` is written before
//! the first question is sent; a process that is killed leaves it, and the next one goes on from there.

use std::path::PathBuf;
use std::time::Duration;

use super::error::ContextError;
use super::store::Store;
use crate::base::fs::{self, Disk, Fault, FsError, Kind, Lock, Mode, is_held};

const FILE: &str = "planning.json";

/// Larger files are not what metagen wrote.
const LIMIT: u64 = 64 << 20;

/// A promise that stands. Dropping it takes it back, together with the directories that were made for it; a process that
/// dies, or panics, leaves it.
#[derive(Debug)]
pub struct Promise {
    disk: Disk,
    path: PathBuf,
    body: Vec<u8>,
    /// Directories that were not there before, innermost first.
    made: Vec<PathBuf>,
    /// Held as long as the process lives, so that others can tell.
    lock: Option<Lock>,
}

/// A promise as others find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promised {
    /// What was written down.
    pub body: Vec<u8>,
    /// Whether the process that gave it still runs.
    pub alive: bool,
}

impl Store {
    /// Writes down what is about to be asked, in place of what was written down before. Over once that survives a power cut.
    pub fn promise(&self, body: Vec<u8>) -> Result<Promise, ContextError> {
        let wanted = [self.folder.clone(), self.dir.clone()];
        let mut made = Vec::new();
        for dir in wanted {
            match fs::kind(&dir)? {
                Kind::Missing => made.push(dir),
                Kind::Symlink if dir == self.folder => {
                    return Err(FsError::found("write", &dir, Fault::Symlink).into());
                }
                _ => {}
            }
        }
        let path = self.folder.join(FILE);
        let mut promise = Promise { disk: self.disk.clone(), path, body, made, lock: None };
        self.disk.create_dirs(&self.folder)?;
        self.disk.write_atomic(&promise.path, &promise.body, Mode::Plain)?;
        // A file system without locks leaves it open whether the process lives.
        promise.lock = Lock::shared(&promise.path, Duration::ZERO).ok();
        Ok(promise)
    }

    /// Takes back what a process that is gone has promised: something else was begun since.
    pub fn forget_promise(&self) -> Result<(), ContextError> {
        let path = self.folder.join(FILE);
        if !is_held(&path)? {
            self.disk.remove(&path)?;
        }
        Ok(())
    }

    /// The promise that stands here, whoever gave it.
    pub fn promised(&self) -> Result<Option<Promised>, ContextError> {
        let path = self.folder.join(FILE);
        let Some(body) = fs::read(&path, LIMIT)? else { return Ok(None) };
        Ok(Some(Promised { body, alive: is_held(&path)? }))
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        // Another process may have given its own in the meantime.
        if !fs::read(&self.path, LIMIT).is_ok_and(|found| found.as_ref() == Some(&self.body)) {
            return;
        }
        let removed = self.disk.remove(&self.path);
        for dir in &self.made {
            // What others have put there stays.
            let _ = self.disk.remove_empty_dir(dir);
        }
        // Not before: what stands without a lock counts as broken off.
        drop(self.lock.take());
        if let Err(error) = removed {
            tracing::warn!(%error, "what was about to be asked could not be taken back");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(dir: &std::path::Path) -> Store {
        Store::new(Disk::default(), dir)
    }

    #[test]
    fn a_kept_promise_leaves_nothing() {
        let temp = tempfile::tempdir().unwrap();
        let store = store(&temp.path().join("app"));
        assert_eq!(store.promised().unwrap(), None);
        let promise = store.promise(b"ask".to_vec()).unwrap();
        assert_eq!(store.promised().unwrap(), Some(Promised { body: b"ask".to_vec(), alive: true }));
        drop(promise);
        assert!(!temp.path().join("app").exists());
        // A directory that was there before stays.
        std::fs::create_dir(temp.path().join("app")).unwrap();
        drop(store.promise(b"ask".to_vec()).unwrap());
        assert_eq!(fs::list(&temp.path().join("app")).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn one_that_was_broken_off_is_found_and_that_of_another_stays() {
        let temp = tempfile::tempdir().unwrap();
        let store = store(temp.path());
        let first = store.promise(b"first".to_vec()).unwrap();
        let second = store.promise(b"second".to_vec()).unwrap();
        drop(first);
        assert_eq!(store.promised().unwrap().unwrap().body, b"second");
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _promise = second;
            panic!("in the middle of planning");
        }));
        assert!(panicked.is_err());
        assert_eq!(store.promised().unwrap(), Some(Promised { body: b"second".to_vec(), alive: false }));
        store.forget_promise().unwrap();
        assert_eq!(store.promised().unwrap(), None);
        let living = store.promise(b"third".to_vec()).unwrap();
        store.forget_promise().unwrap();
        assert!(store.promised().unwrap().unwrap().alive);
        drop(living);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let (temp, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(elsewhere.path(), temp.path().join(".metagen")).unwrap();
        assert!(store(temp.path()).promise(b"ask".to_vec()).is_err());
        assert_eq!(fs::list(elsewhere.path()).unwrap(), Vec::<String>::new());
    }
}
