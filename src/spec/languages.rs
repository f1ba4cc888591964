//! Texts in other languages than English, word by word, and phrase by phrase where one word will not do.

use super::lexicon::{Language, lexicon};
use super::source::Origins;

/// Most words of a phrase that has an entry of its own ("fecha de publicación").
const LONGEST: usize = 4;

/// The text with the words of another language replaced by those the grammar knows, and where each piece came from.
pub(super) fn translated(text: &str) -> (String, Origins) {
    let Some(language) = language_of(text) else { return (text.to_owned(), Origins::default()) };
    let pieces = pieces(text);
    let mut out = String::with_capacity(text.len());
    let mut origins = Origins::default();
    let mut at = 0;
    while let Some(&(start, end, word)) = pieces.get(at) {
        let (length, english) = if word { entry(text, &pieces, at, language) } else { (1, None) };
        let end = pieces.get(at + length - 1).map_or(end, |piece| piece.1);
        let source = text.get(start..end).unwrap_or_default();
        let from = out.len();
        out.push_str(english.unwrap_or(source));
        origins.push(from, out.len(), start, end);
        at += length;
    }
    (out, origins)
}

/// The language that most of a text's small words belong to; `None` for English, and where it is unclear.
fn language_of(text: &str) -> Option<&'static Language> {
    let words: Vec<String> = text
        .split(|c: char| !(c.is_alphabetic() || c == '-'))
        .filter(|word| !word.is_empty())
        .take(300)
        .map(str::to_lowercase)
        .collect();
    let english = words
        .iter()
        .filter(|word| {
            matches!(
                word.as_str(),
                "the" | "with" | "and" | "each" | "has" | "of" | "for" | "to" | "is" | "are" | "an" | "my"
            )
        })
        .count();
    let known = |language: &Language| words.iter().filter(|word| language.words.contains_key(*word)).count();
    let (count, language) = lexicon()
        .languages
        .iter()
        .map(|language| {
            let marks = words.iter().filter(|word| language.marks.contains(*word)).count();
            ((marks, known(language)), language)
        })
        .max_by_key(|(count, _)| *count)?;
    let (marks, known) = count;
    // Two or three words may have no small words among them, or one: "ToDo-Liste", "gestión de clientes".
    let short = words.len() <= 5 && known * 3 >= words.len() * 2;
    // "Chat app" is about no cats: a word that English has too says nothing.
    let foreign = |word: &String| {
        let lexicon = lexicon();
        let english = lexicon.noun(word).is_some()
            || lexicon.domain_phrases.contains_key(word)
            || lexicon.grammar.app.contains(word);
        language.words.get(word).is_some_and(|meant| meant != word) && !english
    };
    (english == 0
        && (marks >= 2 && (known >= 3 || known * 2 >= words.len())
            || short && (marks > 0 || known == words.len())))
    .then_some(language)
    .filter(|_| marks > 0 || words.iter().any(foreign))
}

/// Words and what is between them: where each begins and ends, and whether it is a word.
fn pieces(text: &str) -> Vec<(usize, usize, bool)> {
    let mut pieces: Vec<(usize, usize, bool)> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let inside = pieces.last().is_some_and(|piece| piece.2);
        let word = c.is_alphabetic() || matches!(c, '-' | '\'') && inside;
        match pieces.last_mut() {
            Some(last) if last.2 == word => last.1 = end,
            _ => pieces.push((at, end, word)),
        }
    }
    pieces
}

/// The longest phrase that begins here and has an entry: how many pieces it takes, and what it is.
fn entry<'a>(
    text: &str,
    pieces: &[(usize, usize, bool)],
    at: usize,
    language: &'a Language,
) -> (usize, Option<&'a str>) {
    for words in (1..=LONGEST).rev() {
        let length = 2 * words - 1;
        let (Some(first), Some(last)) = (pieces.get(at), pieces.get(at + length - 1)) else { continue };
        let blanks = (1..length)
            .step_by(2)
            .all(|gap| pieces.get(at + gap).is_some_and(|gap| text.get(gap.0..gap.1) == Some(" ")));
        let phrase = text.get(first.0..last.1).unwrap_or_default();
        if blanks
            && phrase.len() < 60
            && let Some(english) = language.words.get(&phrase.to_lowercase())
        {
            return (length, Some(english));
        }
    }
    (1, None)
}
