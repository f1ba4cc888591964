//! Sentences: split into clauses, each read as a statement about the app, an entity or a field.

use std::collections::BTreeSet;

use super::clauses::{clauses, has_list, sentences, subject_key, subject_of, trimmed, without_lead};
use super::draft::{Draft, Ref};
use super::features::feature;
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::points::{are_fields, is_app_head, is_field};
use super::predicates::{be, is_participle};
use super::purpose::domain_in;
use super::recast::recast;
use super::relations;
use super::source::Source;
use super::stories::wish;
use super::tokens::{Kind, Token, phrase};
use super::{access, deeds, heads, joins, names, negations, states, theme, verbs};

/// Longest sentence that is read in one piece; only hostile texts have longer ones.
const MAX_TOKENS: usize = 1_000;

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
    /// Whether it says "may have", so that the ties it lists are not.
    pub(super) may: bool,
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
            may: false,
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
        // What rules look for behind a word, they look for up to the sentence's end.
        if tokens.len() > MAX_TOKENS {
            tokens.chunks(MAX_TOKENS).for_each(|piece| self.sentence(piece));
            return;
        }
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
        for sentence in recast(tokens) {
            let mut about: Option<(String, bool)> = None;
            for (at, clause) in clauses(&sentence).into_iter().enumerate() {
                let clause = trimmed(clause);
                // "A loan covers one book, has a due date": what has no subject is about the first one, if its number fits.
                if at > 0
                    && let Some((key, plural)) = &about
                    && clause.first().is_some_and(|token| {
                        let verbs: &[&str] = if *plural {
                            &["have", "belong", "contain", "include"]
                        } else {
                            &["has", "belongs", "contains", "includes"]
                        };
                        token.is_any(verbs)
                    })
                {
                    self.current = Some(key.clone());
                }
                self.clause(clause);
                if at == 0 {
                    about = self.first_subject(clause);
                }
            }
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
        // "Reported by a tenant, assigned to a contractor", behind what is.
        if is_participle(tokens)
            && let Some(key) = self.current.clone()
        {
            let said: Vec<Token> = std::iter::once(be(&tokens[0])).chain(tokens.iter().cloned()).collect();
            if let Some(refs) = relations::read(self, &key, &said) {
                self.draft.cover(text, refs);
                return;
            }
        }
        if let Some(short) = heads::unqualified(self, tokens) {
            return self.read_clause(text, &short);
        }
        if let Some(refs) = self.roll_call(tokens) {
            self.draft.cover(text, refs);
            return;
        }
        if let Some(name) = heads::register(tokens) {
            let words: Vec<&str> = name.iter().map(|token| token.low.as_str()).collect();
            self.draft.fallback_name = self.draft.fallback_name.take().or_else(|| names::from_head(&words));
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
        if let Some(refs) = deeds::recorded(self, tokens)
            .or_else(|| deeds::remarks(self, tokens))
            .or_else(|| joins::put(self, tokens))
            .or_else(|| joins::went(self, tokens))
        {
            self.draft.cover(text, refs);
            return;
        }
        let is_list = tokens.iter().any(|token| token.is_any(&["with", "has", "have"]));
        if !(self.count <= 1 && is_list)
            && let Some(refs) = access::read(tokens, self.current.as_deref(), &mut self.draft)
        {
            self.own_lists(tokens);
            // "Shows are public, only admins can edit them."
            if let ([Ref::Access(key)], Some(true)) =
                (refs.as_slice(), tokens.first().map(|token| is_plural(&token.low)))
                && !key.is_empty()
            {
                let key = key.clone();
                self.remember(&key);
            }
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
            let listed = tokens.last().is_some_and(|token| token.is(")"))
                && are_fields(&tokens[at + 1..tokens.len() - 1]);
            if self.current.is_none() || lexicon().noun(&key).is_some() || titled(at) || listed {
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
                self.may = tokens.get(verb).is_some_and(|token| token.is_any(&["may", "can", "optionally"]));
                let refs = self.members(&key, list);
                (self.must, self.may) = (false, false);
                // "Courses are identified by a code": no two have the same one.
                if tokens[verb..].iter().take(3).any(|token| token.is("identified"))
                    && let Some(Ref::Field(_, name)) = refs.first().and_then(|(_, refs)| refs.first())
                    && let Some(thing) = self.draft.thing(&key)
                    && let Some(field) = thing.fields.iter_mut().find(|field| field.name == *name)
                {
                    field.unique = field.kind == crate::blueprint::FieldType::String;
                }
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
        if rest.first().is_some_and(|token| token.is_any(&["we", "i", "our", "my"])) {
            return None;
        }
        if let Some(refs) = self.values(head, rest) {
            return Some(refs);
        }
        let key = subject_key(head);
        let named = head.len() == 1
            && head[0].text.chars().next().is_some_and(char::is_uppercase)
            && (are_fields(rest) || tokens[colon].is(":") && self.are_members(rest));
        let known = lexicon().noun(&key).is_some() || self.draft.has(&key) || named;
        let described = key == "application" && are_fields(rest) && !self.draft.things.is_empty();
        let sound = head.iter().all(Token::is_word)
            && (described || !is_app_head(head) || named && self.count > 1)
            && !(head.len() > 1 && is_plural(&head[0].low))
            && !self.lists_entities(head, rest)
            && (known || lexicon().is_user(&key) || is_plural(&head[colon - 1].low) && are_fields(rest))
            && (!lexicon().is_field_word(&key) || named && self.count > 1 && items(rest).len() >= 3);
        if !sound || rest.is_empty() || !(lexicon().is_user(&key) || self.draft.declare_described(&key)) {
            return None;
        }
        let key = if lexicon().is_user(&key) { "user".to_owned() } else { key };
        self.remember(&key);
        let mut refs: Vec<Ref> = if key == "user" { Vec::new() } else { vec![Ref::Entity(key.clone())] };
        refs.extend(self.members(&key, rest).into_iter().flat_map(|(_, refs)| refs));
        Some(refs)
    }

    /// Whether most of a list are fields that are well known, or things that the text speaks of.
    fn are_members(&self, list: &[Token]) -> bool {
        let list = items(list);
        let thing =
            |item: &Vec<Token>| self.draft.resolve(&subject_key(item)).is_some_and(|(_, skip)| skip == 0);
        let known = list.iter().filter(|item| thing(item) || is_field(item)).count();
        list.len() >= 2 && known * 2 >= list.len()
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
}
