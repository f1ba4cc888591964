//! Fingerprints the data that is embedded (templates and agents), so that a build made with other data is told apart even
//! where the version is the same.

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
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is part of the package") {
        let path = entry.expect("a listed entry can be read").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
