//! From text to a plan document: a model's leniently, a person's strictly.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::check::PlanErrors;
use super::extract::{ExtractError, MAX_TEXT, extract};
use super::schema::conform;
use super::wire::PlanFile;
use crate::blueprint::{BlueprintFile, Fault};
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

/// Reads a person's file, JSON or YAML: a bare blueprint, or a plan document around one. Errors name line and column.
pub fn read_file(text: &str) -> Result<PlanFile, PlanErrors> {
    if text.len() > MAX_TEXT {
        return Err(one("file", ExtractError::TooLarge.to_string()));
    }
    let text = text.trim_start_matches('\u{feff}');
    let value: Value = parse(text)?;
    if !value.is_object() {
        return Err(one("file", "should hold a blueprint or a plan".to_owned()));
    }
    if value.get("blueprint").is_some() {
        parse(text)
    } else {
        let blueprint: BlueprintFile = parse(text)?;
        Ok(PlanFile { blueprint, ..PlanFile::default() })
    }
}

fn bare_to_plan(value: Value) -> Value {
    let bare = value.get("blueprint").is_none() && value.get("entities").is_some();
    if bare { json!({ "blueprint": value }) } else { value }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, PlanErrors> {
    let parsed = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        serde_saphyr::from_str(text).map_err(|error| error.to_string())
    };
    parsed.map_err(|message| one("file", message))
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

    #[test]
    fn people_write_json_and_yaml() {
        let json = r#"{"app": {"name": "Shop"}, "entities": [{"name": "Book"}]}"#;
        let yaml = "app:\n  name: Shop\nentities:\n  - name: Book\n";
        assert_eq!(read_file(json).unwrap(), read_file(yaml).unwrap());
        let around = format!("{{\"blueprint\": {json}, \"tasks\": [{{\"id\": \"a\", \"agent\": \"b\"}}]}}");
        assert_eq!(read_file(&around).unwrap().tasks.len(), 1);
    }

    #[test]
    fn faults_of_people_have_a_place() {
        let json = read_file("{\"app\": {\"name\": \"Shop\"},\n \"entitys\": []}").unwrap_err().to_string();
        assert!(json.contains("entitys") && json.contains("line 2"), "{json}");
        let yaml = read_file("app:\n  name: Shop\nentitys: []\n").unwrap_err().to_string();
        assert!(yaml.contains("entitys") && yaml.contains('3'), "{yaml}");
        for text in ["", "[]", "just words", "{", "\0", &"[".repeat(100_000), &"a: ".repeat(50_000)] {
            assert!(read_file(text).is_err());
        }
    }
}
