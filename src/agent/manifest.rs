//! An agent's manifest, as `agents/README.md` describes it.

use serde::Deserialize;

use crate::base::ids::AgentName;

/// What an agent is, renders and may add.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Names its task.
    pub title: String,
    /// What planners read.
    pub description: String,
    /// Agents whose tasks must have ended well before.
    #[serde(default)]
    pub depends_on: Vec<AgentName>,
    /// Whether every plan must have a task for it.
    #[serde(default)]
    pub required: bool,
    /// What it renders.
    #[serde(default)]
    pub render: Render,
    /// What a model may add; no model is asked where absent.
    pub additions: Option<Additions>,
}

/// What an agent renders.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Render {
    /// Folder below `templates/`; the agent's own name where absent.
    pub templates: Option<String>,
    /// Where SQL migrations go; none where absent.
    pub migrations: Option<String>,
    /// The parts of the blueprint that its files depend on; all of them where absent.
    pub reads: Option<Vec<BlueprintPart>>,
}

/// What a blueprint consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlueprintPart {
    /// Name and description.
    App,
    /// Colours.
    Theme,
    /// What the app keeps.
    Entities,
}

impl BlueprintPart {
    /// Its key in the blueprint.
    pub fn key(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Theme => "theme",
            Self::Entities => "entities",
        }
    }
}

/// What a model may add.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Additions {
    /// The list of the model variable `extensions` that names the modules: `backend` or `frontend`.
    pub registered_in: Side,
    /// The only folder it may write to.
    pub folder: String,
    /// The only kind of file.
    pub extension: String,
    /// The export every module must have: `default`, or a name.
    pub exports: String,
    /// The packages a module may import.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Rendered files sent along.
    #[serde(default)]
    pub shown: Vec<String>,
    /// Most files.
    pub max_files: usize,
    /// Most bytes of one file.
    pub max_bytes: usize,
    /// Bound of the answer.
    pub max_output_tokens: u32,
}

/// The two sides of the app that have extension points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The API.
    Backend,
    /// The browser.
    Frontend,
}
