//! Later builds over what a person did in the meantime.

use std::fs;
use std::time::{Duration, SystemTime};

use metagen::base::fs::{Disk, Fault, Step};
use metagen::context::Store;
use metagen::workspace::OnConflict;

use super::build::{app, build, build_with, tree};
use crate::durability::crash::copy;

fn text(dir: &std::path::Path, path: &str) -> String {
    fs::read_to_string(dir.join(path)).unwrap()
}

#[test]
fn the_same_build_again_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let first = build(&Disk::default(), dir.path(), &app("one")).unwrap();
    assert_eq!((first.ran.len(), first.applied.written.len()), (2, 6));
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    for path in tree(dir.path()).keys() {
        fs::File::options().append(true).open(dir.path().join(path)).unwrap().set_modified(then).unwrap();
    }
    let again = build(&Disk::default(), dir.path(), &app("one")).unwrap();
    assert!(again.ran.is_empty() && again.applied.written.is_empty());
    for path in tree(dir.path()).keys() {
        assert_eq!(fs::metadata(dir.path().join(path)).unwrap().modified().unwrap(), then, "{path}");
    }
    assert!(cfg!(not(unix)) || tree(dir.path())["run.sh"].1, "scripts can be run");
}

#[test]
fn edits_deletions_and_foreign_files_stay() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    build(&Disk::default(), at, &app("one")).unwrap();
    fs::write(at.join("backend/src/a.ts"), "// one\n1\n2\n3\n4\nmine\n").unwrap();
    fs::remove_file(at.join("backend/src/deep/b.ts")).unwrap();
    fs::write(at.join("notes.txt"), "mine").unwrap();
    fs::write(at.join("backend/only-two.ts"), "mine\n").unwrap();
    let built = build(&Disk::default(), at, &app("two")).unwrap();
    assert_eq!(text(at, "backend/src/a.ts"), "// two\n1\n2\n3\n4\nmine\n");
    assert!(!at.join("backend/src/deep/b.ts").exists(), "deleted stays deleted");
    assert!(!at.join("backend/only-one.ts").exists(), "no longer generated and untouched");
    assert_eq!(text(at, "notes.txt"), "mine");
    assert_eq!(text(at, "backend/only-two.ts"), "mine\n", "it was there first");
    assert_eq!(built.applied.conflicts.len(), 1);
    assert_eq!(text(at, ".metagen/conflicts/backend/only-two.ts.incoming"), "x\n");
}

#[test]
fn what_is_saved_while_a_build_writes_is_not_lost() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().to_path_buf();
    build(&Disk::default(), &at, &app("one")).unwrap();
    // The new forms are forced to the disk when all files have been looked at, before the first of them takes its place.
    let saved = std::sync::Once::new();
    let disk = Disk::with_hook({
        let at = at.clone();
        move |step, path| {
            if step == Step::SyncAll && path.ends_with(".metagen") {
                saved.call_once(|| {
                    fs::write(at.join("backend/src/a.ts"), "// one\n1\n2\n3\n4\nmine\n").unwrap();
                    fs::write(at.join("README.md"), "# App\n\nMine\n").unwrap();
                    fs::write(at.join("backend/only-one.ts"), "mine\n").unwrap();
                    fs::remove_file(at.join("run.sh")).unwrap();
                });
            }
            Ok(())
        }
    });
    let built = build(&disk, &at, &app("two")).unwrap();
    assert_eq!(text(&at, "backend/src/a.ts"), "// two\n1\n2\n3\n4\nmine\n", "merged");
    assert_eq!(text(&at, "README.md"), "# App\n\nMine\n");
    assert_eq!(text(&at, ".metagen/conflicts/README.md.incoming"), "# App\n\nVersion two\n");
    assert_eq!(text(&at, "backend/only-one.ts"), "mine\n", "no longer generated, but theirs now");
    assert!(!at.join("run.sh").exists(), "deleted stays deleted");
    assert_eq!(built.applied.conflicts.len(), 1);
    assert_eq!(text(&at, "backend/only-two.ts"), "x\n");
    let again = build(&Disk::default(), &at, &app("two")).unwrap();
    assert!(again.applied.written.is_empty() && again.applied.conflicts == built.applied.conflicts);
}

#[test]
fn a_file_that_changes_all_the_time_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().to_path_buf();
    build(&Disk::default(), &at, &app("one")).unwrap();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let disk = Disk::with_hook({
        let at = at.clone();
        move |step, _| {
            if step == Step::SyncAll {
                let n = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                fs::write(at.join("backend/src/a.ts"), format!("// one\n1\n2\n3\n4\n{n}\n")).unwrap();
            }
            Ok(())
        }
    });
    let error = build(&disk, &at, &app("two")).unwrap_err();
    let metagen::context::ContextError::Disk(error) = error else { panic!("{error}") };
    assert_eq!((error.fault, error.path), (Fault::Changing, at.join("backend/src/a.ts")));
    assert!(text(&at, "backend/src/a.ts").starts_with("// one\n"));
    build(&Disk::default(), &at, &app("two")).unwrap();
    assert!(text(&at, "backend/src/a.ts").starts_with("// two\n"));
}

#[test]
fn a_conflict_waits_until_it_is_dealt_with() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    build(&Disk::default(), at, &app("one")).unwrap();
    fs::write(at.join("README.md"), "# App\n\nMine\n").unwrap();
    for _ in 0..2 {
        let built = build(&Disk::default(), at, &app("two")).unwrap();
        assert_eq!(built.applied.conflicts.len(), 1);
        assert_eq!(text(at, "README.md"), "# App\n\nMine\n");
        assert_eq!(text(at, ".metagen/conflicts/README.md.incoming"), "# App\n\nVersion two\n");
        assert!(text(at, ".metagen/conflicts/README.md.merged").contains("<<<<<<< yours\nMine\n"));
    }
    // Taking the incoming form away says: mine it is.
    fs::remove_file(at.join(".metagen/conflicts/README.md.incoming")).unwrap();
    let built = build(&Disk::default(), at, &app("two")).unwrap();
    assert!(built.applied.conflicts.is_empty());
    assert_eq!(text(at, "README.md"), "# App\n\nMine\n");
    assert!(!at.join(".metagen/conflicts/README.md.merged").exists());
    assert!(Store::new(Disk::default(), at).read().unwrap().unwrap().context.conflicts.is_empty());
}

#[test]
fn an_edit_settles_a_conflict() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    build(&Disk::default(), at, &app("one")).unwrap();
    fs::write(at.join("README.md"), "# App\n\nMine\n").unwrap();
    build(&Disk::default(), at, &app("two")).unwrap();
    fs::write(at.join("README.md"), "# App\n\nVersion two, mine\n").unwrap();
    assert!(build(&Disk::default(), at, &app("two")).unwrap().applied.conflicts.is_empty());
    assert_eq!(text(at, "README.md"), "# App\n\nVersion two, mine\n");
}

#[test]
fn conflicts_can_be_decided_in_advance() {
    for (on_conflict, expected, kept, conflicts) in [
        (OnConflict::Theirs, "# App\n\nVersion two\n".to_owned(), Some("README.md.yours"), 0),
        (
            OnConflict::Markers,
            "# App\n\n<<<<<<< yours\nMine\n||||||| last generated\nVersion one\n=======\nVersion two\n>>>>>>> generated\n"
                .to_owned(),
            None,
            1,
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path();
        build(&Disk::default(), at, &app("one")).unwrap();
        fs::write(at.join("README.md"), "# App\n\nMine\n").unwrap();
        // The second build must not put markers around markers.
        for _ in 0..2 {
            let built = build_with(&Disk::default(), at, &app("two"), on_conflict).unwrap();
            assert_eq!(text(at, "README.md"), expected);
            assert_eq!(built.applied.conflicts.len(), conflicts);
        }
        if let Some(kept) = kept {
            assert_eq!(text(at, &format!(".metagen/conflicts/{kept}")), "# App\n\nMine\n");
        }
    }
}

#[test]
fn only_changed_tasks_run() {
    let dir = tempfile::tempdir().unwrap();
    build(&Disk::default(), dir.path(), &app("one")).unwrap();
    let mut half = app("one");
    half.insert("docs", app("two").remove("docs").unwrap());
    let built = build(&Disk::default(), dir.path(), &half).unwrap();
    assert_eq!(built.ran, ["docs"]);
    let context = Store::new(Disk::default(), dir.path()).read().unwrap().unwrap().context;
    assert!(context.run.unwrap().tasks[&super::build::task("backend")].reused);
}

#[test]
fn plans_are_numbered() {
    let dir = tempfile::tempdir().unwrap();
    build(&Disk::default(), dir.path(), &app("one")).unwrap();
    build(&Disk::default(), dir.path(), &app("two")).unwrap();
    let mut fewer = app("two");
    fewer.remove("docs");
    build(&Disk::default(), dir.path(), &fewer).unwrap();
    let store = Store::new(Disk::default(), dir.path());
    let plans = store.read().unwrap().unwrap().context.plans;
    assert_eq!(plans.keys().copied().collect::<Vec<_>>(), [1, 2], "an equal plan keeps its number");
    assert_eq!(store.plan(1).unwrap(), b"[\"backend\", \"docs\"]");
    assert!(store.plan(3).is_err());
}

/// As `git checkout` of another branch does it: the context stays, the files are those of an earlier build.
#[test]
fn the_tree_of_an_earlier_build_is_not_taken_for_edits() {
    let (dir, earlier) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (at, fresh) = (dir.path(), tempfile::tempdir().unwrap());
    build(&Disk::default(), at, &app("one")).unwrap();
    copy(at, earlier.path());
    build(&Disk::default(), at, &app("two")).unwrap();
    fs::remove_dir_all(at.join("backend")).unwrap();
    copy(&earlier.path().join("backend"), &at.join("backend"));
    for file in ["README.md", "logo.png", "run.sh"] {
        fs::copy(earlier.path().join(file), at.join(file)).unwrap();
    }
    let before = tree(at);
    build(&Disk::default(), at, &app("one")).unwrap();
    assert_eq!(tree(at), before, "what is built is what stands");

    build(&Disk::default(), at, &app("two")).unwrap();
    fs::remove_dir_all(at.join("backend")).unwrap();
    copy(&earlier.path().join("backend"), &at.join("backend"));
    for file in ["README.md", "logo.png", "run.sh"] {
        fs::copy(earlier.path().join(file), at.join(file)).unwrap();
    }
    let built = build(&Disk::default(), at, &app("three")).unwrap();
    assert!(built.applied.conflicts.is_empty(), "{:?}", built.applied);
    build(&Disk::default(), fresh.path(), &app("three")).unwrap();
    let mut expected = tree(fresh.path());
    // The context knows of it no more, and so it is a file like any other.
    expected.extend(tree(at).into_iter().filter(|(path, _)| path == "backend/only-one.ts"));
    assert_eq!(tree(at), expected);
}

#[test]
fn a_single_file_brought_back_is_an_edit_and_deletions_stay() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    build(&Disk::default(), at, &app("one")).unwrap();
    let old = text(at, "README.md");
    build(&Disk::default(), at, &app("two")).unwrap();
    fs::write(at.join("README.md"), &old).unwrap();
    fs::remove_file(at.join("backend/src/deep/b.ts")).unwrap();
    let built = build(&Disk::default(), at, &app("three")).unwrap();
    assert_eq!(text(at, "README.md"), old);
    assert_eq!(built.applied.conflicts.len(), 1, "both changed the version");
    assert!(!at.join("backend/src/deep/b.ts").exists());
}

#[cfg(unix)]
#[test]
fn permissions_are_the_persons() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    build(&Disk::default(), at, &app("one")).unwrap();
    let set =
        |path: &str, bits: u32| fs::set_permissions(at.join(path), fs::Permissions::from_mode(bits)).unwrap();
    let bits = |path: &str| fs::metadata(at.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(bits("run.sh") & 0o111, 0o111 & bits("run.sh"), "scripts can be run by whoever may read them");
    for (path, wanted) in [("run.sh", 0o640), ("README.md", 0o600), ("backend/src/a.ts", 0o755)] {
        set(path, wanted);
        build(&Disk::default(), at, &app("one")).unwrap();
        assert_eq!(bits(path), wanted, "{path}");
    }
    let built = build(&Disk::default(), at, &app("two")).unwrap();
    assert!(built.applied.written.len() >= 4);
    assert_eq!((bits("run.sh"), bits("README.md"), bits("backend/src/a.ts")), (0o640, 0o600, 0o755));
}
