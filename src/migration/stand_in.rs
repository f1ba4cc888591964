//! Records that stand in where a relation has become required and a record has none.

use std::collections::BTreeSet;

use super::difference::{Difference, TableChange};
use super::fill::{Fill, Row, STAND_IN};
use super::schema::{Column, Schema, Table};
use super::sql::{Dialect, quoted, text};

/// The statements that make them, each only where a record needs it: made at the time and for the owner of the oldest such
/// record. What a stand-in itself needs is made before it.
pub(super) fn stand_ins(difference: &Difference<'_>, dialect: Dialect) -> Vec<String> {
    let mut statements = Vec::new();
    for change in &difference.altered {
        for column in needy(change) {
            let Fill::Record { target } = &column.fill else { continue };
            let mut order = Vec::new();
            behind(difference.new, target, &mut order, &mut BTreeSet::new());
            statements.extend(order.into_iter().map(|target| insert(change.new, column, target, dialect)));
        }
    }
    statements
}

/// The columns of a table that must be filled now and need not have been before.
fn needy<'a>(change: &TableChange<'a>) -> impl Iterator<Item = &'a Column> {
    change.new.columns.iter().filter(|column| {
        let had = change.old.column(&column.name).is_some_and(|before| !before.nullable);
        !column.nullable && (!had || change.led_elsewhere(&column.name).is_some())
    })
}

/// A table behind those that its records need, in the order in which records must be made.
fn behind<'a>(schema: &'a Schema, table: &str, order: &mut Vec<&'a Table>, seen: &mut BTreeSet<&'a str>) {
    let Some(table) = schema.table(table).filter(|table| seen.insert(&table.name)) else { return };
    for column in table.columns.iter().filter(|column| !column.nullable) {
        if let Fill::Record { target } = &column.fill {
            behind(schema, target, order, seen);
        }
    }
    order.push(table);
}

fn insert(source: &Table, column: &Column, target: &Table, dialect: Dialect) -> String {
    let row = |needed: &Column| Row {
        id: text(STAND_IN),
        created: "\"createdAt\"".to_owned(),
        owner: quoted(source.owner_column().unwrap_or("id")),
        number: "0",
        existing: Some((&target.name, quoted(&needed.name))),
    };
    let mut columns = vec!["\"id\"".to_owned()];
    let mut values = vec![text(STAND_IN)];
    for needed in target.columns.iter().filter(|needed| !needed.nullable && needed.name != "id") {
        if let Some(value) = needed.fill.expression(needed, &row(needed), dialect) {
            columns.push(quoted(&needed.name));
            values.push(value);
        }
    }
    let (source, target) = (quoted(&source.name), quoted(&target.name));
    format!(
        "INSERT INTO {target} ({}) SELECT {} FROM {source} WHERE {} = '{STAND_IN}' AND NOT EXISTS (SELECT 1 FROM {target} WHERE \"id\" = '{STAND_IN}') ORDER BY {source}.\"createdAt\", {source}.\"id\" LIMIT 1;\n",
        columns.join(", "),
        values.join(", "),
        quoted(&column.name),
    )
}
