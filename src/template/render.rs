//! From templates and a model to files.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, context};
use rayon::prelude::*;
use serde_json::json;

use super::TemplateSet;
use super::filters;
use crate::base::contents::Contents;
use crate::base::ids::{InvalidId, OutputPath};
use crate::format::{Dialect, LayoutError, align_prisma, align_tables, typescript_of_template};
use crate::model::AppModel;

/// What went wrong with a template. Every case is a fault of the template, not of the blueprint.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The template is no text, has a syntax error or uses something that does not exist.
    #[error("template {template} does not render: {source:#}")]
    Render {
        /// Its path below `templates/`.
        template: String,
        /// What the engine says.
        #[source]
        source: minijinja::Error,
    },
    /// The path it renders to is none.
    #[error("template {template} has no usable path")]
    Path {
        /// Its path below `templates/`.
        template: String,
        /// What is wrong.
        #[source]
        source: InvalidId,
    },
    /// What it rendered cannot be laid out.
    #[error("template {template} rendered a {path} that {source}")]
    Layout {
        /// Its path below `templates/`.
        template: String,
        /// The file.
        path: OutputPath,
        /// What is wrong.
        #[source]
        source: LayoutError,
    },
}

/// A rendered file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Where it goes.
    pub path: OutputPath,
    /// What is in it.
    pub contents: Contents,
}

/// Templates, compiled at most once each, to be rendered for any model.
#[derive(Debug)]
pub struct Renderer {
    env: Environment<'static>,
    set: TemplateSet,
}

impl Renderer {
    /// Takes a set; each template is compiled when it is first rendered.
    pub fn new(set: TemplateSet) -> Self {
        let mut env = Environment::new();
        let syntax = SyntaxConfig::builder()
            .block_delimiters("[%", "%]")
            .variable_delimiters("[=", "=]")
            .comment_delimiters("[##", "##]")
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()
            .expect("the delimiters differ");
        env.set_syntax(syntax);
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        // minijinja would escape by the ending of a template's name; here each place says which language it is.
        env.set_auto_escape_callback(|_| AutoEscape::None);
        filters::install(&mut env);
        let sources = set.clone();
        env.set_loader(move |name| {
            let text = |contents: &[u8]| {
                String::from_utf8(contents.to_vec()).map_err(|error| {
                    minijinja::Error::new(ErrorKind::SyntaxError, "it is not UTF-8").with_source(error)
                })
            };
            sources.get(name).map(text).transpose()
        });
        Self { env, set }
    }

    /// Renders the templates in one agent's folder, in order of path. Deterministic, on all cores.
    pub fn render(&self, agent: &str, model: &AppModel) -> Result<Vec<Rendered>, TemplateError> {
        let globals = Globals::new(model);
        let mut jobs = Vec::new();
        for (inner, contents) in self.set.of_agent(agent) {
            if inner.contains("{entity.") {
                for (entity, value) in model.entities.iter().zip(&globals.entities) {
                    let path = inner
                        .replace("{entity.kebab}", &entity.kebab)
                        .replace("{entity.kebab_plural}", &entity.kebab_plural)
                        .replace("{entity.snake}", &entity.snake)
                        .replace("{entity.snake_plural}", &entity.snake_plural)
                        .replace("{entity.name}", &entity.name)
                        .replace("{entity.plural}", &entity.plural)
                        .replace("{entity.camel}", &entity.camel);
                    jobs.push((inner, path, contents, value));
                }
            } else {
                jobs.push((inner, inner.to_owned(), contents, &Value::UNDEFINED));
            }
        }
        let render = |(inner, path, contents, entity): &(&str, String, &[u8], &Value)| {
            self.file(agent, inner, path, contents, &globals, entity)
        };
        // The first fault in order of path is told, whichever thread finds one first.
        let files: Vec<_> = jobs.par_iter().map(render).collect();
        files.into_iter().filter_map(Result::transpose).collect()
    }

    fn file(
        &self,
        agent: &str,
        inner: &str,
        path: &str,
        contents: &[u8],
        globals: &Globals,
        entity: &Value,
    ) -> Result<Option<Rendered>, TemplateError> {
        let template = format!("{agent}/{inner}");
        let output = |path: &str| {
            OutputPath::new(path).map_err(|source| TemplateError::Path { template: template.clone(), source })
        };
        let Some(path) = path.strip_suffix(".j2") else {
            return Ok(Some(Rendered { path: output(path)?, contents: contents.into() }));
        };
        let path = output(path)?;
        let text = self
            .env
            .get_template(&template)
            .and_then(|compiled| compiled.render(globals.context(entity)))
            .map_err(|source| TemplateError::Render { template: template.clone(), source })?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        let text = match Dialect::of_extension(path.extension()) {
            Some(dialect) => typescript_of_template(&text, dialect, &String::from_utf8_lossy(contents))
                .map_err(|source| TemplateError::Layout { template, path: path.clone(), source })?,
            None => match path.extension() {
                "md" => align_tables(&text),
                "prisma" => align_prisma(&text),
                _ => text,
            },
        };
        Ok(Some(Rendered { path, contents: text.into() }))
    }
}

/// The model as the engine's values, made once for all templates.
struct Globals {
    model: Value,
    entities: Vec<Value>,
    entity_named: Value,
}

impl Globals {
    fn new(model: &AppModel) -> Self {
        let entities: Vec<Value> = model.entities.iter().map(|entity| Value::from(Serde(entity))).collect();
        let mut by_name: std::collections::BTreeMap<String, Value> =
            model.entities.iter().map(|entity| entity.name.clone()).zip(entities.iter().cloned()).collect();
        by_name.insert("User".to_owned(), Value::from(Serde(user_as_entity(model))));
        let entity_named = Value::from_function(move |name: String| {
            by_name.get(&name).cloned().ok_or_else(|| {
                minijinja::Error::new(ErrorKind::InvalidOperation, format!("there is no entity {name}"))
            })
        });
        Self { model: Value::from(Serde(model)), entities, entity_named }
    }

    fn context(&self, entity: &Value) -> Value {
        let own = context! { entity_named => self.entity_named.clone(), ..self.model.clone() };
        if entity.is_undefined() {
            own
        } else {
            context! { entity => entity, ..own }
        }
    }
}

/// What a relation to the built-in user needs to know of it, in the form of an entity.
fn user_as_entity(model: &AppModel) -> serde_json::Value {
    json!({
        "name": "User", "plural": "Users", "camel": "user", "camel_plural": "users", "kebab": "user", "kebab_plural": "users",
        "snake": "user", "snake_plural": "users", "label": "user", "label_plural": "users", "title": "User",
        "title_plural": "Users", "article": "a", "description": "A person who can sign in.", "label_field": "name",
        "label_optional": false, "fields": model.user.fields, "belongs_to": [], "many_to_many": [], "inverses": [],
        "m2m_inverses": [], "search_fields": ["name"], "access": "shared", "depth": 0, "index": 0,
        "owner_relation": "", "owner_key": "",
    })
}
