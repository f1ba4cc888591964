//! One item of a list, read as a field: its name, type, bounds, values, default.

use serde_json::{Number, Value};

use super::lexicon::lexicon;
use super::nouns::key_of;

use crate::blueprint::{FieldFile, FieldType};
use crate::naming::Words;

/// A field as the text describes it; what it leaves open is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Described {
    /// Lower-case words.
    pub(super) name: String,
    /// The name as the text spells it, where the lexicon knows it by another spelling.
    pub(super) shown: Option<String>,
    pub(super) kind: Option<FieldType>,
    pub(super) required: Option<bool>,
    pub(super) unique: bool,
    pub(super) default: Option<String>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    /// What it is greater than; how that becomes a least value depends on the type.
    pub(super) above: Option<f64>,
    /// What it is less than.
    pub(super) below: Option<f64>,
    /// Whether the bounds came as a range, which only numbers have.
    pub(super) range: bool,
    /// Whether the bounds count characters.
    pub(super) characters: bool,
    pub(super) values: Vec<String>,
}

/// The type that a word names.
pub(super) fn type_word(low: &str) -> Option<FieldType> {
    Some(match low {
        "string" | "str" | "varchar" | "char" => FieldType::String,
        "text" | "longtext" | "multiline" | "markdown" | "textarea" | "richtext" | "paragraph" => {
            FieldType::Text
        }
        "integer" | "int" | "number" | "bigint" | "smallint" | "whole-number" | "numeric-id" => {
            FieldType::Integer
        }
        "decimal" | "float" | "double" | "money" | "currency" | "numeric" | "real" => FieldType::Decimal,
        "boolean" | "bool" | "flag" | "checkbox" | "yes/no" => FieldType::Boolean,
        "date" => FieldType::Date,
        "datetime" | "timestamp" | "timestamptz" | "date-time" => FieldType::Datetime,
        "enum" | "select" | "dropdown" => FieldType::Enum,
        "email" => FieldType::Email,
        "url" | "link" | "uri" => FieldType::Url,
        _ => return None,
    })
}

/// Fields whose values may follow an "of".
pub(super) const CHOICES: &[&str] =
    &["status", "state", "type", "kind", "priority", "stage", "condition", "level", "severity", "size"];

impl Described {
    /// The field as a blueprint has it; `noun` is the key of its entity.
    pub(super) fn field(&self, noun: &str) -> FieldFile {
        let lexicon = lexicon();
        let name = Words::of(&self.name).camel();
        let usual = lexicon.noun(noun).and_then(|noun| noun.fields.iter().find(|field| field.name == name));
        let mut values = self.values.clone();
        let last = self.name.rsplit(' ').next().unwrap_or_default();
        let mut kind = match self.kind {
            Some(FieldType::String | FieldType::Enum) | None if values.len() >= 2 => FieldType::Enum,
            Some(kind) => kind,
            None => usual.map_or_else(|| lexicon.type_of(&self.name), |usual| usual.kind),
        };
        if self.kind.is_none() && values.is_empty() {
            let numeric = matches!(kind, FieldType::Integer | FieldType::Decimal);
            if self.range && !self.characters && !numeric {
                kind = FieldType::Integer;
            }
            if self.characters && numeric {
                kind = FieldType::String;
            }
            let fraction = [self.min, self.max, self.above, self.below]
                .iter()
                .flatten()
                .any(|bound| bound.fract() != 0.0);
            if fraction && kind == FieldType::Integer {
                kind = FieldType::Decimal;
            }
            match &self.default {
                Some(text) if matches!(text.as_str(), "true" | "false" | "yes" | "no") => {
                    kind = FieldType::Boolean;
                }
                _ => {}
            }
            if kind == FieldType::String
                && let Some(usual) = lexicon.values_of(&self.name)
            {
                kind = FieldType::Enum;
                values = usual.to_vec();
            }
        }
        if kind == FieldType::Enum && values.is_empty() {
            match usual.map(|usual| &usual.values).filter(|values| !values.is_empty()) {
                Some(usual) => values.clone_from(usual),
                None => match lexicon.values_of(last) {
                    Some(usual) => values = usual.to_vec(),
                    None => kind = FieldType::String,
                },
            }
        }
        // "Hours between 0.5 and 40" are no whole numbers, whatever hours are elsewhere.
        let parts = [self.min, self.max].into_iter().flatten().any(|bound| bound.fract() != 0.0);
        if kind == FieldType::Integer && parts {
            kind = FieldType::Decimal;
        }
        let counts =
            matches!(kind, FieldType::Integer | FieldType::Decimal | FieldType::String | FieldType::Text);
        let (mut min, mut max) = if counts { self.bounds(kind) } else { (None, None) };
        if min > max && max.is_some() {
            (min, max) = (max, min);
        }
        if kind == FieldType::Integer && min.is_none() && max.is_none() && matches!(last, "rating" | "stars")
        {
            (min, max) = (Some(1.0), Some(5.0));
        }
        let default = self.default.as_deref().and_then(|text| default_value(kind, text, &mut values));
        let default = default.or_else(|| (kind == FieldType::Boolean).then_some(Value::Bool(false)));
        FieldFile {
            required: self.required.unwrap_or(false),
            unique: self.unique && !matches!(kind, FieldType::Boolean | FieldType::Enum | FieldType::Text),
            default,
            min: min.and_then(number),
            max: max.and_then(number),
            values: if kind == FieldType::Enum { distinct(values) } else { Vec::new() },
            name: self.shown.as_deref().map_or(name, |shown| Words::of(shown).camel()),
            kind,
        }
    }

    /// Whether the text gives anything but a name.
    pub(super) fn says_something(&self) -> bool {
        self.kind.is_some()
            || self.required.is_some()
            || self.unique
            || self.default.is_some()
            || self.has_bounds()
            || !self.values.is_empty()
    }

    pub(super) fn has_bounds(&self) -> bool {
        self.min.or(self.max).or(self.above).or(self.below).is_some()
    }

    /// Least and greatest value; "more than 0" is 1 of whole numbers and 0.01 of decimals, which have two places.
    fn bounds(&self, kind: FieldType) -> (Option<f64>, Option<f64>) {
        let step = if kind == FieldType::Decimal { 0.01 } else { 1.0 };
        let round = |value: f64| (value * 100.0).round() / 100.0;
        let min = self.min.or_else(|| self.above.map(|value| round(value + step)));
        let max = self.max.or_else(|| self.below.map(|value| round(value - step)));
        (min, max)
    }

    /// Key under which its noun would be kept.
    pub(super) fn key(&self) -> String {
        key_of(&self.name)
    }
}

fn distinct(values: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    values
        .into_iter()
        .filter(|value| !value.is_empty() && seen.insert(value.to_lowercase()))
        .take(50)
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "only whole numbers within i64 are cast")]
fn number(value: f64) -> Option<Number> {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        Some(Number::from(value as i64))
    } else {
        Number::from_f64(value)
    }
}

/// The default as its type wants it; a default of an enum that is none of its values joins them.
fn default_value(kind: FieldType, text: &str, values: &mut Vec<String>) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match kind {
        FieldType::Boolean => match text.to_lowercase().as_str() {
            "true" | "yes" | "on" | "checked" => Some(Value::Bool(true)),
            "false" | "no" | "off" | "unchecked" => Some(Value::Bool(false)),
            _ => None,
        },
        FieldType::Integer => text.parse::<i64>().ok().map(Value::from),
        FieldType::Decimal => text.parse::<f64>().ok().and_then(number).map(Value::Number),
        FieldType::Enum => {
            if let Some(value) = values.iter().find(|value| value.eq_ignore_ascii_case(text)) {
                return Some(Value::from(value.clone()));
            }
            values.push(text.to_owned());
            Some(Value::from(text))
        }
        FieldType::Date | FieldType::Datetime => None,
        _ => Some(Value::from(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::describe::describe;
    use super::super::tokens::tokenize;
    use super::*;

    /// `name type flags bounds values default` on one line.
    fn line(text: &str) -> String {
        let Some(described) = describe(&tokenize(text, 0)) else { return "-".into() };
        let field = described.field("thing");
        let kind = serde_json::to_value(field.kind).unwrap();
        let mut line = format!("{} {}", field.name, kind.as_str().unwrap());
        if field.required {
            line += " required";
        }
        if field.unique {
            line += " unique";
        }
        if field.min.is_some() || field.max.is_some() {
            let show = |bound: &Option<Number>| bound.as_ref().map_or_else(String::new, ToString::to_string);
            line += &format!(" {}..{}", show(&field.min), show(&field.max));
        }
        if !field.values.is_empty() {
            line += &format!(" [{}]", field.values.join("|"));
        }
        if let Some(default) = field.default.filter(|value| *value != Value::Bool(false)) {
            line += &format!(" ={}", default.as_str().map_or_else(|| default.to_string(), ToOwned::to_owned));
        }
        line
    }

    #[test]
    fn described_fields() {
        for (text, expected) in [
            ("a name", "name string"),
            ("a title (required, max 120 characters)", "title string required ..120"),
            ("an optional due date", "dueDate date"),
            ("a unique ISBN", "isbn string unique"),
            ("ISBN unique", "isbn string unique"),
            ("price decimal", "price decimal"),
            ("published date", "publishedDate date"),
            ("a price between 0 and 1000", "price decimal 0..1000"),
            ("a rating from 1 to 5", "rating integer 1..5"),
            ("rating (1-5)", "rating integer 1..5"),
            ("a status (planned, active or done)", "status enum [planned|active|done]"),
            (
                "a status that is planned, active or done (planned by default)",
                "status enum [planned|active|done] =planned",
            ),
            ("a colour, which is one of red, green, blue or grey", "colour enum [red|green|blue|grey]"),
            ("status: draft, published, archived", "status enum [draft|published|archived]"),
            ("status: enum(draft, published) default draft", "status enum [draft|published] =draft"),
            ("status: \"draft\" | \"published\"", "status enum [draft|published]"),
            ("title: string", "title string"),
            ("done: boolean", "done boolean"),
            ("done: boolean = true", "done boolean =true"),
            ("whether it is billable", "billable boolean"),
            ("whether it is in stock", "inStock boolean"),
            ("whether it has a garden", "hasGarden boolean"),
            ("is featured", "featured boolean"),
            ("isFeatured: boolean", "isFeatured boolean"),
            ("number of pages", "numberOfPages integer"),
            ("the number of bedrooms", "numberOfBedrooms integer"),
            ("estimated hours between 0 and 400", "estimatedHours integer 0..400"),
            ("the time at which it was completed", "completedAt datetime"),
            ("the date on which it was published", "publishedOn date"),
            ("when it was sent", "sentAt datetime"),
            ("the e-mail address of a contact", "contactEmail email"),
            ("a date of birth", "dateOfBirth date"),
            ("a budget in euros with cents", "budget decimal"),
            ("a cost center number between 1 and 9999", "costCenterNumber integer 1..9999"),
            ("a unique name (up to 80 characters)", "name string unique ..80"),
            ("hours worked (a decimal between 0 and 24, required)", "hoursWorked decimal required 0..24"),
            ("a link to a reference page", "referencePageLink url"),
            ("a long description", "description text"),
            ("a website", "website url"),
            ("an email address", "emailAddress email"),
            ("quantity (integer, min 1, default 1)", "quantity integer 1.. =1"),
            ("priority (low, medium, high)", "priority enum [low|medium|high]"),
            ("priority", "priority enum [low|medium|high]"),
            ("price > 0", "price decimal 0.01.."),
            ("quantity > 0", "quantity integer 1.."),
            ("a positive amount", "amount decimal 0.01.."),
            ("age (over 17)", "age integer 18.."),
            ("a discount of less than 50", "discount decimal ..49.99"),
            ("a size S/M/L", "size enum [S|M|L]"),
            ("size: S/M/L", "size enum [S|M|L]"),
            (
                "a status of draft, published or cancelled (default draft)",
                "status enum [draft|published|cancelled] =draft",
            ),
            ("date (required)", "date date required"),
            ("start date and time", "startDateAndTime datetime"),
        ] {
            assert_eq!(line(text), expected, "{text}");
        }
    }
}
