//! A run as it goes: one live line a running task in a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::count::counted;
use super::failure::plain;
use super::terminal::{Terminal, Tone};
use crate::base::ids::TaskId;
use crate::config::OutputFormat;
use crate::engine::{RunEvent, TaskEnd};

/// Follows the events of a run.
#[derive(Debug)]
pub(crate) struct Progress {
    terminal: Terminal,
    lines: MultiProgress,
    running: BTreeMap<TaskId, Line>,
}

#[derive(Debug)]
struct Line {
    name: String,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Begins with nothing running.
    pub(crate) fn new(terminal: Terminal) -> Self {
        Self { terminal, lines: MultiProgress::new(), running: BTreeMap::new() }
    }

    /// Takes one event.
    pub(crate) fn take(&mut self, event: &RunEvent) {
        if self.terminal.format == OutputFormat::StreamJson {
            self.terminal.print_json(event);
        }
        if self.terminal.quiet {
            return;
        }
        match event {
            RunEvent::TaskStarted { task, name, attempt, .. } => {
                let name = plain(name);
                let again = if *attempt > 1 { format!(" (attempt {attempt})") } else { String::new() };
                let bar = if self.terminal.live {
                    let bar = self.running.remove(task).and_then(|line| line.bar);
                    Some(bar.unwrap_or_else(|| self.line()))
                        .inspect(|bar| bar.set_message(format!("{name}{again}")))
                } else {
                    self.say(&format!("{:>9}  {name}{again}", "start"));
                    None
                };
                self.running.insert(task.clone(), Line { name, bar });
            }
            RunEvent::TaskProgress { task, message } => {
                if let Some(Line { name, bar: Some(bar) }) = self.running.get(task) {
                    bar.set_message(format!("{name}: {}", plain(message)));
                }
            }
            RunEvent::TaskRetrying { task, attempt, error, wait_ms, .. } => {
                let text = format!(
                    "{} {}: attempt {attempt} failed, next in {}: {}",
                    self.terminal.err(Tone::Warn, &format!("{:>9} ", "retry")),
                    self.name(task),
                    seconds(*wait_ms),
                    plain(error),
                );
                self.say(&text);
            }
            RunEvent::Note { message } => self.say(&plain(message)),
            RunEvent::Warning { message, .. } => {
                let text = format!("{} {}", self.terminal.err(Tone::Warn, "warning:"), plain(message));
                self.say(&text);
            }
            RunEvent::TaskFinished { task, end, elapsed_ms, .. } => {
                let name = self.name(task);
                if let Some(Line { bar: Some(bar), .. }) = self.running.remove(task) {
                    bar.finish_and_clear();
                }
                let (tone, word, detail) = ending(end);
                let mark = self.terminal.err(tone, &format!("{word:>9} "));
                self.say(&format!("{mark} {name}{detail} in {}", seconds(*elapsed_ms)));
            }
            RunEvent::RunFinished { .. } => {
                self.lines.clear().ok();
            }
            RunEvent::RunStarted { .. } | RunEvent::ArtifactWritten { .. } => {}
        }
    }

    fn name(&self, task: &TaskId) -> String {
        self.running.get(task).map_or_else(|| task.to_string(), |line| line.name.clone())
    }

    fn line(&self) -> ProgressBar {
        let bar = self.lines.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{spinner:>9}  {wide_msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        bar
    }

    /// Writes a line above the live ones.
    fn say(&self, text: &str) {
        self.lines.suspend(|| self.terminal.say(text));
    }
}

fn ending(end: &TaskEnd) -> (Tone, &'static str, String) {
    match end {
        TaskEnd::Succeeded { artifacts, reused: false } => {
            (Tone::Good, "done", format!(", {}", counted(*artifacts, "file")))
        }
        TaskEnd::Succeeded { reused: true, .. } => (Tone::Good, "done", " by an earlier run".to_owned()),
        TaskEnd::Failed { error, timed_out } => {
            (Tone::Bad, if *timed_out { "timed out" } else { "failed" }, format!(": {}", plain(error)))
        }
        TaskEnd::Blocked { by } => (Tone::Warn, "blocked", format!(" by {by}")),
        TaskEnd::Cancelled => (Tone::Warn, "cancelled", String::new()),
    }
}

/// A time as people read it.
pub(crate) fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(10) {
        format!("{:.2} s", time.as_secs_f64())
    } else {
        format!("{} s", time.as_secs())
    }
}
