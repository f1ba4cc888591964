//! Why a command came to nothing.

use std::path::PathBuf;

use super::exit::Exit;
use super::input::InputError;
use super::session::Signal;
use crate::base::fs::{FsError, LockError};
use crate::config::ConfigError;
use crate::llm::{LlmError, LlmErrorKind};

/// A command that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The input could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// What was read was refused.
    #[error("{what} was rejected")]
    Rejected {
        /// `the blueprint`, `the plan`, `the spec`
        what: &'static str,
        /// Everything that is wrong with it.
        problems: Vec<String>,
    },
    /// The model's provider.
    #[error(transparent)]
    Model(#[from] LlmError),
    /// The directory holds no app of metagen's.
    #[error("{} holds no app that metagen built", dir.display())]
    NotAnApp {
        /// The directory.
        dir: PathBuf,
    },
    /// Another run has the directory.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The disk.
    #[error(transparent)]
    Disk(#[from] FsError),
    /// The state cannot be read or kept.
    #[error("cannot use the state in {}", dir.display())]
    State {
        /// The app's directory.
        dir: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Planning stopped, and what it was about is kept, so that it can go on.
    #[error("{inner}")]
    Paused {
        /// The directory it is kept in, as the user may type it.
        dir: String,
        /// Why it stopped; shown in this one's place.
        inner: Box<Self>,
    },
    /// Somebody asked to stop before there was anything to report.
    #[error("stopped before it was done")]
    Stopped(Signal),
    /// metagen contradicts itself.
    #[error("{0}")]
    Bug(String),
}

impl CommandError {
    /// The process's exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Config(_) => Exit::Usage,
            Self::Input(
                InputError::Empty { .. } | InputError::TooLarge { .. } | InputError::NotUtf8 { .. },
            ) => Exit::Rejected,
            Self::Input(_) | Self::NotAnApp { .. } => Exit::Usage,
            Self::Rejected { .. } => Exit::Rejected,
            Self::Model(error) => provider_exit(error.kind),
            Self::Lock(_) | Self::Disk(_) | Self::State { .. } => Exit::State,
            Self::Stopped(signal) => signal_exit(*signal),
            Self::Paused { inner, .. } => inner.exit(),
            Self::Bug(_) => Exit::Bug,
        }
    }

    /// A word that scripts can match.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Config(_) => "config",
            Self::Input(_) => "input",
            Self::Rejected { .. } => "rejected",
            Self::Model(_) => "model",
            Self::NotAnApp { .. } => "not_an_app",
            Self::Lock(_) => "locked",
            Self::Disk(_) => "disk",
            Self::State { .. } => "state",
            Self::Paused { inner, .. } => inner.kind(),
            Self::Stopped(_) => "stopped",
            Self::Bug(_) => "bug",
        }
    }

    /// Commands to type next.
    pub fn next(&self) -> Vec<String> {
        match self {
            Self::Paused { dir, .. } => vec![resume_command(dir)],
            _ => Vec::new(),
        }
    }

    /// What it comes from: the error itself, or the one that paused a run.
    pub fn innermost(&self) -> &Self {
        match self {
            Self::Paused { inner, .. } => inner.innermost(),
            other => other,
        }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Config(_) => Some("`metagen config show --origin` says what is set where".to_owned()),
            Self::Input(InputError::None) => {
                Some("metagen build \"A task tracker with projects and tasks\"".to_owned())
            }
            Self::Input(InputError::Several) => Some("give one of them".to_owned()),
            Self::Input(InputError::Terminal) => {
                Some("name a file, or pipe the text in: metagen build --spec-file - < spec.md".to_owned())
            }
            Self::Input(InputError::Directory { .. }) => Some("name a file in it".to_owned()),
            Self::Input(_) => None,
            Self::Rejected { what: "the spec", .. } => Some(
                "name the things the app keeps: \"A bookshop with authors, books and reviews\"".to_owned(),
            ),
            Self::Rejected { what, .. } => {
                Some(format!("mend {what} and try again; `metagen plan` checks without writing anything"))
            }
            Self::Model(error) => error.hint.clone(),
            Self::NotAnApp { .. } => Some("name the directory of an app: metagen status ./my-app".to_owned()),
            Self::Lock(_) => {
                Some("wait until the other run ends, or choose another directory with --out".to_owned())
            }
            Self::Disk(_) => Some("free or mend what is named there, then `metagen resume`".to_owned()),
            Self::State { .. } => Some("`metagen resume` goes on from there".to_owned()),
            Self::Paused { inner, .. } => inner.hint(),
            Self::Stopped(_) => Some("what was answered so far is not paid for again".to_owned()),
            Self::Bug(_) => Some("please report this with the command that led to it".to_owned()),
        }
    }
}

/// The command that goes on in a directory.
pub(super) fn resume_command(dir: &str) -> String {
    if dir == "." { "metagen resume".to_owned() } else { format!("metagen resume {dir}") }
}

/// The exit code of a failure of the model's provider.
pub(super) fn provider_exit(kind: LlmErrorKind) -> Exit {
    match kind {
        LlmErrorKind::Settings => Exit::Usage,
        LlmErrorKind::Budget => Exit::Budget,
        _ => Exit::Provider,
    }
}

/// The exit code of a process that was stopped.
pub(super) fn signal_exit(signal: Signal) -> Exit {
    match signal {
        Signal::Interrupt => Exit::Interrupted,
        Signal::Terminate => Exit::Terminated,
    }
}
