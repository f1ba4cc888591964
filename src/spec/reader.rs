//! Walks through the blocks of a text and hands them to the sentences, knowing which entity each is about.

use std::collections::BTreeSet;

use super::SpecReading;
use super::assembly::assemble;
use super::blocks::{Block, Shape, blocks};
use super::draft::{Draft, Ref};
use super::features::feature;
use super::lexicon::{Domain, lexicon};
use super::nouns::{is_plural, key_of};
use super::sentences::{Sentences, trimmed};
use super::text::{MAX_CHARS, clean};
use super::tokens::{Kind, Token, phrase, source_of, tokenize};
use crate::naming::clip;

/// Most tokens that are read; hostile texts have more.
const MAX_BLOCKS: usize = 20_000;

/// Reads a text; see [`super::read`].
pub(super) fn read(text: &str) -> SpecReading {
    let source = translated(&clean(text));
    let blocks = blocks(&source);
    // The first walk finds out which nouns are entities, the second one reads with that knowledge.
    let known =
        walk(&source, &blocks, BTreeSet::new()).draft.things.into_iter().map(|thing| thing.key).collect();
    let mut draft = walk(&source, &blocks, known).draft;
    if text.chars().count() > MAX_CHARS {
        draft.warnings.push(format!("only the first {MAX_CHARS} characters were read"));
    }
    if blocks.len() > MAX_BLOCKS {
        draft.warnings.push(format!("only the first {MAX_BLOCKS} paragraphs, points and headings were read"));
    }
    let domain = if blocks.len() <= 12 { domain_of(&source) } else { None };
    let named = draft.things.iter().filter(|thing| thing.key != "user").count();
    let mut filled_by = None;
    if named == 0
        && let Some((domain, blend)) = &domain
    {
        fill(&mut draft, domain, blend.as_deref());
        filled_by = Some(domain.name.clone());
    } else if named == 0 {
        purpose_nouns(&source, &mut draft);
    }
    if draft.description.is_none() {
        draft.description = first_sentence(&source, &blocks);
    }
    let covered_entities: Vec<Ref> =
        draft.things.iter().map(|thing| Ref::Entity(thing.key.clone())).collect();
    if named == 0 && !draft.things.is_empty() {
        // The short text as a whole is what the entities answer to.
        match draft
            .coverage
            .iter_mut()
            .find(|(_, refs)| refs.iter().any(|one| *one == Ref::Plain("app.description".into())))
        {
            Some((_, refs)) => *refs = covered_entities,
            None => {
                let text = clip(source.trim(), 300).split_whitespace().collect::<Vec<_>>().join(" ");
                draft.coverage.retain(|(item, refs)| !(refs.is_empty() && *item == text));
                draft.warnings.retain(|warning| !warning.starts_with("not understood"));
                draft.coverage.insert(0, (text, covered_entities));
            }
        }
    }
    if draft.things.iter().all(|thing| thing.key == "user") {
        draft.warnings.push("the text names nothing that an app could keep; say what it is about, such as \"books with a title and a price\"".into());
    }
    let assembled = assemble(draft, domain.as_ref().map(|(domain, _)| *domain));
    let reasoning = reasoning(&assembled.blueprint, filled_by.as_deref(), &assembled.coverage);
    SpecReading {
        blueprint: assembled.blueprint,
        coverage: assembled.coverage,
        warnings: assembled.warnings,
        reasoning,
    }
}

/// The text with the words of another language replaced by those the grammar knows.
fn translated(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .take(300)
        .map(str::to_lowercase)
        .collect();
    let english = words
        .iter()
        .filter(|word| {
            matches!(
                word.as_str(),
                "the" | "with" | "and" | "each" | "has" | "of" | "for" | "to" | "is" | "are"
            )
        })
        .count();
    let best = lexicon()
        .languages
        .iter()
        .map(|language| (words.iter().filter(|word| language.marks.contains(*word)).count(), language))
        .max_by_key(|(count, _)| *count);
    let Some((count, language)) = best else { return text.to_owned() };
    let known = words.iter().filter(|word| language.words.contains_key(*word)).count();
    if english > 0 || count < 2 || known < 3 && known * 2 < words.len() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(std::iter::once('\n')) {
        if c.is_alphabetic() || (c == '-' && !word.is_empty()) {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            match language.words.get(&word.to_lowercase()) {
                Some(english) => out.push_str(english),
                None => out.push_str(&word),
            }
            word.clear();
        }
        out.push(c);
    }
    out
}

/// Where the walk is.
#[derive(Default)]
struct Place {
    /// The entity of the section, from a heading.
    section: Option<String>,
    /// Points under this heading are entities.
    entity_list: bool,
    /// Points under this heading are not wanted.
    excluded: bool,
    /// Entities of the points around this one, with their indents.
    stack: Vec<(usize, Option<String>)>,
    /// Cells of a table's first row.
    header: Option<Vec<String>>,
}

fn walk<'a>(source: &'a str, blocks: &[Block], known: BTreeSet<String>) -> Sentences<'a> {
    let mut reader = Sentences { source, draft: Draft::knowing(known), current: None, count: 0 };
    let mut place = Place::default();
    for (at, block) in blocks.iter().take(MAX_BLOCKS).enumerate() {
        let text = source.get(block.start..block.end).unwrap_or_default();
        let tokens: Vec<Token> = tokenize(text, block.start)
            .into_iter()
            .filter(|token| !(token.kind == Kind::Sign && matches!(token.low.as_str(), "*" | "`")))
            .collect();
        if block.shape != Shape::Row {
            place.header = None;
        }
        match block.shape {
            Shape::Heading(level) => heading(&mut reader, &mut place, &tokens, level, at, blocks),
            Shape::Row => row(&mut reader, &mut place, text, block.start),
            Shape::Point { indent, bullet } => {
                point(&mut reader, &mut place, &tokens, indent, bullet, blocks.get(at + 1))
            }
            Shape::Paragraph if place.excluded => excluded(&mut reader, &tokens),
            Shape::Paragraph => {
                place.stack.clear();
                if reader.current.is_none() {
                    reader.current.clone_from(&place.section);
                }
                reader.paragraph(&tokens);
            }
        }
    }
    reader
}

fn excluded(reader: &mut Sentences<'_>, tokens: &[Token]) {
    let text = source_of(reader.source, tokens);
    reader.draft.coverage.push((text, vec![Ref::Plain("app.description".into())]));
}

fn heading(
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
    let in_list = place.entity_list && level >= 3;
    if !in_list {
        place.entity_list = false;
    }
    place.section = None;
    place.excluded = false;
    reader.current = None;
    let title = level == 1 && at == 0 && blocks.len() > 1;
    if title && !plain.is_empty() && !lexicon().grammar.headings.contains(&plain) {
        let text = source_of(reader.source, tokens);
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
        reader.draft.cover(source_of(reader.source, tokens), vec![Ref::Entity(key)]);
    } else if feature_only && let Some(found) = feature(tokens).filter(|found| !found.supported) {
        reader.draft.refuse(source_of(reader.source, tokens), &found.name);
    }
    reader.current.clone_from(&place.section);
}

fn point(
    reader: &mut Sentences<'_>,
    place: &mut Place,
    tokens: &[Token],
    indent: usize,
    bullet: bool,
    next: Option<&Block>,
) {
    if place.excluded {
        excluded(reader, tokens);
        return;
    }
    while place.stack.last().is_some_and(|(outer, _)| *outer >= indent) {
        place.stack.pop();
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
                reader.cover_members(source_of(reader.source, tokens), members);
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
                reader.cover_members(source_of(reader.source, tokens), members);
            }
            return;
        }
    }
    if matches!(plain.as_str(), "name" | "app name" | "app" | "title" | "project name" | "application")
        && !rest.is_empty()
        && reader.draft.name.is_none()
        && reader.draft.things.is_empty()
    {
        reader.draft.name = Some(source_of(reader.source, rest).trim_matches(['"', '\'']).to_owned());
        reader.draft.cover(source_of(reader.source, tokens), vec![Ref::Plain("app.name".into())]);
        return;
    }
    if matches!(plain.as_str(), "description" | "purpose" | "summary" | "goal" | "overview")
        && !rest.is_empty()
        && reader.draft.things.is_empty()
    {
        reader.draft.description = Some(source_of(reader.source, rest));
        reader.draft.cover(source_of(reader.source, tokens), vec![Ref::Plain("app.description".into())]);
        return;
    }
    if lexicon().grammar.entity_lists.contains(&plain) && colon.is_some() {
        if rest.is_empty() {
            place.entity_list = true;
        } else {
            let refs = reader.entity_list(rest);
            reader.draft.cover(source_of(reader.source, tokens), refs);
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
            reader.draft.cover(source_of(reader.source, tokens), vec![Ref::Entity(key.clone())]);
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
    let entity = short
        && !theme_key
        && !field_like
        && !is_feature
        && !lexicon().grammar.headings.contains(&plain)
        && (place.entity_list
            || nested
            || noun && (bullet || colon.is_some())
            || (capital || plural) && lists);
    if entity && lexicon().is_user(&key) {
        place.stack.push((indent, Some("user".into())));
        let members = reader.members("user", rest);
        reader.cover_members(source_of(reader.source, tokens), members);
        return;
    }
    if entity && reader.draft.declare(&key) {
        place.stack.push((indent, Some(key.clone())));
        reader.current = Some(key.clone());
        reader.draft.cover(source_of(reader.source, key_tokens), vec![Ref::Entity(key.clone())]);
        if rest.is_empty() {
            return;
        }
        if is_sentence(rest, None)
            || colon.is_some_and(|at| tokens[at].is("-")) && !rest.iter().any(|t| t.is(","))
        {
            let description = source_of(reader.source, rest);
            if let Some(thing) = reader.draft.thing(&key) {
                thing.description = Some(description.clone());
            }
            if is_sentence(rest, None) {
                reader.paragraph(rest)
            } else {
                reader.draft.cover(description, vec![Ref::Entity(key)])
            }
        } else {
            let members = reader.members(&key, rest);
            reader.cover_members(source_of(reader.source, rest), members);
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
            reader.draft.cover(source_of(reader.source, tokens), refs);
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

/// Whether a point is a sentence rather than a field: it has a subject and a verb, or is about rights.
fn is_sentence(tokens: &[Token], colon: Option<usize>) -> bool {
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

fn row(reader: &mut Sentences<'_>, place: &mut Place, text: &str, base: usize) {
    let mut cells: Vec<(String, usize)> = Vec::new();
    let mut offset = 0;
    for cell in text.split('|') {
        cells.push((cell.trim().to_owned(), base + offset));
        offset += cell.len() + 1;
    }
    let cells: Vec<(String, usize)> = cells.into_iter().skip(1).collect();
    let Some(header) = &place.header else {
        place.header = Some(cells.iter().map(|(cell, _)| cell.to_lowercase()).collect());
        return;
    };
    let first = header.first().map(String::as_str).unwrap_or_default();
    let Some((name, at)) = cells.first().filter(|(name, _)| !name.is_empty()).cloned() else { return };
    let covered = cells
        .iter()
        .map(|(cell, _)| cell.as_str())
        .filter(|cell| !cell.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if matches!(first, "entity" | "model" | "table" | "object" | "resource") {
        let key = key_of(&name);
        if reader.draft.declare(&key) {
            let mut refs = vec![Ref::Entity(key.clone())];
            let fields = header
                .iter()
                .position(|cell| {
                    cell.contains("field")
                        || cell.contains("attribute")
                        || cell.contains("column")
                        || cell.contains("propert")
                })
                .unwrap_or(1);
            if let Some((cell, at)) = cells.get(fields) {
                refs.extend(
                    reader.members(&key, &tokenize(cell, *at)).into_iter().flat_map(|(_, refs)| refs),
                );
            }
            reader.draft.cover(covered, refs);
        }
        return;
    }
    let Some(key) = place.section.clone() else {
        reader.draft.cover(covered, Vec::new());
        return;
    };
    // The row becomes what it would be as a point: "name: type, required, …".
    let mut line = format!("{name}: ");
    for (column, (cell, _)) in header.clone().iter().zip(&cells).skip(1) {
        let yes =
            matches!(cell.to_lowercase().as_str(), "yes" | "true" | "x" | "y" | "\u{2713}" | "\u{2714}");
        match column.as_str() {
            "required" | "unique" | "mandatory" if yes => line += &format!("{column}, "),
            "required" | "unique" | "mandatory" | "description" => {}
            "default" if !cell.is_empty() && cell != "-" => line += &format!("default {cell}, "),
            "default" => {}
            _ => line += &format!("{cell}, "),
        }
    }
    let tokens = tokenize(line.trim_end_matches([',', ' ']), at);
    let members = reader.member(&key, trimmed(&tokens));
    let refs: Vec<Ref> = members.into_iter().flat_map(|(_, refs)| refs).collect();
    reader.draft.cover(covered, refs);
}

/// The kind of app a short text names, and a second, more general one beside it.
fn domain_of(source: &str) -> Option<(&'static Domain, Option<String>)> {
    let tokens = tokenize(clip(source, 2_000), 0);
    let words: Vec<&str> =
        tokens.iter().filter(|token| token.kind != Kind::Sign).map(|token| token.low.as_str()).collect();
    let lexicon = lexicon();
    let mut best: Option<(usize, usize, usize)> = None;
    let mut blend = None;
    let mut at = 0;
    while at < words.len() {
        let hit = (1..=4).rev().find_map(|length| {
            let slice = words.get(at..at + length)?;
            let phrase = slice.join(" ");
            let key = key_of(&phrase);
            let domain = *lexicon.domain_phrases.get(&phrase).or_else(|| lexicon.domain_phrases.get(&key))?;
            Some((domain, length))
        });
        let Some((domain, length)) = hit else {
            at += 1;
            continue;
        };
        if !lexicon.domains[domain].blend.is_empty() {
            blend = Some(domain);
        }
        // The longest phrase wins, then the first one; what only lends ("CRM") gives way to what it is for.
        let lends = |domain: usize| usize::from(lexicon.domains[domain].blend.is_empty());
        if best.is_none_or(|(known, _, long)| (lends(domain), length) > (lends(known), long)) {
            best = Some((domain, at, length));
        }
        at += length;
    }
    let (domain, _, _) = best?;
    let blend = blend
        .filter(|other| *other != domain)
        .and_then(|other| lexicon.domains[other].blend.first().cloned());
    Some((&lexicon.domains[domain], blend))
}

fn fill(draft: &mut Draft, domain: &Domain, blend: Option<&str>) {
    for entity in domain.entities.iter().map(String::as_str).chain(blend) {
        let key = super::notation::spaced(entity);
        if draft.declare(&key)
            && let Some(access) = domain.access.get(entity)
            && draft.access.is_none()
            && let Some(thing) = draft.thing(&key)
        {
            thing.access = Some(*access);
        }
    }
    if draft.description.is_none() {
        draft.description = Some(domain.description.clone());
    }
}

/// The last resort for a short text: well-known nouns that stand in it in the plural.
fn purpose_nouns(source: &str, draft: &mut Draft) {
    if source.len() > 400 {
        return;
    }
    for token in tokenize(source, 0) {
        let key = key_of(&token.low);
        if token.is_word() && is_plural(&token.low) && lexicon().noun(&key).is_some() {
            draft.declare(&key);
        }
    }
}

fn first_sentence(source: &str, blocks: &[Block]) -> Option<String> {
    let block = blocks.iter().find(|block| block.shape == Shape::Paragraph)?;
    let text = source.get(block.start..block.end)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = text.split_inclusive(['.', '!', '?']).next().unwrap_or(&text);
    Some(clip(sentence.trim(), 240).to_owned())
        .filter(|text| text.chars().filter(|c| c.is_alphanumeric()).count() > 2)
}

fn reasoning(
    blueprint: &crate::blueprint::BlueprintFile,
    domain: Option<&str>,
    coverage: &[crate::blueprint::CoverageItem],
) -> String {
    let entities: Vec<&str> = blueprint.entities.iter().map(|entity| entity.name.as_str()).collect();
    if entities.is_empty() {
        return "The text names no entities.".into();
    }
    let relations: usize = blueprint.entities.iter().map(|entity| entity.relations.len()).sum();
    let from = domain.map_or_else(
        || "named in the text".to_owned(),
        |domain| format!("from the well-known kind of app \"{domain}\", as the text names none"),
    );
    let open = coverage.iter().filter(|item| item.covered_by.is_empty()).count();
    let rest = if open == 0 {
        String::new()
    } else {
        format!(" {open} of {} clauses have no counterpart in the app.", coverage.len())
    };
    format!(
        "{} entities {from}: {}. {relations} relations tie them together.{rest}",
        entities.len(),
        clip(&entities.join(", "), 600)
    )
}
