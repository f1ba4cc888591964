//! What was spent, on what, and what it cost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::client::{BoxFuture, LlmClient, LlmError, Purpose, Reply, Request, Usage};
use super::models::same_model;
use super::money::Money;
use super::prices::PriceTable;

/// What one purpose, or the run, took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// Tokens and calls.
    pub usage: Usage,
    /// Answers that came from the store and cost nothing.
    pub cached_answers: u64,
    /// US dollars; `None` where a model answered whose price is not known.
    pub cost: Option<Money>,
}

impl Default for Spending {
    fn default() -> Self {
        Self { usage: Usage::default(), cached_answers: 0, cost: Some(Money::default()) }
    }
}

impl std::ops::AddAssign for Spending {
    fn add_assign(&mut self, other: Self) {
        self.usage += other.usage;
        self.cached_answers += other.cached_answers;
        self.cost = self.cost.zip(other.cost).map(|(a, b)| a.saturating_add(b));
    }
}

/// Counts what passes through. The outermost client of a run.
pub struct Meter {
    inner: Arc<dyn LlmClient>,
    prices: PriceTable,
    today: Date,
    /// Nothing that this provider does costs money.
    free: bool,
    spent: Mutex<BTreeMap<Purpose, Spending>>,
    /// Models that answered in the place of the one that was asked.
    others: Mutex<BTreeSet<String>>,
}

impl Meter {
    pub(super) fn new(inner: Arc<dyn LlmClient>, prices: PriceTable, today: Date) -> Self {
        let free = matches!(inner.provider(), "mock" | "replay");
        Self { inner, prices, today, free, spent: Mutex::default(), others: Mutex::default() }
    }

    /// What one purpose took so far.
    pub fn spent_on(&self, purpose: &Purpose) -> Spending {
        self.lock().get(purpose).copied().unwrap_or_default()
    }

    /// What every purpose took so far.
    pub fn by_purpose(&self) -> BTreeMap<Purpose, Spending> {
        self.lock().clone()
    }

    /// What all of them took together.
    pub fn total(&self) -> Spending {
        let mut total = Spending::default();
        for spending in self.lock().values() {
            total += *spending;
        }
        total
    }

    /// Models that answered in the place of the one that was asked: services do that for models that they retire.
    pub fn others(&self) -> BTreeSet<String> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Purpose, Spending>> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn book(&self, purpose: &Purpose, usage: Usage, cached: bool, model: &str) {
        let nothing = usage == Usage::default();
        let cost = if self.free || nothing {
            Some(Money::default())
        } else {
            // Tokens that the service did not count cost nobody knows what, and calls that failed before any cost nothing.
            self.prices.price(model, self.today).map(|price| price.cost(&usage))
        };
        *self.lock().entry(purpose.clone()).or_default() +=
            Spending { usage, cached_answers: u64::from(cached), cost };
    }
}

impl LlmClient for Meter {
    fn provider(&self) -> &str {
        self.inner.provider()
    }

    fn model(&self) -> &str {
        self.inner.model()
    }

    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(async move {
            let result = self.inner.complete(request).await;
            match &result {
                Ok(reply) => {
                    self.book(&request.purpose, reply.usage, reply.cached, &reply.model);
                    if !same_model(self.model(), &reply.model) {
                        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
                        others.insert(reply.model.clone());
                    }
                }
                Err(error) => self.book(&request.purpose, error.usage, false, self.model()),
            }
            result
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::LlmErrorKind;
    use crate::llm::double::{Script, request};

    #[tokio::test]
    async fn counts_by_purpose_and_in_total_failures_too() {
        let script = Script::new([Ok("a"), Err(LlmErrorKind::Blocked), Ok("b")]);
        let table = PriceTable::built_in();
        let today = table.as_of;
        let meter = Meter::new(script, table, today);
        let task = Purpose::Task { task: "t".parse().unwrap(), agent: "a".parse().unwrap() };
        let _ = meter.complete(&request("q")).await;
        let _ = meter.complete(&request("q")).await;
        let _ = meter.complete(&Request { purpose: task.clone(), ..request("q") }).await;
        let plan = meter.spent_on(&Purpose::Plan);
        assert_eq!(plan.usage, Usage { input_tokens: 200, cached_tokens: 0, output_tokens: 100, calls: 2 });
        // 100 tokens at 0.75 and 50 at 3.75 for a million, twice.
        assert_eq!(plan.cost.unwrap().to_string(), "0.000525");
        assert_eq!(meter.spent_on(&task).usage.calls, 1);
        assert_eq!(meter.total().usage.calls, 3);
        assert_eq!(meter.by_purpose().len(), 2);
    }

    #[test]
    fn an_unknown_cost_stays_unknown_in_the_total() {
        let table = PriceTable::built_in();
        let today = table.as_of;
        let meter = Meter::new(Script::new([]), table, today);
        let usage = Usage { input_tokens: 1, calls: 1, ..Usage::default() };
        meter.book(&Purpose::Plan, usage, false, "gemini-3.8-flash");
        assert!(meter.total().cost.is_some());
        meter.book(&Purpose::Plan, Usage::default(), true, "llama");
        assert_eq!((meter.total().cost.is_some(), meter.total().cached_answers), (true, 1));
        meter.book(&Purpose::Plan, usage, false, "llama");
        assert_eq!(meter.total().cost, None);
    }
}
