//! What an entity has: fields and ties, item by item.

use super::clauses::{has_list, trimmed};
use super::describe::describe;
use super::draft::{LinkKind, Ref};
use super::features::feature;
use super::fields::Described;
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::sentences::Sentences;
use super::tokens::{Token, phrase, tokenize};
use super::{relations, ties};

/// "A mother and a father, who are persons": what the plural says holds for both.
fn shared_apposition(mut items: Vec<Vec<Token>>) -> Vec<Vec<Token>> {
    for at in 1..items.len() {
        let who = items[at].windows(2).position(|w| w[0].is_any(&["who", "which"]) && w[1].is("are"));
        let Some(who) = who.filter(|&who| who > 0) else { continue };
        let clause = items[at][who..].to_vec();
        let before = &mut items[at - 1];
        if before.len() <= 3 && before.first().is_some_and(|t| t.is_any(&["a", "an", "one"])) {
            before.extend(clause);
        }
    }
    items
}

/// "A station with trains, platforms and passengers": where one of them is a thing that everybody knows, the others that are many
/// and no field are things as well. Nobody keeps trains in a line of text.
fn things_among(items: &[Vec<Token>]) -> Vec<String> {
    let bare: Vec<&[Token]> = items.iter().map(|item| trimmed(item)).collect();
    let many: Vec<String> = bare
        .iter()
        .filter(|item| (1..=2).contains(&item.len()) && item.iter().all(Token::is_word))
        .filter(|item| item.last().is_some_and(|last| is_plural(&last.low)))
        .map(|item| key_of(&phrase(item)))
        .collect();
    if many.len() < bare.len() || !many.iter().any(|key| lexicon().noun(key).is_some()) {
        return Vec::new();
    }
    let known = |key: &String| lexicon().is_field_word(key) || lexicon().noun(key).is_some();
    let refused = |item: &[Token]| feature(item).is_some_and(|found| !found.supported);
    let things = bare
        .into_iter()
        .zip(many)
        .filter(|(item, key)| !known(key) && !lexicon().is_user(key) && !refused(item));
    things.map(|(_, key)| key).collect()
}

impl Sentences<'_> {
    /// Reads what an entity has; for each item its text and what answers to it.
    pub(super) fn members(&mut self, key: &str, list: &[Token]) -> Vec<(String, Vec<Ref>)> {
        let items = shared_apposition(items(list));
        let things = things_among(&items);
        if !things.is_empty() && key != "user" && self.draft.declare(key) {
            for thing in things {
                self.draft.declare(&thing);
            }
        }
        items
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
        } else if let Some(found) =
            lost.iter().find_map(|text| feature(&tokenize(text, 0)).filter(|found| !found.supported))
        {
            self.draft.refuse(text, &found.name);
        } else {
            self.draft.cover(text, Vec::new());
        }
    }

    pub(super) fn lose(&mut self, text: String) {
        match feature(&tokenize(&text, 0)) {
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
            // "Has power" in a list asks whether it has.
            if let [has, noun] = plain
                && has.is("has")
                && !self.draft.has(&singular(&noun.low))
                && !lexicon().is_field_word(&noun.low)
                && lexicon().noun(&singular(&noun.low)).is_none()
            {
                let described = Described {
                    name: format!("has {}", noun.low),
                    kind: Some(crate::blueprint::FieldType::Boolean),
                    ..Described::default()
                };
                let field = described.field(key);
                let name = field.name.clone();
                self.draft.add_field(key, field);
                return one(vec![Ref::Field(key.to_owned(), name)]);
            }
            if let Some(list) = has_list(plain) {
                return self.members(key, list);
            }
        }
        if let Some(refs) = ties::typed(self, key, plain) {
            return one(refs);
        }
        if let Some(refs) = ties::quantified(self, key, plain) {
            return one(refs);
        }
        if let Some(found) = relations::apposed(self, plain, false) {
            let kind = if found.plural { LinkKind::Many } else { LinkKind::Belongs };
            let own = found.key == key;
            let required = !own
                && kind == LinkKind::Belongs
                && (found.required || found.key != "user" && !found.optional);
            return one(vec![relations::link(&mut self.draft, kind, key, &found.key, found.name, required)]);
        }
        // "The book we discussed" is a book.
        let relative = plain.iter().position(|token| token.is_any(&["we", "they", "i", "you"]));
        if let Some(at) = relative.filter(|&at| {
            at > 0
                && at + 2 == plain.len()
                && !plain[..at].iter().any(|token| {
                    token.is_any(&["what", "how", "whether", "when", "if", "date", "day", "time"])
                })
        }) {
            return self.member(key, &plain[..at]);
        }
        // "An exam needs at least two" names nothing.
        let counts = |at: usize| plain.len() == at + 1 && lexicon().grammar.many.contains(&plain[at].low);
        if plain.first().is_some_and(|token| token.is_any(&["least", "most"])) && counts(1)
            || plain.first().is_some_and(|token| token.is("at")) && counts(2)
        {
            return one(Vec::new());
        }
        // "Tenants report problems with their flat, contractors fix them": the end is a sentence.
        let told = plain.first().is_some_and(|token| is_plural(&token.low));
        if told
            && plain.len() > 2
            && plain.last().is_some_and(|token| token.is_any(&["them", "it", "us", "other"]))
        {
            return one(Vec::new());
        }
        let Some(described) = describe(plain) else { return one(Vec::new()) };
        let name = described.key();
        if let Some(refs) = ties::tie(self, key, plain, &described, &name) {
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
        // "Instagram" in a list is where to find somebody, and no service to speak to.
        let handle = plain.len() == 1
            && feature(plain)
                .is_some_and(|found| matches!(found.name.as_str(), "outside services" | "text messages"));
        let known = lexicon().is_field_word(&described.name) || described.says_something() || handle;
        if !known
            && let Some(found) = feature(plain)
            && !found.supported
        {
            return one(Vec::new());
        }
        let mut field = described.field(key);
        if described.required.is_none()
            && matches!(field.name.as_str(), "name" | "title" | "fullName")
            && key != "user"
        {
            field.required = true;
        }
        field.required |= self.must && described.required.is_none();
        let name = field.name.clone();
        if self.draft.add_field(key, field) {
            one(vec![Ref::Field(key.to_owned(), name)])
        } else {
            one(Vec::new())
        }
    }
}
