//! How fast the whole run may ask.
//!
//! One limiter stands before all calls of a run. It keeps the user's own bounds over a sliding minute, and when the service
//! says that it is asked too often, everyone waits and then goes on at a slower pace that recovers with each success.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::settings::RateSettings;

const MINUTE: Duration = Duration::from_mins(1);
const FIRST_PACE: Duration = Duration::from_millis(250);
const SLOWEST_PACE: Duration = Duration::from_secs(8);

/// The gate before all calls of a run.
#[derive(Debug)]
pub(super) struct Limiter {
    settings: RateSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Calls of the last minute and the tokens they sent.
    window: VecDeque<(Instant, u64)>,
    tokens: u64,
    /// Nobody starts before.
    paused_until: Option<Instant>,
    /// The least time between two starts.
    pace: Duration,
    last_start: Option<Instant>,
}

impl Limiter {
    pub(super) fn new(settings: RateSettings) -> Self {
        Self { settings, state: Mutex::default() }
    }

    /// Waits until a call that sends about so many tokens may start.
    pub(super) async fn acquire(&self, tokens: u64) {
        while let Some(until) = self.try_start(tokens, Instant::now()) {
            sleep_until(until).await;
        }
    }

    /// The service wants to be asked less: nobody starts for `wait`, and everybody more slowly after it.
    pub(super) fn slow_down(&self, wait: Duration) {
        let mut state = self.lock();
        let now = Instant::now();
        let until = now + wait;
        // Calls that were under way together are refused together: that is one refusal.
        if state.paused_until.is_none_or(|other| other <= now) {
            state.pace = (state.pace * 2).clamp(FIRST_PACE, SLOWEST_PACE);
        }
        state.paused_until = Some(state.paused_until.map_or(until, |other| other.max(until)));
    }

    /// A call succeeded: the pace recovers.
    pub(super) fn recover(&self) {
        let mut state = self.lock();
        state.pace /= 2;
        if state.pace < FIRST_PACE / 4 {
            state.pace = Duration::ZERO;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Books a start now, or says when to ask again.
    fn try_start(&self, tokens: u64, now: Instant) -> Option<Instant> {
        let mut state = self.lock();
        while let Some(&(start, spent)) = state.window.front() {
            if now.duration_since(start) < MINUTE {
                break;
            }
            state.window.pop_front();
            state.tokens = state.tokens.saturating_sub(spent);
        }
        let paused = state.paused_until.filter(|&until| until > now);
        let paced = state.last_start.map(|start| start + state.pace).filter(|&start| start > now);
        let full = self.settings.requests_per_minute.is_some_and(|most| state.window.len() >= most.max(1) as usize)
            // A request that is larger than the bound by itself goes when it is alone.
            || self.settings.tokens_per_minute.is_some_and(|most| {
                !state.window.is_empty() && state.tokens.saturating_add(tokens) > most
            });
        let freed = state.window.front().filter(|_| full).map(|&(start, _)| start + MINUTE);
        if let Some(until) = paused.into_iter().chain(paced).chain(freed).max() {
            return Some(until);
        }
        state.last_start = Some(now);
        if self.settings != RateSettings::default() {
            state.window.push_back((now, tokens));
            state.tokens = state.tokens.saturating_add(tokens);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn starts(limiter: &Limiter, calls: u64, tokens: u64) -> Vec<u64> {
        let begin = Instant::now();
        let mut starts = Vec::new();
        for _ in 0..calls {
            limiter.acquire(tokens).await;
            starts.push(u64::try_from(begin.elapsed().as_millis()).unwrap());
        }
        starts
    }

    #[tokio::test(start_paused = true)]
    async fn unbounded_calls_do_not_wait() {
        assert_eq!(starts(&Limiter::new(RateSettings::default()), 3, 1 << 40).await, [0, 0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_of_a_minute_are_bounded() {
        let limiter = Limiter::new(RateSettings { requests_per_minute: Some(2), tokens_per_minute: None });
        assert_eq!(starts(&limiter, 5, 1).await, [0, 0, 60_000, 60_000, 120_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_of_a_minute_are_bounded_and_a_giant_goes_alone() {
        let limiter = Limiter::new(RateSettings { requests_per_minute: None, tokens_per_minute: Some(100) });
        assert_eq!(starts(&limiter, 3, 50).await, [0, 0, 60_000]);
        let limiter = Limiter::new(RateSettings { requests_per_minute: None, tokens_per_minute: Some(100) });
        assert_eq!(starts(&limiter, 2, 500).await, [0, 60_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_slows_everyone_and_successes_recover() {
        let limiter = Limiter::new(RateSettings::default());
        limiter.slow_down(Duration::from_secs(5));
        limiter.slow_down(Duration::from_secs(3));
        assert_eq!(starts(&limiter, 3, 1).await, [5_000, 5_250, 5_500]);
        for _ in 0..4 {
            limiter.recover();
        }
        assert_eq!(starts(&limiter, 2, 1).await, [0, 0]);
    }
}
