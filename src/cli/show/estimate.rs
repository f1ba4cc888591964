//! `metagen plan --estimate`.

use super::columns;
use crate::commands::estimate::EstimateReport;

/// What a build would ask for, request by request.
pub(crate) fn estimate_text(report: &EstimateReport) -> String {
    if report.requests.is_empty() {
        return format!(
            "{} ({}) answers without a network and costs nothing.\n",
            report.provider, report.model
        );
    }
    let mut rows = vec![["Request", "Calls", "Input tokens", "Output tokens"].map(str::to_owned).to_vec()];
    rows.extend(report.requests.iter().map(|request| {
        vec![
            request.name.clone(),
            range(request.calls_min, request.calls_max),
            range(request.input_tokens_min, request.input_tokens_max),
            range(request.output_tokens_min, request.output_tokens_max),
        ]
    }));
    let total = &report.total;
    rows.push(vec![
        total.name.clone(),
        range(total.calls_min, total.calls_max),
        range(total.input_tokens_min, total.input_tokens_max),
        range(total.output_tokens_min, total.output_tokens_max),
    ]);
    let cost = match (report.cost_usd_min.0, report.cost_usd_max.0) {
        (Some(least), Some(most)) => format!("${least} to ${most} at the prices of {}", report.prices_as_of),
        _ => "unknown, because the price of this model is not known".to_owned(),
    };
    format!(
        "{}\nModel: {} ({})\nCost: {cost}\nNothing was sent. Answers that are already kept cost nothing again; calls that fail or are cut off may add to it.\n",
        columns(&rows),
        report.model,
        report.provider,
    )
}

fn range(least: u64, most: u64) -> String {
    if least == most { least.to_string() } else { format!("{least} to {most}") }
}
