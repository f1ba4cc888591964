//! Whole processes: two in one directory, signals, full and read-only disks.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use metagen::base::fs::Disk;
use metagen::context::{Store, TaskState};

use super::build::rounds;
use crate::build::tree as files;
use crate::sandbox::{Sandbox, left_out};

const BLUEPRINT: &str =
    r#"{"app": {"name": "Shop"}, "entities": [{"name": "Book", "fields": [{"name": "title"}]}]}"#;
const WIDER: &str = r#"{"app": {"name": "Shop"}, "entities": [{"name": "Book", "fields": [{"name": "title"}]}, {"name": "Review"}]}"#;

pub(super) fn sandbox() -> Sandbox {
    Sandbox::new().with("b.json", BLUEPRINT).with("wider.json", WIDER)
}

/// A process in the sandbox's working directory, with an environment of its own.
pub(super) fn process(sandbox: &Sandbox, program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(args)
        .current_dir(sandbox.work())
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    command.env("HOME", sandbox.work().parent().unwrap().join("home"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A build in `app` that goes on until it is stopped: its model never answers.
struct Endless {
    child: Child,
    _server: TcpListener,
}

/// Through another program (`unshare …`), where one is named.
fn endless(sandbox: &Sandbox, through: &[&str]) -> Endless {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", server.local_addr().unwrap());
    let build = [
        "build",
        "--blueprint",
        "b.json",
        "-o",
        "app",
        "--provider",
        "openai",
        "--model",
        "x",
        "--base-url",
        &url,
    ];
    let words: Vec<&str> = [through, &[env!("CARGO_BIN_EXE_metagen")], &build].concat();
    let child = process(sandbox, words[0], &words[1..]).spawn().unwrap();
    let mut endless = Endless { child, _server: server };
    let store = Store::new(Disk::default(), &sandbox.work().join("app"));
    loop {
        let run = store.read().unwrap().and_then(|snapshot| snapshot.context.run);
        if run.is_some_and(|run| run.tasks.values().any(|task| task.state == TaskState::Running)) {
            return endless;
        }
        if let Some(status) = endless.child.try_wait().unwrap() {
            let mut said = String::new();
            endless.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("it ended with {status}: {said}");
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().unwrap().success());
}

pub(super) fn said(output: &Output) -> (String, String) {
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn the_second_is_told_of_the_first_or_waits_and_readers_do_neither() {
    let sandbox = sandbox();
    let endless = endless(&sandbox, &[]);
    let pid = endless.child.id();
    let line = "build --blueprint b.json -o app --provider mock";
    let refused = sandbox.metagen(line).exits(5).stderr_has(&format!("locked by process {pid} since 20"));
    refused.stderr_has("hint: --wait");
    let document = sandbox.metagen(&format!("{line} --output-format json")).exits(5).json();
    assert_eq!(document["error"]["kind"], "locked");
    sandbox.metagen("context restore app").exits(2).stderr_has("no backup");
    sandbox.metagen("context backup app").exits(5).stderr_has(&format!("process {pid}"));

    sandbox.metagen("status app").exits(0).stdout_has(&format!("app: running (process {pid} since 20"));
    sandbox.metagen("plan history app").exits(0);
    sandbox.metagen("context check app").exits(0);
    sandbox.metagen("diff -o app --provider mock --stat").exits(0).stdout_has(" to create");

    let words: Vec<&str> = line.split(' ').collect();
    let waiting = process(&sandbox, env!("CARGO_BIN_EXE_metagen"), &[&words[..], &["--wait"]].concat())
        .spawn()
        .unwrap();
    let copying = process(&sandbox, env!("CARGO_BIN_EXE_metagen"), &["context", "backup", "app", "--wait"])
        .spawn()
        .unwrap();
    signal("-TERM", pid);
    let output = copying.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{:?}", said(&output));
    let output = endless.child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143), "{:?}", said(&output));
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{:?}", said(&output));
    sandbox.metagen("status app").exits(0).stdout_has("app: done\n");
}

#[test]
fn whoever_waits_can_be_stopped() {
    let sandbox = sandbox();
    let mut endless = endless(&sandbox, &[]);
    let words = ["build", "--blueprint", "b.json", "-o", "app", "--provider", "mock", "--wait=3600"];
    let mut waiting = process(&sandbox, env!("CARGO_BIN_EXE_metagen"), &words).spawn().unwrap();
    let mut lines = BufReader::new(waiting.stderr.take().unwrap()).lines();
    let expected = format!("waiting for process {}, which builds here since 20", endless.child.id());
    assert!(lines.any(|line| line.unwrap().contains(&expected)));
    signal("-INT", waiting.id());
    assert_eq!(waiting.wait().unwrap().code(), Some(130));
    assert!(endless.child.try_wait().unwrap().is_none(), "the other goes on");
    endless.child.kill().unwrap();
    endless.child.wait().unwrap();
    sandbox.metagen("status app").exits(0).stdout_has("app: killed").stdout_has("metagen resume app");
    sandbox.metagen("resume app --provider mock").exits(0);
}

#[test]
fn the_first_signal_saves_and_says_how_to_go_on() {
    let whole = sandbox();
    whole.metagen("build --blueprint b.json -o app --provider mock").exits(0);
    let sandbox = sandbox();
    let endless = endless(&sandbox, &[]);
    signal("-INT", endless.child.id());
    let output = endless.child.wait_with_output().unwrap();
    let (stdout, stderr) = said(&output);
    assert_eq!(output.status.code(), Some(130), "{stdout}{stderr}");
    assert!(stderr.contains("stopping; once more to stop at once"), "{stderr}");
    assert!(stdout.contains("metagen resume app"), "{stdout}");
    sandbox.metagen("status app").exits(0).stdout_has("app: interrupted").stdout_has("scaffold    done ");
    sandbox.metagen("resume app --provider mock").exits(0);
    assert_eq!(files(&sandbox.work().join("app")), files(&whole.work().join("app")));
}

#[test]
fn a_signal_at_any_moment_of_a_first_build_leaves_it_in_good_order() {
    let fresh = sandbox();
    let line = "build --blueprint wider.json -o app --provider mock -q";
    let began = Instant::now();
    fresh.metagen(line).exits(0);
    let whole = began.elapsed();
    let expected = files(&fresh.work().join("app"));
    let words: Vec<&str> = line.split(' ').collect();
    let mut stopped = 0;
    for round in 0..rounds(20) {
        let moment = whole.mul_f64(rand::random_range(0.0..1.0));
        let sandbox = sandbox();
        let app = sandbox.work().join("app");
        let child = process(&sandbox, env!("CARGO_BIN_EXE_metagen"), &words).spawn().unwrap();
        thread::sleep(moment);
        let (name, code) = if round % 2 == 0 { ("-INT", 130) } else { ("-TERM", 143) };
        signal(name, child.id());
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            Some(0) => {}
            Some(found) if found == code => {
                stopped += 1;
                let left = metagen::base::fs::list(&app.join(".metagen")).unwrap();
                assert!(!left.iter().any(|name| name.contains("tmp")), "{moment:?}: {left:?}");
            }
            // It does not listen yet.
            None => {}
            other => panic!("{moment:?}: {other:?}, {:?}", said(&output)),
        }
        sandbox.metagen(line).exits(0);
        assert_eq!(files(&app), expected, "{moment:?}");
    }
    assert!(stopped > 0);
}

#[test]
fn signals_are_obeyed_where_nobody_reads_what_is_said() {
    let sandbox = sandbox();
    let mut endless = endless(&sandbox, &[]);
    // Its own end is not touched by what this one is told not to wait for.
    let mut pipe = OpenOptions::new()
        .write(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(format!("/proc/{}/fd/2", endless.child.id()))
        .unwrap();
    for size in [512, 1] {
        while pipe.write(&vec![b'.'; size]).is_ok() {}
    }
    signal("-INT", endless.child.id());
    let store = Store::new(Disk::default(), &sandbox.work().join("app"));
    let patience = Instant::now() + Duration::from_mins(1);
    while store.read().unwrap().unwrap().context.run.unwrap().outcome.is_none() {
        assert!(Instant::now() < patience, "it waits for a reader");
        assert!(endless.child.try_wait().unwrap().is_none(), "it ended without a word in its context");
        thread::sleep(Duration::from_millis(10));
    }
    assert!(endless.child.try_wait().unwrap().is_none(), "somebody reads what it says");
    signal("-TERM", endless.child.id());
    assert_eq!(endless.child.wait().unwrap().code(), Some(143));
    sandbox.metagen("status app").exits(0).stdout_has("app: interrupted");
    sandbox.metagen("resume app --provider mock").exits(0);
}

#[test]
fn the_second_signal_is_immediate() {
    let sandbox = sandbox();
    let mut endless = endless(&sandbox, &[]);
    // Both are there when it goes on, so that the first has no time to be obeyed; which of them that is, nobody can say.
    for name in ["-STOP", "-INT", "-TERM", "-CONT"] {
        signal(name, endless.child.id());
    }
    assert!(matches!(endless.child.wait().unwrap().code(), Some(130 | 143)));
    let status = sandbox.metagen("status app --output-format json").exits(0).json();
    assert_eq!(status["outcome"], serde_json::Value::Null, "nothing was said or saved any more");
    sandbox.metagen("resume app --provider mock").exits(0);
}

/// How `unshare` makes namespaces of this kind here, where it may.
fn unshare(kinds: &[&str]) -> Option<Vec<String>> {
    for user in [&[][..], &["--user", "--map-root-user"]] {
        let words: Vec<&str> = [&["unshare"], user, kinds, &["--fork"]].concat();
        let tried = Command::new(words[0]).args(&words[1..]).arg("true").stderr(Stdio::null()).status();
        if tried.is_ok_and(|status| status.success()) {
            return Some(words.into_iter().map(str::to_owned).collect());
        }
    }
    left_out(&format!("namespaces cannot be made here ({})", kinds.join(" ")));
    None
}

#[test]
fn as_the_first_process_of_a_container_it_stops_too() {
    let Some(through) = unshare(&["--pid", "--kill-child"]) else { return };
    let sandbox = sandbox();
    let endless = endless(&sandbox, &through.iter().map(String::as_str).collect::<Vec<_>>());
    let first = format!("/proc/{0}/task/{0}/children", endless.child.id());
    let first: u32 = std::fs::read_to_string(first).unwrap().trim().parse().unwrap();
    // The kernel drops signals for which a first process has no handler.
    signal("-TERM", first);
    let output = endless.child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143), "{:?}", said(&output));
    sandbox.metagen("status app").exits(0).stdout_has("app: interrupted");
}

#[test]
fn a_full_disk_and_a_read_only_one_leave_what_was() {
    let Some(through) = unshare(&["--mount"]) else { return };
    let fresh = sandbox();
    for blueprint in ["b", "wider"] {
        fresh.metagen(&format!("build --blueprint {blueprint}.json -o app --provider mock")).exits(0);
    }
    let sandbox = sandbox();
    // A file system of its own, seen by this script only; what stands there at each point is copied out of it.
    let script = r#"
        mkdir small && mount -t tmpfs -o size=6m none small && cd small || exit 99
        build() { "$METAGEN" build --provider mock -o app --blueprint "../$1.json" >../out 2>"../$2.err"; echo $? >"../$2.code"; }
        copy() { cp -r app "../$1" && rm -rf "../$1/.metagen"; }
        build b first; copy first
        head -c 100000000 /dev/zero >filler 2>/dev/null; truncate -s -200K filler
        build wider full; copy full
        "$METAGEN" status app >../full.status 2>&1; echo $? >../status.code
        rm filler
        build wider again; copy again
        mount -o remount,ro . && build b readonly; copy readonly
    "#;
    let words: Vec<&str> = through.iter().map(String::as_str).chain(["sh", "-c", script]).collect();
    let output = process(&sandbox, words[0], &words[1..])
        .env("METAGEN", env!("CARGO_BIN_EXE_metagen"))
        .output()
        .unwrap();
    if output.status.code() == Some(99) {
        left_out("no file system can be mounted here");
        return;
    }
    let read = |name: &str| std::fs::read_to_string(sandbox.work().join(name)).unwrap();
    let code = |name: &str| read(&format!("{name}.code")).trim().to_owned();
    let tree = |name: &str| files(&sandbox.work().join(name));
    assert_eq!(
        (code("first"), code("full"), code("status"), code("again")),
        ("0".into(), "5".into(), "0".into(), "0".into()),
        "{}",
        read("full.err")
    );
    let error = read("full.err");
    assert!(error.contains("/small/app") && error.contains("no space is left on the disk"), "{error}");
    assert_eq!(tree("full"), tree("first"), "half of an app was written");
    assert_eq!(tree("again"), files(&fresh.work().join("app")));
    assert_eq!(code("readonly"), "5");
    let error = read("readonly.err");
    assert!(error.contains("/small/app") && error.contains("read-only"), "{error}");
    assert_eq!(tree("readonly"), tree("again"));
}

/// The same without any privilege: no file may grow beyond a bound.
#[cfg(unix)]
#[test]
fn a_bound_on_the_size_of_files_leaves_what_was() {
    let fresh = sandbox();
    fresh.metagen("build --blueprint wider.json -o app --provider mock").exits(0);
    for blocks in [40, 400] {
        let sandbox = sandbox();
        let bounded = |blueprint: &str| {
            let script = format!(
                "trap '' XFSZ; ulimit -f {blocks}; exec \"$METAGEN\" build --provider mock -o app --blueprint {blueprint}"
            );
            process(&sandbox, "sh", &["-c", &script])
                .env("METAGEN", env!("CARGO_BIN_EXE_metagen"))
                .output()
                .unwrap()
        };
        let output = bounded("b.json");
        assert_eq!(output.status.code(), Some(5), "{:?}", said(&output));
        let (_, error) = said(&output);
        assert!(error.contains("app/.metagen/generated.pack: the file is too large"), "{error}");
        assert!(files(&sandbox.work().join("app")).is_empty());
        sandbox.metagen("build --blueprint wider.json -o app --provider mock").exits(0);
        assert_eq!(files(&sandbox.work().join("app")), files(&fresh.work().join("app")));
    }
}

#[test]
fn processes_that_wait_build_once() {
    const PROCESSES: usize = 5;
    let sandbox = sandbox();
    let words = [
        "build",
        "--blueprint",
        "b.json",
        "-o",
        "app",
        "--provider",
        "mock",
        "--wait",
        "--output-format",
        "json",
    ];
    let start = || process(&sandbox, env!("CARGO_BIN_EXE_metagen"), &words).spawn().unwrap();
    let children: Vec<Child> = (0..PROCESSES).map(|_| start()).collect();
    let mut ran = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{:?}", said(&output));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        ran += report["tasks"].as_array().unwrap().iter().filter(|task| task["reused"] == false).count();
    }
    assert_eq!(ran, 6, "every task once");
    let status = sandbox.metagen("status app --output-format json").exits(0).json();
    assert_eq!((&status["run"], &status["outcome"]), (&1.into(), &"done".into()), "the others did nothing");
}

/// Every file below a directory, `.metagen/` too, with its bytes and when it was written.
fn stamped(dir: &Path, files: &mut BTreeMap<PathBuf, (Vec<u8>, SystemTime)>) {
    for name in metagen::base::fs::list(dir).unwrap() {
        let path = dir.join(name);
        if path.is_dir() {
            stamped(&path, files);
        } else {
            let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
            files.insert(path.clone(), (std::fs::read(&path).unwrap(), modified));
        }
    }
}

#[test]
fn a_build_that_changes_nothing_writes_nothing() {
    let sandbox = sandbox();
    let line = "build --blueprint b.json -o app --provider mock --output-format json";
    let app = sandbox.work().join("app");
    let state = || {
        let mut files = BTreeMap::new();
        stamped(&app, &mut files);
        // Who builds has to stand there while it does.
        files.remove(&app.join(".metagen/lock")).unwrap();
        (files, sandbox.metagen("status app --output-format json").exits(0).stdout)
    };
    sandbox.metagen(line).exits(0);
    let whole = state();
    let again = sandbox.metagen(line).exits(0).json();
    assert!(again["tasks"].as_array().unwrap().iter().all(|task| task["reused"] == true));
    sandbox.metagen("resume app --provider mock").exits(0);
    assert_eq!(state(), whole);

    // A conflict that waits is nothing new either.
    std::fs::write(app.join("README.md"), "mine").unwrap();
    sandbox.metagen(&line.replace("b.json", "wider.json")).exits(1);
    let waiting = state();
    assert_ne!(waiting, whole);
    sandbox.metagen(&line.replace("b.json", "wider.json")).exits(1);
    assert_eq!(state(), waiting);

    // What is settled is.
    std::fs::remove_file(app.join(".metagen/conflicts/README.md.incoming")).unwrap();
    sandbox.metagen(&line.replace("b.json", "wider.json")).exits(0);
    let status = sandbox.metagen("status app --output-format json").exits(0).json();
    assert_eq!((&status["run"], &status["outcome"]), (&3.into(), &"done".into()));
    assert_eq!(status["conflicts"], 0);
}

#[test]
fn the_state_is_looked_over_copied_and_brought_back() {
    let sandbox = sandbox();
    sandbox.metagen("context check app").exits(2).stderr_has("holds no app");
    sandbox.metagen("context backup app").exits(2).stderr_has("holds no app");
    sandbox.metagen("build --blueprint b.json -o app --provider mock").exits(0);
    sandbox.metagen("context check app").exits(0).stdout_has("app: sound").stdout_has("backups         none");
    let backup = sandbox.metagen("context backup app --output-format json").exits(0).json();
    let name = backup["backup"].as_str().unwrap().to_owned();
    let app = sandbox.work().join("app");
    let before = files(&app);

    let meta = |file: &str| app.join(".metagen").join(file);
    std::fs::write(meta("context.json"), "{").unwrap();
    std::fs::write(meta("journal"), "rubbish\n").unwrap();
    let check = sandbox.metagen("context check app --output-format json").exits(1).json();
    assert_eq!((&check["sound"], &check["document"]["status"]), (&false.into(), &"damaged".into()));
    assert_eq!(check["backups"], serde_json::json!([name]));
    sandbox
        .metagen("status app")
        .exits(5)
        .stderr_has("context.json is damaged")
        .stderr_has("metagen context restore");
    sandbox
        .metagen("diff -o app --blueprint b.json --provider mock")
        .exits(0)
        .stdout_has("nothing would change");
    sandbox.metagen("context restore app --backup 1999").exits(2).stderr_has("no backup 1999");
    sandbox.metagen("context restore app").exits(0).stdout_has(&format!("{name} is back"));
    sandbox.metagen("context check app").exits(0);
    sandbox.metagen("status app").exits(0).stdout_has("app: done");
    assert_eq!(files(&app), before);

    for file in ["context.json", "journal", "generated.pack"] {
        std::fs::remove_file(meta(file)).unwrap();
    }
    let check = sandbox.metagen("context check app --output-format json").exits(1).json();
    assert_eq!((&check["sound"], &check["backups"][0]), (&false.into(), &name.clone().into()));
    sandbox.metagen(&format!("context restore app --backup {name}")).exits(0);
    sandbox.metagen("context check app").exits(0);
    assert_eq!(files(&app), before);

    // Without a restore the next build recovers, and knows its plans by their numbers.
    std::fs::write(meta("context.json"), "").unwrap();
    std::fs::write(meta("journal"), "rubbish\n").unwrap();
    let built = sandbox.metagen("build --blueprint wider.json -o app --provider mock").exits(0);
    built
        .stderr_has("context.json was damaged (it is empty); a copy of it is")
        .stderr_has("1 plans were recognised");
    let history = sandbox.metagen("plan history app --output-format json").exits(0).json();
    assert_eq!(history["plans"].as_array().unwrap().len(), 2);
    assert_eq!(history["plans"][0]["entities"], serde_json::json!(["Book"]));

    for file in ["context.json", "journal"] {
        let kept = std::fs::read(meta(file)).unwrap();
        let newer = if file == "journal" { future_line() } else { r#"{"version": 99}"#.to_owned() };
        std::fs::write(meta(file), &newer).unwrap();
        for line in [
            "context check app",
            "status app",
            "resume app",
            "build --blueprint b.json -o app",
            "diff -o app",
        ] {
            let refused = sandbox.metagen(&format!("{line} --provider mock")).exits(5);
            let all = format!("{}{}", refused.stdout, refused.stderr);
            assert!(all.contains("99"), "{line}: {all}");
        }
        assert_eq!(std::fs::read_to_string(meta(file)).unwrap(), newer, "it is not touched");
        std::fs::write(meta(file), kept).unwrap();
    }
}

/// A whole line as a metagen to come might write it.
fn future_line() -> String {
    let rest = "99 1 {\"entry\":\"of the future\"}";
    let sum = metagen::base::digest::Digest::of(rest.as_bytes()).to_string();
    format!("{} {rest}\n", &sum[..16])
}

#[test]
fn paths_that_cannot_hold_an_app_are_named() {
    let sandbox = sandbox().with("file", "mine").with("app/.metagen", "mine");
    let build =
        |out: &str| sandbox.metagen(&format!("build --blueprint b.json --provider mock -o {out}")).exits(5);
    build("file")
        .stderr_has("[ROOT]/project/file: a file stands where a directory is needed")
        .stderr_has("--out");
    build("file/deep").stderr_has("[ROOT]/project/file/deep");
    build("app").stderr_has("[ROOT]/project/app/.metagen");
    assert_eq!(std::fs::read_to_string(sandbox.work().join("file")).unwrap(), "mine");
    let sandbox = sandbox.with("other/.metagenignore", "../x");
    let ignored = sandbox.metagen("build --blueprint b.json --provider mock -o other").exits(2);
    ignored
        .stderr_has("[ROOT]/project/other/.metagenignore")
        .stderr_has("line 1 of .metagenignore is no pattern");
    assert!(!Path::new("other/README.md").exists());
}

#[test]
fn conflicts_are_told_as_they_were_decided() {
    let kept = "In conflict; your version was kept:\n  README.md\n";
    let marked = "In conflict; both versions are in the file, between markers:\n  README.md\n";
    let replaced = "Replaced by the generated version; yours is in app/.metagen/conflicts as <file>.yours:\n  README.md\n";
    for (on_conflict, exit, told, hint) in [
        ("keep", 1, kept, "delete the .incoming file to keep yours"),
        ("markers", 1, marked, "edit them away and build again"),
        ("theirs", 0, replaced, ""),
    ] {
        let sandbox = sandbox();
        sandbox.metagen("build --blueprint b.json -o app --provider mock").exits(0);
        std::fs::write(sandbox.work().join("app/README.md"), "mine\n").unwrap();
        let line = format!("build --blueprint wider.json -o app --provider mock --on-conflict {on_conflict}");
        let built = sandbox.metagen(&line).exits(exit).stdout_has(told).stdout_has(hint);
        for other in [kept, marked, replaced].into_iter().filter(|other| *other != told) {
            assert!(!built.stdout.contains(other), "{on_conflict}: {}", built.stdout);
        }
        // A later build that decides otherwise finds what was decided.
        if on_conflict == "markers" {
            let again = sandbox.metagen("build --blueprint wider.json -o app --provider mock").exits(1);
            again.stdout_has(told);
            let json = format!("{line} --output-format json");
            let report = sandbox.metagen(&json).exits(1).json();
            assert_eq!(report["marked"], serde_json::json!(["README.md"]));
        }
    }
}
