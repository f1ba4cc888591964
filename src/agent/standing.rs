//! What of the app stands already.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::artifact::{Artifact, Origin};
use crate::base::ids::OutputPath;
use crate::check::Packages;

/// The files that earlier tasks made: their paths and the packages they list. Of contents only what a model added is kept: it
/// cannot be told from the blueprint, and later tasks may build on it.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    paths: BTreeSet<OutputPath>,
    packages: Packages,
    added: BTreeMap<String, String>,
}

impl Standing {
    /// Adds what a task made.
    pub fn add<'a>(&mut self, artifacts: impl IntoIterator<Item = &'a Artifact>) {
        for artifact in artifacts {
            self.add_files([(&artifact.path, &*artifact.contents)]);
            if artifact.origin == Origin::Model {
                let text = String::from_utf8_lossy(&artifact.contents).into_owned();
                self.added.insert(artifact.path.as_str().to_owned(), text);
            }
        }
    }

    /// Adds files of the app's own.
    pub fn add_files<'a>(&mut self, files: impl IntoIterator<Item = (&'a OutputPath, &'a [u8])>) {
        for (path, contents) in files {
            self.packages.add(path, contents);
            self.paths.insert(path.clone());
        }
    }

    /// Adds what stands elsewhere.
    pub fn join(&mut self, other: &Self) {
        self.paths.extend(other.paths.iter().cloned());
        self.packages.join(&other.packages);
        self.added.extend(other.added.iter().map(|(path, text)| (path.clone(), text.clone())));
    }

    /// Whether a file stands at this path.
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// The packages that may be imported where.
    pub fn packages(&self) -> &Packages {
        &self.packages
    }

    /// What models added, by path.
    pub fn added(&self) -> impl Iterator<Item = (&str, &str)> {
        self.added.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// All paths, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(OutputPath::as_str)
    }
}
