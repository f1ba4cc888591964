//! The document.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::entry::PlannedTask;
use crate::base::artifact::Origin;
use crate::base::digest::Digest;
use crate::base::ids::{AgentName, OutputPath, TaskId};

/// The version of the document that this program reads and writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContextVersion;

impl ContextVersion {
    /// As a number.
    pub const NUMBER: u32 = 2;
}

impl Serialize for ContextVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(Self::NUMBER)
    }
}

impl<'de> Deserialize<'de> for ContextVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            Self::NUMBER => Ok(Self),
            other => Err(serde::de::Error::custom(format_args!("version {other} is not {}", Self::NUMBER))),
        }
    }
}

/// All that is known about an app.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// Of the document; stands first, so that other versions can be told.
    pub version: ContextVersion,
    /// How many entries have gone into it.
    pub seq: u64,
    /// The last run.
    pub run: Option<Run>,
    /// The plans so far, by their numbers; their bodies are files of their own.
    #[serde(deserialize_with = "numbered")]
    pub plans: BTreeMap<u32, PlanRecord>,
    /// The last generated form of every file that was handed to the person.
    pub files: BTreeMap<OutputPath, FileRecord>,
    /// Conflicts that the person has not dealt with.
    pub conflicts: BTreeMap<OutputPath, ConflictRecord>,
    /// What is being done to the person's files right now, or was when the process ended.
    pub applying: BTreeMap<OutputPath, Intent>,
}

/// Reads a map whose keys are numbers. JSON has them as texts, and serde turns those back into numbers in a document only, not
/// inside of a tagged entry, which is what a snapshot in the journal is.
fn numbered<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<u32, PlanRecord>, D::Error> {
    let number = |text: &str| {
        text.parse().map_err(|_| serde::de::Error::custom(format_args!("`{text}` is not a plan's number")))
    };
    let plans = BTreeMap::<String, PlanRecord>::deserialize(deserializer)?;
    plans.into_iter().map(|(text, plan)| Ok((number(&text)?, plan))).collect()
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// 1 for the first in this directory.
    pub number: u32,
    /// What it was asked to do, by whom.
    pub identity: RunIdentity,
    /// The process.
    pub pid: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it goes on, and for ever where it was killed.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<RunOutcome>,
    /// The number of its plan.
    pub plan: Option<u32>,
    /// Ids of its tasks in plan order.
    pub order: Vec<TaskId>,
    /// What became of them.
    pub tasks: BTreeMap<TaskId, TaskRecord>,
    /// What the user was told on the way.
    pub notes: Vec<Note>,
}

/// What decides the outcome of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunIdentity {
    /// Version of metagen.
    pub metagen: String,
    /// Of the spec's text; `None` where a blueprint was given.
    pub spec: Option<Digest>,
    /// Of the checked blueprint.
    pub blueprint: Option<Digest>,
    /// Of the settings that reach the output.
    pub config: Option<Digest>,
    /// Who answered: `mock`, `gemini` …
    pub provider: String,
    /// Its model.
    pub model: String,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// Every task succeeded and no conflict was kept.
    Done,
    /// A task did not succeed, or a conflict was kept.
    Problems,
    /// The user stopped it.
    Interrupted,
    /// The model's provider refused.
    Provider,
    /// A budget was reached.
    Budget,
    /// The disk or the state failed.
    State,
}

/// Something that the user was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The task it concerns.
    pub task: Option<TaskId>,
    /// What and why.
    pub message: String,
}

/// What became of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskRecord {
    /// As people read it.
    pub name: String,
    /// Who runs it.
    pub agent: AgentName,
    /// Of everything that its result depends on: equal fingerprints, equal artifacts.
    pub fingerprint: Digest,
    /// Where it stands.
    pub state: TaskState,
    /// Whether an earlier run had done it.
    pub reused: bool,
    /// Every attempt that began, in order.
    pub attempts: Vec<AttemptRecord>,
    /// When the first attempt began.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// From the one to the other, in milliseconds.
    pub elapsed_ms: Option<u64>,
    /// What the model took, over all attempts.
    pub usage: Tokens,
    /// What it made.
    pub artifacts: Vec<KeptArtifact>,
    /// What was dropped or mended.
    pub notes: Vec<String>,
}

/// Where a task stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case", deny_unknown_fields)]
pub enum TaskState {
    /// It has not begun.
    Pending,
    /// An attempt began.
    Running,
    /// Its artifacts stand.
    Succeeded,
    /// All attempts failed.
    Failed {
        /// Why the last one did.
        error: String,
        /// Whether the last one ran out of time.
        timed_out: bool,
    },
    /// A task it depends on did not succeed.
    Blocked {
        /// That task.
        by: TaskId,
    },
    /// The run was stopped before it ended.
    Cancelled,
}

/// One attempt at a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptRecord {
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds; `None` where it never came to an end.
    pub elapsed_ms: Option<u64>,
    /// Why it failed; `None` where it did not.
    pub error: Option<String>,
    /// Whether it ran out of time.
    pub timed_out: bool,
}

/// Tokens of calls to a model, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Sent.
    pub input_tokens: u64,
    /// Of those sent, how many the provider had cached.
    pub cached_tokens: u64,
    /// Got back, thinking included.
    pub output_tokens: u64,
    /// Calls to the provider, retries included.
    pub calls: u64,
}

/// A file that a task made; its bytes are in the pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptArtifact {
    /// Where it belongs.
    pub path: OutputPath,
    /// Of its bytes.
    pub sha256: Digest,
    /// How many.
    pub bytes: u64,
    /// Who wrote it.
    pub origin: Origin,
}

/// A plan that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRecord {
    /// When.
    pub at: Timestamp,
    /// Of its file.
    pub sha256: Digest,
}

/// The last generated form of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// Of its bytes, which are in the pack.
    pub sha256: Digest,
    /// Whether it is no longer generated, and stands because the person has edited it. Where it is generated again, those edits
    /// are still edits of this form.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub let_go: bool,
}

impl FileRecord {
    /// Of a file that is generated.
    pub fn of(sha256: Digest) -> Self {
        Self { sha256, let_go: false }
    }
}

/// A conflict that waits for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictRecord {
    /// The generated form that could not be merged.
    pub incoming: Digest,
    /// The person's file as the conflict left it; `None` where it was not a plain file. Once it differs, the person has dealt
    /// with it.
    pub left: Option<Digest>,
    /// Whether that has markers in it.
    pub marked: bool,
}

/// What is to be done to one of the person's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// The generated form that it was merged over; `None` for none.
    pub base: Option<Digest>,
    /// What stands there before; `None` for nothing.
    pub before: Option<Digest>,
    /// What stands there after; `None` for nothing.
    pub after: Option<Digest>,
    /// The generated form that this makes the last one; `None` where the file is no longer generated.
    pub generated: Option<Digest>,
    /// The generated form that could not be merged, where this is what a conflict leaves.
    pub conflict: Option<Digest>,
}

impl Run {
    /// Whether it is over, and was asked to do just these tasks by the same one.
    pub(super) fn is_like(&self, identity: &RunIdentity, plan: Option<u32>, tasks: &[PlannedTask]) -> bool {
        let same = |(id, task): (&TaskId, &PlannedTask)| {
            let known = self.tasks.get(id);
            *id == task.id && known.is_some_and(|known| known.name == task.name && known.agent == task.agent)
        };
        self.ended_at.is_some()
            && self.identity == *identity
            && self.plan == plan
            && self.order.len() == tasks.len()
            && self.order.iter().zip(tasks).all(same)
    }
}

impl Context {
    /// The digests of all contents that a later run may ask for.
    pub fn live(&self) -> BTreeSet<Digest> {
        let files = self.files.values().map(|file| file.sha256);
        let conflicts = self.conflicts.values().map(|conflict| conflict.incoming);
        let intents = self.applying.values().filter_map(|intent| intent.generated);
        let tasks = self.run.iter().flat_map(|run| run.tasks.values());
        let artifacts = tasks.flat_map(|task| task.artifacts.iter().map(|artifact| artifact.sha256));
        files.chain(conflicts).chain(intents).chain(artifacts).collect()
    }

    /// The record of a finished task whose result is the same as a task with this fingerprint would have.
    pub fn finished(&self, task: &TaskId, fingerprint: Digest) -> Option<&TaskRecord> {
        let record = self.run.as_ref()?.tasks.get(task)?;
        (record.state == TaskState::Succeeded && record.fingerprint == fingerprint).then_some(record)
    }

    /// What the model took in the last run.
    pub fn usage(&self) -> Tokens {
        let mut sum = Tokens::default();
        for task in self.run.iter().flat_map(|run| run.tasks.values()).filter(|task| !task.reused) {
            sum.input_tokens = sum.input_tokens.saturating_add(task.usage.input_tokens);
            sum.cached_tokens = sum.cached_tokens.saturating_add(task.usage.cached_tokens);
            sum.output_tokens = sum.output_tokens.saturating_add(task.usage.output_tokens);
            sum.calls = sum.calls.saturating_add(task.usage.calls);
        }
        sum
    }
}
