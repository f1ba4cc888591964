//! From blueprint to model.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, Value};

use super::label::label_field;
use super::samples::samples;
use super::theme::theme;
use super::types::{
    AppModel, BelongsTo, EntityModel, EnumValue, Extensions, FieldModel, Inverse, ManyToMany, UserModel,
};
use crate::blueprint::{Blueprint, EntityFile, FieldFile, FieldType, MAX_INTEGER, RelationKind};
use crate::naming::{Words, article, capitalized, list_of, plural_of, singular_of};

/// Works out everything templates need to know of a blueprint. Pure and deterministic; linear in its size.
pub fn build(blueprint: &Blueprint, extensions: Extensions) -> AppModel {
    let file = blueprint.file();
    let app = BTreeMap::from([
        ("name", file.app.name.clone()),
        ("slug", file.app.slug.clone().unwrap_or_default()),
        ("description", file.app.description.clone()),
    ]);
    let mut enum_names = EnumNames::new(blueprint);
    let user_fields = blueprint.user().map_or(&[][..], |user| user.fields.as_slice());
    let user = UserModel { fields: user_fields.iter().map(|f| field(f, "User", &mut enum_names)).collect() };
    let mut relation_names = RelationNames::default();
    let mut entities: Vec<EntityModel> = blueprint
        .entities()
        .enumerate()
        .map(|(index, e)| entity(e, index, &mut enum_names, &mut relation_names))
        .collect();
    let mut spaces = MemberSpaces::new(&mut entities, &user);
    connect(&mut entities, &mut spaces);
    set_depths(&mut entities);
    AppModel {
        app,
        theme: theme(&file.theme),
        user,
        entities,
        extensions,
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn entity(
    file: &EntityFile,
    index: usize,
    enum_names: &mut EnumNames,
    relation_names: &mut RelationNames,
) -> EntityModel {
    let name = Words::of(&file.name);
    let plural = file.plural.as_deref().map_or_else(|| plural_of(&name), Words::of);
    let list = list_of(&name, plural.clone());
    let fields: Vec<FieldModel> = file.fields.iter().map(|f| field(f, &file.name, enum_names)).collect();
    let (label, optional) = label_field(&fields);
    let (owner_relation, owner_key) = owner_names(file);
    let searchable = |f: &&FieldModel| {
        matches!(f.kind, FieldType::String | FieldType::Text | FieldType::Email | FieldType::Url)
    };
    let search_fields = fields.iter().filter(searchable).map(|f| f.name.clone()).collect();
    let (mut belongs_to, mut many_to_many) = (Vec::new(), Vec::new());
    for relation in &file.relations {
        let words = Words::of(&relation.name);
        let relation_name = relation_names.take(&file.name, &words);
        let target_is_user = relation.target == "User";
        let target_is_self = relation.target == file.name;
        match relation.kind {
            RelationKind::BelongsTo => belongs_to.push(BelongsTo {
                name: relation.name.clone(),
                key: format!("{}Id", relation.name),
                snake_key: format!("{}_id", words.snake()),
                label: words.sentence(),
                words: words.lower(),
                target: relation.target.clone(),
                target_is_user,
                target_is_self,
                required: relation.required,
                required_cycle: false,
                relation_name,
                inverse_name: String::new(),
            }),
            RelationKind::ManyToMany => {
                let one = singular_of(&words);
                let (a, b) = if file.name <= relation.target {
                    (file.name.clone(), relation.target.clone())
                } else {
                    (relation.target.clone(), file.name.clone())
                };
                many_to_many.push(ManyToMany {
                    name: relation.name.clone(),
                    key: format!("{}Ids", one.camel()),
                    snake_key: format!("{}_ids", one.snake()),
                    label: words.sentence(),
                    words: words.lower(),
                    target: relation.target.clone(),
                    target_is_user,
                    target_is_self,
                    join_table: format!("_{relation_name}"),
                    relation_name,
                    inverse_name: String::new(),
                    self_column: if a == file.name { "A" } else { "B" },
                    a,
                    b,
                });
            }
        }
    }
    EntityModel {
        camel: name.camel(),
        camel_plural: list.camel(),
        kebab: name.kebab(),
        kebab_plural: plural.kebab(),
        snake: name.snake(),
        snake_plural: list.snake(),
        label: name.lower(),
        label_plural: plural.lower(),
        title: name.sentence(),
        title_plural: plural.sentence(),
        article: article(&name.lower()),
        name: file.name.clone(),
        plural: list.pascal(),
        description: file.description.clone(),
        access: file.access,
        index,
        belongs_to,
        many_to_many,
        inverses: Vec::new(),
        m2m_inverses: Vec::new(),
        samples: sample_count(&fields),
        owned_name: String::new(),
        label_field: label,
        label_optional: optional,
        fields,
        search_fields,
        owner_relation,
        owner_key,
        depth: 0,
    }
}

/// `owner` and `ownerId`, unless a field or relation of the entity has one of these names.
fn owner_names(file: &EntityFile) -> (String, String) {
    let taken: BTreeSet<String> = file
        .fields
        .iter()
        .map(|f| f.name.clone())
        .chain(file.relations.iter().flat_map(|r| [r.name.clone(), format!("{}Id", r.name)]))
        .collect();
    let numbered = (2..).map(|n| format!("recordOwner{n}"));
    ["owner", "recordOwner"]
        .map(ToOwned::to_owned)
        .into_iter()
        .chain(numbered)
        .map(|name| (name.clone(), format!("{name}Id")))
        .find(|(name, key)| !taken.contains(name) && !taken.contains(key))
        .expect("there are always more numbers")
}

fn field(file: &FieldFile, entity: &str, enum_names: &mut EnumNames) -> FieldModel {
    let words = Words::of(&file.name);
    let max = match file.kind {
        FieldType::String => file.max.clone().or_else(|| Some(200.max(least(file)).into())),
        FieldType::Text => file.max.clone().or_else(|| Some(10_000.max(least(file)).into())),
        FieldType::Integer => file.max.clone().or_else(|| Some(MAX_INTEGER.into())),
        FieldType::Email => Some(254.into()),
        FieldType::Url => Some(2_048.into()),
        _ => file.max.clone(),
    };
    let values = enum_values(&file.values);
    let samples = samples(file, max.as_ref(), &values, entity);
    FieldModel {
        name: file.name.clone(),
        snake: words.snake(),
        label: words.sentence(),
        words: words.lower(),
        kind: file.kind,
        required: file.required,
        unique: file.unique,
        has_default: file.default.is_some(),
        default: file.default.clone(),
        min: file.min.clone(),
        max,
        max_digits: 15,
        scale: 2,
        enum_name: if file.kind == FieldType::Enum { enum_names.take(entity, &words) } else { String::new() },
        values,
        example: samples.example,
        example_update: samples.example_update,
        seeds: samples.seeds,
        invalid: samples.invalid,
    }
}

/// How many records can be made of the seeds without two sharing a unique value.
fn sample_count(fields: &[FieldModel]) -> usize {
    let distinct = |seeds: &[Value]| (1..seeds.len()).find(|n| seeds[..*n].contains(&seeds[*n]));
    fields.iter().filter(|field| field.unique).filter_map(|field| distinct(&field.seeds)).min().unwrap_or(5)
}

fn least(file: &FieldFile) -> u64 {
    file.min.as_ref().and_then(Number::as_u64).unwrap_or(0)
}

fn enum_values(values: &[String]) -> Vec<EnumValue> {
    let mut keys = BTreeSet::new();
    let mut made = Vec::with_capacity(values.len());
    for value in values {
        let words = Words::of(value);
        let mut stem = words.snake().to_ascii_uppercase();
        if stem.is_empty() || stem.starts_with(|c: char| c.is_ascii_digit()) {
            stem = if stem.is_empty() { "VALUE".to_owned() } else { format!("VALUE_{stem}") };
        }
        let key = (1..=u32::MAX)
            .map(|n| if n == 1 { stem.clone() } else { format!("{stem}_{n}") })
            .find(|key| keys.insert(key.clone()))
            .expect("there are always more numbers");
        // A value written in words is its own label, with a capital where it has none; one written as an identifier is
        // spelled out.
        let identifier = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        let plain = !value.contains('_') && value.chars().any(|c| c.is_ascii_uppercase());
        let label = if identifier && !plain && !words.is_empty() {
            words.sentence()
        } else if value.chars().any(char::is_uppercase) {
            value.clone()
        } else {
            capitalized(value)
        };
        made.push(EnumValue { value: value.clone(), label, key });
    }
    made
}

/// Prisma's names of relations, each once.
#[derive(Default)]
struct RelationNames(BTreeSet<String>);

impl RelationNames {
    /// PostgreSQL cuts names at 63 bytes, and a join table's keys add up to 8 to its name, the number of a double up to 3.
    const MAX: usize = 50;

    fn take(&mut self, entity: &str, relation: &Words) -> String {
        let mut stem = format!("{entity}{}", relation.pascal());
        stem.truncate(Self::MAX);
        free(&stem, &mut self.0)
    }
}

/// The name itself or the first number behind it that makes it free; takes it.
fn free(stem: &str, taken: &mut BTreeSet<String>) -> String {
    (1..=u32::MAX)
        .map(|n| if n == 1 { stem.to_owned() } else { format!("{stem}{n}") })
        .find(|name| taken.insert(name.clone()))
        .expect("there are always more numbers")
}

/// Type names of enums, free of clashes with entities and with each other.
struct EnumNames(BTreeSet<String>);

impl EnumNames {
    fn new(blueprint: &Blueprint) -> Self {
        let entities = blueprint.entities().flat_map(|e| [Some(e.name.clone()), e.plural.clone()]).flatten();
        Self(entities.chain(["User", "UserRole", "RefreshToken"].map(ToOwned::to_owned)).collect())
    }

    fn take(&mut self, entity: &str, field: &Words) -> String {
        let mut stem = format!("{entity}{}", field.pascal());
        stem.truncate(RelationNames::MAX);
        free(&stem, &mut self.0)
    }
}

/// The members that each Prisma model has so far, by entity.
struct MemberSpaces(BTreeMap<String, BTreeSet<String>>);

impl MemberSpaces {
    /// Takes what is there by itself, and names the lists of an owner's records on the user.
    fn new(entities: &mut [EntityModel], user: &UserModel) -> Self {
        let mut spaces = BTreeMap::new();
        for e in entities.iter() {
            let mut members: BTreeSet<String> =
                ["id", "createdAt", "updatedAt"].map(ToOwned::to_owned).into();
            members.extend(e.fields.iter().map(|f| f.name.clone()));
            members.extend(e.belongs_to.iter().flat_map(|r| [r.name.clone(), r.key.clone()]));
            members.extend(e.many_to_many.iter().flat_map(|r| [r.name.clone(), r.key.clone()]));
            members.extend([e.owner_relation.clone(), e.owner_key.clone()]);
            spaces.insert(e.name.clone(), members);
        }
        let mut members: BTreeSet<String> =
            ["id", "email", "passwordHash", "name", "role", "createdAt", "updatedAt", "refreshTokens"]
                .map(ToOwned::to_owned)
                .into();
        members.extend(user.fields.iter().map(|f| f.name.clone()));
        for e in entities {
            e.owned_name = free(&format!("owned{}", e.plural), &mut members);
        }
        spaces.insert("User".to_owned(), members);
        Self(spaces)
    }

    /// The first free name for a list of `source` on `target`: the plural, with the relation's name, with numbers.
    fn take(&mut self, target: &str, source: &EntityModel, relation: &str, simple: bool) -> String {
        let space = self.0.entry(target.to_owned()).or_default();
        let long = format!("{}As{}", source.camel_plural, Words::of(relation).pascal());
        let first = if simple { source.camel_plural.clone() } else { long.clone() };
        let numbered = (2..).map(|n| format!("{long}{n}"));
        [first, long.clone()]
            .into_iter()
            .chain(numbered)
            .find(|name| space.insert(name.clone()))
            .expect("there are always more numbers")
    }
}

/// Names the inverse of every relation and lists it on its target.
fn connect(entities: &mut [EntityModel], spaces: &mut MemberSpaces) {
    let mut inverses: BTreeMap<String, (Vec<Inverse>, Vec<Inverse>)> = BTreeMap::new();
    for entity in entities.iter_mut() {
        let source = entity.clone();
        let ties = |target: &str| {
            source.belongs_to.iter().filter(|r| r.target == target).count()
                + source.many_to_many.iter().filter(|r| r.target == target).count()
        };
        for relation in &mut entity.belongs_to {
            let simple = ties(&relation.target) == 1 && !relation.target_is_self;
            relation.inverse_name = spaces.take(&relation.target, &source, &relation.name, simple);
            inverses.entry(relation.target.clone()).or_default().0.push(Inverse {
                name: relation.inverse_name.clone(),
                relation_name: relation.relation_name.clone(),
                source: source.name.clone(),
                source_key: relation.key.clone(),
                source_relation: relation.name.clone(),
                required: relation.required,
            });
        }
        for relation in &mut entity.many_to_many {
            let simple = ties(&relation.target) == 1 && !relation.target_is_self;
            relation.inverse_name = spaces.take(&relation.target, &source, &relation.name, simple);
            // Of a relation to itself Prisma puts the field whose name comes first into column A.
            if relation.target_is_self && relation.inverse_name < relation.name {
                relation.self_column = "B";
            }
            inverses.entry(relation.target.clone()).or_default().1.push(Inverse {
                name: relation.inverse_name.clone(),
                relation_name: relation.relation_name.clone(),
                source: source.name.clone(),
                source_key: relation.key.clone(),
                source_relation: relation.name.clone(),
                required: false,
            });
        }
    }
    for entity in entities {
        if let Some((one, many)) = inverses.remove(&entity.name) {
            entity.inverses = one;
            entity.m2m_inverses = many;
        }
    }
}

/// Sets each entity's depth; required relations have no circles, so this ends.
fn set_depths(entities: &mut [EntityModel]) {
    let parents: BTreeMap<String, Vec<String>> = entities
        .iter()
        .map(|e| {
            let required =
                e.belongs_to.iter().filter(|r| r.required && !r.target_is_user && !r.target_is_self);
            (e.name.clone(), required.map(|r| r.target.clone()).collect())
        })
        .collect();
    let mut depths: BTreeMap<String, usize> = BTreeMap::new();
    while depths.len() < parents.len() {
        let before = depths.len();
        for (name, targets) in &parents {
            if !depths.contains_key(name) && targets.iter().all(|target| depths.contains_key(target)) {
                let depth = targets.iter().map(|target| depths[target] + 1).max().unwrap_or(0);
                depths.insert(name.clone(), depth);
            }
        }
        if depths.len() == before {
            break;
        }
    }
    for entity in entities {
        entity.depth = depths.get(&entity.name).copied().unwrap_or(0);
    }
}
