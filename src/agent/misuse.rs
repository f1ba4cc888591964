//! What a compiler and a linter would refuse of an addition, as far as it can be told without them.

use crate::base::artifact::Artifact;
use crate::check::{misfits, module, resolve};

/// Names that the language and its surroundings give. What else begins in lower case has to be declared or imported.
const GIVEN: &[&str] = &[
    "AbortController",
    "undefined",
    "globalThis",
    "isNaN",
    "isFinite",
    "parseInt",
    "parseFloat",
    "encodeURIComponent",
    "decodeURIComponent",
    "encodeURI",
    "decodeURI",
    "console",
    "setTimeout",
    "clearTimeout",
    "setInterval",
    "clearInterval",
    "queueMicrotask",
    "structuredClone",
    "crypto",
    "performance",
    "btoa",
    "atob",
    "arguments",
];

/// The same in a browser.
const GIVEN_IN_BROWSERS: &[&str] = &[
    "window",
    "document",
    "navigator",
    "location",
    "history",
    "localStorage",
    "sessionStorage",
    "fetch",
    "matchMedia",
    "requestAnimationFrame",
    "cancelAnimationFrame",
    "getComputedStyle",
    "scrollTo",
    "screen",
    "innerWidth",
    "innerHeight",
    "addEventListener",
    "removeEventListener",
    "self",
    "confirm",
    "alert",
    "prompt",
    "reportError",
];

/// Names in upper case that belong to the packages and files an addition may use, and are forgotten more often than others.
const FORGOTTEN: &[&str] = &[
    "Link",
    "NavLink",
    "Navigate",
    "Outlet",
    "Fragment",
    "Suspense",
    "ReactNode",
    "PageHeader",
    "Loading",
    "LoadError",
    "RequireSession",
    "Panel",
    "Extension",
    "DetailPanelProps",
    "EntityRow",
    "Problem",
];

/// Everything about one addition that is wrong for sure, each with its place. `exists` tells the app's files, `source` gives those
/// that are known.
pub(super) fn misuses(
    artifact: &Artifact,
    exists: &dyn Fn(&str) -> bool,
    source: &dyn Fn(&str) -> Option<String>,
) -> Vec<String> {
    let (path, text) = (&artifact.path, String::from_utf8_lossy(&artifact.contents));
    let browser = path.extension() == "tsx";
    let endings: &[&str] = if browser { &[".ts", ".tsx"] } else { &[".js"] };
    let Some(found) = module(&text, path.extension()) else { return Vec::new() };
    let mut faults: Vec<(usize, String)> = found.refused;
    faults.extend(found.unused.into_iter().map(|(name, line)| (line, format!("{name} is not used"))));
    for (name, line) in found.undeclared {
        let given = GIVEN.contains(&name.as_str()) || browser && GIVEN_IN_BROWSERS.contains(&name.as_str());
        let lower = name.starts_with(|c: char| c.is_ascii_lowercase());
        if matches!(name.as_str(), "process" | "require" | "module" | "Deno" | "Bun") {
            faults.push((line, format!("uses {name}, which no addition needs")));
        } else if lower && !given || FORGOTTEN.contains(&name.as_str()) {
            faults.push((line, format!("{name} is not imported")));
        }
    }
    for import in found.imports.iter().filter(|import| import.specifier.starts_with('.')) {
        let specifier = &import.specifier;
        if !endings.iter().any(|ending| specifier.ends_with(ending)) {
            let fault = format!("imports {specifier:?}, which must end in {}", endings.join(" or "));
            faults.push((import.line, fault));
            continue;
        }
        let other = resolve(path, specifier, exists).and_then(|target| {
            let extension = target.rsplit('.').next().unwrap_or_default().to_owned();
            module(&source(&target)?, &extension)
        });
        let Some(other) = other.filter(|other| !other.passes_on && import.name != "*") else { continue };
        match other.exports.get(&import.name) {
            None => faults.push((import.line, format!("{specifier:?} exports no {}", import.name))),
            Some(true) if !import.as_type => {
                faults
                    .push((import.line, format!("{} is a type: import it with `import type`", import.name)));
            }
            Some(_) => {}
        }
    }
    let types_of = |specifier: &str| resolve(path, specifier, exists).and_then(|target| source(&target));
    faults.extend(misfits(&text, path.extension(), &types_of));
    faults.sort();
    faults.into_iter().map(|(line, fault)| format!("{path}:{line}: {fault}")).collect()
}
