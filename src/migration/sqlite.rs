//! A difference as SQL for SQLite, in the order of Prisma's schema engine.
//!
//! Where Prisma leaves rows without a value that they need, which SQLite refuses, they get one here: see [`Fill`](super::Fill).

use super::convert::{convert, without};
use super::difference::{Difference, TableChange};
use super::fill::Row;
use super::schema::{Column, ColumnType, Table};
use super::sql::{
    Dialect, create_index, create_table, create_table_as, definition, index_name, own_indexes, quoted,
};
use super::stand_in::stand_ins;

const DIALECT: Dialect = Dialect::Sqlite;

/// The steps, each with its comment.
pub(super) fn steps(difference: &Difference<'_>) -> Vec<String> {
    let mut steps = Vec::new();
    let (redefined, altered): (Vec<_>, Vec<_>) =
        difference.altered.iter().partition(|change| is_redefined(change));
    for table in &difference.old.tables {
        let change = altered.iter().find(|change| change.old.name == table.name);
        let mut gone = change.map_or_else(Vec::new, |change| change.old_indexes.clone());
        // Prisma names those of dropped tables only where it copies others, whose indexes could bear the same names.
        if !redefined.is_empty() && difference.dropped.iter().any(|dropped| dropped.name == table.name) {
            gone.extend(own_indexes(table, DIALECT));
        }
        for index in gone {
            steps.push(format!("-- DropIndex\nDROP INDEX \"{}\";\n", index_name(table, index, DIALECT)));
        }
    }
    for change in &altered {
        let add = |column: &&Column| {
            let definition = definition(column, change.new, DIALECT);
            format!("ALTER TABLE \"{}\" ADD COLUMN {definition};\n", change.new.name)
        };
        let added = change.added.iter().map(add).collect::<Vec<_>>().concat();
        if !added.is_empty() {
            steps.push(format!("-- AlterTable\n{added}"));
        }
    }
    for table in &difference.dropped {
        steps.push(format!(
            "-- DropTable\nPRAGMA foreign_keys=off;\nDROP TABLE \"{}\";\nPRAGMA foreign_keys=on;\n",
            table.name
        ));
    }
    steps.extend(difference.created.iter().map(|table| create_table(table, DIALECT)));
    steps.extend(converted_rows(difference, &redefined));
    if !redefined.is_empty() {
        let mut block =
            "-- RedefineTables\nPRAGMA defer_foreign_keys=ON;\nPRAGMA foreign_keys=OFF;\n".to_owned();
        for change in redefined {
            block.push_str(&redefine(change, difference));
        }
        block.push_str(&stand_ins(difference, DIALECT).concat());
        block.push_str("PRAGMA foreign_keys=ON;\nPRAGMA defer_foreign_keys=OFF;\n");
        steps.push(block);
    }
    for table in &difference.created {
        steps.extend(
            own_indexes(table, DIALECT)
                .map(|index| format!("-- CreateIndex\n{}", create_index(table, index, DIALECT))),
        );
    }
    for change in altered {
        for index in &change.new_indexes {
            steps.push(format!("-- CreateIndex\n{}", create_index(change.new, index, DIALECT)));
        }
    }
    steps
}

/// SQLite adds columns that may be empty, and for everything else wants a new table.
fn is_redefined(change: &TableChange<'_>) -> bool {
    change.added.iter().any(|column| !column.nullable && column.default.is_none())
        || !change.removed.is_empty()
        || !change.new_keys.is_empty()
        || !change.old_keys.is_empty()
        || change.changed.iter().any(|(old, new)| {
            old.nullable != new.nullable
                || old.default != new.default
                || storage(&old.kind) != storage(&new.kind)
        })
}

/// The type as SQLite sees it: members of enums are texts, days are moments.
pub(super) fn storage(kind: &ColumnType) -> ColumnType {
    match kind {
        ColumnType::Enum(_) => ColumnType::Text,
        ColumnType::Date => ColumnType::Timestamp,
        ColumnType::Decimal { .. } => ColumnType::Decimal { digits: 0, scale: 0 },
        other => other.clone(),
    }
}

/// Values that have to change in tables that stay as they are.
fn converted_rows(difference: &Difference<'_>, redefined: &[&TableChange<'_>]) -> Vec<String> {
    let mut steps = Vec::new();
    for new in &difference.new.tables {
        let Some(old) = difference.old.table(&new.name) else { continue };
        if redefined.iter().any(|change| change.new.name == new.name) {
            continue;
        }
        let updates: String = new
            .columns
            .iter()
            .filter_map(|column| {
                let value = carried(old.column(&column.name)?, column, old, None, difference)?;
                Some(format!("UPDATE \"{}\" SET \"{}\" = {value};\n", new.name, column.name))
            })
            .collect();
        if !updates.is_empty() {
            steps.push(format!("-- ConvertValues\n{updates}"));
        }
    }
    steps
}

/// The value of a column that stays, where that is not just the old one. `target` is the table that it newly leads to: a
/// value that no record there has is dropped.
fn carried(
    old: &Column,
    new: &Column,
    table: &Table,
    target: Option<&str>,
    difference: &Difference<'_>,
) -> Option<String> {
    let converted = convert(&old.kind, new, difference.new.values(enum_name(&new.kind)), DIALECT);
    let value = converted.expression.clone().unwrap_or_else(|| quoted(&new.name));
    let fill = || {
        let row = Row { existing: Some((&table.name, value.clone())), ..row(table) };
        new.fill.expression(new, &row, DIALECT)
    };
    let lost = difference.lost_values(&new.kind);
    if old.kind == new.kind && !lost.is_empty() {
        let instead = if old.nullable && new.nullable { None } else { fill() };
        let value = without(&value, lost, &instead.unwrap_or_else(|| "NULL".to_owned()));
        return Some(filled(value, old.nullable && !new.nullable, fill()));
    }
    let empty = !new.nullable && (old.nullable || converted.loss.empties() || target.is_some());
    if let Some(target) = target {
        let found = format!("CASE WHEN {value} IN (SELECT \"id\" FROM {}) THEN {value} END", quoted(target));
        return Some(filled(found, empty, fill()));
    }
    match converted.expression {
        None if empty => fill().map(|fill| format!("coalesce({value}, {fill})")),
        expression => expression.map(|value| filled(value, empty, fill())),
    }
}

fn filled(value: String, empty: bool, fill: Option<String>) -> String {
    match fill {
        Some(fill) if empty && value == "NULL" => fill,
        Some(fill) if empty => format!("coalesce({value}, {fill})"),
        _ => value,
    }
}

pub(super) fn enum_name(kind: &ColumnType) -> &str {
    if let ColumnType::Enum(name) = kind { name } else { "" }
}

/// A row of a table that is being copied.
fn row(table: &Table) -> Row<'_> {
    Row {
        id: "\"id\"".to_owned(),
        created: "\"createdAt\"".to_owned(),
        owner: quoted(table.owner_column().unwrap_or("id")),
        number: "row_number() OVER (ORDER BY \"id\")",
        existing: None,
    }
}

fn redefine(change: &TableChange<'_>, difference: &Difference<'_>) -> String {
    let name = &change.new.name;
    let copy_name = format!("new_{name}");
    let mut copied: Vec<(String, String)> = Vec::new();
    for column in &change.new.columns {
        let own = quoted(&column.name);
        let value = match change.old.column(&column.name) {
            Some(old) => carried(old, column, change.old, change.led_elsewhere(&column.name), difference)
                .unwrap_or_else(|| own.clone()),
            None if column.nullable || column.default.is_some() => continue,
            None => match column.fill.expression(column, &row(change.old), DIALECT) {
                Some(value) => value,
                None => continue,
            },
        };
        let alias = if value == own { String::new() } else { format!(" AS {own}") };
        copied.push((own, format!("{value}{alias}")));
    }
    copied.sort();
    let (columns, values): (Vec<_>, Vec<_>) = copied.into_iter().unzip();
    let mut out = create_table_as(&copy_name, change.new, DIALECT);
    out.push_str(&format!(
        "INSERT INTO \"{copy_name}\" ({}) SELECT {} FROM \"{name}\";\nDROP TABLE \"{name}\";\nALTER TABLE \"{copy_name}\" RENAME TO \"{name}\";\n",
        columns.join(", "),
        values.join(", "),
    ));
    for index in own_indexes(change.new, DIALECT) {
        out.push_str(&create_index(change.new, index, DIALECT));
    }
    out
}
