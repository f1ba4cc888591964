//! Prisma schemas.

/// Aligns the fields of every model in columns of names, types and attributes, as `prisma format` does. Everything outside
/// of models is left alone.
///
/// Fields align with their neighbours: an empty line, a comment or an attribute of the whole model ends a group.
pub fn align_prisma(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + source.len() / 4);
    let mut group: Vec<Field<'_>> = Vec::new();
    let mut in_model = false;
    for line in source.split_inclusive('\n') {
        if let Some(field) = Field::parse(line).filter(|_| in_model) {
            group.push(field);
        } else {
            flush(&mut group, &mut out);
            out.push_str(line);
            in_model = line.starts_with("model ") || in_model && !line.starts_with('}');
        }
    }
    flush(&mut group, &mut out);
    out
}

/// A field's line, without the blanks between its parts.
struct Field<'a> {
    name: &'a str,
    kind: &'a str,
    attributes: &'a str,
}

impl<'a> Field<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim();
        if !line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let (name, rest) = line.split_once(' ')?;
        let (kind, attributes) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
        Some(Self { name, kind, attributes: attributes.trim_start() })
    }
}

fn flush(group: &mut Vec<Field<'_>>, out: &mut String) {
    let width = |part: fn(&Field<'_>) -> usize| group.iter().map(part).max().unwrap_or(0);
    let (names, kinds) = (width(|field| field.name.len()), width(|field| field.kind.len()));
    for Field { name, kind, attributes } in group.drain(..) {
        out.push_str("  ");
        out.push_str(format!("{name:names$} {kind:kinds$} {attributes}").trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_each_group_by_itself() {
        let source = "model Task {\n  id String @id\n  dueDate DateTime?\n\n  owner User   @relation(\"a b\")\n  \
                      x Y\n\n  @@index([dueDate])\n}\n";
        let expected = "model Task {\n  id      String    @id\n  dueDate DateTime?\n\n  owner User @relation(\"a b\")\n  \
                        x     Y\n\n  @@index([dueDate])\n}\n";
        assert_eq!(align_prisma(source), expected);
        assert_eq!(align_prisma(expected), expected);
    }

    #[test]
    fn leaves_the_rest_alone() {
        for text in [
            "",
            "enum A {\n  ONE\n  B C\n}\n",
            "datasource db {\n  provider = \"sqlite\"\n}\n",
            "// model\n  a b\n",
        ] {
            assert_eq!(align_prisma(text), text);
        }
    }
}
