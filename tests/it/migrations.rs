//! Migrations between any two blueprints: what they say, kind by kind, and that they lead where they should.

use metagen::blueprint::{BlueprintFile, check};
use metagen::migration::{Dialect, Difference, History, INIT, Migration, Next, Schema, initial};
use metagen::model::{Extensions, build};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use crate::blueprints::blueprint;

/// The migrations of both databases.
#[derive(Clone, Debug)]
struct Both([Vec<Migration>; 2]);

const DIALECTS: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgresql];

fn schema(file: BlueprintFile) -> Schema {
    Schema::of(&build(&check(file).unwrap().blueprint, Extensions::default()))
}

impl Both {
    fn from(first: &Schema) -> Self {
        Self(DIALECTS.map(|dialect| vec![Migration::found(INIT.to_owned(), initial(first, dialect))]))
    }

    fn next(&self, wanted: &Schema) -> [Option<Next>; 2] {
        let [sqlite, postgresql] = self.histories();
        let (sqlite, postgresql) = History::next(&sqlite, &postgresql, wanted);
        [sqlite, postgresql]
    }

    fn histories(&self) -> [History; 2] {
        [0, 1].map(|at| History::new(DIALECTS[at], self.0[at].clone()))
    }

    fn add(&mut self, next: &[Option<Next>; 2]) {
        for (chain, next) in self.0.iter_mut().zip(next) {
            chain.extend(next.iter().map(|next| next.migration.clone()));
        }
    }

    fn person(&mut self, name: &str, scripts: [&str; 2]) {
        for (chain, script) in self.0.iter_mut().zip(scripts) {
            chain.push(Migration::found(name.to_owned(), script.to_owned()));
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kinds {
    change: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    name: String,
    slug: String,
    old: String,
    new: String,
    warnings: Vec<String>,
    sqlite: String,
    postgresql: String,
}

fn entities(text: &str) -> BlueprintFile {
    let entities: serde_json::Value = serde_json::from_str(text).unwrap();
    serde_json::from_value(json!({ "app": { "name": "Kinds" }, "entities": entities })).unwrap()
}

/// A script behind its head: the first line, and the warnings in a comment.
fn body(script: &str) -> &str {
    let body = script.split_once('\n').map_or("", |(_, body)| body);
    match body.strip_prefix("/*") {
        Some(comment) => comment.split_once("*/\n").map_or("", |(_, body)| body),
        None => body,
    }
}

#[test]
fn every_kind_of_change_has_its_sql() {
    let kinds: Kinds = toml::from_str(include_str!("../data/migrations.toml")).unwrap();
    assert!(kinds.change.len() > 30);
    for kind in kinds.change {
        let (old, new) = (schema(entities(&kind.old)), schema(entities(&kind.new)));
        let mut both = Both::from(&old);
        let next = both.next(&new);
        for (next, expected) in next.iter().zip([&kind.sqlite, &kind.postgresql]) {
            let Some(next) = next else {
                assert_eq!(*expected, "", "{}: no migration", kind.name);
                continue;
            };
            assert_eq!(body(&next.migration.script), expected, "{}", kind.name);
            assert_eq!(next.migration.name, format!("00000000000001_{}", kind.slug));
            assert_eq!(next.warnings, kind.warnings, "{}", kind.name);
            for warning in &next.warnings {
                assert!(next.migration.script.contains(warning), "{}: its head says it, too", kind.name);
            }
        }
        both.add(&next);
        assert_eq!(both.next(&new), [None, None], "{}: it is there", kind.name);
    }
}

fn book(fields: &serde_json::Value) -> Schema {
    schema(entities(&json!([{ "name": "Book", "fields": fields }]).to_string()))
}

#[test]
fn what_a_person_added_stays() {
    let mut both = Both::from(&book(&json!([{ "name": "title", "required": true }])));
    let table = "CREATE TABLE audit (id TEXT PRIMARY KEY, note varchar(20) NOT NULL DEFAULT 'x''y')";
    both.person(
        "20260101120000_mine",
        [
            &format!(
                "-- by hand\nALTER TABLE Book ADD COLUMN shelf TEXT DEFAULT 'A';\nCREATE INDEX my_shelf ON \"Book\" (shelf);\n{table};\nUPDATE Book SET shelf = 'B; C';"
            ),
            &format!(
                "ALTER TABLE \"Book\" ADD COLUMN \"shelf\" TEXT DEFAULT 'A';\nCREATE INDEX my_shelf ON \"Book\" (\"shelf\");\n{table};"
            ),
        ],
    );
    let wanted = book(&json!([{ "name": "title" }, { "name": "isbn", "required": true }]));
    let next = both.next(&wanted);
    let [Some(sqlite), Some(postgresql)] = &next else { panic!("{next:?}") };
    assert_eq!(sqlite.migration.name, "20260101120001_add_book_isbn_and_1_more");
    let script = &sqlite.migration.script;
    assert!(
        script.contains("\"shelf\" TEXT DEFAULT 'A'") && script.contains("\"ownerId\", \"shelf\", \"title\"")
    );
    assert!(script.contains("CREATE INDEX \"my_shelf\" ON \"Book\"(\"shelf\");"), "{script}");
    for next in [sqlite, postgresql] {
        assert!(!next.migration.script.contains("DROP COLUMN") && !next.migration.script.contains("audit"));
        assert!(!next.warnings.iter().any(|warning| warning.contains("shelf")), "{:?}", next.warnings);
    }
    both.add(&next);
    assert_eq!(both.next(&wanted), [None, None]);
    // What the blueprint takes over is there already, and is ours from then on.
    let with_shelf =
        book(&json!([{ "name": "title" }, { "name": "isbn", "required": true }, { "name": "shelf" }]));
    let next = both.next(&with_shelf);
    assert!(next.iter().flatten().all(|next| !next.migration.script.contains("ADD COLUMN")), "{next:?}");
}

/// Names are one for SQLite whatever the size of their letters, and people write them as they like.
#[test]
fn sqlite_takes_large_letters_for_small_ones() {
    let old = json!([{ "name": "title" }, { "name": "isbn" }, { "name": "dueDate", "type": "date" }]);
    let mut both = Both::from(&book(&old));
    both.person(
        "20260101120000_mine",
        [
            "alter table book add column shelf text; create unique index mine on BOOK (SHELF, duedate); create table if not exists \
             book (id text primary key); alter table BOOK drop column ISBN; drop index \"book_ownerid_IDX\";",
            "ALTER TABLE \"Book\" ADD COLUMN IF NOT EXISTS \"title\" INTEGER; CREATE TABLE IF NOT EXISTS \"Book\" (id TEXT);",
        ],
    );
    for history in both.histories() {
        assert_eq!(history.strange(), [""; 0]);
    }
    assert_eq!(both.next(&book(&old)), [None, None]);
    let more = json!([{ "name": "title", "required": true }, { "name": "isbn" }, { "name": "dueDate", "type": "date" }]);
    let next = both.next(&book(&more));
    let script = &next[0].as_ref().unwrap().migration.script;
    for kept in ["\"shelf\" TEXT", "CREATE UNIQUE INDEX \"mine\" ON \"Book\"(\"shelf\", \"dueDate\")"] {
        assert!(script.contains(kept), "{kept}: {script}");
    }
    assert!(!script.contains("isbn") && !script.contains("Book_ownerId_idx"), "{script}");
    both.add(&next);
    assert_eq!(both.next(&book(&more)), [None, None]);
}

#[test]
fn what_only_differs_in_the_size_of_letters_gives_way_in_sqlite() {
    let old = json!([{ "name": "title" }]);
    let mut both = Both::from(&book(&old));
    let sql = "ALTER TABLE \"Book\" ADD COLUMN \"RATING\" INTEGER; CREATE TABLE \"author\" (\"id\" TEXT PRIMARY KEY);";
    both.person("20260101120000_mine", [sql, sql]);
    let wanted = schema(entities(
        &json!([{ "name": "Book", "fields": [{ "name": "title" }, { "name": "rating", "type": "integer" }] }, { "name": "Author", "fields": [{ "name": "name" }] }])
            .to_string(),
    ));
    let next = both.next(&wanted);
    let [Some(sqlite), Some(postgresql)] = &next else { panic!("{next:?}") };
    let script = &sqlite.migration.script;
    assert!(script.contains("\"rating\" INTEGER") && !script.contains("ADD COLUMN"), "{script}");
    assert!(script.find("DROP TABLE \"author\"") < script.find("CREATE TABLE \"Author\""), "{script}");
    for lost in ["Book.RATING is removed", "author is removed"] {
        assert!(sqlite.warnings.iter().any(|warning| warning.starts_with(lost)), "{:?}", sqlite.warnings);
    }
    let script = &postgresql.migration.script;
    assert!(script.contains("ADD COLUMN     \"rating\" INTEGER") && !script.contains("DROP"), "{script}");
    both.add(&next);
    assert_eq!(both.next(&wanted), [None, None]);
}

#[test]
fn what_a_person_took_away_or_changed_stays_so() {
    let old = book(
        &json!([{ "name": "title" }, { "name": "isbn" }, { "name": "pages", "type": "integer", "required": true }]),
    );
    let mut both = Both::from(&old);
    let sql = "ALTER TABLE \"Book\" DROP COLUMN \"isbn\";";
    both.person(
        "20260101120000_mine",
        [sql, &format!("{sql} ALTER TABLE \"Book\" ALTER COLUMN \"pages\" DROP NOT NULL;")],
    );
    assert_eq!(both.next(&old), [None, None]);
    let more = book(&json!([
        { "name": "title" }, { "name": "isbn" }, { "name": "pages", "type": "integer", "required": true }, { "name": "shelf" }
    ]));
    for next in both.next(&more).into_iter().flatten() {
        let script = next.migration.script;
        assert!(
            script.contains("shelf") && !script.contains("isbn") && !script.contains("pages"),
            "{script}"
        );
    }
}

#[test]
fn what_is_not_understood_is_said() {
    let mut both = Both::from(&book(&json!([{ "name": "title" }])));
    let trigger = "CREATE TRIGGER t AFTER INSERT ON \"Book\" BEGIN SELECT 1; END;";
    both.person("20260101120000_mine", [trigger, "CREATE VIEW titles AS SELECT title FROM \"Book\";"]);
    let [Some(sqlite), Some(postgresql)] =
        both.next(&book(&json!([{ "name": "title" }, { "name": "isbn" }])))
    else {
        panic!("both get one")
    };
    assert!(
        sqlite.warnings[0].starts_with(
            "20260101120000_mine has a statement that metagen does not understand: CREATE TRIGGER"
        )
    );
    assert!(postgresql.warnings[0].contains("CREATE VIEW titles"), "{:?}", postgresql.warnings);
}

#[test]
fn scripts_of_any_kind_are_read_without_a_panic() {
    for script in [
        "CREATE TABLE",
        "CREATE TABLE x",
        "CREATE TABLE x (",
        "CREATE TABLE x (y",
        "ALTER TYPE a RENAME VALUE",
        "DROP",
        "CREATE INDEX ON",
        "ALTER TABLE \"Book\"",
        "ALTER TABLE \"Book\" ADD",
        "ALTER TABLE \"Book\" ALTER COLUMN title",
        ";;;",
        "(",
        ")",
        "CREATE TABLE x (y TEXT DEFAULT)",
        "CREATE TYPE t AS ENUM (1)",
        "\u{feff}",
        "'",
        "ALTER TABLE \"Book\" RENAME",
    ] {
        let mut both = Both::from(&book(&json!([{ "name": "title" }])));
        both.person("2_mine", [script, script]);
        both.next(&book(&json!([{ "name": "isbn" }])));
    }
}

fn checked() -> impl Strategy<Value = Schema> {
    blueprint().prop_filter_map("refused", |file| {
        let checked = check(file).ok()?;
        Some(Schema::of(&build(&checked.blueprint, Extensions::default())))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn migrations_lead_from_any_schema_to_any_other(a in checked(), b in checked()) {
        prop_assert!(Difference::between(&a, &a).is_empty());
        let mut both = Both::from(&a);
        prop_assert_eq!(both.next(&a), [None, None], "the first migration is read as what it was made from");
        for wanted in [&b, &a, &b] {
            let next = both.next(wanted);
            prop_assert_eq!(&next, &both.next(wanted), "the same once more");
            prop_assert!(next.iter().all(Option::is_some) || next.iter().all(Option::is_none));
            both.add(&next);
            prop_assert_eq!(both.next(wanted), [None, None], "nothing is left to do");
        }
        for history in both.histories() {
            prop_assert_eq!(history.strange(), &[] as &[String], "all of it is understood");
        }
        let [_, postgresql] = both.histories();
        prop_assert!(Difference::between(postgresql.schema(), &b).is_empty());
    }
}
