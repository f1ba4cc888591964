//! The items of a module, each laid out by itself, so that only those are formatted whose layout is in question.

use super::COLUMNS;
use super::settled::is_settled;
use super::typescript::{Dialect, LayoutError, typescript};

/// Lays out what a template has rendered; the same as [`typescript`], at a fraction of its cost.
///
/// An item that stands in the template word for word does not depend on any name and is taken as it is: that templates are laid
/// out is for the tests. Of the others, the formatter gets those that are not plainly laid out already. What is taken as it is
/// has not been parsed.
pub fn typescript_of_template(source: &str, dialect: Dialect, template: &str) -> Result<String, LayoutError> {
    let mut out = String::with_capacity(source.len());
    for item in items(source) {
        if item.apart && !out.is_empty() {
            out.push('\n');
        }
        if stands_in(template, item.text) || is_settled(item.text, COLUMNS) {
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

/// Whether these lines are whole lines of the template, side by side.
fn stands_in(template: &str, text: &str) -> bool {
    template.match_indices(text).any(|(at, _)| {
        let before = template[..at].bytes().last();
        let behind = template[at + text.len()..].bytes().next();
        before.is_none_or(|byte| byte == b'\n') && behind.is_none_or(|byte| byte == b'\n')
    })
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
                typescript_of_template(source, Dialect::Ts, ""),
                typescript(source, Dialect::Ts),
                "{source}"
            );
        }
    }

    #[test]
    fn believes_the_template() {
        let template = "a( b )\n[% for x in y %]\nc( d )\n";
        let lay_out = |source| typescript_of_template(source, Dialect::Ts, template).unwrap();
        assert_eq!(lay_out("a( b )\n"), "a( b )\n");
        assert_eq!(lay_out("a( b\n)\n"), "a(b);\n");
    }

    #[test]
    fn tells_what_does_not_parse() {
        let fault = typescript_of_template("a();\n\nconst  = 1;\n", Dialect::Ts, "");
        assert!(matches!(fault, Err(LayoutError::Syntax(_))), "{fault:?}");
    }
}
