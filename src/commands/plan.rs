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

/// Whether what the plan changed or leaves out is told beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    /// Whoever reads the plan sees it there.
    Nothing,
    /// The plan goes to a program or a drawing, and people should hear of it all the same.
    Gaps,
}

/// Plans and writes nothing.
pub async fn plan(
    session: &Session,
    input: Input,
    tell: Tell,
    events: UnboundedSender<RunEvent>,
) -> Result<PlanFile, CommandError> {
    let chosen = ask(session, &events)?;
    let planned = planned(session, &chosen, input).await;
    if let Some(message) = chosen.substitution() {
        events.emit(RunEvent::Warning { task: None, message });
    }
    let plan = planned?.1.plan.to_file();
    if tell == Tell::Gaps {
        let gaps = unexplained(&plan).map(|named| format!("not understood: {named:?}"));
        for message in plan.warnings.iter().cloned().chain(gaps) {
            events.emit(RunEvent::Warning { task: None, message });
        }
    }
    Ok(plan)
}

/// The clauses that nothing in the plan answers to and that none of its warnings names.
pub fn unexplained(plan: &PlanFile) -> impl Iterator<Item = &str> {
    let open = plan.coverage.iter().filter(|item| item.covered_by.is_empty());
    unnamed(open.map(|item| item.text.as_str()), &plan.warnings)
}

/// Those of some clauses that no warning names, each as far as it takes to tell which it is.
pub fn unnamed<'a>(
    clauses: impl Iterator<Item = &'a str>,
    warnings: &[String],
) -> impl Iterator<Item = &'a str> {
    let named = clauses.map(|text| clip(text.trim(), QUOTED));
    named.filter(|named| !named.is_empty() && !warnings.iter().any(|warning| warning.contains(named)))
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
        assert_eq!(unexplained(&plan).collect::<Vec<_>>(), ["It flies"]);
    }
}
