//! Whether a piece of TypeScript is laid out already: a quick answer where it is plain, so that the formatter is spared.
//!
//! Templates are written as Prettier lays them out, but names of any length go into them. Names change a layout in two ways: a
//! line becomes too long, or what was broken because of its length fits on one line. Neither is the case where every line is
//! short enough, and every bracket, arrow and chain that has been broken either must be (a block, an object that begins with a
//! line break) or would be too long on one line. Whatever else could matter makes a piece unsettled, and the formatter decides.
//!
//! Of what does not depend on names, such as a missing semicolon, this knows nothing: templates must have it right.

use unicode_width::UnicodeWidthStr;

use super::scan::{Line, Scan, Span, scan};

/// Whether the formatter would leave this piece as it is.
pub(super) fn is_settled(source: &str, columns: usize) -> bool {
    scan(source).is_some_and(|scan| Judge { scan: &scan, columns }.settled(source))
}

struct Judge<'a> {
    scan: &'a Scan<'a>,
    columns: usize,
}

impl Judge<'_> {
    fn settled(&self, source: &str) -> bool {
        source.lines().all(|line| self.line(line))
            && self.blank_lines()
            && self.scan.spans.iter().all(|span| self.span(span))
            && (0..self.scan.lines.len()).all(|at| self.continuation(at))
    }

    fn line(&self, line: &str) -> bool {
        let short = if line.is_ascii() { line.len() <= self.columns } else { line.width() <= self.columns };
        let text = line.trim_start();
        short && !text.ends_with(' ') && (is_comment(text) || !careless(text))
    }

    /// No two in a row, and none next to a bracket.
    fn blank_lines(&self) -> bool {
        let lines = &self.scan.lines;
        lines.iter().enumerate().filter(|(_, line)| line.blank).all(|(at, _)| {
            let before = at.checked_sub(1).and_then(|before| lines.get(before));
            let after = lines.get(at + 1);
            before.is_some_and(|line| !line.blank && !opens(line.code))
                && after.is_some_and(|line| !line.blank && !line.code.starts_with([')', ']', '}']))
        })
    }

    fn span(&self, span: &Span) -> bool {
        let (from, to) = (&self.scan.lines[span.from], &self.scan.lines[span.to]);
        if !span.broken {
            // It embraces another one, as in `call({`.
            return self.scan.spans.iter().any(|other| {
                other.broken && other.from == span.from && other.to == span.to && other != span
            });
        }
        let filled = span.to > span.from + 1 && self.scan.lines[span.from + 1].indent == from.indent + 2;
        if !filled || from.indent != to.indent {
            return false;
        }
        match span.opener {
            // Functions, whose parameters are an object's fields, decide by other rules.
            b'{' if to.code.starts_with("}: ")
                || to.code.starts_with("}) {")
                || to.code.starts_with("}) =>") =>
            {
                false
            }
            // A single name stays where it is, however long the line.
            b'{' if folds(from.code) => span.to > span.from + 2 && self.too_long(span.from, span.to),
            b'{' => true,
            b'[' if self.scan.lines[span.from + 1]
                .code
                .starts_with(|c: char| c.is_ascii_digit() || c == '-') =>
            {
                false
            }
            b'[' => self.holds_another(span) || self.too_long(span.from, span.to),
            _ => !self.holds_another(span) && !from.code.contains(" = ") && self.too_long(span.from, span.to),
        }
    }

    /// Whether something between these brackets has several lines itself.
    fn holds_another(&self, span: &Span) -> bool {
        self.scan.spans.iter().any(|other| other.from > span.from && other.to < span.to)
    }

    /// A line that goes on in deeper ones without a bracket: behind an arrow, or as a chain of calls.
    fn continuation(&self, at: usize) -> bool {
        let lines = &self.scan.lines;
        let line = &lines[at];
        let Some(next) = lines[at + 1..].iter().find(|line| !line.code.is_empty()) else {
            return true;
        };
        if line.code.is_empty() || next.indent <= line.indent || opens(line.code) {
            return true;
        }
        let behind =
            lines[at + 1..].iter().take_while(|other| other.blank || other.indent > line.indent).count();
        let last = at + behind;
        let spans: Vec<&Span> =
            self.scan.spans.iter().filter(|span| span.broken && span.from > at && span.to <= last).collect();
        if spans.is_empty() {
            let known = line.code.ends_with("=>") && behind == 1 || next.code.starts_with('.');
            return known && self.too_long(at, last);
        }
        let one_body = line.code.ends_with("=>")
            && spans.iter().any(|span| span.from == at + 1 && span.to == last && span.opener == b'{');
        one_body || next.code.starts_with('.')
    }

    /// Whether these lines would be too long as one.
    fn too_long(&self, from: usize, to: usize) -> bool {
        let lines = &self.scan.lines[from..=to];
        if lines.iter().any(|line| line.blank || line.comment) {
            return false;
        }
        lines[0].indent + joined(lines).width() > self.columns
    }
}

fn is_comment(text: &str) -> bool {
    ["//", "/*", "* ", "*/"].iter().any(|start| text.starts_with(start)) || text == "*"
}

/// Blanks and commas that a template leaves where something else is left out, and objects of several entries in a row, which
/// get lines of their own.
fn careless(text: &str) -> bool {
    let slips = ["  ", ", ]", ", }", ", )", "[ ", " ]"].iter().any(|slip| text.contains(slip));
    let row = text
        .split_once("}, {")
        .is_some_and(|(before, _)| before.rsplit_once('{').is_none_or(|(_, object)| object.contains(',')));
    slips || row
}

fn opens(code: &str) -> bool {
    code.ends_with(['(', '[', '{'])
}

/// Whether the brace at the end of a line holds names of a module or of fields, which share a line where they fit.
fn folds(code: &str) -> bool {
    matches!(code, "import {" | "import type {" | "export {" | "export type {" | "const {" | "let {")
}

/// The lines as one.
fn joined(lines: &[Line<'_>]) -> String {
    let mut out = String::new();
    for line in lines {
        let code = line.code;
        if code.starts_with([')', ']', '}']) && out.ends_with(',') {
            out.pop();
        }
        let tight = out.is_empty() || out.ends_with(['(', '[']) || code.starts_with([')', ']', '.']);
        if !tight {
            out.push(' ');
        }
        out.push_str(code);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Dialect, typescript};

    const COLUMNS: usize = 100;

    #[track_caller]
    fn check(source: &str, settled: bool) {
        assert_eq!(is_settled(source.trim_end(), COLUMNS), settled, "{source}");
        if settled {
            assert_eq!(typescript(source, Dialect::Ts).unwrap(), source);
        }
    }

    #[test]
    fn blocks_and_objects_stay() {
        check("export function a(b: C) {\n  const d = 1;\n\n  return e({\n    f: d,\n  });\n}\n", true);
        check("const a = [\n  { b: 1, c: 2 },\n  {\n    b: 3,\n  },\n];\n", true);
    }

    #[test]
    fn what_fits_is_for_the_formatter() {
        check("import {\n  a,\n  b,\n} from './c.js';\n", false);
        check("export function a(\n  b: C,\n): D {\n  return b;\n}\n", false);
        check("const a = (b: C) =>\n  d(b);\n", false);
        check("const a = z\n  .b()\n  .c();\n", false);
        check("const a = [\n  b,\n  c,\n];\n", false);
    }

    #[test]
    fn what_is_too_long_for_a_line_stays() {
        let long = "a".repeat(60);
        check(&format!("import {{\n  {long},\n  other,\n}} from './somewhere/else/in/the/tree.js';\n"), true);
        check(&format!("export function a(\n  {long}: C,\n  {long}b: D,\n): E {{\n  return b;\n}}\n"), true);
        check(&format!("const a = (b: C) =>\n  {long}(b, 'a text of some length');\n"), true);
        check(&format!("const a = {long} + {long};\n"), false);
    }

    #[test]
    fn carelessness_is_for_the_formatter() {
        for source in
            ["a([b, ]);\n", "a({\n});\n", "{\n\n  a();\n}\n", "a();\n\n\nb();\n", "const { 'a': b } = c;\n"]
        {
            check(source, false);
        }
    }
}
