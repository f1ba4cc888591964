//! Reading pieces of a file.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use super::error::FsError;
use super::ways;

/// Bytes that are read at once where lines are looked for.
const WINDOW: u64 = 64 << 10;

/// The longest line, in bytes.
const LINE: usize = 4096;

/// A file that pieces are read from.
#[derive(Debug)]
pub struct Source {
    file: File,
    path: PathBuf,
    /// What was read last for lines, and where it begins.
    window: (u64, Vec<u8>),
}

impl Source {
    /// Opens a file; `None` where there is none. A symbolic link or a pipe is refused.
    pub fn open(path: &Path) -> Result<Option<Self>, FsError> {
        ways::plain("read", path)?;
        match File::open(path) {
            Ok(file) => Ok(Some(Self { file, path: path.to_path_buf(), window: (0, Vec::new()) })),
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
    /// Lines near each other cost one read together; the file may grow in the meantime, but not change.
    pub fn line(&mut self, offset: u64) -> Result<Option<Vec<u8>>, FsError> {
        if let Some(line) = self.line_in_window(offset) {
            return Ok(Some(line));
        }
        self.window = (offset, Vec::new());
        let window = &mut self.window.1;
        let done = self
            .file
            .seek(io::SeekFrom::Start(offset))
            .and_then(|_| (&self.file).take(WINDOW).read_to_end(window));
        done.map_err(|e| FsError::new("read", &self.path, e))?;
        Ok(self.line_in_window(offset))
    }

    fn line_in_window(&self, offset: u64) -> Option<Vec<u8>> {
        let (start, window) = &self.window;
        let from = usize::try_from(offset.checked_sub(*start)?).ok()?;
        let rest = window.get(from..)?;
        let end = rest.iter().take(LINE).position(|byte| *byte == b'\n')?;
        Some(rest[..end].to_vec())
    }
}
