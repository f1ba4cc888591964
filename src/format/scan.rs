//! The lines of a piece of TypeScript: where code begins and ends in each, and which brackets stay open.
//!
//! No parser: it knows strings, templates, comments, regular expressions and brackets, and gives up on anything that it would
//! have to guess at.

/// A line, without its indentation and without a comment behind it.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Blanks before the code.
    pub(super) indent: usize,
    /// The code; empty where there is only a comment, or nothing.
    pub(super) code: &'a str,
    /// Whether there is nothing at all.
    pub(super) blank: bool,
    /// Whether a comment stands in it.
    pub(super) comment: bool,
}

/// A pair of brackets on two different lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// `(`, `[` or `{`.
    pub(super) opener: u8,
    /// The line that it opens in.
    pub(super) from: usize,
    /// The line that it closes in.
    pub(super) to: usize,
    /// Whether it is the last code of its line, and its partner the first of its own.
    pub(super) broken: bool,
}

/// A scanned piece.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    /// Its lines.
    pub(super) lines: Vec<Line<'a>>,
    /// Its pairs of brackets over several lines, in the order in which they close.
    pub(super) spans: Vec<Span>,
}

/// Scans a piece; nothing where a quote may have to change, a template has several lines, or the brackets do not match.
pub(super) fn scan(source: &str) -> Option<Scan<'_>> {
    let mut scanner = Scanner { open: Vec::new(), spans: Vec::new(), in_comment: false };
    let mut lines = Vec::new();
    for (at, text) in source.lines().enumerate() {
        lines.push(scanner.line(at, text)?);
    }
    let whole = scanner.open.is_empty() && !scanner.in_comment;
    whole.then_some(Scan { lines, spans: scanner.spans })
}

struct Open {
    bracket: u8,
    line: usize,
    /// Where behind it ends the line.
    end: usize,
}

struct Scanner {
    open: Vec<Open>,
    spans: Vec<Span>,
    in_comment: bool,
}

impl Scanner {
    fn line<'a>(&mut self, at: usize, text: &'a str) -> Option<Line<'a>> {
        let bytes = text.as_bytes();
        let indent = bytes.iter().take_while(|&&byte| byte == b' ').count();
        let mut end = indent;
        let mut comment = self.in_comment;
        let mut i = indent;
        while let Some(&byte) = bytes.get(i) {
            if self.in_comment {
                comment = true;
                let close = text[i..].find("*/");
                self.in_comment = close.is_none();
                i = close.map_or(bytes.len(), |close| i + close + 2);
                continue;
            }
            match byte {
                b' ' => {
                    i += 1;
                    continue;
                }
                b'/' if bytes.get(i + 1) == Some(&b'/') => {
                    comment = true;
                    break;
                }
                b'/' if bytes.get(i + 1) == Some(&b'*') => {
                    self.in_comment = true;
                    i += 2;
                    continue;
                }
                b'/' if bytes.get(i + 1) != Some(&b'>') && begins_regex(&text[..end]) => {
                    i = behind_regex(bytes, i)?;
                }
                b'\'' | b'"' => i = behind_string(bytes, i)?,
                b'`' => i = behind_template(bytes, i)?,
                b'\t' | b'\r' => return None,
                b'(' | b'[' | b'{' => {
                    i += 1;
                    self.open.push(Open { bracket: byte, line: at, end: i });
                }
                b')' | b']' | b'}' => {
                    self.close(at, byte, i == indent)?;
                    i += 1;
                }
                _ => i += 1,
            }
            end = i;
        }
        // What is still open here and is not the last code of the line is no broken bracket.
        for open in self.open.iter_mut().filter(|open| open.line == at && open.end != end) {
            open.end = 0;
        }
        Some(Line { indent, code: &text[indent..end], blank: text.is_empty(), comment })
    }

    fn close(&mut self, at: usize, closer: u8, first: bool) -> Option<()> {
        let open = self.open.pop()?;
        let partner = match open.bracket {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        if partner != closer {
            return None;
        }
        if open.line != at {
            let broken = open.end != 0 && first;
            self.spans.push(Span { opener: open.bracket, from: open.line, to: at, broken });
        }
        Some(())
    }
}

/// Whether a slash behind this code begins a regular expression: where a value may stand.
fn begins_regex(before: &str) -> bool {
    before.trim_end().bytes().last().is_none_or(|byte| b"(,=:[!&|?{};".contains(&byte))
}

fn behind_regex(bytes: &[u8], from: usize) -> Option<usize> {
    let mut class = false;
    let mut i = from + 1;
    loop {
        match bytes.get(i)? {
            b'\\' => i += 1,
            b'[' => class = true,
            b']' => class = false,
            b'/' if !class => return Some(i + 1),
            _ => {}
        }
        i += 1;
    }
}

/// Behind a string, unless other quotes may suit it better, or it is a key that may do without.
fn behind_string(bytes: &[u8], from: usize) -> Option<usize> {
    let quote = *bytes.get(from)?;
    let mut i = from + 1;
    let mut single = false;
    loop {
        match *bytes.get(i)? {
            b'\\' if matches!(bytes.get(i + 1), Some(b'\'' | b'"')) => return None,
            b'\\' => i += 1,
            byte if byte == quote => {
                // Double quotes are for texts with a single one in them.
                let suits = quote == b'\'' || single;
                return (suits && bytes.get(i + 1) != Some(&b':')).then_some(i + 1);
            }
            b'\'' => single = true,
            _ => {}
        }
        i += 1;
    }
}

/// Behind a template of one line without another one in it.
fn behind_template(bytes: &[u8], from: usize) -> Option<usize> {
    let mut i = from + 1;
    let mut depth = 0_usize;
    loop {
        match bytes.get(i)? {
            b'\\' => i += 1,
            b'$' if bytes.get(i + 1) == Some(&b'{') => {
                depth += 1;
                i += 1;
            }
            b'{' if depth > 0 => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'`' => return (depth == 0).then_some(i + 1),
            _ => {}
        }
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(source: &str) -> Vec<(char, usize, usize, bool)> {
        let scan = scan(source).expect("it can be scanned");
        scan.spans.iter().map(|s| (char::from(s.opener), s.from, s.to, s.broken)).collect()
    }

    #[test]
    fn finds_brackets_over_several_lines() {
        assert_eq!(spans("a(b, {\n  c: [1],\n});"), [('{', 0, 2, true), ('(', 0, 2, false)]);
        assert_eq!(spans("a(\n  b,\n);"), [('(', 0, 2, true)]);
    }

    #[test]
    fn knows_what_is_no_bracket() {
        for source in [
            "a('(');",
            "a(/[(]\\//.test(b) / 2);",
            "a(`({ ${b({})}`);",
            "a(); // (",
            "/* ( */ a();",
            "/**\n * (\n */",
            "<A b={c} />;",
        ] {
            assert_eq!(spans(source), [], "{source}");
        }
    }

    #[test]
    fn tells_code_from_comments() {
        let scan = scan("  a(); // b\n/* c */\n\n").unwrap();
        let seen: Vec<_> = scan.lines.iter().map(|l| (l.indent, l.code, l.blank, l.comment)).collect();
        assert_eq!(seen, [(2, "a();", false, true), (0, "", false, true), (0, "", true, false)]);
    }

    #[test]
    fn gives_up_where_it_would_guess() {
        for source in
            ["a(\"b\");", "a('it\\'s');", "{ 'a': 1 }", "`a\nb`", "(]", "a(", "/* a", "`${`a`}`", "\ta();"]
        {
            assert!(scan(source).is_none(), "{source}");
        }
    }
}
