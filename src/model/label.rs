//! Which field stands for a record.

use super::types::FieldModel;
use crate::blueprint::FieldType;

/// Names that people give to what stands for a thing, best first.
const TELLING: &[&str] = &[
    "name",
    "title",
    "label",
    "fullName",
    "displayName",
    "subject",
    "headline",
    "caption",
    "code",
    "number",
    "sku",
    "reference",
    "slug",
    "lastName",
    "firstName",
    "username",
    "word",
    "question",
    "summary",
];

/// The label field's name and whether it may be absent.
pub(super) fn label_field(fields: &[FieldModel]) -> (String, bool) {
    let texty = |field: &&FieldModel| field.kind == FieldType::String;
    let telling = |field: &&FieldModel| {
        let place = TELLING.iter().position(|name| *name == field.name).or_else(|| {
            // `bookTitle`, `companyName`
            TELLING
                .iter()
                .position(|name| field.words.ends_with(&format!(" {name}")))
                .map(|place| place + TELLING.len())
        });
        (!field.required, place.unwrap_or(usize::MAX))
    };
    let known = |field: &&FieldModel| telling(field).1 != usize::MAX;
    let of_type =
        |kinds: &[FieldType]| fields.iter().find(|field| field.required && kinds.contains(&field.kind));
    let found = fields
        .iter()
        .filter(texty)
        .filter(known)
        .min_by_key(telling)
        .filter(|field| field.required)
        .or_else(|| of_type(&[FieldType::String]))
        .or_else(|| fields.iter().filter(texty).min_by_key(telling))
        .or_else(|| of_type(&[FieldType::Email, FieldType::Url]))
        .or_else(|| of_type(&[FieldType::Text]))
        .or_else(|| {
            of_type(&[
                FieldType::Enum,
                FieldType::Date,
                FieldType::Integer,
                FieldType::Decimal,
                FieldType::Datetime,
            ])
        })
        .or_else(|| {
            fields
                .iter()
                .find(|field| matches!(field.kind, FieldType::Email | FieldType::Url | FieldType::Text))
        });
    found.map_or_else(|| ("id".to_owned(), false), |field| (field.name.clone(), !field.required))
}
