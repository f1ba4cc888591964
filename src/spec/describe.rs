//! One item of a list, read as a field: where its name begins and ends.

use super::constraints::constraints;
use super::fields::{CHOICES, Described, type_word};
use super::lexicon::lexicon;
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

/// Reads one item. `None` where nothing in it can be a name.
pub(super) fn describe(tokens: &[Token]) -> Option<Described> {
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
        let unit = token.is("in") && !first && !tokens[at - 1].is("check");
        let bound = token.is("at") && tokens.get(at + 1).is_some_and(|next| next.is_any(&["most", "least"]));
        let one_of = token.is("one") && tokens.get(at + 1).is_some_and(|next| next.is("of"));
        let less =
            token.is("of") && !first && tokens.get(at + 1).is_some_and(|next| next.is_any(&["less", "more"]));
        let with = less || token.is("with") && !first;
        // "size S/M/L" and "a status of draft or done" give values.
        let choice = !first
            && token.is_word()
            && tokens.get(at + 1).is_some_and(|next| next.is("/"))
            && !tokens[start..at].iter().any(|before| before.is("/"));
        let listed = !first
            && tokens[at - 1].is_any(CHOICES)
            && tokens.get(at + 1).is_some_and(|next| next.is_any(&[",", "or"]));
        let choice = choice || listed || !first && is_choice_of(&tokens, at);
        let no_more = token.is("no") && tokens.get(at + 1).is_some_and(|next| next.is("more"));
        let as_type = token.is("as") && !first;
        let ends = token.kind == Kind::Word && ENDS.contains(&token.low.as_str());
        if !first && (from_range || unit || bound || one_of || choice || with || no_more || as_type || ends) {
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
    constraints(&tokens[at..], &mut field);
    finish(field)
}

/// Whether the token is the "of" of "a status of draft, published or archived".
fn is_choice_of(tokens: &[Token], at: usize) -> bool {
    tokens[at].is("of")
        && at > 0
        && tokens[at - 1].is_any(CHOICES)
        && tokens.get(at + 1).is_some_and(|next| {
            next.kind == Kind::Quoted || next.is_word() && !lexicon().grammar.determiners.contains(&next.low)
        })
}

/// Whether a word behind a name is its type: "price decimal" but not "due date".
fn is_trailing_type(token: &Token, before: &[Token]) -> bool {
    let Some(kind) = type_word(&token.low) else { return false };
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

/// Names given by a clause: "whether it is billable", "how many pages it has", "when it was sent".
fn clause_name<'a>(tokens: &'a [Token], field: &mut Described) -> Option<&'a [Token]> {
    let word = |at: usize| tokens.get(at).map(|token: &Token| token.low.as_str());
    let skip = |mut at: usize, words: &[&str]| {
        while word(at).is_some_and(|low| words.contains(&low)) {
            at += 1;
        }
        at
    };
    let until_sign = |from: usize, most: usize| {
        tokens[from.min(tokens.len())..]
            .iter()
            .take(most)
            .take_while(|t| {
                t.is_word()
                    && !t.is_any(&[
                        "between", "by", "or", "and", "which", "defaults", "default", "required", "optional",
                        "then",
                    ])
            })
            .count()
    };
    match word(0)? {
        "whether" | "if" => {
            let mut at = skip(1, &["or", "not"]);
            // The subject: a pronoun, or "the book".
            while at < tokens.len()
                && !tokens[at].is_any(&[
                    "is", "are", "was", "were", "has", "have", "can", "needs", "been", "should", "allows",
                ])
            {
                at += 1;
                if at > 5 {
                    return None;
                }
            }
            let verb = word(at)?.to_owned();
            at = skip(
                at + 1,
                &["been", "being", "currently", "already", "still", "be", "a", "an", "available"],
            );
            if tokens.get(at).is_none_or(|token| !token.is_word()) && word(at - 1) == Some("available") {
                at -= 1;
            }
            let most = until_sign(at, 4);
            let name = phrase(&tokens[at..at + most]);
            field.name = match verb.as_str() {
                "is" | "are" | "was" | "were" | "been" => name,
                "has" | "have" if tokens.get(at.wrapping_sub(1)).is_some_and(|t| t.is("been")) => name,
                "has" | "have" => format!("has {name}"),
                other => format!("{other} {name}"),
            };
            field.kind = Some(FieldType::Boolean);
            (most > 0).then(|| &tokens[at + most..])
        }
        "is" | "are" if tokens.len() > 1 => {
            let most = until_sign(1, 4);
            field.name = phrase(&tokens[1..=most]);
            field.kind = Some(FieldType::Boolean);
            (most > 0).then(|| &tokens[1 + most..])
        }
        "how" if matches!(word(1), Some("many" | "much" | "long")) => {
            let at = 2;
            let stop = tokens[at..].iter().take_while(|t| {
                t.is_word()
                    && !t.is_any(&["it", "they", "is", "are", "there", "the", "has", "have", "were", "was"])
            });
            let most = stop.take(3).count();
            field.name = match (word(1), most) {
                (Some("long"), _) => "duration".into(),
                (Some("much"), 0) => "amount".into(),
                (_, 0) => "quantity".into(),
                _ => phrase(&tokens[at..at + most]),
            };
            field.kind = Some(if word(1) == Some("much") { FieldType::Decimal } else { FieldType::Integer });
            let rest = tokens[at + most..]
                .iter()
                .position(|t| t.is_any(&["between", "(", "from"]))
                .map_or(tokens.len(), |n| at + most + n);
            Some(&tokens[rest..])
        }
        "when" => event_name(tokens, 1, "at", field),
        "date" | "day" | "time" | "moment" | "datetime" => {
            let (kind, preposition) = if matches!(word(0), Some("date" | "day")) {
                (FieldType::Date, "on")
            } else {
                (FieldType::Datetime, "at")
            };
            let at = skip(1, &["on", "at", "which", "when"]);
            if !matches!(word(at), Some("it" | "they" | "the" | "he" | "she")) {
                return None;
            }
            let rest = event_name(tokens, at, preposition, field)?;
            field.kind = Some(kind);
            Some(rest)
        }
        _ => None,
    }
}

/// "it was completed" → `completed at`.
fn event_name<'a>(
    tokens: &'a [Token],
    from: usize,
    preposition: &str,
    field: &mut Described,
) -> Option<&'a [Token]> {
    let mut at = from;
    while tokens.get(at)?.is_any(&[
        "it", "they", "he", "she", "the", "was", "were", "is", "are", "has", "been", "will", "be", "must",
        "should",
    ]) || (at > from && tokens[at - 1].is("the"))
    {
        at += 1;
    }
    let verb = tokens.get(at).filter(|token| token.is_word())?;
    let verb = match verb.low.as_str() {
        "happens" | "happened" | "takes" => "occurred",
        "starts" | "begins" | "started" => "starts",
        "ends" | "finishes" => "ends",
        other => other,
    };
    field.name = if verb == "due" { "due date".into() } else { format!("{verb} {preposition}") };
    field.kind = Some(FieldType::Datetime);
    let rest = tokens[at + 1..]
        .iter()
        .position(|token| token.is_any(&["(", "required", "optional"]))
        .map_or(tokens.len(), |n| at + 1 + n);
    Some(&tokens[rest..])
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
                at + 1 < words.len()
                    && !matches!(words[at], "in" | "on" | "by" | "from" | "to" if words.len() == at + 1)
            });
        let words = &words[..stop.unwrap_or(words.len())];
        field.name = words.iter().take(5).copied().collect::<Vec<_>>().join(" ");
    }
}

fn finish(mut field: Described) -> Option<Described> {
    let words = Words::of(&field.name);
    if words.is_empty() || words.as_slice().len() > 6 {
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
