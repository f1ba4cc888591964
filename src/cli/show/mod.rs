//! Results as people read them. Every function gives text for standard output.

mod agents;
mod cache;
mod config;
mod context;
mod diff;
mod doctor;
mod estimate;
mod plan;
mod plans;
mod report;
mod status;
mod verify;

pub(crate) use agents::agents_text;
pub(crate) use cache::cache_text;
pub(crate) use config::{config_json, config_text};
pub(crate) use context::{backup_text, check_text};
pub(crate) use diff::diff_text;
pub(crate) use doctor::doctor_text;
pub(crate) use estimate::estimate_text;
pub(crate) use plan::{plan_mermaid, plan_text};
pub(crate) use plans::{comparison_text, history_text};
pub(crate) use report::report_text;
pub(crate) use status::status_text;
pub(crate) use verify::{step_line, verify_text};

/// Rows as columns, each as wide as its widest cell.
fn columns(rows: &[Vec<String>]) -> String {
    use unicode_width::UnicodeWidthStr;
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<_> = (0..count).map(|column| width(column).unwrap_or_default()).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
