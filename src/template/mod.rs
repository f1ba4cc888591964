//! Rendering: templates and a model in, files out. Pure; `templates/README.md` describes what a template may use.

mod filters;
mod render;
mod set;

pub use render::{Rendered, Renderer, Subject, TemplateError};
pub use set::TemplateSet;
