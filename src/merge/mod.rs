//! Three-way merge of a generated file: last generated form, the person's form, new generated form.
//!
//! Pure. Texts merge by line; JSON that both sides edited merges by key where lines fail. A clean merge never drops a line that
//! only one side has, and does not depend on which side is called which.

mod dress;
mod json;
mod text;

use dress::{Dress, Text};
pub use text::{has_markers, markers};

use std::str;

/// What a merge gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    /// One form with the changes of both sides.
    Clean(Vec<u8>),
    /// Both sides changed the same place.
    Conflict {
        /// Both forms with markers around where they differ; `None` where that makes no sense, as in pictures.
        marked: Option<Vec<u8>>,
    },
}

/// Merges two forms that come from `base`; `None` where they have no common origin.
///
/// `path` decides what kind of file it is. A person's file with CRLF line ends keeps them, and one with a byte order mark that; neither is a change of lines.
pub fn merge(path: &str, base: Option<&[u8]>, person: &[u8], incoming: &[u8]) -> Merged {
    if person == incoming || base == Some(incoming) {
        return Merged::Clean(person.to_vec());
    }
    if base == Some(person) {
        return Merged::Clean(incoming.to_vec());
    }
    let (Some(person), Some(incoming)) = (as_text(person), as_text(incoming)) else {
        return Merged::Conflict { marked: None };
    };
    let base = base.and_then(as_text).map(Text::of);
    let (person, incoming) = (Text::of(person), Text::of(incoming));
    let dress = Dress::merged(base.as_ref().map(|base| base.dress), person.dress, incoming.dress);
    let (person, incoming) = (person.plain, incoming.plain);
    let merged = match base {
        Some(base) => with_base(path, &base.plain, &person, &incoming),
        None if person == incoming => Ok(person.clone()),
        None => Err(markers(&person, &incoming)),
    };
    match merged {
        Ok(merged) => Merged::Clean(dress.put_on(merged).into_bytes()),
        Err(marked) => Merged::Conflict { marked: Some(dress.put_on(marked).into_bytes()) },
    }
}

fn with_base(path: &str, base: &str, person: &str, incoming: &str) -> Result<String, String> {
    let lines = text::merge(base, person, incoming);
    if extension(path) != "json" {
        return lines;
    }
    // Lines keep the person's layout, keys the document's meaning: where the two agree, the lines are taken. JSON with
    // comments, doubled keys or the like has lines only.
    match (json::merge(base, person, incoming), lines) {
        (json::ByKey::Foreign, lines) => lines,
        (json::ByKey::Conflict, Ok(_)) => Err(markers(person, incoming)),
        (json::ByKey::Conflict, Err(marked)) => Err(marked),
        (json::ByKey::Clean(value), Ok(lines)) if json::means(&lines, &value) => Ok(lines),
        (json::ByKey::Clean(value), _) if json::means(person, &value) => Ok(person.to_owned()),
        (json::ByKey::Clean(value), _) => Ok(json::write(&value, person)),
    }
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Text as people edit it: UTF-8 without NUL.
fn as_text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn clean(text: &str) -> Merged {
        Merged::Clean(text.as_bytes().to_vec())
    }

    #[test]
    fn both_sides_count() {
        let base = "a\nb\nc\nd\ne\n";
        let merged = merge("x.ts", Some(base.as_bytes()), b"A\nb\nc\nd\ne\n", b"a\nb\nc\nd\nE\n");
        assert_eq!(merged, clean("A\nb\nc\nd\nE\n"));
    }

    #[test]
    fn the_same_place_is_a_conflict() {
        let Merged::Conflict { marked: Some(marked) } = merge("x.ts", Some(b"a\n"), b"mine\n", b"new\n")
        else {
            panic!("a conflict")
        };
        assert_eq!(
            String::from_utf8(marked).unwrap(),
            "<<<<<<< yours\nmine\n||||||| last generated\na\n=======\nnew\n>>>>>>> generated\n"
        );
    }

    #[test]
    fn pictures_do_not_merge() {
        assert_eq!(merge("x.png", Some(b"\x89a"), b"\x89b", b"\x89c"), Merged::Conflict { marked: None });
        assert_eq!(merge("x.png", Some(b"\x89a"), b"\x89a", b"\x89c"), Merged::Clean(b"\x89c".to_vec()));
    }

    #[test]
    fn crlf_is_the_persons_choice() {
        assert_eq!(
            merge("x", Some(b"a\nb\nc\n"), b"a\r\nb\r\nc\r\n", b"a\nb\nC\n"),
            clean("a\r\nb\r\nC\r\n")
        );
        assert_eq!(
            merge("x", Some(b"a\nb\nc\n"), b"A\r\nb\r\nc\r\n", b"a\nb\nC\n"),
            clean("A\r\nb\r\nC\r\n")
        );
        assert_eq!(merge("x", Some(b"a\n"), b"a\r\n", b"a\n"), clean("a\r\n"));
        // Neither is taking them away.
        assert_eq!(merge("x", Some(b"a\r\nb\r\n"), b"a\nb\n", b"A\r\nb\r\n"), clean("A\nb\n"));
    }

    #[test]
    fn a_byte_order_mark_is_no_line() {
        let merged = |path: &str, base: &str, person: &str, incoming: &str| {
            merge(path, Some(base.as_bytes()), person.as_bytes(), incoming.as_bytes())
        };
        assert_eq!(merged("x", "a\nb\n", "\u{feff}a\nb\n", "A\nb\n"), clean("\u{feff}A\nb\n"));
        assert_eq!(merged("x", "a\nb\n", "A\nb\n", "\u{feff}a\nb\n"), clean("\u{feff}A\nb\n"));
        assert_eq!(merged("x", "\u{feff}a\nb\n", "a\nb\n", "\u{feff}A\nb\n"), clean("A\nb\n"));
        let (base, incoming) = (r#"{"a": 1, "b": 1}"#, r#"{"a": 1, "b": 2}"#);
        let Merged::Clean(json) = merged("p.json", base, "\u{feff}{\"a\": 3, \"b\": 1}", incoming) else {
            panic!("both changed another key")
        };
        assert!(json.starts_with("\u{feff}{".as_bytes()));
    }

    #[test]
    fn package_json_merges_by_key() {
        let base = r#"{"dependencies": {"express": "5.0.0", "zod": "4.0.0"}, "scripts": {"dev": "x"}}"#;
        let person = r#"{
  "dependencies": {
    "express": "5.0.0",
    "mine": "1.0.0",
    "zod": "4.0.0"
  },
  "scripts": { "dev": "x", "mine": "y" }
}
"#;
        let incoming = r#"{"dependencies": {"express": "5.1.0", "new": "2.0.0", "zod": "4.0.0"}, "scripts": {"dev": "x"}}"#;
        let merged = merge("package.json", Some(base.as_bytes()), person.as_bytes(), incoming.as_bytes());
        assert_eq!(
            merged,
            clean(
                r#"{
  "dependencies": {
    "express": "5.1.0",
    "new": "2.0.0",
    "mine": "1.0.0",
    "zod": "4.0.0"
  },
  "scripts": {
    "dev": "x",
    "mine": "y"
  }
}
"#
            )
        );
        let theirs = r#"{"dependencies": {"express": "6.0.0", "zod": "4.0.0"}, "scripts": {"dev": "x"}}"#;
        assert!(matches!(
            merge("package.json", Some(base.as_bytes()), theirs.as_bytes(), incoming.as_bytes()),
            Merged::Conflict { marked: Some(_) }
        ));
    }

    #[test]
    fn json_keeps_the_persons_layout_where_lines_do() {
        let base = "{\n  \"a\": [1, 2],\n  \"b\": 1,\n  \"c\": 1,\n  \"d\": 1\n}\n";
        let person = base.replace("\"a\": [1, 2]", "\"a\": [1, 2, 3]");
        let incoming = base.replace("\"d\": 1", "\"d\": 2");
        let merged = merge("tsconfig.json", Some(base.as_bytes()), person.as_bytes(), incoming.as_bytes());
        assert_eq!(merged, clean(&person.replace("\"d\": 1", "\"d\": 2")));
    }

    #[test]
    fn json_with_comments_merges_by_line() {
        let merged = merge(
            "tsconfig.json",
            Some(b"{\n// c\n\"a\": 1\n}\n"),
            b"{\n// C\n\"a\": 1\n}\n",
            b"{\n// c\n\"a\": 1\n}\n// e\n",
        );
        assert_eq!(merged, clean("{\n// C\n\"a\": 1\n}\n// e\n"));
    }

    fn texts() -> impl Strategy<Value = String> {
        let line = prop_oneof![Just("a"), Just("b"), Just("c"), Just("{"), Just("}"), Just(""), Just("é\r")];
        (prop::collection::vec(line, 0..12), any::<bool>(), any::<bool>()).prop_map(
            |(lines, ended, marked)| {
                let mut text = if marked { "\u{feff}".to_owned() } else { String::new() };
                text.push_str(&lines.join("\n"));
                if ended && !text.is_empty() {
                    text.push('\n');
                }
                text
            },
        )
    }

    fn json_texts() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![Just("1"), Just("2"), Just("\"x\""), Just("[1]"), Just("{}")];
        prop::collection::btree_map("[a-e]", leaf, 0..5).prop_map(|map| {
            let pairs: Vec<_> = map.iter().map(|(key, value)| format!("  \"{key}\": {value}")).collect();
            format!("{{\n{}\n}}\n", pairs.join(",\n"))
        })
    }

    proptest! {
        #[test]
        fn laws_of_texts(base in texts(), x in texts(), y in texts()) {
            laws("a.ts", &base, &x, &y)?;
        }

        #[test]
        fn laws_of_json(base in json_texts(), x in json_texts(), y in json_texts()) {
            laws("a.json", &base, &x, &y)?;
            if let Merged::Clean(merged) = merge("a.json", Some(base.as_bytes()), x.as_bytes(), y.as_bytes()) {
                let keys = |text: &[u8]| serde_json::from_slice::<serde_json::Map<_, serde_json::Value>>(text).unwrap();
                let (merged, base) = (keys(&merged), keys(base.as_bytes()));
                for side in [keys(x.as_bytes()), keys(y.as_bytes())] {
                    for (key, value) in side {
                        if base.get(&key) != Some(&value) {
                            prop_assert_eq!(merged.get(&key), Some(&value));
                        }
                    }
                }
            }
        }

        #[test]
        fn any_bytes_do(base: Vec<u8>, x: Vec<u8>, y: Vec<u8>) {
            merge("a.json", Some(&base), &x, &y);
            merge("a", None, &x, &y);
        }
    }

    fn laws(path: &str, base: &str, x: &str, y: &str) -> Result<(), TestCaseError> {
        let bytes = |text: &str| text.as_bytes().to_vec();
        let (base, x, y) = (bytes(base), bytes(x), bytes(y));
        prop_assert_eq!(merge(path, Some(&base), &x, &base), Merged::Clean(x.clone()));
        prop_assert_eq!(merge(path, Some(&base), &base, &x), Merged::Clean(x.clone()));
        prop_assert_eq!(merge(path, Some(&base), &x, &x), Merged::Clean(x.clone()));
        if let (Merged::Clean(one), true) = (merge(path, Some(&base), &x, &y), extension(path) == "ts") {
            prop_assert_eq!(merge(path, Some(&base), &y, &x), Merged::Clean(one.clone()));
            let text =
                |bytes: &[u8]| str::from_utf8(bytes).unwrap().trim_start_matches('\u{feff}').to_owned();
            let has = |bytes: &[u8], line: &str| text(bytes).lines().any(|other| other == line);
            for side in [&x, &y] {
                for line in text(side).lines().filter(|line| !has(&base, line)) {
                    prop_assert!(has(&one, line), "lost {:?}", line);
                }
            }
        }
        Ok(())
    }
}
