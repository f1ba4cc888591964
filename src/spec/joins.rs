//! Records between two others, whatever the verb: "a planting puts a plant in a bed on a date with a quantity".

use super::draft::{LinkKind, Ref};
use super::lexicon::lexicon;
use super::named::{JOINS, Named, named, plain};
use super::nouns::{is_plural, key_of};
use super::objects::fields;
use super::relations::link;
use super::sentences::Sentences;
use super::tokens::{Token, phrase};
use super::verbs::PREPOSITIONS;

/// Reads such a sentence: an unknown subject, a verb, one known thing, a preposition, another one, and what else it has.
pub(super) fn put(reader: &mut Sentences<'_>, tokens: &[Token]) -> Option<Vec<Ref>> {
    let (key, verb) = subject(reader, tokens)?;
    let rest = &tokens[verb + 1..];
    let one = single(reader, rest).filter(|one| one.key != key)?;
    let after = &rest[one.length..];
    let joint = after.first().filter(|t| t.is_any(PREPOSITIONS) || t.is("and"))?;
    let other = single(reader, &after[1..]).filter(|other| other.key != key)?;
    // "A route takes a driver to a stop and a bus" may say anything; a date or a list says that it is a record.
    let more = &after[1 + other.length..];
    let joins = JOINS.contains(&plain(&tokens[verb].low).as_str());
    if joint.is("and") && !joins {
        return None;
    }
    let sound = reader.draft.has(&one.key) && reader.draft.has(&other.key) && reader.draft.declare(&key);
    sound.then_some(())?;
    let mut refs = vec![Ref::Entity(key.clone())];
    let same = one.key == other.key;
    for (found, side) in [(&one, "first"), (&other, "second")] {
        let name = same.then(|| format!("{side} {}", found.key));
        refs.push(link(&mut reader.draft, LinkKind::Belongs, &key, &found.key, name, true));
    }
    refs.extend(details(reader, &key, more));
    reader.remember(&key);
    Some(refs)
}

/// "Shipments go from an origin port to a destination port by a carrier": the ends of a way, and what else it names.
pub(super) fn went(reader: &mut Sentences<'_>, tokens: &[Token]) -> Option<Vec<Ref>> {
    let subject = named(reader, tokens).filter(|found| found.key != "user")?;
    let rest = &tokens[subject.length..];
    let goes = rest.first()?.is_any(&[
        "go", "goes", "run", "runs", "travel", "travels", "fly", "flies", "lead", "leads", "sail", "sails",
    ]);
    let from = rest.get(1).is_some_and(|token| token.is("from"));
    (goes && from).then_some(())?;
    let mut refs = Vec::new();
    for at in 1..rest.len() {
        let opens = rest[at].is_any(&["from", "to", "via", "by", "with"])
            && rest.get(at + 1).is_some_and(|token| token.is_any(&["a", "an"]));
        let words: Vec<Token> = rest
            .get(at + 2..)
            .unwrap_or_default()
            .iter()
            .take(3)
            .take_while(|t| t.is_word() && !t.is_any(PREPOSITIONS) && !t.is("by"))
            .cloned()
            .collect();
        let Some(last) = words.last().filter(|_| opens) else { continue };
        let (whole, last) = (key_of(&phrase(&words)), key_of(&last.low));
        // An "origin port" and a "destination port" are ports, even where nobody has heard of them.
        let both = whole != last && rest.iter().filter(|token| key_of(&token.low) == last).count() == 2;
        let known = reader.draft.has(&last)
            || !lexicon().is_field_word(&last)
                && (both || lexicon().noun(&last).is_some() || rest[at].is("by") && is_person(&last));
        if known && reader.draft.declare(&subject.key) && reader.draft.declare(&last) {
            let name = (whole != last).then_some(whole);
            refs.push(link(&mut reader.draft, LinkKind::Belongs, &subject.key, &last, name, true));
        }
    }
    reader.remember(&subject.key);
    (!refs.is_empty()).then_some(refs)
}

/// "On a date", "at a time", "with a quantity and a note": what else such a record has.
fn details(reader: &mut Sentences<'_>, key: &str, tokens: &[Token]) -> Vec<Ref> {
    let mut refs = Vec::new();
    let mut start = 0;
    while let Some(token) = tokens.get(start) {
        let lead = usize::from(token.is_any(PREPOSITIONS) || token.is_any(&[",", "and"]));
        let rest = &tokens[start + lead..];
        let end = rest.iter().position(|t| t.is_any(PREPOSITIONS) && !t.is("of")).unwrap_or(rest.len());
        let end = if token.is("with") { rest.len() } else { end };
        if end == 0 {
            break;
        }
        refs.extend(fields(reader, key, &rest[..end]));
        start += lead + end;
    }
    refs
}

/// The key of the subject, and where the verb stands: "a planting puts", "donations link".
fn subject(reader: &Sentences<'_>, tokens: &[Token]) -> Option<(String, usize)> {
    let article = tokens.first()?.is_any(&["a", "an", "each", "every"]);
    let start = usize::from(article);
    let verb = (start + 1..=start + 2).find(|&at| {
        tokens.get(at).is_some_and(|verb| {
            let finite = if article { verb.low.ends_with('s') && is_plural(&verb.low) } else { true };
            verb.is_word()
                && finite
                && !verb.is_any(&[
                    "is", "are", "has", "have", "belongs", "belong", "can", "may", "must", "and", "of",
                ])
                && !verb.is_any(PREPOSITIONS)
                && tokens.get(at + 1).is_some_and(|next| next.is_any(&["a", "an", "one"]))
        })
    })?;
    let words = &tokens[start..verb];
    let plural = is_plural(&words.last()?.low);
    let key = key_of(&phrase(words));
    let sound = words.iter().all(Token::is_word)
        && plural != article
        && !is_person(&key)
        && !lexicon().grammar.pronouns.contains(&key)
        && !lexicon().grammar.app_only.contains(&key)
        && reader.draft.things.iter().all(|thing| thing.key != key || thing.fields.is_empty());
    sound.then_some((key, verb))
}

/// Whether a noun means people, who do things and are none: "a teacher gives a grade to a student".
pub(super) fn is_person(key: &str) -> bool {
    let last = key.rsplit(' ').next().unwrap_or_default();
    let reached = lexicon().noun(key).or_else(|| lexicon().noun(last)).is_some_and(|noun| {
        noun.fields.iter().any(|field| matches!(field.name.as_str(), "email" | "phone" | "firstName"))
    });
    let suffix = ["er", "or", "ist", "ian", "ee", "ant", "person", "man", "woman"]
        .iter()
        .any(|end| last.ends_with(end) && last.len() > end.len() + 2);
    lexicon().is_user(key)
        || lexicon().is_user_role(key)
        || reached
        || suffix && !matches!(last, "order" | "transfer" | "letter" | "error" | "offer" | "grant")
}

/// One thing that is known, with its article.
fn single(reader: &Sentences<'_>, tokens: &[Token]) -> Option<Named> {
    tokens.first().filter(|t| t.is_any(&["a", "an", "one", "the"]))?;
    named(reader, tokens).filter(|found| !found.plural && found.key != "user")
}
