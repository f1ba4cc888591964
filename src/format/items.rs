//! The items of a module, each laid out by itself, so that only those are formatted whose layout is in question.

use std::collections::HashSet;

use super::COLUMNS;
use super::settled::is_settled;
use super::typescript::{Dialect, LayoutError, typescript};

/// What tags of a template begin with.
const TAGS: [&str; 3] = ["[%", "[=", "[##"];

/// The items that stand in a template word for word.
#[derive(Debug, Default)]
pub struct Verbatim<'a>(HashSet<&'a str>);

impl<'a> Verbatim<'a> {
    /// Of a template; a line with a tag of its own is no item's.
    pub fn of(template: &'a str) -> Self {
        let mut found = HashSet::new();
        let mut start = 0;
        let mut at = 0;
        let mut take = |from, to| found.extend(items(&template[from..to]).iter().map(|item| item.text));
        for line in template.split_inclusive('\n') {
            let end = at + line.len();
            if TAGS.iter().any(|tag| line.contains(tag)) {
                take(start, at);
                start = end;
            }
            at = end;
        }
        take(start, at);
        Self(found)
    }
}

/// Lays out what a template has rendered; the same as [`typescript`], at a fraction of its cost.
///
/// An item that stands in the template word for word does not depend on any name and is taken as it is: that templates are laid
/// out is for the tests. Of the others, the formatter gets those that are not plainly laid out already. What is taken as it is
/// has not been parsed.
pub fn typescript_of_template(
    source: &str,
    dialect: Dialect,
    template: &Verbatim<'_>,
) -> Result<String, LayoutError> {
    let mut out = String::with_capacity(source.len());
    for item in items(source) {
        if item.apart && !out.is_empty() {
            out.push('\n');
        }
        if template.0.contains(item.text) || is_settled(item.text, COLUMNS) {
            out.push_str(item.text);
            out.push('\n');
        } else if let Ok(laid_out) = typescript(item.text, dialect) {
            out.push_str(&laid_out);
        } else {
            // A fault is told with its place in the whole; and what was cut in the wrong place is whole again.
            return typescript(source, dialect);
        }
    }
    Ok(out)
}

/// A statement of the module with the comments above it, or several that no blank line parts.
#[derive(Debug, PartialEq, Eq)]
struct Item<'a> {
    /// Without the line break at its end.
    text: &'a str,
    /// Whether a blank line stands before it, or nothing.
    apart: bool,
}

/// Cuts before each line that begins at the margin, behind a blank line or the end of an import.
fn items(source: &str) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let mut start = 0;
    let mut apart = false;
    let mut at = 0;
    let mut before = "";
    for line in source.split_inclusive('\n') {
        let text = line.trim_end();
        let margin = !text.is_empty() && !text.starts_with([' ', ')', ']', '}']);
        let import =
            before.ends_with("';") && (before.starts_with("import ") || before.starts_with("} from '"));
        if margin && (before.is_empty() || import) {
            push(&mut items, &source[start..at], apart);
            (start, apart) = (at, before.is_empty());
        }
        at += line.len();
        before = text;
    }
    push(&mut items, &source[start..], apart);
    items
}

fn push<'a>(items: &mut Vec<Item<'a>>, text: &'a str, apart: bool) {
    let text = text.trim_end();
    if !text.is_empty() {
        items.push(Item { text, apart });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "import { a } from './a.js';\nimport type {\n  B,\n} from './b.js';\n\n\n// Why.\nconst c = {\n  d,\n\n  e,\n};\nf();\n";

    #[test]
    fn cuts_at_blank_lines_and_imports() {
        let items = items(MODULE);
        let seen: Vec<_> = items.iter().map(|item| (item.text, item.apart)).collect();
        let expected = [
            ("import { a } from './a.js';", true),
            ("import type {\n  B,\n} from './b.js';", false),
            ("// Why.\nconst c = {\n  d,\n\n  e,\n};\nf();", true),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn lays_out_as_the_whole_would_be() {
        for source in [MODULE, "\n\na([b, ])\n", "const a = `\nb\n\nc\n`;\n", ""] {
            assert_eq!(
                typescript_of_template(source, Dialect::Ts, &Verbatim::default()),
                typescript(source, Dialect::Ts),
                "{source}"
            );
        }
    }

    #[test]
    fn believes_the_template() {
        let template = Verbatim::of("a(b\n)\n[% for x in y %]\nc(d\n)\n\n[= e =](f\n)\n");
        let lay_out = |source| typescript_of_template(source, Dialect::Ts, &template).unwrap();
        for stands in ["a(b\n)\n", "c(d\n)\n"] {
            assert_eq!(lay_out(stands), stands);
        }
        assert_eq!(lay_out("e(f\n)\n"), "e(f);\n");
    }

    #[test]
    fn tells_what_does_not_parse() {
        let fault = typescript_of_template("a();\n\nconst  = 1;\n", Dialect::Ts, &Verbatim::default());
        assert!(matches!(fault, Err(LayoutError::Syntax(_))), "{fault:?}");
    }
}
