//! Lists: "a title, a price and a status that is draft, published or archived" are three items.

use super::lexicon::lexicon;
use super::tokens::{Kind, Token, find, phrase};

/// Words that begin an item of their own, so that no enumeration goes on past them.
const STARTERS: &[&str] = &[
    "a",
    "an",
    "the",
    "its",
    "their",
    "his",
    "her",
    "whether",
    "optional",
    "optionally",
    "unique",
    "how",
    "if",
    "when",
    "one",
    "many",
    "several",
    "multiple",
    "zero",
    "some",
    "which",
    "each",
    "required",
];

/// What may be said of a field and is never its name.
const CONSTRAINTS: &[&str] = &[
    "unique",
    "required",
    "optional",
    "mandatory",
    "nullable",
    "searchable",
    "must",
    "be",
    "not",
    "null",
    "is",
    "are",
];

/// Splits a list at commas and "and", but not inside parentheses, enumerations of values, or "between 1 and 5".
pub(super) fn items(tokens: &[Token]) -> Vec<Vec<Token>> {
    glue(shared_heads(shared_names(split(tokens))))
        .into_iter()
        .flat_map(|item| unpunctuated(tokens, item))
        .collect()
}

/// "Title author year and rating": known fields in a row, in a list without a comma.
fn unpunctuated(list: &[Token], item: Vec<Token>) -> Vec<Vec<Token>> {
    let field = |token: &Token| {
        token.is_word() && (lexicon().is_field_word(&token.low) || lexicon().noun(&token.low).is_some())
    };
    if item.len() < 3 || item.len() > 24 || list.iter().any(|token| token.is_any(&[",", "("])) {
        return vec![item];
    }
    if item.len() <= 12 && item.iter().all(field) {
        return item.into_iter().map(|token| vec![token]).collect();
    }
    run(&item).unwrap_or_else(|| vec![item])
}

/// "A name species last watered date": names of one word or several in a row, all of them known.
fn run(item: &[Token]) -> Option<Vec<Vec<Token>>> {
    const HEADS: &[&str] =
        &["date", "time", "number", "name", "url", "address", "email", "count", "status", "type", "code"];
    let start = usize::from(item[0].is_any(&["a", "an", "the", "its"]));
    let known = |words: &[Token]| {
        let [inner @ .., last] = words else { return false };
        lexicon().is_field_word(&phrase(words))
            || last.is_any(HEADS) && !inner.iter().any(|word| lexicon().is_field_word(&word.low))
            || inner.is_empty() && lexicon().noun(&last.low).is_some()
    };
    let mut names = Vec::new();
    let mut at = start;
    while at < item.len() {
        let length = (1..=3).rev().find(|length| {
            item.get(at..at + length).is_some_and(|words| words.iter().all(Token::is_word) && known(words))
        })?;
        names.push(item[at..at + length].to_vec());
        at += length;
    }
    (names.len() >= 3).then_some(names)
}

struct Segment {
    tokens: Vec<Token>,
    /// Whether "and" stands before it.
    after_and: bool,
}

/// Splits at commas, "and", "plus" and "as well as" outside parentheses.
fn split(tokens: &[Token]) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut segment = Segment { tokens: Vec::new(), after_and: false };
    let mut depth = 0_usize;
    let mut between = false;
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        match token.low.as_str() {
            "(" | "[" | "{" if token.kind == Kind::Sign => depth += 1,
            ")" | "]" | "}" if token.kind == Kind::Sign => depth = depth.saturating_sub(1),
            "between" if depth == 0 => between = true,
            _ => {}
        }
        let mut skip = 0;
        let mut and = false;
        if depth == 0 && token.kind != Kind::Quoted {
            match token.low.as_str() {
                "," | ";" => skip = 1,
                "and" if between => between = false,
                "and" if is_date_and_time(tokens, i) => {}
                "and" | "plus" | "+" => (skip, and) = (1, true),
                "as" if find(&tokens[..tokens.len().min(i + 3)], &["as", "well", "as"], i) == Some(i) => {
                    (skip, and) = (3, true);
                }
                _ => {}
            }
        }
        if skip == 0 {
            segment.tokens.push(token.clone());
            i += 1;
            continue;
        }
        i += skip;
        if segment.tokens.is_empty() {
            segment.after_and |= and;
        } else {
            let next = Segment { tokens: Vec::new(), after_and: and };
            segments.push(std::mem::replace(&mut segment, next));
        }
    }
    if !segment.tokens.is_empty() {
        segments.push(segment);
    }
    // "A course code, e.g. CS101, and a title": an example is no item of its own.
    if segments.len() > 1 {
        let mut first = true;
        segments.retain(|segment| {
            std::mem::take(&mut first) || !segment.tokens[0].is_any(&["eg", "ie"]) || segment.tokens.len() > 4
        });
    }
    segments
}

fn is_date_and_time(tokens: &[Token], and: usize) -> bool {
    and > 0
        && tokens[and - 1].is_any(&[
            "date",
            "terms",
            "questions",
            "food",
            "research",
            "health",
            "lost",
            "bed",
        ])
        && tokens.get(and + 1).is_some_and(|t| {
            t.is_any(&[
                "time",
                "conditions",
                "answers",
                "drink",
                "development",
                "safety",
                "found",
                "breakfast",
            ])
        })
}

/// "A salary from and to", "price min/max": one name and two ends of it.
fn shared_names(mut segments: Vec<Segment>) -> Vec<Segment> {
    const ENDS: &[(&str, &[&str])] =
        &[("from", &["to", "until", "till"]), ("min", &["max"]), ("minimum", &["maximum"])];
    for i in 1..segments.len() {
        let (before, after) = (&segments[i - 1].tokens, &segments[i].tokens);
        let [.., end] = &before[..] else { continue };
        let other = ENDS.iter().find(|(one, _)| end.is(one)).map(|(_, other)| *other);
        let ends = after.first().is_some_and(|token| other.is_some_and(|other| token.is_any(other)));
        if !ends || after.len() > 1 && after[1].is_word() || before.len() < 2 {
            continue;
        }
        let mut named: Vec<Token> = before[..before.len() - 1].to_vec();
        named.append(&mut segments[i].tokens);
        segments[i].tokens = named;
    }
    segments
}

/// "First and last name" are two names: the first half gets the word that it shares.
fn shared_heads(mut segments: Vec<Segment>) -> Vec<Segment> {
    const HALVES: &[&str] = &[
        "first",
        "start",
        "starting",
        "begin",
        "opening",
        "minimum",
        "min",
        "departure",
        "check-in",
        "home",
        "billing",
        "pickup",
        "pick-up",
        "issue",
        "sender",
        "unit",
        "original",
        "purchase",
    ];
    for i in 0..segments.len().saturating_sub(1) {
        let next = &segments[i + 1];
        let bare = segments[i].tokens.last().is_some_and(|token| token.is_any(HALVES))
            && segments[i].tokens.len() <= 3;
        let pair = next.tokens.len() >= 2
            && next.tokens[0].is_word()
            && !next.tokens[0].is_any(STARTERS)
            && next.tokens[1].is_word();
        if bare && pair && next.after_and {
            // "Check-in and check-out dates" are one date each.
            let mut head = next.tokens[1].clone();
            head.low = super::nouns::singular(&head.low);
            if segments[i + 1].tokens.len() == 2 {
                segments[i + 1].tokens[1].low.clone_from(&head.low);
            }
            segments[i].tokens.push(head);
        }
    }
    segments
}

/// Whether an enumeration of values begins in these tokens and goes on at their end.
fn opens(tokens: &[Token]) -> bool {
    let mut depth = 0_usize;
    let mut open = false;
    // A list with slashes ends with its last slash; looked for once, as texts of nothing but colons come, too.
    let slash = tokens.iter().rposition(|token| token.is_any(&["/", "|"]));
    let slashed = |from: usize| slash.is_some_and(|at| at >= from);
    for (i, token) in tokens.iter().enumerate() {
        match token.low.as_str() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            "-" if i > 0 && tokens[i - 1].is_any(super::fields::CHOICES) => {
                open = !slashed(i);
            }
            // "At least" is no list of values.
            "=" if i > 0 && tokens[i - 1].is_any(&[">", "<"]) => open = false,
            ":" | "=" => {
                open = tokens.get(i + 1).is_some_and(|next| !is_type(&next.low)) && !slashed(i);
            }
            // "A code like CS101" is an example.
            "like" => {
                open = tokens.get(i + 1).is_none_or(|next| {
                    next.kind == Kind::Word && !next.low.chars().any(|c| c.is_ascii_digit())
                });
            }
            "either" => open = true,
            "one" if tokens.get(i + 1).is_some_and(|next| next.is("of")) => open = true,
            "values" | "options" | "choices" => open = true,
            "of" if i > 0
                && tokens[i - 1].is_any(super::fields::CHOICES)
                && tokens.get(i + 1).is_some_and(|next| {
                    next.is_word()
                        && (tokens.len() == i + 2 || !lexicon().grammar.determiners.contains(&next.low))
                }) =>
            {
                open = true;
            }
            // "that is planned", but not "that is required" or "that is between 1 and 5".
            "is" | "be" | "are"
                if i > 0 && tokens[i - 1].is_any(&["that", "which", "can", "may", "must"]) =>
            {
                open = tokens.get(i + 1).is_none_or(|next| {
                    next.is_word()
                        && !next
                            .is_any(&["required", "optional", "unique", "between", "a", "an", "at", "not"])
                });
            }
            "or" if open => open = false,
            _ => {}
        }
    }
    open
}

fn is_type(low: &str) -> bool {
    super::fields::type_word(low).is_some()
}

/// Rejoins what belongs to one enumeration of values.
fn glue(segments: Vec<Segment>) -> Vec<Vec<Token>> {
    let mut items: Vec<Vec<Token>> = Vec::new();
    let mut open = false;
    for segment in segments {
        let relative = segment
            .tokens
            .first()
            .is_some_and(|token| token.is_any(&["which", "that", "who", "defaulting", "defaults"]));
        if relative && let Some(last) = items.last_mut() {
            last.extend(segment.tokens);
            open = opens(last) && !has_closing_or(last);
            continue;
        }
        // "Which must be unique and required": the second half is no item of its own.
        let bound = items.last().is_some_and(|last| last.len() > 1)
            && segment.tokens.iter().all(|token| token.is_any(CONSTRAINTS));
        if bound && let Some(last) = items.last_mut() {
            last.extend(segment.tokens);
            continue;
        }
        let starts_anew = segment.tokens.first().is_some_and(|token| token.is_any(STARTERS));
        let has_or = or_at(&segment.tokens).is_some();
        let bare = !starts_anew && or_free(&segment.tokens) <= 3;
        if open && bare {
            let plain = segment.tokens.iter().take_while(|t| !t.is("(")).count() <= 2;
            // Two values and an "and" are the end of an enumeration only if what follows looks like one more value.
            let known_field =
                lexicon().is_field_word(&super::nouns::key_of(&super::tokens::phrase(&segment.tokens)));
            if !segment.after_and || (plain && !has_or && !known_field) {
                open = !has_or && !segment.after_and;
                append(&mut items, segment.tokens);
                continue;
            }
        }
        // "Transmission: manual or automatic" brings its name along.
        let keyed = segment.tokens.iter().any(|token| token.is_any(&[":", "="]));
        // "Paid or not" is whether it is paid.
        let asks = matches!(&segment.tokens[..], [_, .., or, not] if or.is("or") && not.is("not"));
        if asks {
            let mut tokens = segment.tokens;
            tokens.truncate(tokens.len() - 2);
            let kind = Token {
                low: "boolean".into(),
                text: "boolean".into(),
                kind: Kind::Word,
                ..tokens[tokens.len() - 1].clone()
            };
            tokens.push(kind);
            open = false;
            items.push(tokens);
            continue;
        }
        // "…, booked by default" says more of the values before it.
        if segment.tokens.len() <= 5
            && matches!(&segment.tokens[..], [_, .., by, default] if by.is("by") && default.is("default"))
            && items.last().is_some_and(|last| has_closing_or(last) || last.iter().any(|token| token.is(",")))
        {
            append(&mut items, segment.tokens);
            open = false;
            continue;
        }
        // "priority low, medium or high": the "or" shows that what came before were values.
        if !open && bare && has_or && !keyed && !segment.after_and {
            let back = items
                .iter()
                .rposition(|item| item.len() >= 2 || item.first().is_some_and(|t| t.is_any(STARTERS)));
            if let Some(back) = back.filter(|&back| items[back + 1..].iter().all(|item| item.len() == 1)) {
                let values: Vec<Vec<Token>> = items.drain(back + 1..).collect();
                for value in values {
                    append(&mut items, value);
                }
                append(&mut items, segment.tokens);
                continue;
            }
        }
        open = opens(&segment.tokens) && !has_closing_or(&segment.tokens);
        items.push(segment.tokens);
    }
    items
}

/// Adds a value to the last item, behind a comma.
fn append(items: &mut [Vec<Token>], tokens: Vec<Token>) {
    if let Some(last) = items.last_mut() {
        let at = last.last().map_or(0, |token| token.end);
        last.push(Token { kind: Kind::Sign, text: ",".into(), low: ",".into(), start: at, end: at });
        last.extend(tokens);
    }
}

fn or_at(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().position(|token| {
        match token.low.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.is("or")
    })
}

fn has_closing_or(tokens: &[Token]) -> bool {
    or_at(tokens).is_some()
}

/// How many words stand before an "or" or a parenthesis.
fn or_free(tokens: &[Token]) -> usize {
    tokens.iter().take_while(|token| !token.is_any(&["or", "("])).count()
}

#[cfg(test)]
mod tests {
    use super::super::tokens::{phrase, tokenize};
    use super::items;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = items(&tokenize(text, 0)).iter().map(|item| phrase(item)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn lists() {
        check("a title, a price and a date", &["a title", "a price", "a date"]);
        check("title (a, b), price", &["title ( a , b )", "price"]);
        check("a rating between 1 and 5, and notes", &["a rating between 1 and 5", "notes"]);
        check(
            "a status that is planned, active or done (planned by default), a start date",
            &["a status that is planned , active or done ( planned by default )", "a start date"],
        );
        check(
            "a name and a status, which is one of red, green, blue or grey",
            &["a name", "a status which is one of red , green , blue or grey"],
        );
        check(
            "first and last name, start and end date",
            &["first name", "last name", "start date", "end date"],
        );
        check(
            "a name, a priority low, medium or high, and notes",
            &["a name", "a priority low , medium or high", "notes"],
        );
        check(
            "title, status: draft, published or archived, price",
            &["title", "status : draft , published or archived", "price"],
        );
        check("title: string, done: boolean", &["title : string", "done : boolean"]);
        check(
            "a name species last watered date and a link",
            &["name", "species", "last watered date", "a link"],
        );
        check("a date, paid or not, total", &["a date", "paid boolean", "total"]);
        check(
            "a code (17 characters), kind: red or blue",
            &["a code ( 17 characters )", "kind : red or blue"],
        );
        check(
            "a state: open, shut or lost, open by default",
            &["a state : open , shut or lost , open by default"],
        );
        check("stock >= 0, price", &["stock > = 0", "price"]);
        check("a salary from and to, a place", &["a salary from", "a salary to", "a place"]);
        check("a code, eg CS101, and a title", &["a code", "a title"]);
        check(
            "a kind: for sale, lost and found, or event, and a place",
            &["a kind : for sale , lost and found , or event", "a place"],
        );
    }
}
