//! What `plan` prints is what `--blueprint` takes: the same plan comes back, from the document and from the blueprint in it.

use std::path::Path;

use metagen::agent::Catalogue;
use metagen::plan::{AgentInfo, Plan, PlanFile, TaskLimits, check, read_file, static_plan};
use metagen::spec;
use serde::Deserialize;

use crate::build::tree;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
struct Table {
    spec: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
}

/// All descriptions of the reader's own tables.
fn texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/specs");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tables = files.map(|path| toml::from_str::<Table>(&std::fs::read_to_string(path).unwrap()).unwrap());
    tables.flat_map(|table| table.spec).map(|case| case.text).collect()
}

fn planned(text: &str, agents: &[AgentInfo]) -> Option<Plan> {
    let reading = spec::read(text);
    let file = PlanFile {
        reasoning: reading.reasoning,
        blueprint: reading.blueprint,
        coverage: reading.coverage,
        tasks: static_plan(agents),
        warnings: reading.warnings,
        ..PlanFile::default()
    };
    check(file, agents, &TaskLimits::default()).ok()
}

#[test]
fn every_plan_passes_through_itself() {
    let agents = Catalogue::embedded().unwrap().infos();
    let limits = TaskLimits::default();
    let again = |text: &str| read_file("plan", text).unwrap().check(&agents, &limits).unwrap();
    let mut count = 0;
    for text in texts() {
        let Some(plan) = planned(&text, &agents) else { continue };
        let file = plan.to_file();
        count += 1;
        for whole in [serde_json::to_string_pretty(&file).unwrap(), serde_saphyr::to_string(&file).unwrap()] {
            assert_eq!(again(&whole), plan, "{text}\n{whole}");
        }
        let bare = &file.blueprint;
        for bare in [serde_json::to_string(bare).unwrap(), serde_saphyr::to_string(bare).unwrap()] {
            let found = again(&bare);
            assert_eq!(found.blueprint(), plan.blueprint(), "{text}\n{bare}");
            assert_eq!(found.tasks(), plan.tasks(), "{text}");
            assert_eq!(found.warnings(), Vec::<String>::new(), "{text}\n{bare}");
        }
    }
    assert!(count > 230, "{count} plans");
}

#[test]
fn a_build_from_any_form_of_the_plan_is_the_same() {
    let spec = "A clinic where only admins manage vets. Owners have pets (name, species: dog, cat or other; weight in kg). \
                Appointments are for a pet, at a time, private to each user. Pay with Stripe. Use a crimson theme.";
    let sandbox = Sandbox::new();
    let printed = sandbox.metagen("plan --format json").arg(spec).exits(0).stdout;
    let file: PlanFile = serde_json::from_str(&printed).unwrap();
    assert_ne!(file.warnings, Vec::<String>::new());
    let sandbox = sandbox
        .with("plan.json", &printed)
        .with("plan.yaml", &serde_saphyr::to_string(&file).unwrap())
        .with("bare.json", &serde_json::to_string(&file.blueprint).unwrap())
        .with("bare.yml", &serde_saphyr::to_string(&file.blueprint).unwrap());
    sandbox.metagen("build --quiet -o prose").arg(spec).exits(0);
    let expected = tree(&sandbox.work().join("prose"));
    for name in ["plan.json", "plan.yaml", "bare.json", "bare.yml"] {
        if name.starts_with("plan") {
            assert_eq!(sandbox.metagen("plan --format json --blueprint").arg(name).exits(0).stdout, printed);
        }
        sandbox.metagen("build --quiet -o app --blueprint").arg(name).exits(0);
        assert!(tree(&sandbox.work().join("app")) == expected, "the build from {name} is another one");
        std::fs::remove_dir_all(sandbox.work().join("app")).unwrap();
    }
}
