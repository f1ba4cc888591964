//! Files in a model's answer.
//!
//! The form survives truncation and needs no escaping: `=== file: PATH` on a line, the file as it is, `=== end` on a line. A file
//! without its end is half a file.

use crate::base::artifact::Artifact;

/// A file as a model wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFile {
    /// Its path as it was written; foreign text.
    pub path: String,
    /// Its contents, ending in a newline.
    pub contents: String,
    /// Whether its end was seen.
    pub whole: bool,
}

impl From<Artifact> for AnswerFile {
    fn from(artifact: Artifact) -> Self {
        let contents = String::from_utf8_lossy(&artifact.contents).into_owned();
        Self { path: artifact.path.as_str().to_owned(), contents, whole: true }
    }
}

/// The files in an answer, in order; what stands around them is passed over. Linear, never panics.
pub fn files_in(answer: &str) -> Vec<AnswerFile> {
    let mut files: Vec<AnswerFile> = Vec::new();
    let mut open: Option<(String, Vec<&str>)> = None;
    let close = |open: Option<(String, Vec<&str>)>, whole: bool| {
        open.map(|(path, lines)| AnswerFile { path, contents: unfenced(&lines), whole })
    };
    for line in answer.lines() {
        let mark = line.trim().strip_prefix("===").map(str::trim);
        if let Some(path) = mark.and_then(|mark| mark.strip_prefix("file:")) {
            files.extend(close(open.take(), false));
            open = Some((path.trim().trim_end_matches('=').trim().trim_matches('`').to_owned(), Vec::new()));
        } else if mark.is_some_and(|mark| mark.trim_end_matches('=').trim() == "end") {
            files.extend(close(open.take(), true));
        } else if let Some((_, lines)) = &mut open {
            lines.push(line);
        }
    }
    files.extend(close(open, false));
    files
}

/// The lines without one Markdown fence around all of them, without blank lines at either end.
fn unfenced(lines: &[&str]) -> String {
    let trim = |mut lines: &[&str]| -> (usize, usize) {
        let whole = lines.len();
        let mut start = 0;
        while let [first, rest @ ..] = lines
            && first.trim().is_empty()
        {
            (lines, start) = (rest, start + 1);
        }
        let mut end = whole;
        while let [rest @ .., last] = lines
            && last.trim().is_empty()
        {
            (lines, end) = (rest, end - 1);
        }
        (start, end)
    };
    let (start, end) = trim(lines);
    let mut lines = &lines[start..end];
    if let [first, inner @ .., last] = lines
        && first.trim_start().starts_with("```")
        && last.trim() == "```"
    {
        lines = inner;
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: &str, expected: &[(&str, &str, bool)]) {
        let found = files_in(answer);
        let found: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.contents.as_str(), f.whole)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn reads_files() {
        check("No additions.", &[]);
        check("Here:\n=== file: a/b.ts\nx\n=== end\nbye", &[("a/b.ts", "x\n", true)]);
        check("=== file: `a.ts` ===\n```ts\n\nx\n```\n=== end ===\n", &[("a.ts", "\nx\n", true)]);
        check("=== file: a.ts\nx\n=== file: b.ts\ny", &[("a.ts", "x\n", false), ("b.ts", "y\n", false)]);
        check("=== end\n=== file: ../x\r\ny\r\n=== end", &[("../x", "y\n", true)]);
        check("=== file:", &[("", "\n", false)]);
    }
}
