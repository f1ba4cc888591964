//! What the app is called.

use super::draft::{Draft, Ref};
use super::lexicon::lexicon;
use super::nouns::key_of;
use super::source::Source;
use super::tokens::{Kind, Token};

/// Takes "called Foo" out of a sentence. `early` where the sentence is one of the first.
pub(super) fn take(source: &Source, tokens: Vec<Token>, early: bool, draft: &mut Draft) -> Vec<Token> {
    if draft.name.is_some() || !early {
        return tokens;
    }
    let called = tokens.iter().enumerate().find_map(|(at, token)| {
        let verb = token.is_any(&["called", "named", "titled", "entitled"])
            || (token.is("it") && at > 0 && tokens[at - 1].is_any(&["call", "name"]));
        let attribute = at > 0
            && tokens[at - 1].is_any(&[
                "field",
                "column",
                "attribute",
                "entity",
                "table",
                "model",
                "is",
                "are",
                "be",
            ])
            && !tokens[..at].iter().any(|t| t.is_any(&["app", "application", "site", "shop", "tool"]));
        let length = name_length(&tokens[at + 1..]);
        (verb && !attribute && length > 0).then_some((at, at + 1 + length))
    });
    if let Some((start, end)) = called {
        draft.name = Some(source.quote(&tokens[start + 1..end]).trim_matches(['"', '\'']).trim().to_owned());
        draft.cover(source.quote(&tokens[start..end]), vec![Ref::Plain("app.name".into())]);
        let mut kept = tokens[..start].to_vec();
        // "The app is called …" leaves nothing behind.
        while kept.last().is_some_and(|token| {
            token.is_any(&[
                "is",
                "app",
                "the",
                "it",
                "should",
                "be",
                "application",
                "which",
                "and",
                ",",
                "an",
                "a",
                ";",
            ])
        }) && kept.iter().any(|token| token.is_any(&["is", "be"]))
        {
            kept.pop();
        }
        kept.extend_from_slice(&tokens[end..]);
        return kept;
    }
    // "Northwind is a tracker", "Fresh Cart - an online shop".
    let shouted = tokens
        .iter()
        .filter(|token| token.is_word())
        .all(|token| !token.text.chars().any(char::is_lowercase));
    let length = if shouted && tokens.len() > 4 { 0 } else { name_length(&tokens) };
    // "We are building "Trailhead", a hiking log".
    let quoted = tokens.iter().position(|token| token.kind == Kind::Quoted).filter(|&at| {
        let introduced = at > 0
            && tokens[at - 1].is_any(&[
                "building",
                "build",
                "app",
                "application",
                "site",
                "create",
                "make",
                "project",
                "for",
                "platform",
                "tool",
            ]);
        introduced
            && tokens
                .get(at + 1)
                .is_none_or(|next| next.is_any(&[",", "-", "is", "where", "for", "with", "that", ":", "("]))
    });
    if let Some(at) = quoted {
        draft.name = Some(tokens[at].text.trim().to_owned());
        draft.cover(source.quote(&tokens[at..=at]), vec![Ref::Plain("app.name".into())]);
        let rest = &tokens[at + 1..];
        let skip = rest.iter().take_while(|token| token.is_any(&[",", "-", "is", ":"])).count();
        return if rest.len() > skip { rest[skip..].to_vec() } else { tokens[..at].to_vec() };
    }
    let joint = tokens.get(length).is_some_and(|token| token.is_any(&["is", "-", ",", ":"]));
    let article = tokens.get(length + 1).is_some_and(|token| token.is_any(&["a", "an", "the"]));
    let first = tokens.first().map(|token| key_of(&token.low)).unwrap_or_default();
    let plain_word =
        length == 1 && (lexicon().noun(&first).is_some() || lexicon().grammar.pronouns.contains(&first));
    let common = lexicon().grammar.determiners.contains(&first) || lexicon().grammar.app.contains(&first);
    if (1..=4).contains(&length) && joint && article && !plain_word && !common {
        draft.name = Some(source.quote(&tokens[..length]).trim_matches(['"', '\'']).to_owned());
        draft.cover(source.quote(&tokens[..length]), vec![Ref::Plain("app.name".into())]);
        return tokens[length + 1..].to_vec();
    }
    tokens
}

/// How many tokens from the front make a name: one in quotes, or words with capitals.
fn name_length(tokens: &[Token]) -> usize {
    match tokens.first() {
        Some(first) if first.kind == Kind::Quoted => 1,
        _ => tokens
            .iter()
            .take(5)
            .take_while(|token| {
                token.is_word()
                    && token.text.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric())
            })
            .count(),
    }
}

/// A name from the head of a sentence such as "a simple task tracker with projects": `Task Tracker`.
pub(super) fn from_head(words: &[&str]) -> Option<String> {
    const PLAIN: &[&str] = &[
        "simple", "small", "basic", "little", "full", "new", "modern", "nice", "web", "online", "my", "our",
        "complete", "tiny", "please", "build", "create", "make", "me", "i", "we", "need", "want", "run",
        "own", "manage", "public", "private", "ein", "eine", "un", "une",
    ];
    /// Words at which a noun phrase has ended.
    const VERBS: &[&str] = &[
        "can", "should", "must", "may", "will", "is", "are", "be", "has", "have", "with", "without", "that",
        "which", "where", "who", "from", "by", "lets", "allows", "needs", "wants",
    ];
    let words: Vec<&str> = words
        .iter()
        .copied()
        .skip_while(|word| lexicon().grammar.determiners.contains(*word) || PLAIN.contains(word))
        .take_while(|word| !VERBS.contains(word))
        .take(4)
        .collect();
    // "Members borrow tools from …" is a sentence and no name.
    if words.len() > 2
        && super::nouns::is_plural(words[0])
        && !lexicon().domain_phrases.contains_key(words[0])
    {
        return None;
    }
    let all_plain = words.iter().all(|word| {
        matches!(
            *word,
            "app" | "application" | "site" | "website" | "system" | "tool" | "platform" | "something"
        )
    });
    if words.is_empty() || all_plain {
        return None;
    }
    let capital = |word: &str| {
        if matches!(word, "crm" | "hr" | "lms" | "faq" | "tv" | "diy" | "cms" | "erp" | "it") {
            return word.to_uppercase();
        }
        let mut chars = word.chars();
        chars
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
    };
    Some(words.into_iter().map(capital).collect::<Vec<_>>().join(" "))
}
