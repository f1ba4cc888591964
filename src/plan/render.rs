//! A plan as people read it.

use super::check::Plan;
use crate::blueprint::RelationKind;

/// The plan as plain text.
pub fn render_text(plan: &Plan) -> String {
    let file = plan.blueprint().file();
    let mut out = format!("{}\n", file.app.name);
    for line in [&file.app.description, plan.reasoning()].into_iter().filter(|line| !line.is_empty()) {
        out.push_str(&format!("{}\n", one_line(line)));
    }
    out.push_str("\nEntities\n");
    for entity in &file.entities {
        let fields: Vec<_> = entity.fields.iter().map(|field| field.name.as_str()).collect();
        out.push_str(&format!("  {}: {}\n", entity.name, fields.join(", ")));
        for relation in &entity.relations {
            let kind = match relation.kind {
                RelationKind::BelongsTo => "belongs to",
                RelationKind::ManyToMany => "has many",
            };
            out.push_str(&format!("    {} {kind} {}\n", relation.name, relation.target));
        }
    }
    out.push_str("\nTasks\n");
    for task in plan.tasks() {
        let after: Vec<_> = task.depends_on.iter().map(ToString::to_string).collect();
        let after = if after.is_empty() { String::new() } else { format!(" after {}", after.join(", ")) };
        out.push_str(&format!("  {} ({}){after}: {}\n", task.id, task.agent, one_line(&task.name)));
    }
    let missed: Vec<_> = plan.coverage().iter().filter(|item| item.covered_by.is_empty()).collect();
    if !missed.is_empty() {
        out.push_str("\nNot understood\n");
        for item in missed {
            out.push_str(&format!("  {}\n", one_line(&item.text)));
        }
    }
    if !plan.warnings().is_empty() {
        out.push_str("\nWarnings\n");
        for warning in plan.warnings() {
            out.push_str(&format!("  {}\n", one_line(warning)));
        }
    }
    out
}

/// The tasks as a Mermaid flowchart.
pub fn render_mermaid(plan: &Plan) -> String {
    let mut out = "flowchart LR\n".to_owned();
    let place = |id| plan.tasks().iter().position(|task| task.id == id).unwrap_or_default();
    for (number, task) in plan.tasks().iter().enumerate() {
        out.push_str(&format!("  t{number}[\"{}\"]\n", label(&task.name)));
    }
    for (number, task) in plan.tasks().iter().enumerate() {
        for dependency in &task.depends_on {
            out.push_str(&format!("  t{} --> t{number}\n", place(dependency.clone())));
        }
    }
    out
}

/// Without line breaks and control characters, which could move a terminal's cursor.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Mermaid reads `#quot;` and its like inside quotes, and HTML in labels.
fn label(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' | ';' => out.push_str(&format!("#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::AgentName;
    use crate::plan::{AgentInfo, TaskLimits, check, read_file};

    #[test]
    fn renders() {
        let agent = AgentInfo {
            name: AgentName::new("backend").unwrap(),
            title: "Build".into(),
            description: String::new(),
            depends_on: vec![],
            required: true,
        };
        let text = "blueprint: { app: { name: Shop }, entities: [{ name: Book, fields: [{ name: title, type: string }] }] }\n\
            coverage: [{ text: dance }]\n\
            tasks: [{ id: a, agent: backend, name: 'Say \"hi\" <b>' }, { id: b, agent: backend, depends_on: [a] }]\n";
        let plan = check(read_file(text).unwrap(), &[agent], &TaskLimits::default()).unwrap();
        assert_eq!(
            render_mermaid(&plan),
            "flowchart LR\n  t0[\"Say #34;hi#34; #60;b#62;\"]\n  t1[\"Build\"]\n  t0 --> t1\n"
        );
        let text = render_text(&plan);
        assert!(text.starts_with("Shop\n"), "{text}");
        for part in ["  Book: title\n", "  b (backend) after a: Build\n", "\nNot understood\n  dance\n"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
