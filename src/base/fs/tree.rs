//! Directories that are filled first and take their places later, with all that is in them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{TempDir, TempPath};

use super::disk::{Disk, Mode, Step, TEMP_PREFIX};
use super::error::FsError;
use super::stage::Staged;
use crate::base::ids::OutputPath;

/// A directory that is filled and has no name yet. Dropping it removes it.
#[derive(Debug)]
pub(super) struct StagedTree {
    temp: TempDir,
    path: PathBuf,
    files: Vec<(OutputPath, PathBuf, Mode)>,
    dirs: BTreeSet<PathBuf>,
}

impl Disk {
    /// Makes a directory in `staging` that is to be `path`, where nothing stands yet.
    pub(super) fn stage_tree(&self, path: &Path, staging: &Path) -> Result<StagedTree, FsError> {
        let fail = |e| FsError::new("create", path, e);
        self.step(Step::CreateDir, path).map_err(fail)?;
        let temp = temp_dir(staging).map_err(fail)?;
        Ok(StagedTree { temp, path: path.to_path_buf(), files: Vec::new(), dirs: BTreeSet::new() })
    }

    /// Writes a file of a staged directory; `full` is the place below that directory's where it will stand.
    pub(super) fn fill(
        &self,
        tree: &mut StagedTree,
        path: &OutputPath,
        full: &Path,
        bytes: &[u8],
        mode: Mode,
    ) -> Result<(), FsError> {
        let inner = full.strip_prefix(&tree.path).unwrap_or(full);
        let fail = |e: io::Error| FsError::new("write", full, e);
        let above = |dir: &&Path| !dir.as_os_str().is_empty();
        if let Some(dir) = inner.parent().filter(above).filter(|dir| !tree.dirs.contains(*dir)) {
            fs::create_dir_all(tree.temp.path().join(dir)).map_err(fail)?;
            tree.dirs.extend(dir.ancestors().filter(above).map(Path::to_path_buf));
        }
        self.step(Step::Write, full).map_err(fail)?;
        let mut file = new_file(&tree.temp.path().join(inner), mode).map_err(fail)?;
        file.write_all(bytes).map_err(fail)?;
        tree.files.push((path.clone(), inner.to_path_buf(), mode));
        Ok(())
    }

    /// Gives a staged directory its name, in one step. Where that cannot be, as where something stands there by now or the
    /// place is on another file system, it is given back for its files to be placed one by one.
    pub(super) fn place_tree(&self, tree: StagedTree) -> Result<Option<StagedTree>, FsError> {
        let done =
            self.step(Step::Rename, &tree.path).and_then(|()| fs::rename(tree.temp.path(), &tree.path));
        match done {
            Ok(()) => {
                // It is no longer there to be removed.
                let _ = tree.temp.keep();
                Ok(None)
            }
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::AlreadyExists
                        | io::ErrorKind::DirectoryNotEmpty
                        | io::ErrorKind::NotADirectory
                        | io::ErrorKind::CrossesDevices
                ) =>
            {
                Ok(Some(tree))
            }
            Err(error) => Err(FsError::new("write", &tree.path, error)),
        }
    }
}

impl StagedTree {
    /// Everything that has to reach the disk for it, innermost first.
    pub(super) fn written(&self) -> impl Iterator<Item = PathBuf> {
        let at = |inner: &PathBuf| self.temp.path().join(inner);
        let files = self.files.iter().map(move |(_, inner, _)| at(inner));
        files.chain(self.dirs.iter().rev().map(at)).chain([self.temp.path().to_path_buf()])
    }

    /// Its files, each to be placed by itself. They live no longer than the tree.
    pub(super) fn files(&self) -> Result<Vec<(OutputPath, Staged)>, FsError> {
        let staged = |(path, inner, mode): &(OutputPath, PathBuf, Mode)| {
            let full = self.path.join(inner);
            let temp = TempPath::try_from_path(self.temp.path().join(inner));
            let temp = temp.map_err(|e| FsError::new("write", &full, e))?;
            Ok((path.clone(), Staged::new(temp, full, *mode)))
        };
        self.files.iter().map(staged).collect()
    }
}

#[cfg(unix)]
fn temp_dir(staging: &Path) -> io::Result<TempDir> {
    use std::os::unix::fs::PermissionsExt;
    // The process's mask is applied to these, as to any directory it makes.
    tempfile::Builder::new()
        .prefix(TEMP_PREFIX)
        .permissions(fs::Permissions::from_mode(0o777))
        .tempdir_in(staging)
}

#[cfg(not(unix))]
fn temp_dir(staging: &Path) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(TEMP_PREFIX).tempdir_in(staging)
}

#[cfg(unix)]
fn new_file(path: &Path, mode: Mode) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    let bits = if mode == Mode::Executable { 0o777 } else { 0o666 };
    fs::File::options().write(true).create_new(true).mode(bits).open(path)
}

#[cfg(not(unix))]
fn new_file(path: &Path, _: Mode) -> io::Result<fs::File> {
    fs::File::options().write(true).create_new(true).open(path)
}
