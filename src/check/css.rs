//! Style sheets, by Servo's tokenizer.
//!
//! CSS recovers from everything by design, so this looks for what no author means: bad strings and addresses, and brackets
//! without their partner.

use cssparser::{ParseError, Parser, Token};

use super::imports::Parsed;

/// Tokenizes a sheet; the error is the first one, with its byte offset.
pub(super) fn parse(source: &str) -> Result<Parsed, (usize, String)> {
    let mut parser = Parser::new(source);
    let mut fault = None;
    walk(&mut parser, source, &mut fault, 0);
    fault.map_or(Ok(Parsed::default()), Err)
}

fn walk(parser: &mut Parser<'_>, source: &str, fault: &mut Option<(usize, String)>, depth: usize) {
    loop {
        let at = parser.position().byte_index();
        let Ok(token) = parser.next_including_whitespace_and_comments() else { return };
        let (close, message) = match token {
            Token::BadString(_) => (None, "a string does not end on its line"),
            Token::BadUrl(_) => (None, "an address is malformed"),
            Token::CloseCurlyBracket | Token::CloseParenthesis | Token::CloseSquareBracket => {
                (None, "a bracket closes that was not opened")
            }
            Token::CurlyBracketBlock => (Some('}'), "a { is never closed"),
            Token::SquareBracketBlock => (Some(']'), "a [ is never closed"),
            Token::ParenthesisBlock | Token::Function(_) => (Some(')'), "a ( is never closed"),
            _ => continue,
        };
        let Some(close) = close else {
            fault.get_or_insert((at, message.to_owned()));
            return;
        };
        if depth > 64 {
            fault.get_or_insert((at, "brackets are nested more than 64 deep".to_owned()));
            return;
        }
        let inner: Result<(), ParseError<()>> = parser.parse_nested_block(|nested| {
            walk(nested, source, fault, depth + 1);
            while nested.next_including_whitespace_and_comments().is_ok() {}
            Ok(())
        });
        let end = parser.position().byte_index();
        if fault.is_none() && (inner.is_err() || !source[..end].ends_with(close)) {
            *fault = Some((at, message.to_owned()));
        }
        if fault.is_some() {
            return;
        }
    }
}
