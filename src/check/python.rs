//! Python, by Ruff's parser.

use super::imports::Parsed;

/// Parses a module; the error is the first one, with its byte offset.
pub(super) fn parse(source: &str) -> Result<Parsed, (usize, String)> {
    match ruff_python_parser::parse_module(source) {
        Ok(_) => Ok(Parsed::default()),
        Err(error) => Err((error.location.start().to_usize(), format!("does not parse: {}", error.error))),
    }
}
