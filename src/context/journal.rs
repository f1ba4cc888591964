//! The journal's lines, and the state that a document and a journal give together.

use std::fmt::Write;

use serde::Deserialize;

use super::document::{Context, ContextVersion};
use super::entry::Entry;
use super::upgrade;
use crate::base::digest::Digest;

/// Writes and reads lines: a checksum, the version, the entry's number, and the entry as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Journal;

/// A line as it was read.
#[derive(Debug)]
pub enum Line {
    /// What was written.
    Entry {
        /// Its number.
        seq: u64,
        /// What happened.
        entry: Box<Entry>,
        /// The version it was written in.
        version: u32,
    },
    /// Intact, and of a newer metagen.
    Newer(u64),
    /// Not what was written.
    Broken,
}

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
    /// Whether an older metagen wrote any of it.
    pub older: bool,
    /// Whether the journal ends before the document does: what is added to it would then not follow.
    pub behind: bool,
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
        let rest = format!("{} {seq} {json}", ContextVersion::NUMBER);
        let mut line = String::with_capacity(rest.len() + 18);
        // Writing to a string cannot fail.
        let _ = writeln!(line, "{:016x} {rest}", Digest::of(rest.as_bytes()).short());
        line
    }

    /// Reads one line, without its end.
    pub fn read(line: &[u8]) -> Line {
        frame(line).and_then(|frame| frame.line()).unwrap_or(Line::Broken)
    }
}

/// A line that is what was written.
struct Frame<'a> {
    version: u64,
    seq: u64,
    json: &'a str,
}

fn frame(line: &[u8]) -> Option<Frame<'_>> {
    let (sum, rest) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    if sum.len() != 16 || u64::from_str_radix(sum, 16).ok()? != Digest::of(rest.as_bytes()).short() {
        return None;
    }
    let (numbers, json) = rest.split_at(rest.find('{')?);
    let mut numbers = numbers.split_whitespace().map(str::parse::<u64>);
    let (version, seq) = match (numbers.next()?.ok()?, numbers.next()) {
        (version, Some(seq)) => (version, seq.ok()?),
        // Lines of version 1 did not say so.
        (seq, None) => (1, seq),
    };
    Some(Frame { version, seq, json })
}

impl Frame<'_> {
    fn line(&self) -> Option<Line> {
        let version = u32::try_from(self.version).ok().filter(|version| *version <= ContextVersion::NUMBER);
        let Some(version) = version else { return Some(Line::Newer(self.version)) };
        let entry = match version {
            ContextVersion::NUMBER => serde_json::from_str(self.json).ok()?,
            older => upgrade::entry(serde_json::from_str(self.json).ok()?, older)?,
        };
        Some(Line::Entry { seq: self.seq, entry: Box::new(entry), version })
    }
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u64,
}

/// Reads a document, and says whether it is of an older version.
fn document(bytes: &[u8]) -> Result<(Context, bool), Part> {
    let error = match serde_json::from_slice(bytes) {
        Ok(context) => return counted(context).map(|context| (context, false)),
        Err(error) => error,
    };
    match serde_json::from_slice::<VersionOnly>(bytes) {
        Ok(VersionOnly { version }) if version > u64::from(ContextVersion::NUMBER) => {
            Err(Part::Newer(version))
        }
        Ok(VersionOnly { version }) if version < u64::from(ContextVersion::NUMBER) => {
            let older = u32::try_from(version).unwrap_or(0);
            let value = serde_json::from_slice(bytes).map_err(|e| Part::Damaged(e.to_string()))?;
            let context = upgrade::document(value, older).map_err(Part::Damaged)?;
            counted(context).map(|context| (context, true))
        }
        _ if bytes.iter().all(u8::is_ascii_whitespace) => Err(Part::Damaged("it is empty".to_owned())),
        _ => Err(Part::Damaged(error.to_string())),
    }
}

/// A context whose numbers can go on. No app is built so often that they could not.
fn counted(context: Context) -> Result<Context, Part> {
    let plans = context.plans.last_key_value().map_or(0, |(number, _)| *number);
    let runs = context.run.as_ref().map_or(0, |run| run.number);
    if context.seq > u64::MAX / 2 || plans.max(runs) > u32::MAX / 2 {
        return Err(Part::Damaged("a number in it is larger than it can have become".to_owned()));
    }
    Ok(context)
}

/// Replays a journal over a document. Takes any bytes, and gives the state after the longest prefix that is good.
pub fn load(document_bytes: Option<&[u8]>, journal_bytes: Option<&[u8]>) -> Loaded {
    let (mut context, document, mut older) = match document_bytes.map(document) {
        None => (None, Part::Missing, false),
        Some(Ok((context, older))) => (Some(context), Part::Good, older),
        Some(Err(part)) => (None, part, false),
    };
    let mut reached = 0;
    let ahead = |context: &Option<Context>, reached: u64| {
        context.as_ref().is_some_and(|context| context.seq > reached)
    };
    let Some(bytes) = journal_bytes else {
        let behind = ahead(&context, reached);
        return Loaded { context, document, journal: Part::Missing, journal_len: 0, older, behind };
    };
    let mut good = 0;
    let mut journal = Part::Good;
    while good < bytes.len() {
        let end = bytes[good..].iter().position(|byte| *byte == b'\n').map(|end| good + end);
        let frame = end.and_then(|end| frame(&bytes[good..end]));
        // What the document has in it already need not be read.
        if let (Some(frame), Some(end)) = (&frame, end)
            && frame.version == u64::from(ContextVersion::NUMBER)
            && context.as_ref().is_some_and(|context| frame.seq <= context.seq)
        {
            (reached, good) = (frame.seq, end + 1);
            continue;
        }
        let (seq, entry) = match frame.and_then(|frame| frame.line()).unwrap_or(Line::Broken) {
            Line::Entry { seq, entry, version } => {
                older |= version < ContextVersion::NUMBER;
                (seq, entry)
            }
            Line::Newer(version) => {
                journal = Part::Newer(version);
                break;
            }
            Line::Broken => {
                let later = end.is_some_and(|end| has_good_line(&bytes[end + 1..]));
                journal = if later || good == 0 && end.is_some() {
                    Part::Damaged(format!("the line at byte {good} is not what was written"))
                } else {
                    Part::Torn
                };
                break;
            }
        };
        if let Err(why) = replay(&mut context, seq, *entry) {
            journal = Part::Damaged(why);
            break;
        }
        reached = seq;
        good = end.map_or(bytes.len(), |end| end + 1);
    }
    let context = match context.map(counted) {
        Some(Err(damaged)) => {
            journal = damaged;
            None
        }
        counted => counted.and_then(Result::ok),
    };
    let behind = ahead(&context, reached);
    Loaded { context, document, journal, journal_len: good, older, behind }
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
    bytes.split(|byte| *byte == b'\n').any(|line| !matches!(Journal::read(line), Line::Broken))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::{AgentName, TaskId};
    use crate::context::{
        PlanRecord, PlannedTask, RunIdentity, RunOutcome, TaskState, Tokens, Transition, next_state,
    };
    use jiff::Timestamp;

    fn history() -> Vec<Entry> {
        let at = Timestamp::UNIX_EPOCH;
        let task = TaskId::new("a").unwrap();
        vec![
            Entry::PlanAdded { number: 1, plan: PlanRecord { at, sha256: Digest::of(b"plan") } },
            Entry::RunStarted {
                at,
                pid: 1,
                identity: RunIdentity::default(),
                plan: Some(1),
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
                load(Some(&serde_json::to_vec(&states[5]).unwrap()), Some(&compacted)).context.unwrap(),
                states[5]
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
        for damaged in [
            &b""[..],
            b"\0\0\0",
            b"{\"version\":2",
            b"[]",
            b"{\"version\":1,\"seq\":0}",
            b"{\"version\":0}",
            b"\xff\xfe",
        ] {
            assert!(matches!(part(damaged), Part::Damaged(_)), "{damaged:?}");
        }
        assert_eq!(next_state(&TaskState::Cancelled, true, Transition::Start), None);
    }
}
