//! SQL as Prisma's schema engine writes it.

use std::fmt::Write as _;

use super::schema::{Action, Column, ColumnType, ForeignKey, Index, Schema, Table};

/// Which database the SQL is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgresql,
}

/// Longest identifier of PostgreSQL, in bytes.
const POSTGRESQL_LIMIT: usize = 63;

/// The migration from nothing to a schema.
pub fn initial(schema: &Schema, dialect: Dialect) -> String {
    let mut steps = Vec::new();
    if dialect == Dialect::Postgresql {
        steps.push("-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS \"public\";\n".to_owned());
        steps.extend(schema.enums.iter().map(|(name, values)| create_enum(name, values)));
    }
    steps.extend(schema.tables.iter().map(|table| create_table(table, dialect)));
    for table in &schema.tables {
        steps.extend(
            own_indexes(table, dialect)
                .map(|index| format!("-- CreateIndex\n{}", create_index(table, index, dialect))),
        );
    }
    if dialect == Dialect::Postgresql {
        for table in &schema.tables {
            steps.extend(table.foreign_keys.iter().map(|key| add_foreign_key(table, key)));
        }
    }
    steps.join("\n")
}

/// The indexes that are statements of their own: not the one that is a join table's key.
pub(super) fn own_indexes(table: &Table, dialect: Dialect) -> impl Iterator<Item = &Index> {
    let is_key = move |index: &&Index| dialect == Dialect::Postgresql && table.is_join && index.unique;
    table.indexes.iter().filter(move |index| !is_key(index))
}

pub(super) fn create_table(table: &Table, dialect: Dialect) -> String {
    format!("-- CreateTable\n{}", create_table_as(&table.name, table, dialect))
}

/// The statement alone, for the table under another name.
pub(super) fn create_table_as(as_name: &str, table: &Table, dialect: Dialect) -> String {
    let mut lines: Vec<String> =
        table.columns.iter().map(|column| definition(column, table, dialect)).collect();
    let mut out = format!("CREATE TABLE \"{as_name}\" (\n");
    match dialect {
        Dialect::Sqlite => {
            lines.extend(table.foreign_keys.iter().map(|key| foreign_key(table, key, dialect)));
            write!(out, "    {}", lines.join(",\n    ")).expect("writing to a string cannot fail");
        }
        Dialect::Postgresql => {
            let (name, columns) = if table.is_join { ("AB_", "\"A\",\"B\"") } else { ("", "\"id\"") };
            let name = limited(&format!("{}_{name}", table.name), "pkey", dialect);
            write!(
                out,
                "    {},\n\n    CONSTRAINT \"{name}\" PRIMARY KEY ({columns})",
                lines.join(",\n    ")
            )
            .expect("writing to a string cannot fail");
        }
    }
    out + "\n);\n"
}

pub(super) fn create_enum(name: &str, values: &[String]) -> String {
    format!("-- CreateEnum\nCREATE TYPE \"{name}\" AS ENUM ({});\n", members(values))
}

/// Members of an enum as a list of texts.
pub(super) fn members(values: &[String]) -> String {
    values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ")
}

/// The type of a column.
pub(super) fn type_name(kind: &ColumnType, dialect: Dialect) -> String {
    match (kind, dialect) {
        (ColumnType::Text, _) | (ColumnType::Enum(_), Dialect::Sqlite) => "TEXT".to_owned(),
        (ColumnType::Integer, _) => "INTEGER".to_owned(),
        (ColumnType::Boolean, _) => "BOOLEAN".to_owned(),
        (ColumnType::Decimal { .. }, Dialect::Sqlite) => "DECIMAL".to_owned(),
        (ColumnType::Decimal { digits, scale }, Dialect::Postgresql) => format!("DECIMAL({digits},{scale})"),
        (ColumnType::Date | ColumnType::Timestamp, Dialect::Sqlite) => "DATETIME".to_owned(),
        (ColumnType::Date, Dialect::Postgresql) => "DATE".to_owned(),
        (ColumnType::Timestamp, Dialect::Postgresql) => "TIMESTAMP(3)".to_owned(),
        (ColumnType::Enum(name), Dialect::Postgresql) => format!("\"{name}\""),
        (ColumnType::Other(written), _) => written.clone(),
    }
}

pub(super) fn definition(column: &Column, table: &Table, dialect: Dialect) -> String {
    let mut out = format!("\"{}\" {}", column.name, type_name(&column.kind, dialect));
    if !column.nullable {
        out.push_str(" NOT NULL");
    }
    if dialect == Dialect::Sqlite && column.name == "id" && !table.is_join {
        out.push_str(" PRIMARY KEY");
    }
    if let Some(default) = &column.default {
        write!(out, " DEFAULT {default}").expect("writing to a string cannot fail");
    }
    out
}

pub(super) fn add_foreign_key(table: &Table, key: &ForeignKey) -> String {
    let constraint = foreign_key(table, key, Dialect::Postgresql);
    format!("-- AddForeignKey\nALTER TABLE \"{}\" ADD {constraint};\n", table.name)
}

pub(super) fn foreign_key_name(table: &str, column: &str, dialect: Dialect) -> String {
    limited(&format!("{table}_{column}_"), "fkey", dialect)
}

fn foreign_key(table: &Table, key: &ForeignKey, dialect: Dialect) -> String {
    let name = foreign_key_name(&table.name, &key.column, dialect);
    let action = match key.on_delete {
        Action::Restrict => "RESTRICT",
        Action::SetNull => "SET NULL",
        Action::Cascade => "CASCADE",
        Action::NoAction => "NO ACTION",
    };
    let space = if dialect == Dialect::Sqlite { " " } else { "" };
    format!(
        "CONSTRAINT \"{name}\" FOREIGN KEY (\"{}\") REFERENCES \"{}\"{space}(\"id\") ON DELETE {action} ON UPDATE CASCADE",
        key.column, key.target
    )
}

/// The name that Prisma gives an index.
pub(super) fn index_name(table: &Table, index: &Index, dialect: Dialect) -> String {
    let (stem, suffix) = match (table.is_join, index.unique) {
        (true, true) => (format!("{}_AB_", table.name), "unique"),
        (true, false) => (format!("{}_B_", table.name), "index"),
        (false, true) => (format!("{}_{}_", table.name, index.columns.join("_")), "key"),
        (false, false) => (format!("{}_{}_", table.name, index.columns.join("_")), "idx"),
    };
    index.name.clone().unwrap_or_else(|| limited(&stem, suffix, dialect))
}

pub(super) fn create_index(table: &Table, index: &Index, dialect: Dialect) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let columns = index.columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ");
    let name = index_name(table, index, dialect);
    format!("CREATE {unique}INDEX \"{name}\" ON \"{}\"({columns});\n", table.name)
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// A text as SQL writes it.
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// Stem (which ends in `_`) and suffix as one name, the stem cut so that the whole keeps to the limit of the database.
fn limited(stem: &str, suffix: &str, dialect: Dialect) -> String {
    let stem = stem.strip_suffix('_').unwrap_or(stem);
    let room = POSTGRESQL_LIMIT - suffix.len() - 1;
    let stem = if dialect == Dialect::Postgresql && stem.len() > room { &stem[..room] } else { stem };
    format!("{stem}_{suffix}")
}
