//! What a person decides about conflicts and deletions, and what later builds make of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use metagen::base::fs::Disk;
use metagen::workspace::OnConflict;
use tempfile::TempDir;

use super::build::{App, Built, app, build, build_with, failing_at, tree, wide};

fn text(dir: &Path, path: &str) -> String {
    fs::read_to_string(dir.join(path)).unwrap()
}

fn file(path: &str, text: &str) -> App {
    App::from([("docs", vec![(path.to_owned(), text.as_bytes().to_vec())])])
}

/// Builds one file; `text` is its new form.
fn made(at: &Path, text: &str, on_conflict: OnConflict) -> Built {
    build_with(&Disk::default(), at, &file("f", text), on_conflict).unwrap()
}

#[test]
fn markers_are_never_put_around_markers() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    made(at, "1\n2\n3\n4\n5\n", OnConflict::Markers);
    fs::write(at.join("f"), "mine\n2\n3\n4\n5\n").unwrap();
    made(at, "one\n2\n3\n4\n5\n", OnConflict::Markers);
    let marked = text(at, "f");
    assert!(marked.starts_with("<<<<<<< yours\nmine\n"), "{marked}");
    // Other changes come in the meantime, and go.
    for (next, on_conflict) in [
        ("uno\n2\n3\n4\nfive\n", OnConflict::Markers),
        ("one\n2\n3\n4\nfive\n", OnConflict::Keep),
        ("1\n2\n3\n4\n5\n", OnConflict::Markers),
        ("one\n2\n3\n4\nfive\n", OnConflict::Markers),
    ] {
        let built = made(at, next, on_conflict);
        assert_eq!((built.applied.marked.len(), built.applied.written.len()), (1, 0));
        assert_eq!(text(at, "f"), marked);
    }
    // Half of the work is not all of it.
    let half = marked.replace("<<<<<<< yours\n", "").replace("||||||| last generated\n", "");
    fs::write(at.join("f"), &half).unwrap();
    let built = made(at, "one\n2\n3\n4\nfive\n", OnConflict::Keep);
    assert_eq!((built.applied.marked.len(), text(at, "f")), (1, half));
    // All of it settles the conflict, and what else has come since is merged.
    fs::write(at.join("f"), "one and mine\n2\n3\n4\n5\n").unwrap();
    let built = made(at, "one\n2\n3\n4\nfive\n", OnConflict::Keep);
    assert_eq!(built.applied.conflicts, []);
    assert_eq!(text(at, "f"), "one and mine\n2\n3\n4\nfive\n");
    assert!(!at.join(".metagen/conflicts/f.incoming").exists());
}

#[test]
fn theirs_takes_the_place_of_markers_too() {
    for next in ["one\n", "1\n", "uno\n"] {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path();
        made(at, "1\n", OnConflict::Markers);
        fs::write(at.join("f"), "mine\n").unwrap();
        made(at, "one\n", OnConflict::Markers);
        let marked = text(at, "f");
        let built = made(at, next, OnConflict::Theirs);
        assert_eq!(built.applied.conflicts, [], "{next}");
        assert_eq!((text(at, "f"), text(at, ".metagen/conflicts/f.yours")), (next.to_owned(), marked));
    }
}

#[test]
fn everything_that_gave_way_to_a_generated_form_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    made(at, "0\n", OnConflict::Theirs);
    for (round, mine) in ["first\n", "second\n", "third\n"].into_iter().enumerate() {
        fs::write(at.join("f"), mine).unwrap();
        let built = made(at, &format!("{}\n", round + 1), OnConflict::Theirs);
        assert_eq!(built.applied.replaced.len(), 1);
    }
    let kept = |form: &str| text(at, &format!(".metagen/conflicts/f.{form}"));
    assert_eq!([kept("yours-1"), kept("yours-2"), kept("yours")], ["first\n", "second\n", "third\n"]);
}

#[cfg(unix)]
#[test]
fn what_stood_in_the_way_can_be_cleared_out_of_it() {
    for wanted in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path();
        build(&Disk::default(), at, &app("one")).unwrap();
        fs::remove_file(at.join("README.md")).unwrap();
        fs::create_dir(at.join("README.md")).unwrap();
        fs::remove_dir_all(at.join("backend/src")).unwrap();
        std::os::unix::fs::symlink("nowhere", at.join("backend/src")).unwrap();
        for _ in 0..2 {
            let built = build(&Disk::default(), at, &app("two")).unwrap();
            let blocked: Vec<String> = built.applied.blocked.iter().map(ToString::to_string).collect();
            assert_eq!(blocked, ["README.md", "backend/src/a.ts"]);
            assert_eq!(built.applied.conflicts, built.applied.blocked);
        }
        fs::remove_dir(at.join("README.md")).unwrap();
        fs::remove_file(at.join("backend/src")).unwrap();
        if !wanted {
            fs::remove_dir_all(at.join(".metagen/conflicts")).unwrap();
        }
        let built = build(&Disk::default(), at, &app("two")).unwrap();
        assert_eq!(built.applied.conflicts, []);
        for path in ["README.md", "backend/src/a.ts"] {
            assert_eq!(at.join(path).exists(), wanted, "{path}");
        }
        assert!(!at.join("backend/src/deep/b.ts").exists(), "it was deleted, and no conflict waited");
    }
}

#[test]
fn edits_of_what_is_let_go_are_edits_when_it_comes_back() {
    let two = |version: &str| {
        let mut app = file("f", &format!("{version}\n2\n3\n4\n5\n"));
        app.get_mut("docs").unwrap().push(("g".to_owned(), b"x\n".to_vec()));
        app
    };
    let let_go = file("g", "x\n");
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let go = |app: &App| build(&Disk::default(), at, app).unwrap();
    let state = || fs::read(at.join(".metagen/context.json")).unwrap();
    go(&two("1"));
    fs::write(at.join("f"), "1\n2\n3\n4\nmine\n").unwrap();
    for _ in 0..2 {
        go(&let_go);
        assert_eq!(text(at, "f"), "1\n2\n3\n4\nmine\n");
        let before = state();
        assert!(go(&let_go).applied.written.is_empty());
        assert_eq!(state(), before, "nothing is recorded twice");
        assert_eq!(go(&two("one")).applied.conflicts, []);
        assert_eq!(text(at, "f"), "one\n2\n3\n4\nmine\n");
        go(&let_go);
        assert_eq!(go(&two("1")).applied.conflicts, []);
        assert_eq!(text(at, "f"), "1\n2\n3\n4\nmine\n");
    }
    // What a person deletes of it has nobody left who deleted it.
    go(&let_go);
    fs::remove_file(at.join("f")).unwrap();
    go(&two("1"));
    assert_eq!(text(at, "f"), "1\n2\n3\n4\n5\n");
    // What they bring back to how it was goes.
    fs::write(at.join("f"), "mine\n").unwrap();
    go(&let_go);
    fs::write(at.join("f"), "1\n2\n3\n4\n5\n").unwrap();
    assert_eq!(go(&let_go).applied.removed.len(), 1);
}

/// As `rm -rf app/*` does it.
fn clear(at: &Path) {
    for name in metagen::base::fs::list(at).unwrap().iter().filter(|name| !name.starts_with('.')) {
        let path = at.join(name);
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
}

#[test]
fn a_tree_that_was_cleared_away_is_made_anew() {
    let hidden = |version: &str| {
        let mut app = app(version);
        app.get_mut("docs").unwrap().push((".gitignore".to_owned(), b"x\n".to_vec()));
        app
    };
    for next in ["one", "two"] {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path();
        build(&Disk::default(), at, &hidden("one")).unwrap();
        clear(at);
        fs::write(at.join("notes.txt"), "mine").unwrap();
        let built = build(&Disk::default(), at, &hidden(next)).unwrap();
        assert_eq!((built.applied.written.len(), built.applied.conflicts.len()), (6, 0));
        let fresh = tempfile::tempdir().unwrap();
        build(&Disk::default(), fresh.path(), &hidden(next)).unwrap();
        let mut expected = tree(fresh.path());
        expected.extend(tree(at).into_iter().filter(|(path, _)| path == "notes.txt"));
        assert_eq!(tree(at), expected);
        // One that is left says that the others were deleted.
        clear(at);
        fs::write(at.join("README.md"), "mine\n").unwrap();
        build(&Disk::default(), at, &hidden(next)).unwrap();
        assert_eq!(tree(at).len(), 2);
    }
}

/// From such a tree, a build that fails at any step is finished by the next one, with the same files as one that does not fail.
fn stops_at_any_step(prepared: impl Fn() -> TempDir) -> BTreeMap<String, (Vec<u8>, bool)> {
    let whole = prepared();
    build(&Disk::default(), whole.path(), &wide("two")).unwrap();
    let expected = tree(whole.path());
    for step in 0.. {
        let dir = prepared();
        let stopped = build(&failing_at(step).0, dir.path(), &wide("two")).is_err();
        build(&Disk::default(), dir.path(), &wide("two")).unwrap();
        assert_eq!(tree(dir.path()), expected, "step {step}");
        if !stopped {
            break;
        }
    }
    expected
}

#[test]
fn what_is_made_anew_and_stops_at_any_step_is_finished_by_the_next_build() {
    let cleared = || {
        let dir = tempfile::tempdir().unwrap();
        build(&Disk::default(), dir.path(), &wide("one")).unwrap();
        clear(dir.path());
        dir
    };
    stops_at_any_step(cleared);
}

/// A file that is missing from the tree of an earlier build was not deleted, and is not when its making is broken off either.
#[test]
fn the_way_back_to_an_earlier_tree_can_stop_at_any_step() {
    let went_back = || {
        let dir = tempfile::tempdir().unwrap();
        build(&Disk::default(), dir.path(), &wide("one")).unwrap();
        build(&Disk::default(), dir.path(), &wide("two")).unwrap();
        for (path, bytes) in wide("one").into_values().flatten() {
            fs::write(dir.path().join(path), bytes).unwrap();
        }
        for missing in ["backend/only-two.ts", "backend/src/deep/b.ts", "backend/only-one.ts"] {
            fs::remove_file(dir.path().join(missing)).unwrap();
        }
        dir
    };
    let expected = stops_at_any_step(went_back);
    assert!(expected.contains_key("backend/only-two.ts"));
}
