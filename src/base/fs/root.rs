//! A directory that nothing written below it can leave.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::disk::{Disk, Kind, Mode, kind, read};
use super::error::{Fault, FsError};
use super::stage::Staged;
use super::tree::StagedTree;
use super::ways;
use crate::base::contents::Contents;
use crate::base::digest::Digest;
use crate::base::ids::OutputPath;

/// A larger file is none that anything was put in the place of.
const LIMIT: u64 = 1 << 30;

/// Fewer files are not worth another core's attention.
const BATCH: usize = 16;

/// The directory of an app.
///
/// Paths below it are [`OutputPath`]s, so they cannot climb out by name; every directory on the way is looked at before its
/// first use, so that they cannot leave through a symbolic link either. The root itself may be one: the user named it.
#[derive(Debug)]
pub struct Root {
    disk: Disk,
    dir: PathBuf,
    staging: PathBuf,
    /// Directories that were looked at and stand, by their path below this one.
    known: HashSet<String>,
    /// Directories that did not stand when they were looked at.
    absent: HashSet<String>,
    /// Directories whose files may be changed.
    changeable: HashSet<String>,
    staged: Vec<(OutputPath, Staged)>,
    /// What was found where something is staged, where that was not nothing.
    over: BTreeMap<OutputPath, Digest>,
    /// Directories that do not stand yet, by their place.
    trees: BTreeMap<PathBuf, StagedTree>,
    touched: BTreeSet<PathBuf>,
    overtaken: Vec<OutputPath>,
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
            known: HashSet::new(),
            absent: HashSet::new(),
            changeable: HashSet::new(),
            staged: Vec::new(),
            over: BTreeMap::new(),
            trees: BTreeMap::new(),
            touched: BTreeSet::new(),
            overtaken: Vec::new(),
        }
    }

    /// Reads what stands at a path, without following a link. A file of more than `limit` bytes is an error.
    pub fn look(&mut self, path: &OutputPath, limit: u64) -> Result<Found, FsError> {
        self.walk(path, false)?.found(&self.dir, path, limit)
    }

    /// The same for many, on all cores.
    pub fn look_at_all(&mut self, paths: &[&OutputPath], limit: u64) -> Result<Vec<Found>, FsError> {
        let ways = paths.iter().map(|path| self.walk(path, false)).collect::<Result<Vec<_>, _>>()?;
        let there = ways.iter().filter(|way| matches!(way, Way::Clear)).count();
        let found = |(path, way): (&&OutputPath, Way)| way.found(&self.dir, path, limit);
        let found: Vec<_> = if there < 2 * BATCH {
            paths.iter().zip(ways).map(found).collect()
        } else {
            paths.par_iter().zip(ways).with_min_len(BATCH).map(found).collect()
        };
        // Of several faults the first one in order is told, whichever was met first.
        found.into_iter().collect()
    }

    /// Refuses where the directory of a file is not this user's to change, before anything is changed.
    pub fn may_change(&mut self, path: &OutputPath) -> Result<(), FsError> {
        let above = path.as_str().rsplit_once('/').map_or("", |(above, _)| above);
        if self.changeable.contains(above) {
            return Ok(());
        }
        let full = path.below(&self.dir);
        let nearest = full.ancestors().skip(1).find(|dir| *dir == self.dir || dir.is_dir());
        nearest.map_or(Ok(()), ways::may_fill)?;
        self.changeable.insert(above.to_owned());
        Ok(())
    }

    /// Writes what a file is to be, beside; [`Root::place`] puts it where it belongs. Until then nothing shows, and a full disk
    /// leaves everything as it was. A directory that does not stand yet is filled beside as a whole. `over` is the file that
    /// this was decided over, `None` for none: where another one stands by then, it stays.
    pub fn stage(
        &mut self,
        path: &OutputPath,
        bytes: &[u8],
        mode: Mode,
        over: Option<Digest>,
    ) -> Result<(), FsError> {
        if let Some(over) = over {
            self.over.insert(path.clone(), over);
        }
        if let Some(top) = self.missing_top(path)? {
            let tree = match self.trees.entry(top) {
                Entry::Occupied(tree) => tree.into_mut(),
                Entry::Vacant(place) => {
                    let tree = self.disk.stage_tree(place.key(), &self.staging)?;
                    place.insert(tree)
                }
            };
            return self.disk.fill(tree, path, &path.below(&self.dir), bytes, mode);
        }
        let staged = self.disk.stage(&path.below(&self.dir), bytes, mode, &self.staging)?;
        self.staged.push((path.clone(), staged));
        Ok(())
    }

    /// Forces everything that is staged to the disk, and with it what else was written to its file system, where the system
    /// has a call for that.
    pub fn sync_staged(&self) -> Result<(), FsError> {
        let files = self.staged.iter().map(|(_, staged)| staged.temp().to_path_buf());
        let temps: Vec<_> = files.chain(self.trees.values().flat_map(StagedTree::written)).collect();
        self.disk.sync_tree(&self.staging, &temps)
    }

    /// Puts every staged file in its place, each in one step, together with the directory that it is in where that is new.
    /// Directories are made as needed; a path that is or goes through a link is refused. What somebody else has changed since it
    /// was looked at is left alone, and told by [`Root::overtaken`].
    pub fn place(&mut self) -> Result<(), FsError> {
        // Directories may have changed as well.
        self.known.clear();
        self.absent.clear();
        for (top, tree) in std::mem::take(&mut self.trees) {
            self.touched.extend(top.parent().map(Path::to_path_buf));
            // Somebody else may have made it in the meantime.
            let Some(tree) = self.disk.place_tree(tree)? else { continue };
            for (path, staged) in tree.files()? {
                self.place_one(&path, staged)?;
            }
        }
        for (path, staged) in std::mem::take(&mut self.staged) {
            self.place_one(&path, staged)?;
        }
        Ok(())
    }

    /// The files that were neither placed nor removed, because they are not what was found there.
    pub fn overtaken(&self) -> &[OutputPath] {
        &self.overtaken
    }

    fn place_one(&mut self, path: &OutputPath, staged: Staged) -> Result<(), FsError> {
        let over = self.over.get(path).copied();
        let found = self.look(path, LIMIT)?;
        let full = match (&found, over) {
            (Found::Missing, None) => self.target(path)?,
            (Found::File { bytes, .. }, Some(over)) if bytes.digest() == over => self.target(path)?,
            _ => {
                self.overtaken.push(path.clone());
                return Ok(());
            }
        };
        self.disk.place(staged)?;
        self.touched.extend(full.parent().map(Path::to_path_buf));
        Ok(())
    }

    /// Forces the names of everything that was placed or removed to the disk, and with them what else was written to the file
    /// systems of the directory and of the temporary files, where the system has a call for that.
    pub fn sync(&mut self) -> Result<(), FsError> {
        let touched: Vec<_> =
            std::mem::take(&mut self.touched).into_iter().filter(|dir| dir.is_dir()).collect();
        if !one_file_system(&self.dir, &self.staging) {
            self.disk.sync_tree(&self.staging, &[])?;
        }
        self.disk.sync_tree(&self.dir, &touched)
    }

    /// Removes a file and the directories that it leaves empty, if it is still the one that was found there; whether it is gone.
    pub fn remove(&mut self, path: &OutputPath, found: Digest) -> Result<bool, FsError> {
        match self.look(path, LIMIT)? {
            Found::Missing => {}
            Found::File { bytes, .. } if bytes.digest() == found => {
                self.disk.remove(&path.below(&self.dir))?;
            }
            _ => {
                self.overtaken.push(path.clone());
                return Ok(false);
            }
        }
        let mut at = path.as_str();
        while let Some((above, _)) = at.rsplit_once('/') {
            let dir = self.dir.join(above);
            if !self.disk.remove_empty_dir(&dir)? {
                self.touched.insert(dir);
                break;
            }
            self.known.remove(above);
            at = above;
        }
        Ok(true)
    }

    fn target(&mut self, path: &OutputPath) -> Result<PathBuf, FsError> {
        let full = path.below(&self.dir);
        match self.walk(path, true)? {
            Way::Clear => {}
            Way::Symlink => return Err(FsError::found("write", &full, Fault::Symlink)),
            Way::Missing(_) | Way::Blocked => {
                return Err(FsError::found("write", &full, Fault::NotADirectory));
            }
        }
        match kind(&full)? {
            Kind::Missing | Kind::File { .. } => Ok(full),
            Kind::Symlink => Err(FsError::found("write", &full, Fault::Symlink)),
            Kind::Directory | Kind::Special => Err(FsError::found("write", &full, Fault::IsADirectory)),
        }
    }

    /// The first directory on the way to a file that does not stand. A way that is blocked is told by [`Root::place`].
    fn missing_top(&mut self, path: &OutputPath) -> Result<Option<PathBuf>, FsError> {
        match self.walk(path, false)? {
            Way::Missing(top) => Ok(Some(top)),
            Way::Clear | Way::Symlink | Way::Blocked => Ok(None),
        }
    }

    /// Looks at every directory on the way to a file, and makes the missing ones where asked to. One that did not stand the
    /// last time is not looked at again unless it is to be made.
    fn walk(&mut self, path: &OutputPath, make: bool) -> Result<Way, FsError> {
        let Some((above, _)) = path.as_str().rsplit_once('/') else { return Ok(Way::Clear) };
        if self.known.contains(above) {
            return Ok(Way::Clear);
        }
        let ends = above.match_indices('/').map(|(end, _)| end).chain([above.len()]);
        for below in ends.map(|end| &above[..end]) {
            if self.known.contains(below) {
                continue;
            }
            let dir = self.dir.join(below);
            if !make && self.absent.contains(below) {
                return Ok(Way::Missing(dir));
            }
            match kind(&dir)? {
                Kind::Directory => {}
                Kind::Missing if make => self.disk.create_dir(&dir)?,
                Kind::Missing => {
                    self.absent.insert(below.to_owned());
                    return Ok(Way::Missing(dir));
                }
                Kind::Symlink => return Ok(Way::Symlink),
                Kind::File { .. } | Kind::Special => return Ok(Way::Blocked),
            }
            self.known.insert(below.to_owned());
        }
        Ok(Way::Clear)
    }
}

#[cfg(unix)]
fn one_file_system(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| std::fs::metadata(path).map(|metadata| metadata.dev()).ok();
    device(one) == device(other)
}

#[cfg(not(unix))]
fn one_file_system(_: &Path, _: &Path) -> bool {
    true
}

enum Way {
    Clear,
    /// This directory does not stand, nor any below it.
    Missing(PathBuf),
    Symlink,
    Blocked,
}

impl Way {
    /// What stands at its end.
    fn found(self, dir: &Path, path: &OutputPath, limit: u64) -> Result<Found, FsError> {
        match self {
            Self::Clear => {}
            Self::Missing(_) => return Ok(Found::Missing),
            Self::Symlink => return Ok(Found::Symlink),
            Self::Blocked => return Ok(Found::Other),
        }
        let full = path.below(dir);
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> OutputPath {
        OutputPath::new(text).unwrap()
    }

    fn write(root: &mut Root, at: &str) -> Result<(), FsError> {
        root.stage(&path(at), b"x", Mode::Plain, None)?;
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
            assert_eq!(root.look(&path(bad), 9).unwrap(), Found::Symlink, "{bad}");
            write(&mut root, bad).unwrap();
            assert!(!root.remove(&path(bad), Digest::of(b"theirs")).unwrap());
            assert_eq!(std::mem::take(&mut root.overtaken), [path(bad), path(bad)]);
        }
        assert_eq!(std::fs::read(outside.join("f")).unwrap(), b"theirs");
        assert_eq!(super::super::list(&outside).unwrap(), ["f"]);
    }

    #[test]
    fn a_new_directory_takes_its_place_as_a_whole() {
        let dir = tempfile::tempdir().unwrap();
        let staging = dir.path().join(".staging");
        std::fs::create_dir(&staging).unwrap();
        let stage = |root: &mut Root| {
            for at in ["new/a", "new/deep/b", "old/c", "old/new/d", "e"] {
                root.stage(&path(at), at.as_bytes(), Mode::Plain, None).unwrap();
            }
        };
        std::fs::create_dir(dir.path().join("old")).unwrap();
        let mut root = Root::new(Disk::default(), dir.path(), &staging);
        stage(&mut root);
        drop(root);
        assert_eq!(super::super::list(&staging).unwrap(), [""; 0], "what was not placed is gone");
        let mut root = Root::new(Disk::default(), dir.path(), &staging);
        stage(&mut root);
        root.sync_staged().unwrap();
        // Somebody else is faster, and has a file of their own there.
        std::fs::create_dir(dir.path().join("new")).unwrap();
        std::fs::write(dir.path().join("new/mine"), "mine").unwrap();
        root.place().unwrap();
        root.sync().unwrap();
        for at in ["new/a", "new/deep/b", "old/c", "old/new/d", "e"] {
            assert_eq!(std::fs::read(dir.path().join(at)).unwrap(), at.as_bytes(), "{at}");
        }
        assert_eq!(std::fs::read(dir.path().join("new/mine")).unwrap(), b"mine");
        assert_eq!(super::super::list(&staging).unwrap(), [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn new_directories_and_files_have_the_usual_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mut root = Root::new(Disk::default(), dir.path(), dir.path());
        root.stage(&path("a/b/run"), b"#!", Mode::Executable, None).unwrap();
        root.stage(&path("a/read"), b"", Mode::Plain, None).unwrap();
        root.place().unwrap();
        let usual = dir.path().join("usual");
        std::fs::create_dir(&usual).unwrap();
        std::fs::write(usual.join("file"), "").unwrap();
        let bits = |at: &str| std::fs::metadata(dir.path().join(at)).unwrap().permissions().mode() & 0o777;
        assert_eq!((bits("a"), bits("a/b")), (bits("usual"), bits("usual")));
        assert_eq!((bits("a/read"), bits("a/b/run") & !0o111), (bits("usual/file"), bits("usual/file")));
        assert_eq!(bits("a/b/run") & 0o100, 0o100);
    }

    #[test]
    fn what_somebody_changed_in_the_meantime_stays() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let mut root = Root::new(Disk::default(), dir.path(), dir.path());
        for name in ["same", "edited", "deleted", "d/removed", "d/kept"] {
            write(&mut root, name).unwrap();
        }
        let mut root = Root::new(Disk::default(), dir.path(), dir.path());
        for name in ["same", "edited", "deleted"] {
            root.stage(&path(name), b"new", Mode::Plain, Some(Digest::of(b"x"))).unwrap();
        }
        for name in ["made", "d/made", "gone/made"] {
            root.stage(&path(name), b"new", Mode::Plain, None).unwrap();
        }
        std::fs::write(at("edited"), "mine").unwrap();
        std::fs::remove_file(at("deleted")).unwrap();
        std::fs::write(at("made"), "mine").unwrap();
        std::fs::write(at("d/kept"), "mine").unwrap();
        root.place().unwrap();
        assert!(root.remove(&path("d/removed"), Digest::of(b"x")).unwrap());
        assert!(!root.remove(&path("d/kept"), Digest::of(b"x")).unwrap());
        assert_eq!(root.overtaken(), ["edited", "deleted", "made", "d/kept"].map(path));
        let text = |name| std::fs::read_to_string(at(name)).ok();
        for (name, expected) in [
            ("same", Some("new")),
            ("edited", Some("mine")),
            ("deleted", None),
            ("made", Some("mine")),
            ("d/made", Some("new")),
            ("gone/made", Some("new")),
            ("d/removed", None),
            ("d/kept", Some("mine")),
        ] {
            assert_eq!(text(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn what_stands_in_the_way_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let mut root = Root::new(Disk::default(), dir.path(), dir.path());
        write(&mut root, "a/b/c").unwrap();
        for bad in ["a/b", "a/b/c/d"] {
            assert_eq!(root.look(&path(bad), 9).unwrap(), Found::Other);
            write(&mut root, bad).unwrap();
            assert_eq!(std::mem::take(&mut root.overtaken), [path(bad)]);
        }
        assert_eq!(root.look(&path("x/y"), 9).unwrap(), Found::Missing);
        assert!(root.remove(&path("a/b/c"), Digest::of(b"x")).unwrap());
        assert!(
            super::super::list(dir.path()).unwrap().is_empty(),
            "empty directories go with their last file"
        );
    }
}
