//! Locks between processes.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::disk::{Kind, kind};
use super::error::{Fault, FsError};
use super::ways;

const POLL: Duration = Duration::from_millis(25);

/// Even who does not want to wait waits this long, because readers look at locks by taking them for an instant.
const LEAST: Duration = Duration::from_millis(100);

/// What a holder writes down is never longer, in bytes.
const LONGEST: usize = 4096;

/// Who holds a lock, as it wrote itself down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// Since when.
    pub since: Timestamp,
}

/// A lock that was not got.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else has it.
    #[error("{} is locked by {}", path.display(), describe(holder.as_ref()))]
    Held {
        /// The lock file.
        path: PathBuf,
        /// Who has it, where that can be read.
        holder: Option<Holder>,
    },
    /// The disk does not let us.
    #[error(transparent)]
    Fs(#[from] FsError),
}

fn describe(holder: Option<&Holder>) -> String {
    holder.map_or_else(
        || "another process".to_owned(),
        |holder| format!("process {} since {:.0}", holder.pid, holder.since),
    )
}

/// A held lock; dropping it, or the end of the process however it comes, gives it up.
///
/// The lock file is made once and never removed or renamed: another process could otherwise lock the file that is gone while a
/// third one locks the one that came.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Locks out everybody, waiting for at most `wait`, and writes down who holds it.
    pub fn exclusive(path: &Path, wait: Duration, now: Timestamp) -> Result<Self, LockError> {
        let mut file = open(path)?;
        // `FileExt` in full: `File` has methods of nearly these names that would win silently.
        poll(path, &mut file, wait, fs2::FileExt::try_lock_exclusive)?;
        let holder = Holder { pid: std::process::id(), since: now };
        let mut text = serde_json::to_string(&holder).expect("a number and a time are JSON");
        // What stands there is covered, not cut away: file systems hurry to write a file that was cut.
        let written = file.metadata().and_then(|metadata| {
            let covered = usize::try_from(metadata.len()).unwrap_or(0).min(LONGEST);
            text.extend(std::iter::repeat_n(' ', covered.saturating_sub(text.len())));
            file.rewind()?;
            file.write_all(text.as_bytes())?;
            if metadata.len() > text.len() as u64 { file.set_len(text.len() as u64) } else { Ok(()) }
        });
        written.map_err(|e| FsError::new("write", path, e))?;
        Ok(Self { _file: file })
    }

    /// Locks out those who want it exclusively, waiting for at most `wait`.
    pub fn shared(path: &Path, wait: Duration) -> Result<Self, LockError> {
        let mut file = open(path)?;
        poll(path, &mut file, wait, fs2::FileExt::try_lock_shared)?;
        Ok(Self { _file: file })
    }
}

/// Who holds a lock exclusively right now; `None` where nobody does. Makes no file and waits for nobody.
pub fn holder_of(path: &Path) -> Result<Option<Holder>, FsError> {
    // Nothing else is ever locked; whoever wants to write is told what stands there.
    if !matches!(kind(path)?, Kind::File { .. }) {
        return Ok(None);
    }
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(FsError::new("read", path, e)),
    };
    // Got and given up at once: an exclusive attempt always polls for longer than that.
    match fs2::FileExt::try_lock_shared(&file) {
        Ok(()) => Ok(None),
        Err(e) if e.raw_os_error() == fs2::lock_contended_error().raw_os_error() => Ok(holder(&mut file)),
        Err(e) => Err(FsError::new("lock", path, e)),
    }
}

/// Whether anybody holds a lock of either kind right now. Makes no file and waits for nobody.
pub fn is_held(path: &Path) -> Result<bool, FsError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(FsError::new("read", path, e)),
    };
    match fs2::FileExt::try_lock_exclusive(&file) {
        Ok(()) => Ok(false),
        Err(e) if e.raw_os_error() == fs2::lock_contended_error().raw_os_error() => Ok(true),
        Err(e) => Err(FsError::new("lock", path, e)),
    }
}

fn open(path: &Path) -> Result<File, FsError> {
    ways::plain("lock", path)?;
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    opened.map_err(|e| FsError::new("lock", path, e))
}

/// Tries until the time is over. Polling, because a blocking lock cannot be given up.
fn poll(
    path: &Path,
    file: &mut File,
    wait: Duration,
    mut attempt: impl FnMut(&File) -> io::Result<()>,
) -> Result<(), LockError> {
    let mut left = wait.max(LEAST);
    loop {
        match attempt(file) {
            Ok(()) => return Ok(()),
            Err(e) if e.raw_os_error() == fs2::lock_contended_error().raw_os_error() => {}
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e)
                if matches!(e.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput)
                    || no_locks(&e) =>
            {
                return Err(FsError::found("lock", path, Fault::LockUnsupported).into());
            }
            Err(e) => return Err(FsError::new("lock", path, e).into()),
        }
        if left.is_zero() {
            return Err(LockError::Held { path: path.to_path_buf(), holder: holder(file) });
        }
        let nap = left.min(POLL);
        thread::sleep(nap);
        left -= nap;
    }
}

/// `ENOLCK`, which network file systems without a lock server answer; it has no kind of its own.
fn no_locks(error: &io::Error) -> bool {
    let code = if cfg!(target_os = "linux") { 37 } else { 77 };
    cfg!(unix) && error.raw_os_error() == Some(code)
}

fn holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(LONGEST as u64).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_is_told_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let held = Lock::exclusive(&path, Duration::ZERO, now).unwrap();
        let error = Lock::exclusive(&path, Duration::from_millis(30), now).unwrap_err();
        assert!(
            error.to_string().ends_with(&format!(
                "is locked by process {} since 2026-01-02T03:04:05Z",
                std::process::id()
            )),
            "{error}"
        );
        assert!(Lock::shared(&path, Duration::ZERO).is_err());
        assert_eq!(holder_of(&path).unwrap(), Some(Holder { pid: std::process::id(), since: now }));
        drop(held);
        assert_eq!(holder_of(&path).unwrap(), None);
        for left in [String::new(), "x".repeat(200), "x".repeat(LONGEST + 1)] {
            std::fs::write(&path, left).unwrap();
            let held = Lock::exclusive(&path, Duration::ZERO, now).unwrap();
            assert_eq!(holder_of(&path).unwrap(), Some(Holder { pid: std::process::id(), since: now }));
            drop(held);
        }
        let both =
            (Lock::shared(&path, Duration::ZERO).unwrap(), Lock::shared(&path, Duration::ZERO).unwrap());
        assert!(Lock::exclusive(&path, Duration::ZERO, now).is_err());
        assert!(is_held(&path).unwrap());
        drop(both);
        assert!(!is_held(&path).unwrap() && !is_held(&dir.path().join("none")).unwrap());
    }

    #[test]
    fn file_systems_without_locks_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let mut file = open(&path).unwrap();
        let no_lock_server = io::Error::from_raw_os_error(if cfg!(target_os = "linux") { 37 } else { 77 });
        for error in [no_lock_server, io::ErrorKind::Unsupported.into(), io::ErrorKind::InvalidInput.into()] {
            let text = error.to_string();
            let mut errors = vec![error];
            let tried =
                poll(&path, &mut file, Duration::ZERO, |_| Err(errors.pop().expect("it is not tried again")));
            let refused = tried.unwrap_err();
            assert!(
                matches!(&refused, LockError::Fs(FsError { fault: Fault::LockUnsupported, .. })),
                "{text}"
            );
            assert_eq!(
                refused.to_string(),
                format!("cannot lock {}: the file system gives no locks", path.display())
            );
        }
        let mut interrupted = vec![Ok(()), Err(io::ErrorKind::Interrupted.into())];
        poll(&path, &mut file, Duration::ZERO, |_| interrupted.pop().unwrap()).unwrap();
    }

    #[test]
    fn waits_until_it_is_free() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let held = Lock::exclusive(&path, Duration::ZERO, Timestamp::UNIX_EPOCH).unwrap();
        thread::scope(|scope| {
            let waiting =
                scope.spawn(|| Lock::exclusive(&path, Duration::from_mins(1), Timestamp::UNIX_EPOCH).is_ok());
            thread::sleep(POLL);
            drop(held);
            assert!(waiting.join().unwrap());
        });
    }
}
