//! A plan as the context keeps it.

use serde::{Deserialize, Serialize};

use crate::llm::Usage;
use crate::plan::PlanFile;

/// Everything that is needed to build again without planning again.
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
    /// The plan, normalised.
    pub plan: PlanFile,
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
