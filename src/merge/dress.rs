//! What editors put around lines: the way they end, and the mark that a file begins with.

const MARK: char = '\u{feff}';

/// How a text's lines end, and whether it begins with a byte order mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dress {
    /// Whether every line ends in CRLF; `None` where none ends.
    crlf: Option<bool>,
    mark: bool,
}

/// A text taken out of its dress: with bare line feeds, unless only some of its lines end in CRLF.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) plain: String,
    pub(super) dress: Dress,
}

impl Text {
    pub(super) fn of(text: &str) -> Self {
        let (text, mark) = text.strip_prefix(MARK).map_or((text, false), |rest| (rest, true));
        let ends = text.matches('\n').count();
        let crlf = (ends > 0).then(|| text.matches("\r\n").count() == ends);
        let plain = if crlf == Some(true) { text.replace("\r\n", "\n") } else { text.to_owned() };
        Self { plain, dress: Dress { crlf, mark } }
    }
}

impl Dress {
    /// That of a merged text: where one side has another one than the last form, its.
    pub(super) fn merged(base: Option<Self>, person: Self, incoming: Self) -> Self {
        let Some(base) = base else { return person };
        let mark = if person.mark == base.mark { incoming.mark } else { person.mark };
        let crlf = match (person.crlf, incoming.crlf) {
            (None, only) | (only, None) => only,
            (person, incoming) if person == incoming || incoming == base.crlf => person,
            (person, incoming) if person == base.crlf => incoming,
            _ => Some(true),
        };
        Self { crlf, mark }
    }

    pub(super) fn put_on(self, text: String) -> String {
        let text = if self.crlf == Some(true) {
            // One side may have had some already.
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            text
        };
        if self.mark { format!("{MARK}{text}") } else { text }
    }
}
