//! Texts in other languages than English, word by word.

use super::lexicon::lexicon;

/// The text with the words of another language replaced by those the grammar knows.
pub(super) fn translated(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .take(300)
        .map(str::to_lowercase)
        .collect();
    let english = words
        .iter()
        .filter(|word| {
            matches!(
                word.as_str(),
                "the" | "with" | "and" | "each" | "has" | "of" | "for" | "to" | "is" | "are"
            )
        })
        .count();
    let best = lexicon()
        .languages
        .iter()
        .map(|language| (words.iter().filter(|word| language.marks.contains(*word)).count(), language))
        .max_by_key(|(count, _)| *count);
    let Some((count, language)) = best else { return text.to_owned() };
    let known = words.iter().filter(|word| language.words.contains_key(*word)).count();
    if english > 0 || count < 2 || known < 3 && known * 2 < words.len() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(std::iter::once('\n')) {
        if c.is_alphabetic() || (c == '-' && !word.is_empty()) {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            match language.words.get(&word.to_lowercase()) {
                Some(english) => out.push_str(english),
                None => out.push_str(&word),
            }
            word.clear();
        }
        out.push(c);
    }
    out
}
