//! A configuration file's text, as keys and values with the lines they stand on.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// How a configuration file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `metagen.toml`
    Toml,
    /// `metagen.yaml`
    Yaml,
}

/// A configuration file, read but not checked against the options.
#[derive(Clone, Debug)]
pub struct FileLayer {
    /// The file as messages name it.
    pub path: String,
    /// Keys with values and their lines, counted from 1.
    pub entries: BTreeMap<String, (Scalar, usize)>,
}

/// A value in a configuration file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `true`, `false`
    Bool(bool),
    /// `4`
    Whole(i64),
    /// `0.5`
    Number(f64),
    /// `"mock"`
    Text(String),
    /// A list, a table or nothing, which no option takes.
    Other(IgnoredAny),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Whole(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
            Self::Other(_) => f.write_str("a list, a table or nothing"),
        }
    }
}

impl FileLayer {
    /// Reads a file's text; the error names file and line where the parser knows it.
    pub fn parse(path: &str, text: &str, format: Format) -> Result<Self, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let entries = match format {
            Format::Toml => toml_entries(path, text)?,
            Format::Yaml => yaml_entries(path, text)?,
        };
        Ok(Self { path: path.to_owned(), entries })
    }
}

fn toml_entries(path: &str, text: &str) -> Result<BTreeMap<String, (Scalar, usize)>, String> {
    let line_of = |byte: usize| text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1;
    toml::from_str::<BTreeMap<String, toml::Spanned<Scalar>>>(text)
        .map(|entries| {
            entries
                .into_iter()
                .map(|(key, value)| {
                    let line = line_of(value.span().start);
                    (key, (value.into_inner(), line))
                })
                .collect()
        })
        .map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(span.start));
            format!("{path}:{line}: {}", first_line(error.message()))
        })
}

fn yaml_entries(path: &str, text: &str) -> Result<BTreeMap<String, (Scalar, usize)>, String> {
    // A file without a single key is an empty mapping to a person, and nothing at all to YAML.
    if text.lines().all(|line| matches!(line.trim().chars().next(), None | Some('#'))) {
        return Ok(BTreeMap::new());
    }
    serde_saphyr::from_str::<BTreeMap<String, serde_saphyr::Spanned<Scalar>>>(text)
        .map(|entries| {
            entries
                .into_iter()
                .map(|(key, value)| {
                    (key, (value.value, usize::try_from(value.referenced.line()).unwrap_or(1)))
                })
                .collect()
        })
        .map_err(|error| match error.location() {
            Some(location) => {
                format!("{path}:{}: {}", location.line(), first_line(&error.without_snippet().to_string()))
            }
            None => format!("{path}: {}", first_line(&error.to_string())),
        })
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(format: Format, text: &str, expected: &[(&str, &str, usize)]) {
        let layer = FileLayer::parse("f", text, format).unwrap();
        let found: Vec<_> = layer
            .entries
            .iter()
            .map(|(key, (value, line))| (key.as_str(), value.to_string(), *line))
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|(key, value, line)| (*key, (*value).to_owned(), *line)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn both_formats_give_values_and_lines() {
        check(
            Format::Toml,
            "# mine\nmax_parallel = 2\n\nfail_fast = true\nmodel = \"a\"\ntimeout = 0.5\n",
            &[("fail_fast", "true", 4), ("max_parallel", "2", 2), ("model", "a", 5), ("timeout", "0.5", 6)],
        );
        check(
            Format::Yaml,
            "# mine\nmax_parallel: 2\n\nfail_fast: true\nmodel: a\ntimeout: 0.5\n",
            &[("fail_fast", "true", 4), ("max_parallel", "2", 2), ("model", "a", 5), ("timeout", "0.5", 6)],
        );
        check(Format::Yaml, "# nothing\n\n", &[]);
        check(Format::Toml, "", &[]);
        check(Format::Toml, "\u{feff}model = 'x'", &[("model", "x", 1)]);
        check(Format::Toml, "[provider]\nname = 1", &[("provider", "a list, a table or nothing", 1)]);
        check(Format::Yaml, "model: [1, 2]", &[("model", "a list, a table or nothing", 1)]);
    }

    #[test]
    fn faults_name_file_and_line() {
        for (format, text, place) in [
            (Format::Toml, "a = 1\nb = = 2", "f:2: "),
            (Format::Toml, "a = 1\na = 2", "f:2: "),
            (Format::Yaml, "a: 1\nb: [", "f:2: "),
            (Format::Yaml, "- 1", "f:1: "),
        ] {
            let fault = FileLayer::parse("f", text, format).unwrap_err();
            assert!(fault.starts_with(place) && !fault.contains('\n'), "{text:?}: {fault:?}");
        }
    }
}
