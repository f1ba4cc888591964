//! What is not wanted: "without tags", "no comments needed", "products do not have reviews".

use super::draft::Ref;
use super::lexicon::lexicon;
use super::nouns::key_of;
use super::sentences::Sentences;
use super::tokens::{Token, phrase};

/// Words at which a list of what is not wanted ends.
const STOPS: &[&str] = &[
    "where",
    "that",
    "which",
    "but",
    "for",
    "to",
    "in",
    "on",
    "so",
    "because",
    "is",
    "are",
    "has",
    "have",
    "just",
    "only",
    "with",
    "can",
    "should",
    "at",
    "by",
    "from",
    "when",
    "if",
    "needed",
    "required",
    "necessary",
    "please",
    "yet",
    "now",
    "anywhere",
    "whatsoever",
];

/// Takes "without X and Y" and "no X" out of a sentence; what is left says what is wanted.
pub(super) fn take(reader: &mut Sentences<'_>, tokens: Vec<Token>) -> Vec<Token> {
    let leads = |at: usize, token: &Token| {
        token.is("without")
            || token.is("no")
                && (at == 0 || tokens[at - 1].is_any(&[",", "and", "but", ":", "-", "with", "need"]))
    };
    let Some(start) = tokens.iter().enumerate().position(|(at, token)| leads(at, token)) else {
        return tokens;
    };
    // "No more than 5" and "without an account" say other things.
    let next = tokens.get(start + 1);
    if next.is_none_or(|t| {
        t.is_any(&["more", "less", "fewer", "one", "later", "longer", "matter", "need"]) || !t.is_word()
    }) {
        return if next.is_some_and(|t| t.is("need")) { needless(reader, tokens, start) } else { tokens };
    }
    let length = tokens[start + 1..]
        .iter()
        .take_while(|token| {
            (token.is_word() && !token.is_any(STOPS)) || token.is_any(&[",", "or", "and", "/"])
        })
        .count();
    let mut end = start + 1 + length;
    // "Without categories, products with …" goes on behind the comma with what is wanted.
    let described = tokens
        .get(end)
        .is_some_and(|t| t.is_any(&["with", "has", "have", "can", "is", "are", "should", "(", ":"]));
    if described && let Some(comma) = tokens[start..end].iter().rposition(|t| t.is_any(&[",", "and"])) {
        end = start + comma;
    }
    let Some(unwanted) = unwanted(&tokens[start + 1..end]) else { return tokens };
    for key in &unwanted {
        reader.draft.refrain(key);
    }
    // "No comments needed" ends with the word that belongs to it.
    let tail = tokens[end..]
        .iter()
        .take_while(|t| t.is_any(&["needed", "required", "necessary", "please", "are", "is", "yet"]))
        .count();
    let trailing = tail > 0 && end + tail == tokens.len();
    let end = if trailing { tokens.len() } else { end };
    reader.draft.list(reader.source.quote(&tokens[start..end]), vec![Ref::Plain("app".into())]);
    let mut kept = tokens[..start].to_vec();
    while kept.last().is_some_and(|token| token.is_any(&[",", "and", "but", "with", "-"])) {
        kept.pop();
    }
    kept.extend_from_slice(&tokens[end..]);
    if kept.iter().any(Token::is_word) { kept } else { Vec::new() }
}

/// "No need for X".
fn needless(reader: &mut Sentences<'_>, tokens: Vec<Token>, start: usize) -> Vec<Token> {
    let Some(list) = tokens.get(start + 2).filter(|t| t.is_any(&["for", "of"])).and(tokens.get(start + 3..))
    else {
        return tokens;
    };
    for key in unwanted(list).unwrap_or_default() {
        reader.draft.refrain(&key);
    }
    reader.draft.list(reader.source.quote(&tokens[start..]), vec![Ref::Plain("app".into())]);
    tokens[..start].to_vec()
}

/// The keys of a list of nouns, or of what the app would not do anyway; `None` where it is about something else.
fn unwanted(list: &[Token]) -> Option<Vec<String>> {
    let keys: Vec<String> = list
        .split(|token| token.is_any(&[",", "and", "or", "/"]))
        .filter(|part| !part.is_empty())
        .map(|part| {
            let from = part.iter().take_while(|t| lexicon().grammar.determiners.contains(&t.low)).count();
            key_of(&phrase(&part[from.min(part.len() - 1)..]))
        })
        .collect();
    let sound = |key: &String| {
        key.split(' ').count() <= 3 && !matches!(key.as_str(), "account" | "login" | "sign in")
    };
    (!keys.is_empty() && keys.iter().all(sound)).then_some(keys)
}

/// "Products do not have reviews", "there are no tags", "we don't need comments": said of something, and true of the app.
pub(super) fn denied(reader: &mut Sentences<'_>, tokens: &[Token]) -> Option<Vec<Ref>> {
    let verb = tokens.iter().position(|t| {
        t.is_any(&["don't", "doesn't", "dont", "doesnt"])
            || t.is_any(&["do", "does"]) && tokens.iter().any(|not| not.is("not") && not.start > t.start)
    });
    let (subject, list) = if let Some(at) = verb {
        let skip = tokens[at..]
            .iter()
            .take_while(|t| {
                t.is_any(&[
                    "do", "does", "not", "don't", "doesn't", "dont", "doesnt", "need", "want", "have",
                    "require", "to",
                ])
            })
            .count();
        (&tokens[..at], tokens.get(at + skip..)?)
    } else {
        let at = tokens
            .iter()
            .position(|t| t.is("no"))
            .filter(|&at| at > 0 && tokens[at - 1].is_any(&["has", "have", "are", "is"]))?;
        (&tokens[..at - 1], tokens.get(at + 1..)?)
    };
    let plain =
        list.iter().all(|t| t.is_word() || t.is_any(&[",", "/"])) && list.len() <= 8 && !list.is_empty();
    if !plain
        || list.iter().any(|t| {
            t.is_any(&["can", "should", "must", "only", "unless", "until", "more", "than", "who", "be"])
        })
    {
        return None;
    }
    let owner = reader
        .draft
        .resolve(&super::clauses::subject_key(subject))
        .filter(|(_, skip)| *skip == 0)
        .map(|(key, _)| key);
    if owner.is_none() {
        let people =
            subject.iter().all(|t| t.is_any(&["we", "i", "there", "it", "you", "the", "app", "also"]));
        people.then_some(())?;
        for key in unwanted(list)? {
            reader.draft.refrain(&key);
        }
    }
    if let Some(key) = &owner {
        reader.remember(key);
    }
    Some(vec![owner.map_or_else(|| Ref::Plain("app".into()), Ref::Entity)])
}
