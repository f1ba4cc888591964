//! Verbs between things: "authors write books", "members can book many sessions", "shelters list animals (name, breed)".

use super::clauses::is_working;
use super::deeds::{DEEDS, is_deed};
use super::draft::{Link, LinkKind, Ref};
use super::items::items;
use super::joins::is_person;
use super::lexicon::lexicon;
use super::named::{JOINS, Named, named, plain};
use super::nouns::{is_plural, key_of};
use super::objects::{fields, is_mutual, tail};
use super::points::are_fields;
use super::relations::{apposed, hint, link};
use super::sentences::Sentences;
use super::tokens::Token;

/// Verbs whose object is made, owned or led by the subject, so that it has one: "customers place orders".
pub(super) const MAKES: &[&str] = &[
    "have",
    "own",
    "write",
    "create",
    "post",
    "publish",
    "place",
    "make",
    "send",
    "submit",
    "leave",
    "list",
    "run",
    "organize",
    "host",
    "manage",
    "lead",
    "teach",
    "produce",
    "release",
    "offer",
    "contain",
    "include",
    "hold",
    "employ",
    "issue",
    "record",
    "log",
    "open",
    "keep",
    "add",
    "file",
    "report",
    "upload",
    "give",
    "get",
    "receive",
    "raise",
    "enter",
    "define",
    "direct",
    "supervise",
    "paint",
    "compose",
    "build",
    "design",
    "plan",
    "store",
    "start",
    "conduct",
    "perform",
    "supply",
    "save",
    "note",
    "register",
    "request",
    "propose",
    "suggest",
    "schedule",
    "draft",
    "breed",
    "grow",
    "bake",
    "cook",
    "brew",
    "operate",
    "maintain",
    "administer",
];

/// What a record is to the people who deal with it so: "users can like posts" gives a post its likers.
const PEOPLE: &[(&str, &str)] = &[
    ("like", "liker"),
    ("favorite", "fan"),
    ("favourite", "fan"),
    ("bookmark", "bookmarker"),
    ("follow", "follower"),
    ("join", "member"),
    ("vote for", "voter"),
    ("vote on", "voter"),
    ("attend", "attendee"),
    ("enroll in", "participant"),
    ("enrol in", "participant"),
    ("register for", "participant"),
    ("sign up for", "participant"),
    ("participate in", "participant"),
    ("subscribe to", "subscriber"),
    ("rsvp to", "attendee"),
    ("watch", "watcher"),
    ("upvote", "upvoter"),
    ("star", "stargazer"),
];

/// What is sold to one person at a time.
const UNITS: &[&str] = &[
    "ticket",
    "subscription",
    "membership",
    "license",
    "licence",
    "permit",
    "policy",
    "pass",
    "voucher",
    "seat",
];

pub(super) const PREPOSITIONS: &[&str] = &[
    "in", "to", "on", "for", "up", "at", "from", "with", "about", "into", "of", "under", "against", "during",
    "towards", "toward", "through", "across", "over", "via", "onto", "after", "before",
];

/// What those are called of whom a participle tells: "liked by users" → `liker`, "attended by users" → `attendee`.
pub(super) fn people_name(participle: &str) -> Option<String> {
    PEOPLE
        .iter()
        .find(|(verb, _)| {
            let verb = verb.split(' ').next().unwrap_or_default();
            participle.strip_prefix(verb).is_some_and(|rest| matches!(rest, "d" | "ed" | "led" | "red"))
        })
        .map(|(_, name)| (*name).to_owned())
}

/// Both sides are entities, and what is between them is a verb.
pub(super) fn between(reader: &mut Sentences<'_>, tokens: &[Token]) -> Option<Vec<Ref>> {
    let subject = named(reader, tokens).or_else(|| people(reader, tokens))?;
    // "Members of the association rent plots": whose members does not matter.
    let rest = &tokens[subject.length..];
    let rest = match rest.first() {
        Some(first) if first.is_any(&["of", "from"]) => {
            let verb = rest.iter().take(6).position(|t| {
                MAKES.contains(&t.low.as_str())
                    || lexicon().grammar.many_verbs.contains(&t.low)
                    || t.is_any(&["can", "may", "must", "should"])
            })?;
            &rest[verb..]
        }
        _ => rest,
    };
    let modals = rest
        .iter()
        .take_while(|t| {
            t.is_any(&[
                "can", "may", "could", "also", "must", "will", "should", "be", "able", "to", "allowed", "are",
            ])
        })
        .count();
    let may = rest[..modals].iter().any(|t| t.is_any(&["can", "may", "could", "able", "allowed"]));
    let must = rest[..modals].iter().any(|t| t.is("must"));
    let rest = &rest[modals..];
    let verb = rest.first().filter(|t| {
        t.is_word()
            && !t.is_any(&["is", "are", "has", "have", "and", "or", "who", "that", "be", "not", "only"])
    })?;
    let verb = plain(&verb.low);
    // "Doctors see the entries of their patients" tells of rights.
    if matches!(
        verb.as_str(),
        "see"
            | "view"
            | "access"
            | "browse"
            | "find"
            | "search"
            | "check"
            | "edit"
            | "change"
            | "update"
            | "delete"
            | "remove"
            | "print"
    ) {
        return None;
    }
    let mut at = 1;
    let mut particle = String::new();
    while rest.get(at).is_some_and(|t| t.is_any(PREPOSITIONS)) && at < 3 {
        particle =
            if particle.is_empty() { rest[at].low.clone() } else { format!("{particle} {}", rest[at].low) };
        at += 1;
    }
    let many_verbs = &lexicon().grammar.many_verbs;
    let mutual = many_verbs.contains(&format!("{verb} {particle}"))
        || many_verbs.contains(&verb)
        || PEOPLE.iter().any(|(known, _)| *known == format!("{verb} {particle}"));
    // A ticket is bought by one customer, unlike a book.
    let bought = matches!(verb.as_str(), "buy" | "purchase" | "order" | "book" | "reserve" | "get");
    let makes = MAKES.contains(&verb.as_str()) && !mutual;
    let deeds = DEEDS.iter().find(|(known, _)| *known == verb).map_or(&[][..], |(_, nouns)| nouns);
    let deed = deeds.iter().find(|noun| reader.draft.has(noun)).map(|noun| (*noun).to_owned());
    let whole = rest.get(at..)?;
    // "A student gets grades: subject, score, date" lists what grades have.
    let listed = named(reader, whole)
        .is_some_and(|object| whole.get(object.length).is_some_and(|t| t.is_any(&[":", "with"])))
        || whole
            .iter()
            .take(8)
            .take_while(|t| !t.is(","))
            .enumerate()
            .any(|(at, t)| t.is(":") || makes && t.is("with") && are_fields(&whole[at + 1..]));
    let objects = if listed { vec![whole.to_vec()] } else { items(whole) };
    if JOINS.contains(&verb.as_str())
        && let Some(refs) = joined(reader, &subject, &objects)
    {
        return Some(refs);
    }
    let mut refs = Vec::new();
    for item in objects {
        if subject.key != "user"
            && let Some(found) = apposed(reader, &item, false).filter(|found| !found.plural)
        {
            let (name, required) = (found.name, found.required || !may);
            refs.push(link(
                &mut reader.draft,
                LinkKind::Belongs,
                &subject.key,
                &found.key,
                name,
                required && found.key != subject.key,
            ));
            continue;
        }
        let Some(object) = named(reader, &item).or_else(|| remark(reader, &item)) else { continue };
        if object.key == "user" || object.key == subject.key {
            continue;
        }
        if let Some(deed) = deed.as_ref().filter(|deed| **deed != object.key) {
            let sound = reader.draft.declare(&object.key)
                && (subject.key == "user" || reader.draft.declare(&subject.key));
            refs.extend(sound.then(|| Ref::Entity(deed.clone())));
            // "Customers order products": an order is of products, unless the text says more of it.
            if sound {
                told(&mut reader.draft, deed, &object.key);
                if subject.key != "user" {
                    told(&mut reader.draft, deed, &subject.key);
                }
            }
            continue;
        }
        if subject.key == "user" {
            refs.extend(by_people(reader, &verb, &particle, makes, &object));
        } else if reader.draft.declare(&subject.key) && reader.draft.declare(&object.key) {
            let mutual = mutual && !(bought && UNITS.contains(&object.key.as_str()));
            let mutual_tie = several(&object) && (mutual || !makes && (object.many || may));
            let after = item.get(object.length..).unwrap_or_default();
            if mutual_tie && after.first().is_some_and(|t| t.is("with")) {
                let lost = reader.text(after);
                reader.draft.cover(lost, Vec::new());
            }
            // "Players play matches against each other": two of them in each.
            let after = item.get(object.length..).unwrap_or_default();
            let opposed = after
                .windows(2)
                .any(|w| w[0].is("each") && w[1].is("other") || w[0].is("one") && w[1].is("another"));
            if opposed && after[0].is_any(&["against", "between", "with"]) {
                let sides = if subject.key == "team" { ["home", "away"] } else { ["first", "second"] };
                for side in sides {
                    let name = Some(format!("{side} {}", subject.key));
                    refs.push(link(
                        &mut reader.draft,
                        LinkKind::Belongs,
                        &object.key,
                        &subject.key,
                        name,
                        true,
                    ));
                }
                continue;
            }
            let draft = &mut reader.draft;
            let (one, other) = (subject.key.as_str(), object.key.as_str());
            let several = several(&object);
            let both = item.get(object.length..).is_some_and(is_mutual);
            refs.push(if both {
                link(draft, LinkKind::Many, one, other, None, false)
            } else if several && (mutual || !makes && (object.many || may)) {
                hint(draft, one, other, None, !mutual)
            } else if object.exact && !several {
                // "A session schedules one talk."
                link(draft, LinkKind::Belongs, one, other, None, !may)
            } else if several || makes {
                link(draft, LinkKind::HasMany, one, other, None, particle.is_empty())
            } else if may && subject.plural && !object.exact {
                hint(draft, one, other, None, !mutual)
            } else {
                // "Each guest sits at a table", "each trip uses one truck".
                link(draft, LinkKind::Belongs, one, other, None, !may && (object.exact || must))
            });
        } else {
            continue;
        }
        let mutual_tie =
            matches!(refs.last(), Some(Ref::Link(at)) if reader.draft.links[*at].kind == LinkKind::Many);
        refs.extend(tail(reader, &object, &item[object.length..], !mutual_tie));
        reader.current = Some(object.key);
    }
    (!refs.is_empty()).then_some(refs)
}

/// Ties a record to what the deed that it stands for is done to, for want of a better word on the two.
fn told(draft: &mut super::draft::Draft, deed: &str, object: &str) {
    draft.told.push(Link {
        kind: LinkKind::Belongs,
        from: deed.to_owned(),
        to: object.to_owned(),
        name: None,
        required: false,
        weak: true,
        verbal: true,
    });
}

/// "Comments on tickets": records of their own, though a field may be called so too.
fn remark(reader: &Sentences<'_>, tokens: &[Token]) -> Option<Named> {
    let [noun, on, rest @ ..] = tokens else { return None };
    let key = key_of(&noun.low);
    let about = on.is_any(&["on", "to", "for", "about"])
        && named(reader, rest).is_some_and(|place| place.key != "user" && place.key != key);
    let known = noun.is_word() && is_plural(&noun.low) && lexicon().noun(&key).is_some();
    (known && about).then_some(Named { key, plural: true, length: 1, many: false, exact: false })
}

fn several(object: &Named) -> bool {
    object.many || object.plural
}

/// "Order items link orders and products with a quantity": one of each, and what stands between them.
fn joined(reader: &mut Sentences<'_>, subject: &Named, objects: &[Vec<Token>]) -> Option<Vec<Ref>> {
    // "A marriage joins two persons."
    if let [only] = objects
        && subject.key != "user"
        && only.first().is_some_and(|t| t.is("two"))
        && let Some(object) = named(reader, only)
        && reader.draft.declare(&subject.key)
        && reader.draft.declare(&object.key)
    {
        let sides = ["first", "second"].map(|side| Some(format!("{side} {}", object.key)));
        let tie = |name| link(&mut reader.draft, LinkKind::Belongs, &subject.key, &object.key, name, true);
        return Some(sides.map(tie).into());
    }
    if subject.key == "user" || objects.len() < 2 {
        return None;
    }
    let mut refs = Vec::new();
    for item in objects {
        let from = item.iter().take_while(|t| t.is_any(&["to", "with", "and"])).count();
        if let Some(object) = named(reader, &item[from..]).filter(|object| object.key != "user") {
            reader.draft.declare(&object.key).then_some(())?;
            refs.push(link(&mut reader.draft, LinkKind::Belongs, &subject.key, &object.key, None, true));
            let rest = &item[from + object.length..];
            if rest.first().is_some_and(|t| t.is("with")) {
                refs.extend(fields(reader, &subject.key, &rest[1..]));
            }
        } else {
            refs.extend(fields(reader, &subject.key, item));
        }
    }
    Some(refs)
}

/// A subject that nothing else knows: "voters choose one option" names voters where options are known.
pub(super) fn people(reader: &Sentences<'_>, tokens: &[Token]) -> Option<Named> {
    let first = tokens.first().filter(|t| t.is_word() && is_plural(&t.low))?;
    let key = key_of(&first.low);
    let modal = usize::from(tokens.get(1)?.is_any(&["can", "may", "must", "should", "will"]));
    let verb = tokens.get(1 + modal).filter(|t| t.is_word() && !is_plural(&t.low))?;
    let acts = is_deed(&verb.low)
        || lexicon().grammar.many_verbs.contains(&verb.low)
        || modal == 1 && !verb.is_any(&["be", "have", "not", "only"]);
    let object =
        named(reader, tokens.get(2 + modal..)?).or_else(|| named(reader, tokens.get(3 + modal..)?))?;
    let sound = acts
        && object.key != key
        && !lexicon().is_field_word(&key)
        && !lexicon().grammar.pronouns.contains(&first.low)
        && (!lexicon().grammar.app.contains(&key) || is_person(&key));
    sound.then(|| {
        let role = lexicon().is_user_role(&key);
        let key = if role { "user".to_owned() } else { key };
        Named { key, plural: true, length: 1, many: false, exact: false }
    })
}

/// What people do with a record: they make it, or are tied to it by a name of their own.
fn by_people(
    reader: &mut Sentences<'_>,
    verb: &str,
    particle: &str,
    makes: bool,
    object: &Named,
) -> Option<Ref> {
    let whole = format!("{verb} {particle}");
    if let Some((_, name)) = PEOPLE.iter().find(|(known, _)| *known == verb || *known == whole) {
        reader.draft.declare(&object.key).then_some(())?;
        return Some(hint(&mut reader.draft, &object.key, "user", Some((*name).to_owned()), true));
    }
    let mutual = lexicon().grammar.many_verbs.contains(verb) && verb != "register" || !makes && object.many;
    if mutual {
        reader.draft.declare(&object.key).then_some(())?;
        return Some(hint(&mut reader.draft, &object.key, "user", None, true));
    }
    (makes && reader.draft.declare(&object.key)).then(|| Ref::Entity(object.key.clone()))
}

/// Whether these tokens are a statement with a subject, a verb and an object that are known: "shelters list animals".
pub(super) fn is_statement(reader: &Sentences<'_>, tokens: &[Token]) -> bool {
    let Some(subject) = named(reader, tokens).or_else(|| people(reader, tokens)) else { return false };
    let rest = &tokens[subject.length..];
    let modal =
        usize::from(rest.first().is_some_and(|t| t.is_any(&["can", "may", "must", "should", "will"])));
    let Some(verb) = rest.get(modal).filter(|t| t.is_word()) else { return false };
    let verb = plain(&verb.low);
    let known = MAKES.contains(&verb.as_str())
        || is_deed(&verb)
        || is_working(&rest[modal..])
        || modal == 1
        || verb == "be"
        || rest[modal].is_any(&["is", "are", "has", "have", "belong", "belongs"]);
    known && rest.len() > modal + 1
}
