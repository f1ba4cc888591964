//! Noun phrases that name an entity or the people who use the app: "many sessions", "one or more speakers", "signed-in users".

use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::sentences::Sentences;
use super::tokens::{Token, phrase};

/// People who work with the app: they are its users unless the text describes them.
const HANDS: &[&str] = &[
    "librarian",
    "editor",
    "moderator",
    "staff",
    "clerk",
    "operator",
    "receptionist",
    "dispatcher",
    "staff member",
];

/// Verbs of records that stand between two others.
pub(super) const JOINS: &[&str] =
    &["link", "connect", "join", "tie", "relate", "associate", "pair", "combine", "map"];

/// A noun phrase that names an entity, or the built-in user.
pub(super) struct Named {
    pub(super) key: String,
    pub(super) plural: bool,
    /// How many tokens it takes, what stands in front of it included.
    pub(super) length: usize,
    /// "Many", "several", "one or more".
    pub(super) many: bool,
    /// "One", "exactly one".
    pub(super) exact: bool,
}

/// Reads what stands at the front of these tokens as an entity.
pub(super) fn named(reader: &Sentences<'_>, tokens: &[Token]) -> Option<Named> {
    let grammar = &lexicon().grammar;
    // "Only signed-in people" are users.
    let signed = tokens
        .iter()
        .take(4)
        .position(|t| t.is_any(&["signed-in", "logged-in", "registered", "authenticated"]));
    let signed = signed.or_else(|| {
        tokens
            .windows(2)
            .take(3)
            .position(|w| w[0].is_any(&["signed", "logged"]) && w[1].is("in"))
            .map(|at| at + 1)
    });
    if let Some(at) = signed
        && tokens
            .get(at + 1)
            .is_some_and(|t| t.is_any(&["users", "people", "members", "visitors", "customers", "user"]))
    {
        return Some(Named {
            key: "user".to_owned(),
            plural: true,
            length: at + 2,
            many: false,
            exact: false,
        });
    }
    let start = tokens
        .iter()
        .take_while(|t| {
            t.number().is_some()
                || t.is_word()
                    && (grammar.determiners.contains(&t.low)
                        || grammar.many.contains(&t.low)
                        || t.is_any(&["piece", "pieces", "copy", "copies"])
                        || t.is_any(&[
                            "or",
                            "of",
                            "at",
                            "least",
                            "up",
                            "to",
                            "as",
                            "new",
                            "any",
                            "same",
                            "different",
                        ]))
        })
        .count();
    let lead = &tokens[..start];
    let exact = lead.iter().any(|t| t.is_any(&["exactly", "single"]) || t.is("one"))
        && !lead.iter().any(|t| t.is_any(&["more", "least"]));
    let many =
        !exact && lead.iter().any(|t| grammar.many.contains(&t.low) || t.number().is_some_and(|n| n > 1.0));
    let determined = lead.iter().any(|t| t.is_any(&["a", "an", "each", "every"]));
    (1..=3).rev().find_map(|length| {
        let words = tokens.get(start..start + length)?;
        if !words.iter().all(Token::is_word) {
            return None;
        }
        let key = key_of(&phrase(words));
        let plural = is_plural(&words[length - 1].low);
        let found = |key: String| Some(Named { key, plural, length: start + length, many, exact });
        if let Some((key, 0)) = reader.draft.resolve(&key) {
            return found(key);
        }
        // "People can post notices" is about those who use the app.
        let people = words[length - 1].is("people") && length == 1 && start == 0;
        if people || lexicon().is_user(&key) || HANDS.contains(&key.as_str()) || reader.draft.acts(&key) {
            return found("user".to_owned());
        }
        let described = tokens.get(start + length).is_some_and(|t| t.is_any(&["(", ":"]))
            || tokens.get(start + length).is_some_and(|t| t.is("with"))
                && tokens
                    .get(start + length + 1)
                    .is_some_and(|t| t.is_any(&["a", "an", "the", "its", "their"]));
        // "Feedback on products" has no plural.
        let mass = key == "feedback"
            && tokens.get(start + length).is_some_and(|t| t.is_any(&["on", "about", "with", "(", ":"]));
        if mass {
            return Some(Named { key, plural: true, length: start + length, many, exact });
        }
        let known = lexicon().noun(&key).is_some() && !lexicon().is_field_word(&key);
        let verb = tokens.get(start + length).is_some_and(|t| JOINS.contains(&plain(&t.low).as_str()));
        let sound = known && (plural || determined || many)
            || determined && verb && length == 1
            || described && (plural || determined) && length <= 2;
        if sound { found(key) } else { None }
    })
}

/// The verb's plain form: "teaches" → "teach".
pub(super) fn plain(verb: &str) -> String {
    match verb {
        "has" => "have".to_owned(),
        "goes" => "go".to_owned(),
        _ => singular(verb),
    }
}
