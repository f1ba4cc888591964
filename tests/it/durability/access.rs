//! What stands in the place of a context's files, and directories that are not the user's to change.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::build::tree;
use super::process::{process, said, sandbox};
use crate::sandbox::Sandbox;

const METAGEN: &str = env!("CARGO_BIN_EXE_metagen");

/// What a command line ends with; one that waits for ever is ended by `timeout` with 124.
fn run(sandbox: &Sandbox, through: &[&str], line: &str) -> (Option<i32>, String) {
    let program = if through.is_empty() { METAGEN } else { open_to_all().to_str().unwrap() };
    let words: Vec<&str> =
        ["timeout", "120"].iter().chain(through).copied().chain([program]).chain(line.split(' ')).collect();
    let output: Output = process(sandbox, words[0], &words[1..]).output().unwrap();
    let (stdout, stderr) = said(&output);
    (output.status.code(), stdout + &stderr)
}

fn built() -> Sandbox {
    let sandbox = sandbox();
    sandbox.metagen("build --blueprint b.json -o app --provider mock").exits(0);
    sandbox
}

#[test]
fn nobody_waits_for_a_pipe() {
    for file in ["context.json", "journal", "generated.pack", "plans/1.json", "lock"] {
        let sandbox = built();
        let place = sandbox.work().join("app/.metagen").join(file);
        std::fs::remove_file(&place).unwrap();
        assert!(Command::new("mkfifo").arg(&place).status().unwrap().success());
        for line in ["status app", "context check app", "context backup app", "plan history app"] {
            let (code, said) = run(&sandbox, &[], line);
            assert!(matches!(code, Some(0 | 1 | 5)), "{file}, {line}: {code:?} {said}");
        }
        let before = tree(&sandbox.work().join("app"));
        let (code, said) = run(&sandbox, &[], "build --blueprint b.json -o app --provider mock");
        assert_eq!(code, Some(5), "{file}: {said}");
        let named =
            format!("app/.metagen/{file}: a pipe, a socket or a device stands where a file is needed");
        assert!(said.contains(&named), "{file}: {said}");
        assert_eq!(tree(&sandbox.work().join("app")), before);
    }
    let sandbox = built();
    assert!(
        Command::new("mkfifo").arg(sandbox.work().join("app/.metagenignore")).status().unwrap().success()
    );
    let (code, said) = run(&sandbox, &[], "build --blueprint b.json -o app --provider mock");
    assert_eq!(code, Some(5), "{said}");
}

#[test]
fn what_is_to_be_left_alone_may_be_anything() {
    let sandbox = built();
    let app = sandbox.work().join("app");
    std::fs::write(app.join(".metagenignore"), "README.md\n").unwrap();
    std::fs::File::create(app.join("README.md")).unwrap().set_len(300 << 20).unwrap();
    for blueprint in ["b.json", "wider.json", "b.json"] {
        sandbox.metagen(&format!("build --blueprint {blueprint} -o app --provider mock")).exits(0);
    }
    assert_eq!(std::fs::metadata(app.join("README.md")).unwrap().len(), 300 << 20);
}

#[test]
fn links_in_a_context_lead_nowhere() {
    for (folder, line) in [
        ("plans", "build --blueprint wider.json -o app --provider mock"),
        ("conflicts", "build --blueprint wider.json -o app --provider mock"),
        ("backups", "context backup app"),
    ] {
        let sandbox = built();
        std::fs::write(sandbox.work().join("app/README.md"), "mine").unwrap();
        let (app, outside) = (sandbox.work().join("app"), sandbox.work().join("outside"));
        std::fs::create_dir(&outside).unwrap();
        let place = app.join(".metagen").join(folder);
        drop(std::fs::remove_dir_all(&place));
        symlink(&outside, &place).unwrap();
        let before = tree(&app);
        let (code, said) = run(&sandbox, &[], line);
        assert_eq!(code, Some(5), "{folder}: {said}");
        assert!(
            said.contains(&format!("app/.metagen/{folder}: it is or goes through a symbolic link")),
            "{said}"
        );
        assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0, "{folder}");
        assert_eq!(tree(&app), before, "{folder}");
    }
}

const SOMEBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/// The program where anybody may run it: the directory it was built in may be closed to others.
fn open_to_all() -> &'static Path {
    static COPY: OnceLock<TempDir> = OnceLock::new();
    let tried = Command::new(SOMEBODY[0]).args(&SOMEBODY[1..]).args([METAGEN, "--version"]).output();
    if tried.is_ok_and(|output| output.status.success()) {
        return Path::new(METAGEN);
    }
    let dir = COPY.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        allow(dir.path(), 0o755);
        std::fs::copy(METAGEN, dir.path().join("metagen")).unwrap();
        dir
    });
    Box::leak(dir.path().join("metagen").into_boxed_path())
}

/// How to run as somebody whom modes of files stop: the administrator is not.
fn somebody(sandbox: &Sandbox) -> Vec<&'static str> {
    let probe = sandbox.work().join("probe");
    std::fs::create_dir(&probe).unwrap();
    std::fs::set_permissions(&probe, std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::write(probe.join("file"), "").is_err() {
        return Vec::new();
    }
    for dir in sandbox.work().ancestors().take_while(|dir| *dir != std::env::temp_dir()) {
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(sandbox.work()).status();
    assert!(owned.unwrap().success());
    SOMEBODY.to_vec()
}

fn allow(path: &Path, bits: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(bits)).unwrap();
}

#[test]
fn directories_of_somebody_else_are_named_before_anything_changes() {
    let whole = built();
    whole.metagen("build --blueprint wider.json -o app --provider mock").exits(0);
    let wider = "build --blueprint wider.json -o app --provider mock";
    for (place, named) in [
        ("app", "app: permission denied"),
        ("app/docs", "app/docs: permission denied"),
        ("app/backend/src/entities", "app/backend/src/entities: permission denied"),
        ("app/.metagen", "app/.metagen/plans/2.json: permission denied"),
        ("app/.metagen/plans", "app/.metagen/plans/2.json: permission denied"),
    ] {
        let sandbox = built();
        let somebody = somebody(&sandbox);
        let app = sandbox.work().join("app");
        let before = tree(&app);
        let place = sandbox.work().join(place);
        allow(&place, 0o555);
        let (code, said) = run(&sandbox, &somebody, wider);
        assert_eq!(code, Some(5), "{}: {said}", place.display());
        assert!(said.contains(named) && said.contains("hint: give this user the right"), "{said}");
        assert_eq!(tree(&app), before, "{}", place.display());
        assert_eq!(run(&sandbox, &somebody, "status app").0, Some(0));
        allow(&place, 0o755);
        let (code, said) = run(&sandbox, &somebody, wider);
        assert_eq!(code, Some(0), "{}: {said}", place.display());
        assert_eq!(tree(&app), tree(&whole.work().join("app")));
    }
    let sandbox = built();
    let somebody = somebody(&sandbox);
    let locked = sandbox.work().join("locked");
    std::fs::create_dir(&locked).unwrap();
    allow(&locked, 0o555);
    let (code, said) = run(&sandbox, &somebody, "build --blueprint b.json -o locked/app --provider mock");
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("locked/app: permission denied"), "{said}");
    for name in ["context.json", "journal", "generated.pack", "lock"] {
        let place = sandbox.work().join("app/.metagen").join(name);
        allow(&place, 0o000);
        let (code, said) = run(&sandbox, &somebody, wider);
        assert_eq!(code, Some(5), "{name}: {said}");
        assert!(said.contains(&format!("app/.metagen/{name}: permission denied")), "{said}");
        allow(&place, 0o644);
    }
    assert_eq!(run(&sandbox, &somebody, wider).0, Some(0));
}
