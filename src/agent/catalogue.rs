//! The agents there are.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

use super::manifest::Manifest;
use crate::base::ids::{AgentName, InvalidId};
use crate::plan::AgentInfo;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/agents");

/// What is wrong with an agent's folder.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The folder's name is no agent's name.
    #[error("agents/{folder} is not a usable name")]
    Name {
        /// The folder.
        folder: String,
        /// What is wrong.
        #[source]
        source: InvalidId,
    },
    /// The manifest does not read.
    #[error("agents/{agent}/agent.toml does not read")]
    Manifest {
        /// The agent.
        agent: AgentName,
        /// What is wrong, with line and column.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// An agent depends on one that does not exist.
    #[error("agents/{agent}/agent.toml depends on {missing}, which does not exist")]
    Dependency {
        /// The agent.
        agent: AgentName,
        /// What it depends on.
        missing: AgentName,
    },
    /// An agent that asks a model has no prompt.
    #[error("agents/{agent} has additions but no prompt.md")]
    Prompt {
        /// The agent.
        agent: AgentName,
    },
}

/// One agent.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Its name: that of its folder.
    pub name: AgentName,
    /// What it is, renders and may add.
    pub manifest: Manifest,
    /// What the model is told, examples included; empty where no model is asked.
    pub prompt: String,
}

/// All agents, by name, and what the planner is told.
#[derive(Clone, Debug)]
pub struct Catalogue {
    agents: BTreeMap<AgentName, Agent>,
    planner: String,
}

impl Catalogue {
    /// The agents that come with the program.
    ///
    /// # Errors
    /// Only where a folder in the program's own source is wrong; a test keeps that from being released.
    pub fn embedded() -> Result<Self, CatalogueError> {
        let mut files = BTreeMap::new();
        collect(&EMBEDDED, &mut files);
        Self::from_files(&files)
    }

    /// Agents from files, by their path below `agents/`. Folders without `agent.toml` are none.
    pub fn from_files(files: &BTreeMap<String, String>) -> Result<Self, CatalogueError> {
        let mut agents = BTreeMap::new();
        for (path, text) in files {
            let Some(folder) = path.strip_suffix("/agent.toml") else { continue };
            let name = AgentName::new(folder)
                .map_err(|source| CatalogueError::Name { folder: folder.to_owned(), source })?;
            let manifest: Manifest = toml::from_str(text).map_err(|source| CatalogueError::Manifest {
                agent: name.clone(),
                source: Box::new(source),
            })?;
            let prompt = prompt_of(files, folder);
            if manifest.additions.is_some() && prompt.is_empty() {
                return Err(CatalogueError::Prompt { agent: name });
            }
            agents.insert(name.clone(), Agent { name, manifest, prompt });
        }
        for agent in agents.values() {
            if let Some(missing) = agent.manifest.depends_on.iter().find(|name| !agents.contains_key(*name)) {
                return Err(CatalogueError::Dependency {
                    agent: agent.name.clone(),
                    missing: missing.clone(),
                });
            }
        }
        Ok(Self { agents, planner: prompt_of(files, "planner") })
    }

    /// What the planner is told.
    pub fn planner_prompt(&self) -> &str {
        &self.planner
    }

    /// The agent with this name.
    pub fn get(&self, name: &AgentName) -> Option<&Agent> {
        self.agents.get(name)
    }

    /// All agents, each behind those it depends on; by name where nothing else decides.
    pub fn iter(&self) -> impl Iterator<Item = &Agent> {
        let mut ordered: Vec<&Agent> = Vec::with_capacity(self.agents.len());
        while ordered.len() < self.agents.len() {
            let placed = |name: &AgentName| ordered.iter().any(|agent| agent.name == *name);
            let ready = self
                .agents
                .values()
                .find(|agent| !placed(&agent.name) && agent.manifest.depends_on.iter().all(placed));
            // A circle cannot be put in order; the plan's own check names it.
            let next = ready.or_else(|| self.agents.values().find(|agent| !placed(&agent.name)));
            ordered.extend(next);
        }
        ordered.into_iter()
    }

    /// The agents as planners see them, in the order of [`iter`](Self::iter).
    pub fn infos(&self) -> Vec<AgentInfo> {
        self.iter()
            .map(|agent| AgentInfo {
                name: agent.name.clone(),
                title: agent.manifest.title.clone(),
                description: agent.manifest.description.clone(),
                depends_on: agent.manifest.depends_on.clone(),
                required: agent.manifest.required,
            })
            .collect()
    }
}

/// A folder's `prompt.md` with its examples behind it; empty where there is none.
fn prompt_of(files: &BTreeMap<String, String>, folder: &str) -> String {
    let mut prompt = files.get(&format!("{folder}/prompt.md")).cloned().unwrap_or_default();
    let examples = format!("{folder}/examples/");
    for (_, example) in files.range(examples.clone()..).take_while(|(path, _)| path.starts_with(&examples)) {
        prompt.push_str("\n\nExample\n\n");
        prompt.push_str(example);
    }
    prompt
}

fn collect(dir: &Dir<'static>, files: &mut BTreeMap<String, String>) {
    for file in dir.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            files.insert(path.replace('\\', "/"), text.to_owned());
        }
    }
    for dir in dir.dirs() {
        collect(dir, files);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_agents_are_sound() {
        let catalogue = Catalogue::embedded().unwrap();
        let names: Vec<_> = catalogue.iter().map(|agent| agent.name.as_str().to_owned()).collect();
        for name in ["backend", "frontend", "testing", "docs"] {
            assert!(names.iter().any(|known| known == name), "{name} in {names:?}");
        }
        let place = |name: &str| names.iter().position(|known| known == name);
        assert!(place("scaffold") < place("backend") && place("backend") < place("testing"));
    }

    #[test]
    fn faults_are_named() {
        let manifest = "title = 'T'\ndescription = 'D'\n";
        let from = |text: &str| {
            Catalogue::from_files(&BTreeMap::from([("a/agent.toml".to_owned(), text.to_owned())]))
        };
        assert!(from(manifest).is_ok());
        assert!(matches!(
            from(&format!("{manifest}depends_on = ['b']")),
            Err(CatalogueError::Dependency { .. })
        ));
        assert!(matches!(from(&format!("{manifest}what = 1")), Err(CatalogueError::Manifest { .. })));
    }
}
