//! The words the reader knows, loaded once from `agents/planner/`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;

use super::notation::{Noun, noun};
use crate::blueprint::{Access, Colour};

/// The files of `agents/planner/`, put together by `build.rs`.
static DATA: &str = include_str!(concat!(env!("OUT_DIR"), "/words.json"));

/// What stands in [`DATA`], each list under the name of its file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    domains: BTreeMap<String, Domain>,
    nouns: BTreeMap<String, BTreeMap<String, String>>,
    words: WordLists,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordLists {
    colours: Colours,
    features: Features,
    fields: Fields,
    french: Language,
    german: Language,
    spanish: Language,
    grammar: Grammar,
    users: Users,
}

/// A well-known kind of app.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) description: String,
    /// Words and phrases that name it.
    pub(super) keywords: Vec<String>,
    /// Nouns it consists of.
    pub(super) entities: Vec<String>,
    /// Of those, the ones it lends to a more particular domain named beside it ("CRM for a clinic").
    #[serde(default)]
    pub(super) blend: Vec<String>,
    #[serde(default)]
    pub(super) access: BTreeMap<String, Access>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub(super) boolean: BTreeSet<String>,
    pub(super) text: BTreeSet<String>,
    pub(super) email: BTreeSet<String>,
    pub(super) url: BTreeSet<String>,
    pub(super) datetime: BTreeSet<String>,
    pub(super) date: BTreeSet<String>,
    pub(super) integer: BTreeSet<String>,
    pub(super) decimal: BTreeSet<String>,
    pub(super) string: BTreeSet<String>,
    pub(super) values: BTreeMap<String, Vec<String>>,
    pub(super) forms: Forms,
}

/// Words that, at their place in a longer name, tell its type.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Forms {
    /// What happens on a day: behind "last" and "next".
    pub(super) happenings: BTreeSet<String>,
    /// What is said of things that are counted: behind their plural.
    pub(super) counted: BTreeSet<String>,
    /// What is to be done by a day: before "by".
    pub(super) due: BTreeSet<String>,
    /// Before hours, days and months: when something is open, and no length.
    pub(super) spells: BTreeSet<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Users {
    #[serde(rename = "users")]
    names: BTreeSet<String>,
    roles: BTreeSet<String>,
    implied: BTreeSet<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Features {
    builtin: BTreeMap<String, Vec<String>>,
    unsupported: BTreeMap<String, Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grammar {
    pub(super) app: BTreeSet<String>,
    pub(super) app_only: BTreeSet<String>,
    pub(super) headings: BTreeSet<String>,
    pub(super) entity_lists: BTreeSet<String>,
    pub(super) excluded: BTreeSet<String>,
    pub(super) classifiers: BTreeSet<String>,
    pub(super) many_verbs: BTreeSet<String>,
    pub(super) determiners: BTreeSet<String>,
    pub(super) many: BTreeSet<String>,
    pub(super) pronouns: BTreeSet<String>,
}

/// Another language's words.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Language {
    /// Words by which it is recognised.
    pub(super) marks: BTreeSet<String>,
    pub(super) words: HashMap<String, String>,
    /// Infinitives that stand at the end of a clause and not behind the verb that helps, with what they are there.
    #[serde(default)]
    pub(super) verbs: HashMap<String, String>,
}

#[derive(Default, Deserialize)]
struct Colours {
    #[serde(default)]
    pairs: BTreeMap<String, String>,
    #[serde(flatten)]
    plain: BTreeMap<String, String>,
}

/// A feature that a phrase names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Feature {
    /// What the app does by itself (the reference that answers to it), or what it cannot do (its name).
    pub(super) name: String,
    pub(super) supported: bool,
}

/// A noun as the data describes it, read when it is asked for: of hundreds, a text has a few.
struct Known {
    text: String,
    read: OnceLock<Noun>,
}

/// Everything the reader knows.
pub(super) struct Lexicon {
    nouns: BTreeMap<String, Known>,
    pub(super) domains: Vec<Domain>,
    /// Phrase to indices of domains.
    pub(super) domain_phrases: HashMap<String, usize>,
    pub(super) fields: Fields,
    users: Users,
    /// First word to phrases, longest first.
    features: HashMap<String, Vec<(Vec<String>, Feature)>>,
    pub(super) grammar: Grammar,
    pub(super) languages: Vec<Language>,
    colours: Colours,
    spellings: HashMap<&'static str, &'static str>,
}

/// The one lexicon.
pub(super) fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| {
        Lexicon::load().unwrap_or_else(|fault| unreachable!("the embedded data is tested: {fault}"))
    })
}

impl Lexicon {
    fn load() -> Result<Self, String> {
        let data: Data = serde_json::from_str(DATA).map_err(|fault| fault.to_string())?;
        let words = data.words;
        let mut lexicon = Self {
            nouns: BTreeMap::new(),
            domains: Vec::new(),
            domain_phrases: HashMap::new(),
            fields: words.fields,
            users: words.users,
            features: HashMap::new(),
            grammar: words.grammar,
            languages: vec![words.german, words.french, words.spanish],
            colours: words.colours,
            spellings: HashMap::from([
                ("e-mail", "email"),
                ("e-mails", "emails"),
                ("colour", "color"),
                ("colours", "colors"),
                ("coloured", "colored"),
                ("favourite", "favorite"),
                ("favourites", "favorites"),
                ("organise", "organize"),
                ("organiser", "organizer"),
                ("behaviour", "behavior"),
                ("to-dos", "todos"),
                ("to-do", "todo"),
                ("sub-tasks", "subtasks"),
                ("&", "and"),
                ("can't", "cannot"),
                ("has_many", "has-many"),
            ]),
        };
        for (key, text) in data.nouns.into_values().flatten() {
            lexicon.nouns.insert(key.replace('_', " "), Known { text, read: OnceLock::new() });
        }
        for domain in data.domains.into_values() {
            for keyword in &domain.keywords {
                lexicon.domain_phrases.entry(keyword.clone()).or_insert(lexicon.domains.len());
            }
            lexicon.domains.push(domain);
        }
        for (supported, groups) in [(true, words.features.builtin), (false, words.features.unsupported)] {
            for (name, phrases) in groups {
                for text in phrases {
                    let words: Vec<String> = text.split_whitespace().map(ToOwned::to_owned).collect();
                    let Some(first) = words.first().cloned() else { continue };
                    let feature = Feature { name: name.clone(), supported };
                    lexicon.features.entry(first).or_default().push((words, feature));
                }
            }
        }
        for phrases in lexicon.features.values_mut() {
            phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        Ok(lexicon)
    }

    /// What is known of a noun, by its singular words.
    pub(super) fn noun(&self, key: &str) -> Option<&Noun> {
        let known = self.nouns.get(key)?;
        Some(known.read.get_or_init(|| {
            noun(&known.text, self).unwrap_or_else(|| unreachable!("the embedded data is tested: {key}"))
        }))
    }

    /// Whether the name of a feature begins with this word: "PayPal" is one word.
    pub(super) fn begins_feature(&self, low: &str) -> bool {
        self.features.contains_key(low)
    }

    /// The form in which a word is looked up, where it has several.
    pub(super) fn spelling(&self, low: &str) -> Option<&'static str> {
        self.spellings.get(low).copied()
    }

    /// The usual values of an enum, by the field's last word.
    pub(super) fn values_of(&self, words: &str) -> Option<&[String]> {
        self.fields.values.get(words.rsplit(' ').next()?).map(Vec::as_slice)
    }

    /// Whether a plural of this word is a text rather than many things ("notes", "instructions").
    pub(super) fn is_text_word(&self, low: &str) -> bool {
        self.fields.text.contains(low)
            && !matches!(low, "comments" | "reviews" | "ingredients" | "answers" | "messages")
    }

    /// Whether a word is well known as the name of a field.
    pub(super) fn is_field_word(&self, low: &str) -> bool {
        let fields = &self.fields;
        [
            &fields.boolean,
            &fields.text,
            &fields.email,
            &fields.url,
            &fields.datetime,
            &fields.date,
            &fields.integer,
            &fields.decimal,
            &fields.string,
        ]
        .iter()
        .any(|set| set.contains(low))
            || self.fields.values.contains_key(low)
            || matches!(
                low,
                "status" | "type" | "color" | "isbn" | "sku" | "code" | "slug" | "phone" | "address" | "role"
            )
    }

    /// Whether a noun, in the singular, means the built-in user.
    pub(super) fn is_user(&self, key: &str) -> bool {
        self.users.names.contains(key)
    }

    /// Whether a noun, in the singular, is a part that a user plays.
    pub(super) fn is_user_role(&self, key: &str) -> bool {
        self.users.roles.contains(key)
    }

    /// Whether every record has such a tie to a user by itself.
    pub(super) fn is_implied_role(&self, key: &str) -> bool {
        self.users.implied.contains(key)
    }

    /// The feature named by the words that begin here, and how many they are.
    pub(super) fn feature(&self, words: &[&str]) -> Option<(&Feature, usize)> {
        self.features.get(*words.first()?)?.iter().find_map(|(phrase, feature)| {
            let fits = phrase.len() <= words.len() && phrase.iter().zip(words).all(|(a, b)| a == b);
            fits.then_some((feature, phrase.len()))
        })
    }

    /// A colour by its words: the shades that suit an app, else what CSS knows by that name, in one word or several.
    pub(super) fn colour(&self, name: &str) -> Option<Cow<'_, str>> {
        let name = name.replace("colour", "color");
        let own = self.colours.pairs.get(&name).or_else(|| self.colours.plain.get(&name));
        own.map(|value| Cow::Borrowed(value.as_str())).or_else(|| {
            let named = name.split(' ').all(|word| word.chars().all(|c| c.is_ascii_alphabetic()));
            let colour: Colour = named.then(|| name.replace(' ', "").parse().ok())??;
            Some(Cow::Owned(colour.to_string()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::notation::spaced;
    use super::*;

    #[test]
    fn the_data_is_whole() {
        let lexicon = Lexicon::load().unwrap();
        assert!(lexicon.nouns.len() >= 250, "{} nouns", lexicon.nouns.len());
        assert!(lexicon.domains.len() >= 45, "{} domains", lexicon.domains.len());
        for key in lexicon.nouns.keys() {
            assert_eq!(*key, spaced(key), "nouns are written in snake case");
            let noun = lexicon.noun(key).unwrap();
            assert!(!noun.fields.is_empty() && noun.fields.len() < 20, "{key}");
            for tie in &noun.ties {
                assert!(
                    tie.target == "user" || lexicon.noun(&tie.target).is_some() || !tie.required,
                    "{key} -> {}",
                    tie.target
                );
            }
        }
        for domain in &lexicon.domains {
            for key in domain.entities.iter().chain(&domain.blend).chain(domain.access.keys()) {
                assert!(lexicon.noun(&spaced(key)).is_some() || key == "screen", "{}: {key}", domain.name);
            }
        }
    }
}
