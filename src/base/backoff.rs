//! Capped exponential backoff with jitter, as data.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// The waits between attempts: base, doubled each time up to the cap, plus 0 to 10 % of itself at random.
///
/// The jitter comes from a seed, so a test that knows the seed knows the waits. Saturates instead of overflowing; never ends.
#[derive(Debug)]
pub struct Backoff {
    next: Duration,
    cap: Duration,
    rng: StdRng,
}

impl Backoff {
    /// Waits from `base` to `cap`; a base above the cap counts as the cap.
    pub fn new(base: Duration, cap: Duration, seed: u64) -> Self {
        Self { next: base.min(cap), cap, rng: StdRng::seed_from_u64(seed) }
    }
}

impl Iterator for Backoff {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let wait = self.next;
        self.next = wait.saturating_mul(2).min(self.cap);
        Some(wait.saturating_add(wait.mul_f64(self.rng.random_range(0.0..=0.1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_the_cap_with_a_tenth_of_jitter() {
        let ms = Duration::from_millis;
        for seed in 0..200 {
            let waits: Vec<_> = Backoff::new(ms(500), ms(3000), seed).take(5).collect();
            for (wait, plain) in waits.iter().zip([500, 1000, 2000, 3000, 3000]) {
                assert!(*wait >= ms(plain) && *wait <= ms(plain + plain / 10), "{waits:?}");
            }
        }
        assert_eq!(
            Backoff::new(ms(9), ms(99), 7).take(9).collect::<Vec<_>>(),
            Backoff::new(ms(9), ms(99), 7).take(9).collect::<Vec<_>>()
        );
    }

    #[test]
    fn saturates() {
        let huge = Duration::from_secs(u64::MAX / 4);
        assert_eq!(Backoff::new(huge, huge, 0).take(70).count(), 70);
    }
}
