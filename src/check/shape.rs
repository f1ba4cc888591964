//! Whether what a module exports has the shape that its annotation names, as far as that can be told without a compiler.
//!
//! An object literal is held against interfaces of the file that its type comes from: keys that the type does not have, keys that
//! it requires, literals of another kind. Where either side is more than that, nothing is said.

use std::collections::BTreeMap;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    BindingPattern, Declaration, ExportDefaultDeclarationKind, Expression, ObjectExpression,
    ObjectPropertyKind, Program, Statement, TSInterfaceDeclaration, TSSignature, TSType, TSTypeName,
    TSTypeOperatorOperator,
};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};
use oxc_syntax::module_record::ImportImportName;

use super::finding::line_at;

/// Deepest nesting that is followed; a type may contain itself.
const MAX_DEPTH: usize = 12;

/// What does not fit: line and a lowercase fragment. `types_of` gives the source of a module that this one imports from.
pub fn misfits(
    source: &str,
    extension: &str,
    types_of: &dyn Fn(&str) -> Option<String>,
) -> Vec<(usize, String)> {
    let kind = if extension == "tsx" { SourceType::tsx() } else { SourceType::ts() };
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, kind).parse();
    let mut found = Vec::new();
    for (name, value) in exported(&parsed.program) {
        let import = parsed.module_record.import_entries.iter().find(|entry| entry.local_name.name == name);
        let Some(import) = import else { continue };
        let ImportImportName::Name(there) = &import.import_name else { continue };
        let Some(text) = types_of(import.module_request.name.as_str()) else { continue };
        let arena = Allocator::default();
        let types = Parser::new(&arena, &text, SourceType::ts()).parse();
        let types = Types::of(&types.program);
        if let Some(interface) = types.interfaces.get(there.name.as_str()) {
            let mut fit = Fit { source, types: &types, what: there.name.as_str(), found: &mut found };
            fit.object(value, interface, 0);
        }
    }
    found
}

/// The object literals that a module exports under the name of a type, with that name.
fn exported<'a, 'p>(program: &'p Program<'a>) -> Vec<(&'p str, &'p ObjectExpression<'a>)> {
    let mut named: BTreeMap<&str, (&str, &ObjectExpression<'a>)> = BTreeMap::new();
    let mut out = Vec::new();
    for statement in &program.body {
        let (declaration, is_exported) = match statement {
            Statement::VariableDeclaration(declaration) => (declaration, false),
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::VariableDeclaration(declaration) => (declaration, true),
                _ => continue,
            },
            Statement::ExportDefaultDeclaration(export) => {
                let ExportDefaultDeclarationKind::Identifier(identifier) = &export.declaration else {
                    out.extend(export.declaration.as_expression().and_then(annotated));
                    continue;
                };
                out.extend(named.get(identifier.name.as_str()).copied());
                continue;
            }
            _ => continue,
        };
        for declarator in &declaration.declarations {
            let Some(init) = &declarator.init else { continue };
            let annotation =
                declarator.type_annotation.as_ref().and_then(|it| type_name(&it.type_annotation));
            let value = match (annotation, init) {
                (Some(name), Expression::ObjectExpression(object)) => Some((name, &**object)),
                _ => annotated(init),
            };
            let (Some(value), BindingPattern::BindingIdentifier(identifier)) = (value, &declarator.id) else {
                continue;
            };
            named.insert(identifier.name.as_str(), value);
            if is_exported {
                out.push(value);
            }
        }
    }
    out
}

/// `{ … } satisfies Name`, or `as Name`.
fn annotated<'a, 'p>(expression: &'p Expression<'a>) -> Option<(&'p str, &'p ObjectExpression<'a>)> {
    let (inner, ty) = match expression {
        Expression::TSSatisfiesExpression(it) => (&it.expression, &it.type_annotation),
        Expression::TSAsExpression(it) => (&it.expression, &it.type_annotation),
        Expression::ParenthesizedExpression(it) => return annotated(&it.expression),
        _ => return None,
    };
    let Expression::ObjectExpression(object) = inner else { return None };
    Some((type_name(ty)?, object))
}

fn type_name<'p>(ty: &'p TSType<'_>) -> Option<&'p str> {
    let TSType::TSTypeReference(reference) = ty else { return None };
    let TSTypeName::IdentifierReference(name) = &reference.type_name else { return None };
    Some(name.name.as_str())
}

/// The types that a file declares.
struct Types<'a, 'p> {
    interfaces: BTreeMap<&'p str, &'p TSInterfaceDeclaration<'a>>,
    aliases: BTreeMap<&'p str, &'p TSType<'a>>,
}

impl<'a, 'p> Types<'a, 'p> {
    fn of(program: &'p Program<'a>) -> Self {
        let mut types = Self { interfaces: BTreeMap::new(), aliases: BTreeMap::new() };
        for statement in &program.body {
            match statement {
                Statement::TSInterfaceDeclaration(it) => {
                    types.interfaces.insert(it.id.name.as_str(), it);
                }
                Statement::TSTypeAliasDeclaration(it) => {
                    types.aliases.insert(it.id.name.as_str(), &it.type_annotation);
                }
                Statement::ExportDeclaration(export) => match &export.declaration {
                    Declaration::TSInterfaceDeclaration(it) => {
                        types.interfaces.insert(it.id.name.as_str(), it);
                    }
                    Declaration::TSTypeAliasDeclaration(it) => {
                        types.aliases.insert(it.id.name.as_str(), &it.type_annotation);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        types
    }

    /// The keys that `keyof Interface` stands for, by the interface or through an alias.
    fn keys(&self, ty: &TSType<'a>) -> Option<Vec<String>> {
        match ty {
            TSType::TSTypeOperatorType(it) if it.operator == TSTypeOperatorOperator::Keyof => {
                let interface = self.interfaces.get(type_name(&it.type_annotation)?)?;
                members(interface).map(|all| all.into_iter().map(|member| member.name).collect())
            }
            TSType::TSTypeReference(_) => self.keys(self.aliases.get(type_name(ty)?)?),
            _ => None,
        }
    }
}

struct Member<'a, 'p> {
    name: String,
    optional: bool,
    ty: Option<&'p TSType<'a>>,
}

/// The members of an interface; `None` where it has others than plain ones.
fn members<'a, 'p>(interface: &'p TSInterfaceDeclaration<'a>) -> Option<Vec<Member<'a, 'p>>> {
    if !interface.extends.is_empty() {
        return None;
    }
    let member = |signature: &'p TSSignature<'a>| match signature {
        TSSignature::TSPropertySignature(it) => Some(Member {
            name: it.key.static_name()?.into_owned(),
            optional: it.optional,
            ty: it.type_annotation.as_ref().map(|annotation| &annotation.type_annotation),
        }),
        TSSignature::TSMethodSignature(it) => {
            Some(Member { name: it.key.static_name()?.into_owned(), optional: it.optional, ty: None })
        }
        _ => None,
    };
    interface.body.body.iter().map(member).collect()
}

struct Fit<'s, 'a, 'p> {
    source: &'s str,
    types: &'s Types<'a, 'p>,
    /// The type whose literal is looked at, for messages.
    what: &'s str,
    found: &'s mut Vec<(usize, String)>,
}

impl<'a> Fit<'_, 'a, '_> {
    fn fault(&mut self, span: Span, message: String) {
        self.found.push((line_at(self.source, span.start as usize), message));
    }

    fn object(&mut self, value: &ObjectExpression<'_>, interface: &TSInterfaceDeclaration<'a>, depth: usize) {
        let Some(known) = members(interface) else { return };
        let name = interface.id.name.as_str();
        let mut open = false;
        let mut given = Vec::new();
        for property in &value.properties {
            let ObjectPropertyKind::ObjectProperty(property) = property else {
                open = true;
                continue;
            };
            let Some(key) = property.key.static_name() else {
                open = true;
                continue;
            };
            match known.iter().find(|member| member.name == key) {
                Some(member) => {
                    if let Some(ty) = member.ty {
                        self.value(&property.value, ty, depth + 1);
                    }
                }
                None => self.fault(
                    property.span,
                    format!("{key:?} is no part of {name}, which has {}", list(&known)),
                ),
            }
            given.push(key.into_owned());
        }
        for member in known.iter().filter(|member| !member.optional && !open && !given.contains(&member.name))
        {
            self.fault(value.span, format!("{name} has no {:?} here, and requires it", member.name));
        }
    }

    fn value(&mut self, value: &Expression<'_>, ty: &TSType<'a>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match (value, ty) {
            (Expression::ArrayExpression(array), _) => {
                let element = match ty {
                    TSType::TSTypeOperatorType(it) => match &it.type_annotation {
                        TSType::TSArrayType(it) => &it.element_type,
                        _ => return,
                    },
                    TSType::TSArrayType(it) => &it.element_type,
                    _ => return,
                };
                for item in array.elements.iter().filter_map(|item| item.as_expression()) {
                    self.value(item, element, depth + 1);
                }
            }
            (Expression::ObjectExpression(object), TSType::TSTypeReference(_)) => {
                if let Some(interface) = type_name(ty).and_then(|name| self.types.interfaces.get(name)) {
                    self.object(object, interface, depth + 1);
                }
            }
            (Expression::ObjectExpression(object), TSType::TSMappedType(mapped)) => {
                let Some(keys) = self.types.keys(&mapped.constraint) else { return };
                for property in &object.properties {
                    let ObjectPropertyKind::ObjectProperty(property) = property else { continue };
                    let Some(key) = property.key.static_name() else { continue };
                    if !keys.iter().any(|known| *known == key) {
                        let all = keys.join(", ");
                        self.fault(
                            property.span,
                            format!("there is no {key:?} for {}; there are {all}", self.what),
                        );
                    } else if let Some(ty) = &mapped.type_annotation {
                        self.value(&property.value, ty, depth + 1);
                    }
                }
            }
            (
                Expression::ObjectExpression(_)
                | Expression::NumericLiteral(_)
                | Expression::BooleanLiteral(_),
                TSType::TSStringKeyword(_),
            ) => {
                self.fault(value.span(), "should be a string".to_owned());
            }
            _ => {}
        }
    }
}

fn list(members: &[Member<'_, '_>]) -> String {
    members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: &str = "interface Types { Book: { input: object }; Tag: { input: object } }
type Name = keyof Types;
export interface Rules<T> { beforeCreate?: (input: T) => T; computed?: Record<string, object> }
export interface Page { path: string; title: string; component: unknown }
export interface Extension {
  name: string;
  entities?: { [E in Name]?: Rules<Types[E]> };
  pages?: readonly Page[];
  routes?: (context: object) => object[];
}
";

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let head = "import type { Extension } from './types.js';\n";
        for source in [
            format!("{head}export default {body} satisfies Extension;\n"),
            format!("{head}export const extension: Extension = {body};\n"),
            format!("{head}const it: Extension = {body};\nexport default it;\n"),
        ] {
            let found =
                misfits(&source, "ts", &|specifier| (specifier == "./types.js").then(|| TYPES.to_owned()));
            let texts: Vec<_> = found.iter().map(|(_, text)| text.as_str()).collect();
            assert_eq!(texts.len(), expected.len(), "{source}{texts:?}");
            for (text, part) in texts.iter().zip(expected) {
                assert!(text.contains(part), "{text:?} should have {part:?}");
            }
        }
    }

    #[test]
    fn what_fits_is_left_alone() {
        check("{ name: 'x' }", &[]);
        check("{ name: title(), ...more }", &[]);
        check(
            "{ name: 'x', entities: { Book: { beforeCreate: (b) => b, computed: { a: {} } } }, routes: () => [] }",
            &[],
        );
        check("{ name: 'x', pages: [{ path: 'a', title: 'b', component: C }, page] }", &[]);
        assert_eq!(misfits("export default 1;", "ts", &|_| None), []);
        assert_eq!(misfits("const = ;", "ts", &|_| None), []);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        check("{ name: 'x', rotues: [] }", &["\"rotues\" is no part of Extension, which has name, entities"]);
        check("{ entities: {} }", &["Extension has no \"name\""]);
        check("{ name: 7 }", &["should be a string"]);
        check("{ name: 'x', entities: { Bok: {} } }", &["no \"Bok\" for Extension; there are Book, Tag"]);
        check(
            "{ name: 'x', entities: { Tag: { afterCreate: f } } }",
            &["\"afterCreate\" is no part of Rules"],
        );
        check("{ name: 'x', pages: [{ path: 'a', component: C }] }", &["Page has no \"title\""]);
    }
}
