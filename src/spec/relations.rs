//! Ties: "belongs to", "has many", "is written by", "authors write books".

use super::clauses::subject_key;
use super::draft::{Draft, Link, LinkKind, Ref};
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::sentences::Sentences;
use super::tokens::{Token, find, phrase};

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
pub(super) struct Target {
    pub(super) key: String,
    pub(super) name: Option<String>,
    pub(super) plural: bool,
    pub(super) many: bool,
    pub(super) optional: bool,
    pub(super) required: bool,
}

/// Reads a noun phrase as a target; `declare` makes an unknown noun an entity.
pub(super) fn target(reader: &mut Sentences<'_>, tokens: &[Token], declare: bool) -> Option<Target> {
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
    if let Some(refs) = joined(reader, key, rest) {
        return Some(refs);
    }
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
    // "Can be tagged" names no tags, but means them.
    let alone = rest.len() == 1 && at > 0;
    if alone && let Some(noun) = sorted_by(&first.low) {
        reader.draft.declare(noun);
        return Some(vec![link(&mut reader.draft, LinkKind::Many, key, noun, None, false)]);
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
        // "Logged by a user on a project" has a second tie.
        let second = item
            .iter()
            .position(|token| token.is_any(&["on", "for", "in", "at", "to"]))
            .filter(|&at| at > 0 && skip == 2);
        if let Some(at) = second
            && let Some(found) = target(reader, &item[at + 1..], false)
            && !found.plural
            && found.key != key
        {
            refs.push(link(&mut reader.draft, LinkKind::Belongs, key, &found.key, found.name, true));
        }
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

/// What things that are "tagged" have many of.
fn sorted_by(participle: &str) -> Option<&'static str> {
    Some(match participle {
        "tagged" => "tag",
        "labelled" | "labeled" => "label",
        "categorized" | "categorised" => "category",
        _ => return None,
    })
}

/// "A loan links a member and a book", "a match is played between two teams".
fn joined(reader: &mut Sentences<'_>, key: &str, rest: &[Token]) -> Option<Vec<Ref>> {
    let two = find(rest, &["between", "two"], 0).filter(|&at| at <= 2);
    if let Some(at) = two {
        let plural: Vec<Token> = rest[at + 2..].iter().take(1).cloned().collect();
        let found = target(reader, &plural, true)?;
        let sides = if found.key == "team" { ["home", "away"] } else { ["first", "second"] };
        let mut refs: Vec<Ref> = sides
            .iter()
            .map(|side| {
                let name = Some(format!("{side} {}", found.key));
                link(&mut reader.draft, LinkKind::Belongs, key, &found.key, name, true)
            })
            .collect();
        let more = rest[at + 3..].iter().skip_while(|token| token.is_any(&["on", "at", "with", "and"]));
        let more: Vec<Token> = more.cloned().collect();
        if !more.is_empty() {
            refs.extend(reader.members(key, &more).into_iter().flat_map(|(_, refs)| refs));
        }
        return Some(refs);
    }
    let verb = rest.first().is_some_and(|token| {
        token.is_any(&[
            "links",
            "link",
            "connects",
            "connect",
            "joins",
            "ties",
            "relates",
            "associates",
            "pairs",
        ])
    });
    let list = items(rest.get(1..)?);
    if !verb || list.len() != 2 {
        return None;
    }
    let mut refs = Vec::new();
    for item in list {
        let item: Vec<Token> = item.iter().filter(|token| !token.is_any(&["to", "with"])).cloned().collect();
        let found = target(reader, &item, true)?;
        refs.push(link(&mut reader.draft, LinkKind::Belongs, key, &found.key, found.name, true));
    }
    Some(refs)
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
        let each = start > 0 && tokens[0].is_any(&["each", "every", "a", "an"]);
        let one = rest.get(at.saturating_sub(1)).is_some_and(|t| t.is_any(&["a", "an", "one", "the"]));
        refs.push(if each && one && particle.is_some() {
            // "Each guest sits at a table."
            link(&mut reader.draft, LinkKind::Belongs, &subject, &object, None, false)
        } else if many_verb {
            link(&mut reader.draft, LinkKind::Many, &subject, &object, None, false)
        } else {
            link(&mut reader.draft, LinkKind::HasMany, &subject, &object, None, particle.is_none())
        });
        reader.current = Some(object);
    }
    (!refs.is_empty()).then_some(refs)
}
