//! What goes without saying: the ties that well-known things have, and what is made up of what.

use std::collections::BTreeSet;

use super::draft::{Draft, Link, LinkKind, Thing};
use super::joins::is_person;
use super::lexicon::lexicon;
use super::notation::{Noun, spaced};

/// Adds the ties that well-known nouns usually have, between those present of which the text says nothing.
pub(super) fn usual_ties(
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
        let about = |thing: &Thing| {
            ties.iter().any(|(_, link)| {
                (link.from == thing.key && !is_person(&link.to))
                    || (link.to == thing.key && !is_person(&link.from))
            })
        };
        // A review of which the text tells only who wrote it is of the one thing there is that has reviews.
        let subjects =
            noun.ties.iter().filter(|tie| tie.required && present(&tie.target) && !is_person(&tie.target));
        let unsaid = pairwise && subjects.count() == 1 && !about(thing);
        if (described || pairwise) && spoken.contains(&thing.key) && !unsaid {
            continue;
        }
        for tie in &noun.ties {
            let user = tie.target == "user";
            if unsaid && spoken.contains(&thing.key) && (!tie.required || is_person(&tie.target)) {
                continue;
            }
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
pub(super) fn usually_belongs(from: &str, to: &str) -> bool {
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
pub(super) fn collects(from: &str, to: &str) -> bool {
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
pub(super) fn noun_of(key: &str) -> Option<&'static Noun> {
    /// Words whose usual fields are those of one kind alone: not every room is one of a hotel's.
    const NARROW: &[&str] = &["room", "table", "card", "key", "board", "order"];
    const SALES: &[&str] =
        &["purchase", "sales", "customer", "online", "hotel", "guest", "meeting", "dining"];
    lexicon().noun(key).or_else(|| {
        let (kind, last) = key.rsplit_once(' ')?;
        lexicon().noun(last).filter(|_| !NARROW.contains(&last) || SALES.contains(&kind))
    })
}
