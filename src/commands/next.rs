//! Commands for the user to type, as a shell takes them.

/// The command that goes on in a directory.
pub fn resume_command(dir: &str) -> String {
    if dir == "." { "metagen resume".to_owned() } else { format!("metagen resume {}", word(dir)) }
}

/// The commands that start an app.
pub(super) fn start_commands(dir: &str) -> Vec<String> {
    let enter = (dir != ".").then(|| format!("cd {}", word(dir)));
    enter.into_iter().chain(["npm install".to_owned(), "npm run dev".to_owned()]).collect()
}

/// A path as one word, that is no option either.
fn word(path: &str) -> String {
    let path = if path.starts_with('-') { format!("./{path}") } else { path.to_owned() };
    // Only a NUL cannot be quoted, and no path has one.
    shlex::try_quote(&path).map_or_else(|_| path.clone(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_one_word() {
        for (dir, expected) in [
            (".", "metagen resume"),
            ("shop", "metagen resume shop"),
            ("a/b-c.d", "metagen resume a/b-c.d"),
            ("my app", "metagen resume 'my app'"),
            ("-rf", "metagen resume ./-rf"),
            ("$HOME;ls", "metagen resume '$HOME;ls'"),
        ] {
            assert_eq!(resume_command(dir), expected);
        }
        assert_eq!(start_commands("Bob's"), [r#"cd "Bob's""#, "npm install", "npm run dev"]);
        assert_eq!(start_commands("."), ["npm install", "npm run dev"]);
    }
}
