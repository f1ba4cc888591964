//! From layers to one checked value for each option, with where it came from.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use super::file::{FileLayer, Scalar};
use super::option::{Kind, METAGEN_PREFIX, OptionDef, Value, option};
use super::suggest::nearest;
use super::table::{FOREIGN_VARIABLES, OPTIONS};

/// The environment as it was when the process began.
pub type Variables = BTreeMap<String, String>;

/// Every layer as it was read, unchecked. Later fields beat earlier ones.
#[derive(Debug, Default)]
pub struct Sources {
    /// The file in the user's configuration directory.
    pub user: Option<FileLayer>,
    /// The file in the working directory, or the one that was named.
    pub project: Option<FileLayer>,
    /// The environment.
    pub variables: Variables,
    /// Flags: keys and values as they were typed.
    pub flags: Vec<(&'static str, String)>,
}

/// A layer of configuration; a later one beats the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Nothing was set.
    Default,
    /// The user's file.
    User,
    /// The project's file.
    Project,
    /// A variable.
    Environment,
    /// A flag.
    Flag,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nothing was set.
    Default,
    /// A line of a file.
    File {
        /// [`Layer::User`] or [`Layer::Project`].
        layer: Layer,
        /// The file.
        path: String,
        /// Counted from 1.
        line: usize,
    },
    /// An environment variable.
    Environment(String),
    /// A flag, dashes included.
    Flag(String),
    /// What a run that is resumed was told; stands for the flag, dashes included.
    Earlier(String),
}

impl Origin {
    /// Its layer.
    pub fn layer(&self) -> Layer {
        match self {
            Self::Default => Layer::Default,
            Self::File { layer, .. } => *layer,
            Self::Environment(_) => Layer::Environment,
            Self::Flag(_) | Self::Earlier(_) => Layer::Flag,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line, .. } => write!(f, "{path}:{line}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(flag) => write!(f, "flag {flag}"),
            Self::Earlier(flag) => write!(f, "{flag} of the run that is resumed"),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An option's value and where it came from.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The option.
    pub def: &'static OptionDef,
    /// Its checked value; `None` where it is unset.
    pub value: Option<Value>,
    /// Where it came from.
    pub origin: Origin,
}

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, what, and what was expected.
    pub message: String,
}

/// The configuration is invalid; all that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [only] => f.write_str(&only.message),
            many => {
                write!(f, "the configuration has {} faults", many.len())?;
                many.iter().try_for_each(|problem| write!(f, "\n  - {}", problem.message))
            }
        }
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    /// A single fault.
    pub fn single(message: impl Into<String>) -> Self {
        Self { problems: vec![Problem { message: message.into() }] }
    }
}

/// Every option's setting in the order of [`OPTIONS`], and what the user should hear; or all faults of all layers.
pub(super) fn resolve(sources: &Sources) -> Result<(Vec<Setting>, Vec<String>), ConfigError> {
    let mut settings: Vec<Setting> = OPTIONS
        .iter()
        .map(|def| Setting {
            def,
            value: def.default.and_then(|text| def.parse(text)),
            origin: Origin::Default,
        })
        .collect();
    let mut problems = Vec::new();
    let mut set = |def: &OptionDef, value: Option<Value>, origin: Origin, given: &str| match (
        value,
        settings.iter_mut().find(|setting| setting.def.key == def.key),
    ) {
        (Some(value), Some(setting)) => {
            setting.value = Some(value);
            setting.origin = origin;
        }
        _ => problems.push(Problem { message: refusal(def, &origin, given) }),
    };
    let mut unknown = Vec::new();
    for (layer, file) in [(Layer::User, &sources.user), (Layer::Project, &sources.project)] {
        for (key, (scalar, line)) in file.iter().flat_map(|file| &file.entries) {
            let path = file.as_ref().map(|file| file.path.clone()).unwrap_or_default();
            match option(key).filter(|def| def.in_files) {
                Some(def) => {
                    let origin = Origin::File { layer, path, line: *line };
                    set(def, scalar_value(def, scalar), origin, &scalar.to_string());
                }
                None => unknown.push(unknown_key(&path, *line, key)),
            }
        }
    }
    for def in OPTIONS {
        let name = def.variable();
        // An empty variable is how shells and compose files unset one.
        if let Some(text) = sources.variables.get(&name).filter(|text| !text.trim().is_empty()) {
            set(def, def.parse(text), Origin::Environment(name), text);
        }
    }
    for (key, text) in &sources.flags {
        if let Some(def) = option(key) {
            set(def, def.parse(text), Origin::Flag(format!("--{}", def.flag())), text);
        }
    }
    problems.splice(0..0, unknown);
    if problems.is_empty() {
        Ok((settings, unknown_variables(&sources.variables)))
    } else {
        Err(ConfigError { problems })
    }
}

/// Takes in what an earlier run was told, where nothing that weighs as much was said now. Values that do not pass any more
/// are left out.
pub(super) fn adopt<'a>(settings: &mut [Setting], earlier: impl Iterator<Item = (&'a str, &'a str)>) {
    for (key, text) in earlier {
        let setting = settings.iter_mut().find(|setting| setting.def.key == key);
        if let Some(setting) = setting.filter(|setting| setting.origin.layer() < Layer::Flag)
            && let Some(value) = setting.def.parse(text)
        {
            setting.value = Some(value);
            setting.origin = Origin::Earlier(format!("--{}", setting.def.flag()));
        }
    }
}

fn refusal(def: &OptionDef, origin: &Origin, given: &str) -> String {
    let given: String = given.chars().take(60).flat_map(char::escape_debug).collect();
    let expected = def.expected();
    match origin {
        Origin::File { path, line, .. } => {
            format!("{path}:{line}: {} is {given}, expected {expected}", def.key)
        }
        Origin::Environment(name) => format!("environment variable {name} is '{given}', expected {expected}"),
        Origin::Flag(flag) | Origin::Earlier(flag) => {
            format!("{flag} is '{given}', expected {expected}")
        }
        Origin::Default => format!("{} is '{given}', expected {expected}", def.key),
    }
}

/// Files are typed: `"4"` is a text and no number.
fn scalar_value(def: &OptionDef, scalar: &Scalar) -> Option<Value> {
    let fits = match def.kind {
        Kind::Switch => matches!(scalar, Scalar::Bool(_)),
        Kind::Count { .. } => matches!(scalar, Scalar::Bool(_) | Scalar::Whole(_)),
        Kind::Whole { .. } => matches!(scalar, Scalar::Whole(_)),
        Kind::Seconds { .. } | Kind::Money => matches!(scalar, Scalar::Whole(_) | Scalar::Number(_)),
        Kind::Choice(_) | Kind::Path | Kind::Url | Kind::Text => matches!(scalar, Scalar::Text(_)),
    };
    fits.then(|| def.parse(&scalar.to_string())).flatten()
}

fn unknown_key(path: &str, line: usize, key: &str) -> Problem {
    let shown: String = key.chars().take(60).flat_map(char::escape_debug).collect();
    let known = OPTIONS.iter().filter(|def| def.in_files).map(|def| def.key);
    let message = match nearest(key, known) {
        Some(known) => format!("{path}:{line}: unknown key '{shown}', did you mean '{known}'?"),
        None => format!("{path}:{line}: unknown key '{shown}'; `metagen config show` lists the known ones"),
    };
    Problem { message }
}

/// Variables are shared with other programs and wrappers, so an unknown one is a warning and no fault.
fn unknown_variables(variables: &Variables) -> Vec<String> {
    let known: Vec<String> = OPTIONS
        .iter()
        .map(OptionDef::variable)
        .chain(FOREIGN_VARIABLES.iter().map(|variable| variable.name.to_owned()))
        .collect();
    variables
        .keys()
        .filter(|name| name.starts_with(METAGEN_PREFIX) && !known.contains(name))
        .map(|name| match nearest(name, known.iter().map(String::as_str)) {
            Some(meant) => format!("unknown environment variable {name}, did you mean {meant}?"),
            None => format!("unknown environment variable {name}"),
        })
        .collect()
}
