//! Rows of tables, each an entity or a field.

use super::clauses::trimmed;
use super::draft::Ref;
use super::nouns::key_of;
use super::reader::Place;
use super::sentences::Sentences;
use super::tokens::tokenize;

pub(super) fn row(reader: &mut Sentences<'_>, place: &mut Place, text: &str, base: usize) {
    let mut cells: Vec<(String, usize)> = Vec::new();
    let mut offset = 0;
    for cell in text.split('|') {
        cells.push((cell.trim().to_owned(), base + offset));
        offset += cell.len() + 1;
    }
    let cells: Vec<(String, usize)> = cells.into_iter().skip(1).collect();
    let Some(header) = &place.header else {
        place.header = Some(cells.iter().map(|(cell, _)| cell.to_lowercase()).collect());
        return;
    };
    let first = header.first().map(String::as_str).unwrap_or_default();
    let Some((name, at)) = cells.first().filter(|(name, _)| !name.is_empty()).cloned() else { return };
    let covered = cells
        .iter()
        .map(|(cell, _)| cell.as_str())
        .filter(|cell| !cell.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if matches!(first, "entity" | "model" | "table" | "object" | "resource") {
        let key = key_of(&name);
        if reader.draft.declare(&key) {
            let mut refs = vec![Ref::Entity(key.clone())];
            let fields = header
                .iter()
                .position(|cell| {
                    cell.contains("field")
                        || cell.contains("attribute")
                        || cell.contains("column")
                        || cell.contains("propert")
                })
                .unwrap_or(1);
            if let Some((cell, at)) = cells.get(fields) {
                refs.extend(
                    reader.members(&key, &tokenize(cell, *at)).into_iter().flat_map(|(_, refs)| refs),
                );
            }
            reader.draft.cover(covered, refs);
        }
        return;
    }
    let Some(key) = place.section.clone() else {
        reader.draft.cover(covered, Vec::new());
        return;
    };
    // The row becomes what it would be as a point: "name: type, required, …".
    let mut line = format!("{name}: ");
    for (column, (cell, _)) in header.clone().iter().zip(&cells).skip(1) {
        let yes =
            matches!(cell.to_lowercase().as_str(), "yes" | "true" | "x" | "y" | "\u{2713}" | "\u{2714}");
        match column.as_str() {
            "required" | "unique" | "mandatory" if yes => line += &format!("{column}, "),
            "required" | "unique" | "mandatory" | "description" => {}
            "default" if !cell.is_empty() && cell != "-" => line += &format!("default {cell}, "),
            "default" => {}
            _ => line += &format!("{cell}, "),
        }
    }
    let tokens = tokenize(line.trim_end_matches([',', ' ']), at);
    let members = reader.member(&key, trimmed(&tokens));
    let refs: Vec<Ref> = members.into_iter().flat_map(|(_, refs)| refs).collect();
    reader.draft.cover(covered, refs);
}
