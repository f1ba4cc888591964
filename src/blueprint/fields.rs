//! An entity's own values.

use std::collections::BTreeSet;

use super::fault::Findings;
use super::values::{check_bounds, check_default};
use super::wire::{EntityFile, FieldFile, FieldType};
use super::{MAX_FIELDS, MAX_VALUES};
use crate::naming::{Words, clip, field_is_reserved, filter_is_reserved};

/// Longest name of a field.
const MAX_NAME: usize = 48;

/// Longest name of what gets an index or a key of its own. The database calls that `<entity>_<name>Id_fkey`, and PostgreSQL cuts
/// names at 63 bytes, where two could become one.
pub(super) fn max_key_name(entity: &str) -> usize {
    (63 - "_Id_fkey".len()).saturating_sub(entity.len()).min(MAX_NAME)
}

/// Every record has these by itself.
const IMPLIED: &[&str] = &["id", "createdAt", "updatedAt", "ownerId"];
/// Every user has these by itself.
const IMPLIED_FOR_USERS: &[&str] = &["email", "password", "passwordHash", "name", "role", "refreshTokens"];

/// Checks the fields of one entity.
pub(super) fn check(entity: &mut EntityFile, path: &str, findings: &mut Findings) {
    if entity.fields.len() > MAX_FIELDS {
        findings.fault(
            format!("{path}.fields"),
            format!("{} fields are more than the {MAX_FIELDS} one may have", entity.fields.len()),
        );
        return;
    }
    let is_user = entity.name == "User";
    let mut taken = BTreeSet::new();
    let fields = std::mem::take(&mut entity.fields);
    for (index, mut field) in fields.into_iter().enumerate() {
        let path = format!("{path}.fields[{index}]");
        let camel = Words::of(&field.name).camel();
        if IMPLIED.contains(&camel.as_str()) || (is_user && IMPLIED_FOR_USERS.contains(&camel.as_str())) {
            findings.warn(format!("{path}: {camel} was dropped, every {} has it by itself", entity.name));
            continue;
        }
        // First, because a string with values turns out to be an enum.
        check_values(&mut field, &path, findings);
        let filterable = matches!(field.kind, FieldType::Enum | FieldType::Boolean);
        let given = std::mem::take(&mut field.name);
        let max = if field.unique { max_key_name(&entity.name) } else { MAX_NAME };
        field.name = safe_name(&given, "value", filterable, max, &mut taken);
        if field.name != given {
            findings.warn(format!("{path}.name: {:?} became {}", clip(&given, 80), field.name));
        }
        check_bounds(&mut field, &path, findings);
        check_default(&mut field, &path, findings);
        if field.unique && matches!(field.kind, FieldType::Boolean | FieldType::Enum | FieldType::Text) {
            findings.warn(format!("{path}.unique: dropped, this type is not for telling records apart"));
            field.unique = false;
        }
        if is_user && field.required && field.default.is_none() {
            findings.warn(format!(
                "{path}.required: dropped, people sign up with e-mail, password and name alone"
            ));
            field.required = false;
        }
        if is_user && field.unique {
            findings.warn(format!("{path}.unique: dropped, of a user only the e-mail is unique"));
            field.unique = false;
        }
        entity.fields.push(field);
    }
    if entity.fields.is_empty() && !is_user {
        findings.warn(format!("{path}.fields: there was none, {} got a name", entity.name));
        entity.fields.push(FieldFile { name: "name".to_owned(), required: true, ..FieldFile::default() });
    }
}

/// A safe camelCase name that is not taken yet, and takes it.
pub(super) fn safe_name(
    given: &str,
    suffix: &str,
    filterable: bool,
    max: usize,
    taken: &mut BTreeSet<String>,
) -> String {
    let mut base = Words::of(given).clipped(max);
    if base.is_empty() || base.camel().starts_with(|c: char| c.is_ascii_digit()) {
        base = base.prefixed(suffix).clipped(max);
    }
    let numbered = (2..).map(|n| Some(n.to_string()));
    for word in [None, Some(suffix.to_owned())].into_iter().chain(numbered) {
        let name = word.map_or_else(
            || base.camel(),
            |word| base.clone().clipped(max.saturating_sub(word.len())).suffixed(&word).camel(),
        );
        let reserved = field_is_reserved(&name) || (filterable && filter_is_reserved(&name));
        if !reserved && taken.insert(name.clone()) {
            return name;
        }
    }
    unreachable!("there are always more numbers")
}

fn check_values(field: &mut FieldFile, path: &str, findings: &mut Findings) {
    match field.kind {
        FieldType::Enum => {}
        _ if field.values.is_empty() => return,
        FieldType::String => {
            findings.warn(format!("{path}.type: string with values became enum"));
            field.kind = FieldType::Enum;
        }
        _ => {
            findings.warn(format!("{path}.values: dropped, only an enum has them"));
            field.values.clear();
            return;
        }
    }
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for value in std::mem::take(&mut field.values) {
        let plain: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let plain = clip(plain.trim(), 60).trim_end().to_owned();
        if plain.is_empty() {
            findings.warn(format!("{path}.values: an empty value was dropped"));
        } else if !seen.insert(plain.to_lowercase()) {
            findings.warn(format!("{path}.values: {plain:?} was there already"));
        } else {
            if plain != value {
                findings.warn(format!("{path}.values: {:?} became {plain:?}", clip(&value, 80)));
            }
            kept.push(plain);
        }
    }
    if kept.len() > MAX_VALUES {
        findings.fault(
            format!("{path}.values"),
            format!("{} values are more than the {MAX_VALUES} an enum may have", kept.len()),
        );
    }
    if kept.is_empty() {
        findings.warn(format!("{path}.type: an enum without values became string"));
        field.kind = FieldType::String;
    }
    field.values = kept;
}
