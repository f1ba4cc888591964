//! From a draft to a blueprint: what goes without saying is filled in, ties are decided, references get their names.

use std::collections::BTreeSet;

use super::draft::{Draft, Link, LinkKind, Ref, Thing};
use super::joins::is_person;
use super::lexicon::{Domain, lexicon};
use super::notation::{Noun, spaced};
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
    for thing in &mut draft.things {
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

/// Adds the ties that well-known nouns usually have, between those present of which the text says nothing.
fn usual_ties(
    draft: &Draft,
    mut ties: Vec<(Option<usize>, Link)>,
    spoken: &BTreeSet<String>,
) -> Vec<(Option<usize>, Link)> {
    let present = |key: &str| draft.things.iter().any(|thing| thing.key == key && key != "user");
    for thing in &draft.things {
        let Some(noun) = noun_of(&thing.key) else { continue };
        let described = !thing.fields.is_empty();
        // What the text ties is tied enough where it also lists the fields; and a comment has one subject.
        let pairwise = matches!(thing.key.as_str(), "review" | "comment" | "rating");
        if (described || pairwise) && spoken.contains(&thing.key) {
            continue;
        }
        for tie in &noun.ties {
            let user = tie.target == "user";
            if user && (described || spoken.contains(&thing.key)) || !user && !present(&tie.target) {
                continue;
            }
            let tied = ties.iter().any(|(_, link)| {
                (link.from == thing.key
                    && link.to == tie.target
                    && (link.name == tie.name
                        || tie.name.is_none()
                        || link.name.is_none()
                        || spoken.contains(&thing.key)))
                    || (link.from == tie.target && link.to == thing.key)
            });
            let named = tie.name.as_deref().unwrap_or(&tie.target);
            let said = thing.fields.iter().any(|field| spaced(&field.name) == named);
            let is_self = tie.target == thing.key;
            if tied
                || (is_self && thing.key != "folder" && thing.key != "employee")
                || (said && !present(&tie.target))
            {
                continue;
            }
            // Where several parents are named, a review of books need not be one of movies.
            let alone = noun
                .ties
                .iter()
                .filter(|other| {
                    other.required
                        && present(&other.target)
                        && other.target != tie.target
                        && other.name.is_none()
                })
                .count()
                == 0;
            let kind = if tie.many { LinkKind::Many } else { LinkKind::Belongs };
            ties.push((
                None,
                Link {
                    kind,
                    from: thing.key.clone(),
                    to: tie.target.clone(),
                    name: tie.name.as_ref().map(|name| spaced(name)),
                    // Where the text lists the fields, what it does not name cannot be required.
                    required: tie.required && !described && (alone || !pairwise),
                    weak: false,
                    verbal: false,
                },
            ));
        }
    }
    for link in &draft.told {
        let tied = ties.iter().any(|(_, known)| {
            known.from == link.from && known.to == link.to || known.from == link.to && known.to == link.from
        });
        if !tied {
            // "Customers order products": an order is of several.
            let many = link.from == "order" && collects(&link.from, &link.to);
            ties.push((None, Link { kind: if many { LinkKind::Many } else { link.kind }, ..link.clone() }));
        }
    }
    ties.extend(lone_ties(draft, &ties));
    ties
}

/// Ties for what is tied to nothing though its name says to what: "hive inspections" are of hives; reviews are of the one thing there is.
fn lone_ties(draft: &Draft, ties: &[(Option<usize>, Link)]) -> Vec<(Option<usize>, Link)> {
    const REMARKS: &[&str] = &["review", "comment", "rating", "vote", "application"];
    const SORTS: &[&str] = &[
        "type",
        "kind",
        "category",
        "group",
        "class",
        "status",
        "tag",
        "level",
        "list",
        "plan",
        "program",
        "programme",
        "template",
    ];
    let tied = |one: &str, other: &str| {
        ties.iter()
            .any(|(_, link)| link.from == one && link.to == other || link.from == other && link.to == one)
    };
    let others = |key: &str| {
        draft
            .things
            .iter()
            .filter(|thing| thing.key != "user" && thing.key != key)
            .map(|thing| thing.key.clone())
            .collect::<Vec<_>>()
    };
    let belongs = |from: &str, to: String| {
        let link = Link {
            kind: LinkKind::Belongs,
            from: from.to_owned(),
            to,
            name: None,
            required: true,
            weak: false,
            verbal: false,
        };
        (None, link)
    };
    let mut found = Vec::new();
    for thing in &draft.things {
        let key = thing.key.as_str();
        if let Some((head, last)) = key.rsplit_once(' ')
            && draft.things.iter().any(|other| other.key == head)
            && !tied(key, head)
            && !SORTS.contains(&last)
            && !is_person(last)
        {
            found.push(belongs(key, head.to_owned()));
        } else if REMARKS.contains(&key)
            && !ties.iter().any(|(_, link)| link.from == key || link.to == key)
            && let [only] = others(key).as_slice()
        {
            found.push(belongs(key, only.clone()));
        }
    }
    found
}

/// Whether things of the first kind usually belong to one of the second, so that having many of them means many on both sides:
/// "a book can have several authors".
fn usually_belongs(from: &str, to: &str) -> bool {
    let tied = |from: &str, to: &str| {
        noun_of(from).is_some_and(|noun| noun.ties.iter().any(|tie| tie.target == to && tie.name.is_none()))
    };
    tied(from, to) && !tied(to, from)
}

/// What is part of one thing alone, by the last word of its name.
pub(super) const PARTS: &[&str] = &[
    "item", "line", "step", "entry", "position", "day", "stop", "section", "chapter", "note", "comment",
    "review", "payment", "detail", "task", "phase", "category",
];

/// Whether things of the first kind are made up of ones that stand on their own and in others too: orders of products, playlists of songs.
fn collects(from: &str, to: &str) -> bool {
    const COLLECTIONS: &[&str] = &[
        "order",
        "cart",
        "basket",
        "playlist",
        "wishlist",
        "bundle",
        "kit",
        "package",
        "collection",
        "menu",
        "plan",
        "program",
        "programme",
        "routine",
        "cookbook",
        "anthology",
        "itinerary",
        "loan",
        "rental",
        "sale",
        "purchase",
        "subscription",
        "exhibition",
        "set list",
        "setlist",
    ];
    let last = |key: &str| key.rsplit(' ').next().unwrap_or_default().to_owned();
    COLLECTIONS.contains(&last(from).as_str()) && !PARTS.contains(&last(to).as_str())
}

/// What is known of a noun, by all its words or the last of them.
fn noun_of(key: &str) -> Option<&'static Noun> {
    lexicon().noun(key).or_else(|| lexicon().noun(key.rsplit_once(' ')?.1))
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
