//! A difference as SQL for PostgreSQL, in the order of Prisma's schema engine.
//!
//! Where Prisma would have the server refuse, or drop and make anew a column, rows get values here: a column first takes what
//! is converted, then what is missing is filled, then it is required.

use super::convert::{Loss, convert, without};
use super::difference::{Difference, EnumChange, TableChange};
use super::fill::{Fill, Row};
use super::schema::{Column, ColumnType, Table};
use super::sql::{
    Dialect, add_foreign_key, create_enum, create_index, create_table, definition, foreign_key_name,
    index_name, members, own_indexes, quoted, type_name,
};
use super::sqlite::enum_name;
use super::stand_in::stand_ins;

const DIALECT: Dialect = Dialect::Postgresql;

/// The steps, each with its comment.
pub(super) fn steps(difference: &Difference<'_>) -> Vec<String> {
    let mut steps: Vec<String> =
        difference.created_enums.iter().map(|(name, values)| create_enum(name, values)).collect();
    steps.extend(difference.altered_enums.iter().map(|change| alter_enum(change, difference)));
    for table in &difference.old.tables {
        let change = difference.altered.iter().find(|change| change.old.name == table.name);
        let mut gone = change.map_or_else(Vec::new, |change| change.old_keys.clone());
        if difference.dropped.iter().any(|dropped| dropped.name == table.name) {
            gone.extend(&table.foreign_keys);
        }
        for key in gone {
            let name = foreign_key_name(&table.name, &key.column, DIALECT);
            steps.push(format!(
                "-- DropForeignKey\nALTER TABLE \"{}\" DROP CONSTRAINT \"{name}\";\n",
                table.name
            ));
        }
    }
    for change in &difference.altered {
        for index in &change.old_indexes {
            steps.push(format!("-- DropIndex\nDROP INDEX \"{}\";\n", index_name(change.old, index, DIALECT)));
        }
    }
    let (mut fills, mut requirements) = (String::new(), Vec::new());
    for change in &difference.altered {
        let mut altered = Altered::default();
        for column in &change.removed {
            let drop = format!("DROP COLUMN \"{}\"", column.name);
            // Other columns are filled from the owner's.
            let owner = change.old.owner_column() == Some(&column.name);
            if owner { &mut altered.then } else { &mut altered.now }.push(drop);
        }
        for column in &change.added {
            altered.add(column, change);
        }
        for old in &change.old.columns {
            let Some(new) = change.new.column(&old.name) else { continue };
            altered.change(old, new, change, difference);
        }
        steps.extend(alter_table(change.new, &altered.now));
        fills.push_str(&altered.fills);
        requirements.extend(alter_table(change.new, &altered.then));
    }
    steps.extend(
        difference.dropped.iter().map(|table| format!("-- DropTable\nDROP TABLE \"{}\";\n", table.name)),
    );
    steps.extend(
        difference.dropped_enums.iter().map(|(name, _)| format!("-- DropEnum\nDROP TYPE \"{name}\";\n")),
    );
    steps.extend(difference.created.iter().map(|table| create_table(table, DIALECT)));
    if !fills.is_empty() {
        steps.push(format!("-- FillColumns\n{fills}"));
    }
    let inserts = stand_ins(difference, DIALECT).concat();
    if !inserts.is_empty() {
        steps.push(format!("-- StandIns\n{inserts}"));
    }
    steps.extend(requirements);
    let created = difference.created.iter().map(|table| (*table, own_indexes(table, DIALECT).collect()));
    let altered = difference.altered.iter().map(|change| (change.new, change.new_indexes.clone()));
    for (table, indexes) in created.chain::<Vec<(&Table, Vec<_>)>>(altered.collect()) {
        let create = |index| format!("-- CreateIndex\n{}", create_index(table, index, DIALECT));
        steps.extend(indexes.into_iter().map(create));
    }
    for table in &difference.new.tables {
        let change = difference.altered.iter().find(|change| change.new.name == table.name);
        let mut made = change.map_or_else(Vec::new, |change| change.new_keys.clone());
        if difference.created.iter().any(|created| created.name == table.name) {
            made.extend(&table.foreign_keys);
        }
        steps.extend(made.into_iter().map(|key| add_foreign_key(table, key)));
    }
    steps
}

/// One table's changes: those made at once, the values of rows, and what holds only with them.
#[derive(Default)]
struct Altered {
    now: Vec<String>,
    fills: String,
    then: Vec<String>,
}

impl Altered {
    fn add(&mut self, column: &Column, change: &TableChange<'_>) {
        let add = |column: &Column| format!("ADD COLUMN     {}", definition(column, change.new, DIALECT));
        let needs = !column.nullable && column.default.is_none();
        match needs.then(|| fill(column, change.old, false)).flatten() {
            Some(update) => {
                self.now.push(add(&Column { nullable: true, ..column.clone() }));
                self.fills.push_str(&update);
                self.then.push(format!("ALTER COLUMN \"{}\" SET NOT NULL", column.name));
            }
            None => self.now.push(add(column)),
        }
    }

    fn change(&mut self, old: &Column, new: &Column, change: &TableChange<'_>, difference: &Difference<'_>) {
        let name = &new.name;
        let mut loss = Loss::Nothing;
        let target = change.led_elsewhere(name);
        if old.default.is_some() && new.default != old.default {
            self.now.push(format!("ALTER COLUMN \"{name}\" DROP DEFAULT"));
        }
        let values = difference.new.values(enum_name(&new.kind));
        let converted = (old.kind != new.kind).then(|| convert(&old.kind, new, values, DIALECT));
        if let Some(converted) = &converted {
            loss = converted.loss;
        }
        let emptied = loss.empties() || target.is_some();
        if !old.nullable && (new.nullable || emptied) {
            self.now.push(format!("ALTER COLUMN \"{name}\" DROP NOT NULL"));
        }
        if let Some(converted) = converted {
            let using = converted.expression.map(|value| format!(" USING ({value})")).unwrap_or_default();
            let kind = type_name(&new.kind, DIALECT);
            self.now.push(format!("ALTER COLUMN \"{name}\" SET DATA TYPE {kind}{using}"));
        }
        if new.default != old.default
            && let Some(default) = &new.default
        {
            self.now.push(format!("ALTER COLUMN \"{name}\" SET DEFAULT {default}"));
        }
        if let Some(target) = target {
            // A value that no record there has is dropped.
            let (table, name, target) = (quoted(&change.new.name), quoted(name), quoted(target));
            self.fills.push_str(&format!(
                "UPDATE {table} SET {name} = NULL WHERE {name} NOT IN (SELECT \"id\" FROM {target});\n"
            ));
        }
        if !new.nullable && (old.nullable || emptied) {
            let require = format!("ALTER COLUMN \"{name}\" SET NOT NULL");
            match fill(new, change.old, true) {
                Some(update) => {
                    self.fills.push_str(&update);
                    self.then.push(require);
                }
                None => self.now.push(require),
            }
        }
    }
}

fn alter_table(table: &Table, actions: &[String]) -> Option<String> {
    let actions = actions.join(",\n");
    (!actions.is_empty()).then(|| format!("-- AlterTable\nALTER TABLE \"{}\" {actions};\n", table.name))
}

/// Gives the rows that have no value in this column one.
fn fill(column: &Column, table: &Table, existing: bool) -> Option<String> {
    let row = Row {
        id: "\"id\"".to_owned(),
        created: "\"createdAt\"".to_owned(),
        owner: quoted(table.owner_column().unwrap_or("id")),
        number: "row_number() OVER (ORDER BY \"id\")",
        existing: existing.then(|| (table.name.as_str(), quoted(&column.name))),
    };
    let value = column.fill.expression(column, &row, DIALECT)?;
    let (table, name) = (quoted(&table.name), quoted(&column.name));
    Some(match column.fill {
        // Rows can be counted in a query only.
        Fill::Counted { .. } | Fill::Days => format!(
            "UPDATE {table} SET {name} = \"filled\".\"value\" FROM (SELECT \"id\", {value} AS \"value\" FROM {table}) AS \"filled\" WHERE {table}.\"id\" = \"filled\".\"id\" AND {table}.{name} IS NULL;\n"
        ),
        _ => format!("UPDATE {table} SET {name} = {value} WHERE {name} IS NULL;\n"),
    })
}

/// Values are added in place. To remove one, the type is made anew, as Prisma does, but without a transaction of its own: the
/// script is one as a whole, and a commit in its middle would leave half of it behind when the rest fails.
fn alter_enum(change: &EnumChange<'_>, difference: &Difference<'_>) -> String {
    let name = change.name;
    let kind = ColumnType::Enum(name.to_owned());
    let columns: Vec<(&Table, &Column)> = difference
        .old
        .tables
        .iter()
        .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
        .filter(|(_, column)| column.kind == kind)
        .collect();
    let after = |table: &Table, column: &Column| {
        difference.new.table(&table.name).and_then(|table| table.column(&column.name))
    };
    // A value that was added cannot be used before the end of the transaction.
    let used = columns.iter().filter_map(|(table, column)| after(table, column)).any(|column| {
        matches!(&column.fill, Fill::Text(value) if change.added.contains(&value)) && !column.nullable
    });
    if change.removed.is_empty() && !used {
        let several = "-- This migration adds more than one value to an enum.\n-- With PostgreSQL versions 11 and earlier, this is not possible\n-- in a single migration. This can be worked around by creating\n-- multiple migrations, each migration adding only one value to\n-- the enum.\n\n\n";
        let note = if change.added.len() > 1 { several } else { "" };
        let add = |value: &&String| format!("ALTER TYPE \"{name}\" ADD VALUE '{value}';\n");
        let adds = change.added.iter().map(add).collect::<Vec<_>>().concat();
        return format!("-- AlterEnum\n{note}{adds}");
    }
    let mut out = format!("-- AlterEnum\nCREATE TYPE \"{name}_new\" AS ENUM ({});\n", members(change.values));
    for (table, column) in columns {
        let new = after(table, column).filter(|new| new.kind == kind);
        let plain = format!("\"{}\"::text", column.name);
        let value = if change.removed.is_empty() {
            plain
        } else {
            let instead = match new.map(|new| (new, &new.fill)) {
                Some((new, Fill::Text(value))) if !(new.nullable && column.nullable) => format!("'{value}'"),
                _ if column.nullable => "NULL".to_owned(),
                // It goes away in this migration.
                _ => format!("'{}'", change.values.first().map_or("", String::as_str)),
            };
            without(&plain, &change.removed, &instead)
        };
        let value = if value.starts_with("CASE") { format!("({value})") } else { value };
        out.push_str(&format!(
            "ALTER TABLE \"{}\" ALTER COLUMN \"{}\" TYPE \"{name}_new\" USING ({value}::\"{name}_new\");\n",
            table.name, column.name
        ));
    }
    out.push_str(&format!(
        "ALTER TYPE \"{name}\" RENAME TO \"{name}_old\";\nALTER TYPE \"{name}_new\" RENAME TO \"{name}\";\nDROP TYPE \"{name}_old\";\n"
    ));
    out
}
