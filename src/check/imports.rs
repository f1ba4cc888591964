//! Whether what a file imports is there.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use crate::base::ids::OutputPath;

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// As it is written.
    pub specifier: String,
    /// The line, from 1.
    pub line: usize,
}

/// What a parsed file says about others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// What it imports, in order.
    pub imports: Vec<Import>,
}

/// The npm packages that files below some folder may import.
#[derive(Clone, Debug, Default)]
pub struct Packages(BTreeMap<String, BTreeSet<String>>);

impl Packages {
    /// Reads what a `package.json` lists; files in its folder and below may import it. Text that is no package file adds nothing.
    pub fn add(&mut self, path: &OutputPath, contents: &[u8]) {
        let Some(folder) = path.as_str().strip_suffix("package.json") else { return };
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(contents) else { return };
        let names = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"]
            .iter()
            .filter_map(|key| value.get(key)?.as_object())
            .flat_map(|entries| entries.keys().cloned())
            .collect();
        self.0.insert(folder.to_owned(), names);
    }

    /// Adds what is listed elsewhere.
    pub fn join(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(folder, names)| (folder.clone(), names.clone())));
    }

    fn lists(&self, path: &OutputPath, package: &str) -> bool {
        self.0
            .iter()
            .any(|(folder, names)| path.as_str().starts_with(folder.as_str()) && names.contains(package))
    }
}

/// The imports that lead nowhere: a relative one to no file that `exists`, a bare one to no listed package or part of Node.js.
///
/// Relative imports may leave out or rewrite the ending as TypeScript does (`./x.js` is `x.ts`); files that the app's own tools
/// generate (below a folder called `generated`) count as there.
pub fn unresolved(
    path: &OutputPath,
    imports: &[Import],
    exists: &dyn Fn(&str) -> bool,
    packages: &Packages,
) -> Vec<Finding> {
    let fault = |import: &Import, message: String| Finding { path: path.clone(), line: import.line, message };
    let mut findings = Vec::new();
    for import in imports {
        let specifier = import.specifier.as_str();
        if specifier.starts_with('.') {
            match join(path.as_str(), specifier) {
                Some(target)
                    if candidates(&target).any(|file| exists(&file)) || target.contains("/generated/") => {}
                Some(target) => {
                    findings.push(fault(import, format!("imports {specifier:?}, but there is no {target}")));
                }
                None => {
                    findings
                        .push(fault(import, format!("imports {specifier:?}, which lies outside the app")));
                }
            }
        } else if !specifier.starts_with("node:") {
            let parts = if specifier.starts_with('@') { 2 } else { 1 };
            let package = specifier.split('/').take(parts).collect::<Vec<_>>().join("/");
            if !packages.lists(path, &package) {
                findings.push(fault(
                    import,
                    format!("imports {specifier:?}, but no package.json above it lists {package}"),
                ));
            }
        }
    }
    findings
}

/// The file that a relative import leads to, of those that there are.
pub fn resolve(from: &OutputPath, specifier: &str, exists: &dyn Fn(&str) -> bool) -> Option<String> {
    let target = join(from.as_str(), specifier)?;
    candidates(&target).find(|file| exists(file))
}

/// The path that a relative specifier leads to; `None` where it leaves the root.
fn join(from: &str, specifier: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// The files that a target may be, the likeliest first, made as they are asked for: the first is mostly there.
fn candidates(target: &str) -> impl Iterator<Item = String> {
    let rewritten = target.strip_suffix(".js").into_iter();
    let rewritten = rewritten.flat_map(|stem| ["ts", "tsx"].map(|ending| format!("{stem}.{ending}")));
    let ended =
        ["ts", "tsx", "js", "mjs", "json"].into_iter().map(move |ending| format!("{target}.{ending}"));
    let index = ["ts", "tsx", "js"].into_iter().map(move |ending| format!("{target}/index.{ending}"));
    std::iter::once_with(|| target.to_owned()).chain(rewritten).chain(ended).chain(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_missing() {
        let mut packages = Packages::default();
        packages.add(&OutputPath::new("package.json").unwrap(), br#"{"devDependencies": {"eslint": "1"}}"#);
        packages.add(
            &OutputPath::new("backend/package.json").unwrap(),
            br#"{"dependencies": {"zod": "4", "@s/p": "1"}}"#,
        );
        let exists = |path: &str| ["backend/src/a.ts", "backend/src/b/index.ts"].contains(&path);
        let check = |specifier: &str| {
            let import = Import { specifier: specifier.to_owned(), line: 3 };
            let path = OutputPath::new("backend/src/x.ts").unwrap();
            unresolved(&path, &[import], &exists, &packages).into_iter().map(|found| found.to_string()).next()
        };
        for good in [
            "./a.js",
            "./a",
            "./b",
            "../src/a.ts",
            "zod",
            "zod/v4",
            "@s/p/q",
            "eslint",
            "node:fs",
            "./generated/x.js",
        ] {
            assert_eq!(check(good), None, "{good}");
        }
        assert_eq!(
            check("./c.js").unwrap(),
            "backend/src/x.ts:3: imports \"./c.js\", but there is no backend/src/c.js"
        );
        assert!(check("../../../etc/passwd").unwrap().contains("outside"));
        assert!(check("left-pad").unwrap().contains("no package.json above it lists left-pad"));
        assert!(check("fs").unwrap().contains("lists fs"));
    }
}
