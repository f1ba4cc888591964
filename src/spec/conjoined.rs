//! Several deeds of one subject: "learners can enrol in courses and leave a rating" is two sentences.

use super::deeds::is_deed;
use super::lexicon::lexicon;
use super::nouns::is_plural;
use super::tokens::Token;

/// Words between a verb and its object.
const PARTICLES: &[&str] = &["in", "to", "on", "for", "up", "at", "with", "about", "into"];

/// The sentences that such a one says; `None` where it tells of one deed, or of rights.
pub(super) fn conjoined(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let lead = lead(tokens)?;
    let mut sentences: Vec<Vec<Token>> = Vec::new();
    let mut start = lead;
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(lead) {
        match token.low.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let joins =
            token.is("and") || token.is(",") && !tokens.get(at + 1).is_some_and(|next| next.is("and"));
        if depth > 0 || !joins || at < start + 2 || !is_deed_at(tokens, at + 1) {
            continue;
        }
        // "Create, edit and delete books" is several verbs of one object.
        let end = at - usize::from(tokens[at - 1].is(","));
        if tokens[start..end].iter().all(|token| is_deed(&token.low) || token.is_any(&[",", "and", "or"])) {
            continue;
        }
        sentences.push(sentence(&tokens[..lead], &tokens[start..end], sentences.first()));
        start = at + 1;
    }
    if sentences.is_empty() {
        return None;
    }
    let last = sentence(&tokens[..lead], &tokens[start..], sentences.first());
    sentences.push(last);
    Some(sentences)
}

/// How many tokens the subject takes, and the verb that helps, where there is one.
fn lead(tokens: &[Token]) -> Option<usize> {
    const HELPERS: &[&str] = &["can", "may", "must", "should"];
    if tokens.iter().any(|token| token.is_any(&["only", "own", ":"])) {
        return None;
    }
    let helper = tokens.iter().take(5).position(|token| token.is_any(HELPERS)).filter(|&at| at > 0);
    let words = |end: usize| tokens[..end].iter().all(Token::is_word);
    if let Some(at) = helper {
        let skip = usize::from(tokens.get(at + 1)?.is_any(&["also", "then"]));
        let verb = tokens.get(at + 1 + skip)?;
        let plain =
            words(at) && !tokens[..at].iter().any(|token| token.is_any(&["no", "not", "nobody", "admins"]));
        return (plain && is_deed(&verb.low)).then_some(at + 1 + skip);
    }
    // "Staff reserve vehicles and note the purpose."
    (1..=3).find(|&at| {
        tokens.len() > at + 3
            && words(at)
            && (is_plural(&tokens[at - 1].low) || tokens[at - 1].is("staff"))
            && !lexicon().is_field_word(&tokens[at - 1].low)
            && is_deed(&tokens[at].low)
    })
}

/// Whether a deed begins here: its verb, and something that may be its object.
fn is_deed_at(tokens: &[Token], at: usize) -> bool {
    let Some(verb) = tokens.get(at).filter(|token| token.is_word() && is_deed(&token.low)) else {
        return false;
    };
    let Some(next) = tokens.get(at + 1) else { return false };
    let object = next.is_word()
        && !next.is("of")
        && (lexicon().grammar.determiners.contains(&next.low)
            || next.is_any(PARTICLES)
            || next.is_any(&["them", "it"])
            || is_plural(&next.low));
    // "A name and comment on it" has no verb in front; a deed stands where no article led to a list.
    object && !is_plural(&verb.low)
}

/// Subject and deed; "them" is what the first deed was about.
fn sentence(lead: &[Token], deed: &[Token], first: Option<&Vec<Token>>) -> Vec<Token> {
    let mut made = lead.to_vec();
    for (at, token) in deed.iter().enumerate() {
        let object = first
            .filter(|_| at > 0 && at <= 2 && token.is_any(&["them", "it"]))
            .and_then(|first| object_of(first.get(lead.len()..)?));
        match object {
            Some(object) => made.extend_from_slice(object),
            None => made.push(token.clone()),
        }
    }
    made
}

/// What a deed is about: the noun phrase behind its verb.
fn object_of(deed: &[Token]) -> Option<&[Token]> {
    let start = deed.iter().skip(1).take_while(|token| token.is_any(PARTICLES)).count() + 1;
    let length = deed
        .get(start..)?
        .iter()
        .take(4)
        .take_while(|token| {
            token.is_word() && !token.is_any(PARTICLES) && !token.is_any(&["of", "from", "and", "or"])
        })
        .count();
    deed.get(start..start + length).filter(|object| !object.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::tokens::{phrase, tokenize};
    use super::conjoined;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found = conjoined(&tokenize(text, 0)).unwrap_or_default();
        assert_eq!(found.iter().map(|tokens| phrase(tokens)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn deeds() {
        check(
            "Learners can enrol in courses and leave a rating with a comment",
            &["learners can enrol in courses", "learners can leave a rating with a comment"],
        );
        check(
            "Users can post notices, follow them and comment on them",
            &["users can post notices", "users can follow notices", "users can comment on notices"],
        );
        check(
            "Staff reserve vehicles and note the purpose",
            &["staff reserve vehicles", "staff note the purpose"],
        );
        check("Users can create, edit and delete books", &[]);
        check("Users can create projects and tasks", &[]);
        check("Only admins can add rooms and edit the prices", &[]);
        check("A book has a title and an order", &[]);
    }
}
