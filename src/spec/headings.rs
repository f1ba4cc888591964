//! Headings: which entity they begin, or what the points below them are.

use super::blocks::{Block, Shape};
use super::draft::Ref;
use super::features::feature;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of};
use super::reader::Place;
use super::sentences::Sentences;
use super::tokens::Token;

/// Reads a heading.
pub(super) fn heading(
    reader: &mut Sentences<'_>,
    place: &mut Place,
    tokens: &[Token],
    level: usize,
    at: usize,
    blocks: &[Block],
) {
    let words: Vec<&Token> = tokens.iter().filter(|token| token.is_word()).collect();
    let plain = words.iter().map(|token| token.low.as_str()).collect::<Vec<_>>().join(" ");
    place.stack.clear();
    let in_list = place.entity_list && level >= 3 && level > place.list_level;
    if !in_list {
        place.entity_list = false;
    }
    place.section = None;
    place.excluded = false;
    reader.current = None;
    let title = level == 1 && at == 0 && blocks.len() > 1;
    if title && !plain.is_empty() && !lexicon().grammar.headings.contains(&plain) {
        let text = reader.source.quote(tokens);
        let name = text
            .split([':', '('])
            .next()
            .unwrap_or(&text)
            .split(" - ")
            .next()
            .unwrap_or(&text)
            .trim()
            .trim_matches(['"', '\'', '*'])
            .to_owned();
        let name = ["Specification", "specification", "Spec", "spec", "PRD", "Requirements", "requirements"]
            .iter()
            .fold(name, |name, tail| name.strip_suffix(tail).unwrap_or(&name).trim().to_owned());
        if reader.draft.name.is_none() && !name.is_empty() {
            reader.draft.fallback_name = Some(name);
            reader.draft.cover(text, vec![Ref::Plain("app.name".into())]);
        }
        return;
    }
    if lexicon().grammar.excluded.contains(&plain) {
        place.excluded = true;
        return;
    }
    if lexicon().grammar.headings.contains(&plain) && !in_list {
        place.entity_list = lexicon().grammar.entity_lists.contains(&plain);
        place.list_level = level;
        return;
    }
    // "What we store" asks for the entities below it; other questions are about the document.
    if !in_list
        && words.first().is_some_and(|word| word.is_any(&["what", "how", "who", "why", "where", "when"]))
    {
        place.entity_list = words.iter().any(|word| {
            word.is_any(&[
                "store", "stores", "keep", "keeps", "track", "tracks", "record", "records", "manage", "save",
            ])
        });
        place.list_level = level;
        return;
    }
    let stripped: Vec<&str> = words
        .iter()
        .map(|t| t.text.as_str())
        .filter(|word| {
            !matches!(
                word.to_lowercase().as_str(),
                "entity" | "model" | "table" | "the" | "resource" | "object"
            )
        })
        .collect();
    let key = key_of(&stripped.join(" "));
    let followed = blocks.get(at + 1).is_some_and(|next| !matches!(next.shape, Shape::Heading(_)));
    let noun = lexicon().noun(&key).is_some() || reader.draft.has(&key);
    let feature_only = feature(tokens).is_some() && lexicon().noun(&key).is_none();
    let plural = words.last().is_some_and(|token| is_plural(&token.low));
    let pointed =
        blocks.get(at + 1).is_some_and(|next| matches!(next.shape, Shape::Point { .. } | Shape::Row));
    let user = lexicon().is_user(&key);
    if user {
        place.section = Some("user".into());
    } else if (1..=3).contains(&stripped.len())
        && followed
        && !feature_only
        && (noun || plural || pointed || in_list)
        && reader.draft.declare(&key)
    {
        place.section = Some(key.clone());
        reader.draft.cover(reader.source.quote(tokens), vec![Ref::Entity(key)]);
    } else if feature_only && let Some(found) = feature(tokens).filter(|found| !found.supported) {
        reader.draft.refuse(reader.source.quote(tokens), &found.name);
    }
    reader.current.clone_from(&place.section);
}
