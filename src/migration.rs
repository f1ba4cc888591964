//! To be filled.
use crate::model::AppModel;
/// x
pub fn initial(_m: &AppModel) -> Vec<(String, String)> { vec![] }
