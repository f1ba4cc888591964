//! One answer from a model, in as many parts as it takes.

use super::answer::{AnswerFile, files_in};
use super::prompt::{Question, request};
use crate::llm::{Finish, LlmClient, LlmError, Section, Usage};

/// Requests for one answer at most.
const MAX_PARTS: usize = 6;

/// An answer as far as it came.
pub(super) struct Asked {
    /// Its files.
    pub(super) files: Vec<AnswerFile>,
    /// Whether more was to come and did not.
    pub(super) cut: bool,
}

/// Asks for files. Where the answer is cut off, its whole files are kept and the missing ones asked for by naming what is there;
/// an answer that brings no further file is asked for once more, in smaller files, and then left as it is.
///
/// Adds to `usage` what every call took, failed ones too.
pub(super) async fn ask(
    llm: &dyn LlmClient,
    question: &Question<'_>,
    faults: &[String],
    usage: &mut Usage,
) -> Result<Asked, LlmError> {
    let mut files: Vec<AnswerFile> = Vec::new();
    let mut half: Option<AnswerFile> = None;
    let mut fruitless = 0;
    for _ in 0..MAX_PARTS {
        let mut asked = request(question, faults);
        if !files.is_empty() || fruitless > 0 {
            asked.sections.push(rest(&files, half.as_ref(), fruitless > 0));
        }
        let reply = llm.complete(&asked).await.inspect_err(|error| *usage += error.usage)?;
        *usage += reply.usage;
        let cut = reply.finish == Finish::Length;
        let before = files.len();
        half = None;
        for file in files_in(&reply.text) {
            if cut && !file.whole {
                half = Some(file);
            } else if !files.iter().any(|known| known.whole && known.path == file.path) {
                files.push(file);
            }
        }
        if !cut {
            return Ok(Asked { files, cut: false });
        }
        fruitless = if files.len() == before { fruitless + 1 } else { 0 };
        if fruitless > 1 {
            break;
        }
    }
    // The gate names it among the faults: half a file is never kept.
    files.extend(half);
    Ok(Asked { files, cut: true })
}

/// What of an answer is still to come.
fn rest(files: &[AnswerFile], half: Option<&AnswerFile>, smaller: bool) -> Section {
    let mut lines = vec!["Your answer was cut off at the bound of its length.".to_owned()];
    if !files.is_empty() {
        lines.push("These files of it are kept; do not repeat them:".to_owned());
        lines.extend(files.iter().map(|file| file.path.clone()));
    }
    if let Some(half) = half {
        lines.push(format!("Cut off in the middle, so give it again from its first line: {}", half.path));
    }
    lines.push("Give only the files that are missing, in the same form.".to_owned());
    if smaller {
        lines.push("Nothing whole came this time: write less, in smaller files.".to_owned());
    }
    Section { title: "continue".to_owned(), body: lines.join("\n") }
}
