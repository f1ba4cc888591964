//! Names of entities.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::Findings;
use super::text::description;
use super::wire::EntityFile;
use crate::naming::{Words, clip, entity_is_reserved, list_of, plural_of, route_is_reserved, singular_of};

/// Longest name of an entity; longer ones lose words at their end.
const MAX_NAME: usize = 40;

/// What each name as it was written has become. Keys are words run together, so that `order_items` finds `OrderItem`.
#[derive(Debug, Default)]
pub(super) struct Renames(BTreeMap<String, String>);

impl Renames {
    /// The entity that a relation's target means.
    pub(super) fn resolve(&self, target: &str) -> Option<&str> {
        let words = Words::of(target);
        [words.pascal(), singular_of(&words).pascal()]
            .iter()
            .find_map(|key| self.0.get(key))
            .map(String::as_str)
    }

    pub(super) fn known(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}

/// Gives every entity a safe, unique name and plural.
pub(super) fn check(entities: &mut Vec<EntityFile>, findings: &mut Findings) -> Renames {
    let mut renames = Renames::default();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut merged_user: Option<usize> = None;
    let mut kept: Vec<EntityFile> = Vec::with_capacity(entities.len());
    for (index, mut entity) in entities.drain(..).enumerate() {
        let path = format!("entities[{index}]");
        let given = std::mem::take(&mut entity.name);
        entity.description = description(&entity.description);
        let written = Words::of(&given);
        let singular = if entity.plural.is_some() { written.clone() } else { singular_of(&written) };
        if singular.pascal() == "User" {
            "User".clone_into(&mut entity.name);
            entity.plural = Some("Users".to_owned());
            if let Some(first) = merged_user {
                findings.warn(format!("{path}: User is there already, its fields were joined"));
                kept[first].fields.append(&mut entity.fields);
            } else {
                merged_user = Some(kept.len());
                renames.0.insert("User".to_owned(), "User".to_owned());
                kept.push(entity);
            }
            continue;
        }
        let name = safe_name(singular, &mut taken, entity.plural.as_deref());
        if name.singular != given {
            findings.warn(format!("{path}.name: {:?} became {}", clip(&given, 80), name.singular));
        }
        if let Some(wanted) = &entity.plural
            && *wanted != name.plural
        {
            findings.warn(format!("{path}.plural: {:?} became {}", clip(wanted, 80), name.plural));
        }
        renames.0.entry(written.pascal()).or_insert_with(|| name.singular.clone());
        renames.0.entry(name.singular.clone()).or_insert_with(|| name.singular.clone());
        entity.name = name.singular;
        entity.plural = Some(name.plural);
        kept.push(entity);
    }
    renames.0.entry("User".to_owned()).or_insert_with(|| "User".to_owned());
    *entities = kept;
    renames
}

struct Name {
    singular: String,
    plural: String,
}

/// The first of the name, the name with `Item` behind, and those with numbers, that is free in all its forms.
fn safe_name(singular: Words, taken: &mut BTreeSet<String>, plural: Option<&str>) -> Name {
    let mut base = singular.clipped(MAX_NAME);
    if base.is_empty() || base.pascal().starts_with(|c: char| c.is_ascii_digit()) {
        base = base.prefixed("item").clipped(MAX_NAME);
    }
    let wanted_plural =
        plural.map(Words::of).filter(|words| !words.is_empty() && words.pascal().len() <= MAX_NAME + 4);
    let numbered = (2..).map(|n| Some(n.to_string()));
    for suffix in [None, Some("item".to_owned())].into_iter().chain(numbered) {
        let candidate = match &suffix {
            None => base.clone(),
            Some(word) => base.clone().suffixed(word),
        };
        let plural = match (&wanted_plural, &suffix) {
            (Some(words), None) if !words.pascal().starts_with(|c: char| c.is_ascii_digit()) => words.clone(),
            _ => plural_of(&candidate),
        };
        // In code, a word without a plural of its own (`Series`) has two names all the same.
        let list = list_of(&candidate, plural.clone());
        let forms = [&candidate, &plural, &list].map(|words| words.pascal().to_lowercase());
        let free = !entity_is_reserved(&candidate.pascal())
            && !entity_is_reserved(&plural.pascal())
            && !route_is_reserved(&plural.kebab())
            && !route_is_reserved(&candidate.kebab())
            && forms.iter().all(|form| !taken.contains(form));
        if free {
            taken.extend(forms);
            return Name { singular: candidate.pascal(), plural: plural.pascal() };
        }
    }
    unreachable!("there are always more numbers")
}
