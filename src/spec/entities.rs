//! Lists of entities: "authors, books (title, price) and reviews of books".

use super::clauses::{has_list, subject_key, trimmed};
use super::draft::{LinkKind, Ref};
use super::features::feature;
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of};
use super::points::are_fields;
use super::relations;
use super::sentences::Sentences;
use super::tokens::Token;
use crate::blueprint::FieldType;

impl Sentences<'_> {
    /// Reads a list of entities, each perhaps with fields.
    pub(super) fn entity_list(&mut self, tokens: &[Token]) -> Vec<Ref> {
        let mut refs = Vec::new();
        let mut last: Option<String> = None;
        let mut last_has_fields = false;
        // "Parcels: tracking number, weight and status": one entity and its fields.
        if let Some(colon) = tokens.iter().position(|t| t.is(":")).filter(|at| (1..=3).contains(at))
            && are_fields(&tokens[colon + 1..])
            && let Some(entry) = entry(&tokens[..colon])
            && (entry.plural || lexicon().noun(&entry.key).is_some())
            && !lexicon().is_user(&entry.key)
            && self.draft.declare(&entry.key)
        {
            refs.push(Ref::Entity(entry.key.clone()));
            let members = self.members(&entry.key, &tokens[colon + 1..]);
            refs.extend(members.into_iter().flat_map(|(_, refs)| refs));
            return refs;
        }
        let list = items(tokens);
        for (at, item) in list.iter().enumerate() {
            let item = trimmed(item).to_vec();
            let entry = entry(&item);
            let Some(entry) = entry else { continue };
            let key = entry.key.clone();
            let known = self.draft.resolve(&key).filter(|(_, skip)| *skip == 0).map(|(key, _)| key);
            let noun = lexicon().noun(&key).is_some();
            // "Issues with a title, labels (many), an assignee": still what issues have.
            let many = entry.parens.len() <= 2
                && entry.parens.iter().any(|t| t.is_any(&["many", "multiple", "several"]));
            if last_has_fields
                && (entry.determined && entry.rest.is_empty() || entry.plural && many)
                && let Some(owner) = last.clone()
            {
                if many && self.draft.declare(&key) {
                    refs.push(relations::link(&mut self.draft, LinkKind::Many, &owner, &key, None, false));
                    continue;
                }
                let more = self.member(&owner, &item);
                self.cover_members(self.text(&item), more);
                continue;
            }
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
            // "Vehicles with make, model, seats and mileage": a plural that is well known as a number is one more field.
            let number = entry.plural
                && entry.parens.is_empty()
                && entry.rest.is_empty()
                && item.len() == 1
                && matches!(lexicon().type_of(&item[0].low), FieldType::Integer | FieldType::Decimal)
                && lexicon().is_field_word(&item[0].low);
            // "Bookings with a date, from-to times and a purpose": the list goes on with fields behind it.
            let amid = entry.plural
                && entry.parens.is_empty()
                && entry.rest.is_empty()
                && !noun
                && known.is_none()
                && list
                    .get(at + 1)
                    .is_some_and(|next| next.first().is_some_and(|token| token.is_any(&["a", "an"])));
            if last_has_fields
                && (number || amid)
                && !self.draft.things.iter().any(|thing| thing.key == key)
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
                    self.draft.cover(text, vec![Ref::Plain(found.name)]);
                } else {
                    self.draft.refuse(text, &found.name);
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
}

/// One entry of a list of entities.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) plural: bool,
    pub(super) determined: bool,
    pub(super) parens: Vec<Token>,
    pub(super) rest: Vec<Token>,
}

pub(super) fn entry(tokens: &[Token]) -> Option<Entry> {
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
