//! Programs of other makers: run with a bound, killed with everything they started.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal as Kill, kill_process_group};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

/// How long a program may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);

/// A running program with all it starts, killed when this is dropped.
#[derive(Debug)]
pub(super) struct Group {
    child: Child,
    leader: Option<Pid>,
}

/// How a bounded program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// With this code; `None` where a signal ended it.
    Code(Option<i32>),
    /// It took too long and was killed.
    TimedOut,
    /// The user asked to stop; it was killed.
    Stopped,
}

impl Group {
    /// Starts a program at the head of a process group of its own, with nothing on its standard input.
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        let child = command.stdin(Stdio::null()).process_group(0).spawn()?;
        let leader = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(Self { child, leader })
    }

    /// Waits for its end, for no longer than `limit`.
    pub(super) async fn end(mut self, limit: Duration, stop: &CancellationToken) -> io::Result<Ended> {
        let ended = tokio::select! {
            status = self.child.wait() => Ended::Code(status?.code()),
            () = tokio::time::sleep(limit) => Ended::TimedOut,
            () = stop.cancelled() => Ended::Stopped,
        };
        if !matches!(ended, Ended::Code(_)) {
            self.stop().await;
        }
        Ok(ended)
    }

    /// Whether it has ended, or cannot be asked any more.
    pub(super) fn is_over(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks the whole group to end, and kills what has not ended after a while. Tells whether asking was enough.
    pub(super) async fn stop(&mut self) -> bool {
        self.signal(Kill::TERM);
        let asked = tokio::time::timeout(GRACE, self.child.wait()).await.is_ok();
        self.signal(Kill::KILL);
        if !asked {
            self.child.wait().await.ok();
        }
        asked
    }

    fn signal(&self, signal: Kill) {
        if let Some(leader) = self.leader {
            // A group that is already gone is what is wanted.
            kill_process_group(leader, signal).ok();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Kill::KILL);
    }
}

/// What a program prints, if it ends well within `limit`.
pub(super) async fn output(
    program: &str,
    arguments: &[&str],
    directory: &Path,
    limit: Duration,
) -> Option<String> {
    let run = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(limit, run).await.ok()?.ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    #[tokio::test]
    async fn ends_are_told_apart() {
        let never = CancellationToken::new();
        let limit = Duration::from_secs(60);
        let code = |script| Group::start(shell(script)).unwrap().end(limit, &never);
        assert_eq!(code("exit 0").await.unwrap(), Ended::Code(Some(0)));
        assert_eq!(code("exit 3").await.unwrap(), Ended::Code(Some(3)));
        assert_eq!(code("kill -9 $$").await.unwrap(), Ended::Code(None));
        let slow = Group::start(shell("sleep 60")).unwrap().end(Duration::from_millis(10), &never).await;
        assert_eq!(slow.unwrap(), Ended::TimedOut);
        let stop = CancellationToken::new();
        stop.cancel();
        assert_eq!(Group::start(shell("sleep 60")).unwrap().end(limit, &stop).await.unwrap(), Ended::Stopped);
    }

    #[tokio::test]
    async fn what_a_program_started_ends_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let script = "sleep 60 & echo $! > child; wait";
        let mut command = shell(script);
        command.current_dir(folder.path());
        let mut group = Group::start(command).unwrap();
        let child = loop {
            match std::fs::read_to_string(folder.path().join("child")) {
                Ok(text) if text.ends_with('\n') => break text.trim().parse::<i32>().unwrap(),
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        };
        assert!(group.stop().await);
        let pid = Pid::from_raw(child).unwrap();
        // The kill is sent; that the process leaves the table is the system's business, so wait for it.
        for _ in 0..2000 {
            let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
            match state {
                Ok(text) if !text.contains(") Z ") => tokio::time::sleep(Duration::from_millis(5)).await,
                _ => return,
            }
        }
        panic!("the child still runs");
    }
}
