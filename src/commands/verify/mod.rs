//! `metagen verify`: an app's own toolchain, step by step.

mod probe;
mod steps;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::process::Command;

use super::error::{CommandError, signal_exit};
use super::exit::Exit;
use super::session::Session;
use super::toolchain::{Ended, Group};
use crate::base::fs::{Disk, FsError};
use steps::{STEPS, Step};

/// How an app stands.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyReport {
    /// Version of this document.
    pub version: u32,
    /// `passed`, `failed` or `interrupted`.
    pub status: &'static str,
    /// The process's exit code.
    pub exit_code: u8,
    /// The app's directory.
    pub directory: String,
    /// Where each step's output is kept.
    pub logs: String,
    /// The steps, in order.
    pub steps: Vec<StepReport>,
}

/// How a step went.
#[derive(Clone, Debug, Serialize)]
pub struct StepReport {
    /// `install`, `lint` …
    pub name: &'static str,
    /// How it ended.
    pub status: StepStatus,
    /// How long it took.
    pub elapsed_ms: u64,
    /// What went wrong or why it was left out; a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The end of what it said, where it failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tail: Vec<String>,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Well.
    Passed,
    /// Not.
    Failed,
    /// It was left out: the app has no such script, or what it needs did not pass.
    Skipped,
}

/// What a verification tells while it runs.
#[derive(Clone, Debug)]
pub enum VerifyEvent {
    /// A step began.
    Started(&'static str),
    /// A step ended.
    Finished(StepReport),
}

/// Runs every step that the app has; a failed one leaves out only those that need it.
pub async fn verify(
    session: &Session,
    dir: &Path,
    tell: &(dyn Fn(VerifyEvent) + Sync),
) -> Result<VerifyReport, CommandError> {
    let scripts = steps::scripts(dir).ok_or_else(|| CommandError::NotAnApp { dir: dir.to_path_buf() })?;
    let logs = dir.join(".metagen/logs/verify");
    Disk::default().create_dirs(&logs)?;
    let mut reports: Vec<StepReport> = Vec::new();
    for step in STEPS {
        if session.interrupt.signal().is_some() {
            break;
        }
        let missing = step.script.filter(|script| !scripts.contains(*script));
        let unmet = step.needs.iter().find(|needed| {
            reports.iter().any(|report| report.name == **needed && report.status != StepStatus::Passed)
        });
        let report = if let Some(script) = missing {
            skipped(step, format!("package.json has no script '{script}'"))
        } else if let Some(needed) = unmet {
            skipped(step, format!("{needed} did not pass"))
        } else {
            tell(VerifyEvent::Started(step.name));
            run(session, dir, &logs, step).await?
        };
        tell(VerifyEvent::Finished(report.clone()));
        reports.push(report);
    }
    let failed = reports.iter().any(|report| report.status == StepStatus::Failed);
    let (status, exit) = match session.interrupt.signal() {
        Some(signal) => ("interrupted", signal_exit(signal)),
        None if failed => ("failed", Exit::Problems),
        None => ("passed", Exit::Done),
    };
    Ok(VerifyReport {
        version: 1,
        status,
        exit_code: exit.code(),
        directory: session.shown(dir),
        logs: session.shown(&logs),
        steps: reports,
    })
}

fn skipped(step: &Step, detail: String) -> StepReport {
    StepReport {
        name: step.name,
        status: StepStatus::Skipped,
        elapsed_ms: 0,
        detail: Some(detail),
        tail: Vec::new(),
    }
}

async fn run(session: &Session, dir: &Path, logs: &Path, step: &Step) -> Result<StepReport, CommandError> {
    let log = logs.join(format!("{}.log", step.name.replace(' ', "-")));
    let began = Instant::now();
    let detail = match step.script {
        Some("start") => probe::boot(session, dir, &log).await?,
        script => {
            let arguments = match script {
                Some(script) => vec!["run", script],
                None => steps::install_arguments(dir),
            };
            let group = start(npm(session, dir, &arguments, &log)?, "npm")?;
            let ended = group.end(step.limit, session.interrupt.token()).await;
            fault(ended.map_err(|source| FsError::new("wait for", Path::new("npm"), source))?, step.limit)
        }
    };
    Ok(StepReport {
        name: step.name,
        status: if detail.is_some() { StepStatus::Failed } else { StepStatus::Passed },
        elapsed_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        tail: if detail.is_some() { tail(&log) } else { Vec::new() },
        detail,
    })
}

fn fault(ended: Ended, limit: Duration) -> Option<String> {
    match ended {
        Ended::Code(Some(0)) => None,
        Ended::Code(Some(code)) => Some(format!("exit code {code}")),
        Ended::Code(None) => Some("ended by a signal".to_owned()),
        Ended::TimedOut => Some(format!("took longer than {} s", limit.as_secs())),
        Ended::Stopped => Some("stopped".to_owned()),
    }
}

/// An npm command of the app's, in the caller's environment, with its output in a log.
fn npm(session: &Session, dir: &Path, arguments: &[&str], log: &Path) -> Result<Command, FsError> {
    let failed = |source| FsError::new("write", log, source);
    let file = File::create(log).map_err(failed)?;
    let mut command = Command::new("npm");
    command
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .envs(session.tool_environment())
        .env("NO_COLOR", "1")
        .env("CI", "true")
        .stdout(Stdio::from(file.try_clone().map_err(failed)?))
        .stderr(Stdio::from(file));
    Ok(command)
}

fn start(command: Command, program: &str) -> Result<Group, CommandError> {
    Group::start(command).map_err(|source| FsError::new("start", &PathBuf::from(program), source).into())
}

/// The last lines of a log, as far as they fit a screen.
fn tail(log: &Path) -> Vec<String> {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let from = lines.len().saturating_sub(15);
    lines.iter().skip(from).map(|line| line.chars().take(200).collect()).collect()
}
