//! How a run is asked to stop.

use tokio_util::sync::CancellationToken;

/// Asks a run to stop; clones ask the same run.
#[derive(Clone, Debug, Default)]
pub struct StopSignal {
    pub(super) graceful: CancellationToken,
    pub(super) immediate: CancellationToken,
}

impl StopSignal {
    /// A signal that nobody has given yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks: the first time gracefully (nothing starts any more, attempts have the grace period to end), from the second
    /// time on at once (attempts are dropped where they stand). Results that are being kept are kept to the end either way.
    pub fn request(&self) {
        if self.graceful.is_cancelled() {
            self.immediate.cancel();
        } else {
            self.graceful.cancel();
        }
    }

    /// Whether it was asked for.
    pub fn is_requested(&self) -> bool {
        self.graceful.is_cancelled()
    }
}
