//! Finds and reads configuration files.

use std::io;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use crate::config::{Config, ConfigError, FileLayer, Format, Sources, option};

/// Names of configuration files and how each is written.
const NAMES: [(&str, Format); 3] =
    [("metagen.toml", Format::Toml), ("metagen.yaml", Format::Yaml), ("metagen.yml", Format::Yaml)];

/// Configuration is small; what is larger is another file under this name.
const LIMIT: u64 = 256 * 1024;

/// Reads all layers and checks them.
pub(crate) fn load(
    environment: &Environment,
    flags: Vec<(&'static str, String)>,
) -> Result<Config, ConfigError> {
    let mut problems = Vec::new();
    let mut keep = |layer: Result<Option<FileLayer>, ConfigError>| {
        layer.unwrap_or_else(|error| {
            problems.extend(error.problems);
            None
        })
    };
    let named = flags
        .iter()
        .find(|(key, _)| *key == "config")
        .map(|(_, path)| path.as_str())
        .or_else(|| environment.variable(&option("config")?.variable()));
    let project = keep(match named {
        Some(path) => named_file(&environment.directory, path).map(Some),
        None => found_file(&environment.directory, Path::new("")),
    });
    let user = keep(match environment.user_directory() {
        Some(directory) => found_file(&directory, &directory),
        None => Ok(None),
    });
    let sources = Sources { user, project, variables: environment.variables.clone(), flags };
    match Config::resolve(&sources) {
        Ok(config) if problems.is_empty() => Ok(config),
        Ok(_) => Err(ConfigError { problems }),
        Err(error) => {
            problems.extend(error.problems);
            Err(ConfigError { problems })
        }
    }
}

fn named_file(directory: &Path, path: &str) -> Result<FileLayer, ConfigError> {
    let format = match Path::new(path).extension().and_then(|extension| extension.to_str()) {
        Some("yaml" | "yml") => Format::Yaml,
        _ => Format::Toml,
    };
    let text = read(&directory.join(path)).map_err(|error| {
        ConfigError::single(format!("cannot read the configuration file {path}: {error}"))
    })?;
    FileLayer::parse(path, &text, format).map_err(ConfigError::single)
}

fn found_file(directory: &Path, shown: &Path) -> Result<Option<FileLayer>, ConfigError> {
    let mut found: Option<(PathBuf, Format, String)> = None;
    for (name, format) in NAMES {
        let path = shown.join(name);
        let text = match read(&directory.join(name)) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                continue;
            }
            Err(error) => {
                return Err(ConfigError::single(format!(
                    "cannot read the configuration file {}: {error}",
                    path.display()
                )));
            }
        };
        if let Some((first, ..)) = &found {
            return Err(ConfigError::single(format!(
                "both {} and {} exist; keep one of them",
                first.display(),
                path.display()
            )));
        }
        found = Some((path, format, text));
    }
    found
        .map(|(path, format, text)| {
            FileLayer::parse(&path.display().to_string(), &text, format).map_err(ConfigError::single)
        })
        .transpose()
}

fn read(path: &Path) -> io::Result<String> {
    let bytes = super::input::read_bounded(std::fs::File::open(path)?, LIMIT)?
        .ok_or_else(|| io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 256 KiB"))?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not valid UTF-8"))
}
