//! What a command may touch.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio_util::sync::CancellationToken;

use crate::config::{Config, Variables};
use crate::plan::Plan;

/// Everything a command may touch.
#[derive(Clone, Debug)]
pub struct Session {
    /// What the user set.
    pub config: Arc<Config>,
    /// The environment, for keys and for the programs that are started.
    pub variables: Arc<Variables>,
    /// The working directory.
    pub directory: PathBuf,
    /// The user's directory for metagen's configuration and own agents.
    pub user_directory: Option<PathBuf>,
    /// Tells when to stop.
    pub interrupt: Interrupt,
}

impl Session {
    /// The app's directory: the argument, else `--out`, else the working directory.
    pub fn app_directory(&self, argument: Option<&Path>) -> PathBuf {
        match argument.or(self.config.out.as_deref()) {
            Some(path) => self.directory.join(path),
            None => self.directory.clone(),
        }
    }

    /// Where a plan's app is written: `--out`, else a directory of the app's name.
    pub fn output_directory(&self, plan: &Plan) -> PathBuf {
        let named = || PathBuf::from(plan.blueprint().file().app.slug.clone().unwrap_or_default());
        self.directory.join(self.config.out.clone().unwrap_or_else(named))
    }

    /// A path as messages show it: relative to the working directory where it is below it.
    pub fn shown(&self, path: &Path) -> String {
        match path.strip_prefix(&self.directory) {
            Ok(rest) if rest.as_os_str().is_empty() => ".".to_owned(),
            Ok(rest) => rest.display().to_string(),
            Err(_) => path.display().to_string(),
        }
    }

    /// The environment of an app's own tools: the caller's, without what belongs to metagen or to its models.
    pub fn tool_environment(&self) -> impl Iterator<Item = (&String, &String)> {
        const OURS: [&str; 4] = ["METAGEN_", "GOOGLE_", "GEMINI_", "OPENAI_"];
        self.variables.iter().filter(|(name, _)| !OURS.iter().any(|prefix| name.starts_with(prefix)))
    }
}

/// A request to stop, seen by everything that runs.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    token: CancellationToken,
    signal: Arc<AtomicU8>,
}

/// What asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Control-C.
    Interrupt,
    /// A supervisor, or the system going down.
    Terminate,
}

impl Interrupt {
    /// Cancelled as soon as a stop is asked for.
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Asks to stop; the first signal is the one that counts.
    pub fn raise(&self, signal: Signal) {
        let number = match signal {
            Signal::Interrupt => 1,
            Signal::Terminate => 2,
        };
        self.signal.compare_exchange(0, number, Ordering::SeqCst, Ordering::SeqCst).ok();
        self.token.cancel();
    }

    /// What asked to stop, if anything did.
    pub fn signal(&self) -> Option<Signal> {
        match self.signal.load(Ordering::SeqCst) {
            1 => Some(Signal::Interrupt),
            2 => Some(Signal::Terminate),
            _ => None,
        }
    }
}
