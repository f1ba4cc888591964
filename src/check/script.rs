//! TypeScript and JavaScript, by oxc.

use std::cell::RefCell;

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;

use super::finding::line_at;
use super::imports::{Import, Parsed};

thread_local! {
    /// Grown once for each thread: one for each source would be given back to the system and asked for again.
    static ALLOCATOR: RefCell<Allocator> = RefCell::default();
}

/// Parses a source; the error is the first one, with its byte offset.
pub(super) fn parse(source: &str, extension: &str) -> Result<Parsed, (usize, String)> {
    let kind = match extension {
        "tsx" => SourceType::tsx(),
        "ts" | "mts" => SourceType::ts(),
        "jsx" => SourceType::jsx(),
        _ => SourceType::mjs(),
    };
    ALLOCATOR.with_borrow_mut(|allocator| {
        allocator.reset();
        imports_of(source, kind, allocator)
    })
}

fn imports_of(source: &str, kind: SourceType, allocator: &Allocator) -> Result<Parsed, (usize, String)> {
    let parsed = Parser::new(allocator, source, kind).parse();
    if let Some(error) = parsed.diagnostics.first() {
        let offset = error.labels.first().map_or(0, |label| label.offset() as usize);
        return Err((offset, format!("does not parse: {}", error.message)));
    }
    if parsed.panicked {
        return Err((0, "does not parse".to_owned()));
    }
    let record = &parsed.module_record;
    let mut imports: Vec<(u32, Import)> = Vec::new();
    for (specifier, requests) in &record.requested_modules {
        if let Some(first) = requests.iter().map(|request| request.span.start).min() {
            imports.push((first, import(source, specifier.as_str(), first)));
        }
    }
    for dynamic in &record.dynamic_imports {
        let span = dynamic.module_request;
        let text = source.get(span.start as usize..span.end as usize).unwrap_or_default();
        let literal = text.trim_matches(|c| matches!(c, '\'' | '"' | '`'));
        if literal.len() + 2 == text.len() && !literal.contains("${") {
            imports.push((span.start, import(source, literal, span.start)));
        }
    }
    imports.sort_by_key(|(start, _)| *start);
    Ok(Parsed { imports: imports.into_iter().map(|(_, import)| import).collect() })
}

fn import(source: &str, specifier: &str, start: u32) -> Import {
    Import { specifier: specifier.to_owned(), line: line_at(source, start as usize) }
}
