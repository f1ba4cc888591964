//! A machine of its own for each run of the binary: cleared environment, own HOME and temporary folder, no terminal.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A folder tree that a test may do anything in.
pub(crate) struct Sandbox {
    root: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["project", "home", "tmp"] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
        }
        Self { root }
    }

    /// The working directory of every run.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.path().join("project")
    }

    /// Puts a file below the working directory, or below the home with `~/`.
    pub(crate) fn with(self, path: &str, text: &str) -> Self {
        let place = match path.strip_prefix("~/") {
            Some(rest) => self.root.path().join("home").join(rest),
            None => self.work().join(path),
        };
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, text).unwrap();
        self
    }

    /// A run of metagen with arguments as a shell would split them, without quotes.
    pub(crate) fn metagen(&self, line: &str) -> Run<'_> {
        let arguments = line.split_whitespace().map(str::to_owned).collect();
        Run { sandbox: self, arguments, variables: BTreeMap::new(), input: None }
    }
}

/// A run that is being described.
pub(crate) struct Run<'a> {
    sandbox: &'a Sandbox,
    arguments: Vec<String>,
    variables: BTreeMap<String, String>,
    input: Option<Vec<u8>>,
}

impl Run<'_> {
    /// One more argument, blanks and all.
    pub(crate) fn arg(mut self, text: &str) -> Self {
        self.arguments.push(text.to_owned());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn stdin(mut self, bytes: &[u8]) -> Self {
        self.input = Some(bytes.to_vec());
        self
    }

    /// Runs it and holds it to an exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Outcome {
        let line = self.arguments.join(" ");
        let (found, outcome) = self.run();
        assert_eq!(
            found,
            Some(code),
            "metagen {line}\n--- stdout\n{}\n--- stderr\n{}",
            outcome.stdout,
            outcome.stderr
        );
        outcome
    }

    /// Starts it and leaves it running; what it says is lost.
    pub(crate) fn start(&self) -> Child {
        self.command().spawn().unwrap()
    }

    /// Runs it, however it ends.
    pub(crate) fn exits_any(self) -> Outcome {
        self.run().1
    }

    /// Runs it, holds it to an exit code, and gives the most memory that it held, in KB.
    #[track_caller]
    pub(crate) fn peak_memory(self, code: i32) -> u64 {
        let mut child = self.command().spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0;
        let ended = loop {
            // The system keeps the peak itself, so that it does not matter when it is asked.
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            peak = peak.max(number.unwrap_or(0));
            if let Some(ended) = child.try_wait().unwrap() {
                break ended;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        };
        assert_eq!(ended.code(), Some(code));
        assert!(peak > 0, "the system tells no peak");
        peak
    }

    fn command(&self) -> Command {
        let root = self.sandbox.root.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_metagen"));
        command
            .args(&self.arguments)
            .current_dir(self.sandbox.work())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", root.join("home"))
            .env("TMPDIR", root.join("tmp"))
            .envs(&self.variables)
            .stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn run(self) -> (Option<i32>, Outcome) {
        let root = self.sandbox.root.path();
        let mut command = self.command();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        if let Some(bytes) = &self.input {
            // A process that refuses its arguments does not read; that is not this test's business.
            child.stdin.take().unwrap().write_all(bytes).ok();
        }
        let output = child.wait_with_output().unwrap();
        (output.status.code(), Outcome::new(&output, root))
    }
}

/// What a run said.
pub(crate) struct Outcome {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    fn new(output: &Output, root: &Path) -> Self {
        let root = root.display().to_string();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&root, "[ROOT]");
        Self { stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    #[track_caller]
    pub(crate) fn stdout(self, expected: &str) -> Self {
        assert_eq!(self.stdout, expected);
        self
    }

    #[track_caller]
    pub(crate) fn stderr(self, expected: &str) -> Self {
        assert_eq!(self.stderr, expected);
        self
    }

    #[track_caller]
    pub(crate) fn stdout_has(self, part: &str) -> Self {
        assert!(self.stdout.contains(part), "{part:?} is missing in stdout:\n{}", self.stdout);
        self
    }

    #[track_caller]
    pub(crate) fn stderr_has(self, part: &str) -> Self {
        assert!(self.stderr.contains(part), "{part:?} is missing in stderr:\n{}", self.stderr);
        self
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {}", self.stdout))
    }
}

/// Says that a test is left out because this machine lacks something. What passes is not shown, so that it is also added to the
/// file that `IT_LEFT_OUT` names; with `IT_SKIP_NOTHING`, as in continuous integration, it is a failure.
#[expect(clippy::print_stderr, reason = "a test that is left out must not look like one that passed")]
pub(crate) fn left_out(why: &str) {
    assert!(std::env::var_os("IT_SKIP_NOTHING").is_none(), "nothing may be left out here: {why}");
    eprintln!("LEFT OUT: {why}");
    if let Some(file) = std::env::var_os("IT_LEFT_OUT") {
        let mut file = std::fs::File::options().append(true).create(true).open(file).unwrap();
        writeln!(file, "{why}").unwrap();
    }
}
