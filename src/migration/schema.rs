//! Tables, columns, keys and indexes of an app.

use super::fill::Fill;

/// All tables and enums, in the order of `schema.prisma`; join tables last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// Enums: name and values.
    pub enums: Vec<(String, Vec<String>)>,
    /// Tables.
    pub tables: Vec<Table>,
}

/// One table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Foreign keys in order.
    pub foreign_keys: Vec<ForeignKey>,
    /// Indexes in order.
    pub indexes: Vec<Index>,
    /// Whether it is the implicit table of a many-to-many relation: columns A and B are its key.
    pub is_join: bool,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Its default as an SQL expression.
    pub default: Option<String>,
    /// What a row gets that has no value when it comes to need one; no part of the database itself.
    pub fill: Fill,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// 32-bit whole numbers.
    Integer,
    /// Exact numbers.
    Decimal {
        /// Digits.
        digits: u8,
        /// Of them behind the point.
        scale: u8,
    },
    /// Truth values.
    Boolean,
    /// Days.
    Date,
    /// Moments.
    Timestamp,
    /// Values of the enum with this name.
    Enum(String),
    /// A type that no blueprint makes, as SQL writes it.
    Other(String),
}

/// A reference to the `id` of another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// The column that holds it.
    pub column: String,
    /// The table it leads to.
    pub target: String,
    /// What happens to the row when that row is deleted.
    pub on_delete: Action,
}

/// What happens to a row whose target is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The deletion is refused.
    Restrict,
    /// The reference is emptied.
    SetNull,
    /// The row goes too.
    Cascade,
    /// The database's own way; no blueprint makes it.
    NoAction,
}

/// One index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its columns.
    pub columns: Vec<String>,
    /// Whether no two rows may agree in them.
    pub unique: bool,
    /// Its name where that is not the one Prisma gives.
    pub name: Option<String>,
}

impl Schema {
    /// The table with this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The values of the enum with this name; empty where there is none.
    pub fn values(&self, name: &str) -> &[String] {
        self.enums.iter().find(|(known, _)| known == name).map_or(&[], |(_, values)| values)
    }
}

impl Table {
    /// The column with this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The reference that a column holds.
    pub fn foreign_key(&self, column: &str) -> Option<&ForeignKey> {
        self.foreign_keys.iter().find(|key| key.column == column)
    }

    /// Whether no two rows may agree in this column alone.
    pub fn is_unique(&self, column: &str) -> bool {
        self.indexes.iter().any(|index| index.unique && index.columns == [column])
    }

    /// The column that holds the owner of a row: the one reference to a user that goes with the user.
    pub fn owner_column(&self) -> Option<&str> {
        let owns = |key: &&ForeignKey| key.target == "User" && key.on_delete == Action::Cascade;
        self.foreign_keys.iter().find(owns).filter(|_| !self.is_join).map(|key| key.column.as_str())
    }
}
