//! `metagen plan history` and `metagen plan diff`.

use super::columns;
use crate::cli::failure::plain;
use crate::cli::terminal::{Terminal, Tone};
use crate::commands::plans::{PlanComparison, PlanHistory};
use crate::plan::{Attribute, Difference, Kind};

/// Most characters of a description in a list.
const BRIEF: usize = 60;

/// One line a plan.
pub(crate) fn history_text(terminal: &Terminal, history: &PlanHistory) -> String {
    let mut rows = vec![["plan", "made", "app", "entities", "tasks", "from"].map(str::to_owned).to_vec()];
    for plan in &history.plans {
        let mark = if plan.current { "*" } else { "" };
        let mut row = vec![format!("{}{mark}", plan.number), format!("{:.0}", plan.at)];
        match &plan.summary {
            Some(summary) => row.extend([
                plain(&summary.app),
                summary.entities.len().to_string(),
                summary.tasks.len().to_string(),
                summary.spec.as_deref().map_or_else(|| "a blueprint".to_owned(), brief),
            ]),
            None => row.push("its file is lost or damaged".to_owned()),
        }
        rows.push(row);
    }
    let table = columns(&rows);
    let (head, rest) = table.split_once('\n').unwrap_or((&table, ""));
    format!("{}\n{rest}", terminal.out(Tone::Strong, head))
}

fn brief(spec: &str) -> String {
    let words = plain(&spec.split_whitespace().collect::<Vec<_>>().join(" "));
    match words.char_indices().nth(BRIEF) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

/// What came, went and changed.
pub(crate) fn comparison_text(terminal: &Terminal, report: &PlanComparison) -> String {
    let heading = format!("plan {} → plan {}", report.from, report.to);
    let mut text = format!("{}\n", terminal.out(Tone::Strong, &heading));
    let diff = &report.diff;
    if diff.is_empty() {
        text.push_str("no difference in entities, fields, relations and tasks\n");
        return text;
    }
    for attribute in &diff.app {
        text.push_str(&format!(
            "{}\n",
            terminal.out(Tone::Warn, &format!("~ app: {}", plain(&attribute.to_string())))
        ));
    }
    if !diff.entities.is_empty() {
        text.push_str(&format!("\n{}\n", terminal.out(Tone::Strong, "Entities")));
    }
    for entity in &diff.entities {
        text.push_str(&line(terminal, "", entity));
        for part in entity.parts.fields.iter().chain(&entity.parts.relations) {
            text.push_str(&line(terminal, "    ", part));
        }
    }
    if !diff.tasks.is_empty() {
        text.push_str(&format!("\n{}\n", terminal.out(Tone::Strong, "Tasks")));
    }
    for task in &diff.tasks {
        text.push_str(&line(terminal, "", task));
    }
    text
}

fn line<T>(terminal: &Terminal, indent: &str, one: &Difference<T>) -> String {
    let (sign, tone) = match one.change {
        Kind::Added => ('+', Tone::Good),
        Kind::Removed => ('-', Tone::Bad),
        Kind::Changed => ('~', Tone::Warn),
    };
    let attributes: Vec<_> = one.attributes.iter().map(Attribute::to_string).collect();
    let colon = if attributes.is_empty() { "" } else { ": " };
    let said = format!("{indent}{sign} {}{colon}{}", one.name, attributes.join(", "));
    format!("{}\n", terminal.out(tone, &plain(&said).replace('\n', " ")))
}
