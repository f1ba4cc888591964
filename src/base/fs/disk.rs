//! Reading, atomic writing, removing.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tempfile::{NamedTempFile, PathPersistError, TempPath};

use super::error::{Fault, FsError};

/// What the names of all temporary files begin with.
pub const TEMP_PREFIX: &str = ".metagen-tmp-";

/// Older temporary files belong to nobody any more.
const STALE: Duration = Duration::from_mins(1);

/// One thing that is about to happen on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A directory is made.
    CreateDir,
    /// A file is made and filled.
    Write,
    /// Bytes are added to a file.
    Append,
    /// Written bytes of a file, or the names in a directory, are forced to the disk.
    Sync,
    /// Everything that was written to a file system is.
    SyncAll,
    /// A file takes its final name.
    Rename,
    /// A file or an empty directory goes.
    Remove,
    /// A file is cut.
    Truncate,
}

/// Whether [`Disk::sync_tree`] forces all that was written to a file system to the disk, and not only the files it is given.
pub const SYNCS_ALL: bool = cfg!(target_os = "linux");

type Hook = dyn Fn(Step, &Path) -> io::Result<()> + Send + Sync;

/// The disk, for everything that changes it. Cheap to clone.
#[derive(Clone, Default)]
pub struct Disk {
    hook: Option<Arc<Hook>>,
}

/// Bits of a file that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As the process creates files.
    #[default]
    Plain,
    /// The same, and to be run.
    Executable,
}

/// What stands at a path; links are not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Missing,
    /// A plain file.
    File {
        /// Its size in bytes.
        len: u64,
        /// Whether its owner may run it.
        executable: bool,
    },
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A device, socket or pipe.
    Special,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").field("hooked", &self.hook.is_some()).finish()
    }
}

/// Says what stands at a path. A component that is a file counts as "nothing stands there".
pub fn kind(path: &Path) -> Result<Kind, FsError> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Kind::Missing);
        }
        Err(e) => return Err(FsError::new("look at", path, e)),
    };
    let kind = metadata.file_type();
    Ok(if kind.is_symlink() {
        Kind::Symlink
    } else if kind.is_dir() {
        Kind::Directory
    } else if kind.is_file() {
        Kind::File { len: metadata.len(), executable: is_executable(&metadata) }
    } else {
        Kind::Special
    })
}

/// Reads a whole file of at most `limit` bytes; `None` where there is none.
pub fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FsError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(FsError::new("read", path, e)),
    };
    let expected = file.metadata().map_or(0, |metadata| metadata.len());
    if expected > limit {
        return Err(FsError::found("read", path, Fault::TooLarge));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0) + 1);
    // A file that grows while it is read must not grow past the bound either.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| FsError::new("read", path, e))?;
    if bytes.len() as u64 > limit {
        return Err(FsError::found("read", path, Fault::TooLarge));
    }
    Ok(Some(bytes))
}

/// When a file was last written; `None` where there is none, or the system does not say.
pub fn modified(path: &Path) -> Result<Option<SystemTime>, FsError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(metadata.modified().ok()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(FsError::new("look at", path, e)),
    }
}

/// The names in a directory, sorted; none where there is no directory. Names that are not UTF-8 are left out.
pub fn list(dir: &Path) -> Result<Vec<String>, FsError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(FsError::new("list", dir, e)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| FsError::new("list", dir, e))?;
        if let Ok(name) = entry.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

impl Disk {
    /// A disk whose steps a hook sees first, and can make fail.
    pub fn with_hook(hook: impl Fn(Step, &Path) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self { hook: Some(Arc::new(hook)) }
    }

    pub(super) fn step(&self, step: Step, path: &Path) -> io::Result<()> {
        self.hook.as_ref().map_or(Ok(()), |hook| hook(step, path))
    }

    /// Makes a directory and those above it.
    pub fn create_dirs(&self, dir: &Path) -> Result<(), FsError> {
        if dir.is_dir() {
            return Ok(());
        }
        let fail = |e: io::Error| match e.kind() {
            io::ErrorKind::AlreadyExists => FsError::found("create", dir, Fault::NotADirectory),
            _ => FsError::new("create", dir, e),
        };
        self.step(Step::CreateDir, dir).map_err(fail)?;
        fs::create_dir_all(dir).map_err(fail)
    }

    /// Makes one directory below one that exists.
    pub fn create_dir(&self, dir: &Path) -> Result<(), FsError> {
        let done = self.step(Step::CreateDir, dir).and_then(|()| fs::create_dir(dir));
        done.map_err(|e| FsError::new("create", dir, e))
    }

    /// Replaces a file so that after a crash at any instant, a power cut included, the old or the new one stands there whole:
    /// temporary file beside it, write, sync, rename, sync of the directory.
    pub fn write_atomic(&self, path: &Path, bytes: &[u8], mode: Mode) -> Result<(), FsError> {
        let dir = path.parent().unwrap_or(Path::new("."));
        let temp = self.temporary(path, bytes, mode, dir, true)?.into_temp_path();
        self.put(temp, path).map_err(|e| FsError::new("write", path, e.error))?;
        self.sync_dir(dir)
    }

    /// Writes the bytes of `path` to a temporary file in `dir`. Dropping it, as on the way out of a failure, removes it.
    pub(super) fn temporary(
        &self,
        path: &Path,
        bytes: &[u8],
        mode: Mode,
        dir: &Path,
        sync: bool,
    ) -> Result<NamedTempFile, FsError> {
        let fail = |e: io::Error| FsError::new("write", path, e);
        self.step(Step::Write, path).map_err(fail)?;
        let mut temp = temp_file(dir, mode).map_err(fail)?;
        temp.as_file_mut().write_all(bytes).map_err(fail)?;
        if sync {
            self.step(Step::Sync, path).map_err(fail)?;
            temp.as_file().sync_all().map_err(fail)?;
        }
        Ok(temp)
    }

    /// Gives a temporary file its name. A file that it replaces hands its permissions on.
    pub(super) fn put(&self, temp: TempPath, path: &Path) -> Result<(), PathPersistError> {
        match self.step(Step::Rename, path).and_then(|()| hand_on_permissions(path, &temp)) {
            Ok(()) => temp.persist(path),
            Err(error) => Err(PathPersistError { error, path: temp }),
        }
    }

    /// Removes a file; whether there was one.
    pub fn remove(&self, path: &Path) -> Result<bool, FsError> {
        match self.step(Step::Remove, path).and_then(|()| fs::remove_file(path)) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(FsError::new("remove", path, e)),
        }
    }

    /// Removes a directory if nothing is in it; whether it went.
    pub fn remove_empty_dir(&self, dir: &Path) -> Result<bool, FsError> {
        match self.step(Step::Remove, dir).and_then(|()| fs::remove_dir(dir)) {
            Ok(()) => Ok(true),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty) => {
                Ok(false)
            }
            Err(e) => Err(FsError::new("remove", dir, e)),
        }
    }

    /// Gives a file another name in the same file system.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<(), FsError> {
        let done = self.step(Step::Rename, to).and_then(|()| fs::rename(from, to));
        done.map_err(|e| FsError::new("rename", from, e))
    }

    /// Copies a file; the copy is synced and whole or absent.
    pub fn copy(&self, from: &Path, to: &Path) -> Result<(), FsError> {
        let bytes = read(from, u64::MAX - 1)?.ok_or_else(|| FsError::found("read", from, Fault::NotFound))?;
        self.write_atomic(to, &bytes, Mode::Plain)
    }

    /// Forces the names in a directory to the disk, where the system can.
    pub fn sync_dir(&self, dir: &Path) -> Result<(), FsError> {
        self.step(Step::Sync, dir).map_err(|e| FsError::new("sync", dir, e))?;
        if cfg!(unix) {
            let synced = File::open(dir).and_then(|file| file.sync_all());
            synced.map_err(|e| FsError::new("sync", dir, e))?;
        }
        Ok(())
    }

    /// Forces many written files to the disk at once, at the cost of about one sync where the system has a call for it: there
    /// everything else that was written to the same file system goes along.
    pub fn sync_tree(&self, root: &Path, written: &[PathBuf]) -> Result<(), FsError> {
        self.step(Step::SyncAll, root).map_err(|e| FsError::new("sync", root, e))?;
        sync_files(root, written)
    }

    /// Removes the temporary files and directories in a directory that a process left behind: those older than a minute at `now`, or all of
    /// them where the caller holds the lock that every writer of this directory needs.
    pub fn sweep(&self, dir: &Path, now: SystemTime, all: bool) -> Result<usize, FsError> {
        let mut removed = 0;
        for name in list(dir)?.into_iter().filter(|name| name.starts_with(TEMP_PREFIX)) {
            let path = dir.join(name);
            let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
            let age = metadata.modified().ok().and_then(|then| now.duration_since(then).ok());
            if !(all || age.is_some_and(|age| age > STALE)) {
                continue;
            }
            if metadata.is_file() {
                removed += usize::from(self.remove(&path)?);
            } else if metadata.is_dir() {
                let done = self.step(Step::Remove, &path).and_then(|()| fs::remove_dir_all(&path));
                done.map_err(|e| FsError::new("remove", &path, e))?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}

/// What the owner of a file has allowed and forbidden outlasts its contents; whoever may read it may run it where the new form
/// is to be run.
#[cfg(unix)]
fn hand_on_permissions(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let bits = |path: &Path| fs::symlink_metadata(path).map(|metadata| metadata.permissions().mode() & 0o777);
    let Ok(old) = bits(from) else { return Ok(()) };
    let new = bits(to)?;
    let run = if new & 0o100 == 0 { old & !0o111 } else { old | (old & 0o444) >> 2 };
    if run == new { Ok(()) } else { fs::set_permissions(to, fs::Permissions::from_mode(run)) }
}

#[cfg(not(unix))]
fn hand_on_permissions(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn temp_file(dir: &Path, mode: Mode) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    // The process's mask is applied to these, as to any file it makes.
    let bits = if mode == Mode::Executable { 0o777 } else { 0o666 };
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMP_PREFIX).permissions(fs::Permissions::from_mode(bits)).tempfile_in(dir)
}

#[cfg(not(unix))]
fn temp_file(dir: &Path, _: Mode) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(TEMP_PREFIX).tempfile_in(dir)
}

#[cfg(target_os = "linux")]
fn sync_files(root: &Path, _: &[PathBuf]) -> Result<(), FsError> {
    let synced = File::open(root).and_then(|dir| Ok(rustix::fs::syncfs(&dir)?));
    synced.map_err(|e| FsError::new("sync", root, e))
}

#[cfg(not(target_os = "linux"))]
fn sync_files(_: &Path, written: &[PathBuf]) -> Result<(), FsError> {
    for path in written {
        let synced = File::open(path).and_then(|file| file.sync_all());
        synced.map_err(|e| FsError::new("sync", path, e))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dir() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn writes_are_whole_or_absent() {
        let dir = dir();
        let path = dir.path().join("a");
        Disk::default().write_atomic(&path, b"old", Mode::Plain).unwrap();
        for broken in [Step::Write, Step::Sync, Step::Rename] {
            let disk =
                Disk::with_hook(
                    move |step, _| {
                        if step == broken { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
                    },
                );
            let error = disk.write_atomic(&path, b"new", Mode::Plain).unwrap_err();
            assert_eq!((error.fault, error.path.as_path()), (Fault::NoSpace, path.as_path()));
            assert_eq!(read(&path, 9).unwrap().unwrap(), b"old");
            assert_eq!(list(dir.path()).unwrap(), ["a"], "no temporary file is left");
        }
    }

    #[test]
    fn reads_are_bounded() {
        let dir = dir();
        let path = dir.path().join("a");
        assert!(read(&path, 3).unwrap().is_none());
        Disk::default().write_atomic(&path, b"1234", Mode::Plain).unwrap();
        assert_eq!(read(&path, 4).unwrap().unwrap(), b"1234");
        assert_eq!(read(&path, 3).unwrap_err().fault, Fault::TooLarge);
    }

    #[test]
    fn sweeps_what_is_stale_and_only_that() {
        let dir = dir();
        let temp = dir.path().join(format!("{TEMP_PREFIX}x"));
        fs::write(&temp, "").unwrap();
        fs::write(dir.path().join("mine"), "").unwrap();
        let written = fs::metadata(&temp).unwrap().modified().unwrap();
        let disk = Disk::default();
        assert_eq!(disk.sweep(dir.path(), written + Duration::from_secs(59), false).unwrap(), 0);
        assert_eq!(disk.sweep(dir.path(), written + Duration::from_secs(61), false).unwrap(), 1);
        fs::write(&temp, "").unwrap();
        assert_eq!(disk.sweep(dir.path(), written, true).unwrap(), 1);
        assert_eq!(list(dir.path()).unwrap(), ["mine"]);
    }

    #[cfg(unix)]
    #[test]
    fn modes_follow_the_mask() {
        use std::os::unix::fs::PermissionsExt;
        let dir = dir();
        let (plain, run, reference) = (dir.path().join("a"), dir.path().join("b"), dir.path().join("c"));
        Disk::default().write_atomic(&plain, b"", Mode::Plain).unwrap();
        Disk::default().write_atomic(&run, b"", Mode::Executable).unwrap();
        fs::write(&reference, "").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&plain), mode(&reference));
        assert!(matches!(kind(&run).unwrap(), Kind::File { executable: true, .. }));
    }
}
