//! `metagen status`.

use std::time::Duration;

use super::columns;
use crate::cli::count::counted;
use crate::cli::failure::plain;
use crate::cli::progress::seconds;
use crate::cli::terminal::{Terminal, Tone};
use crate::commands::resume_command;
use crate::commands::status::StatusReport;
use crate::context::{RunOutcome, TaskState};

/// The last run, task by task.
pub(crate) fn status_text(terminal: &Terminal, report: &StatusReport) -> String {
    let verdict = match report.outcome {
        _ if report.running => "running",
        Some(RunOutcome::Done) => "done",
        Some(RunOutcome::Problems) => "finished with problems",
        Some(RunOutcome::Interrupted) => "interrupted",
        Some(RunOutcome::Provider) => "stopped by the model's provider",
        Some(RunOutcome::Budget) => "stopped by a budget",
        Some(RunOutcome::State) => "stopped by a fault of the disk",
        None => "killed",
    };
    let who = report.writer.map(|writer| format!(" (process {} since {:.0})", writer.pid, writer.since));
    let headline = format!("{}: {verdict}{}", report.directory, who.unwrap_or_default());
    let mut text = format!("{}\n\n", terminal.out(Tone::Strong, &headline));
    let rows: Vec<_> = report
        .tasks
        .iter()
        .map(|task| {
            let time = task.elapsed_ms.map(|millis| seconds(Duration::from_millis(millis)));
            vec![
                format!("  {}", task.id),
                state(&task.state, task.reused),
                counted(task.artifacts, "file"),
                counted(task.attempts, "attempt"),
                time.unwrap_or_default(),
                counted(task.usage.input_tokens.saturating_add(task.usage.output_tokens), "token"),
            ]
        })
        .collect();
    if !report.planned {
        text.push_str(if report.running {
            "  the model is being asked for a plan\n"
        } else {
            "  there is no plan yet; `metagen resume` goes on with planning\n"
        });
    }
    text.push_str(&columns(&rows));
    let usage = &report.usage;
    text.push_str(&format!(
        "\n{}, {} in conflict; {} in {} of {} ({}), {}\n",
        counted(report.files, "file"),
        report.conflicts,
        counted(usage.input_tokens.saturating_add(usage.output_tokens), "token"),
        counted(usage.calls, "call"),
        plain(&report.provider),
        plain(&report.model),
        report.cost_usd,
    ));
    for path in &report.conflicting {
        text.push_str(&format!("{} {path}\n", terminal.out(Tone::Bad, "  in conflict")));
    }
    // A run with problems is built again once they are mended.
    let stopped = !matches!(report.outcome, Some(RunOutcome::Done | RunOutcome::Problems));
    if stopped && !report.running {
        text.push_str(&format!(
            "\n{}\n  {}\n",
            terminal.out(Tone::Strong, "Next:"),
            plain(&resume_command(&report.directory))
        ));
    }
    text
}

fn state(state: &TaskState, reused: bool) -> String {
    match state {
        TaskState::Pending => "pending".to_owned(),
        TaskState::Running => "running".to_owned(),
        TaskState::Succeeded if reused => "done by an earlier run".to_owned(),
        TaskState::Succeeded => "done".to_owned(),
        TaskState::Failed { error, timed_out: false } => format!("failed: {}", plain(error)),
        TaskState::Failed { timed_out: true, .. } => "timed out".to_owned(),
        TaskState::Blocked { by } => format!("blocked by {by}"),
        TaskState::Cancelled => "cancelled".to_owned(),
    }
}
