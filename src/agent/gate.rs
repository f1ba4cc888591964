//! The gate: what a model adds is kept only if nothing speaks against it.

use std::collections::BTreeMap;

use regex_lite::Regex;

use super::answer::AnswerFile;
use super::manifest::Additions;
use super::misuse::misuses;
use super::standing::Standing;
use crate::base::artifact::{Artifact, Origin};
use crate::base::ids::OutputPath;
use crate::check::{parse, unresolved};
use crate::format::{Dialect, typescript};
use crate::model::ExtensionModule;

/// What came through, and why the rest did not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gate {
    /// Laid out and checked.
    pub admitted: Vec<Artifact>,
    /// The same as modules to register.
    pub modules: Vec<ExtensionModule>,
    /// One text a fault, naming the file.
    pub faults: Vec<String>,
}

/// Judges the files of an answer. `own` gives the app's own files beside them by path: no addition may take their place, and what
/// additions import of them has to be there.
pub fn admit(
    files: Vec<AnswerFile>,
    rules: &Additions,
    standing: &Standing,
    own: &dyn Fn(&str) -> Option<String>,
) -> Gate {
    let occupied = &|path: &str| own(path).is_some();
    let mut gate = Gate::default();
    let mut candidates: Vec<Artifact> = Vec::new();
    for (at, file) in files.into_iter().enumerate() {
        let name: String = file.path.chars().take(120).filter(|c| !c.is_control()).collect();
        let verdict = if at >= rules.max_files {
            Err(format!("is one too many: at most {} files are taken", rules.max_files))
        } else if candidates.iter().any(|known| known.path.as_str() == file.path) {
            Err("stands in the answer twice".to_owned())
        } else {
            judge(file, rules, occupied)
        };
        match verdict {
            Ok(artifact) => candidates.push(artifact),
            Err(why) => gate.faults.push(format!("{name}: {why}")),
        }
    }
    // A file that imports one which was refused is refused too, and so on.
    loop {
        let paths: Vec<String> =
            candidates.iter().map(|artifact| artifact.path.as_str().to_owned()).collect();
        let exists =
            |path: &str| occupied(path) || standing.has(path) || paths.iter().any(|known| known == path);
        let texts: BTreeMap<String, String> = candidates
            .iter()
            .map(|it| (it.path.as_str().to_owned(), String::from_utf8_lossy(&it.contents).into_owned()))
            .collect();
        let before = candidates.len();
        candidates.retain(|artifact| {
            let mut faults = import_faults(artifact, rules, standing, &exists);
            if faults.is_empty() {
                let source = |path: &str| {
                    let other = texts.get(path).cloned();
                    other.or_else(|| own(path))
                };
                faults = misuses(artifact, &exists, &source);
            }
            gate.faults.extend(faults.iter().cloned());
            faults.is_empty()
        });
        if candidates.len() == before {
            break;
        }
    }
    gate.modules = candidates.iter().filter_map(|artifact| module(&artifact.path, rules)).collect();
    gate.admitted = candidates;
    gate
}

fn judge(file: AnswerFile, rules: &Additions, occupied: &dyn Fn(&str) -> bool) -> Result<Artifact, String> {
    if !file.whole {
        return Err("was cut off; half a file is never kept".to_owned());
    }
    let path = OutputPath::new(file.path).map_err(|error| error.to_string())?;
    let inner = path.as_str().strip_prefix(rules.folder.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let stem = inner.and_then(|rest| rest.strip_suffix(&format!(".{}", rules.extension)));
    let plain = |stem: &str| {
        stem.starts_with(|c: char| c.is_ascii_lowercase())
            && stem.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    if !stem.is_some_and(plain) {
        return Err(format!(
            "is not allowed; additions are {}/<kebab-case>.{}",
            rules.folder, rules.extension
        ));
    }
    if occupied(path.as_str()) {
        return Err("is a file of the app itself".to_owned());
    }
    if file.contents.len() > rules.max_bytes {
        return Err(format!("has {} bytes; at most {} are taken", file.contents.len(), rules.max_bytes));
    }
    if let Some(placeholder) = placeholder(&file.contents) {
        return Err(format!("holds a placeholder: {placeholder:?}"));
    }
    let dialect = Dialect::of_extension(path.extension()).ok_or("is of a kind that cannot be checked")?;
    let laid_out = typescript(&file.contents, dialect).map_err(|error| error.to_string())?;
    if !exports(&laid_out, &rules.exports) {
        return Err(format!("does not export {}", rules.exports));
    }
    if let Some(escape) = escape_hatch(&laid_out) {
        return Err(format!("switches checks off: {escape:?}"));
    }
    Ok(Artifact { path, contents: laid_out.into(), origin: Origin::Model })
}

fn import_faults(
    artifact: &Artifact,
    rules: &Additions,
    standing: &Standing,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    let parsed = match parse(&artifact.path, &artifact.contents) {
        Ok(parsed) => parsed,
        Err(findings) => return findings.iter().map(ToString::to_string).collect(),
    };
    let (relative, bare): (Vec<_>, Vec<_>) =
        parsed.imports.into_iter().partition(|import| import.specifier.starts_with('.'));
    let mut faults: Vec<String> = unresolved(&artifact.path, &relative, exists, standing.packages())
        .iter()
        .map(ToString::to_string)
        .collect();
    let listed = |specifier: &str| {
        rules.packages.iter().any(|name| {
            specifier == name
                || specifier.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    faults.extend(bare.iter().filter(|import| !listed(&import.specifier)).map(|import| {
        format!(
            "{}:{}: imports {:?}, which is not among the packages an addition may use",
            artifact.path, import.line, import.specifier
        )
    }));
    faults
}

/// A text that stands in for code that is not there.
fn placeholder(source: &str) -> Option<&str> {
    let patterns = [
        r"(?i)//[^\n]*\b(rest of (the|your)|remaining|existing|other|your) (code|implementation|logic|imports?)\b[^\n]*",
        r"(?i)//\s*\.\.\.[^\n]*",
        r"(?i)/\*\s*\.\.\.[^\n]*",
        r"(?i)(//|/\*|\{/\*)[^\n]*\b(TODO|FIXME|XXX)\b[^\n]*",
        r"(?i)(//|/\*)[^\n]*\b(implement(ation)? (me|here|this)|placeholder|not implemented|left as an exercise)\b[^\n]*",
        r#"(?i)throw new Error\(['"`](not implemented|todo)[^\n]*"#,
    ];
    patterns.iter().find_map(|pattern| {
        let pattern = Regex::new(pattern).expect("the patterns are tested");
        pattern.find(source).map(|found| found.as_str())
    })
}

/// A comment that silences the compiler or the linter.
fn escape_hatch(source: &str) -> Option<&str> {
    let pattern = Regex::new(r"(@ts-(ignore|nocheck|expect-error)|eslint-disable)[^\n]*")
        .expect("the pattern is tested");
    pattern.find(source).map(|found| found.as_str())
}

fn exports(source: &str, name: &str) -> bool {
    if name == "default" {
        return Regex::new(r"(?m)^export default |^export \{[^}]*\bas default\b")
            .expect("the pattern is tested")
            .is_match(source);
    }
    source.contains(&format!("export const {name} ")) || source.contains(&format!("export const {name}:"))
}

/// An addition as a module to register.
pub(super) fn module(path: &OutputPath, rules: &Additions) -> Option<ExtensionModule> {
    let name = path.as_str().rsplit('/').next()?;
    let file = name.strip_suffix(&format!(".{}", rules.extension))?;
    let ident = crate::naming::Words::of(file).suffixed("extension").camel();
    Some(ExtensionModule { file: file.to_owned(), ident })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::manifest::Side;

    fn rules() -> Additions {
        Additions {
            registered_in: Side::Backend,
            folder: "backend/src/extensions".to_owned(),
            extension: "ts".to_owned(),
            exports: "default".to_owned(),
            packages: vec!["zod".to_owned()],
            shown: Vec::new(),
            max_files: 3,
            max_bytes: 1_000,
            max_output_tokens: 100,
        }
    }

    fn judged(files: &[(&str, &str)]) -> Gate {
        let files = files
            .iter()
            .map(|(path, contents)| AnswerFile {
                path: (*path).to_owned(),
                contents: (*contents).to_owned(),
                whole: true,
            })
            .collect();
        let own = |path: &str| {
            let text = match path {
                "backend/src/extensions/types.ts" => "export interface Extension { name: string }\n",
                "backend/src/extensions/index.ts" => "export const extensions = [];\n",
                "backend/src/http/problem.ts" => {
                    "export const invalid = 1;\nexport interface FieldError {}\n"
                }
                _ => return None,
            };
            Some(text.to_owned())
        };
        admit(files, &rules(), &Standing::default(), &own)
    }

    #[track_caller]
    fn refused(path: &str, contents: &str, why: &str) {
        let gate = judged(&[(path, contents)]);
        assert!(gate.admitted.is_empty(), "{path} was admitted");
        assert!(gate.faults[0].contains(why), "{:?} should say {why:?}", gate.faults);
    }

    const GOOD: &str = "import { z } from 'zod'\nimport type { Extension } from './types.js'\nexport default { name: z.string().parse('x') } satisfies Extension\n";

    #[test]
    fn good_files_are_laid_out_and_registered() {
        let gate = judged(&[("backend/src/extensions/price-rule.ts", GOOD)]);
        assert_eq!(gate.faults, Vec::<String>::new());
        assert_eq!(
            gate.modules,
            [ExtensionModule { file: "price-rule".to_owned(), ident: "priceRuleExtension".to_owned() }]
        );
        assert!(String::from_utf8_lossy(&gate.admitted[0].contents).contains("'zod';"));
    }

    #[test]
    fn bad_files_are_refused_with_the_reason() {
        let inside = "backend/src/extensions/a.ts";
        refused("../a.ts", GOOD, "'..'");
        refused("/etc/a.ts", GOOD, "absolute");
        refused("backend/src/app.ts", GOOD, "not allowed");
        refused("backend/src/extensions/sub/a.ts", GOOD, "not allowed");
        refused("backend/src/extensions/types.ts", GOOD, "the app itself");
        refused(inside, "export default {", "does not parse");
        refused(inside, "const a = 1;\n", "does not export default");
        refused(inside, "// ... rest of the code\nexport default {};\n", "placeholder");
        refused(inside, "// TODO: later\nexport default {};\n", "placeholder");
        refused(inside, "import x from 'left-pad';\nexport default x;\n", "left-pad");
        refused(inside, "import x from './nowhere.js';\nexport default x;\n", "nowhere");
        refused(inside, "// @ts-ignore\nexport default {};\n", "switches checks off");
        refused(inside, "import fs from 'node:fs';\nexport default fs;\n", "node:fs");
        refused(inside, "import { z } from 'zod';\nexport default {};\n", "a.ts:1: z is not used");
        refused(inside, "const a = 1;\nexport default {};\n", "a.ts:1: a is not used");
        refused(inside, "export default { a: 1 as any };\n", "the type any");
        refused(
            inside,
            "import { nope } from '../http/problem.js';\nexport default nope;\n",
            "exports no nope",
        );
        refused(
            inside,
            "import nope from '../http/problem.js';\nexport default nope;\n",
            "exports no default",
        );
        refused(
            inside,
            "import { FieldError } from '../http/problem.js';\nexport default {} as FieldError;\n",
            "import it with `import type`",
        );
        refused(
            inside,
            "import { invalid } from '../http/problem';\nexport default invalid;\n",
            "must end in .js",
        );
        refused(inside, "export default () => invalid;\n", "invalid is not imported");
        refused(inside, "export default () => z.string();\n", "z is not imported");
        refused(
            inside,
            "import type { Extension } from './types.js';\nexport default {} satisfies Extension;\n",
            "has no \"name\"",
        );
        refused(inside, &format!("{GOOD}{}", "// x\n".repeat(400)), "at most 1000");
    }

    #[test]
    fn refusal_spreads_to_importers() {
        let gate = judged(&[
            ("backend/src/extensions/a.ts", "import b from './b.js';\nexport default b;\n"),
            ("backend/src/extensions/b.ts", "import x from 'left-pad';\nexport default x;\n"),
        ]);
        assert!(gate.admitted.is_empty());
        assert_eq!(gate.faults.len(), 2);
    }

    #[test]
    fn half_files_are_refused() {
        let file = AnswerFile {
            path: "backend/src/extensions/a.ts".to_owned(),
            contents: GOOD.to_owned(),
            whole: false,
        };
        assert!(
            admit(vec![file], &rules(), &Standing::default(), &|_| None).faults[0].contains("half a file")
        );
    }
}
