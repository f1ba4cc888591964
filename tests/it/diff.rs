//! `metagen diff` and the plans that are kept: what a build would change, and what changed between builds.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::build::{SPEC, names, tree};
use crate::model_builds::{good, key, with_model};
use crate::model_server::ModelServer;
use crate::sandbox::{Sandbox, left_out};

/// The usual app with one thing more.
fn wider() -> String {
    format!("{SPEC} Each review has a rating from 1 to 5 and belongs to a book.")
}

/// Every file with its time, `.metagen/` and all.
fn stamped(dir: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let mut files = BTreeMap::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let time = path.metadata().unwrap().modified().unwrap();
                files.insert(path.display().to_string(), (std::fs::read(&path).unwrap(), time));
            }
        }
    }
    files
}

/// An app that a person has worked on.
fn lived_in() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.metagen("build -o app").arg(SPEC).exits(0);
    let app = sandbox.work().join("app");
    let edit = |path: &str, change: &dyn Fn(String) -> String| {
        let text = std::fs::read_to_string(app.join(path)).unwrap();
        std::fs::write(app.join(path), change(text)).unwrap();
    };
    edit("backend/src/seed/seed.ts", &|text| format!("// mine\n{text}"));
    edit("backend/src/entities/index.ts", &|text| text.replace("book", "tome"));
    std::fs::remove_file(app.join("docs/API.md")).unwrap();
    std::fs::write(app.join("mine.txt"), "mine").unwrap();
    sandbox
}

#[test]
fn a_diff_of_nothing_writes_nothing() {
    let sandbox = Sandbox::new();
    let report = sandbox.metagen("diff --output-format json").arg(SPEC).exits(0).json();
    assert_eq!((&report["directory"], &report["complete"]), (&json!("bookshop"), &json!(true)));
    assert_eq!(report["counts"]["create"], report["changes"]);
    assert_eq!(report["would_run"].as_array().unwrap().len(), 6);
    assert!(names(&sandbox.work()).is_empty());
    assert!(names(&sandbox.work().parent().unwrap().join("home")).is_empty());
    sandbox.metagen("diff nowhere").exits(3).stderr_has("rejected");
    sandbox.metagen("diff -o nowhere").exits(2).stderr_has("holds no app");
}

#[test]
fn what_is_shown_is_what_a_build_does() {
    let sandbox = lived_in();
    let app = sandbox.work().join("app");
    let before = stamped(&app);
    let report = sandbox.metagen("diff -o app --output-format json").arg(&wider()).exits(0).json();
    assert_eq!(stamped(&app), before, "a diff writes nothing");
    let action = |path: &str| {
        let files = report["files"].as_array().unwrap();
        files.iter().find(|file| file["path"] == path).map_or(Value::Null, |file| file["action"].clone())
    };
    assert_eq!(action("backend/src/entities/review/review.routes.ts"), "create");
    assert_eq!(action("backend/src/http/fields.ts"), "update");
    assert_eq!(action("backend/src/seed/seed.ts"), "merge");
    assert_eq!(action("backend/src/entities/index.ts"), "conflict");
    assert_eq!(action("docs/API.md"), "stays_deleted");
    assert_eq!(action("package.json"), Value::Null);
    let text = sandbox.metagen("diff -o app").arg(&wider()).exits(0);
    let text = text.stdout_has("G backend/src/seed/seed.ts  (merged with your changes)").stdout;
    assert!(text.contains("C backend/src/entities/index.ts  (you changed the same place)"), "{text}");
    assert!(text.contains("\n+++ b/backend/src/entities/review/review.routes.ts\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours without a terminal");
    let short = sandbox.metagen("diff -o app --stat --color always").arg(&wider()).exits(0).stdout;
    assert!(short.contains("\u{1b}[32mG\u{1b}[0m") && !short.contains("+++"), "{short}");

    let before = tree(&app);
    let built = sandbox.metagen("build -o app --output-format json").arg(&wider()).exits(1).json();
    let after = tree(&app);
    let count = |word: &str| report["counts"][word].as_u64().unwrap_or(0);
    assert_eq!(built["files_written"], count("create") + count("update") + count("merge"));
    let changed = after.iter().filter(|(path, bytes)| before.get(*path) != Some(*bytes)).count();
    assert_eq!(changed as u64, built["files_written"].as_u64().unwrap());
    assert_eq!(built["conflicts"], json!(["backend/src/entities/index.ts"]));
    assert!(built["hint"].as_str().unwrap().contains("app/.metagen/conflicts"), "{built}");

    // Without words it is about the last plan, which has been built.
    let report = sandbox.metagen("diff -o app --output-format json").exits(0).json();
    assert_eq!((&report["changes"], &report["counts"]["conflict"]), (&json!(1), &json!(1)));
    assert_eq!(report["would_run"], json!([]));
}

#[test]
fn scripts_can_ask_whether_there_is_a_difference() {
    let sandbox = Sandbox::new();
    sandbox.metagen("diff --exit-code --stat").arg(SPEC).exits(1);
    sandbox.metagen("build").arg(SPEC).exits(0);
    let same = sandbox.metagen("diff --exit-code").arg(SPEC).exits(0);
    same.stdout_has("bookshop: nothing would change; ");
    sandbox.metagen("diff --exit-code --stat -o bookshop").arg(&wider()).exits(1);
}

#[test]
fn git_can_apply_what_is_shown() {
    let git = |dir: &Path, args: &[&str], input: Option<&str>| {
        let mut command = Command::new("git");
        command.args(args).current_dir(dir).stdin(if input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        let mut child = command.stdout(Stdio::null()).spawn().ok()?;
        if let Some(text) = input {
            std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
        }
        Some(child.wait().unwrap().success())
    };
    let sandbox = lived_in();
    let app = sandbox.work().join("app");
    if git(&app, &["init", "-q", "."], None).is_none() {
        left_out("there is no git");
        return;
    }
    let patch = sandbox.metagen("diff -o app").arg(&wider()).exits(0).stdout;
    assert_eq!(git(&app, &["apply", "-"], Some(&patch)), Some(true));
    let applied = tree(&app);
    assert_eq!(git(&app, &["apply", "-R", "-"], Some(&patch)), Some(true));
    sandbox.metagen("build -o app").arg(&wider()).exits(1);
    let without_git = |files: BTreeMap<String, Vec<u8>>| -> BTreeMap<_, _> {
        files.into_iter().filter(|(path, _)| !path.starts_with(".git/")).collect()
    };
    assert_eq!(without_git(applied), without_git(tree(&app)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_never_asked() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, good).await;
    let diff = |more: &str| {
        with_model(&sandbox, &format!("diff --output-format json {more}"), &server.url, &key)
            .arg(crate::model_builds::SPEC)
    };
    let refused = diff("").exits(4);
    assert_eq!(refused.json()["error"]["kind"], "model");
    refused.stderr_has("would have to be asked for").stderr_has("`metagen plan` with the same words");
    assert!(names(&sandbox.work()).is_empty() && server.asked().is_empty());

    // With a plan that was paid for, everything but the model's own additions is known.
    with_model(&sandbox, "plan --format json", &server.url, &key).arg(crate::model_builds::SPEC).exits(0);
    let report = diff("").exits(0).json();
    assert_eq!((&report["complete"], &report["would_ask"]), (&json!(false), &json!(["backend", "frontend"])));
    assert_eq!(server.asked().len(), 1);
    diff("--exit-code").exits(1);
    let text = with_model(&sandbox, "diff --stat", &server.url, &key).arg(crate::model_builds::SPEC).exits(0);
    text.stdout_has("A build would ask gemini").stdout_has("for: backend, frontend.");

    with_model(&sandbox, "build", &server.url, &key).arg(crate::model_builds::SPEC).exits(0);
    assert_eq!(server.asked().len(), 3);
    let report = diff("--exit-code").exits(0).json();
    assert_eq!((&report["complete"], &report["changes"]), (&json!(true), &json!(0)));

    // Answers that are gone are not asked for again: the last plan for the same words stands in, and the rest is said.
    sandbox.metagen("cache clear").exits(0);
    let report = diff("-o bookshop").exits(0).json();
    assert_eq!((&report["complete"], &report["would_ask"]), (&json!(false), &json!(["plan"])));
    assert_eq!(report["changes"], 0);
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn plans_are_versions_that_can_be_compared() {
    let sandbox = Sandbox::new();
    sandbox.metagen("build -o app").arg(SPEC).exits(0);
    sandbox.metagen("build -o app").arg(SPEC).exits(0);
    sandbox.metagen("build -o app").arg(&wider()).exits(0);
    let history = sandbox.metagen("plan history app --output-format json").exits(0).json();
    let plans = history["plans"].as_array().unwrap();
    assert_eq!(plans.len(), 2, "the same plan again is no new version");
    assert_eq!((&plans[0]["number"], &plans[0]["current"]), (&json!(1), &json!(false)));
    assert_eq!((&plans[1]["number"], &plans[1]["current"]), (&json!(2), &json!(true)));
    assert_eq!(plans[0]["spec"], SPEC);
    assert_eq!(plans[1]["entities"], json!(["Book", "Author", "Review"]));
    let text = sandbox.metagen("plan history app").exits(0).stdout;
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.lines().nth(2).unwrap().starts_with("2*"), "{text}");

    for line in ["plan diff 1 2 app", "plan diff -o app", "plan diff 1 -o app"] {
        let text = sandbox.metagen(line).exits(0).stdout;
        assert!(text.starts_with("plan 1 → plan 2\n"), "{text}");
        for part in ["+ Review: ", "    + rating: type integer, min 1, max 5", "    + book: kind belongs_to"]
        {
            assert!(text.contains(part), "{part:?} is missing in\n{text}");
        }
    }
    sandbox.metagen("plan diff 2 1 app").exits(0).stdout_has("- Review: ");
    let diff = sandbox.metagen("plan diff 1 2 app --output-format json").exits(0).json();
    assert_eq!((&diff["from"], &diff["to"]), (&json!(1), &json!(2)));
    assert_eq!(diff["entities"][0]["change"], "added");
    assert_eq!(diff["tasks"], json!([]));
    sandbox.metagen("plan diff 2 2 app").exits(0).stdout_has("no difference");

    sandbox.metagen("plan diff 1 7 app").exits(2).stderr_has("no plan 7").stderr_has("up to 2");
    sandbox.metagen("plan diff one app").exits(2).stderr_has("one");
    sandbox.metagen("plan history nowhere").exits(2).stderr_has("holds no app");
    sandbox.metagen("plan history --spec-file x").exits(2);
    sandbox.metagen("plan").arg("A shop").arg("history").exits(2).stderr_has("more than one");
}

#[test]
fn plans_that_are_lost_are_said_to_be() {
    let sandbox = Sandbox::new();
    sandbox.metagen("build -o app").arg(SPEC).exits(0);
    sandbox.metagen("build -o app").arg(&wider()).exits(0);
    std::fs::write(sandbox.work().join("app/.metagen/plans/1.json"), "rubbish").unwrap();
    sandbox.metagen("plan history app").exits(0).stdout_has("lost or damaged");
    sandbox.metagen("plan diff 1 2 app").exits(5).stderr_has("plans/1.json is damaged");
    let check = sandbox.metagen("context check app --output-format json").exits(1).json();
    assert_eq!(check["lost_plans"], json!([1]));
}

/// A word that is a verb of `plan` is a description all the same, where it is meant as one.
#[test]
fn every_description_can_be_planned() {
    let sandbox = Sandbox::new().with("history.txt", "history");
    let bare = sandbox.metagen("plan -- history").exits_any();
    let file = sandbox.metagen("plan --spec-file history.txt").exits_any();
    assert_eq!((bare.stdout, bare.stderr), (file.stdout, file.stderr));
    sandbox.metagen("plan --help").exits(0).stdout_has("metagen plan -- history");
}
