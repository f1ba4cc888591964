//! Why a command came to nothing.

use std::path::PathBuf;

use super::exit::Exit;
use super::input::InputError;
use super::next::resume_command;
use super::session::Signal;
use crate::base::fs::{Fault, FsError, LockError};
use crate::config::ConfigError;
use crate::context::ContextError;
use crate::llm::{LlmError, LlmErrorKind};
use crate::workspace::IgnoreError;

/// What is rejected where a model's plan is.
pub(super) const MODELS_PLAN: &str = "the model's plan";

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
        /// `the blueprint`, `the spec`, `the model's plan` …
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
        source: ContextError,
    },
    /// The person's patterns cannot be read.
    #[error("cannot use {}", path.display())]
    Ignore {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: IgnoreError,
    },
    /// There is no backup of this name, or none at all.
    #[error("there is no backup {}in {}", name.as_ref().map(|name| format!("{name} ")).unwrap_or_default(), dir.display())]
    NoBackup {
        /// What was asked for.
        name: Option<String>,
        /// The app's directory.
        dir: PathBuf,
    },
    /// There is no plan with this number.
    #[error("there is no plan {number} in {}", dir.display())]
    NoPlan {
        /// What was asked for.
        number: u32,
        /// The app's directory.
        dir: PathBuf,
        /// The last plan's number.
        last: u32,
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
            Self::Input(_)
            | Self::NotAnApp { .. }
            | Self::NoPlan { .. }
            | Self::NoBackup { .. }
            | Self::Ignore { .. } => Exit::Usage,
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
            Self::Lock(LockError::Held { .. }) => "locked",
            Self::Lock(LockError::Fs(_)) | Self::Disk(_) => "disk",
            Self::State { .. } => "state",
            Self::Ignore { .. } => "ignore",
            Self::NoPlan { .. } => "no_plan",
            Self::NoBackup { .. } => "no_backup",
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
            Self::Rejected { what: MODELS_PLAN, .. } => Some(
                "try again with --no-cache, or choose another model; without --no-fallback the offline planner's plan stands in".to_owned(),
            ),
            Self::Rejected { what, .. } => {
                Some(format!("mend {what} and try again; `metagen plan` checks without writing anything"))
            }
            Self::Model(error) => error.hint.clone(),
            Self::NotAnApp { .. } => Some("name the directory of an app: metagen status ./my-app".to_owned()),
            Self::Lock(LockError::Held { .. }) => {
                Some("--wait waits until it ends; `metagen status` says how far it is".to_owned())
            }
            Self::Lock(LockError::Fs(error)) | Self::Disk(error) => Some(disk_hint(error.fault).to_owned()),
            Self::State { source: ContextError::Newer { .. }, .. } => Some(
                "use the metagen that wrote it or a newer one, or go back to a backup with `metagen context restore`"
                    .to_owned(),
            ),
            Self::State { .. } => Some(
                "the next build mends what can be mended; `metagen context restore` goes back to a backup".to_owned(),
            ),
            Self::Ignore { .. } => Some("its language is that of .gitignore".to_owned()),
            Self::NoBackup { .. } => Some("`metagen context check` lists them, `metagen context backup` makes one".to_owned()),
            Self::NoPlan { last: 0, .. } => Some("a build keeps its plan".to_owned()),
            Self::NoPlan { last, .. } => {
                Some(format!("there are plans up to {last}: `metagen plan history` lists them"))
            }
            Self::Paused { inner, .. } => inner.hint(),
            Self::Stopped(_) => Some("what was answered so far is not paid for again".to_owned()),
            Self::Bug(_) => Some("please report this with the command that led to it".to_owned()),
        }
    }
}

/// What the user can do about a disk that refuses.
fn disk_hint(fault: Fault) -> &'static str {
    match fault {
        Fault::NoSpace | Fault::TooLarge => {
            "nothing is lost: make room there, then `metagen resume` or the same command goes on"
        }
        Fault::ReadOnly | Fault::Permission => {
            "give this user the right to read and write there, or name another place with --out"
        }
        Fault::NotADirectory
        | Fault::DeadLink
        | Fault::IsADirectory
        | Fault::Special
        | Fault::AlreadyExists => "move it out of the way, or name another place with --out",
        Fault::Symlink => "put a directory of its own there, or name another place with --out",
        Fault::Changing => "nothing is lost: see what writes to it, then build again",
        Fault::LockUnsupported => {
            "network file systems without locks cannot hold an app's state: build on a local disk with --out"
        }
        Fault::NotFound | Fault::Other => {
            "mend what is named there, then `metagen resume` or the same command"
        }
    }
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
