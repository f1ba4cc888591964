//! What stands on the way to a path.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, Kind, kind};
use super::error::{Fault, FsError};

/// Why a directory could not be made: the one that was asked for is named, and what stands in its way beside.
pub(super) fn blocked(dir: &Path, error: io::Error) -> FsError {
    let blocks = |path: &&Path| fs::symlink_metadata(path).is_ok();
    match dir.ancestors().find(blocks).filter(|path| !path.is_dir()) {
        Some(path) => {
            let dead = kind(path).is_ok_and(|kind| kind == Kind::Symlink) && !path.exists();
            let fault = if dead { Fault::DeadLink } else { Fault::NotADirectory };
            if path == dir {
                return FsError::found("create", dir, fault);
            }
            let what = if dead { "a link that leads nowhere" } else { "no directory" };
            FsError::because("create", dir, fault, format!("{} is {what}", path.display()))
        }
        None => FsError::new("create", dir, error),
    }
}

/// Refuses what is neither a plain file nor missing: to open a pipe is to wait for whoever is at its other end.
pub(super) fn plain(verb: &'static str, path: &Path) -> Result<(), FsError> {
    match kind(path)? {
        Kind::File { .. } | Kind::Missing => Ok(()),
        Kind::Symlink => Err(FsError::found(verb, path, Fault::Symlink)),
        Kind::Directory => Err(FsError::found(verb, path, Fault::IsADirectory)),
        Kind::Special => Err(FsError::found(verb, path, Fault::Special)),
    }
}

impl Disk {
    /// Makes a directory below one that exists, and those between. A link on the way is not followed: it may lead out.
    pub fn create_dirs_below(&self, root: &Path, dir: &Path) -> Result<(), FsError> {
        let Ok(below) = dir.strip_prefix(root) else {
            return Err(FsError::found("create", dir, Fault::NotFound));
        };
        let mut path = PathBuf::from(root);
        for part in below.components() {
            path.push(part);
            match kind(&path)? {
                Kind::Directory => {}
                Kind::Missing => self.create_dir(&path)?,
                Kind::Symlink => return Err(FsError::found("write", &path, Fault::Symlink)),
                Kind::File { .. } | Kind::Special => {
                    return Err(FsError::found("create", &path, Fault::NotADirectory));
                }
            }
        }
        Ok(())
    }

    /// Removes a file below a directory; whether there was one. Where a link is on the way, there is none.
    pub fn remove_below(&self, root: &Path, path: &Path) -> Result<bool, FsError> {
        let between = path.ancestors().skip(1).take_while(|above| *above != root);
        for above in between {
            if kind(above)? != Kind::Directory {
                return Ok(false);
            }
        }
        self.remove(path)
    }
}

/// Whether this user may put files into a directory, as far as the system tells.
#[cfg(unix)]
pub(super) fn may_fill(dir: &Path) -> Result<(), FsError> {
    use rustix::fs::{Access, access};
    use rustix::io::Errno;
    match access(dir, Access::WRITE_OK | Access::EXEC_OK) {
        Err(refused @ (Errno::ACCESS | Errno::ROFS)) => Err(FsError::new("write in", dir, refused.into())),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
pub(super) fn may_fill(_: &Path) -> Result<(), FsError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_is_in_the_way_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("file"), "").unwrap();
        symlink(at("file"), at("link")).unwrap();
        symlink("nowhere", at("dead")).unwrap();
        symlink("loop", at("loop")).unwrap();
        for (path, fault, culprit) in [
            ("file", Fault::NotADirectory, None),
            ("file/a/b", Fault::NotADirectory, Some("file is no directory")),
            ("link", Fault::NotADirectory, None),
            ("dead", Fault::DeadLink, None),
            ("loop", Fault::DeadLink, None),
            ("dead/a", Fault::DeadLink, Some("dead is a link that leads nowhere")),
        ] {
            let error = Disk::default().create_dirs(&at(path)).unwrap_err();
            assert_eq!((error.fault, &error.path), (fault, &at(path)), "{error}");
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            let expected = culprit.map(|culprit| format!("{}/{culprit}", dir.path().display()));
            assert_eq!(cause, expected, "{path}");
        }
        Disk::default().create_dirs(&at("new/er")).unwrap();
    }

    #[test]
    fn links_below_a_root_are_not_followed() {
        let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        symlink(outside.path(), dir.path().join("out")).unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        let make = |name: &str| Disk::default().create_dirs_below(dir.path(), &dir.path().join(name));
        make("a/b").unwrap();
        make("a/b").unwrap();
        assert!(dir.path().join("a/b").is_dir());
        for (name, fault) in
            [("out", Fault::Symlink), ("out/a", Fault::Symlink), ("file/a", Fault::NotADirectory)]
        {
            assert_eq!(make(name).unwrap_err().fault, fault, "{name}");
        }
        fs::write(outside.path().join("theirs"), "").unwrap();
        assert!(!Disk::default().remove_below(dir.path(), &dir.path().join("out/theirs")).unwrap());
        assert!(outside.path().join("theirs").exists());
        assert!(Disk::default().remove_below(dir.path(), &dir.path().join("file")).unwrap());
    }
}
