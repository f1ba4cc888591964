//! What the context keeps of the way to a plan.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::llm::Usage;
use crate::plan::PlanFile;

/// Everything that is needed to go on: the plan, or what it is to be made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredPlan {
    /// The text it was made from; `None` where a document was given.
    pub spec: Option<String>,
    /// Whether the static plan stood in for the model's.
    pub fallback: bool,
    /// What the model took for it.
    #[serde(default)]
    pub usage: Usage,
    /// How the run was told to ask, by option: what holds for whoever resumes it too.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// The plan, normalised; `None` where the model's provider, a budget or the user stopped planning.
    pub plan: Option<PlanFile>,
}

impl StoredPlan {
    /// The form in which it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a plan is JSON");
        bytes.push(b'\n');
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
