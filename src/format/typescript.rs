//! TypeScript, by Biome's formatter: the one on crates.io that comes closest to Prettier.

use biome_diagnostics::PrintDescription;
use biome_formatter::{IndentStyle, IndentWidth, LineWidth, QuoteStyle};
use biome_js_formatter::context::trailing_comma::TrailingComma;
use biome_js_formatter::context::{ArrowParentheses, JsFormatOptions, Semicolons};
use biome_js_formatter::format_node;
use biome_js_parser::{JsParserOptions, parse};
use biome_js_syntax::JsFileSource;

use super::COLUMNS;
use super::unions::join_unions;

/// What is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// TypeScript.
    Ts,
    /// TypeScript with JSX.
    Tsx,
    /// JavaScript modules.
    Js,
}

impl Dialect {
    /// The dialect of a file with this extension, where it is one.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "ts" | "mts" => Some(Self::Ts),
            "tsx" => Some(Self::Tsx),
            "js" | "mjs" => Some(Self::Js),
            _ => None,
        }
    }
}

/// Why a source could not be laid out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// It does not parse.
    #[error("does not parse: {0}")]
    Syntax(String),
    /// The formatter gave up.
    #[error("could not be laid out: {0}")]
    Formatter(String),
}

/// Lays a source out. Cost: about a millisecond per hundred lines.
pub fn typescript(source: &str, dialect: Dialect) -> Result<String, LayoutError> {
    let kind = match dialect {
        Dialect::Ts => JsFileSource::ts(),
        Dialect::Tsx => JsFileSource::tsx(),
        Dialect::Js => JsFileSource::js_module(),
    };
    let parsed = parse(source, kind, JsParserOptions::default());
    if parsed.has_errors() {
        let first = parsed.diagnostics().first().map(|d| PrintDescription(d).to_string()).unwrap_or_default();
        return Err(LayoutError::Syntax(first));
    }
    let options = JsFormatOptions::new(kind)
        .with_indent_style(IndentStyle::Space)
        .with_indent_width(IndentWidth::from(2))
        .with_line_width(
            LineWidth::try_from(u16::try_from(COLUMNS).unwrap_or(u16::MAX)).expect("100 is a width"),
        )
        .with_quote_style(QuoteStyle::Single)
        .with_semicolons(Semicolons::Always)
        .with_trailing_comma(TrailingComma::All)
        .with_arrow_parentheses(ArrowParentheses::Always);
    let formatted =
        format_node(options, &parsed.syntax()).map_err(|error| LayoutError::Formatter(error.to_string()))?;
    let printed = formatted.print().map_err(|error| LayoutError::Formatter(error.to_string()))?;
    Ok(join_unions(printed.as_code(), COLUMNS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lays_out_as_prettier_does() {
        let source = "const a={b:1,c:\"x\"}\nexport const f=async(x:number)=>x+1";
        let expected = "const a = { b: 1, c: 'x' };\nexport const f = async (x: number) => x + 1;\n";
        assert_eq!(typescript(source, Dialect::Ts).unwrap(), expected);
        assert_eq!(typescript(expected, Dialect::Ts).unwrap(), expected);
    }

    #[test]
    fn refuses_what_does_not_parse() {
        assert!(matches!(typescript("const = ;", Dialect::Ts), Err(LayoutError::Syntax(_))));
    }
}
