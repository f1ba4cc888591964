//! `metagen context`.

use super::columns;
use crate::cli::terminal::{Terminal, Tone};
use crate::commands::context::{BackupReport, CheckReport, PartReport};

/// How everything is.
pub(crate) fn check_text(terminal: &Terminal, report: &CheckReport) -> String {
    let (tone, verdict) = if report.sound { (Tone::Good, "sound") } else { (Tone::Bad, "damaged") };
    let headline = format!("{}: {verdict}", report.directory);
    let lost = |count: usize| if count == 0 { String::new() } else { format!(", {count} lost") };
    let rows = [
        ("  context.json", part(&report.document)),
        ("  journal", part(&report.journal)),
        ("  generated.pack", format!("{} forms{}", report.forms, lost(report.lost_forms.len()))),
        ("  plans", format!("{}{}", report.plans, lost(report.lost_plans.len()))),
        ("  backups", if report.backups.is_empty() { "none".to_owned() } else { report.backups.join("  ") }),
    ];
    let rows: Vec<_> = rows.into_iter().map(|(name, said)| vec![name.to_owned(), said]).collect();
    let mut text = format!("{}\n\n{}", terminal.out(tone, &headline), columns(&rows));
    if !report.lost_forms.is_empty() {
        text.push_str("\nLost, so that edits of them cannot be merged:\n");
        text.extend(report.lost_forms.iter().map(|path| format!("  {path}\n")));
    }
    if !report.sound {
        let hint = "the next build mends what can be mended, and keeps copies of what was damaged; \
                    `metagen context restore` goes back to a backup";
        text.push_str(&format!("\n{} {hint}\n", terminal.out(Tone::Good, "hint:")));
    }
    text
}

fn part(part: &PartReport) -> String {
    match part {
        PartReport::Missing => "is not there".to_owned(),
        PartReport::Good => "whole".to_owned(),
        PartReport::Torn => "its last line is not whole, as after a kill".to_owned(),
        PartReport::Damaged { why } => format!("damaged: {why}"),
        PartReport::Newer { found } => format!("of a newer metagen (version {found}); it is not touched"),
    }
}

/// What was copied where.
pub(crate) fn backup_text(report: &BackupReport) -> String {
    match &report.restored {
        None => format!("{}: backed up as {}\n", report.directory, report.backup),
        Some(name) => format!("{}: {name} is back; what was there is {}\n", report.directory, report.backup),
    }
}
