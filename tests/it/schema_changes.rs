//! Builds over an app whose schema changes: what comes is a migration, and what stands stays.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::sandbox::Sandbox;

const A: &str = r#"{"app":{"name":"Shop"},"entities":[{"name":"Book","fields":[
    {"name":"title","required":true},{"name":"pages","type":"integer"}]}]}"#;
const B: &str = r#"{"app":{"name":"Shop"},"entities":[{"name":"Book","fields":[
    {"name":"title","required":true},{"name":"isbn","required":true}]}]}"#;
const C: &str = r#"{"app":{"name":"Shop"},"entities":[{"name":"Book","fields":[
    {"name":"title","required":true},{"name":"price","type":"decimal"}]}]}"#;

const INIT: &str = "00000000000000_init";
const TO_B: &str = "00000000000001_remove_book_pages_and_1_more";
const FOLDERS: [&str; 2] = ["backend/prisma/migrations", "backend/prisma/postgresql/migrations"];

fn sandbox() -> Sandbox {
    Sandbox::new().with("a.json", A).with("b.json", B).with("c.json", C)
}

fn app(sandbox: &Sandbox) -> PathBuf {
    sandbox.work().join("app")
}

fn build(sandbox: &Sandbox, blueprint: &str) -> serde_json::Value {
    sandbox
        .metagen(&format!("build -o app --output-format json --blueprint {blueprint}.json"))
        .exits(0)
        .json()
}

/// What a report says about migrations.
fn warnings(report: &serde_json::Value) -> Vec<String> {
    let all = report["warnings"].as_array().unwrap().iter();
    all.map(|warning| warning.as_str().unwrap().to_owned())
        .filter(|text| text.contains("[migration"))
        .collect()
}

/// The scripts in one of the folders, by name.
fn scripts(dir: &Path, folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir.join(folder)).unwrap() {
        let entry = entry.unwrap();
        if let Ok(script) = std::fs::read_to_string(entry.path().join("migration.sql")) {
            found.insert(entry.file_name().into_string().unwrap(), script);
        }
    }
    found
}

#[track_caller]
fn names(dir: &Path, expected: &[&str]) {
    for folder in FOLDERS {
        assert_eq!(scripts(dir, folder).keys().collect::<Vec<_>>(), expected, "{folder}");
    }
}

/// Everything in the app's directory outside of `.metagen`.
fn tree(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let inner = path.strip_prefix(dir).unwrap().to_path_buf();
            if path.is_dir() && !inner.starts_with(".metagen") {
                folders.push(path);
            } else if path.is_file() {
                files.insert(inner, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn there_and_back_are_two_more_migrations() {
    let sandbox = sandbox();
    assert_eq!(warnings(&build(&sandbox, "a")), Vec::<String>::new());
    let first = FOLDERS.map(|folder| scripts(&app(&sandbox), folder));
    let report = build(&sandbox, "b");
    let told = warnings(&report);
    assert!(
        told[0].starts_with("Book.pages is removed") && told[1].starts_with("Book.isbn is required"),
        "{told:?}"
    );
    assert_eq!(told.len(), 2, "both databases have that in common: {told:?}");
    names(&app(&sandbox), &[INIT, TO_B]);
    let again = build(&sandbox, "b");
    assert_eq!((warnings(&again).len(), again["files_written"].as_u64()), (0, Some(0)));
    assert!(again["tasks"].as_array().unwrap().iter().all(|task| task["reused"] == true), "{again}");

    build(&sandbox, "a");
    names(&app(&sandbox), &[INIT, TO_B, "00000000000002_remove_book_isbn_and_1_more"]);
    for (folder, first) in FOLDERS.iter().zip(first) {
        assert_eq!(scripts(&app(&sandbox), folder)[INIT], first[INIT], "what was applied stays as it is");
    }
    sandbox
        .metagen("build -o app --blueprint b.json")
        .exits(0)
        .stderr_has("the schema changes with migration 00000000000003_remove_book_pages_and_1_more: remove Book.pages, add Book.isbn");
}

#[test]
fn a_diff_shows_the_migration_and_writes_nothing() {
    let sandbox = sandbox();
    build(&sandbox, "a");
    let before = tree(&app(&sandbox));
    let report = sandbox.metagen("diff -o app --output-format json --blueprint b.json").exits_any().json();
    let created = report["files"].as_array().unwrap().iter().filter(|file| file["action"] == "create");
    let created: Vec<_> = created.map(|file| file["path"].as_str().unwrap()).collect();
    for folder in FOLDERS {
        let path = format!("{folder}/{TO_B}/migration.sql");
        assert!(created.contains(&path.as_str()), "{created:?}");
    }
    let told = warnings(&report);
    assert_eq!(tree(&app(&sandbox)), before);
    assert_eq!(warnings(&build(&sandbox, "b")), told, "a build says the same");
    assert_eq!(told.len(), 2);
}

#[test]
fn a_tree_without_its_context_tells_as_much() {
    let sandbox = sandbox();
    build(&sandbox, "a");
    build(&sandbox, "b");
    std::fs::remove_dir_all(app(&sandbox).join(".metagen")).unwrap();
    assert_eq!(warnings(&build(&sandbox, "b")), Vec::<String>::new());
    names(&app(&sandbox), &[INIT, TO_B]);
    std::fs::remove_dir_all(app(&sandbox).join(".metagen")).unwrap();
    sandbox.metagen("build -o app --on-conflict theirs --blueprint c.json").exits(0);
    names(&app(&sandbox), &[INIT, TO_B, "00000000000002_remove_book_isbn_and_1_more"]);
}

#[test]
fn runs_that_hand_nothing_over_leave_no_trace() {
    let sandbox = sandbox();
    build(&sandbox, "a");
    let before = tree(&app(&sandbox));
    for blueprint in ["b", "c", "b"] {
        // Nobody listens there.
        sandbox
            .metagen(&format!("build -o app --provider openai --base-url http://127.0.0.1:9 --model m --max-retries 0 --blueprint {blueprint}.json"))
            .exits(4);
        assert_eq!(scripts(&app(&sandbox), FOLDERS[0]).len(), 1);
    }
    build(&sandbox, "a");
    assert_eq!(tree(&app(&sandbox)), before);
    build(&sandbox, "c");
    names(&app(&sandbox), &[INIT, "00000000000001_remove_book_pages_and_1_more"]);
    assert!(
        scripts(&app(&sandbox), FOLDERS[0])["00000000000001_remove_book_pages_and_1_more"].contains("price")
    );
}

#[test]
fn a_persons_own_migrations_and_edits_stay() {
    let sandbox = sandbox();
    build(&sandbox, "a");
    build(&sandbox, "b");
    let mine = "20260101120000_mine";
    for folder in FOLDERS {
        let folder = app(&sandbox).join(folder);
        std::fs::create_dir(folder.join(mine)).unwrap();
        std::fs::write(
            folder.join(mine).join("migration.sql"),
            "ALTER TABLE \"Book\" ADD COLUMN \"shelf\" TEXT;\n",
        )
        .unwrap();
        let edited = folder.join(TO_B).join("migration.sql");
        let text = std::fs::read_to_string(&edited).unwrap();
        std::fs::write(&edited, text.replace("'unknown'", "'none'")).unwrap();
    }
    build(&sandbox, "c");
    let added = "20260101120001_remove_book_isbn_and_1_more";
    names(&app(&sandbox), &[INIT, TO_B, mine, added]);
    let sqlite = scripts(&app(&sandbox), FOLDERS[0]);
    assert!(sqlite[added].contains("\"shelf\" TEXT,"), "{}", sqlite[added]);
    assert!(sqlite[TO_B].contains("'none'"), "the edit stays");

    // What is removed is not brought back, and counts as done.
    for folder in FOLDERS {
        std::fs::remove_dir_all(app(&sandbox).join(folder).join(TO_B)).unwrap();
    }
    let report = build(&sandbox, "c");
    assert_eq!(warnings(&report), Vec::<String>::new());
    names(&app(&sandbox), &[INIT, mine, added]);
}

#[test]
fn a_build_killed_at_any_moment_ends_with_the_same_migrations() {
    let whole = sandbox();
    build(&whole, "a");
    build(&whole, "b");
    let expected = tree(&app(&whole));
    let sandbox = sandbox();
    let mut interrupted = 0;
    for round in 0..12_u64 {
        std::fs::remove_dir_all(app(&sandbox)).ok();
        build(&sandbox, "a");
        let mut child = Command::new(env!("CARGO_BIN_EXE_metagen"))
            .args(["build", "-o", "app", "--blueprint", "b.json"])
            .current_dir(sandbox.work())
            .env_clear()
            .env("HOME", sandbox.work())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(15 * round));
        child.kill().unwrap();
        if !child.wait().unwrap().success() {
            interrupted += 1;
        }
        let planned = app(&sandbox).join(".metagen/plans/2.json").is_file();
        if planned && round % 2 == 0 {
            sandbox.metagen("resume app").exits_any();
        }
        build(&sandbox, "b");
        let mut found = tree(&app(&sandbox));
        // The secrets of the app itself are made at its first start, not here.
        found.retain(|path, _| path.file_name().is_some_and(|name| name != ".env"));
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "round {round}");
        assert!(found == expected, "round {round}");
    }
    assert!(interrupted > 0);
}
