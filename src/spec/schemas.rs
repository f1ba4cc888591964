//! Data models in code (SQL tables, Prisma models, TypeScript and GraphQL types), rewritten as headings and points.

use std::collections::BTreeMap;

use super::columns::{Column, Kind, brace_column, sql_columns};

/// A model of the source.
struct Model {
    name: String,
    columns: Vec<Column>,
}

/// The text with its models as `## Name` and `- field: type, …`; everything else as it was.
pub(super) fn rewritten(text: &str) -> String {
    if !text.contains(['{', '(']) {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut models: Vec<Model> = Vec::new();
    let mut enums: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line = rest.split_inclusive('\n').next().unwrap_or(rest);
        let found = header(line).and_then(|(head, open)| Some((head, body(rest, open)?)));
        if let Some((Head { name, form }, (inner, length))) = found {
            match form {
                Form::Enum => {
                    let values = inner.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                    let values = values.filter(|value| !value.is_empty()).map(str::to_lowercase).collect();
                    enums.insert(name.to_lowercase(), values);
                }
                Form::Table => models.push(Model { name: name.to_owned(), columns: sql_columns(inner) }),
                Form::Type => {
                    let columns = inner.split(['\n', ';']).filter_map(brace_column).collect();
                    models.push(Model { name: name.to_owned(), columns });
                }
            }
            rest = rest.get(length..).unwrap_or_default();
        } else {
            kept.push_str(line);
            rest = rest.get(line.len()..).unwrap_or_default();
        }
    }
    models.retain(|model| !model.columns.is_empty());
    if models.is_empty() {
        return text.to_owned();
    }
    let names: BTreeMap<String, String> =
        models.iter().map(|model| (plain(&model.name), model.name.clone())).collect();
    let joins: Vec<(String, String)> = models.iter().filter_map(join).collect();
    for model in &models {
        if join(model).is_some() {
            continue;
        }
        kept.push_str(&format!("\n\n## {}\n\n", model.name));
        for column in &model.columns {
            if let Some(line) = point(column, model, &models, &names, &enums) {
                kept.push_str(&format!("- {line}\n"));
            }
        }
        for (from, to) in &joins {
            if plain(from) == plain(&model.name) {
                kept.push_str(&format!("- many-to-many with {to}\n"));
            }
        }
    }
    kept
}

#[derive(Clone, Copy)]
enum Form {
    Table,
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
        ("model" | "type" | "interface" | "class" | "struct" | "entity", false) => Form::Type,
        ("enum", false) => Form::Enum,
        _ => return None,
    };
    let name = words.rfind(|word| !matches!(word.to_lowercase().as_str(), "if" | "not" | "exists"))?;
    let name = name.rsplit('.').next()?.trim_matches(['"', '`', '\'', '[', ']']);
    let sound = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    sound.then_some((Head { name, form }, open))
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
            rewritten(sql),
            "\n\n\n## books\n\n- title: string, max 200, required\n- price: decimal, > 0\n- author: author (required)\n\
             \n\n## authors\n\n- name: string, unique\n"
        );
        let prisma = "model Post {\n  id Int @id\n  title String\n  state State @default(DRAFT)\n  tags Tag[]\n}\n\
                      model Tag { \n name String @unique\n posts Post[]\n}\nenum State { DRAFT LIVE }";
        assert_eq!(
            rewritten(prisma),
            "\n\n\n\n## Post\n\n- title: string, required\n- state: enum (draft, live), default DRAFT\n\
             - many-to-many with tag\n\n\n## Tag\n\n- name: string, unique, required\n"
        );
        for text in ["a (b", "CREATE TABLE x (", "model { }", "books (title, price)", "enum { }"] {
            assert_eq!(rewritten(text), text);
        }
    }
}
