//! Sentences: split into clauses, each read as a statement about the app, an entity or a field.

use std::collections::BTreeSet;

use super::clauses::{clauses, has_list, sentences, subject_key, subject_of, trimmed, without_lead};
use super::draft::{Draft, LinkKind, Ref};
use super::features::feature;
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::points::{are_fields, is_app_head};
use super::purpose::domain_in;
use super::relations;
use super::source::Source;
use super::stories::wish;
use super::tokens::{Kind, Token, phrase};
use super::{access, heads, names, negations, states, theme, verbs};

/// Reads sentences into a draft.
pub(super) struct Sentences<'a> {
    pub(super) source: &'a Source,
    pub(super) draft: Draft,
    /// The entity that "it" and verbless points are about.
    pub(super) current: Option<String>,
    /// Sentences read so far.
    pub(super) count: usize,
    /// Whether the subject of the clause stands in the plural: "tasks belong to projects" gives each task one.
    pub(super) plural_subject: bool,
    /// Whether the clause says "must have", so that what it lists is required.
    pub(super) must: bool,
}

impl<'a> Sentences<'a> {
    /// A reader at the beginning of a text, who knows which nouns are entities.
    pub(super) fn new(source: &'a Source, known: BTreeSet<String>) -> Self {
        Self {
            source,
            draft: Draft::knowing(known),
            current: None,
            count: 0,
            plural_subject: false,
            must: false,
        }
    }
}

impl Sentences<'_> {
    /// Reads a paragraph.
    pub(super) fn paragraph(&mut self, tokens: &[Token]) {
        for sentence in sentences(tokens) {
            self.sentence(sentence);
        }
    }

    /// Reads one sentence.
    pub(super) fn sentence(&mut self, tokens: &[Token]) {
        let early = self.count < 4;
        self.count += 1;
        let tokens = theme::take(self.source, tokens.to_vec(), early, &mut self.draft);
        let tokens = names::take(self.source, tokens, early, &mut self.draft);
        let tokens = negations::take(self, tokens);
        let tokens = trimmed(&tokens);
        if tokens.iter().filter(|token| token.kind != Kind::Sign).count() == 0 {
            return;
        }
        if wish(tokens).is_some() {
            self.clause(tokens);
            return;
        }
        for clause in clauses(tokens) {
            self.clause(trimmed(clause));
        }
    }

    pub(super) fn text(&self, tokens: &[Token]) -> String {
        self.source.quote(tokens)
    }

    fn clause(&mut self, tokens: &[Token]) {
        if tokens.is_empty() {
            return;
        }
        let text = self.text(tokens);
        if let Some(wish) = wish(tokens) {
            let refs = self.story(wish);
            if !refs.is_empty() || feature(wish).is_none() {
                self.draft.cover(text, refs);
            }
            return;
        }
        let tokens = without_lead(tokens);
        if !tokens.is_empty() {
            self.read_clause(text, tokens);
        }
    }

    /// Reads a clause without what leads up to it; `text` is what the coverage quotes.
    fn read_clause(&mut self, text: String, tokens: &[Token]) {
        if let Some(refs) = negations::denied(self, tokens) {
            self.draft.list(text, refs);
            return;
        }
        if let Some(rewritten) = heads::permitted(tokens) {
            return self.read_clause(text, &rewritten);
        }
        if let Some((key, list, aside)) = heads::headed(tokens) {
            self.draft.declare(&key);
            self.remember(&key);
            let members = self.members(&key, list);
            self.cover_members(text, members);
            if !aside.is_empty()
                && let Some(refs) = access::read(aside, Some(&key), &mut self.draft)
            {
                let text = self.text(aside);
                self.draft.cover(text, refs);
            }
            return;
        }
        if let Some((key, list)) = heads::for_each(tokens) {
            self.draft.declare(&key);
            self.remember(&key);
            let members = self.members(&key, list);
            self.cover_members(text, members);
            return;
        }
        self.declare_subject(tokens);
        if let Some(refs) = self.keyed(tokens).or_else(|| self.deeds(tokens)) {
            self.draft.cover(text, refs);
            return;
        }
        if let Some(refs) = verbs::remarks(self, tokens) {
            self.draft.cover(text, refs);
            return;
        }
        let is_list = tokens.iter().any(|token| token.is_any(&["with", "has", "have"]));
        if !(self.count <= 1 && is_list)
            && let Some(refs) = access::read(tokens, self.current.as_deref(), &mut self.draft)
        {
            self.own_lists(tokens);
            self.draft.cover(text, refs);
            return;
        }
        if let Some((key, list)) = self.trailing_list(tokens) {
            self.draft.declare(&key);
            self.remember(&key);
            let members = self.members(&key, list);
            self.cover_members(text, members);
            return;
        }
        if let Some(refs) = self.app_level(tokens) {
            if !refs.is_empty() {
                self.draft.cover(text, refs);
            }
            return;
        }
        let named = feature(tokens);
        if let Some(found) = named.as_ref().filter(|found| !found.supported && !is_list) {
            self.draft.refuse(text, &found.name);
            return;
        }
        // "books (title, price), authors (name)" lists entities with their fields.
        let open = tokens.iter().position(|token| token.is("(")).filter(|at| (1..=3).contains(at));
        let noun_phrase = |at: usize| at == 1 || !is_plural(&tokens[0].low);
        let titled = |at: usize| {
            tokens[0].text.chars().next().is_some_and(char::is_uppercase)
                && tokens[..at].iter().all(Token::is_word)
                && are_fields(tokens.get(at + 1..).unwrap_or_default())
                && tokens.last().is_some_and(|token| token.is(")"))
        };
        if let Some(at) = open.filter(|&at| {
            noun_phrase(at)
                && (is_plural(&tokens[at - 1].low) || titled(at))
                && !lexicon().is_field_word(&tokens[at - 1].low)
        }) {
            let key = key_of(&phrase(&tokens[..at]));
            if self.current.is_none() || lexicon().noun(&key).is_some() || titled(at) {
                let refs = self.entity_list(tokens);
                self.draft.cover(text, refs);
                return;
            }
        }
        if let Some(refs) = self.field_statement(tokens) {
            self.draft.cover(text, refs);
            return;
        }
        let (subject, verb) = subject_of(tokens);
        let subject_key = self.subject(subject);
        if let Some(key) = subject_key.clone() {
            self.plural_subject =
                subject.last().is_some_and(|token| is_plural(&token.low) || token.is("they"));
            let read = relations::read(self, &key, &tokens[verb..])
                .or_else(|| states::read(self, &key, &tokens[verb..]));
            self.plural_subject = false;
            if let Some(refs) = read {
                self.remember(&key);
                self.draft.cover(text, refs);
                return;
            }
            if let Some(list) = has_list(&tokens[verb..]) {
                self.remember(&key);
                self.must = tokens.get(verb).is_some_and(|token| token.is("must"));
                let refs = self.members(&key, list);
                self.must = false;
                self.cover_members(text, refs);
                return;
            }
        }
        if let Some(refs) = verbs::between(self, tokens).or_else(|| self.nouns(tokens)) {
            self.draft.cover(text, refs);
            return;
        }
        match named {
            Some(found) if found.supported => self.draft.cover(text, vec![Ref::Plain(found.name)]),
            Some(found) => self.draft.refuse(text, &found.name),
            None => {
                let refs = self.everyday(tokens);
                let title = self.count <= 1
                    && refs.is_empty()
                    && tokens.len() <= 2
                    && self.source.text.len() > 2 * text.len()
                    && tokens
                        .iter()
                        .all(|token| token.is_word() && token.text.is_ascii() && token.text.len() > 3)
                    && self.draft.things.is_empty();
                if title {
                    // "Genealogy. A person has …" begins with what the app is called.
                    self.draft.fallback_name.get_or_insert_with(|| text.clone());
                    self.draft.cover(text, vec![Ref::Plain("app.name".into())]);
                } else {
                    self.draft.cover(text, refs);
                }
            }
        }
    }

    /// "Movies: title, release date" in the midst of prose.
    fn keyed(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
        let colon = tokens
            .iter()
            .position(|token| token.is_any(&[":", "-", "="]))
            .filter(|at| (1..=3).contains(at))
            .filter(|&at| {
                tokens[at].is(":") || tokens[at..].iter().filter(|token| token.is(",")).count() > 1
            })?;
        let (head, rest) = (&tokens[..colon], &tokens[colon + 1..]);
        if let Some(refs) = self.values(head, rest) {
            return Some(refs);
        }
        let key = subject_key(head);
        let named = head.len() == 1
            && head[0].text.chars().next().is_some_and(char::is_uppercase)
            && are_fields(rest);
        let known = lexicon().noun(&key).is_some() || self.draft.has(&key) || named;
        let described = key == "application" && are_fields(rest) && !self.draft.things.is_empty();
        let sound = head.iter().all(Token::is_word)
            && (described || !is_app_head(head))
            && !(head.len() > 1 && is_plural(&head[0].low))
            && !self.lists_entities(head, rest)
            && (known || lexicon().is_user(&key) || is_plural(&head[colon - 1].low) && are_fields(rest))
            && !lexicon().is_field_word(&key);
        if !sound || rest.is_empty() || !(lexicon().is_user(&key) || self.draft.declare_described(&key)) {
            return None;
        }
        let key = if lexicon().is_user(&key) { "user".to_owned() } else { key };
        self.remember(&key);
        let mut refs: Vec<Ref> = if key == "user" { Vec::new() } else { vec![Ref::Entity(key.clone())] };
        refs.extend(self.members(&key, rest).into_iter().flat_map(|(_, refs)| refs));
        Some(refs)
    }

    /// "A shop: products with a price" in a first sentence: an app and its entities rather than a record and its fields.
    pub(super) fn lists_entities(&self, head: &[Token], rest: &[Token]) -> bool {
        self.count <= 1
            && domain_in(head)
            && rest
                .first()
                .is_some_and(|token| is_plural(&token.low) && lexicon().noun(&singular(&token.low)).is_some())
    }

    /// "Users can create projects with a name and a deadline".
    fn deeds(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
        let (subject, verb) = subject_of(tokens);
        let key = subject_key(subject);
        let modal = tokens[verb..]
            .iter()
            .take_while(|token| token.is_any(&["can", "may", "should", "must", "be", "able", "to", "will"]))
            .count();
        let rest = &tokens[verb + modal..];
        let user = lexicon().is_user(&key) || lexicon().is_user_role(&key);
        let lists = rest.iter().position(|token| token.is_any(&["with", "("])).is_some_and(|at| at > 1);
        let creates = rest.first().is_some_and(|token| {
            token.is_any(&[
                "create", "add", "record", "log", "register", "manage", "write", "post", "submit", "enter",
                "track",
            ])
        });
        if !(user && modal > 0 && lists && creates) {
            return None;
        }
        let refs = self.story(rest);
        (!refs.is_empty()).then_some(refs)
    }

    /// "Users can create, edit and delete books" says what every app does for all its entities.
    fn everyday(&self, tokens: &[Token]) -> Vec<Ref> {
        const DEEDS: &[&str] = &[
            "create", "edit", "delete", "update", "add", "remove", "view", "see", "browse", "list", "manage",
            "change", "open", "mark", "set", "write", "post", "filter", "sort",
        ];
        if !tokens.iter().any(|token| token.is_any(DEEDS)) {
            return Vec::new();
        }
        let mut refs: Vec<Ref> = Vec::new();
        for token in tokens {
            if let Some((key, 0)) = self.draft.resolve(&singular(&token.low)) {
                let entity = Ref::Entity(key);
                if !refs.contains(&entity) {
                    refs.push(entity);
                }
            }
        }
        refs
    }

    /// The entity of "it": set by the last sentence that was about one.
    pub(super) fn remember(&mut self, key: &str) {
        if key != "user" {
            self.current = Some(key.to_owned());
        }
    }

    /// Declares the subject of "each X has …", "X belongs to …", "X are public".
    fn declare_subject(&mut self, tokens: &[Token]) {
        let (subject, verb) = subject_of(tokens);
        let finite = tokens.get(verb).is_some_and(|token| {
            token.is_any(&[
                "has", "have", "belongs", "belong", "contains", "contain", "consists", "includes", "include",
                "links", "connects",
            ]) || token.is_any(&["can", "may", "must", "should"])
                && tokens
                    .get(verb + 1)
                    .is_some_and(|t| t.is_any(&["have", "belong", "contain", "be", "include"]))
                || token.is_any(&["are", "is"])
                    && tokens.get(verb + 1).is_some_and(|t| {
                        t.low.ends_with("ed")
                            && tokens.get(verb + 2).is_some_and(|t| {
                                t.is_any(&["by", "to", "in", "on", "at", "for", "with", "from"])
                            })
                            || t.is_any(&[
                                "public",
                                "private",
                                "linked",
                                "written",
                                "assigned",
                                "played",
                                "part",
                                "made",
                                "related",
                                "placed",
                                "grouped",
                                "owned",
                                "managed",
                                "described",
                            ])
                    })
        });
        // "Each visit is for one pet" is about a visit where pets are known.
        let tied = tokens.first().is_some_and(|token| token.is_any(&["each", "every"]))
            && tokens.get(verb).is_some_and(|token| token.is("is"))
            && tokens.get(verb + 1).is_some_and(|token| token.is_any(&["for", "of", "about"]))
            && tokens.get(verb + 3).is_some_and(|noun| self.draft.has(&singular(&noun.low)));
        if !(finite || tied)
            || subject.is_empty()
            || subject.iter().any(|t| t.is_any(&["which", "that", "who", "where"]))
        {
            return;
        }
        if let Some(at) = subject.iter().position(|token| token.is("'s")) {
            self.possessive(&subject[..at], &subject[at + 1..]);
            return;
        }
        let key = subject_key(subject);
        let words = key.split(' ').count();
        if let Some((known, 0)) = self.draft.resolve(&key) {
            self.draft.declare(&known);
        }
        if key.is_empty()
            || words > 3
            || subject.iter().any(|token| !token.is_word())
            || self.draft.resolve(&key).is_some_and(|(_, skip)| skip == 0)
        {
            return;
        }
        let last = subject.last().map_or("", |token| token.low.as_str());
        let determined = subject[0].is_any(&["each", "every", "a", "an"]);
        let told = determined && tokens[verb].is_any(&["has", "have"]) && tokens.len() > verb + 3;
        let field = lexicon().is_field_word(&key) && lexicon().noun(&key).is_none() && !told;
        let meant = subject[0].is_any(&["the", "this", "our", "my"]) && !is_plural(last);
        let appish = meant && self.count <= 2 && lexicon().domain_phrases.contains_key(&key)
            || lexicon().grammar.app.contains(last) && (lexicon().noun(&key).is_none() || meant)
            || lexicon().grammar.app_only.contains(&key);
        let role = lexicon().is_user(&key)
            || lexicon().is_user_role(&key)
                && !(has_list(&tokens[verb..]).is_some() && tokens[verb].is_any(&["has", "have"]));
        let pronoun = lexicon().grammar.pronouns.contains(&key)
            || matches!(
                key.as_str(),
                "there" | "i" | "we" | "you" | "everything" | "nothing" | "reading" | "editing"
            );
        let nameable = determined || is_plural(last) || lexicon().noun(&key).is_some();
        // "A ski school has instructors and courses" is the app.
        let listing = self.count <= 1
            && domain_in(subject)
            && lexicon().noun(&key).is_none()
            && has_list(&tokens[verb..]).is_some_and(|list| {
                items(list)
                    .iter()
                    .all(|item| item.len() <= 2 && item.last().is_some_and(|t| is_plural(&t.low)))
            });
        if nameable && !listing && !field && !appish && !role && !pronoun {
            self.draft.declare(&key);
        }
    }

    /// "Each book's author has a name" names both; "a book's price" only the first.
    fn possessive(&mut self, owner: &[Token], part: &[Token]) {
        let (owner, part) = (subject_key(owner), subject_key(part));
        if lexicon().is_user(&owner) || lexicon().noun(&owner).is_none() && !self.draft.has(&owner) {
            return;
        }
        let record = self.draft.has(&part)
            || lexicon().noun(&part).is_some()
                && !lexicon().is_field_word(&part)
                && lexicon().type_of(&part) == crate::blueprint::FieldType::String;
        if self.draft.declare(&owner) && record && self.draft.declare(&part) {
            relations::link(&mut self.draft, LinkKind::Belongs, &owner, &part, None, false);
        }
    }

    /// "Each user has their own shopping lists" names an entity too.
    fn own_lists(&mut self, tokens: &[Token]) {
        if let Some(at) = tokens.iter().position(|token| token.is("own")) {
            let rest: Vec<Token> = tokens[at + 1..]
                .iter()
                .take(3)
                .take_while(|t| t.is_word() && !t.is_any(&["and", "with"]))
                .cloned()
                .collect();
            let key = key_of(&phrase(&rest));
            let plural = rest.last().is_some_and(|token| is_plural(&token.low));
            if plural
                && self.draft.resolve(&key).is_none()
                && !lexicon().grammar.app.contains(&key)
                && self.draft.declare(&key)
                && let Some(thing) = self.draft.thing(&key)
            {
                thing.access = Some(crate::blueprint::Access::Owned);
            }
        }
    }

    /// The key of the subject; the current entity where there is none or a pronoun.
    fn subject(&mut self, subject: &[Token]) -> Option<String> {
        let key = subject_key(subject);
        let last = key.rsplit(' ').next().unwrap_or_default();
        if key.is_empty()
            || lexicon().grammar.pronouns.contains(&key)
            || matches!(key.as_str(), "record" | "entry of these")
        {
            return self.current.clone();
        }
        if let Some((key, _)) = self.draft.resolve(&key).filter(|(_, skip)| *skip <= 1) {
            return Some(key);
        }
        if lexicon().is_user(&key) || lexicon().is_user(last) || lexicon().is_user_role(&key) {
            return Some("user".into());
        }
        None
    }
}
