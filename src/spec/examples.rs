//! JSON examples and outlines in JSON or YAML as models: `{"device": {"name": "Sensor 1", "active": true}}`.

use serde_json::{Map, Value};

use super::columns::{Column, Kind};
use super::lexicon::lexicon;
use super::notation::spaced;
use super::nouns::{key_of, singular};
use super::schemas::{Found, Model};
use super::tokens::tokenize;
use crate::blueprint::FieldType;

/// Longest document that is looked at, in bytes.
const MAX_DOCUMENT: usize = 100_000;
/// Most places tried.
const MAX_TRIES: usize = 8;
/// Deepest nesting followed.
const MAX_NESTING: usize = 4;

/// The models that a document in the text shows, and the text around it; `None` where there is none.
pub(super) fn models(text: &str) -> Option<Found> {
    json(text).or_else(|| yaml(text))
}

fn json(text: &str) -> Option<Found> {
    let mut from = 0;
    for _ in 0..MAX_TRIES {
        let start = from + text.get(from..)?.find(['{', '['])?;
        let rest = text.get(start..)?;
        if rest.len() > MAX_DOCUMENT {
            return None;
        }
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        if let Some(Ok(value)) = stream.next()
            && (value.is_object() || value.as_array().is_some_and(|list| list.iter().any(Value::is_object)))
        {
            let end = start + stream.byte_offset();
            let before = text.get(..start)?;
            let mut found = read(&value, before);
            if !found.is_empty() {
                for model in &mut found {
                    model.span = (start, end);
                }
                return Some((found, vec![(0, start), (end, text.len())]));
            }
        }
        from = start + 1;
    }
    None
}

/// An outline in YAML: the whole text, or what stands in a fence.
fn yaml(text: &str) -> Option<Found> {
    if text.len() > MAX_DOCUMENT
        || !(text.contains("fields:") || text.contains("attributes:") || text.contains("properties:"))
    {
        return None;
    }
    let fenced = text.split("```").nth(1).map(|inside| inside.split_once('\n').map_or("", |(_, body)| body));
    for part in std::iter::once(text).chain(fenced) {
        if part.matches(':').count() < 3 {
            continue;
        }
        let Ok(value) = serde_saphyr::from_str::<Value>(part) else { continue };
        let mut found = outline(&value);
        if !found.is_empty() {
            let start = text.find(part).unwrap_or_default();
            let end = start + part.len();
            for model in &mut found {
                model.span = (start, end);
            }
            return Some((found, vec![(0, start), (end, text.len())]));
        }
    }
    None
}

fn read(value: &Value, before: &str) -> Vec<Model> {
    let outlined = outline(value);
    if !outlined.is_empty() {
        return outlined;
    }
    let mut models = Vec::new();
    let one = |value: &Value| -> Option<Map<String, Value>> {
        match value {
            Value::Object(object) if !object.is_empty() => Some(object.clone()),
            Value::Array(list) => {
                list.iter().find_map(Value::as_object).filter(|object| !object.is_empty()).cloned()
            }
            _ => None,
        }
    };
    let named = value.as_object().filter(|object| object.values().any(|value| one(value).is_some()));
    let records = named.map(|object| {
        object.iter().filter_map(|(name, value)| Some((name, one(value)?))).collect::<Vec<_>>()
    });
    let scalars =
        value.as_object().map_or(0, |object| object.values().filter(|value| one(value).is_none()).count());
    match records {
        // An object of records; with values of its own it is a record that has others.
        Some(records) if scalars <= 1 => {
            for (name, object) in records {
                record(name, &object, &mut models, 0);
            }
        }
        _ => {
            if let (Some(name), Some(object)) = (noun_before(before), one(value)) {
                record(&name, &object, &mut models, 0);
            }
        }
    }
    models
}

/// The noun that the text before an example names last: "a product looks like this: { … }".
fn noun_before(before: &str) -> Option<String> {
    let tail: String = before.chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
    tokenize(&tail, 0).into_iter().rev().map(|token| singular(&token.low)).find(|word| {
        lexicon().noun(word).is_some()
            && !lexicon().grammar.app.contains(word)
            && !matches!(word.as_str(), "example" | "file" | "record" | "entry")
    })
}

/// Makes a model of an object, and one of each object in it.
fn record(name: &str, object: &Map<String, Value>, models: &mut Vec<Model>, nesting: usize) {
    let name = key_of(name);
    if name.is_empty() || nesting > MAX_NESTING || models.iter().any(|model| model.name == name) {
        return;
    }
    let place = models.len();
    models.push(Model { name: name.clone(), columns: Vec::new(), span: (0, 0) });
    let mut columns = Vec::new();
    for (key, value) in object.iter().take(60) {
        let low = spaced(key);
        if matches!(low.as_str(), "id" | "created at" | "updated at" | "uuid") {
            continue;
        }
        let kind = match value {
            Value::Object(inner) if !inner.is_empty() => {
                record(key, inner, models, nesting + 1);
                Kind::Named(key_of(key))
            }
            Value::Array(list) => {
                if let Some(inner) = list.iter().find_map(Value::as_object).filter(|inner| !inner.is_empty())
                {
                    let back = Column {
                        name: name.clone(),
                        kind: Kind::Named(name.clone()),
                        required: true,
                        default: None,
                        flags: Vec::new(),
                    };
                    record(key, inner, models, nesting + 1);
                    if let Some(child) = models.iter_mut().find(|model| model.name == key_of(key)) {
                        child.columns.push(back);
                    }
                    continue;
                }
                Kind::Plain("text")
            }
            other => Kind::Plain(kind_of(&low, other)),
        };
        columns.push(Column { name: key.clone(), kind, required: false, default: None, flags: Vec::new() });
    }
    models[place].columns.splice(0..0, columns);
}

/// The type of a value, as its form and then its name say.
fn kind_of(name: &str, value: &Value) -> &'static str {
    let usual = lexicon().type_of(name);
    match value {
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() || usual == FieldType::Decimal => "decimal",
        Value::Number(_) => "integer",
        Value::String(text) => {
            let digits = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
            let dated = text.len() >= 10 && digits(0) && digits(3) && text.as_bytes()[4] == b'-' && digits(8);
            match usual {
                _ if dated && text.len() > 10 => "datetime",
                _ if dated => "date",
                _ if text.starts_with("http://") || text.starts_with("https://") => "url",
                _ if text.contains('@') && text.contains('.') && !text.contains(' ') => "email",
                FieldType::Text => "text",
                _ if text.len() > 80 => "text",
                _ => "string",
            }
        }
        _ => match usual {
            FieldType::Enum => "string",
            usual => usual.word(),
        },
    }
}

/// `entities: [{name: Book, fields: [{name: title, type: string}]}]`, or entities and fields as maps.
fn outline(value: &Value) -> Vec<Model> {
    const LISTS: &[&str] =
        &["entities", "models", "tables", "resources", "collections", "schema", "types", "schemas"];
    let Some(object) = value.as_object() else { return Vec::new() };
    let list = LISTS.iter().find_map(|key| object.get(*key)).unwrap_or(value);
    let entries: Vec<(String, &Value)> = match list {
        Value::Array(list) => {
            list.iter().filter_map(|one| Some((one.get("name")?.as_str()?.to_owned(), one))).collect()
        }
        Value::Object(map) => map.iter().map(|(name, one)| (name.clone(), one)).collect(),
        _ => Vec::new(),
    };
    let mut models = Vec::new();
    for (name, entry) in entries.into_iter().take(200) {
        let Some(fields) =
            ["fields", "attributes", "properties", "columns"].iter().find_map(|key| entry.get(*key))
        else {
            return Vec::new();
        };
        let columns: Vec<Column> = match fields {
            Value::Array(list) => list.iter().filter_map(listed).collect(),
            Value::Object(map) => map.iter().filter_map(|(name, value)| column(name, value)).collect(),
            _ => Vec::new(),
        };
        models.push(Model { name, columns, span: (0, 0) });
    }
    models
}

/// A field in a list: `title`, `title: string`, or `{name: title, type: string}`.
fn listed(value: &Value) -> Option<Column> {
    match value {
        Value::String(text) => match text.split_once(':') {
            Some((name, kind)) => column(name.trim(), &Value::from(kind.trim())),
            None => column(text.trim(), &Value::Null),
        },
        Value::Object(object) => match object.get("name").and_then(Value::as_str) {
            Some(name) => column(name, value),
            None => object.iter().next().and_then(|(name, value)| column(name, value)),
        },
        _ => None,
    }
}

fn column(name: &str, value: &Value) -> Option<Column> {
    let low = spaced(name);
    if low.is_empty() || matches!(low.as_str(), "id" | "created at" | "updated at") {
        return None;
    }
    let text =
        |key: &str| value.get(key).map(|one| one.as_str().map_or_else(|| one.to_string(), ToOwned::to_owned));
    let kind = value.as_str().map(ToOwned::to_owned).or_else(|| text("type")).unwrap_or_default();
    let yes = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    let values: Vec<String> = ["values", "enum", "options", "choices"]
        .iter()
        .find_map(|key| value.get(*key)?.as_array())
        .or_else(|| value.as_array())
        .map(|list| list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
        .unwrap_or_default();
    let target = text("target").or_else(|| text("references")).or_else(|| text("ref"));
    let word = kind.split([' ', ',', '(']).next().unwrap_or_default();
    let known = super::fields::type_word(&word.to_lowercase());
    let held = if let Some(target) = target {
        Kind::Link(target)
    } else if !values.is_empty() {
        Kind::Values(values)
    } else if word.is_empty() || matches!(word, "array" | "object" | "list") {
        Kind::Plain(kind_of(&low, &Value::Null))
    } else if let Some(known) = known {
        Kind::Plain(match known {
            FieldType::String if lexicon().type_of(&low) == FieldType::Email => "email",
            FieldType::String if lexicon().type_of(&low) == FieldType::Url => "url",
            FieldType::String | FieldType::Enum => "string",
            FieldType::Integer if word == "number" && lexicon().type_of(&low) == FieldType::Decimal => {
                "decimal"
            }
            known => known.word(),
        })
    } else {
        Kind::Named(word.to_owned())
    };
    let mut flags: Vec<String> = Vec::new();
    if yes("unique") || kind.contains("unique") {
        flags.push("unique".to_owned());
    }
    for (key, flag) in
        [("min", "min"), ("minimum", "min"), ("max", "max"), ("maximum", "max"), ("maxLength", "max")]
    {
        if let Some(bound) = value.get(key).filter(|bound| bound.is_number()) {
            flags.push(format!("{flag} {bound}"));
        }
    }
    let tied = matches!(held, Kind::Link(_) | Kind::Named(_))
        && value.get("required").is_none()
        && !kind.contains("optional");
    let required = tied
        || yes("required")
        || kind.contains("required")
        || value.get("nullable").and_then(Value::as_bool) == Some(false);
    Some(Column { name: name.to_owned(), kind: held, required, default: text("default"), flags })
}
