//! The question a task puts to the model.

use super::catalogue::Agent;
use super::manifest::Additions;
use super::standing::Standing;
use crate::blueprint::Blueprint;
use crate::llm::{Purpose, Request, Section};
use crate::plan::Task;
use crate::template::Rendered;

/// Paths listed to the model at most; beyond that the list says how many more there are.
const MAX_PATHS: usize = 400;

/// Bytes of what other tasks added that are shown; beyond that files are left out whole.
const MAX_ADDED: usize = 60_000;

/// Everything a question is made of.
pub(super) struct Question<'a> {
    pub(super) agent: &'a Agent,
    pub(super) additions: &'a Additions,
    pub(super) task: &'a Task,
    pub(super) blueprint: &'a Blueprint,
    pub(super) spec: &'a str,
    /// What the agent's templates render.
    pub(super) rendered: &'a [Rendered],
    pub(super) standing: &'a Standing,
}

/// Puts the question. What is the same for every task of an agent stands first, so that providers can cache it.
pub(super) fn request(question: &Question<'_>, faults: &[String]) -> Request {
    let section = |title: &str, body: String| Section { title: title.to_owned(), body };
    let shown = question
        .rendered
        .iter()
        .filter(|file| question.additions.shown.iter().any(|path| path == file.path.as_str()));
    let points = shown
        .map(|file| format!("// {}\n{}", file.path, String::from_utf8_lossy(&file.contents)))
        .collect::<Vec<_>>()
        .join("\n");
    let paths: Vec<&str> =
        question.rendered.iter().map(|file| file.path.as_str()).chain(question.standing.paths()).collect();
    let mut listed: Vec<String> = paths.iter().take(MAX_PATHS).map(ToString::to_string).collect();
    if paths.len() > MAX_PATHS {
        listed.push(format!("… and {} more", paths.len() - MAX_PATHS));
    }
    let listed = listed.join("\n");
    let blueprint = serde_json::to_string(question.blueprint.file()).expect("a blueprint is JSON");
    let mut sections = vec![
        section("extension_points", points),
        section("standing", listed),
        section("blueprint", blueprint),
        section("spec", question.spec.to_owned()),
        section("task", format!("{}\n{}", question.task.name, question.task.description)),
    ];
    let added = added(question.standing);
    if !added.is_empty() {
        // What no template has is known to nobody who is not shown it: a page may call a route that another task added.
        sections.insert(2, section("added", added));
    }
    if !faults.is_empty() {
        sections.push(section("faults", format!("Your last answer was refused:\n{}", faults.join("\n"))));
    }
    Request {
        purpose: Purpose::Task { task: question.task.id.clone(), agent: question.agent.name.clone() },
        system: question.agent.prompt.clone(),
        sections,
        schema: None,
        max_output_tokens: question.additions.max_output_tokens,
    }
}

/// What other tasks added, as far as there is room for it.
fn added(standing: &Standing) -> String {
    let mut text = String::new();
    for (path, contents) in standing.added() {
        if text.len() + contents.len() <= MAX_ADDED {
            text.push_str(&format!("// {path}\n{contents}\n"));
        }
    }
    text
}
