//! Values for rows that were there before a column needed one.

use super::schema::Column;
use super::sql::{Dialect, quoted, text};
use crate::blueprint::FieldType;
use crate::model::FieldModel;

/// The id of the record that stands in where a relation became required and nobody knows to what.
pub(super) const STAND_IN: &str = "00000000-0000-7000-8000-000000000000";

/// What a row gets that has no value when it comes to need one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fill {
    /// Nothing is known that would fit.
    #[default]
    Nothing,
    /// This text, moment, day or member of an enum.
    Text(String),
    /// This number.
    Number(String),
    /// This truth value.
    Boolean(bool),
    /// When the row was made.
    Created,
    /// The row's own id between these texts: no two rows get the same.
    OwnId {
        /// In front of it.
        before: &'static str,
        /// Behind it.
        after: &'static str,
    },
    /// Numbers behind the greatest there is, and behind this one.
    Counted {
        /// The number.
        after: i64,
    },
    /// Days one after the other.
    Days,
    /// The row's owner.
    Owner,
    /// A record of this table that is made for it.
    Record {
        /// The table.
        target: String,
    },
}

/// The row that an expression is for: how to name its id, when it was made, its owner, and its number among its like.
pub(super) struct Row<'a> {
    pub(super) id: String,
    pub(super) created: String,
    pub(super) owner: String,
    pub(super) number: &'a str,
    /// The table that has such values already, and what they are in the column's own type.
    pub(super) existing: Option<(&'a str, String)>,
}

impl Fill {
    /// The value for a field: its default, else the plainest that its bounds allow.
    pub fn of(field: &FieldModel) -> Self {
        if field.unique {
            return Self::distinct(field);
        }
        let given = field.default.as_ref().map(|value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let bound =
            |number: &Option<serde_json::Number>| number.as_ref().and_then(serde_json::Number::as_f64);
        match field.kind {
            FieldType::String | FieldType::Text => Self::Text(given.unwrap_or_else(|| {
                let length =
                    |number| bound(number).map(whole).and_then(|number| usize::try_from(number).ok());
                let (least, most) =
                    (length(&field.min).unwrap_or(0), length(&field.max).unwrap_or(usize::MAX));
                "unknown ".chars().cycle().take(least.max("unknown".len()).min(most)).collect()
            })),
            FieldType::Email => Self::Text(given.unwrap_or_else(|| "unknown@example.invalid".to_owned())),
            FieldType::Url => Self::Text(given.unwrap_or_else(|| "https://example.invalid/".to_owned())),
            FieldType::Integer | FieldType::Decimal => Self::Number(given.unwrap_or_else(|| {
                let (least, most) = (bound(&field.min), bound(&field.max));
                let nearest = if least.is_some_and(|least| least > 0.0) {
                    &field.min
                } else if most.is_some_and(|most| most < 0.0) {
                    &field.max
                } else {
                    &None
                };
                nearest.as_ref().map_or_else(|| "0".to_owned(), ToString::to_string)
            })),
            FieldType::Boolean => Self::Boolean(given.is_some_and(|given| given == "true")),
            FieldType::Enum => {
                let member = field.values.iter().find(|member| Some(&member.value) == given.as_ref());
                let member = member.or(field.values.first());
                Self::Text(member.map(|member| member.key.clone()).unwrap_or_default())
            }
            FieldType::Date => {
                given.map_or(Self::Created, |day| Self::Text(format!("{day}T00:00:00.000+00:00")))
            }
            FieldType::Datetime => given
                .and_then(|moment| moment.parse::<jiff::Timestamp>().ok())
                .map_or(Self::Created, |moment| {
                    Self::Text(moment.strftime("%Y-%m-%dT%H:%M:%S.%3f+00:00").to_string())
                }),
        }
    }

    fn distinct(field: &FieldModel) -> Self {
        let number =
            |number: &Option<serde_json::Number>| number.as_ref().and_then(serde_json::Number::as_f64);
        match field.kind {
            FieldType::Integer | FieldType::Decimal => {
                Self::Counted { after: number(&field.min).map_or(0, |least| whole(least.ceil()) - 1).max(0) }
            }
            FieldType::Date | FieldType::Datetime => Self::Days,
            FieldType::Email => Self::OwnId { before: "unknown-", after: "@example.invalid" },
            FieldType::Url => Self::OwnId { before: "https://example.invalid/", after: "" },
            // An id has 36 characters.
            _ if number(&field.max).is_some_and(|most| most < 44.0) => Self::OwnId { before: "", after: "" },
            _ => Self::OwnId { before: "unknown-", after: "" },
        }
    }

    /// As an SQL expression for a row; `None` where nothing fits.
    pub(super) fn expression(&self, column: &Column, row: &Row<'_>, dialect: Dialect) -> Option<String> {
        let sqlite = dialect == Dialect::Sqlite;
        let day = column.kind == super::schema::ColumnType::Date;
        Some(match self {
            Self::Nothing => return None,
            Self::Text(value) => text(value),
            Self::Number(value) => value.clone(),
            Self::Boolean(yes) if sqlite => u8::from(*yes).to_string(),
            Self::Boolean(yes) => yes.to_string(),
            Self::Created if day && sqlite => {
                format!("substr({}, 1, 10) || 'T00:00:00.000+00:00'", row.created)
            }
            Self::Created if day => format!("{}::DATE", row.created),
            Self::Created => row.created.clone(),
            Self::OwnId { before, after } => {
                let parts = [text(before), row.id.clone(), text(after)];
                parts.into_iter().filter(|part| part != "''").collect::<Vec<_>>().join(" || ")
            }
            Self::Counted { after } => match &row.existing {
                Some((table, value)) => {
                    let greatest = format!("(SELECT coalesce(max({value}), {after}) FROM {})", quoted(table));
                    format!("{greatest} + 1 + {}", row.number)
                }
                None => format!("{after} + {}", row.number),
            },
            Self::Days if sqlite => {
                format!("date('1970-01-01', {} || ' days') || 'T00:00:00.000+00:00'", row.number)
            }
            Self::Days => format!("DATE '1970-01-01' + ({})::INTEGER", row.number),
            Self::Owner => row.owner.clone(),
            Self::Record { .. } => text(STAND_IN),
        })
    }

    /// What people read about it.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::Text(value) => format!("{value:?}"),
            Self::Number(value) => value.clone(),
            Self::Boolean(yes) => yes.to_string(),
            Self::Created => "the time at which they were made".to_owned(),
            Self::OwnId { .. } => "a text with their id".to_owned(),
            Self::Counted { .. } => "numbers one after the other".to_owned(),
            Self::Days => "days one after the other".to_owned(),
            Self::Owner => "their owner".to_owned(),
            Self::Record { target } => format!("a stand-in {target} with the id {STAND_IN}"),
        }
    }
}

/// The nearest whole number; saturates.
#[expect(
    clippy::cast_possible_truncation,
    reason = "float to integer casts saturate, which is what is wanted"
)]
fn whole(number: f64) -> i64 {
    number as i64
}
