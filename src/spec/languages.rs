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
    let mut moved: Option<usize> = None;
    while let Some(&(start, end, word)) = pieces.get(at) {
        let (length, english) = if word { entry(text, &pieces, at, language) } else { (1, None) };
        let end = pieces.get(at + length - 1).map_or(end, |piece| piece.1);
        let source = text.get(start..end).unwrap_or_default();
        let from = out.len();
        if moved == Some(at) {
            moved = None;
        } else {
            out.push_str(english.unwrap_or(source));
        }
        // "Mitglieder können Bücher ausleihen": the deed comes forward, to where English has it.
        let helps = english.is_some_and(|word| matches!(word, "can" | "may" | "must" | "should"));
        if helps && let Some((place, verb)) = last_verb(text, &pieces, at + length, language) {
            out.push(' ');
            out.push_str(verb);
            moved = Some(place);
        }
        origins.push(from, out.len(), start, end);
        at += length;
        let joined = [" for", " in", " to"].iter().any(|preposition| out.ends_with(preposition));
        if helps && moved.is_some() && joined {
            at = behind_preposition(text, &pieces, at);
        }
    }
    (out, origins)
}

/// Where the clause that goes on at `from` ends with an infinitive, and what that is in English.
fn last_verb<'a>(
    text: &str,
    pieces: &[(usize, usize, bool)],
    from: usize,
    language: &'a Language,
) -> Option<(usize, &'a str)> {
    /// Most words of a clause that are looked through.
    const MOST: usize = 24;
    if language.verbs.is_empty() {
        return None;
    }
    let mut last = None;
    for (at, &(start, end, word)) in pieces.iter().enumerate().skip(from).take(2 * MOST) {
        let piece = text.get(start..end).unwrap_or_default();
        if !word && piece.contains(['.', ',', ';', ':', '!', '?', '\n', '(']) {
            break;
        }
        if word && piece.eq_ignore_ascii_case("und") {
            break;
        }
        if word {
            last = Some((at, piece));
        }
    }
    let (at, piece) = last?;
    (at > from + 1).then_some(())?;
    Some((at, language.verbs.get(&piece.to_lowercase())?))
}

/// Where what follows a preposition begins that the English verb brings along: "sich zu Kursen anmelden" is to sign up for courses.
fn behind_preposition(text: &str, pieces: &[(usize, usize, bool)], from: usize) -> usize {
    let mut at = from;
    let mut behind = from;
    while let Some(&(start, end, word)) = pieces.get(at).filter(|_| at < from + 4) {
        let piece = text.get(start..end).unwrap_or_default().to_lowercase();
        if word
            && matches!(piece.as_str(), "sich" | "zu" | "zum" | "zur" | "an" | "am" | "für" | "in" | "über")
        {
            behind = at + 1;
        } else if word {
            break;
        }
        at += 1;
    }
    behind
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
            || short && (marks > 0 || known == words.len())
            // A list of names in brackets has hardly any small words.
            || marks == 1
                && known * 2 >= words.len()
                && words.iter().filter(|word| foreign(word)).count() >= 4))
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
