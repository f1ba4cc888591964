//! Sentences: split into clauses, each read as a statement about the app, an entity or a field.

use super::draft::{Draft, LinkKind, Ref};
use super::features::feature;
use super::fields::{constraints, describe, enumeration};
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::relations;
use super::tokens::{Kind, Token, phrase, source_of};
use super::{access, names, theme};

/// Verbs that make what follows a list of what something has.
const HAS: &[&str] = &[
    "has",
    "have",
    "having",
    "contains",
    "contain",
    "containing",
    "includes",
    "include",
    "including",
    "with",
    "stores",
    "comprises",
    "comprise",
    "requires",
    "require",
    "needs",
    "featuring",
    "features",
    "carries",
    "carry",
    "holds",
    "hold",
    "tracks",
    "records",
    "captures",
    "consists",
];
/// Words that are verbs whatever stands around them: a clause may begin at an "and" before one.
const FINITE: &[&str] = &[
    "has",
    "have",
    "contains",
    "contain",
    "includes",
    "include",
    "belongs",
    "belong",
    "is",
    "are",
    "can",
    "may",
    "must",
    "should",
    "will",
    "cannot",
    "consists",
    "refers",
    "was",
    "were",
    "needs",
    "references",
];
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
        for clause in clauses(tokens) {
            self.clause(trimmed(clause));
        }
    }

    fn text(&self, tokens: &[Token]) -> String {
        source_of(self.source, tokens)
    }

    fn clause(&mut self, tokens: &[Token]) {
        if tokens.is_empty() {
            return;
        }
        let text = self.text(tokens);
        let tokens = without_lead(tokens);
        if tokens.is_empty() {
            return;
        }
        self.declare_subject(tokens);
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
        if let Some(refs) = self.verb_between(tokens) {
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
            ]) || token.is_any(&["can", "may", "must", "should"])
                && tokens
                    .get(verb + 1)
                    .is_some_and(|t| t.is_any(&["have", "belong", "contain", "be", "include"]))
                || token.is_any(&["are", "is"])
                    && tokens.get(verb + 1).is_some_and(|t| {
                        t.is_any(&[
                            "public",
                            "private",
                            "linked",
                            "written",
                            "assigned",
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
        if !finite || subject.is_empty() {
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

    /// Statements on a field that is there already: "Status is one of …", "The ISBN must be unique", "title defaults to …".
    fn field_statement(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
        let (subject, verb) = subject_of(tokens);
        let (subject, verb) = if verb == 0
            && tokens.first().is_some_and(|t| t.is("the"))
            && tokens.get(1).is_some_and(|t| t.is("default"))
        {
            // "The default status is draft."
            let at = tokens.iter().position(|token| token.is("is"))?;
            let value: Vec<String> = tokens[at + 1..].iter().map(|token| token.text.clone()).collect();
            return self.set_default(&tokens[2..at], value.join(" "));
        } else if subject.len() > 1 && subject.iter().any(|token| token.is("default")) {
            let at = subject.iter().position(|token| token.is("default"))?;
            let value: Vec<String> = tokens[verb + 1..].iter().map(|token| token.text.clone()).collect();
            return self.set_default(&subject[at + 1..], value.join(" "));
        } else {
            (subject, verb)
        };
        let words = phrase(subject);
        let (owner, name) = match words.split_once(" of ") {
            // "The price of a book", "a book's price".
            Some((name, owner)) => (Some(owner.to_owned()), name.to_owned()),
            None => match words.split_once(" 's ") {
                Some((owner, name)) => (Some(owner.to_owned()), name.to_owned()),
                None => (None, words.clone()),
            },
        };
        let strip = |text: &str| -> String {
            text.split(' ')
                .filter(|word| !lexicon().grammar.determiners.contains(*word))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let name = strip(&name);
        if name.is_empty() || verb >= tokens.len() {
            return None;
        }
        let owner_key = match owner {
            Some(owner) => Some(self.draft.resolve(&key_of(&strip(&owner)))?.0),
            None => None,
        };
        let plain = names_of(&name);
        let holds = |draft: &mut Draft, key: &str| {
            draft
                .thing(key)
                .and_then(|thing| thing.fields.iter().position(|field| plain.contains(&field.name)))
        };
        let key = match &owner_key {
            Some(key) => key.clone(),
            None => {
                let current = self.current.clone().filter(|key| holds(&mut self.draft, key).is_some());
                let other = || {
                    self.draft
                        .things
                        .iter()
                        .rev()
                        .find(|thing| thing.fields.iter().any(|field| plain.contains(&field.name)))
                        .map(|thing| thing.key.clone())
                };
                current.or_else(other)?
            }
        };
        let mut described = super::fields::Described { name, ..Default::default() };
        let from =
            if tokens[verb].is_any(&["goes", "ranges", "runs", "has", "have"]) { verb + 1 } else { verb };
        let tail = &tokens[from..];
        let enumerates = enumeration(tail).is_some();
        let mut padded = tail.to_vec();
        if enumerates && tail[0].is_any(&["is", "are"]) {
            padded[0].low = ":".into();
            padded[0].kind = Kind::Sign;
        }
        constraints(&padded, &mut described);
        let at = holds(&mut self.draft, &key);
        if !described.says_something() {
            return at
                .filter(|_| tokens[verb].is_any(&["is", "are", "should", "must"]))
                .map(|_| vec![Ref::Field(key.clone(), plain[0].clone())]);
        }
        let thing = self.draft.thing(&key)?;
        let Some(at) = at else {
            if thing.fields.len() >= super::draft::MAX_FIELDS {
                return None;
            }
            let field = described.field(&key);
            let name = field.name.clone();
            thing.fields.push(field);
            return Some(vec![Ref::Field(key, name)]);
        };
        let old = &thing.fields[at];
        let mut merged = described.clone();
        merged.kind = merged.kind.or_else(|| (described.values.is_empty()).then_some(old.kind));
        if merged.kind == Some(crate::blueprint::FieldType::String)
            && merged.has_bounds()
            && old.kind == crate::blueprint::FieldType::String
        {
            merged.kind = None;
        }
        if merged.values.is_empty() {
            merged.values.clone_from(&old.values);
        }
        let mut field = merged.field(&key);
        field.name.clone_from(&old.name);
        field.required = described.required.unwrap_or(old.required);
        field.unique |= old.unique;
        if field.default.is_none() || (old.default.is_some() && described.default.is_none()) {
            field.default.clone_from(&old.default);
        }
        if !described.has_bounds() {
            field.min.clone_from(&old.min);
            field.max.clone_from(&old.max);
        }
        let name = field.name.clone();
        thing.fields[at] = field;
        Some(vec![Ref::Field(key, name)])
    }

    fn set_default(&mut self, name: &[Token], value: String) -> Option<Vec<Ref>> {
        let names = names_of(&phrase(name));
        let thing = self
            .draft
            .things
            .iter_mut()
            .rev()
            .find(|thing| thing.fields.iter().any(|field| names.contains(&field.name)))?;
        let field = thing.fields.iter_mut().find(|field| names.contains(&field.name))?;
        let described = super::fields::Described {
            name: phrase(name),
            kind: Some(field.kind),
            default: Some(value),
            values: field.values.clone(),
            ..Default::default()
        };
        let made = described.field(&thing.key);
        field.default = made.default;
        field.values = made.values;
        Some(vec![Ref::Field(thing.key.clone(), field.name.clone())])
    }

    /// "A bookshop with authors, books and reviews", "an app to manage X and Y", "there are X and Y".
    fn app_level(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
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
                "having",
                "are",
                "manages",
                "tracks",
                "stores",
                "(",
            ]) || (token.is_any(KEEPS) && !noun_at(tokens, token))
        });
        let head = &tokens[..at.unwrap_or(tokens.len())];
        let key = subject_key(head);
        let last = key.rsplit(' ').next().unwrap_or_default().to_owned();
        let first_sentence = self.count <= 1;
        let plural_head = head.last().is_some_and(|token| is_plural(&token.low))
            && !lexicon().domain_phrases.contains_key(&phrase(head));
        let is_domain = domain_in(head);
        let pronoun =
            key.is_empty() || matches!(key.as_str(), "it" | "there" | "we" | "i" | "they" | "you" | "this");
        let appish = lexicon().grammar.app_only.contains(&last)
            || (first_sentence
                && lexicon().grammar.app.contains(&last)
                && !self.is_record_head(&key, tokens, at));
        let subject_app =
            appish || (first_sentence && is_domain && !plural_head && !self.is_record_head(&key, tokens, at));
        let personal = pronoun
            && (self.current.is_none() || key == "there" || key == "we" || key == "i")
            && (first_sentence || self.current.is_none() || key == "there" || key == "we" || key == "i");
        let user_keeps = lexicon().is_user(&key) && self.draft.things.is_empty() && first_sentence;
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
        let mut refs = self.entity_list(&tokens[list_at..]);
        if refs.is_empty() && subject_app && first_sentence {
            refs.push(Ref::Plain("app.description".into()));
        }
        Some(refs)
    }

    /// "A task with a title": a record and its fields rather than an app and its entities.
    fn is_record_head(&self, key: &str, tokens: &[Token], at: Option<usize>) -> bool {
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
            describe(item).is_some_and(|described| {
                let last =
                    item.iter().rev().find(|token| token.is_word()).map_or("", |token| token.low.as_str());
                described.says_something() || lexicon().is_field_word(&described.name) || !is_plural(last)
            })
        });
        fields.count() * 2 > list.len()
    }

    /// Entities of a purpose: "an app for tracking my plants", "a site about birds".
    fn purpose(&mut self, tokens: &[Token]) -> Vec<Ref> {
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

    /// Reads a list of entities, each perhaps with fields.
    pub(super) fn entity_list(&mut self, tokens: &[Token]) -> Vec<Ref> {
        let mut refs = Vec::new();
        let mut last: Option<String> = None;
        let mut last_has_fields = false;
        for item in items(tokens) {
            let item = trimmed(&item).to_vec();
            let entry = entry(&item);
            let Some(entry) = entry else { continue };
            let key = entry.key.clone();
            let known = self.draft.resolve(&key).filter(|(_, skip)| *skip == 0).map(|(key, _)| key);
            let noun = lexicon().noun(&key).is_some();
            // "books with title and price, authors with name": a bare word after fields is one more field.
            if last_has_fields
                && !entry.plural
                && known.is_none()
                && entry.parens.is_empty()
                && entry.rest.is_empty()
                && let Some(owner) = last.clone()
            {
                let more = self.member(&owner, &item);
                self.cover_members(self.text(&item), more);
                continue;
            }
            let found = feature(&item);
            let plain_noun =
                entry.key.split(' ').count() == 1 && (noun || known.is_some()) && entry.rest.is_empty();
            if let Some(found) = found.filter(|_| !plain_noun && known.is_none()) {
                let text = self.text(&item);
                if found.supported {
                    self.draft.cover(text, vec![Ref::Plain(found.name)])
                } else {
                    self.draft.refuse(text, &found.name)
                }
                continue;
            }
            if lexicon().is_user(&key) {
                refs.push(Ref::Plain("User".into()));
                if !entry.parens.is_empty() {
                    self.draft.declare_user();
                    refs.extend(self.members("user", &entry.parens).into_iter().flat_map(|(_, refs)| refs));
                }
                continue;
            }
            let acceptable = known.is_some()
                || entry.plural
                || noun
                || !entry.parens.is_empty()
                || (entry.determined && !lexicon().is_field_word(&key));
            let key = known.unwrap_or(key);
            if !acceptable || (lexicon().is_text_word(&key) && !noun) || !self.draft.declare(&key) {
                self.draft.cover(self.text(&item), Vec::new());
                continue;
            }
            refs.push(Ref::Entity(key.clone()));
            last_has_fields = false;
            if !entry.parens.is_empty() {
                for (_, more) in self.members(&key, &entry.parens) {
                    refs.extend(more);
                }
            }
            if let Some((first, rest)) = entry.rest.split_first() {
                if first.is_any(&["with", "having", "including", "containing"]) || first.is(":") {
                    last_has_fields = true;
                    let members = self.members(&key, rest);
                    refs.extend(members.into_iter().flat_map(|(_, refs)| refs));
                } else if first.is_any(&["that", "which", "who", "where"]) {
                    let verb = &rest[rest.iter().take_while(|t| t.is_any(&["also", "each"])).count()..];
                    let more = relations::read(self, &key, verb).or_else(|| {
                        has_list(verb).map(|list| {
                            last_has_fields = true;
                            self.members(&key, list).into_iter().flat_map(|(_, refs)| refs).collect()
                        })
                    });
                    refs.extend(more.unwrap_or_default());
                } else if first.is_any(&["of", "by", "for", "on", "in", "from", "to", "about"]) {
                    let target = subject_key(rest);
                    if let Some((target, _)) = self.draft.resolve(&target)
                        && target != key
                    {
                        refs.push(relations::link(
                            &mut self.draft,
                            LinkKind::Belongs,
                            &key,
                            &target,
                            None,
                            true,
                        ));
                    }
                }
            }
            last = Some(key);
        }
        refs
    }

    /// Reads what an entity has; for each item its text and what answers to it.
    pub(super) fn members(&mut self, key: &str, list: &[Token]) -> Vec<(String, Vec<Ref>)> {
        items(list)
            .into_iter()
            .map(|item| {
                let item = trimmed(&item).to_vec();
                let text = self.text(&item);
                (text, self.member(key, &item).into_iter().flat_map(|(_, refs)| refs).collect())
            })
            .collect()
    }

    /// Covers a clause by its members, and lists the ones that nothing answers to on their own.
    pub(super) fn cover_members(&mut self, text: String, members: Vec<(String, Vec<Ref>)>) {
        let mut refs: Vec<Ref> = Vec::new();
        let mut lost = Vec::new();
        for (text, found) in members {
            if found.is_empty() {
                lost.push(text);
            }
            for one in found {
                if !refs.contains(&one) {
                    refs.push(one);
                }
            }
        }
        if !refs.is_empty() {
            self.draft.cover(text, refs);
            for text in lost {
                self.lose(text);
            }
        } else if let Some(found) = lost
            .iter()
            .find_map(|text| feature(&super::tokens::tokenize(text, 0)).filter(|found| !found.supported))
        {
            self.draft.refuse(text, &found.name);
        } else {
            self.draft.cover(text, Vec::new());
        }
    }

    fn lose(&mut self, text: String) {
        match feature(&super::tokens::tokenize(&text, 0)) {
            Some(found) if found.supported => self.draft.cover(text, vec![Ref::Plain(found.name)]),
            Some(found) => self.draft.refuse(text, &found.name),
            None => self.draft.cover(text, Vec::new()),
        }
    }

    /// Reads one item as a field or a tie of an entity.
    pub(super) fn member(&mut self, key: &str, item: &[Token]) -> Vec<(String, Vec<Ref>)> {
        let text = self.text(item);
        let one = |refs: Vec<Ref>| vec![(text.clone(), refs)];
        if key == "user" {
            self.draft.declare_user();
        } else if !self.draft.declare(key) {
            return one(Vec::new());
        }
        // "belongs to an author", "assigned to a user" as a point of its own.
        let plain = trimmed(item);
        if plain.first().is_some_and(|token| {
            token.is_any(&[
                "belongs",
                "belong",
                "linked",
                "assigned",
                "written",
                "has",
                "have",
                "related",
                "references",
                "can",
                "may",
                "must",
                "many-to-many",
                "many-to-one",
                "created",
            ])
        }) {
            if let Some(refs) = relations::read(self, key, plain) {
                return one(refs);
            }
            if let Some(list) = has_list(plain) {
                return self.members(key, list);
            }
        }
        if let Some(refs) = relations::typed(self, key, plain) {
            return one(refs);
        }
        if let Some(refs) = relations::quantified(self, key, plain) {
            return one(refs);
        }
        let Some(described) = describe(plain) else { return one(Vec::new()) };
        let name = described.key();
        if let Some(refs) = relations::tie(self, key, plain, &described, &name) {
            return one(refs);
        }
        let camel = crate::naming::Words::of(&described.name).camel();
        if matches!(
            camel.as_str(),
            "id" | "createdAt"
                | "updatedAt"
                | "created"
                | "updated"
                | "creationDate"
                | "createdDate"
                | "owner"
                | "ownerId"
                | "uuid"
                | "modifiedAt"
                | "lastUpdated"
                | "timestamps"
        ) {
            return one(vec![Ref::Entity(key.to_owned())]);
        }
        if key == "user"
            && matches!(camel.as_str(), "name" | "email" | "password" | "role" | "fullName" | "emailAddress")
        {
            return one(vec![Ref::Plain(format!("User.{camel}"))]);
        }
        let known = lexicon().is_field_word(&described.name) || described.says_something();
        if !known
            && let Some(found) = feature(plain)
            && !found.supported
        {
            return one(Vec::new());
        }
        let mut field = described.field(key);
        if described.required.is_none() && matches!(field.name.as_str(), "name" | "title") && key != "user" {
            field.required = true;
        }
        let name = field.name.clone();
        if self.draft.add_field(key, field) {
            one(vec![Ref::Field(key.to_owned(), name)])
        } else {
            one(Vec::new())
        }
    }

    /// "Authors write books", "Customers place orders": a verb between two entities.
    fn verb_between(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
        relations::verb_between(self, tokens)
    }
}

/// Cuts tokens into sentences: at full stops and the like outside parentheses.
fn sentences(tokens: &[Token]) -> Vec<&[Token]> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut opened = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.low.as_str() {
            "(" => {
                depth += 1;
                opened = at;
            }
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        // A parenthesis that is still open after so many words was never closed.
        if depth > 0 && at - opened > 120 {
            depth = 0;
        }
        let ends =
            token.kind == Kind::Sign && matches!(token.low.as_str(), "." | "!" | "?" | ";") && depth == 0;
        // "1 . . 5" is a range.
        let range = token.is(".")
            && (tokens.get(at + 1).is_some_and(|t| t.is(".")) || at > start && tokens[at - 1].is("."));
        if ends && !range {
            found.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    found.push(&tokens[start..]);
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// Cuts a sentence into clauses: at "and", "but", "while" or a comma before a verb or a subject with its verb.
fn clauses(tokens: &[Token]) -> Vec<&[Token]> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.low.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 || at <= start || !token.is_any(&["and", "but", "while", ",", "whereas", "plus"]) {
            continue;
        }
        let mut next = at + 1;
        while tokens.get(next).is_some_and(|t| t.is_any(&["and", "but", "also", "then", ",", "while"])) {
            next += 1;
        }
        let Some(first) = tokens.get(next) else { continue };
        if first.is_any(&["whether", "which", "that", "if", "when", "how", "who"]) {
            continue;
        }
        // "that is planned, is …" does not begin a clause, nor does "can be" inside "that can be".
        let verb = first.is_any(FINITE)
            && !tokens[start..at].last().is_some_and(|t| t.is_any(&["that", "which", "it"]));
        let subject = first.is_word()
            && !verb
            && (1..=4).any(|length| {
                let words = tokens.get(next..next + length).unwrap_or_default();
                words.len() == length
                    && words.iter().all(|t| {
                        t.is_word()
                            && !t.is_any(FINITE)
                            && !t.is_any(&[
                                "that", "which", "who", "and", "or", "with", "whether", "when", "how", "it",
                                "they", "by", "on", "at", "of", "if",
                            ])
                    })
                    && tokens.get(next + length).is_some_and(|t| t.is_any(FINITE))
            });
        let pronoun = first.is_any(&["it", "they", "only", "anyone", "everyone"])
            && tokens[next..].iter().take(4).any(|t| t.is_any(FINITE));
        if verb || subject || pronoun {
            found.push(&tokens[start..at]);
            start = next;
        }
    }
    if start < tokens.len() {
        found.push(&tokens[start..]);
    }
    found
}

/// Drops signs and joining words from both ends.
pub(super) fn trimmed(tokens: &[Token]) -> &[Token] {
    let edge = |token: &Token| {
        (token.kind == Kind::Sign && !matches!(token.low.as_str(), "(" | ")" | "[" | "]"))
            || token.is_any(&["and", "also", "but", "etc", "plus"])
    };
    let start = tokens.iter().position(|token| !edge(token)).unwrap_or(tokens.len());
    let end = tokens.iter().rposition(|token| !edge(token)).map_or(start, |at| at + 1);
    &tokens[start..end.max(start)]
}

/// Drops "please build me", "I want", "we need" and the like.
fn without_lead(tokens: &[Token]) -> &[Token] {
    const LEADS: &[&str] = &[
        "please",
        "build",
        "create",
        "make",
        "generate",
        "develop",
        "design",
        "give",
        "me",
        "us",
        "i",
        "we",
        "want",
        "need",
        "would",
        "like",
        "to",
        "have",
        "id",
        "i'd",
        "can",
        "could",
        "you",
        "additionally",
        "furthermore",
        "moreover",
        "then",
        "finally",
        "in",
        "addition",
        "also",
        "lets",
        "let's",
        "just",
        "hello",
        "hi",
        "write",
        "implement",
        "looking",
        "for",
        "im",
        "i'm",
        "so",
        "basically",
        "here",
        "is",
        "this",
        "it",
    ];
    let lead = tokens.first().is_some_and(|t| {
        t.is_any(&[
            "please",
            "build",
            "create",
            "make",
            "generate",
            "develop",
            "design",
            "give",
            "i",
            "we",
            "i'd",
            "additionally",
            "furthermore",
            "moreover",
            "finally",
            "let's",
            "hello",
            "hi",
            "write",
            "implement",
            "i'm",
            "this",
            "also",
        ])
    });
    if !lead {
        return tokens;
    }
    let skip = tokens.iter().take_while(|token| token.is_any(LEADS) || token.is(",")).count();
    // "I keep track of" and "this has" keep their verb.
    let rest = &tokens[skip.min(tokens.len())..];
    let back = skip > 0
        && tokens[skip - 1].is_any(&["have", "is", "has"])
        && !tokens[..skip].iter().any(|t| t.is_any(&["to", "would"]));
    if back { &tokens[skip - 1..] } else { rest }
}

/// The tokens before the verb, and where the verb stands.
pub(super) fn subject_of(tokens: &[Token]) -> (&[Token], usize) {
    let at = tokens
        .iter()
        .position(|token| {
            token.is_any(FINITE)
                || token.is_any(&[
                    "defaults",
                    "goes",
                    "ranges",
                    "runs",
                    "having",
                    "with",
                    "consist",
                    "comprises",
                    "requires",
                    "require",
                    "stores",
                    "include",
                    ":",
                    "(",
                ])
        })
        .unwrap_or(tokens.len());
    (&tokens[..at], at)
}

/// A noun phrase as a key, its determiners and adjectives of quantity left out.
pub(super) fn subject_key(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens
        .iter()
        .filter(|token| token.is_word())
        .map(|token| token.low.as_str())
        .filter(|low| {
            !lexicon().grammar.determiners.contains(*low)
                && !matches!(*low, "'s" | "many" | "several" | "multiple" | "new" | "existing" | "individual")
        })
        .collect();
    if words.is_empty() {
        let plain = phrase(tokens);
        return if lexicon().grammar.pronouns.contains(&plain) { plain } else { String::new() };
    }
    if words.len() > 6 { words[..6].join(" ") } else { key_of(&words.join(" ")) }
}

/// What follows a verb of having, if one leads.
pub(super) fn has_list(tokens: &[Token]) -> Option<&[Token]> {
    let mut at = 0;
    while tokens.get(at).is_some_and(|token| {
        token.is_any(&[
            "can",
            "may",
            "must",
            "should",
            "will",
            "also",
            "always",
            "optionally",
            "could",
            "then",
            "each",
            "would",
            "only",
            "usually",
            "typically",
        ])
    }) {
        at += 1;
    }
    let verb = tokens.get(at)?;
    if verb.is_any(&["is", "are"])
        && tokens
            .get(at + 1)
            .is_some_and(|t| t.is_any(&["described", "defined", "characterized", "identified"]))
    {
        return tokens.get(at + 3..);
    }
    if !verb.is_any(HAS) && !verb.is(":") && !verb.is("(") {
        return None;
    }
    at += 1;
    while tokens.get(at).is_some_and(|token| {
        token.is_any(&["of", ":", "the", "following", "fields", "attributes", "properties", "these", "at"])
    }) && tokens.get(at + 1).is_some()
    {
        at += 1;
    }
    let list = tokens.get(at..)?;
    (!list.is_empty()).then_some(list)
}

/// Names under which a field may be kept: "e-mail address" and "email".
fn names_of(words: &str) -> Vec<String> {
    let camel = |text: &str| crate::naming::Words::of(text).camel();
    let mut names = vec![camel(words)];
    let last = words.rsplit(' ').next().unwrap_or_default();
    if words.contains(' ') && matches!(last, "field" | "value" | "values") {
        names.push(camel(words.trim_end_matches(last).trim()));
    }
    let one = singular(words);
    if one != words {
        names.push(camel(&one));
    }
    names
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
    let keeps = tokens[from..].iter().position(|token| token.is_any(KEEPS)).map(|at| at + from);
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

/// Whether a word that is a verb too follows a determiner: "a book", "each log".
fn noun_at(tokens: &[Token], token: &Token) -> bool {
    tokens.windows(2).any(|pair| {
        pair[1].start == token.start && pair[0].is_any(&["a", "an", "the", "each", "every", "one"])
    })
}

/// One entry of a list of entities.
struct Entry {
    key: String,
    plural: bool,
    determined: bool,
    parens: Vec<Token>,
    rest: Vec<Token>,
}

fn entry(tokens: &[Token]) -> Option<Entry> {
    let start = tokens
        .iter()
        .take_while(|t| {
            t.is_word()
                && (lexicon().grammar.determiners.contains(&t.low)
                    || lexicon().grammar.many.contains(&t.low)
                    || t.is("of"))
        })
        .count();
    let start = if start == tokens.len() { 0 } else { start };
    let determined = tokens.first().is_some_and(|t| t.is_any(&["a", "an"]));
    let stop = tokens[start..]
        .iter()
        .position(|t| {
            !t.is_word()
                || t.is_any(&[
                    "with",
                    "having",
                    "that",
                    "which",
                    "who",
                    "where",
                    "of",
                    "by",
                    "for",
                    "on",
                    "in",
                    "from",
                    "to",
                    "including",
                    "containing",
                    "per",
                    "about",
                    "so",
                    "can",
                    "are",
                    "is",
                    "at",
                    "as",
                    "via",
                    "using",
                    "or",
                    "has",
                    "have",
                ])
        })
        .map_or(tokens.len(), |at| at + start);
    let words: Vec<&Token> = tokens[start..stop].iter().filter(|t| !t.is("'s")).collect();
    let last = words.last()?;
    if words.len() > 4 {
        return None;
    }
    let key = key_of(&words.iter().map(|t| t.low.as_str()).collect::<Vec<_>>().join(" "));
    let plural = is_plural(&last.low);
    let mut rest = tokens[stop..].to_vec();
    let mut parens = Vec::new();
    if rest.first().is_some_and(|t| t.is("(")) {
        let close = rest.iter().rposition(|t| t.is(")")).unwrap_or(rest.len());
        parens = rest[1..close].to_vec();
        rest = rest.get(close + 1..).unwrap_or_default().to_vec();
    } else if let Some(open) = rest.iter().position(|t| t.is("("))
        && !rest.first().is_some_and(|t| t.is_any(&["with", "having"]))
    {
        // "reviews of books (rating, text)".
        let close = rest.iter().rposition(|t| t.is(")")).unwrap_or(rest.len()).max(open + 1);
        parens = rest[open + 1..close].to_vec();
        rest.truncate(open);
    }
    (!key.is_empty()).then_some(Entry { key, plural, determined, parens, rest })
}
