//! Clauses that begin with what they are about: "for each patient …", "workout log: …", "let users save quotes".

use super::clauses::{subject_key, trimmed};
use super::draft::Ref;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of};
use super::points::are_fields;
use super::sentences::Sentences;
use super::tokens::{Token, phrase};
use crate::blueprint::FieldType;

impl Sentences<'_> {
    /// "Entities: Farm, Field, Order Item": names, one after the other.
    pub(super) fn roll_call(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
        let [head, colon, list @ ..] = tokens else { return None };
        if !head.is_any(&["entities", "models", "tables", "objects"]) || !colon.is(":") {
            return None;
        }
        let names: Vec<&[Token]> =
            list.split(|token| token.is_any(&[",", "and"])).filter(|part| !part.is_empty()).collect();
        let name = |part: &&[Token]| {
            part.len() <= 3
                && part.iter().all(Token::is_word)
                && part[0].text.chars().next().is_some_and(char::is_uppercase)
        };
        if names.is_empty() || !names.iter().all(name) {
            return None;
        }
        let keys = names.into_iter().map(|part| key_of(&phrase(part)));
        let declared: Vec<Ref> =
            keys.filter(|key| !lexicon().is_user(key) && self.draft.declare(key)).map(Ref::Entity).collect();
        (!declared.is_empty()).then_some(declared)
    }

    /// "Students, teachers and classes": a sentence that is nothing but a list of entities.
    pub(super) fn nouns(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
        // "School bus app - routes, stops and buses"
        let dash = tokens.iter().take(7).position(|token| token.is_any(&["-", ":"])).filter(|&at| at > 0);
        let head = dash.filter(|&at| lexicon().grammar.app_only.contains(&tokens[at - 1].low));
        let tokens = head.map_or(tokens, |at| &tokens[at + 1..]);
        let mut parts: Vec<&[Token]> =
            tokens.split(|token| token.is_any(&[",", "and", "+"])).filter(|part| !part.is_empty()).collect();
        // "Simple app, cars and drivers"
        let app = parts
            .first()
            .and_then(|part| part.last())
            .filter(|last| lexicon().grammar.app_only.contains(&last.low));
        let tokens = match app {
            Some(last) if parts.len() > 2 => {
                parts.remove(0);
                tokens
                    .iter()
                    .position(|token| token.start > last.start)
                    .map_or(tokens, |at| &tokens[at + 1..])
            }
            _ => tokens,
        };
        let noun = |part: &&[Token]| {
            let key = subject_key(part);
            part.len() <= 4
                && part.iter().all(Token::is_word)
                && is_plural(&part[part.len() - 1].low)
                && (lexicon().noun(&key).is_some() || self.draft.has(&key) || part.len() == 1)
        };
        let known = parts.iter().filter(|part| lexicon().noun(&subject_key(part)).is_some()).count();
        if parts.len() < 2 || known * 2 < parts.len() || !parts.iter().all(noun) {
            return None;
        }
        let refs = self.entity_list(tokens);
        (!refs.is_empty()).then_some(refs)
    }

    /// "Trips go from one city to another, with a departure time and a distance": what follows the comma is what trips have.
    pub(super) fn trailing_list<'t>(&self, tokens: &'t [Token]) -> Option<(String, &'t [Token])> {
        let with = tokens
            .iter()
            .position(|token| token.is_any(&["with", "including"]))
            .filter(|&at| at > 1 && tokens[at - 1].is(","))?;
        if tokens[..with].iter().any(|token| token.is_any(&["has", "have", "(", ":"])) {
            return None;
        }
        let list = tokens.get(with + 1..).filter(|list| are_fields(list))?;
        let subject = &tokens[..with];
        let key = (1..=3).rev().find_map(|length| {
            let start = subject.iter().take_while(|t| lexicon().grammar.determiners.contains(&t.low)).count();
            self.draft
                .resolve(&key_of(&phrase(subject.get(start..start + length)?)))
                .filter(|(_, skip)| *skip == 0)
        });
        Some((key?.0, list))
    }
}

/// "The system shall allow doctors to create appointments", "let users save quotes" → "doctors can create appointments".
pub(super) fn permitted(tokens: &[Token]) -> Option<Vec<Token>> {
    let at = tokens.iter().take(6).position(|token| {
        token.is_any(&["allow", "allows", "let", "lets", "enable", "enables", "permits"])
    })?;
    // "Permits are issued to a vehicle" is about permits.
    if at == 0 && tokens[0].is("permits") {
        return None;
    }
    let lead = &tokens[..at];
    let by_app = lead.iter().all(|t| {
        lexicon().grammar.app.contains(&t.low)
            || lexicon().grammar.determiners.contains(&t.low)
            || t.is_any(&["shall", "should", "must", "will", "it", "that", "which"])
    });
    let rest = &tokens[at + 1..];
    let to = tokens[at].is_any(&["let", "lets"]);
    let who = if to {
        1 + usize::from(rest.first().is_some_and(|t| lexicon().grammar.determiners.contains(&t.low)))
    } else {
        rest.iter().take(5).position(|token| token.is("to"))?
    };
    let (people, deed) = (rest.get(..who)?, rest.get(who + usize::from(!to)..)?);
    if !by_app || people.is_empty() || deed.is_empty() || !people.iter().all(Token::is_word) {
        return None;
    }
    let people = if people.iter().all(|t| t.is_any(&["me", "us", "you", "people"])) { "users" } else { "" };
    let word = |low: &str| Token { text: low.to_owned(), low: low.to_owned(), ..tokens[at].clone() };
    let mut made = if people.is_empty() { rest[..who].to_vec() } else { vec![word(people)] };
    made.push(word("can"));
    made.extend_from_slice(deed);
    Some(made)
}

/// "Loans to other museums have a borrower" is about loans: the subject without what qualifies it.
pub(super) fn unqualified(reader: &Sentences<'_>, tokens: &[Token]) -> Option<Vec<Token>> {
    let noun = (1..=2).find(|&at| {
        tokens.get(at).is_some_and(|token| token.is_any(&["to", "from", "of", "for", "in", "at", "by"]))
    })?;
    let verb = (noun + 2..=noun + 4)
        .find(|&at| tokens.get(at).is_some_and(|token| token.is_any(&["have", "belong"])))?;
    let key = key_of(&phrase(&tokens[..noun]));
    let named = tokens[..verb].iter().all(Token::is_word)
        && is_plural(&tokens[noun - 1].low)
        && !tokens[noun + 1..verb]
            .iter()
            .any(|token| token.is_any(&["and", "or", "that", "which", "who", "can", "is", "are"]))
        && (lexicon().noun(&key).is_some() || reader.draft.has(&key))
        && !lexicon().is_field_word(&key);
    named.then(|| tokens[..noun].iter().chain(&tokens[verb..]).cloned().collect())
}

/// "Workout log, private to each member: exercise, sets and reps": a head, what is said of it, and its fields.
pub(super) fn headed(tokens: &[Token]) -> Option<(String, &[Token], &[Token])> {
    let colon = tokens.iter().position(|token| token.is(":")).filter(|at| (1..=12).contains(at));
    let colon = colon.or_else(|| registered(tokens))?;
    let list = trimmed(&tokens[colon + 1..]);
    let head = &tokens[..colon];
    let end = head.iter().position(|token| token.is_any(&[",", "(", "-"])).unwrap_or(head.len());
    let (mut name, aside) = (&head[..end], head.get(end + 1..).unwrap_or_default());
    // "Track expenses: …" keeps expenses, "a workout log: …" workouts.
    let mut verb = name.first().is_some_and(|token| {
        token
            .is_any(&["track", "keep", "store", "record", "log", "manage", "save", "list", "note", "collect"])
    });
    if verb && name.len() >= 2 && is_plural(&name[name.len() - 1].low) {
        name = &name[1..];
    }
    // "A fire brigade records call-outs: …" keeps call-outs.
    let keeper = name
        .iter()
        .position(|token| token.is_any(&["records", "tracks", "keeps", "logs", "registers", "manages"]));
    if let Some(at) =
        keeper.filter(|&at| at > 0 && at + 1 < name.len() && is_plural(&name[name.len() - 1].low))
    {
        verb = true;
        name = &name[at + 1..];
    }
    // "Keep track of orders", "track books I have read".
    if verb
        && name.first().is_some_and(|token| token.is("track"))
        && name.get(1).is_some_and(|token| token.is("of"))
    {
        name = &name[2..];
    }
    if let Some(at) = name.iter().position(|token| token.is_any(&["i", "we"])).filter(|&at| verb && at > 0) {
        name = &name[..at];
        if name.len() >= 2
            && name[0].is_any(&["track", "keep", "store", "record", "log", "manage", "save", "list"])
        {
            name = &name[1..];
        }
    }
    let kept =
        |token: &&Token| lexicon().grammar.app.contains(&token.low) || token.is_any(&["diary", "journal"]);
    let tail = name.iter().rev().take_while(kept).count();
    let described = verb || tail > 0 || !aside.is_empty();
    name = &name[..name.len() - tail.min(name.len())];
    let key = subject_key(name);
    let known =
        lexicon().noun(&key).is_some() || name.last().is_some_and(|token| is_plural(&token.low)) || tail > 0;
    let sound = described
        && known
        && (1..=3).contains(&name.len())
        && name.iter().all(Token::is_word)
        && !lexicon().is_field_word(&key)
        && !lexicon().is_user(&key)
        && !lexicon().domain_phrases.contains_key(&format!("{key} management"))
        && are_fields(list)
        && !list.iter().any(|token| token.is_any(&["has", "have", "belongs", "belong"]));
    sound.then_some((key, list, aside))
}

/// What such a register is called: "equipment register".
pub(super) fn register(tokens: &[Token]) -> Option<&[Token]> {
    let with = registered(tokens)?;
    let start = tokens.iter().take_while(|token| lexicon().grammar.determiners.contains(&token.low)).count();
    tokens.get(start..with).filter(|name| name.len() >= 2)
}

/// Where the "with" of "equipment register with serial number, purchase date and price" stands: behind what keeps one kind of
/// thing, and before nothing but its fields.
fn registered(tokens: &[Token]) -> Option<usize> {
    let with = tokens.iter().position(|token| token.is("with")).filter(|at| (2..=4).contains(at))?;
    let keeps = tokens[with - 1].is_any(&[
        "register",
        "registry",
        "log",
        "logbook",
        "directory",
        "inventory",
        "catalogue",
        "catalog",
        "list",
        "tracker",
        "diary",
        "journal",
    ]);
    let several = tokens[with + 1..].iter().any(|token| {
        // "Sets and reps" are numbers.
        let number = matches!(lexicon().type_of(&token.low), FieldType::Integer | FieldType::Decimal);
        token.is_word() && is_plural(&token.low) && !number && lexicon().noun(&key_of(&token.low)).is_some()
    });
    let fields = tokens[with + 1..].iter().filter(|token| token.is_any(&[",", "and"])).count() >= 2;
    (keeps && fields && !several).then_some(with)
}

/// "For each patient we record a name and a date of birth", "the system shall record for each patient a name": of what, and the list.
pub(super) fn for_each(tokens: &[Token]) -> Option<(String, &[Token])> {
    const RECORDS: &[&str] = &[
        "record", "records", "store", "stores", "keep", "keeps", "track", "tracks", "save", "saves", "log",
        "note", "hold", "know", "capture", "see",
    ];
    let at = tokens.iter().position(|token| token.is_any(&["for", "of"])).filter(|&at| {
        tokens.get(at + 1).is_some_and(|next| next.is_any(&["each", "every"]))
            && (at == 0 || tokens[..at].iter().any(|token| token.is_any(RECORDS)))
    })?;
    let noun = tokens[at + 2..].iter().take(3).take_while(|token| {
        token.is_word()
            && !lexicon().grammar.determiners.contains(&token.low)
            && !token.is_any(&["i", "we", "you", "it", "they", "there"])
    });
    let length = noun.count();
    let rest = tokens.get(at + 2 + length..).filter(|_| length > 0)?;
    // What stands between the noun and the list: "I want to store", "the app records", ":".
    let list = if let Some(colon) = rest.iter().position(|token| token.is(":")).filter(|&at| at <= 8) {
        &rest[colon + 1..]
    } else if let Some(verb) = rest.iter().take(9).position(|token| token.is_any(RECORDS)) {
        &rest[verb + 1..]
    } else if at > 0 || rest.first()?.is(",") {
        rest
    } else {
        return None;
    };
    let list = trimmed(list);
    let key = key_of(&phrase(&tokens[at + 2..at + 2 + length]));
    let told = rest.iter().take(9).any(|token| token.is_any(RECORDS)) || rest.first()?.is(":") || at > 0;
    (!list.is_empty() && !lexicon().is_user(&key) && (told || are_fields(list))).then_some((key, list))
}
