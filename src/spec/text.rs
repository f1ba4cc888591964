//! Brings foreign text to a form that the rest can rely on: plain signs, no markup tags, no control characters.

/// Most characters of a text that are read.
pub(super) const MAX_CHARS: usize = 200_000;

/// The text with line feeds as its only control characters, straight quotes, plain dashes and no HTML tags.
pub(super) fn clean(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(MAX_CHARS));
    for c in text.chars().take(MAX_CHARS) {
        match c {
            '\r' => {}
            '\n' | '\u{2028}' | '\u{2029}' => plain.push('\n'),
            '\t' => plain.push_str("  "),
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' => plain.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' | '\u{2033}' => plain.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            '\u{2022}' | '\u{25e6}' | '\u{25aa}' | '\u{2023}' | '\u{b7}' => plain.push('-'),
            '\u{3001}' | '\u{ff0c}' | '\u{60c}' => plain.push(','),
            '\u{3002}' => plain.push('.'),
            '\u{ff1a}' => plain.push(':'),
            '\u{2192}' => plain.push_str("->"),
            '\u{2265}' => plain.push_str(">="),
            '\u{2264}' => plain.push_str("<="),
            '\u{2026}' => plain.push_str("..."),
            // Pictures say nothing that words beside them do not.
            '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}' => {
                plain.push(' ');
            }
            // Marks that only steer the direction or joining of letters.
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{ad}' => {}
            _ if c.is_control() || (c.is_whitespace() && c != ' ') => {
                plain.push(' ');
            }
            _ => plain.push(c),
        }
    }
    let plain = without_tags(&plain);
    ["e.g.,", "e.g.", "E.g.", "i.e.,", "i.e.", "etc.)", "etc.,"]
        .iter()
        .zip(["eg", "eg", "eg", "ie", "ie", "etc)", "etc,"])
        .fold(plain, |text, (from, to)| if text.contains(from) { text.replace(from, to) } else { text })
}

/// Drops HTML tags; those that end a line become line feeds, and what stands in scripts and styles goes with them.
fn without_tags(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    // A missing end is looked for once: the next search would not find it either.
    let (mut script_ends, mut style_ends) = (true, true);
    while let Some(at) = rest.find('<') {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some((name, length)) = tag(rest) else {
            kept.push('<');
            rest = &rest[1..];
            continue;
        };
        rest = &rest[length..];
        let (end, ends) = match name.as_str() {
            "script" => ("</script", &mut script_ends),
            "style" => ("</style", &mut style_ends),
            _ => {
                let heading = name.len() == 2 && name.starts_with('h') && name != "hr";
                match name.as_str() {
                    "li" => kept.push_str("\n- "),
                    "br" | "p" | "/p" | "/li" | "ul" | "/ul" | "ol" | "/ol" | "div" | "/div" | "tr"
                    | "hr" | "table" => {
                        kept.push('\n');
                    }
                    _ if heading => kept.push_str("\n\n## "),
                    _ if name.starts_with("/h") => kept.push_str("\n\n"),
                    _ => kept.push(' '),
                }
                continue;
            }
        };
        if *ends {
            match rest.find(end) {
                Some(at) => rest = &rest[at..],
                None => *ends = false,
            }
        }
    }
    kept.push_str(rest);
    kept
}

/// The lower-case name of the tag that begins here, and its length in bytes.
fn tag(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('<')?;
    let first = inner.chars().next()?;
    if !(first.is_ascii_alphabetic() || matches!(first, '/' | '!')) {
        return None;
    }
    let close = inner.char_indices().take(300).find(|&(_, c)| matches!(c, '>' | '<'))?;
    if close.1 != '>' {
        return None;
    }
    let name = inner[..close.0]
        .split([' ', '/', '\n'])
        .find(|part| !part.is_empty())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let slash = if first == '/' { "/" } else { "" };
    Some((format!("{slash}{name}"), close.0 + 2))
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn cleans() {
        for (text, plain) in [
            ("a\0b\r\nc", "a b\nc"),
            ("\u{201c}x\u{201d} \u{2013} y", "\"x\" - y"),
            ("<p>Hi <b>you</b></p>", "\nHi  you \n"),
            ("a <script>alert('x')</script> b", "a   b"),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
            ("<ul><li>Books</li></ul>", "\n\n- Books\n\n"),
            ("\u{202e}abc", "abc"),
            ("colours, e.g. red", "colours, eg red"),
        ] {
            assert_eq!(clean(text), plain);
        }
    }
}
