//! `.metagenignore`: files that metagen leaves alone, in the language of `.gitignore`.

use crate::base::ids::OutputPath;

/// The file's name, at the app's root.
pub const NAME: &str = ".metagenignore";

/// Patterns, the last one that matches deciding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    parts: Vec<Part>,
    folder_only: bool,
    negated: bool,
}

/// What stands between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Any number of folders.
    Span,
    /// A name.
    Name(Vec<Piece>),
}

/// What takes a sign of a name, or more of them.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Star,
    Any,
    One(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

/// A line that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of .metagenignore is no pattern: {text:?}")]
pub struct IgnoreError {
    line: usize,
    text: String,
}

impl Ignore {
    /// Reads the patterns: `#` comments, `!` takes back, `/` at the start or inside binds to the root, `/` at the end means a
    /// folder, `*`, `?` and `[a-z]` stay within a name, `**` spans folders, and what follows a `\` means itself.
    pub fn parse(text: &str) -> Result<Self, IgnoreError> {
        let mut rules = Vec::new();
        // Some editors begin a file with a byte order mark.
        for (index, whole) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = trimmed(whole);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (negated, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
            let line = line.strip_prefix('\\').filter(|rest| rest.starts_with(['#', '!'])).unwrap_or(line);
            let (folder_only, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
            let bound = line.contains('/');
            let line = line.strip_prefix('/').unwrap_or(line);
            let parts: Option<Vec<Part>> = line.split('/').map(Part::parse).collect();
            let Some(mut parts) = parts else {
                return Err(IgnoreError { line: index + 1, text: whole.chars().take(80).collect() });
            };
            if !bound {
                parts.insert(0, Part::Span);
            }
            rules.push(Rule { parts, folder_only, negated });
        }
        Ok(Self { rules })
    }

    /// Whether a file is to be left alone. Unlike git, a file can be taken back out of a folder that is left alone.
    pub fn matches(&self, path: &OutputPath) -> bool {
        let names: Vec<&str> = path.as_str().split('/').collect();
        let last = self.rules.iter().rev().find(|rule| rule.matches(&names));
        last.is_some_and(|rule| !rule.negated)
    }
}

impl Rule {
    /// A pattern that names a folder on the way names all that is in it.
    fn matches(&self, names: &[&str]) -> bool {
        let depths = 1..=names.len() - usize::from(self.folder_only);
        depths.into_iter().any(|depth| spans(&self.parts, &names[..depth]))
    }
}

/// A line without the blanks at its end, but for one that is escaped.
fn trimmed(line: &str) -> &str {
    let short = line.trim_end();
    let escapes = short.bytes().rev().take_while(|byte| *byte == b'\\').count();
    if escapes % 2 == 1 { line.get(..=short.len()).unwrap_or(short) } else { short }
}

impl Part {
    /// `None` where it is none.
    fn parse(text: &str) -> Option<Self> {
        match text {
            "" | "." | ".." => return None,
            "**" => return Some(Self::Span),
            _ => {}
        }
        let mut pieces = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            pieces.push(match c {
                '*' => Piece::Star,
                '?' => Piece::Any,
                '\\' => Piece::One(chars.next()?),
                '[' => {
                    let negated = chars.next_if(|c| matches!(c, '!' | '^')).is_some();
                    let mut ranges = Vec::new();
                    loop {
                        let from = match chars.next()? {
                            // The first one is one of those that are meant.
                            ']' if !ranges.is_empty() => break,
                            '\\' => chars.next()?,
                            c => c,
                        };
                        let mut ahead = chars.clone();
                        let to = match (ahead.next(), ahead.next()) {
                            (Some('-'), Some(to)) if to != ']' => {
                                chars = ahead;
                                if to == '\\' { chars.next()? } else { to }
                            }
                            _ => from,
                        };
                        ranges.push((from, to));
                    }
                    Piece::Class { negated, ranges }
                }
                c => Piece::One(c),
            });
        }
        Some(Self::Name(pieces))
    }
}

impl Piece {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Star => false,
            Self::Any => true,
            Self::One(one) => *one == c,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated
            }
        }
    }
}

fn spans(parts: &[Part], names: &[&str]) -> bool {
    match (parts.split_first(), names.split_first()) {
        (None, None) => true,
        (Some((Part::Span, rest)), _) => {
            // At the end it needs something to span.
            (rest.is_empty() && !names.is_empty())
                || (!rest.is_empty() && (0..=names.len()).any(|skip| spans(rest, &names[skip..])))
        }
        (Some((Part::Name(pattern), rest)), Some((name, others))) => {
            let name: Vec<char> = name.chars().collect();
            glob(pattern, &name) && spans(rest, others)
        }
        _ => false,
    }
}

/// Linear in the name for each star: on a mismatch only the last star is tried again.
fn glob(pattern: &[Piece], name: &[char]) -> bool {
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        if pattern.get(p) == Some(&Piece::Star) {
            star = Some((p, n));
            p += 1;
        } else if pattern.get(p).is_some_and(|piece| piece.takes(name[n])) {
            p += 1;
            n += 1;
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            p = at + 1;
            n = taken + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|piece| *piece == Piece::Star)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, hits, misses) in [
            ("README.md", vec!["README.md", "docs/README.md"], vec!["README.mdx"]),
            ("/README.md", vec!["README.md"], vec!["docs/README.md"]),
            ("docs/", vec!["docs/a", "x/docs/b/c"], vec!["docs"]),
            ("backend/src", vec!["backend/src/a.ts"], vec!["x/backend/src/a.ts", "backend/srcs"]),
            ("*.css", vec!["a.css", "b/c.css"], vec!["a.cssx"]),
            ("a/**/z", vec!["a/z", "a/b/c/z"], vec!["a/zz", "b/z"]),
            ("a/**", vec!["a/b", "a/b/c"], vec!["a"]),
            ("?.ts", vec!["a.ts"], vec!["ab.ts", ".ts"]),
            ("*\n!keep.*", vec!["a"], vec!["keep.x"]),
            ("# a comment\n\n\\#x", vec!["#x"], vec!["x"]),
            ("\u{feff}a.ts\r\nb.ts", vec!["a.ts", "b.ts"], vec!["c.ts"]),
            ("*.[ch]", vec!["a.c", "x/a.h"], vec!["a.d", "a.[ch]"]),
            ("[!a-c]x", vec!["dx", "-x"], vec!["ax", "cx", "x"]),
            ("[^]-]", vec!["a"], vec!["]", "-"]),
            ("[a\\]b-]", vec!["a", "]", "-"], vec!["c"]),
            ("a\\[b\\]\\?", vec![], vec!["a[b]c"]),
            ("\\a\\[b]", vec!["a[b]"], vec!["ab"]),
            ("a\\ *", vec!["a b"], vec!["a", "ab"]),
            ("a\\  ", vec![], vec!["a"]),
            ("a  ", vec!["a"], vec!["a b"]),
            ("*a*a*a*b", vec!["aaab"], vec!["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"]),
        ] {
            let ignore = Ignore::parse(pattern).unwrap();
            for (paths, expected) in [(hits, true), (misses, false)] {
                for path in paths {
                    assert_eq!(ignore.matches(&OutputPath::new(path).unwrap()), expected, "{pattern} {path}");
                }
            }
        }
    }

    #[test]
    fn no_patterns() {
        for (text, line) in
            [("a\n../b", 2), ("a//b", 1), ("!", 1), ("/", 1), ("a[", 1), ("x\n[]", 2), ("a\\", 1)]
        {
            assert_eq!(Ignore::parse(text).unwrap_err().line, line, "{text}");
        }
    }
}
