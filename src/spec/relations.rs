//! Ties: "belongs to", "has many", "is written by", "authors write books".

use super::clauses::{has_list, subject_key};
use super::draft::{Draft, Link, LinkKind, Ref};
use super::items::items;
use super::joins::is_person;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::predicates::{TO_ONE, alternatives, be, is_participle, participle, sorted_by};
use super::sentences::Sentences;
use super::tokens::{Token, find, phrase};

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
    Ref::Link(draft.link(Link {
        kind,
        from: from.to_owned(),
        to: to.to_owned(),
        name,
        required,
        weak: false,
        verbal: false,
    }))
}

/// Adds a tie that a verb gives; a `weak` one goes where a record of its own stands between the two.
pub(super) fn hint(draft: &mut Draft, from: &str, to: &str, name: Option<String>, weak: bool) -> Ref {
    let link = Link {
        kind: LinkKind::Many,
        from: from.to_owned(),
        to: to.to_owned(),
        name,
        required: false,
        weak,
        verbal: true,
    };
    Ref::Link(draft.link(link))
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
    if let Some(found) = apposed(reader, tokens, declare) {
        return Some(found);
    }
    if tokens.first().is_some_and(|token| token.is_any(&["me", "us", "myself", "ourselves"])) {
        return Some(Target {
            key: "user".into(),
            name: None,
            plural: false,
            many: false,
            optional: true,
            required: false,
        });
    }
    let flag = |lows: &[&str]| tokens.iter().any(|token| token.is_any(lows));
    let required = flag(&["required", "mandatory", "exactly"]) || reader.must;
    let most = tokens.windows(3).any(|w| w[0].is("at") && w[1].is("most") && w[2].is("one"));
    let optional = most || flag(&["optional", "optionally"]);
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
    // "Parts used" are parts.
    let words = match words.as_slice() {
        [rest @ .., one, done] if is_plural(&one.low) && participle(&done.low) => [rest, &[*one]].concat(),
        _ => words,
    };
    let last = words.last()?.low.clone();
    let text = words.iter().map(|t| t.low.as_str()).collect::<Vec<_>>().join(" ");
    let plural = is_plural(&last) && !single;
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

/// "A manager, who is also an employee": the tie is named by the first noun and leads to the second.
pub(super) fn apposed(reader: &mut Sentences<'_>, tokens: &[Token], declare: bool) -> Option<Target> {
    let at = tokens.iter().position(|token| token.is_any(&["who", "which", "that"])).filter(|&at| at > 0)?;
    tokens.get(at + 1).filter(|token| token.is_any(&["is", "are"]))?;
    let skip =
        tokens[at + 2..].iter().take_while(|token| token.is_any(&["also", "themselves", "themself"])).count();
    let head = subject_key(&tokens[..at]);
    let many = is_plural(tokens[at - 1].low.as_str());
    let found = target(reader, tokens.get(at + 2 + skip..)?, declare)?;
    let sound = !head.is_empty() && head.split(' ').count() <= 3;
    sound.then(|| Target {
        // Every record has an owner by itself, so that one of another kind cannot be called so.
        name: (head != found.key && head != "owner").then_some(head),
        plural: many,
        many: many && found.many,
        required: found.required || tokens[..at].iter().any(|token| token.is("exactly")) || reader.must,
        ..found
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
    let participle = at > 0 && is_participle(rest);
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
    let either = alternatives(object);
    let alternative = either.is_some();
    optional |= alternative;
    // What the items that follow are about, once a relative clause has begun.
    let mut attributed: Option<String> = None;
    for item in either.unwrap_or_else(|| items(object)) {
        if let Some(owner) = &attributed {
            refs.extend(reader.members(owner, &item).into_iter().flat_map(|(_, refs)| refs));
            continue;
        }
        // "Is taught by one teacher and attended by many students."
        if !refs.is_empty() && is_participle(&item) {
            let mut predicate = vec![be(&item[0])];
            predicate.extend(item.iter().cloned());
            refs.extend(read(reader, key, &predicate).unwrap_or_default());
            continue;
        }
        // "… and optionally to a category"
        let more = !refs.is_empty();
        let lead = item
            .iter()
            .take_while(|t| {
                t.is_any(&["optionally", "also", "sometimes", "to"]) || more && t.is_any(&["for", "in", "by"])
            })
            .count();
        let may = item[..lead].iter().any(|t| t.is_any(&["optionally", "sometimes"]));
        let item = if lead < item.len() { item[lead..].to_vec() } else { item };
        // "Logged by a user on a project" and "of one pet with one vet" have a second tie.
        let plural_subject = reader.plural_subject;
        let second: Vec<Target> = (1..item.len())
            .filter(|&at| {
                item[at].is_any(&["with", "by"])
                    || (skip == 2 || first.is_any(&["by", "of"]))
                        && item[at].is_any(&["on", "for", "in", "at", "to", "from"])
            })
            .filter_map(|at| {
                // "Done on a bus by a mechanic" names mechanics.
                let noun = subject_key(item.get(at + 1..at + 3).unwrap_or_default());
                let people = item[at].is("by") && is_person(&noun) && !lexicon().is_user(&noun);
                let found = target(reader, &item[at + 1..], people)?;
                // "Invoices are sent to clients for projects": each is for one.
                let several = plural_subject && item[at].is_any(&["for", "by"]);
                (!found.plural || several).then_some(found)
            })
            .filter(|found| found.key != key)
            .collect();
        let moments = moments(&item);
        // "May be shown in exhibitions, which have a title": the rest is about exhibitions.
        let (item, own) =
            match item.iter().position(|t| t.is_any(&["which", "that", "who"])).filter(|&at| at > 0) {
                Some(at) if has_list(&item[at + 1..]).is_some() => {
                    (item[..at].to_vec(), item[at + 1..].to_vec())
                }
                _ => (item, Vec::new()),
            };
        let belongs = strong
            && matches!(
                first.low.as_str(),
                "belongs" | "belong" | "assigned" | "linked" | "written" | "placed" | "part"
            );
        // "Is stored in a rack" names racks.
        let kept = strong
            && first.is_any(&["stored", "kept", "housed"])
            && (item.first().is_some_and(|token| token.is_any(&["a", "an", "one", "exactly"]))
                || reader.plural_subject && item.last().is_some_and(|token| is_plural(&token.low)))
            && !item.iter().any(|token| {
                lexicon().grammar.app.contains(&token.low) || token.is_any(&["database", "cloud", "file"])
            });
        let belongs = belongs || kept;
        let known_noun = {
            let end = item
                .iter()
                .position(|t| t.is_any(&["at", "in", "on", "for", "with", "who", "which", "that", "per"]));
            let k = subject_key(&item[..end.unwrap_or(item.len())]);
            let field = !refs.is_empty() && lexicon().is_field_word(&k);
            // "Fed by keepers" names people that nobody has heard of.
            let people = skip == 2 && rest[1].is("by") && is_person(&k) && item.len() <= 3;
            lexicon().noun(&k).is_some() && !field || people
        };
        let Some(found) = target(reader, &item, (belongs || known_noun) && (strong || participle)) else {
            // "Is for a room, with an optional note": the rest is what it has.
            if refs.is_empty() {
                return None;
            }
            let with = usize::from(item.first().is_some_and(|token| token.is_any(&["with", "at", "on"])));
            refs.extend(reader.member(key, &item[with..]).into_iter().flat_map(|(_, refs)| refs));
            continue;
        };
        'first: {
            if found.key == "user"
                && found.name.is_none()
                && passive_verb.as_deref().is_some_and(|verb| {
                    matches!(
                        verb,
                        "created" | "owned" | "written" | "posted" | "made" | "submitted" | "placed"
                    )
                })
            {
                refs.push(Ref::Entity(key.to_owned()));
                break 'first;
            }
            if found.key == "user"
                && found.plural
                && found.name.is_none()
                && let Some(verb) = &passive_verb
                && let Some(name) = super::verbs::people_name(verb)
            {
                refs.push(hint(&mut reader.draft, key, "user", Some(name), true));
                break 'first;
            }
            if found.key == "user"
                && passive_verb.as_deref().is_some_and(|verb| matches!(verb, "managed" | "handled"))
                && found.plural
            {
                return None;
            }
            // "Tasks are grouped into projects" gives each task one; "a book is written by authors" gives a book many.
            let several = !reader.plural_subject
                || optional && !alternative
                || is_person(key)
                    && first.is_any(&["assigned", "allocated", "invited", "registered", "enrolled"])
                || lexicon().grammar.classifiers.contains(&found.key) && passive_verb.is_none();
            let many = found.many
                || found.plural
                    && several
                    && first.low != "for"
                    && phrase(&item).split(' ').count() <= 3
                    && found.key != "user";
            let kind = if many { LinkKind::Many } else { LinkKind::Belongs };
            let name = found.name.or_else(|| {
                let assignee = found.key == "user" && first.is("assigned");
                assignee.then(|| if many { "assignees".to_owned() } else { "assignee".to_owned() })
            });
            let name = if key == found.key { name.or_else(|| Some("parent".into())) } else { name };
            let required = kind == LinkKind::Belongs
                && !optional
                && !may
                && !found.optional
                && (found.key != "user" || must || found.required);
            // "Teachers are assigned to exams as invigilators": exams have those.
            let role = kind == LinkKind::Many
                && found.key != "user"
                && is_person(key)
                && item.iter().any(|t| t.is("as"));
            let (from, to) = if role { (found.key.as_str(), key) } else { (key, found.key.as_str()) };
            refs.push(link(&mut reader.draft, kind, from, to, name, required));
            // "Films are shown at screenings" gives way where each screening has its film.
            if participle
                && !strong
                && let Some(Ref::Link(at)) = refs.last()
            {
                reader.draft.links[*at].verbal = true;
            }
            if let Some(list) = has_list(&own)
                && found.key != "user"
            {
                refs.extend(reader.members(&found.key, list).into_iter().flat_map(|(_, refs)| refs));
                attributed = Some(found.key);
            }
        }
        for found in second {
            refs.push(link(&mut reader.draft, LinkKind::Belongs, key, &found.key, found.name, true));
        }
        for moment in moments {
            refs.extend(reader.member(key, &moment).into_iter().flat_map(|(_, refs)| refs));
        }
    }
    (!refs.is_empty()).then_some(refs)
}

/// "On a date", "for a number of days": when something happens, and how long it takes.
fn moments(item: &[Token]) -> Vec<Vec<Token>> {
    let opens = |at: usize| {
        item[at].is_any(&["on", "at", "for"]) && item.get(at + 1).is_some_and(|t| t.is_any(&["a", "an"]))
    };
    // "By one member at a time" counts.
    if item.iter().any(|t| t.is("one")) {
        return Vec::new();
    }
    let starts: Vec<usize> = (1..item.len()).filter(|&at| opens(at)).collect();
    let chunk = |place: usize, at: usize| &item[at + 1..starts.get(place + 1).copied().unwrap_or(item.len())];
    let sound = |words: &&[Token]| {
        words.len() == 2 && words[1].is_any(&["date", "time", "day"])
            || words.len() == 4 && words[1].is("number") && words[2].is("of")
    };
    let chunks = starts.iter().enumerate().map(|(place, &at)| chunk(place, at));
    chunks.filter(sound).map(<[Token]>::to_vec).collect()
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
