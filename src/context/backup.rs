//! Copies of a context, and going back to one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use super::document::{Context, FileRecord};
use super::error::ContextError;
use super::journal::{Loaded, Part};
use super::pack::Pack;
use super::rescue::stamp;
use super::store::{CONFLICTS, DOCUMENT, JOURNAL, LOCK, PACK, PLANS, Store};
use crate::base::clock::Clock;
use crate::base::digest::Digest;
use crate::base::fs::{self, Found, Kind, Lock, Root};
use crate::base::ids::OutputPath;

const BACKUPS: &str = "backups";

/// Larger files of a person are not compared with what was generated.
const LIMIT: u64 = 64 << 20;

/// What to do about the record of the person's files when a backup comes back.
enum Fit {
    /// The tree is that of the backup.
    AsItWas,
    /// The tree has gone on: what was handed over since is a fact, whatever is put back.
    GoneOn,
}

impl Store {
    /// Copies the context as it is, damaged or not, and gives the copy's name. Waits for at most `wait` while a run goes on.
    pub fn backup(&self, wait: Duration, clock: &dyn Clock) -> Result<String, ContextError> {
        if fs::kind(&self.folder)? != Kind::Directory {
            return Err(ContextError::Absent { what: "context".to_owned(), path: self.dir.clone() });
        }
        let _lock = Lock::shared(&self.folder.join(LOCK), wait)?;
        self.copy_out(clock)
    }

    /// The names of all backups, oldest first; those that somebody else named come before.
    pub fn backups(&self) -> Result<Vec<String>, ContextError> {
        let mut names = fs::list(&self.folder.join(BACKUPS))?;
        names.sort_by_key(|name| numbered(name));
        Ok(names)
    }

    /// Puts a backup in the place of the context, which is itself backed up before; gives the name of that. The person's
    /// files are not touched. Where they are those of later builds, the record of them stays: what was handed over is known, and
    /// is not taken for the person's edits and deletions by the next build.
    pub fn restore(&self, name: &str, wait: Duration, clock: &dyn Clock) -> Result<String, ContextError> {
        if !self.backups()?.iter().any(|known| known == name) {
            let path = self.folder.join(BACKUPS);
            return Err(ContextError::Absent { what: format!("backup {name}"), path });
        }
        let _lock = self.lock(wait, clock)?;
        let undo = self.copy_out(clock)?;
        let from = self.folder.join(BACKUPS).join(name);
        match Self::load_from(&from)? {
            Loaded { context: Some(back), document, journal, .. }
                if !is_newer(&document) && !is_newer(&journal) =>
            {
                self.put_back(&from, back)?;
            }
            // What cannot be read is put back as it is.
            _ => {
                // A journal that is newer than the document would bring back what is to go: it goes first and comes last.
                self.disk.remove(&self.folder.join(JOURNAL))?;
                self.copy_file(&from, &self.folder, DOCUMENT)?;
                self.copy_file(&from, &self.folder, PACK)?;
                self.copy_folder(&from.join(CONFLICTS), &self.folder.join(CONFLICTS))?;
                self.copy_folder(&from.join(PLANS), &self.folder.join(PLANS))?;
                self.copy_file(&from, &self.folder, JOURNAL)?;
            }
        }
        Ok(undo)
    }

    fn put_back(&self, from: &Path, mut back: Context) -> Result<(), ContextError> {
        let current = self.load()?.context;
        back.seq = back.seq.max(current.as_ref().map_or(0, |current| current.seq)) + 1;
        let mut pack = self.pack()?;
        let latest = pack.forms().clone();
        self.unite(&mut pack, &mut Pack::open(&from.join(PACK))?)?;
        match self.fit(&mut back, current, &pack, &latest) {
            Fit::AsItWas => self.copy_folder(&from.join(CONFLICTS), &self.folder.join(CONFLICTS))?,
            Fit::GoneOn => {}
        }
        self.copy_folder(&from.join(PLANS), &self.folder.join(PLANS))?;
        // A snapshot that is newer than the document is the state, from the moment on in which it stands there.
        self.write_snapshot(&back)?;
        self.write_document(&back)
    }

    /// Adds the forms of a backup to those that are known: the tree may have some of either.
    fn unite(&self, pack: &mut Pack, backup: &mut Pack) -> Result<(), ContextError> {
        let mut new = Vec::new();
        let mut file = self.disk.append(&self.folder.join(PACK))?;
        if file.len() > pack.len() {
            file.truncate(pack.len())?;
        }
        for (path, forms) in backup.forms().clone() {
            for form in forms {
                // One that is damaged is forgotten here, and kept anew.
                pack.has_intact(form)?;
                match backup.get(form) {
                    Ok(contents) => pack.push(&path, &contents, &mut new),
                    Err(ContextError::Lost { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        file.append_all(&new)?;
        Ok(file.sync()?)
    }

    /// Makes the record of the person's files that of the tree: of a backup and the present record the one that more of the files
    /// agree with of which the two tell different things.
    fn fit(
        &self,
        back: &mut Context,
        current: Option<Context>,
        pack: &Pack,
        latest: &BTreeMap<OutputPath, Vec<Digest>>,
    ) -> Fit {
        let mut root = Root::new(self.disk.clone(), &self.dir, &self.dir);
        let mut standing = |path: &OutputPath| match root.look(path, LIMIT) {
            Ok(Found::File { bytes, .. }) => Some(bytes.digest()),
            _ => None,
        };
        let Some(current) = current else {
            // Lost. What stands in a generated form was handed over in it; what was edited since, in the last one.
            for (path, forms) in pack.forms() {
                let Some(stands) = standing(path) else { continue };
                let last = latest.get(path).and_then(|forms| forms.last()).copied();
                if let Some(sha256) = Some(stands).filter(|stands| forms.contains(stands)).or(last) {
                    back.files.insert(path.clone(), FileRecord::of(sha256));
                }
            }
            return Fit::AsItWas;
        };
        let of = |context: &Context, path: &OutputPath| -> Option<Digest> {
            context.files.get(path).map(|file| file.sha256)
        };
        let paths: BTreeSet<&OutputPath> = back.files.keys().chain(current.files.keys()).collect();
        let (mut then, mut now) = (0, 0);
        for path in paths.into_iter().filter(|path| of(back, path) != of(&current, path)) {
            let stands = standing(path);
            then += usize::from(stands == of(back, path));
            now += usize::from(stands == of(&current, path));
        }
        if then >= now {
            return Fit::AsItWas;
        }
        back.files = current.files;
        back.conflicts = current.conflicts;
        back.applying = current.applying;
        Fit::GoneOn
    }

    fn copy_out(&self, clock: &dyn Clock) -> Result<String, ContextError> {
        let folder = self.folder.join(BACKUPS);
        let taken = self.backups()?;
        let name = name_after(taken.iter().rev().find_map(|name| numbered(name)), stamp(clock.now()));
        let to = folder.join(&name);
        self.disk.create_dirs_below(&self.folder, &to)?;
        for file in [DOCUMENT, JOURNAL, PACK] {
            self.copy_file(&self.folder, &to, file)?;
        }
        for folder in [PLANS, CONFLICTS] {
            self.copy_folder(&self.folder.join(folder), &to.join(folder))?;
        }
        Ok(name)
    }

    fn copy_file(&self, from: &Path, to: &Path, name: &str) -> Result<(), ContextError> {
        if fs::kind(&from.join(name))? == Kind::Missing {
            self.disk.remove(&to.join(name))?;
        } else {
            self.disk.copy(&from.join(name), &to.join(name))?;
        }
        Ok(())
    }

    /// Copies the files of a folder and of those below it; what is no plain file is left out.
    fn copy_folder(&self, from: &Path, to: &Path) -> Result<(), ContextError> {
        for name in fs::list(from)? {
            match fs::kind(&from.join(&name))? {
                Kind::Directory => self.copy_folder(&from.join(&name), &to.join(&name))?,
                Kind::File { .. } => {
                    self.disk.create_dirs_below(&self.folder, to)?;
                    self.disk.copy(&from.join(&name), &to.join(&name))?;
                }
                Kind::Missing | Kind::Symlink | Kind::Special => {}
            }
        }
        Ok(())
    }
}

fn is_newer(part: &Part) -> bool {
    matches!(part, Part::Newer(_))
}

/// The moment and the number of a backup that we named.
fn numbered(name: &str) -> Option<(String, u32)> {
    let (moment, number) = match name.split_once('-') {
        Some((moment, number)) => (moment, number.parse().ok()?),
        None => (name, 1),
    };
    let shaped = |(at, byte): (usize, u8)| match at {
        8 => byte == b'T',
        15 => byte == b'Z',
        _ => byte.is_ascii_digit(),
    };
    (moment.len() == 16 && moment.bytes().enumerate().all(shaped)).then(|| (moment.to_owned(), number))
}

/// A name that comes after the last one, also where the clock has gone back.
fn name_after(last: Option<(String, u32)>, now: String) -> String {
    match last {
        Some((moment, number)) if moment >= now => format!("{moment}-{}", number.saturating_add(1)),
        _ => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_one_after_the_other() {
        let now = "20260102T030405Z";
        for (last, expected) in [
            (None, now),
            (Some("20260102T030404Z-7"), now),
            (Some("20260102T030405Z"), "20260102T030405Z-2"),
            (Some("20260102T030405Z-9"), "20260102T030405Z-10"),
            (Some("20270101T000000Z"), "20270101T000000Z-2"),
        ] {
            let name = name_after(last.and_then(numbered), now.to_owned());
            assert_eq!(name, expected);
            assert!(last.and_then(numbered) < numbered(&name));
        }
        for foreign in ["before-2", "20260102T030405Z-x", "", "20260102T03040"] {
            assert_eq!(numbered(foreign), None);
        }
    }
}
