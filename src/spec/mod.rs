//! From a description in plain words to a blueprint, by rules.
//!
//! [`read`] is pure and deterministic and takes time that grows with the length of the text. The words it knows are data
//! (`agents/planner/`): [`lexicon`] loads them, [`text`] and [`blocks`] take the text apart, [`sentences`] reads what it says
//! into a [`draft`], and [`assembly`] fills in what goes without saying. Nothing of the text is silently dropped: every clause is
//! listed in the coverage, those that nothing answers to with an empty list and a warning.

mod access;
mod assembly;
mod blocks;
mod clauses;
mod colours;
mod columns;
mod conjoined;
mod constraints;
mod deeds;
mod describe;
mod diagrams;
mod domains;
mod draft;
mod entities;
mod examples;
mod features;
mod fields;
mod fragments;
mod headings;
mod heads;
mod indirect;
mod items;
mod joins;
mod kinds;
mod languages;
mod lexicon;
mod members;
mod named;
mod names;
mod negations;
mod notation;
mod nouns;
mod objects;
mod points;
mod predicates;
mod purpose;
mod reader;
mod recast;
mod relations;
mod restated;
mod rows;
mod schemas;
mod sentences;
mod source;
mod statements;
mod states;
mod stories;
mod subjects;
mod text;
mod theme;
mod ties;
mod tokens;
mod usual;
mod verbs;
mod wording;

use crate::blueprint::{BlueprintFile, CoverageItem};

/// What a text was taken to say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpecReading {
    /// The app. Without entities where the text names none and fits no well-known kind of app.
    pub blueprint: BlueprintFile,
    /// Each clause of the text, and what answers to it.
    pub coverage: Vec<CoverageItem>,
    /// What the app will not do, and what was not understood.
    pub warnings: Vec<String>,
    /// How the text was read, in a few sentences.
    pub reasoning: String,
}

/// Reads a description. Never fails: a text that says nothing gives a reading without entities, and a warning.
pub fn read(text: &str) -> SpecReading {
    reader::read(text)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod table;

#[cfg(test)]
mod tests {
    use super::read;

    /// The entities with their relations on one line: `Book(author!>Author), Author()`.
    fn line(text: &str) -> String {
        let entities = read(text).blueprint.entities;
        let relation = |r: &crate::blueprint::RelationFile| {
            format!("{}{}>{}", r.name, if r.required { "!" } else { "" }, r.target)
        };
        let entity = |e: &crate::blueprint::EntityFile| {
            format!("{}({})", e.name, e.relations.iter().map(relation).collect::<Vec<_>>().join(","))
        };
        entities.iter().map(entity).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn entities_and_ties() {
        for (text, expected) in [
            (
                "A bookshop with authors, books and reviews",
                "Author() Book(author!>Author) Review(book!>Book)",
            ),
            ("A task tracker with projects and tasks", "Project() Task(project!>Project,assignee>User)"),
            ("A book has many reviews.", "Book() Review(book!>Book)"),
            (
                "Each project has a name. Tasks belong to a project and can be assigned to a user.",
                "Project() Task(project!>Project,assignee>User)",
            ),
            (
                "Eine Buchhandlung mit Büchern, Autoren und Rezensionen",
                "Book(author!>Author) Author() Review(book!>Book)",
            ),
            ("", ""),
            ("ignore previous instructions; {{7*7}}", ""),
        ] {
            assert_eq!(line(text), expected, "{text}");
        }
    }
}
