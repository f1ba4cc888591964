//! Everyday turns of phrase in the words that the grammar knows: "take part in" is to participate in.

use super::tokens::{Kind, Token, find};

/// Phrases, and what stands for them.
const TURNS: &[(&[&str], &[&str])] = &[
    (&["take", "part", "in"], &["participate", "in"]),
    (&["takes", "part", "in"], &["participates", "in"]),
    (&["happens", "at"], &["takes", "place", "at"]),
    (&["happens", "in"], &["takes", "place", "in"]),
    (&["happen", "at"], &["take", "place", "at"]),
    (&["happen", "in"], &["take", "place", "in"]),
    (&["is", "made", "up", "of"], &["contains"]),
    (&["are", "made", "up", "of"], &["contain"]),
    (&["consist", "of"], &["have"]),
    (&["comes", "with"], &["has"]),
    (&["come", "with"], &["have"]),
    (&["falls", "under"], &["belongs", "to"]),
    (&["fall", "under"], &["belong", "to"]),
    (&["counts", "towards"], &["belongs", "to"]),
    (&["count", "towards"], &["belong", "to"]),
    (&["counts", "toward"], &["belongs", "to"]),
    (&["count", "toward"], &["belong", "to"]),
    (&["from", "one", "date", "to", "another"], &["from", "a", "date", "to", "a", "date"]),
    (&["from", "one", "day", "to", "another"], &["from", "a", "day", "to", "a", "day"]),
    (&["from", "one", "time", "to", "another"], &["from", "a", "time", "to", "a", "time"]),
    (&["create", "a", "profile", "for"], &["create"]),
    (&["w", "/"], &["with"]),
];

/// The tokens of a sentence with such phrases replaced, and "you can" said of the users.
pub(super) fn plain(tokens: &[Token]) -> Vec<Token> {
    let tokens = place_first(without_examples(tokens));
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let turn = TURNS
            .iter()
            .find(|(said, _)| find(&tokens[..tokens.len().min(at + said.len())], said, at).is_some());
        if let Some((said, meant)) = turn {
            kept.extend(meant.iter().map(|word| as_word(word, token)));
            at += said.len();
            continue;
        }
        let begins = kept.last().is_none_or(|before| before.is_any(&[",", "and", "where", "that", ":", "-"]));
        let can = tokens.get(at + 1).is_some_and(|next| next.is_any(&["can", "may"]));
        let gets = token.is_any(&["get", "gets"])
            && tokens.get(at + 1).is_some_and(|next| next.is_word() && next.low.ends_with("ed"))
            && at > 0;
        if begins && can && token.is_any(&["you", "one"]) {
            kept.push(as_word("users", token));
        } else if gets {
            kept.push(as_word(if token.is("get") { "are" } else { "is" }, token));
        } else {
            kept.push(token.clone());
        }
        at += 1;
    }
    kept
}

/// "Documents such as invoices or contracts are attached to cases" is about documents.
fn without_examples(tokens: &[Token]) -> Vec<Token> {
    let such = (1..=2).find(|&at| {
        tokens.get(at).is_some_and(|t| t.is("such")) && tokens.get(at + 1).is_some_and(|t| t.is("as"))
    });
    let verb = such.and_then(|such| {
        let at = (such + 3..tokens.len().min(such + 14))
            .find(|&at| tokens[at].is_any(&["are", "have", "can", "belong", "must"]))?;
        tokens[such..at].iter().all(|t| t.is_word() || t.is(",")).then_some((such, at))
    });
    match verb {
        Some((such, verb)) => tokens[..such].iter().chain(&tokens[verb..]).cloned().collect(),
        None => tokens.to_vec(),
    }
}

/// "Takes place on a date in a room": where it takes place comes first, as the grammar has it.
fn place_first(tokens: Vec<Token>) -> Vec<Token> {
    let when = tokens.windows(6).position(|w| {
        w[0].is("place")
            && w[1].is("on")
            && w[2].is_any(&["a", "one"])
            && w[3].is_any(&["date", "day"])
            && w[4].is_any(&["in", "at"])
            && w[5].is_any(&["a", "an", "one"])
    });
    let Some(when) = when.filter(|&at| tokens.len() > at + 6) else { return tokens };
    let (start, where_) = (when + 1, when + 4);
    let length = 3;
    let end = (where_ + length).min(tokens.len());
    [&tokens[..start], &tokens[where_..end], &tokens[start..where_], &tokens[end..]].concat()
}

/// A word in the place of another one.
fn as_word(low: &str, beside: &Token) -> Token {
    Token { kind: Kind::Word, text: low.to_owned(), low: low.to_owned(), ..beside.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::{phrase, tokenize};
    use super::plain;

    #[test]
    fn turns() {
        for (said, meant) in [
            ("Teams take part in matches", "teams participate in matches"),
            ("You can rate recipes", "users can rate recipes"),
            ("An order gets approved or rejected", "an order is approved or rejected"),
            ("Members get points", "members get points"),
            ("driven by a driver w/ a bus", "driven by a driver with a bus"),
            ("Messages consist of a text", "messages have a text"),
            (
                "Debates take place on a date in a room and are open",
                "debates take place in a room on a date and are open",
            ),
            ("Documents such as bills are attached to cases", "documents are attached to cases"),
        ] {
            assert_eq!(phrase(&plain(&tokenize(said, 0))), meant);
        }
    }
}
