//! Colours by name, number or function: "teal", "dark green", `#0f766e`, `rgb(15, 118, 110)`.

use super::lexicon::lexicon;
use super::tokens::{Kind, Token, phrase};

/// A colour in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Colour {
    /// Its first token.
    pub(super) at: usize,
    /// How many it has.
    pub(super) len: usize,
    /// As `#rrggbb`.
    pub(super) value: String,
    /// Whether it was given by its number, so that it can be nothing but a colour.
    pub(super) exact: bool,
}

impl Colour {
    /// The token behind it.
    pub(super) fn end(&self) -> usize {
        self.at + self.len
    }
}

/// All colours of a sentence, in order.
pub(super) fn colours(tokens: &[Token]) -> Vec<Colour> {
    let mut found: Vec<Colour> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(mut colour) = colour(tokens, at) else {
            at += 1;
            continue;
        };
        at = colour.end();
        // "Teal #0d9488", "teal (#0d9488)" and "#0d9488 (teal)" are one colour, and its number says more.
        if let Some(last) = found.last_mut()
            && let between = &tokens[last.end()..colour.at]
            && let bracket = matches!(between, [sign] if sign.is("("))
            && (between.is_empty() || bracket)
            && last.exact != colour.exact
        {
            let closed = bracket && tokens.get(at).is_some_and(|token| token.is(")"));
            colour.len += colour.at - last.at + usize::from(closed);
            colour.at = last.at;
            if last.exact {
                colour.value.clone_from(&last.value);
                colour.exact = true;
            }
            at = colour.end();
            *last = colour;
        } else if let Some(last) = found.last_mut().filter(|last| last.end() == colour.at && !last.exact) {
            // "Tomato red" is a red, and "salmon pink" a pink: the first word says which.
            last.len += colour.len;
        } else {
            found.push(colour);
        }
    }
    found
}

fn colour(tokens: &[Token], at: usize) -> Option<Colour> {
    let token = &tokens[at];
    if token.kind == Kind::Hex {
        return Some(Colour { at, len: 1, value: expanded(&token.low), exact: true });
    }
    if let Some((len, value)) = function(&tokens[at..]) {
        return Some(Colour { at, len, value, exact: true });
    }
    (1..=3).rev().find_map(|len| {
        let words = tokens.get(at..at + len).filter(|words| words.iter().all(Token::is_word))?;
        let value = lexicon().colour(&phrase(words))?.into_owned();
        Some(Colour { at, len, value, exact: false })
    })
}

/// `rgb(…)` and `hsl(…)` at the head of these tokens, as CSS writes them: how many tokens it takes, and the colour.
fn function(tokens: &[Token]) -> Option<(usize, String)> {
    let (name, rest) = tokens.split_first()?;
    if !name.is_any(&["rgb", "rgba", "hsl", "hsla"]) || !rest.first()?.is("(") {
        return None;
    }
    let close = rest.iter().take(14).position(|token| token.is(")"))?;
    let values: Vec<f64> = rest[..close].iter().filter_map(Token::number).collect();
    let [first, second, third, ..] = values[..] else { return None };
    let rgb = if name.low.starts_with("rgb") {
        [first, second, third].map(|value| value / 255.0)
    } else {
        of_hsl(first, second / 100.0, third / 100.0)
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped to a byte")]
    let [r, g, b] = rgb.map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8);
    Some((close + 2, format!("#{r:02x}{g:02x}{b:02x}")))
}

/// The formula of CSS Color 4, section 7.1: degrees and two parts of one in, three parts of one out.
fn of_hsl(hue: f64, saturation: f64, lightness: f64) -> [f64; 3] {
    let reach = saturation.clamp(0.0, 1.0) * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|n| {
        let k = (n + hue.rem_euclid(360.0) / 30.0) % 12.0;
        lightness - reach * (-1.0_f64).max((k - 3.0).min(9.0 - k).min(1.0))
    })
}

/// `#abc` as `#aabbcc`.
fn expanded(hex: &str) -> String {
    if hex.len() == 4 {
        std::iter::once('#').chain(hex.chars().skip(1).flat_map(|c| [c, c])).collect()
    } else {
        hex.to_owned()
    }
}
