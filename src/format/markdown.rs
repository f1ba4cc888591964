//! Markdown tables.

use unicode_width::UnicodeWidthStr;

/// Pads the cells of every table to the width of their column, as Prettier does. Code blocks are left alone.
///
/// A table here is a run of lines that begin with `|`, the second of which is made of dashes.
pub fn align_tables(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + source.len() / 8);
    let mut table: Vec<&str> = Vec::new();
    let mut fence: Option<&str> = None;
    for line in source.split_inclusive('\n') {
        let bare = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        if fence.is_none() && mark.is_none() && line.starts_with('|') {
            table.push(line);
        } else {
            flush(&mut table, &mut out);
            out.push_str(line);
        }
    }
    flush(&mut table, &mut out);
    out
}

fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_start_matches('|');
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in inner.chars() {
        if c == '|' && !escaped {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            cell.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

fn flush(table: &mut Vec<&str>, out: &mut String) {
    let rows: Vec<Vec<String>> = table.iter().map(|line| cells(line)).collect();
    let ruler = rows.get(1).is_some_and(|row| {
        row.iter().all(|cell| cell.contains('-') && cell.trim_matches(':').chars().all(|c| c == '-'))
    });
    if ruler {
        let columns = rows[0].len();
        let width = |column: usize| {
            let texts = rows.iter().enumerate().filter(|(row, _)| *row != 1);
            texts
                .filter_map(|(_, cells)| cells.get(column))
                .map(|cell| cell.width())
                .max()
                .unwrap_or(0)
                .max(3)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (at, row) in rows.iter().enumerate() {
            for (column, width) in widths.iter().enumerate() {
                let cell = row.get(column).map_or("", String::as_str);
                out.push_str("| ");
                if at == 1 {
                    let (left, right) = (cell.starts_with(':'), cell.len() > 1 && cell.ends_with(':'));
                    out.push_str(if left { ":" } else { "-" });
                    out.push_str(&"-".repeat(width - 2));
                    out.push_str(if right { ":" } else { "-" });
                } else {
                    out.push_str(cell);
                    out.push_str(&" ".repeat(width - cell.width()));
                }
                out.push(' ');
            }
            out.push_str("|\n");
        }
    } else {
        out.extend(table.iter().copied());
    }
    table.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_cells() {
        assert_eq!(
            align_tables("x\n\n| a | long name |\n| --- | :-: |\n| 日本語 | b \\| c |\n"),
            "x\n\n| a      | long name |\n| ------ | :-------: |\n| 日本語 | b \\| c    |\n"
        );
    }

    #[test]
    fn leaves_the_rest_alone() {
        for text in ["", "| no table\n", "```\n| a | b |\n| - | - |\n```\n"] {
            assert_eq!(align_tables(text), text);
        }
    }
}
