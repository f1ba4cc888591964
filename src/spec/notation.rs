//! The short notation in which the catalogue describes a noun: `title!; pages 1..; status [a, b]=a -> author!, tag*`.

use serde_json::{Number, Value};

use super::lexicon::Lexicon;
use crate::blueprint::{FieldFile, FieldType};

/// A well-known noun.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Noun {
    pub(super) fields: Vec<FieldFile>,
    pub(super) ties: Vec<Tie>,
}

/// A relation that a noun usually has.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tie {
    /// Key of the other noun, or `user`.
    pub(super) target: String,
    /// The relation's name where it is not the target's own.
    pub(super) name: Option<String>,
    pub(super) many: bool,
    pub(super) required: bool,
}

/// Reads a noun's description. What the data got wrong gives `None`; a test reads all of it.
pub(super) fn noun(text: &str, lexicon: &Lexicon) -> Option<Noun> {
    let (fields, ties) = text.split_once("->").unwrap_or((text, ""));
    let fields = fields.split(';').map(|part| field(part.trim(), lexicon)).collect::<Option<Vec<_>>>()?;
    let ties = ties.split(',').map(str::trim).filter(|part| !part.is_empty()).map(tie).collect();
    Some(Noun { fields, ties })
}

/// `camelCase` or `snake_case` as words.
pub(super) fn spaced(name: &str) -> String {
    crate::naming::Words::of(name).lower()
}

fn tie(text: &str) -> Tie {
    let plain = text.trim_end_matches(['!', '*', '?']);
    let (name, target) =
        plain.split_once(':').map_or((None, plain), |(name, target)| (Some(name.to_owned()), target));
    Tie { target: spaced(target), name, many: text.ends_with('*'), required: text.ends_with('!') }
}

fn field(text: &str, lexicon: &Lexicon) -> Option<FieldFile> {
    let (text, default) =
        text.split_once('=').map_or((text, None), |(text, default)| (text.trim(), Some(default.trim())));
    let (text, values) = match text.split_once('[') {
        Some((text, rest)) => {
            let values = rest.strip_suffix(']')?.split(',').map(|value| value.trim().to_owned()).collect();
            (text.trim(), values)
        }
        None => (text, Vec::new()),
    };
    let mut words = text.split_whitespace();
    let name = words.next()?;
    let mut field = FieldFile {
        name: name.trim_end_matches('!').to_owned(),
        required: name.ends_with('!'),
        values,
        ..FieldFile::default()
    };
    let mut kind = (!field.values.is_empty()).then_some(FieldType::Enum);
    for word in words {
        field.required |= word.ends_with('!');
        match word.trim_end_matches('!') {
            "unique" => field.unique = true,
            word => match word.split_once("..") {
                Some((min, max)) => {
                    field.min = min.parse::<i64>().ok().map(Number::from);
                    field.max = max.parse::<i64>().ok().map(Number::from);
                }
                None => kind = Some(serde_json::from_value(Value::from(word)).ok()?),
            },
        }
    }
    field.kind = kind.unwrap_or_else(|| lexicon.type_of(&spaced(&field.name)));
    field.default = match (field.kind, default) {
        (FieldType::Boolean, None) => Some(Value::Bool(false)),
        (_, None) => None,
        (FieldType::Boolean, Some(text)) => Some(Value::Bool(text == "true")),
        (FieldType::Integer, Some(text)) => Some(Value::from(text.parse::<i64>().ok()?)),
        (_, Some(text)) => Some(Value::from(text)),
    };
    if !matches!(field.kind, FieldType::Integer | FieldType::Decimal) {
        field.min = None;
        field.max = None;
    }
    Some(field)
}
