//! Keeps keys out of texts.

use super::client::LlmError;
use crate::base::secret::Secret;

/// A key that is shorter is none of a real service, and may well be a word (`test`, `dummy`) that answers hold for real.
const SHORTEST_KEY: usize = 12;

/// Replaces the key in an answer or a recording, in case a server echoes it.
pub(super) fn in_answer(key: &Secret, text: String) -> String {
    if key.expose().len() < SHORTEST_KEY { text } else { key.redact(&text) }
}

/// Replaces the key in what the user is told.
pub(super) fn in_error(key: &Secret, mut error: LlmError) -> LlmError {
    error.message = key.redact(&error.message);
    error.hint = error.hint.map(|hint| key.redact(&hint));
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::client::LlmErrorKind;

    #[test]
    fn words_survive_in_answers_and_keys_do_not() {
        let word = Secret::new("test").unwrap();
        assert_eq!(in_answer(&word, "testing".to_owned()), "testing");
        let key = Secret::new("AQ.0123456789").unwrap();
        assert_eq!(in_answer(&key, "it is AQ.0123456789".to_owned()), "it is [redacted]");
        let error = LlmError::new(LlmErrorKind::BadRequest, "test").with_hint("a test");
        let error = in_error(&word, error);
        assert_eq!((error.message.as_str(), error.hint.as_deref()), ("[redacted]", Some("a [redacted]")));
    }
}
