//! A difference in words: what changes, what may be lost, and what to do about it.

use super::convert::{Loss, convert};
use super::difference::{Difference, TableChange};
use super::fill::Fill;
use super::schema::{Column, ColumnType, Table};
use super::sql::Dialect;
use super::sqlite::enum_name;
use crate::naming::Words;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `add Book.isbn`
    pub what: String,
    /// Why to look at it before it reaches data that matters; `None` where nothing can be lost or fail.
    pub warning: Option<String>,
}

const RENAMED: &str =
    "renames are not guessed: if it has a new name, carry the values over in the migration's SQL";

/// All changes, in the order in which the new schema has them; what goes away comes first.
pub fn changes(difference: &Difference<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for table in &difference.dropped {
        changes.push(Change {
            what: format!("remove {}", table_words(table)),
            warning: Some(format!(
                "{} is removed with {} ({RENAMED})",
                table_words(table),
                if table.is_join { "all its links" } else { "all its records" }
            )),
        });
    }
    for table in &difference.new.tables {
        if difference.created.iter().any(|created| created.name == table.name) {
            changes.push(Change { what: format!("add {}", table_words(table)), warning: None });
        }
        if let Some(change) = difference.altered.iter().find(|change| change.new.name == table.name) {
            altered(change, difference, &mut changes);
        }
        members(table, difference, &mut changes);
    }
    changes
}

fn table_words(table: &Table) -> String {
    if table.is_join {
        format!("the many-to-many relation {}", table.name.trim_start_matches('_'))
    } else {
        table.name.clone()
    }
}

/// `Book.author` for the column `authorId` that holds a reference.
fn column_words(table: &Table, column: &str) -> String {
    let plain = column.strip_suffix("Id").filter(|_| table.foreign_key(column).is_some()).unwrap_or(column);
    format!("{}.{plain}", table.name)
}

fn altered(change: &TableChange<'_>, difference: &Difference<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (change.old, change.new);
    for column in change.removed.iter().filter(|column| old.owner_column() != Some(&column.name)) {
        let name = column_words(old, &column.name);
        changes.push(Change {
            what: format!("remove {name}"),
            warning: Some(format!("{name} is removed with its values ({RENAMED})")),
        });
    }
    for column in &change.added {
        if new.owner_column() == Some(&column.name) {
            let what = format!("keep the owner of {} in {}", new.name, column.name);
            changes.push(Change { what, warning: None });
            continue;
        }
        let name = column_words(new, &column.name);
        let needs = !column.nullable && column.default.is_none();
        changes.push(Change {
            what: format!("add {name}"),
            warning: needs.then(|| filled(&name, column, "records that are there get")),
        });
    }
    for (before, after) in &change.changed {
        changed(new, before, after, difference, changes);
    }
    for index in change.new_indexes.iter().filter(|index| index.unique) {
        let name = column_words(new, &index.columns.join("_"));
        let fresh = index.columns.iter().any(|column| old.column(column).is_none());
        changes.push(Change {
            what: format!("make {name} unique"),
            warning: (!fresh).then(|| {
                format!("{name} becomes unique: the migration fails where two records share a value; mend them first")
            }),
        });
    }
    for index in change.old_indexes.iter().filter(|index| index.unique) {
        if index.columns.iter().all(|column| new.column(column).is_some()) {
            let name = column_words(new, &index.columns.join("_"));
            changes.push(Change { what: format!("let {name} repeat"), warning: None });
        }
    }
    let keys = change.new_keys.iter().filter(|key| {
        let stays = old.column(&key.column).zip(new.column(&key.column));
        stays.is_some_and(|(before, after)| before.is_like(after))
    });
    for key in keys {
        let name = column_words(new, &key.column);
        let elsewhere = change.led_elsewhere(&key.column).and_then(|_| new.column(&key.column));
        changes.push(Change {
            what: format!("change {name}"),
            warning: elsewhere.map(|column| {
                let instead = if column.nullable { "are emptied".to_owned() } else { format!("get {}", column.fill.words()) };
                format!("{name} leads to {} now: what leads to no such record is lost, and these records {instead}", key.target)
            }),
        });
    }
}

fn filled(name: &str, column: &Column, who: &str) -> String {
    match &column.fill {
        Fill::Nothing => {
            format!("{name} is required and has no default: the migration fails where there are records")
        }
        fill => format!(
            "{name} is required: {who} {}; put another value into the migration's SQL where that is wrong",
            fill.words()
        ),
    }
}

fn changed(
    table: &Table,
    before: &Column,
    after: &Column,
    difference: &Difference<'_>,
    changes: &mut Vec<Change>,
) {
    let name = column_words(table, &after.name);
    if before.kind != after.kind {
        let values = difference.new.values(enum_name(&after.kind));
        let from_to = format!("from {} to {}", kind_words(&before.kind), kind_words(&after.kind));
        let lost =
            if after.nullable { "are emptied".to_owned() } else { format!("become {}", after.fill.words()) };
        let loss = convert(&before.kind, after, values, Dialect::Postgresql).loss;
        let clash = if table.is_unique(&after.name) && loss != Loss::Everything {
            "; it is unique: the migration fails where two become the same"
        } else {
            ""
        };
        let warning = match loss {
            Loss::Nothing => None,
            Loss::Detail(what) => Some(format!("{name} changes {from_to}: {what}{clash}")),
            Loss::Some(which) => Some(format!("{name} changes {from_to}: {which} {lost}{clash}")),
            Loss::Everything => Some(format!("{name} changes {from_to}: its values {lost}")),
        };
        changes.push(Change { what: format!("change {name}"), warning });
    }
    match (before.nullable, after.nullable) {
        (true, false) => changes.push(Change {
            what: format!("require {name}"),
            warning: Some(filled(&name, after, "records without one get")),
        }),
        (false, true) => changes.push(Change { what: format!("make {name} optional"), warning: None }),
        _ if before.kind == after.kind => {
            changes.push(Change { what: format!("change the default of {name}"), warning: None });
        }
        _ => {}
    }
}

/// The values of enums, told by the columns that hold them.
fn members(table: &Table, difference: &Difference<'_>, changes: &mut Vec<Change>) {
    for column in &table.columns {
        let ColumnType::Enum(kind) = &column.kind else { continue };
        let Some(change) = difference.altered_enums.iter().find(|change| change.name == kind) else {
            continue;
        };
        let old = difference.old.table(&table.name).and_then(|old| old.column(&column.name));
        let Some(old) = old.filter(|old| old.kind == column.kind) else { continue };
        let name = column_words(table, &column.name);
        let list =
            |values: &[&String]| values.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ");
        if !change.added.is_empty() {
            changes.push(Change { what: format!("add {} to {name}", list(&change.added)), warning: None });
        }
        if !change.removed.is_empty() {
            let lost = list(&change.removed);
            let instead = if old.nullable && column.nullable {
                "are emptied".to_owned()
            } else {
                format!("get {}", column.fill.words())
            };
            changes.push(Change {
                what: format!("remove {lost} from {name}"),
                warning: Some(format!(
                    "{name} loses the value {lost}: records that have it {instead} ({RENAMED})"
                )),
            });
        }
    }
}

fn kind_words(kind: &ColumnType) -> &str {
    match kind {
        ColumnType::Text => "text",
        ColumnType::Integer => "integer",
        ColumnType::Decimal { .. } => "decimal",
        ColumnType::Boolean => "boolean",
        ColumnType::Date => "date",
        ColumnType::Timestamp => "datetime",
        ColumnType::Enum(_) => "enum",
        ColumnType::Other(written) => written,
    }
}

/// Changes as part of a migration's name: `add_book_isbn_and_2_more`.
pub(super) fn slug(changes: &[Change]) -> String {
    /// Windows wants whole paths to be short.
    const MOST: usize = 48;
    let Some(first) = changes.first() else { return "update".to_owned() };
    let mut slug = Words::of(&first.what.replace("the many-to-many relation ", "")).snake();
    slug.truncate(MOST);
    let slug = slug.trim_end_matches('_');
    match changes.len() - 1 {
        0 => slug.to_owned(),
        more => format!("{slug}_and_{more}_more"),
    }
}
