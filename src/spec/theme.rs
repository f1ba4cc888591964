//! Colours: "primary colour #0f766e", "a dark green theme", "blue and white".

use super::draft::{Draft, Ref};
use super::lexicon::lexicon;
use super::source::Source;
use super::tokens::{Kind, Token};

const WORDS: &[&str] = &[
    "theme",
    "themed",
    "primary",
    "accent",
    "brand",
    "branding",
    "palette",
    "scheme",
    "background",
    "colors",
    "color",
    "look",
    "design",
    "styling",
    "style",
    "styled",
];
/// Words that make a sentence one about the app's look even without a colour's number.
const STRONG: &[&str] =
    &["theme", "themed", "palette", "scheme", "background", "accent", "branding", "styled"];

/// Takes what is said of colours out of a sentence; what is left is about other things.
///
/// `early` where the sentence is one of the first, in which "in green" is about the app.
pub(super) fn take(source: &Source, tokens: Vec<Token>, early: bool, draft: &mut Draft) -> Vec<Token> {
    let colours = colours(&tokens);
    if let Some(at) = dressed(&tokens, &colours, early) {
        return undress(source, &tokens, at, &colours, draft);
    }
    let strong = tokens.iter().any(|token| token.is_any(STRONG));
    let pair = tokens
        .windows(2)
        .any(|pair| pair[0].is_any(&["primary", "brand", "main"]) && pair[1].is_any(&["color", "colors"]));
    let mood = tokens.windows(2).any(|pair| {
        pair[0].is_any(&["dark", "light"]) && pair[1].is_any(&["theme", "background", "design", "look"])
    });
    let plain_colours =
        tokens.first().is_some_and(|token| token.is_any(&["color", "colors"])) && !colours.is_empty();
    let hex = tokens.iter().any(|token| token.kind == Kind::Hex);
    let look = tokens.iter().any(|token| token.is_any(WORDS))
        && tokens.iter().any(|token| token.is_any(&["use", "should", "make", "in"]));
    let pairing = colours.len() >= 2 && tokens.len() <= 6;
    let told = !colours.is_empty() && (strong || pair || hex || plain_colours || look || pairing);
    if !(told || mood) || (!hex && is_attribute(&tokens)) {
        return tokens;
    }
    let mut refs = Vec::new();
    let mut last_end = 0;
    for (index, (at, length, value)) in colours.iter().enumerate() {
        let before = &tokens[last_end..*at];
        let next_start = colours.get(index + 1).map_or(tokens.len(), |(at, _, _)| *at);
        let after = &tokens[at + length..next_start.min(at + length + 3)];
        let paper =
            matches!(value.as_str(), "#ffffff" | "#000000" | "#f5f5dc" | "#fffff0" | "#fffdd0" | "#faf9f6");
        let names_background = before.iter().any(|t| t.is_any(&["background", "page", "pages"]))
            || (after.iter().any(|t| t.is_any(&["background"]))
                && !before.iter().any(|t| t.is_any(&["primary", "accent"])));
        let names_primary =
            before.iter().rev().take(4).any(|t| t.is_any(&["primary", "accent", "brand", "buttons", "main"]));
        let background =
            names_background || (!names_primary && (draft.primary.is_some() || (paper && colours.len() > 1)));
        if background {
            if draft.background.is_none() {
                draft.background = Some(value.clone());
            }
            refs.push(Ref::Plain("theme.background".into()));
        } else {
            if draft.primary.is_none() {
                draft.primary = Some(value.clone());
            }
            refs.push(Ref::Plain("theme.primary".into()));
        }
        last_end = at + length;
    }
    if colours.is_empty() {
        if tokens.iter().any(|token| token.is("dark")) && draft.background.is_none() {
            draft.background = Some("#0f172a".into());
        }
        refs.push(Ref::Plain("theme.background".into()));
    }
    refs.dedup();
    // What is about colours goes; the sentence's other parts stay.
    let mut kept: Vec<Token> = Vec::new();
    let mut gone: Vec<Token> = Vec::new();
    for part in parts(&tokens) {
        let about = part.iter().any(|t| t.kind == Kind::Hex || t.is_any(WORDS))
            || part.iter().all(|t| {
                lexicon().colour(&t.low).is_some()
                    || t.is_any(&[
                        "and", ",", "with", "a", "in", "dark", "light", "pale", "bright", "deep", "soft",
                        "warm", "on",
                    ])
            });
        if about { gone.extend_from_slice(part) } else { kept.extend_from_slice(part) }
    }
    draft.cover(source.quote(&gone), refs);
    while kept.last().is_some_and(|token| token.is_any(&["and", ",", "with", "in", "a"])) {
        kept.pop();
    }
    kept
}

/// Where a sentence about the app ends with its colours: "a recipe site in dark green and cream".
fn dressed(tokens: &[Token], colours: &[(usize, usize, String)], early: bool) -> Option<usize> {
    let (first, last) = (colours.first()?, colours.last()?);
    let at = first.0.checked_sub(1)?;
    let at = at - usize::from(at > 0 && tokens[at].is_any(&["deep", "bright", "soft", "warm", "our", "a"]));
    let rest = &tokens[last.0 + last.1..];
    let between = colours.windows(2).all(|two| {
        tokens[two[0].0 + two[0].1..two[1].0].iter().all(|t| t.is_any(&["and", ",", "with", "on", "or"]))
    });
    let ends = rest
        .iter()
        .all(|t| t.kind == Kind::Sign || t.is_any(&["please", "colors", "tones", "theme", "style"]));
    (early && between && ends && tokens[at].is("in") && at > 0 && !is_attribute(tokens)).then_some(at)
}

fn undress(
    source: &Source,
    tokens: &[Token],
    at: usize,
    colours: &[(usize, usize, String)],
    draft: &mut Draft,
) -> Vec<Token> {
    let mut refs = Vec::new();
    for (place, (_, _, value)) in colours.iter().take(2).enumerate() {
        let (slot, name) = if place == 0 {
            (&mut draft.primary, "theme.primary")
        } else {
            (&mut draft.background, "theme.background")
        };
        slot.get_or_insert_with(|| value.clone());
        refs.push(Ref::Plain(name.into()));
    }
    draft.cover(source.quote(&tokens[at..]), refs);
    let mut kept = tokens[..at].to_vec();
    while kept.last().is_some_and(|token| token.is_any(&["and", ",", "-"])) {
        kept.pop();
    }
    kept
}

/// "A label has a colour, which is red or green" is about a field.
fn is_attribute(tokens: &[Token]) -> bool {
    let theme = tokens.iter().any(|token| {
        token.is_any(&["theme", "themed", "primary", "palette", "scheme", "branding", "accent", "brand"])
    });
    let subject = tokens
        .iter()
        .any(|token| token.is_any(&["app", "site", "website", "design", "page", "pages", "ui", "it", "use"]));
    let has = tokens.iter().any(|token| token.is_any(&["has", "have", "of", "("]));
    has && !theme && !subject
}

/// Colours with their place and length in tokens.
fn colours(tokens: &[Token]) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.kind == Kind::Hex {
            // "Teal #0d9488" is one colour.
            if found.last().is_some_and(|(before, length, _)| before + length == at) {
                found.pop();
            }
            found.push((at, 1, expanded(&token.low)));
        } else if let Some(next) = tokens.get(at + 1)
            && let Some(value) = lexicon().colour(&format!("{} {}", token.low, next.low))
        {
            found.push((at, 2, value.to_owned()));
            at += 1;
        } else if token.is_word()
            && let Some(value) = lexicon().colour(&token.low)
        {
            found.push((at, 1, value.to_owned()));
        }
        at += 1;
    }
    found
}

/// `#abc` as `#aabbcc`.
fn expanded(hex: &str) -> String {
    if hex.len() == 4 {
        std::iter::once('#').chain(hex.chars().skip(1).flat_map(|c| [c, c])).collect()
    } else {
        hex.to_owned()
    }
}

/// The parts of a sentence, each with the comma or "and" in front of it.
fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        if at > start && token.is_any(&[",", "and", "with", ";"]) {
            parts.push(&tokens[start..at]);
            start = at;
        }
    }
    parts.push(&tokens[start..]);
    parts
}
