//! Contexts that are cut, empty, random or newer, and directories that are not what they should be.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use metagen::base::clock::FixedClock;
use metagen::base::fs::{Disk, Fault, list};
use metagen::context::{Context, ContextError, Entry, Journal, Store};

use super::build::{app, build, clock, failing_at, open, tree, wide};

fn meta(dir: &Path, name: &str) -> std::path::PathBuf {
    dir.join(".metagen").join(name)
}

fn built() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    build(&Disk::default(), dir.path(), &app("one")).unwrap();
    fs::write(dir.path().join("backend/src/a.ts"), "// one\n1\n2\n3\n4\nmine\n").unwrap();
    dir
}

const RUBBISH: [&[u8]; 6] =
    [b"", b"{", b"\0\0\0\0\0\0\0\0", b"null", b"{\"version\":1}", b"\xff\xfe rubbish\n\n"];

#[test]
fn damage_of_any_file_loses_no_edit() {
    let expected = {
        let dir = built();
        build(&Disk::default(), dir.path(), &app("two")).unwrap();
        tree(dir.path())
    };
    for (files, all_lost) in
        [(vec!["context.json"], false), (vec!["journal"], false), (vec!["context.json", "journal"], true)]
    {
        for rubbish in RUBBISH {
            let dir = built();
            for file in &files {
                fs::write(meta(dir.path(), file), rubbish).unwrap();
            }
            let writer = open(&Disk::default(), dir.path()).unwrap();
            let damaged_document = files.contains(&"context.json");
            assert_eq!(
                !writer.notices().is_empty(),
                damaged_document || rubbish.contains(&b'\n'),
                "{files:?} {rubbish:?}"
            );
            let mended = writer.context();
            drop(writer);
            // Either of the two is enough again.
            let store = Store::new(Disk::default(), dir.path());
            assert!(store.check().unwrap().is_sound(), "{files:?} {rubbish:?}");
            for one in ["context.json", "journal"] {
                let aside = meta(dir.path(), "aside");
                fs::rename(meta(dir.path(), one), &aside).unwrap();
                let seen = store.read().unwrap().map(|snapshot| snapshot.context);
                assert_eq!(seen.as_ref(), Some(&mended), "{files:?} {rubbish:?} without {one}");
                fs::rename(&aside, meta(dir.path(), one)).unwrap();
            }
            if damaged_document {
                let copies = list(&dir.path().join(".metagen")).unwrap();
                assert!(copies.iter().any(|name| name.starts_with("context.json.damaged-")), "{copies:?}");
            }
            let built = build(&Disk::default(), dir.path(), &app("two")).unwrap();
            assert_eq!(tree(dir.path()), expected, "{files:?} {rubbish:?} {all_lost}");
            assert!(built.applied.conflicts.is_empty());
        }
    }
}

#[test]
fn what_was_never_handed_over_is_not_taken_for_the_persons_file() {
    for rubbish in [&b"{"[..], b""] {
        let dir = tempfile::tempdir().unwrap();
        // Everything is in the pack, and nothing in its place.
        build(&Disk::default(), dir.path(), &app("one")).unwrap();
        for path in tree(dir.path()).into_keys() {
            fs::remove_file(dir.path().join(path)).unwrap();
        }
        fs::write(dir.path().join("README.md"), "mine").unwrap();
        fs::write(meta(dir.path(), "context.json"), rubbish).unwrap();
        fs::write(meta(dir.path(), "journal"), rubbish).unwrap();
        let built = build(&Disk::default(), dir.path(), &app("one")).unwrap();
        assert_eq!(built.applied.conflicts.len(), 1);
        assert_eq!(fs::read(dir.path().join("README.md")).unwrap(), b"mine");
    }
}

#[test]
fn every_cut_of_the_document_is_survived() {
    let dir = built();
    let document = fs::read(meta(dir.path(), "context.json")).unwrap();
    for cut in (0..document.len() - 2).step_by(97) {
        fs::write(meta(dir.path(), "context.json"), &document[..cut]).unwrap();
        let store = Store::new(Disk::default(), dir.path());
        let seen = store.read().unwrap().unwrap().context;
        assert_eq!(
            serde_json::to_value(&seen).unwrap(),
            serde_json::from_slice::<serde_json::Value>(&document).unwrap()
        );
        drop(open(&Disk::default(), dir.path()).unwrap());
        assert_eq!(fs::read(meta(dir.path(), "context.json")).unwrap(), document, "cut at {cut}");
    }
}

#[test]
fn numbers_that_cannot_go_on_are_damage() {
    let largest = |field: &str| match field {
        "seq" => (u64::MAX, "seq"),
        _ => (u64::from(u32::MAX), "number"),
    };
    for field in ["seq", "run", "plans", "journal"] {
        let dir = built();
        let path = meta(dir.path(), "context.json");
        let mut document: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let (number, key) = largest(field);
        match field {
            "run" => document["run"][key] = number.into(),
            "plans" => {
                let plan = document["plans"]["1"].take();
                document["plans"] = serde_json::json!({ number.to_string(): plan });
                let plans = dir.path().join(".metagen/plans");
                fs::rename(plans.join("1.json"), plans.join(format!("{number}.json"))).unwrap();
            }
            "seq" => document[key] = number.into(),
            _ => {
                let context = Store::new(Disk::default(), dir.path()).read().unwrap().unwrap().context;
                let context = Box::new(Context { seq: u64::MAX, ..context });
                fs::write(meta(dir.path(), "journal"), Journal::line(u64::MAX, &Entry::Snapshot { context }))
                    .unwrap();
            }
        }
        fs::write(&path, serde_json::to_vec(&document).unwrap()).unwrap();
        let store = Store::new(Disk::default(), dir.path());
        assert!(!store.check().unwrap().is_sound(), "{field}");
        let built = build(&Disk::default(), dir.path(), &app("two")).unwrap();
        assert!(built.applied.conflicts.is_empty(), "{field}");
        assert_eq!(
            fs::read_to_string(dir.path().join("backend/src/a.ts")).unwrap(),
            "// two\n1\n2\n3\n4\nmine\n"
        );
        assert!(store.check().unwrap().is_sound(), "{field}");
    }
}

#[test]
fn without_any_context_nothing_of_the_persons_is_touched() {
    let dir = built();
    fs::remove_dir_all(dir.path().join(".metagen")).unwrap();
    let before = tree(dir.path());
    let built = build(&Disk::default(), dir.path(), &app("two")).unwrap();
    let after = tree(dir.path());
    for (path, bytes) in &before {
        assert_eq!(after.get(path), Some(bytes), "{path}");
    }
    assert_eq!(built.applied.conflicts.len(), 4, "{:?}", built.applied.conflicts);
}

#[test]
fn a_newer_context_is_refused_as_it_is() {
    let dir = built();
    let newer = br#"{"version": 7, "what": "comes"}"#;
    fs::write(meta(dir.path(), "context.json"), newer).unwrap();
    let error = open(&Disk::default(), dir.path()).unwrap_err();
    assert!(matches!(error, ContextError::Newer { found: 7, known: 2, .. }), "{error}");
    assert!(matches!(Store::new(Disk::default(), dir.path()).read(), Err(ContextError::Newer { .. })));
    assert_eq!(fs::read(meta(dir.path(), "context.json")).unwrap(), newer);
}

#[test]
fn check_backup_and_restore() {
    let dir = built();
    let store = Store::new(Disk::default(), dir.path());
    assert!(store.check().unwrap().is_sound());
    // Who writes is left out: a process that another test is just starting has a copy of every open lock for a moment.
    let state = || store.read().unwrap().unwrap().context;
    let before = state();
    let name = store.backup(Duration::ZERO, clock().as_ref()).unwrap();
    build(&Disk::default(), dir.path(), &app("two")).unwrap();
    let after = state();
    fs::write(meta(dir.path(), "context.json"), "rubbish").unwrap();
    assert!(!store.check().unwrap().is_sound());
    let restore = |name: &str| store.restore(name, Duration::ZERO, clock().as_ref());
    let undo = restore(&name).unwrap();
    assert!(store.check().unwrap().is_sound());
    let back = state();
    assert_eq!((&back.run, &back.plans), (&before.run, &before.plans));
    assert_eq!(back.files, after.files, "what stands in the tree is what was handed over");
    restore(&undo).unwrap();
    let seq = state().seq;
    assert_eq!(state(), Context { seq, ..after }, "the document was damaged, the journal was not");
    assert!(matches!(restore("../../etc"), Err(ContextError::Absent { .. })));
}

#[test]
fn the_last_backup_is_the_last_one_though_the_clock_goes_back() {
    let dir = built();
    let store = Store::new(Disk::default(), dir.path());
    let at = |time: &str| FixedClock(time.parse().unwrap());
    let made: Vec<String> = ["2026-01-02T03:04:05Z", "2025-12-31T00:00:00Z", "2026-01-02T03:04:06Z"]
        .iter()
        .map(|time| store.backup(Duration::ZERO, &at(time)).unwrap())
        .chain((0..10).map(|_| store.backup(Duration::ZERO, &at("2026-01-02T03:04:06Z")).unwrap()))
        .collect();
    assert_eq!(made[1], "20260102T030405Z-2");
    assert_eq!(store.backups().unwrap(), made);
}

#[test]
fn a_backup_that_could_not_come_back_leaves_what_was() {
    for step in 0.. {
        let dir = built();
        let name = Store::new(Disk::default(), dir.path()).backup(Duration::ZERO, clock().as_ref()).unwrap();
        build(&Disk::default(), dir.path(), &app("two")).unwrap();
        let before = tree(dir.path());
        let (disk, _) = failing_at(step);
        let store = Store::new(disk, dir.path());
        let restored = store.restore(&name, Duration::ZERO, clock().as_ref());
        assert!(store.check().unwrap().is_sound(), "step {step}");
        let again = build(&Disk::default(), dir.path(), &app("two")).unwrap();
        assert_eq!((again.applied.written, again.applied.conflicts), (vec![], vec![]), "step {step}");
        assert_eq!(tree(dir.path()), before, "step {step}");
        if restored.is_ok() {
            assert!(step > 5, "{step} steps");
            break;
        }
    }
}

/// A backup comes back over the tree of a later build, or over its own. The next build knows what of it was generated.
#[test]
fn after_a_backup_is_back_nothing_generated_is_taken_for_edits() {
    for (lose, old_tree) in [(false, false), (true, false), (false, true)] {
        for next in ["one", "two", "three"] {
            let what = format!("{next}, record lost: {lose}, old tree: {old_tree}");
            let dir = tempfile::tempdir().unwrap();
            let at = dir.path();
            build(&Disk::default(), at, &wide("one")).unwrap();
            let store = Store::new(Disk::default(), at);
            let name = store.backup(Duration::ZERO, clock().as_ref()).unwrap();
            build(&Disk::default(), at, &wide("two")).unwrap();
            if lose {
                fs::write(meta(at, "context.json"), "rubbish").unwrap();
                fs::write(meta(at, "journal"), "rubbish").unwrap();
            }
            if old_tree {
                for file in tree(at).keys() {
                    fs::remove_file(at.join(file)).unwrap();
                }
                for (path, bytes) in wide("one").into_values().flatten() {
                    fs::create_dir_all(at.join(&path).parent().unwrap()).unwrap();
                    fs::write(at.join(path), bytes).unwrap();
                }
            }
            let mine = fs::read_to_string(at.join("backend/src/a.ts")).unwrap().replace("4\n", "4\nmine\n");
            fs::write(at.join("backend/src/a.ts"), mine).unwrap();
            store.restore(&name, Duration::ZERO, clock().as_ref()).unwrap();
            assert!(store.check().unwrap().is_sound());
            let built = build(&Disk::default(), at, &wide(next)).unwrap();
            assert_eq!(built.applied.conflicts, [], "{what}");
            let mut expected: BTreeMap<String, Vec<u8>> = wide(next).into_values().flatten().collect();
            expected.get_mut("backend/src/a.ts").unwrap().extend_from_slice(b"mine\n");
            // Where the record is lost, nobody knows whether the file that "two" did not have was removed by it or by a person.
            if lose && next == "one" {
                expected.remove("backend/only-one.ts");
            }
            let found: BTreeMap<_, _> =
                tree(at).into_iter().map(|(path, (bytes, _))| (path, bytes)).collect();
            assert_eq!(found, expected, "{what}");
        }
    }
}

#[test]
fn damage_in_the_pack_is_found_and_made_again() {
    let dir = built();
    let pack = meta(dir.path(), "generated.pack");
    let mut bytes = fs::read(&pack).unwrap();
    let at = bytes.windows(6).position(|window| window == b"# App\n").unwrap();
    bytes[at] = b'!';
    fs::write(&pack, bytes).unwrap();
    assert_eq!(Store::new(Disk::default(), dir.path()).check().unwrap().lost.len(), 1);
    let built = build(&Disk::default(), dir.path(), &app("one")).unwrap();
    assert_eq!(built.ran, ["docs"], "only the task whose artifact was hurt");
}

#[test]
fn what_is_kept_where_a_torn_end_stood_is_found_again() {
    let dir = built();
    let pack = meta(dir.path(), "generated.pack");
    let torn = [fs::read(&pack).unwrap(), vec![b'x'; 10_000]].concat();
    fs::write(&pack, torn).unwrap();
    // It takes what it hands over out of the pack.
    build(&Disk::default(), dir.path(), &app("two")).unwrap();
    assert_eq!(Store::new(Disk::default(), dir.path()).check().unwrap().lost.len(), 0);
}

#[test]
fn a_path_that_is_a_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app");
    fs::write(&path, "mine").unwrap();
    let Err(ContextError::Disk(error)) = build(&Disk::default(), &path, &app("one")) else {
        panic!("an error")
    };
    assert_eq!((error.fault, error.path), (Fault::NotADirectory, path.clone()));
    assert_eq!(fs::read(&path).unwrap(), b"mine");
}

#[cfg(unix)]
#[test]
fn a_read_only_directory_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app");
    fs::create_dir(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o555)).unwrap();
    // The administrator may write everywhere; there a test of `access` runs as somebody else.
    if fs::write(path.join("probe"), "").is_ok() {
        return;
    }
    let Err(ContextError::Disk(error)) = build(&Disk::default(), &path, &app("one")) else {
        panic!("an error")
    };
    assert_eq!((error.fault, error.path), (Fault::Permission, path.join(".metagen")));
}

#[test]
fn refusals_of_the_disk_are_told_apart() {
    for (code, fault) in [(28, Fault::NoSpace), (30, Fault::ReadOnly), (13, Fault::Permission)] {
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk::with_hook(move |_, _| Err(std::io::Error::from_raw_os_error(code)));
        let Err(ContextError::Disk(error)) = build(&disk, dir.path(), &app("one")) else {
            panic!("an error")
        };
        assert_eq!(error.fault, fault);
        assert!(error.to_string().contains(&dir.path().display().to_string()), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("victim"), "theirs").unwrap();
    symlink(outside.path(), dir.path().join("backend")).unwrap();
    symlink(outside.path().join("victim"), dir.path().join("README.md")).unwrap();
    let built = build(&Disk::default(), dir.path(), &app("one")).unwrap();
    assert_eq!(built.applied.conflicts.len(), 4, "three below the one link, and the other");
    assert_eq!(list(outside.path()).unwrap(), ["victim"]);
    assert_eq!(fs::read(outside.path().join("victim")).unwrap(), b"theirs");

    let dir = tempfile::tempdir().unwrap();
    symlink(outside.path(), dir.path().join(".metagen")).unwrap();
    let Err(ContextError::Disk(error)) = build(&Disk::default(), dir.path(), &app("one")) else {
        panic!("an error")
    };
    assert_eq!(error.fault, Fault::Symlink);
    assert_eq!(list(outside.path()).unwrap(), ["victim"]);
}

/// A context that version 1 wrote, as it wrote it: a build of `app("two")`.
const FIRST_VERSION: [(&str, &[u8]); 4] = [
    ("context.json", include_bytes!("version1/context.json")),
    ("journal", include_bytes!("version1/journal")),
    ("generated.pack", include_bytes!("version1/generated.pack")),
    ("plans/1.json", include_bytes!("version1/plan.json")),
];

#[test]
fn the_first_version_is_read_as_it_is_and_raised_by_the_next_build() {
    for missing in ["", "context.json", "journal"] {
        let dir = tempfile::tempdir().unwrap();
        build(&Disk::default(), dir.path(), &app("two")).unwrap();
        let present = tree(dir.path());
        fs::remove_dir_all(dir.path().join(".metagen")).unwrap();
        fs::create_dir_all(meta(dir.path(), "plans")).unwrap();
        for (file, bytes) in FIRST_VERSION.iter().filter(|(file, _)| *file != missing) {
            fs::write(meta(dir.path(), file), bytes).unwrap();
        }
        let store = Store::new(Disk::default(), dir.path());
        let seen = store.read().unwrap().unwrap().context;
        assert_eq!((seen.files.len(), seen.plans.len()), (6, 1));
        assert!(store.check().unwrap().is_sound());
        for (file, bytes) in FIRST_VERSION.iter().filter(|(file, _)| *file != missing) {
            assert_eq!(fs::read(meta(dir.path(), file)).unwrap(), *bytes, "a reader changes nothing");
        }

        fs::write(dir.path().join("backend/src/a.ts"), "// two\n1\n2\n3\n4\nmine\n").unwrap();
        let built = build(&Disk::default(), dir.path(), &app("two")).unwrap();
        assert!(built.ran.is_empty() && built.applied.written.is_empty(), "{missing}: {built:?}");
        let journal = fs::read_to_string(meta(dir.path(), "journal")).unwrap();
        assert!(journal.lines().all(|line| line.split(' ').nth(1) == Some("2")), "{missing}: {journal}");
        let document: serde_json::Value =
            serde_json::from_slice(&fs::read(meta(dir.path(), "context.json")).unwrap()).unwrap();
        assert_eq!(document["version"], 2);
        build(&Disk::default(), dir.path(), &app("one")).unwrap();
        assert_eq!(
            fs::read_to_string(dir.path().join("backend/src/a.ts")).unwrap(),
            "// one\n1\n2\n3\n4\nmine\n"
        );
        assert_ne!(tree(dir.path()), present);
    }
}
