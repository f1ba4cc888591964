//! Ties among the things an entity has: "author: Author", "many reviews", "an author".

use super::clauses::subject_key;
use super::draft::{LinkKind, Ref};
use super::fields::Described;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of};
use super::relations::{Target, link, target};
use super::sentences::Sentences;
use super::tokens::{Token, phrase};
use crate::blueprint::FieldType;

/// A point such as "author: Author (required)", "author -> Author", "belongs_to Author".
pub(super) fn typed(reader: &mut Sentences<'_>, key: &str, tokens: &[Token]) -> Option<Vec<Ref>> {
    let divider =
        tokens.iter().position(|token| token.is_any(&[":", ">"])).or_else(|| bracketed(reader, tokens))?;
    let article = tokens[..divider].iter().take_while(|t| t.is_any(&["a", "an", "the"])).count();
    let tokens = &tokens[article..];
    let divider = divider - article;
    let name_end = tokens[..divider].iter().take_while(|t| t.is_word()).count();
    if name_end == 0 || name_end > 3 {
        return None;
    }
    let after = &tokens[divider + 1..];
    let skip = after
        .iter()
        .take_while(|t| {
            t.is_any(&[
                "belongs",
                "belongs_to",
                "to",
                "relation",
                "reference",
                "ref",
                "references",
                "foreign",
                "key",
                "fk",
                "link",
                "has",
                "has_many",
                "many",
                "list",
                "of",
                "the",
                "a",
                "(",
                "-",
                ">",
                "[",
                "many_to_many",
                "many-to-many",
            ])
        })
        .count();
    let lead = phrase(&after[..skip]);
    let target_words: Vec<Token> = after[skip..]
        .iter()
        .take_while(|t| t.is_word() && !t.is_any(&["required", "optional", "unique", "and", "or"]))
        .take(3)
        .cloned()
        .collect();
    let text = phrase(&target_words);
    let target_key = key_of(&target_words.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "));
    let user = lexicon().is_user(&target_key);
    let known = reader.draft.has(&target_key);
    if text.is_empty() || !(known || user) || (lexicon().is_field_word(&target_key) && !known) {
        return None;
    }
    // "status: order, product" lists values; a target stands alone.
    if after[skip..].get(target_words.len()).is_some_and(|t| t.is_any(&["|", "/", "or"])) {
        return None;
    }
    let list = after.iter().any(|t| t.is("["))
        || is_plural(target_words.last().map_or("", |t| t.low.as_str()))
        || lead.contains("many");
    let name = key_of(&tokens[..name_end].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "));
    let name = name.trim_end_matches(" id").to_owned();
    let required = after.iter().any(|t| t.is_any(&["required", "mandatory"]))
        || !after.iter().any(|t| t.is_any(&["optional", "nullable", "?"]));
    let target_key = if user { "user".to_owned() } else { target_key };
    let own = name == target_key;
    let kind = match (list, lead.contains("many-to-many") || lead.contains("many_to_many")) {
        (_, true) => LinkKind::Many,
        (true, _) if user || lexicon().grammar.classifiers.contains(&target_key) => LinkKind::Many,
        (true, _) => LinkKind::HasMany,
        _ => LinkKind::Belongs,
    };
    let required =
        required && (target_key != "user" || after.iter().any(|t| t.is_any(&["required", "mandatory"])));
    Some(vec![link(
        &mut reader.draft,
        kind,
        key,
        &target_key,
        (!own).then_some(name),
        kind == LinkKind::Belongs && required,
    )])
}

/// "Borrower (user)": where the parenthesis opens that holds nothing but what the tie leads to.
fn bracketed(reader: &Sentences<'_>, tokens: &[Token]) -> Option<usize> {
    let open = tokens.iter().position(|token| token.is("("))?;
    let (close, noun) = tokens[open + 1..].split_last()?;
    let article = noun.iter().take_while(|t| t.is_any(&["a", "an", "the"])).count();
    let noun = &noun[article..];
    let key = key_of(&phrase(noun));
    let known = lexicon().is_user(&key) || reader.draft.has(&key) && !lexicon().is_field_word(&key);
    let one = noun.iter().all(Token::is_word) && noun.last().is_some_and(|last| !is_plural(&last.low));
    (close.is(")") && one && known).then_some(open)
}

/// "many reviews", "several categories", "one or more authors".
pub(super) fn quantified(reader: &mut Sentences<'_>, key: &str, tokens: &[Token]) -> Option<Vec<Ref>> {
    let mut start = 0;
    while tokens.get(start).is_some_and(|t| {
        t.is_any(&[
            "has", "have", "can", "a", "the", "its", "any", "also", "optional", "one", "or", "may", "zero",
            "own", "at", "least",
        ])
    }) {
        start += 1;
    }
    let least =
        start >= 3 && tokens[..start].windows(3).any(|w| w[0].is("at") && w[1].is("least") && w[2].is("one"));
    let counted = least
        || tokens.get(start).is_some_and(|t| {
            t.is_any(&[
                "many",
                "several",
                "multiple",
                "various",
                "different",
                "more",
                "numerous",
                "few",
                "lots",
                "unlimited",
            ])
        })
        || (tokens.get(start).is_some_and(|t| t.is_any(&["list", "set", "number", "collection", "series"]))
            && tokens.get(start + 1).is_some_and(|t| t.is("of")));
    if !counted {
        return None;
    }
    // "a number of pages" counts; "a number of tasks" lists, where tasks are entities.
    let counts = tokens[start].is("number");
    let start = match tokens.get(start + 1) {
        _ if least => start,
        Some(next) if next.is("of") => start + 2,
        _ => start + 1,
    };
    let rest = tokens.get(start..)?;
    let name = subject_key(rest);
    let text_like = lexicon().type_of(&name) != FieldType::String
        && !reader.draft.has(&name)
        && lexicon().noun(&name).is_none();
    if (counts || least) && !reader.draft.has(&name) && (counts || lexicon().noun(&name).is_none())
        || text_like
    {
        return None;
    }
    let found = target(reader, rest, true)?;
    if least {
        return Some(vec![link(&mut reader.draft, LinkKind::Many, key, &found.key, None, false)]);
    }
    Some(many(reader, key, &found, rest))
}

/// An entity has many of another one, perhaps each with attributes ("products with quantity").
fn many(reader: &mut Sentences<'_>, key: &str, found: &Target, rest: &[Token]) -> Vec<Ref> {
    let paren = rest.iter().position(|t| t.is("(")).unwrap_or(rest.len());
    if let Some(with) =
        rest[..paren].iter().position(|t| t.is_any(&["with", "each"])).filter(|_| found.key != "user")
    {
        let attributes = &rest[with + 1..];
        let skip = attributes.iter().take_while(|t| t.is_any(&["with", "having", "a", "an"])).count();
        let attributes = &attributes[skip..];
        let sound =
            !attributes.is_empty() && attributes.iter().all(|t| t.is_word() || t.is_any(&[",", "(", ")"]));
        if sound {
            let join = if reader.draft.has("order item") && key == "order" {
                "order item".to_owned()
            } else {
                join_key(key, &found.key, reader)
            };
            if reader.draft.declare(&join) {
                let mut refs = vec![Ref::Entity(join.clone())];
                for (_, more) in reader.members(&join, attributes) {
                    refs.extend(more);
                }
                refs.push(link(&mut reader.draft, LinkKind::Belongs, &join, key, None, true));
                refs.push(link(&mut reader.draft, LinkKind::Belongs, &join, &found.key, None, true));
                return refs;
            }
        }
    }
    let mutual = rest.windows(2).any(|w| w[0].is("vice") || w[0].is("many-to-many"))
        || rest.iter().any(|t| t.is("many-to-many"));
    let classifies = lexicon().grammar.classifiers.contains(&found.key);
    let kind = if mutual || classifies || found.key == "user" { LinkKind::Many } else { LinkKind::HasMany };
    let name = found.name.clone().filter(|_| kind == LinkKind::Many);
    vec![link(&mut reader.draft, kind, key, &found.key, name, kind == LinkKind::HasMany)]
}

/// The entity between two: `order item` between orders and products.
fn join_key(key: &str, target: &str, reader: &Sentences<'_>) -> String {
    let item = format!("{key} item");
    let line = format!("{key} {target}");
    if reader.draft.has(&line) || (lexicon().noun(&line).is_some()) { line } else { item }
}

/// What a word for a part names where the thing that plays it is known: a person's mother is a person, a match's winner a player.
fn played(reader: &Sentences<'_>, key: &str, name: &str) -> Option<(String, String)> {
    const PEOPLE: &[&str] = &["person", "family member", "relative", "ancestor", "individual"];
    const ANIMALS: &[&str] = &[
        "animal", "horse", "dog", "cat", "pet", "cow", "goat", "sheep", "pig", "rabbit", "bird", "pigeon",
        "puppy",
    ];
    const RIVALS: &[&str] =
        &["team", "player", "competitor", "participant", "contestant", "athlete", "driver", "racer"];
    let last = key.rsplit(' ').next().unwrap_or_default();
    let own = || Some((key.to_owned(), name.to_owned()));
    match name {
        "father" | "mother" | "spouse" | "husband" | "wife" if PEOPLE.contains(&key) => own(),
        "father" | "mother" | "sire" | "dam" if ANIMALS.contains(&last) => own(),
        "winner" | "loser" | "champion" | "runner up" => {
            let rival = RIVALS.iter().find(|rival| reader.draft.has(rival) && **rival != key)?;
            Some(((*rival).to_owned(), name.to_owned()))
        }
        _ => None,
    }
}

/// A list item that names an entity or a user: a tie rather than a field.
pub(super) fn tie(
    reader: &mut Sentences<'_>,
    key: &str,
    tokens: &[Token],
    described: &Described,
    name: &str,
) -> Option<Vec<Ref>> {
    if described.kind.is_some() && !reader.draft.has(name)
        || !described.values.is_empty()
        || described.has_bounds()
        // "Max mentees" and "free seats" count them.
        || ["max ", "min ", "maximum ", "minimum ", "free ", "available ", "remaining ", "total "].iter().any(|lead| described.name.starts_with(lead))
        // "Last donation" is the day of it.
        || described.name.starts_with("last ") && lexicon().type_of(&described.name) == FieldType::Date
        || described.name.starts_with("next ") && lexicon().type_of(&described.name) == FieldType::Date
    {
        return None;
    }
    let plural = described.name.rsplit(' ').next().is_some_and(is_plural);
    let optional = described.required == Some(false) || reader.may && described.required.is_none();
    let role = lexicon().is_user(name) || lexicon().is_user_role(name) || lexicon().is_implied_role(name);
    let resolved = reader.draft.resolve(name);
    if let Some((target_key, skip)) = resolved
        && skip <= 2
        && (target_key != key || skip > 0 || tokens.iter().any(|t| t.is("parent")) || plural)
        && described.kind.is_none()
    {
        let found = Target {
            key: target_key.clone(),
            name: (skip > 0).then(|| name.to_owned()),
            plural,
            many: plural,
            optional,
            required: described.required == Some(true),
        };
        if plural {
            return Some(many(reader, key, &found, tokens));
        }
        let with_many = lexicon().noun(&target_key).is_none() && lexicon().is_field_word(&target_key);
        if with_many && !reader.draft.has(&target_key) {
            return None;
        }
        return Some(vec![link(
            &mut reader.draft,
            LinkKind::Belongs,
            key,
            &target_key,
            found.name,
            !optional,
        )]);
    }
    if let Some((target_key, name)) =
        played(reader, key, name).filter(|_| !plural && described.kind.is_none())
    {
        let required = described.required == Some(true);
        return Some(vec![link(
            &mut reader.draft,
            LinkKind::Belongs,
            key,
            &target_key,
            Some(name),
            required,
        )]);
    }
    // "Vehicles used" are vehicles.
    if let Some((head, last)) = described.name.rsplit_once(' ')
        && (last.ends_with("ed") || matches!(last, "seen" | "taken" | "sold" | "bought"))
        && is_plural(head.rsplit(' ').next().unwrap_or_default())
        && let Some((target_key, 0)) = reader.draft.resolve(&key_of(head))
        && target_key != key
        && described.kind.is_none()
    {
        return Some(vec![link(&mut reader.draft, LinkKind::Many, key, &target_key, None, false)]);
    }
    if role && described.kind.is_none() {
        let kind = if plural { LinkKind::Many } else { LinkKind::Belongs };
        let own = (!lexicon().is_user(name)).then(|| name.to_owned());
        let required =
            described.required == Some(true) || reader.must && !optional && kind == LinkKind::Belongs;
        return Some(vec![link(&mut reader.draft, kind, key, "user", own, required)]);
    }
    let text = lexicon().is_text_word(&described.name)
        || lexicon().type_of(&described.name) != FieldType::String && lexicon().noun(name).is_none();
    let noun = lexicon().noun(name).is_some();
    if plural && noun && !text && !described.says_something() && key != "user" {
        let attributes = lexicon().type_of(&described.name);
        if matches!(attributes, FieldType::Integer | FieldType::Decimal | FieldType::Boolean) {
            return None;
        }
        reader.draft.declare(name).then_some(())?;
        let found =
            Target { key: name.to_owned(), name: None, plural, many: true, optional, required: false };
        return Some(many(reader, key, &found, tokens));
    }
    None
}
