//! Mermaid's entity and class diagrams as models.

use super::columns::{Column, Kind, brace_column};
use super::schemas::{Found, Model};

/// The models of a diagram that stands in the text, and the text around it; `None` where there is none.
pub(super) fn models(text: &str) -> Option<Found> {
    let head = |line: &str| {
        matches!(line.split_whitespace().next(), Some("erDiagram" | "classDiagram" | "classDiagram-v2"))
    };
    if !text.lines().any(head) {
        return None;
    }
    let mut kept = Vec::new();
    let mut from = 0;
    let mut diagram = Diagram::default();
    let (mut inside, mut open) = (false, None);
    for whole in text.split_inclusive('\n') {
        let (start, line) = (from, whole.trim_end_matches(['\n', '\r']));
        from += whole.len();
        let body = line.trim();
        if !inside {
            inside = head(line);
            if !inside {
                kept.push((start, start + line.len()));
            }
            continue;
        }
        if body.starts_with("```") || body.is_empty() && open.is_none() && diagram.settled(text, line) {
            inside = false;
        } else if let Some(at) = open {
            if body.starts_with('}') {
                open = None;
            } else {
                diagram.member(at, body);
            }
        } else if let Some(name) =
            body.strip_suffix('{').map(|name| name.trim().trim_start_matches("class ").trim())
        {
            open = diagram.model(name);
        } else {
            diagram.line(body);
        }
    }
    for model in &mut diagram.models {
        model.span = (0, text.len());
    }
    (!diagram.models.is_empty()).then_some((diagram.models, kept))
}

#[derive(Default)]
struct Diagram {
    models: Vec<Model>,
}

impl Diagram {
    /// Whether a blank line ends the diagram: prose follows, and not one more of its lines.
    fn settled(&self, text: &str, line: &str) -> bool {
        let Some(at) = (line.as_ptr() as usize).checked_sub(text.as_ptr() as usize) else { return true };
        let next = text.get(at..).unwrap_or_default().lines().find(|line| !line.trim().is_empty());
        next.is_none_or(|next| {
            !next.starts_with([' ', '\t']) && !next.contains("--") && !next.trim_end().ends_with('{')
        }) && !self.models.is_empty()
    }

    fn model(&mut self, name: &str) -> Option<usize> {
        let name = name.split(['[', '<', '~', ' ']).next()?.trim_matches(['"', '`']);
        let sound = !name.is_empty()
            && name.len() <= 60
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        if !sound {
            return None;
        }
        // Names in capitals are words: `LINE_ITEM`.
        let name = if name.chars().any(char::is_lowercase) { name.to_owned() } else { name.to_lowercase() };
        let known = self.models.iter().position(|model| model.name == name);
        Some(known.unwrap_or_else(|| {
            self.models.push(Model { name, columns: Vec::new(), span: (0, 0) });
            self.models.len() - 1
        }))
    }

    /// `string name PK "a note"`, `+String name`, `-name: String`.
    fn member(&mut self, at: usize, line: &str) {
        let line = line.trim_start_matches(['+', '-', '#', '~']).trim();
        let (line, note) = line.split_once('"').map_or((line, ""), |(line, note)| (line.trim(), note));
        if line.contains('(') || line.starts_with("<<") {
            return;
        }
        let column = if line.contains(':') {
            brace_column(line)
        } else {
            let mut words = line.split_whitespace();
            let (Some(kind), Some(name)) = (words.next(), words.next()) else { return };
            let keys: Vec<&str> = words.flat_map(|word| word.split(',')).collect();
            // What references another entity stands as a line between the two.
            let key = keys.contains(&"PK") || keys.contains(&"FK");
            let unique = if keys.contains(&"UK") { " @unique" } else { "" };
            if key { None } else { brace_column(&format!("{name} {kind}{unique}")) }
        };
        if let Some(mut column) = column {
            let note = note.to_lowercase();
            column.required = column.required && (note.contains("required") || note.contains("not null"));
            self.models[at].columns.push(column);
        }
    }

    /// `CUSTOMER ||--o{ ORDER : places`, `Zoo "1" --> "*" Animal`, `Animal : +int age`.
    fn line(&mut self, line: &str) {
        let line = line.split(" : ").next().unwrap_or(line);
        let Some(dash) = line.find("--").or_else(|| line.find("..")) else {
            if let Some((name, member)) = line.split_once(':')
                && let Some(at) = self.model(name.trim())
            {
                self.member(at, member.trim());
            }
            return;
        };
        let (left, right) = (line.get(..dash).unwrap_or_default(), line.get(dash + 2..).unwrap_or_default());
        if left.contains("<|") || right.contains("|>") {
            return;
        }
        let ends = |side: &str| -> (String, String) {
            let name: String = side
                .split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
                .find(|part| part.chars().any(char::is_alphabetic) && !matches!(*part, "o" | "many"))
                .unwrap_or_default()
                .to_owned();
            (name.clone(), side.replacen(&name, "", 1))
        };
        let ((one, one_mark), (two, two_mark)) = (ends(left), ends(right));
        let (Some(one), Some(two)) = (self.model(&one), self.model(&two)) else { return };
        let many = |mark: &str| {
            mark.contains(['{', '}', '*']) && !mark.contains("*-")
                || mark.contains("many")
                || mark.contains("\"*")
        };
        let (mut left_many, mut right_many) = (many(&one_mark), many(&two_mark));
        let counted = one_mark.contains(['|', '{', '}', '"']) || two_mark.contains(['|', '{', '}', '"']);
        if !counted {
            // A diamond is at the whole, an arrow at what is one.
            (left_many, right_many) = match (
                one_mark.contains(['*']) || one_mark.trim_end().ends_with('o'),
                two_mark.contains('>'),
            ) {
                (true, _) => (false, true),
                (_, true) => (true, false),
                _ => (false, true),
            };
        }
        let (one_name, two_name) = (self.models[one].name.clone(), self.models[two].name.clone());
        let required = |mark: &str| !mark.contains('o') && !mark.contains("0..");
        match (left_many, right_many) {
            (true, true) => {
                self.tie(one, &two_name, Kind::List(two_name.clone()), false);
                self.tie(two, &one_name, Kind::List(one_name.clone()), false);
            }
            (true, false) => self.tie(one, &two_name, Kind::Named(two_name.clone()), required(&two_mark)),
            _ => self.tie(two, &one_name, Kind::Named(one_name.clone()), required(&one_mark)),
        }
    }

    fn tie(&mut self, at: usize, name: &str, kind: Kind, required: bool) {
        let column = Column { name: name.to_owned(), kind, required, default: None, flags: Vec::new() };
        if !self.models[at].columns.contains(&column) {
            self.models[at].columns.push(column);
        }
    }
}
