//! Phrases for what the app does by itself and for what it cannot do.

use super::lexicon::{Feature, lexicon};
use super::tokens::Token;

/// The first feature named in the tokens, one that is not supported before one that is.
pub(super) fn feature(tokens: &[Token]) -> Option<Feature> {
    let words: Vec<&str> = tokens.iter().map(|token| token.low.as_str()).collect();
    let mut builtin = None;
    for at in 0..words.len() {
        let end = words.len().min(at + 6);
        let Some((feature, length)) = lexicon().feature(&words[at..end]) else { continue };
        // "phone number and email" is no sending of e-mail: single words count only where they are no one's attribute.
        let apart = at.checked_sub(1).is_none_or(|before| !matches!(words[before], "no" | "without" | "'s"));
        let spoken = at > 0
            && matches!(words[at - 1], "speak" | "speaks" | "know" | "knows" | "learn" | "teach" | "in");
        if !apart && length == 1 || spoken && feature.name == "several languages" {
            continue;
        }
        if !feature.supported {
            return Some(feature.clone());
        }
        builtin.get_or_insert_with(|| feature.clone());
    }
    builtin
}

/// All that the tokens name and the app cannot do.
pub(super) fn unsupported(tokens: &[Token]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = tokens;
    while let Some(found) = feature(rest).filter(|found| !found.supported) {
        let from = (1..=rest.len())
            .rev()
            .find(|&from| feature(&rest[from..]).is_some_and(|other| other == found))
            .map_or(rest.len(), |from| from + 1);
        names.push(found.name);
        rest = rest.get(from..).unwrap_or_default();
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokenize;
    use super::feature;

    #[test]
    fn named_features() {
        for (text, expected) in [
            ("customers can pay online", Some(("payments", false))),
            ("send an email when a task is late", Some(("e-mail sending", false))),
            ("live chat with support", Some(("chat", false))),
            ("show stores on a map", Some(("maps", false))),
            ("users can sign in", Some(("User", true))),
            ("full-text search", Some(("app", true))),
            ("books have titles", None),
        ] {
            let found = feature(&tokenize(text, 0)).map(|feature| (feature.name, feature.supported));
            assert_eq!(found, expected.map(|(name, supported)| (name.to_owned(), supported)), "{text}");
        }
    }
}
