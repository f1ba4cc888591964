//! Sentences said over in the words of the grammar: lists in parentheses amid a statement, spans of time, "each linked to".

use super::conjoined::conjoined;
use super::fragments::fragment;
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::points::are_fields;
use super::predicates::is_participle;
use super::restated::restated;
use super::tokens::{Kind, Token, find, phrase};
use super::wording::plain;

/// Longest sentence that is said over; nobody writes longer ones, and looking them through takes time.
const MAX_WORDS: usize = 400;

/// The sentences that say what this one says; itself where there is nothing to say over.
pub(super) fn recast(tokens: &[Token]) -> Vec<Vec<Token>> {
    if tokens.len() > MAX_WORDS {
        return vec![tokens.to_vec()];
    }
    let tokens = spans(unnumbered(&plain(tokens)));
    let several = described_amid(&tokens).or_else(|| each(&tokens));
    let several = several.or_else(|| conjoined(&tokens)).or_else(|| restated(&tokens));
    if let Some(sentences) = several.or_else(|| entries(&tokens)) {
        return sentences;
    }
    if let Some(sentence) = fragment(&tokens) {
        return vec![sentence];
    }
    if let Some(sentence) = notated(&tokens) {
        return vec![sentence];
    }
    vec![tokens]
}

pub(super) fn word(low: &str, beside: &Token) -> Token {
    Token {
        kind: Kind::Word,
        text: low.to_owned(),
        low: low.to_owned(),
        start: beside.start,
        end: beside.start,
    }
}

fn comma(beside: &Token) -> Token {
    Token { kind: Kind::Sign, ..word(",", beside) }
}

/// "Room no. 5" and "serial no." are numbers.
fn unnumbered(tokens: &[Token]) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let dot = token.is(".") && at > 0 && is_number_sign(tokens, at - 1);
        if dot {
            continue;
        }
        let mut token = token.clone();
        if is_number_sign(tokens, at) {
            "number".clone_into(&mut token.low);
        }
        kept.push(token);
    }
    kept
}

/// Whether the token is the "no" of "serial no." and no denial.
pub(super) fn is_number_sign(tokens: &[Token], at: usize) -> bool {
    let dotted = tokens.get(at + 1).is_some_and(|dot| dot.is(".") && dot.start == tokens[at].end);
    let noun = at > 0
        && tokens[at - 1].is_word()
        && !tokens[at - 1]
            .is_any(&["is", "are", "has", "have", "or", "and", "yes", "with", "to", "there", "say", "says"]);
    let goes_on = tokens.get(at + 2).is_none_or(|next| {
        next.is_any(&["(", ")", ",", ":", ";", "[", "-"])
            || next.text.chars().next().is_some_and(char::is_lowercase)
    });
    tokens[at].is("no") && dotted && noun && goes_on
}

/// "From a start time to an end time" is two fields, and so is "valid from a date until a date".
fn spans(tokens: Vec<Token>) -> Vec<Token> {
    let Some((from, until)) = span(&tokens) else { return tokens };
    let (first, second) = (&tokens[from + 1..until], &tokens[until + 1..]);
    let end = second.iter().position(is_moment).map_or(second.len(), |at| at + 1);
    let second = &second[..end];
    let mut made = tokens[..from].to_vec();
    let lead = made
        .last()
        .filter(|token| token.is_any(&["valid", "open", "available", "active", "effective"]))
        .cloned();
    if lead.is_some() {
        made.pop();
        if let Some(be) = made.last_mut().filter(|token| token.is_any(&["is", "are"])) {
            *be = word("has", be);
        }
    } else if made.last().is_some_and(|token| token.is_any(&["runs", "run", "lasts", "last", "goes", "go"])) {
        let verb = made.len() - 1;
        made[verb] = word("has", &made[verb]);
    } else if made.last().is_some_and(|token| !token.is_any(&[",", "and", "with"])) {
        made.push(comma(&tokens[from]));
    }
    for (side, words) in [("from", first), ("until", second)] {
        let plain = words.iter().filter(|token| token.is_word() && !is_determiner(token)).count() == 1;
        made.push(word("a", &words[0]));
        if let Some(lead) = &lead {
            made.push(lead.clone());
            made.push(word(side, &words[0]));
        } else if plain {
            made.push(word(if side == "from" { "start" } else { "end" }, &words[0]));
        }
        // "Valid from" and "valid until" are dates by their names.
        let named =
            words.iter().filter(|token| !(is_determiner(token) || lead.is_some() && token.is("date")));
        made.extend(named.cloned());
        if side == "from" {
            made.push(comma(&tokens[until]));
        }
    }
    made.extend_from_slice(&tokens[until + 1 + end..]);
    made
}

/// Where "from" and "to" of a span of time stand.
fn span(tokens: &[Token]) -> Option<(usize, usize)> {
    let from = tokens.iter().position(|token| token.is("from"))?;
    let until = (from + 2..=from + 5)
        .find(|&at| tokens.get(at).is_some_and(|token| token.is_any(&["to", "until", "till"])))?;
    let moment = |words: &[Token]| {
        words.first().is_some_and(is_determiner)
            && words.last().is_some_and(is_moment)
            && words.iter().all(Token::is_word)
    };
    let second = &tokens[until + 1..];
    let end = second.iter().take(4).position(is_moment)?;
    (moment(&tokens[from + 1..until]) && moment(&second[..=end])).then_some((from, until))
}

fn is_moment(token: &Token) -> bool {
    token.is_any(&["date", "time", "day", "datetime", "hour"])
}

pub(super) fn is_determiner(token: &Token) -> bool {
    token.is_any(&["a", "an", "the", "its", "their", "some"])
}

/// "Items (name, price) are stored in locations (aisle, shelf)": what each has, then the statement.
fn described_amid(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let mut sentences = Vec::new();
    let mut bare: Vec<Token> = Vec::new();
    let mut first = None;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let close = if token.is("(") { closing(tokens, at) } else { None };
        let Some(close) = close else {
            bare.push(token.clone());
            at += 1;
            continue;
        };
        let inner = &tokens[at + 1..close];
        let noun = noun_before(&bare);
        let list = inner.iter().any(|token| token.is(",")) && (are_fields(inner) || is_plain(inner));
        if noun == 0 || !list {
            return None;
        }
        let mut sentence = bare[bare.len() - noun..].to_vec();
        sentence.extend_from_slice(&tokens[at..=close]);
        sentences.push(sentence);
        first.get_or_insert((bare.len(), noun));
        at = close + 1;
    }
    // A statement has a verb between its nouns; a list of entities has none.
    let (place, noun) = first?;
    let rest = &bare[place..];
    let stated = if place == noun {
        rest.first().is_some_and(|token| {
            token.is_word() && !token.is_any(&["and", "with", "plus", "or", "as", "that", "which"])
        }) && !rest.iter().any(|token| token.is_any(&[",", ":", "with", "has", "have"]))
    } else {
        bare[0].is_any(&["anyone", "everyone", "everybody", "visitors"])
            && bare.iter().take(4).any(|token| token.is_any(&["can", "may"]))
            && !bare.iter().any(|token| token.is_any(&["has", "have", "with", ",", ":"]))
    };
    stated.then(|| {
        sentences.push(bare);
        sentences
    })
}

/// "Track drones: drone (model, weight), flight (date, distance)": each entry is what one thing has.
fn entries(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let (colon, head) = opening(tokens)?;
    let list = items(&tokens[colon + 1..]);
    let mut sentences = vec![tokens[..head].to_vec()];
    let mut fields = 0;
    for item in &list {
        let open = item.iter().position(|token| token.is("(")).filter(|at| (1..=8).contains(at))?;
        let start = item[..open].iter().take_while(|token| is_determiner(token)).count();
        let (noun, rest) = (&item[start.min(open - 1)..open], &item[open + 1..]);
        // "The leaseholders who pay for a plot (name, phone)" are leaseholders, and tied to plots.
        let qualified = noun
            .iter()
            .position(|token| token.is_any(&["who", "that", "which"]))
            .or_else(|| (1..noun.len()).find(|&at| is_participle(&noun[at..])));
        let (noun, clause) = noun.split_at(qualified.unwrap_or(noun.len()));
        if noun.is_empty() || noun.len() > 3 {
            return None;
        }
        let inner = rest.split_last().filter(|(last, _)| last.is(")"))?.1;
        let several = is_plural(&noun[noun.len() - 1].low) || item[0].is("the") && !clause.is_empty();
        let field = lexicon().is_field_word(&key_of(&phrase(noun)));
        let named = noun.iter().all(Token::is_word) && (several || !field);
        if !named || !inner.iter().any(|token| token.is(",")) {
            return None;
        }
        fields += usize::from(are_fields(inner));
        // A plot of land might be that of a story; "each plot has" says what is meant.
        let mut noun = noun.to_vec();
        if field && let Some(last) = noun.last_mut() {
            last.low = singular(&last.low);
        }
        let noun = noun.as_slice();
        let subject = if several && !field { None } else { Some(word("each", &noun[0])) };
        let verb = word(if subject.is_some() { "has" } else { "have" }, &rest[0]);
        sentences
            .push(subject.into_iter().chain(noun.to_vec()).chain([verb]).chain(inner.to_vec()).collect());
        let whose = clause.last().map(|last| if last.is_any(&["them", "it"]) { &list[0][0] } else { last });
        if let Some(whose) = whose.filter(|whose| clause.len() > 2 && whose.is_word()) {
            let tie = ["belongs", "to", "one"].map(|low| word(low, whose));
            let one = Token { low: singular(&whose.low), ..whose.clone() };
            sentences.push([&[word("each", whose)][..], noun, &tie, &[one]].concat());
        }
    }
    (list.len() >= 2 && fields * 2 >= list.len()).then_some(sentences)
}

/// Where the entries begin, behind a colon or "for", "to track" and the like, and where what leads up to them ends.
fn opening(tokens: &[Token]) -> Option<(usize, usize)> {
    const LEADS: &[&str] =
        &["for", "track", "tracks", "manage", "manages", "tracking", "managing", "record", "records"];
    if let Some(colon) = tokens.iter().position(|token| token.is(":")).filter(|&at| at > 0) {
        return Some((colon, colon));
    }
    let open = tokens.iter().position(|token| token.is("("))?;
    let lead =
        (open.saturating_sub(4)..open).rev().find(|&at| tokens[at].is_any(LEADS)).filter(|&at| at > 1)?;
    let helpers = tokens[..lead]
        .iter()
        .rev()
        .take_while(|token| token.is_any(&["to", "needs", "need", "wants", "keep"]));
    Some((lead, lead - helpers.count()))
}

/// Whether a list is one of names: values are joined by "or".
fn is_plain(list: &[Token]) -> bool {
    !list.iter().any(|token| token.is_any(&["or", "/", "|", "eg", "default", "to", "-"]))
}

/// How many tokens at the end name things in the plural, or by a name with a capital: "job postings", "Locations".
fn noun_before(tokens: &[Token]) -> usize {
    let Some(last) = tokens.last().filter(|token| token.is_word()) else { return 0 };
    let named = is_plural(&last.low) && !lexicon().is_field_word(&last.low);
    if !named {
        return 0;
    }
    let two = tokens.len() >= 2 && {
        let before = &tokens[tokens.len() - 2];
        before.is_word() && lexicon().noun(&format!("{} {}", before.low, singular(&last.low))).is_some()
    };
    let starts = tokens.iter().all(Token::is_word) && tokens.len() <= 2 && !is_plural(&tokens[0].low);
    if two || starts && tokens.len() == 2 && !is_determiner(&tokens[0]) { 2 } else { 1 }
}

/// Where the parenthesis that opens here closes.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().enumerate().skip(open).find_map(|(at, token)| {
        depth = match token.low.as_str() {
            "(" => depth + 1,
            ")" => depth - 1,
            _ => depth,
        };
        (depth == 0).then_some(at)
    })
}

/// "We keep prescriptions, each linked to a patient, with a dosage": what is kept, then what each is.
fn each(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let at = tokens.windows(2).position(|w| w[0].is(",") && w[1].is("each")).filter(|&at| at > 0)?;
    let participle = tokens.get(at + 2).is_some_and(|token| token.low.ends_with("ed"))
        && tokens.get(at + 3).is_some_and(|token| token.is_any(&["to", "by", "with", "in", "for"]));
    let noun = &tokens[at - 1];
    let with = tokens.get(at + 2).is_some_and(|token| token.is_any(&["with", "having"]));
    if !(participle || with) || !is_plural(&noun.low) {
        return None;
    }
    let subject = || vec![word("each", &tokens[at + 1]), Token { low: singular(&noun.low), ..noun.clone() }];
    let rest = &tokens[at + 2..];
    if with {
        let mut fields = subject();
        fields.push(word("has", &rest[0]));
        fields.extend_from_slice(&rest[1..]);
        return Some(vec![tokens[..at].to_vec(), fields]);
    }
    let with = rest.iter().position(|token| token.is("with")).filter(|&with| with > 1);
    let mut tie = subject();
    tie.push(word("is", &tokens[at + 1]));
    tie.extend_from_slice(&rest[..with.unwrap_or(rest.len())]);
    let mut sentences = vec![tokens[..at].to_vec(), tie];
    if let Some(with) = with {
        let mut fields = subject();
        fields.push(word("has", &rest[with]));
        fields.extend_from_slice(&rest[with + 1..]);
        sentences.push(fields);
    }
    Some(sentences)
}

/// "Farm 1-N Field" in words.
fn notated(tokens: &[Token]) -> Option<Vec<Token>> {
    let name = |tokens: &[Token]| {
        (1..=2).contains(&tokens.len())
            && tokens
                .iter()
                .all(|token| token.is_word() && token.text.chars().next().is_some_and(char::is_uppercase))
    };
    (1..=2).find_map(|from| {
        (from + 1..tokens.len().min(from + 4)).find_map(|to| {
            let middle: String = tokens[from..to].iter().map(|token| token.low.as_str()).collect();
            let (left, right) = (&tokens[..from], &tokens[to..]);
            let (one, other, tie) = match middle.replace(':', "-").as_str() {
                "1-n" | "1-m" | "1-*" => (right, left, "belongs"),
                "n-1" | "m-1" | "*-1" | "1-1" => (left, right, "belongs"),
                "n-m" | "m-n" | "n-n" | "*-*" => (left, right, "many-to-many"),
                _ => return None,
            };
            if !name(one) || !name(other) {
                return None;
            }
            let mut made = vec![word("each", &one[0])];
            made.extend_from_slice(one);
            made.push(word(if tie == "belongs" { tie } else { "is" }, &other[0]));
            made.extend((tie != "belongs").then(|| word(tie, &other[0])));
            made.push(word(if tie == "belongs" { "to" } else { "with" }, &other[0]));
            made.extend_from_slice(other);
            Some(made)
        })
    })
}

/// Where a sentence without a stop begins anew: at "each plant has", in the midst of words.
pub(super) fn begins_anew(tokens: &[Token], at: usize) -> bool {
    tokens[at].is_any(&["each", "every"])
        && tokens[at - 1].is_word()
        && !tokens[at - 1].is_any(&[
            "for", "of", "to", "in", "on", "with", "where", "that", "and", "by", "which", "from", "so", "per",
        ])
        && find(&tokens[..tokens.len().min(at + 4)], &["has"], at + 2).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::tokens::{phrase, tokenize};
    use super::recast;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = recast(&tokenize(text, 0)).iter().map(|tokens| phrase(tokens)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn says_over() {
        check("serial no. (unique), no. of seats", &["serial number ( unique ) , no . of seats"]);
        check(
            "A booking is for a room, from a start time to an end time, with a note",
            &["a booking is for a room , a start time , a end time , with a note"],
        );
        check("permits are valid from a date until a date", &["permits has a valid from , a valid until"]);
        check("a trip goes from a city to a town", &["a trip goes from a city to a town"]);
        check("a course runs from a date to a date", &["a course has a start date , a end date"]);
        check(
            "Items (name, price) are stored in locations (aisle, shelf number)",
            &[
                "items ( name , price )",
                "locations ( aisle , shelf number )",
                "items are stored in locations",
            ],
        );
        check(
            "books (title, price) and authors (name, bio)",
            &["books ( title , price ) and authors ( name , bio )"],
        );
        check(
            "Applications are private: cover letter, status",
            &["applications : cover letter , status", "applications are private"],
        );
        check(
            "The system stores prescriptions, each linked to a patient with a dosage",
            &[
                "the system stores prescriptions",
                "each prescription is linked to a patient",
                "each prescription has a dosage",
            ],
        );
        check("Marks: a mark is given to a student", &["a mark is given to a student"]);
        check(
            "Track drones: drone (model, weight), flights (date, distance)",
            &["track drones", "each drone has model , weight", "flights have date , distance"],
        );
        check(
            "A tool for cars (make, price) and drivers (name, age)",
            &["a tool", "cars have make , price", "drivers have name , age"],
        );
        check(
            "Garden: size (small, medium), soil (clay, sand)",
            &["garden : size ( small , medium ) , soil ( clay , sand )"],
        );
        check("Articles written by authors", &["articles are written by authors"]);
        check("Books with a title and an ISBN", &["books have a title and an isbn"]);
        check("Recipes with ingredients and steps", &["recipes with ingredients and steps"]);
        check("Farm 1-N Field", &["each field belongs to farm"]);
        check("Order N:1 Client", &["each order belongs to client"]);
        check("Field N-M Crop", &["each field is many-to-many with crop"]);
    }
}
