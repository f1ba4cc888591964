//! What of the app stands already.

use std::collections::BTreeSet;

use crate::base::artifact::Artifact;
use crate::check::Packages;

/// The files that earlier tasks made: their paths and the packages they list. Contents are not kept.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    paths: BTreeSet<String>,
    packages: Packages,
}

impl Standing {
    /// Adds what a task made.
    pub fn add(&mut self, artifacts: &[Artifact]) {
        for artifact in artifacts {
            self.packages.add(&artifact.path, &artifact.contents);
            self.paths.insert(artifact.path.as_str().to_owned());
        }
    }

    /// Whether a file stands at this path.
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// The packages that may be imported where.
    pub fn packages(&self) -> &Packages {
        &self.packages
    }

    /// All paths, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }
}
