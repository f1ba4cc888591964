//! One item of a list, read as a field: where its name begins and ends.

use super::constraints::{constraints, is_dashed};
use super::fields::{CHOICES, Described, type_word};
use super::indirect::clause_name;
use super::lexicon::lexicon;
use super::predicates::participle;
use super::tokens::{Kind, Token, phrase};
use crate::blueprint::FieldType;
use crate::naming::Words;

/// Words at which a name has ended and a constraint begins.
const ENDS: &[&str] = &[
    "between",
    "max",
    "maximum",
    "min",
    "minimum",
    "defaults",
    "defaulting",
    "default",
    "that",
    "which",
    "either",
    "must",
    "should",
    "can",
    "is",
    "are",
    "required",
    "optional",
    "mandatory",
    "unique",
    "nullable",
    "who",
    "where",
    "so",
    "because",
    "than",
    "greater",
    "up",
    "limited",
    "being",
    "will",
    "may",
    "using",
    "ranging",
    "positive",
    "nonnegative",
    "non-negative",
    "e",
    "eg",
    "ie",
    "such",
    "like",
    "including",
    "chosen",
    "selected",
    "measured",
    "expressed",
    "stored",
    "per",
    "not",
    "has",
    "have",
    "while",
    "when",
    "before",
    "after",
];

/// Names with a preposition in them.
const SET_PHRASES: &[&[&str]] = &[
    &["quantity", "on", "hand"],
    &["stock", "on", "hand"],
    &["units", "in", "stock"],
    &["quantity", "in", "stock"],
    &["steps", "to", "reproduce"],
    &["time", "to", "live"],
    &["made", "in", "country"],
    &["cost", "to", "repair"],
    &["years", "in", "business"],
    &["cash", "on", "hand"],
    &["point", "of", "contact"],
];

/// Reads one item. `None` where nothing in it can be a name.
pub(super) fn describe(tokens: &[Token]) -> Option<Described> {
    let asked = tokens.iter().position(|token| token.is("?"));
    let spelled: Vec<(String, String)> = tokens
        .iter()
        .filter(|token| token.is_word() && !token.low.contains(' '))
        .map(|token| (token.low.clone(), token.text.to_lowercase()))
        .filter(|(low, text)| low != text && lexicon().spelling(text).is_some())
        .collect();
    let mut field = described(tokens)?;
    // "Qualified for helm?" asks for all of it.
    if let Some(end) = asked.filter(|&end| (2..=4).contains(&end) && tokens[..end].iter().all(Token::is_word))
    {
        field.name = phrase(&tokens[..end]);
        field.kind = tokens[0].low.ends_with("ed").then_some(FieldType::Boolean).or(field.kind);
    }
    if asked.is_some() && field.kind.is_none() && field.values.is_empty() && field.required.is_none() {
        // "Published?" asks; "nickname?" may be missing.
        match lexicon().type_of(&field.name) {
            FieldType::Boolean => field.kind = Some(FieldType::Boolean),
            _ if field.name.rsplit(' ').next().is_some_and(participle) => {
                field.kind = Some(FieldType::Boolean);
            }
            _ => field.required = Some(false),
        }
    }
    let as_written = |word: &str| {
        spelled.iter().find(|(low, text)| low == word && !text.contains('-')).map(|(_, text)| text.clone())
    };
    if spelled.iter().any(|(low, _)| field.name.split(' ').any(|word| word == low)) {
        let words: Vec<String> =
            field.name.split(' ').map(|word| as_written(word).unwrap_or_else(|| word.to_owned())).collect();
        field.shown = Some(words.join(" "));
    }
    Some(field)
}

fn described(tokens: &[Token]) -> Option<Described> {
    let tokens: Vec<Token> = tokens
        .iter()
        .filter(|token| {
            !(token.kind == Kind::Sign
                && matches!(token.low.as_str(), "*" | "`" | "\"" | "'" | "." | "!" | "?"))
        })
        .cloned()
        .map(|mut token| {
            // "dueDate" is two words.
            let letters: Vec<char> = token.text.chars().collect();
            if token.is_word()
                && letters.windows(2).any(|pair| pair[0].is_lowercase() && pair[1].is_uppercase())
            {
                token.low = Words::of(&token.text).lower();
            }
            token
        })
        .collect();
    let mut field = Described::default();
    let mut at = strip_front(&tokens, &mut field);
    if let Some(rest) = clause_name(&tokens[at..], &mut field) {
        let used = tokens.len() - rest.len();
        constraints(&tokens[used..], &mut field);
        return finish(field);
    }
    let start = at;
    while let Some(token) = tokens.get(at) {
        let first = at == start;
        if token.kind == Kind::Sign && !(token.is("/") && at > start) {
            break;
        }
        if token.kind == Kind::Hex || (token.kind == Kind::Number && first) {
            break;
        }
        let from_range = token.is("from") && tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Number);
        let unit = token.is("in") && !first && !is_entered(&tokens[at - 1].low);
        let bound = token.is("at") && tokens.get(at + 1).is_some_and(|next| next.is_any(&["most", "least"]));
        let one_of = token.is("one") && tokens.get(at + 1).is_some_and(|next| next.is("of"));
        let less =
            token.is("of") && !first && tokens.get(at + 1).is_some_and(|next| next.is_any(&["less", "more"]));
        let with = less || token.is("with") && !first;
        // "size S/M/L" and "a status of draft or done" give values.
        let choice = !first
            && token.is_word()
            && tokens.get(at + 1).is_some_and(|next| next.is_any(&["/", "|"]))
            && !tokens[start..at].iter().any(|before| before.is("/"));
        let listed = !first
            && tokens[at - 1].is_any(CHOICES)
            && tokens.get(at + 1).is_some_and(|next| next.is_any(&[",", "or"]));
        let choice = choice || listed || !first && is_choice_of(&tokens, at);
        // "A text of at most 280 characters", "a name of up to 40 letters".
        let measured = token.is("of")
            && !first
            && tokens.get(at + 1).is_some_and(|next| {
                next.kind == Kind::Number
                    || next.is_any(&[
                        "at", "up", "max", "maximum", "min", "minimum", "between", "exactly", "length", "no",
                    ])
            });
        let out_of = token.is("out")
            && tokens.get(at + 1).is_some_and(|next| next.is("of"))
            && tokens.get(at + 2).is_some_and(|next| next.kind == Kind::Number);
        let no_more = token.is("no") && tokens.get(at + 1).is_some_and(|next| next.is("more"));
        let as_type = token.is("as") && !first;
        // "Salary min" is a name, "salary min 100" is not.
        let extreme = token.is_any(&["min", "max", "minimum", "maximum"])
            && !tokens.get(at + 1).is_some_and(|next| {
                next.kind == Kind::Number || next.is_any(&["of", "length", ":", "=", "is", "value", "."])
            });
        let ends = token.kind == Kind::Word && !extreme && ENDS.contains(&token.low.as_str());
        if !first
            && (from_range
                || unit
                || bound
                || one_of
                || choice
                || with
                || no_more
                || out_of
                || as_type
                || measured
                || ends)
        {
            break;
        }
        if token.kind == Kind::Number {
            break;
        }
        // "price decimal", "done boolean": the last word is a type and not part of the name.
        let last = tokens.get(at + 1).is_none_or(|next| {
            next.kind == Kind::Sign || next.kind == Kind::Number || ENDS.contains(&next.low.as_str())
        });
        if !first && last && is_trailing_type(token, &tokens[start..at]) {
            break;
        }
        at += 1;
    }
    name_of(&tokens[start..at], &mut field);
    // "A score such as 3-2" is no number between the two.
    let example = tokens.get(at).is_some_and(|token| token.is_any(&["such", "eg", "like"]))
        && tokens[at..].windows(3).any(is_dashed);
    if example {
        field.kind = Some(FieldType::String);
    } else {
        constraints(&tokens[at..], &mut field);
    }
    finish(field)
}

/// Whether a verb forms a name with the "in" behind it: "checked in".
fn is_entered(verb: &str) -> bool {
    matches!(
        verb,
        "check"
            | "checked"
            | "sign"
            | "signed"
            | "log"
            | "logged"
            | "clock"
            | "clocked"
            | "moved"
            | "move"
            | "handed"
    )
}

/// Whether the token is the "of" of "a status of draft, published or archived".
fn is_choice_of(tokens: &[Token], at: usize) -> bool {
    tokens[at].is("of")
        && at > 0
        && tokens[at - 1].is_any(CHOICES)
        && tokens.get(at + 1).is_some_and(|next| {
            let listed = tokens.get(at + 2).is_some_and(|then| then.is_any(&[",", "or"]));
            next.kind == Kind::Quoted
                || next.is_word() && (listed || !lexicon().grammar.determiners.contains(&next.low))
        })
}

/// Whether a word behind a name is its type: "price decimal" but not "due date".
fn is_trailing_type(token: &Token, before: &[Token]) -> bool {
    let Some(kind) = type_word(&token.low) else { return false };
    // "published_at date": a name in one word is whole, and "website url" says it twice.
    let whole = before.last().is_some_and(|last| last.text.contains('_'));
    let twice = kind == FieldType::Url
        && before.last().is_some_and(|last| last.is_any(&["website", "homepage", "webpage"]));
    if whole || twice {
        return true;
    }
    match token.low.as_str() {
        "text" | "date" | "email" | "link" | "url" | "number" | "currency" | "paragraph" | "real"
        | "money" => {
            let known = lexicon().type_of(&phrase(before));
            let own = matches!(token.low.as_str(), "date" | "email" | "link" | "url" | "number");
            let again = before.last().is_some_and(|last| last.low == token.low);
            again || (!own && known == kind)
        }
        "flag" => false,
        _ => true,
    }
}

/// Skips determiners and takes the adjectives that say something: "an optional short note".
fn strip_front(tokens: &[Token], field: &mut Described) -> usize {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let more = at + 1 < tokens.len();
        match token.low.as_str() {
            "optional" | "optionally" | "possibly" | "perhaps" | "maybe" if more => {
                field.required = Some(false);
            }
            "required" | "mandatory" if more => field.required = Some(true),
            "unique" if more => field.unique = true,
            "positive" if more => field.above = Some(0.0),
            "long" | "multi-line" | "multiline"
                if more && !tokens[at + 1].is_any(&["name", "title", "term"]) =>
            {
                field.kind = Some(FieldType::Text);
            }
            "decimal" | "integer" | "boolean" | "numeric" if more && tokens[at + 1].is_word() => {
                field.kind = type_word(&token.low);
            }
            "'s" | "-" | "+" | ">" | "," => {}
            low if more && token.is_word() && lexicon().grammar.determiners.contains(low) => {}
            _ => break,
        }
        at += 1;
    }
    at
}

/// Makes the name out of a noun phrase: "e-mail address of a contact" → `contact email`.
fn name_of(tokens: &[Token], field: &mut Described) {
    let words: Vec<&str> =
        tokens.iter().map(|token| token.low.as_str()).filter(|low| *low != "/" && *low != "'s").collect();
    let preposition =
        |list: &[&str]| words.iter().skip(1).position(|word| list.contains(word)).map(|at| at + 1);
    if let Some(at) = preposition(&["of"]) {
        let (head, tail) = (words[..at].join(" "), &words[at + 1..]);
        let determined = tail.first().is_some_and(|word| lexicon().grammar.determiners.contains(*word));
        if determined {
            let tail: Vec<&str> = tail
                .iter()
                .copied()
                .filter(|word| !lexicon().grammar.determiners.contains(*word))
                .take(2)
                .collect();
            let head = head.trim_end_matches(" address").to_owned();
            field.name = if head.starts_with("number") {
                format!("number of {}", tail.join(" "))
            } else {
                format!("{} {head}", tail.join(" "))
            };
        } else {
            field.name = words.iter().take(4).copied().collect::<Vec<_>>().join(" ");
        }
    } else if let Some(at) = preposition(&["to"]).filter(|_| matches!(words[0], "link" | "url" | "pointer")) {
        let tail: Vec<&str> = words[at + 1..]
            .iter()
            .copied()
            .filter(|word| !lexicon().grammar.determiners.contains(*word))
            .take(3)
            .collect();
        field.name = if tail.is_empty() { "link".into() } else { format!("{} link", tail.join(" ")) };
        field.kind = Some(FieldType::Url);
    } else {
        let stop = preposition(&["for", "to", "by", "about", "from", "of", "on", "at", "in", "into", "with"])
            .filter(|&at| {
                // "checked in", "valid from", "sold by": a preposition at the end belongs to the name, and so does "time to live".
                let entered = words[at] == "in" && is_entered(words[at - 1]);
                at + 1 < words.len()
                    && !entered
                    && !SET_PHRASES.iter().any(|phrase| words[at - 1..].starts_with(phrase))
            });
        let words = &words[..stop.unwrap_or(words.len())];
        field.name = words.iter().take(5).copied().collect::<Vec<_>>().join(" ");
    }
}

fn finish(mut field: Described) -> Option<Described> {
    let words = Words::of(&field.name);
    // "Booking reserves one piece" is no name.
    let sentence = words
        .as_slice()
        .iter()
        .any(|word| matches!(word.as_str(), "one" | "each" | "every" | "the" | "a" | "an"));
    if words.is_empty() || words.as_slice().len() > 6 || sentence && words.as_slice().len() > 2 {
        return None;
    }
    field.name = words.lower();
    // "A done flag" is whether it is done.
    if let Some(name) = field.name.strip_suffix(" flag").map(ToOwned::to_owned) {
        field.name = name;
        field.kind = field.kind.or(Some(FieldType::Boolean));
    }
    // A name of other scripts keeps its own letters: the checks behind this transliterate it.
    Some(field)
}
