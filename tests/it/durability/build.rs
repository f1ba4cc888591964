//! A build without models and templates: what the tests of this topic run.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use metagen::base::artifact::{Artifact, Origin};
use metagen::base::clock::FixedClock;
use metagen::base::digest::Digest;
use metagen::base::fs::{Disk, Kind, kind};
use metagen::base::ids::{AgentName, OutputPath, TaskId};
use metagen::context::{
    ContextError, PlannedTask, RunIdentity, RunOutcome, Store, TaskState, Tokens, Writer,
};
use metagen::pipeline::deliver;
use metagen::workspace::{Ahead, Applied, OnConflict, SurveyError};

/// Files by task.
pub(crate) type App = BTreeMap<&'static str, Files>;

type Files = Vec<(String, Vec<u8>)>;

pub(crate) fn task(id: &str) -> TaskId {
    TaskId::new(id).unwrap()
}

pub(crate) fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock("2026-01-02T03:04:05Z".parse().unwrap()))
}

/// Two tasks with a few files each; `version` goes into some of them.
pub(crate) fn app(version: &str) -> App {
    let file = |path: &str, text: String| (path.to_owned(), text.into_bytes());
    let backend = vec![
        file("backend/src/a.ts", format!("// {version}\n1\n2\n3\n4\n")),
        file("backend/src/deep/b.ts", "same\n".to_owned()),
        file("run.sh", format!("#!/bin/sh\necho {version}\n")),
        file(&format!("backend/only-{version}.ts"), "x\n".to_owned()),
    ];
    let docs =
        vec![file("README.md", format!("# App\n\nVersion {version}\n")), file("logo.png", vec_text(version))];
    BTreeMap::from([("backend", backend), ("docs", docs)])
}

/// The same with more files that change from version to version, so that most of those that were written stand in a later form
/// than the recorded one where a build was killed on the way.
pub(crate) fn wide(version: &str) -> App {
    let mut app = app(version);
    let more =
        (0..6).map(|n| (format!("backend/src/more{n}.ts"), format!("// {version} {n}\n").into_bytes()));
    app.get_mut("backend").unwrap().extend(more);
    app
}

fn vec_text(version: &str) -> String {
    format!("\0{version}")
}

/// A first build, edits of a person, and the builds that follow: one that updates, merges, removes, conflicts and
/// leaves deleted what was.
pub(crate) fn history(disk: &Disk, dir: &Path) -> Vec<App> {
    build(disk, dir, &wide("one")).unwrap();
    let text = std::fs::read_to_string(dir.join("backend/src/a.ts")).unwrap();
    std::fs::write(dir.join("backend/src/a.ts"), text.replace("4\n", "4\nmine\n")).unwrap();
    std::fs::write(dir.join("logo.png"), "\0mine").unwrap();
    std::fs::write(dir.join("notes.txt"), "mine").unwrap();
    std::fs::remove_file(dir.join("backend/src/deep/b.ts")).unwrap();
    vec![wide("two")]
}

/// A disk on which the step with this number, and all after it, fail; counts the steps.
pub(crate) fn failing_at(step: usize) -> (Disk, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let disk = Disk::with_hook(move |_, _| {
        if counted.fetch_add(1, Ordering::Relaxed) >= step {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    });
    (disk, count)
}

/// How many rounds a test with chance in it makes: so many, or `IT_DURABILITY_TIMES` as many for a long night.
pub(crate) fn rounds(usual: usize) -> usize {
    usual * std::env::var("IT_DURABILITY_TIMES").map_or(1, |times| times.parse::<usize>().unwrap())
}

#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) applied: Applied,
    /// Tasks that had to run.
    pub(crate) ran: Vec<String>,
}

/// Waits for locks: a process that another test is just starting has a copy of every open file for a moment.
pub(crate) fn open(disk: &Disk, dir: &Path) -> Result<Writer, ContextError> {
    Store::new(disk.clone(), dir).open_writer(Duration::from_mins(1), clock())
}

pub(crate) fn build(disk: &Disk, dir: &Path, app: &App) -> Result<Built, ContextError> {
    build_with(disk, dir, app, OnConflict::Keep)
}

/// The whole of it: lock, plan, tasks that are not done yet, files, end.
pub(crate) fn build_with(
    disk: &Disk,
    dir: &Path,
    app: &App,
    on_conflict: OnConflict,
) -> Result<Built, ContextError> {
    let new = Store::new(disk.clone(), dir).is_new();
    let writer = Arc::new(open(disk, dir)?);
    let ahead = new.then(Ahead::default);
    if let Some(ahead) = &ahead {
        // All but one are ready before their tasks are.
        for files in app.iter().filter(|(id, _)| **id != "docs").map(|(_, files)| files) {
            ahead.inlet().add(artifacts(files));
        }
        ahead.begin(&writer);
    }
    let plan = writer.add_plan(format!("{:?}", app.keys()).as_bytes(), false)?;
    let planned = app.iter().map(|(id, files)| PlannedTask {
        id: task(id),
        name: (*id).to_owned(),
        agent: AgentName::new(*id).unwrap(),
        fingerprint: Digest::of_parts(files.iter().flat_map(|(path, bytes)| [path.as_bytes(), bytes])),
    });
    let kept = writer.begin_run(RunIdentity::default(), Some(plan), planned.collect())?;
    let mut ran = Vec::new();
    for (id, files) in app.iter().filter(|(id, _)| !kept.contains_key(&task(id))) {
        let id = task(id);
        writer.attempt_started(&id).wait()?;
        ran.push(id.to_string());
        let artifacts = artifacts(files);
        if let Some(ahead) = &ahead {
            ahead.inlet().add(artifacts.clone());
        }
        writer.keep(&id, &artifacts).wait()?;
        // One of them was paid for.
        let usage = Tokens { calls: u64::from(id.as_str() == "docs"), ..Tokens::default() };
        let ended = writer.task_ended(&id, TaskState::Succeeded, vec![], Duration::ZERO, usage, vec![]);
        ended.wait()?;
    }
    let mut made = BTreeMap::new();
    for id in app.keys() {
        made.insert(task(id), writer.artifacts(&task(id))?);
    }
    let delivered =
        deliver(&writer, made, on_conflict, true, ahead.as_ref(), None).map_err(|error| match error {
            SurveyError::Context(error) => error,
            SurveyError::Ignore(error) => panic!("{error}"),
        })?;
    drop(ahead);
    let applied = delivered.applied;
    let outcome = if applied.conflicts.is_empty() { RunOutcome::Done } else { RunOutcome::Problems };
    Arc::into_inner(writer).unwrap().end_run_with(outcome, delivered.conclusion)?;
    Ok(Built { applied, ran })
}

fn artifacts(files: &Files) -> Vec<Artifact> {
    let artifact = |(path, bytes): &(String, Vec<u8>)| Artifact {
        path: OutputPath::new(path).unwrap(),
        contents: bytes.clone().into(),
        origin: Origin::Template,
    };
    files.iter().map(artifact).collect()
}

/// Every file outside of `.metagen/`, with its bytes and whether it can be run.
pub(crate) fn tree(dir: &Path) -> BTreeMap<String, (Vec<u8>, bool)> {
    let mut files = BTreeMap::new();
    walk(dir, "", &mut files);
    files
}

fn walk(dir: &Path, prefix: &str, files: &mut BTreeMap<String, (Vec<u8>, bool)>) {
    for name in metagen::base::fs::list(dir).unwrap() {
        if prefix.is_empty() && name == ".metagen" {
            continue;
        }
        let path = dir.join(&name);
        match kind(&path).unwrap() {
            Kind::Directory => walk(&path, &format!("{prefix}{name}/"), files),
            Kind::File { executable, .. } => {
                files.insert(format!("{prefix}{name}"), (std::fs::read(&path).unwrap(), executable));
            }
            other => {
                files.insert(format!("{prefix}{name}"), (format!("{other:?}").into_bytes(), false));
            }
        }
    }
}
