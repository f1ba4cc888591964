//! What a server understands of the protocol, found out by what it refuses.

use serde_json::{Value, json};

use crate::llm::client::Request;
use crate::llm::prompt;

/// How answers can be held to a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// By the schema itself.
    Schema,
    /// By being JSON at all.
    Json,
    /// Not.
    Free,
}

/// What requests to a server may hold. Begins with everything and shrinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    format: Format,
    usage_in_stream: bool,
    /// `max_completion_tokens`, the newer name, instead of `max_tokens`.
    completion_tokens: bool,
    pub(super) stream: bool,
}

impl Dialect {
    pub(super) fn new(stream: bool) -> Self {
        Self { format: Format::Schema, usage_in_stream: true, completion_tokens: false, stream }
    }

    /// What remains after a request was refused with these words; `None` where they blame nothing that could be left out.
    pub(super) fn without(self, words: &str) -> Option<Self> {
        let words = words.to_ascii_lowercase();
        let blames = |names: &[&str]| names.iter().any(|name| words.contains(name));
        if self.usage_in_stream && blames(&["stream_options", "include_usage"]) {
            Some(Self { usage_in_stream: false, ..self })
        } else if !self.completion_tokens
            && blames(&["max_completion_tokens", "max_tokens"])
            && blames(&["unsupported", "not supported", "unknown", "unrecognized", "instead"])
        {
            Some(Self { completion_tokens: true, ..self })
        } else if self.stream && blames(&["stream"]) {
            Some(Self { stream: false, ..self })
        } else if blames(&[
            "response_format",
            "json_schema",
            "json_object",
            "schema",
            "structured",
            "grammar",
        ]) {
            match self.format {
                Format::Schema => Some(Self { format: Format::Json, ..self }),
                Format::Json => Some(Self { format: Format::Free, ..self }),
                Format::Free => None,
            }
        } else {
            None
        }
    }

    /// The body of a request for at most so much output.
    pub(super) fn body(self, request: &Request, bound: u32, model: &str) -> Value {
        let mut question = prompt::parts(request).join("\n");
        if let Some(schema) = &request.schema
            && self.format != Format::Schema
        {
            // What the server cannot be held to, the model can be asked for.
            question
                .push_str("\nAnswer with one JSON document that keeps to this schema, and nothing else:\n");
            question.push_str(&schema.to_string());
        }
        let mut messages = Vec::new();
        if !request.system.trim().is_empty() {
            messages.push(json!({ "role": "system", "content": request.system }));
        }
        messages.push(json!({ "role": "user", "content": question }));
        let mut body = json!({ "model": model, "messages": messages });
        let name = if self.completion_tokens { "max_completion_tokens" } else { "max_tokens" };
        body[name] = json!(bound.max(1));
        if let Some(schema) = &request.schema {
            match self.format {
                Format::Schema => {
                    body["response_format"] = json!({ "type": "json_schema", "json_schema": { "name": "answer", "schema": schema } });
                }
                Format::Json => body["response_format"] = json!({ "type": "json_object" }),
                Format::Free => {}
            }
        }
        if self.stream {
            body["stream"] = json!(true);
            if self.usage_in_stream {
                body["stream_options"] = json!({ "include_usage": true });
            }
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::double::request;

    #[test]
    fn refusals_shrink_it_to_an_end() {
        let mut dialect = Dialect::new(true);
        for words in [
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            "unknown field stream_options",
            "streaming is not supported",
            "response_format json_schema is not supported",
            "response_format is not supported",
        ] {
            dialect = dialect.without(words).unwrap();
        }
        assert!(dialect.without("response_format").is_none());
        assert!(dialect.without("stream_options").is_none());
        assert!(Dialect::new(true).without("the model is on fire").is_none());
        let mut request = request("q");
        request.schema = Some(json!({"type": "object"}));
        let body = dialect.body(&request, 1000, "m");
        let mut keys: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        assert_eq!(keys, ["max_completion_tokens", "messages", "model"]);
        assert!(body["messages"][1]["content"].as_str().unwrap().contains(r#"{"type":"object"}"#));
    }

    #[test]
    fn a_full_request() {
        let mut request = request("q");
        request.schema = Some(json!({"type": "object"}));
        let body = Dialect::new(true).body(&request, 1000, "m");
        assert_eq!(body["stream_options"], json!({"include_usage": true}));
        assert_eq!(body["response_format"]["json_schema"]["schema"], json!({"type": "object"}));
        assert_eq!(body["max_tokens"], json!(1000));
        let body = Dialect::new(false).body(&request, 1000, "m");
        assert!(body.get("stream").is_none() && body.get("stream_options").is_none());
        assert!(body.get("temperature").is_none());
    }
}
