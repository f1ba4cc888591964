//! Texts that must not be seen.

use std::fmt;

/// A text that prints as `[redacted]`, whoever asks; [`Secret::expose`] is the only way to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text without the blanks, line ends and byte order mark that files and shells put around it; `None` where
    /// nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The text itself; for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Replaces every occurrence of the secret in a text.
    pub fn redact(&self, text: &str) -> String {
        text.replace(&self.0, "[redacted]")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_nothing_of_itself() {
        let secret = Secret::new(" k3y\n").unwrap();
        assert_eq!(format!("{secret} {secret:?}"), "[redacted] [redacted]");
        assert_eq!(secret.expose(), "k3y");
        assert_eq!(secret.redact("x-goog-api-key: k3y"), "x-goog-api-key: [redacted]");
        assert_eq!(Secret::new("\u{feff}k3y\r\n").unwrap().expose(), "k3y");
        assert!(Secret::new(" \n").is_none());
    }
}
