//! Ties: "belongs to", "has many", "is written by", "authors write books".

use super::draft::{Draft, Link, LinkKind, Ref};
use super::fields::Described;
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::sentences::{Sentences, subject_key};
use super::tokens::{Token, find, phrase};
use crate::blueprint::FieldType;

/// Phrases between an entity and the one it belongs to.
const TO_ONE: &[&[&str]] = &[
    &["belongs", "to"],
    &["belong", "to"],
    &["linked", "to"],
    &["related", "to"],
    &["references"],
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

/// Adds a tie; the reference to it, or to the entity where every record has such a tie by itself.
pub(super) fn link(
    draft: &mut Draft,
    kind: LinkKind,
    from: &str,
    to: &str,
    name: Option<String>,
    required: bool,
) -> Ref {
    if to == "user" && name.as_deref().is_some_and(|name| lexicon().is_implied_role(name)) {
        return Ref::Entity(from.to_owned());
    }
    if from == "user" {
        return Ref::Entity(to.to_owned());
    }
    Ref::Link(draft.link(Link { kind, from: from.to_owned(), to: to.to_owned(), name, required }))
}

/// What a noun phrase names as the target of a tie.
struct Target {
    key: String,
    name: Option<String>,
    plural: bool,
    many: bool,
    optional: bool,
    required: bool,
}

/// Reads a noun phrase as a target; `declare` makes an unknown noun an entity.
fn target(reader: &mut Sentences<'_>, tokens: &[Token], declare: bool) -> Option<Target> {
    let flag = |lows: &[&str]| tokens.iter().any(|token| token.is_any(lows));
    let required = flag(&["required", "mandatory", "exactly"]);
    let optional = flag(&["optional", "optionally"]);
    let start = tokens
        .iter()
        .take_while(|t| {
            t.is_word()
                && (lexicon().grammar.determiners.contains(&t.low)
                    || lexicon().grammar.many.contains(&t.low)
                    || t.is_any(&["or", "of", "optional", "required", "at", "least", "most"]))
        })
        .count();
    let numbers = tokens.iter().take(start + 1).any(|t| t.number().is_some_and(|n| n > 1.0));
    let single = tokens.iter().take(start).any(|t| t.is_any(&["a", "an", "one", "exactly", "single"]))
        && !tokens.iter().take(start).any(|t| t.is("more"));
    let many =
        !single && (tokens.iter().take(start).any(|t| lexicon().grammar.many.contains(&t.low)) || numbers);
    let words: Vec<&Token> = tokens[start..]
        .iter()
        .skip_while(|t| t.number().is_some())
        .take_while(|t| {
            t.is_word()
                && !t.is_any(&[
                    "as", "with", "by", "that", "which", "who", "at", "in", "for", "and", "or", "on", "to",
                    "of", "from", "when", "if", "via", "through", "it", "required", "optional", "each",
                    "too",
                ])
        })
        .take(4)
        .collect();
    let last = words.last()?.low.clone();
    let text = words.iter().map(|t| t.low.as_str()).collect::<Vec<_>>().join(" ");
    let plural = is_plural(&last);
    let key = key_of(&text);
    // "as its assignee" names the tie.
    let alias = find(tokens, &["as"], 0)
        .map(|at| subject_key(&tokens[at + 1..tokens.len().min(at + 5)]))
        .filter(|name| !name.is_empty() && name.split(' ').count() <= 3);
    if let Some((found, skip)) = reader.draft.resolve(&key).filter(|(_, skip)| *skip <= 2) {
        let name = alias.or_else(|| (skip > 0).then(|| key.clone()));
        return Some(Target { key: found, name, plural, many, optional, required });
    }
    let one = singular(&last);
    if lexicon().is_user(&key)
        || lexicon().is_user(&one)
        || lexicon().is_user_role(&key)
        || lexicon().is_implied_role(&key)
    {
        let role = !lexicon().is_user(&key);
        let name = alias.or_else(|| role.then(|| key.clone()));
        return Some(Target { key: "user".into(), name, plural, many, optional, required });
    }
    let sound = !key.is_empty()
        && !lexicon().grammar.pronouns.contains(&key)
        && !matches!(key.as_str(), "other" | "itself" | "date" | "time" | "name");
    (declare && sound && reader.draft.declare(&key)).then_some(Target {
        key,
        name: alias,
        plural,
        many,
        optional,
        required,
    })
}

/// Reads a predicate about an entity as a tie.
pub(super) fn read(reader: &mut Sentences<'_>, key: &str, tokens: &[Token]) -> Option<Vec<Ref>> {
    let mut at = 0;
    let mut optional = false;
    let mut must = false;
    while let Some(token) = tokens.get(at) {
        match token.low.as_str() {
            "can" | "may" | "could" | "might" | "optionally" | "sometimes" => optional = true,
            "must" | "always" => must = true,
            "is" | "are" | "be" | "been" | "also" | "should" | "will" | "being" | "was" | "were"
            | "usually" | "each" => {}
            _ => break,
        }
        at += 1;
    }
    let rest = &tokens[at..];
    let first = rest.first()?;
    if first.is_any(&["many-to-many", "many-to-one", "one-to-many"]) {
        let after = &rest[1..];
        let skip = after
            .iter()
            .take_while(|t| {
                t.is_any(&[
                    "with",
                    "to",
                    "relation",
                    "relationship",
                    "between",
                    "related",
                    "linked",
                    ":",
                    "tie",
                ])
            })
            .count();
        let found = target(reader, &after[skip..], false)?;
        let kind = if first.is("many-to-many") {
            LinkKind::Many
        } else if first.is("one-to-many") {
            LinkKind::HasMany
        } else {
            LinkKind::Belongs
        };
        return Some(vec![link(&mut reader.draft, kind, key, &found.key, found.name, false)]);
    }
    if first.is_any(&["tagged", "labelled", "labeled", "categorized", "categorised"])
        && rest.get(1).is_some_and(|t| t.is_any(&["with", "by", "into", "under", "in"]))
    {
        let found = target(reader, &rest[2..], true)?;
        let kind = if found.plural || found.many { LinkKind::Many } else { LinkKind::Belongs };
        return Some(vec![link(&mut reader.draft, kind, key, &found.key, found.name, false)]);
    }
    let phrase_length = TO_ONE.iter().find(|words| {
        words.len() <= rest.len() && words.iter().zip(rest).all(|(word, token)| token.is(word))
    });
    // "is sold by a shop", "is performed at a venue": a participle with its preposition.
    let participle = first.is_word()
        && (first.low.ends_with("ed")
            || matches!(
                first.low.as_str(),
                "sold" | "held" | "bought" | "sent" | "run" | "won" | "built" | "grown" | "lent" | "paid"
            ))
        && rest.get(1).is_some_and(|t| {
            t.is_any(&["by", "to", "in", "at", "for", "from", "on", "with", "under", "into"])
        })
        && at > 0;
    let (skip, strong) = match phrase_length {
        Some(words) => (words.len(), words.len() > 1 || words[0] == "references"),
        None if participle => (2, false),
        None => return None,
    };
    if !strong && at == 0 && !participle {
        return None;
    }
    let passive_verb = (skip == 2 && rest[1].is("by")).then(|| first.low.clone());
    let mut refs = Vec::new();
    let object = &rest[skip..];
    for item in items(object) {
        let belongs = strong
            && matches!(
                first.low.as_str(),
                "belongs" | "belong" | "assigned" | "linked" | "written" | "placed" | "part"
            );
        let known_noun = {
            let k = subject_key(&item);
            lexicon().noun(&k).is_some()
        };
        let Some(found) = target(reader, &item, (belongs || known_noun) && (strong || participle)) else {
            if let Some(refs) = (!refs.is_empty()).then(|| reader.member(key, &item)) {
                return Some(refs.into_iter().flat_map(|(_, refs)| refs).collect());
            }
            return None;
        };
        if found.key == "user"
            && found.name.is_none()
            && passive_verb.as_deref().is_some_and(|verb| {
                matches!(verb, "created" | "owned" | "written" | "posted" | "made" | "submitted" | "placed")
            })
        {
            refs.push(Ref::Entity(key.to_owned()));
            continue;
        }
        if found.key == "user"
            && passive_verb.as_deref().is_some_and(|verb| matches!(verb, "managed" | "handled"))
            && found.plural
        {
            return None;
        }
        let many = found.many
            || (found.plural
                && (optional
                    || lexicon().grammar.classifiers.contains(&found.key)
                    || passive_verb.is_none() && first.low != "for")
                && phrase(&item).split(' ').count() <= 3
                && found.key != "user");
        let kind = if many { LinkKind::Many } else { LinkKind::Belongs };
        let name = found.name.or_else(|| {
            let assignee = found.key == "user" && first.is("assigned");
            assignee.then(|| if many { "assignees".to_owned() } else { "assignee".to_owned() })
        });
        let name = if key == found.key { name.or_else(|| Some("parent".into())) } else { name };
        let required = kind == LinkKind::Belongs
            && !optional
            && !found.optional
            && (found.key != "user" || must || found.required);
        refs.push(link(&mut reader.draft, kind, key, &found.key, name, required));
    }
    (!refs.is_empty()).then_some(refs)
}

/// A point such as "author: Author (required)", "author -> Author", "belongs_to Author".
pub(super) fn typed(reader: &mut Sentences<'_>, key: &str, tokens: &[Token]) -> Option<Vec<Ref>> {
    let divider = tokens.iter().position(|token| token.is_any(&[":", ">"]))?;
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
        (true, _) if lexicon().grammar.classifiers.contains(&target_key) => LinkKind::Many,
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

/// "many reviews", "several categories", "one or more authors".
pub(super) fn quantified(reader: &mut Sentences<'_>, key: &str, tokens: &[Token]) -> Option<Vec<Ref>> {
    let mut start = 0;
    while tokens.get(start).is_some_and(|t| {
        t.is_any(&[
            "has", "have", "can", "a", "the", "its", "any", "also", "optional", "one", "or", "may", "zero",
            "own",
        ])
    }) {
        start += 1;
    }
    let counted = tokens.get(start).is_some_and(|t| {
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
    }) || (tokens
        .get(start)
        .is_some_and(|t| t.is_any(&["list", "set", "number", "collection", "series"]))
        && tokens.get(start + 1).is_some_and(|t| t.is("of")));
    if !counted {
        return None;
    }
    // "a number of pages" counts; "a number of tasks" lists, where tasks are entities.
    let counts = tokens[start].is("number");
    let start = start + if tokens.get(start + 1).is_some_and(|t| t.is("of")) { 2 } else { 1 };
    let rest = tokens.get(start..)?;
    let name = subject_key(rest);
    let text_like = lexicon().type_of(&name) != FieldType::String
        && !reader.draft.has(&name)
        && lexicon().noun(&name).is_none();
    if counts && !reader.draft.has(&name) || text_like {
        return None;
    }
    let found = target(reader, rest, true)?;
    Some(many(reader, key, &found, rest))
}

/// An entity has many of another one, perhaps each with attributes ("products with quantity").
fn many(reader: &mut Sentences<'_>, key: &str, found: &Target, rest: &[Token]) -> Vec<Ref> {
    if let Some(with) = rest.iter().position(|t| t.is_any(&["with", "each"])).filter(|_| found.key != "user")
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
    {
        return None;
    }
    let plural = described.name.rsplit(' ').next().is_some_and(is_plural);
    let optional = described.required == Some(false);
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
    if role && described.kind.is_none() {
        let kind = if plural { LinkKind::Many } else { LinkKind::Belongs };
        let own = (!lexicon().is_user(name)).then(|| name.to_owned());
        return Some(vec![link(&mut reader.draft, kind, key, "user", own, described.required == Some(true))]);
    }
    let text = lexicon().is_text_word(&described.name)
        || lexicon().type_of(&described.name) != FieldType::String && lexicon().noun(name).is_none();
    let noun = lexicon().noun(name).is_some();
    if plural && noun && !text && !described.says_something() && key != "user" && !reader.source.is_empty() {
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

/// "Authors write books": both sides are entities, and what is between them is a verb.
pub(super) fn verb_between(reader: &mut Sentences<'_>, tokens: &[Token]) -> Option<Vec<Ref>> {
    let start = tokens.iter().take_while(|t| lexicon().grammar.determiners.contains(&t.low)).count();
    let entity = |reader: &Sentences<'_>, words: &[Token]| -> Option<String> {
        let key = key_of(&phrase(words));
        if lexicon().is_user(&key) {
            return Some("user".into());
        }
        if let Some((key, 0)) = reader.draft.resolve(&key) {
            return Some(key);
        }
        let last = words.last()?;
        (lexicon().noun(&key).is_some() && is_plural(&last.low)).then_some(key)
    };
    let (subject, used) =
        (1..=3).rev().find_map(|n| Some((entity(reader, tokens.get(start..start + n)?)?, n)))?;
    let rest = &tokens[start + used..];
    let modal = rest
        .iter()
        .take_while(|t| t.is_any(&["can", "may", "could", "also", "must", "will", "should"]))
        .count();
    let rest = &rest[modal..];
    let verb = rest
        .first()
        .filter(|t| t.is_word() && !t.is_any(&["is", "are", "has", "have", "and", "or", "who", "that"]))?;
    let mut at = 1;
    let particle = rest.get(1).filter(|t| t.is_any(&["in", "to", "on", "for", "up", "at", "from"]));
    if particle.is_some() {
        at += 1;
    }
    if rest.get(at).is_some_and(|t| t.is_any(&["for", "to"])) {
        at += 1;
    }
    at += rest[at.min(rest.len())..]
        .iter()
        .take_while(|t| {
            lexicon().grammar.determiners.contains(&t.low) || lexicon().grammar.many.contains(&t.low)
        })
        .count();
    let mut refs = Vec::new();
    let verb_phrase = particle.map_or_else(|| verb.low.clone(), |p| format!("{} {}", verb.low, p.low));
    let many_verb = lexicon().grammar.many_verbs.contains(&verb_phrase)
        || lexicon().grammar.many_verbs.contains(&verb.low)
        || lexicon().grammar.many_verbs.contains(&singular(&verb.low));
    for item in items(rest.get(at..)?) {
        let skip = item
            .iter()
            .take_while(|t| {
                lexicon().grammar.determiners.contains(&t.low) || lexicon().grammar.many.contains(&t.low)
            })
            .count();
        let item = &item[skip.min(item.len())..];
        let Some((object, _)) = (1..=3).rev().find_map(|n| Some((entity(reader, item.get(..n)?)?, n))) else {
            continue;
        };
        if object == "user" || object == subject {
            continue;
        }
        if !reader.draft.declare(&object) {
            continue;
        }
        if subject == "user" {
            refs.push(Ref::Entity(object));
            continue;
        }
        if !reader.draft.declare(&subject) {
            return None;
        }
        refs.push(if many_verb {
            link(&mut reader.draft, LinkKind::Many, &subject, &object, None, false)
        } else {
            link(&mut reader.draft, LinkKind::HasMany, &subject, &object, None, true)
        });
        reader.current = Some(object);
    }
    (!refs.is_empty()).then_some(refs)
}
