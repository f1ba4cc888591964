//! From a draft to a blueprint: what goes without saying is filled in, ties are decided, references get their names.

use std::collections::BTreeSet;

use super::draft::{Draft, Link, LinkKind, Ref, Thing};
use super::lexicon::{Domain, lexicon};
use super::usual::{collects, noun_of, usual_ties, usually_belongs};
use crate::blueprint::{
    AppFile, BlueprintFile, CoverageItem, EntityFile, FieldFile, FieldType, RelationFile, RelationKind,
    ThemeFile,
};
use crate::naming::{Words, clip, plural_of};

/// A blueprint and what of the text it answers to.
pub(super) struct Assembled {
    pub(super) blueprint: BlueprintFile,
    pub(super) coverage: Vec<CoverageItem>,
    pub(super) warnings: Vec<String>,
}

/// Things by which one knows that rooms are let.
const LODGING: &[&str] = &["guest", "booking", "reservation", "stay", "hotel", "hostel", "tenant"];

/// What a room has in which people meet.
fn places() -> Vec<FieldFile> {
    vec![
        FieldFile { name: "name".into(), required: true, ..FieldFile::default() },
        FieldFile {
            name: "capacity".into(),
            kind: FieldType::Integer,
            min: Some(1.into()),
            ..FieldFile::default()
        },
    ]
}

/// Puts the blueprint together. `domain` names the app where the text does not.
pub(super) fn assemble(mut draft: Draft, domain: Option<&Domain>) -> Assembled {
    let spoken: BTreeSet<String> = draft
        .links
        .iter()
        .flat_map(|link| [link.from.clone(), link.to.clone()])
        .filter(|key| key != "user")
        .collect();
    let ties = decided(&draft);
    let ties = settled(usual_ties(&draft, ties, &spoken));
    let everywhere = draft.access;
    let mut entities: Vec<EntityFile> = Vec::with_capacity(draft.things.len());
    // Rooms have prices a night where people stay in them.
    let lodging = draft.things.iter().any(|thing| LODGING.contains(&thing.key.as_str()))
        || domain.is_some_and(|domain| domain.entities.iter().any(|entity| entity == "room"));
    for thing in &mut draft.things {
        if thing.key == "room" && !lodging && thing.fields.is_empty() {
            thing.fields = places();
        }
        let fields = filled(thing);
        entities.push(EntityFile {
            name: Words::of(&thing.key).pascal(),
            plural: None,
            description: thing.description.clone().unwrap_or_default(),
            access: thing.access.or(everywhere).unwrap_or_default(),
            fields,
            relations: Vec::new(),
        });
    }
    let index = |key: &str| draft.things.iter().position(|thing| thing.key == key);
    let mut names: Vec<(usize, String)> = Vec::new();
    for (source, link) in &ties {
        let Some(at) = index(&link.from) else { continue };
        if entities[at].relations.len() >= super::draft::MAX_FIELDS {
            continue;
        }
        let target = if link.to == "user" { "User".to_owned() } else { Words::of(&link.to).pascal() };
        let many = link.kind == LinkKind::Many;
        let words = Words::of(link.name.as_deref().unwrap_or(&link.to));
        let name = if many { plural_of(&words) } else { words }.camel();
        let relation = RelationFile {
            kind: if many { RelationKind::ManyToMany } else { RelationKind::BelongsTo },
            name: name.clone(),
            target,
            required: !many && link.required,
        };
        let entity = &mut entities[at];
        // The tie stands for a field of the same name ("author").
        entity.fields.retain(|field| field.name != name && field.name != format!("{name}Id"));
        if !entity.relations.iter().any(|known| known.name == name) {
            entity.relations.push(relation);
        }
        if let Some(source) = source {
            names.push((*source, format!("{}.{name}", entity.name)));
        }
    }
    let coverage = std::mem::take(&mut draft.coverage)
        .into_iter()
        .map(|(text, refs)| CoverageItem { covered_by: references(&refs, &entities, &names, &draft), text })
        .collect();
    let app = app(&draft, domain, &entities);
    let theme = ThemeFile { primary: draft.primary.clone(), background: draft.background.clone() };
    Assembled { blueprint: BlueprintFile { app, theme, entities }, coverage, warnings: draft.warnings }
}

fn references(
    refs: &[Ref],
    entities: &[EntityFile],
    names: &[(usize, String)],
    draft: &Draft,
) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for one in refs {
        let found: Vec<String> = match one {
            Ref::Entity(key) => vec![Words::of(key).pascal()],
            Ref::Field(key, name) => vec![format!("{}.{name}", Words::of(key).pascal())],
            Ref::Link(at) => match names.iter().find(|(source, _)| source == at) {
                Some((_, name)) => vec![name.clone()],
                None => draft.links.get(*at).map(|link| Words::of(&link.from).pascal()).into_iter().collect(),
            },
            Ref::Access(key) if key.is_empty() => {
                entities.iter().take(20).map(|entity| format!("{}.access", entity.name)).collect()
            }
            Ref::Access(key) => vec![format!("{}.access", Words::of(key).pascal())],
            Ref::Plain(text) => vec![text.clone()],
        };
        for text in found {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    texts
}

/// Decides what "has many" means: the other side belongs, or, where both sides have many, many-to-many.
fn decided(draft: &Draft) -> Vec<(Option<usize>, Link)> {
    let links = &draft.links;
    let mut ties: Vec<(Option<usize>, Link)> = Vec::new();
    let add = |ties: &mut Vec<(Option<usize>, Link)>, at: usize, link: Link| {
        let same = ties.iter_mut().find(|(_, known)| {
            let unnamed = known.name.is_none() || link.name.is_none() || known.name == link.name;
            known.kind == link.kind
                && unnamed
                && ((known.from == link.from && known.to == link.to)
                    || (link.kind == LinkKind::Many && known.from == link.to && known.to == link.from))
        });
        match same {
            Some((_, known)) => known.required |= link.required,
            None => ties.push((Some(at), link)),
        }
    };
    for (at, link) in links.iter().enumerate() {
        let back = |kind: LinkKind| {
            links.iter().any(|other| other.kind == kind && other.from == link.to && other.to == link.from)
        };
        let both = |kind: LinkKind| {
            links.iter().any(|other| other.kind == kind && other.from == link.from && other.to == link.to)
        };
        match link.kind {
            LinkKind::HasMany
                if link.from != link.to
                    && (usually_belongs(&link.from, &link.to)
                        || collects(&link.from, &link.to)
                        || back(LinkKind::HasMany)
                        || back(LinkKind::Many)
                        || both(LinkKind::Many)) =>
            {
                add(
                    &mut ties,
                    at,
                    Link { kind: LinkKind::Many, required: false, name: None, ..link.clone() },
                );
            }
            LinkKind::HasMany => {
                // "A task belongs to a project" has said it, and how far it is required.
                if !back(LinkKind::Belongs) {
                    let own = link.from == link.to;
                    let name = own.then(|| "parent".to_owned());
                    add(
                        &mut ties,
                        at,
                        Link {
                            kind: LinkKind::Belongs,
                            from: link.to.clone(),
                            to: link.from.clone(),
                            name,
                            required: !own && link.required,
                            weak: false,
                            verbal: false,
                        },
                    );
                }
            }
            _ => add(&mut ties, at, link.clone()),
        }
    }
    ties
}

/// Drops what verbs only hinted at where an entity of its own stands between the two: loans say which members borrowed which books.
fn settled(ties: Vec<(Option<usize>, Link)>) -> Vec<(Option<usize>, Link)> {
    let parents = |key: &str| -> BTreeSet<String> {
        let own = ties.iter().filter(|(_, link)| link.kind == LinkKind::Belongs && link.from == key);
        own.map(|(_, link)| link.to.clone()).collect()
    };
    let children: BTreeSet<&String> = ties.iter().map(|(_, link)| &link.from).collect();
    let joins: Vec<BTreeSet<String>> =
        children.into_iter().map(|key| parents(key)).filter(|two| two.len() > 1).collect();
    let stands = |link: &Link| joins.iter().any(|join| join.contains(&link.from) && join.contains(&link.to));
    // "Members rent plots" and "each plot is rented by one member" say the same, the second one better.
    let said = |link: &Link| {
        ties.iter().any(|(_, other)| {
            other.kind == LinkKind::Belongs
                && (other.from == link.to && other.to == link.from
                    || other.from == link.from && other.to == link.to)
        })
    };
    let kept: Vec<bool> = ties
        .iter()
        .map(|(_, link)| {
            let back = || {
                ties.iter().any(|(_, other)| {
                    other.kind == LinkKind::Belongs
                        && !other.verbal
                        && other.from == link.to
                        && other.to == link.from
                        && other.from != other.to
                })
            };
            let gives_way = match link.kind {
                LinkKind::Many => link.verbal && said(link),
                _ => link.verbal && back(),
            };
            !(link.weak && stands(link) || gives_way)
        })
        .collect();
    ties.into_iter().zip(kept).filter_map(|(tie, kept)| kept.then_some(tie)).collect()
}

/// The fields of an entity: those the text gives, else those such things usually have.
fn filled(thing: &mut Thing) -> Vec<FieldFile> {
    let mut fields = std::mem::take(&mut thing.fields);
    if !fields.is_empty() || thing.key == "user" {
        hours_of_days(&mut fields);
        named(&thing.key, &mut fields);
        return fields;
    }
    if let Some(noun) = noun_of(&thing.key) {
        return noun.fields.clone();
    }
    vec![
        FieldFile { name: "name".into(), required: true, ..FieldFile::default() },
        FieldFile { name: "description".into(), kind: FieldType::Text, ..FieldFile::default() },
    ]
}

/// Beside a date, a "time" or "start time" is that of the day and no date once more.
fn hours_of_days(fields: &mut [FieldFile]) {
    let dated = fields
        .iter()
        .any(|field| field.kind == FieldType::Date && matches!(field.name.as_str(), "date" | "day"));
    for field in fields.iter_mut().filter(|field| dated && field.kind == FieldType::Datetime) {
        if matches!(field.name.as_str(), "time" | "startTime" | "endTime") {
            field.kind = FieldType::String;
        }
    }
}

/// A well-known thing of which the text lists nothing that could tell one from the other gets its usual name, which may be left
/// out, as nobody asked for it: a cake with a size and a price.
fn named(key: &str, fields: &mut Vec<FieldFile>) {
    let nameable = |field: &FieldFile| {
        !matches!(field.kind, FieldType::Integer | FieldType::Decimal | FieldType::Boolean | FieldType::Enum)
            || field.unique
    };
    let usual = lexicon().noun(key).and_then(|noun| noun.fields.first());
    if let Some(usual) = usual
        .filter(|usual| matches!(usual.name.as_str(), "name" | "title") && usual.kind == FieldType::String)
        && !fields.iter().any(nameable)
    {
        fields.insert(0, FieldFile { required: false, ..usual.clone() });
    }
}

fn app(draft: &Draft, domain: Option<&Domain>, entities: &[EntityFile]) -> AppFile {
    let plurals: Vec<String> = entities
        .iter()
        .filter(|entity| entity.name != "User")
        .map(|entity| plural_of(&Words::of(&entity.name)).lower())
        .collect();
    let name = draft
        .name
        .clone()
        .or_else(|| draft.fallback_name.clone())
        .or_else(|| domain.map(|domain| domain.name.clone()))
        .or_else(|| plurals.first().map(|plural| Words::of(plural).sentence()))
        .unwrap_or_default();
    let description = draft.description.clone().unwrap_or_else(|| match plurals.as_slice() {
        [] => String::new(),
        [one] => format!("Keeps {one}."),
        [first @ .., last] => {
            format!("Keeps {} and {last}.", first.iter().take(6).cloned().collect::<Vec<_>>().join(", "))
        }
    });
    AppFile {
        name: clip(name.trim(), 80).to_owned(),
        slug: None,
        description: clip(&description, 300).to_owned(),
    }
}
