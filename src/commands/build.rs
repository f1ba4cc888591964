//! `metagen build`: from an input to an app.

use tokio::sync::mpsc::UnboundedSender;

use super::error::CommandError;
use super::input::Input;
use super::report::BuildReport;
use super::session::Session;
use crate::engine::RunEvent;

/// Plans and builds.
pub async fn build(
    _session: &Session,
    _input: Input,
    _events: UnboundedSender<RunEvent>,
) -> Result<BuildReport, CommandError> {
    Err(CommandError::Bug("the pipeline is not wired".to_owned()))
}
