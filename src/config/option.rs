//! The table of options: one row gives a flag, an environment variable, a key and their help.

use std::fmt;

use serde::Serialize;

use super::table::OPTIONS;

/// What the names of metagen's own environment variables begin with.
pub const METAGEN_PREFIX: &str = "METAGEN_";

/// One thing that can be set.
#[derive(Debug)]
pub struct OptionDef {
    /// The key in `metagen.toml` and `metagen.yaml`; flag and environment variable follow from it.
    pub key: &'static str,
    /// What stands for the value in help: `DIR`, `N`; empty for switches and choices.
    pub value_name: &'static str,
    /// The value when nothing is set, as a person would type it; `None` means unset.
    pub default: Option<&'static str>,
    /// One sentence without a full stop.
    pub help: &'static str,
    /// Which values pass.
    pub kind: Kind,
    /// The heading it stands under in help.
    pub group: Group,
    /// A second name of the flag's, of one letter.
    pub short: Option<char>,
    /// What the flag means without a value, where it needs none; a value then follows `=`.
    pub alone: Option<&'static str>,
    /// Whether a configuration file may set it.
    pub in_files: bool,
}

/// Which values an option takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// On or off.
    Switch,
    /// How often a flag was given, or a number.
    Count {
        /// The largest number that makes a difference.
        max: u64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number within bounds, both included.
    Whole {
        /// The least.
        min: u64,
        /// The greatest.
        max: u64,
    },
    /// A time in seconds, with or without a fraction; more than nothing, at most this.
    Seconds {
        /// The greatest.
        max: u64,
    },
    /// An amount of money in US dollars, 0 or more.
    Money,
    /// A path.
    Path,
    /// A server's address.
    Url,
    /// Any text but an empty one.
    Text,
}

/// Headings of the help text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What is built and how.
    Build,
    /// Which model is asked and how.
    Model,
    /// What is shown.
    Output,
}

impl Group {
    /// The heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Build => "Build options",
            Self::Model => "Model options",
            Self::Output => "Output options",
        }
    }
}

/// A checked value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Of a switch.
    Bool(bool),
    /// Of a count or whole number.
    Whole(u64),
    /// Of seconds.
    Number(f64),
    /// Of everything else.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Whole(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

impl OptionDef {
    pub(super) const fn new(key: &'static str, kind: Kind, group: Group, help: &'static str) -> Self {
        Self {
            key,
            value_name: "",
            default: None,
            help,
            kind,
            group,
            short: None,
            alone: None,
            in_files: true,
        }
    }

    pub(super) const fn takes(mut self, value_name: &'static str) -> Self {
        self.value_name = value_name;
        self
    }

    pub(super) const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    pub(super) const fn short(mut self, letter: char) -> Self {
        self.short = Some(letter);
        self
    }

    pub(super) const fn alone(mut self, value: &'static str) -> Self {
        self.alone = Some(value);
        self
    }

    pub(super) const fn not_in_files(mut self) -> Self {
        self.in_files = false;
        self
    }

    /// The flag without its dashes: `max-parallel`.
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    /// The environment variable: `METAGEN_MAX_PARALLEL`.
    pub fn variable(&self) -> String {
        format!("{METAGEN_PREFIX}{}", self.key.to_ascii_uppercase())
    }

    /// Which values pass, in words.
    pub fn expected(&self) -> String {
        match self.kind {
            Kind::Switch => "true or false".to_owned(),
            Kind::Count { max } => format!("a whole number from 0 to {max}"),
            Kind::Choice(words) => match words.split_last() {
                Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                _ => words.concat(),
            },
            Kind::Whole { min, max: u64::MAX } => format!("a whole number, at least {min}"),
            Kind::Whole { min, max } => format!("a whole number from {min} to {max}"),
            Kind::Seconds { max } => format!("a number of seconds above 0, at most {max}"),
            Kind::Money => "an amount in US dollars, 0 or more".to_owned(),
            Kind::Path => "a path".to_owned(),
            Kind::Url => "an address that begins with http:// or https://".to_owned(),
            Kind::Text => "a text that is not empty".to_owned(),
        }
    }

    /// Checks a value as a person typed it; `None` where it does not pass.
    pub fn parse(&self, text: &str) -> Option<Value> {
        let text = text.trim();
        match self.kind {
            Kind::Switch => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Some(Value::Bool(true)),
                "false" | "0" | "no" | "off" => Some(Value::Bool(false)),
                _ => None,
            },
            Kind::Count { max } => match text.to_ascii_lowercase().as_str() {
                "true" => Some(Value::Whole(1)),
                "false" => Some(Value::Whole(0)),
                number => number.parse().ok().map(|count: u64| Value::Whole(count.min(max))),
            },
            Kind::Choice(words) => words
                .iter()
                .find(|word| word.eq_ignore_ascii_case(text))
                .map(|word| Value::Text((*word).to_owned())),
            Kind::Whole { min, max } => {
                text.parse().ok().filter(|number| (min..=max).contains(number)).map(Value::Whole)
            }
            Kind::Seconds { max } => decimal(text)
                .filter(|seconds| *seconds >= 0.001 && Some(*seconds) <= exact(max))
                .map(Value::Number),
            Kind::Money => {
                decimal(text).filter(|amount| *amount >= 0.0).map(|_| Value::Text(text.to_owned()))
            }
            Kind::Url => {
                let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
                let plain = !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control());
                plain.then(|| Value::Text(text.trim_end_matches('/').to_owned()))
            }
            Kind::Path | Kind::Text => {
                (!text.is_empty() && !text.contains('\0')).then(|| Value::Text(text.to_owned()))
            }
        }
    }
}

/// Bounds of seconds are small enough for a float to hold them exactly.
fn exact(bound: u64) -> Option<f64> {
    u32::try_from(bound).ok().map(f64::from)
}

fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

/// The row with this key.
pub fn option(key: &str) -> Option<&'static OptionDef> {
    OPTIONS.iter().find(|def| def.key == key)
}

/// An environment variable that is not an option of metagen's.
#[derive(Debug)]
pub struct ForeignVariable {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub help: &'static str,
    /// Whether its value must not be shown.
    pub secret: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        let mut keys: Vec<_> = OPTIONS.iter().map(|def| def.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), OPTIONS.len(), "a key occurs twice");
        for def in OPTIONS {
            assert!(def.key.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", def.key);
            assert!(!def.help.ends_with('.'), "{}", def.key);
            for value in def.default.iter().chain(&def.alone) {
                assert!(def.parse(value).is_some(), "{value} does not pass for {}", def.key);
            }
            let bare = matches!(def.kind, Kind::Switch | Kind::Count { .. } | Kind::Choice(_));
            assert_eq!(def.value_name.is_empty(), bare, "{}", def.key);
        }
    }

    #[track_caller]
    fn check(kind: Kind, good: &[(&str, &str)], bad: &[&str]) {
        let def = OptionDef::new("x", kind, Group::Build, "");
        for (text, shown) in good {
            assert_eq!(def.parse(text).map(|value| value.to_string()).as_deref(), Some(*shown), "{text:?}");
        }
        for text in bad {
            assert_eq!(def.parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn values_are_checked() {
        check(Kind::Switch, &[("on", "true"), ("0", "false"), ("YES", "true")], &["", "maybe", "2"]);
        check(Kind::Count { max: 3 }, &[("0", "0"), ("9", "3"), ("true", "1")], &["-1", "x"]);
        check(Kind::Choice(&["a", "b"]), &[("A", "a"), (" b ", "b")], &["", "c"]);
        check(Kind::Whole { min: 1, max: 9 }, &[("1", "1"), ("9", "9")], &["0", "10", "-1", "1.5", ""]);
        check(
            Kind::Seconds { max: 60 },
            &[("60", "60"), ("0.5", "0.5")],
            &["0", "61", "-1", "inf", "nan", "1e1", ""],
        );
        check(Kind::Money, &[("0", "0"), ("1.25", "1.25")], &["-1", "free", "1e9"]);
        check(
            Kind::Url,
            &[("http://127.0.0.1:8080/", "http://127.0.0.1:8080"), ("https://a/b", "https://a/b")],
            &["localhost", "ftp://a", "https://", "http://a b"],
        );
        check(Kind::Text, &[(" a ", "a")], &["", " ", "a\0"]);
    }
}
