//! What tasks made, in memory until it is handed over.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::made::Made;
use crate::base::artifact::Artifact;
use crate::base::ids::TaskId;
use crate::engine::{CommitError, Committed, Committer, TaskOutput, TaskRecord};
use crate::llm::BoxFuture;
use crate::plan::Plan;

/// Artifacts by task. As a committer it keeps nothing else, for runs that only look what would come of them.
#[derive(Debug)]
pub struct Shelf {
    standing: Arc<Made>,
    made: Mutex<BTreeMap<TaskId, Vec<Artifact>>>,
}

impl Shelf {
    /// An empty shelf for a plan's tasks.
    pub fn new(plan: &Plan) -> Self {
        Self { standing: Arc::new(Made::new(plan)), made: Mutex::default() }
    }

    /// What stands so far; later tasks build on it.
    pub fn standing(&self) -> Arc<Made> {
        Arc::clone(&self.standing)
    }

    /// Takes in what a task made, in this run or an earlier one.
    pub fn adopt(&self, task: TaskId, artifacts: Vec<Artifact>) {
        self.standing.add(&task, &artifacts);
        self.made().insert(task, artifacts);
    }

    /// Everything that was made, by task.
    pub fn take(&self) -> BTreeMap<TaskId, Vec<Artifact>> {
        std::mem::take(&mut *self.made())
    }

    /// Puts it back.
    pub fn put(&self, made: BTreeMap<TaskId, Vec<Artifact>>) {
        *self.made() = made;
    }

    fn made(&self) -> MutexGuard<'_, BTreeMap<TaskId, Vec<Artifact>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Committer for Shelf {
    fn started<'a>(&'a self, _: &'a TaskId, _: u32) -> BoxFuture<'a, Result<(), CommitError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn commit<'a>(
        &'a self,
        task: &'a TaskId,
        output: TaskOutput,
    ) -> BoxFuture<'a, Result<Committed, CommitError>> {
        let artifacts = output.artifacts.len();
        self.adopt(task.clone(), output.artifacts);
        Box::pin(std::future::ready(Ok(Committed { artifacts, ..Committed::default() })))
    }

    fn finished<'a>(&'a self, _: &'a TaskRecord) -> BoxFuture<'a, Result<(), CommitError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
