//! A person's document against its form: every key that is unknown or missing and every value of another type, at once.

use serde_json::{Map, Value, json};

use super::schema::{choice, kind, schema};
use crate::blueprint::Fault;
use crate::naming::clip;

/// Brings a person's plan document into its form and tells all that did not fit.
///
/// What did not fit is replaced by something empty of the right type, so that the rest can be checked in the same go; `null`
/// counts as absent. Unlike a model's answer nothing is converted, as a person can be asked; but where `plain` says that texts may
/// stand without quotes, as in YAML, a number or a boolean is one of them.
pub(super) fn fit(document: &mut Value, plain: bool) -> Vec<Fault> {
    let mut fitting = Fitting { plain, faults: Vec::new() };
    fitting.visit(document, &form(), "");
    fitting.faults
}

/// Whether a fault is but a consequence of one of those found before.
pub(super) fn follows(fault: &Fault, earlier: &[Fault]) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    // A target may be the entity whose name could not be read.
    let nameless = || {
        earlier.iter().any(|other| {
            let place = other.path.strip_suffix(".name").unwrap_or(&other.path);
            place.strip_prefix("blueprint.entities").is_some_and(|index| !index.contains('.'))
        })
    };
    earlier.iter().any(|other| within(&fault.path, &other.path) || within(&other.path, &fault.path))
        || (fault.path.ends_with(".target") && nameless())
}

/// The schema of what a model is asked for, with what only a file holds.
fn form() -> Value {
    let mut form = schema();
    let own = &mut form["properties"];
    own["version"] = json!({ "type": "integer" });
    own["source"] = choice(&["mock", "gemini", "openai", "replay", "static"]);
    own["warnings"] = json!({ "type": "array", "items": { "type": "string" } });
    let entity = &mut own["blueprint"]["properties"]["entities"]["items"];
    // An entity with relations alone is one too.
    entity["required"] = json!(["name"]);
    let field = &mut entity["properties"]["fields"]["items"];
    field["required"] = json!(["name"]);
    // A default is of its field's own type; the blueprint's check knows which.
    field["properties"]["default"] = json!({});
    own["blueprint"]["required"] = json!(["app"]);
    form
}

struct Fitting {
    plain: bool,
    faults: Vec<Fault>,
}

impl Fitting {
    fn visit(&mut self, value: &mut Value, form: &Value, path: &str) {
        let Some(wanted) = form["type"].as_str() else { return };
        let choices = form["enum"].as_array();
        let problem = match (wanted, &mut *value) {
            ("object", Value::Object(object)) => return self.visit_object(object, form, path),
            ("array", Value::Array(list)) => {
                for (place, item) in list.iter_mut().enumerate() {
                    self.visit(item, &form["items"], &format!("{path}[{place}]"));
                }
                return;
            }
            ("string", Value::String(text)) => match choices {
                Some(choices) if !choices.iter().any(|choice| choice == text) => {
                    unknown_choice(text, choices)
                }
                _ => return,
            },
            ("string", Value::Number(_) | Value::Bool(_)) if self.plain && choices.is_none() => {
                *value = Value::String(value.to_string());
                return;
            }
            ("boolean", Value::Bool(_)) | ("number", Value::Number(_)) => return,
            ("integer", Value::Number(number)) => match number.as_u64() {
                Some(whole) if u32::try_from(whole).is_ok() => return,
                _ => format!("should be a whole number from 0 to {}, not {number}", u32::MAX),
            },
            (_, other) => {
                let scalar = matches!(other, Value::Number(_) | Value::Bool(_));
                let cure = if wanted == "string" && scalar { "; put it in quotes" } else { "" };
                format!("should be of type {wanted}, not {}{cure}", kind(other))
            }
        };
        let path = if path.is_empty() { "plan" } else { path };
        self.faults.push(Fault { path: path.to_owned(), message: problem });
        *value = empty(form);
    }

    fn visit_object(&mut self, object: &mut Map<String, Value>, form: &Value, path: &str) {
        let place = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let Some(properties) = form["properties"].as_object() else { return };
        object.retain(|key, value| {
            let known = properties.contains_key(key);
            if !known {
                let open = properties.keys().map(String::as_str).filter(|name| *name != key);
                let message = format!("is an unknown key; {}", meant(key, &open.collect::<Vec<_>>()));
                self.faults.push(Fault { path: place(clip(key, 60)), message });
            }
            known && !value.is_null()
        });
        for (key, value) in object.iter_mut() {
            self.visit(value, &properties[key], &place(key));
        }
        for name in form["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(name) {
                self.faults.push(Fault { path: place(name), message: "is missing".to_owned() });
                object.insert(name.to_owned(), empty(&properties[name]));
            }
        }
    }
}

fn unknown_choice(text: &str, choices: &[Value]) -> String {
    let meant = meant(text, &choices.iter().filter_map(Value::as_str).collect::<Vec<_>>());
    format!("there is no {:?}; {meant}", clip(text, 60))
}

/// The nearest of the known words, or all of them.
fn meant(word: &str, known: &[&str]) -> String {
    let plain = |text: &str| text.replace(['_', '-'], "").to_lowercase();
    let word = plain(clip(word, 64));
    let likeness = |name: &str| strsim::jaro_winkler(&word, &plain(name));
    let nearest = known.iter().copied().filter(|name| likeness(name) > 0.8);
    match nearest.max_by(|a, b| likeness(a).total_cmp(&likeness(b))) {
        Some(name) => format!("did you mean {name:?}?"),
        None => format!("there are {}", known.join(", ")),
    }
}

/// The least value of this form.
fn empty(form: &Value) -> Value {
    match form["type"].as_str() {
        Some("object") => {
            let needed = form["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            needed.map(|name| (name.to_owned(), empty(&form["properties"][name]))).collect()
        }
        Some("array") => json!([]),
        Some("string") => form["enum"].get(0).cloned().unwrap_or_else(|| json!("")),
        Some("boolean") => json!(false),
        Some("integer" | "number") => json!(0),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::PlanFile;

    #[track_caller]
    fn told(mut document: Value, expect: &[&str]) {
        let found: Vec<String> = fit(&mut document, false).iter().map(ToString::to_string).collect();
        assert_eq!(found, expect);
        serde_json::from_value::<PlanFile>(document).expect("what is left fits");
    }

    #[test]
    fn tells_every_misfit_with_its_place() {
        told(
            json!({
                "verson": 1, "source": "mok",
                "blueprint": { "app": { "naem": "Shop" }, "theme": null, "entities": [
                    { "name": 7, "acces": "public", "access": "publik", "fields": [
                        { "name": "n", "type": "strng", "required": "yes", "values": ["a", 1] }, "text", { "type": "date" }
                    ], "relations": [{ "kind": "has_many", "name": "x", "target": "Y" }] },
                    []
                ] },
                "tasks": [{ "id": "a", "agent": "b", "timeout_secs": -1 }],
            }),
            &[
                "verson: is an unknown key; did you mean \"version\"?",
                "source: there is no \"mok\"; did you mean \"mock\"?",
                "blueprint.app.naem: is an unknown key; did you mean \"name\"?",
                "blueprint.app.name: is missing",
                "blueprint.entities[0].acces: is an unknown key; did you mean \"access\"?",
                "blueprint.entities[0].name: should be of type string, not number; put it in quotes",
                "blueprint.entities[0].access: there is no \"publik\"; did you mean \"public\"?",
                "blueprint.entities[0].fields[0].type: there is no \"strng\"; did you mean \"string\"?",
                "blueprint.entities[0].fields[0].required: should be of type boolean, not string",
                "blueprint.entities[0].fields[0].values[1]: should be of type string, not number; put it in quotes",
                "blueprint.entities[0].fields[1]: should be of type object, not string",
                "blueprint.entities[0].fields[2].name: is missing",
                "blueprint.entities[0].relations[0].kind: there is no \"has_many\"; there are belongs_to, many_to_many",
                "blueprint.entities[1]: should be of type object, not array",
                "tasks[0].timeout_secs: should be a whole number from 0 to 4294967295, not -1",
            ],
        );
        told(json!([]), &["plan: should be of type object, not array"]);
        told(json!({}), &["blueprint: is missing"]);
    }

    #[test]
    fn consequences_are_known() {
        let fault = |path: &str| Fault { path: path.to_owned(), message: String::new() };
        let target = fault("blueprint.entities[2].relations[0].target");
        for (late, early, expected) in [
            (&target, "blueprint.entities[0].name", true),
            (&target, "blueprint.entities[0]", true),
            (&target, "blueprint.entities[0].access", false),
            (&target, "blueprint.entities[0].fields[0].name", false),
            (&fault("blueprint.entities"), "blueprint", true),
            (&fault("tasks"), "tasks[1].id", true),
            (&fault("blueprint.entities[1].fields"), "blueprint.entities[10].fields", false),
        ] {
            assert_eq!(follows(late, &[fault(early)]), expected, "{} after {early}", late.path);
        }
    }

    #[test]
    fn what_is_written_fits() {
        let text = r##"{"version": 1, "source": "openai", "reasoning": "", "blueprint": {"app": {"name": "A", "slug": "a", "description": ""},
            "theme": {"primary": "#111111", "background": "#ffffff"}, "entities": [{"name": "B", "plural": "Bs", "description": "b",
            "access": "owned", "fields": [{"name": "c", "type": "enum", "required": true, "unique": false, "default": "x", "min": 1,
            "max": 2, "values": ["x"]}], "relations": [{"kind": "many_to_many", "name": "ds", "target": "B", "required": false}]}]},
            "coverage": [{"text": "t", "covered_by": []}], "tasks": [{"id": "a", "name": "", "agent": "b", "description": "",
            "depends_on": [], "timeout_secs": 1, "max_retries": 1, "base_backoff_ms": 1, "max_backoff_ms": 1}], "warnings": ["w"]}"##;
        let document: Value = serde_json::from_str(text).unwrap();
        let file: PlanFile = serde_json::from_value(document.clone()).unwrap();
        // Nothing of the form is missing in this sample, so that a new key of it cannot be forgotten here.
        assert_eq!(serde_json::to_value(&file).unwrap(), document);
        told(document, &[]);
    }
}
