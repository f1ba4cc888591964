//! How a build went.

use std::time::Duration;

use super::columns;
use crate::cli::count::counted;
use crate::cli::failure::plain;
use crate::cli::progress::seconds;
use crate::cli::terminal::{Terminal, Tone};
use crate::commands::plan::unnamed;
use crate::commands::{BuildReport, BuildStatus};
use crate::context::{CONFLICTS, FOLDER};
use crate::engine::TaskEnd;

/// The summary of a build, with the commands to type next.
pub(crate) fn report_text(terminal: &Terminal, report: &BuildReport) -> String {
    let (tone, verdict) = match report.status {
        BuildStatus::Done => (Tone::Good, "is built"),
        BuildStatus::Problems => (Tone::Bad, "is built with problems"),
        BuildStatus::Interrupted => (Tone::Warn, "is not finished"),
    };
    let time = seconds(Duration::from_millis(report.elapsed_ms));
    let headline = format!("{} {verdict} in {} ({time})", plain(&report.app.name), report.directory);
    let mut text = format!("{}\n\n", terminal.out(tone, &headline));
    let rows: Vec<Vec<String>> = report
        .tasks
        .iter()
        .map(|task| {
            vec![
                format!("  {}", plain(&task.name)),
                ending(&task.end),
                seconds(Duration::from_millis(task.elapsed_ms)),
                if task.attempts > 1 { counted(task.attempts, "attempt") } else { String::new() },
                if task.usage.calls > 0 { task.cost_usd.to_string() } else { String::new() },
            ]
        })
        .collect();
    // Why a task failed is as long as it is, and would push the columns apart.
    for (row, task) in columns(&rows).lines().zip(&report.tasks) {
        text.push_str(&format!("{row}\n"));
        if let TaskEnd::Failed { error, timed_out: false } = &task.end {
            text.push_str(&format!("    {}\n", terminal.out(Tone::Bad, &plain(error))));
        }
    }
    text.push_str(&format!(
        "\n{}, {} written, {} unchanged{}; plan by {}",
        counted(report.plan.entities, "entity"),
        counted(report.files_written, "file"),
        report.files_unchanged,
        if report.files_removed > 0 { format!(", {} removed", report.files_removed) } else { String::new() },
        report.provider,
    ));
    if report.usage.calls > 0 {
        text.push_str(&format!(
            ", {} in {} of {}, {}",
            counted(report.usage.input_tokens.saturating_add(report.usage.output_tokens), "token"),
            counted(report.usage.calls, "call"),
            plain(&report.model),
            report.cost_usd,
        ));
    }
    if report.cached_answers > 0 {
        text.push_str(&format!(", {} kept from before", counted(report.cached_answers, "answer")));
    }
    text.push('\n');
    let open = report.plan.not_covered.iter().map(String::as_str);
    let open: Vec<String> = unnamed(open, &report.warnings).map(str::to_owned).collect();
    list(&mut text, &terminal.out(Tone::Warn, "Not understood, and so not built:"), &open);
    let kept: Vec<_> = report
        .conflicts
        .iter()
        .filter(|path| !report.marked.contains(path) && !report.blocked.contains(path))
        .collect();
    let both = "In conflict; both versions are in the file, between markers:";
    list(&mut text, &terminal.out(Tone::Bad, "In conflict; your version was kept:"), &names(&kept));
    list(&mut text, &terminal.out(Tone::Bad, both), &names(&report.marked));
    let blocked = "In conflict; a link, a directory or a file stands in the way:";
    list(&mut text, &terminal.out(Tone::Bad, blocked), &names(&report.blocked));
    let replaced = format!(
        "Replaced by the generated version; yours is in {}/{FOLDER}/{CONFLICTS} as <file>.yours:",
        plain(&report.directory)
    );
    list(&mut text, &terminal.out(Tone::Warn, &replaced), &names(&report.replaced));
    list(&mut text, &terminal.out(Tone::Warn, "Warnings:"), &report.warnings);
    list(&mut text, &terminal.out(Tone::Good, "Hint:"), report.hint.as_slice());
    list(&mut text, &terminal.out(Tone::Strong, "Next:"), &report.next);
    text
}

fn names(paths: &[impl ToString]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}

fn list(text: &mut String, heading: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    text.push_str(&format!("\n{heading}\n"));
    for item in items {
        text.push_str(&format!("  {}\n", plain(item)));
    }
}

/// How a task ended, in a few words.
fn ending(end: &TaskEnd) -> String {
    match end {
        TaskEnd::Succeeded { artifacts, reused: false } => format!("done, {}", counted(*artifacts, "file")),
        TaskEnd::Succeeded { .. } => "done by an earlier run".to_owned(),
        TaskEnd::Failed { timed_out: false, .. } => "failed".to_owned(),
        TaskEnd::Failed { timed_out: true, .. } => "timed out".to_owned(),
        TaskEnd::Blocked { by } => format!("blocked by {by}"),
        TaskEnd::Cancelled => "cancelled".to_owned(),
    }
}
