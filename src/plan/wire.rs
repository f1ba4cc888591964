//! The plan document as it travels in JSON.

use serde::{Deserialize, Serialize};

use crate::blueprint::{BlueprintFile, CoverageItem};

/// Version of the document that this program writes.
pub const PLAN_VERSION: u32 = 1;

/// A plan as somebody wrote it: nothing in it has been checked but its shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// [`PLAN_VERSION`].
    #[serde(default)]
    pub version: u32,
    /// Who made it.
    #[serde(default)]
    pub source: PlanSource,
    /// Why it is as it is.
    #[serde(default)]
    pub reasoning: String,
    /// What to build.
    pub blueprint: BlueprintFile,
    /// What became of each piece of the spec.
    #[serde(default)]
    pub coverage: Vec<CoverageItem>,
    /// Who builds it, in what order.
    #[serde(default)]
    pub tasks: Vec<TaskFile>,
    /// What was mended on the way.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// Who made a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanSource {
    /// The offline planner.
    Mock,
    /// The Gemini API.
    Gemini,
    /// An OpenAI-compatible endpoint.
    Openai,
    /// Recorded traffic.
    Replay,
    /// The static plan, where a model's plan was unusable or a blueprint was given.
    #[default]
    Static,
}

/// One step of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskFile {
    /// See [`TaskId`](crate::base::ids::TaskId).
    pub id: String,
    /// As people read it.
    #[serde(default)]
    pub name: String,
    /// Who runs it.
    pub agent: String,
    /// What is to be done.
    #[serde(default)]
    pub description: String,
    /// Ids of the tasks that must have ended well before it starts.
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// Bound of one attempt; the configured one where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_secs: Option<u64>,
    /// Attempts after the first; the configured number where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u32>,
    /// First wait between attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_backoff_ms: Option<u64>,
    /// Longest wait between attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_backoff_ms: Option<u64>,
}
