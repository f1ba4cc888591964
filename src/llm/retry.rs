//! One budget of attempts and waiting for each thing that metagen wants of a model.
//!
//! Everything that may ask again draws on it: connecting, statuses, broken streams, continuation requests, and the attempts
//! that the engine makes at a task. So layers add to each other's tries instead of multiplying them.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::client::Purpose;
use super::diagnosis::{Diagnosis, Retry};
use super::settings::RetrySettings;
use crate::base::backoff::Backoff;
use crate::base::budget::RetryBudget;

/// Failures with [`Retry::Few`] that are followed by another try.
const FEW: u32 = 2;

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Ask again after this long.
    Wait(Duration),
    /// Give up.
    Stop(Stop),
}

/// Why to give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Another try would fail as well.
    Final,
    /// So many failures are enough.
    Attempts(u32),
    /// The wait is longer than what is left of the budget.
    Wait(Duration),
    /// The run as a whole has retried enough.
    Run,
}

/// What one purpose has used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Spent {
    failures: u32,
    few: u32,
    waited: Duration,
}

impl Spent {
    fn and(self, other: Self) -> Self {
        Self {
            failures: self.failures.saturating_add(other.failures),
            few: self.few.saturating_add(other.few),
            waited: self.waited.saturating_add(other.waited),
        }
    }
}

#[derive(Debug)]
struct Account {
    spent: Spent,
    /// What went for refusals because the whole run asked too much, since a call of the run last succeeded.
    refused: Spent,
    backoff: Backoff,
    /// Successes of the run when it was last refused.
    successes: u64,
}

fn decide(
    retry: Retry,
    asked: Option<Duration>,
    backoff: Duration,
    spent: Spent,
    settings: &RetrySettings,
) -> Decision {
    if retry == Retry::Never {
        return Decision::Stop(Stop::Final);
    }
    if spent.failures >= settings.max_attempts || (retry == Retry::Few && spent.few > FEW) {
        return Decision::Stop(Stop::Attempts(spent.failures));
    }
    // What the server asked for, but never less than our own backoff: some servers ask for nothing at all.
    let wait = asked.map_or(backoff, |asked| asked.max(backoff));
    if spent.waited.saturating_add(wait) > settings.max_total_wait {
        return Decision::Stop(Stop::Wait(wait));
    }
    Decision::Wait(wait)
}

/// Keeps the budgets of a run.
#[derive(Debug)]
pub(super) struct RetryLedger {
    settings: RetrySettings,
    seed: u64,
    /// The retries of the whole run, of other layers too.
    pub(super) run: Arc<RetryBudget>,
    accounts: Mutex<BTreeMap<Purpose, Account>>,
    /// Calls of the run that succeeded.
    successes: AtomicU64,
}

impl RetryLedger {
    pub(super) fn new(settings: RetrySettings, seed: u64) -> Self {
        Self {
            settings,
            seed,
            run: Arc::new(RetryBudget::unlimited()),
            accounts: Mutex::default(),
            successes: AtomicU64::new(0),
        }
    }

    /// Books that a call succeeded.
    pub(super) fn succeed(&self) {
        self.successes.fetch_add(1, Ordering::Relaxed);
    }

    /// Books a failure and says what to do.
    ///
    /// A refusal for a quota that all calls share says little about the one that was refused: as long as others get through,
    /// it is only a matter of time. So such refusals count together since the last success only, and those that came
    /// `together` with one that is waited for already take nothing from the run's budget.
    pub(super) fn fail(&self, purpose: &Purpose, diagnosis: &Diagnosis, together: bool) -> Decision {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let account = accounts.entry(purpose.clone()).or_insert_with(|| Account {
            spent: Spent::default(),
            refused: Spent::default(),
            backoff: self.backoff(purpose),
            successes: 0,
        });
        let successes = self.successes.load(Ordering::Relaxed);
        if account.successes < successes {
            account.successes = successes;
            account.refused = Spent::default();
            if diagnosis.throttled {
                account.backoff = self.backoff(purpose);
            }
        }
        let booked = if diagnosis.throttled { &mut account.refused } else { &mut account.spent };
        booked.failures = booked.failures.saturating_add(1);
        booked.few = booked.few.saturating_add(u32::from(diagnosis.retry == Retry::Few));
        let wait = account.backoff.next().unwrap_or(self.settings.max_backoff);
        let spent = account.spent.and(account.refused);
        let decision = decide(diagnosis.retry, diagnosis.error.retry_after, wait, spent, &self.settings);
        if let Decision::Wait(wait) = decision {
            if !together && !self.run.spend(wait) {
                return Decision::Stop(Stop::Run);
            }
            let booked = if diagnosis.throttled { &mut account.refused } else { &mut account.spent };
            booked.waited = booked.waited.saturating_add(wait);
        }
        decision
    }

    fn backoff(&self, purpose: &Purpose) -> Backoff {
        let mut hasher = DefaultHasher::new();
        (self.seed, purpose).hash(&mut hasher);
        Backoff::new(self.settings.base_backoff, self.settings.max_backoff, hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::client::LlmErrorKind;

    const SETTINGS: RetrySettings = RetrySettings {
        max_attempts: 5,
        base_backoff: Duration::from_secs(1),
        max_backoff: Duration::from_secs(8),
        max_total_wait: Duration::from_mins(1),
    };

    #[test]
    fn decisions() {
        let seconds = Duration::from_secs;
        let spent = |failures, few, waited| Spent { failures, few, waited: seconds(waited) };
        for (retry, asked, spent, expect) in [
            (Retry::Never, None, spent(1, 0, 0), Decision::Stop(Stop::Final)),
            (Retry::Never, Some(seconds(1)), spent(1, 0, 0), Decision::Stop(Stop::Final)),
            (Retry::Often, None, spent(1, 0, 0), Decision::Wait(seconds(2))),
            (Retry::Often, Some(seconds(34)), spent(1, 0, 0), Decision::Wait(seconds(34))),
            (Retry::Often, Some(seconds(0)), spent(1, 0, 0), Decision::Wait(seconds(2))),
            (Retry::Often, Some(seconds(61)), spent(1, 0, 0), Decision::Stop(Stop::Wait(seconds(61)))),
            (Retry::Often, Some(seconds(34)), spent(2, 0, 34), Decision::Stop(Stop::Wait(seconds(34)))),
            (Retry::Often, None, spent(4, 0, 0), Decision::Wait(seconds(2))),
            (Retry::Often, None, spent(5, 0, 0), Decision::Stop(Stop::Attempts(5))),
            (Retry::Few, None, spent(2, 2, 0), Decision::Wait(seconds(2))),
            (Retry::Few, None, spent(3, 3, 0), Decision::Stop(Stop::Attempts(3))),
        ] {
            assert_eq!(
                decide(retry, asked, seconds(2), spent, &SETTINGS),
                expect,
                "{retry:?} {asked:?} {spent:?}"
            );
        }
    }

    #[test]
    fn layers_share_one_budget() {
        let ledger = RetryLedger::new(SETTINGS, 7);
        let broken = Diagnosis::new(LlmErrorKind::Overloaded, Retry::Often, "overloaded");
        let waits = (0..4)
            .filter(|_| matches!(ledger.fail(&Purpose::Plan, &broken, false), Decision::Wait(_)))
            .count();
        assert_eq!(waits, 4);
        // The engine's second attempt at the same purpose finds the budget spent; another purpose has its own.
        for failures in 5..9 {
            assert_eq!(ledger.fail(&Purpose::Plan, &broken, false), Decision::Stop(Stop::Attempts(failures)));
        }
        let task = Purpose::Task { task: "a".parse().unwrap(), agent: "b".parse().unwrap() };
        assert!(matches!(ledger.fail(&task, &broken, false), Decision::Wait(_)));
    }

    #[test]
    fn refusals_count_as_long_as_nobody_gets_through() {
        let mut ledger = RetryLedger::new(SETTINGS, 7);
        ledger.run = Arc::new(RetryBudget::new(100, Duration::MAX));
        let mut refused = Diagnosis::new(LlmErrorKind::RateLimited, Retry::Often, "too many");
        refused.throttled = true;
        refused.error.retry_after = Some(Duration::from_secs(10));
        for _ in 0..20 {
            assert!(matches!(ledger.fail(&Purpose::Plan, &refused, false), Decision::Wait(_)));
            ledger.succeed();
        }
        let ended = (0..9).map(|_| ledger.fail(&Purpose::Plan, &refused, false));
        assert_eq!(ended.take_while(|decision| matches!(decision, Decision::Wait(_))).count(), 4);
        // Other failures are not forgiven for it.
        let broken = Diagnosis::new(LlmErrorKind::Overloaded, Retry::Often, "overloaded");
        let ended = (0..9).map(|_| {
            ledger.succeed();
            ledger.fail(&Purpose::Plan, &broken, false)
        });
        assert_eq!(ended.take_while(|decision| matches!(decision, Decision::Wait(_))).count(), 4);
    }

    #[test]
    fn what_is_refused_together_is_one_refusal() {
        let mut ledger = RetryLedger::new(SETTINGS, 7);
        ledger.run = Arc::new(RetryBudget::new(1, Duration::MAX));
        let mut refused = Diagnosis::new(LlmErrorKind::RateLimited, Retry::Often, "too many");
        refused.throttled = true;
        let task =
            |n: u32| Purpose::Task { task: format!("t{n}").parse().unwrap(), agent: "b".parse().unwrap() };
        for n in 0..40 {
            assert!(matches!(ledger.fail(&task(n), &refused, n > 0), Decision::Wait(_)));
        }
        assert_eq!(ledger.fail(&task(0), &refused, false), Decision::Stop(Stop::Run));
    }

    #[test]
    fn the_run_has_a_budget_above_all() {
        let mut ledger = RetryLedger::new(SETTINGS, 7);
        ledger.run = Arc::new(RetryBudget::new(1, Duration::MAX));
        let broken = Diagnosis::new(LlmErrorKind::Overloaded, Retry::Often, "overloaded");
        assert!(matches!(ledger.fail(&Purpose::Plan, &broken, false), Decision::Wait(_)));
        assert_eq!(ledger.fail(&Purpose::Plan, &broken, false), Decision::Stop(Stop::Run));
    }
}
