//! Singular and plural, and the keys under which things are kept.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::naming::{Words, singular_of};

/// Words met so far and their singulars; finding one takes a walk through many patterns.
const REMEMBERED: usize = 20_000;

/// Plurals that the inflection rules get wrong, and words that only look like plurals.
const SINGULARS: &[(&str, &str)] = &[
    ("people", "person"),
    ("persons", "person"),
    ("criteria", "criterion"),
    ("staff", "staff"),
    ("news", "news"),
    ("series", "series"),
    ("species", "species"),
    ("movies", "movie"),
    ("cookies", "cookie"),
    ("leaves", "leave"),
    ("bonus", "bonus"),
    ("gps", "gps"),
    ("sms", "sms"),
    ("css", "css"),
    ("this", "this"),
    ("is", "is"),
    ("has", "has"),
    ("was", "was"),
    ("its", "its"),
    ("his", "his"),
    ("us", "us"),
    ("yes", "yes"),
    ("lens", "lens"),
    ("always", "always"),
    ("plus", "plus"),
    ("previous", "previous"),
    ("various", "various"),
    ("isbn", "isbn"),
    ("quizzes", "quiz"),
    ("courses", "course"),
    ("houses", "house"),
    ("warehouses", "warehouse"),
    ("databases", "database"),
    ("data", "data"),
    ("media", "media"),
    ("taxes", "tax"),
    ("todos", "todo"),
    ("dos", "do"),
    ("faqs", "faq"),
    ("crm", "crm"),
    ("lms", "lms"),
    ("cms", "cms"),
    ("ios", "ios"),
    ("sales", "sale"),
    ("goods", "goods"),
    ("economics", "economics"),
    ("mathematics", "mathematics"),
    ("sports", "sport"),
];

thread_local! {
    static SEEN: RefCell<HashMap<String, String>> = RefCell::new(HashMap::new());
}

/// The singular of a word in lower case.
pub(super) fn singular(word: &str) -> String {
    if let Some(&(_, one)) = SINGULARS.iter().find(|(many, _)| *many == word) {
        return one.to_owned();
    }
    if let Some(kind) = word.strip_suffix("people").filter(|kind| kind.len() > 2) {
        return format!("{kind}person");
    }
    if !word.ends_with('s')
        && !matches!(word, "children" | "men" | "women" | "mice" | "geese" | "feet" | "teeth")
    {
        return word.to_owned();
    }
    if word.len() > 60 || word.ends_with("ss") || !word.is_ascii() {
        return word.to_owned();
    }
    if let Some(known) = SEEN.with_borrow(|seen| seen.get(word).cloned()) {
        return known;
    }
    let one = singular_of(&Words::of(word)).lower();
    SEEN.with_borrow_mut(|seen| {
        if seen.len() < REMEMBERED {
            seen.insert(word.to_owned(), one.clone());
        }
    });
    one
}

/// Whether a word stands in the plural.
pub(super) fn is_plural(word: &str) -> bool {
    singular(word) != word
}

/// The key of a noun phrase: its words in lower case with the last one in the singular.
pub(super) fn key_of(words: &str) -> String {
    let words = Words::of(words);
    let mut parts = words.as_slice().to_vec();
    if let Some(last) = parts.last_mut() {
        *last = singular(last);
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        for (text, key) in [
            ("Order items", "order item"),
            ("OrderItem", "order item"),
            ("people", "person"),
            ("Categories", "category"),
            ("TV series", "tv series"),
            ("criteria", "criterion"),
            ("statuses", "status"),
            ("status", "status"),
            ("news", "news"),
            ("classes", "class"),
            ("Boxes", "box"),
            ("addresses", "address"),
            ("salespeople", "salesperson"),
        ] {
            assert_eq!(key_of(text), key);
        }
    }
}
