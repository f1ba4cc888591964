//! From a blueprint as it was written to one that can be relied on.

use serde::Serialize;

use super::colour::Colour;
use super::fault::{BlueprintErrors, Findings};
use super::text::{description, one_line};
use super::wire::{AppFile, BlueprintFile, EntityFile, ThemeFile};
use super::{MAX_ENTITIES, entities, fields, relations};
use crate::naming::{Words, clip};

/// A checked blueprint; [`check`] is its only constructor.
///
/// Every name is a safe identifier, unique where it must be; every relation has its target; bounds and defaults fit their
/// types; no chain of required relations leads back to its beginning; slug, plurals and colours are filled in. An entity called
/// `User` holds what a blueprint adds to the built-in one and has no relations.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Blueprint(BlueprintFile);

impl Blueprint {
    /// The blueprint in the form in which it travels, normalised.
    pub fn file(&self) -> &BlueprintFile {
        &self.0
    }

    /// The entities but the built-in `User`.
    pub fn entities(&self) -> impl Iterator<Item = &EntityFile> {
        self.0.entities.iter().filter(|entity| entity.name != "User")
    }

    /// What the blueprint adds to the built-in `User`.
    pub fn user(&self) -> Option<&EntityFile> {
        self.0.entities.iter().find(|entity| entity.name == "User")
    }
}

/// A blueprint that passed, and what was mended on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The blueprint.
    pub blueprint: Blueprint,
    /// What was renamed, dropped or filled in; each names its place.
    pub warnings: Vec<String>,
}

/// Checks and normalises a blueprint. Idempotent: a checked blueprint passes unchanged and without a warning.
///
/// What can be mended without guessing is mended with a warning; all the rest is refused, everything at once.
pub fn check(file: BlueprintFile) -> Result<Checked, BlueprintErrors> {
    let mut findings = Findings::default();
    if file.entities.len() > MAX_ENTITIES {
        findings.fault(
            "entities",
            format!("{} entities are more than the {MAX_ENTITIES} an app may have", file.entities.len()),
        );
        return Err(BlueprintErrors(findings.faults));
    }
    let mut file = file;
    let app = check_app(&file.app, &mut findings);
    let theme = check_theme(&file.theme, &mut findings);
    let renames = entities::check(&mut file.entities, &mut findings);
    if file.entities.iter().all(|entity| entity.name == "User") {
        findings.fault("entities", "an app needs at least one entity");
    }
    for (index, entity) in file.entities.iter_mut().enumerate() {
        fields::check(entity, &format!("entities[{index}]"), &mut findings);
    }
    relations::check(&mut file.entities, &renames, &mut findings);
    if findings.faults.is_empty() {
        let blueprint = Blueprint(BlueprintFile { app, theme, entities: file.entities });
        Ok(Checked { blueprint, warnings: findings.warnings })
    } else {
        Err(BlueprintErrors(findings.faults))
    }
}

fn check_app(app: &AppFile, findings: &mut Findings) -> AppFile {
    let mut name = one_line(&app.name, 80);
    if name.is_empty() {
        "App".clone_into(&mut name);
        findings.warn("app.name: was empty and became \"App\"");
    }
    let wanted = app.slug.as_deref().unwrap_or(&name);
    let kebab = Words::of(wanted).kebab();
    let mut slug = clip(&kebab, 50).trim_end_matches('-').to_owned();
    if slug.is_empty() {
        "app".clone_into(&mut slug);
    }
    if app.slug.as_ref().is_some_and(|given| *given != slug) {
        findings.warn(format!("app.slug: {:?} became {slug:?}", clip(wanted, 60)));
    }
    AppFile { name, slug: Some(slug), description: description(&app.description) }
}

fn check_theme(theme: &ThemeFile, findings: &mut Findings) -> ThemeFile {
    let mut colour = |key: &str, given: &Option<String>, house: &str| {
        let text = given.as_deref().unwrap_or(house);
        Some(text.parse::<Colour>().map_or_else(
            |()| {
                findings.warn(format!("theme.{key}: {:?} is no colour, {house} stands in", clip(text, 40)));
                house.to_owned()
            },
            |colour| colour.to_string(),
        ))
    };
    ThemeFile {
        primary: colour("primary", &theme.primary, "#0f766e"),
        background: colour("background", &theme.background, "#ffffff"),
    }
}
