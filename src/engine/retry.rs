//! Whether a failed attempt is repeated, and when: decisions apart from waiting.

use std::time::Duration;

use super::runner::TaskErrorKind;
use crate::base::backoff::Backoff;
use crate::base::ids::TaskId;
use crate::llm::LlmErrorKind;
use crate::plan::TaskLimits;

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It said so itself.
    Error(TaskErrorKind),
    /// It ran out of time.
    TimedOut,
    /// It panicked, and would again.
    Panicked,
}

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Another attempt, after the backoff or after this wait, whichever is longer.
    Retry {
        /// The wait that was asked for.
        at_least: Option<Duration>,
    },
    /// The task has failed.
    GiveUp,
    /// The task has failed, and every other that needs the provider would too.
    EndRun(LlmErrorKind),
}

/// Decides on the failure alone; how many attempts are left is another question.
pub const fn decide(failure: Failure) -> Decision {
    match failure {
        Failure::TimedOut => Decision::Retry { at_least: None },
        Failure::Panicked | Failure::Error(TaskErrorKind::Terminal) => Decision::GiveUp,
        Failure::Error(TaskErrorKind::Retryable { after }) => Decision::Retry { at_least: after },
        Failure::Error(TaskErrorKind::Provider { kind, after }) => match kind {
            LlmErrorKind::RateLimited
            | LlmErrorKind::Overloaded
            | LlmErrorKind::Truncated
            | LlmErrorKind::Malformed
            | LlmErrorKind::Network
            | LlmErrorKind::Timeout => Decision::Retry { at_least: after },
            LlmErrorKind::Blocked
            | LlmErrorKind::ContextTooLong
            | LlmErrorKind::BadRequest
            | LlmErrorKind::NotRecorded => Decision::GiveUp,
            LlmErrorKind::KeyMissing
            | LlmErrorKind::KeyInvalid
            | LlmErrorKind::KeyBlocked
            | LlmErrorKind::ModelUnknown
            | LlmErrorKind::DailyQuota
            | LlmErrorKind::CreditGone
            | LlmErrorKind::Settings
            | LlmErrorKind::Budget => Decision::EndRun(kind),
        },
    }
}

/// The wait after a failed attempt (1 for the first): the task's backoff, or what was asked for if that is longer.
pub fn wait_after(
    attempt: u32,
    at_least: Option<Duration>,
    task: &TaskId,
    limits: &TaskLimits,
    seed: u64,
) -> Duration {
    let mut backoff =
        Backoff::new(limits.base_backoff, limits.max_backoff, attempt_seed(seed, task, attempt));
    let doublings = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX).min(64);
    let wait = backoff.nth(doublings).unwrap_or(limits.max_backoff);
    at_least.map_or(wait, |asked| asked.max(wait))
}

/// FNV-1a over all three, the same on every machine: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn attempt_seed(seed: u64, task: &TaskId, attempt: u32) -> u64 {
    let bytes = seed.to_le_bytes().into_iter().chain(attempt.to_le_bytes()).chain(task.as_str().bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions() {
        use LlmErrorKind as Kind;
        let after = Some(Duration::from_secs(7));
        let again = Decision::Retry { at_least: after };
        let table = [
            (Kind::RateLimited, again),
            (Kind::Overloaded, again),
            (Kind::Truncated, again),
            (Kind::Malformed, again),
            (Kind::Network, again),
            (Kind::Timeout, again),
            (Kind::Blocked, Decision::GiveUp),
            (Kind::ContextTooLong, Decision::GiveUp),
            (Kind::BadRequest, Decision::GiveUp),
            (Kind::NotRecorded, Decision::GiveUp),
            (Kind::KeyMissing, Decision::EndRun(Kind::KeyMissing)),
            (Kind::KeyInvalid, Decision::EndRun(Kind::KeyInvalid)),
            (Kind::KeyBlocked, Decision::EndRun(Kind::KeyBlocked)),
            (Kind::ModelUnknown, Decision::EndRun(Kind::ModelUnknown)),
            (Kind::DailyQuota, Decision::EndRun(Kind::DailyQuota)),
            (Kind::CreditGone, Decision::EndRun(Kind::CreditGone)),
            (Kind::Settings, Decision::EndRun(Kind::Settings)),
            (Kind::Budget, Decision::EndRun(Kind::Budget)),
        ];
        for (kind, expect) in table {
            assert_eq!(decide(Failure::Error(TaskErrorKind::Provider { kind, after })), expect, "{kind:?}");
        }
        assert_eq!(decide(Failure::Error(TaskErrorKind::Retryable { after })), again);
        assert_eq!(decide(Failure::Error(TaskErrorKind::Terminal)), Decision::GiveUp);
        assert_eq!(decide(Failure::TimedOut), Decision::Retry { at_least: None });
        assert_eq!(decide(Failure::Panicked), Decision::GiveUp);
    }

    #[test]
    fn waits_double_to_the_cap_and_heed_what_was_asked() {
        let ms = Duration::from_millis;
        let limits = TaskLimits { base_backoff: ms(100), max_backoff: ms(350), ..TaskLimits::default() };
        let task = TaskId::new("t").unwrap();
        for seed in 0..50 {
            for (attempt, plain) in [(1, 100), (2, 200), (3, 350), (4, 350), (u32::MAX, 350)] {
                let wait = wait_after(attempt, None, &task, &limits, seed);
                assert!(wait >= ms(plain) && wait <= ms(plain + plain / 10), "{attempt} {wait:?}");
            }
        }
        assert_eq!(wait_after(1, Some(ms(900)), &task, &limits, 0), ms(900));
        assert!(wait_after(3, Some(ms(1)), &task, &limits, 0) >= ms(350));
        let other = TaskId::new("u").unwrap();
        assert_eq!(wait_after(1, None, &task, &limits, 1), wait_after(1, None, &task, &limits, 1));
        assert_ne!(wait_after(1, None, &task, &limits, 1), wait_after(1, None, &other, &limits, 1));
    }
}
