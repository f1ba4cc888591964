//! `metagen config show`.

use serde_json::{Map, Value, json};

use super::columns;
use crate::config::{Config, FOREIGN_VARIABLES, Variables};

/// Keys and values, with origins where wanted.
pub(crate) fn config_text(config: &Config, variables: &Variables, origin: bool) -> String {
    let mut rows: Vec<Vec<String>> = config
        .settings()
        .iter()
        .map(|setting| {
            let value = setting.value.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
            let mut row = vec![setting.def.key.to_owned(), value];
            row.extend(origin.then(|| setting.origin.to_string()));
            row
        })
        .collect();
    rows.extend(secrets(variables).map(|(name, set)| {
        let mut row = vec![name.to_owned(), shown(set).to_owned()];
        row.extend((origin && set).then(|| format!("environment {name}")));
        row
    }));
    columns(&rows)
}

/// The same as a document.
pub(crate) fn config_json(config: &Config, variables: &Variables, origin: bool) -> Value {
    let options: Map<String, Value> = config
        .settings()
        .iter()
        .map(|setting| {
            let value = json!(setting.value);
            let entry = if origin {
                json!({ "value": value, "layer": setting.origin.layer(), "origin": setting.origin })
            } else {
                value
            };
            (setting.def.key.to_owned(), entry)
        })
        .collect();
    let secrets: Map<String, Value> =
        secrets(variables).map(|(name, set)| (name.to_owned(), shown(set).into())).collect();
    json!({ "version": 1, "options": options, "secrets": secrets })
}

fn secrets(variables: &Variables) -> impl Iterator<Item = (&'static str, bool)> {
    FOREIGN_VARIABLES.iter().filter(|variable| variable.secret).map(|variable| {
        (variable.name, variables.get(variable.name).is_some_and(|value| !value.trim().is_empty()))
    })
}

fn shown(set: bool) -> &'static str {
    if set { "[set]" } else { "-" }
}
