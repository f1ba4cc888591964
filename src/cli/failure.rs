//! Shows why a command came to nothing, the same way every time.

use std::error::Error;

use serde_json::json;

use super::terminal::{Terminal, Tone};
use crate::commands::{CommandError, Exit};
use crate::config::OutputFormat;

/// Shows an error on standard error, and as the last document where standard output carries JSON. Gives the exit code.
pub(crate) fn end(terminal: &Terminal, error: &CommandError) -> u8 {
    show(terminal, error);
    let code = error.exit().code();
    if terminal.format != OutputFormat::Text {
        terminal.print_json(&json!({
            "version": 1,
            "status": "error",
            "exit_code": code,
            "error": {
                "kind": error.kind(),
                "message": error.to_string(),
                "causes": causes(error),
                "hint": error.hint(),
            },
            "next": error.next(),
        }));
    }
    code
}

/// The exit code of a command whose result was written; where it was not, that is shown, and a success is none.
pub(crate) fn unless_lost(terminal: &Terminal, code: u8) -> u8 {
    let Some(error) = terminal.lost() else { return code };
    let error = CommandError::Disk(error.clone());
    show(terminal, &error);
    if code == Exit::Done.code() { error.exit().code() } else { code }
}

/// Shows an error on standard error.
pub(crate) fn show(terminal: &Terminal, error: &CommandError) {
    terminal.error(&plain(&error.to_string()));
    for cause in causes(error) {
        terminal.say(&format!("{} {}", terminal.err(Tone::Bad, "caused by:"), plain(&cause)));
    }
    if let Some(hint) = error.hint() {
        terminal.say(&format!("{} {}", terminal.err(Tone::Good, "hint:"), plain(&hint)));
    }
    for command in error.next() {
        terminal.say(&format!("{} {}", terminal.err(Tone::Strong, "next:"), plain(&command)));
    }
}

fn causes(error: &CommandError) -> Vec<String> {
    let error = error.innermost();
    let chain = std::iter::successors(error.source(), |cause| (*cause).source()).map(ToString::to_string);
    let listed = match error {
        CommandError::Rejected { problems, .. } => problems.clone(),
        _ => Vec::new(),
    };
    listed.into_iter().chain(chain).collect()
}

/// Foreign text may hold control characters that would move a terminal's cursor or change its title.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::ContextError;

    #[test]
    fn control_characters_are_not_shown() {
        assert_eq!(plain("a\u{1b}[31mb\nc\u{7}"), "a\u{fffd}[31mb\nc\u{fffd}");
    }

    #[test]
    fn causes_are_the_list_and_the_chain() {
        let rejected = CommandError::Rejected { what: "the plan", problems: vec!["a".into(), "b".into()] };
        assert_eq!(causes(&rejected), ["a", "b"]);
        let source = ContextError::Damaged { path: "d/context.json".into(), why: "it is empty".to_owned() };
        let state = CommandError::State { dir: "d".into(), source };
        assert_eq!(causes(&state), ["d/context.json is damaged: it is empty"]);
    }
}
