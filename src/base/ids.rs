//! Identities as types, so that a task's id cannot be handed over where an agent's name is wanted.
//!
//! They are shared texts: events and records carry them by the hundred thousand, and a clone costs no allocation.

use std::borrow::Borrow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Names a task of a plan: 1 to 64 characters out of `a-z 0-9 - _ .`, beginning with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaskId(Arc<str>);

/// Names an agent; the same alphabet as [`TaskId`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgentName(Arc<str>);

/// A file of the generated app: relative to its root, `/`-separated, normalised and inside the root by construction.
///
/// No component is empty, `.` or `..`, none is a name that Windows reserves, ends in a blank or a full stop, or holds a control
/// character, a backslash or one of `<>:"|?*`. At most 240 bytes long.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OutputPath(Arc<str>);

/// Why a text is no identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} {text:?} {why}")]
pub struct InvalidId {
    what: &'static str,
    text: String,
    why: &'static str,
}

fn slug_fault(text: &str) -> Option<&'static str> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if text.is_empty() {
        Some("is empty")
    } else if text.len() > 64 {
        Some("is longer than 64 characters")
    } else if !text.starts_with(plain) {
        Some("does not begin with a lower-case letter or a digit")
    } else if !text.chars().all(|c| plain(c) || matches!(c, '-' | '_' | '.')) {
        Some("has characters other than a-z, 0-9, '-', '_' and '.'")
    } else {
        None
    }
}

fn path_fault(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty");
    }
    if text.len() > 240 {
        return Some("is longer than 240 bytes");
    }
    if text.starts_with('/') {
        return Some("is absolute");
    }
    for part in text.split('/') {
        if part.is_empty() {
            return Some("has an empty component");
        }
        if part == "." || part == ".." {
            return Some("has a '.' or '..' component");
        }
        if part.chars().any(|c| c.is_control() || matches!(c, '\\' | '<' | '>' | ':' | '"' | '|' | '?' | '*'))
        {
            return Some("has a character that file systems reserve");
        }
        if part.ends_with(' ') || part.ends_with('.') {
            return Some("has a component that ends in a blank or a full stop");
        }
        let stem = part.split('.').next().unwrap_or(part).to_ascii_lowercase();
        let device = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
            || (stem.len() == 4
                && (stem.starts_with("com") || stem.starts_with("lpt"))
                && stem.ends_with(|c: char| c.is_ascii_digit()));
        if device {
            return Some("has a component that Windows reserves");
        }
    }
    None
}

macro_rules! identity {
    ($type:ident, $what:literal, $fault:ident) => {
        impl $type {
            /// Checks the text.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                match $fault(&text) {
                    None => Ok(Self(text.into())),
                    Some(why) => Err(InvalidId { what: $what, text: text.chars().take(80).collect(), why }),
                }
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $type {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$type> for String {
            fn from(id: $type) -> String {
                id.0.as_ref().to_owned()
            }
        }
    };
}

identity!(TaskId, "task id", slug_fault);
identity!(AgentName, "agent name", slug_fault);
identity!(OutputPath, "path", path_fault);

// The order and the hash are those of the text.
impl Borrow<str> for OutputPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl OutputPath {
    /// The file's place below `root`.
    pub fn below(&self, root: &Path) -> PathBuf {
        // The separator may be another one here.
        let mut path = PathBuf::with_capacity(root.as_os_str().len() + self.0.len() + 1);
        path.push(root);
        path.extend(self.0.split('/'));
        path
    }

    /// What follows the last full stop of the file name; empty where there is none.
    pub fn extension(&self) -> &str {
        let name = self.0.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_paths_stay_inside() {
        for good in ["a", "a/b.ts", ".github/workflows/ci.yml", "docs/API.md", "a..b/c"] {
            assert!(OutputPath::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/a",
            "../a",
            "a/../b",
            "a//b",
            "a/./b",
            "a\\b",
            "c:",
            "a\0",
            "nul.txt",
            "COM1",
            "a ",
            "a.",
            &"x".repeat(241),
        ] {
            assert!(OutputPath::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn task_ids_are_slugs() {
        for good in ["backend", "0", "a.b-c_d"] {
            assert!(TaskId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "Backend", "-a", "a b", "ä", &"x".repeat(65)] {
            assert!(TaskId::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn extensions() {
        assert_eq!(OutputPath::new("a/b.test.tsx").unwrap().extension(), "tsx");
        assert_eq!(OutputPath::new("Dockerfile").unwrap().extension(), "");
    }
}
