//! SQL as words: enough of the language to follow migrations.

/// A piece of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword, or a name without quotes.
    Word(String),
    /// A name in quotes.
    Name(String),
    /// A text.
    Text(String),
    /// Any other sign, or a number.
    Sign(String),
}

impl Token {
    /// Whether it is this keyword, given in capitals.
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// Whether it is this sign.
    pub(super) fn sign(&self, sign: &str) -> bool {
        matches!(self, Self::Sign(found) if found == sign)
    }

    /// The name it is; PostgreSQL writes those without quotes small, which names of ours never are.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) | Self::Name(name) => Some(name),
            _ => None,
        }
    }

    /// As SQL writes it.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Word(word) | Self::Sign(word) => word.clone(),
            Self::Name(name) => format!("\"{name}\""),
            Self::Text(text) => super::sql::text(text),
        }
    }
}

/// The statements of a script, without comments and empty ones.
pub(super) fn statements(script: &str) -> Vec<Vec<Token>> {
    let mut statements = vec![Vec::new()];
    let mut rest = script.trim_start_matches('\u{feff}');
    while let Some(first) = rest.chars().next() {
        let (token, after) = if rest.starts_with("--") {
            (None, rest.split_once('\n').map_or("", |(_, after)| after))
        } else if rest.starts_with("/*") {
            (None, rest.split_once("*/").map_or("", |(_, after)| after))
        } else if first.is_whitespace() {
            (None, &rest[first.len_utf8()..])
        } else if first == '"' || first == '`' {
            let (name, after) = delimited(&rest[1..], first);
            (Some(Token::Name(name)), after)
        } else if first == '\'' {
            let (text, after) = delimited(&rest[1..], first);
            (Some(Token::Text(text)), after)
        } else if let Some((body, after)) = dollar_quoted(rest) {
            (Some(Token::Text(body.to_owned())), after)
        } else {
            let part = |c: char| c.is_alphanumeric() || c == '_';
            let end =
                if part(first) { rest.find(|c| !part(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
            let (word, after) = rest.split_at(end);
            let word = word.to_owned();
            let is_word = first.is_alphabetic() || first == '_';
            (Some(if is_word { Token::Word(word) } else { Token::Sign(word) }), after)
        };
        rest = after;
        match token {
            Some(token) if token.sign(";") => statements.push(Vec::new()),
            Some(token) => statements.last_mut().expect("there is always one").push(token),
            None => {}
        }
    }
    statements.retain(|statement| !statement.is_empty());
    statements
}

/// What stands before a quote, doubled ones taken for one, and what comes behind it.
fn delimited(text: &str, quote: char) -> (String, &str) {
    let mut found = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            found.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == quote) {
            chars.next();
            found.push(quote);
        } else {
            return (found, &text[at + 1..]);
        }
    }
    (found, "")
}

/// A text between `$tag$` and `$tag$`, as functions of PostgreSQL have it.
fn dollar_quoted(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('$')?;
    let tag = &inner[..inner.find('$')?];
    if !tag.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let close = format!("${tag}$");
    inner[tag.len() + 1..].split_once(&close)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_at_semicolons_outside_of_texts() {
        let script = "-- a; b\nSELECT 'x;''y' /* ; */;;\nDO $f$ a; b $f$; CREATE \"a\"\"b\" (1.5)";
        let written: Vec<String> = statements(script)
            .iter()
            .map(|tokens| tokens.iter().map(Token::written).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(written, ["SELECT 'x;''y'", "DO ' a; b '", "CREATE \"a\"b\" ( 1 . 5 )"]);
        for torn in ["'", "\"a", "$", "$a$ b", "/*", "é"] {
            statements(torn);
        }
    }
}
