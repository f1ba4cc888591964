//! The steps of a verification.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// A step.
#[derive(Debug)]
pub(super) struct Step {
    /// Its name in reports and logs.
    pub(super) name: &'static str,
    /// The app's npm script; `None` installs.
    pub(super) script: Option<&'static str>,
    /// Steps that must have passed.
    pub(super) needs: &'static [&'static str],
    /// The longest it may take.
    pub(super) limit: Duration,
}

const fn step(
    name: &'static str,
    script: Option<&'static str>,
    needs: &'static [&'static str],
    minutes: u64,
) -> Step {
    Step { name, script, needs, limit: Duration::from_secs(minutes * 60) }
}

/// All of them, in order.
pub(super) const STEPS: &[Step] = &[
    step("install", None, &[], 15),
    step("typecheck", Some("typecheck"), &["install"], 10),
    step("lint", Some("lint"), &["install"], 10),
    step("format", Some("format:check"), &["install"], 5),
    step("test", Some("test"), &["install"], 15),
    step("build", Some("build"), &["install"], 10),
    step("api tests", Some("test:api"), &["install", "build"], 15),
    step("boot", Some("start"), &["install", "build"], 2),
];

/// The names of the app's npm scripts; `None` where the directory holds no npm package.
pub(super) fn scripts(dir: &Path) -> Option<BTreeSet<String>> {
    let text = std::fs::read_to_string(dir.join("package.json")).ok()?;
    let package: serde_json::Value = serde_json::from_str(&text).ok()?;
    let scripts = package.get("scripts").and_then(serde_json::Value::as_object);
    Some(scripts.map(|scripts| scripts.keys().cloned().collect()).unwrap_or_default())
}

/// What npm is told to install: exactly the lock file's versions where there is one.
pub(super) fn install_arguments(dir: &Path) -> Vec<&'static str> {
    let verb = if dir.join("package-lock.json").is_file() { "ci" } else { "install" };
    vec![verb, "--no-audit", "--no-fund"]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_step_needs_stands_before_it() {
        for (index, step) in STEPS.iter().enumerate() {
            for needed in step.needs {
                assert!(STEPS.iter().take(index).any(|other| other.name == *needed), "{}", step.name);
            }
        }
    }

    #[test]
    fn scripts_come_from_the_package() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(scripts(dir.path()), None);
        std::fs::write(dir.path().join("package.json"), r#"{"scripts":{"lint":"x","build":"y"}}"#).unwrap();
        assert_eq!(scripts(dir.path()).unwrap().into_iter().collect::<Vec<_>>(), ["build", "lint"]);
        assert_eq!(install_arguments(dir.path())[0], "install");
        std::fs::write(dir.path().join("package-lock.json"), "{}").unwrap();
        assert_eq!(install_arguments(dir.path())[0], "ci");
    }
}
