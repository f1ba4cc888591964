//! Logs on standard error, off until asked for.

use std::io;

use tracing_subscriber::EnvFilter;

/// Starts logging: by the filter where one is set, else by how often `-v` was given.
pub(crate) fn start(filter: Option<&str>, verbose: u64, color: bool) -> Result<(), String> {
    let filter = match (filter, verbose) {
        (Some(text), _) => {
            EnvFilter::try_new(text).map_err(|error| format!("METAGEN_LOG is no filter: {error}"))?
        }
        (None, 0) => return Ok(()),
        (None, 1) => EnvFilter::new("metagen=info"),
        (None, 2) => EnvFilter::new("metagen=debug"),
        (None, _) => EnvFilter::new("metagen=trace,info"),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(color)
        .try_init()
        .map_err(|error| format!("cannot start logging: {error}"))
}
