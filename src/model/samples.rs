//! Example values: valid ones for docs, tests and demo data, and one that must be refused.

use serde_json::{Number, Value, json};

use super::types::{EnumValue, Invalid};
use crate::blueprint::{FieldFile, FieldType, MAX_DECIMAL, MAX_INTEGER, decimal_text};
use crate::naming::Words;

/// Words for demo texts, by what the field's name speaks of.
const TEXTS: &[(&[&str], [&str; 5])] = &[
    (&["first", "given"], ["Ada", "Grace", "Alan", "Katherine", "Linus"]),
    (&["last", "surname", "family"], ["Lovelace", "Hopper", "Turing", "Johnson", "Pauling"]),
    (
        &[
            "author", "person", "contact", "patient", "customer", "owner", "doctor", "teacher", "student",
            "member", "guest", "full",
        ],
        ["Ada Lovelace", "Grace Hopper", "Alan Turing", "Katherine Johnson", "Linus Pauling"],
    ),
    (
        &["phone", "mobile", "fax"],
        ["+1 555 0100", "+1 555 0101", "+1 555 0102", "+1 555 0103", "+1 555 0104"],
    ),
    (&["isbn"], ["9780141439518", "9780743273565", "9780061120084", "9780452284234", "9780316769488"]),
    (&["color", "colour"], ["Teal", "Amber", "Indigo", "Coral", "Slate"]),
    (&["country"], ["Portugal", "Japan", "Kenya", "Canada", "Norway"]),
    (&["city", "town", "location", "place", "venue"], ["Lisbon", "Kyoto", "Nairobi", "Halifax", "Bergen"]),
    (
        &["street", "address"],
        ["1 Harbour Street", "22 Mill Lane", "7 Orchard Road", "14 Station Square", "3 Castle Hill"],
    ),
    (
        &["company", "organization", "organisation", "employer", "supplier", "vendor"],
        ["Northwind Works", "Blue Heron Studio", "Granite & Sons", "Lantern Labs", "Juniper Foods"],
    ),
    (&["zip", "postcode", "postal"], ["10115", "20095", "50667", "80331", "01067"]),
    (
        &["sku", "code", "number", "reference", "barcode", "serial", "plate"],
        ["A-1001", "A-1002", "B-2001", "B-2002", "C-3001"],
    ),
    (
        &[
            "description",
            "notes",
            "note",
            "comment",
            "body",
            "content",
            "summary",
            "bio",
            "text",
            "details",
            "message",
            "instructions",
            "review",
        ],
        [
            "A short first draft to begin with.",
            "Clear, complete and ready to share.",
            "Needs another look before Friday.",
            "Everything that should be known, in one place.",
            "Written in a hurry, improved at leisure.",
        ],
    ),
];

/// Texts for fields of no known meaning, from the name of the entity or field.
const ADJECTIVES: [&str; 5] = ["First", "Second", "Third", "Fourth", "Fifth"];

/// All examples of one field.
pub(super) struct Samples {
    pub(super) example: Value,
    pub(super) example_update: Value,
    pub(super) seeds: Vec<Value>,
    pub(super) invalid: Option<Invalid>,
}

/// Works out the examples. `entity` is the owning entity's label in sentence case.
pub(super) fn samples(
    field: &FieldFile,
    max: Option<&Number>,
    values: &[EnumValue],
    entity: &str,
) -> Samples {
    let seeds: Vec<Value> = (0..5).map(|n| value(field, max, values, entity, n)).collect();
    let example_update = seeds.iter().find(|seed| **seed != seeds[0]).unwrap_or(&seeds[0]).clone();
    Samples { example: seeds[0].clone(), example_update, invalid: invalid(field, max), seeds }
}

fn value(field: &FieldFile, max: Option<&Number>, values: &[EnumValue], entity: &str, n: usize) -> Value {
    let step = i64::try_from(n).unwrap_or(0);
    match field.kind {
        FieldType::Boolean => json!(n.is_multiple_of(2)),
        FieldType::Enum => json!(values[n % values.len().max(1)].value),
        FieldType::Date => json!(format!("2030-{:02}-{:02}", n + 1, 15 + n)),
        FieldType::Datetime => json!(format!("2030-{:02}-{:02}T{:02}:30:00.000Z", n + 1, 15 + n, 9 + n)),
        FieldType::Email => {
            json!(format!("{}@example.com", ["ada", "grace", "alan", "katherine", "linus"][n]))
        }
        FieldType::Url => json!(format!("https://example.com/{}/{}", Words::of(&field.name).kebab(), n + 1)),
        FieldType::Integer => json!(integer(field, step)),
        FieldType::Decimal => json!(decimal(field, step)),
        FieldType::String | FieldType::Text => json!(text(field, max, entity, n)),
    }
}

/// A number near 10, 20, 30 … that lies within the bounds; distinct as far as the bounds let it.
fn integer(field: &FieldFile, step: i64) -> i64 {
    let least = field.min.as_ref().and_then(Number::as_i64);
    let most = field.max.as_ref().and_then(Number::as_i64);
    match (least, most) {
        (None, None) => 10 * (step + 1),
        (Some(least), None) => least.max(0).saturating_add(10 * (step + 1)).min(MAX_INTEGER),
        (None, Some(most)) => most.saturating_sub(10 * (step + 1)),
        (Some(least), Some(most)) => {
            let span = most - least;
            if span >= 50 { least + 10 * (step + 1) } else { least + (span / 2 + step) % (span + 1) }
        }
    }
}

fn decimal(field: &FieldFile, step: i64) -> String {
    let least = field.min.as_ref().and_then(Number::as_f64);
    let most = field.max.as_ref().and_then(Number::as_f64);
    #[expect(clippy::cast_precision_loss, reason = "0 to 4")]
    let step = step as f64;
    let value = match (least, most) {
        (None, None) => 12.5 * (step + 1.0),
        (Some(least), None) => (least.max(0.0) + 12.5 * (step + 1.0)).min(MAX_DECIMAL),
        (None, Some(most)) => most - 12.5 * (step + 1.0),
        (Some(least), Some(most)) => {
            let share = (most - least) * (step + 1.0) / 6.0;
            ((least + share) * 100.0).floor() / 100.0
        }
    };
    decimal_text(value.max(least.unwrap_or(f64::MIN)))
}

fn text(field: &FieldFile, max: Option<&Number>, entity: &str, n: usize) -> String {
    let words = Words::of(&field.name);
    let speaks_of = |keys: &[&str]| words.as_slice().iter().rev().any(|word| keys.contains(&word.as_str()));
    let owner = Words::of(entity);
    let person = |keys: &[&str]| {
        keys.contains(&"author")
            && words.camel() == "name"
            && owner.as_slice().iter().any(|w| keys.contains(&w.as_str()))
    };
    let mut text = TEXTS
        .iter()
        .find(|(keys, _)| speaks_of(keys) || person(keys))
        .map_or_else(|| format!("{} {}", ADJECTIVES[n], owner.lower()), |(_, texts)| texts[n].to_owned());
    let least = field.min.as_ref().and_then(Number::as_u64).unwrap_or(0);
    let most = max.and_then(Number::as_u64).unwrap_or(200);
    // Longer than asked for is cut at its end, shorter is filled up; what tells it from the other four comes first then.
    let length = |text: &str| text.chars().count() as u64;
    if length(&text) > most {
        text = format!("{}{text}", ["A", "B", "C", "D", "E"][n])
            .chars()
            .take(usize::try_from(most).unwrap_or(1))
            .collect();
        text = text.trim_end().to_owned();
    }
    while length(&text) < least {
        text.push(['x', 'y', 'z'][n % 3]);
    }
    text
}

fn invalid(field: &FieldFile, max: Option<&Number>) -> Option<Invalid> {
    let refused = |value: Value, why: &str| Some(Invalid { value, why: why.to_owned() });
    match field.kind {
        FieldType::Boolean => refused(json!("maybe"), "is neither true nor false"),
        FieldType::Enum => refused(json!("no-such-value"), "is not one of the values"),
        FieldType::Date => refused(json!("2030-02-30"), "is not a day of the calendar"),
        FieldType::Datetime => refused(json!("yesterday"), "is not a moment in RFC 3339"),
        FieldType::Email => refused(json!("not-an-address"), "is not an e-mail address"),
        FieldType::Url => refused(json!("not a url"), "is not a web address"),
        FieldType::Integer => {
            match (field.min.as_ref().and_then(Number::as_i64), field.max.as_ref().and_then(Number::as_i64)) {
                (_, Some(most)) => refused(json!(most + 1), "is too large"),
                (Some(least), None) => refused(json!(least - 1), "is too small"),
                (None, None) => refused(json!(1.5), "is not a whole number"),
            }
        }
        FieldType::Decimal => {
            match (field.min.as_ref().and_then(Number::as_f64), field.max.as_ref().and_then(Number::as_f64)) {
                (_, Some(most)) => refused(json!(decimal_text(most + 1.0)), "is too large"),
                (Some(least), None) => refused(json!(decimal_text(least - 1.0)), "is too small"),
                (None, None) => refused(json!("12.345"), "has more than two digits behind the point"),
            }
        }
        FieldType::String | FieldType::Text => {
            let most = usize::try_from(max.and_then(Number::as_u64).unwrap_or(200)).unwrap_or(200);
            // A text of more than a few hundred characters makes tests unreadable; the wrong JSON type is refused as surely.
            if most <= 300 {
                refused(json!("x".repeat(most + 1)), "is too long")
            } else {
                refused(json!(42), "is not a text")
            }
        }
    }
}
