//! `metagen resume`: goes on with a run that stopped.

use std::path::Path;

use tokio::sync::mpsc::UnboundedSender;

use super::error::CommandError;
use super::report::BuildReport;
use super::session::Session;
use crate::engine::RunEvent;

/// Goes on with the last run in a directory.
pub async fn resume(
    _session: &Session,
    dir: &Path,
    _events: UnboundedSender<RunEvent>,
) -> Result<BuildReport, CommandError> {
    Err(CommandError::NotAnApp { dir: dir.to_path_buf() })
}
