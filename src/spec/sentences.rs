//! Sentences: split into clauses, each read as a statement about the app, an entity or a field.

use super::clauses::{clauses, has_list, sentences, subject_key, subject_of, trimmed, without_lead};
use super::draft::{Draft, LinkKind, Ref};
use super::features::feature;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::points::{are_fields, is_app_head};
use super::relations;
use super::stories::wish;
use super::tokens::{Kind, Token, phrase, source_of};
use super::{access, names, theme};

/// Reads sentences into a draft.
pub(super) struct Sentences<'a> {
    pub(super) source: &'a str,
    pub(super) draft: Draft,
    /// The entity that "it" and verbless points are about.
    pub(super) current: Option<String>,
    /// Sentences read so far.
    pub(super) count: usize,
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
        let tokens = theme::take(self.source, tokens.to_vec(), &mut self.draft);
        let tokens = names::take(self.source, tokens, early, &mut self.draft);
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
        source_of(self.source, tokens)
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
        if tokens.is_empty() {
            return;
        }
        self.declare_subject(tokens);
        if let Some(refs) = self.keyed(tokens).or_else(|| self.deeds(tokens)) {
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
        if let Some(at) =
            open.filter(|&at| is_plural(&tokens[at - 1].low) && !lexicon().is_field_word(&tokens[at - 1].low))
        {
            let key = key_of(&phrase(&tokens[..at]));
            if self.current.is_none() || lexicon().noun(&key).is_some() {
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
            if let Some(refs) = relations::read(self, &key, &tokens[verb..]) {
                self.remember(&key);
                self.draft.cover(text, refs);
                return;
            }
            if let Some(list) = has_list(&tokens[verb..]) {
                self.remember(&key);
                let refs = self.members(&key, list);
                self.cover_members(text, refs);
                return;
            }
        }
        if let Some(refs) = relations::verb_between(self, tokens) {
            self.draft.cover(text, refs);
            return;
        }
        match named {
            Some(found) if found.supported => self.draft.cover(text, vec![Ref::Plain(found.name)]),
            Some(found) => self.draft.refuse(text, &found.name),
            None => {
                let refs = self.everyday(tokens);
                self.draft.cover(text, refs);
            }
        }
    }

    /// "Movies: title, release date" in the midst of prose.
    fn keyed(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
        let colon = tokens.iter().position(|token| token.is(":")).filter(|at| (1..=3).contains(at))?;
        let (head, rest) = (&tokens[..colon], &tokens[colon + 1..]);
        let key = subject_key(head);
        let known = lexicon().noun(&key).is_some() || self.draft.has(&key);
        let sound = head.iter().all(Token::is_word)
            && !is_app_head(head)
            && (known || lexicon().is_user(&key) || is_plural(&head[colon - 1].low) && are_fields(rest))
            && !lexicon().is_field_word(&key);
        if !sound || rest.is_empty() || !(lexicon().is_user(&key) || self.draft.declare(&key)) {
            return None;
        }
        let key = if lexicon().is_user(&key) { "user".to_owned() } else { key };
        self.remember(&key);
        let mut refs: Vec<Ref> = if key == "user" { Vec::new() } else { vec![Ref::Entity(key.clone())] };
        refs.extend(self.members(&key, rest).into_iter().flat_map(|(_, refs)| refs));
        Some(refs)
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
        let user = lexicon().is_user(&key) || lexicon().is_user_role(&key) || self.draft.has(&key);
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
        if !finite
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
        let field = lexicon().is_field_word(&key) && lexicon().noun(&key).is_none();
        let appish = lexicon().grammar.app.contains(last) && lexicon().noun(&key).is_none()
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
        if nameable && !field && !appish && !role && !pronoun {
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
