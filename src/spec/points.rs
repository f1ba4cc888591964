//! Bullets and keyed lines: which entity they begin, describe or list.

use super::blocks::{Block, Shape};
use super::clauses::{sentences, trimmed};
use super::describe::describe;
use super::draft::Ref;
use super::features::feature;
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of};
use super::reader::{Place, excluded};
use super::sentences::Sentences;
use super::tokens::{Kind, Token, phrase};
use super::{access, verbs};
use crate::naming::capitalized;

pub(super) fn point(
    reader: &mut Sentences<'_>,
    place: &mut Place,
    tokens: &[Token],
    indent: usize,
    bullet: bool,
    next: Option<&Block>,
) {
    if place.excluded && lexicon().grammar.headings.contains(&phrase(tokens)) {
        place.excluded = false;
    }
    if place.excluded {
        excluded(reader, tokens);
        return;
    }
    while place.stack.last().is_some_and(|(outer, _)| *outer >= indent) {
        place.stack.pop();
    }
    let title = phrase(tokens);
    if lexicon().grammar.excluded.contains(&title) {
        place.excluded = true;
        reader.draft.list(reader.source.quote(tokens), vec![Ref::Plain("app.description".into())]);
        return;
    }
    let owner = place.stack.iter().rev().find_map(|(_, key)| key.clone()).or_else(|| place.section.clone());
    let nested =
        next.is_some_and(|next| matches!(next.shape, Shape::Point { indent: inner, .. } if inner > indent));
    let colon = tokens
        .iter()
        .position(|token| token.kind == Kind::Sign)
        .filter(|&at| tokens[at].is(":") || (tokens[at].is("-") && at > 0));
    let (key_tokens, rest) = match colon {
        Some(at) => (&tokens[..at], trimmed(&tokens[at + 1..])),
        None => (tokens, &tokens[tokens.len()..]),
    };
    // "For each run: …" and "Track expenses: …" are about runs and expenses.
    let each = key_tokens.len() > 2 && key_tokens[0].is("for") && key_tokens[1].is_any(&["each", "every"]);
    let keeps = !each
        && key_tokens.len() >= 2
        && key_tokens[0].is_any(&["track", "keep", "store", "record", "log", "manage", "save"])
        && key_tokens[1..].iter().all(Token::is_word)
        && is_plural(&key_tokens[key_tokens.len() - 1].low);
    let key_tokens = &key_tokens[if each { 2 } else { usize::from(keeps) }..];
    let plain = phrase(key_tokens);
    let key = key_of(&key_tokens.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "));
    if let Some(owner) = owner {
        place.stack.push((indent, Some(owner.clone())));
        // "fields:" and "relations:" only group what is below them.
        let groups = matches!(
            plain.as_str(),
            "fields"
                | "attributes"
                | "properties"
                | "columns"
                | "relations"
                | "relationships"
                | "associations"
        );
        if groups || nested && matches!(plain.as_str(), "belongs to" | "has many") {
            if !rest.is_empty() {
                let members = reader.members(&owner, rest);
                reader.cover_members(reader.source.quote(tokens), members);
            }
            return;
        }
        if lexicon().grammar.headings.contains(&plain)
            && matches!(plain.as_str(), "access" | "permissions" | "visibility" | "privacy")
        {
            reader.current = Some(owner);
            reader.sentence(rest);
            return;
        }
        // "Book: title, price" among others of its kind begins a new entity.
        let sibling = !bullet && indent == 0 && !rest.is_empty() && reader.draft.has(&key) && key != owner;
        if !sibling {
            reader.current = Some(owner.clone());
            let sentence = is_sentence(tokens, colon);
            if sentence {
                reader.sentence(tokens);
            } else {
                let members = reader.member(&owner, tokens);
                reader.cover_members(reader.source.quote(tokens), members);
            }
            return;
        }
    }
    if !place.entity_list
        && matches!(plain.as_str(), "name" | "app name" | "app" | "title" | "project name" | "application")
        && !rest.is_empty()
        && reader.draft.name.is_none()
        && reader.draft.things.is_empty()
        || is_brief(&plain) && matches!(rest, [name] if name.kind == Kind::Quoted || name.is_word())
    {
        reader.draft.name = Some(reader.source.quote(rest).trim_matches(['"', '\'']).to_owned());
        reader.draft.cover(reader.source.quote(tokens), vec![Ref::Plain("app.name".into())]);
        return;
    }
    if matches!(plain.as_str(), "description" | "purpose" | "summary" | "goal" | "overview")
        && !rest.is_empty()
        && reader.draft.things.is_empty()
    {
        reader.draft.description = Some(reader.source.quote(rest));
        reader.draft.cover(reader.source.quote(tokens), vec![Ref::Plain("app.description".into())]);
        return;
    }
    if lexicon().grammar.entity_lists.contains(&plain) && colon.is_some() {
        if rest.is_empty() {
            place.entity_list = true;
        } else {
            let refs = reader.entity_list(rest);
            reader.draft.cover(reader.source.quote(tokens), refs);
        }
        return;
    }
    if lexicon().grammar.headings.contains(&plain) && rest.is_empty() {
        place.entity_list = false;
        return;
    }
    // In a YAML list of entities each one has a name.
    if plain == "name" && place.entity_list && !rest.is_empty() {
        let key = key_of(&rest.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "));
        if reader.draft.declare(&key) {
            reader.draft.cover(reader.source.quote(tokens), vec![Ref::Entity(key.clone())]);
            place.stack.push((indent, Some(key)));
            return;
        }
    }
    let count = key_tokens.iter().filter(|token| token.is_word()).count();
    let short = (1..=3).contains(&count) && key_tokens.iter().all(Token::is_word);
    let capital =
        key_tokens.first().is_some_and(|token| token.text.chars().next().is_some_and(char::is_uppercase));
    let noun = lexicon().noun(&key).is_some() || reader.draft.has(&key);
    let plural = key_tokens.last().is_some_and(|token| is_plural(&token.low));
    let theme_key = matches!(
        plain.as_str(),
        "theme"
            | "color"
            | "colors"
            | "primary color"
            | "background"
            | "background color"
            | "primary"
            | "color scheme"
            | "accent color"
    );
    let field_like = lexicon().is_field_word(&key) && lexicon().noun(&key).is_none();
    let lists = colon.is_some() && !rest.is_empty() && rest.iter().any(|t| t.is(",")) || rest.len() == 1;
    let is_feature = feature(tokens).is_some() && !noun;
    // "Recipe manager: recipes have a title" names the app.
    let told =
        colon.is_some() && !bullet && indent == 0 && !rest.is_empty() && reader.draft.things.is_empty();
    // "Scrap yard: we buy scrap" tells of the trade.
    let spoken = rest.first().is_some_and(|token| token.is_any(&["we", "i", "our", "my"]));
    let prose = told && spoken
        || told
        && lexicon().noun(&key).is_none()
        && rest.iter().take(8).any(|t| t.is_any(&["has", "have", "belongs", "belong"]))
        // "Magazine: issues contain articles" names the app by what it publishes.
        || told && !plural_key(key_tokens) && verbs::is_statement(reader, rest) && !rest.iter().take(4).any(|t| t.is(","));
    if told && !theme_key && (is_app_head(key_tokens) || prose || reader.lists_entities(key_tokens, rest)) {
        let words: Vec<&str> = key_tokens.iter().map(|token| token.low.as_str()).collect();
        if reader.draft.fallback_name.is_none() {
            reader.draft.fallback_name = super::names::from_head(&words);
        }
        reader.draft.cover(reader.source.quote(key_tokens), vec![Ref::Plain("app.name".into())]);
        reader.count += 1;
        for (place, sentence) in sentences(rest).into_iter().enumerate() {
            let verb = outside(sentence).any(|t| {
                t.is_any(&[
                    "has", "have", "can", "is", "are", "belongs", "belong", "link", "links", "connect",
                ])
            });
            let keyed = sentence.iter().take(4).any(|t| t.is_any(&[":", "-", "="]));
            if place > 0 || verb || keyed || spoken || verbs::is_statement(reader, sentence) {
                reader.sentence(sentence);
            } else {
                let refs = reader.entity_list(sentence);
                reader.draft.cover(reader.source.quote(sentence), refs);
            }
        }
        return;
    }
    let heads = colon.is_some() && !bullet && rest.is_empty() && reader.draft.things.is_empty();
    if heads && lexicon().domain_phrases.contains_key(&plain) && !plural {
        let name = reader.source.quote(key_tokens);
        reader.draft.cover(name.clone(), vec![Ref::Plain("app.name".into())]);
        reader.draft.fallback_name.get_or_insert(name);
        place.entity_list = true;
        return;
    }
    // "Courses and lessons: visible to everyone" below a heading on access.
    let verbless = rest.len() <= 10 && !rest.iter().any(|t| t.is_any(&[",", "(", ".", ":"]));
    if colon.is_some() && !rest.is_empty() && verbless && noun_list(reader, key_tokens) {
        let mut clause = key_tokens.to_vec();
        clause.push(be(&rest[0]));
        clause.extend_from_slice(rest);
        if let Some(refs) = access::read(&clause, None, &mut reader.draft) {
            reader.draft.cover(reader.source.quote(tokens), refs);
            return;
        }
    }
    // "2.1 Equipment: has a name and a price" is a sentence about equipment.
    if colon.is_some()
        && short
        && !field_like
        && rest
            .first()
            .is_some_and(|t| t.is_any(&["has", "have", "belongs", "consists", "contains", "includes"]))
        && !is_app_head(key_tokens)
        && !lexicon().grammar.headings.contains(&plain)
        && reader.draft.declare(&key)
    {
        place.stack.push((indent, Some(key.clone())));
        reader.remember(&key);
        reader.draft.cover(reader.source.quote(key_tokens), vec![Ref::Entity(key)]);
        reader.paragraph(rest);
        return;
    }
    let entity = short
        && !spoken
        && !theme_key
        && !field_like
        && !is_feature
        && (!lexicon().grammar.headings.contains(&plain)
            || lexicon().noun(&key).is_some() && are_fields(rest))
        && (place.entity_list
            || nested
            || noun && (bullet || colon.is_some())
            || (capital || plural) && lists);
    if entity && lexicon().is_user(&key) {
        place.stack.push((indent, Some("user".into())));
        let mut parts = sentences(rest).into_iter();
        let list = parts.next().unwrap_or_default();
        let members = reader.members("user", list);
        reader.cover_members(reader.source.quote(list), members);
        for sentence in parts {
            reader.sentence(sentence);
        }
        return;
    }
    if entity && reader.draft.declare(&key) {
        place.stack.push((indent, Some(key.clone())));
        reader.current = Some(key.clone());
        reader.draft.cover(reader.source.quote(key_tokens), vec![Ref::Entity(key.clone())]);
        if rest.is_empty() {
            return;
        }
        if is_sentence(rest, None)
            || colon.is_some_and(|at| tokens[at].is("-")) && !rest.iter().any(|t| t.is(","))
        {
            let description = reader.source.quote(rest);
            if is_sentence(rest, None) {
                reader.paragraph(rest);
            } else {
                reader.draft.cover(description.clone(), vec![Ref::Entity(key.clone())]);
            }
            // What lists its fields is no description of it.
            if let Some(thing) = reader.draft.thing(&key).filter(|thing| thing.fields.is_empty()) {
                thing.description = Some(capitalized(&description));
            }
        } else {
            // A sentence may follow the list on the same line.
            let mut parts = sentences(rest).into_iter();
            if let Some(list) = parts.next() {
                let members = reader.members(&key, list);
                reader.cover_members(reader.source.quote(list), members);
            }
            for sentence in parts {
                reader.sentence(sentence);
            }
        }
        return;
    }
    // "Books (title, price)", "Books with a title", or plain prose.
    let parens = tokens.iter().position(|token| token.is_any(&["(", "with"])).filter(|&at| at <= 3 && at > 0);
    let head_key = parens.map(|at| key_of(&phrase(&tokens[..at])));
    let listed = head_key.is_some_and(|key| {
        (lexicon().noun(&key).is_some()
            || tokens[parens.unwrap_or(1) - 1].is_word() && is_plural(&tokens[parens.unwrap_or(1) - 1].low))
            && !lexicon().is_field_word(&key)
    });
    if listed && feature(&tokens[..parens.unwrap_or(0)]).is_none() {
        let refs = reader.entity_list(tokens);
        if let Some(Ref::Entity(key)) = refs.first() {
            place.stack.push((indent, Some(key.clone())));
        }
        if !refs.is_empty() {
            reader.draft.cover(reader.source.quote(tokens), refs);
        }
        return;
    }
    let body = if colon.is_some()
        && !theme_key
        && !rest.is_empty()
        && !noun
        && lexicon().grammar.headings.contains(&plain)
    {
        rest
    } else {
        tokens
    };
    reader.paragraph(body);
}

fn plural_key(tokens: &[Token]) -> bool {
    tokens.last().is_some_and(|token| is_plural(&token.low))
}

/// Whether a phrase names the app itself: "recipe manager", "hotel booking system".
pub(super) fn is_app_head(tokens: &[Token]) -> bool {
    let words: Vec<&str> = tokens.iter().map(|token| token.low.as_str()).collect();
    let Some(last) = words.last() else { return false };
    let grammar = &lexicon().grammar;
    grammar.app_only.contains(*last)
        || words.len() >= 2 && grammar.app.contains(*last) && lexicon().noun(&words.join(" ")).is_none()
        || lexicon().domain_phrases.contains_key(&words.join(" "))
            && lexicon().noun(&key_of(&words.join(" "))).is_none()
}

/// Whether these tokens are entities that are known, one or several: "courses and lessons".
fn noun_list(reader: &Sentences<'_>, tokens: &[Token]) -> bool {
    let parts: Vec<&[Token]> =
        tokens.split(|token| token.is_any(&[",", "and", "/"])).filter(|part| !part.is_empty()).collect();
    !parts.is_empty()
        && parts
            .iter()
            .all(|part| reader.draft.resolve(&key_of(&phrase(part))).is_some_and(|(_, skip)| skip == 0))
}

/// The "are" that a keyed line leaves out.
fn be(before: &Token) -> Token {
    Token { kind: Kind::Word, text: "are".into(), low: "are".into(), start: before.start, end: before.start }
}

/// The tokens outside parentheses.
fn outside(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    let mut depth = 0_usize;
    tokens.iter().filter(move |token| {
        match token.low.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    })
}

/// Whether most of a list's items are well known as fields.
pub(super) fn are_fields(list: &[Token]) -> bool {
    let list = items(list);
    let known = list.iter().filter(|item| is_field(item));
    known.count() * 2 >= list.len() && list.len() >= 2
}

/// Whether an item of a list is well known as a field, or described as one.
pub(super) fn is_field(item: &[Token]) -> bool {
    describe(item).is_some_and(|field| {
        field.says_something()
            || lexicon().is_field_word(&field.name)
            || lexicon().type_of(&field.name) != crate::blueprint::FieldType::String
            || field.name == "name"
            || field.name == "title"
    })
}

/// Whether a line begins with what such a document is called.
fn is_brief(head: &str) -> bool {
    matches!(
        head,
        "brief"
            | "product brief"
            | "project brief"
            | "product"
            | "product name"
            | "working title"
            | "codename"
    )
}

/// Whether a point is a sentence rather than a field: it has a subject and a verb, or is about rights.
pub(super) fn is_sentence(tokens: &[Token], colon: Option<usize>) -> bool {
    if colon.is_some_and(|at| at <= 3) {
        return false;
    }
    if tokens.first().is_some_and(|token| {
        token.is_any(&[
            "only", "anyone", "everyone", "each", "every", "users", "visitors", "public", "private", "admins",
        ])
    }) {
        return true;
    }
    let verb = tokens.iter().position(|token| {
        token.is_any(&[
            "has", "have", "is", "are", "can", "may", "must", "belongs", "belong", "should", "will",
            "contains", "defaults",
        ])
    });
    verb.is_some_and(|at| {
        at > 0
            && at <= 6
            && tokens[..at].iter().all(Token::is_word)
            && !tokens[..at].iter().any(|t| t.is_any(&["that", "which", "whether"]))
    })
}
