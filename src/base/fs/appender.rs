//! Adding to a file.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, IoSlice, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;

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
        self.add(bytes.len(), |file| file.write_all(bytes))
    }

    /// The same for many pieces, which are not put together for it.
    pub fn append_all(&mut self, pieces: &[Bytes]) -> Result<(), FsError> {
        self.add(pieces.iter().map(Bytes::len).sum(), |file| write_all(file, pieces))
    }

    fn add(&mut self, len: usize, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), FsError> {
        let written = self.disk.step(Step::Append, &self.path).and_then(|()| write(&mut self.file));
        if let Err(e) = written {
            // Nothing is to be done about a second failure; readers skip a torn end.
            let _ = self.file.set_len(self.len);
            return Err(FsError::new("write", &self.path, e));
        }
        self.len += len as u64;
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

/// `Write::write_all_vectored`, which is not stable yet.
fn write_all(to: &mut impl Write, pieces: &[Bytes]) -> io::Result<()> {
    let mut slices: Vec<_> =
        pieces.iter().filter(|piece| !piece.is_empty()).map(|piece| IoSlice::new(piece)).collect();
    let mut rest = slices.as_mut_slice();
    while !rest.is_empty() {
        match to.write_vectored(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes a few bytes at a time, of one piece or of several, and is interrupted in between.
    struct Reluctant(Vec<u8>, usize);

    impl Write for Reluctant {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            unreachable!("many are written at once")
        }

        fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
            self.1 += 1;
            if self.1.is_multiple_of(2) {
                return Err(ErrorKind::Interrupted.into());
            }
            let some: Vec<u8> = pieces.iter().flat_map(|piece| piece.iter()).take(3).copied().collect();
            self.0.extend(&some);
            Ok(some.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn pieces_are_written_whole_and_in_order() {
        let pieces = ["", "a", "bc", "", "defghij", ""].map(Bytes::from);
        let mut to = Reluctant(Vec::new(), 0);
        write_all(&mut to, &pieces).unwrap();
        assert_eq!(to.0, b"abcdefghij");
        write_all(&mut to, &[Bytes::new()]).unwrap();

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let mut file = Disk::default().append(&path).unwrap();
        file.append(b"0").unwrap();
        // More than the system takes at once.
        let many: Vec<_> = (0..3000).map(|n| Bytes::from(format!("{n},"))).collect();
        file.append_all(&many).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), [b"0".to_vec(), many.concat()].concat());
        assert_eq!(file.len(), std::fs::metadata(&path).unwrap().len());
    }
}
