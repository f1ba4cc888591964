//! Work for the cores, awaited by tasks.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

/// The work panicked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it stopped unexpectedly: {0}")]
pub struct Panicked(String);

/// Does work that computes and waits for nothing on the threads that there is one of for each core. A thread for each piece, as a
/// runtime's pool for blocking work has it, would cost more than many a piece, and only stand in the way of the others.
/// What has not begun when the answer is dropped never will.
pub async fn on_cores<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Panicked> {
    let (sender, done) = oneshot::channel();
    rayon::spawn(move || {
        // Nobody waits for it any more, as after a timeout.
        if sender.is_closed() {
            return;
        }
        // Nothing of the unwound state is looked at again.
        let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
    });
    match done.await {
        Ok(Ok(made)) => Ok(made),
        Ok(Err(panic)) => Err(Panicked(message(panic.as_ref()))),
        Err(_) => Err(Panicked("it never ended".to_owned())),
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn gives_what_the_work_makes_or_says_why_not() {
        assert_eq!(on_cores(|| 1).await, Ok(1));
        let fault = on_cores(|| panic!("why {}", 2)).await.map(|()| 0);
        assert_eq!(fault.unwrap_err().to_string(), "it stopped unexpectedly: why 2");
    }
}
