//! Words, numbers and signs of a text, each with its place.

use super::lexicon::lexicon;
use crate::naming::Words;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word; hyphens and apostrophes inside it belong to it.
    Word,
    /// A number, perhaps with a sign or digits behind a point.
    Number,
    /// A colour such as `#0f766e`.
    Hex,
    /// A text in quotation marks; `low` and `text` hold what is between them.
    Quoted,
    /// Any other character.
    Sign,
}

/// A piece of the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// As it was written.
    pub(super) text: String,
    /// In lower case, with `e-mail` and the like brought to one form.
    pub(super) low: String,
    /// Where it stands in the cleaned text, in bytes.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    pub(super) fn is(&self, low: &str) -> bool {
        self.kind != Kind::Quoted && self.low == low
    }

    pub(super) fn is_any(&self, lows: &[&str]) -> bool {
        self.kind != Kind::Quoted && lows.contains(&self.low.as_str())
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    pub(super) fn number(&self) -> Option<f64> {
        (self.kind == Kind::Number).then(|| self.low.parse().ok()).flatten()
    }
}

/// Tokens as sentences want them: without markup, "it's" in two words, `title*` and `title!` as required, a "Deal" in quotes as a noun.
pub(super) fn polished(tokens: &[Token]) -> Vec<Token> {
    let braced = braced(tokens);
    let tokens = braced.as_slice();
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    // Whether a star opened an emphasis that the next one closes.
    let mut open = false;
    let touches = |one: &Token, two: &Token| one.end == two.start;
    for (at, token) in tokens.iter().enumerate() {
        let (before, after) = (at.checked_sub(1).map(|at| &tokens[at]), tokens.get(at + 1));
        let sign = token.kind == Kind::Sign;
        let closes = sign && before.is_some_and(|before| before.is_word() && touches(before, token));
        if sign && token.low == "`" {
            continue;
        }
        if sign && matches!(token.low.as_str(), "*" | "!") {
            let ends =
                after.is_none_or(|after| after.is_any(&[",", ")", ":", "(", ";"]) || after.start > token.end);
            let listed =
                token.low == "*" || after.is_some_and(|after| after.is_any(&[",", ")", ":", "(", ";"]));
            if closes && ends && !open && listed {
                kept.push(Token {
                    kind: Kind::Word,
                    text: "required".into(),
                    low: "required".into(),
                    ..token.clone()
                });
                continue;
            }
            if token.low == "*" {
                open = !open && after.is_some_and(|after| touches(token, after)) && !closes;
                continue;
            }
        }
        let mut token = token.clone();
        let pronoun =
            before.is_some_and(|before| before.is_any(&["it", "he", "she", "that", "there", "what", "who"]));
        if token.low == "'s" && pronoun {
            token.kind = Kind::Word;
            token.low = "is".into();
        }
        let noun = token.kind == Kind::Quoted
            && before.is_some_and(|before| before.is_any(&["a", "an", "the", "each", "every", "many"]))
            && token.text.split_whitespace().count() <= 2
            && token.text.chars().all(|c| c.is_alphanumeric() || c == ' ')
            && !before.is_some_and(|before| {
                before.is("the") && after.is_some_and(|after| after.is_any(&["button", "page", "word"]))
            });
        if noun {
            token.kind = Kind::Word;
            token.low = token.text.trim().to_lowercase();
        }
        kept.push(token);
    }
    kept
}

/// `Piece {title, composer}` with round brackets, as prose has them.
fn braced(tokens: &[Token]) -> Vec<Token> {
    let mut made = tokens.to_vec();
    let mut open: Option<usize> = None;
    for at in 1..tokens.len() {
        let sign = tokens[at].kind == Kind::Sign;
        let name =
            tokens[at - 1].is_word() && tokens[at - 1].text.chars().next().is_some_and(char::is_uppercase);
        if sign && tokens[at].low == "{" {
            open = name.then_some(at);
        } else if sign
            && tokens[at].low == "}"
            && let Some(start) = open.take()
            && tokens[start..at].iter().any(|token| token.is(","))
        {
            "(".clone_into(&mut made[start].low);
            ")".clone_into(&mut made[at].low);
        }
    }
    made
}

/// The tokens' words, joined by blanks.
pub(super) fn phrase(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.low.as_str()).collect::<Vec<_>>().join(" ")
}

/// The place at which a sequence of words begins, searched from `from` on.
pub(super) fn find(tokens: &[Token], words: &[&str], from: usize) -> Option<usize> {
    let last = tokens.len().checked_sub(words.len())?;
    (from..=last).find(|&at| words.iter().zip(&tokens[at..]).all(|(word, token)| token.is(word)))
}

/// Splits a line into tokens. `base` is where it begins in the whole text.
pub(super) fn tokenize(line: &str, base: usize) -> Vec<Token> {
    let chars: Vec<(usize, char)> = line.char_indices().collect();
    let end_of = |i: usize| chars.get(i).map_or(line.len(), |&(at, _)| at);
    let mut tokens: Vec<Token> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let (at, c) = chars[i];
        if c.is_whitespace() {
            i += 1;
            continue;
        }
        let next = chars.get(i + 1).map(|&(_, c)| c);
        let (kind, stop) = if let Some(stop) = hex(&chars, i) {
            (Kind::Hex, stop)
        } else if c.is_ascii_digit()
            || (c == '-' && next.is_some_and(|n| n.is_ascii_digit()) && !glued(&chars, i))
        {
            number_or_word(&chars, i)
        } else if c.is_alphanumeric() || c == '_' {
            (Kind::Word, word(&chars, i))
        } else if let Some(stop) = quoted(&chars, i) {
            (Kind::Quoted, stop)
        } else {
            (Kind::Sign, i + 1)
        };
        let text = line.get(at..end_of(stop)).unwrap_or_default();
        push(&mut tokens, kind, text, base + at, base + end_of(stop));
        i = stop;
    }
    tokens
}

/// Whether the sign stands right behind a letter or digit, as in `1-5`.
fn glued(chars: &[(usize, char)], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| chars.get(before)).is_some_and(|&(_, c)| c.is_alphanumeric())
}

fn push(tokens: &mut Vec<Token>, kind: Kind, text: &str, start: usize, end: usize) {
    if kind == Kind::Word
        && let Some(stem) = text.strip_suffix("'s").or_else(|| text.strip_suffix("'S"))
        && !matches!(stem.to_ascii_lowercase().as_str(), "let" | "")
    {
        let middle = end - 2;
        push(tokens, Kind::Word, stem, start, middle);
        tokens.push(Token { kind: Kind::Word, text: "'s".into(), low: "'s".into(), start: middle, end });
        return;
    }
    let (text, low) = match kind {
        Kind::Quoted => {
            let inner: String = {
                let mut chars = text.chars();
                chars.next();
                chars.next_back();
                chars.collect()
            };
            let low = inner.to_lowercase();
            (inner, low)
        }
        Kind::Number => (text.to_owned(), text.replace([',', '_'], "")),
        // "OrderItem" is two words.
        Kind::Word if is_pascal(text) && !lexicon().begins_feature(&text.to_lowercase()) => {
            (text.to_owned(), Words::of(text).lower())
        }
        _ => (text.to_owned(), text.to_lowercase()),
    };
    let low = lexicon().spelling(&low).map_or(low, ToOwned::to_owned);
    tokens.push(Token { kind, text, low, start, end });
}

/// Whether a word is the name of a type: a capital at its beginning, and another one behind a small letter.
fn is_pascal(text: &str) -> bool {
    let joints = || {
        text.chars().zip(text.chars().skip(1)).filter(|(one, two)| one.is_lowercase() && two.is_uppercase())
    };
    text.chars().next().is_some_and(char::is_uppercase)
        && joints().count() > 0
        && text.chars().all(char::is_alphabetic)
        && text.len() > 5
}

fn hex(chars: &[(usize, char)], at: usize) -> Option<usize> {
    if chars[at].1 != '#' {
        return None;
    }
    let digits = chars[at + 1..].iter().take_while(|&&(_, c)| c.is_ascii_hexdigit()).count();
    let stop = at + 1 + digits;
    let ends = chars.get(stop).is_none_or(|&(_, c)| !c.is_alphanumeric());
    (matches!(digits, 3 | 6) && ends).then_some(stop)
}

fn number_or_word(chars: &[(usize, char)], at: usize) -> (Kind, usize) {
    let digit = |i: usize| chars.get(i).is_some_and(|&(_, c)| c.is_ascii_digit());
    let mut i = at + 1;
    while digit(i) || (chars.get(i).is_some_and(|&(_, c)| matches!(c, ',' | '_')) && thousands(chars, i)) {
        i += 1;
    }
    if chars.get(i).is_some_and(|&(_, c)| c == '.') && digit(i + 1) {
        i += 1;
        while digit(i) {
            i += 1;
        }
    }
    if chars.get(i).is_some_and(|&(_, c)| c.is_alphabetic() || c == '_') {
        return (Kind::Word, word(chars, at));
    }
    (Kind::Number, i)
}

/// Whether exactly three digits follow, as in `10,000`.
fn thousands(chars: &[(usize, char)], at: usize) -> bool {
    let after = chars[at + 1..].iter().take(4).take_while(|&&(_, c)| c.is_ascii_digit()).count();
    after == 3
}

fn word(chars: &[(usize, char)], at: usize) -> usize {
    let mut i = at;
    while let Some(&(_, c)) = chars.get(i) {
        let inner =
            matches!(c, '-' | '\'') && i > at && chars.get(i + 1).is_some_and(|&(_, n)| n.is_alphanumeric());
        // "A+" and "AB-" in a list are values.
        let mark = matches!(c, '+' | '-')
            && (at + 1..=at + 2).contains(&i)
            && chars.get(i + 1).is_none_or(|&(_, n)| matches!(n, ',' | ')' | '/' | '|' | ']'));
        if mark {
            return i + 1;
        }
        let dot = c == '.' && i > at && domain_follows(chars, i + 1);
        if c.is_alphanumeric() || c == '_' || is_mark(c) || inner || dot {
            i += 1;
        } else {
            break;
        }
    }
    i.max(at + 1)
}

/// Whether the rest of a domain or file name follows, as in "Node.js" and "example.com".
fn domain_follows(chars: &[(usize, char)], at: usize) -> bool {
    let rest: String =
        chars[at..].iter().take(5).map(|&(_, c)| c).take_while(|c| c.is_alphanumeric()).collect();
    matches!(rest.as_str(), "js" | "ts" | "com" | "net" | "org" | "io" | "dev" | "de" | "fr")
}

/// Combining marks, which belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe0f}')
}

/// A quoted text of at most 80 characters on the same line.
fn quoted(chars: &[(usize, char)], at: usize) -> Option<usize> {
    let open = chars[at].1;
    if !matches!(open, '"' | '\'' | '`') {
        return None;
    }
    let close = chars[at + 1..].iter().take(81).position(|&(_, c)| c == open)?;
    (close > 0).then_some(at + close + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        let lows = |text: &str| tokenize(text, 0).into_iter().map(|token| token.low).collect::<Vec<_>>();
        assert_eq!(
            lows("A book's e-mail, 1-5 or -2.5 (10,000)!"),
            ["a", "book", "'s", "email", ",", "1", "-", "5", "or", "-2.5", "(", "10000", ")", "!"]
        );
        assert_eq!(
            lows("#0f766e \"Big Shop\" many-to-many 3D"),
            ["#0f766e", "big shop", "many-to-many", "3d"]
        );
        assert_eq!(lows("(A+, AB-/O-)"), ["(", "a+", ",", "ab-", "/", "o-", ")"]);
        assert_eq!(lows("Node.js. Then"), ["node.js", ".", "then"]);
    }
}
