//! What a build tells the user, and whether it could.

use std::fs::File;
use std::process::Stdio;

use super::process::{process, said, sandbox};

#[test]
fn what_stands_in_the_way_and_what_was_cleared_away_is_told() {
    let sandbox = sandbox();
    let build =
        |blueprint: &str| sandbox.metagen(&format!("build --blueprint {blueprint} -o app --provider mock"));
    build("b.json").exits(0);
    let readme = sandbox.work().join("app/README.md");
    std::fs::remove_file(&readme).unwrap();
    std::fs::create_dir(&readme).unwrap();
    let blocked = build("wider.json")
        .exits(1)
        .stdout_has("In conflict; a link, a directory or a file stands in the way:\n  README.md\n")
        .stdout_has("move it out of the way");
    assert!(!blocked.stdout.contains("your version was kept"), "{}", blocked.stdout);
    std::fs::remove_dir(&readme).unwrap();
    build("wider.json").exits(0);
    assert!(readme.is_file());

    for name in metagen::base::fs::list(&sandbox.work().join("app")).unwrap() {
        let path = sandbox.work().join("app").join(&name);
        match (name.starts_with('.'), path.is_dir()) {
            (true, _) => {}
            (false, true) => std::fs::remove_dir_all(path).unwrap(),
            (false, false) => std::fs::remove_file(path).unwrap(),
        }
    }
    let told = "all that was generated had been removed, and is made anew";
    sandbox.metagen("diff --blueprint wider.json -o app --provider mock --stat").exits(0).stdout_has(told);
    build("wider.json").exits(0).stdout_has(told);
    assert!(readme.is_file());
}

#[test]
fn what_is_to_be_typed_can_be_typed() {
    let sandbox = sandbox();
    let build = ["build", "--blueprint", "b.json", "--provider", "mock", "-o", "my $app"];
    let output = process(&sandbox, env!("CARGO_BIN_EXE_metagen"), &build).output().unwrap();
    let (out, _) = said(&output);
    let line = out.lines().find(|line| line.contains("cd ")).unwrap_or_default().trim().to_owned();
    let typed = process(&sandbox, "sh", &["-c", &format!("{line} && pwd")]).output().unwrap();
    assert!(said(&typed).0.ends_with("/my $app\n"), "{line}: {:?}", said(&typed));
}

/// A script must not take half a document for all of it.
#[cfg(target_os = "linux")]
#[test]
fn results_that_could_not_be_written_are_a_failure() {
    let sandbox = sandbox();
    let line = "build --blueprint b.json -o app --provider mock";
    let run = |line: &str, stdout: Stdio| {
        let words: Vec<&str> = line.split(' ').collect();
        let mut command = process(&sandbox, env!("CARGO_BIN_EXE_metagen"), &words);
        let output = command.stdout(stdout).output().unwrap();
        (output.status.code(), said(&output).1)
    };
    let told = "error: cannot write to standard output: no space is left on the disk\n";
    for line in [
        line,
        "build --blueprint b.json -o app --provider mock --output-format stream-json",
        "plan --blueprint b.json --provider mock --format json",
        "status app --output-format json",
        "config show",
        "--help",
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let (code, err) = run(line, full.into());
        assert_eq!(code, Some(5), "{line}: {err}");
        assert_eq!(err.matches(told).count(), 1, "{line}: {err}");
    }
    sandbox.metagen("status app").exits(0).stdout_has("app: done");
    // What failed otherwise says so.
    let full = File::options().write(true).open("/dev/full").unwrap();
    let (code, err) = run("status nowhere --output-format json", full.into());
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains(told), "{err}");
    // A reader that has gone away wants no more.
    for line in [
        "status app",
        line,
        "build --blueprint wider.json -o app --provider mock --output-format stream-json",
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let (code, err) = run(line, writer.into());
        assert_eq!(code, Some(0), "{err}");
        assert!(!err.contains("error"), "{err}");
    }
}
