//! A plan from a spec: the model's, corrected twice at most, else the static one.

use serde_json::json;

use crate::agent::Catalogue;
use crate::blueprint::Fault;
use crate::llm::{Finish, LlmClient, LlmError, Purpose, Request, Section, Usage};
use crate::plan::{
    AgentInfo, Plan, PlanErrors, PlanFile, PlanSource, TaskLimits, check, read_file, read_model, schema,
    static_plan,
};
use crate::spec;

/// How often a model is told what is wrong with its plan.
pub const CORRECTIONS: usize = 2;
/// Bound of a plan; two hundred entities take about half of it.
const MAX_OUTPUT_TOKENS: u32 = 65_536;

/// Plans. Everything it needs from outside stands here.
pub struct Planner<'a> {
    /// Who can be given tasks.
    pub catalogue: &'a Catalogue,
    /// Who is asked.
    pub llm: &'a dyn LlmClient,
    /// What tasks leave open.
    pub limits: TaskLimits,
    /// Whether the static plan may take the place of an unusable one.
    pub fallback: bool,
}

/// A plan and how it came about.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Whether the model's was unusable and the static one stands in.
    pub fallback: bool,
    /// What the model took.
    pub usage: Usage,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanningError {
    /// The model gave no answer.
    #[error(transparent)]
    Model(#[from] LlmError),
    /// The model's plan cannot be used, and the static one may not stand in.
    #[error("the model's plan cannot be built")]
    Unusable(PlanErrors),
    /// Neither the model's plan nor the static one can be used, or the document that was given cannot.
    #[error("the spec gives no plan that can be built")]
    Rejected(PlanErrors),
}

impl Planner<'_> {
    /// Asks the model for a plan of what a text describes.
    pub async fn from_spec(&self, spec: &str) -> Result<Planned, PlanningError> {
        let agents = self.catalogue.infos();
        let mut usage = Usage::default();
        let mut faults: Option<PlanErrors> = None;
        for asked in 0..=CORRECTIONS {
            let reply = self.llm.complete(&self.request(spec, &agents, faults.as_ref(), asked)).await?;
            usage += reply.usage;
            let checked = match reply.finish {
                Finish::Complete => self.checked(&reply.text, &agents),
                // What is there may read as a smaller plan than was meant.
                Finish::Length => Err(PlanErrors(vec![Fault {
                    path: "plan".to_owned(),
                    message: if reply.text.trim().is_empty() {
                        "was thought about until the bound of its length; think less (--thinking low)"
                    } else {
                        "was cut off at the bound of its length; be briefer"
                    }
                    .to_owned(),
                }])),
            };
            match checked {
                Ok(plan) => return Ok(Planned { plan, fallback: false, usage }),
                Err(errors) => faults = Some(errors),
            }
        }
        let faults = faults.expect("the loop asks at least once, and goes on only with faults");
        if !self.fallback {
            return Err(PlanningError::Unusable(faults));
        }
        let reading = spec::read(spec);
        let mut warnings = vec![format!(
            "the model's plan was unusable, the static one stands in (--no-cache asks anew): {faults}"
        )];
        warnings.extend(reading.warnings);
        let file = PlanFile {
            source: PlanSource::Static,
            reasoning: reading.reasoning,
            blueprint: reading.blueprint,
            coverage: reading.coverage,
            tasks: static_plan(&agents),
            warnings,
            ..PlanFile::default()
        };
        let plan = check(file, &agents, &self.limits).map_err(PlanningError::Rejected)?;
        Ok(Planned { plan, fallback: true, usage })
    }

    /// What a model is asked first.
    pub fn first_request(&self, spec: &str) -> Request {
        self.request(spec, &self.catalogue.infos(), None, 0)
    }

    /// Checks a document that needs no planner.
    pub fn from_file(&self, file: PlanFile) -> Result<Planned, PlanningError> {
        let plan = check(file, &self.catalogue.infos(), &self.limits).map_err(PlanningError::Rejected)?;
        Ok(Planned { plan, fallback: false, usage: Usage::default() })
    }

    /// Reads and checks a document that a person wrote, in a file of this name.
    pub fn from_text(&self, name: &str, text: &str) -> Result<Planned, PlanningError> {
        let document = read_file(name, text).map_err(PlanningError::Rejected)?;
        let plan = document.check(&self.catalogue.infos(), &self.limits).map_err(PlanningError::Rejected)?;
        Ok(Planned { plan, fallback: false, usage: Usage::default() })
    }

    fn checked(&self, text: &str, agents: &[AgentInfo]) -> Result<Plan, PlanErrors> {
        let mut file = read_model(text)?;
        file.source = match self.llm.provider() {
            "gemini" => PlanSource::Gemini,
            "openai" => PlanSource::Openai,
            "replay" => PlanSource::Replay,
            _ => PlanSource::Mock,
        };
        check(file, agents, &self.limits)
    }

    fn request(
        &self,
        spec: &str,
        agents: &[AgentInfo],
        faults: Option<&PlanErrors>,
        refused: usize,
    ) -> Request {
        let section = |title: &str, body: String| Section { title: title.to_owned(), body };
        let known: Vec<_> = agents
            .iter()
            .map(|agent| {
                json!({
                    "name": agent.name, "title": agent.title, "description": agent.description,
                    "depends_on": agent.depends_on, "required": agent.required,
                })
            })
            .collect();
        let mut sections =
            vec![section("agents", json!(known).to_string()), section("spec", spec.to_owned())];
        if let Some(faults) = faults {
            // The same faults again make another request, which no kept answer answers.
            let again = if refused > 1 { "Once more, y" } else { "Y" };
            sections.push(section("faults", format!("{again}our last answer was refused:\n{faults}")));
        }
        Request {
            purpose: Purpose::Plan,
            system: self.catalogue.planner_prompt().to_owned(),
            sections,
            schema: Some(schema()),
            max_output_tokens: MAX_OUTPUT_TOKENS,
        }
    }
}
