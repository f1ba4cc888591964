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
        steps.extend(schema.enums.iter().map(|(name, values)| {
            let values = values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ");
            format!("-- CreateEnum\nCREATE TYPE \"{name}\" AS ENUM ({values});\n")
        }));
    }
    steps.extend(schema.tables.iter().map(|table| create_table(table, dialect)));
    for table in &schema.tables {
        let is_key = |index: &&Index| dialect == Dialect::Postgresql && table.is_join && index.unique;
        steps.extend(
            table
                .indexes
                .iter()
                .filter(|index| !is_key(index))
                .map(|index| create_index(table, index, dialect)),
        );
    }
    if dialect == Dialect::Postgresql {
        for table in &schema.tables {
            steps.extend(table.foreign_keys.iter().map(|key| {
                let constraint = foreign_key(table, key, dialect);
                format!("-- AddForeignKey\nALTER TABLE \"{}\" ADD {constraint};\n", table.name)
            }));
        }
    }
    steps.join("\n")
}

fn create_table(table: &Table, dialect: Dialect) -> String {
    let mut lines: Vec<String> =
        table.columns.iter().map(|column| definition(column, table, dialect)).collect();
    let mut out = format!("-- CreateTable\nCREATE TABLE \"{}\" (\n", table.name);
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

fn definition(column: &Column, table: &Table, dialect: Dialect) -> String {
    let kind = match (&column.kind, dialect) {
        (ColumnType::Text, _) | (ColumnType::Enum(_), Dialect::Sqlite) => "TEXT".to_owned(),
        (ColumnType::Integer, _) => "INTEGER".to_owned(),
        (ColumnType::Boolean, _) => "BOOLEAN".to_owned(),
        (ColumnType::Decimal { .. }, Dialect::Sqlite) => "DECIMAL".to_owned(),
        (ColumnType::Decimal { digits, scale }, Dialect::Postgresql) => format!("DECIMAL({digits},{scale})"),
        (ColumnType::Date | ColumnType::Timestamp, Dialect::Sqlite) => "DATETIME".to_owned(),
        (ColumnType::Date, Dialect::Postgresql) => "DATE".to_owned(),
        (ColumnType::Timestamp, Dialect::Postgresql) => "TIMESTAMP(3)".to_owned(),
        (ColumnType::Enum(name), Dialect::Postgresql) => format!("\"{name}\""),
    };
    let mut out = format!("\"{}\" {kind}", column.name);
    if !column.nullable {
        out.push_str(" NOT NULL");
    }
    if dialect == Dialect::Sqlite && column.name == "id" && !table.is_join {
        out.push_str(" PRIMARY KEY");
    }
    if let Some(default) = column.default {
        write!(out, " DEFAULT {default}").expect("writing to a string cannot fail");
    }
    out
}

fn foreign_key(table: &Table, key: &ForeignKey, dialect: Dialect) -> String {
    let name = limited(&format!("{}_{}_", table.name, key.column), "fkey", dialect);
    let action = match key.on_delete {
        Action::Restrict => "RESTRICT",
        Action::SetNull => "SET NULL",
        Action::Cascade => "CASCADE",
    };
    let space = if dialect == Dialect::Sqlite { " " } else { "" };
    format!(
        "CONSTRAINT \"{name}\" FOREIGN KEY (\"{}\") REFERENCES \"{}\"{space}(\"id\") ON DELETE {action} ON UPDATE CASCADE",
        key.column, key.target
    )
}

fn create_index(table: &Table, index: &Index, dialect: Dialect) -> String {
    let (stem, suffix) = match (table.is_join, index.unique) {
        (true, true) => (format!("{}_AB_", table.name), "unique"),
        (true, false) => (format!("{}_B_", table.name), "index"),
        (false, true) => (format!("{}_{}_", table.name, index.columns.join("_")), "key"),
        (false, false) => (format!("{}_{}_", table.name, index.columns.join("_")), "idx"),
    };
    let unique = if index.unique { "UNIQUE " } else { "" };
    let columns = index.columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
    let name = limited(&stem, suffix, dialect);
    format!("-- CreateIndex\nCREATE {unique}INDEX \"{name}\" ON \"{}\"({columns});\n", table.name)
}

/// Stem (which ends in `_`) and suffix as one name, the stem cut so that the whole keeps to the limit of the database.
fn limited(stem: &str, suffix: &str, dialect: Dialect) -> String {
    let stem = stem.strip_suffix('_').unwrap_or(stem);
    let room = POSTGRESQL_LIMIT - suffix.len() - 1;
    let stem = if dialect == Dialect::Postgresql && stem.len() > room { &stem[..room] } else { stem };
    format!("{stem}_{suffix}")
}
