//! `metagen plan`.

use super::columns;
use crate::blueprint::{Access, BlueprintFile, EntityFile, RelationFile, RelationKind};
use crate::cli::failure::plain;
use crate::cli::terminal::{Terminal, Tone};
use crate::commands::plan::unexplained;
use crate::plan::PlanFile;

/// The plan for people.
pub(crate) fn plan_text(terminal: &Terminal, plan: &PlanFile) -> String {
    let app = &plan.blueprint.app;
    let mut text = terminal.out(Tone::Strong, &plain(&app.name));
    text.push('\n');
    if !app.description.trim().is_empty() {
        text.push_str(&format!("{}\n", plain(&app.description)));
    }
    for entity in &plan.blueprint.entities {
        text.push('\n');
        text.push_str(&terminal.out(Tone::Strong, &plain(&entity.name)));
        text.push_str(&format!("  {}\n", terminal.out(Tone::Faint, access(entity.access))));
        text.push_str(&columns(&rows(entity)));
    }
    text.push_str(&format!("\n{}\n", terminal.out(Tone::Strong, "Tasks")));
    let tasks: Vec<_> = plan
        .tasks
        .iter()
        .map(|task| {
            let after = match task.depends_on.as_slice() {
                [] => String::new(),
                needed => format!("after {}", needed.join(", ")),
            };
            vec![format!("  {}", task.id), plain(&task.name), after]
        })
        .collect();
    text.push_str(&columns(&tasks));
    let warnings = plan.warnings.iter().map(String::as_str).collect();
    let gaps = unexplained(plan).collect();
    for (title, lines) in [("Not understood, and so not built", gaps), ("Warnings", warnings)] {
        let lines: Vec<&str> = lines;
        if !lines.is_empty() {
            text.push_str(&format!("\n{}\n", terminal.out(Tone::Warn, title)));
            for line in lines {
                text.push_str(&format!("  {}\n", plain(line)));
            }
        }
    }
    text
}

fn rows(entity: &EntityFile) -> Vec<Vec<String>> {
    let fields = entity.fields.iter().map(|field| {
        let mut notes = Vec::new();
        notes.extend(field.required.then(|| "required".to_owned()));
        notes.extend(field.unique.then(|| "unique".to_owned()));
        notes.extend((!field.values.is_empty()).then(|| field.values.join(" | ")));
        notes.extend(field.min.as_ref().map(|min| format!("from {min}")));
        notes.extend(field.max.as_ref().map(|max| format!("to {max}")));
        notes.extend(field.default.as_ref().map(|default| format!("default {default}")));
        vec![format!("  {}", plain(&field.name)), field.kind.word().to_owned(), plain(&notes.join(", "))]
    });
    let relations = entity.relations.iter().map(|relation| {
        let required = if relation.required { "required" } else { "" };
        vec![
            format!("  {}", plain(&relation.name)),
            format!("{} {}", tie(relation), plain(&relation.target)),
            required.to_owned(),
        ]
    });
    fields.chain(relations).collect()
}

fn tie(relation: &RelationFile) -> &'static str {
    match relation.kind {
        RelationKind::BelongsTo => "one",
        RelationKind::ManyToMany => "many",
    }
}

fn access(access: Access) -> &'static str {
    match access {
        Access::Public => "anyone reads, owners change",
        Access::Shared => "signed-in users read, owners change",
        Access::Owned => "owners only",
        Access::Admin => "signed-in users read, admins change",
    }
}

/// The plan as one Mermaid flowchart: entities with their relations, and tasks with their dependencies.
pub(crate) fn plan_mermaid(plan: &PlanFile) -> String {
    let mut text = String::from("flowchart LR\n  subgraph entities [\"Entities\"]\n");
    let blueprint = &plan.blueprint;
    for (index, entity) in blueprint.entities.iter().enumerate() {
        text.push_str(&format!("    e{index}[{}]\n", label(&entity.name)));
    }
    if relations(blueprint).any(|(_, target, _)| target.is_none()) {
        text.push_str("    user[\"User\"]\n");
    }
    for (source, target, relation) in relations(blueprint) {
        let target = target.map_or_else(|| "user".to_owned(), |index| format!("e{index}"));
        let arrow = match relation.kind {
            RelationKind::BelongsTo => "-->",
            RelationKind::ManyToMany => "<-->",
        };
        text.push_str(&format!("    e{source} {arrow}|{}| {target}\n", label(&relation.name)));
    }
    text.push_str("  end\n  subgraph tasks [\"Tasks\"]\n");
    for (index, task) in plan.tasks.iter().enumerate() {
        let name = if task.name.is_empty() { &task.id } else { &task.name };
        text.push_str(&format!("    t{index}([{}])\n", label(name)));
    }
    for (index, task) in plan.tasks.iter().enumerate() {
        for needed in &task.depends_on {
            if let Some(first) = plan.tasks.iter().position(|other| other.id == *needed) {
                text.push_str(&format!("    t{first} --> t{index}\n"));
            }
        }
    }
    text.push_str("  end\n");
    text
}

/// Every relation with the indices of both its ends; no target index means the User that always exists.
fn relations(blueprint: &BlueprintFile) -> impl Iterator<Item = (usize, Option<usize>, &RelationFile)> {
    let index_of = |name: &str| blueprint.entities.iter().position(|entity| entity.name == name);
    blueprint.entities.iter().enumerate().flat_map(move |(source, entity)| {
        entity.relations.iter().map(move |relation| (source, index_of(&relation.target), relation))
    })
}

/// A quoted label. Inside quotes too Mermaid reads directives, entities, markdown lists and formulas, so that every mark that
/// may begin one is written by its number.
fn label(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            c if c.is_control() => quoted.push(' '),
            ' ' | ',' | '\'' | '?' | '!' => quoted.push(c),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => {
                quoted.push_str(&format!("#{};", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> PlanFile {
        serde_json::from_value(serde_json::json!({
            "blueprint": {
                "app": { "name": "Books \u{1b}[2J" },
                "entities": [
                    { "name": "Book", "fields": [{ "name": "title", "type": "string", "required": true }],
                      "relations": [
                        { "kind": "belongs_to", "name": "author", "target": "Author", "required": true },
                        { "kind": "many_to_many", "name": "readers", "target": "User" } ] },
                    { "name": "Author", "access": "public" }
                ]
            },
            "coverage": [{ "text": "It flies." }, { "text": "Books have titles.", "covered_by": ["Book.title"] }],
            "tasks": [
                { "id": "backend", "name": "Say \"hi\"", "agent": "backend" },
                { "id": "docs", "agent": "docs", "depends_on": ["backend"] }
            ]
        }))
        .unwrap()
    }

    #[test]
    fn text_shows_what_is_built_and_what_is_not() {
        let text = plan_text(&Terminal::plain(), &plan());
        assert_eq!(
            text,
            "Books \u{fffd}[2J\n\nBook  signed-in users read, owners change\n  title    string      required\n  \
             author   one Author  required\n  readers  many User\n\nAuthor  anyone reads, owners change\n\nTasks\n  \
             backend  Say \"hi\"\n  docs               after backend\n\nNot understood, and so not built\n  It flies.\n"
        );
    }

    #[test]
    fn mermaid_is_one_chart() {
        assert_eq!(
            plan_mermaid(&plan()),
            "flowchart LR\n  subgraph entities [\"Entities\"]\n    e0[\"Book\"]\n    e1[\"Author\"]\n    user[\"User\"]\n    \
             e0 -->|\"author\"| e1\n    e0 <-->|\"readers\"| user\n  end\n  subgraph tasks [\"Tasks\"]\n    \
             t0([\"Say #34;hi#34;\"])\n    t1([\"docs\"])\n    t0 --> t1\n  end\n"
        );
    }

    #[test]
    fn mermaid_reads_nothing_into_a_name() {
        for (name, expected) in [
            ("end", "\"end\""),
            ("a \"b\"; c", "\"a #34;b#34;#59; c\""),
            ("%%{init: {}}%%", "\"#37;#37;#123;init#58; #123;#125;#125;#37;#37;\""),
            ("1. <b>&amp;</b>", "\"1#46; #60;b#62;#38;amp#59;#60;#47;b#62;\""),
            ("`x` #quot;", "\"#96;x#96; #35;quot#59;\""),
            ("$$x$$ \\", "\"#36;#36;x#36;#36; #92;\""),
            ("two\nlines\u{1b}", "\"two lines \""),
            ("Überschrift 日本 🎉 שלום, what?", "\"Überschrift 日本 🎉 שלום, what?\""),
        ] {
            assert_eq!(label(name), expected);
        }
    }
}
