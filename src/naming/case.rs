//! Words, and the cases in which languages write them.

use deunicode::deunicode;

/// A name as lower-case ASCII words. `OrderItem`, `order_item`, `Order item` and `order-item` are all `[order, item]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Words(Vec<String>);

/// What divides two words: a change from lower to upper case, from capitals to a capitalised word, or anything not alphanumeric.
fn boundaries(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            // An apostrophe does not divide: "author's" is one word.
            if c != '\'' && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        let before = i.checked_sub(1).map(|j| chars[j]);
        let after = chars.get(i + 1);
        let starts = c.is_ascii_uppercase()
            && before.is_some_and(|b| {
                b.is_ascii_lowercase()
                    || b.is_ascii_digit()
                    || (b.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(c.to_ascii_lowercase());
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

impl Words {
    /// Splits a name; letters of other scripts are transliterated. May be empty.
    ///
    /// Stable under writing: the name in any case splits into the same words again, for which single letters in a row count as
    /// one word (`A B` is `ab`, as `AB` is).
    pub fn of(text: &str) -> Self {
        let mut words = Self(if text.is_ascii() { boundaries(text) } else { boundaries(&deunicode(text)) });
        loop {
            let again = Self(boundaries(&words.pascal()));
            if again == words {
                return words;
            }
            words = again;
        }
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words themselves.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// The words with another one in front.
    #[must_use]
    pub fn prefixed(mut self, word: &str) -> Self {
        self.0.insert(0, word.to_owned());
        self
    }

    /// The words with another one behind.
    #[must_use]
    pub fn suffixed(mut self, word: &str) -> Self {
        self.0.push(word.to_owned());
        self
    }

    /// The words with the last one replaced.
    #[must_use]
    pub fn with_last(mut self, f: impl FnOnce(&str) -> String) -> Self {
        if let Some(last) = self.0.last_mut() {
            *last = f(last);
        }
        self
    }

    /// Drops words from the end, and letters from the only one left, until the name in `PascalCase` is short enough.
    #[must_use]
    pub fn clipped(mut self, max: usize) -> Self {
        while self.0.len() > 1 && self.pascal().len() > max {
            self.0.pop();
        }
        if let [only] = self.0.as_mut_slice() {
            only.truncate(max);
        }
        self
    }

    /// `OrderItem`
    pub fn pascal(&self) -> String {
        self.0.iter().map(|word| capitalized(word)).collect()
    }

    /// `orderItem`
    pub fn camel(&self) -> String {
        let mut name = self.0.first().cloned().unwrap_or_default();
        name.extend(self.0.iter().skip(1).map(|word| capitalized(word)));
        name
    }

    /// `order-item`
    pub fn kebab(&self) -> String {
        self.0.join("-")
    }

    /// `order_item`
    pub fn snake(&self) -> String {
        self.0.join("_")
    }

    /// `order item`
    pub fn lower(&self) -> String {
        self.0.join(" ")
    }

    /// `Order item`
    pub fn sentence(&self) -> String {
        capitalized(&self.lower())
    }
}

/// A text with a capital at its head; the rest as it is.
pub fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `a` or `an`, by the sound of the first word as its spelling suggests it.
pub fn article(label: &str) -> &'static str {
    let consonant_sound =
        ["uni", "use", "usa", "usu", "eu", "one", "ufo", "ut"].iter().any(|start| label.starts_with(start));
    let vowel_sound =
        ["hour", "honest", "honor", "honour", "heir"].iter().any(|start| label.starts_with(start));
    if vowel_sound || (label.starts_with(['a', 'e', 'i', 'o', 'u']) && !consonant_sound) { "an" } else { "a" }
}

/// At most `max` characters of a text, never cutting one in two.
pub fn clip(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, pascal: &str, camel: &str, kebab: &str, sentence: &str) {
        let words = Words::of(text);
        assert_eq!((words.pascal(), words.camel(), words.kebab(), words.sentence()), {
            (pascal.to_owned(), camel.to_owned(), kebab.to_owned(), sentence.to_owned())
        });
    }

    #[test]
    fn cases() {
        check("OrderItem", "OrderItem", "orderItem", "order-item", "Order item");
        check("order items", "OrderItems", "orderItems", "order-items", "Order items");
        check("ISBNNumber", "IsbnNumber", "isbnNumber", "isbn-number", "Isbn number");
        check("dueDate", "DueDate", "dueDate", "due-date", "Due date");
        check("Ärzte", "Arzte", "arzte", "arzte", "Arzte");
        check("author's note", "AuthorsNote", "authorsNote", "authors-note", "Authors note");
        check("line2Text", "Line2Text", "line2Text", "line2-text", "Line2 text");
        check("\u{202e}", "", "", "", "");
    }

    #[test]
    fn clips_at_words() {
        assert_eq!(Words::of("VeryLongNameIndeed").clipped(10).pascal(), "VeryLong");
        assert_eq!(Words::of("abcdefghijkl").clipped(5).pascal(), "Abcde");
        assert_eq!(clip("añb", 2), "añ");
    }

    #[test]
    fn articles() {
        for (label, expected) in
            [("author", "an"), ("book", "a"), ("user", "a"), ("hour", "an"), ("unit", "a"), ("order", "an")]
        {
            assert_eq!(article(label), expected, "{label}");
        }
    }
}
