//! A bound on retries that all layers share.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many retries, and how much waiting for them, a run may still spend, wherever they happen.
///
/// Each layer asks before it waits. Without a shared bound, a client that tries five times below a task that tries four
/// times calls a broken service twenty times.
#[derive(Debug)]
pub struct RetryBudget(Mutex<Left>);

#[derive(Debug)]
struct Left {
    retries: u32,
    waiting: Duration,
}

impl RetryBudget {
    /// A budget of so many retries, and so much waiting in all.
    pub const fn new(retries: u32, waiting: Duration) -> Self {
        Self(Mutex::new(Left { retries, waiting }))
    }

    /// A budget that never runs out.
    pub const fn unlimited() -> Self {
        Self::new(u32::MAX, Duration::MAX)
    }

    /// Takes one retry after `wait` out of the budget; `false`, and nothing taken, where it does not hold that much.
    pub fn spend(&self, wait: Duration) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let unlimited = (left.retries, left.waiting) == (u32::MAX, Duration::MAX);
        if unlimited {
            return true;
        }
        if left.retries == 0 || left.waiting < wait {
            return false;
        }
        left.retries -= 1;
        left.waiting -= wait;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_with_its_retries_or_its_waiting() {
        let second = Duration::from_secs(1);
        let budget = RetryBudget::new(2, second * 10);
        assert_eq!([(); 3].map(|()| budget.spend(second)), [true, true, false]);

        let budget = RetryBudget::new(9, second * 3);
        assert!(budget.spend(second * 2));
        assert!(!budget.spend(second * 2), "more than what is left");
        assert!(budget.spend(second), "a shorter wait still fits");

        let budget = RetryBudget::unlimited();
        assert!((0..1000).all(|_| budget.spend(Duration::MAX)));
    }

    #[test]
    fn threads_share_it() {
        let budget = RetryBudget::new(1000, Duration::MAX);
        let taken: usize = std::thread::scope(|scope| {
            let spend = || (0..500).filter(|_| budget.spend(Duration::from_millis(1))).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(spend)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(taken, 1000);
    }
}
