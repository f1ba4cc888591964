//! What follows a field's name: types, flags, bounds, values, a default.

use super::fields::{CHOICES, Described, type_word};
use super::lexicon::lexicon;
use super::tokens::{Kind, Token, find};
use crate::blueprint::FieldType;

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
    (&["y", "/", "n"], FieldType::Boolean),
    (&["date", "/", "time"], FieldType::Datetime),
    (&["date", "with", "time"], FieldType::Datetime),
    (&["multiple", "lines"], FieldType::Text),
    (&["single", "line"], FieldType::String),
];

/// Reads what follows a name: types, flags, bounds, values, a default.
pub(super) fn constraints(tokens: &[Token], field: &mut Described) {
    if let Some(values) = numbered_choices(tokens) {
        field.values = values;
        return;
    }
    let tokens = ranges(tokens, field);
    if let Some(values) = bare_choices(&tokens, field) {
        field.values = values;
        return;
    }
    let joined_by_or = tokens.windows(2).any(|w| w[0].is(",") && w[1].is("or"));
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
        // "For sale, lost and found, or event": where an "or" joins the values, an "and" is part of one.
        let divides = token.kind == Kind::Sign || token.is("or") || token.is("and") && !joined_by_or;
        if divides {
            if token.is_any(&["or", "/", "|"]) || (token.is(",") && !part.is_empty()) {
                separators += 1;
            }
            if token.is("=")
                && separators > 0
                && let Some(value) = rest.get(1).filter(|next| next.kind != Kind::Sign)
            {
                // "open / pending / closed = open"
                parts.push(std::mem::take(&mut part));
                field.default = Some(value.text.clone());
                i += 2;
                continue;
            }
            if token.is(":") || token.is("=") {
                enumerates = true;
                part.clear();
            }
            if !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
        } else if token.kind == Kind::Quoted
            || token.is("and") && !part.is_empty()
            || !(token.is_any(&["then", "etc", "and"])
                || token.is_any(&["a", "an", "the"]) && rest.get(1).is_some_and(Token::is_word))
        {
            part.push(if token.kind == Kind::Quoted {
                token.text.trim().to_owned()
            } else {
                token.text.clone()
            });
        }
        i += 1;
    }
    if !part.is_empty() {
        parts.push(part);
    }
    let values: Vec<String> =
        parts.into_iter().filter(|words| words.len() <= 4).map(|words| words.join(" ")).collect();
    let values = measured(values);
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

/// "20, 40 or 60 minutes" are numbers all, of which the last one brings the unit.
fn measured(mut values: Vec<String>) -> Vec<String> {
    let number = |value: &str| value.parse::<f64>().is_ok();
    if let Some((last, others)) = values.split_last_mut()
        && !others.is_empty()
        && others.iter().all(|value| number(value))
        && let Some((head, unit)) = last.split_once(' ')
        && number(head)
        && unit_kind(unit).is_some()
    {
        *last = head.to_owned();
    }
    values
}

/// "Kind: text, number or choice" names three values, even though two of them are types as well.
fn bare_choices(tokens: &[Token], field: &Described) -> Option<Vec<String>> {
    let last = field.name.rsplit(' ').next()?;
    if !CHOICES.contains(&last) || field.kind.is_some() {
        return None;
    }
    let inner = match tokens {
        [first, rest @ .., end] if first.is("(") && end.is(")") => rest,
        [first, rest @ ..] if first.is_any(&[":", "of"]) => rest,
        rest => rest,
    };
    let parts: Vec<&[Token]> =
        inner.split(|token| token.is_any(&[",", "/", "|", "or"])).filter(|part| !part.is_empty()).collect();
    let plain = |part: &&[Token]| {
        part.len() <= 3
            && part.iter().all(|token| matches!(token.kind, Kind::Word | Kind::Quoted))
            && !part.iter().any(|token| {
                token.is_any(&[
                    "required", "optional", "unique", "default", "defaults", "enum", "max", "min", "that",
                    "which", "is", "one", "either", "a", "an", "the", "and", "by", "to", "string", "not",
                ])
            })
    };
    (parts.len() >= 2 && parts.iter().all(plain)).then(|| {
        parts.iter().map(|part| part.iter().map(|t| t.text.trim()).collect::<Vec<_>>().join(" ")).collect()
    })
}

/// "(1 = low, 2 = medium, 3 = high)": the values by what they are called.
fn numbered_choices(tokens: &[Token]) -> Option<Vec<String>> {
    let inner = match tokens {
        [first, rest @ .., end] if first.is("(") && end.is(")") => rest,
        [first, rest @ ..] if first.is(":") => rest,
        rest => rest,
    };
    let choice = |part: &[Token]| match part {
        [number, sign, name @ ..] if number.number().is_some() && sign.is_any(&["=", ":"]) => {
            let plain = (1..=3).contains(&name.len()) && name.iter().all(Token::is_word);
            plain.then(|| name.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" "))
        }
        _ => None,
    };
    let parts = inner.split(|token| token.is_any(&[",", ";", "and", "or"])).filter(|part| !part.is_empty());
    let values: Vec<String> = parts.map(choice).collect::<Option<_>>()?;
    (values.len() >= 2).then_some(values)
}

/// Takes one constraint off the front; how many tokens it was, and whether values follow.
fn constraint(rest: &[Token], field: &mut Described, part: &mut [String]) -> (usize, bool) {
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
        ["at", "most", _, ..] | ["up", "to", _, ..] | ["no", "more", "than", ..] | ["<", "=", _, ..] => {
            let at = if words[0] == "no" { 3 } else { 2 };
            if let Some(number) = rest.get(at).and_then(Token::number) {
                field.max = Some(number);
                return (at + 1 + characters(rest, at + 1, field), false);
            }
            return (0, false);
        }
        ["at", "least", ..] | [">", "=", ..] => {
            if let Some(number) = rest.get(2).and_then(Token::number) {
                field.min = Some(number);
                return (3 + characters(rest, 3, field), false);
            }
            return (0, false);
        }
        ["more" | "greater" | "larger" | "higher" | "bigger" | "less" | "lower" | "smaller", "than", ..]
        | [">" | "<" | "over" | "above" | "below" | "under", ..] => {
            let at = if words.get(1) == Some(&"than") { 2 } else { 1 };
            if let Some(number) = rest.get(at).and_then(Token::number) {
                if matches!(words[0], "less" | "lower" | "smaller" | "<" | "below" | "under") {
                    field.below = Some(number);
                } else {
                    field.above = Some(number);
                }
                return (at + 1 + characters(rest, at + 1, field), false);
            }
            return (0, false);
        }
        ["out", "of", most, ..] if most.parse::<f64>().is_ok_and(|most| most > 0.0) => {
            let judged = field.name.split(' ').any(|word| matches!(word, "rating" | "stars" | "grade"));
            (field.min, field.max) = (Some(if judged { 1.0 } else { 0.0 }), most.parse().ok());
            field.range = true;
            return (3, false);
        }
        ["exactly" | "precisely", ..] => {
            if let Some(number) = rest.get(1).and_then(Token::number) {
                let used = 2 + characters(rest, 2, field);
                (field.min, field.max) = (Some(number), Some(number));
                return (used, false);
            }
            return (1, false);
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
        // "A code (17 characters)".
        [number, "characters" | "chars" | "letters", ..]
            if number.parse::<f64>().is_ok() && part.is_empty() =>
        {
            field.max = number.parse().ok();
            field.characters = true;
            return (2, false);
        }
        [number, "or", "more" | "above" | "greater", ..]
            if number.parse::<f64>().is_ok() && part.is_empty() =>
        {
            field.min = number.parse().ok();
            return (3, false);
        }
        [number, "or", "less" | "fewer" | "below", ..]
            if number.parse::<f64>().is_ok() && part.is_empty() =>
        {
            field.max = number.parse().ok();
            return (3, false);
        }
        ["one", "of", ..] => return (2, true),
        ["either", ..] => return (1, true),
        ["values" | "options" | "choices" | "being", ..] => return (1, true),
        ["that" | "which", "is" | "are", ..] => return (2, true),
        ["that" | "which", "can" | "may" | "must", "be", ..] => return (3, true),
        ["can" | "may", "be", ..] | ["is", "one", ..] => return (2, true),
        ["in", "square" | "cubic", ..] => field.kind = field.kind.or(Some(FieldType::Decimal)),
        ["with", "cents", ..] => field.kind = Some(FieldType::Decimal),
        ["in", "%" | "percentage", ..] => field.kind = field.kind.or(Some(FieldType::Decimal)),
        ["in", unit, ..] if unit_kind(unit).is_some() => {
            let usual = lexicon().type_of(&field.name);
            // A length in seconds is a whole number; one in metres need not be.
            let whole = unit_kind(unit) == Some(FieldType::Integer)
                && usual == FieldType::Decimal
                && *unit != "hours";
            // A quantity in grams need not be whole, unlike one of things.
            if usual == FieldType::Integer
                && unit_kind(unit) == Some(FieldType::Decimal)
                && field.name.ends_with("quantity")
            {
                field.kind = field.kind.or(Some(FieldType::Decimal));
            }
            if field.kind.is_none() && (whole || !matches!(usual, FieldType::Integer | FieldType::Decimal)) {
                field.kind = unit_kind(unit);
            }
        }
        ["(", unit, ")", ..] if part.is_empty() && unit_kind(unit).is_some() => {
            if field.kind.is_none()
                && !matches!(lexicon().type_of(&field.name), FieldType::Integer | FieldType::Decimal)
            {
                field.kind = unit_kind(unit);
            }
            return (3, false);
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
            field.above.get_or_insert(0.0);
            return (1, false);
        }
        ["of", ..] if part.is_empty() => return (1, true),
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
            // Of "single/double/suite", none is a type.
            let choice = rest.get(1).is_some_and(|next| next.is_any(&["/", "|"]));
            if alone
                && !choice
                && let Some(kind) = type_word(word)
            {
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
        "kgs" | "gram" | "g" | "kilometers" | "kilometres" | "miles" | "celsius" | "fahrenheit"
        | "degrees" | "lbs" | "litre" | "liter" | "mm" | "tons" | "tonnes" | "$" | "chf" | "cad" | "aud"
        | "m2" | "m²" | "sqm" | "sqft" | "ha" | "hectares" | "acres" | "m" | "inches" | "feet" | "euros"
        | "euro" | "dollars" | "usd" | "eur" | "pounds" | "gbp" | "kg" | "kilograms" | "grams" | "km"
        | "meters" | "metres" | "liters" | "litres" | "percent" | "cm" => FieldType::Decimal,
        "min" | "mins" | "minute" | "ml" | "milliliters" | "millilitres" | "mb" | "kcal" | "calories"
        | "points" | "bpm" | "minutes" | "seconds" | "days" | "hours" | "months" | "years" | "weeks"
        | "pages" | "cents" => FieldType::Integer,
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
        // "1-0, 0-1, draw" are results and no ranges.
        let result = joint == Some("-") && tokens.windows(3).filter(|w| is_dashed(w)).count() > 1;
        if result && low.is_some() {
            let end = (i + 3).min(tokens.len());
            let text: String = tokens[i..end].iter().map(|t| t.text.as_str()).collect();
            kept.push(Token {
                kind: Kind::Quoted,
                low: text.clone(),
                text,
                start: rest[0].start,
                end: tokens[end - 1].end,
            });
            i = end;
            continue;
        }
        let dots = usize::from(joint == Some(".") && rest.get(lead + 2).is_some_and(|t| t.is(".")));
        let high = rest.get(lead + 2 + dots).and_then(Token::number);
        let joins = match joint {
            Some("and") => rest[0].is("between"),
            Some("to" | "-" | "through" | "thru") => true,
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

/// A number, a dash and a number.
pub(super) fn is_dashed(three: &[Token]) -> bool {
    three[0].number().is_some() && three[1].is("-") && three[2].number().is_some()
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
