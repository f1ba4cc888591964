//! The command line: usage, inputs, configuration, streams.

use crate::sandbox::Sandbox;

#[test]
fn version_and_help() {
    let sandbox = Sandbox::new();
    let version = concat!("metagen ", env!("CARGO_PKG_VERSION"), "\n");
    sandbox.metagen("--version").exits(0).stdout(version).stderr("");
    sandbox.metagen("--help").exits(0).stdout_has("Commands:").stdout_has("--max-parallel <N>").stderr("");
    sandbox.metagen("build --help").exits(0).stdout_has("--spec-file <FILE>").stdout_has("METAGEN_TIMEOUT");
    sandbox.metagen("").exits(2).stdout("").stderr_has("Usage: metagen");
    sandbox.metagen("bild x").exits(2).stdout("").stderr_has("'build'");
    sandbox.metagen("build x --max-paralel 2").exits(2).stderr_has("--max-parallel");
}

#[test]
fn exactly_one_input() {
    let sandbox = Sandbox::new()
        .with("empty.md", " \n\t\n")
        .with("folder/spec.md", "x")
        .with("large.md", &"a".repeat(1_000_001));
    for verb in ["build", "plan"] {
        let run = |rest: &str| sandbox.metagen(&format!("{verb} {rest}"));
        run("").exits(2).stdout("").stderr(
            "error: nothing says what to build\nhint: metagen build \"A task tracker with projects and tasks\"\n",
        );
        run("a --spec-file empty.md").exits(2).stderr_has("error: more than one of SPEC");
        run("--spec-file empty.md").exits(3).stderr("error: empty.md is empty\n");
        run("").arg(" ").exits(3).stderr("error: the spec is empty\n");
        run("--spec-file large.md").exits(3).stderr("error: large.md is larger than 1000000 bytes\n");
        run("--spec-file folder").exits(2).stderr("error: folder is a directory\nhint: name a file in it\n");
        run("--spec-file none.md").exits(2).stderr_has("error: cannot read none.md\ncaused by: No such file");
        run("--blueprint none.json").exits(2).stderr_has("error: cannot read none.json\n");
        run("--spec-file -").stdin(b"").exits(3).stderr("error: standard input is empty\n");
        run("--spec-file -").stdin(b"\xff\xfe").exits(3).stderr("error: standard input is not valid UTF-8\n");
    }
}

#[test]
fn faults_are_a_document_too() {
    let sandbox = Sandbox::new();
    let document = sandbox.metagen("build --output-format json").exits(2).json();
    assert_eq!(document["status"], "error");
    assert_eq!(document["exit_code"], 2);
    assert_eq!(document["error"]["kind"], "input");
    let line = sandbox.metagen("build --output-format stream-json").exits(2);
    assert_eq!(line.stdout.lines().count(), 1);
    let sandbox = sandbox.with("metagen.toml", "nonsense = 1");
    let document = sandbox.metagen("agents --output-format json").exits(2).json();
    assert_eq!(document["error"]["kind"], "config");
}

#[test]
fn configuration_is_layered_and_says_where_from() {
    let sandbox = Sandbox::new()
        .with("~/.config/metagen/metagen.yaml", "max_parallel: 2\ntimeout: 9\nmodel: mine\n")
        .with("metagen.toml", "# ours\nmax_parallel = 3\ntimeout = 8\n");
    let run = sandbox.metagen("config show --origin --fail-fast").env("METAGEN_TIMEOUT", "7");
    let shown = run.exits(0).stderr("").stdout;
    for line in [
        "max_parallel 3 metagen.toml:2",
        "timeout 7 environment METAGEN_TIMEOUT",
        "model mine [ROOT]/home/.config/metagen/metagen.yaml:3",
        "fail_fast true flag --fail-fast",
        "provider auto default",
        "GEMINI_API_KEY -",
    ] {
        let found = shown.lines().any(|shown| shown.split_whitespace().eq(line.split_whitespace()));
        assert!(found, "{line:?} is missing in\n{shown}");
    }
    let document = sandbox.metagen("config show --origin --output-format json").exits(0).json();
    assert_eq!(document["options"]["max_parallel"]["value"], 3);
    assert_eq!(document["options"]["max_parallel"]["layer"], "project");
    assert_eq!(document["options"]["max_parallel"]["origin"], "metagen.toml:2");
    let other = sandbox.with("other.yaml", "max_parallel: 9\n");
    let document = other.metagen("config show --config other.yaml --output-format json").exits(0).json();
    assert_eq!(document["options"]["max_parallel"], 9);
}

#[test]
fn faults_of_all_layers_are_told_at_once() {
    let sandbox = Sandbox::new()
        .with("~/.config/metagen/metagen.toml", "modell = 'x'\n")
        .with("metagen.yaml", "max_parallel: none\n");
    sandbox.metagen("agents --timeout 0").env("METAGEN_PROVIDER", "x").exits(2).stdout("").stderr(
        "error: the configuration has 4 faults\n  \
         - [ROOT]/home/.config/metagen/metagen.toml:1: unknown key 'modell', did you mean 'model'?\n  \
         - metagen.yaml:1: max_parallel is none, expected a whole number from 1 to 1024\n  \
         - environment variable METAGEN_PROVIDER is 'x', expected auto, gemini, openai, mock or replay\n  \
         - --timeout is '0', expected a number of seconds above 0, at most 86400\n\
         hint: `metagen config show --origin` says what is set where\n",
    );
    let both = Sandbox::new().with("metagen.toml", "").with("metagen.yaml", "");
    both.metagen("agents").exits(2).stderr_has("both metagen.toml and metagen.yaml exist; keep one of them");
    let broken = Sandbox::new().with("metagen.toml", "a = = 1");
    broken.metagen("agents").exits(2).stderr_has("error: metagen.toml:1: ");
    broken
        .metagen("agents --config none.toml")
        .exits(2)
        .stderr_has("cannot read the configuration file none.toml");
}

#[test]
fn keys_are_never_shown() {
    let sandbox = Sandbox::new();
    for line in ["config show --origin", "config show --output-format json", "doctor -vvv"] {
        let run = sandbox.metagen(line).env("GEMINI_API_KEY", "very-secret-key");
        // Nobody listens there, so that nothing leaves this machine.
        let run = run.env("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9");
        // What doctor misses here depends on the machine; what it says does not.
        let said = if line.starts_with("doctor") {
            run.env("METAGEN_LOG", "trace").exits_any()
        } else {
            run.exits(0)
        };
        assert!(said.stdout.contains("[set]"), "{}", said.stdout);
        assert!(!format!("{}{}", said.stdout, said.stderr).contains("very-secret"), "{line}");
    }
}

#[test]
fn completions_know_the_verbs() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        sandbox.metagen(&format!("completions {shell}")).exits(0).stdout_has("resume").stderr("");
    }
}

#[test]
fn a_directory_without_an_app() {
    let sandbox = Sandbox::new();
    for verb in ["status", "resume", "verify"] {
        sandbox
            .metagen(&format!("{verb} nowhere"))
            .exits(2)
            .stdout("")
            .stderr_has("holds no app that metagen built");
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    let sandbox = Sandbox::new();
    let colored = |line: &str| sandbox.metagen(line).exits(2).stderr.contains('\u{1b}');
    assert!(!colored("build"));
    assert!(colored("build --color always"));
    assert!(!colored("build --color never"));
}

#[test]
fn what_a_plan_leaves_out_is_said_once() {
    let sandbox = Sandbox::new();
    let spec = "A blog. Pay with Stripe.";
    let gap = "payments: not supported, left out (\"Pay with Stripe\")";
    let text = sandbox.metagen("plan").arg(spec).exits(0);
    assert_eq!((text.stdout.matches("Stripe").count(), text.stderr.matches("Stripe").count()), (1, 0));
    // Whoever reads these does not see the text.
    for format in ["json", "mermaid"] {
        let run = sandbox.metagen("plan --format").arg(format).arg(spec).exits(0);
        assert_eq!(run.stderr.matches(gap).count(), 1, "{format}");
    }
    let built = sandbox.metagen("build --quiet").arg(spec).exits(0);
    assert_eq!((built.stdout.matches("Stripe").count(), built.stderr.as_str()), (1, ""));
}
