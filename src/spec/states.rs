//! States a record can be in: "can be marked as done", "is furnished or not", "are open or closed".

use super::draft::Ref;
use super::fields::Described;
use super::lexicon::lexicon;
use super::sentences::Sentences;
use super::tokens::{Token, phrase};
use crate::blueprint::FieldType;

/// Reads a predicate about an entity as a field for its state.
pub(super) fn read(reader: &mut Sentences<'_>, key: &str, tokens: &[Token]) -> Option<Vec<Ref>> {
    if key == "user" {
        return None;
    }
    let verbs = tokens
        .iter()
        .take_while(|t| {
            t.is_any(&[
                "is",
                "are",
                "can",
                "may",
                "be",
                "either",
                "also",
                "should",
                "must",
                "will",
                "optionally",
            ])
        })
        .count();
    let can = tokens[..verbs].iter().any(|t| t.is_any(&["can", "may"]))
        && tokens[..verbs].iter().any(|t| t.is("be"));
    let is = tokens[..verbs].iter().any(|t| t.is_any(&["is", "are"]));
    let rest = &tokens[verbs..];
    let marked = rest.first().is_some_and(|t| t.is_any(&["marked", "flagged", "set", "tagged"]))
        && rest.get(1).is_some_and(|t| t.is("as"));
    let rest = if marked { &rest[2..] } else { rest };
    // "Is approved or rejected by a manager": the states, then who decides.
    if let Some(by) = rest.iter().position(|t| t.is("by")).filter(|&by| by > 2 && rest[by - 2].is("or")) {
        let states: Vec<Token> = tokens[..verbs].iter().chain(&rest[..by]).cloned().collect();
        let mut refs = read(reader, key, &states)?;
        let decided: Vec<Token> = [&tokens[..1], &rest[by - 1..]].concat();
        refs.extend(super::relations::read(reader, key, &decided).unwrap_or_default());
        return Some(refs);
    }
    if !(can || is)
        || rest.is_empty()
        || rest.len() > 9
        || !rest.iter().all(|t| t.is_word() || t.is_any(&[",", "/"]))
    {
        return None;
    }
    let parts: Vec<&[Token]> =
        rest.split(|t| t.is_any(&["or", ",", "/"])).filter(|part| !part.is_empty()).collect();
    let words: Vec<String> = parts.iter().map(|part| phrase(part)).collect();
    let flag = |word: &str| lexicon().type_of(word) == FieldType::Boolean;
    let described = match words.as_slice() {
        [one] if (marked || can) && parts[0].len() <= 2 && (marked || flag(one)) => boolean(one),
        [one, not] if not == "not" && parts[0].len() <= 3 => boolean(one),
        [one, rest @ ..]
            if !rest.is_empty()
                && parts.iter().all(|part| part.len() <= 2)
                && (marked || flag(one) || !can) =>
        {
            let often = words.iter().all(|word| FREQUENCIES.contains(&word.as_str()));
            let same = often || words.iter().all(|word| is_state(word));
            let name = if often { "frequency" } else { "status" };
            same.then(|| Described { name: name.into(), values: words.clone(), ..Described::default() })?
        }
        _ => return None,
    };
    reader.draft.declare(key).then_some(())?;
    let field = described.field(key);
    let name = field.name.clone();
    reader.draft.add_field(key, field).then(|| vec![Ref::Field(key.to_owned(), name)])
}

/// How often something is.
const FREQUENCIES: &[&str] = &[
    "once",
    "daily",
    "weekly",
    "biweekly",
    "fortnightly",
    "monthly",
    "quarterly",
    "yearly",
    "annual",
    "never",
];

fn boolean(name: &str) -> Described {
    Described { name: name.to_owned(), kind: Some(FieldType::Boolean), ..Described::default() }
}

/// Whether a word reads as a state and not as a thing, a time or a right.
fn is_state(word: &str) -> bool {
    let plain = word.rsplit(' ').next().unwrap_or_default();
    lexicon().noun(word).is_none()
        && !matches!(
            plain,
            "private"
                | "public"
                | "shared"
                | "required"
                | "optional"
                | "unique"
                | "by"
                | "to"
                | "user"
                | "admin"
        )
        && !plain.ends_with("ly")
}
