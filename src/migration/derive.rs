//! The schema of an app, from its model; the twin of `templates/backend/_prisma.j2`.

use super::fill::Fill;
use super::schema::{Action, Column, ColumnType, ForeignKey, Index, Schema, Table};
use crate::blueprint::FieldType;
use crate::model::{AppModel, EntityModel, FieldModel, ManyToMany};

impl Schema {
    /// The schema of an app.
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
    let role = Column {
        default: Some("'USER'".to_owned()),
        ..column("role", ColumnType::Enum("UserRole".to_owned()))
    };
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
    columns.extend(entity.belongs_to.iter().map(|relation| Column {
        nullable: !relation.required,
        fill: if relation.target_is_user {
            Fill::Owner
        } else {
            Fill::Record { target: relation.target.clone() }
        },
        ..column(&relation.key, ColumnType::Text)
    }));
    columns.push(Column { fill: Fill::Owner, ..column(&entity.owner_key, ColumnType::Text) });
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
            Index { columns: vec!["A".to_owned(), "B".to_owned()], unique: true, name: None },
            index("B", false),
        ],
        is_join: true,
    }
}

fn column(name: &str, kind: ColumnType) -> Column {
    Column { name: name.to_owned(), kind, nullable: false, default: None, fill: Fill::Nothing }
}

fn timestamps() -> [Column; 2] {
    let created = Column {
        default: Some("CURRENT_TIMESTAMP".to_owned()),
        fill: Fill::Created,
        ..column("createdAt", ColumnType::Timestamp)
    };
    [created, Column { fill: Fill::Created, ..column("updatedAt", ColumnType::Timestamp) }]
}

fn index(name: &str, unique: bool) -> Index {
    Index { columns: vec![name.to_owned()], unique, name: None }
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
    Column { nullable: !field.required, fill: Fill::of(field), ..column(&field.name, kind) }
}
