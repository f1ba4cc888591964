//! The offline planner: the rules of [`spec`](crate::spec) behind the same trait as every other model.

use serde::Deserialize;

use super::client::{BoxFuture, Finish, LlmClient, LlmError, LlmErrorKind, Purpose, Reply, Request, Usage};
use crate::plan::{PLAN_VERSION, PlanFile, PlanSource, TaskFile};
use crate::spec;

/// The model's name in reports.
const MODEL: &str = "offline-rules";

/// Answers without a network: plans by rules, and adds nothing to the templates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offline;

/// An agent as the section `agents` lists it.
#[derive(Deserialize)]
struct Agent {
    name: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    depends_on: Vec<String>,
}

impl LlmClient for Offline {
    fn provider(&self) -> &'static str {
        "mock"
    }

    fn model(&self) -> &'static str {
        MODEL
    }

    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(async move {
            let text = match request.purpose {
                Purpose::Plan => plan(request)?,
                Purpose::Task { .. } => "No additions: the templates cover this specification.".to_owned(),
            };
            Ok(Reply {
                text,
                finish: Finish::Complete,
                usage: Usage::default(),
                model: MODEL.to_owned(),
                cached: false,
            })
        })
    }
}

/// The plan document for the spec and the agents of a request.
fn plan(request: &Request) -> Result<String, LlmError> {
    let reading = spec::read(request.section("spec").unwrap_or_default());
    let agents: Vec<Agent> = match request.section("agents") {
        Some(text) => serde_json::from_str(text)
            .map_err(|error| refused(format!("the list of agents cannot be read: {error}")))?,
        None => Vec::new(),
    };
    let tasks = agents
        .into_iter()
        .map(|agent| TaskFile {
            id: agent.name.clone(),
            name: agent.title,
            agent: agent.name,
            description: agent.description,
            depends_on: agent.depends_on,
            ..TaskFile::default()
        })
        .collect();
    let plan = PlanFile {
        version: PLAN_VERSION,
        source: PlanSource::Mock,
        reasoning: reading.reasoning,
        blueprint: reading.blueprint,
        coverage: reading.coverage,
        tasks,
        warnings: reading.warnings,
    };
    serde_json::to_string_pretty(&plan)
        .map_err(|error| refused(format!("the plan cannot be written: {error}")))
}

fn refused(message: String) -> LlmError {
    LlmError {
        kind: LlmErrorKind::BadRequest,
        message,
        hint: None,
        retry_after: None,
        usage: Usage::default(),
    }
}
