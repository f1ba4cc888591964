//! Free text, brought into the form in which it is kept.

use crate::naming::clip;

/// A text on one line, without control characters, of at most `max` characters.
pub(super) fn one_line(text: &str, max: usize) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clip(&spaced.split_whitespace().collect::<Vec<_>>().join(" "), max).trim_end().to_owned()
}

/// A description as it is kept: one line, of bounded length.
pub(super) fn description(text: &str) -> String {
    one_line(text, 500)
}
