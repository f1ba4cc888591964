//! Files that are the same in every app, parsed once for all apps.
//!
//! `proven.txt` lists them, a line each: the SHA-256 of the bytes, the template's path, and what it imports, each import behind
//! its line's number. A test parses them all and holds the list against what it finds. A file that is not in it, byte for byte,
//! is parsed like any other, so that a list that is behind costs time and nothing else.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::finding::Finding;
use super::imports::{Import, Parsed};
use super::parse::parse;
use crate::base::contents::Contents;
use crate::base::digest::Digest;
use crate::base::ids::OutputPath;

/// The list.
pub const PROVEN: &str = include_str!("proven.txt");

/// By digest and ending, as the same bytes may be fine in one language and not in another.
static KNOWN: LazyLock<HashMap<(Digest, &str), &str>> = LazyLock::new(|| {
    let entry = |line: &'static str| {
        let (digest, rest) = line.split_once(' ')?;
        let (path, imports) = rest.split_once(' ').unwrap_or((rest, ""));
        Some(((Digest::try_from(digest).ok()?, extension(path)), imports))
    };
    PROVEN.lines().filter_map(entry).collect()
});

/// The same as [`parse`]; a file that was parsed when it became a part of metagen is not parsed again.
pub fn parse_known(path: &OutputPath, contents: &Contents) -> Result<Parsed, Vec<Finding>> {
    match KNOWN.get(&(contents.digest(), path.extension())) {
        Some(imports) => Ok(Parsed { imports: imports.split_whitespace().filter_map(import).collect() }),
        None => parse(path, contents),
    }
}

/// The line of a file in the list.
pub fn proof(path: &str, contents: &Contents, parsed: &Parsed) -> String {
    let imports = parsed.imports.iter().map(|import| format!(" {}:{}", import.line, import.specifier));
    std::iter::once(format!("{} {path}", contents.digest())).chain(imports).collect()
}

fn import(text: &str) -> Option<Import> {
    let (line, specifier) = text.split_once(':')?;
    Some(Import { specifier: specifier.to_owned(), line: line.parse().ok()? })
}

fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
