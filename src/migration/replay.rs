//! What migrations make of an empty database, by reading them: no database is asked.

use super::cursor::{Cursor, cut, until_closed};
use super::lexer::{Token, statements};
use super::schema::{Action, Column, ColumnType, ForeignKey, Index, Schema, Table};
use super::sql::{Dialect, foreign_key_name, index_name};

/// Statements that leave tables, columns, keys and indexes as they are.
const HARMLESS: &[&str] = &[
    "ANALYZE", "BEGIN", "COMMENT", "COMMIT", "DELETE", "END", "GRANT", "INSERT", "PRAGMA", "REINDEX",
    "REPLACE", "REVOKE", "SELECT", "SET", "START", "TRUNCATE", "UPDATE", "VACUUM", "WITH",
];

/// A reader of statements, for one dialect.
struct Replay<'a> {
    schema: &'a mut Schema,
    dialect: Dialect,
}

/// Plays a script over a schema. Gives the beginnings of the statements that it does not understand; they change nothing.
pub(super) fn replay(schema: &mut Schema, script: &str, dialect: Dialect) -> Vec<String> {
    let mut replay = Replay { schema, dialect };
    let mut strange = Vec::new();
    for statement in statements(script) {
        if replay.statement(&statement).is_none() {
            let words: Vec<String> = statement.iter().take(8).map(Token::written).collect();
            strange.push(words.join(" "));
        }
    }
    strange
}

impl Replay<'_> {
    /// `None` where it is not understood.
    fn statement(&mut self, tokens: &[Token]) -> Option<()> {
        let mut at = Cursor { tokens };
        if HARMLESS.iter().any(|keyword| tokens[0].is(keyword)) || at.take(&["CREATE", "SCHEMA"]) {
            return Some(());
        }
        if at.take(&["CREATE", "TABLE"]) {
            return self.create_table(&mut at);
        }
        if at.take(&["CREATE", "UNIQUE", "INDEX"]) {
            return self.create_index(&mut at, true);
        }
        if at.take(&["CREATE", "INDEX"]) {
            return self.create_index(&mut at, false);
        }
        if at.take(&["CREATE", "TYPE"]) {
            let name = at.name()?;
            let values = at.take(&["AS", "ENUM"]).then(|| at.list()).flatten()?;
            let values = values.into_iter().map(text).collect::<Option<_>>()?;
            self.schema.enums.retain(|(known, _)| *known != name);
            self.schema.enums.push((name, values));
            return Some(());
        }
        if at.take(&["ALTER", "TYPE"]) {
            return self.alter_type(&mut at);
        }
        if at.take(&["ALTER", "TABLE"]) {
            at.take(&["IF", "EXISTS"]);
            at.take(&["ONLY"]);
            let mut table = self.known(at.name()?);
            return cut(at.tokens).into_iter().try_for_each(|tokens| self.alter_table(&mut table, tokens));
        }
        if at.take(&["DROP"]) {
            return self.drop(&mut at);
        }
        None
    }

    /// The name of a table as it is known: SQLite does not tell large letters from small ones.
    fn known(&self, name: String) -> String {
        spelled(name, self.schema.tables.iter().map(|table| &table.name), self.dialect)
    }

    /// The same for a column of a table.
    fn column_of(&self, table: &Table, name: String) -> String {
        spelled(name, table.columns.iter().map(|column| &column.name), self.dialect)
    }

    fn table(&mut self, name: &str) -> Option<&mut Table> {
        self.schema.tables.iter_mut().find(|table| table.name == name)
    }

    fn create_table(&mut self, at: &mut Cursor<'_>) -> Option<()> {
        let unless_there = at.take(&["IF", "NOT", "EXISTS"]);
        let mut table = Table { name: at.name()?, ..Table::default() };
        if unless_there && self.schema.table(&self.known(table.name.clone())).is_some() {
            return Some(());
        }
        let mut understood = Some(());
        for item in at.list()? {
            understood = understood.and(self.table_item(&mut table, item));
        }
        table.is_join |= is_join(&table);
        self.schema.tables.retain(|known| known.name != table.name);
        self.schema.tables.push(table);
        understood
    }

    /// A column, or a constraint of the whole table.
    fn table_item(&mut self, table: &mut Table, tokens: &[Token]) -> Option<()> {
        let mut at = Cursor { tokens };
        if at.take(&["CONSTRAINT"]) {
            at.name()?;
        }
        if at.take(&["PRIMARY", "KEY"]) {
            let columns = at.names()?;
            // The key of a join table is what is unique in it.
            if columns != ["id"] {
                table.indexes.push(Index { columns, unique: true, name: None });
            }
            return Some(());
        }
        if at.take(&["FOREIGN", "KEY"]) {
            let [column] = <[String; 1]>::try_from(at.names()?).ok()?;
            let key = self.references(&mut at, self.column_of(table, column))?;
            table.foreign_keys.retain(|known| known.column != key.column);
            table.foreign_keys.push(key);
            return Some(());
        }
        if at.take(&["UNIQUE"]) {
            let columns = at.names()?.into_iter().map(|column| self.column_of(table, column)).collect();
            table.indexes.push(Index { columns, unique: true, name: None });
            return Some(());
        }
        self.column(table, tokens)
    }

    fn column(&mut self, table: &mut Table, tokens: &[Token]) -> Option<()> {
        let mut at = Cursor { tokens };
        let name = at.next()?.name()?.to_owned();
        let kind = self.kind(&mut at)?;
        let mut column = Column { name, kind, nullable: true, default: None, fill: super::Fill::Nothing };
        let mut understood = Some(());
        while !at.tokens.is_empty() {
            if at.take(&["NOT", "NULL"]) {
                column.nullable = false;
            } else if at.take(&["PRIMARY", "KEY"]) || at.take(&["NULL"]) {
            } else if at.take(&["DEFAULT"]) {
                column.default = Some(expression(&mut at)?);
            } else if at.take(&["UNIQUE"]) {
                table.indexes.push(Index { columns: vec![column.name.clone()], unique: true, name: None });
            } else if at.tokens[0].is("REFERENCES") {
                table.foreign_keys.push(self.references(&mut at, column.name.clone())?);
            } else {
                understood = None;
                at.next();
            }
        }
        table.columns.retain(|known| known.name != column.name);
        table.columns.push(column);
        understood
    }

    fn references(&self, at: &mut Cursor<'_>, column: String) -> Option<ForeignKey> {
        let key = references(at, column)?;
        Some(ForeignKey { target: self.known(key.target), ..key })
    }

    fn kind(&self, at: &mut Cursor<'_>) -> Option<ColumnType> {
        let first = at.next()?;
        let name = first.name()?.to_owned();
        let size: Vec<&[Token]> = at.list().unwrap_or_default();
        let number = |at: usize| -> Option<u8> {
            let [Token::Sign(number)] = size.get(at)? else { return None };
            number.parse().ok()
        };
        let sqlite = self.dialect == Dialect::Sqlite;
        Some(match (name.to_ascii_uppercase().as_str(), size.len()) {
            ("TEXT", 0) => ColumnType::Text,
            ("INTEGER" | "INT", 0) => ColumnType::Integer,
            ("BOOLEAN", 0) => ColumnType::Boolean,
            ("DATE", 0) if !sqlite => ColumnType::Date,
            ("DATETIME", 0) if sqlite => ColumnType::Timestamp,
            ("TIMESTAMP", 1) if number(0) == Some(3) => ColumnType::Timestamp,
            ("DECIMAL", 0) if sqlite => ColumnType::Decimal { digits: 0, scale: 0 },
            ("DECIMAL", 2) => ColumnType::Decimal { digits: number(0)?, scale: number(1)? },
            _ if !sqlite && self.schema.enums.iter().any(|(known, _)| *known == name) => {
                ColumnType::Enum(name)
            }
            _ => {
                let parts = size.iter().map(|part| part.iter().map(Token::written).collect::<String>());
                let parts: Vec<String> = parts.collect();
                let size = if parts.is_empty() { String::new() } else { format!("({})", parts.join(",")) };
                ColumnType::Other(first.written() + &size)
            }
        })
    }

    fn create_index(&mut self, at: &mut Cursor<'_>, unique: bool) -> Option<()> {
        at.take(&["CONCURRENTLY"]);
        at.take(&["IF", "NOT", "EXISTS"]);
        let name = if at.tokens.first()?.is("ON") { None } else { Some(at.name()?) };
        let table = self.known(at.take(&["ON"]).then(|| at.name()).flatten()?);
        let parts = at.list()?;
        let plain = |tokens: &[Token]| match tokens {
            [token] => token.name().map(str::to_owned),
            _ => None,
        };
        let columns = parts.into_iter().map(plain).collect::<Option<Vec<_>>>();
        // One over expressions, or over some rows only, is none that can be made again.
        let columns = columns.filter(|_| at.tokens.is_empty())?;
        let known = self.schema.table(&table)?;
        let columns = columns.into_iter().map(|column| self.column_of(known, column)).collect();
        let dialect = self.dialect;
        let table = self.table(&table)?;
        let mut index = Index { columns, unique, name: None };
        index.name = name.filter(|name| *name != index_name(table, &index, dialect));
        table.indexes.retain(|known| known.columns != index.columns || known.unique != index.unique);
        table.indexes.push(index);
        table.is_join |= is_join(table);
        Some(())
    }

    fn alter_type(&mut self, at: &mut Cursor<'_>) -> Option<()> {
        let name = at.name()?;
        if at.take(&["RENAME", "TO"]) {
            let to = at.name()?;
            self.schema.enums.iter_mut().find(|(known, _)| *known == name)?.0.clone_from(&to);
            let columns = self.schema.tables.iter_mut().flat_map(|table| &mut table.columns);
            for column in columns.filter(|column| column.kind == ColumnType::Enum(name.clone())) {
                column.kind = ColumnType::Enum(to.clone());
            }
            return Some(());
        }
        let (_, values) = self.schema.enums.iter_mut().find(|(known, _)| *known == name)?;
        if at.take(&["RENAME", "VALUE"]) {
            let from = text(&at.tokens[..1])?;
            at.next();
            let to = at.take(&["TO"]).then(|| text(at.tokens)).flatten()?;
            *values.iter_mut().find(|value| **value == from)? = to;
            return Some(());
        }
        if !at.take(&["ADD", "VALUE"]) {
            return None;
        }
        at.take(&["IF", "NOT", "EXISTS"]);
        let value = text(at.tokens.get(..1)?)?;
        if !values.contains(&value) {
            values.push(value);
        }
        Some(())
    }

    fn alter_table(&mut self, name: &mut String, tokens: &[Token]) -> Option<()> {
        let mut at = Cursor { tokens };
        if at.take(&["RENAME", "TO"]) {
            let to = at.name()?;
            self.schema.tables.retain(|known| known.name != to);
            self.table(name)?.name.clone_from(&to);
            for key in self.schema.tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
                if key.target == *name {
                    key.target.clone_from(&to);
                }
            }
            name.clone_from(&to);
            return Some(());
        }
        let position = self.schema.tables.iter().position(|table| table.name == *name)?;
        let mut table = std::mem::take(&mut self.schema.tables[position]);
        let understood = self.change(&mut table, &mut at);
        self.schema.tables[position] = table;
        understood
    }

    fn change(&mut self, table: &mut Table, at: &mut Cursor<'_>) -> Option<()> {
        if at.take(&["ADD"]) {
            let whole = ["CONSTRAINT", "FOREIGN", "UNIQUE", "PRIMARY"];
            if whole.iter().any(|keyword| at.tokens.first().is_some_and(|token| token.is(keyword))) {
                return self.table_item(table, at.tokens);
            }
            at.take(&["COLUMN"]);
            let unless_there = at.take(&["IF", "NOT", "EXISTS"]);
            let name = at.tokens.first()?.name()?;
            if unless_there && table.column(name).is_some() {
                return Some(());
            }
            return self.column(table, at.tokens);
        }
        if at.take(&["DROP", "CONSTRAINT"]) {
            at.take(&["IF", "EXISTS"]);
            let constraint = at.name()?;
            let (name, dialect) = (table.name.clone(), self.dialect);
            let known = table
                .foreign_keys
                .iter()
                .position(|key| foreign_key_name(&name, &key.column, dialect) == constraint)?;
            table.foreign_keys.remove(known);
            return Some(());
        }
        if at.take(&["DROP"]) {
            at.take(&["COLUMN"]);
            at.take(&["IF", "EXISTS"]);
            let column = self.column_of(table, at.name()?);
            table.columns.retain(|known| known.name != column);
            table.foreign_keys.retain(|key| key.column != column);
            table.indexes.retain(|index| !index.columns.contains(&column));
            return Some(());
        }
        if at.take(&["RENAME"]) {
            at.take(&["COLUMN"]);
            let from = self.column_of(table, at.name()?);
            let to = at.take(&["TO"]).then(|| at.name()).flatten()?;
            table.columns.iter_mut().find(|column| column.name == from)?.name.clone_from(&to);
            table.foreign_keys.iter_mut().filter(|key| key.column == from).for_each(|key| {
                key.column.clone_from(&to);
            });
            for index in &mut table.indexes {
                // The index keeps the name that it had.
                if index.columns.contains(&from) {
                    index.columns.iter_mut().filter(|column| **column == from).for_each(|column| {
                        column.clone_from(&to);
                    });
                }
            }
            return Some(());
        }
        if !at.take(&["ALTER"]) {
            return None;
        }
        at.take(&["COLUMN"]);
        let name = at.name()?;
        if at.take(&["TYPE"]) || at.take(&["SET", "DATA", "TYPE"]) {
            let kind = self.kind(at)?;
            table.columns.iter_mut().find(|column| column.name == name)?.kind = kind;
            return Some(());
        }
        let column = table.columns.iter_mut().find(|column| column.name == name)?;
        if at.take(&["SET", "NOT", "NULL"]) {
            column.nullable = false;
        } else if at.take(&["DROP", "NOT", "NULL"]) {
            column.nullable = true;
        } else if at.take(&["SET", "DEFAULT"]) {
            column.default = Some(at.tokens.iter().map(Token::written).collect());
        } else if at.take(&["DROP", "DEFAULT"]) {
            column.default = None;
        } else {
            return None;
        }
        Some(())
    }

    fn drop(&mut self, at: &mut Cursor<'_>) -> Option<()> {
        let what = at.next()?;
        at.take(&["CONCURRENTLY"]);
        at.take(&["IF", "EXISTS"]);
        let name = at.name()?;
        if what.is("TABLE") {
            let name = self.known(name);
            self.schema.tables.retain(|table| table.name != name);
            if at.take(&["CASCADE"]) {
                let tables = self.schema.tables.iter_mut();
                tables.for_each(|table| table.foreign_keys.retain(|key| key.target != name));
            }
        } else if what.is("TYPE") {
            self.schema.enums.retain(|(known, _)| *known != name);
        } else if what.is("INDEX") {
            let dialect = self.dialect;
            for table in &mut self.schema.tables {
                let names: Vec<String> =
                    table.indexes.iter().map(|index| index_name(table, index, dialect)).collect();
                let name = spelled(name.clone(), names.iter(), dialect);
                let known = names.iter().position(|known| *known == name);
                if let Some(known) = known {
                    table.indexes.remove(known);
                }
            }
        } else {
            return None;
        }
        Some(())
    }
}

fn text(tokens: &[Token]) -> Option<String> {
    match tokens.first()? {
        Token::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// Whether it is the table behind a many-to-many relation.
fn is_join(table: &Table) -> bool {
    let [a, b] = table.columns.as_slice() else { return false };
    table.name.starts_with('_') && a.name == "A" && b.name == "B"
}

/// A name in the spelling that is known, where the database takes them for one.
fn spelled<'a>(name: String, known: impl Iterator<Item = &'a String> + Clone, dialect: Dialect) -> String {
    if dialect != Dialect::Sqlite || known.clone().any(|known| *known == name) {
        return name;
    }
    known.into_iter().find(|known| known.eq_ignore_ascii_case(&name)).cloned().unwrap_or(name)
}

fn references(at: &mut Cursor<'_>, column: String) -> Option<ForeignKey> {
    let target = at.take(&["REFERENCES"]).then(|| at.name()).flatten()?;
    if at.tokens.first().is_some_and(|token| token.sign("(")) && at.names()? != ["id"] {
        return None;
    }
    let mut on_delete = Action::NoAction;
    while at.take(&["ON"]) {
        let deleted = at.next()?.is("DELETE");
        let action = if at.take(&["SET", "NULL"]) {
            Action::SetNull
        } else if at.take(&["CASCADE"]) {
            Action::Cascade
        } else if at.take(&["RESTRICT"]) {
            Action::Restrict
        } else if at.take(&["NO", "ACTION"]) {
            Action::NoAction
        } else {
            return None;
        };
        if deleted {
            on_delete = action;
        }
    }
    Some(ForeignKey { column, target, on_delete })
}

/// A default: a text, a number, a word, a call, or anything in parentheses.
fn expression(at: &mut Cursor<'_>) -> Option<String> {
    let mut written = String::new();
    if at.tokens.first()?.sign("-") {
        written.push_str(&at.next()?.written());
    }
    if !at.tokens.first()?.sign("(") {
        written.push_str(&at.next()?.written());
    }
    while at.take(&["."]) {
        written.push('.');
        written.push_str(&at.next()?.written());
    }
    if at.take(&["("]) {
        let (inner, rest) = until_closed(at.tokens)?;
        let inner: Vec<String> = inner.iter().map(Token::written).collect();
        written.push_str(&format!("({})", inner.join(" ")));
        at.tokens = rest;
    }
    Some(written)
}
