//! The files that are the same in every app: all of them parse, and the list of those that were parsed is true.

use std::path::Path;

use metagen::base::contents::Contents;
use metagen::base::ids::OutputPath;
use metagen::check::{PROVEN, parse, parse_known, proof};
use metagen::template::TemplateSet;

/// What is copied byte for byte, by its path below `templates/`.
fn copied() -> Vec<(OutputPath, Contents)> {
    let set = TemplateSet::embedded();
    let written = |path: &str| path.contains('/') && !path.split('/').any(|part| part.starts_with('_'));
    let files = set.iter().filter(|(path, _)| written(path));
    let files = files.map(|(path, contents)| (OutputPath::new(path).unwrap(), contents.clone().into()));
    files.filter(|(path, _)| path.extension() != "j2").collect()
}

#[test]
fn every_one_parses_and_is_listed() {
    let mut list = String::new();
    for (path, contents) in copied() {
        let parsed = parse(&path, &contents).unwrap_or_else(|found| panic!("{}", found[0]));
        for import in &parsed.imports {
            assert!(!import.specifier.contains(char::is_whitespace), "{path}: {}", import.specifier);
        }
        assert_eq!(parse_known(&path, &contents).unwrap(), parsed, "{path}");
        list += &proof(path.as_str(), &contents, &parsed);
        list.push('\n');
    }
    if std::env::var_os("UPDATE_PROVEN").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/check/proven.txt"), &list).unwrap();
    } else {
        let behind =
            "src/check/proven.txt is behind the templates: UPDATE_PROVEN=1 cargo test --test it proven";
        assert!(list == PROVEN, "{behind}");
    }
}

#[test]
fn what_is_not_listed_is_parsed() {
    let (path, contents) = copied().into_iter().find(|(path, _)| path.extension() == "tsx").unwrap();
    let mut edited = contents.to_vec();
    edited.extend_from_slice(b"const = 1;\n");
    assert!(parse_known(&path, &edited.into()).is_err());
    // The same bytes under another name are not the same file.
    let other = OutputPath::new("a.json").unwrap();
    assert!(parse_known(&other, &contents).is_err());
}
