//! Tables, columns, keys and indexes of an app.

use crate::blueprint::FieldType;
use crate::model::{AppModel, EntityModel, FieldModel, ManyToMany};

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
    pub default: Option<&'static str>,
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
}

/// One index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its columns.
    pub columns: Vec<String>,
    /// Whether no two rows may agree in them.
    pub unique: bool,
}

fn column(name: &str, kind: ColumnType) -> Column {
    Column { name: name.to_owned(), kind, nullable: false, default: None }
}

fn timestamps() -> [Column; 2] {
    let created = Column { default: Some("CURRENT_TIMESTAMP"), ..column("createdAt", ColumnType::Timestamp) };
    [created, column("updatedAt", ColumnType::Timestamp)]
}

fn index(name: &str, unique: bool) -> Index {
    Index { columns: vec![name.to_owned()], unique }
}

fn reference(column: &str, target: &str, on_delete: Action) -> ForeignKey {
    ForeignKey { column: column.to_owned(), target: target.to_owned(), on_delete }
}

fn field(field: &FieldModel) -> Column {
    let kind = match field.kind {
        FieldType::Integer => ColumnType::Integer,
        FieldType::Decimal => ColumnType::Decimal { digits: field.max_digits, scale: field.scale },
        FieldType::Boolean => ColumnType::Boolean,
        FieldType::Date => ColumnType::Date,
        FieldType::Datetime => ColumnType::Timestamp,
        FieldType::Enum => ColumnType::Enum(field.enum_name.clone()),
        FieldType::String | FieldType::Text | FieldType::Email | FieldType::Url => ColumnType::Text,
    };
    Column { nullable: !field.required, ..column(&field.name, kind) }
}

impl Schema {
    /// The schema of an app; the twin of `templates/backend/_prisma.j2`.
    pub fn of(model: &AppModel) -> Self {
        let mut enums = vec![("UserRole".to_owned(), vec!["USER".to_owned(), "ADMIN".to_owned()])];
        let fields = model.user.fields.iter().chain(model.entities.iter().flat_map(|entity| &entity.fields));
        enums.extend(fields.filter(|field| field.kind == FieldType::Enum).map(|field| {
            (field.enum_name.clone(), field.values.iter().map(|value| value.key.clone()).collect())
        }));
        let mut tables = vec![user(model), refresh_token()];
        tables.extend(model.entities.iter().map(entity));
        let mut joins: Vec<&ManyToMany> =
            model.entities.iter().flat_map(|entity| &entity.many_to_many).collect();
        // Prisma meets a relation at the field behind column A: by that field's model, and in it the listed before the implied.
        let place =
            |name: &str| model.entities.iter().find(|entity| entity.name == name).map(|entity| entity.index);
        joins.sort_by_key(|relation| (place(&relation.a), relation.self_column));
        tables.extend(joins.into_iter().map(join));
        Self { enums, tables }
    }
}

fn user(model: &AppModel) -> Table {
    let role = Column { default: Some("'USER'"), ..column("role", ColumnType::Enum("UserRole".to_owned())) };
    let mut columns: Vec<Column> =
        ["id", "email", "passwordHash", "name"].map(|name| column(name, ColumnType::Text)).into();
    columns.push(role);
    columns.extend(model.user.fields.iter().map(|extra| Column { nullable: true, ..field(extra) }));
    columns.extend(timestamps());
    Table { name: "User".to_owned(), columns, indexes: vec![index("email", true)], ..Table::default() }
}

fn refresh_token() -> Table {
    let text = |name| column(name, ColumnType::Text);
    let [created, _] = timestamps();
    let moment = |name, nullable| Column { nullable, ..column(name, ColumnType::Timestamp) };
    Table {
        name: "RefreshToken".to_owned(),
        columns: vec![
            text("id"),
            text("tokenHash"),
            text("familyId"),
            text("userId"),
            moment("expiresAt", false),
            moment("revokedAt", true),
            created,
        ],
        foreign_keys: vec![reference("userId", "User", Action::Cascade)],
        indexes: vec![index("tokenHash", true), index("familyId", false), index("userId", false)],
        is_join: false,
    }
}

fn entity(entity: &EntityModel) -> Table {
    let mut columns = vec![column("id", ColumnType::Text)];
    columns.extend(entity.fields.iter().map(field));
    columns.extend(
        entity.belongs_to.iter().map(|relation| Column {
            nullable: !relation.required,
            ..column(&relation.key, ColumnType::Text)
        }),
    );
    columns.push(column(&entity.owner_key, ColumnType::Text));
    columns.extend(timestamps());
    let mut foreign_keys: Vec<ForeignKey> = entity
        .belongs_to
        .iter()
        .map(|relation| {
            let action = if relation.required { Action::Restrict } else { Action::SetNull };
            reference(&relation.key, &relation.target, action)
        })
        .collect();
    foreign_keys.push(reference(&entity.owner_key, "User", Action::Cascade));
    let mut indexes: Vec<Index> =
        entity.fields.iter().filter(|field| field.unique).map(|field| index(&field.name, true)).collect();
    indexes.extend(entity.belongs_to.iter().map(|relation| index(&relation.key, false)));
    indexes.push(index(&entity.owner_key, false));
    Table { name: entity.name.clone(), columns, foreign_keys, indexes, is_join: false }
}

fn join(relation: &ManyToMany) -> Table {
    Table {
        name: relation.join_table.clone(),
        columns: ["A", "B"].map(|name| column(name, ColumnType::Text)).into(),
        foreign_keys: vec![
            reference("A", &relation.a, Action::Cascade),
            reference("B", &relation.b, Action::Cascade),
        ],
        indexes: vec![
            Index { columns: vec!["A".to_owned(), "B".to_owned()], unique: true },
            Index { columns: vec!["B".to_owned()], unique: false },
        ],
        is_join: true,
    }
}
