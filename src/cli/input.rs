//! Reads what is to be built: text, a file, standard input or a blueprint.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::arguments::InputArgs;
use super::environment::Environment;
use crate::commands::{Input, InputError};

/// Largest spec or blueprint, in bytes.
const LIMIT: u64 = 1_000_000;

/// Reads the one input that was named.
pub(crate) fn read(args: &InputArgs, environment: &Environment) -> Result<Input, InputError> {
    let given = [args.spec.is_some(), args.spec_file.is_some(), args.blueprint.is_some()];
    match given.iter().filter(|given| **given).count() {
        0 => return Err(InputError::None),
        1 => {}
        _ => return Err(InputError::Several),
    }
    if let Some(text) = &args.spec {
        return checked(text.clone(), "the spec").map(Input::Spec);
    }
    if let Some(path) = &args.spec_file {
        return file(path, environment).map(Input::Spec);
    }
    let path = args.blueprint.as_deref().ok_or(InputError::None)?;
    let name = path.display().to_string();
    file(path, environment).map(|text| Input::Blueprint { name, text })
}

fn file(path: &Path, environment: &Environment) -> Result<String, InputError> {
    let (name, bytes) = if path.as_os_str() == "-" {
        if environment.stdin_is_terminal {
            return Err(InputError::Terminal);
        }
        ("standard input".to_owned(), read_bounded(io::stdin().lock(), LIMIT))
    } else {
        let name = path.display().to_string();
        let place = environment.directory.join(path);
        if place.is_dir() {
            return Err(InputError::Directory { name });
        }
        (name, File::open(place).and_then(|file| read_bounded(file, LIMIT)))
    };
    let bytes = bytes.map_err(|source| InputError::Read { name: name.clone(), source })?;
    let bytes = bytes.ok_or_else(|| InputError::TooLarge { name: name.clone(), limit: LIMIT })?;
    let text = String::from_utf8(bytes).map_err(|_| InputError::NotUtf8 { name: name.clone() })?;
    checked(text, &name)
}

fn checked(text: String, name: &str) -> Result<String, InputError> {
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    if text.trim().is_empty() {
        return Err(InputError::Empty { name: name.to_owned() });
    }
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > LIMIT {
        return Err(InputError::TooLarge { name: name.to_owned(), limit: LIMIT });
    }
    Ok(text)
}

/// Reads to the end; `None` where there is more than `limit` bytes, of which no more are read.
pub(crate) fn read_bounded(source: impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((u64::try_from(bytes.len()).unwrap_or(u64::MAX) <= limit).then_some(bytes))
}
