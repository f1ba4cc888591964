//! `metagen diff`.

use crate::cli::failure::plain;
use crate::cli::terminal::{Terminal, Tone};
use crate::commands::diff::DiffReport;

/// Files, counts, and unless only those are wanted the changes themselves. Tools that take patches pass over the rest.
pub(crate) fn diff_text(terminal: &Terminal, report: &DiffReport, stat: bool) -> String {
    let mut text = String::new();
    for file in &report.files {
        let (letter, tone) = match file.action.word() {
            "create" => ('A', Tone::Good),
            "update" => ('M', Tone::Good),
            "merge" => ('G', Tone::Good),
            "replace" => ('R', Tone::Warn),
            "remove" => ('D', Tone::Warn),
            "conflict" => ('C', Tone::Bad),
            "ignored" => ('I', Tone::Faint),
            _ => ('-', Tone::Faint),
        };
        let why = if file.why.is_empty() { String::new() } else { format!("  ({})", file.why) };
        text.push_str(&format!("{} {}{why}\n", terminal.out(tone, &letter.to_string()), file.path));
    }
    let count = |word: &str| report.counts.get(word).copied().unwrap_or(0);
    let shown: Vec<String> = [
        ("create", "to create"),
        ("update", "to update"),
        ("merge", "to merge with your changes"),
        ("replace", "to replace"),
        ("remove", "to remove"),
        ("conflict", "in conflict"),
    ]
    .into_iter()
    .filter(|(word, _)| count(word) > 0)
    .map(|(word, what)| format!("{} {what}", count(word)))
    .collect();
    let unchanged = count("unchanged");
    let summary = if shown.is_empty() {
        format!("{}: nothing would change; {unchanged} files are as they should be", report.directory)
    } else {
        format!("{}: {}; {unchanged} unchanged", report.directory, shown.join(", "))
    };
    text.push_str(&format!("{}\n", terminal.out(Tone::Strong, &summary)));
    if !report.would_ask.is_empty() {
        let asked = format!(
            "A build would ask {} ({}) for: {}. What comes of that is not shown.",
            plain(&report.provider),
            plain(&report.model),
            report.would_ask.join(", "),
        );
        text.push_str(&format!("{}\n", terminal.out(Tone::Warn, &asked)));
    }
    for warning in &report.warnings {
        text.push_str(&format!("{} {}\n", terminal.out(Tone::Warn, "warning:"), plain(warning)));
    }
    if !stat {
        for patch in report.files.iter().filter_map(|file| file.patch.as_deref()) {
            text.push('\n');
            text.push_str(&painted(terminal, patch));
        }
    }
    text
}

fn painted(terminal: &Terminal, patch: &str) -> String {
    // Whoever applies it needs every byte, whoever looks at it no control characters.
    if !terminal.is_watched() {
        return patch.to_owned();
    }
    let mut heading = true;
    let line = |line: &str| {
        heading |= line.starts_with("diff --git ");
        heading &= !line.starts_with("@@");
        let tone = match line.chars().next() {
            _ if heading => Tone::Strong,
            Some('@') => Tone::Faint,
            Some('+') => Tone::Good,
            Some('-') => Tone::Bad,
            _ => return format!("{}\n", plain(line)),
        };
        format!("{}\n", terminal.out(tone, &plain(line)))
    };
    patch.lines().map(line).collect()
}
