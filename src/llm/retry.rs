//! One budget of attempts and waiting for each thing that metagen wants of a model.
//!
//! Everything that may ask again draws on it: connecting, statuses, broken streams, continuation requests, and the attempts
//! that the engine makes at a task. So layers add to each other's tries instead of multiplying them.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
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
    accounts: Mutex<BTreeMap<Purpose, (Spent, Backoff)>>,
}

impl RetryLedger {
    pub(super) fn new(settings: RetrySettings, seed: u64) -> Self {
        Self { settings, seed, run: Arc::new(RetryBudget::unlimited()), accounts: Mutex::default() }
    }

    /// Books a failure and says what to do.
    pub(super) fn fail(&self, purpose: &Purpose, diagnosis: &Diagnosis) -> Decision {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let (spent, backoff) = accounts.entry(purpose.clone()).or_insert_with(|| {
            let mut hasher = DefaultHasher::new();
            (self.seed, purpose).hash(&mut hasher);
            let backoff =
                Backoff::new(self.settings.base_backoff, self.settings.max_backoff, hasher.finish());
            (Spent::default(), backoff)
        });
        spent.failures = spent.failures.saturating_add(1);
        spent.few = spent.few.saturating_add(u32::from(diagnosis.retry == Retry::Few));
        let wait = backoff.next().unwrap_or(self.settings.max_backoff);
        let decision = decide(diagnosis.retry, diagnosis.error.retry_after, wait, *spent, &self.settings);
        if let Decision::Wait(wait) = decision {
            if !self.run.spend(wait) {
                return Decision::Stop(Stop::Run);
            }
            spent.waited = spent.waited.saturating_add(wait);
        }
        decision
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
        let waits =
            (0..4).filter(|_| matches!(ledger.fail(&Purpose::Plan, &broken), Decision::Wait(_))).count();
        assert_eq!(waits, 4);
        // The engine's second attempt at the same purpose finds the budget spent; another purpose has its own.
        for failures in 5..9 {
            assert_eq!(ledger.fail(&Purpose::Plan, &broken), Decision::Stop(Stop::Attempts(failures)));
        }
        let task = Purpose::Task { task: "a".parse().unwrap(), agent: "b".parse().unwrap() };
        assert!(matches!(ledger.fail(&task, &broken), Decision::Wait(_)));
    }

    #[test]
    fn the_run_has_a_budget_above_all() {
        let mut ledger = RetryLedger::new(SETTINGS, 7);
        ledger.run = Arc::new(RetryBudget::new(1, Duration::MAX));
        let broken = Diagnosis::new(LlmErrorKind::Overloaded, Retry::Often, "overloaded");
        assert!(matches!(ledger.fail(&Purpose::Plan, &broken), Decision::Wait(_)));
        assert_eq!(ledger.fail(&Purpose::Plan, &broken), Decision::Stop(Stop::Run));
    }
}
