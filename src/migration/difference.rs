//! What is different between two schemas, whatever the database.

use super::schema::{Column, ColumnType, ForeignKey, Index, Schema, Table};

/// From one schema to another.
#[derive(Debug)]
pub struct Difference<'a> {
    pub(super) old: &'a Schema,
    pub(super) new: &'a Schema,
    pub(super) created_enums: Vec<&'a (String, Vec<String>)>,
    pub(super) altered_enums: Vec<EnumChange<'a>>,
    pub(super) dropped_enums: Vec<&'a (String, Vec<String>)>,
    pub(super) created: Vec<&'a Table>,
    pub(super) altered: Vec<TableChange<'a>>,
    pub(super) dropped: Vec<&'a Table>,
}

/// An enum with other values.
#[derive(Debug)]
pub(super) struct EnumChange<'a> {
    pub(super) name: &'a str,
    pub(super) values: &'a [String],
    pub(super) added: Vec<&'a String>,
    pub(super) removed: Vec<&'a String>,
}

/// A table with other columns, references or indexes.
#[derive(Debug)]
pub(super) struct TableChange<'a> {
    pub(super) old: &'a Table,
    pub(super) new: &'a Table,
    pub(super) added: Vec<&'a Column>,
    pub(super) changed: Vec<(&'a Column, &'a Column)>,
    pub(super) removed: Vec<&'a Column>,
    pub(super) new_keys: Vec<&'a ForeignKey>,
    pub(super) old_keys: Vec<&'a ForeignKey>,
    pub(super) new_indexes: Vec<&'a Index>,
    pub(super) old_indexes: Vec<&'a Index>,
}

impl Column {
    /// Whether the database sees no difference.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.kind == other.kind && self.nullable == other.nullable && self.default == other.default
    }
}

impl<'a> Difference<'a> {
    /// Compares. The order of columns, indexes and values is no difference; names are all that makes two things the same.
    pub fn between(old: &'a Schema, new: &'a Schema) -> Self {
        let enum_of = |schema: &'a Schema, name: &str| schema.enums.iter().find(|(known, _)| known == name);
        let altered_enums: Vec<EnumChange<'a>> = old
            .enums
            .iter()
            .filter_map(|(name, before)| {
                let (_, values) = enum_of(new, name)?;
                let added: Vec<_> = values.iter().filter(|value| !before.contains(value)).collect();
                let removed: Vec<_> = before.iter().filter(|value| !values.contains(value)).collect();
                let change = EnumChange { name, values, added, removed };
                (!change.added.is_empty() || !change.removed.is_empty()).then_some(change)
            })
            .collect();
        // The order is Prisma's: what is on both sides as the old schema has it, other columns by name.
        let pairs = old.tables.iter().filter_map(|table| Some((table, stays(table, new)?)));
        Self {
            old,
            new,
            created_enums: new.enums.iter().filter(|(name, _)| enum_of(old, name).is_none()).collect(),
            altered_enums,
            dropped_enums: old.enums.iter().filter(|(name, _)| enum_of(new, name).is_none()).collect(),
            created: new.tables.iter().filter(|table| stays(table, old).is_none()).collect(),
            altered: pairs
                .filter_map(|(old, new)| {
                    let change = TableChange::between(old, new);
                    change.is_one().then_some(change)
                })
                .collect(),
            dropped: old.tables.iter().filter(|table| stays(table, new).is_none()).collect(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.created_enums.is_empty()
            && self.altered_enums.is_empty()
            && self.dropped_enums.is_empty()
            && self.created.is_empty()
            && self.altered.is_empty()
            && self.dropped.is_empty()
    }

    /// The values that an enum loses; empty where it does not change.
    pub(super) fn lost_values(&self, kind: &ColumnType) -> &[&'a String] {
        let ColumnType::Enum(name) = kind else { return &[] };
        let change = self.altered_enums.iter().find(|change| change.name == name);
        change.map_or(&[], |change| &change.removed)
    }
}

/// The table in another schema that a table has become. Links between other records are other links.
fn stays<'a>(table: &Table, other: &'a Schema) -> Option<&'a Table> {
    let same = other.table(&table.name)?;
    (!table.is_join || table.foreign_keys == same.foreign_keys).then_some(same)
}

impl<'a> TableChange<'a> {
    fn between(old: &'a Table, new: &'a Table) -> Self {
        let both = old.columns.iter().filter_map(|column| Some((column, new.column(&column.name)?)));
        let only_in = |one: &'a Table, other: &Table| -> Vec<&'a Column> {
            let mut found: Vec<_> =
                one.columns.iter().filter(|column| other.column(&column.name).is_none()).collect();
            found.sort_by_key(|column| &column.name);
            found
        };
        let same = |a: &Index, b: &Index| a.columns == b.columns && a.unique == b.unique;
        Self {
            old,
            new,
            added: only_in(new, old),
            changed: both.filter(|(before, after)| !before.is_like(after)).collect(),
            removed: only_in(old, new),
            new_keys: new.foreign_keys.iter().filter(|key| !old.foreign_keys.contains(key)).collect(),
            old_keys: old.foreign_keys.iter().filter(|key| !new.foreign_keys.contains(key)).collect(),
            new_indexes: new
                .indexes
                .iter()
                .filter(|index| !old.indexes.iter().any(|other| same(index, other)))
                .collect(),
            old_indexes: old
                .indexes
                .iter()
                .filter(|index| !new.indexes.iter().any(|other| same(index, other)))
                .collect(),
        }
    }

    /// The table that a column which stays comes to lead to, and did not before.
    pub(super) fn led_elsewhere(&self, column: &str) -> Option<&'a str> {
        self.old.column(column)?;
        let key = self.new.foreign_key(column)?;
        let same = self.old.foreign_key(column).is_some_and(|before| before.target == key.target);
        (!same).then_some(&key.target)
    }

    fn is_one(&self) -> bool {
        !(self.added.is_empty()
            && self.changed.is_empty()
            && self.removed.is_empty()
            && self.new_keys.is_empty()
            && self.old_keys.is_empty()
            && self.new_indexes.is_empty()
            && self.old_indexes.is_empty())
    }
}
