//! What a TypeScript module takes, gives and leaves unused, and what its compiler or linter would not have.
//!
//! No types are worked out here. What is found is found for sure: an unused import is an error wherever the app is checked.

use std::collections::BTreeMap;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    CallExpression, Expression, ImportExpression, JSXAttribute, JSXAttributeName, NewExpression,
    TSAnyKeyword, TSNonNullExpression,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_semantic::{Scoping, SemanticBuilder, SymbolFlags};
use oxc_span::{SourceType, Span};
use oxc_syntax::module_record::{ExportExportName, ExportLocalName, ImportImportName};

use super::finding::line_at;

/// What a module takes, gives and leaves unused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Module {
    /// What it imports, in order.
    pub imports: Vec<ImportedName>,
    /// What it exports, by name; whether that is a type and nothing else. The default export is called `default`.
    pub exports: BTreeMap<String, bool>,
    /// Whether it passes on all exports of another one, whatever they are.
    pub passes_on: bool,
    /// Declared and never used: name and line.
    pub unused: Vec<(String, usize)>,
    /// Used and declared nowhere in it: name and line of the first use.
    pub undeclared: Vec<(String, usize)>,
    /// What the linter refuses or what no addition needs: line and a lowercase fragment.
    pub refused: Vec<(usize, String)>,
}

/// One name that a module imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedName {
    /// From where, as it is written.
    pub specifier: String,
    /// The name there; `default` for the default export, `*` for all of them.
    pub name: String,
    /// Whether it is imported as a type.
    pub as_type: bool,
    /// The line, from 1.
    pub line: usize,
}

/// Reads a module; `None` where it does not parse.
pub fn module(source: &str, extension: &str) -> Option<Module> {
    let kind = if extension == "tsx" { SourceType::tsx() } else { SourceType::ts() };
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, kind).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return None;
    }
    let line = |span: Span| line_at(source, span.start as usize);
    let program = &parsed.program;
    let semantic = SemanticBuilder::new().with_build_nodes(true).build(program).semantic;
    let scoping = semantic.scoping();
    let record = &parsed.module_record;
    let mut found = Module { passes_on: !record.star_export_entries.is_empty(), ..Module::default() };
    for entry in &record.import_entries {
        let name = match &entry.import_name {
            ImportImportName::Name(name) => name.name.to_string(),
            ImportImportName::NamespaceObject => "*".to_owned(),
            ImportImportName::Default(_) => "default".to_owned(),
        };
        found.imports.push(ImportedName {
            specifier: entry.module_request.name.to_string(),
            name,
            as_type: entry.is_type,
            line: line(entry.local_name.span),
        });
    }
    for entry in record.local_export_entries.iter().chain(&record.indirect_export_entries) {
        let name = match &entry.export_name {
            ExportExportName::Name(name) => name.name.to_string(),
            ExportExportName::Default(_) => "default".to_owned(),
            ExportExportName::Null => continue,
        };
        let local = match &entry.local_name {
            ExportLocalName::Name(local) | ExportLocalName::Default(local) => Some(local.name.as_str()),
            ExportLocalName::Null => None,
        };
        found.exports.insert(name, entry.is_type || local.is_some_and(|name| only_type(scoping, name)));
    }
    let exported = |name: &str| {
        record.local_export_entries.iter().any(|entry| match &entry.local_name {
            ExportLocalName::Name(local) | ExportLocalName::Default(local) => local.name == name,
            ExportLocalName::Null => false,
        })
    };
    for symbol in scoping.symbol_ids().filter(|&symbol| scoping.symbol_is_unused(symbol)) {
        let (name, flags) = (scoping.symbol_name(symbol), scoping.symbol_flags(symbol));
        let at_root = scoping.symbol_scope_id(symbol) == scoping.root_scope_id();
        // Parameters, and members of enums, may stand unused.
        let counts = flags.intersects(
            SymbolFlags::Import
                | SymbolFlags::TypeImport
                | SymbolFlags::TypeAlias
                | SymbolFlags::Interface
                | SymbolFlags::Function
                | SymbolFlags::Class
                | SymbolFlags::ConstVariable,
        ) && !flags.contains(SymbolFlags::FunctionExpression);
        if counts && at_root && !exported(name) {
            found.unused.push((name.to_owned(), line(scoping.symbol_span(symbol))));
        }
    }
    // `as const` reads as the name of a type.
    for (name, references) in
        scoping.root_unresolved_references().iter().filter(|(name, _)| name.as_str() != "const")
    {
        let first = references.iter().map(|&id| semantic.reference_span(scoping.get_reference(id))).min();
        found.undeclared.push((name.to_string(), first.map_or(1, line)));
    }
    found.undeclared.sort();
    let mut reader = Reader { source, refused: Vec::new() };
    reader.visit_program(program);
    found.refused = reader.refused;
    Some(found)
}

fn only_type(scoping: &Scoping, name: &str) -> bool {
    scoping.symbol_ids().filter(|&symbol| scoping.symbol_name(symbol) == name).any(|symbol| {
        let flags = scoping.symbol_flags(symbol);
        scoping.symbol_scope_id(symbol) == scoping.root_scope_id()
            && (flags.is_interface() || flags.is_type_alias())
            && !flags.is_value()
    })
}

struct Reader<'s> {
    source: &'s str,
    refused: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn refuse(&mut self, span: Span, what: impl Into<String>) {
        self.refused.push((line_at(self.source, span.start as usize), what.into()));
    }

    fn called(&mut self, callee: &Expression<'_>, span: Span) {
        if let Expression::Identifier(identifier) = callee
            && matches!(identifier.name.as_str(), "eval" | "Function" | "require" | "importScripts")
        {
            self.refuse(span, format!("calls {}, which no addition needs", identifier.name));
        }
    }
}

impl<'a> Visit<'a> for Reader<'_> {
    fn visit_ts_any_keyword(&mut self, it: &TSAnyKeyword) {
        self.refuse(it.span, "uses the type any, which the linter refuses");
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.refuse(it.span, "asserts with ! that something is there, which the linter refuses");
        walk::walk_ts_non_null_expression(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.called(&it.callee, it.span);
        walk::walk_call_expression(self, it);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        self.called(&it.callee, it.span);
        walk::walk_new_expression(self, it);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        if !matches!(it.source, Expression::StringLiteral(_)) {
            self.refuse(it.span, "imports what only running it tells");
        }
        walk::walk_import_expression(self, it);
    }

    fn visit_jsx_attribute(&mut self, it: &JSXAttribute<'a>) {
        if let JSXAttributeName::Identifier(name) = &it.name
            && name.name == "dangerouslySetInnerHTML"
        {
            self.refuse(it.span, "sets HTML by hand");
        }
        walk::walk_jsx_attribute(self, it);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Module {
        module(source, "tsx").unwrap()
    }

    #[test]
    fn names_in_and_out() {
        let found = read(
            "import a, { type B, c as d } from './x.js';\nimport * as e from 'y';\nimport type { F } from 'z';\n\
             export interface G { b: B; f: F }\nexport type H = string;\nexport const i = [a, d, e];\n\
             export default function j() {}\nconst k = 1;\nexport { k as l };\nexport { m } from './m.js';\n",
        );
        let imports: Vec<_> =
            found.imports.iter().map(|import| (import.name.as_str(), import.as_type, import.line)).collect();
        assert_eq!(
            imports,
            [("default", false, 1), ("B", true, 1), ("c", false, 1), ("*", false, 2), ("F", true, 3)]
        );
        let types: Vec<_> = found.exports.iter().map(|(name, only)| (name.as_str(), *only)).collect();
        assert_eq!(
            types,
            [("G", true), ("H", true), ("default", false), ("i", false), ("l", false), ("m", false)]
        );
        assert_eq!((found.unused, found.undeclared, found.passes_on), (vec![], vec![], false));
        assert!(read("export * from './x.js';\n").passes_on);
        assert!(module("const = ;", "ts").is_none());
    }

    #[test]
    fn what_is_unused_or_undeclared() {
        let found = read(
            "import { a, type B } from 'x';\nimport { c } from 'x';\nconst used = 1;\nconst unused = (x: number) => used;\n\
             function help(one: string) { return <Link to=\"/\">{one}</Link>; }\ninterface Shape { a: string }\n\
             export const d = () => { const [s] = useState(c); return [s] as const; };\n",
        );
        let unused: Vec<_> = found.unused.iter().map(|(name, line)| (name.as_str(), *line)).collect();
        assert_eq!(unused, [("a", 1), ("B", 1), ("unused", 4), ("help", 5), ("Shape", 6)]);
        let undeclared: Vec<_> = found.undeclared.iter().map(|(name, line)| (name.as_str(), *line)).collect();
        assert_eq!(undeclared, [("Link", 5), ("useState", 7)]);
    }

    #[test]
    fn what_is_refused() {
        let lines = |source: &str| read(source).refused.into_iter().map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(lines("const a: any = 1;\nconst b = a!.c;\nconst d = a as any[];\n"), [1, 2, 3]);
        assert_eq!(lines("eval('1');\nnew Function('1');\nrequire('fs');\nawait import(a);\n"), [1, 2, 3, 4]);
        assert_eq!(lines("const a = <p dangerouslySetInnerHTML={x} />;\nawait import('./a.js');\n"), [1]);
        assert_eq!(lines("const any = 1;\nconst a = any !== 2 && !any;\n"), Vec::<usize>::new());
    }
}
