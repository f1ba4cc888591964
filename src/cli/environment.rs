//! The process's surroundings, read once and here only.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use crate::config::Variables;

/// What the process was started in.
#[derive(Debug)]
pub(crate) struct Environment {
    /// Environment variables that are valid Unicode; others name nothing that metagen knows.
    pub(crate) variables: Variables,
    /// The working directory.
    pub(crate) directory: PathBuf,
    /// Whether somebody types.
    pub(crate) stdin_is_terminal: bool,
    /// Whether somebody watches standard output.
    pub(crate) stdout_is_terminal: bool,
    /// Whether somebody watches standard error.
    pub(crate) stderr_is_terminal: bool,
}

impl Environment {
    /// Reads everything.
    pub(crate) fn read() -> io::Result<Self> {
        Ok(Self {
            variables: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            directory: std::env::current_dir()?,
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
        })
    }

    /// A variable that is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The user's directory for metagen's configuration, after the XDG base directory specification.
    pub(crate) fn user_directory(&self) -> Option<PathBuf> {
        let xdg = self.variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let home = || self.variable("HOME").map(|home| PathBuf::from(home).join(".config"));
        xdg.or_else(home).map(|base| base.join("metagen"))
    }
}
