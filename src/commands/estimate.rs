//! `metagen plan --estimate`: what a build would send, without sending it.

use std::sync::Arc;

use serde::Serialize;

use super::build::{catalogue, planner, rejected};
use super::error::CommandError;
use super::input::Input;
use super::model::{choose, today};
use super::session::Session;
use crate::agent::{RenderedOnce, Standing, Workbench, first_request};
use crate::llm::{Cost, Offline, PriceTable, Request, Usage, estimate_input, estimate_tokens};
use crate::pipeline::{CORRECTIONS, Planner};
use crate::template::{Renderer, TemplateSet};

/// Tokens of an answer that adds nothing, with its reason.
const NO_ADDITIONS: u64 = 40;
/// Tokens of the faults that a correction carries, about.
const FAULTS: u64 = 500;

/// What a build would send.
#[derive(Clone, Debug, Serialize)]
pub struct EstimateReport {
    /// Version of this document.
    pub version: u32,
    /// Who would be asked.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// One for the plan and one for each task that asks the model; none where nothing is sent.
    pub requests: Vec<RequestEstimate>,
    /// All of them together.
    pub total: RequestEstimate,
    /// US dollars if nothing has to be corrected and nothing is added.
    pub cost_usd_min: Cost,
    /// US dollars if everything is corrected as often as is allowed and every answer is as long as is allowed.
    pub cost_usd_max: Cost,
    /// The day of the prices.
    pub prices_as_of: String,
}

/// What one purpose would take, by estimate: about four characters are a token.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RequestEstimate {
    /// `plan`, or the task.
    pub name: String,
    /// Requests if nothing has to be corrected.
    pub calls_min: u64,
    /// Requests if everything has to be.
    pub calls_max: u64,
    /// Tokens sent at least.
    pub input_tokens_min: u64,
    /// Tokens sent at most.
    pub input_tokens_max: u64,
    /// Tokens got back at least.
    pub output_tokens_min: u64,
    /// Tokens got back at most.
    pub output_tokens_max: u64,
}

impl RequestEstimate {
    /// Of a request that may be followed by so many corrections; an answer brings at least so much.
    fn of(name: String, request: &Request, corrections: u64, least: u64) -> Self {
        let input = estimate_input(request);
        let calls = corrections + 1;
        Self {
            name,
            calls_min: 1,
            calls_max: calls,
            input_tokens_min: input,
            input_tokens_max: input * calls + FAULTS * corrections,
            output_tokens_min: least,
            output_tokens_max: u64::from(request.max_output_tokens) * calls,
        }
    }

    fn add(&mut self, other: &Self) {
        self.calls_min += other.calls_min;
        self.calls_max += other.calls_max;
        self.input_tokens_min += other.input_tokens_min;
        self.input_tokens_max += other.input_tokens_max;
        self.output_tokens_min += other.output_tokens_min;
        self.output_tokens_max += other.output_tokens_max;
    }
}

/// Estimates a build. The offline reader stands in for the model's plan, so that the tasks' requests can be put together.
pub async fn estimate(session: &Session, input: Input) -> Result<EstimateReport, CommandError> {
    let catalogue = catalogue()?;
    let chosen = choose(session)?;
    let (provider, model) = (chosen.client.provider().to_owned(), chosen.client.model().to_owned());
    let asking = planner(session, &catalogue, chosen.client.as_ref());
    let mut requests = Vec::new();
    let (spec, planned) = match input {
        Input::Spec(spec) => {
            let offline = Planner { llm: &Offline, ..asking };
            let planned = offline.from_spec(&spec).await.map_err(|error| rejected("the spec", error))?;
            let size =
                serde_json::to_string(&planned.plan.to_file()).map_or(0, |text| estimate_tokens(&text));
            let request = offline.first_request(&spec);
            requests.push(RequestEstimate::of("plan".to_owned(), &request, CORRECTIONS as u64, size));
            (spec, planned)
        }
        Input::Blueprint { name, text } => {
            let planned = asking.from_text(&name, &text).map_err(|error| rejected("the blueprint", error))?;
            (String::new(), planned)
        }
    };
    if matches!(provider.as_str(), "mock" | "replay") {
        requests.clear();
    } else {
        let bench = Workbench {
            blueprint: Arc::new(planned.plan.blueprint().clone()),
            spec: spec.into(),
            renderer: Arc::new(Renderer::new(TemplateSet::embedded())),
            llm: Arc::clone(&chosen.client),
            rendered: RenderedOnce::default(),
        };
        for task in planned.plan.tasks() {
            let Some(agent) = catalogue.get(&task.agent) else { continue };
            let request = first_request(agent, task, &bench, &Standing::default())
                .await
                .map_err(|error| CommandError::Bug(error.to_string()))?;
            let Some(request) = request else { continue };
            requests.push(RequestEstimate::of(task.id.to_string(), &request, 1, NO_ADDITIONS));
        }
    }
    let mut total = RequestEstimate { name: "total".to_owned(), ..RequestEstimate::default() };
    for request in &requests {
        total.add(request);
    }
    let table = PriceTable::built_in();
    let price = table.price(&model, today());
    let cost = |input_tokens, output_tokens| {
        let usage = Usage { input_tokens, output_tokens, ..Usage::default() };
        if total.calls_max == 0 {
            Cost::default()
        } else {
            Cost(price.as_ref().map(|price| price.cost(&usage)))
        }
    };
    Ok(EstimateReport {
        version: 1,
        provider,
        model,
        cost_usd_min: cost(total.input_tokens_min, total.output_tokens_min),
        cost_usd_max: cost(total.input_tokens_max, total.output_tokens_max),
        prices_as_of: table.as_of.to_string(),
        requests,
        total,
    })
}
