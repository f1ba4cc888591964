//! What a sentence is about: its subject, and which entity that names.

use super::clauses::{has_list, subject_key, subject_of};
use super::draft::LinkKind;
use super::items::items;
use super::lexicon::lexicon;
use super::named::named;
use super::nouns::{is_plural, key_of, singular};
use super::predicates::is_participle;
use super::purpose::domain_in;
use super::relations;
use super::sentences::Sentences;
use super::tokens::{Token, phrase};

/// Whether "a quiz night takes place" says so of one thing.
fn determined_verb(tokens: &[Token], verb: usize) -> bool {
    tokens.first().is_some_and(|token| token.is_any(&["a", "an", "each", "every"]))
        && tokens.get(verb).is_some_and(|token| token.is("takes"))
        && tokens.get(verb + 1).is_some_and(|token| token.is("place"))
}

impl Sentences<'_> {
    /// The entity that the first clause of a sentence is about, and whether it stands in the plural.
    pub(super) fn first_subject(&self, clause: &[Token]) -> Option<(String, bool)> {
        let determined = clause.first()?.is_any(&["a", "an", "each", "every"]);
        let found = named(self, clause).filter(|found| determined || found.plural && found.length <= 3)?;
        (found.key != "user").then_some((found.key, found.plural))
    }

    /// The entity of "it": set by the last sentence that was about one.
    pub(super) fn remember(&mut self, key: &str) {
        if key != "user" {
            self.current = Some(key.to_owned());
        }
    }

    /// Declares the subject of "each X has …", "X belongs to …", "X are public".
    pub(super) fn declare_subject(&mut self, tokens: &[Token]) {
        let (subject, verb) = subject_of(tokens);
        let finite = tokens.get(verb).is_some_and(|token| {
            token.is_any(&[
                "has", "have", "belongs", "belong", "contains", "contain", "consists", "includes", "include",
                "links", "connects",
            ]) || determined_verb(tokens, verb)
                || token.is_any(&[
                    "records",
                    "stores",
                    "captures",
                    "tracks",
                    "holds",
                    "notes",
                    "documents",
                    "shows",
                ]) && subject.first().is_some_and(|t| t.is_any(&["a", "an", "each", "every"]))
                    && tokens.get(verb + 1).is_some_and(|t| t.is_any(&["a", "an", "the", "its"]))
                || token.is("is")
                    && subject.first().is_some_and(|t| t.is_any(&["a", "an", "each", "every"]))
                    && tokens.get(verb + 1).is_some_and(|t| t.is("for"))
                    && tokens.get(verb + 2).is_some_and(|t| t.is_any(&["a", "an", "one", "exactly"]))
                || token.is_any(&["can", "may", "must", "should"])
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
                            || is_participle(&tokens[verb + 1..])
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
        let mut key = subject_key(subject);
        if key == "record" {
            // "Each record has a title" is about the vinyl records of the sentence before.
            if self.current.is_some() {
                return;
            }
            key = self.records_of().unwrap_or(key);
        }
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
        let told = determined && tokens[verb].is_any(&["has", "have"]) && tokens.len() > verb + 3
            || determined && is_participle(&tokens[verb + 1..]) && tokens.iter().any(|token| token.is(","));
        let field = lexicon().is_field_word(&key) && lexicon().noun(&key).is_none() && !told;
        // "A home has a name" is about homes, whatever "home" is elsewhere.
        let recorded = told
            && self.count > 1
            && (subject[0].is_any(&["each", "every"])
                || matches!(key.as_str(), "home" | "site" | "application"));
        let meant = subject[0].is_any(&["the", "this", "our", "my"]) && !is_plural(last);
        let appish = meant && self.count <= 2 && lexicon().domain_phrases.contains_key(&key)
            || lexicon().grammar.app.contains(last)
                && !(is_plural(last) && self.count > 1)
                && (lexicon().noun(&key).is_none() || meant)
            || lexicon().grammar.app_only.contains(&key) && !(is_plural(last) && self.count > 1);
        let appish = appish && !recorded;
        let role = lexicon().is_user(&key)
            || lexicon().is_user_role(&key)
                && !(has_list(&tokens[verb..]).is_some() && tokens[verb].is_any(&["has", "have"]));
        let pronoun = lexicon().grammar.pronouns.contains(&key)
            || matches!(
                key.as_str(),
                "there" | "i" | "we" | "you" | "everything" | "nothing" | "reading" | "editing"
            );
        // "Select has a value", where "a Group and Select" were spoken of before.
        let listed = subject.len() == 1
            && self.count <= 200
            && [", ", " and ", " or "].iter().any(|before| {
                self.source.text.contains(&format!("{before}{}", subject[0].text))
                    && subject[0].text.chars().next().is_some_and(char::is_uppercase)
            });
        // "Aircraft have a registration": the verb shows the plural.
        let many = tokens[verb].is("have") && subject.len() <= 2 && self.count > 1;
        let nameable = determined || many || listed || is_plural(last) || lexicon().noun(&key).is_some();
        // "A ski school has instructors and courses" is the app.
        let listing = self.count <= 1
            && domain_in(subject)
            && (lexicon().noun(&key).is_none() || meant)
            && has_list(&tokens[verb..]).is_some_and(|list| {
                items(list)
                    .iter()
                    .all(|item| item.len() <= 2 && item.last().is_some_and(|t| is_plural(&t.low)))
            });
        if nameable && !listing && !field && !appish && !role && !pronoun {
            // "Applications have a message" is about those that are submitted.
            if recorded || key == "application" && is_plural(last) && self.count > 1 {
                self.draft.declare_described(&key);
            }
            self.draft.declare(&key);
        }
    }

    /// What kind of records the text speaks of: "track my vinyl records".
    fn records_of(&self) -> Option<String> {
        let text = crate::naming::clip(&self.source.text, 2_000).to_lowercase();
        let before = text.get(..text.find(" records")?)?.rsplit(|c: char| !c.is_alphanumeric()).next()?;
        let kind = before.len() > 2
            && !matches!(
                before,
                "the" | "our" | "all" | "these" | "their" | "some" | "keep" | "keeps" | "app"
            );
        kind.then(|| format!("{before} record"))
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
    pub(super) fn own_lists(&mut self, tokens: &[Token]) {
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
    pub(super) fn subject(&mut self, subject: &[Token]) -> Option<String> {
        let key = subject_key(subject);
        let last = key.rsplit(' ').next().unwrap_or_default();
        let pronoun = key.is_empty() || lexicon().grammar.pronouns.contains(&key);
        let record = matches!(key.as_str(), "record" | "entry of these");
        if pronoun
            || record && self.current.is_some() && !self.draft.things.iter().any(|thing| thing.key == key)
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
