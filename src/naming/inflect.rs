//! Plurals of single words, and of names by their last word.

use super::Words;

/// Words that have no other form, or whose form the library gets wrong.
const SAME: &[&str] = &[
    "news",
    "series",
    "species",
    "equipment",
    "information",
    "feedback",
    "inventory",
    "merchandise",
    "staff",
    "stock",
    "data",
    "media",
    "homework",
    "furniture",
    "luggage",
    "software",
    "hardware",
    "aircraft",
    "fish",
    "sheep",
    "deer",
];
/// Words that end as plurals do and are none.
const SINGULAR_IN_S: &[&str] = &[
    "status",
    "address",
    "class",
    "process",
    "access",
    "business",
    "bus",
    "gas",
    "virus",
    "bonus",
    "campus",
    "census",
    "analysis",
    "basis",
    "crisis",
    "diagnosis",
    "canvas",
    "atlas",
    "lens",
    "glass",
    "boss",
    "dress",
    "mass",
    "pass",
    "press",
    "success",
    "progress",
    "witness",
    "illness",
    "fitness",
    "chess",
    "cross",
    "loss",
    "tennis",
    "thesis",
    "hypothesis",
    "axis",
    "corpus",
    "focus",
    "genus",
    "syllabus",
    "consensus",
    "plus",
    "compass",
    "mattress",
    "actress",
    "waitress",
    "princess",
    "excess",
    "express",
    "wellness",
];

/// The plural of a word; a word that is one already stays.
fn plural_word(word: &str) -> String {
    if SAME.contains(&word) {
        return word.to_owned();
    }
    if SINGULAR_IN_S.contains(&word) {
        return match word
            .strip_suffix("sis")
            .or_else(|| word.strip_suffix("xis").map(|_| &word[..word.len() - 3]))
        {
            Some(stem) if word.ends_with("sis") => format!("{stem}ses"),
            Some(stem) => format!("{stem}xes"),
            None => format!("{word}es"),
        };
    }
    pluralizer::pluralize(word, 2, false)
}

fn singular_word(word: &str) -> String {
    if SAME.contains(&word) || SINGULAR_IN_S.contains(&word) {
        return word.to_owned();
    }
    let singular = pluralizer::pluralize(word, 1, false);
    // Of `s` nothing would be left.
    if singular.is_empty() { word.to_owned() } else { singular }
}

/// The name with its last word in the plural.
pub fn plural_of(name: &Words) -> Words {
    name.clone().with_last(plural_word)
}

/// What code calls many of these: the plural, unless it is the very name (`Series`), then a list.
pub fn list_of(name: &Words, plural: Words) -> Words {
    if plural == *name { plural.suffixed("list") } else { plural }
}

/// The name with its last word in the singular.
pub fn singular_of(name: &Words) -> Words {
    name.clone().with_last(singular_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (one, many) in [
            ("book", "books"),
            ("category", "categories"),
            ("person", "people"),
            ("child", "children"),
            ("order item", "order items"),
            ("status", "statuses"),
            ("address", "addresses"),
            ("class", "classes"),
            ("analysis", "analyses"),
            ("series", "series"),
            ("news", "news"),
            ("bus", "buses"),
            ("movie", "movies"),
            ("criterion", "criteria"),
            ("quiz", "quizzes"),
            ("recipe", "recipes"),
            ("course", "courses"),
            ("invoice", "invoices"),
            ("hobby", "hobbies"),
            ("day", "days"),
            ("knife", "knives"),
        ] {
            assert_eq!(plural_of(&Words::of(one)).lower(), many);
            assert_eq!(singular_of(&Words::of(many)).lower(), one);
            assert_eq!(singular_of(&Words::of(one)).lower(), one, "singular stays");
        }
    }
}
