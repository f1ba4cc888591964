//! Sentences and clauses: where they end, what their subject is, what stands behind their verb.

use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of};
use super::tokens::{Kind, Token, phrase};

/// Verbs that make what follows a list of what something has.
const HAS: &[&str] = &[
    "has",
    "have",
    "having",
    "contains",
    "contain",
    "containing",
    "includes",
    "include",
    "including",
    "with",
    "stores",
    "comprises",
    "comprise",
    "requires",
    "require",
    "needs",
    "featuring",
    "features",
    "carries",
    "carry",
    "holds",
    "hold",
    "tracks",
    "records",
    "captures",
    "record",
    "store",
    "capture",
    "consists",
];

/// Words that are verbs whatever stands around them: a clause may begin at an "and" before one.
const FINITE: &[&str] = &[
    "has",
    "have",
    "contains",
    "contain",
    "includes",
    "include",
    "belongs",
    "belong",
    "is",
    "are",
    "can",
    "may",
    "must",
    "should",
    "will",
    "cannot",
    "consists",
    "refers",
    "was",
    "were",
    "needs",
    "references",
    "links",
    "connects",
];

/// Cuts tokens into sentences: at full stops and the like outside parentheses.
pub(super) fn sentences(tokens: &[Token]) -> Vec<&[Token]> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut opened = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.low.as_str() {
            "(" => {
                depth += 1;
                opened = at;
            }
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        // A parenthesis that is still open after so many words was never closed.
        if depth > 0 && at - opened > 120 {
            depth = 0;
        }
        let ends =
            token.kind == Kind::Sign && matches!(token.low.as_str(), "." | "!" | "?" | ";") && depth == 0;
        // "1 . . 5" is a range.
        let range = token.is(".")
            && (tokens.get(at + 1).is_some_and(|t| t.is(".")) || at > start && tokens[at - 1].is("."));
        if ends && !range {
            found.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    found.push(&tokens[start..]);
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// Cuts a sentence into clauses: at "and", "but", "while" or a comma before a verb or a subject with its verb.
pub(super) fn clauses(tokens: &[Token]) -> Vec<&[Token]> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.low.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 || at <= start || !token.is_any(&["and", "but", "while", ",", "whereas", "plus"]) {
            continue;
        }
        let mut next = at + 1;
        while tokens.get(next).is_some_and(|t| t.is_any(&["and", "but", "also", "then", ",", "while"])) {
            next += 1;
        }
        let Some(first) = tokens.get(next) else { continue };
        if first.is_any(&["whether", "which", "that", "if", "when", "how", "who"]) {
            continue;
        }
        // "that is planned, is …" does not begin a clause, nor does "can be" inside "that can be".
        let verb = first.is_any(FINITE)
            && !tokens[start..at].last().is_some_and(|t| t.is_any(&["that", "which", "it"]));
        let subject = first.is_word()
            && !verb
            && (1..=4).any(|length| {
                let words = tokens.get(next..next + length).unwrap_or_default();
                words.len() == length
                    && words.iter().all(|t| {
                        t.is_word()
                            && !t.is_any(FINITE)
                            && !t.is_any(&[
                                "that", "which", "who", "and", "or", "with", "whether", "when", "how", "it",
                                "they", "by", "on", "at", "of", "if",
                            ])
                    })
                    && tokens.get(next + length).is_some_and(|t| t.is_any(FINITE))
            });
        let pronoun = first.is_any(&["it", "they", "only", "anyone", "everyone"])
            && tokens[next..].iter().take(4).any(|t| t.is_any(FINITE));
        if verb || subject || pronoun {
            found.push(&tokens[start..at]);
            start = next;
        }
    }
    if start < tokens.len() {
        found.push(&tokens[start..]);
    }
    found
}

/// Drops signs and joining words from both ends.
pub(super) fn trimmed(tokens: &[Token]) -> &[Token] {
    let edge = |token: &Token| {
        (token.kind == Kind::Sign && !matches!(token.low.as_str(), "(" | ")" | "[" | "]"))
            || token.is_any(&["and", "also", "but", "etc", "plus"])
    };
    let start = tokens.iter().position(|token| !edge(token)).unwrap_or(tokens.len());
    let end = tokens.iter().rposition(|token| !edge(token)).map_or(start, |at| at + 1);
    &tokens[start..end.max(start)]
}

/// Drops "please build me", "I want", "we need" and the like.
pub(super) fn without_lead(tokens: &[Token]) -> &[Token] {
    const LEADS: &[&str] = &[
        "please",
        "build",
        "create",
        "make",
        "generate",
        "develop",
        "design",
        "give",
        "me",
        "us",
        "i",
        "we",
        "want",
        "need",
        "would",
        "like",
        "to",
        "have",
        "id",
        "i'd",
        "can",
        "could",
        "you",
        "additionally",
        "furthermore",
        "moreover",
        "then",
        "finally",
        "in",
        "addition",
        "also",
        "lets",
        "let's",
        "just",
        "hello",
        "hi",
        "write",
        "implement",
        "looking",
        "for",
        "im",
        "i'm",
        "so",
        "basically",
        "here",
        "is",
        "this",
        "it",
    ];
    let lead = tokens.first().is_some_and(|t| {
        t.is_any(&[
            "please",
            "build",
            "create",
            "make",
            "generate",
            "develop",
            "design",
            "give",
            "i",
            "we",
            "i'd",
            "additionally",
            "furthermore",
            "moreover",
            "finally",
            "let's",
            "hello",
            "hi",
            "write",
            "implement",
            "i'm",
            "this",
            "also",
        ])
    });
    if !lead {
        return tokens;
    }
    let skip = tokens.iter().take_while(|token| token.is_any(LEADS) || token.is(",")).count();
    // "I keep track of" and "this has" keep their verb.
    let rest = &tokens[skip.min(tokens.len())..];
    let back = skip > 0
        && tokens[skip - 1].is_any(&["have", "is", "has"])
        && !tokens[..skip].iter().any(|t| t.is_any(&["to", "would"]));
    if back { &tokens[skip - 1..] } else { rest }
}

/// The tokens before the verb, and where the verb stands.
pub(super) fn subject_of(tokens: &[Token]) -> (&[Token], usize) {
    let at = tokens
        .iter()
        .position(|token| {
            token.is_any(FINITE)
                || token.is_any(&[
                    "defaults",
                    "goes",
                    "ranges",
                    "runs",
                    "having",
                    "with",
                    "consist",
                    "comprises",
                    "requires",
                    "require",
                    "stores",
                    "include",
                    ":",
                    "(",
                ])
                // "Grades record a student and a score".
                || token.is_any(&["record", "store", "capture", "records", "captures"])
                    && token.start > tokens[0].start
                    && tokens.iter().any(|t| t.start > token.start && t.is_any(&["a", "an", "the"]))
                    && is_plural(&tokens[0].low)
        })
        .unwrap_or(tokens.len());
    (&tokens[..at], at)
}

/// A noun phrase as a key, its determiners and adjectives of quantity left out.
pub(super) fn subject_key(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens
        .iter()
        .filter(|token| token.is_word())
        .map(|token| token.low.as_str())
        .filter(|low| {
            !lexicon().grammar.determiners.contains(*low)
                && !matches!(*low, "'s" | "many" | "several" | "multiple" | "new" | "existing" | "individual")
        })
        .collect();
    if words.is_empty() {
        let plain = phrase(tokens);
        return if lexicon().grammar.pronouns.contains(&plain) { plain } else { String::new() };
    }
    if words.len() > 6 { words[..6].join(" ") } else { key_of(&words.join(" ")) }
}

/// What follows a verb of having, if one leads.
pub(super) fn has_list(tokens: &[Token]) -> Option<&[Token]> {
    let mut at = 0;
    while tokens.get(at).is_some_and(|token| {
        token.is_any(&[
            "can",
            "may",
            "must",
            "should",
            "will",
            "also",
            "always",
            "optionally",
            "could",
            "then",
            "each",
            "would",
            "only",
            "usually",
            "typically",
        ])
    }) {
        at += 1;
    }
    let verb = tokens.get(at)?;
    if verb.is_any(&["is", "are"])
        && tokens
            .get(at + 1)
            .is_some_and(|t| t.is_any(&["described", "defined", "characterized", "identified"]))
    {
        return tokens.get(at + 3..);
    }
    if !verb.is_any(HAS) && !verb.is(":") && !verb.is("(") {
        return None;
    }
    at += 1;
    while tokens.get(at).is_some_and(|token| {
        token.is_any(&["of", ":", "the", "following", "fields", "attributes", "properties", "these", "at"])
    }) && tokens.get(at + 1).is_some()
    {
        at += 1;
    }
    let list = tokens.get(at..)?;
    (!list.is_empty()).then_some(list)
}
