//! The migrations of an app so far, and the one that comes next.

use super::describe::{Change, changes, slug};
use super::difference::Difference;
use super::ownership::Ownership;
use super::replay::replay;
use super::schema::{ColumnType, Schema};
use super::sql::{Dialect, initial};
use super::{postgresql, sqlite};

/// The name of the first migration.
pub const INIT: &str = "00000000000000_init";
/// How every later migration of ours begins.
const MARK: &str = "-- metagen: ";
/// Digits in front of a name, as Prisma's own have them.
const DIGITS: usize = 14;
/// Changes named in a script's first line.
const NAMED: usize = 6;

/// One migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its folder's name, which decides the order.
    pub name: String,
    /// Its SQL.
    pub script: String,
    /// Whether we wrote it, and no person did.
    pub ours: bool,
}

/// A migration that is to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// It.
    pub migration: Migration,
    /// What changes.
    pub changes: Vec<Change>,
    /// What to look at before it is applied where data matters.
    pub warnings: Vec<String>,
}

/// All migrations of one database, in the order in which they are applied.
#[derive(Clone, Debug)]
pub struct History {
    dialect: Dialect,
    migrations: Vec<Migration>,
    schema: Schema,
    ownership: Ownership,
    strange: Vec<String>,
}

impl Migration {
    /// A migration that was found. Ours say so themselves, so that this is known wherever the app goes.
    pub fn found(name: String, script: String) -> Self {
        let ours = name == INIT || script.starts_with(MARK);
        Self { name, script, ours }
    }
}

impl Next {
    /// The number that its name begins with, which tells it apart; the whole name where that has none.
    pub fn number(&self) -> &str {
        let name = self.migration.name.as_str();
        name.split_once('_').map_or(name, |(number, _)| number)
    }

    /// What it changes, in one line; empty for the first migration of all.
    pub fn summary(&self) -> String {
        if self.migration.name == INIT { String::new() } else { summary(&self.changes) }
    }
}

impl History {
    /// Reads what these migrations make of an empty database.
    pub fn new(dialect: Dialect, mut migrations: Vec<Migration>) -> Self {
        migrations.sort_by(|a, b| a.name.cmp(&b.name));
        let (mut schema, mut ownership, mut strange) = (Schema::default(), Ownership::default(), Vec::new());
        for migration in &migrations {
            let before = schema.clone();
            let unknown = replay(&mut schema, &migration.script, dialect);
            strange.extend(unknown.into_iter().map(|statement| {
                format!("{} has a statement that metagen does not understand: {statement}", migration.name)
            }));
            ownership.follow(&before, &schema, migration.ours);
        }
        Self { dialect, migrations, schema, ownership, strange }
    }

    /// What they make of an empty database.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Statements that were not understood, each with its migration; they count as if they changed nothing.
    pub fn strange(&self) -> &[String] {
        &self.strange
    }

    /// The migrations to add to both databases, where their schema is another than the one wanted. What a person's own
    /// migrations made stays.
    pub fn next(sqlite: &Self, postgresql: &Self, wanted: &Schema) -> (Option<Next>, Option<Next>) {
        let ours = |history: &Self| -> Vec<String> {
            let ours = history.migrations.iter().filter(|migration| migration.ours);
            ours.map(|migration| migration.name.clone()).collect()
        };
        // SQLite has fewer types. Where both stand at the same migration, PostgreSQL's tell what its texts and moments are.
        let exact = if ours(sqlite) == ours(postgresql) { &postgresql.schema } else { wanted };
        (sqlite.following(wanted, exact), postgresql.following(wanted, wanted))
    }

    fn following(&self, wanted: &Schema, exact: &Schema) -> Option<Next> {
        if self.migrations.is_empty() {
            let migration =
                Migration { name: INIT.to_owned(), script: initial(wanted, self.dialect), ours: true };
            return Some(Next { migration, changes: Vec::new(), warnings: Vec::new() });
        }
        let now = match self.dialect {
            Dialect::Sqlite => told_by(&self.schema, exact),
            Dialect::Postgresql => self.schema.clone(),
        };
        let target = self.ownership.target(wanted, &now);
        let target = if self.dialect == Dialect::Sqlite { told_apart(target, wanted) } else { target };
        let difference = Difference::between(&now, &target);
        if difference.is_empty() {
            return None;
        }
        let changes = changes(&difference);
        let name = name_after(self.migrations.last().map_or(INIT, |last| &last.name), &slug(&changes));
        let mut warnings: Vec<String> = changes.iter().filter_map(|change| change.warning.clone()).collect();
        warnings.extend(
            self.strange.iter().map(|strange| format!("{strange}; what it does is left out of account")),
        );
        let script = script(&changes, &warnings, &update(&difference, self.dialect));
        Some(Next { migration: Migration { name, script, ours: true }, changes, warnings })
    }
}

/// The SQL that leads from one schema to another; Prisma's own words where there is nothing to do.
pub(super) fn update(difference: &Difference<'_>, dialect: Dialect) -> String {
    let steps = match dialect {
        Dialect::Sqlite => sqlite::steps(difference),
        Dialect::Postgresql => postgresql::steps(difference),
    };
    if steps.is_empty() { "-- This is an empty migration.\n".to_owned() } else { steps.join("\n") }
}

/// Columns with the types that another schema gives them, where SQLite could not tell them from its own.
fn told_by(schema: &Schema, exact: &Schema) -> Schema {
    let mut told = schema.clone();
    told.enums.clone_from(&exact.enums);
    for table in &mut told.tables {
        let Some(known) = exact.table(&table.name) else { continue };
        for column in &mut table.columns {
            if let Some(known) = known.column(&column.name)
                && sqlite::storage(&known.kind) == sqlite::storage(&column.kind)
            {
                column.kind = known.kind.clone();
            } else if let ColumnType::Decimal { .. } = column.kind {
                column.kind = ColumnType::Decimal { digits: 15, scale: 2 };
            }
        }
    }
    told
}

/// A schema without what a person made and SQLite takes for something wanted: it does not tell large letters from small ones.
fn told_apart(mut schema: Schema, wanted: &Schema) -> Schema {
    let clashes = |name: &str, other: &str| name != other && name.eq_ignore_ascii_case(other);
    schema.tables.retain(|table| !wanted.tables.iter().any(|other| clashes(&table.name, &other.name)));
    for table in &mut schema.tables {
        let Some(wanted) = wanted.table(&table.name) else { continue };
        let clashing = |name: &String| wanted.columns.iter().any(|other| clashes(name, &other.name));
        table.foreign_keys.retain(|key| !clashing(&key.column));
        table.indexes.retain(|index| !index.columns.iter().any(clashing));
        table.columns.retain(|column| !clashing(&column.name));
    }
    schema
}

/// A name that comes after another in every order by bytes: the next number, else the other name with more behind it.
fn name_after(last: &str, slug: &str) -> String {
    let digits: String = last.chars().take_while(char::is_ascii_digit).collect();
    let next = digits.parse::<u64>().ok().and_then(|number| number.checked_add(1));
    let numbered = next.map(|number| format!("{number:0DIGITS$}_{slug}"));
    numbered.filter(|name| name.as_str() > last).unwrap_or_else(|| format!("{last}_then_{slug}"))
}

/// The first changes in one line.
fn summary(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "bring indexes and keys up to date".to_owned();
    }
    let named: Vec<&str> = changes.iter().take(NAMED).map(|change| change.what.as_str()).collect();
    match changes.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn script(changes: &[Change], warnings: &[String], sql: &str) -> String {
    let mut script = format!("{MARK}{}\n", summary(changes));
    if !warnings.is_empty() {
        // In the form in which Prisma warns.
        let lines = warnings.iter().map(|warning| format!("  - {}\n", warning.replace("*/", "* /")));
        let list = lines.collect::<Vec<_>>().concat();
        script.push_str(&format!("/*\n  Warnings:\n\n{list}\n*/\n"));
    }
    script.push_str(sql);
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_behind_all_others() {
        for (last, expected) in [
            (INIT, "00000000000001_add_book"),
            ("00000000000009_x", "00000000000010_add_book"),
            ("20260101120000_mine", "20260101120001_add_book"),
            ("99999999999999_mine", "100000000000000_add_book"),
            ("mine", "mine_then_add_book"),
            ("2_mine", "2_mine_then_add_book"),
            ("99999999999999999999_mine", "99999999999999999999_mine_then_add_book"),
        ] {
            let name = name_after(last, "add_book");
            if last.starts_with("99999999999999_") {
                // The one digit more would sort before.
                assert_eq!(name, format!("{last}_then_add_book"));
            } else {
                assert_eq!(name, expected);
            }
            assert!(name.as_str() > last, "{name}");
        }
    }
}
