//! A statement read from left to right.

use super::lexer::Token;

/// A view on the tokens that are left.
pub(super) struct Cursor<'a> {
    pub(super) tokens: &'a [Token],
}

impl<'a> Cursor<'a> {
    /// Takes these words and signs, if they come next.
    pub(super) fn take(&mut self, keywords: &[&str]) -> bool {
        let found = self.tokens.len() >= keywords.len()
            && keywords
                .iter()
                .zip(self.tokens)
                .all(|(keyword, token)| token.is(keyword) || token.sign(keyword));
        if found {
            self.tokens = &self.tokens[keywords.len()..];
        }
        found
    }

    pub(super) fn next(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// A name, with that of a schema before it or not.
    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = self.next()?.name()?.to_owned();
        while self.take(&["."]) {
            self.next()?.name()?.clone_into(&mut name);
        }
        Some(name)
    }

    /// What stands in parentheses, cut at the commas.
    pub(super) fn list(&mut self) -> Option<Vec<&'a [Token]>> {
        if !self.take(&["("]) {
            return None;
        }
        let (inner, rest) = until_closed(self.tokens)?;
        self.tokens = rest;
        Some(cut(inner))
    }

    pub(super) fn names(&mut self) -> Option<Vec<String>> {
        self.list()?.into_iter().map(|tokens| tokens.first()?.name().map(str::to_owned)).collect()
    }
}

/// What stands before the parenthesis that closes the one before, and what comes behind it.
pub(super) fn until_closed(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    let mut depth = 1;
    for (at, token) in tokens.iter().enumerate() {
        depth += i32::from(token.sign("(")) - i32::from(token.sign(")"));
        if depth == 0 {
            return Some((&tokens[..at], &tokens[at + 1..]));
        }
    }
    None
}

/// The pieces between commas outside of parentheses.
pub(super) fn cut(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0;
    tokens
        .split(|token| {
            depth += i32::from(token.sign("(")) - i32::from(token.sign(")"));
            depth == 0 && token.sign(",")
        })
        .collect()
}
