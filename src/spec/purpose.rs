//! Sentences about the app as a whole: what it is, and the list of what it keeps.

use super::clauses::subject_key;
use super::conjoined::conjoined;
use super::describe::describe;
use super::draft::Ref;
use super::features::feature;
use super::items::items;
use super::lexicon::lexicon;
use super::names;
use super::nouns::{is_plural, key_of, singular};
use super::sentences::Sentences;
use super::tokens::{Token, phrase};
use super::{deeds, verbs};

impl Sentences<'_> {
    /// "A bookshop with authors, books and reviews", "an app to manage X and Y", "there are X and Y".
    pub(super) fn app_level(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
        let at = tokens.iter().position(|token| {
            token.is_any(&[
                "with",
                "for",
                "to",
                "where",
                "that",
                "which",
                "has",
                "have",
                "contains",
                "includes",
                "including",
                "featuring",
                "of",
                ":",
                "containing",
                "about",
                "consists",
                "contain",
                "include",
                "belong",
                "belongs",
                "having",
                "are",
                "manages",
                "tracks",
                "stores",
                "(",
            ]) || keeps(tokens, token)
        });
        let head = &tokens[..at.unwrap_or(tokens.len())];
        // "The system shall store patients": the verb's helper is no part of the subject.
        let modal =
            head.last().is_some_and(|token| token.is_any(&["shall", "should", "must", "will", "can"]));
        let head = &head[..head.len() - usize::from(modal)];
        let key = subject_key(head);
        // "An app where volunteers sign up for shifts" says it in a sentence.
        if self.count <= 1
            && let Some(at) = tokens.iter().position(|token| token.is("where")).filter(|&at| at > 0)
            && !tokens[..at].iter().any(|token| token.is_any(&["with", ":", "has"]))
            && head.iter().any(|token| lexicon().grammar.app.contains(&token.low) || domain_in(head))
            && let Some(refs) = self.told(&tokens[at + 1..])
        {
            let words: Vec<&str> =
                head.iter().filter(|token| token.is_word()).map(|token| token.low.as_str()).collect();
            if self.draft.fallback_name.is_none() {
                self.draft.fallback_name = names::from_head(&words);
            }
            return Some(refs);
        }
        let last = key.rsplit(' ').next().unwrap_or_default().to_owned();
        let first_sentence = self.count <= 1;
        let plural_head = head.last().is_some_and(|token| is_plural(&token.low))
            && !lexicon().domain_phrases.contains_key(&phrase(head));
        let contains = at.is_some_and(|at| tokens[at].is_any(&["contain", "include", "belong", "belongs"]));
        let is_domain = domain_in(head) && !contains;
        let pronoun =
            key.is_empty() || matches!(key.as_str(), "it" | "there" | "we" | "i" | "they" | "you" | "this");
        // "Applications have a message" is about those that are submitted.
        let several = !first_sentence && head.last().is_some_and(|token| is_plural(&token.low));
        let record = self.draft.resolve(&key).is_some_and(|(_, skip)| skip == 0);
        let appish = lexicon().grammar.app_only.contains(&last) && !several && (first_sentence || !record)
            || (first_sentence
                && lexicon().grammar.app.contains(&last)
                && !self.draft.known.contains(&key)
                && !self.is_record_head(&key, tokens, at));
        let place = first_sentence
            && !plural_head
            && !record
            && at.is_some_and(|at| keeps_things(&tokens[..at], &key, &tokens[at..]));
        let subject_app = appish
            || place
            || (first_sentence && is_domain && !plural_head && !self.is_record_head(&key, tokens, at));
        let personal = pronoun
            && (self.current.is_none() || key == "there" || key == "we" || key == "i")
            && (first_sentence || self.current.is_none() || key == "there" || key == "we" || key == "i");
        // "Users have a nickname" is about users themselves.
        let own = at.is_some_and(|at| {
            tokens[at].is_any(&["has", "have"]) && tokens.get(at + 1).is_some_and(|t| t.is_any(&["a", "an"]))
        });
        let user_keeps = lexicon().is_user(&key) && !own && self.draft.things.is_empty() && first_sentence;
        if !(subject_app || personal || user_keeps) {
            return None;
        }
        if first_sentence && subject_app {
            let words: Vec<&str> =
                head.iter().filter(|token| token.is_word()).map(|token| token.low.as_str()).collect();
            if self.draft.fallback_name.is_none() {
                self.draft.fallback_name = names::from_head(&words);
            }
            if head.iter().any(|token| token.is("public")) {
                self.draft.access = Some(crate::blueprint::Access::Public);
            } else if head.iter().any(|token| token.is_any(&["private", "personal"])) {
                self.draft.access = Some(crate::blueprint::Access::Owned);
            }
        }
        let Some(list_at) = list_start(tokens, at, personal) else {
            if subject_app && first_sentence {
                let purpose = self.purpose(tokens);
                if let Some(found) = feature(tokens).filter(|found| !found.supported && purpose.is_empty()) {
                    self.draft.refuse(self.text(tokens), &found.name);
                    return Some(Vec::new());
                }
                return Some(if purpose.is_empty() {
                    vec![Ref::Plain("app.description".into())]
                } else {
                    purpose
                });
            }
            return None;
        };
        // "An app for vets: animals have a name" goes on with a sentence.
        let list = &tokens[list_at..];
        if list_at > 0
            && tokens[list_at - 1].is(":")
            && list.iter().take(6).any(|token| token.is_any(&["has", "have", "belongs", "belong"]))
        {
            self.sentence(list);
            return Some(vec![Ref::Plain("app.description".into())]);
        }
        // "An expense tracker with categories" keeps expenses, too.
        let kept = first_sentence.then(|| kept_by(head)).flatten();
        let kept =
            kept.filter(|key| tokens[list_at - 1].is("with") && !names(list, key) && self.draft.declare(key));
        let mut refs = self.entity_list(list);
        refs.extend(kept.map(Ref::Entity));
        if refs.is_empty() && subject_app && first_sentence {
            refs.push(Ref::Plain("app.description".into()));
        }
        Some(refs)
    }

    /// What people do with an app: "members propose topics and vote on them".
    fn told(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
        let deeds = conjoined(tokens).unwrap_or_else(|| vec![tokens.to_vec()]);
        let mut refs = Vec::new();
        for deed in deeds {
            let read = deeds::remarks(self, &deed).or_else(|| verbs::between(self, &deed));
            refs.extend(read.unwrap_or_default());
        }
        (!refs.is_empty()).then_some(refs)
    }

    /// "A task with a title": a record and its fields rather than an app and its entities.
    pub(super) fn is_record_head(&self, key: &str, tokens: &[Token], at: Option<usize>) -> bool {
        let record = lexicon().noun(key).is_some() || self.draft.has(key);
        let Some(at) = at else { return false };
        if !record
            || !tokens[at].is_any(&["with", "has", "have", "(", "contains", "includes", "having", "consists"])
        {
            return false;
        }
        let skip = usize::from(tokens[at].is("consists"));
        let list = items(&tokens[at + 1 + skip..]);
        let fields = list.iter().filter(|item| {
            !brings_fields(item)
                && describe(item).is_some_and(|described| {
                    let last = item
                        .iter()
                        .rev()
                        .find(|token| token.is_word())
                        .map_or("", |token| token.low.as_str());
                    described.says_something() || lexicon().is_field_word(&described.name) || !is_plural(last)
                })
        });
        fields.count() * 2 > list.len()
    }

    /// Entities of a purpose: "an app for tracking my plants", "a site about birds".
    pub(super) fn purpose(&mut self, tokens: &[Token]) -> Vec<Ref> {
        let Some(at) =
            tokens.iter().position(|token| token.is_any(&["for", "about", "of", "tracking", "managing"]))
        else {
            return Vec::new();
        };
        let rest = &tokens[at + 1..];
        let mut refs = Vec::new();
        for item in items(rest) {
            let words: Vec<Token> = item
                .iter()
                .filter(|t| t.is_word() && !lexicon().grammar.determiners.contains(&t.low))
                .cloned()
                .collect();
            let key = key_of(&phrase(&words));
            let plural = words.last().is_some_and(|token| is_plural(&token.low));
            if words.len() <= 2
                && plural
                && lexicon().noun(&key).is_none()
                && !domain_in(&words)
                && !lexicon().is_user(&key)
                && self.draft.declare(&key)
            {
                refs.push(Ref::Entity(key));
            }
        }
        refs
    }
}

/// Whether "a zoo with keepers and cages" says what an app is about and what it keeps, whatever a zoo may be.
fn keeps_things(head: &[Token], key: &str, rest: &[Token]) -> bool {
    const WITH: &[&str] = &["with", "featuring", "including", "containing", ":"];
    const HAS: &[&str] = &["has", "have", "contains", "includes"];
    let list = match rest {
        [with, list @ ..] if with.is_any(WITH) => list,
        [that, has, list @ ..] if that.is_any(&["that", "which"]) && has.is_any(HAS) => list,
        _ => return false,
    };
    let named = (1..=4).contains(&head.len()) && head.iter().all(Token::is_word);
    if !named || key.is_empty() || lexicon().noun(key).is_some() || lexicon().is_user(key) {
        return false;
    }
    let list = items(list);
    let thing = |item: &&Vec<Token>| {
        let end = item.iter().position(|token| token.is_any(&["(", "with"])).unwrap_or(item.len());
        let words = &item[..end];
        words.last().is_some_and(|last| is_plural(&last.low))
            && words.len() <= 3
            && words.iter().all(Token::is_word)
            && !lexicon().is_field_word(&key_of(&phrase(words)))
    };
    list.iter().filter(thing).count() * 2 > list.len()
}

/// Whether an item of a list names things and what is known of them: "books (title, isbn)", "loans with a due date".
fn brings_fields(item: &[Token]) -> bool {
    let Some(at) = item.iter().position(|token| token.is_any(&["(", "with"])).filter(|&at| at > 0) else {
        return false;
    };
    let within: Vec<Vec<Token>> =
        items(item[at + 1..].split(|token| token.is(")")).next().unwrap_or_default());
    let known = |part: &Vec<Token>| lexicon().is_field_word(&key_of(&phrase(part)));
    is_plural(&item[at - 1].low)
        && (item[at].is("with") || within.iter().filter(|part| known(part)).count() * 2 >= within.len())
}

/// Whether a list names a thing, or one that is the same by another name.
fn names(list: &[Token], key: &str) -> bool {
    const WORK: &[&str] = &["bug", "issue", "ticket", "task", "todo", "defect"];
    list.iter().map(|token| singular(&token.low)).any(|one| {
        key == one || key.ends_with(&format!(" {one}")) || WORK.contains(&key) && WORK.contains(&one.as_str())
    })
}

/// What an app is for that is named after what it keeps: "expense tracker", "recipe manager".
fn kept_by(head: &[Token]) -> Option<String> {
    let [.., noun, app] = head else { return None };
    let keeps = app.is_any(&[
        "tracker",
        "manager",
        "log",
        "logbook",
        "organizer",
        "catalog",
        "catalogue",
        "collection",
    ]);
    let before = head.len().checked_sub(3).map(|at| head[at].low.as_str());
    let two = before.map(|before| key_of(&format!("{before} {}", noun.low)));
    let two = two.filter(|key| lexicon().noun(key).is_some());
    let key = two.or_else(|| lexicon().noun(&noun.low).is_some().then(|| noun.low.clone()))?;
    (keeps && noun.is_word()).then_some(key)
}

/// Verbs by which an app or a person deals with what it keeps.
const KEEPS: &[&str] = &[
    "manage",
    "manages",
    "managing",
    "track",
    "tracks",
    "tracking",
    "store",
    "stores",
    "storing",
    "record",
    "records",
    "recording",
    "organize",
    "organizes",
    "organizing",
    "keep",
    "keeps",
    "keeping",
    "collect",
    "collecting",
    "handle",
    "handles",
    "handling",
    "share",
    "sharing",
    "list",
    "lists",
    "listing",
    "log",
    "logs",
    "logging",
    "plan",
    "planning",
    "save",
    "saving",
    "catalog",
    "cataloging",
    "administer",
    "maintain",
    "sell",
    "sells",
    "selling",
    "rent",
    "rents",
    "lend",
    "lends",
    "offer",
    "offers",
    "publish",
    "publishing",
    "post",
    "posting",
    "create",
    "creating",
    "add",
    "adding",
    "see",
    "book",
    "booking",
    "schedule",
    "scheduling",
    "write",
    "writing",
    "monitor",
    "monitoring",
    "about",
];

/// Where the list of entities begins in a sentence about the app.
fn list_start(tokens: &[Token], from: Option<usize>, personal: bool) -> Option<usize> {
    let from = from?;
    let lists = |token: &Token| {
        token.is_any(&[
            "with",
            "featuring",
            "including",
            "containing",
            "contains",
            "includes",
            "has",
            "have",
            "having",
            ":",
            "manages",
            "tracks",
            "stores",
            "are",
            "is",
            "lists",
            "(",
        ])
    };
    // "with" wins over a purpose: "an app for readers with books and reviews".
    let with = tokens[from..]
        .iter()
        .position(|token| {
            token.is_any(&[
                "with",
                "featuring",
                "including",
                "containing",
                "contains",
                "includes",
                ":",
                "having",
            ])
        })
        .map(|at| at + from);
    let keeps = tokens[from..].iter().position(|token| keeps(tokens, token)).map(|at| at + from);
    let has = tokens[from..]
        .iter()
        .position(|token| lists(token) && !token.is_any(&["is", "("]) && (personal || !token.is("are")))
        .map(|at| at + from);
    let at = match (with, keeps, has) {
        (Some(with), Some(keeps), _) if keeps < with => keeps,
        (Some(with), _, _) => with,
        (_, Some(keeps), Some(has)) => keeps.min(has),
        (_, Some(keeps), None) => keeps,
        (_, None, has) => has?,
    };
    let mut at = at + 1;
    // "keep track of", "track and manage", "for managing all my".
    while tokens.get(at).is_some_and(|token| {
        token.is_any(KEEPS)
            || token.is_any(&[
                "track",
                "of",
                "and",
                "the",
                "following",
                "my",
                "our",
                "their",
                "all",
                "up",
                "out",
                "entities",
                "models",
                "things",
                ":",
                "some",
                "like",
                "about",
            ])
    }) && tokens.get(at + 1).is_some()
    {
        if token_is_noun_list(tokens, at) {
            break;
        }
        at += 1;
    }
    (at < tokens.len()).then_some(at)
}

/// Whether a word that is a verb too stands as a noun in a list: "posts, lists and books".
fn token_is_noun_list(tokens: &[Token], at: usize) -> bool {
    is_plural(&tokens[at].low)
        && lexicon().noun(&singular(&tokens[at].low)).is_some()
        && tokens.get(at + 1).is_none_or(|next| next.is_any(&[",", "and", ".", "(", "with"]))
}

/// Whether a word is one of the verbs by which things are kept, and stands as a verb: not "a book", nor "recipe sharing site".
fn keeps(tokens: &[Token], token: &Token) -> bool {
    if !token.is_any(KEEPS) {
        return false;
    }
    let Some(at) = tokens.iter().position(|other| other.start == token.start) else { return false };
    let app = tokens.get(at + 1).is_none_or(|next| lexicon().grammar.app.contains(&next.low));
    if app {
        return false;
    }
    let Some(before) = at.checked_sub(1).and_then(|before| tokens.get(before)) else {
        return lexicon().noun(&token.low).is_none()
            || tokens.get(1).is_some_and(|next| {
                lexicon().grammar.determiners.contains(&next.low) || next.is("of") || is_plural(&next.low)
            });
    };
    // A word that is a noun as well is a verb only behind what asks for one.
    if lexicon().noun(&singular(&token.low)).is_some() {
        return before.is_any(&["to", "can", "may", "i", "we", "you", "should", "will", "shall", "must"])
            || lexicon().is_user(&singular(&before.low))
            || is_plural(&before.low);
    }
    !before.is_any(&["a", "an", "the", "each", "every", "one"])
}

/// Whether a well-known kind of app is named.
pub(super) fn domain_in(tokens: &[Token]) -> bool {
    let words: Vec<&str> =
        tokens.iter().filter(|token| token.is_word()).map(|token| token.low.as_str()).collect();
    (0..words.len()).any(|at| {
        (1..=4).any(|n| {
            words.get(at..at + n).is_some_and(|slice| lexicon().domain_phrases.contains_key(&slice.join(" ")))
        })
    })
}
