//! Descriptions as people write them, and what a thoughtful person takes them to say; the tables are in `tests/data/specs`.

use serde::Deserialize;

use super::{SpecReading, read};
use crate::blueprint::{FieldFile, RelationKind, check};

const TABLES: &[(&str, &str)] = &[
    ("prose", include_str!("../../tests/data/specs/prose.toml")),
    ("lists", include_str!("../../tests/data/specs/lists.toml")),
    ("short", include_str!("../../tests/data/specs/short.toml")),
    ("code", include_str!("../../tests/data/specs/code.toml")),
    ("hostile", include_str!("../../tests/data/specs/hostile.toml")),
    ("ideas", include_str!("../../tests/data/specs/ideas.toml")),
    ("languages", include_str!("../../tests/data/specs/languages.toml")),
    ("phrasings", include_str!("../../tests/data/specs/phrasings.toml")),
    ("pasted", include_str!("../../tests/data/specs/pasted.toml")),
    ("records", include_str!("../../tests/data/specs/records.toml")),
    ("relations", include_str!("../../tests/data/specs/relations.toml")),
    ("trials", include_str!("../../tests/data/specs/trials.toml")),
    ("structured", include_str!("../../tests/data/specs/structured.toml")),
    ("wishes", include_str!("../../tests/data/specs/wishes.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    spec: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    /// All of the reading, one line for each thing.
    reads: Vec<String>,
}

/// A reading, one line for each thing: `Book public`, `Book.title string required`, `Book.author > Author`, `warns of …`.
pub(super) fn lines(reading: &SpecReading) -> Vec<String> {
    let blueprint = &reading.blueprint;
    let mut lines = vec![format!("app {}", blueprint.app.name)];
    for (name, colour) in [("primary", &blueprint.theme.primary), ("background", &blueprint.theme.background)]
    {
        lines.extend(colour.iter().map(|colour| format!("{name} {colour}")));
    }
    for entity in &blueprint.entities {
        let access = serde_json::to_value(entity.access).unwrap();
        lines.push(format!("{} {}", entity.name, access.as_str().unwrap()));
        lines.extend(entity.fields.iter().map(|one| format!("{}.{}", entity.name, field(one))));
        for relation in &entity.relations {
            let sign = if relation.kind == RelationKind::ManyToMany { ">>" } else { ">" };
            let need = if relation.required { " required" } else { "" };
            lines.push(format!("{}.{} {sign} {}{need}", entity.name, relation.name, relation.target));
        }
    }
    for warning in &reading.warnings {
        lines.push(format!(
            "warns: {}",
            warning.split_once(" (\"").map_or(warning.as_str(), |(head, _)| head)
        ));
    }
    lines
}

fn field(field: &FieldFile) -> String {
    let kind = serde_json::to_value(field.kind).unwrap();
    let mut line = format!("{} {}", field.name, kind.as_str().unwrap());
    for (flag, name) in [(field.required, " required"), (field.unique, " unique")] {
        line += if flag { name } else { "" };
    }
    let bound =
        |bound: &Option<serde_json::Number>| bound.as_ref().map_or_else(String::new, ToString::to_string);
    if field.min.is_some() || field.max.is_some() {
        line += &format!(" {}..{}", bound(&field.min), bound(&field.max));
    }
    if !field.values.is_empty() {
        line += &format!(" [{}]", field.values.join("|"));
    }
    match &field.default {
        None | Some(serde_json::Value::Bool(false)) => {}
        Some(value) => {
            line += &format!(" ={}", value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned));
        }
    }
    line
}

#[test]
fn the_tables() {
    let mut faults = Vec::new();
    let mut count = 0;
    for (name, text) in TABLES {
        let table: Table = toml::from_str(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        for case in table.spec {
            count += 1;
            let reading = read(&case.text);
            let found = lines(&reading);
            if found != case.reads {
                faults.push(format!("{name}: {}\n{}", case.text, difference(&case.reads, &found)));
            }
            for item in &reading.coverage {
                assert!(!item.text.trim().is_empty(), "{}", case.text);
            }
            if !reading.blueprint.entities.is_empty() {
                assert!(!reading.coverage.is_empty(), "{}", case.text);
                assert!(check(reading.blueprint).is_ok(), "{}", case.text);
            }
        }
    }
    assert!(faults.is_empty(), "{} of {count}\n{}", faults.len(), faults.join("\n\n"));
    assert!(count >= 300, "{count}");
}

fn difference(expected: &[String], found: &[String]) -> String {
    let missing = expected.iter().filter(|line| !found.contains(line)).map(|line| format!("  - {line}"));
    let extra = found.iter().filter(|line| !expected.contains(line)).map(|line| format!("  + {line}"));
    missing.chain(extra).collect::<Vec<_>>().join("\n")
}
