//! Files that are written first and take their places later, all together.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::disk::{Disk, Mode, Step, read};
use super::error::{Fault, FsError};

/// A file that is written and has no name yet. Dropping it removes it.
#[derive(Debug)]
pub struct Staged {
    temp: TempPath,
    path: PathBuf,
    mode: Mode,
}

impl Disk {
    /// Writes what `path` is to be to a temporary file in `staging`.
    pub fn stage(&self, path: &Path, bytes: &[u8], mode: Mode, staging: &Path) -> Result<Staged, FsError> {
        // The handle is closed: there may be more files than a process can hold open.
        let temp = self.temporary(path, bytes, mode, staging, false)?.into_temp_path();
        Ok(Staged { temp, path: path.to_path_buf(), mode })
    }

    /// Forces the bytes of a staged file to the disk.
    pub fn sync_one(&self, staged: &Staged) -> Result<(), FsError> {
        let synced = self
            .step(Step::Sync, &staged.path)
            .and_then(|()| std::fs::File::options().write(true).open(&staged.temp)?.sync_all());
        synced.map_err(|e| FsError::new("sync", &staged.path, e))
    }

    /// Gives a staged file its name, in one step: the old or the new one stands there whole, after a power cut too if the
    /// staged file was synced before.
    pub fn place(&self, staged: Staged) -> Result<(), FsError> {
        let Staged { temp, path, mode } = staged;
        let failed = match self.put(temp, &path) {
            Ok(()) => return Ok(()),
            Err(failed) => failed,
        };
        if failed.error.kind() != io::ErrorKind::CrossesDevices {
            return Err(FsError::new("write", &path, failed.error));
        }
        // Staging and target are on two file systems, as where a directory of the app is a mount of its own.
        let missing = || FsError::found("read", &failed.path, Fault::NotFound);
        let bytes = read(&failed.path, u64::MAX - 1)?.ok_or_else(missing)?;
        let dir = path.parent().unwrap_or(Path::new("."));
        let temp = self.temporary(&path, &bytes, mode, dir, true)?.into_temp_path();
        self.put(temp, &path).map_err(|failed| FsError::new("write", &path, failed.error))
    }

    /// Replaces a file so that after a killed process the old or the new one stands there whole. It survives a power cut only
    /// after [`Disk::sync_tree`]: for files that can be made again. The temporary file is made in `staging`.
    pub fn write_unsynced(
        &self,
        path: &Path,
        bytes: &[u8],
        mode: Mode,
        staging: &Path,
    ) -> Result<(), FsError> {
        self.place(self.stage(path, bytes, mode, staging)?)
    }
}

impl Staged {
    /// A file that is written already.
    pub(super) fn new(temp: TempPath, path: PathBuf, mode: Mode) -> Self {
        Self { temp, path, mode }
    }

    /// The temporary file.
    pub(super) fn temp(&self) -> &Path {
        &self.temp
    }
}
