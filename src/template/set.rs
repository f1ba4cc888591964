//! The templates there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use include_dir::{Dir, include_dir};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Template files by their path below `templates/`, in order of path. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct TemplateSet(Arc<BTreeMap<String, Bytes>>);

impl TemplateSet {
    /// The templates that come with the program.
    pub fn embedded() -> Self {
        fn walk(dir: &Dir<'static>, files: &mut BTreeMap<String, Bytes>) {
            for file in dir.files() {
                if let Some(path) = file.path().to_str() {
                    files.insert(path.replace('\\', "/"), Bytes::from_static(file.contents()));
                }
            }
            for dir in dir.dirs() {
                walk(dir, files);
            }
        }
        let mut files = BTreeMap::new();
        walk(&EMBEDDED, &mut files);
        Self(Arc::new(files))
    }

    /// Adds a file, or puts it in the place of the one at that path.
    pub fn insert(&mut self, path: impl Into<String>, contents: Vec<u8>) {
        Arc::make_mut(&mut self.0).insert(path.into(), contents.into());
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&Bytes> {
        self.0.get(path)
    }

    /// All files, in order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.0.iter().map(|(path, contents)| (path.as_str(), contents))
    }

    /// The files below one agent's folder, by their path within it; macros left out.
    pub fn of_agent<'a>(&'a self, agent: &'a str) -> impl Iterator<Item = (&'a str, &'a Bytes)> {
        self.iter().filter_map(move |(path, contents)| {
            let inner = path.strip_prefix(agent)?.strip_prefix('/')?;
            let hidden = inner.split('/').any(|part| part.starts_with('_'));
            (!hidden).then_some((inner, contents))
        })
    }
}
