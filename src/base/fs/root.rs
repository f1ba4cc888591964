//! A directory that nothing written below it can leave.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::disk::{Disk, Kind, Mode, kind, read};
use super::error::{Fault, FsError};
use super::stage::Staged;
use crate::base::contents::Contents;
use crate::base::ids::OutputPath;

/// The directory of an app.
///
/// Paths below it are [`OutputPath`]s, so they cannot climb out by name; every directory on the way is looked at before its
/// first use, so that they cannot leave through a symbolic link either. The root itself may be one: the user named it.
#[derive(Debug)]
pub struct Root {
    disk: Disk,
    dir: PathBuf,
    staging: PathBuf,
    known: BTreeSet<PathBuf>,
    staged: Vec<(OutputPath, Staged)>,
    touched: BTreeSet<PathBuf>,
}

/// What stands at a path of a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Missing,
    /// A file.
    File {
        /// All of it.
        bytes: Contents,
        /// Whether its owner may run it.
        executable: bool,
    },
    /// A symbolic link, or a path through one.
    Symlink,
    /// A directory, a device, or a file where a directory of the path would be.
    Other,
}

impl Root {
    /// A root whose temporary files are made in `staging`, a directory of the same file system.
    pub fn new(disk: Disk, dir: &Path, staging: &Path) -> Self {
        Self {
            disk,
            dir: dir.to_path_buf(),
            staging: staging.to_path_buf(),
            known: BTreeSet::new(),
            staged: Vec::new(),
            touched: BTreeSet::new(),
        }
    }

    /// Reads what stands at a path, without following a link. A file of more than `limit` bytes is an error.
    pub fn look(&mut self, path: &OutputPath, limit: u64) -> Result<Found, FsError> {
        let full = path.below(&self.dir);
        match self.walk(path, false)? {
            Way::Clear => {}
            Way::Missing => return Ok(Found::Missing),
            Way::Symlink => return Ok(Found::Symlink),
            Way::Blocked => return Ok(Found::Other),
        }
        Ok(match kind(&full)? {
            Kind::Missing => Found::Missing,
            Kind::File { executable, .. } => match read(&full, limit)? {
                Some(bytes) => Found::File { bytes: bytes.into(), executable },
                None => Found::Missing,
            },
            Kind::Symlink => Found::Symlink,
            Kind::Directory | Kind::Special => Found::Other,
        })
    }

    /// Writes what a file is to be, beside; [`Root::place`] puts it where it belongs. Until then nothing shows, and a full disk
    /// leaves everything as it was.
    pub fn stage(&mut self, path: &OutputPath, bytes: &[u8], mode: Mode) -> Result<(), FsError> {
        let staged = self.disk.stage(&path.below(&self.dir), bytes, mode, &self.staging)?;
        self.staged.push((path.clone(), staged));
        Ok(())
    }

    /// Forces everything that is staged to the disk, and with it what else was written to its file system, where the system
    /// has a call for that.
    pub fn sync_staged(&self) -> Result<(), FsError> {
        let temps: Vec<_> = self.staged.iter().map(|(_, staged)| staged.temp().to_path_buf()).collect();
        self.disk.sync_tree(&self.staging, &temps)
    }

    /// Puts every staged file in its place, each in one step. Directories are made as needed; a path that is or goes through a
    /// link is refused.
    pub fn place(&mut self) -> Result<(), FsError> {
        for (path, staged) in std::mem::take(&mut self.staged) {
            let full = self.target(&path)?;
            self.disk.place(staged)?;
            self.touched.extend(full.parent().map(Path::to_path_buf));
        }
        Ok(())
    }

    /// Forces the names of everything that was placed or removed to the disk.
    pub fn sync(&mut self) -> Result<(), FsError> {
        let touched: Vec<_> =
            std::mem::take(&mut self.touched).into_iter().filter(|dir| dir.is_dir()).collect();
        self.disk.sync_tree(&self.dir, &touched)
    }

    /// Removes a file and the directories that it leaves empty.
    pub fn remove(&mut self, path: &OutputPath) -> Result<(), FsError> {
        if !matches!(self.walk(path, false)?, Way::Clear) {
            return Ok(());
        }
        let full = path.below(&self.dir);
        if matches!(kind(&full)?, Kind::File { .. }) {
            self.disk.remove(&full)?;
        }
        let mut dir = full.parent();
        while let Some(empty) = dir.filter(|dir| *dir != self.dir) {
            if !self.disk.remove_empty_dir(empty)? {
                self.touched.insert(empty.to_path_buf());
                break;
            }
            self.known.remove(empty);
            dir = empty.parent();
        }
        Ok(())
    }

    fn target(&mut self, path: &OutputPath) -> Result<PathBuf, FsError> {
        let full = path.below(&self.dir);
        match self.walk(path, true)? {
            Way::Clear => {}
            Way::Symlink => return Err(FsError::found("write", &full, Fault::Symlink)),
            Way::Missing | Way::Blocked => return Err(FsError::found("write", &full, Fault::NotADirectory)),
        }
        match kind(&full)? {
            Kind::Missing | Kind::File { .. } => Ok(full),
            Kind::Symlink => Err(FsError::found("write", &full, Fault::Symlink)),
            Kind::Directory | Kind::Special => Err(FsError::found("write", &full, Fault::IsADirectory)),
        }
    }

    /// Looks at every directory on the way to a file, and makes the missing ones where asked to.
    fn walk(&mut self, path: &OutputPath, make: bool) -> Result<Way, FsError> {
        let mut dir = self.dir.clone();
        let Some((above, _)) = path.as_str().rsplit_once('/') else { return Ok(Way::Clear) };
        if self.known.contains(&self.dir.join(above)) {
            return Ok(Way::Clear);
        }
        for part in above.split('/') {
            dir.push(part);
            if self.known.contains(&dir) {
                continue;
            }
            match kind(&dir)? {
                Kind::Directory => {}
                Kind::Missing if make => self.disk.create_dir(&dir)?,
                Kind::Missing => return Ok(Way::Missing),
                Kind::Symlink => return Ok(Way::Symlink),
                Kind::File { .. } | Kind::Special => return Ok(Way::Blocked),
            }
            self.known.insert(dir.clone());
        }
        Ok(Way::Clear)
    }
}

enum Way {
    Clear,
    Missing,
    Symlink,
    Blocked,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> OutputPath {
        OutputPath::new(text).unwrap()
    }

    fn write(root: &mut Root, at: &str) -> Result<(), FsError> {
        root.stage(&path(at), b"x", Mode::Plain)?;
        root.sync_staged()?;
        root.place()?;
        root.sync()
    }

    #[cfg(unix)]
    #[test]
    fn links_are_never_followed() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let (inside, outside) = (dir.path().join("in"), dir.path().join("out"));
        std::fs::create_dir(&inside).unwrap();
        std::fs::create_dir(&outside).unwrap();
        std::fs::write(outside.join("f"), "theirs").unwrap();
        symlink(&outside, inside.join("d")).unwrap();
        symlink(outside.join("f"), inside.join("f")).unwrap();
        let mut root = Root::new(Disk::default(), &inside, &inside);
        for bad in ["d/f", "d/new", "d/e/f", "f"] {
            assert_eq!(write(&mut root, bad).unwrap_err().fault, Fault::Symlink, "{bad}");
            assert_eq!(root.look(&path(bad), 9).unwrap(), Found::Symlink, "{bad}");
            root.remove(&path(bad)).unwrap();
        }
        assert_eq!(std::fs::read(outside.join("f")).unwrap(), b"theirs");
        assert_eq!(super::super::list(&outside).unwrap(), ["f"]);
    }

    #[test]
    fn what_stands_in_the_way_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let mut root = Root::new(Disk::default(), dir.path(), dir.path());
        write(&mut root, "a/b/c").unwrap();
        let error = write(&mut root, "a/b").unwrap_err();
        assert_eq!(error.fault, Fault::IsADirectory);
        let error = write(&mut root, "a/b/c/d").unwrap_err();
        assert_eq!(error.fault, Fault::NotADirectory);
        assert_eq!(root.look(&path("a/b/c/d"), 9).unwrap(), Found::Other);
        assert_eq!(root.look(&path("x/y"), 9).unwrap(), Found::Missing);
        root.remove(&path("a/b/c")).unwrap();
        assert!(
            super::super::list(dir.path()).unwrap().is_empty(),
            "empty directories go with their last file"
        );
    }
}
