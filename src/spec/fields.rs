//! One item of a list, read as a field: its name, type, bounds, values, default.

use serde_json::{Number, Value};

use super::lexicon::lexicon;
use super::nouns::key_of;
use super::tokens::{Kind, Token, find, phrase};
use crate::blueprint::{FieldFile, FieldType};
use crate::naming::Words;

/// A field as the text describes it; what it leaves open is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Described {
    /// Lower-case words.
    pub(super) name: String,
    pub(super) kind: Option<FieldType>,
    pub(super) required: Option<bool>,
    pub(super) unique: bool,
    pub(super) default: Option<String>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    /// Whether the bounds came as a range, which only numbers have.
    pub(super) range: bool,
    /// Whether the bounds count characters.
    pub(super) characters: bool,
    pub(super) values: Vec<String>,
}

/// The type that a word names.
pub(super) fn type_word(low: &str) -> Option<FieldType> {
    Some(match low {
        "string" | "str" | "varchar" | "char" => FieldType::String,
        "text" | "longtext" | "multiline" | "markdown" | "textarea" | "richtext" | "paragraph" => {
            FieldType::Text
        }
        "integer" | "int" | "number" | "bigint" | "smallint" | "whole-number" | "numeric-id" => {
            FieldType::Integer
        }
        "decimal" | "float" | "double" | "money" | "currency" | "numeric" | "real" => FieldType::Decimal,
        "boolean" | "bool" | "flag" | "checkbox" | "yes/no" => FieldType::Boolean,
        "date" => FieldType::Date,
        "datetime" | "timestamp" | "timestamptz" | "date-time" => FieldType::Datetime,
        "enum" | "select" | "dropdown" => FieldType::Enum,
        "email" => FieldType::Email,
        "url" | "link" | "uri" => FieldType::Url,
        _ => return None,
    })
}

/// Types named by two words.
const TYPE_PAIRS: &[(&[&str], FieldType)] = &[
    (&["whole", "number"], FieldType::Integer),
    (&["decimal", "number"], FieldType::Decimal),
    (&["long", "text"], FieldType::Text),
    (&["rich", "text"], FieldType::Text),
    (&["free", "text"], FieldType::Text),
    (&["multi-line", "text"], FieldType::Text),
    (&["short", "text"], FieldType::String),
    (&["plain", "text"], FieldType::String),
    (&["yes", "/", "no"], FieldType::Boolean),
    (&["yes", "or", "no"], FieldType::Boolean),
    (&["true", "/", "false"], FieldType::Boolean),
    (&["true", "or", "false"], FieldType::Boolean),
    (&["date", "and", "time"], FieldType::Datetime),
    (&["email", "address"], FieldType::Email),
    (&["web", "address"], FieldType::Url),
];

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
        let with = token.is("with") && !first;
        let no_more = token.is("no") && tokens.get(at + 1).is_some_and(|next| next.is("more"));
        let as_type = token.is("as") && !first;
        let ends = token.kind == Kind::Word && ENDS.contains(&token.low.as_str());
        if !first && (from_range || unit || bound || one_of || with || no_more || as_type || ends) {
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
                field.required = Some(false)
            }
            "required" | "mandatory" if more => field.required = Some(true),
            "unique" if more => field.unique = true,
            "long" | "multi-line" | "multiline"
                if more && !tokens[at + 1].is_any(&["name", "title", "term"]) =>
            {
                field.kind = Some(FieldType::Text);
            }
            "decimal" | "integer" | "boolean" | "numeric" if more && tokens[at + 1].is_word() => {
                field.kind = type_word(&token.low)
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

/// Reads what follows a name: types, flags, bounds, values, a default.
pub(super) fn constraints(tokens: &[Token], field: &mut Described) {
    let tokens = ranges(tokens, field);
    let mut enumerates = false;
    let mut parts: Vec<Vec<String>> = Vec::new();
    let mut part: Vec<String> = Vec::new();
    let mut separators = 0;
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        let rest = &tokens[i..];
        let (used, opens) = constraint(rest, field, &mut part);
        enumerates |= opens;
        if used > 0 {
            i += used;
            continue;
        }
        let divides = token.kind == Kind::Sign || token.is_any(&["or", "and"]);
        if divides {
            if token.is_any(&["or", "/", "|"]) || (token.is(",") && !part.is_empty()) {
                separators += 1;
            }
            if token.is(":") || token.is("=") {
                enumerates = true;
                part.clear();
            }
            if !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
        } else if token.kind == Kind::Quoted || !token.is_any(&["a", "an", "the", "then", "etc", "and"]) {
            part.push(if token.kind == Kind::Quoted {
                token.text.trim().to_owned()
            } else {
                value_text(token)
            });
        }
        i += 1;
    }
    if !part.is_empty() {
        parts.push(part);
    }
    let values: Vec<String> =
        parts.into_iter().filter(|words| words.len() <= 4).map(|words| words.join(" ")).collect();
    if values.len() >= 2 && (enumerates || separators > 0) && field.values.is_empty() {
        let yes_no = values.len() == 2
            && values
                .iter()
                .all(|value| matches!(value.to_lowercase().as_str(), "yes" | "no" | "true" | "false"));
        if yes_no {
            field.kind = Some(FieldType::Boolean);
        } else if field.kind.is_none_or(|kind| matches!(kind, FieldType::Enum | FieldType::String)) {
            field.values = values;
        }
    }
}

/// A value as it was written, but not in capitals only because a sentence began or shouted.
fn value_text(token: &Token) -> String {
    token.text.clone()
}

/// Takes one constraint off the front; how many tokens it was, and whether values follow.
fn constraint(rest: &[Token], field: &mut Described, part: &mut Vec<String>) -> (usize, bool) {
    let words: Vec<&str> = rest.iter().take(5).map(|token| token.low.as_str()).collect();
    for (phrase, kind) in TYPE_PAIRS {
        if words.starts_with(phrase) && part.is_empty() {
            field.kind = Some(*kind);
            return (phrase.len(), false);
        }
    }
    let value_after = |from: usize| rest.get(from).filter(|t| t.kind != Kind::Sign);
    match words.as_slice() {
        ["not", "null", ..] => field.required = Some(true),
        ["not", "required" | "mandatory", ..] => field.required = Some(false),
        ["must", "be", "unique", ..] | ["has", "to", "be", "unique", ..] => {
            field.unique = true;
            return (3, false);
        }
        ["at", "most", _, ..]
        | ["up", "to", _, ..]
        | ["no", "more", "than", ..]
        | ["less", "than", ..]
        | ["<", "=", _, ..] => {
            let at = if words[0] == "no" { 3 } else { 2 };
            if let Some(number) = rest.get(at).and_then(Token::number) {
                field.max = Some(number);
                return (at + 1 + characters(rest, at + 1, field), false);
            }
            return (0, false);
        }
        ["at", "least", ..] | ["more", "than", ..] | ["greater", "than", ..] | [">", "=", ..] => {
            if let Some(number) = rest.get(2).and_then(Token::number) {
                field.min = Some(
                    if matches!(words[0], "more" | "greater") && number.fract() == 0.0 && number > 0.0 {
                        number + 1.0
                    } else {
                        number
                    },
                );
                return (3 + characters(rest, 3, field), false);
            }
            return (0, false);
        }
        ["maximum" | "max" | "limit", ..] => {
            let at = 1 + rest[1..]
                .iter()
                .take(3)
                .take_while(|t| t.is_any(&["of", "length", ":", "=", "is", "."]))
                .count();
            if let Some(number) = rest.get(at).and_then(Token::number) {
                field.max = Some(number);
                return (at + 1 + characters(rest, at + 1, field), false);
            }
            return (1, false);
        }
        ["minimum" | "min", ..] => {
            let at = 1 + rest[1..]
                .iter()
                .take(3)
                .take_while(|t| t.is_any(&["of", "length", ":", "=", "is", "."]))
                .count();
            if let Some(number) = rest.get(at).and_then(Token::number) {
                field.min = Some(number);
                return (at + 1 + characters(rest, at + 1, field), false);
            }
            return (1, false);
        }
        // Behind a type, an equals sign gives the default.
        ["=", value, ..] if field.kind.is_some() && *value != "=" => {
            field.default = rest.get(1).map(|token| token.text.clone());
            return (2, false);
        }
        ["by", "default", ..] => {
            field.default = Some(part.join(" "));
            return (2, false);
        }
        ["(", "default", ")", ..] => {
            field.default = Some(part.join(" "));
            return (3, false);
        }
        ["default" | "defaults" | "defaulting", ..] => {
            let at = 1 + rest[1..]
                .iter()
                .take(3)
                .take_while(|t| t.is_any(&["to", "is", ":", "=", "of", "value"]))
                .count();
            if let Some(value) = value_after(at) {
                let more = rest[at..]
                    .iter()
                    .take(3)
                    .take_while(|t| t.kind != Kind::Sign && !t.is_any(&["and", "or", "required", "unique"]))
                    .count();
                let text = if value.kind == Kind::Quoted {
                    value.text.clone()
                } else {
                    rest[at..at + more].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")
                };
                field.default = Some(text);
                return (at + more.max(1), false);
            }
            return (at, false);
        }
        ["one", "of", ..] => return (2, true),
        ["either", ..] => return (1, true),
        ["values" | "options" | "choices" | "being", ..] => return (1, true),
        ["that" | "which", "is" | "are", ..] => return (2, true),
        ["that" | "which", "can" | "may" | "must", "be", ..] => return (3, true),
        ["can" | "may", "be", ..] | ["is", "one", ..] => return (2, true),
        ["with", "cents", ..] => field.kind = Some(FieldType::Decimal),
        ["in", unit, ..] if unit_kind(unit).is_some() => {
            if field.kind.is_none()
                && !matches!(lexicon().type_of(&field.name), FieldType::Integer | FieldType::Decimal)
            {
                field.kind = unit_kind(unit);
            }
        }
        ["greater", ..] => return (1, false),
        ["required" | "mandatory" | "compulsory", ..] => {
            field.required = Some(true);
            return (1, false);
        }
        ["optional" | "nullable" | "optionally", ..] => {
            field.required = Some(false);
            return (1, false);
        }
        ["unique", ..] => {
            field.unique = true;
            return (1, false);
        }
        ["positive", ..] => {
            field.min.get_or_insert(0.0);
            return (1, false);
        }
        ["non-negative" | "nonnegative", ..] => {
            field.min.get_or_insert(0.0);
            return (1, false);
        }
        ["not", "negative", ..] => field.min = Some(0.0),
        ["characters" | "chars" | "letters", ..] => {
            field.characters = true;
            return (1, false);
        }
        [word, ..] if part.is_empty() && field.values.is_empty() => {
            let alone = rest.get(1).is_none_or(|next| {
                next.kind == Kind::Sign
                    || next.kind == Kind::Number
                    || next.is_any(&[
                        "required", "optional", "unique", "between", "from", "max", "min", "with", "that",
                        "which", "default", "defaults", "not",
                    ])
            });
            if alone && let Some(kind) = type_word(word) {
                if field.kind.is_none() || kind != FieldType::Enum {
                    field.kind = Some(kind);
                }
                return (1, kind == FieldType::Enum);
            }
            return (0, false);
        }
        _ => return (0, false),
    }
    (2, false)
}

/// Takes "characters" behind a bound.
fn characters(rest: &[Token], at: usize, field: &mut Described) -> usize {
    let found =
        rest.get(at).is_some_and(|token| token.is_any(&["characters", "chars", "letters", "character"]));
    field.characters |= found;
    usize::from(found)
}

fn unit_kind(unit: &str) -> Option<FieldType> {
    Some(match unit {
        "euros" | "euro" | "dollars" | "usd" | "eur" | "pounds" | "gbp" | "kg" | "kilograms" | "grams"
        | "km" | "meters" | "metres" | "liters" | "litres" | "percent" | "cm" => FieldType::Decimal,
        "minutes" | "seconds" | "days" | "hours" | "months" | "years" | "weeks" | "pages" | "cents" => {
            FieldType::Integer
        }
        _ => return None,
    })
}

/// Takes the ranges out: "between 1 and 5", "from 1 to 5", "1-5", "1..5".
fn ranges(tokens: &[Token], field: &mut Described) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while i < tokens.len() {
        let rest = &tokens[i..];
        let lead = usize::from(rest[0].is_any(&["between", "from", "of"]));
        let low = rest.get(lead).and_then(Token::number);
        let joint = rest.get(lead + 1).map(|token| token.low.as_str());
        let dots = usize::from(joint == Some(".") && rest.get(lead + 2).is_some_and(|t| t.is(".")));
        let high = rest.get(lead + 2 + dots).and_then(Token::number);
        let joins = match joint {
            Some("and") => rest[0].is("between"),
            Some("to" | "-") => true,
            Some(".") => dots == 1,
            _ => false,
        };
        if let (Some(low), Some(high), true) = (low, high, joins) {
            field.min = Some(low);
            field.max = Some(high.abs().max(low).max(high));
            field.range = true;
            i += lead + 3 + dots;
            i += characters(tokens, i, field);
        } else {
            kept.push(rest[0].clone());
            i += 1;
        }
    }
    kept
}

fn finish(mut field: Described) -> Option<Described> {
    let words = Words::of(&field.name);
    if words.is_empty() || words.as_slice().len() > 6 {
        return None;
    }
    field.name = words.lower();
    // A name of other scripts keeps its own letters: the checks behind this transliterate it.
    Some(field)
}

impl Described {
    /// The field as a blueprint has it; `noun` is the key of its entity.
    pub(super) fn field(&self, noun: &str) -> FieldFile {
        let lexicon = lexicon();
        let name = Words::of(&self.name).camel();
        let usual = lexicon.noun(noun).and_then(|noun| noun.fields.iter().find(|field| field.name == name));
        let mut values = self.values.clone();
        let last = self.name.rsplit(' ').next().unwrap_or_default();
        let mut kind = match self.kind {
            Some(FieldType::String | FieldType::Enum) | None if values.len() >= 2 => FieldType::Enum,
            Some(kind) => kind,
            None => usual.map_or_else(|| lexicon.type_of(&self.name), |usual| usual.kind),
        };
        if self.kind.is_none() && values.is_empty() {
            let numeric = matches!(kind, FieldType::Integer | FieldType::Decimal);
            if self.range && !self.characters && !numeric {
                kind = FieldType::Integer;
            }
            if self.characters && numeric {
                kind = FieldType::String;
            }
            let fraction = [self.min, self.max].iter().flatten().any(|bound| bound.fract() != 0.0);
            if fraction && kind == FieldType::Integer {
                kind = FieldType::Decimal;
            }
            match &self.default {
                Some(text) if matches!(text.as_str(), "true" | "false" | "yes" | "no") => {
                    kind = FieldType::Boolean
                }
                _ => {}
            }
            if kind == FieldType::String
                && let Some(usual) = lexicon.values_of(&self.name)
            {
                kind = FieldType::Enum;
                values = usual.to_vec();
            }
        }
        if kind == FieldType::Enum && values.is_empty() {
            match usual.map(|usual| &usual.values).filter(|values| !values.is_empty()) {
                Some(usual) => values.clone_from(usual),
                None => match lexicon.values_of(last) {
                    Some(usual) => values = usual.to_vec(),
                    None => kind = FieldType::String,
                },
            }
        }
        let counts =
            matches!(kind, FieldType::Integer | FieldType::Decimal | FieldType::String | FieldType::Text);
        let (mut min, mut max) = if counts { (self.min, self.max) } else { (None, None) };
        if min > max && max.is_some() {
            (min, max) = (max, min);
        }
        if kind == FieldType::Integer && min.is_none() && max.is_none() && matches!(last, "rating" | "stars")
        {
            (min, max) = (Some(1.0), Some(5.0));
        }
        let default = self.default.as_deref().and_then(|text| default_value(kind, text, &mut values));
        let default = default.or_else(|| (kind == FieldType::Boolean).then_some(Value::Bool(false)));
        FieldFile {
            required: self.required.unwrap_or(false),
            unique: self.unique && !matches!(kind, FieldType::Boolean | FieldType::Enum | FieldType::Text),
            default,
            min: min.and_then(number),
            max: max.and_then(number),
            values: if kind == FieldType::Enum { distinct(values) } else { Vec::new() },
            name,
            kind,
        }
    }

    /// Whether the text gives anything but a name.
    pub(super) fn says_something(&self) -> bool {
        self.kind.is_some()
            || self.required.is_some()
            || self.unique
            || self.default.is_some()
            || self.has_bounds()
            || !self.values.is_empty()
    }

    pub(super) fn has_bounds(&self) -> bool {
        self.min.is_some() || self.max.is_some()
    }

    /// Key under which its noun would be kept.
    pub(super) fn key(&self) -> String {
        key_of(&self.name)
    }
}

fn distinct(values: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    values
        .into_iter()
        .filter(|value| !value.is_empty() && seen.insert(value.to_lowercase()))
        .take(50)
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "only whole numbers within i64 are cast")]
fn number(value: f64) -> Option<Number> {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        Some(Number::from(value as i64))
    } else {
        Number::from_f64(value)
    }
}

/// The default as its type wants it; a default of an enum that is none of its values joins them.
fn default_value(kind: FieldType, text: &str, values: &mut Vec<String>) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match kind {
        FieldType::Boolean => match text.to_lowercase().as_str() {
            "true" | "yes" | "on" | "checked" => Some(Value::Bool(true)),
            "false" | "no" | "off" | "unchecked" => Some(Value::Bool(false)),
            _ => None,
        },
        FieldType::Integer => text.parse::<i64>().ok().map(Value::from),
        FieldType::Decimal => text.parse::<f64>().ok().and_then(number).map(Value::Number),
        FieldType::Enum => {
            if let Some(value) = values.iter().find(|value| value.eq_ignore_ascii_case(text)) {
                return Some(Value::from(value.clone()));
            }
            values.push(text.to_owned());
            Some(Value::from(text))
        }
        FieldType::Date | FieldType::Datetime => None,
        _ => Some(Value::from(text)),
    }
}

/// The place of a phrase that says how values follow a field: "is one of", "can be", "must be one of".
pub(super) fn enumeration(tokens: &[Token]) -> Option<usize> {
    [
        &["one", "of"][..],
        &["either"],
        &["can", "be"],
        &["may", "be"],
        &["must", "be"],
        &["is"],
        &["are"],
        &[":"],
    ]
    .iter()
    .filter_map(|words| find(tokens, words, 0))
    .min()
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokenize;
    use super::*;

    /// `name type flags bounds values default` on one line.
    fn line(text: &str) -> String {
        let Some(described) = describe(&tokenize(text, 0)) else { return "-".into() };
        let field = described.field("thing");
        let kind = serde_json::to_value(field.kind).unwrap();
        let mut line = format!("{} {}", field.name, kind.as_str().unwrap());
        if field.required {
            line += " required";
        }
        if field.unique {
            line += " unique";
        }
        if field.min.is_some() || field.max.is_some() {
            let show = |bound: &Option<Number>| bound.as_ref().map_or_else(String::new, ToString::to_string);
            line += &format!(" {}..{}", show(&field.min), show(&field.max));
        }
        if !field.values.is_empty() {
            line += &format!(" [{}]", field.values.join("|"));
        }
        if let Some(default) = field.default.filter(|value| *value != Value::Bool(false)) {
            line += &format!(" ={}", default.as_str().map_or_else(|| default.to_string(), ToOwned::to_owned));
        }
        line
    }

    #[test]
    fn described_fields() {
        for (text, expected) in [
            ("a name", "name string"),
            ("a title (required, max 120 characters)", "title string required ..120"),
            ("an optional due date", "dueDate date"),
            ("a unique ISBN", "isbn string unique"),
            ("ISBN unique", "isbn string unique"),
            ("price decimal", "price decimal"),
            ("published date", "publishedDate date"),
            ("a price between 0 and 1000", "price decimal 0..1000"),
            ("a rating from 1 to 5", "rating integer 1..5"),
            ("rating (1-5)", "rating integer 1..5"),
            ("a status (planned, active or done)", "status enum [planned|active|done]"),
            (
                "a status that is planned, active or done (planned by default)",
                "status enum [planned|active|done] =planned",
            ),
            ("a colour, which is one of red, green, blue or grey", "color enum [red|green|blue|grey]"),
            ("status: draft, published, archived", "status enum [draft|published|archived]"),
            ("status: enum(draft, published) default draft", "status enum [draft|published] =draft"),
            ("status: \"draft\" | \"published\"", "status enum [draft|published]"),
            ("title: string", "title string"),
            ("done: boolean", "done boolean"),
            ("done: boolean = true", "done boolean =true"),
            ("whether it is billable", "billable boolean"),
            ("whether it is in stock", "inStock boolean"),
            ("whether it has a garden", "hasGarden boolean"),
            ("is featured", "featured boolean"),
            ("isFeatured: boolean", "isFeatured boolean"),
            ("number of pages", "numberOfPages integer"),
            ("the number of bedrooms", "numberOfBedrooms integer"),
            ("estimated hours between 0 and 400", "estimatedHours integer 0..400"),
            ("the time at which it was completed", "completedAt datetime"),
            ("the date on which it was published", "publishedOn date"),
            ("when it was sent", "sentAt datetime"),
            ("the e-mail address of a contact", "contactEmail email"),
            ("a date of birth", "dateOfBirth date"),
            ("a budget in euros with cents", "budget decimal"),
            ("a cost center number between 1 and 9999", "costCenterNumber integer 1..9999"),
            ("a unique name (up to 80 characters)", "name string unique ..80"),
            ("hours worked (a decimal between 0 and 24, required)", "hoursWorked decimal required 0..24"),
            ("a link to a reference page", "referencePageLink url"),
            ("a long description", "description text"),
            ("a website", "website url"),
            ("an email address", "emailAddress email"),
            ("quantity (integer, min 1, default 1)", "quantity integer 1.. =1"),
            ("priority (low, medium, high)", "priority enum [low|medium|high]"),
            ("priority", "priority enum [low|medium|high]"),
            ("price > 0", "price decimal"),
            ("date (required)", "date date required"),
            ("start date and time", "startDateAndTime datetime"),
        ] {
            assert_eq!(line(text), expected, "{text}");
        }
    }
}
