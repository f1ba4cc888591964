//! The pack: every generated file by its digest, in one file that only grows until it is compacted.
//!
//! A record is a line `<sha256> <length> <path>` followed by the bytes and a line end. One file costs one sync where a file for
//! each would cost hundreds; the path lets the last generated forms be found where everything else is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use rayon::prelude::*;

use super::error::ContextError;
use crate::base::contents::Contents;
use crate::base::digest::Digest;
use crate::base::fs::{Disk, FsError, Mode, Source};
use crate::base::ids::OutputPath;

/// Compaction waits until the pack is at least this large, in bytes.
const WORTH_COMPACTING: u64 = 1 << 20;

/// Fewer records are not worth another core's attention.
const BATCH: usize = 16;

/// An index over a pack.
#[derive(Debug)]
pub struct Pack {
    path: PathBuf,
    source: Option<Source>,
    places: BTreeMap<Digest, (u64, usize)>,
    by_path: BTreeMap<OutputPath, Vec<Digest>>,
    len: u64,
}

impl Pack {
    /// Reads the heads of all records; cost follows their number. What comes after the last whole one is left out.
    pub fn open(path: &Path) -> Result<Self, FsError> {
        let mut pack = Self {
            path: path.to_path_buf(),
            source: Source::open(path)?,
            places: BTreeMap::new(),
            by_path: BTreeMap::new(),
            len: 0,
        };
        let Some(source) = &mut pack.source else { return Ok(pack) };
        let end = source.len()?;
        let mut found = Vec::new();
        let mut at = 0;
        while at < end {
            let Some((path, digest, start, len)) = record(source, at, end)? else {
                // A torn end has nothing behind it; damage in the middle has.
                let Some(next) = next_record(source, at, end)? else { break };
                at = next;
                continue;
            };
            at = start + len as u64 + 1;
            pack.len = at;
            found.push((path, digest, start, len));
        }
        for (path, digest, start, len) in found {
            pack.enter(path, digest, start, len);
        }
        if pack.len < end {
            // A torn end will be cut, and other bytes will stand where it stood: what was read is not to be relied on.
            pack.source = None;
        }
        Ok(pack)
    }

    /// Length of the records in bytes; what the file has beyond is a torn end.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether it has no records.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All forms that a path has had, oldest first.
    pub fn forms(&self) -> &BTreeMap<OutputPath, Vec<Digest>> {
        &self.by_path
    }

    /// The bytes with this digest, checked against it. A record that fails the check is forgotten, so that the same form can
    /// be kept anew.
    pub fn get(&mut self, digest: Digest) -> Result<Contents, ContextError> {
        self.get_all([digest])?
            .remove(&digest)
            .ok_or_else(|| ContextError::Lost { path: self.path.clone(), sha256: digest.to_string() })
    }

    /// The same for many, on all cores; those that are lost are left out.
    pub fn get_all(
        &mut self,
        digests: impl IntoIterator<Item = Digest>,
    ) -> Result<BTreeMap<Digest, Contents>, ContextError> {
        let mut read = Vec::new();
        for digest in digests {
            let Some((start, len)) = self.places.get(&digest).copied() else { continue };
            if self.source.is_none() {
                self.source = Source::open(&self.path)?;
            }
            let piece = self.source.as_mut().map(|source| source.piece(start, len)).transpose()?.flatten();
            read.push((digest, piece));
        }
        let intact = |(digest, piece): (Digest, Option<Bytes>)| {
            (digest, piece.map(Contents::from).filter(|contents| contents.digest() == digest))
        };
        // From outside, even one alone would have to wait for a free core.
        let checked: Vec<_> = if read.len() < 2 * BATCH {
            read.into_iter().map(intact).collect()
        } else {
            read.into_par_iter().with_min_len(BATCH).map(intact).collect()
        };
        let mut found = BTreeMap::new();
        for (digest, contents) in checked {
            match contents {
                Some(contents) => drop(found.insert(digest, contents)),
                None => self.forget(digest),
            }
        }
        Ok(found)
    }

    fn forget(&mut self, digest: Digest) {
        self.places.remove(&digest);
        self.by_path.values_mut().for_each(|forms| forms.retain(|form| *form != digest));
    }

    /// Whether there is a record with this digest, intact or not.
    pub fn has(&self, digest: Digest) -> bool {
        self.places.contains_key(&digest)
    }

    /// Whether the bytes with this digest are there and intact.
    pub fn has_intact(&mut self, digest: Digest) -> Result<bool, ContextError> {
        match self.get(digest) {
            Ok(_) => Ok(true),
            Err(ContextError::Lost { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes a form in at the end, and adds its record to what is to be written there. A form that the path has already is
    /// not written again.
    pub(super) fn push(&mut self, path: &OutputPath, contents: &Contents, out: &mut Vec<Bytes>) {
        let digest = contents.digest();
        if self.by_path.get(path).is_some_and(|forms| forms.contains(&digest)) {
            return;
        }
        let head = format!("{digest} {} {path}\n", contents.len());
        self.enter(path.clone(), digest, self.len + head.len() as u64, contents.len());
        self.len += (head.len() + contents.len() + 1) as u64;
        out.extend([head.into(), contents.bytes(), Bytes::from_static(b"\n")]);
    }

    /// Drops the forms that nobody can ask for any more, if they are more than half of a pack that is large.
    pub(super) fn compact(&mut self, disk: &Disk, live: &BTreeSet<Digest>) -> Result<bool, ContextError> {
        let kept: u64 =
            live.iter().filter_map(|digest| self.places.get(digest)).map(|(_, len)| *len as u64).sum();
        if self.len < WORTH_COMPACTING || kept > self.len / 2 {
            return Ok(false);
        }
        let mut next = Self {
            path: self.path.clone(),
            source: None,
            places: BTreeMap::new(),
            by_path: BTreeMap::new(),
            len: 0,
        };
        let mut out = Vec::new();
        for (path, forms) in self.by_path.clone() {
            for digest in forms.into_iter().filter(|digest| live.contains(digest)) {
                match self.get(digest) {
                    Ok(contents) => next.push(&path, &contents, &mut out),
                    Err(ContextError::Lost { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        disk.write_atomic(&self.path, &out.concat(), Mode::Plain)?;
        *self = next;
        Ok(true)
    }

    fn enter(&mut self, path: OutputPath, digest: Digest, start: u64, len: usize) {
        self.places.insert(digest, (start, len));
        let forms = self.by_path.entry(path).or_default();
        forms.retain(|form| *form != digest);
        forms.push(digest);
    }
}

/// The record that begins at `at`, if a whole one does: its path, digest, and where its bytes are.
fn record(
    source: &mut Source,
    at: u64,
    end: u64,
) -> Result<Option<(OutputPath, Digest, u64, usize)>, FsError> {
    let Some(head) = source.line(at)? else { return Ok(None) };
    let Some((digest, len, path)) = parse(&head) else { return Ok(None) };
    let start = at + head.len() as u64 + 1;
    let fits = start.saturating_add(len as u64).saturating_add(1) <= end;
    Ok(fits.then_some((path, digest, start, len)))
}

/// Where the next whole record after `at` begins.
fn next_record(source: &mut Source, at: u64, end: u64) -> Result<Option<u64>, FsError> {
    let rest = source.piece(at, usize::try_from(end - at).unwrap_or(usize::MAX))?.unwrap_or_default();
    for (index, _) in rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        let line = rest[index + 1..].split(|byte| *byte == b'\n').next().unwrap_or_default();
        let next = at + index as u64 + 1;
        if parse(line).is_some() && record(source, next, end)?.is_some() {
            return Ok(Some(next));
        }
    }
    Ok(None)
}

fn parse(head: &[u8]) -> Option<(Digest, usize, OutputPath)> {
    let mut parts = std::str::from_utf8(head).ok()?.splitn(3, ' ');
    let digest = Digest::try_from(parts.next()?).ok()?;
    let len = parts.next()?.parse().ok()?;
    Some((digest, len, OutputPath::new(parts.next()?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> OutputPath {
        OutputPath::new(text).unwrap()
    }

    fn written(forms: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pack");
        let mut pack = Pack::open(&file).unwrap();
        let mut out = Vec::new();
        for (name, bytes) in forms {
            pack.push(&path(name), &Contents::from(*bytes), &mut out);
        }
        std::fs::write(&file, out.concat()).unwrap();
        (dir, file)
    }

    #[test]
    fn gives_back_what_it_got() {
        let forms: &[(&str, &[u8])] =
            &[("a b", b"one\ntwo"), ("b", b""), ("a b", b"\0\xff\n\n"), ("a b", b"one\ntwo")];
        let (_dir, file) = written(forms);
        let mut pack = Pack::open(&file).unwrap();
        assert_eq!(pack.len(), std::fs::metadata(&file).unwrap().len());
        for (_, bytes) in forms {
            assert_eq!(&*pack.get(Digest::of(bytes)).unwrap(), *bytes);
        }
        assert_eq!(pack.forms()[&path("a b")].len(), 2);
        assert!(matches!(pack.get(Digest::of(b"?")), Err(ContextError::Lost { .. })));
    }

    #[test]
    fn every_cut_leaves_the_records_before_it() {
        let forms: &[(&str, &[u8])] = &[("a", b"first"), ("b", b"second"), ("c", b"third")];
        let (_dir, file) = written(forms);
        let whole = std::fs::read(&file).unwrap();
        for cut in 0..=whole.len() {
            std::fs::write(&file, &whole[..cut]).unwrap();
            let mut pack = Pack::open(&file).unwrap();
            assert!(pack.len() <= cut as u64);
            for (name, bytes) in
                forms.iter().filter(|(name, _)| pack.by_path.contains_key(&path(name))).collect::<Vec<_>>()
            {
                assert_eq!(&*pack.get(Digest::of(bytes)).unwrap(), *bytes, "{name} at {cut}");
            }
        }
    }

    #[test]
    fn damage_is_found_when_it_is_asked_for() {
        let (_dir, file) = written(&[("a", b"first"), ("b", b"second")]);
        let mut bytes = std::fs::read(&file).unwrap();
        let at = bytes.windows(5).position(|window| window == b"first").unwrap();
        bytes[at] = b'F';
        std::fs::write(&file, bytes).unwrap();
        let mut pack = Pack::open(&file).unwrap();
        assert!(!pack.has_intact(Digest::of(b"first")).unwrap());
        let mut out = Vec::new();
        pack.push(&path("a"), &Contents::from("first"), &mut out);
        assert!(!out.is_empty(), "it is kept anew");
        assert!(pack.has_intact(Digest::of(b"second")).unwrap());
    }

    #[test]
    fn a_damaged_head_hides_one_record_only() {
        let (_dir, file) = written(&[("a", b"first"), ("b", b"second\n"), ("c", b"third")]);
        let mut bytes = std::fs::read(&file).unwrap();
        let at = bytes.windows(7).position(|window| window == b"second\n").unwrap();
        bytes[at - 4] = b'\n';
        std::fs::write(&file, &bytes).unwrap();
        let mut pack = Pack::open(&file).unwrap();
        assert_eq!(pack.len(), bytes.len() as u64);
        assert!(
            pack.has_intact(Digest::of(b"first")).unwrap() && pack.has_intact(Digest::of(b"third")).unwrap()
        );
        assert!(!pack.has(Digest::of(b"second\n")));
    }

    #[test]
    fn compaction_keeps_what_is_live() {
        let (old, new) = (vec![b'o'; 900_000], vec![b'n'; 300_000]);
        let (_dir, file) = written(&[("a", &old), ("a", &new)]);
        let mut pack = Pack::open(&file).unwrap();
        let live = BTreeSet::from([Digest::of(&new)]);
        assert!(pack.compact(&Disk::default(), &live).unwrap());
        assert_eq!(&*pack.get(Digest::of(&new)).unwrap(), new);
        assert!(std::fs::metadata(&file).unwrap().len() < 400_000);
        assert!(!pack.compact(&Disk::default(), &live).unwrap());
    }
}
