//! Statements on a field that is there already: "Status is one of …", "The ISBN must be unique".

use super::clauses::subject_of;
use super::constraints::{constraints, enumeration};
use super::draft::{Draft, Ref};
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::sentences::Sentences;
use super::tokens::{Kind, Token, phrase};

impl Sentences<'_> {
    /// Statements on a field that is there already: "Status is one of …", "The ISBN must be unique", "title defaults to …".
    pub(super) fn field_statement(&mut self, tokens: &[Token]) -> Option<Vec<Ref>> {
        let (subject, verb) = subject_of(tokens);
        let (subject, verb) = if verb == 0
            && tokens.first().is_some_and(|t| t.is("the"))
            && tokens.get(1).is_some_and(|t| t.is("default"))
        {
            // "The default status is draft."
            let at = tokens.iter().position(|token| token.is("is"))?;
            let value: Vec<String> = tokens[at + 1..].iter().map(|token| token.text.clone()).collect();
            return self.set_default(tokens.get(2..at)?, value.join(" "));
        } else if subject.len() > 1 && subject.iter().any(|token| token.is("default")) {
            let at = subject.iter().position(|token| token.is("default"))?;
            let value: Vec<String> =
                tokens.get(verb + 1..).unwrap_or_default().iter().map(|token| token.text.clone()).collect();
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
        let key = if let Some(key) = &owner_key {
            key.clone()
        } else {
            let current = self.current.clone().filter(|key| holds(&mut self.draft, key).is_some());
            let other = || {
                self.draft
                    .things
                    .iter()
                    .rev()
                    .find(|thing| thing.fields.iter().any(|field| plain.contains(&field.name)))
                    .map(|thing| thing.key.clone())
            };
            match current.or_else(other) {
                Some(key) => key,
                None => return self.new_field(subject, &name, &tokens[verb..]),
            }
        };
        let mut described = super::fields::Described { name, ..Default::default() };
        let from =
            if tokens[verb].is_any(&["goes", "ranges", "runs", "has", "have"]) { verb + 1 } else { verb };
        let tail = tokens.get(from..)?;
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

    /// "Seat is optional", "ticket code must be unique": a field that only this sentence names.
    fn new_field(&mut self, subject: &[Token], name: &str, predicate: &[Token]) -> Option<Vec<Ref>> {
        let key = self.current.clone().filter(|key| key != "user")?;
        let bare = !subject
            .iter()
            .any(|t| t.is_any(&["a", "an", "each", "every", "that", "which", "it", "they", "this"]));
        let name = name.strip_prefix(&format!("{key} ")).unwrap_or(name);
        let plain = name.split(' ').count() <= 3
            && subject.iter().all(Token::is_word)
            && self.draft.resolve(&key_of(name)).is_none()
            && !lexicon().is_user(&key_of(name))
            && !lexicon().grammar.app.contains(name)
            && !lexicon().grammar.pronouns.contains(name);
        let verb = predicate.first()?.is_any(&["is", "are", "defaults", "ranges"])
            || predicate[0].is_any(&["must", "should", "has"])
                && predicate.get(1).is_some_and(|t| t.is_any(&["be", "to"]));
        let mut described = super::fields::Described { name: name.to_owned(), ..Default::default() };
        constraints(predicate.get(1..)?, &mut described);
        let told = described.required.is_some()
            || described.unique
            || described.has_bounds()
            || described.values.len() > 1;
        if !(bare && plain && verb && told) {
            return None;
        }
        let field = described.field(&key);
        let name = field.name.clone();
        self.draft.add_field(&key, field).then(|| vec![Ref::Field(key, name)])
    }

    /// "Task statuses: backlog, doing, done" and "priorities: P1, P2, P3".
    pub(super) fn values(&mut self, head: &[Token], list: &[Token]) -> Option<Vec<Ref>> {
        let last = head.last().filter(|token| is_plural(&token.low))?;
        let name = singular(&last.low);
        if !super::fields::CHOICES.contains(&name.as_str()) && lexicon().values_of(&name).is_none() {
            return None;
        }
        let owner = key_of(&phrase(&head[..head.len() - 1]));
        let owner = if owner.is_empty() { self.current.clone()? } else { self.draft.resolve(&owner)?.0 };
        let mut described = super::fields::Described { name, ..Default::default() };
        constraints(list, &mut described);
        if described.values.len() < 2 || !self.draft.declare(&owner) {
            return None;
        }
        let field = described.field(&owner);
        let name = field.name.clone();
        self.remember(&owner);
        self.draft.add_field(&owner, field).then(|| vec![Ref::Field(owner, name)])
    }

    pub(super) fn set_default(&mut self, name: &[Token], value: String) -> Option<Vec<Ref>> {
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
