//! The journal's lines, and the state that a document and a journal give together.

use std::fmt::Write;

use serde::Deserialize;

use super::digest::Digest;
use super::document::{Context, ContextVersion};
use super::entry::Entry;

/// Writes and reads lines: a checksum, the entry's number, and the entry as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Journal;

/// What a document and a journal give.
#[derive(Debug)]
pub struct Loaded {
    /// The state; `None` where neither file gives one.
    pub context: Option<Context>,
    /// How the document was.
    pub document: Part,
    /// How the journal was.
    pub journal: Part,
    /// Length of the journal's prefix that is good.
    pub journal_len: usize,
}

/// How one of the files was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is not there.
    Missing,
    /// Whole.
    Good,
    /// Its last line is not; as after a kill, and nothing to worry about.
    Torn,
    /// Otherwise not to be read.
    Damaged(String),
    /// Of a newer metagen.
    Newer(u64),
}

impl Journal {
    /// One entry as a line.
    pub fn line(seq: u64, entry: &Entry) -> String {
        let json = serde_json::to_string(entry).expect("entries have only texts as keys");
        let rest = format!("{seq} {json}");
        let mut line = String::with_capacity(rest.len() + 18);
        // Writing to a string cannot fail.
        let _ = writeln!(line, "{:016x} {rest}", Digest::of(rest.as_bytes()).short());
        line
    }

    /// One line, without its end, as an entry; `None` where it is not what was written.
    pub fn entry(line: &[u8]) -> Option<(u64, Entry)> {
        let text = std::str::from_utf8(line).ok()?;
        let (sum, rest) = text.split_once(' ')?;
        if sum.len() != 16 || u64::from_str_radix(sum, 16).ok()? != Digest::of(rest.as_bytes()).short() {
            return None;
        }
        let (seq, json) = rest.split_once(' ')?;
        Some((seq.parse().ok()?, serde_json::from_str(json).ok()?))
    }
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u64,
}

/// Reads a document.
fn document(bytes: &[u8]) -> Result<Context, Part> {
    match serde_json::from_slice(bytes) {
        Ok(context) => Ok(context),
        Err(error) => Err(match serde_json::from_slice::<VersionOnly>(bytes) {
            Ok(VersionOnly { version }) if version > u64::from(ContextVersion::NUMBER) => {
                Part::Newer(version)
            }
            _ if bytes.iter().all(u8::is_ascii_whitespace) => Part::Damaged("it is empty".to_owned()),
            _ => Part::Damaged(error.to_string()),
        }),
    }
}

/// Replays a journal over a document. Takes any bytes, and gives the state after the longest prefix that is good.
pub fn load(document_bytes: Option<&[u8]>, journal_bytes: Option<&[u8]>) -> Loaded {
    let (mut context, document) = match document_bytes.map(document) {
        None => (None, Part::Missing),
        Some(Ok(context)) => (Some(context), Part::Good),
        Some(Err(part)) => (None, part),
    };
    let Some(bytes) = journal_bytes else {
        return Loaded { context, document, journal: Part::Missing, journal_len: 0 };
    };
    let mut good = 0;
    let mut journal = Part::Good;
    while good < bytes.len() {
        let end = bytes[good..].iter().position(|byte| *byte == b'\n').map(|end| good + end);
        let parsed = end.and_then(|end| Some((end, Journal::entry(&bytes[good..end])?)));
        let Some((end, (seq, entry))) = parsed else {
            let later = end.is_some_and(|end| has_good_line(&bytes[end + 1..]));
            journal = if later || good == 0 && end.is_some() {
                Part::Damaged(format!("the line at byte {good} is not what was written"))
            } else {
                Part::Torn
            };
            break;
        };
        if let Err(why) = replay(&mut context, seq, entry) {
            journal = Part::Damaged(why);
            break;
        }
        good = end + 1;
    }
    Loaded { context, document, journal, journal_len: good }
}

fn replay(context: &mut Option<Context>, seq: u64, entry: Entry) -> Result<(), String> {
    let known = context.as_ref().map(|context| context.seq);
    if let Entry::Snapshot { context: snapshot } = entry {
        if known.is_none_or(|known| known < seq) {
            *context = Some(*snapshot);
        }
        return Ok(());
    }
    if known.is_some_and(|known| seq <= known) {
        return Ok(());
    }
    if seq != known.unwrap_or(0) + 1 {
        return Err(format!("entry {seq} comes after entry {}", known.unwrap_or(0)));
    }
    let mut next = context.take().unwrap_or_default();
    // An entry that is refused leaves the state as it was before it.
    let applied = next.apply(entry).map_err(|e| e.to_string());
    *context = Some(next);
    applied
}

fn has_good_line(bytes: &[u8]) -> bool {
    bytes.split(|byte| *byte == b'\n').any(|line| Journal::entry(line).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::{AgentName, TaskId};
    use crate::context::{PlannedTask, RunIdentity, RunOutcome, TaskState, Tokens, Transition, next_state};
    use jiff::Timestamp;

    fn history() -> Vec<Entry> {
        let at = Timestamp::UNIX_EPOCH;
        let task = TaskId::new("a").unwrap();
        vec![
            Entry::RunStarted {
                at,
                pid: 1,
                identity: RunIdentity::default(),
                plan: None,
                tasks: vec![PlannedTask {
                    id: task.clone(),
                    name: "A".into(),
                    agent: AgentName::new("x").unwrap(),
                    fingerprint: Digest::of(b""),
                }],
                kept: vec![],
            },
            Entry::AttemptStarted { task: task.clone(), at },
            Entry::ArtifactsKept { task: task.clone(), artifacts: vec![] },
            Entry::TaskEnded {
                task,
                at,
                state: TaskState::Succeeded,
                attempts: vec![],
                elapsed_ms: 3,
                usage: Tokens::default(),
                notes: vec!["ünïcode".into()],
            },
            Entry::RunEnded { at, outcome: RunOutcome::Done },
        ]
    }

    fn written() -> (Vec<u8>, Vec<Context>) {
        let mut context = Context::default();
        let (mut bytes, mut states) = (Vec::new(), Vec::new());
        for entry in history() {
            bytes.extend(Journal::line(context.seq + 1, &entry).bytes());
            context.apply(entry).unwrap();
            states.push(context.clone());
        }
        (bytes, states)
    }

    #[test]
    fn every_prefix_is_a_state_that_was() {
        let (bytes, states) = written();
        let mut seen = std::collections::BTreeSet::new();
        for cut in 0..=bytes.len() {
            let loaded = load(None, Some(&bytes[..cut]));
            let whole = bytes[..cut].split(|byte| *byte == b'\n').count() - 1;
            assert_eq!(
                loaded.context.as_ref(),
                whole.checked_sub(1).map(|last| &states[last]),
                "cut at {cut}"
            );
            assert!(matches!(loaded.journal, Part::Good | Part::Torn), "cut at {cut}: {:?}", loaded.journal);
            seen.insert(whole);
        }
        assert_eq!(seen.len(), states.len() + 1);
    }

    #[test]
    fn every_flipped_byte_is_noticed() {
        let (bytes, states) = written();
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 0x15;
            let loaded = load(None, Some(&broken));
            assert_ne!(loaded.journal, Part::Good, "byte {at}");
            assert!(loaded.context.is_none_or(|context| states.contains(&context)), "byte {at}");
        }
    }

    #[test]
    fn the_newer_of_document_and_journal_counts() {
        let (bytes, states) = written();
        for state in &states {
            let document = serde_json::to_vec(state).unwrap();
            let loaded = load(Some(&document), Some(&bytes));
            assert_eq!(loaded.context.as_ref(), states.last());
            let mut compacted =
                Journal::line(state.seq, &Entry::Snapshot { context: Box::new(state.clone()) }).into_bytes();
            assert_eq!(load(None, Some(&compacted)).context.as_ref(), Some(state));
            assert_eq!(
                load(Some(&serde_json::to_vec(&states[4]).unwrap()), Some(&compacted)).context.unwrap(),
                states[4]
            );
            for line in bytes.split_inclusive(|byte| *byte == b'\n').skip(usize::try_from(state.seq).unwrap())
            {
                compacted.extend(line);
            }
            assert_eq!(load(Some(b"rubbish"), Some(&compacted)).context.as_ref(), states.last());
        }
    }

    #[test]
    fn documents_are_told_apart() {
        let part = |bytes: &[u8]| load(Some(bytes), None).document;
        assert_eq!(part(&serde_json::to_vec(&Context::default()).unwrap()), Part::Good);
        assert_eq!(part(br#"{"version": 99, "future": []}"#), Part::Newer(99));
        for damaged in
            [&b""[..], b"\0\0\0", b"{\"version\":1", b"[]", b"{\"version\":1,\"seq\":0}", b"\xff\xfe"]
        {
            assert!(matches!(part(damaged), Part::Damaged(_)), "{damaged:?}");
        }
        assert_eq!(next_state(&TaskState::Cancelled, true, Transition::Start), None);
    }
}
