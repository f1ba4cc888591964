//! Changes as people and tools read them.

use std::fmt::Write;
use std::str;

use super::change::{Action, Change, Changes, Reason};
use crate::base::fs::Mode;

/// All changes of contents as one unified diff, in the form that `git apply` takes; empty where nothing would change.
pub fn render(changes: &Changes) -> String {
    changes.files.iter().filter(|change| change.is_effect()).map(patch).collect()
}

/// The change of one file's contents in the same form.
pub fn patch(change: &Change) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = file(change, &mut out);
    out
}

fn file(change: &Change, out: &mut String) -> std::fmt::Result {
    let (old, new) = (text(change.old.as_deref()), text(change.new.as_deref()));
    let path = change.path.as_str();
    let mode = if change.mode == Mode::Executable { "100755" } else { "100644" };
    writeln!(out, "diff --git a/{path} b/{path}")?;
    if change.old.is_none() {
        writeln!(out, "new file mode {mode}")?;
    } else if change.action == Action::Remove {
        writeln!(out, "deleted file mode {mode}")?;
    }
    let (Some(old), Some(new)) = (old, new) else {
        return writeln!(out, "Binary files a/{path} and b/{path} differ");
    };
    if old == new {
        return Ok(());
    }
    let from = if change.old.is_some() { format!("a/{path}") } else { "/dev/null".to_owned() };
    let to = if change.action == Action::Remove { "/dev/null".to_owned() } else { format!("b/{path}") };
    let mut options = diffy::DiffOptions::new();
    options.set_original_filename(from).set_modified_filename(to);
    write!(out, "{}", options.create_patch(old, new))
}

/// Nothing counts as the empty text.
fn text(bytes: Option<&[u8]>) -> Option<&str> {
    bytes.map_or(Some(""), |bytes| str::from_utf8(bytes).ok().filter(|text| !text.contains('\0')))
}

/// Why an action is taken, where its name does not say it; empty otherwise.
pub fn why(action: Action) -> &'static str {
    match action {
        Action::Unchanged | Action::Create | Action::Update => "",
        Action::Merge => "merged with your changes",
        Action::Replace => "replaces your changes",
        Action::Remove => "no longer generated",
        Action::StaysDeleted => "you deleted it",
        Action::LetGo => "no longer generated, and yours",
        Action::Ignored => ".metagenignore",
        Action::Conflict(Reason::Overlap) => "you changed the same place",
        Action::Conflict(Reason::Binary) => "you changed it, and it is no text",
        Action::Conflict(Reason::Foreign) => "your file is in the way",
        Action::Conflict(Reason::InTheWay) => "a link or a directory is in the way",
        Action::Conflict(Reason::BaseLost) => "its last generated form is lost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use crate::base::fs::Found;
    use crate::base::ids::OutputPath;
    use crate::context::FileRecord;
    use crate::workspace::{OnConflict, Survey, View, changes};

    #[test]
    fn reads_like_git() {
        let mut survey = Survey::default();
        for (path, stands, incoming) in [
            ("a.txt", Some("1\n2\n"), Some("1\n3\n")),
            ("b.txt", None, Some("new\n")),
            ("c.txt", Some("gone\n"), None),
            ("d.txt", Some("same\n"), Some("same\n")),
        ] {
            let base = stands.map(|text: &str| Digest::of(text.as_bytes()));
            let view = View {
                stands: stands
                    .map_or(Found::Missing, |text| Found::File { bytes: text.into(), executable: false }),
                recorded: base.map(FileRecord::of),
                base,
                base_bytes: None,
                incoming: incoming.map(|text: &str| text.into()),
                conflict: None,
            };
            survey.files.insert(OutputPath::new(path).unwrap(), view);
        }
        let changes = changes(&survey, OnConflict::Keep, true);
        assert_eq!(
            render(&changes),
            "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n 1\n-2\n+3\n\
             diff --git a/b.txt b/b.txt\nnew file mode 100644\n--- /dev/null\n+++ b/b.txt\n@@ -0,0 +1 @@\n+new\n\
             diff --git a/c.txt b/c.txt\ndeleted file mode 100644\n--- a/c.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n"
        );
    }
}
