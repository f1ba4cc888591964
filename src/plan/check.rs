//! From a plan as it was written to one that can be run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::agents::{AgentInfo, static_plan};
use super::task::{Task, TaskLimits};
use super::wire::{PLAN_VERSION, PlanFile, PlanSource, TaskFile};
use crate::base::ids::{AgentName, TaskId};
use crate::blueprint::{self, Blueprint, CoverageItem, Fault};
use crate::graph::{GraphError, Node, TaskGraph};
use crate::naming::clip;

/// Most tasks a plan may have.
pub const MAX_TASKS: usize = 500;
const MAX_COVERAGE: usize = 2000;
const DAY: u64 = 86_400;

/// A checked plan; [`check`] is its only constructor.
///
/// Its blueprint is checked, its tasks have agents that exist, unique ids and dependencies without a cycle, and every agent
/// that is required has a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    source: PlanSource,
    reasoning: String,
    blueprint: Blueprint,
    coverage: Vec<CoverageItem>,
    tasks: Vec<Task>,
    warnings: Vec<String>,
}

impl Plan {
    /// Who made it.
    pub const fn source(&self) -> PlanSource {
        self.source
    }

    /// Why it is as it is.
    pub fn reasoning(&self) -> &str {
        &self.reasoning
    }

    /// What to build.
    pub const fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// What became of each piece of the spec.
    pub fn coverage(&self) -> &[CoverageItem] {
        &self.coverage
    }

    /// Who builds it.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// What was mended on the way.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The plan in the form in which it travels, normalised.
    pub fn to_file(&self) -> PlanFile {
        PlanFile {
            version: PLAN_VERSION,
            source: self.source,
            reasoning: self.reasoning.clone(),
            blueprint: self.blueprint.file().clone(),
            coverage: self.coverage.clone(),
            tasks: self.tasks.iter().map(Task::to_file).collect(),
            warnings: self.warnings.clone(),
        }
    }
}

/// All that is wrong with a plan at once; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct PlanErrors(pub Vec<Fault>);

/// Checks a plan against the agents there are. What a task leaves open is filled in from `defaults`; a plan without tasks
/// gets the static ones.
pub fn check(file: PlanFile, agents: &[AgentInfo], defaults: &TaskLimits) -> Result<Plan, PlanErrors> {
    let mut checker = Checker { agents, defaults, faults: Vec::new(), warnings: file.warnings };
    if file.version > PLAN_VERSION {
        let message = format!("{} is newer than this program knows ({PLAN_VERSION})", file.version);
        checker.fault("version".to_owned(), message);
    }
    let blueprint = match blueprint::check(file.blueprint) {
        Ok(checked) => {
            checker
                .warnings
                .extend(checked.warnings.into_iter().map(|warning| format!("blueprint.{warning}")));
            Some(checked.blueprint)
        }
        Err(errors) => {
            let prefixed = |fault: Fault| Fault { path: format!("blueprint.{}", fault.path), ..fault };
            checker.faults.extend(errors.0.into_iter().map(prefixed));
            None
        }
    };
    let given = if file.tasks.is_empty() { static_plan(agents) } else { file.tasks };
    let tasks = checker.tasks(&given);
    let mut coverage = file.coverage;
    coverage.truncate(MAX_COVERAGE);
    match blueprint {
        Some(blueprint) if checker.faults.is_empty() => Ok(Plan {
            source: file.source,
            reasoning: clip(&file.reasoning, 4000).to_owned(),
            blueprint,
            coverage,
            tasks,
            warnings: checker.warnings,
        }),
        _ => Err(PlanErrors(checker.faults)),
    }
}

struct Checker<'a> {
    agents: &'a [AgentInfo],
    defaults: &'a TaskLimits,
    faults: Vec<Fault>,
    warnings: Vec<String>,
}

impl Checker<'_> {
    fn fault(&mut self, path: String, message: impl Into<String>) {
        self.faults.push(Fault { path, message: message.into() });
    }

    fn tasks(&mut self, files: &[TaskFile]) -> Vec<Task> {
        if files.len() > MAX_TASKS {
            self.fault("tasks".to_owned(), format!("{} tasks are more than {MAX_TASKS}", files.len()));
            return Vec::new();
        }
        let mut first = BTreeMap::new();
        for (place, file) in files.iter().enumerate() {
            if let Some(earlier) = first.insert(file.id.as_str(), place) {
                let message = format!("{:?} is the id of tasks[{earlier}] already", clip(&file.id, 64));
                self.fault(format!("tasks[{place}].id"), message);
            }
        }
        let known: BTreeSet<&str> = first.into_keys().collect();
        let mut tasks: Vec<Task> = Vec::new();
        for (place, file) in files.iter().enumerate() {
            tasks.extend(self.task(place, file, &known));
        }
        if self.faults.is_empty() {
            self.add_required(&mut tasks);
        }
        let nodes: Vec<_> =
            tasks.iter().map(|task| Node { id: &task.id, depends_on: &task.depends_on, cost: 1 }).collect();
        if let Err(error @ GraphError::Cycle(_)) = TaskGraph::new(&nodes) {
            self.fault("tasks".to_owned(), error.to_string());
        }
        tasks
    }

    fn task(&mut self, place: usize, file: &TaskFile, known: &BTreeSet<&str>) -> Option<Task> {
        let at = |key: &str| format!("tasks[{place}].{key}");
        let id = TaskId::new(file.id.as_str()).map_err(|error| self.fault(at("id"), error.to_string())).ok();
        let agent = self.agent(&at("agent"), &file.agent);
        let mut depends_on = Vec::new();
        for (number, dependency) in file.depends_on.iter().enumerate() {
            let path = at(&format!("depends_on[{number}]"));
            if *dependency == file.id {
                self.fault(path, "a task cannot depend on itself");
            } else if let (true, Ok(id)) =
                (known.contains(dependency.as_str()), TaskId::new(dependency.as_str()))
            {
                if !depends_on.contains(&id) {
                    depends_on.push(id);
                }
            } else {
                self.warnings.push(format!("{path}: there is no task {:?}, dropped", clip(dependency, 64)));
            }
        }
        let limits = self.limits(place, file);
        let (id, agent) = (id?, agent?);
        let name = match file.name.trim() {
            "" => self.agents.iter().find(|info| info.name == agent).map_or("", |info| &info.title),
            name => clip(name, 120),
        };
        let (name, description) = (name.to_owned(), clip(&file.description, 4000).to_owned());
        Some(Task { id, name, agent, description, depends_on, limits })
    }

    fn agent(&mut self, path: &str, name: &str) -> Option<AgentName> {
        if let Some(info) = self.agents.iter().find(|info| info.name.as_str() == name) {
            return Some(info.name.clone());
        }
        let nearest = self
            .agents
            .iter()
            .map(|info| (strsim::jaro_winkler(info.name.as_str(), clip(name, 64)), &info.name))
            .filter(|(likeness, _)| *likeness > 0.7)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let hint = nearest.map_or_else(
            || {
                let names: Vec<_> = self.agents.iter().map(|info| info.name.as_str()).collect();
                format!("there are {}", names.join(", "))
            },
            |(_, name)| format!("did you mean {:?}?", name.as_str()),
        );
        self.fault(path.to_owned(), format!("there is no agent {:?}; {hint}", clip(name, 64)));
        None
    }

    fn limits(&mut self, place: usize, file: &TaskFile) -> TaskLimits {
        let mut clamp = |key: &str, given: Option<u64>, low: u64, high: u64| {
            let given = given?;
            let kept = given.clamp(low, high);
            if kept != given {
                self.warnings.push(format!("tasks[{place}].{key}: {given} became {kept}"));
            }
            Some(kept)
        };
        let timeout = clamp("timeout_secs", file.timeout_secs, 1, DAY).map(Duration::from_secs);
        let retries = clamp("max_retries", file.max_retries.map(u64::from), 0, 20);
        let base = clamp("base_backoff_ms", file.base_backoff_ms, 0, 600_000).map(Duration::from_millis);
        let base_backoff = base.unwrap_or(self.defaults.base_backoff);
        let least = u64::try_from(base_backoff.as_millis()).unwrap_or(u64::MAX).min(3_600_000);
        let cap = clamp("max_backoff_ms", file.max_backoff_ms, least, 3_600_000).map(Duration::from_millis);
        TaskLimits {
            timeout: timeout.unwrap_or(self.defaults.timeout),
            max_retries: retries.and_then(|n| u32::try_from(n).ok()).unwrap_or(self.defaults.max_retries),
            base_backoff,
            max_backoff: cap.unwrap_or_else(|| self.defaults.max_backoff.max(base_backoff)),
        }
    }

    /// Gives every required agent that the plan forgot a task after those of the agents that it builds on.
    fn add_required(&mut self, tasks: &mut Vec<Task>) {
        for file in static_plan(self.agents) {
            let info = self.agents.iter().find(|info| info.name.as_str() == file.agent);
            let Some(info) = info.filter(|info| info.required) else { continue };
            if tasks.iter().any(|task| task.agent == info.name) {
                continue;
            }
            let taken = |id: &TaskId| tasks.iter().any(|task| task.id == *id);
            let numbered = (2..).map(|number| format!("{}-{number}", clip(&file.id, 58)));
            let id = std::iter::once(file.id.clone()).chain(numbered).filter_map(|id| TaskId::new(id).ok());
            let Some(id) = id.into_iter().find(|id| !taken(id)) else { continue };
            self.warnings.push(format!("tasks: there was none for the agent {}, {id} was added", info.name));
            let after =
                tasks.iter().filter(|task| info.depends_on.contains(&task.agent)).map(|task| task.id.clone());
            tasks.push(Task {
                id,
                name: info.title.clone(),
                agent: info.name.clone(),
                description: info.description.clone(),
                depends_on: after.collect(),
                limits: *self.defaults,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::blueprint::{AppFile, BlueprintFile, EntityFile};
    use crate::plan::{read_file, read_model};

    fn agents() -> Vec<AgentInfo> {
        let agent = |name: &str, after: &[&str], required| AgentInfo {
            name: AgentName::new(name).unwrap(),
            title: format!("Build {name}"),
            description: String::new(),
            depends_on: after.iter().map(|name| AgentName::new(*name).unwrap()).collect(),
            required,
        };
        vec![
            agent("docs", &["backend", "frontend"], false),
            agent("backend", &[], true),
            agent("frontend", &["backend"], true),
        ]
    }

    fn task(id: &str, agent: &str, after: &[&str]) -> TaskFile {
        let depends_on = after.iter().map(ToString::to_string).collect();
        TaskFile { id: id.into(), agent: agent.into(), depends_on, ..TaskFile::default() }
    }

    fn plan(tasks: Vec<TaskFile>) -> Result<Plan, PlanErrors> {
        let entity = EntityFile { name: "Book".into(), ..EntityFile::default() };
        let app = AppFile { name: "Shop".into(), ..AppFile::default() };
        let blueprint = BlueprintFile { app, entities: vec![entity], ..BlueprintFile::default() };
        check(PlanFile { blueprint, tasks, ..PlanFile::default() }, &agents(), &TaskLimits::default())
    }

    #[track_caller]
    fn refused(tasks: Vec<TaskFile>, expect: &[&str]) {
        let errors = plan(tasks).unwrap_err();
        assert_eq!(errors.0.iter().map(ToString::to_string).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn a_plan_without_tasks_gets_the_static_ones() {
        let plan = plan(vec![]).unwrap();
        let ids: Vec<_> = plan.tasks().iter().map(|task| task.id.as_str()).collect();
        assert_eq!(ids, ["docs", "backend", "frontend"]);
        assert_eq!(plan.tasks()[0].depends_on.len(), 2);
        let again = check(plan.to_file(), &agents(), &TaskLimits::default()).unwrap();
        assert_eq!(again.to_file(), plan.to_file());
    }

    #[test]
    fn refusals() {
        refused(
            vec![task("a", "bakend", &["a"]), task("a", "zzz", &[]), task("B b", "docs", &[])],
            &[
                "tasks[1].id: \"a\" is the id of tasks[0] already",
                "tasks[0].agent: there is no agent \"bakend\"; did you mean \"backend\"?",
                "tasks[0].depends_on[0]: a task cannot depend on itself",
                "tasks[1].agent: there is no agent \"zzz\"; there are docs, backend, frontend",
                "tasks[2].id: task id \"B b\" does not begin with a lower-case letter or a digit",
            ],
        );
        refused(
            vec![task("a", "backend", &["c"]), task("b", "frontend", &["a"]), task("c", "docs", &["b"])],
            &["tasks: tasks wait for each other: a → c → b → a"],
        );
        refused(
            (0..501).map(|n| task(&format!("t{n}"), "docs", &[])).collect(),
            &["tasks: 501 tasks are more than 500"],
        );
    }

    #[test]
    fn mends_with_a_warning() {
        let mut odd = task("x", "backend", &["ghost", "y", "y"]);
        (odd.timeout_secs, odd.max_retries) = (Some(0), Some(99));
        (odd.base_backoff_ms, odd.max_backoff_ms) = (Some(5000), Some(1));
        let plan = plan(vec![odd, task("y", "docs", &[])]).unwrap();
        let limits = plan.tasks()[0].limits;
        assert_eq!((limits.timeout, limits.max_retries), (Duration::from_secs(1), 20));
        assert_eq!(limits.max_backoff, Duration::from_secs(5));
        assert_eq!(plan.tasks()[0].depends_on.len(), 1);
        assert_eq!(plan.tasks()[2].depends_on, [TaskId::new("x").unwrap()]);
        let tasks_only: Vec<_> = plan.warnings().iter().filter(|text| text.starts_with("tasks")).collect();
        assert_eq!(
            tasks_only,
            [
                "tasks[0].depends_on[0]: there is no task \"ghost\", dropped",
                "tasks[0].timeout_secs: 0 became 1",
                "tasks[0].max_retries: 99 became 20",
                "tasks[0].max_backoff_ms: 1 became 5000",
                "tasks: there was none for the agent frontend, frontend was added",
            ]
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(name in "\\PC{0,40}", id in "[a-c{}<>'\"\\.\\./\\PC]{0,6}", agent in "(docs|backend|[a-z]{0,5})", after in "[a-c]?") {
            let text = serde_json::json!({
                "blueprint": { "app": { "name": name }, "entities": [{ "name": name, "fields": [{ "name": id, "type": "enum", "values": [name] }] }] },
                "tasks": [{ "id": id, "agent": agent, "name": name, "depends_on": [after] }, { "id": "a", "agent": "backend", "depends_on": [id] }],
            }).to_string();
            let limits = TaskLimits::default();
            let model = read_model(&text).and_then(|file| check(file, &agents(), &limits));
            let person = read_file("f", &text).and_then(|document| document.check(&agents(), &limits));
            for errors in [model, person].into_iter().filter_map(Result::err) {
                prop_assert!(!errors.0.is_empty());
            }
        }
    }
}
