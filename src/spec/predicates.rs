//! Predicates that tie an entity to another: participles with their prepositions, and the phrases of belonging.

use super::tokens::{Kind, Token};

/// Phrases between an entity and the one it belongs to.
pub(super) const TO_ONE: &[&[&str]] = &[
    &["belongs", "to"],
    &["belong", "to"],
    &["linked", "to"],
    &["related", "to"],
    &["references"],
    &["reports", "to"],
    &["report", "to"],
    &["refers", "to"],
    &["refer", "to"],
    &["part", "of"],
    &["assigned", "to"],
    &["attached", "to"],
    &["connected", "to"],
    &["tied", "to"],
    &["associated", "with"],
    &["associated", "to"],
    &["written", "by"],
    &["created", "by"],
    &["made", "by"],
    &["done", "by"],
    &["placed", "by"],
    &["owned", "by"],
    &["published", "by"],
    &["booked", "by"],
    &["taught", "by"],
    &["led", "by"],
    &["managed", "by"],
    &["reported", "by"],
    &["handled", "by"],
    &["performed", "by"],
    &["supplied", "by"],
    &["given", "by"],
    &["submitted", "by"],
    &["posted", "by"],
    &["filed", "under"],
    &["grouped", "under"],
    &["grouped", "by"],
    &["grouped", "into"],
    &["grouped", "in"],
    &["organised", "in"],
    &["organised", "into"],
    &["organized", "into"],
    &["organized", "in"],
    &["sorted", "into"],
    &["divided", "into"],
    &["filed", "in"],
    &["placed", "with"],
    &["works", "at"],
    &["works", "for"],
    &["works", "in"],
    &["work", "at"],
    &["work", "for"],
    &["work", "in"],
    &["lives", "in"],
    &["live", "in"],
    &["plays", "for"],
    &["play", "for"],
    &["takes", "place", "in"],
    &["takes", "place", "at"],
    &["take", "place", "in"],
    &["take", "place", "at"],
    &["directed", "by"],
    &["hosted", "by"],
    &["driven", "by"],
    &["held", "at"],
    &["held", "in"],
    &["organized", "by"],
    &["stored", "in"],
    &["located", "in"],
    &["located", "at"],
    &["listed", "in"],
    &["kept", "in"],
    &["for"],
    &["in"],
    &["under"],
    &["about"],
    &["on"],
    &["by"],
    &["of"],
    &["from"],
    &["at"],
];

/// Participles that do not end in "ed".
const IRREGULAR: &[&str] = &[
    "sold", "held", "bought", "sent", "run", "won", "built", "grown", "lent", "paid", "taught", "written",
    "made", "given", "led", "driven", "kept", "drawn", "sung", "taken", "set", "shown", "hung", "seen",
    "put", "found", "worn", "told", "done", "fed", "bred", "brought", "caught", "chosen", "flown", "ridden",
    "sown", "shot", "met", "read", "cut", "laid", "spent", "eaten", "known", "thrown",
];

/// Whether a word is a participle: "linked", "given".
pub(super) fn participle(low: &str) -> bool {
    low.ends_with("ed") || IRREGULAR.contains(&low)
}

/// Whether these tokens begin with a participle and its preposition: "attended by", "linked to".
pub(super) fn is_participle(tokens: &[Token]) -> bool {
    let [first, second, ..] = tokens else { return false };
    first.is_word()
        && participle(&first.low)
        && second.is_any(&["by", "to", "in", "at", "for", "from", "on", "with", "under", "into"])
}

/// "Either a post or a photo": the alternatives, none of which is a must.
pub(super) fn alternatives(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let either = tokens.split_first().filter(|(first, _)| first.is("either")).map(|(_, rest)| rest);
    // "In storage rooms or in galleries": the preposition said twice divides as well.
    let twice =
        tokens.windows(2).any(|w| w[0].is("or") && w[1].is_any(&["in", "to", "by", "at", "on", "for"]));
    let rest = either.or(twice.then_some(tokens))?;
    let parts: Vec<Vec<Token>> = rest
        .split(|token| token.is_any(&["or", ","]))
        .map(|part| {
            let lead =
                part.iter().take_while(|token| token.is_any(&["in", "to", "by", "at", "on", "for"])).count();
            &part[lead..]
        })
        .filter(|part| !part.is_empty())
        .map(<[Token]>::to_vec)
        .collect();
    (parts.len() > 1).then_some(parts)
}

/// The "is" that a second participle shares with the first.
pub(super) fn be(before: &Token) -> Token {
    Token { kind: Kind::Word, text: "is".into(), low: "is".into(), start: before.start, end: before.start }
}

/// What things that are "tagged" have many of.
pub(super) fn sorted_by(participle: &str) -> Option<&'static str> {
    Some(match participle {
        "tagged" => "tag",
        "labelled" | "labeled" => "label",
        "categorized" | "categorised" => "category",
        _ => return None,
    })
}
