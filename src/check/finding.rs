//! What a check found.

use std::fmt;

use crate::base::ids::OutputPath;

/// One fault in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub path: OutputPath,
    /// The line, from 1; 0 where the fault is of the whole file.
    pub line: usize,
    /// What is wrong, as a lowercase fragment.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.path, self.message)
        } else {
            write!(f, "{}:{}: {}", self.path, self.line, self.message)
        }
    }
}

/// Faults in generated files; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct CheckError(pub Vec<Finding>);

/// The line, from 1, of a byte offset.
pub(super) fn line_at(source: &str, offset: usize) -> usize {
    let offset = offset.min(source.len());
    source.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1
}
