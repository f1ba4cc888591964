//! One task: templates rendered, the model asked for what is particular, everything checked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;
use tokio::sync::OnceCell;

use super::answer::AnswerFile;
use super::asking::{Asked, ask};
use super::catalogue::Agent;
use super::gate::{Gate, admit, module};
use super::manifest::Side;
use super::prompt::{Question, request};
use super::standing::Standing;
use crate::base::artifact::Artifact;
use crate::base::cores::{Panicked, on_cores};
use crate::base::ids::{AgentName, OutputPath};
use crate::blueprint::Blueprint;
use crate::check::{CheckError, Finding, Import, parse, parse_known, unresolved};
use crate::llm::{LlmClient, LlmError, LlmErrorKind, Request, Usage};
use crate::model::{ExtensionModule, Extensions, build};
use crate::plan::Task;
use crate::template::{Rendered, Renderer, Subject, TemplateError};

/// What is told of an answer that never came to its end.
const CUT: &str = "the model's answer was cut off at the bound of its length, and asking for the rest did not end it; \
                   what came whole is kept (--thinking low leaves more room)";

/// What all tasks of a run share.
pub struct Workbench {
    /// What to build.
    pub blueprint: Arc<Blueprint>,
    /// What the person asked for, as it was written; empty where a blueprint was given.
    pub spec: Arc<str>,
    /// The templates.
    pub renderer: Arc<Renderer>,
    /// The model.
    pub llm: Arc<dyn LlmClient>,
    /// What agents render before anything is added, so that tasks of one agent do not render it again.
    pub rendered: RenderedOnce,
}

type Once = OnceCell<Arc<Proven>>;

/// What an agent renders, parsed.
#[derive(Debug)]
struct Proven {
    files: Vec<Rendered>,
    /// What each of them imports.
    imports: Vec<Vec<Import>>,
}

/// What agents render, by agent, and what they render it for: made when they are first asked for.
#[derive(Debug, Default)]
pub struct RenderedOnce {
    agents: Mutex<BTreeMap<AgentName, Arc<Once>>>,
    subject: Arc<OnceLock<Subject>>,
}

impl RenderedOnce {
    async fn of(&self, agent: &Agent, bench: &Workbench) -> Result<Arc<Proven>, ContributionError> {
        self.telling(agent, bench, |_| {}).await
    }

    /// The same; where it is rendered now, each file is told as soon as it is rendered, and before it is proven.
    async fn telling(
        &self,
        agent: &Agent,
        bench: &Workbench,
        tell: impl Fn(&Rendered) + Send + Sync + 'static,
    ) -> Result<Arc<Proven>, ContributionError> {
        let cell = {
            let mut cells = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(cells.entry(agent.name.clone()).or_default())
        };
        let making = cell.get_or_try_init(async || {
            let files = render(agent, bench, Vec::new(), tell).await?;
            prove(files).await
        });
        making.await.cloned()
    }

    /// Renders for an agent before its task comes, so that cores that wait for the disk or a model have something to do. A
    /// fault is left to the task, which meets it again. `tell` hears of each file as soon as it is rendered, before it is checked.
    pub async fn prepare(agent: &Agent, bench: &Workbench, tell: impl Fn(&Rendered) + Send + Sync + 'static) {
        drop(bench.rendered.telling(agent, bench, tell).await);
    }
}

/// What a task made.
#[derive(Clone, Debug, Default)]
pub struct Contribution {
    /// Its files, in order of path.
    pub artifacts: Vec<Artifact>,
    /// What the report should say about it.
    pub notes: Vec<String>,
    /// What of the model's answer was dropped.
    pub warnings: Vec<String>,
    /// What the model took.
    pub usage: Usage,
}

/// Why a task made nothing.
#[derive(Debug, thiserror::Error)]
pub enum ContributionError {
    /// The model gave no answer.
    #[error("the model gave no answer")]
    Llm(#[from] LlmError),
    /// A template is at fault.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A generated file is at fault.
    #[error("generated files do not pass the check:\n{0}")]
    Check(#[from] CheckError),
    /// Rendering or checking panicked.
    #[error("rendering failed: {0}")]
    Panicked(#[from] Panicked),
}

/// What a task finds.
pub struct Stands {
    /// The SQL migrations that are this agent's to write, those of earlier builds among them. The model is not told of them:
    /// what it adds does not depend on how the database came to be as it is.
    pub migrations: Vec<Rendered>,
    /// What the tasks made that it waited for; this alone may shape its answer.
    pub before: Standing,
    /// Everything that stands by now, where that holds all that its files import; `None` where some of it is still to come.
    pub all: Option<Standing>,
}

/// Does one task. Rendering and checking run on all cores, so that tasks run side by side.
///
/// `progress` is told short phrases.
pub async fn contribute(
    agent: &Agent,
    task: &Task,
    bench: &Workbench,
    stands: Stands,
    progress: &(dyn Fn(&str) + Send + Sync),
) -> Result<Contribution, ContributionError> {
    progress("rendering");
    let mut rendered = bench.rendered.of(agent, bench).await?;
    let mut made = Contribution::default();
    if let Some(additions) = &agent.manifest.additions {
        let own = |path: &str| {
            let file = rendered.files.iter().find(|file| file.path.as_str() == path)?;
            Some(String::from_utf8_lossy(&file.contents).into_owned())
        };
        let question = Question {
            agent,
            additions,
            task,
            blueprint: &bench.blueprint,
            spec: &bench.spec,
            rendered: &rendered.files,
            standing: &stands.before,
        };
        progress("asking the model");
        let mut gate = Gate::default();
        let mut faults: Vec<String> = Vec::new();
        // Faults are sent back once; what is still at fault then is dropped.
        for _ in 0..2 {
            let files = match ask(bench.llm.as_ref(), &question, &faults, &mut made.usage).await {
                Ok(Asked { files, cut }) => {
                    if cut {
                        made.warnings.push(CUT.to_owned());
                    }
                    files
                }
                // It would refuse again, and the app stands on its templates.
                Err(error) if matches!(error.kind, LlmErrorKind::Blocked | LlmErrorKind::ContextTooLong) => {
                    made.warnings.push(format!("the model added nothing: {error}"));
                    break;
                }
                Err(mut error) => {
                    error.usage = made.usage;
                    return Err(error.into());
                }
            };
            // The second answer corrects the first: files that passed then and are not in it stay, and may be imported.
            let earlier = std::mem::take(&mut gate).admitted.into_iter().map(AnswerFile::from);
            let kept: Vec<_> = earlier.filter(|old| !files.iter().any(|new| new.path == old.path)).collect();
            let files = kept.into_iter().chain(files).collect();
            gate = admit(files, additions, &stands.before, &own);
            faults.clone_from(&gate.faults);
            if faults.is_empty() {
                break;
            }
        }
        made.warnings
            .extend(gate.faults.iter().map(|fault| format!("dropped from the model's answer: {fault}")));
        if !gate.admitted.is_empty() {
            gate.modules.sort();
            made.notes.push(format!("{} files by the model", gate.admitted.len()));
            rendered = prove(render(agent, bench, gate.modules, |_| {}).await?).await?;
            made.artifacts = gate.admitted;
        }
    }
    progress("checking");
    let additions = std::mem::take(&mut made.artifacts);
    let migrations = stands.migrations;
    made.artifacts = on_cores(move || {
        check(&additions, &rendered, &migrations, stands.all)?;
        let mut artifacts = additions;
        artifacts.extend(rendered.files.iter().chain(&migrations).cloned().map(Artifact::from));
        artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        Ok::<_, CheckError>(artifacts)
    })
    .await??;
    Ok(made)
}

/// The agent's own files with all these additions registered, whichever tasks made them.
pub async fn registering(
    agent: &Agent,
    bench: &Workbench,
    additions: &BTreeSet<OutputPath>,
) -> Result<Vec<Artifact>, ContributionError> {
    let Some(rules) = &agent.manifest.additions else { return Ok(Vec::new()) };
    let mut modules: Vec<ExtensionModule> = additions.iter().filter_map(|path| module(path, rules)).collect();
    modules.sort();
    let rendered = render(agent, bench, modules, |_| {}).await?;
    Ok(rendered.into_iter().map(Artifact::from).collect())
}

/// What the model is asked first for a task; `None` where its agent asks nothing.
pub async fn first_request(
    agent: &Agent,
    task: &Task,
    bench: &Workbench,
    standing: &Standing,
) -> Result<Option<Request>, ContributionError> {
    let Some(additions) = &agent.manifest.additions else { return Ok(None) };
    let rendered = bench.rendered.of(agent, bench).await?;
    let question = Question {
        agent,
        additions,
        task,
        blueprint: &bench.blueprint,
        spec: &bench.spec,
        rendered: &rendered.files,
        standing,
    };
    Ok(Some(request(&question, &[])))
}

/// Renders an agent's templates, with these modules registered.
async fn render(
    agent: &Agent,
    bench: &Workbench,
    modules: Vec<ExtensionModule>,
    tell: impl Fn(&Rendered) + Send + Sync + 'static,
) -> Result<Vec<Rendered>, ContributionError> {
    let mut extensions = Extensions::default();
    match agent.manifest.additions.as_ref().map(|additions| additions.registered_in) {
        Some(Side::Backend) => extensions.backend = modules,
        Some(Side::Frontend) => extensions.frontend = modules,
        None => {}
    }
    let folder = agent.manifest.render.templates.clone().unwrap_or_else(|| agent.name.as_str().to_owned());
    let (blueprint, renderer) = (Arc::clone(&bench.blueprint), Arc::clone(&bench.renderer));
    let subject = |blueprint: &Blueprint, extensions| Subject::new(build(blueprint, extensions));
    let shared = Arc::clone(&bench.rendered.subject);
    let rendering = on_cores(move || -> Result<Vec<Rendered>, ContributionError> {
        if extensions == Extensions::default() {
            let subject = shared.get_or_init(|| subject(&blueprint, extensions));
            return Ok(renderer.render(&folder, subject, &tell)?);
        }
        Ok(renderer.render(&folder, &subject(&blueprint, extensions), &tell)?)
    });
    rendering.await?
}

/// Parses every file that is not the same in every app, on all cores.
async fn prove(files: Vec<Rendered>) -> Result<Arc<Proven>, ContributionError> {
    let proving = on_cores(move || {
        let parsed: Vec<_> = files.par_iter().map(|file| parse_known(&file.path, &file.contents)).collect();
        let (mut imports, mut findings) = (Vec::with_capacity(files.len()), Vec::new());
        for parsed in parsed {
            match parsed {
                Ok(parsed) => imports.push(parsed.imports),
                Err(found) => findings.extend(found),
            }
        }
        if findings.is_empty() { Ok(Arc::new(Proven { files, imports })) } else { Err(CheckError(findings)) }
    });
    Ok(proving.await??)
}

/// Follows every import where all that they may lead to stands; what a model added has passed the gate, and is parsed again
/// because nothing unparsed may ever be kept.
fn check(
    additions: &[Artifact],
    proven: &Proven,
    migrations: &[Rendered],
    mut all: Option<Standing>,
) -> Result<(), CheckError> {
    if let Some(all) = &mut all {
        all.add(additions);
        all.add_files(proven.files.iter().map(|file| (&file.path, &*file.contents)));
    }
    let mut findings: Vec<Finding> = Vec::new();
    let mut follow = |path: &OutputPath, imports: &[Import]| {
        if let Some(all) = &all {
            findings.extend(unresolved(path, imports, &|path: &str| all.has(path), all.packages()));
        }
    };
    for (file, imports) in proven.files.iter().zip(&proven.imports) {
        follow(&file.path, imports);
    }
    let mut broken = Vec::new();
    for artifact in additions {
        match parse(&artifact.path, &artifact.contents) {
            Ok(parsed) => follow(&artifact.path, &parsed.imports),
            Err(found) => broken.extend(found),
        }
    }
    broken.extend(migrations.iter().filter_map(|file| parse(&file.path, &file.contents).err()).flatten());
    findings.extend(broken);
    if findings.is_empty() { Ok(()) } else { Err(CheckError(findings)) }
}
