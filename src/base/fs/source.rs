//! Reading pieces of a file.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::error::FsError;
use super::ways;

/// A file of at most so many bytes is read as a whole.
const WHOLE: u64 = 64 << 20;

/// Bytes of a larger one that are read at once where lines are looked for.
const WINDOW: u64 = 64 << 10;

/// The longest line, in bytes.
const LINE: usize = 4096;

/// A file that pieces are read from.
#[derive(Debug)]
pub struct Source {
    file: File,
    path: PathBuf,
    /// What was read last, and where it begins.
    window: (u64, Bytes),
}

impl Source {
    /// Opens a file; `None` where there is none. A symbolic link or a pipe is refused.
    pub fn open(path: &Path) -> Result<Option<Self>, FsError> {
        ways::plain("read", path)?;
        match File::open(path) {
            Ok(file) => Ok(Some(Self { file, path: path.to_path_buf(), window: (0, Bytes::new()) })),
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

    /// Reads exactly `len` bytes from `offset` on; `None` where the file ends before. Pieces of a file that is not too large share
    /// one copy of it.
    pub fn piece(&mut self, offset: u64, len: usize) -> Result<Option<Bytes>, FsError> {
        if let Some(piece) = self.in_window(offset, len) {
            return Ok(Some(piece));
        }
        let end = self.len()?;
        if offset.saturating_add(len as u64) > end {
            return Ok(None);
        }
        if end <= WHOLE {
            self.window = (0, self.read(0, end)?);
            return Ok(self.in_window(offset, len));
        }
        let piece = self.read(offset, len as u64)?;
        Ok((piece.len() == len).then_some(piece))
    }

    /// Reads the line that begins at `offset`, without its end; `None` where the file ends, or a line is longer than 4 KiB.
    /// Lines near each other cost one read together; the file may grow in the meantime, but not change.
    pub fn line(&mut self, offset: u64) -> Result<Option<Bytes>, FsError> {
        if let Some(line) = self.line_in_window(offset) {
            return Ok(Some(line));
        }
        let end = self.len()?;
        let (from, len) = if end <= WHOLE { (0, end) } else { (offset, WINDOW) };
        self.window = (from, self.read(from, len)?);
        Ok(self.line_in_window(offset))
    }

    /// At most `len` bytes.
    fn read(&mut self, offset: u64, len: u64) -> Result<Bytes, FsError> {
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0));
        let done = self
            .file
            .seek(io::SeekFrom::Start(offset))
            .and_then(|_| (&self.file).take(len).read_to_end(&mut bytes));
        done.map_err(|e| FsError::new("read", &self.path, e))?;
        Ok(bytes.into())
    }

    fn in_window(&self, offset: u64, len: usize) -> Option<Bytes> {
        let (start, window) = &self.window;
        let from = usize::try_from(offset.checked_sub(*start)?).ok()?;
        let to = from.checked_add(len).filter(|to| *to <= window.len())?;
        Some(window.slice(from..to))
    }

    fn line_in_window(&self, offset: u64) -> Option<Bytes> {
        let (start, window) = &self.window;
        let from = usize::try_from(offset.checked_sub(*start)?).ok()?;
        let rest = window.get(from..)?;
        let end = rest.iter().take(LINE).position(|byte| *byte == b'\n')?;
        Some(window.slice(from..from + end))
    }
}
