//! Agents: data in `agents/` and templates, run by code that knows none of them by name.

mod answer;
mod asking;
mod catalogue;
mod contribute;
mod gate;
mod manifest;
mod misuse;
mod prompt;
mod standing;

pub use answer::{AnswerFile, files_in};
pub use catalogue::{Agent, Catalogue, CatalogueError};
pub use contribute::{
    Contribution, ContributionError, RenderedOnce, Stands, Workbench, contribute, first_request, registering,
};
pub use gate::{Gate, admit};
pub use manifest::{Additions, Manifest, Render};
pub use standing::Standing;
