//! What is different between two plans.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::wire::{PlanFile, TaskFile};
use crate::blueprint::EntityFile;

/// The way from one plan to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PlanDiff {
    /// Name, description and colours of the app.
    pub app: Vec<Attribute>,
    /// Entities, in the order of the later plan, those that are gone last.
    pub entities: Vec<Difference<EntityDiff>>,
    /// Tasks, likewise.
    pub tasks: Vec<Difference<()>>,
}

/// Something that is there in one plan only, or not the same in both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference<T> {
    /// Its name or id.
    pub name: String,
    /// Whether it came, went, or changed.
    pub change: Kind,
    /// What it is like, or was, where it came or went; what changed about it otherwise.
    pub attributes: Vec<Attribute>,
    /// What is below it.
    #[serde(flatten)]
    pub parts: T,
}

/// Fields and relations of an entity.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EntityDiff {
    /// Its own values.
    pub fields: Vec<Difference<()>>,
    /// Its ties to other entities.
    pub relations: Vec<Difference<()>>,
}

/// What happened to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is not the same.
    Changed,
}

/// One attribute, before and after; `null` where there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attribute {
    /// Its name, as the plan document has it.
    pub name: String,
    /// In the earlier plan.
    pub before: Value,
    /// In the later plan.
    pub after: Value,
}

impl PlanDiff {
    /// Whether there is no difference.
    pub fn is_empty(&self) -> bool {
        self.app.is_empty() && self.entities.is_empty() && self.tasks.is_empty()
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Value| match value {
            Value::Null => "none".to_owned(),
            Value::Bool(true) => "yes".to_owned(),
            Value::Bool(false) => "no".to_owned(),
            Value::String(text) => text.clone(),
            Value::Array(items) if items.iter().all(Value::is_string) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
            }
            other => other.to_string(),
        };
        match (&self.before, &self.after) {
            (Value::Null, one) | (one, Value::Null) => write!(f, "{} {}", self.name, shown(one)),
            (before, after) => write!(f, "{} {} → {}", self.name, shown(before), shown(after)),
        }
    }
}

/// Compares two plans by what they say, whatever the order in which they say it.
pub fn compare(before: &PlanFile, after: &PlanFile) -> PlanDiff {
    let app = |plan: &PlanFile| {
        let mut all = object(&plan.blueprint.app);
        all.extend(object(&plan.blueprint.theme));
        all
    };
    let task = |task: &TaskFile| object(task);
    PlanDiff {
        app: attributes(&app(before), &app(after)),
        entities: entities(&before.blueprint.entities, &after.blueprint.entities),
        tasks: plain(&before.tasks, &after.tasks, |task| &task.id, task),
    }
}

fn entities(before: &[EntityFile], after: &[EntityFile]) -> Vec<Difference<EntityDiff>> {
    let own = |entity: &EntityFile| {
        let mut all = object(entity);
        all.retain(|name, _| name != "fields" && name != "relations");
        all
    };
    let none = EntityFile::default();
    let parts = |before: Option<&EntityFile>, after: Option<&EntityFile>| {
        let (before, after) = (before.unwrap_or(&none), after.unwrap_or(&none));
        EntityDiff {
            fields: plain(&before.fields, &after.fields, |field| &field.name, object),
            relations: plain(&before.relations, &after.relations, |relation| &relation.name, object),
        }
    };
    let is_same = |parts: &EntityDiff| parts.fields.is_empty() && parts.relations.is_empty();
    differences(before, after, |entity| &entity.name, own, parts, is_same)
}

fn plain<T>(
    before: &[T],
    after: &[T],
    name: impl Fn(&T) -> &String,
    own: impl Fn(&T) -> Map<String, Value>,
) -> Vec<Difference<()>> {
    differences(before, after, name, own, |_, _| (), |()| true)
}

/// Pairs things by their names.
fn differences<T, P>(
    before: &[T],
    after: &[T],
    name: impl Fn(&T) -> &String,
    own: impl Fn(&T) -> Map<String, Value>,
    parts: impl Fn(Option<&T>, Option<&T>) -> P,
    is_same: impl Fn(&P) -> bool,
) -> Vec<Difference<P>> {
    let find = |all: &'_ [T], wanted: &str| all.iter().position(|one| name(one) == wanted);
    let mut found = Vec::new();
    for one in after {
        let old = find(before, name(one)).map(|place| &before[place]);
        let mut attributes = attributes(&old.map(&own).unwrap_or_default(), &own(one));
        let parts = parts(old, Some(one));
        if old.is_none() {
            attributes.retain(|attribute| attribute.name != "name" && attribute.name != "id");
        } else if attributes.is_empty() && is_same(&parts) {
            continue;
        }
        let change = if old.is_some() { Kind::Changed } else { Kind::Added };
        found.push(Difference { name: name(one).clone(), change, attributes, parts });
    }
    for old in before.iter().filter(|old| find(after, name(old)).is_none()) {
        let mut attributes = attributes(&own(old), &Map::new());
        attributes.retain(|attribute| attribute.name != "name" && attribute.name != "id");
        let parts = parts(Some(old), None);
        found.push(Difference { name: name(old).clone(), change: Kind::Removed, attributes, parts });
    }
    found
}

/// What differs. What is absent, empty or off is all the same nothing.
fn attributes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Attribute> {
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let of = |all: &Map<String, Value>, name: &str| all.get(name).cloned().unwrap_or_default();
    let nothing = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    names
        .map(|name| Attribute { name: name.clone(), before: of(before, name), after: of(after, name) })
        .filter(|one| one.before != one.after && !(nothing(&one.before) && nothing(&one.after)))
        .collect()
}

fn object<T: Serialize>(value: &T) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plan(entities: &Value, tasks: &Value) -> PlanFile {
        let blueprint = json!({ "app": { "name": "Shop" }, "entities": entities });
        serde_json::from_value(json!({ "blueprint": blueprint, "tasks": tasks })).unwrap()
    }

    #[test]
    fn entities_fields_relations_and_tasks() {
        let before = plan(
            &json!([
                { "name": "Book", "fields": [{ "name": "title" }, { "name": "price", "type": "decimal" }] },
                { "name": "Old" },
            ]),
            &json!([{ "id": "docs", "agent": "docs" }, { "id": "backend", "agent": "backend" }]),
        );
        let after = plan(
            &json!([
                { "name": "Author", "access": "public" },
                { "name": "Book",
                  "fields": [{ "name": "isbn", "unique": true }, { "name": "title", "required": true }],
                  "relations": [{ "kind": "belongs_to", "name": "author", "target": "Author" }] },
            ]),
            &json!([{ "id": "docs", "agent": "docs", "depends_on": ["extra"] }, { "id": "extra", "agent": "docs" }]),
        );
        let diff = compare(&before, &after);
        let line = |change: Kind, name: &str, attributes: &[Attribute]| {
            let attributes: Vec<_> = attributes.iter().map(ToString::to_string).collect();
            format!("{change:?} {name}: {}", attributes.join(", "))
        };
        let mut lines = Vec::new();
        for entity in &diff.entities {
            lines.push(line(entity.change, &entity.name, &entity.attributes));
            for part in entity.parts.fields.iter().chain(&entity.parts.relations) {
                lines.push(line(part.change, &format!("{}.{}", entity.name, part.name), &part.attributes));
            }
        }
        lines.extend(diff.tasks.iter().map(|task| line(task.change, &task.name, &task.attributes)));
        assert_eq!(
            lines,
            [
                "Added Author: access public",
                "Changed Book: ",
                "Added Book.isbn: type string, unique yes",
                "Changed Book.title: required no → yes",
                "Removed Book.price: type decimal",
                "Added Book.author: kind belongs_to, target Author",
                "Removed Old: access shared",
                "Changed docs: depends_on  → extra",
                "Added extra: agent docs",
                "Removed backend: agent backend",
            ]
        );
        assert_eq!(serde_json::to_value(&diff).unwrap()["entities"][1]["fields"][1]["change"], "changed");
        assert!(compare(&after, &after).is_empty());
    }

    #[test]
    fn the_order_of_things_is_no_difference() {
        let one = plan(&json!([{ "name": "A" }, { "name": "B" }]), &json!([]));
        let other = plan(&json!([{ "name": "B" }, { "name": "A" }]), &json!([]));
        assert!(compare(&one, &other).is_empty());
    }
}
