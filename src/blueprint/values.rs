//! What a field's values may be: bounds and defaults, brought into the form in which everything after relies on them.

use serde_json::{Number, Value};

use super::fault::Findings;
use super::wire::{FieldFile, FieldType};

/// Greatest magnitude of an integer: 32 bits.
pub const MAX_INTEGER: i64 = 2_147_483_647;
/// Greatest magnitude of a decimal: 13 digits before the point and 2 behind are exact in SQLite.
pub const MAX_DECIMAL: f64 = 9_999_999_999_999.0;

/// A decimal as the API carries it, with two digits behind the point.
pub fn decimal_text(value: f64) -> String {
    format!("{value:.2}")
}

/// Checks `min` and `max`: numbers within range, lengths whole and not negative, neither where they mean nothing.
pub(super) fn check_bounds(field: &mut FieldFile, path: &str, findings: &mut Findings) {
    let whole = |number: &Number| number.as_i64().or_else(|| number.as_f64().map(round));
    match field.kind {
        FieldType::Integer | FieldType::String | FieldType::Text => {
            let (least, most) = match field.kind {
                FieldType::Integer => (-MAX_INTEGER - 1, MAX_INTEGER),
                FieldType::String => (0, 2_000),
                _ => (0, 100_000),
            };
            for (key, bound) in [("min", &mut field.min), ("max", &mut field.max)] {
                let Some(value) = bound.as_ref().and_then(whole) else { continue };
                let kept = value.clamp(least, most);
                if kept != value {
                    findings.warn(format!(
                        "{path}.{key}: {value} was brought to {kept}, which is as far as this type goes"
                    ));
                }
                *bound = Some(kept.into());
            }
        }
        FieldType::Decimal => {
            for (key, bound) in [("min", &mut field.min), ("max", &mut field.max)] {
                let Some(value) = bound.as_ref().and_then(Number::as_f64) else { continue };
                let kept = value.clamp(-MAX_DECIMAL, MAX_DECIMAL);
                if (kept - value).abs() > f64::EPSILON {
                    findings.warn(format!(
                        "{path}.{key}: {value} was brought to {kept}, which is as far as decimals are exact"
                    ));
                }
                let kept = (kept * 100.0).round() / 100.0;
                *bound = if kept.fract() == 0.0 { Some(round(kept).into()) } else { Number::from_f64(kept) };
            }
        }
        _ => {
            if field.min.take().is_some() | field.max.take().is_some() {
                findings.warn(format!("{path}: min and max were dropped, this type has none"));
            }
        }
    }
    if let (Some(min), Some(max)) = (&field.min, &field.max)
        && min.as_f64() > max.as_f64()
    {
        findings.fault(format!("{path}.min"), format!("{min} is greater than max {max}"));
    }
    if matches!(field.kind, FieldType::String | FieldType::Text)
        && field.max.as_ref().and_then(Number::as_i64) == Some(0)
    {
        findings.fault(format!("{path}.max"), "a text of at most 0 characters holds nothing");
    }
}

/// The nearest whole number; saturates.
#[expect(
    clippy::cast_possible_truncation,
    reason = "float to integer casts saturate, which is what is wanted"
)]
fn round(value: f64) -> i64 {
    value.round() as i64
}

/// Checks the default against type, values and bounds; one that does not fit is dropped with a warning.
pub(super) fn check_default(field: &mut FieldFile, path: &str, findings: &mut Findings) {
    let Some(value) = field.default.take() else { return };
    if value.is_null() {
        return;
    }
    if field.unique {
        findings.warn(format!("{path}.default: dropped, a unique field cannot have one"));
        return;
    }
    match fitted(field, &value) {
        Some(fit) => field.default = Some(fit),
        None => findings.warn(format!("{path}.default: {value} was dropped, it is no value of this field")),
    }
}

/// The value in the field's own type, where it is one of its values.
fn fitted(field: &FieldFile, value: &Value) -> Option<Value> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        _ => return None,
    };
    let within = |number: f64| {
        field.min.as_ref().and_then(Number::as_f64).is_none_or(|min| number >= min)
            && field.max.as_ref().and_then(Number::as_f64).is_none_or(|max| number <= max)
    };
    match field.kind {
        FieldType::String | FieldType::Text => {
            let longest = if field.kind == FieldType::String { 200 } else { 10_000 };
            let length = u32::try_from(text.chars().count()).ok()?;
            let fits = within(f64::from(length)) && (field.max.is_some() || length <= longest);
            (fits && !text.is_empty() && !text.chars().any(char::is_control)).then_some(Value::String(text))
        }
        FieldType::Integer => {
            let number: i64 = text.parse().ok()?;
            (number.abs() <= MAX_INTEGER && within(text.parse().ok()?)).then(|| number.into())
        }
        FieldType::Decimal => {
            let number: f64 = text.parse().ok()?;
            (number.is_finite() && number.abs() <= MAX_DECIMAL && within(number))
                .then(|| decimal_text(number).into())
        }
        FieldType::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true.into()),
            "false" | "no" | "0" => Some(false.into()),
            _ => None,
        },
        FieldType::Enum => field
            .values
            .iter()
            .find(|known| known.eq_ignore_ascii_case(&text))
            .map(|known| Value::String(known.clone())),
        FieldType::Date => text
            .parse::<jiff::civil::Date>()
            .ok()
            .filter(|date| date.year() > 0)
            .map(|date| date.to_string().into()),
        FieldType::Datetime => text.parse::<jiff::Timestamp>().ok().map(|moment| moment.to_string().into()),
        FieldType::Email => {
            (text.contains('@') && !text.contains(char::is_whitespace)).then_some(Value::String(text))
        }
        FieldType::Url => {
            (text.starts_with("https://") || text.starts_with("http://")).then_some(Value::String(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn default(kind: FieldType, value: Value, expected: impl Into<Option<Value>>) {
        let expected = expected.into();
        let mut field = FieldFile {
            kind,
            default: Some(value),
            values: vec!["draft".into(), "In review".into()],
            ..FieldFile::default()
        };
        check_default(&mut field, "f", &mut Findings::default());
        assert_eq!(field.default, expected);
    }

    #[test]
    fn defaults_take_the_type_of_the_field() {
        default(FieldType::Integer, json!("5"), Some(json!(5)));
        default(FieldType::Integer, json!(5.5), None);
        default(FieldType::Integer, json!(3_000_000_000_i64), None);
        default(FieldType::Decimal, json!(5), Some(json!("5.00")));
        default(FieldType::Boolean, json!("yes"), Some(json!(true)));
        default(FieldType::Enum, json!("DRAFT"), Some(json!("draft")));
        default(FieldType::Enum, json!("other"), None);
        default(FieldType::Date, json!("2030-02-30"), None);
        default(FieldType::Date, json!("2030-02-28"), Some(json!("2030-02-28")));
        default(FieldType::Datetime, json!("now"), None);
        default(FieldType::String, json!(null), None);
        default(FieldType::String, json!(["x"]), None);
    }

    #[test]
    fn bounds() {
        let mut field = FieldFile {
            min: Some(5.into()),
            max: Some(1.into()),
            kind: FieldType::Integer,
            ..FieldFile::default()
        };
        let mut findings = Findings::default();
        check_bounds(&mut field, "f", &mut findings);
        assert_eq!(findings.faults.len(), 1);

        let mut field = FieldFile {
            max: Some(5_000_000_000_i64.into()),
            kind: FieldType::Integer,
            ..FieldFile::default()
        };
        let mut findings = Findings::default();
        check_bounds(&mut field, "f", &mut findings);
        assert_eq!(field.max, Some(MAX_INTEGER.into()));
        assert_eq!(findings.warnings.len(), 1);
    }
}
