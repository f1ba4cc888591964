//! `metagen plan`: the plan only.

use super::error::CommandError;
use super::input::Input;
use super::session::Session;
use crate::plan::PlanFile;

/// Plans and writes nothing.
pub async fn plan(_session: &Session, _input: Input) -> Result<PlanFile, CommandError> {
    Err(CommandError::Bug("the pipeline is not wired".to_owned()))
}
