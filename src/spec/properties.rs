//! What holds for every text.

use std::fmt::Write;

use proptest::prelude::*;

use super::draft::{MAX_ENTITIES, MAX_FIELDS};
use super::{SpecReading, read};
use crate::blueprint::check;

/// Reads a text twice and checks what holds for every reading.
#[track_caller]
fn sound(text: &str) -> SpecReading {
    let reading = read(text);
    assert_eq!(reading, read(text), "a text is read in one way");
    let entities = &reading.blueprint.entities;
    assert!(entities.len() <= MAX_ENTITIES + 1);
    for entity in entities {
        assert!(entity.fields.len() <= MAX_FIELDS && entity.relations.len() <= MAX_FIELDS, "{}", entity.name);
    }
    assert!(reading.warnings.len() <= 100, "{} warnings", reading.warnings.len());
    assert!(reading.coverage.len() <= 2_001, "{} clauses", reading.coverage.len());
    if entities.iter().all(|entity| entity.name == "User") {
        assert!(reading.warnings.iter().any(|warning| warning.contains("names nothing")));
    } else if let Err(faults) = check(reading.blueprint.clone()) {
        panic!("{faults}");
    }
    reading
}

/// Words and signs that mean something to the grammar, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "book",
        "books",
        "Author",
        "a",
        "each",
        "has",
        "have",
        "belongs",
        "to",
        "with",
        "and",
        "or",
        ",",
        ".",
        ":",
        "(",
        ")",
        "status",
        "draft",
        "price",
        "date",
        "required",
        "unique",
        "between",
        "1",
        "5",
        ">",
        "-",
        "\n",
        "\n- ",
        "\n# ",
        "\n| ",
        " | ",
        "is",
        "one",
        "of",
        "many",
        "only",
        "admins",
        "can",
        "see",
        "the",
        "owner",
        "theme",
        "#0f766e",
        "blue",
        "default",
        "max",
        "As a",
        "I want to",
        "so that",
        "user",
        "'s",
        "type",
        "/",
        "CREATE TABLE x (",
        ");",
        "model X {",
        "}",
        "int",
        "enum",
        "[",
        "]",
        "string",
        "é",
        "書",
        "\u{202e}",
        "called",
        "\"Q\"",
        "app",
        "for",
        "between two",
        "links",
        "tagged",
        "=",
        "..",
        "such as",
        "eg",
        "between a",
        "each record has",
        "you can",
        "users can rate",
        "and leave a",
        "comments",
        "with a date",
        "from one date to another",
        "go from a",
        "to a",
        "are all",
        "there is a",
        "a gallery of",
        "{",
        "puts a",
        "in a",
        "last visit",
        "price per day",
        "where",
        "but not",
        "können",
        "und",
        "Bücher",
        "ausleihen",
        "9999999999999999999999",
        "name:",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,300}") {
        sound(&text);
    }

    #[test]
    fn any_characters(text in prop::collection::vec(any::<char>(), 0..200)) {
        sound(&text.into_iter().collect::<String>());
    }

    #[test]
    fn any_sequence_of_known_words(text in pieces()) {
        sound(&text);
    }
}

#[test]
fn texts_without_end() {
    let entities = (0..400).fold(String::new(), |mut text, n| {
        let _ = write!(text, "Each thing{} has a name. ", letters(n));
        text
    });
    let fields = (0..300).fold("A book has ".to_owned(), |mut text, n| {
        let _ = write!(text, "a {} field, ", letters(n));
        text
    });
    assert_eq!(sound(&entities).blueprint.entities.len(), MAX_ENTITIES);
    assert_eq!(sound(&fields).blueprint.entities[0].fields.len(), MAX_FIELDS);
    let many = 10_000;
    for piece in [
        "(",
        "a ",
        "book, ",
        "- \n",
        "<",
        "\"",
        "{",
        "CREATE TABLE a (",
        "{\"a\":",
        "Foo { a: b ",
        "a(id, b ",
        "A ||--o{ B : c\n",
        "erDiagram\n",
        "a has a b. ",
        "and ",
        "\0",
        "#",
        "1-",
        "é",
        "users can rate books and ",
        "Each record has a x. ",
        "# a\n\nEach record has a x.\n\n",
        "a b (c, d), ",
        "such as a, ",
        "books and members vote for ",
        "die Leser können und ",
    ] {
        sound(&piece.repeat(many / piece.len()));
    }
    read(&"Each book has a title. ".repeat(2_000));
}

/// A number in letters, as words with digits in them are names of nothing.
fn letters(n: usize) -> String {
    [n / 26 % 26, n % 26].iter().map(|digit| char::from(b'a' + u8::try_from(*digit).unwrap())).collect()
}
