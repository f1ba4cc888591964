//! Adding to a file.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::disk::{Disk, Step};
use super::error::FsError;
use super::ways;

/// A file that only grows.
#[derive(Debug)]
pub struct Appender {
    disk: Disk,
    file: File,
    path: PathBuf,
    len: u64,
}

impl Disk {
    /// Opens a file to add to it, made where there is none. A symbolic link or a pipe is refused.
    pub fn append(&self, path: &Path) -> Result<Appender, FsError> {
        ways::plain("write", path)?;
        let opened = OpenOptions::new().append(true).create(true).open(path);
        let file = opened.map_err(|e| FsError::new("write", path, e))?;
        let len = file.metadata().map_err(|e| FsError::new("write", path, e))?.len();
        Ok(Appender { disk: self.clone(), file, path: path.to_path_buf(), len })
    }
}

impl Appender {
    /// Adds bytes. They survive a killed process from now on, and a power cut after [`Appender::sync`]. Where it fails, the
    /// file is cut back to what it was, so that a disk that has room again can be written to.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), FsError> {
        let written = self.disk.step(Step::Append, &self.path).and_then(|()| self.file.write_all(bytes));
        if let Err(e) = written {
            // Nothing is to be done about a second failure; readers skip a torn end.
            let _ = self.file.set_len(self.len);
            return Err(FsError::new("write", &self.path, e));
        }
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Forces what was added to the disk.
    pub fn sync(&self) -> Result<(), FsError> {
        let synced = self.disk.step(Step::Sync, &self.path).and_then(|()| self.file.sync_data());
        synced.map_err(|e| FsError::new("sync", &self.path, e))
    }

    /// Cuts the file to its first `len` bytes.
    pub fn truncate(&mut self, len: u64) -> Result<(), FsError> {
        let cut = self.disk.step(Step::Truncate, &self.path).and_then(|()| self.file.set_len(len));
        cut.map_err(|e| FsError::new("cut", &self.path, e))?;
        self.len = len;
        Ok(())
    }

    /// Its size in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}
