//! What a build begins from.

use std::io;

/// What is to be built, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A description; not empty.
    Spec(String),
    /// A blueprint or a plan document, in JSON or YAML; not empty.
    Blueprint {
        /// The file it came from.
        name: String,
        /// Its text.
        text: String,
    },
}

/// The input cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// No input was named.
    #[error("nothing says what to build")]
    None,
    /// More than one was.
    #[error("more than one of SPEC, --spec-file and --blueprint is given")]
    Several,
    /// Standard input was named, and somebody would have to type it.
    #[error("standard input is a terminal")]
    Terminal,
    /// Nothing but blanks.
    #[error("{name} is empty")]
    Empty {
        /// The file, `standard input` or `the spec`.
        name: String,
    },
    /// Too many bytes.
    #[error("{name} is larger than {limit} bytes")]
    TooLarge {
        /// The file.
        name: String,
        /// The most that is read.
        limit: u64,
    },
    /// Other bytes than text.
    #[error("{name} is not valid UTF-8")]
    NotUtf8 {
        /// The file.
        name: String,
    },
    /// A directory.
    #[error("{name} is a directory")]
    Directory {
        /// Its name.
        name: String,
    },
    /// The system says no.
    #[error("cannot read {name}")]
    Read {
        /// The file.
        name: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}
