//! The text that the grammar reads, and where each piece of it stands in the one that was written.

use super::tokens::Token;

/// Which piece of one text became which piece of another; empty where the two are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    /// From and to in the new text, from and to in the old one; in order.
    pieces: Vec<(usize, usize, usize, usize)>,
}

impl Origins {
    /// Notes that what stands at `from..to` of the new text was at `start..end` of the old one.
    pub(super) fn push(&mut self, from: usize, to: usize, start: usize, end: usize) {
        self.pieces.push((from, to, start, end));
    }

    /// The place in the old text of a place in the new one. Pieces of equal length keep their letters.
    fn back(&self, start: usize, end: usize) -> (usize, usize) {
        if self.pieces.is_empty() {
            return (start, end);
        }
        let at =
            |place: usize| self.pieces.partition_point(|piece| piece.1 <= place).min(self.pieces.len() - 1);
        let first = self.pieces[at(start)];
        let last = self.pieces[at(end.saturating_sub(1).max(start))];
        let same = |piece: (usize, usize, usize, usize)| piece.1 - piece.0 == piece.3 - piece.2;
        let from = if same(first) { first.2 + start.saturating_sub(first.0) } else { first.2 };
        let to = if same(last) { last.2 + end.saturating_sub(last.0).min(last.3 - last.2) } else { last.3 };
        (from, to.max(from))
    }
}

/// A text in the words of the grammar, with the one that it was made from.
pub(super) struct Source {
    /// What is read.
    pub(super) text: String,
    /// What was written.
    written: String,
    /// From what is read back to what was written, step by step.
    steps: Vec<Origins>,
}

impl Source {
    /// `steps` lead from `written` to `text`, the first one first.
    pub(super) fn new(written: String, text: String, steps: Vec<Origins>) -> Self {
        Self { text, written, steps }
    }

    /// What the tokens were in the text as it was written, on one line.
    pub(super) fn quote(&self, tokens: &[Token]) -> String {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return String::new() };
        if first.start > last.end {
            return String::new();
        }
        let (start, end) =
            self.steps.iter().rev().fold((first.start, last.end), |(start, end), step| step.back(start, end));
        self.written.get(start..end).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokenize;
    use super::*;

    #[test]
    fn quotes_what_was_written() {
        let mut origins = Origins::default();
        origins.push(0, 4, 0, 4);
        origins.push(4, 8, 4, 9);
        origins.push(8, 12, 9, 13);
        let source = Source::new("ein Blatt hier".into(), "one leaf here".into(), vec![origins]);
        let tokens = tokenize("one leaf here", 0);
        assert_eq!(source.quote(&tokens[1..2]), "Blatt");
        assert_eq!(source.quote(&[]), "");
    }
}
