//! What a build reports, to people and as JSON.

use serde::Serialize;

use super::error::{provider_exit, signal_exit};
use super::exit::Exit;
use super::session::Signal;
use crate::base::ids::{AgentName, OutputPath, TaskId};
use crate::engine::TaskEnd;
use crate::llm::{Cost, LlmErrorKind, Usage};
use crate::plan::PlanSource;

/// Version of [`BuildReport`] as JSON.
pub const REPORT_VERSION: u32 = 1;

/// How a build went.
#[derive(Clone, Debug, Serialize)]
pub struct BuildReport {
    /// [`REPORT_VERSION`].
    pub version: u32,
    /// How it ended.
    pub status: BuildStatus,
    /// The process's exit code.
    pub exit_code: u8,
    /// The app.
    pub app: AppReport,
    /// The app's directory, as the user may type it.
    pub directory: String,
    /// Who answered: `mock`, `gemini` …
    pub provider: String,
    /// Which model.
    pub model: String,
    /// How the plan came about.
    pub plan: PlanReport,
    /// One for each task, in plan order.
    pub tasks: Vec<TaskReport>,
    /// Files that were written or changed.
    pub files_written: usize,
    /// Files that already stood as they should.
    pub files_unchanged: usize,
    /// Files that are no longer generated, were never touched, and went.
    pub files_removed: usize,
    /// Files that a person changed and that no merge could bring together with the new form.
    pub conflicts: Vec<OutputPath>,
    /// Those of them that have both forms in them, between markers; in the others the person's stands.
    pub marked: Vec<OutputPath>,
    /// Those of them where something stands that is no file: a link, a directory, or a file where a directory is needed.
    pub blocked: Vec<OutputPath>,
    /// Files whose person's form gave way to the generated one, as asked for, and is kept beside.
    pub replaced: Vec<OutputPath>,
    /// What was dropped, mended or not understood.
    pub warnings: Vec<String>,
    /// What the model took, planning included.
    pub usage: Usage,
    /// What that cost in US dollars.
    pub cost_usd: Cost,
    /// Answers that an earlier run had paid for.
    pub cached_answers: u64,
    /// What the user can do about a provider that refused, or about conflicts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// From start to end.
    pub elapsed_ms: u64,
    /// Commands to type next.
    pub next: Vec<String>,
    /// What stopped the run.
    #[serde(skip)]
    pub stop: Stop,
}

/// How a build ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BuildStatus {
    /// All tasks succeeded and nothing is in conflict.
    Done,
    /// Some did not, or something is.
    Problems,
    /// It was stopped, and can be resumed.
    Interrupted,
}

/// What stopped a run before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// Nothing.
    #[default]
    Nothing,
    /// A signal.
    Signal(Signal),
    /// The provider.
    Provider(LlmErrorKind),
}

/// What was built.
#[derive(Clone, Debug, Serialize)]
pub struct AppReport {
    /// As people read it.
    pub name: String,
    /// As paths carry it.
    pub slug: String,
}

/// How the plan came about.
#[derive(Clone, Debug, Serialize)]
pub struct PlanReport {
    /// Who made it.
    pub source: PlanSource,
    /// Whether a model's plan was unusable and the static one took its place.
    pub fallback: bool,
    /// How many entities the app has.
    pub entities: usize,
    /// Pieces of the spec that nothing covers.
    pub not_covered: Vec<String>,
    /// What the model took for it.
    pub usage: Usage,
    /// What that cost in US dollars.
    pub cost_usd: Cost,
}

/// How a task went.
#[derive(Clone, Debug, Serialize)]
pub struct TaskReport {
    /// The task.
    pub id: TaskId,
    /// Who ran it.
    pub agent: AgentName,
    /// As people read it.
    pub name: String,
    /// How it ended.
    #[serde(flatten)]
    pub end: TaskEnd,
    /// Attempts made.
    pub attempts: u32,
    /// From the first start to the end, waits included.
    pub elapsed_ms: u64,
    /// What the model took.
    pub usage: Usage,
    /// What that cost in US dollars.
    pub cost_usd: Cost,
}

impl BuildReport {
    /// Works out status and exit code from everything else.
    #[must_use]
    pub fn concluded(mut self) -> Self {
        let sound = self.conflicts.is_empty()
            && self.tasks.iter().all(|task| matches!(task.end, TaskEnd::Succeeded { .. }));
        let (status, exit) = match self.stop {
            Stop::Signal(signal) => (BuildStatus::Interrupted, signal_exit(signal)),
            Stop::Provider(kind) => (BuildStatus::Interrupted, provider_exit(kind)),
            Stop::Nothing if sound => (BuildStatus::Done, Exit::Done),
            Stop::Nothing => (BuildStatus::Problems, Exit::Problems),
        };
        self.status = status;
        self.exit_code = exit.code();
        self
    }
}
