//! Filters that carry a text safely into the language it lands in.

use std::fmt::Write as _;

use minijinja::{Environment, Error, ErrorKind, Value};
use unicode_width::UnicodeWidthStr;

use crate::format::COLUMNS;

/// Adds all filters to an environment.
pub(super) fn install(env: &mut Environment<'static>) {
    env.add_filter("js", |text: String| js(&text));
    env.add_filter("json", |value: Value| json(&value));
    env.add_filter("py", |value: Value| json_value(&value).map(|value| py(&value)));
    env.add_filter("jsx", |text: String| jsx(&text));
    env.add_filter("md", |text: String| md(&text));
    env.add_filter("mdcell", |text: String| md(&text));
    env.add_filter("code", |text: String| code(&text));
    env.add_filter("yaml", |text: String| yaml(&text));
    env.add_filter("sql", |text: String| format!("'{}'", text.replace('\0', "").replace('\'', "''")));
    env.add_filter("comment", |text: String| comment(&text));
    env.add_filter("pad", |text: String, width: usize| format!("{text:<width$}"));
    env.add_filter("fit", |items: Vec<String>, before: String, after: String, margin: Option<usize>| {
        fit(&items, &before, &after, margin.unwrap_or(0))
    });
    env.add_filter("rows", |items: Vec<String>, before: String, after: String, margin: Option<usize>| {
        rows(&items, &before, &after, margin.unwrap_or(0))
    });
}

fn json_value(value: &Value) -> Result<serde_json::Value, Error> {
    serde_json::to_value(value)
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, "the value is not JSON").with_source(error))
}

fn json(value: &Value) -> Result<String, Error> {
    json_value(value).map(|value| value.to_string())
}

/// A TypeScript string literal, in the quotes that Prettier prefers.
fn js(text: &str) -> String {
    let (singles, doubles) = (text.matches('\'').count(), text.matches('"').count());
    let quote = if singles > doubles { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if hidden(c) => escape(&mut out, c),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Characters that change how the text around them is read or shown.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn escape(out: &mut String, c: char) {
    write!(out, "\\u{:04x}", u32::from(c)).expect("writing to a string cannot fail");
}

fn py(value: &serde_json::Value) -> String {
    use serde_json::Value as Json;
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => py_text(text),
        Json::Array(items) => format!("[{}]", items.iter().map(py).collect::<Vec<_>>().join(", ")),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", py_text(key), py(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

fn py_text(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if hidden(c) => escape(&mut out, c),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn jsx(text: &str) -> String {
    let safe = |c: char| !hidden(c) && !matches!(c, '{' | '}' | '<' | '>' | '&' | '"' | '\'' | '\\');
    let tidy = text.trim() == text && !text.is_empty() && !text.contains("  ");
    if tidy && text.chars().all(safe) { text.to_owned() } else { format!("{{{}}}", js(text)) }
}

/// Text as Markdown shows it, whatever is in it: what could be markup becomes a character reference, which Prettier leaves alone.
fn md(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(line.len());
    let mut leading = true;
    for (at, c) in line.chars().enumerate() {
        let special = matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '$' | '{' | '}' | '&'
        );
        // At the beginning of a line these make lists, numbered ones behind their number, and headings.
        let opens =
            (at == 0 && matches!(c, '+' | '-' | '=' | ':')) || (leading && at > 0 && matches!(c, '.' | ')'));
        if special || opens || hidden(c) {
            write!(out, "&#{};", u32::from(c)).expect("writing to a string cannot fail");
        } else {
            out.push(c);
        }
        leading = leading && c.is_ascii_digit();
    }
    out
}

/// A code span in a table's cell, between as many backticks as its text does not have in a row.
fn code(text: &str) -> String {
    let line: String = text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let runs: Vec<usize> = line.split(|c| c != '`').map(str::len).collect();
    let fence = "`".repeat((1..=runs.len() + 1).find(|n| !runs.contains(n)).unwrap_or(1));
    let gap = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{gap}{line}{gap}{fence}")
}

fn yaml(text: &str) -> String {
    let first_ok = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/'));
    let keyword = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if first_ok && plain && !keyword && text.trim() == text && !text.contains("  ") {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

fn comment(text: &str) -> String {
    let plain: String = text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").replace("*/", "* /").replace("/*", "/ *")
}

/// Items between brackets, as Prettier lays them out: on one line where they fit, else each on a line of its own.
///
/// Without a margin, `before` begins the line, indentation included. With one, so many blanks stand before it already, and a
/// comma will stand behind.
fn fit(items: &[String], before: &str, after: &str, margin: usize) -> String {
    let flat = if items.is_empty() {
        format!("{}{}", before.trim_end(), after.trim_start())
    } else {
        format!("{before}{}{after}", items.join(", "))
    };
    let comma = usize::from(margin > 0);
    if !flat.contains('\n') && margin + flat.width() + comma <= COLUMNS {
        return flat;
    }
    broken(items, before, after, margin)
}

/// The same for objects of several entries, which Prettier puts on one line only if there is just one of them.
fn rows(items: &[String], before: &str, after: &str, margin: usize) -> String {
    if items.len() > 1 { broken(items, before, after, margin) } else { fit(items, before, after, margin) }
}

fn broken(items: &[String], before: &str, after: &str, margin: usize) -> String {
    let indent = " ".repeat(margin + before.len() - before.trim_start().len());
    let mut out = before.trim_end().to_owned();
    for item in items {
        write!(out, "\n{indent}  {item},").expect("writing to a string cannot fail");
    }
    write!(out, "\n{indent}{}", after.trim_start()).expect("writing to a string cannot fail");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        assert_eq!(js("it's"), "\"it's\"");
        assert_eq!(js("a \"b\" 'c'"), "'a \"b\" \\'c\\''");
        assert_eq!(js("\u{202e}\n\0"), "'\\u202e\\n\\u0000'");
        assert_eq!(py(&serde_json::json!({"a": [true, null, "\""]})), "{\"a\": [True, None, \"\\\"\"]}");
        assert_eq!(jsx("New book"), "New book");
        assert_eq!(jsx("<b> {x}"), "{'<b> {x}'}");
        assert_eq!(jsx(""), "{''}");
        assert_eq!(md("1. a_b\n|x"), "1&#46; a&#95;b &#124;x");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("`t`"), "`` `t` ``");
        assert_eq!(code("a``b"), "`a``b`");
        assert_eq!(yaml("no"), "\"no\"");
        assert_eq!(yaml("a: b"), "\"a: b\"");
        assert_eq!(yaml("plain text"), "plain text");
        assert_eq!(comment("a */ b\nc"), "a * / b c");
    }

    #[test]
    fn what_fits_stands_on_one_line() {
        let items = |n: usize| vec!["abcdefgh".to_owned(); n];
        assert_eq!(fit(&[], "const a = [", "];", 0), "const a = [];");
        assert_eq!(fit(&items(2), "{ ", " }", 4), "{ abcdefgh, abcdefgh }");
        assert_eq!(rows(&items(1), "a: [", "]", 4), "a: [abcdefgh]");
        assert_eq!(rows(&items(2), "  a: [", "],", 0), "  a: [\n    abcdefgh,\n    abcdefgh,\n  ],");
        // Ten items take 98 columns.
        assert!(!fit(&items(10), "[", "]", 0).contains('\n'));
        assert!(fit(&items(10), "[", "];", 0).contains('\n'));
        assert!(fit(&items(10), "[", "]", 1).starts_with("[\n   abcdefgh,\n"));
        assert_eq!(fit(&["a\nb".to_owned()], "{ ", " }", 2), "{\n    a\nb,\n  }");
    }
}
