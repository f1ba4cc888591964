//! Sentences that say one thing about another that they have just named: "swimmers have personal bests: stroke, distance".

use super::clauses::has_list;
use super::fields::CHOICES;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::points::are_fields;
use super::recast::{is_determiner, word};
use super::tokens::{Token, find, phrase};
use super::usual::PARTS;

/// The sentences that such a one says.
pub(super) fn restated(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    ruled(tokens)
        .or_else(|| introduced(tokens))
        .or_else(|| described_last(tokens))
        .or_else(|| between(tokens))
        .or_else(|| all_with(tokens))
        .or_else(|| there_is(tokens))
        .or_else(|| collected(tokens))
        .or_else(|| kept_with(tokens))
        .or_else(|| parts_with(tokens))
        .or_else(|| twice(tokens).map(|rest| vec![rest.to_vec()]))
}

/// "Swimmers have personal bests: stroke, distance": what they have many of, then what each of those is.
fn described_last(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let colon = tokens.iter().position(|token| token.is(":")).filter(|at| (3..=7).contains(at))?;
    let verb =
        tokens[..colon].iter().position(|token| token.is_any(&["has", "have"])).filter(|&at| at > 0)?;
    let (noun, list) = (&tokens[verb + 1..colon], &tokens[colon + 1..]);
    let start = noun
        .iter()
        .take_while(|token| token.is_any(&["many", "several", "their", "a", "list", "of"]))
        .count();
    let noun = &noun[start..];
    let last = noun.last()?;
    let name = key_of(&phrase(noun));
    let record = (1..=2).contains(&noun.len())
        && noun.iter().all(Token::is_word)
        && is_plural(&last.low)
        && !lexicon().is_field_word(&name)
        && !CHOICES.contains(&singular(&last.low).as_str())
        && lexicon().values_of(&singular(&last.low)).is_none()
        && are_fields(list);
    record.then(|| {
        let mut many = tokens[..=verb].to_vec();
        many.push(word("many", last));
        many.extend_from_slice(noun);
        vec![many, [noun, &tokens[colon..]].concat()]
    })
}

/// "Sessions between a mentor and a mentee: date, topics", "messages between owners": what such a record is between.
fn between(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let at = (1..=2).find(|&at| tokens.get(at).is_some_and(|token| token.is("between")))?;
    let noun = &tokens[..at];
    let colon = tokens.iter().position(|token| token.is_any(&[":", "("]));
    let sides = tokens.get(at + 1..colon.unwrap_or(tokens.len()))?;
    let two = sides.iter().position(|token| token.is("and"));
    let plain = noun.iter().all(Token::is_word)
        && is_plural(&noun[at - 1].low)
        && !sides.is_empty()
        && sides.len() <= 6
        && sides.iter().all(Token::is_word)
        && sides.iter().all(|token| token.number().is_none())
        && (two.is_some() || is_plural(&sides[sides.len() - 1].low));
    plain.then_some(())?;
    let mut tie = vec![word("each", &noun[0])];
    tie.extend_from_slice(&noun[..at - 1]);
    tie.push(Token { low: singular(&noun[at - 1].low), ..noun[at - 1].clone() });
    if let Some(two) = two {
        tie.push(word("links", &sides[0]));
        tie.extend(sides[..two].iter().filter(|token| !is_determiner(token)).cloned());
        tie.push(sides[two].clone());
        tie.extend(sides[two + 1..].iter().filter(|token| !is_determiner(token)).cloned());
    } else {
        tie.extend(["is", "between", "two"].map(|low| word(low, &sides[0])));
        tie.extend_from_slice(sides);
    }
    let mut sentences = vec![tie];
    if let Some(colon) = colon {
        sentences.push([noun, &tokens[colon..]].concat());
    }
    Some(sentences)
}

/// "Skis and boots are all articles with a type and a size": what each of the articles has.
fn all_with(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let are = tokens.iter().position(|token| token.is("are")).filter(|&at| at > 0)?;
    let rest = &tokens[are + 1..];
    let start = usize::from(rest.first().is_some_and(|token| token.is("all")));
    let with = rest.iter().take(4).position(|token| token.is("with")).filter(|&at| at > start)?;
    let noun = &rest[start..with];
    let sound = noun.len() <= 2
        && noun.iter().all(Token::is_word)
        && is_plural(&noun[noun.len() - 1].low)
        && rest.get(with + 1).is_some_and(|token| token.is_any(&["a", "an"]));
    sound.then(|| vec![each_has(noun, &rest[with + 1..])])
}

/// "Every month there is a meeting with a date and a place": what each meeting has.
fn there_is(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let there = find(&tokens[..tokens.len().min(8)], &["there"], 0)?;
    tokens.get(there + 1).filter(|token| token.is("is"))?;
    tokens.get(there + 2).filter(|token| token.is_any(&["a", "an", "one"]))?;
    let rest = &tokens[there + 3..];
    let with = rest.iter().take(3).position(|token| token.is("with")).filter(|&at| at > 0)?;
    let list = &rest[with + 1..];
    let sound =
        rest[..with].iter().all(Token::is_word) && (list.iter().any(|token| token.is_any(&[",", "and"])));
    sound.then(|| vec![each_has(&rest[..with], list)])
}

/// "Track rent payments with amount, date and tenant": what each payment has.
fn kept_with(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let verb =
        tokens.first()?.is_any(&["track", "record", "store", "keep", "log", "save", "register", "manage"]);
    let with = tokens.iter().take(5).position(|token| token.is("with")).filter(|at| (2..=4).contains(at))?;
    let (noun, list) = (&tokens[1..with], &tokens[with + 1..]);
    let sound = verb
        && noun.iter().all(Token::is_word)
        && is_plural(&noun[noun.len() - 1].low)
        && !list.iter().any(|token| token.is_any(&["with", ":", "(", "has", "have"]))
        && are_fields(list);
    sound.then(|| vec![each_has(noun, list)])
}

/// "Each invoice has line items with a description and a price": what it has many of, and what each of those has.
fn parts_with(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let verb = tokens
        .iter()
        .take(4)
        .position(|token| token.is_any(&["has", "have", "contains", "contain"]))
        .filter(|&at| at > 0)?;
    let with = tokens[verb..].iter().take(5).position(|token| token.is("with")).map(|at| at + verb)?;
    let noun = &tokens[verb + 1..with];
    let start = noun
        .iter()
        .take_while(|token| token.is_any(&["many", "several", "multiple", "one", "or", "more"]))
        .count();
    let noun = &noun[start..];
    let last = noun.last()?;
    let list = tokens.get(with + 1..).filter(|list| are_fields(list))?;
    let sound = noun.len() <= 2
        && noun.iter().all(Token::is_word)
        && is_plural(&last.low)
        && PARTS.contains(&singular(&last.low).as_str())
        && !list.iter().any(|token| token.is_any(&["with", ":", "has", "have"]));
    sound.then(|| {
        let mut many = tokens[..=verb].to_vec();
        many.push(word("many", last));
        many.extend_from_slice(noun);
        vec![many, each_has(noun, list)]
    })
}

/// "A gallery of pieces (photo, title)": what each of the pieces has.
fn collected(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let start = tokens.iter().take_while(|token| is_determiner(token) || token.is("also")).count();
    let [whole, of, rest @ ..] = tokens.get(start..)? else { return None };
    let open = rest.iter().position(|token| token.is("(")).filter(|at| (1..=2).contains(at))?;
    let inner = rest.get(open + 1..rest.len() - 1)?;
    let sound = whole.is_any(&[
        "gallery",
        "collection",
        "catalogue",
        "catalog",
        "list",
        "directory",
        "register",
        "archive",
    ]) && of.is("of")
        && rest[..open].iter().all(Token::is_word)
        && is_plural(&rest[open - 1].low)
        && rest[rest.len() - 1].is(")")
        && are_fields(inner);
    sound.then(|| vec![each_has(&rest[..open], inner)])
}

/// "Each article has …".
fn each_has(noun: &[Token], list: &[Token]) -> Vec<Token> {
    let mut made = vec![word("each", &noun[0])];
    made.extend_from_slice(noun);
    if let Some(last) = made.last_mut() {
        last.low = singular(&last.low);
    }
    made.push(word("has", &list[0]));
    made.extend_from_slice(list);
    made
}

/// "Applications are private: cover letter, résumé link": a rule, then what they have.
fn ruled(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let colon = tokens.iter().position(|token| token.is(":")).filter(|at| (3..=8).contains(at))?;
    let (rule, list) = (&tokens[..colon], &tokens[colon + 1..]);
    let be = rule.iter().position(|token| token.is_any(&["is", "are"])).filter(|at| (1..=3).contains(at))?;
    let access =
        rule[be + 1..].iter().any(|token| token.is_any(&["private", "public", "shared", "personal"]));
    if !access || !is_plural(&rule[be - 1].low) || !are_fields(list) {
        return None;
    }
    let mut fields = rule[..be].to_vec();
    fields.extend_from_slice(&tokens[colon..]);
    Some(vec![fields, rule.to_vec()])
}

/// "An app for beekeepers: each hive has a code": what it is, then what its records have.
fn introduced(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let colon = tokens.iter().position(|token| token.is(":")).filter(|&at| at > 1)?;
    let rest = &tokens[colon + 1..];
    let several = usize::from(rest.first().is_some_and(|token| token.is("the")));
    let begins = rest.first().is_some_and(|token| token.is_any(&["each", "every", "a", "an"]))
        || tokens[..colon].iter().any(|token| token.is_any(&["manage", "managing", "track"]))
            && rest.get(several).is_some_and(|token| is_plural(&token.low))
            && rest.get(several + 1).is_some_and(|token| token.is("have"));
    let stated = (1..=4).any(|at| {
        rest.len() > at + 1
            && rest[..at].iter().all(Token::is_word)
            && rest[at].is_any(&["has", "have", "belongs", "is", "contains", "includes"])
    });
    (begins && stated).then(|| vec![tokens[..colon].to_vec(), rest.to_vec()])
}

/// "Marks: a mark is given to a student": the head says nothing that the sentence does not.
fn twice(tokens: &[Token]) -> Option<&[Token]> {
    let [head, colon, article, noun, rest @ ..] = tokens else { return None };
    let same =
        colon.is(":") && article.is_any(&["a", "an", "each", "every"]) && singular(&head.low) == noun.low;
    let stated =
        rest.first().is_some_and(|token| token.is_any(&["is", "belongs"])) || has_list(rest).is_some();
    (same && stated).then(|| &tokens[2..])
}

#[cfg(test)]
mod tests {
    use super::super::tokens::{phrase, tokenize};
    use super::restated;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found = restated(&tokenize(text, 0)).unwrap_or_default();
        assert_eq!(found.iter().map(|tokens| phrase(tokens)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn says_it_of_each() {
        check(
            "Swimmers have personal bests: stroke, date, distance",
            &["swimmers have many personal bests", "personal bests : stroke , date , distance"],
        );
        check("Books have tags: red, blue, green", &[]);
        check(
            "Sessions between a mentor and a mentee: date, topics",
            &["each session links mentor and mentee", "sessions : date , topics"],
        );
        check("Messages between owners", &["each message is between two owners"]);
        check("Ratings between 1 and 5", &[]);
        check("Skis and boots are all articles with a type", &["each article has a type"]);
        check(
            "Every month there is a meeting with a date and a place",
            &["each meeting has a date and a place"],
        );
        check(
            "An app for beekeepers: each hive has a code",
            &["an app for beekeepers", "each hive has a code"],
        );
    }
}
