//! Which key, server and API version the environment names, in the order of Google's own clients.

use std::io;
use std::path::Path;

use super::client::{LlmError, LlmErrorKind};
use crate::base::secret::Secret;

/// Environment variables that this module reads.
pub const GEMINI_VARIABLES: [&str; 7] = [
    "METAGEN_API_KEY_FILE",
    "GOOGLE_API_KEY",
    "GEMINI_API_KEY",
    "GOOGLE_GEMINI_BASE_URL",
    "GOOGLE_GENAI_API_VERSION",
    "GOOGLE_GENAI_USE_VERTEXAI",
    "GOOGLE_GENAI_USE_ENTERPRISE",
];

/// What the environment says about Gemini.
#[derive(Clone, Debug, Default)]
pub struct GeminiEnvironment {
    /// The key, trimmed.
    pub key: Option<Secret>,
    /// The variable that the key came from.
    pub key_from: Option<&'static str>,
    /// `GOOGLE_GEMINI_BASE_URL`
    pub base_url: Option<String>,
    /// `GOOGLE_GENAI_API_VERSION`
    pub api_version: Option<String>,
    /// What the user should hear about it.
    pub notes: Vec<String>,
}

/// Reads the environment through `variable` and a key file through `read`.
///
/// A key file is metagen's own, explicit option and comes first; then `GOOGLE_API_KEY`, then `GEMINI_API_KEY`. What is empty
/// or blank counts as unset. Keys are not checked by their looks: their prefixes have changed before.
pub fn gemini_environment(
    variable: &dyn Fn(&str) -> Option<String>,
    read: &dyn Fn(&Path) -> io::Result<String>,
) -> Result<GeminiEnvironment, LlmError> {
    let set = |name| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let mut found = GeminiEnvironment {
        base_url: set("GOOGLE_GEMINI_BASE_URL"),
        api_version: set("GOOGLE_GENAI_API_VERSION"),
        ..GeminiEnvironment::default()
    };
    let (google, gemini) = (set("GOOGLE_API_KEY"), set("GEMINI_API_KEY"));
    if let Some(path) = set("METAGEN_API_KEY_FILE") {
        found.key = Some(key_file(Path::new(&path), read)?);
        found.key_from = Some("METAGEN_API_KEY_FILE");
    } else if let Some(key) = &google {
        if gemini.is_some() {
            found
                .notes
                .push("both GOOGLE_API_KEY and GEMINI_API_KEY are set; using GOOGLE_API_KEY".to_owned());
        }
        found.key = Secret::new(key);
        found.key_from = Some("GOOGLE_API_KEY");
    } else if let Some(key) = &gemini {
        found.key = Secret::new(key);
        found.key_from = Some("GEMINI_API_KEY");
    }
    for name in ["GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"] {
        if set(name).is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true")) {
            if found.key.is_some() {
                // The key may well be meant for that other service, and would end up at this one.
                return Err(LlmError::new(
                    LlmErrorKind::Settings,
                    format!("{name} asks for Vertex AI, and metagen speaks to the Gemini Developer API only"),
                )
                .with_hint(format!(
                    "unset {name} to use the Developer API with this key, or use --provider mock"
                )));
            }
            found.notes.push(format!("{name} is ignored: metagen speaks to the Gemini Developer API only"));
        }
    }
    Ok(found)
}

/// Reads a key from a file, for secrets that are mounted; an error names the file and never its content.
pub fn key_file(path: &Path, read: &dyn Fn(&Path) -> io::Result<String>) -> Result<Secret, LlmError> {
    let fault = |message: String| {
        LlmError::new(LlmErrorKind::KeyMissing, message)
            .with_hint("put the key alone into that file, or set GEMINI_API_KEY instead")
    };
    let text =
        read(path).map_err(|error| fault(format!("cannot read key file {}: {error}", path.display())))?;
    Secret::new(&text).ok_or_else(|| fault(format!("key file {} is empty", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], key: Option<&str>, from: Option<&str>, notes: usize) {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let read = |path: &Path| match path.to_str() {
            Some("/run/secrets/key") => Ok(" from-file\n".to_owned()),
            Some("/empty") => Ok("\n".to_owned()),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        let found = gemini_environment(&variable, &read).unwrap();
        assert_eq!(found.key.as_ref().map(Secret::expose), key);
        assert_eq!(found.key_from, from);
        assert_eq!(found.notes.len(), notes, "{:?}", found.notes);
    }

    #[test]
    fn keys_come_in_the_order_of_the_clients() {
        check(&[], None, None, 0);
        check(&[("GEMINI_API_KEY", "b")], Some("b"), Some("GEMINI_API_KEY"), 0);
        check(&[("GOOGLE_API_KEY", "a\n")], Some("a"), Some("GOOGLE_API_KEY"), 0);
        check(&[("GOOGLE_API_KEY", "a"), ("GEMINI_API_KEY", "b")], Some("a"), Some("GOOGLE_API_KEY"), 1);
        check(&[("GOOGLE_API_KEY", "a"), ("GEMINI_API_KEY", "a")], Some("a"), Some("GOOGLE_API_KEY"), 1);
        check(&[("GOOGLE_API_KEY", ""), ("GEMINI_API_KEY", "b")], Some("b"), Some("GEMINI_API_KEY"), 0);
        check(&[("GOOGLE_API_KEY", " "), ("GEMINI_API_KEY", "")], None, None, 0);
        check(
            &[("METAGEN_API_KEY_FILE", "/run/secrets/key"), ("GOOGLE_API_KEY", "a")],
            Some("from-file"),
            Some("METAGEN_API_KEY_FILE"),
            0,
        );
        check(&[("GOOGLE_GENAI_USE_VERTEXAI", "true")], None, None, 1);
        check(
            &[("GOOGLE_GENAI_USE_VERTEXAI", "false"), ("GEMINI_API_KEY", "b")],
            Some("b"),
            Some("GEMINI_API_KEY"),
            0,
        );
    }

    #[test]
    fn a_key_for_another_service_is_not_sent_to_this_one() {
        for (name, value) in [("GOOGLE_GENAI_USE_VERTEXAI", "True"), ("GOOGLE_GENAI_USE_ENTERPRISE", "1")] {
            let variable = |asked: &str| match asked {
                "GEMINI_API_KEY" => Some("b".to_owned()),
                other => (other == name).then(|| value.to_owned()),
            };
            let error = gemini_environment(&variable, &|_| Ok(String::new())).unwrap_err();
            assert_eq!(error.kind, LlmErrorKind::Settings);
            assert!(error.message.contains(name) && error.hint.unwrap().contains("unset"));
        }
    }

    #[test]
    fn a_bad_key_file_is_an_error_and_not_a_missing_key() {
        for path in ["/empty", "/nowhere"] {
            let read = |path: &Path| match path.to_str() {
                Some("/empty") => Ok(String::new()),
                _ => Err(io::Error::from(io::ErrorKind::NotFound)),
            };
            let variable = |name: &str| (name == "METAGEN_API_KEY_FILE").then(|| path.to_owned());
            let error = gemini_environment(&variable, &read).unwrap_err();
            assert_eq!(error.kind, LlmErrorKind::KeyMissing);
            assert!(error.message.contains(path), "{}", error.message);
        }
    }
}
