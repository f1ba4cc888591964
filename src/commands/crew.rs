//! Those who do a plan's tasks, put together for one run.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

use super::error::CommandError;
use super::model::Chosen;
use super::session::Session;
use crate::agent::{Catalogue, RenderedOnce, Workbench};
use crate::base::artifact::Artifact;
use crate::base::clock::Clock;
use crate::base::ids::{AgentName, TaskId};
use crate::config::Layer;
use crate::engine::{Committer, Engine, EngineOptions, EventSink, RunReport, StopSignal, TaskRunner};
use crate::pipeline::{Shelf, Workers, unite};
use crate::plan::{Plan, Task};
use crate::template::{Rendered, Renderer, TemplateSet};
use crate::workspace::Inlet;

/// How long attempts may go on after the first request to stop.
const GRACE: Duration = Duration::from_secs(5);

/// The bench that a plan's tasks work at, and what is rendered ahead of them.
pub(super) struct Bench {
    catalogue: Arc<Catalogue>,
    shared: Arc<Workbench>,
    ahead: JoinSet<()>,
}

impl Bench {
    /// A bench for a plan; `spec` are the words it was planned from, none where a blueprint was given.
    pub(super) fn new(plan: &Plan, spec: Arc<str>, catalogue: Arc<Catalogue>, chosen: &Chosen) -> Self {
        let shared = Workbench {
            blueprint: Arc::new(plan.blueprint().clone()),
            spec,
            renderer: Arc::new(Renderer::new(TemplateSet::embedded())),
            llm: Arc::clone(&chosen.client),
            rendered: RenderedOnce::default(),
        };
        Self { catalogue, shared: Arc::new(shared), ahead: JoinSet::new() }
    }

    /// Begins to render for the agents of these tasks, all at once: rendering waits for nothing, tasks do. What has not begun
    /// when the bench is dropped never will. What can be written ahead of being handed over is.
    pub(super) fn render_ahead<'a>(
        &mut self,
        tasks: impl IntoIterator<Item = &'a Task>,
        ahead: Option<&Inlet>,
    ) {
        let agents: BTreeSet<&AgentName> = tasks.into_iter().map(|task| &task.agent).collect();
        for agent in agents {
            let (catalogue, shared) = (Arc::clone(&self.catalogue), Arc::clone(&self.shared));
            let (name, ahead) = (agent.clone(), ahead.filter(|_| !self.asks(agent)).cloned());
            self.ahead.spawn(async move {
                let tell = move |file: &Rendered| {
                    if let Some(ahead) = &ahead {
                        ahead.add(vec![file.clone().into()]);
                    }
                };
                if let Some(agent) = catalogue.get(&name) {
                    RenderedOnce::prepare(agent, &shared, tell).await;
                }
            });
        }
    }

    /// Whether an agent may have a model change what it renders.
    fn asks(&self, agent: &AgentName) -> bool {
        asks(&self.catalogue, agent, self.shared.llm.provider())
    }
}

/// Whether an agent asks a model that answers.
pub(super) fn asks(catalogue: &Catalogue, agent: &AgentName, provider: &str) -> bool {
    provider != "mock" && catalogue.get(agent).is_some_and(|agent| agent.manifest.additions.is_some())
}

/// Everything that a plan's tasks need.
pub(super) struct Crew<'a> {
    /// What the user chose.
    pub session: &'a Session,
    /// What is to be done.
    pub plan: &'a Plan,
    /// Where it is done.
    pub bench: Bench,
    /// SQL migrations, by the place where an agent's manifest has them.
    pub migrations: BTreeMap<String, Vec<Rendered>>,
    /// Who is asked.
    pub chosen: &'a Chosen,
    /// Who hears what happens.
    pub events: Arc<dyn EventSink>,
    /// Dates the records.
    pub clock: Arc<dyn Clock>,
}

/// What came of the work.
pub(super) struct Worked {
    /// How the tasks ended.
    pub ran: RunReport,
    /// What the user can do about the provider's last failure.
    pub hint: Option<String>,
    /// What was dropped because two tasks added it differently.
    pub dropped: Vec<String>,
}

impl Crew<'_> {
    /// Does the tasks but for those in `done`, until they end or the session is interrupted. What they make is on the shelf
    /// afterwards.
    pub(super) async fn work(
        mut self,
        committer: Arc<dyn Committer>,
        shelf: &Shelf,
        done: BTreeMap<TaskId, Vec<Artifact>>,
    ) -> Result<Worked, CommandError> {
        let counts: BTreeMap<_, _> =
            done.iter().map(|(task, artifacts)| (task.clone(), artifacts.len())).collect();
        for (task, artifacts) in done {
            shelf.adopt(task, artifacts);
        }
        let tasks = self.plan.tasks().to_vec();
        let hint: Arc<Mutex<Option<String>>> = Arc::default();
        self.bench.render_ahead(tasks.iter().filter(|task| !counts.contains_key(&task.id)), None);
        let workers = Arc::new(Workers {
            catalogue: Arc::clone(&self.bench.catalogue),
            bench: Arc::clone(&self.bench.shared),
            migrations: Arc::new(self.migrations),
            standing: shelf.standing(),
            hint: Arc::clone(&hint),
        });
        let stop = StopSignal::new();
        let engine = Engine {
            runner: Arc::clone(&workers) as Arc<dyn TaskRunner>,
            committer,
            events: self.events,
            clock: self.clock,
            retries: Arc::clone(&self.chosen.retries),
            stop: stop.clone(),
            options: options(self.session),
        };
        let interrupt = self.session.interrupt.token().clone();
        let listener = tokio::spawn(async move {
            interrupt.cancelled().await;
            stop.request();
        });
        let ran = engine.run(tasks, &counts).await;
        drop(self.bench);
        listener.abort();
        let ran = ran.map_err(|error| CommandError::Bug(format!("a checked plan is no graph: {error}")))?;
        let mut made = shelf.take();
        let dropped = unite(self.plan, &workers, &mut made)
            .await
            .map_err(|error| CommandError::Bug(error.to_string()))?;
        shelf.put(made);
        let hint = hint.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(Worked { ran, hint, dropped })
    }
}

fn options(session: &Session) -> EngineOptions {
    let config = &session.config;
    EngineOptions {
        max_parallel: NonZeroUsize::new(config.max_parallel).unwrap_or(NonZeroUsize::MIN),
        timeout: (config.origin("timeout").layer() != Layer::Default).then_some(config.timeout),
        fail_fast: config.fail_fast,
        grace: GRACE,
        seed: rand::random(),
    }
}
