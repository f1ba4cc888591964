//! What has been understood so far.

use std::collections::{BTreeSet, HashMap};

use super::features::unsupported;
use super::lexicon::lexicon;
use super::nouns::is_plural;
use super::tokens::tokenize;
use crate::blueprint::{Access, FieldFile};
use crate::naming::Words;

/// Most entities of a reading.
pub(super) const MAX_ENTITIES: usize = 200;
/// Most fields of an entity.
pub(super) const MAX_FIELDS: usize = 60;
/// Most warnings about clauses that were not understood.
const MAX_UNREAD: usize = 40;
/// Most clauses that the coverage lists.
const MAX_CLAUSES: usize = 2_000;
/// Most characters of a clause that it quotes.
const MAX_CLAUSE: usize = 2_000;
/// Most warnings.
pub(super) const MAX_WARNINGS: usize = 90;

/// Something in the blueprint that answers to a clause. Relations get their names last, hence the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ref {
    Entity(String),
    Field(String, String),
    Link(usize),
    Access(String),
    /// `app.name`, `theme.primary`, `User`.
    Plain(String),
}

/// How two things are tied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkKind {
    /// Each `from` has one `to`.
    Belongs,
    /// Each `from` has many `to`; whether the other way round too is decided when all is read.
    HasMany,
    /// Many on both sides.
    Many,
}

/// A tie between two entities, by their keys; `to` may be `user`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) kind: LinkKind,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) name: Option<String>,
    pub(super) required: bool,
    /// Whether only a verb hints at it ("members borrow books"), so that an entity between the two stands for it.
    pub(super) weak: bool,
    /// Whether a verb gives it, and no word of having or belonging.
    pub(super) verbal: bool,
}

/// An entity in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Thing {
    pub(super) key: String,
    pub(super) fields: Vec<FieldFile>,
    pub(super) access: Option<Access>,
    pub(super) description: Option<String>,
}

/// Everything understood so far.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) things: Vec<Thing>,
    at: HashMap<String, usize>,
    /// Keys that an earlier pass over the same text found to be entities.
    pub(super) known: BTreeSet<String>,
    /// Last words of entities with longer names, for "category" where "product category" is meant.
    tails: HashMap<String, Option<String>>,
    pub(super) links: Vec<Link>,
    /// Ties of records to what the deeds are done to that they stand for; they count where nothing else ties the two.
    pub(super) told: Vec<Link>,
    pub(super) name: Option<String>,
    /// A name for want of a better one: the head of the first sentence.
    pub(super) fallback_name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) primary: Option<String>,
    pub(super) background: Option<String>,
    pub(super) access: Option<Access>,
    pub(super) coverage: Vec<(String, Vec<Ref>)>,
    pub(super) warnings: Vec<String>,
    /// "The customer who created them": people that are users.
    actors: BTreeSet<String>,
    /// Keys of what the text says it does not want.
    unwanted: BTreeSet<String>,
    unread: usize,
    unsupported: BTreeSet<String>,
}

/// Words that no name of a record holds: a key with one of them is a piece of a sentence.
const SENTENCE_WORDS: &[&str] = &[
    "a",
    "an",
    "the",
    "either",
    "may",
    "can",
    "must",
    "should",
    "or",
    "and",
    "by",
    "optionally",
    "is",
    "are",
    "has",
    "have",
    "that",
    "which",
    "who",
    "my",
    "our",
    "their",
    "its",
    "with",
    "each",
    "every",
    "per",
    "hold",
    "without",
];

/// Whether a key reads as a noun phrase: "teams play match" is a sentence.
fn is_noun_like(key: &str) -> bool {
    let words: Vec<&str> = key.split(' ').collect();
    if words.len() == 1 || lexicon().noun(key).is_some() {
        return true;
    }
    // "Mark favourites" is something to do.
    if matches!(
        words[0],
        "mark"
            | "add"
            | "edit"
            | "delete"
            | "create"
            | "manage"
            | "view"
            | "browse"
            | "update"
            | "remove"
            | "upload"
            | "assign"
            | "see"
    ) {
        return false;
    }
    let plural_first = words.len() >= 3
        && is_plural(words[0])
        && !matches!(words[0], "sales" | "goods" | "news" | "series" | "sports" | "operations" | "systems");
    !plural_first && !words.iter().any(|word| SENTENCE_WORDS.contains(word))
}

impl Draft {
    /// An empty draft that knows which nouns are entities.
    pub(super) fn knowing(known: BTreeSet<String>) -> Self {
        let mut draft = Self::default();
        for key in &known {
            draft.note_tail(key);
        }
        draft.known = known;
        draft
    }

    fn note_tail(&mut self, key: &str) {
        if let Some((_, tail)) = key.rsplit_once(' ') {
            // A tail that two entities share names neither.
            self.tails
                .entry(tail.to_owned())
                .and_modify(|owner| {
                    if owner.as_deref() != Some(key) {
                        *owner = None;
                    }
                })
                .or_insert_with(|| Some(key.to_owned()));
        }
    }

    /// Whether the text says of these people that they made the records: they are the app's users.
    pub(super) fn acts(&self, key: &str) -> bool {
        self.actors.contains(key)
    }

    /// Notes who made the records of an app.
    pub(super) fn note_actors(&mut self, actors: BTreeSet<String>) {
        self.actors = actors;
    }

    /// Notes that something is not wanted.
    pub(super) fn refrain(&mut self, key: &str) {
        self.unwanted.insert(key.to_owned());
    }

    /// Makes a noun an entity; `false` where it can be none.
    pub(super) fn declare(&mut self, key: &str) -> bool {
        if self.at.contains_key(key) {
            return true;
        }
        let words = Words::of(key);
        let fit = !words.is_empty() && words.as_slice().len() <= 4 && key.len() <= 60 && is_noun_like(key);
        if !fit
            || lexicon().is_user(key)
            || lexicon().grammar.app_only.contains(key) && !self.known.contains(key)
            || self.unwanted.contains(key)
            || self.things.len() >= MAX_ENTITIES
        {
            return false;
        }
        self.at.insert(key.to_owned(), self.things.len());
        self.things.push(Thing { key: key.to_owned(), ..Thing::default() });
        self.note_tail(key);
        true
    }

    /// Makes a noun that usually means the app an entity where the text lists its fields: "Application: cover letter, status".
    pub(super) fn declare_described(&mut self, key: &str) -> bool {
        if lexicon().grammar.app_only.contains(key)
            && !self.at.contains_key(key)
            && self.things.len() < MAX_ENTITIES
        {
            self.at.insert(key.to_owned(), self.things.len());
            self.things.push(Thing { key: key.to_owned(), ..Thing::default() });
        }
        self.declare(key)
    }

    /// Makes the built-in user one that has fields of its own.
    pub(super) fn declare_user(&mut self) {
        if !self.at.contains_key("user") {
            self.at.insert("user".into(), self.things.len());
            self.things.push(Thing { key: "user".into(), ..Thing::default() });
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.at.contains_key(key) || self.known.contains(key)
    }

    pub(super) fn thing(&mut self, key: &str) -> Option<&mut Thing> {
        let at = *self.at.get(key)?;
        self.things.get_mut(at)
    }

    /// The entity that these words (the last in the singular) name, and how many of the words in front are not part of it.
    pub(super) fn resolve(&self, key: &str) -> Option<(String, usize)> {
        let words: Vec<&str> = key.split(' ').collect();
        (0..words.len()).take(6).find_map(|skip| {
            let tail = words[skip..].join(" ");
            if self.has(&tail) {
                return Some((tail, skip));
            }
            let longer = self.tails.get(&tail)?.clone()?;
            (skip == 0).then_some((longer, 0))
        })
    }

    /// Adds a field, or completes the one of that name; `false` where the entity is full.
    pub(super) fn add_field(&mut self, key: &str, field: FieldFile) -> bool {
        let Some(thing) = self.thing(key) else { return false };
        if let Some(known) = thing.fields.iter_mut().find(|known| known.name == field.name) {
            let plain = FieldFile { name: field.name.clone(), kind: known.kind, ..FieldFile::default() };
            if field != plain {
                let (required, unique) = (known.required || field.required, known.unique || field.unique);
                *known = FieldFile { required, unique, ..field };
            }
            return true;
        }
        if thing.fields.len() >= MAX_FIELDS {
            return false;
        }
        thing.fields.push(field);
        true
    }

    /// Adds a tie, or completes the one that says the same; its index.
    pub(super) fn link(&mut self, link: Link) -> usize {
        for key in [&link.from, &link.to] {
            self.declare(key);
        }
        let same = self.links.iter().rposition(|known| {
            known.kind == link.kind
                && known.from == link.from
                && known.to == link.to
                && (known.name == link.name || known.name.is_none() || link.name.is_none())
        });
        if let Some(at) = same {
            let known = &mut self.links[at];
            known.required |= link.required;
            known.weak &= link.weak;
            known.verbal &= link.verbal;
            if known.name.is_none() {
                known.name = link.name;
            }
            return at;
        }
        self.links.push(link);
        self.links.len() - 1
    }

    /// Lists a clause and what answers to it; one that nothing answers to becomes a warning.
    pub(super) fn cover(&mut self, text: String, refs: Vec<Ref>) {
        if text.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
            return;
        }
        if refs.is_empty() {
            self.unread += 1;
            if self.unread <= MAX_UNREAD {
                self.warnings.push(format!("not understood: {:?}", crate::naming::clip(&text, 160)));
            } else if self.unread == MAX_UNREAD + 1 {
                self.warnings.push("more was not understood; the coverage lists all of it".to_owned());
            }
        }
        self.list(text, refs);
    }

    /// Lists a clause, up to a limit; what is beyond it is said once.
    pub(super) fn list(&mut self, mut text: String, refs: Vec<Ref>) {
        if self.coverage.len() < MAX_CLAUSES {
            text.truncate(crate::naming::clip(&text, MAX_CLAUSE).len());
            self.coverage.push((text, refs));
        } else if self.coverage.len() == MAX_CLAUSES {
            self.coverage.push(("and more".to_owned(), Vec::new()));
            self.warnings.push(format!("only the first {MAX_CLAUSES} clauses are listed in the coverage"));
        }
    }

    /// Lists a clause that asks for what the app cannot do: `feature`, and whatever else it names.
    pub(super) fn refuse(&mut self, text: String, feature: &str) {
        let named = unsupported(&tokenize(&text, 0));
        for feature in std::iter::once(feature).chain(named.iter().map(String::as_str)) {
            if self.unsupported.insert(feature.to_owned()) {
                let text = crate::naming::clip(&text, 120);
                self.warnings.push(format!("{feature}: not supported, left out ({text:?})"));
            }
        }
        self.list(text, Vec::new());
    }
}
