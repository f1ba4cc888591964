//! The columns of data models in code.

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A type of the blueprint, by its name.
    Plain(&'static str),
    Values(Vec<String>),
    /// A foreign key to this table.
    Link(String),
    /// A type by another model's or enum's name.
    Named(String),
    /// A list of another model.
    List(String),
}

/// A column of a table or a field of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) default: Option<String>,
    /// Bounds and `unique`, as prose says them.
    pub(super) flags: Vec<String>,
}

/// The columns of a table's definition.
pub(super) fn sql_columns(inner: &str) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for part in split(inner) {
        let words: Vec<&str> = part.split_whitespace().collect();
        let Some(first) = words.first() else { continue };
        let lower = part.to_lowercase();
        if lower.starts_with("foreign key") {
            let name = between(&lower, '(', ')').map(|name| unquoted(name).to_owned());
            let target = lower.split_once("references").and_then(|(_, rest)| word(rest));
            if let (Some(name), Some(target)) = (name, target)
                && let Some(column) = columns.iter_mut().find(|column| column.name.to_lowercase() == name)
            {
                column.kind = Kind::Link(target);
            }
            continue;
        }
        if matches!(
            first.to_lowercase().split('(').next().unwrap_or_default(),
            "primary" | "unique" | "constraint" | "check" | "key" | "index"
        ) {
            continue;
        }
        let name = unquoted(first);
        let kind = words.get(1).copied().unwrap_or_default().to_lowercase();
        let implied = matches!(name.to_lowercase().as_str(), "id" | "created_at" | "updated_at" | "uuid");
        if implied || words.len() < 2 || lower.contains("primary key") && !lower.contains("references") {
            continue;
        }
        columns.push(sql_column(name, &kind, part.trim(), &lower));
    }
    columns
}

/// The columns of `students(id, first_name, email UNIQUE, class_id FK classes)`, most of them without a type.
pub(super) fn bare_columns(inner: &str) -> Vec<Column> {
    let columns = split(inner).into_iter().map(|part| {
        let words: Vec<&str> = part.split_whitespace().collect();
        let name = words.first().copied().unwrap_or_default();
        let reference =
            words.iter().position(|word| word.eq_ignore_ascii_case("fk")).and_then(|at| words.get(at + 1));
        let target = reference.map(|target| target.trim_start_matches("->").to_owned());
        let target = target.or_else(|| name.strip_suffix("_id").map(ToOwned::to_owned));
        if let Some(target) = target.filter(|target| !target.is_empty()) {
            return format!("{name} int references {target}");
        }
        let typed = words
            .get(1)
            .is_some_and(|word| !matches!(word.to_lowercase().as_str(), "unique" | "not" | "null" | "pk"));
        if typed {
            part.to_owned()
        } else {
            format!("{name} varchar {}", words.get(1..).unwrap_or_default().join(" "))
        }
    });
    sql_columns(&columns.collect::<Vec<_>>().join(", "))
        .into_iter()
        .map(|mut column| {
            if matches!(column.kind, Kind::Plain("string")) {
                column.kind = Kind::Plain(named(&column.name));
            }
            column
        })
        .collect()
}

fn sql_column(name: &str, kind: &str, part: &str, lower: &str) -> Column {
    let base = kind.split('(').next().unwrap_or_default();
    let mut flags = Vec::new();
    let mut held = match base {
        "text" | "longtext" | "mediumtext" | "clob" if !lower.contains("unique") && !is_short(name) => {
            Kind::Plain("text")
        }
        "int" | "integer" | "bigint" | "smallint" | "tinyint" | "serial" => Kind::Plain("integer"),
        "decimal" | "numeric" | "float" | "double" | "real" | "money" => Kind::Plain("decimal"),
        "bool" | "boolean" => Kind::Plain("boolean"),
        "date" => Kind::Plain("date"),
        "timestamp" | "timestamptz" | "datetime" => Kind::Plain("datetime"),
        _ => Kind::Plain(named(name)),
    };
    if base.ends_with("char")
        && let Some(length) = between(part, '(', ')').filter(|text| text.trim().parse::<u32>().is_ok())
    {
        flags.push(format!("max {}", length.trim()));
    }
    if lower.contains("unique") {
        flags.push("unique".to_owned());
    }
    if base == "enum"
        && let Some(values) = between(part, '(', ')')
    {
        held = Kind::Values(list(values));
    }
    if let Some((_, check)) = lower.split_once("check")
        && let Some(at) = part.len().checked_sub(check.len())
        && let Some(check) = part.get(at..)
    {
        let low = check.to_lowercase();
        if let Some(at) = low.find(" in") {
            if let Some(values) = check.get(at..).and_then(|text| between(text, '(', ')')) {
                held = Kind::Values(list(values));
            }
        } else if let Some(rest) = between(check, '(', ')')
            && let Some(at) = rest.find(['<', '>'])
        {
            flags.push(
                rest.get(at..)
                    .unwrap_or_default()
                    .replace(">=", "> =")
                    .replace("<=", "< =")
                    .trim()
                    .to_owned(),
            );
        } else if let Some((_, range)) = low.split_once("between") {
            flags.push(format!("between {}", range.trim_end_matches([')', ' '])));
        }
    }
    if let Some((_, rest)) = lower.split_once("references")
        && let Some(target) = word(rest)
    {
        held = Kind::Link(target);
        flags.clear();
    }
    let default = lower
        .find("default ")
        .and_then(|at| part.get(at + 8..)?.split_whitespace().next())
        .map(|text| text.trim_matches(['\'', '"', ',', '(', ')']).to_owned())
        .filter(|text| {
            !text.is_empty()
                && !text.contains('(')
                && !text.to_lowercase().starts_with("current_")
                && !text.eq_ignore_ascii_case("null")
        });
    Column { name: name.to_owned(), kind: held, required: lower.contains("not null"), default, flags }
}

/// A field of a model in braces: Prisma's `name Type attributes`, or `name: Type` with `?`, `!` and `|`.
pub(super) fn brace_column(line: &str) -> Option<Column> {
    let arrow = line.replace(" -> ", ": ").replace("->", ": ");
    let line = arrow.split("//").next().unwrap_or_default().trim().trim_end_matches(',');
    if line.starts_with("@@") || line.contains("@id") || line.contains("@updatedAt") {
        return None;
    }
    let (name, kind, colon) = match line.split_once(':') {
        Some((name, kind)) if !name.contains(char::is_whitespace) => (name.trim(), kind.trim(), true),
        _ => {
            let (name, kind) = line.split_once(char::is_whitespace)?;
            (name, kind.trim(), false)
        }
    };
    let optional = name.ends_with('?');
    let name = name.trim_end_matches('?');
    let sound = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !sound || matches!(name, "id" | "createdAt" | "updatedAt" | "created_at" | "updated_at") {
        return None;
    }
    let worded = kind.contains('|')
        && kind.split('|').all(|part| {
            let part = part.trim();
            !part.is_empty()
                && super::fields::type_word(part).is_none()
                && !matches!(part, "null" | "undefined")
                && !part.chars().next().is_some_and(char::is_uppercase)
        });
    if colon && kind.contains('|') && (kind.contains(['\'', '"']) || worded) {
        let values = kind.split('|').map(|value| unquoted(value).to_owned()).collect();
        return Some(Column {
            name: name.into(),
            kind: Kind::Values(values),
            required: !optional,
            default: None,
            flags: Vec::new(),
        });
    }
    let (kind, attributes) = kind.split_once(char::is_whitespace).unwrap_or((kind, ""));
    // GraphQL marks what must be there; the others mark what may be missing.
    let graphql =
        colon && matches!(kind.trim_matches(['[', ']', '!']), "Int" | "String" | "Boolean" | "Float" | "ID");
    let nullable = optional || kind.ends_with('?') || graphql && !kind.ends_with('!');
    let many = kind.contains('[');
    let base = kind.trim_matches(['[', ']', '?', '!']);
    let base = base.split('(').next().unwrap_or(base);
    let held = match base {
        "String" | "string" | "ID" if attributes.contains("@db.Text") => Kind::Plain("text"),
        "String" | "string" | "ID" | "str" => Kind::Plain(named(name)),
        "Int" | "BigInt" | "int" | "integer" => Kind::Plain("integer"),
        "number" => Kind::Plain(if matches!(named(name), "decimal") { "decimal" } else { "integer" }),
        "Float" | "Decimal" | "float" | "decimal" => Kind::Plain("decimal"),
        "Boolean" | "boolean" | "bool" => Kind::Plain("boolean"),
        "DateTime" | "Date" | "datetime" | "date" => {
            let day = base == "date" || named(name) == "date";
            Kind::Plain(if day { "date" } else { "datetime" })
        }
        "Json" | "text" | "Text" => Kind::Plain("text"),
        "" => return None,
        other if other.chars().all(|c| c.is_alphanumeric() || c == '_') => {
            if many {
                Kind::List(other.to_owned())
            } else {
                Kind::Named(other.to_owned())
            }
        }
        _ => return None,
    };
    let default = attributes
        .split_once("@default(")
        .and_then(|(_, rest)| rest.split(')').next())
        .map(|text| text.trim_matches(['"', '\'']).to_owned())
        .filter(|text| !text.is_empty() && !text.contains('('));
    let unique = attributes.contains("unique").then(|| "unique".to_owned());
    Some(Column {
        name: name.to_owned(),
        kind: held,
        required: !nullable,
        default,
        flags: unique.into_iter().collect(),
    })
}

/// The type that a text column's name suggests.
fn named(name: &str) -> &'static str {
    use crate::blueprint::FieldType;
    match super::lexicon::lexicon().type_of(&super::notation::spaced(name)) {
        FieldType::Text => "text",
        FieldType::Email => "email",
        FieldType::Url => "url",
        FieldType::Decimal => "decimal",
        FieldType::Date => "date",
        FieldType::Datetime => "datetime",
        FieldType::Integer if name.starts_with("max_") => "integer",
        _ => "string",
    }
}

/// Whether a name is one of those whose texts are short even in a column for long ones.
fn is_short(name: &str) -> bool {
    named(name) != "text" && super::lexicon::lexicon().is_field_word(&super::notation::spaced(name))
        || matches!(name.to_lowercase().as_str(), "name" | "title")
}

/// Splits at commas outside brackets.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default().trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default().trim());
    parts.retain(|part| !part.is_empty() && !part.starts_with("--"));
    parts
}

fn list(values: &str) -> Vec<String> {
    values.split(',').map(|value| unquoted(value).to_owned()).filter(|value| !value.is_empty()).collect()
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\'', '`', '[', ']', ' '])
}

/// The first word.
fn word(text: &str) -> Option<String> {
    let text = text.trim_start().trim_start_matches(['"', '`', '[']);
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

fn between(text: &str, open: char, close: char) -> Option<&str> {
    let (_, rest) = text.split_once(open)?;
    let (inner, _) = rest.split_once(close)?;
    Some(inner)
}
