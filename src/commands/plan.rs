//! `metagen plan`: the plan only.

use tokio::sync::mpsc::UnboundedSender;

use super::build::{ask, planned, substitution};
use super::error::CommandError;
use super::input::Input;
use super::session::Session;
use crate::engine::{EventSink, RunEvent};
use crate::plan::PlanFile;

/// Plans and writes nothing.
pub async fn plan(
    session: &Session,
    input: Input,
    events: UnboundedSender<RunEvent>,
) -> Result<PlanFile, CommandError> {
    let chosen = ask(session, &events)?;
    let planned = planned(session, &chosen, input).await;
    if let Some(message) = substitution(&chosen) {
        events.emit(RunEvent::Warning { task: None, message });
    }
    Ok(planned?.1.plan.to_file())
}
