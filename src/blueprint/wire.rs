//! The blueprint as it travels in JSON and YAML.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A blueprint as somebody wrote it: nothing in it has been checked but its shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlueprintFile {
    /// Name and description.
    pub app: AppFile,
    /// Colours; the house colours where absent.
    #[serde(default)]
    pub theme: ThemeFile,
    /// Entities in the order in which they are shown.
    #[serde(default)]
    pub entities: Vec<EntityFile>,
}

/// What the app is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppFile {
    /// As people read it.
    pub name: String,
    /// As paths and packages carry it; made from the name where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// A sentence on what it is for.
    #[serde(default)]
    pub description: String,
}

/// Colours as `#rgb`, `#rrggbb` or CSS names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeFile {
    /// Buttons and links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<String>,
    /// The page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
}

/// One kind of thing the app keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityFile {
    /// PascalCase singular.
    pub name: String,
    /// PascalCase plural; made from the name where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plural: Option<String>,
    /// A sentence on what it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Who may read and write it.
    #[serde(default)]
    pub access: Access,
    /// Its own values.
    #[serde(default)]
    pub fields: Vec<FieldFile>,
    /// Its ties to other entities.
    #[serde(default)]
    pub relations: Vec<RelationFile>,
}

/// Who may read and write the records of an entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Anyone reads, signed-in users create, the owner or an admin changes.
    Public,
    /// The same, but reading needs sign-in.
    #[default]
    Shared,
    /// Only the owner and admins see it.
    Owned,
    /// Signed-in users read, only admins write.
    Admin,
}

/// One value of an entity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFile {
    /// camelCase.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type", default)]
    pub kind: FieldType,
    /// Whether every record has one.
    #[serde(default)]
    pub required: bool,
    /// Whether no two records share one.
    #[serde(default)]
    pub unique: bool,
    /// The value of a record that was given none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Least number, or least length of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<serde_json::Number>,
    /// Greatest number, or greatest length of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<serde_json::Number>,
    /// The values of an enum.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// One line of text.
    #[default]
    String,
    /// Text of any length.
    Text,
    /// A whole number of 32 bits.
    Integer,
    /// An exact number with two digits behind the point.
    Decimal,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A moment.
    Datetime,
    /// One of a list of values.
    Enum,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
}

impl FieldType {
    /// Its name, as blueprints write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Enum => "enum",
            Self::Email => "email",
            Self::Url => "url",
        }
    }
}

/// A tie to another entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationFile {
    /// How many on either side.
    pub kind: RelationKind,
    /// camelCase; singular for `belongs_to`, plural for `many_to_many`.
    pub name: String,
    /// The entity's name.
    pub target: String,
    /// Whether every record has one; `belongs_to` only.
    #[serde(default)]
    pub required: bool,
}

/// How many on either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// Many to one; the inverse list is implied.
    #[default]
    BelongsTo,
    /// Many to many; listed once, on either side.
    ManyToMany,
}

/// A piece of the spec, and what in the blueprint answers to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageItem {
    /// A sentence or clause of the spec, as it was written.
    pub text: String,
    /// `Entity`, `Entity.field`, `Entity.relation`, `app.name`, `theme.primary` …; empty where it was not understood.
    #[serde(default)]
    pub covered_by: Vec<String>,
}
