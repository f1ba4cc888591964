//! What stands behind the object of a verb: its fields, and what it is on, at or for.

use super::deeds::scaled;
use super::draft::{LinkKind, Ref};
use super::lexicon::lexicon;
use super::named::{Named, named};
use super::points::are_fields;
use super::relations::link;
use super::sentences::Sentences;
use super::tokens::{Token, phrase};
use super::verbs::PREPOSITIONS;

/// What follows an object: its fields, or what it is on, at or for.
///
/// `own` where the verb makes the object, so that a list behind it is what the object has.
pub(super) fn tail(reader: &mut Sentences<'_>, object: &Named, rest: &[Token], own: bool) -> Vec<Ref> {
    let mut refs = Vec::new();
    let Some(first) = rest.first() else { return refs };
    let mut rest = rest;
    if first.is("(") {
        let close = rest.iter().rposition(|t| t.is(")")).unwrap_or(rest.len() - 1);
        if is_mutual(rest) {
            return refs;
        }
        let inner = &rest[1..close.max(1)];
        // "A rating (1-5)" says how far its score goes.
        let scale = inner.len() > 2 && inner[0].number().is_some() && !inner.iter().any(Token::is_word);
        let inner = if scale { scaled(&object.key, inner) } else { inner.to_vec() };
        refs.extend(fields(reader, &object.key, &inner));
        rest = rest.get(close + 1..).unwrap_or_default();
    } else if first.is(":") {
        return fields(reader, &object.key, &rest[1..]);
    }
    let Some(first) = rest.first().filter(|t| t.is_any(PREPOSITIONS)) else { return refs };
    let ends = |place: &Named| {
        rest.get(1 + place.length)
            .is_none_or(|t| !t.is_word() || t.is_any(PREPOSITIONS) || t.is_any(&["and", "or", "they", "it"]))
    };
    match named(reader, &rest[1..]).filter(ends) {
        Some(place)
            if place.key != "user"
                && place.key != object.key
                && !place.many
                && (reader.draft.has(&place.key) || lexicon().noun(&place.key).is_some()) =>
        {
            let required = first.is_any(&["on", "for", "to"]);
            if reader.draft.declare(&place.key) {
                refs.push(link(
                    &mut reader.draft,
                    LinkKind::Belongs,
                    &object.key,
                    &place.key,
                    None,
                    required,
                ));
            }
            // "Proposals to a grant: title, summary".
            let list = rest.get(1 + place.length..).unwrap_or_default();
            if let Some((_, list)) = list
                .split_first()
                .filter(|(joint, list)| joint.is(":") || own && joint.is("with") && are_fields(list))
            {
                refs.extend(fields(reader, &object.key, list));
            }
        }
        _ if own && first.is("with") => refs.extend(fields(reader, &object.key, &rest[1..])),
        _ => {}
    }
    refs
}

/// What a story's verb makes: "items to a list, with a name and a quantity".
pub(super) fn made(reader: &mut Sentences<'_>, tokens: &[Token]) -> Vec<Ref> {
    let Some(object) = named(reader, tokens).filter(|object| object.key != "user") else { return Vec::new() };
    let comma = tokens.windows(2).position(|w| w[0].is(",") && w[1].is("with"));
    let withs = || tokens.iter().enumerate().filter(|(_, token)| token.is("with")).map(|(at, _)| at);
    let alone = withs().next().filter(|at| {
        comma.is_none()
            && *at >= object.length
            && withs().count() == 1
            && !tokens.iter().any(|token| token.is_any(&["(", ":"]))
            && are_fields(&tokens[at + 1..])
    });
    let list = comma.map(|at| at + 2).or_else(|| alone.map(|at| at + 1));
    let list = list.map(|from| &tokens[from..]).filter(|list| !list.is_empty());
    let Some(list) = list.filter(|_| reader.draft.declare(&object.key)) else { return Vec::new() };
    let mut refs = vec![Ref::Entity(object.key.clone())];
    refs.extend(tail(
        reader,
        &object,
        &tokens[object.length..comma.or(alone).unwrap_or(tokens.len())],
        false,
    ));
    refs.extend(fields(reader, &object.key, list));
    reader.remember(&object.key);
    refs
}

/// "(Many to many)" behind an object.
pub(super) fn is_mutual(rest: &[Token]) -> bool {
    rest.first().is_some_and(|t| t.is("("))
        && (rest.iter().any(|t| t.is("many-to-many")) || phrase(rest).contains("many to many"))
}

/// Reads a list as what an entity has.
pub(super) fn fields(reader: &mut Sentences<'_>, key: &str, list: &[Token]) -> Vec<Ref> {
    reader.members(key, list).into_iter().flat_map(|(_, refs)| refs).collect()
}
