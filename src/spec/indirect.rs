//! Names given by a clause: "whether it is billable", "how many pages it has", "when it was sent".

use super::fields::Described;
use super::tokens::{Token, phrase};
use crate::blueprint::FieldType;

/// Reads such a clause; what follows the name.
pub(super) fn clause_name<'a>(tokens: &'a [Token], field: &mut Described) -> Option<&'a [Token]> {
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
            // "Whether the queen was seen": a subject of its own belongs to the name; a record's own does not.
            let part = match &tokens[1..at] {
                [the, noun] if the.is("the") && matches!(verb.as_str(), "was" | "were") => {
                    Some(noun.low.clone())
                }
                _ => None,
            };
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
                "is" | "are" | "was" | "were" | "been" => {
                    part.map_or(name.clone(), |part| format!("{part} {name}"))
                }
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
        // "Begins on a date and ends at a time."
        "begins" | "starts" | "ends" | "finishes" | "begin" | "start" | "end" | "finish"
            if matches!(word(1), Some("on" | "at"))
                && matches!(word(2), Some("a" | "an"))
                && matches!(word(3), Some("date" | "day" | "time" | "datetime")) =>
        {
            let side = if matches!(word(0), Some("begins" | "starts" | "begin" | "start")) {
                "start"
            } else {
                "end"
            };
            let day = matches!(word(3), Some("date" | "day"));
            field.name = format!("{side} {}", if day { "date" } else { "time" });
            field.kind = Some(if day { FieldType::Date } else { FieldType::Datetime });
            Some(&tokens[4..])
        }
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
