//! What goes wrong on a disk, in words that say what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An operation on one path that failed.
#[derive(Clone, Debug)]
pub struct FsError {
    /// What was being done, as a verb: `write`.
    pub verb: &'static str,
    /// To what.
    pub path: PathBuf,
    /// Why it failed.
    pub fault: Fault,
    source: Option<Arc<io::Error>>,
}

/// Kinds of failures, by what the user can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The disk, or the user's share of it, is full.
    NoSpace,
    /// The file system is mounted read-only.
    ReadOnly,
    /// This user may not.
    Permission,
    /// A file stands where a directory is needed.
    NotADirectory,
    /// A link that leads nowhere stands where a directory is needed.
    DeadLink,
    /// A directory stands where a file is needed.
    IsADirectory,
    /// A pipe, a socket or a device stands where a file is needed.
    Special,
    /// It is not there.
    NotFound,
    /// It is there already.
    AlreadyExists,
    /// It has more bytes than a file of its kind can have.
    TooLarge,
    /// A symbolic link, which is not followed.
    Symlink,
    /// Somebody goes on changing it.
    Changing,
    /// The file system gives no locks.
    LockUnsupported,
    /// Anything else; the source says what.
    Other,
}

impl FsError {
    /// Names the operation and the path of an error of the system.
    pub fn new(verb: &'static str, path: &Path, source: io::Error) -> Self {
        Self { verb, path: path.to_path_buf(), fault: Fault::of(&source), source: Some(Arc::new(source)) }
    }

    /// A failure of a known kind, with what led to it.
    pub(super) fn because(verb: &'static str, path: &Path, fault: Fault, cause: String) -> Self {
        let source = Some(Arc::new(io::Error::other(cause)));
        Self { verb, path: path.to_path_buf(), fault, source }
    }

    /// A failure that the system did not report.
    pub fn found(verb: &'static str, path: &Path, fault: Fault) -> Self {
        Self { verb, path: path.to_path_buf(), fault, source: None }
    }
}

impl Fault {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            io::ErrorKind::PermissionDenied => Self::Permission,
            io::ErrorKind::NotADirectory => Self::NotADirectory,
            io::ErrorKind::IsADirectory => Self::IsADirectory,
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::AlreadyExists => Self::AlreadyExists,
            io::ErrorKind::FileTooLarge => Self::TooLarge,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for FsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}: ", self.verb, self.path.display())?;
        match (self.fault, &self.source) {
            (Fault::Other, Some(source)) => source.fmt(f),
            (fault, _) => fault.fmt(f),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSpace => "no space is left on the disk",
            Self::ReadOnly => "the file system is read-only",
            Self::Permission => "permission denied",
            Self::NotADirectory => "a file stands where a directory is needed",
            Self::DeadLink => "a link that leads nowhere stands where a directory is needed",
            Self::IsADirectory => "a directory stands where a file is needed",
            Self::Special => "a pipe, a socket or a device stands where a file is needed",
            Self::NotFound => "it does not exist",
            Self::AlreadyExists => "it exists already",
            Self::TooLarge => "the file is too large",
            Self::Symlink => "it is or goes through a symbolic link, which is not followed",
            Self::Changing => "it changes all the time",
            Self::LockUnsupported => "the file system gives no locks",
            Self::Other => "it failed",
        })
    }
}

impl std::error::Error for FsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // A known fault says all that the system's text would; showing both would say it twice. Another text says more.
        let source = self.source.as_ref().filter(|source| source.raw_os_error().is_none());
        source.filter(|_| self.fault != Fault::Other).map(|source| source.as_ref() as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_path_and_tells_faults_apart() {
        for (code, text) in [
            (28, "cannot write /a: no space is left on the disk"),
            (30, "cannot write /a: the file system is read-only"),
            (13, "cannot write /a: permission denied"),
            (20, "cannot write /a: a file stands where a directory is needed"),
            (21, "cannot write /a: a directory stands where a file is needed"),
        ] {
            let error = FsError::new("write", Path::new("/a"), io::Error::from_raw_os_error(code));
            if cfg!(unix) {
                assert_eq!(error.to_string(), text);
            }
        }
        let error = FsError::new("write", Path::new("/a"), io::Error::other("the cable is cut"));
        assert_eq!(error.to_string(), "cannot write /a: the cable is cut");
    }
}
