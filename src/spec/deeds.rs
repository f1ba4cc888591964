//! Deeds that are records: "members can comment on posts", "parents book babysitters for a date", "reviewers score talks from 1 to 10".

use super::draft::{LinkKind, Ref};
use super::items::items;
use super::joins::is_person;
use super::lexicon::lexicon;
use super::named::{Named, named, plain};
use super::nouns::key_of;
use super::objects::fields;
use super::relations::link;
use super::sentences::Sentences;
use super::tokens::{Kind, Token};
use super::verbs::{MAKES, PREPOSITIONS, people};

/// Verbs that are records themselves: "members can comment on posts".
const REMARKS: &[(&str, &str)] =
    &[("comment", "comment"), ("reply", "reply"), ("review", "review"), ("rate", "rating"), ("vote", "vote")];

/// Records that stand for a verb: where loans are kept, they say who borrows which books.
pub(super) const DEEDS: &[(&str, &[&str])] = &[
    ("borrow", &["loan", "borrowing", "lending", "checkout"]),
    ("lend", &["loan", "lending"]),
    ("enroll", &["enrollment", "enrolment", "registration"]),
    ("enrol", &["enrolment", "enrollment", "registration"]),
    ("book", &["booking", "reservation", "appointment"]),
    ("reserve", &["reservation", "booking"]),
    ("register", &["registration", "signup", "ticket"]),
    ("sign", &["registration", "signup", "enrollment", "booking"]),
    ("order", &["order"]),
    ("rent", &["rental", "booking", "lease"]),
    ("attend", &["attendance", "registration", "ticket"]),
    ("buy", &["purchase", "order", "sale"]),
    ("purchase", &["purchase", "order", "sale"]),
    ("join", &["membership", "registration"]),
    ("subscribe", &["subscription"]),
    ("apply", &["application"]),
    ("visit", &["visit"]),
    ("vote", &["vote"]),
    ("play", &["match", "game"]),
    ("participate", &["participation", "registration"]),
    ("request", &["request"]),
    ("take", &["enrollment", "attempt"]),
    ("rate", &["rating", "review"]),
    ("review", &["review"]),
    ("score", &["score"]),
    ("grade", &["grade"]),
    ("complete", &["completion"]),
    ("pay", &["payment"]),
    ("claim", &["claim"]),
    ("deliver", &["delivery"]),
    ("donate", &["donation"]),
    ("inspect", &["inspection"]),
    ("hire", &["hire", "rental"]),
];

/// Verbs by which people say more of what they have just done: "and note the purpose".
const NOTES: &[&str] = &[
    "get", "receive", "earn", "note", "specify", "enter", "state", "give", "indicate", "choose", "provide",
    "write", "add", "record",
];

/// Whether a verb, in its plain form, tells of something that people do with records.
pub(super) fn is_deed(low: &str) -> bool {
    let mutual = &lexicon().grammar.many_verbs;
    !matches!(low, "have" | "own" | "contain" | "include" | "hold" | "list" | "know" | "file" | "plan")
        && (MAKES.contains(&low)
            || NOTES.contains(&low)
            || matches!(low, "assign" | "allocate")
            || REMARKS.iter().any(|(verb, _)| *verb == low)
            || DEEDS.iter().any(|(verb, _)| *verb == low)
            || mutual.iter().any(|phrase| phrase.split(' ').next() == Some(low)))
}

/// The subject of a deed, its verb in the plain form, and what stands behind the verb.
fn deed<'t>(reader: &Sentences<'_>, tokens: &'t [Token]) -> Option<(Named, String, bool, &'t [Token])> {
    let subject = named(reader, tokens).or_else(|| people(reader, tokens))?;
    let rest = &tokens[subject.length..];
    let helpers = rest.iter().take_while(|t| t.is_any(&["can", "may", "also", "then"])).count();
    let verb = rest.get(helpers).filter(|t| t.is_word())?;
    Some((subject, plain(&verb.low), helpers > 0, &rest[helpers + 1..]))
}

/// "Parents book babysitters for a date": a deed of which the text says more is a record, tied to who did it and to what.
pub(super) fn recorded(reader: &mut Sentences<'_>, tokens: &[Token]) -> Option<Vec<Ref>> {
    let (subject, verb, _, rest) = deed(reader, tokens)?;
    let said = noted(reader, &verb, rest)
        .or_else(|| left(reader, &subject, &verb, rest))
        .or_else(|| assigned(reader, &verb, rest));
    if let Some(refs) = said {
        return Some(refs);
    }
    let nouns = DEEDS.iter().find(|(known, _)| *known == verb)?.1;
    let at = rest.iter().take(2).take_while(|t| t.is_any(PREPOSITIONS)).count();
    let object = named(reader, &rest[at..]).filter(|object| {
        object.key != "user" && object.key != subject.key && !nouns.contains(&object.key.as_str())
    })?;
    let data = data(reader, &rest[at + object.length..]);
    if data.is_empty() {
        return None;
    }
    let record = nouns.iter().find(|noun| reader.draft.has(noun)).unwrap_or(nouns.first()?);
    if !reader.draft.declare(record) || !reader.draft.declare(&object.key) {
        return None;
    }
    let mut refs = vec![Ref::Entity((*record).to_owned())];
    for one in data {
        let scale = one.first().is_some_and(|t| t.number().is_some() || t.is("from"));
        let item = if scale { scaled(record, &one) } else { one };
        refs.extend(reader.members(record, &item).into_iter().flat_map(|(_, refs)| refs));
    }
    let mut tie = |to: &str| refs.push(link(&mut reader.draft, LinkKind::Belongs, record, to, None, true));
    if subject.key != "user" {
        tie(&subject.key);
    }
    tie(&object.key);
    if subject.key != "user" {
        reader.draft.declare(&subject.key);
    }
    reader.current = Some((*record).to_owned());
    Some(refs)
}

/// "Staff note the purpose and the distance": more of the record that the last clause told of.
fn noted(reader: &mut Sentences<'_>, verb: &str, list: &[Token]) -> Option<Vec<Ref>> {
    let current = reader.current.clone().filter(|key| key != "user" && reader.draft.has(key))?;
    let is_deed = DEEDS.iter().any(|(_, nouns)| nouns.contains(&current.as_str()));
    let parts = items(list);
    let plain = !parts.is_empty()
        && parts.iter().all(|item| {
            item.first().is_some_and(|t| t.is_any(&["a", "an", "the", "their", "his", "her", "its"]))
                && item.len() >= 2
                && named(reader, item).is_none()
        });
    if !(NOTES.contains(&verb) && is_deed && plain) {
        return None;
    }
    let refs = fields(reader, &current, list);
    (!refs.is_empty()).then_some(refs)
}

/// "Managers assign tasks to employees": each task has its employee, once it is assigned.
fn assigned(reader: &mut Sentences<'_>, verb: &str, rest: &[Token]) -> Option<Vec<Ref>> {
    let what = named(reader, rest).filter(|what| what.key != "user")?;
    let to = rest.get(what.length).is_some_and(|token| token.is("to"));
    let whom = named(reader, rest.get(what.length + 1..)?).filter(|whom| whom.key != what.key)?;
    let ends = rest.len() == what.length + 1 + whom.length;
    let sound = matches!(verb, "assign" | "allocate") && to && ends && reader.draft.declare(&what.key);
    sound.then_some(())?;
    // "Dispatchers assign drivers to trips": the trip has its driver.
    let people = is_person(&what.key) && !is_person(&whom.key) && whom.key != "user";
    let (from, to) = if people { (&whom.key, &what.key) } else { (&what.key, &whom.key) };
    let name = (to == "user").then(|| "assignee".to_owned());
    Some(vec![link(&mut reader.draft, LinkKind::Belongs, from, to, name, false)])
}

/// "… and leave comments": remarks on what the last clause was about.
fn left(reader: &mut Sentences<'_>, subject: &Named, verb: &str, rest: &[Token]) -> Option<Vec<Ref>> {
    let noun = match rest {
        [noun] => noun,
        [article, noun] if article.is_any(&["a", "an", "some"]) => noun,
        _ => return None,
    };
    let noun = REMARKS.iter().find(|(_, known)| key_of(&noun.low) == *known)?.1;
    let current = reader.current.clone()?;
    // A rating is no thing to comment on, but what was rated is.
    let rated = reader
        .draft
        .links
        .iter()
        .rev()
        .find(|link| link.from == current && link.to != subject.key && link.to != "user");
    let deed = DEEDS.iter().any(|(_, nouns)| nouns.contains(&current.as_str()));
    let about = rated.filter(|_| deed).map_or(current, |link| link.to.clone());
    let makes = matches!(verb, "leave" | "post" | "write" | "add" | "give" | "make");
    (makes && about != noun && about != "user" && reader.draft.declare(noun)).then(|| {
        vec![
            Ref::Entity(noun.to_owned()),
            link(&mut reader.draft, LinkKind::Belongs, noun, &about, None, true),
        ]
    })
}

/// What the text says of a deed: the lists behind "with", days and times, how many points.
fn data(reader: &Sentences<'_>, tokens: &[Token]) -> Vec<Vec<Token>> {
    const MOMENTS: &[&str] = &["date", "time", "day", "period", "duration", "week", "slot"];
    let mut found: Vec<Vec<Token>> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let opens = |token: &Token| token.is_any(&["with", "for", "on", "at", ","]);
        let start = at + usize::from(opens(token));
        if start == at && at > 0 {
            at += 1;
            continue;
        }
        // All that follows "with" is one list; the others end where the next begins.
        let next = || tokens.iter().skip(start + 1).position(|token| opens(token) || token.is("from"));
        let end =
            if token.is("with") { tokens.len() } else { next().map_or(tokens.len(), |n| start + 1 + n) };
        let chunk = &tokens[start..end];
        let number = chunk.first().is_some_and(|t| t.number().is_some())
            || matches!(chunk, [from, number, ..] if from.is("from") && number.number().is_some());
        let scale = number && chunk.iter().filter(|t| t.number().is_some()).count() == 2;
        let moments = items(chunk);
        let moment = |part: &Vec<Token>| {
            part.len() >= 2
                && part[0].is_any(&["a", "an", "the", "their"])
                && part.iter().all(Token::is_word)
                && (part.len() <= 4 && part[part.len() - 1].is_any(MOMENTS)
                    || part[1].is("number") && part.len() == 4)
        };
        let list = token.is("with") && !number && named(reader, chunk).is_none();
        if scale || list {
            found.push(chunk.to_vec());
        } else if !moments.is_empty() && moments.iter().all(moment) {
            found.extend(moments);
        } else if number && token.is("with") {
            // "With 1 to 5 stars and a comment."
            return items(chunk);
        }
        at = end;
    }
    found
}

/// "1 to 5 stars", "from 1 to 10": the field that such a scale is of.
pub(super) fn scaled(record: &str, scale: &[Token]) -> Vec<Token> {
    let unit = scale.last().filter(|token| token.is_any(&["stars", "points"]));
    let usual = lexicon().noun(record).and_then(|noun| noun.fields.iter().find(|field| field.min.is_some()));
    let name = match (unit, usual) {
        (Some(unit), _) => unit.low.clone(),
        (None, Some(field)) => field.name.clone(),
        (None, None) => record.to_owned(),
    };
    let numbers = &scale[..scale.len() - usize::from(unit.is_some())];
    let mut made = vec![Token { kind: Kind::Word, text: name.clone(), low: name, ..scale[0].clone() }];
    if !numbers.first().is_some_and(|token| token.is("from")) {
        made.push(Token { kind: Kind::Word, text: "from".into(), low: "from".into(), ..scale[0].clone() });
    }
    made.extend_from_slice(numbers);
    made
}

/// "Members can comment on posts" and "users can rate recipes": records of their own that belong to what they are about.
pub(super) fn remarks(reader: &mut Sentences<'_>, tokens: &[Token]) -> Option<Vec<Ref>> {
    let can = tokens.iter().position(|t| t.is_any(&["can", "may"])).filter(|&at| at > 0 && at <= 5)?;
    if tokens[..can].iter().any(|t| t.is_any(&["no", "nobody", "not"])) || tokens.get(can + 1)?.is("not") {
        return None;
    }
    let skip = usize::from(tokens.get(can + 1)?.is_any(&["also", "then"]));
    let mut rest = &tokens[can + 1 + skip..];
    // "Comment and vote", "comment on and rate recipes".
    let mut nouns: Vec<&str> = Vec::new();
    while let Some(noun) =
        rest.first().and_then(|t| REMARKS.iter().find(|(verb, _)| t.is(verb))).map(|(_, noun)| *noun)
    {
        nouns.push(noun);
        let joins = rest[1..].iter().take_while(|t| t.is_any(&["on", "to", "and", ",", "or"])).count();
        rest = &rest[1 + joins..];
    }
    // Who votes for a thing is one of its voters, unless the text tells of nothing but voting.
    if nouns.is_empty() || nouns == ["vote"] {
        return None;
    }
    let object = named(reader, rest).map(|found| found.key).filter(|key| key != "user");
    let about = match (object, rest.len()) {
        (Some(key), _) => key,
        (None, 0) => subject_matter(reader, &nouns)?,
        _ => return None,
    };
    let who = named(reader, tokens).map(|who| who.key).filter(|key| key != "user" && *key != about);
    // People of whom the text says no more are the app's users.
    let who = who
        .filter(|key| reader.draft.things.iter().any(|thing| thing.key == *key && !thing.fields.is_empty()));
    if nouns.contains(&about.as_str()) || !reader.draft.declare(&about) {
        return None;
    }
    let mut refs = Vec::new();
    for noun in nouns {
        if reader.draft.declare(noun) {
            refs.push(Ref::Entity(noun.to_owned()));
            refs.push(link(&mut reader.draft, LinkKind::Belongs, noun, &about, None, true));
            if let Some(who) = &who {
                refs.push(link(&mut reader.draft, LinkKind::Belongs, noun, who, None, true));
            }
        }
    }
    (!refs.is_empty()).then_some(refs)
}

/// What people comment on where the text does not say: what it was about last, else the one thing that everybody sees or that there is.
fn subject_matter(reader: &Sentences<'_>, nouns: &[&str]) -> Option<String> {
    let things = &reader.draft.things;
    reader.current.clone().or_else(|| {
        let open = things.iter().find(|thing| thing.access.is_some());
        open.or(things.last()).map(|thing| thing.key.clone()).or_else(|| {
            let mut known =
                reader.draft.known.iter().filter(|key| *key != "user" && !nouns.contains(&key.as_str()));
            known.next().filter(|_| known.next().is_none()).cloned()
        })
    })
}
