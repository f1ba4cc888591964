//! Panics as a message and an exit code. Unwinding is kept, so that a panicking task stays one failed task.

use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

/// What the last panic said, for the message at the process's end.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Replaces the standard hook, which would print over the progress and for tasks whose failure is reported anyway.
pub(crate) fn install() {
    panic::set_hook(Box::new(|info| {
        let text = describe(info);
        tracing::error!("{text}");
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }));
}

/// What the last panic said.
pub(crate) fn last() -> Option<String> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let said = info.payload_as_str().unwrap_or("no message");
    match info.location() {
        Some(place) => format!("{said} ({}:{})", place.file(), place.line()),
        None => said.to_owned(),
    }
}
