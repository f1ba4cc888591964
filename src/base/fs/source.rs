//! Reading pieces of a file.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use super::disk::{Kind, kind};
use super::error::{Fault, FsError};

/// A file that pieces are read from.
#[derive(Debug)]
pub struct Source {
    file: File,
    path: PathBuf,
}

impl Source {
    /// Opens a file; `None` where there is none. A symbolic link is refused.
    pub fn open(path: &Path) -> Result<Option<Self>, FsError> {
        if kind(path)? == Kind::Symlink {
            return Err(FsError::found("read", path, Fault::Symlink));
        }
        match File::open(path) {
            Ok(file) => Ok(Some(Self { file, path: path.to_path_buf() })),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(FsError::new("read", path, e)),
        }
    }

    /// Its size in bytes at this moment.
    pub fn len(&self) -> Result<u64, FsError> {
        self.file.metadata().map(|metadata| metadata.len()).map_err(|e| FsError::new("read", &self.path, e))
    }

    /// Whether nothing is in it at this moment.
    pub fn is_empty(&self) -> Result<bool, FsError> {
        self.len().map(|len| len == 0)
    }

    /// Reads exactly `len` bytes from `offset` on; `None` where the file ends before.
    pub fn piece(&mut self, offset: u64, len: usize) -> Result<Option<Vec<u8>>, FsError> {
        if offset.saturating_add(len as u64) > self.len()? {
            return Ok(None);
        }
        let mut bytes = vec![0; len];
        let done = self.file.seek(io::SeekFrom::Start(offset)).and_then(|_| self.file.read_exact(&mut bytes));
        done.map_err(|e| FsError::new("read", &self.path, e))?;
        Ok(Some(bytes))
    }

    /// Reads the line that begins at `offset`, without its end; `None` where the file ends, or a line is longer than 4 KiB.
    pub fn line(&mut self, offset: u64) -> Result<Option<Vec<u8>>, FsError> {
        let mut bytes = Vec::new();
        let done = self
            .file
            .seek(io::SeekFrom::Start(offset))
            .and_then(|_| (&self.file).take(4096).read_to_end(&mut bytes));
        done.map_err(|e| FsError::new("read", &self.path, e))?;
        Ok(bytes.iter().position(|byte| *byte == b'\n').map(|end| {
            bytes.truncate(end);
            bytes
        }))
    }
}
