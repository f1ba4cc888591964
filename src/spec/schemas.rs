//! Data models in code (SQL tables, Prisma models, TypeScript and GraphQL types), rewritten as headings and points.

use std::collections::BTreeMap;

use super::columns::{Column, Kind, bare_columns, brace_column, sql_columns};
use super::source::Origins;
use super::{diagrams, examples};

/// A model of the source.
pub(super) struct Model {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// Where its definition stands in the text.
    pub(super) span: (usize, usize),
}

/// Models, and the pieces of the text around them.
pub(super) type Found = (Vec<Model>, Vec<(usize, usize)>);

/// The text in the making, and where its pieces came from.
#[derive(Default)]
struct Rewriting {
    out: String,
    origins: Origins,
}

impl Rewriting {
    /// Keeps a piece of the text as it is.
    fn keep(&mut self, text: &str, from: usize, to: usize) {
        self.say(text.get(from..to).unwrap_or_default(), from, to);
    }

    /// Writes what the text says elsewhere in other words.
    fn say(&mut self, words: &str, start: usize, end: usize) {
        let from = self.out.len();
        self.out.push_str(words);
        self.origins.push(from, self.out.len(), start, end);
    }
}

/// The text with its models as `## Name` and `- field: type, …`; everything else as it was.
pub(super) fn rewritten(text: &str) -> (String, Origins) {
    let as_it_is = || (text.to_owned(), Origins::default());
    if let Some((models, around)) = diagrams::models(text).or_else(|| examples::models(text)) {
        let mut kept = Rewriting::default();
        for (from, to) in around {
            kept.keep(text, from, to);
            kept.say("\n", to, to);
        }
        return written(text, models, kept, &BTreeMap::new()).unwrap_or_else(as_it_is);
    }
    if !text.contains(['{', '(']) {
        return as_it_is();
    }
    let mut kept = Rewriting::default();
    let mut models: Vec<Model> = Vec::new();
    let mut enums: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let here = text.len() - rest.len();
        let line = rest.split_inclusive('\n').next().unwrap_or(rest);
        let found = header(line).and_then(|(head, open)| Some((head, body(rest, open)?)));
        if let Some((Head { name, form }, (inner, length))) = found {
            match form {
                Form::Enum => {
                    let values = inner.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                    let values = values.filter(|value| !value.is_empty()).map(str::to_lowercase).collect();
                    enums.insert(name.to_lowercase(), values);
                }
                Form::Table => models.push(Model {
                    name: name.to_owned(),
                    columns: sql_columns(inner),
                    span: (here, here + length),
                }),
                Form::Bare => models.push(Model {
                    name: name.to_owned(),
                    columns: bare_columns(inner),
                    span: (here, here + length),
                }),
                Form::Type => {
                    let columns = lines(inner).into_iter().filter_map(brace_column).collect();
                    models.push(Model { name: name.to_owned(), columns, span: (here, here + length) });
                }
            }
            rest = rest.get(length..).unwrap_or_default();
        } else if let Some((before, name, open)) = inline(line)
            && let Some((inner, length)) = body(rest, open)
        {
            let columns: Vec<Column> = lines(inner).into_iter().filter_map(brace_column).collect();
            kept.keep(text, here, here + before.len());
            if columns.is_empty() {
                kept.keep(text, here + before.len(), here + length);
            } else {
                models.push(Model {
                    name: name.to_owned(),
                    columns,
                    span: (here + before.len(), here + length),
                });
            }
            rest = rest.get(length..).unwrap_or_default();
        } else {
            kept.keep(text, here, here + line.len());
            rest = rest.get(line.len()..).unwrap_or_default();
        }
    }
    written(text, models, kept, &enums).unwrap_or_else(as_it_is)
}

/// Models behind what else there is, as headings and points; `None` where there are none.
fn written(
    text: &str,
    mut models: Vec<Model>,
    mut kept: Rewriting,
    enums: &BTreeMap<String, Vec<String>>,
) -> Option<(String, Origins)> {
    models.retain(|model| !model.columns.is_empty() || models_named(&model.name));
    if models.is_empty() {
        return None;
    }
    let names: BTreeMap<String, String> =
        models.iter().map(|model| (plain(&model.name), model.name.clone())).collect();
    let joins: Vec<(String, String)> = models.iter().filter_map(join).collect();
    for model in &models {
        if join(model).is_some() {
            continue;
        }
        let (start, end) = model.span;
        let name = definition(text, &model.name, (start, end))
            .map_or((start, start), |(from, _)| (from, from + model.name.len()));
        kept.say("\n\n## ", name.0, name.0);
        kept.say(&model.name, name.0, name.1);
        kept.say("\n\n", name.1, name.1);
        let mut from = start;
        for column in &model.columns {
            if let Some(line) = point(column, model, &models, &names, enums) {
                let place = definition(text, &column.name, (from, end))
                    .or_else(|| definition(text, &column.name, (start, end)));
                let (at, to) = place.unwrap_or(name);
                from = at.max(from);
                kept.say("- ", at, at);
                kept.say(&line, at, to);
                kept.say("\n", to, to);
            }
        }
        for (one, to) in &joins {
            if plain(one) == plain(&model.name) {
                kept.say(&format!("- many-to-many with {to}"), name.0, name.1);
                kept.say("\n", name.1, name.1);
            }
        }
    }
    Some((kept.out, kept.origins))
}

/// Where a name is defined within a span: from the name to the end of its line or list item.
fn definition(text: &str, name: &str, (start, end): (usize, usize)) -> Option<(usize, usize)> {
    let inside = text.get(start..end)?;
    let same = |c: char| c.is_alphanumeric() || c == '_';
    // Diagrams write names in capitals.
    let low = inside.to_ascii_lowercase();
    let written = if inside.contains(name) { inside } else { low.as_str() };
    let at = written.match_indices(name).map(|(at, _)| at).find(|&at| {
        let (before, after) = (inside.get(..at), inside.get(at + name.len()..));
        before.is_some_and(|before| !before.ends_with(same))
            && after.is_some_and(|after| !after.starts_with(same))
    })?;
    let rest = inside.get(at..)?;
    let mut depth = 0_usize;
    let length = rest
        .char_indices()
        .find(|&(_, c)| {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth == 0 => return true,
                ')' | ']' | '}' => depth -= 1,
                '\n' | ';' => return true,
                ',' if depth == 0 => return true,
                _ => {}
            }
            false
        })
        .map_or(rest.len(), |(at, _)| at);
    Some((start + at, start + at + rest.get(..length)?.trim_end().len()))
}

/// Whether a model without columns is worth keeping: its name is that of a well-known thing.
fn models_named(name: &str) -> bool {
    super::lexicon::lexicon().noun(&super::nouns::key_of(name)).is_some()
}

/// The fields of a body in braces: one a line, or divided by commas and semicolons outside brackets.
fn lines(inner: &str) -> Vec<&str> {
    if inner.contains('\n') {
        return inner.split(['\n', ';']).collect();
    }
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
            ',' | ';' if depth == 0 => {
                parts.push(inner.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inner.get(start..).unwrap_or_default());
    parts
}

/// A model in the midst of a line, `… Machine { name: string }`: what stands before it, its name and where its body opens.
fn inline(line: &str) -> Option<(&str, &str, usize)> {
    let open = line.find('{')?;
    let head = line.get(..open)?.trim_end();
    let start = head.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    let name = head.get(start..)?;
    let typed = line.get(open..)?.contains(':') || line.trim_end().ends_with('{');
    (typed && name.chars().next()?.is_uppercase()).then_some((head.get(..start)?, name, open))
}

#[derive(Clone, Copy)]
enum Form {
    Table,
    /// `students(id, first_name, email UNIQUE)`.
    Bare,
    Type,
    Enum,
}

#[derive(Clone, Copy)]
struct Head<'a> {
    name: &'a str,
    form: Form,
}

/// A line that begins a model: what it is, and where its body opens.
fn header(line: &str) -> Option<(Head<'_>, usize)> {
    let open = line.find(['{', '('])?;
    let round = line.get(open..)?.starts_with('(');
    let mut words = line.get(..open)?.split_whitespace().filter(|word| *word != "export" && *word != "=");
    let first = words.next()?.to_lowercase();
    let form = match (first.as_str(), round) {
        ("create", true) => {
            words.next().filter(|word| word.eq_ignore_ascii_case("table"))?;
            Form::Table
        }
        (_, true) if is_bare(line, open) => Form::Bare,
        ("model" | "type" | "interface" | "class" | "struct" | "entity", false) => Form::Type,
        ("enum", false) => Form::Enum,
        _ => return None,
    };
    if matches!(form, Form::Bare) {
        let name = line.get(..open)?.trim();
        return Some((Head { name, form }, open));
    }
    let name = words.rfind(|word| !matches!(word.to_lowercase().as_str(), "if" | "not" | "exists"))?;
    let name = name.rsplit('.').next()?.trim_matches(['"', '`', '\'', '[', ']']);
    let sound = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    sound.then_some((Head { name, form }, open))
}

/// Whether a line is a table with its columns and no prose: the bracket touches the name, and there is a key or a type in it.
fn is_bare(line: &str, open: usize) -> bool {
    let name = line.get(..open).unwrap_or_default();
    let inner = line.get(open + 1..).unwrap_or_default();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let typed = inner.split([',', ')']).any(|column| {
        let mut words = column.split_whitespace();
        let first = words.next().unwrap_or_default();
        first == "id"
            || first.ends_with("_id")
            || words.any(|word| {
                matches!(
                    word,
                    "INT"
                        | "INTEGER"
                        | "TEXT"
                        | "DATE"
                        | "DECIMAL"
                        | "UNIQUE"
                        | "BOOLEAN"
                        | "VARCHAR"
                        | "FK"
                        | "TIMESTAMP"
                        | "NUMERIC"
                        | "FLOAT"
                )
            })
    });
    plain && typed && inner.contains(',') && inner.trim_end().trim_end_matches(['.', ';']).ends_with(')')
}

/// What stands between the bracket at `open` and the one that closes it, and how long all of it is.
fn body(text: &str, open: usize) -> Option<(&str, usize)> {
    let mut depth = 0_usize;
    for (at, c) in text.get(open..)?.char_indices().take(20_000) {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    let end = open + at;
                    let tail = text.get(end + 1..)?.trim_start_matches([' ', ';', ',']);
                    return Some((text.get(open + 1..end)?, text.len() - tail.len()));
                }
            }
            _ => {}
        }
    }
    None
}

/// A name without case, underscores and the plural's ending, for matching references.
fn plain(name: &str) -> String {
    super::nouns::key_of(name)
}

/// The two sides of a table that has nothing but two references.
fn join(model: &Model) -> Option<(String, String)> {
    match model.columns.as_slice() {
        [Column { kind: Kind::Link(one), .. }, Column { kind: Kind::Link(two), .. }] => {
            Some((one.clone(), two.clone()))
        }
        _ => None,
    }
}

/// A column as a point of prose; `None` where something else says it.
fn point(
    column: &Column,
    model: &Model,
    models: &[Model],
    names: &BTreeMap<String, String>,
    enums: &BTreeMap<String, Vec<String>>,
) -> Option<String> {
    let name = &column.name;
    let mut line = match &column.kind {
        Kind::Plain(kind) => format!("{name}: {kind}"),
        Kind::Values(values) => format!("{name}: enum ({})", values.join(", ")),
        Kind::Link(target) | Kind::Named(target) => {
            if let Some(values) = enums.get(&target.to_lowercase()) {
                format!("{name}: enum ({})", values.join(", "))
            } else {
                let target = names.get(&plain(target)).map(|_| super::nouns::singular(&plain(target)))?;
                let need = if column.required { "required" } else { "optional" };
                let name = name.strip_suffix("_id").or_else(|| name.strip_suffix("Id")).unwrap_or(name);
                return Some(format!("{name}: {target} ({need})"));
            }
        }
        Kind::List(target) => {
            let other = models.iter().find(|other| plain(&other.name) == plain(target))?;
            let back = other
                .columns
                .iter()
                .any(|back| matches!(&back.kind, Kind::List(name) if plain(name) == plain(&model.name)));
            let first = plain(&model.name) <= plain(&other.name);
            return (back && first).then(|| format!("many-to-many with {}", plain(&other.name)));
        }
    };
    // The scalar behind a relation of the same name.
    let base = name.strip_suffix("Id").unwrap_or("");
    if model.columns.iter().any(|other| other.name == base && matches!(other.kind, Kind::Named(_))) {
        return None;
    }
    for flag in &column.flags {
        line.push_str(", ");
        line.push_str(flag);
    }
    if column.required && column.default.is_none() {
        line.push_str(", required");
    }
    if let Some(default) = &column.default {
        line.push_str(&format!(", default {default}"));
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::rewritten;

    #[test]
    fn models_become_points() {
        let sql = "CREATE TABLE books (\n id SERIAL PRIMARY KEY,\n title VARCHAR(200) NOT NULL,\n \
                   price DECIMAL(10,2) CHECK (price > 0),\n author_id INT NOT NULL REFERENCES authors(id)\n);\n\
                   CREATE TABLE authors (id INT, name TEXT UNIQUE);";
        assert_eq!(
            rewritten(sql).0,
            "\n\n\n## books\n\n- title: string, max 200, required\n- price: decimal, > 0\n- author: author (required)\n\
             \n\n## authors\n\n- name: string, unique\n"
        );
        let prisma = "model Post {\n  id Int @id\n  title String\n  state State @default(DRAFT)\n  tags Tag[]\n}\n\
                      model Tag { \n name String @unique\n posts Post[]\n}\nenum State { DRAFT LIVE }";
        assert_eq!(
            rewritten(prisma).0,
            "\n\n\n\n## Post\n\n- title: string, required\n- state: enum (draft, live), default DRAFT\n\
             - many-to-many with tag\n\n\n## Tag\n\n- name: string, unique, required\n"
        );
        for text in ["a (b", "CREATE TABLE x (", "model { }", "books (title, price)", "enum { }"] {
            assert_eq!(rewritten(text).0, text);
        }
    }
}
