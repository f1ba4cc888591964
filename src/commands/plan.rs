//! `metagen plan`: the plan only.

use tokio::sync::mpsc::UnboundedSender;

use super::build::{ask, planned};
use super::error::CommandError;
use super::input::Input;
use super::session::Session;
use crate::engine::RunEvent;
use crate::plan::PlanFile;

/// Plans and writes nothing.
pub async fn plan(
    session: &Session,
    input: Input,
    events: UnboundedSender<RunEvent>,
) -> Result<PlanFile, CommandError> {
    let chosen = ask(session, &events)?;
    Ok(planned(session, &chosen, input).await?.1.plan.to_file())
}
