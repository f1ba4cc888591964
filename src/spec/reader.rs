//! Walks through the blocks of a text and hands them to the sentences, knowing which entity each is about.

use std::collections::BTreeSet;

use super::SpecReading;
use super::access;
use super::assembly::assemble;
use super::blocks::{Block, Shape, blocks};
use super::domains::{domain_of, fill, purpose_nouns};
use super::draft::{Draft, MAX_WARNINGS, Ref, Thing};
use super::headings::heading;
use super::languages::translated;
use super::points::point;
use super::rows::row;
use super::schemas::rewritten;
use super::sentences::Sentences;
use super::source::Source;
use super::text::{MAX_CHARS, clean};
use super::tokens::{Token, polished, tokenize};
use crate::naming::clip;

/// Most tokens that are read; hostile texts have more.
const MAX_BLOCKS: usize = 20_000;

/// Reads a text; see [`super::read`].
pub(super) fn read(text: &str) -> SpecReading {
    let plain = clean(text);
    let (code, from_code) = rewritten(&plain);
    let (english, from_words) = translated(&code);
    let written = plain.clone();
    let source = Source::new(written, english, vec![from_code, from_words]);
    let blocks = blocks(&source.text);
    // The first walk finds out which nouns are entities, the second one reads with that knowledge.
    let known = nouns(&source, &walk(&source, &blocks, BTreeSet::new()).draft);
    let mut draft = walk(&source, &blocks, known).draft;
    if text.chars().count() > MAX_CHARS {
        draft.warnings.push(format!("only the first {MAX_CHARS} characters were read"));
    }
    if blocks.len() > MAX_BLOCKS {
        draft.warnings.push(format!("only the first {MAX_BLOCKS} paragraphs, points and headings were read"));
    }
    let domain = if blocks.len() <= 12 { domain_of(&source.text) } else { None };
    let named = draft.things.iter().filter(|thing| thing.key != "user").count();
    let mut filled_by = None;
    if named == 0
        && let Some((domain, blend)) = &domain
    {
        fill(&mut draft, domain, *blend);
        if let Some(blend) = blend {
            draft.fallback_name = Some(format!("{} {}", domain.name, blend.name));
        }
        filled_by = Some(domain.name.clone());
    } else if named == 0 {
        purpose_nouns(&source.text, &mut draft);
    }
    if draft.description.is_none() {
        draft.description = first_sentence(&plain, &self::blocks(&plain));
    }
    let covered_entities: Vec<Ref> =
        draft.things.iter().map(|thing| Ref::Entity(thing.key.clone())).collect();
    if named == 0 && !draft.things.is_empty() {
        // The short text as a whole is what the entities answer to.
        let described = draft
            .coverage
            .iter_mut()
            .find(|(_, refs)| refs.iter().any(|one| *one == Ref::Plain("app.description".into())));
        if let Some((_, refs)) = described {
            *refs = covered_entities;
        } else {
            let text = clip(plain.trim(), 300).split_whitespace().collect::<Vec<_>>().join(" ");
            draft.coverage.retain(|(item, refs)| !(refs.is_empty() && *item == text));
            draft.warnings.retain(|warning| !warning.starts_with("not understood"));
            draft.coverage.insert(0, (text, covered_entities));
        }
    }
    draft.warnings.truncate(MAX_WARNINGS);
    if draft.things.iter().all(|thing| thing.key == "user") {
        draft.warnings.push("the text names nothing that an app could keep; say what it is about, such as \"books with a title and a price\"".into());
    }
    // Of a longer text, only how it begins can name the app.
    let opening = source.text.split_inclusive(['.', '\n', ';']).next().unwrap_or_default();
    let named_by = if filled_by.is_some() {
        domain.map(|(domain, _)| domain)
    } else {
        domain_of(opening).map(|(domain, _)| domain)
    };
    let assembled = assemble(draft, named_by);
    let reasoning = reasoning(&assembled.blueprint, filled_by.as_deref(), &assembled.coverage);
    SpecReading {
        blueprint: assembled.blueprint,
        coverage: assembled.coverage,
        warnings: assembled.warnings,
        reasoning,
    }
}

/// The nouns that a walk found to be entities. One that the text only mentions is no other than the one with a longer name
/// and fields of its own: the "owners" of a clinic whose "pet owners" have a name.
fn nouns(source: &Source, draft: &Draft) -> BTreeSet<String> {
    let text = source.text.to_lowercase();
    let is_short_for_another = |key: &str| {
        let mut longer = draft
            .things
            .iter()
            .filter(|other| other.key.strip_suffix(key).is_some_and(|head| head.ends_with(' ')));
        // A longer name that was only put together, as that of a recipe's ingredient, is another thing's.
        let named = |other: &Thing| !other.fields.is_empty() && text.contains(&other.key);
        longer.next().is_some_and(named) && longer.next().is_none()
    };
    let own = |thing: &&Thing| !thing.fields.is_empty() || !is_short_for_another(&thing.key);
    draft.things.iter().filter(own).map(|thing| thing.key.clone()).collect()
}

/// Where the walk is.
#[derive(Default)]
pub(super) struct Place {
    /// The entity of the section, from a heading.
    pub(super) section: Option<String>,
    /// Points under this heading are entities.
    pub(super) entity_list: bool,
    /// The level of the heading that says so.
    pub(super) list_level: usize,
    /// Points under this heading are not wanted.
    pub(super) excluded: bool,
    /// Entities of the points around this one, with their indents.
    pub(super) stack: Vec<(usize, Option<String>)>,
    /// Cells of a table's first row.
    pub(super) header: Option<Vec<String>>,
}

fn walk<'a>(source: &'a Source, blocks: &[Block], known: BTreeSet<String>) -> Sentences<'a> {
    let mut reader = Sentences::new(source, known);
    reader.draft.note_actors(access::makers(&source.text));
    let mut place = Place::default();
    for (at, block) in blocks.iter().take(MAX_BLOCKS).enumerate() {
        let text = source.text.get(block.start..block.end).unwrap_or_default();
        let tokens = polished(&tokenize(text, block.start));
        if block.shape != Shape::Row {
            place.header = None;
        }
        match block.shape {
            Shape::Heading(level) => heading(&mut reader, &mut place, &tokens, level, at, blocks),
            Shape::Row => row(&mut reader, &mut place, text, block.start),
            Shape::Point { indent, bullet } => {
                point(&mut reader, &mut place, &tokens, indent, bullet, blocks.get(at + 1));
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

pub(super) fn excluded(reader: &mut Sentences<'_>, tokens: &[Token]) {
    let text = reader.source.quote(tokens);
    reader.draft.list(text, vec![Ref::Plain("app.description".into())]);
}

/// Words that ask for an app before it is described.
const LEADS: &[&str] = &[
    "please ",
    "build ",
    "create ",
    "make ",
    "generate ",
    "develop ",
    "design ",
    "write ",
    "me ",
    "us ",
    "i want ",
    "i need ",
    "we want ",
    "we need ",
    "i'd like ",
    "i would like ",
    "can you ",
];

fn first_sentence(source: &str, blocks: &[Block]) -> Option<String> {
    let block = blocks.iter().find(|block| block.shape == Shape::Paragraph)?;
    let text = source.get(block.start..block.end)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = text.split_inclusive(['.', '!', '?']).next().unwrap_or(&text);
    let words = sentence.trim();
    if words.starts_with("As a ") || words.starts_with("As an ") {
        return None;
    }
    // "Please build a shop" is about the shop.
    let mut rest = words;
    while let Some(shorter) = LEADS.iter().find_map(|lead| {
        rest.get(..lead.len())
            .filter(|head| head.eq_ignore_ascii_case(lead))
            .and_then(|_| rest.get(lead.len()..))
    }) {
        rest = shorter;
    }
    if rest.starts_with("to ") {
        rest = words;
    }
    let mut chars = rest.chars();
    let sentence: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
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
