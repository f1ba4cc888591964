//! From text to a plan document: a model's leniently, a person's strictly.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::agents::AgentInfo;
use super::check::{Plan, PlanErrors, check};
use super::distinct::Distinct;
use super::extract::{ExtractError, MAX_TEXT, extract};
use super::form::{fit, follows};
use super::schema::conform;
use super::task::TaskLimits;
use super::wire::PlanFile;
use crate::blueprint::Fault;
use crate::naming::clip;

/// Most warnings of its own that an answer may bring along.
const MAX_WARNINGS: usize = 100;
/// Most bytes of one of them.
const MAX_WARNING: usize = 500;

/// Reads a model's answer. The text may hold more than the document, and the document more than it should; what was dropped
/// or mended stands in the warnings.
pub fn read_model(text: &str) -> Result<PlanFile, PlanErrors> {
    let found = extract(text).map_err(|error| one("plan", error.to_string()))?;
    if found.cut_off {
        // What is there may read as a smaller plan than was meant.
        return Err(one("plan", "the JSON ends before it is complete; give all of it".to_owned()));
    }
    let mut value = bare_to_plan(found.value);
    let (mut faults, mut warnings) = (Vec::new(), Vec::new());
    if found.repaired {
        warnings.push("plan: the answer was not quite JSON and was repaired".to_owned());
    }
    let told = told(&mut value);
    conform(&mut value, &mut faults, &mut warnings);
    if !faults.is_empty() {
        return Err(PlanErrors(faults));
    }
    let mut file: PlanFile = serde_json::from_value(value).map_err(|error| one("plan", error.to_string()))?;
    file.warnings = told.into_iter().chain(warnings).collect();
    Ok(file)
}

/// Takes out what the answer itself warns of: what it left out, and why.
fn told(value: &mut Value) -> Vec<String> {
    let Some(Value::Array(list)) = value.as_object_mut().and_then(|object| object.remove("warnings")) else {
        return Vec::new();
    };
    let texts = list.iter().filter_map(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    texts.take(MAX_WARNINGS).map(|text| clip(text, MAX_WARNING).to_owned()).collect()
}

/// A person's document, and what in it did not have the form of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    file: PlanFile,
    misfits: Vec<Fault>,
}

impl Document {
    /// The document as it stands, where all of it has the form of one.
    pub fn into_file(self) -> Result<PlanFile, PlanErrors> {
        if self.misfits.is_empty() { Ok(self.file) } else { Err(PlanErrors(self.misfits)) }
    }

    /// Checks it, as [`check`] does, and tells what did not fit along with all else that is wrong.
    pub fn check(self, agents: &[AgentInfo], defaults: &TaskLimits) -> Result<Plan, PlanErrors> {
        let checked = check(self.file, agents, defaults);
        let mut faults = self.misfits;
        match checked {
            Ok(plan) if faults.is_empty() => return Ok(plan),
            Ok(_) => {}
            Err(PlanErrors(found)) => {
                let own: Vec<_> = found.into_iter().filter(|fault| !follows(fault, &faults)).collect();
                faults.extend(own);
            }
        }
        Err(PlanErrors(faults))
    }
}

/// Reads a person's file, JSON or YAML: a bare blueprint, or a plan document around one. It is refused here only where it cannot
/// be read at all; such errors name the file, and line and column.
pub fn read_file(name: &str, text: &str) -> Result<Document, PlanErrors> {
    if text.len() > MAX_TEXT {
        return Err(one(name, ExtractError::TooLarge.to_string()));
    }
    let text = text.trim_start_matches('\u{feff}');
    let json = text.trim_start().starts_with('{');
    let Distinct(value) = parse(text, json).map_err(|message| one(name, message))?;
    if !value.is_object() {
        return Err(one(name, "should hold a blueprint or a plan".to_owned()));
    }
    let bare = value.get("blueprint").is_none()
        && ["app", "theme", "entities"].iter().any(|key| value.get(key).is_some());
    // YAML says what is a text only where one is asked for: `no` is the text "no" or false.
    let typed = if bare {
        parse(text, json).map(|blueprint| PlanFile { blueprint, ..PlanFile::default() })
    } else {
        parse(text, json)
    };
    if let Ok(file) = typed {
        return Ok(Document { file, misfits: Vec::new() });
    }
    let document = if bare { json!({ "blueprint": value }) } else { value };
    let mut fitted = document.clone();
    let mut misfits = fit(&mut fitted, !json);
    if misfits.is_empty() {
        // Nothing but keys without a value.
        fitted = document;
        misfits = fit(&mut fitted, false);
    }
    let file = serde_json::from_value(fitted).map_err(|error| one(name, error.to_string()))?;
    Ok(Document { file, misfits })
}

fn bare_to_plan(value: Value) -> Value {
    let bare = value.get("blueprint").is_none() && value.get("entities").is_some();
    if bare { json!({ "blueprint": value }) } else { value }
}

fn parse<T: DeserializeOwned>(text: &str, json: bool) -> Result<T, String> {
    if json {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        serde_saphyr::from_str(text).map_err(|error| error.to_string())
    }
}

fn one(path: &str, message: String) -> PlanErrors {
    PlanErrors(vec![Fault { path: path.to_owned(), message }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_may_say_more_and_less() {
        let file =
            read_model("Sure: {app: {name: 'Shop'}, entities: [{name: 'Book', fields: []}], mood: 'good'}")
                .unwrap();
        assert_eq!((file.blueprint.app.name.as_str(), file.blueprint.entities.len()), ("Shop", 1));
        assert_eq!(file.warnings.len(), 2, "{:?}", file.warnings);
        assert!(read_model("I cannot do that.").is_err());
        let warned = read_model(
            "{\"blueprint\": {\"app\": {\"name\": \"A\"}, \"entities\": []}, \"warnings\": [\"payments: left out\", 7, \" \"]}",
        );
        assert_eq!(warned.unwrap().warnings, ["payments: left out"]);
        assert!(read_model("{\"app\": {\"name\": \"Shop\"}, \"entities\": [{\"name\": \"Bo").is_err());
    }

    #[track_caller]
    fn refused(text: &str, expect: &[&str]) {
        let errors = match read_file("f.yaml", text) {
            Ok(document) => document.check(&[], &TaskLimits::default()).unwrap_err(),
            Err(errors) => errors,
        };
        let found: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn people_write_json_and_yaml() {
        let json = r#"{"app": {"name": "Shop"}, "entities": [{"name": "Book"}]}"#;
        let yaml = "app:\n  name: Shop\nentities:\n  - name: Book\n    fields:\n";
        let read = |text: &str| read_file("f", text).unwrap();
        assert_eq!(read(json), read(yaml));
        assert_eq!(read(json).misfits, []);
        let around = format!("{{\"blueprint\": {json}, \"tasks\": [{{\"id\": \"a\", \"agent\": \"b\"}}]}}");
        assert_eq!(read(&around).file.tasks.len(), 1);
    }

    #[test]
    fn all_faults_of_people_are_told_at_once() {
        refused(
            "app: {name: Shop}\nentitys: []\nentities:\n- name: Book\n  fields: [{name: n, type: enum}, {name: m, type: bol}]\n  \
             relations: [{kind: belongs_to, name: a, target: Bok}]\n",
            &[
                "blueprint.entitys: is an unknown key; did you mean \"entities\"?",
                "blueprint.entities[0].fields[1].type: there is no \"bol\"; did you mean \"boolean\"?",
                "blueprint.entities[0].relations[0].target: there is no entity \"Bok\"; did you mean Book?",
            ],
        );
        refused(
            "{\"blueprints\": {}}",
            &["blueprints: is an unknown key; did you mean \"blueprint\"?", "blueprint: is missing"],
        );
        refused(
            "{\"app\": {\"name\": \"a\"},\n \"app\": {}}",
            &["f.yaml: the key \"app\" stands twice at line 2 column 6"],
        );
    }

    #[test]
    fn yaml_needs_no_quotes_around_texts() {
        let file = "app: {name: 1984}\nentities:\n- name: Book\n  fields: [{name: y, type: enum, values: [yes, no, 1.10]}]\n";
        let read = |text: &str| read_file("f", text).unwrap();
        let book = &read(file).into_file().unwrap().blueprint.entities[0];
        assert_eq!(
            (book.fields[0].name.as_str(), book.fields[0].values.join(" ")),
            ("y", "yes no 1.10".to_owned())
        );
        // Other faults do not make these ones.
        assert_eq!(read(&format!("{file}mood: good\n")).misfits.len(), 1);
        // A text is never taken for what its number reads as.
        assert_eq!(read(&format!("{file}theme:\n")).misfits.len(), 5);
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in ["", "[]", "just words", "{", "\0", &"[".repeat(100_000), &"a: ".repeat(50_000)] {
            assert!(read_file("f", text).is_err());
        }
    }
}
