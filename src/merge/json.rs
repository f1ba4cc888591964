//! Merging by key.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What merging by key gives.
pub(super) enum ByKey {
    /// A document with the changes of both.
    Clean(Value),
    /// Both changed the same value.
    Conflict,
    /// One of the texts is not an object, or says more than a value can hold.
    Foreign,
}

/// Merges two objects that come from `base`.
pub(super) fn merge(base: &str, person: &str, incoming: &str) -> ByKey {
    let (Some(base), Some(person), Some(incoming)) = (object(base), object(person), object(incoming)) else {
        return ByKey::Foreign;
    };
    objects(&base, &person, &incoming).map_or(ByKey::Conflict, |merged| ByKey::Clean(Value::Object(merged)))
}

/// Whether a text is this value.
pub(super) fn means(text: &str, value: &Value) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|parsed| parsed == *value)
}

/// The value as text, laid out with the indent of `like`.
pub(super) fn write(value: &Value, like: &str) -> String {
    let indent: String = like
        .lines()
        .skip(1)
        .map(|line| line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect::<String>())
        .find(|indent| !indent.is_empty())
        .unwrap_or_else(|| "  ".to_owned());
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    serde::Serialize::serialize(value, &mut serializer).expect("a value is JSON");
    let mut text = String::from_utf8(bytes).expect("serde_json writes UTF-8");
    if like.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// An object that its text says completely: written without blanks it is the text without blanks. Doubled keys and numbers
/// that a float cannot hold would otherwise be lost in silence.
fn object(text: &str) -> Option<Map<String, Value>> {
    let value: Map<String, Value> = serde_json::from_str(text).ok()?;
    (serde_json::to_string(&value).ok()? == squeeze(text)).then_some(value)
}

fn squeeze(text: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    text.chars()
        .filter(|&c| {
            let inside = quoted;
            if quoted && !escaped && c == '\\' {
                escaped = true;
            } else {
                quoted ^= c == '"' && !escaped;
                escaped = false;
            }
            inside || !matches!(c, ' ' | '\t' | '\n' | '\r')
        })
        .collect()
}

/// `None` is a conflict.
fn objects(
    base: &Map<String, Value>,
    person: &Map<String, Value>,
    incoming: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let mut merged = Map::new();
    for key in order(person, incoming) {
        if let Some(value) = value(base.get(&key), person.get(&key), incoming.get(&key))? {
            merged.insert(key, value);
        }
    }
    Some(merged)
}

/// The outer `None` is a conflict, the inner one an absent value.
#[expect(clippy::option_option, reason = "the two absences are different and both local")]
fn value(base: Option<&Value>, person: Option<&Value>, incoming: Option<&Value>) -> Option<Option<Value>> {
    if person == incoming || incoming == base {
        return Some(person.cloned());
    }
    if person == base {
        return Some(incoming.cloned());
    }
    match (base, person, incoming) {
        (base, Some(Value::Object(person)), Some(Value::Object(incoming))) => {
            let empty = Map::new();
            let base = base.and_then(Value::as_object).unwrap_or(&empty);
            Some(Some(Value::Object(objects(base, person, incoming)?)))
        }
        _ => None,
    }
}

/// The person's keys in their order; what only the other side has follows the key that it follows there.
fn order(person: &Map<String, Value>, incoming: &Map<String, Value>) -> Vec<String> {
    let mut keys: Vec<String> = person.keys().cloned().collect();
    let mut known: BTreeSet<String> = keys.iter().cloned().collect();
    let mut before: Option<&String> = None;
    for key in incoming.keys() {
        if known.insert(key.clone()) {
            let at = before.and_then(|before| keys.iter().position(|known| known == before));
            keys.insert(at.map_or(0, |at| at + 1), key.clone());
        }
        before = Some(key);
    }
    keys
}
