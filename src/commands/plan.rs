//! `metagen plan`: the plan only.

use tokio::sync::mpsc::UnboundedSender;

use super::build::{ask, planned};
use super::error::CommandError;
use super::input::Input;
use super::session::Session;
use crate::engine::{EventSink, RunEvent};
use crate::naming::clip;
use crate::plan::PlanFile;

/// How much of a clause tells which one it is.
const QUOTED: usize = 100;

/// Plans and writes nothing.
pub async fn plan(
    session: &Session,
    input: Input,
    events: UnboundedSender<RunEvent>,
) -> Result<PlanFile, CommandError> {
    let chosen = ask(session, &events)?;
    let planned = planned(session, &chosen, input).await;
    if let Some(message) = chosen.substitution() {
        events.emit(RunEvent::Warning { task: None, message });
    }
    let plan = planned?.1.plan.to_file();
    for message in said(&plan) {
        events.emit(RunEvent::Warning { task: None, message });
    }
    Ok(plan)
}

/// What the plan leaves out or changed, each once: its warnings, and the clauses that nothing answers to and no warning names.
fn said(plan: &PlanFile) -> Vec<String> {
    let mut messages = plan.warnings.clone();
    for item in plan.coverage.iter().filter(|item| item.covered_by.is_empty()) {
        let named = clip(item.text.trim(), QUOTED);
        if !named.is_empty() && !messages.iter().any(|message| message.contains(named)) {
            messages.push(format!("not understood: {named:?}"));
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blueprint::CoverageItem;

    #[test]
    fn each_gap_is_said_once() {
        let gap = |text: &str| CoverageItem { text: text.to_owned(), covered_by: Vec::new() };
        let plan = PlanFile {
            warnings: vec!["payments: not supported, left out (\"Pay with Stripe\")".to_owned()],
            coverage: vec![gap("Pay with Stripe"), gap("It flies"), gap(" ")],
            ..PlanFile::default()
        };
        assert_eq!(said(&plan), [plan.warnings[0].as_str(), "not understood: \"It flies\""]);
    }
}
