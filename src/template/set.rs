//! The templates there are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Template files by their path below `templates/`, in order of path.
#[derive(Clone, Debug, Default)]
pub struct TemplateSet(BTreeMap<String, Cow<'static, [u8]>>);

impl TemplateSet {
    /// The templates that come with the program.
    pub fn embedded() -> Self {
        fn walk(dir: &Dir<'static>, files: &mut BTreeMap<String, Cow<'static, [u8]>>) {
            for file in dir.files() {
                if let Some(path) = file.path().to_str() {
                    files.insert(path.replace('\\', "/"), Cow::Borrowed(file.contents()));
                }
            }
            for dir in dir.dirs() {
                walk(dir, files);
            }
        }
        let mut files = BTreeMap::new();
        walk(&EMBEDDED, &mut files);
        Self(files)
    }

    /// Adds a file, or puts it in the place of the one at that path.
    pub fn insert(&mut self, path: impl Into<String>, contents: Vec<u8>) {
        self.0.insert(path.into(), Cow::Owned(contents));
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(AsRef::as_ref)
    }

    /// All files, in order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(path, contents)| (path.as_str(), contents.as_ref()))
    }

    /// The files below one agent's folder, by their path within it; macros left out.
    pub fn of_agent<'a>(&'a self, agent: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.iter().filter_map(move |(path, contents)| {
            let inner = path.strip_prefix(agent)?.strip_prefix('/')?;
            let hidden = inner.split('/').any(|part| part.starts_with('_'));
            (!hidden).then_some((inner, contents))
        })
    }
}
