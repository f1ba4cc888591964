//! Contexts of older versions, step by step into the present one.
//!
//! | version | what is different |
//! |---|---|
//! | 1 | lines of the journal do not say their version, so that a newer journal could not be told from a damaged one |
//! | 2 | the present one |
//!
//! A step takes JSON of its version and gives JSON of the next. What is read in an older version is written anew in the present
//! one when a run begins; until then nothing is changed.

use serde_json::Value;

use super::document::{Context, ContextVersion};
use super::entry::Entry;

/// What leads from one version to the next.
struct Step {
    document: fn(&mut Value),
    /// For every kind of entry but the snapshot, which is a document.
    entry: fn(&mut Value),
}

/// The step at place `n` leads from version `n + 1` to the next.
const STEPS: [Step; ContextVersion::NUMBER as usize - 1] = [Step { document: |_| {}, entry: |_| {} }];

/// A document of an older version; an error says why it is none.
pub(super) fn document(value: Value, from: u32) -> Result<Context, String> {
    serde_json::from_value(raised(value, from, &STEPS)?).map_err(|error| error.to_string())
}

/// An entry of an older version; `None` where it is none.
pub(super) fn entry(mut value: Value, from: u32) -> Option<Entry> {
    if value.get("entry")?.as_str()? == "snapshot" {
        let snapshot = value.get_mut("context")?;
        *snapshot = raised(snapshot.take(), from, &STEPS).ok()?;
    } else {
        for step in steps(from, &STEPS)? {
            (step.entry)(&mut value);
        }
    }
    serde_json::from_value(value).ok()
}

fn raised(mut value: Value, from: u32, all: &[Step]) -> Result<Value, String> {
    for step in steps(from, all).ok_or_else(|| format!("there never was a version {from}"))? {
        (step.document)(&mut value);
    }
    if let Some(version) = value.get_mut("version") {
        *version = (all.len() + 1).into();
    }
    Ok(value)
}

fn steps(from: u32, all: &[Step]) -> Option<&[Step]> {
    all.get(usize::try_from(from.checked_sub(1)?).ok()?..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn steps_follow_each_other_from_the_version_that_was_found() {
        let all = [
            Step { document: |value| value["steps"] = json!(["one"]), entry: |_| {} },
            Step {
                document: |value| {
                    let steps = value["steps"].take();
                    value["renamed"] = json!([steps, "two"]);
                },
                entry: |_| {},
            },
        ];
        let from_first = raised(json!({"version": 1}), 1, &all).unwrap();
        assert_eq!(from_first["version"], 3);
        assert_eq!(from_first["renamed"], json!([["one"], "two"]));
        let from_second = raised(json!({"version": 2, "steps": ["kept"]}), 2, &all).unwrap();
        assert_eq!(from_second["renamed"], json!([["kept"], "two"]));
        assert_eq!(raised(json!({"version": 3}), 3, &all).unwrap(), json!({"version": 3}));
        for never in [0, 4] {
            assert!(raised(json!({"version": never}), never, &all).is_err(), "{never}");
        }
    }

    #[test]
    fn the_first_version_is_read() {
        let mut old = serde_json::to_value(Context { seq: 7, ..Context::default() }).unwrap();
        old["version"] = json!(1);
        assert_eq!(document(old.clone(), 1).unwrap().seq, 7);
        let snapshot = json!({"entry": "snapshot", "context": old});
        assert!(matches!(entry(snapshot, 1), Some(Entry::Snapshot { context }) if context.seq == 7));
        let ended = json!({"entry": "run_ended", "at": "2026-01-02T03:04:05Z", "outcome": "done"});
        assert!(matches!(entry(ended, 1), Some(Entry::RunEnded { .. })));
        assert!(entry(json!({"entry": "unheard_of"}), 1).is_none());
    }
}
