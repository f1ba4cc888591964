//! `metagen verify`.

use std::time::Duration;

use crate::cli::failure::plain;
use crate::cli::progress::seconds;
use crate::cli::terminal::{Terminal, Tone};
use crate::commands::verify::{StepReport, StepStatus, VerifyReport};

/// A finished step, for standard error.
pub(crate) fn step_line(terminal: &Terminal, step: &StepReport) -> String {
    let mark = word(step, |tone, text| terminal.err(tone, text));
    line(step, &mark)
}

/// All steps with what failed ones said, and the verdict.
pub(crate) fn verify_text(terminal: &Terminal, report: &VerifyReport) -> String {
    let mut text = String::new();
    for step in &report.steps {
        text.push_str(&line(step, &word(step, |tone, text| terminal.out(tone, text))));
        text.push('\n');
        for said in &step.tail {
            text.push_str(&format!("    {}\n", terminal.out(Tone::Faint, &plain(said))));
        }
    }
    let count = |status| report.steps.iter().filter(|step| step.status == status).count();
    text.push_str(&format!(
        "{} passed, {} failed, {} left out; logs in {}\n",
        count(StepStatus::Passed),
        count(StepStatus::Failed),
        count(StepStatus::Skipped),
        report.logs,
    ));
    text
}

fn word(step: &StepReport, paint: impl Fn(Tone, &str) -> String) -> String {
    let (tone, word) = match step.status {
        StepStatus::Passed => (Tone::Good, "passed"),
        StepStatus::Failed => (Tone::Bad, "failed"),
        StepStatus::Skipped => (Tone::Faint, "left out"),
    };
    paint(tone, &format!("{word:>9}"))
}

fn line(step: &StepReport, mark: &str) -> String {
    let detail = step.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
    let time = match step.status {
        StepStatus::Skipped => String::new(),
        _ => format!(" in {}", seconds(Duration::from_millis(step.elapsed_ms))),
    };
    format!("{mark}  {}{time}{detail}", step.name)
}
