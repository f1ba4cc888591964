//! Parsing by kind of file.

use super::finding::{Finding, line_at};
use super::imports::Parsed;
use super::{css, python, script};
use crate::base::ids::OutputPath;

/// Parses a file as what its name says it is; kinds without a parser here pass. Never panics, whatever is in it.
pub fn parse(path: &OutputPath, contents: &[u8]) -> Result<Parsed, Vec<Finding>> {
    let fault = |line: usize, message: String| vec![Finding { path: path.clone(), line, message }];
    let extension = path.extension();
    if !matches!(
        extension,
        "ts" | "tsx" | "mts" | "js" | "mjs" | "jsx" | "json" | "yaml" | "yml" | "toml" | "py" | "css"
    ) {
        return Ok(Parsed::default());
    }
    let source = std::str::from_utf8(contents).map_err(|_| fault(0, "is not UTF-8".to_owned()))?;
    let located = |(offset, message): (usize, String)| fault(line_at(source, offset), message);
    match extension {
        "ts" | "tsx" | "mts" | "js" | "mjs" | "jsx" => script::parse(source, extension).map_err(located),
        "json" => match serde_json::from_str::<serde::de::IgnoredAny>(source) {
            Ok(_) => Ok(Parsed::default()),
            Err(error) => Err(fault(error.line(), format!("is not JSON: {error}"))),
        },
        "yaml" | "yml" => match serde_saphyr::from_str::<serde_json::Value>(source) {
            Ok(_) => Ok(Parsed::default()),
            Err(error) => Err(fault(0, format!("is not YAML: {error}"))),
        },
        "toml" => match toml::from_str::<toml::Table>(source) {
            Ok(_) => Ok(Parsed::default()),
            Err(error) => {
                let line = error.span().map_or(0, |span| line_at(source, span.start));
                Err(fault(line, format!("is not TOML: {}", error.message())))
            }
        },
        "py" => python::parse(source).map_err(located),
        _ => css::parse(source).map_err(located),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(path: &str, source: &str) -> Result<Parsed, String> {
        parse(&OutputPath::new(path).unwrap(), source.as_bytes()).map_err(|found| found[0].to_string())
    }

    #[test]
    fn good_files_pass() {
        for (path, source) in [
            (
                "a.ts",
                "import x, { type Y } from './b.js';\nexport * from \"c\";\nconst z = await import('./d.js');\n",
            ),
            ("a.tsx", "export const A = () => <p className=\"x\">{1 < 2 ? 'a' : 'b'}</p>;"),
            ("a.mjs", "export default 1;"),
            ("a.json", "{\"a\": [1, 2]}"),
            ("a.yaml", "a:\n  - b: ${{ x }}\n"),
            ("a.toml", "[a]\nb = 1\n"),
            (
                "a.py",
                "from b import c\nimport d.e\n\n\ndef f(x: int | None) -> str:\n    match x:\n        case None:\n            return f\"{x!r}\"\n    return \"\"\n",
            ),
            (
                "a.css",
                "@import 'tailwindcss';\n@theme { --color-primary: #fff; }\n.a:hover > b { color: oklch(50% 0.1 20 / 0.5) }\n",
            ),
            ("a.md", "# anything <<<"),
            ("Dockerfile", "FROM x"),
        ] {
            assert!(parsed(path, source).is_ok(), "{path}: {:?}", parsed(path, source));
        }
    }

    #[test]
    fn bad_files_are_named_with_the_line() {
        for (path, source, place) in [
            ("a.ts", "const a = 1;\nconst = 2;\n", "a.ts:2: "),
            ("a.ts", "const a: = 1;\n", "a.ts:1: "),
            ("a.tsx", "const a = <p>;\n", "a.tsx:"),
            ("a.json", "{\n\"a\": }", "a.json:2: "),
            ("a.yaml", "a: [\n", "a.yaml: "),
            ("a.toml", "a = 1\na = 2\n", "a.toml:2: "),
            ("a.py", "def f(:\n    pass\n", "a.py:1: "),
            ("a.py", "x = 1\n  y = 2\n", "a.py:2: "),
            ("a.css", "a { color: red\n", "a.css:"),
            ("a.css", "a } b\n", "a.css:1: "),
            ("a.css", "a { content: 'x\n }\n", "a.css:1: "),
        ] {
            let found = parsed(path, source).expect_err(source);
            assert!(found.starts_with(place), "{found} should start with {place}");
        }
        assert!(parse(&OutputPath::new("a.ts").unwrap(), b"\xff").is_err());
    }

    #[test]
    fn imports_are_listed() {
        let source = "import x from './b.js';\nexport * from 'c';\nconst z = import('./d.js');\nimport type { T } from '@s/p/q';\n";
        let imports = parsed("a.ts", source).unwrap().imports;
        let listed: Vec<_> = imports.iter().map(|import| (import.specifier.as_str(), import.line)).collect();
        assert_eq!(listed, [("./b.js", 1), ("c", 2), ("./d.js", 3), ("@s/p/q", 4)]);
    }
}
