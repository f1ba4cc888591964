//! The shape of a plan document, for models to follow and for their answers to be held to.

use serde_json::{Map, Value, json};

use crate::blueprint::Fault;

/// The JSON schema of the plan document that a model is asked for.
///
/// Flat and shallow: one level of nesting for each list, no references, unions or patterns, because providers refuse schemas
/// that need too many states. It leaves out what a model has no say in (`version`, `source`, `warnings`).
pub fn schema() -> Value {
    let text = || json!({ "type": "string" });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    let whole = || json!({ "type": "integer" });
    let flag = || json!({ "type": "boolean" });
    let field = object(
        &["name", "type"],
        &json!({
            "name": text(),
            "type": choice(&["string", "text", "integer", "decimal", "boolean", "date", "datetime", "enum", "email", "url"]),
            "required": flag(), "unique": flag(), "default": text(),
            "min": { "type": "number" }, "max": { "type": "number" }, "values": texts(),
        }),
    );
    let relation = object(
        &["kind", "name", "target"],
        &json!({ "kind": choice(&["belongs_to", "many_to_many"]), "name": text(), "target": text(), "required": flag() }),
    );
    let entity = object(
        &["name", "fields"],
        &json!({
            "name": text(), "plural": text(), "description": text(),
            "access": choice(&["public", "shared", "owned", "admin"]),
            "fields": { "type": "array", "items": field },
            "relations": { "type": "array", "items": relation },
        }),
    );
    let blueprint = object(
        &["app", "entities"],
        &json!({
            "app": object(&["name"], &json!({ "name": text(), "slug": text(), "description": text() })),
            "theme": object(&[], &json!({ "primary": text(), "background": text() })),
            "entities": { "type": "array", "items": entity },
        }),
    );
    let task = object(
        &["id", "agent"],
        &json!({
            "id": text(), "name": text(), "agent": text(), "description": text(), "depends_on": texts(),
            "timeout_secs": whole(), "max_retries": whole(), "base_backoff_ms": whole(), "max_backoff_ms": whole(),
        }),
    );
    let coverage = object(&["text"], &json!({ "text": text(), "covered_by": texts() }));
    object(
        &["blueprint"],
        &json!({
            "reasoning": text(), "blueprint": blueprint,
            "coverage": { "type": "array", "items": coverage },
            "tasks": { "type": "array", "items": task },
        }),
    )
}

fn object(required: &[&str], properties: &Value) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

pub(super) fn choice(values: &[&str]) -> Value {
    json!({ "type": "string", "enum": values })
}

/// Brings a model's answer into the schema's shape. Unknown keys are dropped and scalars converted where no meaning is lost,
/// with a warning; `null` counts as absent; all the rest is a fault.
pub(super) fn conform(value: &mut Value, faults: &mut Vec<Fault>, warnings: &mut Vec<String>) {
    if let Value::Object(object) = value {
        for told_by_us in ["version", "source", "warnings"] {
            object.remove(told_by_us);
        }
    }
    visit(value, &schema(), "", faults, warnings);
}

fn visit(value: &mut Value, schema: &Value, path: &str, faults: &mut Vec<Fault>, warnings: &mut Vec<String>) {
    let wanted = schema["type"].as_str().unwrap_or_default();
    let mut fault = |message: String| {
        let path = if path.is_empty() { "plan" } else { path };
        faults.push(Fault { path: path.to_owned(), message });
    };
    match (wanted, &mut *value) {
        ("object", Value::Object(object)) => {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if object.get(name).is_none_or(Value::is_null) {
                    fault(format!("{name:?} is missing"));
                }
            }
            let properties = schema["properties"].as_object().cloned().unwrap_or_default();
            visit_object(object, &properties, path, faults, warnings);
        }
        ("array", Value::Array(list)) => {
            for (place, item) in list.iter_mut().enumerate() {
                visit(item, &schema["items"], &format!("{path}[{place}]"), faults, warnings);
            }
        }
        ("string", Value::String(text)) => {
            let Some(choices) = schema["enum"].as_array() else { return };
            match choices
                .iter()
                .filter_map(Value::as_str)
                .find(|choice| choice.eq_ignore_ascii_case(text.trim()))
            {
                Some(choice) => choice.clone_into(text),
                None => fault(format!("{:?} is none of {}", short(text), Value::from(choices.as_slice()))),
            }
        }
        // A default is of its field's own type; the blueprint's check knows which.
        ("string", Value::Number(_) | Value::Bool(_)) if path.ends_with(".default") => {}
        ("string", Value::Number(_) | Value::Bool(_)) if schema.get("enum").is_none() => {
            *value = Value::String(value.to_string());
        }
        ("boolean", Value::Bool(_)) | ("number", Value::Number(_)) => {}
        ("integer", Value::Number(number)) if number.is_u64() => {}
        ("integer" | "number" | "boolean", Value::String(text)) => {
            match serde_json::from_str::<Value>(text.trim()) {
                Ok(inner) if !inner.is_string() => {
                    *value = inner;
                    visit(value, schema, path, faults, warnings);
                }
                _ => fault(format!("{:?} should be of type {wanted}", short(text))),
            }
        }
        (_, other) => fault(format!("should be of type {wanted}, not {}", kind(other))),
    }
}

fn visit_object(
    object: &mut Map<String, Value>,
    properties: &Map<String, Value>,
    path: &str,
    faults: &mut Vec<Fault>,
    warnings: &mut Vec<String>,
) {
    let place = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    object.retain(|key, value| {
        let known = properties.contains_key(key);
        if !known {
            warnings.push(format!("{}: an unknown key was dropped", place(&short(key))));
        }
        known && !value.is_null()
    });
    for (key, value) in object.iter_mut() {
        visit(value, &properties[key], &place(key), faults, warnings);
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conformed(mut value: Value) -> (Value, Vec<String>, Vec<String>) {
        let (mut faults, mut warnings) = (Vec::new(), Vec::new());
        conform(&mut value, &mut faults, &mut warnings);
        (value, faults.iter().map(ToString::to_string).collect(), warnings)
    }

    #[test]
    fn mends_what_is_safe() {
        let (value, faults, warnings) = conformed(json!({
            "version": "x", "mood": 1, "reasoning": null,
            "blueprint": { "app": { "name": 7 }, "entities": [
                { "name": "A", "access": "Public", "fields": [{ "name": "n", "type": "Integer", "required": "true", "default": 3, "max": "5" }] }
            ] }
        }));
        assert_eq!((faults, warnings), (vec![], vec!["mood: an unknown key was dropped".to_owned()]));
        let fixed = json!({ "blueprint": { "app": { "name": "7" }, "entities": [
            { "name": "A", "access": "public", "fields": [{ "name": "n", "type": "integer", "required": true, "default": 3, "max": 5 }] }
        ] } });
        assert_eq!(value, fixed);
    }

    #[test]
    fn tells_every_fault_at_once() {
        let (_, faults, _) = conformed(json!({
            "blueprint": { "app": [], "entities": [{ "fields": [{ "name": "n", "type": "blob" }] }] },
            "tasks": [{ "id": "a", "agent": "b", "timeout_secs": -1 }],
        }));
        assert_eq!(faults.len(), 4, "{faults:#?}");
        assert!(faults[0].starts_with("blueprint.app: should be of type object"));
        assert_eq!(faults[1], "blueprint.entities[0]: \"name\" is missing");
        assert!(faults[2].starts_with("blueprint.entities[0].fields[0].type: \"blob\" is none of"));
        assert!(faults[3].starts_with("tasks[0].timeout_secs: should be of type integer"));
    }

    #[test]
    fn stays_shallow() {
        fn depth(value: &Value) -> usize {
            match value {
                Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or(0),
                _ => 0,
            }
        }
        assert!(depth(&schema()) <= 13, "{}", depth(&schema()));
        assert!(schema().to_string().len() < 3000);
    }
}
