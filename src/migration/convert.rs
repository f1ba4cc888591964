//! What becomes of a column's values when its type changes.

use super::schema::{Column, ColumnType};
use super::sql::{Dialect, members, quoted, text, type_name};

/// A value on its way from one type to another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Converted {
    /// As an SQL expression over the old column, of the new type; `None` where the database converts by itself or need not.
    pub(super) expression: Option<String>,
    /// What is lost on the way.
    pub(super) loss: Loss,
}

/// What a conversion loses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// Nothing.
    Nothing,
    /// Something of each value, but a value stays a value.
    Detail(&'static str),
    /// Some values, these.
    Some(&'static str),
    /// All values.
    Everything,
}

const UNREADABLE: Loss = Loss::Some("values that cannot be read as one");

impl Loss {
    /// Whether a value may be none afterwards.
    pub(super) fn empties(self) -> bool {
        matches!(self, Self::Some(_) | Self::Everything)
    }
}

/// How the values of a column become those of another type. `values` are the members of the new type, if it is an enum.
pub(super) fn convert(from: &ColumnType, to: &Column, values: &[String], dialect: Dialect) -> Converted {
    use ColumnType::{Boolean, Date, Decimal, Enum, Integer, Text, Timestamp};
    let sqlite = dialect == Dialect::Sqlite;
    let x = quoted(&to.name);
    let by_itself = || (None, Loss::Nothing);
    let (expression, loss) = match (from, &to.kind) {
        (same, other) if same == other => by_itself(),
        (Integer, Text) if sqlite => (Some(format!("CAST({x} AS TEXT)")), Loss::Nothing),
        (Decimal { scale, .. }, Text) if sqlite => {
            // What is none would be written as a zero.
            (Some(format!("CASE WHEN {x} IS NOT NULL THEN printf('%.{scale}f', {x}) END")), Loss::Nothing)
        }
        (Boolean, Text) if sqlite => {
            (Some(format!("CASE {x} WHEN 0 THEN 'false' WHEN 1 THEN 'true' END")), Loss::Nothing)
        }
        (Date, Text) if sqlite => (Some(format!("substr({x}, 1, 10)")), Loss::Nothing),
        (Timestamp, Text) if sqlite => (Some(format!("replace({x}, '+00:00', 'Z')")), Loss::Nothing),
        (Timestamp, Text) => {
            (Some(format!("to_char({x}, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")), Loss::Nothing)
        }
        (Integer | Decimal { .. } | Boolean | Date | Enum(_), Text) => by_itself(),
        (Integer, Decimal { .. }) | (Date, Timestamp) => by_itself(),
        (Boolean, Integer | Decimal { .. }) if sqlite => by_itself(),
        (Boolean, Integer | Decimal { .. }) => (Some(format!("{x}::INTEGER")), Loss::Nothing),
        (Integer | Decimal { .. }, Boolean) => {
            (Some(format!("{x} <> 0")), Loss::Detail("only whether a number is 0 is kept"))
        }
        (Timestamp, Date) => {
            let day = sqlite.then(|| format!("substr({x}, 1, 10) || 'T00:00:00.000+00:00'"));
            (day, Loss::Detail("the time of day is lost"))
        }
        (Decimal { .. }, Integer) => {
            let rounded =
                if sqlite { format!("CAST(round({x}) AS INTEGER)") } else { format!("round({x})::INTEGER") };
            (
                Some(format!("CASE WHEN abs({x}) <= 2147483647 THEN {rounded} END")),
                Loss::Some("values are rounded, and those that are too large"),
            )
        }
        (Text, Integer) if sqlite => {
            let number = format!("CAST(trim({x}) AS INTEGER)");
            let reads = format!("CAST({number} AS TEXT) = trim({x}) AND abs({number}) <= 2147483647");
            (Some(format!("CASE WHEN {reads} THEN {number} END")), UNREADABLE)
        }
        (Text, Integer) => {
            let reads = format!("trim({x}) ~ '^-?[0-9]{{1,9}}$'");
            (Some(format!("CASE WHEN {reads} THEN trim({x})::INTEGER END")), UNREADABLE)
        }
        (Text, Decimal { .. }) if sqlite => {
            let bare = format!("ltrim(trim({x}), '-')");
            let reads = format!(
                "{bare} GLOB '[0-9]*' AND {bare} NOT GLOB '*[^0-9.]*' AND {bare} NOT GLOB '*.*.*' AND length({bare}) <= 16"
            );
            (Some(format!("CASE WHEN {reads} THEN CAST(trim({x}) AS REAL) END")), UNREADABLE)
        }
        (Text, kind @ Decimal { digits, scale }) => {
            let reads = format!("trim({x}) ~ '^-?[0-9]{{1,{}}}([.][0-9]+)?$'", digits - scale);
            let kind = type_name(kind, dialect);
            (Some(format!("CASE WHEN {reads} THEN trim({x})::{kind} END")), UNREADABLE)
        }
        (Text, Boolean) => {
            let (no, yes) = if sqlite { ("0", "1") } else { ("false", "true") };
            let word = format!("lower(trim({x}))");
            let expression = format!(
                "CASE WHEN {word} IN ('true', 'yes', '1') THEN {yes} WHEN {word} IN ('false', 'no', '0') THEN {no} END"
            );
            (Some(expression), UNREADABLE)
        }
        (Text, Enum(_)) => {
            let word = format!("upper(replace(replace(trim({x}), ' ', '_'), '-', '_'))");
            (Some(member(&word, values, &to.kind, dialect)), UNREADABLE)
        }
        (Enum(_), Enum(_)) => {
            let word = if sqlite { x } else { format!("{x}::TEXT") };
            (Some(member(&word, values, &to.kind, dialect)), UNREADABLE)
        }
        _ if sqlite => (Some("NULL".to_owned()), Loss::Everything),
        (_, kind) => (Some(format!("NULL::{}", type_name(kind, dialect))), Loss::Everything),
    };
    Converted { expression, loss }
}

/// A text as a member of an enum, where it is one.
fn member(word: &str, values: &[String], kind: &ColumnType, dialect: Dialect) -> String {
    let cast = match dialect {
        Dialect::Sqlite => String::new(),
        Dialect::Postgresql => format!("::{}", type_name(kind, dialect)),
    };
    let list = members(values);
    if cast.is_empty() {
        format!("CASE WHEN {word} IN ({list}) THEN {word} END")
    } else {
        format!("CASE WHEN {word} IN ({list}) THEN ({word}){cast} END")
    }
}

/// A column of an enum that loses members: what holds one of them gets `instead`.
pub(super) fn without(column: &str, lost: &[&String], instead: &str) -> String {
    let lost = lost.iter().map(|value| text(value)).collect::<Vec<_>>().join(", ");
    format!("CASE WHEN {column} IN ({lost}) THEN {instead} ELSE {column} END")
}
