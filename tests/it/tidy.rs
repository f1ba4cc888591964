//! House rules as tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser};
use metagen::cli::Cli;
use metagen::commands::Exit;
use metagen::config::{FOREIGN_VARIABLES, OPTIONS, OptionDef};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every Rust file below these folders, as a path relative to the root, with its text.
fn sources(folders: &[&str]) -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for folder in folders {
        walk(&root().join(folder), &mut found);
    }
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            (name, text)
        })
        .collect()
}

/// Blocks of `pub mod` lines in lib.rs, top layer first.
fn layers() -> Vec<Vec<String>> {
    let text = read("src/lib.rs");
    let block = |block: &str| -> Vec<String> {
        block
            .lines()
            .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
            .collect()
    };
    text.split("\n\n").map(block).filter(|modules| !modules.is_empty()).collect()
}

/// Modules of this crate that a file names: `crate::x::…` wherever it stands, `use crate::{x, y::z}` too.
fn named_modules(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let word = |text: &str| -> String {
        text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
    };
    for (start, _) in text.match_indices("crate::") {
        if text[..start].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &text[start + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => {
                found.insert(word(rest));
            }
            Some(group) => {
                let (mut depth, mut item) = (0, String::new());
                for c in group.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            found.insert(word(item.trim()));
                            item.clear();
                            continue;
                        }
                        _ => {}
                    }
                    item.push(c);
                }
                found.insert(word(item.trim()));
            }
        }
    }
    found.remove("");
    found
}

#[test]
fn layers_only_point_downward() {
    assert_eq!(
        named_modules("use crate::{a::{b, c}, d}; fn x() { crate::e::f(); my_crate::g() }"),
        ["a", "d", "e"].map(str::to_owned).into()
    );
    let layers = layers();
    let level: BTreeMap<&str, usize> = layers
        .iter()
        .enumerate()
        .flat_map(|(level, modules)| modules.iter().map(move |module| (module.as_str(), level)))
        .collect();
    assert!(level.len() > 15 && level["cli"] == 0 && level["base"] == layers.len() - 1);
    let mut faults = Vec::new();
    for (name, text) in sources(&["src"]) {
        let inner = name.strip_prefix("src/").unwrap();
        let module = inner.split('/').next().unwrap().trim_end_matches(".rs");
        let Some(own) = level.get(module) else { continue };
        // `commands` stands below `cli` in the same block of lib.rs, so that a block is read as top to bottom, too.
        for other in named_modules(&text) {
            if let Some(theirs) = level.get(other.as_str()) {
                let upward = theirs < own || (module == "commands" && other == "cli");
                if upward {
                    faults.push(format!("{name} looks up to {other}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn files_are_short_and_finished() {
    // In pieces, so that this file passes its own rule.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("dbg", "!("), concat!("XX", "X")];
    let mut faults = Vec::new();
    for (name, text) in sources(&["src", "tests", "benches"]) {
        let lines = text.lines().count();
        if lines > 600 {
            faults.push(format!("{name} has {lines} lines"));
        }
        // Checks that look for these words have to name them.
        if name.starts_with("src/agent/") || name.starts_with("src/check/") {
            continue;
        }
        for word in words {
            if text.contains(word) {
                faults.push(format!("{name} has {word}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn only_the_terminal_layer_prints_and_reads_the_environment() {
    let mut faults = Vec::new();
    for (name, text) in sources(&["src"]) {
        let banned: &[&str] = match name.as_str() {
            "src/cli/environment.rs" => &[],
            name if name.starts_with("src/cli/") => &["env::var"],
            _ => &["env::var", "env::current_dir", "println!", "io::stdout", "io::stderr", "io::stdin"],
        };
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        faults
            .extend(banned.iter().filter(|word| code.contains(**word)).map(|word| format!("{name}: {word}")));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_example_environment_names_the_variables_that_the_code_knows() {
    let text = read(".env.example");
    let named: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").split_once('='))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .collect();
    let known: BTreeSet<String> = OPTIONS
        .iter()
        .map(OptionDef::variable)
        .chain(FOREIGN_VARIABLES.iter().map(|variable| variable.name.to_owned()))
        .collect();
    assert_eq!(named, known);
    for def in OPTIONS {
        let line = format!("# {}={}", def.variable(), def.default.unwrap_or_default());
        assert!(text.lines().any(|found| found == line), "{line:?} is missing in .env.example");
    }
}

#[test]
fn the_readme_has_the_exit_codes() {
    let readme = read("README.md");
    for exit in Exit::ALL {
        let row = format!("| {} | {} |", exit.code(), exit.meaning());
        assert!(readme.contains(&row), "{row:?} is missing in README.md");
    }
}

#[test]
fn the_commands_of_the_readme_parse() {
    let readme = read("README.md");
    let mut count = 0;
    let fenced = readme.split("```").skip(1).step_by(2).flat_map(str::lines);
    for line in fenced {
        let line = line.trim().trim_start_matches("$ ");
        let command = line
            .strip_prefix("cargo run --release --locked -- ")
            .map(|rest| format!("metagen {rest}"))
            .or_else(|| line.starts_with("metagen ").then(|| line.to_owned()));
        let Some(command) = command else { continue };
        let command = command.split(" #").next().unwrap().split(" < ").next().unwrap().to_owned();
        let words = split(&command);
        if let Err(error) = Cli::try_parse_from(&words) {
            assert!(!error.use_stderr(), "{command}: {error}");
        }
        count += 1;
    }
    assert!(count >= 8, "only {count} commands found");
    for verb in Cli::command().get_subcommands() {
        let name = verb.get_name();
        assert!(readme.contains(&format!("metagen {name}")), "README.md does not show `metagen {name}`");
    }
}

#[test]
fn the_container_image_is_given_what_it_copies() {
    let ignored = read(".dockerignore");
    assert_eq!(ignored.lines().next(), Some("*"), "only what is named is given");
    let dockerfile = read("Dockerfile");
    let mut count = 0;
    for line in dockerfile.lines().filter_map(|line| line.strip_prefix("COPY ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words[0].starts_with("--from") {
            continue;
        }
        for source in &words[..words.len() - 1] {
            assert!(ignored.lines().any(|rule| rule == format!("!{source}")), ".dockerignore hides {source}");
            assert!(root().join(source).exists(), "{source} is missing");
            count += 1;
        }
    }
    assert!(count > 5, "only {count} sources found");
}

/// Splits a line at blanks outside double quotes.
fn split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.trim().chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
