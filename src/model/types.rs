//! The shape of the model; serialised as templates read it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Number, Value};

use super::theme::Theme;
use crate::blueprint::{Access, FieldType};

/// The whole app.
#[derive(Clone, Debug, Serialize)]
pub struct AppModel {
    /// Name, slug and description.
    pub app: BTreeMap<&'static str, String>,
    /// Colours.
    pub theme: Theme,
    /// The built-in user.
    pub user: UserModel,
    /// The entities, without the user.
    pub entities: Vec<EntityModel>,
    /// What models added.
    pub extensions: Extensions,
    /// Version of metagen.
    pub version: &'static str,
}

/// What a blueprint adds to the built-in user.
#[derive(Clone, Debug, Serialize)]
pub struct UserModel {
    /// Those fields; all optional or with a default.
    pub fields: Vec<FieldModel>,
}

/// Modules at the extension points of the app, by side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Extensions {
    /// In `backend/src/extensions`.
    pub backend: Vec<ExtensionModule>,
    /// In `frontend/src/extensions`.
    pub frontend: Vec<ExtensionModule>,
}

/// One module at an extension point.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ExtensionModule {
    /// File name without its ending.
    pub file: String,
    /// Identifier to import it under.
    pub ident: String,
}

/// One entity, in all the forms its name is written in.
#[derive(Clone, Debug, Serialize)]
pub struct EntityModel {
    /// `OrderItem`
    pub name: String,
    /// `OrderItems`
    pub plural: String,
    /// `orderItem`
    pub camel: String,
    /// `orderItems`
    pub camel_plural: String,
    /// `order-item`
    pub kebab: String,
    /// `order-items`
    pub kebab_plural: String,
    /// `order_item`
    pub snake: String,
    /// `order_items`
    pub snake_plural: String,
    /// `order item`
    pub label: String,
    /// `order items`
    pub label_plural: String,
    /// `Order item`
    pub title: String,
    /// `Order items`
    pub title_plural: String,
    /// `a` or `an`
    pub article: &'static str,
    /// Free text; may be empty.
    pub description: String,
    /// Who may read and write.
    pub access: Access,
    /// Position in the blueprint.
    pub index: usize,
    /// Own values; at least one.
    pub fields: Vec<FieldModel>,
    /// Many-to-one relations.
    pub belongs_to: Vec<BelongsTo>,
    /// Many-to-many relations listed here.
    pub many_to_many: Vec<ManyToMany>,
    /// Many-to-one relations that point here.
    pub inverses: Vec<Inverse>,
    /// Many-to-many relations that point here.
    pub m2m_inverses: Vec<Inverse>,
    /// The field that stands for a record; `id` where none can.
    pub label_field: String,
    /// Whether it may be absent.
    pub label_optional: bool,
    /// Fields that searching looks into.
    pub search_fields: Vec<String>,
    /// How many of the fields' seeds can stand side by side: unique fields may have fewer than five values.
    pub samples: usize,
    /// The list of these on their owner: `ownedBooks`.
    pub owned_name: String,
    /// Prisma's relation to the owner.
    pub owner_relation: String,
    /// The owner's column.
    pub owner_key: String,
    /// Length of the longest chain of required relations below it.
    pub depth: usize,
}

/// One value of an entity.
#[derive(Clone, Debug, Serialize)]
pub struct FieldModel {
    /// `dueDate`
    pub name: String,
    /// `due_date`
    pub snake: String,
    /// `Due date`
    pub label: String,
    /// `due date`
    pub words: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether every record has one.
    pub required: bool,
    /// Whether no two records share one.
    pub unique: bool,
    /// Whether `default` is set.
    pub has_default: bool,
    /// In the field's type; decimals as strings.
    pub default: Option<Value>,
    /// Least number or length.
    pub min: Option<Number>,
    /// Greatest number or length.
    pub max: Option<Number>,
    /// Digits of a decimal.
    pub max_digits: u8,
    /// Of them behind the point.
    pub scale: u8,
    /// Values of an enum.
    pub values: Vec<EnumValue>,
    /// Type name of an enum; empty for others.
    pub enum_name: String,
    /// A valid value.
    pub example: Value,
    /// Another valid value.
    pub example_update: Value,
    /// Five valid values, distinct where the field is unique.
    pub seeds: Vec<Value>,
    /// A value that must be refused, where there is one of the right JSON type or shape.
    pub invalid: Option<Invalid>,
}

/// One value of an enum.
#[derive(Clone, Debug, Serialize)]
pub struct EnumValue {
    /// As the API carries it.
    pub value: String,
    /// As people read it.
    pub label: String,
    /// A safe identifier, unique in its enum.
    pub key: String,
}

/// A value that must be refused.
#[derive(Clone, Debug, Serialize)]
pub struct Invalid {
    /// The value.
    pub value: Value,
    /// Why, to go behind "it".
    pub why: String,
}

/// A many-to-one relation.
#[derive(Clone, Debug, Serialize)]
pub struct BelongsTo {
    /// `author`
    pub name: String,
    /// `authorId`
    pub key: String,
    /// `author_id`
    pub snake_key: String,
    /// `Author`
    pub label: String,
    /// `author`
    pub words: String,
    /// The entity it leads to.
    pub target: String,
    /// Whether that is the built-in user.
    pub target_is_user: bool,
    /// Whether that is the entity itself.
    pub target_is_self: bool,
    /// Whether every record has one.
    pub required: bool,
    /// Always false: circles of required relations are broken when the blueprint is checked.
    pub required_cycle: bool,
    /// Prisma's name of the relation, unique in the app.
    pub relation_name: String,
    /// The list on the target.
    pub inverse_name: String,
}

/// A many-to-many relation, on the entity that lists it.
#[derive(Clone, Debug, Serialize)]
pub struct ManyToMany {
    /// `categories`
    pub name: String,
    /// `categoryIds`
    pub key: String,
    /// `category_ids`
    pub snake_key: String,
    /// `Categories`
    pub label: String,
    /// `categories`
    pub words: String,
    /// The entity it leads to.
    pub target: String,
    /// Whether that is the built-in user.
    pub target_is_user: bool,
    /// Whether that is the entity itself.
    pub target_is_self: bool,
    /// Prisma's name of the relation, unique in the app.
    pub relation_name: String,
    /// The list on the target.
    pub inverse_name: String,
    /// Prisma's implicit join table.
    pub join_table: String,
    /// The entity behind its column A.
    pub a: String,
    /// The entity behind its column B.
    pub b: String,
    /// The column that holds the listing entity.
    pub self_column: &'static str,
}

/// A relation seen from its target.
#[derive(Clone, Debug, Serialize)]
pub struct Inverse {
    /// The list's name on this entity.
    pub name: String,
    /// Prisma's name of the relation.
    pub relation_name: String,
    /// The entity that lists the relation.
    pub source: String,
    /// Its key.
    pub source_key: String,
    /// Its name.
    pub source_relation: String,
    /// Whether every source has one.
    pub required: bool,
}
