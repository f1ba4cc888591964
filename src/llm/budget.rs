//! The user's own bounds on tokens and money, checked before each call.

use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;
use tokio::sync::Notify;

use super::client::{LlmError, LlmErrorKind, Usage};
use super::money::Money;
use super::prices::{ModelPrice, PriceTable};
use super::settings::BudgetSettings;
use crate::base::patience::patiently;

/// A call that could bring less output than this is not worth its input.
const WORTHWHILE_OUTPUT: u64 = 256;

/// Lets calls pass as far as the budget holds them, and bounds the output of those that it only just holds.
///
/// A call reserves its estimated input and all the output it may bring. One that does not fit beside those under way waits
/// for them, because they rarely use all they reserved; one that does not fit alone is refused. Retries and the further
/// requests of a long answer are calls like any other.
pub(super) struct Guard {
    limits: BudgetSettings,
    prices: PriceTable,
    today: Date,
    state: Mutex<State>,
    settled: Notify,
}

#[derive(Debug)]
struct State {
    /// Of the model that answered last: services answer for retired models with others, at their price.
    price: Option<ModelPrice>,
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
    fn of(price: Option<&ModelPrice>, usage: &Usage) -> Self {
        Self {
            tokens: usage.input_tokens.saturating_add(usage.output_tokens),
            cost: price.map_or(Money::default(), |price| price.cost(usage)),
        }
    }

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
    /// Bounds calls to a model. A bound on money needs its price.
    pub(super) fn new(
        limits: BudgetSettings,
        prices: PriceTable,
        today: Date,
        model: &str,
    ) -> Result<Self, LlmError> {
        let price = prices.price(model, today);
        if limits.max_cost.is_some() && price.is_none() {
            return Err(LlmError::new(
                LlmErrorKind::Settings,
                format!("the cost of {model} is unknown, so it cannot be bounded"),
            )
            .with_hint("bound tokens with --max-tokens-total instead of --max-cost, or choose a model with a known price"));
        }
        let (spent, reserved) = (Amount::default(), Amount::default());
        let state = Mutex::new(State { price, spent, reserved, under_way: 0 });
        Ok(Self { limits, prices, today, state, settled: Notify::new() })
    }

    /// Lets a call pass that sends about so many tokens and wants to get back so many at most.
    pub(super) async fn enter(&self, input: u64, wanted: u32) -> Result<Pass<'_>, LlmError> {
        loop {
            let settled = self.settled.notified();
            tokio::pin!(settled);
            // Registers before the look at the state, so that no end of a call is missed in between.
            settled.as_mut().enable();
            match self.judge(input, wanted) {
                Verdict::Go { output, reserved } => {
                    return Ok(Pass { guard: Some(self), output, input, reserved, sent: None });
                }
                Verdict::Refuse(error) => return Err(error),
                Verdict::WaitForOthers => patiently(settled).await,
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn judge(&self, input: u64, wanted: u32) -> Verdict {
        let mut state = self.lock();
        let amount = |output: u64| {
            let usage = Usage { input_tokens: input, output_tokens: output, ..Usage::default() };
            Amount::of(state.price.as_ref(), &usage)
        };
        let tokens = self.limits.max_tokens.map_or(u64::MAX, |most| most.saturating_sub(state.spent.tokens));
        let cost = self.limits.max_cost.map(|most| most.saturating_sub(state.spent.cost));
        let fits = |tokens: u64, cost: Option<Money>, output: u64| {
            let amount = amount(output);
            amount.tokens <= tokens && cost.is_none_or(|cost| amount.cost <= cost)
        };
        let free_tokens = tokens.saturating_sub(state.reserved.tokens);
        let free_cost = cost.map(|cost| cost.saturating_sub(state.reserved.cost));
        let output = if fits(free_tokens, free_cost, u64::from(wanted)) {
            u64::from(wanted)
        } else if state.under_way > 0 {
            return Verdict::WaitForOthers;
        } else if fits(tokens, cost, WORTHWHILE_OUTPUT.min(u64::from(wanted))) {
            let affordable = match (&state.price, cost) {
                (Some(price), Some(cost)) => price.output_for(cost.saturating_sub(amount(0).cost)),
                _ => u64::MAX,
            };
            u64::from(wanted).min(tokens.saturating_sub(input)).min(affordable)
        } else {
            return Verdict::Refuse(self.refusal(&state, input));
        };
        let reserved = amount(output);
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
}

/// What a call took, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken<'a> {
    /// As the service counted it.
    pub(super) usage: Usage,
    /// Tokens of the text that came, by estimate.
    pub(super) text: u64,
    /// Whether the call brought what it was made for.
    pub(super) answered: bool,
    /// The model that answered.
    pub(super) model: Option<&'a str>,
}

/// The permission for one call. Books the call when it ends, however it ends.
pub(super) struct Pass<'a> {
    guard: Option<&'a Guard>,
    output: u32,
    input: u64,
    reserved: Amount,
    /// What was booked; `None` for a call that was dropped, which has at least sent its input.
    sent: Option<Amount>,
}

impl Pass<'_> {
    /// The permission where nothing is bounded.
    pub(super) fn free(wanted: u32) -> Self {
        Self { guard: None, output: wanted, input: 0, reserved: Amount::default(), sent: None }
    }

    /// The output that the call may ask for.
    pub(super) fn output(&self) -> u32 {
        self.output
    }

    /// Says what the call took.
    pub(super) fn settle(mut self, taken: Taken<'_>) {
        let Some(guard) = self.guard else { return };
        let mut state = guard.lock();
        if let Some(price) = taken.model.and_then(|model| guard.prices.price(model, guard.today)) {
            state.price = Some(price);
        }
        // A service that counts nothing is counted by estimate, or its budget would never end.
        let counted = taken.usage.input_tokens > 0 || taken.usage.output_tokens > 0;
        let usage = if !counted && (taken.answered || taken.text > 0) {
            Usage { input_tokens: self.input, output_tokens: taken.text, ..Usage::default() }
        } else {
            taken.usage
        };
        self.sent = Some(Amount::of(state.price.as_ref(), &usage));
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let Some(guard) = self.guard else { return };
        let mut state = guard.lock();
        let input = Usage { input_tokens: self.input, ..Usage::default() };
        let spent = self.sent.unwrap_or_else(|| Amount::of(state.price.as_ref(), &input));
        state.reserved.subtract(self.reserved);
        state.spent.add(spent);
        state.under_way -= 1;
        drop(state);
        guard.settled.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = "gemini-3.8-flash";

    fn tokens(most: u64) -> BudgetSettings {
        BudgetSettings { max_tokens: Some(most), max_cost: None }
    }

    fn money(most: &str) -> BudgetSettings {
        BudgetSettings { max_tokens: None, max_cost: Some(most.parse().unwrap()) }
    }

    fn guard(limits: BudgetSettings) -> Guard {
        let table = PriceTable::built_in();
        let today = table.as_of;
        Guard::new(limits, table, today, MODEL).unwrap()
    }

    fn taken(input_tokens: u64, output_tokens: u64) -> Taken<'static> {
        let usage = Usage { input_tokens, output_tokens, cached_tokens: 0, calls: 1 };
        Taken { usage, text: 0, answered: true, model: Some(MODEL) }
    }

    #[tokio::test]
    async fn calls_end_where_the_budget_ends() {
        let guard = guard(tokens(600));
        // Each takes 150; the fourth finds 150, which is less than a worthwhile answer.
        let mut bounds = Vec::new();
        for _ in 0..3 {
            let pass = guard.enter(20, 1000).await.unwrap();
            bounds.push(pass.output());
            pass.settle(taken(100, 50));
        }
        // The output is bounded by what is left, estimated input taken off.
        assert_eq!(bounds, [580, 430, 280]);
        let error = guard.enter(20, 1000).await.err().unwrap();
        assert_eq!(error.kind, LlmErrorKind::Budget);
        assert!(error.message.contains("450 of 600 tokens"), "{error}");
    }

    #[tokio::test]
    async fn nothing_passes_that_cannot_be_afforded_at_all() {
        for limits in [tokens(1), money("0.000001")] {
            let error = guard(limits).enter(20, 1000).await.err().unwrap();
            assert_eq!(error.kind, LlmErrorKind::Budget);
        }
    }

    #[tokio::test]
    async fn calls_side_by_side_never_exceed_it_and_wait_for_each_other() {
        let guard = guard(tokens(1500));
        let most = std::cell::Cell::new(0);
        let call = async || {
            let pass = guard.enter(20, 1000).await.unwrap();
            most.set(most.get().max(guard.lock().reserved.tokens));
            tokio::task::yield_now().await;
            pass.settle(taken(100, 50));
        };
        tokio::join!(call(), call(), call(), call());
        assert_eq!(most.get(), 1020);
        let state = guard.lock();
        assert_eq!((state.spent.tokens, state.reserved, state.under_way), (600, Amount::default(), 0));
    }

    #[tokio::test]
    async fn a_dropped_call_gives_its_reservation_back_and_has_sent_its_input() {
        let guard = guard(tokens(1500));
        drop(guard.enter(20, 1000).await.unwrap());
        let state = guard.lock();
        assert_eq!((state.under_way, state.reserved, state.spent.tokens), (0, Amount::default(), 20));
    }

    #[tokio::test]
    async fn what_no_service_counts_is_counted_by_estimate() {
        let guard = guard(tokens(10_000));
        for (text, answered, spent) in [(30, true, 50), (0, true, 20), (30, false, 50), (0, false, 0)] {
            let before = guard.lock().spent.tokens;
            let pass = guard.enter(20, 1000).await.unwrap();
            pass.settle(Taken { usage: Usage::default(), text, answered, model: None });
            assert_eq!(guard.lock().spent.tokens - before, spent, "{text} {answered}");
        }
    }

    #[tokio::test]
    async fn money_bounds_the_output_that_it_buys() {
        let guard = guard(money("0.002"));
        let pass = guard.enter(20, 1000).await.unwrap();
        // A dollar buys 266,666 tokens of output.
        assert!((500..534).contains(&pass.output()), "{}", pass.output());
        pass.settle(taken(100, 50));
        assert_eq!(guard.lock().spent.cost.to_string(), "0.0002625");
    }

    #[tokio::test]
    async fn the_model_that_answers_sets_the_price() {
        let guard = guard(money("1"));
        let pass = guard.enter(20, 1000).await.unwrap();
        pass.settle(Taken { model: Some("gemini-4-argon"), ..taken(1_000_000, 0) });
        // Two dollars instead of three quarters of one.
        assert_eq!(guard.lock().spent.cost.to_string(), "2");
        assert_eq!(guard.enter(20, 1000).await.err().unwrap().kind, LlmErrorKind::Budget);
    }

    #[test]
    fn an_unknown_price_cannot_be_bounded() {
        let table = PriceTable::built_in();
        let today = table.as_of;
        let error = Guard::new(money("1"), table, today, "llama").err().unwrap();
        assert_eq!(error.kind, LlmErrorKind::Settings);
    }
}
