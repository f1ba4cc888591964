//! From templates and a model to files.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Object, ObjectRepr, Serde};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, context};
use rayon::prelude::*;
use serde_json::json;

use super::TemplateSet;
use super::filters;
use crate::base::artifact::{Artifact, Origin};
use crate::base::contents::Contents;
use crate::base::ids::{InvalidId, OutputPath};
use crate::format::{Dialect, LayoutError, Verbatim, align_prisma, align_tables, typescript_of_template};
use crate::model::{AppModel, EntityModel};

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

impl From<Rendered> for Artifact {
    fn from(file: Rendered) -> Self {
        Self { path: file.path, contents: file.contents, origin: Origin::Template }
    }
}

/// Templates, to be rendered for any model.
#[derive(Debug)]
pub struct Renderer {
    env: Environment<'static>,
    set: TemplateSet,
}

impl Renderer {
    /// Takes a set; each template is compiled when it is rendered.
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
        env.set_loader(move |name| sources.get(name).map(|contents| text(contents)).transpose());
        let sources = set.clone();
        env.add_function("verbatim", move |name: &str| {
            let missing =
                || minijinja::Error::new(ErrorKind::TemplateNotFound, format!("there is no template {name}"));
            let whole = sources.get(name).ok_or_else(missing)?.clone();
            std::str::from_utf8(&whole).map_err(no_text)?;
            Ok(Value::from_object(Whole(whole)))
        });
        Self { env, set }
    }

    /// Renders the templates in one agent's folder, in order of path. Deterministic, on all cores. `tell` hears of each file as soon
    /// as there is one, in any order, and also where another one has a fault.
    pub fn render(
        &self,
        agent: &str,
        subject: &Subject,
        tell: &(dyn Fn(&Rendered) + Sync),
    ) -> Result<Vec<Rendered>, TemplateError> {
        let templates: Vec<_> = self.set.of_agent(agent).collect();
        let render =
            |&(inner, contents): &(&str, &Bytes)| self.template(agent, inner, contents, subject, tell);
        let files: Vec<_> = templates.par_iter().map(render).collect();
        // The first fault in order of path is told, whichever thread finds one first.
        files.into_iter().flatten().filter_map(Result::transpose).collect()
    }

    /// Renders one template wherever it belongs.
    ///
    /// minijinja compiles what it keeps one after the other, so that those that nobody imports are not kept.
    fn template(
        &self,
        agent: &str,
        inner: &str,
        contents: &Bytes,
        subject: &Subject,
        tell: &(dyn Fn(&Rendered) + Sync),
    ) -> Vec<Result<Option<Rendered>, TemplateError>> {
        let template = format!("{agent}/{inner}");
        let made = |path, contents| {
            let file = Rendered { path, contents };
            tell(&file);
            Ok(Some(file))
        };
        let Some(inner) = inner.strip_suffix(".j2") else {
            let copy = |(path, _): (String, _)| made(output(&template, &path)?, contents.clone().into());
            return subject.places(inner).into_iter().map(copy).collect();
        };
        let faulty = |source| TemplateError::Render { template: template.clone(), source };
        let compiled = std::str::from_utf8(contents)
            .map_err(no_text)
            .and_then(|source| Ok((source, self.env.template_from_named_str(&template, source)?)));
        let (source, compiled) = match compiled {
            Ok(compiled) => compiled,
            Err(error) => return vec![Err(faulty(error))],
        };
        let verbatim = OnceLock::new();
        let render = |(path, entity): (String, &Value)| {
            let path = output(&template, &path)?;
            let text = compiled.render(subject.context(entity)).map_err(faulty)?;
            if text.trim().is_empty() {
                return Ok(None);
            }
            let text = match Dialect::of_extension(path.extension()) {
                Some(dialect) => {
                    let verbatim = verbatim.get_or_init(|| Verbatim::of(source));
                    typescript_of_template(&text, dialect, verbatim).map_err(|source| {
                        TemplateError::Layout { template: template.clone(), path: path.clone(), source }
                    })?
                }
                None => match path.extension() {
                    "md" => align_tables(&text),
                    "prisma" => align_prisma(&text),
                    _ => text,
                },
            };
            made(path, text.into())
        };
        subject.places(inner).into_par_iter().map(render).collect()
    }
}

fn output(template: &str, path: &str) -> Result<OutputPath, TemplateError> {
    OutputPath::new(path).map_err(|source| TemplateError::Path { template: template.to_owned(), source })
}

/// A file that is taken in unread: as a string, the engine would copy it twice on its way to where it is written.
#[derive(Debug)]
struct Whole(Bytes);

impl Object for Whole {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).map_err(|_| fmt::Error)?)
    }
}

/// The text of a template; minijinja has no use for others.
fn text(contents: &[u8]) -> Result<String, minijinja::Error> {
    std::str::from_utf8(contents).map(str::to_owned).map_err(no_text)
}

fn no_text(error: std::str::Utf8Error) -> minijinja::Error {
    minijinja::Error::new(ErrorKind::SyntaxError, "it is not UTF-8").with_source(error)
}

/// What templates are rendered for: a model as the engine's values, made once for all templates.
#[derive(Debug)]
pub struct Subject {
    model: AppModel,
    whole: Value,
    entities: Vec<Value>,
    entity_named: Value,
}

impl Subject {
    /// Turns a model into values.
    pub fn new(model: AppModel) -> Self {
        let entities: Vec<Value> = model.entities.iter().map(|entity| Value::from(Serde(entity))).collect();
        let mut by_name: std::collections::BTreeMap<String, Value> =
            model.entities.iter().map(|entity| entity.name.clone()).zip(entities.iter().cloned()).collect();
        by_name.insert("User".to_owned(), Value::from(Serde(user_as_entity(&model))));
        let entity_named = Value::from_function(move |name: String| {
            by_name.get(&name).cloned().ok_or_else(|| {
                minijinja::Error::new(ErrorKind::InvalidOperation, format!("there is no entity {name}"))
            })
        });
        Self { whole: Value::from(Serde(&model)), entities, entity_named, model }
    }

    /// Where a template's files go, each with the entity that it is for; undefined for the app as a whole.
    fn places(&self, inner: &str) -> Vec<(String, &Value)> {
        if !inner.contains("{entity.") {
            return vec![(inner.to_owned(), &Value::UNDEFINED)];
        }
        let place = |(entity, value): (&EntityModel, _)| {
            let path = inner
                .replace("{entity.kebab}", &entity.kebab)
                .replace("{entity.kebab_plural}", &entity.kebab_plural)
                .replace("{entity.snake}", &entity.snake)
                .replace("{entity.snake_plural}", &entity.snake_plural)
                .replace("{entity.name}", &entity.name)
                .replace("{entity.plural}", &entity.plural)
                .replace("{entity.camel}", &entity.camel);
            (path, value)
        };
        self.model.entities.iter().zip(&self.entities).map(place).collect()
    }

    fn context(&self, entity: &Value) -> Value {
        let own = context! { entity_named => self.entity_named.clone(), ..self.whole.clone() };
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
