//! `metagen doctor`.

use super::columns;
use crate::cli::terminal::{Terminal, Tone};
use crate::commands::doctor::{CheckStatus, DoctorReport};

/// A line a check, and how to mend what is missing.
pub(crate) fn doctor_text(terminal: &Terminal, report: &DoctorReport) -> String {
    let rows: Vec<_> = report
        .checks
        .iter()
        .map(|check| {
            let word = match check.status {
                CheckStatus::Ok => "ok",
                CheckStatus::Optional => "optional",
                CheckStatus::Missing => "missing",
            };
            vec![check.name.to_owned(), word.to_owned(), check.found.clone()]
        })
        .collect();
    let mut text = String::new();
    for (line, check) in columns(&rows).lines().zip(&report.checks) {
        let tone = match check.status {
            CheckStatus::Ok => Tone::Good,
            CheckStatus::Optional => Tone::Faint,
            CheckStatus::Missing => Tone::Bad,
        };
        text.push_str(&terminal.out(tone, line));
        text.push('\n');
        if let Some(mend) = &check.mend {
            text.push_str("    ");
            text.push_str(mend);
            text.push('\n');
        }
    }
    text
}
