//! Merging by line.

use std::collections::BTreeSet;

use diffy::{ConflictStyle, MergeOptions};

/// Merges two texts that come from `base`; where that fails, gives both with markers.
pub(super) fn merge(base: &str, person: &str, incoming: &str) -> Result<String, String> {
    let mut options = MergeOptions::new();
    options.set_conflict_style(ConflictStyle::Diff3);
    options.set_incomplete_hunk_style(diffy::IncompleteHunkStyle::Git);
    match options.merge(base, person, incoming) {
        // A line diff can pair equal lines in more than one way. A result that hangs on the choice is nobody's intent.
        Ok(merged)
            if keeps_new_lines(base, person, incoming, &merged)
                && options.merge(base, incoming, person).as_ref() == Ok(&merged) =>
        {
            Ok(merged)
        }
        Ok(_) => Err(markers(person, incoming)),
        Err(marked) => Err(label(&marked)),
    }
}

/// Both texts, whole, with markers around them.
pub fn markers(person: &str, incoming: &str) -> String {
    let ended = |text: &str| if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let (person_end, incoming_end) = (ended(person), ended(incoming));
    format!("<<<<<<< yours\n{person}{person_end}=======\n{incoming}{incoming_end}>>>>>>> generated\n")
}

/// Whether a text still has some of the markers in it, or what editing has left of them.
pub fn has_markers(text: &[u8]) -> bool {
    const LINES: [&[u8]; 3] = [b"<<<<<<< yours", b"||||||| last generated", b">>>>>>> generated"];
    text.split(|byte| *byte == b'\n').any(|line| LINES.contains(&line.strip_suffix(b"\r").unwrap_or(line)))
}

/// Whether each line that one side added is in the result.
fn keeps_new_lines(base: &str, person: &str, incoming: &str, merged: &str) -> bool {
    let (base, merged): (BTreeSet<_>, BTreeSet<_>) = (base.lines().collect(), merged.lines().collect());
    person.lines().chain(incoming.lines()).all(|line| base.contains(line) || merged.contains(line))
}

/// Puts words that mean something here into the markers.
fn label(marked: &str) -> String {
    let mut text = String::with_capacity(marked.len() + 32);
    for line in marked.split_inclusive('\n') {
        text.push_str(match line {
            "<<<<<<< ours\n" => "<<<<<<< yours\n",
            "||||||| original\n" => "||||||| last generated\n",
            ">>>>>>> theirs\n" => ">>>>>>> generated\n",
            line => line,
        });
    }
    text
}
