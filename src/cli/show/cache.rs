//! `metagen cache`.

use crate::cli::count::counted;
use crate::commands::cache::CacheReport;

/// One line on what is kept, or what went.
pub(crate) fn cache_text(report: &CacheReport) -> String {
    let CacheReport { directory, summary, .. } = report;
    let amount = format!("{}, {}", counted(summary.answers, "answer"), counted(summary.bytes, "byte"));
    if report.cleared {
        format!("cleared {directory}: {amount}\n")
    } else {
        format!("{directory}: {amount}\n")
    }
}
