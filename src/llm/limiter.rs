//! How fast the whole run may ask.
//!
//! One limiter stands before all calls of a run. It keeps the user's own bounds over a sliding minute, and when the service
//! says that it is asked too often, everyone waits and then goes on at a slower pace that recovers with each success. Who has
//! asked first goes first, so that whoever was refused is not overtaken and refused again.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::settings::RateSettings;
use crate::base::patience::patiently;

const MINUTE: Duration = Duration::from_mins(1);
const FIRST_PACE: Duration = Duration::from_millis(250);
const SLOWEST_PACE: Duration = Duration::from_secs(8);

/// Once refused, a run does not rush again: of calls that start together all are refused together.
const FASTEST_PACE: Duration = Duration::from_millis(20);

/// The gate before all calls of a run.
#[derive(Debug)]
pub(super) struct Limiter {
    settings: RateSettings,
    state: Mutex<State>,
    /// Told when somebody has left the queue.
    left: Notify,
}

/// A place in the queue; all calls that one question takes have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn(u64);

#[derive(Debug, Default)]
struct State {
    /// Turns that were given out.
    turns: u64,
    /// Those who wait, the first to go first.
    queue: BTreeSet<Turn>,
    /// Calls of the last minute and the tokens they sent.
    window: VecDeque<(Instant, u64)>,
    tokens: u64,
    /// Nobody starts before.
    paused_until: Option<Instant>,
    /// The least time between two starts.
    pace: Duration,
    last_start: Option<Instant>,
}

/// What to do before a start.
enum Gate {
    Open,
    /// Closed until then.
    Until(Instant),
    /// Others are first.
    Behind,
}

/// Leaves the queue, however the wait ends.
struct Queued<'a>(&'a Limiter, Turn);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.lock().queue.remove(&self.1);
        self.0.left.notify_waiters();
    }
}

impl Limiter {
    pub(super) fn new(settings: RateSettings) -> Self {
        Self { settings, state: Mutex::default(), left: Notify::new() }
    }

    /// A place behind all others.
    pub(super) fn turn(&self) -> Turn {
        let mut state = self.lock();
        state.turns += 1;
        Turn(state.turns)
    }

    /// Waits until a call that sends about so many tokens may start.
    pub(super) async fn acquire(&self, turn: Turn, tokens: u64) {
        self.lock().queue.insert(turn);
        let _queued = Queued(self, turn);
        loop {
            let left = self.left.notified();
            tokio::pin!(left);
            // Registers before the look at the queue, so that nobody who leaves in between is missed.
            left.as_mut().enable();
            match self.try_start(turn, tokens, Instant::now()) {
                Gate::Open => return,
                Gate::Until(until) => patiently(sleep_until(until)).await,
                Gate::Behind => patiently(left).await,
            }
        }
    }

    /// The service wants to be asked less: nobody starts for `wait`, and everybody more slowly after it.
    pub(super) fn slow_down(&self, wait: Duration) {
        let mut state = self.lock();
        let now = Instant::now();
        let until = now + wait;
        if !state.is_paused(now) {
            state.pace = (state.pace * 2).clamp(FIRST_PACE, SLOWEST_PACE);
        }
        state.paused_until = Some(state.paused_until.map_or(until, |other| other.max(until)));
    }

    /// Whether everyone waits already. Calls that were under way together are refused together: that is one refusal.
    pub(super) fn is_paused(&self) -> bool {
        self.lock().is_paused(Instant::now())
    }

    /// A call succeeded: the pace recovers.
    pub(super) fn recover(&self) {
        let mut state = self.lock();
        if !state.pace.is_zero() {
            state.pace = (state.pace * 9 / 10).max(FASTEST_PACE);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Books a start now, or says when to ask again.
    fn try_start(&self, turn: Turn, tokens: u64, now: Instant) -> Gate {
        let mut state = self.lock();
        if state.queue.first().is_some_and(|first| *first < turn) {
            return Gate::Behind;
        }
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
            return Gate::Until(until);
        }
        state.last_start = Some(now);
        if self.settings != RateSettings::default() {
            state.window.push_back((now, tokens));
            state.tokens = state.tokens.saturating_add(tokens);
        }
        Gate::Open
    }
}

impl State {
    fn is_paused(&self, now: Instant) -> bool {
        self.paused_until.is_some_and(|until| until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn starts(limiter: &Limiter, calls: u64, tokens: u64) -> Vec<u64> {
        let begin = Instant::now();
        let mut starts = Vec::new();
        for _ in 0..calls {
            limiter.acquire(limiter.turn(), tokens).await;
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
        assert_eq!(limiter.lock().pace.as_millis(), 164);
        // It never goes back to a rush, and the next refusal slows down from where it stood.
        for _ in 0..99 {
            limiter.recover();
        }
        assert_eq!(limiter.lock().pace, FASTEST_PACE);
        limiter.slow_down(Duration::from_secs(1));
        assert!(limiter.is_paused());
        assert_eq!(limiter.lock().pace, FIRST_PACE);
        assert_eq!(starts(&limiter, 2, 1).await, [1_000, 1_250]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_asked_first_goes_first() {
        let limiter = Limiter::new(RateSettings { requests_per_minute: Some(1), tokens_per_minute: None });
        let begin = Instant::now();
        let turns = [limiter.turn(), limiter.turn(), limiter.turn()];
        let started = Mutex::new(Vec::new());
        let go = async |place: usize, after: u64| {
            tokio::time::sleep(Duration::from_secs(after)).await;
            limiter.acquire(turns[place], 1).await;
            started.lock().unwrap().push((place, begin.elapsed().as_secs()));
        };
        // The first comes back, as after a refusal, when the others wait already; one gives up.
        let gave_up = tokio::time::timeout(Duration::from_secs(5), limiter.acquire(limiter.turn(), 1));
        let (.., last) = tokio::join!(go(2, 0), go(1, 10), go(0, 20), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            gave_up.await
        });
        assert!(last.is_err());
        assert_eq!(*started.lock().unwrap(), [(2, 0), (0, 60), (1, 120)]);
    }
}
