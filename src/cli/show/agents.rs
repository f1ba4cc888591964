//! `metagen agents`.

use super::columns;
use crate::cli::failure::plain;
use crate::cli::terminal::{Terminal, Tone};
use crate::commands::agents::AgentsReport;

/// A block an agent.
pub(crate) fn agents_text(terminal: &Terminal, report: &AgentsReport) -> String {
    let rows: Vec<_> = report
        .agents
        .iter()
        .map(|agent| {
            let after = match agent.depends_on.as_slice() {
                [] => String::new(),
                needed => format!("after {}", needed.join(", ")),
            };
            vec![agent.name.clone(), plain(&agent.title), after]
        })
        .collect();
    let mut text = String::new();
    for (line, agent) in columns(&rows).lines().zip(&report.agents) {
        text.push_str(&format!("{}\n    {}\n", terminal.out(Tone::Strong, line), plain(&agent.description)));
    }
    text
}
