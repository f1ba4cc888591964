//! Prepares the data that is embedded: fingerprints templates and agents, so that a build made with other data is told apart
//! even where the version is the same, and turns the planner's word lists into one text that reads fast. Says how to link.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let mut hasher = DefaultHasher::new();
    for folder in ["agents", "templates"] {
        println!("cargo::rerun-if-changed={folder}");
        let mut files = Vec::new();
        collect(Path::new(folder), &mut files);
        files.sort();
        for file in files {
            file.hash(&mut hasher);
            fs::read(&file).expect("a listed file can be read").hash(&mut hasher);
        }
    }
    println!("cargo::rustc-env=METAGEN_DATA={:016x}", hasher.finish());
    // A program that can be loaded anywhere begins with writing 26,000 addresses into itself, for about a seventh of the time that
    // `--version` takes. The price is that its own code stands where everybody knows; its libraries, heap and stacks are still
    // where chance puts them.
    let target = |key| env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" && !target("FEATURE").contains("crt-static") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("words.json"), words()).expect("the build's own folder can be written");
}

/// The planner's TOML files as one JSON text, `{folder: {file: contents}}`. Reading a hundred TOML files at each start would
/// take longer than reading a description.
fn words() -> String {
    let mut folders = serde_json::Map::new();
    for folder in ["domains", "nouns", "words"] {
        let mut paths = Vec::new();
        collect(&Path::new("agents/planner").join(folder), &mut paths);
        paths.sort();
        let mut lists = serde_json::Map::new();
        for path in paths {
            let text = fs::read_to_string(&path).expect("a listed file can be read");
            let list: serde_json::Value =
                toml::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
            let name = path.file_stem().and_then(|stem| stem.to_str()).expect("the names are plain");
            lists.insert(name.to_owned(), list);
        }
        folders.insert(folder.to_owned(), lists.into());
    }
    serde_json::Value::from(folders).to_string()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is part of the package") {
        let path = entry.expect("a listed entry can be read").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
