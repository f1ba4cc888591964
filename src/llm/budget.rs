//! The user's own bounds on tokens and money, checked before each call.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::client::{BoxFuture, LlmClient, LlmError, LlmErrorKind, Reply, Request, Usage};
use super::money::Money;
use super::prices::ModelPrice;
use super::prompt::estimate_input;
use super::settings::BudgetSettings;

/// A call that could bring less output than this is not worth its input.
const WORTHWHILE_OUTPUT: u64 = 256;

/// Refuses calls that the budget does not hold, and bounds the output of those that it only just holds.
///
/// A call reserves its estimated input and all the output it may bring. One that does not fit beside those under way waits
/// for them, because they rarely use all they reserved; one that does not fit alone is refused.
pub(super) struct Guard {
    inner: Arc<dyn LlmClient>,
    limits: BudgetSettings,
    price: Option<ModelPrice>,
    state: Mutex<State>,
    settled: Notify,
}

#[derive(Debug, Default)]
struct State {
    spent: Amount,
    reserved: Amount,
    under_way: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Amount {
    tokens: u64,
    cost: Money,
}

impl Amount {
    fn add(&mut self, other: Self) {
        self.tokens = self.tokens.saturating_add(other.tokens);
        self.cost = self.cost.saturating_add(other.cost);
    }

    fn subtract(&mut self, other: Self) {
        self.tokens = self.tokens.saturating_sub(other.tokens);
        self.cost = self.cost.saturating_sub(other.cost);
    }
}

/// What to do with a call.
enum Verdict {
    Go { output: u32, reserved: Amount },
    WaitForOthers,
    Refuse(LlmError),
}

impl Guard {
    /// Bounds a client. A bound on money needs the price of its model.
    pub(super) fn new(
        inner: Arc<dyn LlmClient>,
        limits: BudgetSettings,
        price: Option<ModelPrice>,
    ) -> Result<Self, LlmError> {
        if limits.max_cost.is_some() && price.is_none() {
            return Err(LlmError::new(
                LlmErrorKind::Settings,
                format!("the cost of {} is unknown, so it cannot be bounded", inner.model()),
            )
            .with_hint("bound tokens with --max-tokens-total instead of --max-cost, or choose a model with a known price"));
        }
        Ok(Self { inner, limits, price, state: Mutex::default(), settled: Notify::new() })
    }

    fn amount(&self, input: u64, output: u64) -> Amount {
        let usage = Usage { input_tokens: input, output_tokens: output, ..Usage::default() };
        Amount {
            tokens: input.saturating_add(output),
            cost: self.price.as_ref().map_or(Money::default(), |price| price.cost(&usage)),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, input: u64, wanted: u32) -> Verdict {
        let mut state = self.lock();
        let tokens = self.limits.max_tokens.map_or(u64::MAX, |most| most.saturating_sub(state.spent.tokens));
        let cost = self.limits.max_cost.map(|most| most.saturating_sub(state.spent.cost));
        let fits = |tokens: u64, cost: Option<Money>, output: u64| {
            let amount = self.amount(input, output);
            amount.tokens <= tokens && cost.is_none_or(|cost| amount.cost <= cost)
        };
        let free_tokens = tokens.saturating_sub(state.reserved.tokens);
        let free_cost = cost.map(|cost| cost.saturating_sub(state.reserved.cost));
        let output = if fits(free_tokens, free_cost, u64::from(wanted)) {
            u64::from(wanted)
        } else if state.under_way > 0 {
            return Verdict::WaitForOthers;
        } else if fits(tokens, cost, WORTHWHILE_OUTPUT.min(u64::from(wanted))) {
            let affordable = match (&self.price, cost) {
                (Some(price), Some(cost)) => {
                    price.output_for(cost.saturating_sub(self.amount(input, 0).cost))
                }
                _ => u64::MAX,
            };
            u64::from(wanted).min(tokens.saturating_sub(input)).min(affordable)
        } else {
            return Verdict::Refuse(self.refusal(&state, input));
        };
        let reserved = self.amount(input, output);
        state.reserved.add(reserved);
        state.under_way += 1;
        Verdict::Go { output: u32::try_from(output).unwrap_or(u32::MAX), reserved }
    }

    fn refusal(&self, state: &State, input: u64) -> LlmError {
        let mut bounds = Vec::new();
        if let Some(most) = self.limits.max_tokens {
            bounds.push(format!("{} of {most} tokens", state.spent.tokens));
        }
        if let Some(most) = self.limits.max_cost {
            bounds.push(format!("${} of ${most}", state.spent.cost));
        }
        let spent = bounds.join(" and ");
        LlmError::new(
            LlmErrorKind::Budget,
            format!(
                "the budget does not hold another call: {spent} spent, and it would send about {input} tokens"
            ),
        )
        .with_hint("raise --max-tokens-total or --max-cost and run `metagen resume`")
    }

    fn leave(&self, reserved: Amount, spent: Amount) {
        let mut state = self.lock();
        state.reserved.subtract(reserved);
        state.spent.add(spent);
        state.under_way -= 1;
        drop(state);
        self.settled.notify_waiters();
    }
}

/// Books a call when it ends, however it ends.
struct Reservation<'a> {
    guard: &'a Guard,
    reserved: Amount,
    /// A call that is dropped before it answers has at least sent its input.
    spent: Amount,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.guard.leave(self.reserved, self.spent);
    }
}

impl LlmClient for Guard {
    fn provider(&self) -> &str {
        self.inner.provider()
    }

    fn model(&self) -> &str {
        self.inner.model()
    }

    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(async move {
            let input = estimate_input(request);
            let (output, reserved) = loop {
                let settled = self.settled.notified();
                tokio::pin!(settled);
                // Registers before the look at the state, so that no end of a call is missed in between.
                settled.as_mut().enable();
                match self.enter(input, request.max_output_tokens) {
                    Verdict::Go { output, reserved } => break (output, reserved),
                    Verdict::Refuse(error) => return Err(error),
                    Verdict::WaitForOthers => settled.await,
                }
            };
            let mut reservation = Reservation { guard: self, reserved, spent: self.amount(input, 0) };
            let result = if output < request.max_output_tokens {
                let bounded = Request { max_output_tokens: output, ..request.clone() };
                self.inner.complete(&bounded).await
            } else {
                self.inner.complete(request).await
            };
            let usage = match &result {
                Ok(reply) => reply.usage,
                Err(error) => error.usage,
            };
            reservation.spent = match (&result, usage.input_tokens) {
                // A service that counts nothing is counted by estimate, or its budget would never end.
                (Ok(reply), 0) => self.amount(input, super::prompt::estimate_tokens(&reply.text)),
                _ => Amount {
                    tokens: usage.input_tokens.saturating_add(usage.output_tokens),
                    cost: self.price.as_ref().map_or(Money::default(), |price| price.cost(&usage)),
                },
            };
            result
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::double::{Script, request};
    use crate::llm::prices::PriceTable;

    fn tokens(most: u64) -> BudgetSettings {
        BudgetSettings { max_tokens: Some(most), max_cost: None }
    }

    fn guard(script: &Arc<Script>, limits: BudgetSettings) -> Guard {
        let table = PriceTable::built_in();
        let price = table.price("gemini-3.8-flash", table.as_of);
        Guard::new(Arc::clone(script) as Arc<dyn LlmClient>, limits, price).unwrap()
    }

    #[tokio::test]
    async fn calls_end_where_the_budget_ends() {
        let script = Script::new([Ok("a"), Ok("b"), Ok("c")]);
        let guard = guard(&script, tokens(600));
        // Each takes 150; the third finds 300, the fourth 150, which is less than a worthwhile answer.
        for _ in 0..3 {
            if let Err(error) = guard.complete(&request("q")).await {
                panic!("{error}");
            }
        }
        let error = guard.complete(&request("q")).await.unwrap_err();
        assert_eq!(error.kind, LlmErrorKind::Budget);
        assert!(error.message.contains("450 of 600 tokens"), "{error}");
        let asked = script.asked.lock().unwrap();
        assert_eq!(asked.len(), 3);
        // The output is bounded by what is left, estimated input taken off.
        let input = estimate_input(&request("q"));
        let bounds: Vec<u64> = asked.iter().map(|request| u64::from(request.max_output_tokens)).collect();
        assert_eq!(bounds, [600 - input, 450 - input, 300 - input]);
    }

    #[tokio::test]
    async fn nothing_is_sent_that_cannot_be_afforded_at_all() {
        let script = Script::new([]);
        let error = guard(&script, tokens(1)).complete(&request("q")).await.unwrap_err();
        assert_eq!(error.kind, LlmErrorKind::Budget);
        let poor = BudgetSettings { max_tokens: None, max_cost: Some("0.000001".parse().unwrap()) };
        assert_eq!(
            guard(&script, poor).complete(&request("q")).await.unwrap_err().kind,
            LlmErrorKind::Budget
        );
        assert!(script.asked.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn calls_side_by_side_never_exceed_it_and_wait_for_each_other() {
        let script = Script::new([Ok("a"), Ok("b"), Ok("c"), Ok("d")]);
        let guard = guard(&script, tokens(1500));
        let request = request("q");
        let calls = (0..4).map(|_| guard.complete(&request));
        let results = futures_util::future::join_all(calls).await;
        assert!(results.iter().all(Result::is_ok));
        let state = guard.lock();
        assert_eq!((state.spent.tokens, state.reserved, state.under_way), (600, Amount::default(), 0));
    }

    #[tokio::test]
    async fn a_dropped_call_gives_its_reservation_back() {
        let script = Script::new([Ok("a")]);
        let guard = guard(&script, tokens(1500));
        let request = request("q");
        {
            let mut call = guard.complete(&request);
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(call.as_mut().poll(&mut context).is_pending());
            assert_eq!(guard.lock().under_way, 1);
        }
        let state = guard.lock();
        assert_eq!((state.under_way, state.reserved), (0, Amount::default()));
        assert_eq!(state.spent.tokens, estimate_input(&request));
    }

    #[tokio::test]
    async fn money_bounds_the_output_that_it_buys() {
        let script = Script::new([Ok("a")]);
        let limits = BudgetSettings { max_tokens: None, max_cost: Some("0.002".parse().unwrap()) };
        let guard = guard(&script, limits);
        guard.complete(&request("q")).await.unwrap();
        let bound = script.asked.lock().unwrap()[0].max_output_tokens;
        assert!((500..534).contains(&bound), "{bound}");
        let spent = guard.lock().spent.cost;
        assert_eq!(spent.to_string(), "0.0002625");
    }

    #[test]
    fn an_unknown_price_cannot_be_bounded() {
        let limits = BudgetSettings { max_tokens: None, max_cost: Some("1".parse().unwrap()) };
        let error = Guard::new(Script::new([]), limits, None).err().unwrap();
        assert_eq!(error.kind, LlmErrorKind::Settings);
    }
}
