//! What can happen to a context, and what it then is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::document::{
    AttemptRecord, ConflictRecord, Context, FileRecord, Intent, KeptArtifact, Note, PlanRecord, Run,
    RunIdentity, RunOutcome, TaskRecord, TaskState, Tokens,
};
use crate::base::digest::Digest;
use crate::base::fs::SYNCS_ALL;
use crate::base::ids::{AgentName, OutputPath, TaskId};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// All that happened before; the first line of a compacted journal.
    Snapshot {
        /// As a state.
        context: Box<Context>,
    },
    /// A plan was made; its file stands.
    PlanAdded {
        /// Its number: one more than the last.
        number: u32,
        /// What is kept about it.
        plan: PlanRecord,
    },
    /// A run began.
    RunStarted {
        /// When.
        at: Timestamp,
        /// The process.
        pid: u32,
        /// What decides its outcome.
        identity: RunIdentity,
        /// The number of its plan.
        plan: Option<u32>,
        /// Its tasks in plan order.
        tasks: Vec<PlannedTask>,
        /// Those of them that the last run finished with the same fingerprint, and whose artifacts are intact.
        kept: Vec<TaskId>,
    },
    /// An attempt is about to begin.
    AttemptStarted {
        /// The task.
        task: TaskId,
        /// When.
        at: Timestamp,
    },
    /// What an attempt made is in the pack.
    ArtifactsKept {
        /// The task.
        task: TaskId,
        /// All of it.
        artifacts: Vec<KeptArtifact>,
    },
    /// A task is over.
    TaskEnded {
        /// The task.
        task: TaskId,
        /// When.
        at: Timestamp,
        /// How.
        state: TaskState,
        /// Every attempt, in order.
        attempts: Vec<AttemptRecord>,
        /// From the first start to the end, in milliseconds.
        elapsed_ms: u64,
        /// What the model took.
        usage: Tokens,
        /// What was dropped or mended.
        notes: Vec<String>,
    },
    /// The user was told something.
    Noted {
        /// What.
        note: Note,
    },
    /// The person's files are about to be changed.
    ApplyStarted {
        /// How.
        files: BTreeMap<OutputPath, Intent>,
    },
    /// They have been.
    ApplyFinished {
        /// Generated forms that are now the last ones.
        files: BTreeMap<OutputPath, FileRecord>,
        /// Files that are no longer generated.
        forgotten: Vec<OutputPath>,
        /// All conflicts that wait for the person now.
        conflicts: BTreeMap<OutputPath, ConflictRecord>,
    },
    /// The run ended.
    RunEnded {
        /// When.
        at: Timestamp,
        /// How.
        outcome: RunOutcome,
    },
}

/// A task as a run begins with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedTask {
    /// Its id.
    pub id: TaskId,
    /// As people read it.
    pub name: String,
    /// Who runs it.
    pub agent: AgentName,
    /// Of everything that its result depends on.
    pub fingerprint: Digest,
}

/// What can happen to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition<'a> {
    /// An attempt begins.
    Start,
    /// Artifacts are kept.
    Keep,
    /// It ends like this.
    End(&'a TaskState),
}

/// An entry that cannot follow what happened before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot follow what is recorded")]
pub struct IllegalEntry {
    what: String,
}

/// The state of a task after a transition; `None` where it is not legal.
pub fn next_state(state: &TaskState, reused: bool, transition: Transition<'_>) -> Option<TaskState> {
    use TaskState::{Blocked, Cancelled, Failed, Pending, Running, Succeeded};
    match (state, transition) {
        (Pending | Running, Transition::Start) | (Running, Transition::Keep) => Some(Running),
        (Pending, Transition::End(end @ (Failed { .. } | Blocked { .. } | Cancelled)))
        | (Running, Transition::End(end @ (Succeeded | Failed { .. } | Cancelled))) => Some(end.clone()),
        // The scheduler passes over a task that an earlier run finished, and says so.
        (Succeeded, Transition::End(Succeeded)) if reused => Some(Succeeded),
        _ => None,
    }
}

impl Entry {
    /// Whether it has to be on the disk before the run goes on: what was paid for must not be paid for again.
    ///
    /// The others are there after the next sync. A power cut that takes one of them loses no more than a moment of computing:
    /// what was applied is recognised by its intent, which whoever applies forces to the disk together with the files, where
    /// the system can; and the end of a run goes into the document at once.
    pub(super) fn is_hard(&self) -> bool {
        match self {
            Self::TaskEnded { usage, .. } => usage.calls > 0,
            Self::ApplyStarted { .. } => !SYNCS_ALL,
            _ => false,
        }
    }
}

impl Context {
    /// Takes in one entry, or says that it cannot be.
    pub fn apply(&mut self, entry: Entry) -> Result<(), IllegalEntry> {
        let seq = self.seq + 1;
        match entry {
            Entry::Snapshot { context } => {
                *self = *context;
                return Ok(());
            }
            Entry::PlanAdded { number, plan } => {
                let next = self.plans.last_key_value().map_or(1, |(last, _)| last + 1);
                if number != next {
                    return Err(illegal(format_args!("plan {number}")));
                }
                self.plans.insert(number, plan);
            }
            Entry::RunStarted { at, pid, identity, plan, tasks, kept } => {
                self.start(at, pid, identity, plan, tasks, &kept)?;
            }
            Entry::AttemptStarted { task, at } => {
                let record = self.advance(&task, Transition::Start)?;
                record.started_at.get_or_insert(at);
                let attempt =
                    AttemptRecord { started_at: at, elapsed_ms: None, error: None, timed_out: false };
                record.attempts.push(attempt);
            }
            Entry::ArtifactsKept { task, artifacts } => {
                self.advance(&task, Transition::Keep)?.artifacts = artifacts;
            }
            Entry::TaskEnded { task, at, state, attempts, elapsed_ms, usage, notes } => {
                let record = self.advance(&task, Transition::End(&state))?;
                if !record.reused {
                    record.ended_at = Some(at);
                    record.elapsed_ms = Some(elapsed_ms);
                    record.usage = usage;
                    record.notes = notes;
                    if !attempts.is_empty() {
                        record.attempts = attempts;
                    }
                    if state != TaskState::Succeeded {
                        record.artifacts.clear();
                    }
                }
            }
            Entry::Noted { note } => self.running("a note")?.notes.push(note),
            Entry::ApplyStarted { files } => {
                self.running("a change of files")?;
                self.applying = files;
            }
            Entry::ApplyFinished { files, forgotten, conflicts } => {
                self.running("a change of files")?;
                self.files.extend(files);
                for path in forgotten {
                    self.files.remove(&path);
                }
                self.conflicts = conflicts;
                self.applying.clear();
            }
            Entry::RunEnded { at, outcome } => {
                let run = self.running("the end of a run")?;
                run.ended_at = Some(at);
                run.outcome = Some(outcome);
            }
        }
        self.seq = seq;
        Ok(())
    }

    fn start(
        &mut self,
        at: Timestamp,
        pid: u32,
        identity: RunIdentity,
        plan: Option<u32>,
        planned: Vec<PlannedTask>,
        kept: &[TaskId],
    ) -> Result<(), IllegalEntry> {
        if plan.is_some_and(|number| !self.plans.contains_key(&number)) {
            return Err(illegal(format_args!("a run of an unknown plan")));
        }
        let mut tasks = BTreeMap::new();
        let order: Vec<_> = planned.iter().map(|task| task.id.clone()).collect();
        for task in planned {
            let record = if kept.contains(&task.id) {
                let done = self.finished(&task.id, task.fingerprint);
                let done = done.ok_or_else(|| illegal(format_args!("keeping task {}", task.id)))?;
                TaskRecord { name: task.name, agent: task.agent, reused: true, ..done.clone() }
            } else {
                TaskRecord {
                    name: task.name,
                    agent: task.agent,
                    fingerprint: task.fingerprint,
                    state: TaskState::Pending,
                    reused: false,
                    attempts: Vec::new(),
                    started_at: None,
                    ended_at: None,
                    elapsed_ms: None,
                    usage: Tokens::default(),
                    artifacts: Vec::new(),
                    notes: Vec::new(),
                }
            };
            tasks.insert(task.id, record);
        }
        let number = self.run.as_ref().map_or(1, |run| run.number.saturating_add(1));
        self.run = Some(Run {
            number,
            identity,
            pid,
            started_at: at,
            ended_at: None,
            outcome: None,
            plan,
            order,
            tasks,
            notes: Vec::new(),
        });
        Ok(())
    }

    fn running(&mut self, what: &str) -> Result<&mut Run, IllegalEntry> {
        let run = self.run.as_mut().filter(|run| run.ended_at.is_none());
        run.ok_or_else(|| illegal(format_args!("{what} outside a run")))
    }

    fn advance(
        &mut self,
        task: &TaskId,
        transition: Transition<'_>,
    ) -> Result<&mut TaskRecord, IllegalEntry> {
        let run = self.running("a task")?;
        let record = run.tasks.get_mut(task).ok_or_else(|| illegal(format_args!("unknown task {task}")))?;
        record.state = next_state(&record.state, record.reused, transition).ok_or_else(|| {
            illegal(format_args!("{transition:?} of task {task}, which is {:?},", record.state))
        })?;
        Ok(record)
    }
}

fn illegal(what: std::fmt::Arguments<'_>) -> IllegalEntry {
    IllegalEntry { what: what.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_move_forward_only() {
        let failed = TaskState::Failed { error: "no".into(), timed_out: false };
        let blocked = TaskState::Blocked { by: TaskId::new("a").unwrap() };
        let (pending, running, done, off) =
            (TaskState::Pending, TaskState::Running, TaskState::Succeeded, TaskState::Cancelled);
        let end = Transition::End;
        let legal = [
            (&pending, Transition::Start),
            (&pending, end(&failed)),
            (&pending, end(&blocked)),
            (&pending, end(&off)),
            (&running, Transition::Start),
            (&running, Transition::Keep),
            (&running, end(&done)),
            (&running, end(&failed)),
            (&running, end(&off)),
        ];
        let states = [&pending, &running, &done, &failed, &blocked, &off];
        for state in states {
            let transitions = [Transition::Start, Transition::Keep].into_iter().chain(states.map(end));
            for transition in transitions {
                assert_eq!(
                    next_state(state, false, transition).is_some(),
                    legal.contains(&(state, transition)),
                    "{state:?} {transition:?}"
                );
            }
        }
        assert_eq!(next_state(&done, true, end(&done)), Some(done));
    }
}
