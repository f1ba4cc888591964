//! A change of the schema that ends at every step it takes on the disk, and is then built again, with the same blueprint or
//! another.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use metagen::agent::Catalogue;
use metagen::base::artifact::{Artifact, Origin};
use metagen::base::fs::Disk;
use metagen::base::ids::TaskId;
use metagen::blueprint::check;
use metagen::context::{PlannedTask, RunIdentity, RunOutcome, TaskState, Tokens};
use metagen::pipeline::{Migrations, deliver, migrations};
use metagen::plan::{Plan, PlanFile, TaskLimits, check as check_plan, static_plan};
use metagen::workspace::OnConflict;
use serde_json::json;

use super::build::{failing_at, open, tree};

fn plan(fields: &serde_json::Value) -> Plan {
    let file = json!({ "app": { "name": "Shop" }, "entities": [{ "name": "Book", "fields": fields }] });
    let blueprint = check(serde_json::from_value(file).unwrap()).unwrap().blueprint.file().clone();
    let agents = Catalogue::embedded().unwrap().infos();
    let file = PlanFile { blueprint, tasks: static_plan(&agents), ..PlanFile::default() };
    check_plan(file, &agents, &TaskLimits::default()).unwrap()
}

fn plans() -> [Plan; 3] {
    [
        json!([{ "name": "title" }, { "name": "status", "type": "enum", "values": ["a", "b"] }]),
        json!([{ "name": "title", "required": true }, { "name": "status", "type": "enum", "values": ["a"] }, { "name": "day", "type": "date" }]),
        json!([{ "name": "title", "type": "integer" }, { "name": "price", "type": "decimal", "required": true }]),
    ]
    .map(|fields| plan(&fields))
}

/// A build of the migrations alone, as far as the disk lets it.
fn build(disk: &Disk, dir: &Path, plan: &Plan) -> Result<Migrations, Box<dyn std::error::Error>> {
    let writer = open(disk, dir)?;
    let number = writer.add_plan(b"plan", false)?;
    let catalogue = Catalogue::embedded()?;
    let context = writer.context();
    let made = writer.with_pack(|pack| migrations(writer.store(), &context, pack, &catalogue, plan))?;
    let task = TaskId::new("backend")?;
    let (place, files) = made.files.iter().next().unwrap();
    let planned = PlannedTask {
        id: task.clone(),
        name: "Build the API".to_owned(),
        agent: plan.tasks().iter().find(|known| known.id == task).unwrap().agent.clone(),
        fingerprint: made.digest(place),
    };
    let kept = writer.begin_run(RunIdentity::default(), Some(number), vec![planned])?;
    let artifacts: Vec<Artifact> = if kept.is_empty() {
        let files = files.iter().cloned();
        let artifacts: Vec<_> = files
            .map(|file| Artifact { path: file.path, contents: file.contents, origin: Origin::Template })
            .collect();
        writer.attempt_started(&task).wait()?;
        writer.keep(&task, &artifacts).wait()?;
        let ended =
            writer.task_ended(&task, TaskState::Succeeded, vec![], Duration::ZERO, Tokens::default(), vec![]);
        ended.wait()?;
        artifacts
    } else {
        writer.artifacts(&task)?
    };
    let delivered = deliver(&writer, [(task, artifacts)].into(), OnConflict::Keep, true, None, None)?;
    writer.end_run_with(RunOutcome::Done, delivered.conclusion)?;
    Ok(made)
}

#[test]
fn a_change_that_stops_at_any_step_is_finished_by_the_next_build() {
    let [a, b, c] = plans();
    let whole = tempfile::tempdir().unwrap();
    build(&Disk::default(), whole.path(), &a).unwrap();
    let (disk, count) = failing_at(usize::MAX);
    let made = build(&disk, whole.path(), &b).unwrap();
    assert!(!made.warnings.is_empty());
    let (expected, steps) = (tree(whole.path()), count.load(Ordering::Relaxed));
    assert_eq!(expected.len(), 6);
    assert!(steps > 10, "{steps} steps");
    for step in 0..steps {
        let dir = tempfile::tempdir().unwrap();
        build(&Disk::default(), dir.path(), &a).unwrap();
        build(&failing_at(step).0, dir.path(), &b).expect_err("the disk is full");
        let standing = tree(dir.path());
        // Another blueprint goes on from what stands, which may have been applied.
        let other = tempfile::tempdir().unwrap();
        copy(dir.path(), other.path());
        build(&Disk::default(), other.path(), &c).unwrap();
        for (path, file) in &standing {
            assert_eq!(tree(other.path()).get(path), Some(file), "{path} after step {step}");
        }
        let settled = build(&Disk::default(), other.path(), &c).unwrap();
        assert_eq!((settled.notes, settled.warnings), (vec![], vec![]), "after step {step}");

        build(&Disk::default(), dir.path(), &b).unwrap();
        assert_eq!(tree(dir.path()), expected, "after step {step}");
    }
}

/// Context and all.
fn copy(from: &Path, to: &Path) {
    for name in metagen::base::fs::list(from).unwrap() {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            std::fs::create_dir_all(&to).unwrap();
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}
