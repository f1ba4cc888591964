//! Ties between entities.

use std::collections::{BTreeMap, BTreeSet};

use super::MAX_FIELDS;
use super::entities::Renames;
use super::fault::Findings;
use super::fields::{max_key_name, safe_name};
use super::wire::{EntityFile, FieldType, RelationFile, RelationKind};
use crate::naming::{Words, clip, plural_of, singular_of};

/// Checks the relations of all entities.
pub(super) fn check(entities: &mut [EntityFile], renames: &Renames, findings: &mut Findings) {
    let mut required = RequiredChains::default();
    let mut pairs = ManyToManyPairs::count(entities, renames);
    for (index, entity) in entities.iter_mut().enumerate() {
        let path = format!("entities[{index}]");
        if entity.relations.len() > MAX_FIELDS {
            let count = entity.relations.len();
            findings.fault(
                format!("{path}.relations"),
                format!("{count} relations are more than the {MAX_FIELDS} one may have"),
            );
            continue;
        }
        if entity.name == "User" && !entity.relations.is_empty() {
            findings
                .warn(format!("{path}.relations: dropped, list them on the entities that belong to a user"));
            entity.relations.clear();
            continue;
        }
        let mut taken = Taken::new(entity);
        for (place, mut relation) in std::mem::take(&mut entity.relations).into_iter().enumerate() {
            let path = format!("{path}.relations[{place}]");
            let Some(target) = renames.resolve(&relation.target) else {
                let nearest = nearest(&relation.target, renames);
                findings.fault(
                    format!("{path}.target"),
                    format!(
                        "there is no entity {:?}{}",
                        clip(&relation.target, 80),
                        nearest.map_or(String::new(), |n| format!("; did you mean {n}?"))
                    ),
                );
                continue;
            };
            target.clone_into(&mut relation.target);
            if relation.target == "User"
                && relation.kind == RelationKind::BelongsTo
                && Words::of(&relation.name).camel() == "owner"
            {
                findings.warn(format!("{path}: owner was dropped, every record has one by itself"));
                continue;
            }
            if relation.kind == RelationKind::ManyToMany {
                if pairs.is_second_side(&entity.name, &relation.target) {
                    findings.warn(format!(
                        "{path}: {} was dropped, {} lists it from the other side",
                        relation.name, relation.target
                    ));
                    continue;
                }
                if relation.required {
                    findings.warn(format!("{path}.required: dropped, many-to-many lists may be empty"));
                    relation.required = false;
                }
            }
            taken.name(&mut relation, entity, &path, findings);
            if relation.kind == RelationKind::BelongsTo
                && relation.required
                && relation.target != "User"
                && !required.add(&entity.name, &relation.target)
            {
                findings.warn(format!(
                    "{path}.required: dropped, a chain of required relations would lead back to {}",
                    entity.name
                ));
                relation.required = false;
            }
            entity.relations.push(relation);
        }
    }
}

fn nearest<'a>(target: &str, renames: &'a Renames) -> Option<&'a str> {
    let score = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &clip(target, 80).to_lowercase());
    renames.known().filter(|name| score(name) > 0.7).max_by(|a, b| score(a).total_cmp(&score(b)))
}

/// The names that an entity's record bears in the API.
struct Taken(BTreeSet<String>);

impl Taken {
    fn new(entity: &EntityFile) -> Self {
        let implied = ["id", "createdAt", "updatedAt", "ownerId", "owner"].map(ToOwned::to_owned);
        Self(implied.into_iter().chain(entity.fields.iter().map(|field| field.name.clone())).collect())
    }

    /// Gives a relation a name such that neither it nor its key is taken; a field that only repeats the key makes way.
    fn name(
        &mut self,
        relation: &mut RelationFile,
        entity: &mut EntityFile,
        path: &str,
        findings: &mut Findings,
    ) {
        let given = std::mem::take(&mut relation.name);
        let mut words = Words::of(&given);
        if words.is_empty() {
            words = Words::of(&relation.target);
            if relation.kind == RelationKind::ManyToMany {
                words = plural_of(&words);
            }
        }
        // "authorId" names the column; the relation is "author".
        if relation.kind == RelationKind::BelongsTo
            && words.as_slice().len() > 1
            && words.as_slice().last().is_some_and(|last| last == "id")
        {
            words = Words::of(&words.as_slice()[..words.as_slice().len() - 1].join(" "));
        }
        let key = key_of(relation.kind, &words);
        if let Some(at) = entity.fields.iter().position(|field| {
            field.name == key && matches!(field.kind, FieldType::String | FieldType::Integer)
        }) {
            entity.fields.remove(at);
            self.0.remove(&key);
            findings.warn(format!("{path}: the field {key} was dropped, the relation brings it"));
        }
        // A name whose key is taken is refused like one that is taken itself.
        let mut refused = self.0.clone();
        loop {
            let name = safe_name(&words.lower(), "ref", true, max_key_name(&entity.name), &mut refused);
            let key = key_of(relation.kind, &Words::of(&name));
            if !self.0.contains(&key) {
                self.0.extend([name.clone(), key]);
                relation.name = name;
                break;
            }
        }
        if relation.name != given {
            findings.warn(format!("{path}.name: {:?} became {}", clip(&given, 80), relation.name));
        }
    }
}

/// What the relation's key is called in the API: `authorId`, `categoryIds`.
fn key_of(kind: RelationKind, name: &Words) -> String {
    match kind {
        RelationKind::BelongsTo => format!("{}Id", name.camel()),
        RelationKind::ManyToMany => format!("{}Ids", singular_of(name).camel()),
    }
}

/// Required relations so far, free of cycles.
#[derive(Default)]
struct RequiredChains(BTreeMap<String, BTreeSet<String>>);

impl RequiredChains {
    /// Adds a required relation; `false`, and nothing added, where it would close a circle.
    fn add(&mut self, from: &str, to: &str) -> bool {
        let mut stack = vec![to];
        let mut seen = BTreeSet::new();
        while let Some(name) = stack.pop() {
            if name == from {
                return false;
            }
            if seen.insert(name) {
                stack.extend(self.0.get(name).into_iter().flatten().map(String::as_str));
            }
        }
        self.0.entry(from.to_owned()).or_default().insert(to.to_owned());
        true
    }
}

/// Many-to-many relations by pair, to tell one listed from both sides from two different ones.
struct ManyToManyPairs {
    counts: BTreeMap<(String, String), usize>,
    kept: BTreeSet<(String, String)>,
}

impl ManyToManyPairs {
    fn count(entities: &[EntityFile], renames: &Renames) -> Self {
        let mut counts = BTreeMap::new();
        for entity in entities {
            for relation in
                entity.relations.iter().filter(|relation| relation.kind == RelationKind::ManyToMany)
            {
                if let Some(target) = renames.resolve(&relation.target) {
                    *counts.entry((entity.name.clone(), target.to_owned())).or_default() += 1;
                }
            }
        }
        Self { counts, kept: BTreeSet::new() }
    }

    fn is_second_side(&mut self, from: &str, to: &str) -> bool {
        let here = (from.to_owned(), to.to_owned());
        let there = (to.to_owned(), from.to_owned());
        let once = |pair: &(String, String)| self.counts.get(pair) == Some(&1);
        let second = from != to && once(&here) && once(&there) && self.kept.contains(&there);
        self.kept.insert(here);
        second
    }
}
