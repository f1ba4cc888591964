//! Time bounds that do not run while the one who is bounded stands in a queue.
//!
//! A task has so much time for its work. Where many tasks share a quota most of that time would go by in the queue, through no
//! fault of theirs, and all that is won by giving up is a place at its end. So whoever bounds sets up a watch, and queues,
//! however deep below, stop it. The watch travels with the future, not in its arguments: nothing in between needs to know.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

tokio::task_local! {
    static WATCH: Arc<Watch>;
}

/// How long the bounded one has been in queues.
#[derive(Debug, Default)]
struct Watch {
    state: Mutex<State>,
    /// Told when the state changes.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    queued: Duration,
    /// How many queues it is in, and since when.
    inside: usize,
    since: Option<Instant>,
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Over when `limit` has gone by outside of queues.
    async fn expired(&self, began: Instant, limit: Duration) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let due = {
                let state = self.lock();
                // Beyond any run, where the sum would not fit the clock.
                (state.inside == 0)
                    .then(|| began.checked_add(limit).and_then(|due| due.checked_add(state.queued)))
            };
            match due {
                Some(Some(due)) if due <= Instant::now() => return,
                Some(Some(due)) => tokio::select! {
                    () = sleep_until(due) => {}
                    () = changed => {}
                },
                Some(None) | None => changed.await,
            }
        }
    }
}

/// Is in a queue as long as it lives.
struct Inside(Arc<Watch>);

impl Inside {
    fn new(watch: Arc<Watch>) -> Self {
        {
            let mut state = watch.lock();
            state.inside += 1;
            state.since.get_or_insert_with(Instant::now);
        }
        watch.changed.notify_waiters();
        Self(watch)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        {
            let mut state = self.0.lock();
            state.inside -= 1;
            if state.inside == 0
                && let Some(since) = state.since.take()
            {
                state.queued += since.elapsed();
            }
        }
        self.0.changed.notify_waiters();
    }
}

/// Gives a future so much time, what it spends in [`patiently`] not counted. `None` where that was not enough.
pub async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let watch = Arc::new(Watch::default());
    let began = Instant::now();
    tokio::select! {
        // Work that ends together with its time is done.
        biased;
        done = WATCH.scope(Arc::clone(&watch), work) => Some(done),
        () = watch.expired(began, limit) => None,
    }
}

/// Waits in a queue: the time bound that this stands in, if any, does not run meanwhile.
pub async fn patiently<T>(wait: impl Future<Output = T>) -> T {
    let _inside = WATCH.try_with(Arc::clone).ok().map(Inside::new);
    wait.await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn work_counts_and_queues_do_not() {
        let began = Instant::now();
        assert_eq!(within(SECOND * 5, async { sleep(SECOND * 4).await }).await, Some(()));
        assert_eq!(within(SECOND * 5, sleep(SECOND * 9)).await, None);
        assert_eq!(began.elapsed(), SECOND * 9);
        let queued = async {
            sleep(SECOND * 2).await;
            patiently(sleep(SECOND * 600)).await;
            sleep(SECOND * 2).await;
            patiently(async { patiently(sleep(SECOND * 300)).await }).await;
            7
        };
        assert_eq!(within(SECOND * 5, queued).await, Some(7));
        let began = Instant::now();
        let slow = async {
            patiently(sleep(SECOND * 600)).await;
            sleep(SECOND * 6).await;
        };
        assert_eq!(within(SECOND * 5, slow).await, None);
        assert_eq!(began.elapsed(), SECOND * 605);
    }

    #[tokio::test(start_paused = true)]
    async fn outside_of_a_bound_it_only_waits() {
        let began = Instant::now();
        patiently(sleep(SECOND)).await;
        assert_eq!(began.elapsed(), SECOND);
        assert_eq!(within(Duration::MAX, async { 1 }).await, Some(1));
        assert_eq!(within(Duration::ZERO, std::future::pending::<()>()).await, None);
    }
}
