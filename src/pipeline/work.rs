//! The engine's tasks, done by agents.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::made::Made;
use crate::agent::{Catalogue, ContributionError, Stands, Workbench, contribute};
use crate::engine::{AttemptContext, TaskError, TaskOutput, TaskRunner};
use crate::llm::{BoxFuture, LlmError};
use crate::template::Rendered;

/// Runs tasks through their agents.
pub struct Workers {
    /// Who they are.
    pub catalogue: Arc<Catalogue>,
    /// What they share.
    pub bench: Arc<Workbench>,
    /// SQL migrations, by the place where an agent's manifest has them.
    pub migrations: Arc<BTreeMap<String, Vec<Rendered>>>,
    /// What stands so far; whoever keeps artifacts adds to it.
    pub standing: Arc<Made>,
    /// What the user can do about the last failure of the provider's.
    pub hint: Arc<Mutex<Option<String>>>,
}

impl TaskRunner for Workers {
    fn run(&self, attempt: AttemptContext) -> BoxFuture<'_, Result<TaskOutput, TaskError>> {
        Box::pin(async move {
            let task = Arc::clone(&attempt.task);
            let agent = self
                .catalogue
                .get(&task.agent)
                .ok_or_else(|| TaskError::terminal(format!("there is no agent {}", task.agent)))?;
            let place = agent.manifest.render.migrations.as_ref();
            let surroundings = Stands {
                migrations: place.and_then(|place| self.migrations.get(place)).cloned().unwrap_or_default(),
                before: self.standing.before(&task.id),
                all: self.standing.has_all_below(&task.agent, &self.catalogue).then(|| self.standing.all()),
            };
            let progress = |message: &str| attempt.progress(message);
            let made =
                contribute(agent, &task, &self.bench, surroundings, &progress).await.map_err(|error| {
                    if let ContributionError::Llm(LlmError { hint: Some(hint), .. }) = &error {
                        *self.hint.lock().unwrap_or_else(PoisonError::into_inner) = Some(hint.clone());
                    }
                    failure(error)
                })?;
            Ok(TaskOutput {
                artifacts: made.artifacts,
                notes: made.notes,
                warnings: made.warnings,
                usage: made.usage,
            })
        })
    }
}

fn failure(error: ContributionError) -> TaskError {
    match error {
        ContributionError::Llm(error) => error.into(),
        other => {
            let causes = std::iter::successors(std::error::Error::source(&other), |cause| cause.source());
            let text = std::iter::once(other.to_string()).chain(causes.map(ToString::to_string));
            TaskError::terminal(text.collect::<Vec<_>>().join(": "))
        }
    }
}
