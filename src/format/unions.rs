//! Union types, where Biome and Prettier differ.

use unicode_width::UnicodeWidthStr;

/// Puts a broken union back on one line where it fits, as Prettier does since 3.10: below `=` or `:`, indented. Biome gives
/// every member a line of its own as soon as the union does not fit behind them.
pub(super) fn join_unions(source: &str, columns: usize) -> String {
    let lines: Vec<&str> = source.lines().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        out.push_str(line);
        out.push('\n');
        at += 1;
        if let Some((joined, members)) = joined(line, &lines[at..], columns) {
            out.push_str(&joined);
            out.push('\n');
            at += members;
        }
    }
    out
}

/// The union that begins below `head`, on one line, and the number of lines that it takes now.
fn joined(head: &str, below: &[&str], columns: usize) -> Option<(String, usize)> {
    if !head.ends_with([':', '=']) {
        return None;
    }
    let blanks = head.len() - head.trim_start().len() + 2;
    let indent = " ".repeat(blanks);
    let member = |line: &&&str| line.strip_prefix(&*indent).is_some_and(|rest| rest.starts_with("| "));
    let members: Vec<&str> = below.iter().take_while(member).map(|line| &line[blanks + 2..]).collect();
    // A member of several lines would leave the end of the union behind.
    let whole = members.last()?.ends_with([';', ',']);
    let joined = format!("{indent}{}", members.join(" | "));
    (whole && joined.width() <= columns).then_some((joined, members.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        assert_eq!(join_unions(source, 40), expected);
        assert_eq!(join_unions(expected, 40), expected);
    }

    #[test]
    fn joins_what_fits() {
        check("export type A =\n  | 'a'\n  | 'b';\nx\n", "export type A =\n  'a' | 'b';\nx\n");
        check("interface A {\n  a:\n    | B\n    | null;\n}\n", "interface A {\n  a:\n    B | null;\n}\n");
        check("function a(\n  b:\n    | C\n    | D,\n) {}\n", "function a(\n  b:\n    C | D,\n) {}\n");
    }

    #[test]
    fn leaves_the_rest_alone() {
        for text in [
            "",
            "type A =\n  | 'a member that is long'\n  | 'another one';\n",
            "type A =\n  | {\n      b: C;\n    }\n  | D;\n",
            "const a =\n  b || c;\n",
        ] {
            check(text, text);
        }
    }
}
