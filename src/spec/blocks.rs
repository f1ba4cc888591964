//! The lines of a text by what they are: headings, bullets, table rows, keyed lines, paragraphs.

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A heading of level 1 to 6.
    Heading(usize),
    /// A bullet, a numbered point, or a line that begins with a key and a colon.
    Point { indent: usize, bullet: bool },
    /// A row of a table, its cells between bars.
    Row,
    /// A paragraph: one line or several.
    Paragraph,
}

/// A piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) shape: Shape,
    /// Where its words begin and end in the cleaned text, in bytes.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Takes a text apart.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut offset = 0;
    // Whether the line before ended its block for good.
    let mut closed = true;
    for line in text.split('\n') {
        let (start, whole) = (offset, line);
        offset += line.len() + 1;
        let body = whole.trim_start();
        let indent = whole.len() - body.len();
        let at = start + indent;
        let body = body.trim_end();
        let end = at + body.len();
        if body.is_empty() || body.starts_with("```") || is_rule(body) {
            if !body.is_empty() && body.chars().all(|c| matches!(c, '=' | '-')) && !closed {
                // An underlined heading.
                if let Some(last) = blocks.last_mut().filter(|last| last.shape == Shape::Paragraph) {
                    last.shape = Shape::Heading(if body.starts_with('=') { 1 } else { 2 });
                }
            }
            closed = true;
            continue;
        }
        let hashes = body.chars().take_while(|&c| c == '#').count();
        if (1..=6).contains(&hashes) && body[hashes..].starts_with(' ') {
            let text = body[hashes..].trim_start();
            blocks.push(Block { shape: Shape::Heading(hashes), start: end - text.len(), end });
            closed = true;
        } else if body.starts_with('|') && body.len() > 1 {
            if !body.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')) {
                blocks.push(Block { shape: Shape::Row, start: at, end });
            }
            closed = true;
        } else if let Some(bold) = bold(body) {
            let from = end - body.len() + 2;
            blocks.push(Block { shape: Shape::Heading(3), start: from, end: from + bold.len() });
            closed = true;
        } else if let Some(skip) = marker(body) {
            blocks.push(Block { shape: Shape::Point { indent, bullet: true }, start: at + skip, end });
            closed = false;
        } else if is_keyed(body) || is_dashed(body) {
            blocks.push(Block { shape: Shape::Point { indent, bullet: false }, start: at, end });
            closed = true;
        } else {
            match blocks.last_mut() {
                Some(last) if !closed && continues(text, last, body, indent) => last.end = end,
                _ => blocks.push(Block { shape: Shape::Paragraph, start: at, end }),
            }
            closed = false;
        }
    }
    blocks.retain(|block| block.start < block.end);
    blocks.into_iter().flat_map(|block| outline(text, block)).collect()
}

/// A short line and shorter ones indented below it are a heading and its points.
fn outline(text: &str, block: Block) -> Vec<Block> {
    let whole = text.get(block.start..block.end).unwrap_or_default();
    let Some((head, rest)) = whole.split_once('\n').filter(|_| block.shape == Shape::Paragraph) else {
        return vec![block];
    };
    let line_start = text.get(..block.start).unwrap_or_default().rfind('\n').map_or(0, |at| at + 1);
    let own = block.start - line_start;
    let indent = |line: &str| line.len() - line.trim_start().len();
    let short = |line: &str, most: usize| {
        (1..=most).contains(&line.split_whitespace().count()) && !line.trim_end().ends_with(['.', ',', ';'])
    };
    let outlined = short(head, 3)
        && rest.split('\n').count() >= 2
        && rest.split('\n').all(|line| indent(line) > own && short(line, 6));
    if !outlined {
        return vec![block];
    }
    let mut at = block.start + head.len() + 1;
    let mut made = vec![Block {
        shape: Shape::Heading(3),
        start: block.start,
        end: block.start + head.trim_end().len(),
    }];
    for line in rest.split('\n') {
        let (start, end) = (at + indent(line), at + line.trim_end().len());
        made.push(Block { shape: Shape::Point { indent: indent(line), bullet: true }, start, end });
        at += line.len() + 1;
    }
    made
}

/// What a line in bold type says, which stands for a heading: `**Vehicle**`.
fn bold(line: &str) -> Option<&str> {
    let inner = line
        .strip_prefix("**")?
        .strip_suffix("**")
        .or_else(|| line.strip_prefix("**")?.strip_suffix("**:"))?;
    let inner = inner.trim_end_matches(':');
    (!inner.is_empty() && !inner.contains('*') && inner.split_whitespace().count() <= 4).then_some(inner)
}

/// A line of nothing but dashes, stars or equals signs.
fn is_rule(line: &str) -> bool {
    line.len() >= 3 && line.chars().all(|c| matches!(c, '-' | '=' | '*' | '_' | '~' | ' '))
}

/// Length of a bullet or number with the blanks behind it.
fn marker(line: &str) -> Option<usize> {
    let rest = match line.chars().next()? {
        '-' | '*' | '+' => line.get(1..)?,
        c if c.is_ascii_digit() => numbered(line)?,
        // "a. Each product has …" below a number.
        c if c.is_ascii_lowercase() => {
            line.get(1..)?.strip_prefix(['.', ')']).filter(|rest| rest.starts_with(' '))?
        }
        _ => return None,
    };
    let text = rest.trim_start();
    (text.len() < rest.len() && !text.is_empty()).then(|| {
        let text = text.strip_prefix("[ ] ").or_else(|| text.strip_prefix("[x] ")).unwrap_or(text);
        line.len() - text.len()
    })
}

/// What follows "1.", "2)" or "2.1".
fn numbered(line: &str) -> Option<&str> {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut rest = line.get(digits(line)..)?;
    let mut levels = 1;
    while let Some(inner) = rest.strip_prefix('.').filter(|inner| digits(inner) > 0) {
        rest = inner.get(digits(inner)..)?;
        levels += 1;
    }
    match rest.strip_prefix(['.', ')']) {
        Some(rest) => Some(rest),
        None => (levels > 1 && rest.starts_with(' ')).then_some(rest),
    }
}

/// "Pet - name (text), species": a capital, one to three words, a dash and a list.
fn is_dashed(line: &str) -> bool {
    let Some((key, rest)) = line.split_once(" - ") else { return false };
    (1..=3).contains(&key.split_whitespace().count())
        && key.chars().next().is_some_and(char::is_uppercase)
        && key.chars().all(|c| c.is_alphanumeric() || c == ' ')
        && rest.matches(',').count() >= 2
        && !rest.trim_end().trim_end_matches('.').contains(". ")
}

/// Whether a line begins with one to four words and a colon.
fn is_keyed(line: &str) -> bool {
    let Some((key, rest)) = line.split_once(':') else { return false };
    let words = key.split_whitespace().count();
    // "Entities: Farm, Field. Farm 1-N Field." is prose that begins with a list.
    if rest.contains(". ")
        && matches!(key.to_lowercase().as_str(), "entities" | "models" | "tables" | "objects")
    {
        return false;
    }
    let plain = key.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '*' | '/' | '\''));
    (1..=4).contains(&words) && plain && (rest.is_empty() || rest.starts_with([' ', '*']))
}

/// Whether a line goes on with the block before it.
fn continues(text: &str, last: &Block, line: &str, indent: usize) -> bool {
    let before = text.get(last.start..last.end).unwrap_or_default();
    let upper = line.chars().next().is_some_and(|c| c.is_uppercase() || c == '"');
    match last.shape {
        Shape::Point { bullet: true, indent: own } => indent > own,
        // A short line that no comma ends, and then a capital: each line is a sentence of its own.
        Shape::Paragraph => {
            let last_line = before.rsplit('\n').next().unwrap_or_default();
            !(upper && last_line.chars().count() < 60 && !last_line.ends_with(','))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let text = "# Shop\n\nIt sells\nthings.\n\n## Books\n- title\n  and more\n  - nested\n1. one\n\n| a | b |\n|---|---|\nBook: title, price\nCRM\n===\nShort line\nAnother line";
        let found: Vec<(Shape, &str)> = blocks(text)
            .into_iter()
            .map(|block| (block.shape, text.get(block.start..block.end).unwrap()))
            .collect();
        let bullet = |indent| Shape::Point { indent, bullet: true };
        assert_eq!(
            found,
            [
                (Shape::Heading(1), "Shop"),
                (Shape::Paragraph, "It sells\nthings."),
                (Shape::Heading(2), "Books"),
                (bullet(0), "title\n  and more"),
                (bullet(2), "nested"),
                (bullet(0), "one"),
                (Shape::Row, "| a | b |"),
                (Shape::Point { indent: 0, bullet: false }, "Book: title, price"),
                (Shape::Heading(1), "CRM"),
                (Shape::Paragraph, "Short line"),
                (Shape::Paragraph, "Another line"),
            ]
        );
    }

    #[test]
    fn outlines() {
        let text =
            "Employees\n  name\n  hire date\nDepartments\n  name\n  budget\nA text that\n  goes on here.";
        let found: Vec<(Shape, &str)> = blocks(text)
            .into_iter()
            .map(|block| (block.shape, text.get(block.start..block.end).unwrap()))
            .collect();
        let point = || Shape::Point { indent: 2, bullet: true };
        assert_eq!(
            found,
            [
                (Shape::Heading(3), "Employees"),
                (point(), "name"),
                (point(), "hire date"),
                (Shape::Heading(3), "Departments"),
                (point(), "name"),
                (point(), "budget"),
                (Shape::Paragraph, "A text that\n  goes on here."),
            ]
        );
    }
}
