//! Names requests by what they ask.

use std::fmt::Write as _;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::client::{Purpose, Request};

/// What decides the answer besides the request: who is asked, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope(pub(super) String);

/// The name of a request in the store of answers: what is asked and of whom, whatever it is for.
pub(super) fn asked(request: &Request, scope: &Scope) -> String {
    digest(&json!([
        "metagen answer 1",
        scope.0,
        request.system,
        request.sections,
        request.schema,
        request.max_output_tokens
    ]))
}

/// The name of a request in a recording: what is asked and what for, whoever is asked.
pub(super) fn recorded(request: &Request) -> String {
    let purpose: &Purpose = &request.purpose;
    digest(&json!(["metagen record 1", purpose, request.system, request.sections, request.schema]))
}

/// SHA-256 of a text, in hexadecimal.
pub(super) fn of_text(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn digest(value: &serde_json::Value) -> String {
    of_text(&value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::client::Section;

    fn request() -> Request {
        Request {
            purpose: Purpose::Plan,
            system: "s".to_owned(),
            sections: vec![Section { title: "a".to_owned(), body: "b".to_owned() }],
            schema: Some(json!({"type": "object"})),
            max_output_tokens: 7,
        }
    }

    #[test]
    fn everything_that_decides_the_answer_counts() {
        let scope = Scope("gemini m".to_owned());
        let base = asked(&request(), &scope);
        assert_eq!(base, asked(&request(), &scope));
        assert_eq!(base.len(), 64);
        let mut changed = vec![asked(&request(), &Scope("gemini n".to_owned()))];
        for change in [
            (|r| r.system.push('x')) as fn(&mut Request),
            |r| r.sections[0].title.push('x'),
            |r| r.sections[0].body.push('x'),
            |r| r.schema = None,
            |r| r.max_output_tokens = 8,
        ] {
            let mut request = request();
            change(&mut request);
            changed.push(asked(&request, &scope));
        }
        assert!(!changed.contains(&base));
        changed.sort();
        changed.dedup();
        assert_eq!(changed.len(), 6);
    }

    #[test]
    fn a_recording_tells_purposes_apart_and_the_store_does_not() {
        let scope = Scope::default();
        let task = Request {
            purpose: Purpose::Task { task: "t".parse().unwrap(), agent: "a".parse().unwrap() },
            ..request()
        };
        assert_eq!(asked(&request(), &scope), asked(&task, &scope));
        assert_ne!(recorded(&request()), recorded(&task));
    }
}
