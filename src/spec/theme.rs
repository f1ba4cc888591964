//! Colours: "primary colour #0f766e", "a dark green theme", "blue and white".

use super::colours::{Colour, colours};
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
    let hex = colours.iter().any(|colour| colour.exact);
    let look = tokens.iter().any(|token| token.is_any(WORDS))
        && tokens.iter().any(|token| token.is_any(&["use", "should", "make", "in"]));
    let painted = tokens.first().is_some_and(|token| token.is_any(&["make", "paint", "use"]))
        && tokens.iter().any(|token| Role::of(token).is_some());
    let pairing = colours.len() >= 2 && tokens.len() <= 6;
    let told = !colours.is_empty() && (strong || pair || hex || plain_colours || look || painted || pairing);
    if !(told || mood) || (!hex && is_attribute(&tokens)) {
        return tokens;
    }
    let roles: Vec<Option<Role>> = (0..colours.len()).map(|index| role(&tokens, &colours, index)).collect();
    let mut refs = Vec::new();
    for (colour, role) in colours.iter().zip(&roles) {
        let second = draft.primary.is_some() || roles.contains(&Some(Role::Primary));
        let background = match role {
            Some(Role::Other) => continue,
            Some(role) => *role == Role::Background,
            None => second || (is_paper(&colour.value) && colours.len() > 1),
        };
        let (slot, name) = if background {
            (&mut draft.background, "theme.background")
        } else {
            (&mut draft.primary, "theme.primary")
        };
        slot.get_or_insert_with(|| colour.value.clone());
        refs.push(Ref::Plain(name.into()));
    }
    if mood {
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
            || Role::of(&part[part.len() - 1]).is_some()
                && part.iter().any(|t| lexicon().colour(&t.low).is_some())
            || part.iter().all(|t| {
                lexicon().colour(&t.low).is_some()
                    || t.is_any(&[
                        "and", ",", "with", "a", "in", "dark", "light", "pale", "bright", "deep", "soft",
                        "warm", "on",
                    ])
            });
        // "A shop in sea green" is a shop.
        let dressed = colours.iter().find(|colour| {
            let last = part[part.len() - 1].end;
            tokens[colour.end() - 1].end == last && colour.at > 0 && tokens[colour.at - 1].is("in")
        });
        let from = dressed.map(|colour| tokens[colour.at - 1].start);
        let own = part.iter().take_while(|token| from.is_none_or(|from| token.start < from)).count();
        let own = if about { 0 } else { own };
        kept.extend_from_slice(&part[..own]);
        gone.extend_from_slice(&part[own..]);
    }
    draft.cover(source.quote(&gone), refs);
    while kept.last().is_some_and(|token| token.is_any(&["and", ",", "with", "in", "a"])) {
        kept.pop();
    }
    kept
}

/// What a colour is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Primary,
    Background,
    /// Something that a theme has no colour for.
    Other,
}

impl Role {
    fn of(token: &Token) -> Option<Self> {
        const PRIMARY: &[&str] = &[
            "primary",
            "main",
            "accent",
            "accents",
            "brand",
            "button",
            "buttons",
            "link",
            "links",
            "highlight",
            "highlights",
        ];
        const BACKGROUND: &[&str] = &["background", "backgrounds", "backdrop", "page", "pages", "canvas"];
        const OTHER: &[&str] = &[
            "text",
            "header",
            "headers",
            "footer",
            "sidebar",
            "navigation",
            "secondary",
            "border",
            "borders",
        ];
        [(PRIMARY, Self::Primary), (BACKGROUND, Self::Background), (OTHER, Self::Other)]
            .into_iter()
            .find_map(|(words, role)| token.is_any(words).then_some(role))
    }
}

/// What the words around a colour say that it is for: those of its own part of the sentence, the nearest first.
fn role(tokens: &[Token], colours: &[Colour], index: usize) -> Option<Role> {
    let colour = &colours[index];
    let separates = |token: &Token| token.is_any(&[",", ";", "and", "with", "but"]);
    let before = &tokens[..colour.at];
    let start = before.iter().rposition(separates).map_or(0, |at| at + 1);
    let start = start.max(index.checked_sub(1).map_or(0, |last| colours[last].end()));
    let after = &tokens[colour.end()..];
    let end = after.iter().position(separates).unwrap_or(after.len());
    let end = end.min(colours.get(index + 1).map_or(end, |next| next.at - colour.end()));
    let ahead =
        before[start..].iter().rev().enumerate().find_map(|(far, token)| Some((far, Role::of(token)?)));
    let behind = after[..end].iter().enumerate().find_map(|(far, token)| Some((far, Role::of(token)?)));
    match (ahead, behind) {
        // "Primary teal background white" has all its words on one side, the side of the first.
        (Some((near, ahead)), Some((far, behind))) if near == far => {
            let leads = tokens[..colours[0].at].iter().any(|token| Role::of(token).is_some());
            Some(if leads { ahead } else { behind })
        }
        (Some((far, _)), Some((near, behind))) if near < far => Some(behind),
        (Some((_, ahead)), _) => Some(ahead),
        (None, Some((_, behind))) => Some(behind),
        (None, None) => None,
    }
}

/// Colours that nobody would make buttons of where there is another.
fn is_paper(value: &str) -> bool {
    matches!(value, "#ffffff" | "#000000" | "#f5f5dc" | "#fffff0" | "#fffdd0" | "#faf9f6")
}

/// Where a sentence about the app ends with its colours: "a recipe site in dark green and cream".
fn dressed(tokens: &[Token], colours: &[Colour], early: bool) -> Option<usize> {
    let (first, last) = (colours.first()?, colours.last()?);
    let at = first.at.checked_sub(1)?;
    let at = at - usize::from(at > 0 && tokens[at].is_any(&["deep", "bright", "soft", "warm", "our", "a"]));
    let rest = &tokens[last.end()..];
    let between = colours.windows(2).all(|two| {
        tokens[two[0].end()..two[1].at].iter().all(|t| t.is_any(&["and", ",", "with", "on", "or"]))
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
    colours: &[Colour],
    draft: &mut Draft,
) -> Vec<Token> {
    let mut refs = Vec::new();
    for (place, colour) in colours.iter().take(2).enumerate() {
        let (slot, name) = if place == 0 {
            (&mut draft.primary, "theme.primary")
        } else {
            (&mut draft.background, "theme.background")
        };
        slot.get_or_insert_with(|| colour.value.clone());
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

#[cfg(test)]
mod tests {
    use super::super::read;

    #[track_caller]
    fn check(words: &str, primary: Option<&str>, background: Option<&str>) {
        let theme = read(&format!("A shop with products. {words}")).blueprint.theme;
        assert_eq!((theme.primary.as_deref(), theme.background.as_deref()), (primary, background), "{words}");
    }

    #[test]
    fn colours_go_where_the_words_beside_them_say() {
        let (teal, white, orange) = (Some("#0f766e"), Some("#ffffff"), Some("#ea580c"));
        for (words, primary, background) in [
            ("Use teal (#0f766e) as the primary colour.", teal, None),
            ("Use #0f766e (teal) as the primary colour.", teal, None),
            ("Use teal #0f766e as the primary colour.", teal, None),
            ("Primary colour teal (#0f766e), background white.", teal, white),
            ("Background: white, primary: #0f766e.", teal, white),
            ("White background and teal buttons.", teal, white),
            ("Make the buttons teal and the page white.", teal, white),
            ("The colours are teal on white.", teal, white),
            ("A dark blue background and orange buttons.", orange, Some("#00008b")),
            ("A dark theme with teal accents.", teal, Some("#0f172a")),
            ("Brand colour: rgb(15, 118, 110).", teal, None),
            ("The primary colour should be hsl(175, 77%, 26%).", Some("#0f756d"), None),
            ("Use a navy header and orange buttons.", orange, None),
        ] {
            check(words, primary, background);
        }
    }

    #[test]
    fn a_colour_that_is_a_field_is_no_theme() {
        check("Each product has a colour (red, green or blue).", None, None);
    }
}
