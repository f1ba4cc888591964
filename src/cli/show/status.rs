//! `metagen status`.

use std::time::Duration;

use super::columns;
use super::report::ending;
use crate::cli::failure::plain;
use crate::cli::progress::seconds;
use crate::cli::terminal::{Terminal, Tone};
use crate::commands::status::StatusReport;

/// The last run, task by task.
pub(crate) fn status_text(terminal: &Terminal, report: &StatusReport) -> String {
    let headline = format!("{} in {}: {}", plain(&report.app.name), report.directory, report.status);
    let mut text = format!("{}\n\n", terminal.out(Tone::Strong, &headline));
    let rows: Vec<_> = report
        .tasks
        .iter()
        .map(|task| {
            let usage = task.usage.input_tokens.saturating_add(task.usage.output_tokens);
            vec![
                format!("  {}", task.id),
                ending(&task.end),
                format!("{} attempts", task.attempts),
                seconds(Duration::from_millis(task.elapsed_ms)),
                format!("{usage} tokens"),
            ]
        })
        .collect();
    text.push_str(&columns(&rows));
    let tokens = report.usage.input_tokens.saturating_add(report.usage.output_tokens);
    let cost = report.cost.as_deref().unwrap_or("unknown");
    text.push_str(&format!(
        "\n{} files, {tokens} tokens in {} calls, cost {cost}\n",
        report.artifacts, report.usage.calls
    ));
    text
}
