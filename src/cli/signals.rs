//! The first signal asks to stop, the second one stops.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::terminal::Terminal;
use crate::commands::{Exit, Interrupt, Signal};

/// Where nobody reads what is said, stopping waits no longer for that.
const SAYING: Duration = Duration::from_millis(100);

/// Listens for SIGINT and SIGTERM as long as the runtime lives.
pub(crate) fn listen(interrupt: Interrupt, terminal: Terminal) -> io::Result<()> {
    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut terminations = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            let received = tokio::select! {
                _ = interrupts.recv() => Signal::Interrupt,
                _ = terminations.recv() => Signal::Terminate,
            };
            if interrupt.signal().is_some() {
                let exit = match received {
                    Signal::Interrupt => Exit::Interrupted,
                    Signal::Terminate => Exit::Terminated,
                };
                // State on disk is whole at every moment, so that leaving without a goodbye is safe.
                std::process::exit(i32::from(exit.code()));
            }
            let terminal = terminal.clone();
            let said = spawn_blocking(move || terminal.note("stopping; once more to stop at once"));
            let _ = timeout(SAYING, said).await;
            interrupt.raise(received);
        }
    });
    Ok(())
}
