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
    parts: Vec<String>,
    folder_only: bool,
    negated: bool,
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
    /// folder, `*` and `?` stay within a name, `**` spans folders.
    pub fn parse(text: &str) -> Result<Self, IgnoreError> {
        let mut rules = Vec::new();
        for (index, whole) in text.lines().enumerate() {
            let line = whole.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (negated, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
            let line = line.strip_prefix('\\').filter(|rest| rest.starts_with(['#', '!'])).unwrap_or(line);
            let (folder_only, line) = line.strip_suffix('/').map_or((false, line), |rest| (true, rest));
            let bound = line.contains('/');
            let line = line.strip_prefix('/').unwrap_or(line);
            let mut parts: Vec<String> = line.split('/').map(str::to_owned).collect();
            if parts.iter().any(|part| part.is_empty() || part == "." || part == "..") {
                return Err(IgnoreError { line: index + 1, text: whole.chars().take(80).collect() });
            }
            if !bound {
                parts.insert(0, "**".to_owned());
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

fn spans(parts: &[String], names: &[&str]) -> bool {
    match (parts.split_first(), names.split_first()) {
        (None, None) => true,
        (Some((part, rest)), _) if part == "**" => {
            // At the end it needs something to span.
            (rest.is_empty() && !names.is_empty())
                || (!rest.is_empty() && (0..=names.len()).any(|skip| spans(rest, &names[skip..])))
        }
        (Some((part, rest)), Some((name, others))) => {
            let (pattern, name): (Vec<char>, Vec<char>) = (part.chars().collect(), name.chars().collect());
            glob(&pattern, &name) && spans(rest, others)
        }
        _ => false,
    }
}

/// Linear in the name for each star: on a mismatch only the last star is tried again.
fn glob(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, n));
            p += 1;
        } else if pattern.get(p).is_some_and(|c| *c == '?' || *c == name[n]) {
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
    pattern[p..].iter().all(|c| *c == '*')
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
        for (text, line) in [("a\n../b", 2), ("a//b", 1), ("!", 1), ("/", 1)] {
            assert_eq!(Ignore::parse(text).unwrap_err().line, line, "{text}");
        }
    }
}
