//! Sentences and clauses: where they end, what their subject is, what stands behind their verb.

use super::deeds::is_deed;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of};
use super::recast::{begins_anew, is_number_sign};
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
    "notes",
    "documents",
    "states",
    "shows",
    "gets",
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
    "shall",
    "consist",
];

/// Verbs that begin a clause of their own behind an "and", and are no finite verbs wherever they stand.
const HOLDING: &[&str] =
    &["hold", "holds", "carries", "carry", "stores", "requires", "require", "need", "gets", "get"];

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
        // "Published?, number" and "wish: bought? (boolean)" go on; so does "birthplace; a mother and a father".
        let goes_on = token.is_any(&["?", "!"])
            && tokens.get(at + 1).is_some_and(|t| t.is_any(&[",", "(", ":", ")", "?"]))
            || token.is(";") && is_continued(&tokens[at + 1..]);
        let ends = ends && !goes_on && !(token.is(".") && at > start && is_number_sign(tokens, at - 1));
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

/// Whether what follows a semicolon is more of the list before it: "a mother and a father, who are persons".
fn is_continued(tokens: &[Token]) -> bool {
    let end = tokens.iter().position(|t| t.is_any(&[".", ";", "!"])).unwrap_or(tokens.len());
    let rest = &tokens[..end];
    rest.first().is_some_and(|t| t.is_any(&["a", "an", "its", "their", "optional", "optionally"]))
        && rest.len() <= 14
        && !rest.iter().enumerate().any(|(at, t)| {
            t.is(":") || t.is_any(FINITE) && !(at > 0 && rest[at - 1].is_any(&["who", "which", "that"]))
        })
        && rest.iter().filter(|t| t.is_any(&["a", "an", "its", "their", "optional", ","])).count() * 4
            >= rest.len()
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
        // "Books have a title readers have a name": sentences without a stop between them.
        let run_on = at > start + 2
            && token.is_word()
            && is_plural(&token.low)
            && tokens.get(at + 1).is_some_and(|t| t.is_any(&["have", "belong"]))
            && tokens[start..at].iter().any(|t| t.is_any(&["have", "has"]))
            && tokens[at - 1].is_word()
            && !tokens[at - 1].is_any(&[
                "that", "which", "of", "the", "and", "by", "to", "all", "some", "each", "who", "many", "if",
                "how",
            ])
            && lexicon().noun(&key_of(&token.low)).is_some();
        let run_on = run_on || at > start + 2 && begins_anew(tokens, at);
        if run_on && depth == 0 {
            found.push(&tokens[start..at]);
            start = at;
            continue;
        }
        if depth > 0 || at <= start || !token.is_any(&["and", "but", "while", ",", "whereas", "plus", "so"]) {
            continue;
        }
        let mut next = at + 1;
        while tokens.get(next).is_some_and(|t| t.is_any(&["and", "but", "also", "then", ",", "while", "so"]))
        {
            next += 1;
        }
        let Some(first) = tokens.get(next) else { continue };
        if first.is_any(&["whether", "which", "that", "if", "when", "how", "who"]) {
            continue;
        }
        // "Place: name, address, has power": one more of the list.
        let keyed = tokens.iter().take(4).any(|t| t.is(":"));
        let brief = tokens[next..].iter().take(4).position(|t| t.is(",")).unwrap_or(tokens.len() - next) <= 3;
        if keyed && brief && token.is(",") && first.is_any(&["has", "is", "can"]) {
            continue;
        }
        // "that is planned, is …" does not begin a clause, nor does "can be" inside "that can be".
        let verb = (first.is_any(FINITE) || first.is_any(HOLDING) || is_working(&tokens[next..]))
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
                    && tokens.get(next + length).is_some_and(|t| {
                        let after = tokens.get(next + length + 1);
                        // "Donations link a donor to a camp."
                        if t.is_any(&["link", "connect", "join", "pair", "put", "assign"]) {
                            return is_plural(&words[length - 1].low)
                                && after.is_some_and(|t| t.is_any(&["a", "an"]));
                        }
                        // "… and members vote for photos."
                        if length == 1 && is_deed(&t.low) && !lexicon().is_field_word(&t.low) {
                            return is_plural(&words[0].low)
                                && (lexicon().noun(&key_of(&words[0].low)).is_some()
                                    || lexicon().is_user(&key_of(&words[0].low)))
                                && after.is_some_and(|t| {
                                    t.is_any(&["a", "an", "the", "for", "on", "their", "to"])
                                        || is_plural(&t.low)
                                        || lexicon().grammar.many.contains(&t.low)
                                });
                        }
                        // "Sun needs (full, partial)" is a name.
                        t.is_any(FINITE) && after.is_some_and(|t| !t.is_any(&["(", ",", ":"]))
                    })
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
        (token.kind == Kind::Sign && !matches!(token.low.as_str(), "(" | ")" | "[" | "]" | "%" | "?"))
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
            "need",
            "want",
            "looking",
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
    if tokens.first().is_some_and(|token| token.is_any(HOLDING)) {
        return (&tokens[..0], 0);
    }
    let at = tokens
        .iter()
        .enumerate()
        .position(|(at, token)| {
            // "A manager, who is also an employee": what a relative pronoun leads is no verb of the clause.
            let relative = at > 0 && tokens[at - 1].is_any(&["who", "which", "that"]) && token.is_any(&["is", "are", "has", "have"]);
            !relative && token.is_any(FINITE)
                || is_working(&tokens[at..])
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
                // "A loan records the member and the tool".
                || at > 0
                    && at <= 4
                    && tokens[0].is_any(&["a", "an", "each", "every"])
                    && token.is_any(&["records", "stores", "captures", "tracks", "holds", "gets", "shows", "notes", "documents", "states"])
                    && tokens.get(at + 1).is_some_and(|t| t.is_any(&["a", "an", "the", "its", "which", "who"]))
                // "Grades record a student and a score".
                || token.is_any(&["record", "store", "capture", "records", "captures"])
                    && token.start > tokens[0].start
                    && tokens.iter().any(|t| t.start > token.start && t.is_any(&["a", "an", "the"]))
                    && is_plural(&tokens[0].low)
        })
        .unwrap_or(tokens.len());
    // "An order optionally belongs to a coupon": the adverb is the verb's.
    let adverbs = tokens[..at]
        .iter()
        .rev()
        .take_while(|token| {
            token.is_any(&["optionally", "always", "usually", "also", "typically", "sometimes", "then"])
        })
        .count();
    let at = at - adverbs;
    (&tokens[..at], at)
}

/// Verbs that only with their preposition say whose something is: "works at", "reports to", "takes place in".
pub(super) fn is_working(tokens: &[Token]) -> bool {
    let [verb, next, ..] = tokens else { return false };
    match verb.low.as_str() {
        "works" | "work" => next.is_any(&["at", "for", "in"]),
        "lives" | "live" => next.is("in"),
        "plays" | "play" => next.is("for"),
        "reports" | "report" => next.is("to"),
        "takes" | "take" => next.is("place"),
        _ => false,
    }
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
            "shall",
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
    // "Needs between 1 and 20 volunteers" counts, and lists nothing.
    let counts = list.first().is_some_and(|token| token.is("between") || token.number().is_some());
    (!list.is_empty() && !counts).then_some(list)
}
