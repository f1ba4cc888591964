//! Any blueprint: what is checked stays checked, and every template renders it into files that pass.

use std::collections::BTreeSet;
use std::sync::Mutex;

use metagen::agent::{Catalogue, Standing};
use metagen::base::artifact::Artifact;
use metagen::base::digest::Digest;
use metagen::blueprint::{
    Access, AppFile, BlueprintFile, EntityFile, FieldFile, FieldType, RelationFile, RelationKind, ThemeFile,
    check,
};
use metagen::check::{parse, unresolved};
use metagen::format;
use metagen::migration::{Dialect, Schema, initial};
use metagen::model::{AppModel, Extensions, build};
use metagen::template::{Renderer, Subject, TemplateSet};
use proptest::prelude::*;

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Z][a-z]{1,9}([A-Z][a-z]{1,9}){0,5}",
        1 => prop::sample::select(vec![
            "Class", "User", "users", "Date", "Series", "Data", "constructor", "id", "", "1st", "Ärger", "日本", "then", "owner",
            "select", "page", "x'; DROP TABLE", "<b>", "{{x}}", "a/../b", "Order Item", "NEWS", "auth", "default", "from",
        ])
        .prop_map(str::to_owned),
        1 => ".{0,70}",
    ]
}

fn field() -> impl Strategy<Value = FieldFile> {
    use FieldType::{Boolean, Date, Datetime, Decimal, Email, Enum, Integer, String, Text, Url};
    let kind =
        prop::sample::select(vec![String, Text, Integer, Decimal, Boolean, Date, Datetime, Enum, Email, Url]);
    let bound = prop::option::of(-50i64..5_000);
    (name(), kind, any::<[bool; 2]>(), bound.clone(), bound, prop::collection::vec(".{0,20}", 0..4)).prop_map(
        |(name, kind, [required, unique], one, other, values)| {
            let (min, max) = match (one, other) {
                (Some(a), Some(b)) => (Some(a.min(b)), Some(a.max(b).max(1))),
                (a, b) => (a, b.map(|b| b.max(1))),
            };
            FieldFile {
                name,
                kind,
                required,
                unique,
                min: min.map(Into::into),
                max: max.map(Into::into),
                values,
                ..FieldFile::default()
            }
        },
    )
}

/// A blueprint whose relations all have a target, so that it can only be refused for its bounds.
pub(crate) fn blueprint() -> impl Strategy<Value = BlueprintFile> {
    let relation = (name(), any::<prop::sample::Index>(), any::<[bool; 2]>());
    let access = prop::sample::select(vec![Access::Public, Access::Shared, Access::Owned, Access::Admin]);
    let entity =
        (name(), access, prop::collection::vec(field(), 0..6), prop::collection::vec(relation, 0..4));
    (".{0,40}", ".{0,60}", prop::collection::vec(entity, 1..6)).prop_map(|(app, description, entities)| {
        let names: Vec<String> = entities
            .iter()
            .map(|(name, ..)| name.clone())
            .filter(|name| !metagen::naming::Words::of(name).is_empty())
            .chain(["User".to_owned()])
            .collect();
        let entities = entities
            .into_iter()
            .map(|(name, access, fields, relations)| EntityFile {
                name,
                access,
                fields,
                relations: relations
                    .into_iter()
                    .map(|(name, target, [many, required])| RelationFile {
                        kind: if many { RelationKind::ManyToMany } else { RelationKind::BelongsTo },
                        name,
                        target: target.get(&names).clone(),
                        required,
                    })
                    .collect(),
                ..EntityFile::default()
            })
            .chain([EntityFile { name: "Anchor".to_owned(), ..EntityFile::default() }])
            .collect();
        BlueprintFile {
            app: AppFile { name: app, slug: None, description },
            theme: ThemeFile::default(),
            entities,
        }
    })
}

fn renderer() -> Renderer {
    Renderer::new(TemplateSet::embedded())
}

fn rendered(renderer: &Renderer, model: &AppModel) -> Vec<Artifact> {
    let subject = Subject::new(model.clone());
    let mut files = Vec::new();
    for agent in Catalogue::embedded().unwrap().iter() {
        let folder = agent.manifest.render.templates.as_deref().unwrap_or(agent.name.as_str());
        let made = renderer
            .render(folder, &subject, &|_| {})
            .unwrap_or_else(|error| panic!("{}: {error:#}", agent.name));
        files.extend(made.into_iter().map(Artifact::from));
    }
    files
}

/// Two tables, keys or indexes of one name would make PostgreSQL refuse the migration.
fn migration_names_are_unique(model: &AppModel) {
    let sql = initial(&Schema::of(model), Dialect::Postgresql);
    let mut names = BTreeSet::new();
    for line in sql.lines() {
        let named = ["CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX ", "CREATE TYPE "]
            .iter()
            .find_map(|start| line.strip_prefix(start))
            .and_then(|rest| rest.split('"').nth(1));
        if let Some(name) = named {
            assert!(name.len() <= 63, "{name} is too long");
            assert!(names.insert(name.to_owned()), "{name} stands twice in\n{sql}");
        }
    }
}

/// What the formatter would make of a file that it knows and has not been asked about before.
fn formatted(file: &Artifact) -> Option<String> {
    static ASKED: Mutex<BTreeSet<Digest>> = Mutex::new(BTreeSet::new());
    let dialect = format::Dialect::of_extension(file.path.extension())?;
    if !ASKED.lock().unwrap().insert(file.contents.digest()) {
        return None;
    }
    let text = std::str::from_utf8(&file.contents).unwrap();
    Some(format::typescript(text, dialect).unwrap_or_else(|error| panic!("{}: {error}", file.path)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_blueprint_builds(file in blueprint()) {
        let Ok(checked) = check(file) else { return Ok(()) };
        let again = check(checked.blueprint.file().clone()).expect("a checked blueprint passes");
        prop_assert_eq!(&again.blueprint, &checked.blueprint);
        prop_assert_eq!(again.warnings, Vec::<String>::new());

        let model = build(&checked.blueprint, Extensions::default());
        migration_names_are_unique(&model);
        let files = rendered(&RENDERER, &model);
        let mut standing = Standing::default();
        standing.add(&files);
        let paths: BTreeSet<String> = files.iter().map(|file| file.path.as_str().to_lowercase()).collect();
        prop_assert_eq!(paths.len(), files.len(), "two files have one path");
        for file in &files {
            let parsed = parse(&file.path, &file.contents);
            let parsed = parsed.unwrap_or_else(|found| panic!("{}", found[0]));
            let exists = |path: &str| standing.has(path);
            let missing = unresolved(&file.path, &parsed.imports, &exists, standing.packages());
            prop_assert!(missing.is_empty(), "{}", missing[0]);
            // What the renderer spares the formatter is laid out nevertheless.
            if let Some(formatted) = formatted(file) {
                prop_assert_eq!(&formatted, std::str::from_utf8(&file.contents).unwrap(), "{}", file.path);
            }
        }
    }
}

static RENDERER: std::sync::LazyLock<Renderer> = std::sync::LazyLock::new(renderer);

#[test]
fn every_template_belongs_to_an_agent() {
    let catalogue = Catalogue::embedded().unwrap();
    let folders: BTreeSet<String> = catalogue
        .iter()
        .map(|agent| agent.manifest.render.templates.clone().unwrap_or_else(|| agent.name.to_string()))
        .collect();
    for (path, _) in TemplateSet::embedded().iter() {
        let (folder, _) = path.split_once('/').unwrap_or((path, ""));
        assert!(folder == "README.md" || folders.contains(folder), "{path} belongs to no agent");
    }
}
