//! What of a database a person's own migrations made, so that ours leave it alone.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::{Column, Schema};

/// A part of a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Enum(String),
    Table(String),
    Column(String, String),
    ForeignKey(String, String),
    Index(String, Vec<String>, bool),
}

/// Who made what, as one migration after the other tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Ownership {
    theirs: BTreeSet<Part>,
    let_go: BTreeSet<Part>,
    /// Columns of ours that they changed, as they were.
    reshaped: BTreeMap<(String, String), Column>,
}

fn parts(schema: &Schema) -> BTreeSet<Part> {
    let mut parts: BTreeSet<Part> = schema.enums.iter().map(|(name, _)| Part::Enum(name.clone())).collect();
    for table in &schema.tables {
        let name = || table.name.clone();
        parts.insert(Part::Table(name()));
        parts.extend(table.columns.iter().map(|column| Part::Column(name(), column.name.clone())));
        parts.extend(table.foreign_keys.iter().map(|key| Part::ForeignKey(name(), key.column.clone())));
        parts.extend(
            table.indexes.iter().map(|index| Part::Index(name(), index.columns.clone(), index.unique)),
        );
    }
    parts
}

impl Ownership {
    /// Takes in what a migration of ours, or of theirs, changed.
    pub(super) fn follow(&mut self, before: &Schema, after: &Schema, ours: bool) {
        let (was, is) = (parts(before), parts(after));
        if ours {
            self.theirs.retain(|part| is.contains(part));
            self.let_go.retain(|part| !is.contains(part));
            return;
        }
        for part in is.difference(&was) {
            if !self.let_go.remove(part) {
                self.theirs.insert(part.clone());
            }
        }
        for part in was.difference(&is) {
            if !self.theirs.remove(part) {
                self.let_go.insert(part.clone());
            }
        }
        for table in &after.tables {
            let Some(old) = before.table(&table.name) else { continue };
            for column in &table.columns {
                let place = (table.name.clone(), column.name.clone());
                let part = Part::Column(place.0.clone(), place.1.clone());
                if let Some(old) = old.column(&column.name)
                    && !old.is_like(column)
                    && !self.theirs.contains(&part)
                {
                    self.reshaped.entry(place).or_insert_with(|| old.clone());
                }
            }
        }
    }

    /// The schema that a blueprint asks for, with what a person added to the database `now`, without what they took out of it,
    /// and with what they changed and the blueprint did not.
    pub(super) fn target(&self, new: &Schema, now: &Schema) -> Schema {
        let mut target = new.clone();
        let theirs = |part: Part| self.theirs.contains(&part);
        let kept = |part: Part| !self.let_go.contains(&part);
        target.tables.retain(|table| kept(Part::Table(table.name.clone())));
        for table in &now.tables {
            let name = || table.name.clone();
            let Some(ours) = target.tables.iter_mut().find(|known| known.name == table.name) else {
                if theirs(Part::Table(name())) {
                    target.tables.push(table.clone());
                }
                continue;
            };
            ours.columns.retain(|column| kept(Part::Column(name(), column.name.clone())));
            ours.foreign_keys.retain(|key| kept(Part::ForeignKey(name(), key.column.clone())));
            ours.indexes.retain(|index| kept(Part::Index(name(), index.columns.clone(), index.unique)));
            for column in &table.columns {
                let known = ours.columns.iter_mut().find(|known| known.name == column.name);
                match (known, self.reshaped.get(&(name(), column.name.clone()))) {
                    (None, _) if theirs(Part::Column(name(), column.name.clone())) => {
                        ours.columns.push(column.clone());
                    }
                    (Some(known), Some(before)) if known.is_like(before) => {
                        *known = Column { fill: known.fill.clone(), ..column.clone() };
                    }
                    _ => {}
                }
            }
            for key in &table.foreign_keys {
                let missing = ours.foreign_key(&key.column).is_none();
                if missing && theirs(Part::ForeignKey(name(), key.column.clone())) {
                    ours.foreign_keys.push(key.clone());
                }
            }
            for index in &table.indexes {
                let same =
                    |known: &super::Index| known.columns == index.columns && known.unique == index.unique;
                let missing = !ours.indexes.iter().any(same);
                if missing && theirs(Part::Index(name(), index.columns.clone(), index.unique)) {
                    ours.indexes.push(index.clone());
                }
            }
        }
        for (name, values) in &now.enums {
            let missing = !target.enums.iter().any(|(known, _)| known == name);
            if missing && theirs(Part::Enum(name.clone())) {
                target.enums.push((name.clone(), values.clone()));
            }
        }
        target
    }
}
