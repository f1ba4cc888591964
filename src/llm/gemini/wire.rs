//! What an answer says, read leniently: every field may be missing, null or of another type.

use serde_json::Value;

use crate::llm::client::Usage;

/// One piece of an answer, or all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Text of the first candidate, thoughts left out.
    pub(super) text: String,
    pub(super) finish: Option<String>,
    pub(super) finish_message: Option<String>,
    pub(super) token: Option<String>,
    pub(super) block: Option<String>,
    pub(super) usage: Option<Usage>,
    pub(super) model: Option<String>,
}

impl Chunk {
    /// Reads a `GenerateContentResponse`.
    pub(super) fn read(value: &Value) -> Self {
        let text = |value: &Value, key: &str| {
            value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let candidate = value.pointer("/candidates/0").unwrap_or(&Value::Null);
        let parts = candidate.pointer("/content/parts").and_then(Value::as_array);
        let visible = parts
            .into_iter()
            .flatten()
            .filter(|part| part.get("thought").and_then(Value::as_bool) != Some(true))
            .filter_map(|part| part.get("text").and_then(Value::as_str));
        Self {
            text: visible.collect(),
            finish: text(candidate, "finishReason"),
            finish_message: text(candidate, "finishMessage"),
            token: text(candidate, "continuationToken"),
            block: value.get("promptFeedback").and_then(|feedback| text(feedback, "blockReason")),
            usage: value.get("usageMetadata").filter(|usage| usage.is_object()).map(usage),
            model: text(value, "modelVersion"),
        }
    }
}

/// Thinking is billed as output; what tools put into the prompt as input.
fn usage(value: &Value) -> Usage {
    let count = |key: &str| match value.get(key) {
        Some(Value::Number(number)) => number.as_u64().unwrap_or(0),
        // Large integers travel as text in the JSON form of protocol buffers.
        Some(Value::String(text)) => text.parse().unwrap_or(0),
        _ => 0,
    };
    Usage {
        input_tokens: count("promptTokenCount").saturating_add(count("toolUsePromptTokenCount")),
        cached_tokens: count("cachedContentTokenCount"),
        output_tokens: count("candidatesTokenCount").saturating_add(count("thoughtsTokenCount")),
        calls: 0,
    }
}

/// What a finish reason means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// All is said.
    Complete,
    /// The bound on output was reached.
    Length,
    /// Another request continues it.
    Continues,
    /// Blocked by a filter.
    Blocked,
    /// The model stumbled; another try may do.
    Stumbled,
    /// Unknown to us; nothing is assumed.
    Unknown,
}

/// Reads a finish reason.
pub(super) fn ending(reason: &str) -> Ending {
    match reason {
        "STOP" => Ending::Complete,
        "MAX_TOKENS" => Ending::Length,
        "CONTINUATION" => Ending::Continues,
        "SAFETY"
        | "RECITATION"
        | "LANGUAGE"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "MODEL_ARMOR"
        | "ESCALATION" => Ending::Blocked,
        "OTHER"
        | "MALFORMED_FUNCTION_CALL"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS"
        | "MISSING_THOUGHT_SIGNATURE"
        | "MALFORMED_RESPONSE" => Ending::Stumbled,
        _ => Ending::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn odd_shapes_are_no_text() {
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!({"candidates": null}),
            json!({"candidates": []}),
            json!({"candidates": [{}]}),
            json!({"candidates": [{"content": null}]}),
            json!({"candidates": [{"content": {}}]}),
            json!({"candidates": [{"content": {"role": "model"}}]}),
            json!({"candidates": [{"content": {"parts": []}}]}),
            json!({"candidates": [{"content": {"parts": [{"text": "", "thoughtSignature": "x"}]}}]}),
            json!({"candidates": [{"content": {"parts": [{"text": "hm", "thought": true}, {"functionCall": {}}, null, 7]}}]}),
            json!({"candidates": {"content": 1}, "usageMetadata": null, "promptFeedback": "x"}),
        ] {
            assert_eq!(Chunk::read(&value), Chunk::default(), "{value}");
        }
    }

    #[test]
    fn a_full_piece() {
        let chunk = Chunk::read(&json!({
            "candidates": [
                {"content": {"parts": [{"text": "hm", "thought": true}, {"text": "a"}, {"text": "b", "thought": false}]},
                 "finishReason": "STOP", "finishMessage": "done", "continuationToken": "t"},
                {"content": {"parts": [{"text": "other"}]}}
            ],
            "promptFeedback": {"blockReason": "SAFETY"},
            "usageMetadata": {"promptTokenCount": 10, "cachedContentTokenCount": 4, "candidatesTokenCount": "20",
                "thoughtsTokenCount": 5, "toolUsePromptTokenCount": 1, "totalTokenCount": 36},
            "modelVersion": "m", "unknown": [1]
        }));
        assert_eq!(
            chunk,
            Chunk {
                text: "ab".to_owned(),
                finish: Some("STOP".to_owned()),
                finish_message: Some("done".to_owned()),
                token: Some("t".to_owned()),
                block: Some("SAFETY".to_owned()),
                usage: Some(Usage { input_tokens: 11, cached_tokens: 4, output_tokens: 25, calls: 0 }),
                model: Some("m".to_owned()),
            }
        );
    }

    #[test]
    fn only_stop_is_complete() {
        let complete: Vec<_> = [
            "FINISH_REASON_UNSPECIFIED",
            "STOP",
            "MAX_TOKENS",
            "SAFETY",
            "RECITATION",
            "LANGUAGE",
            "OTHER",
            "BLOCKLIST",
            "PROHIBITED_CONTENT",
            "SPII",
            "MALFORMED_FUNCTION_CALL",
            "IMAGE_SAFETY",
            "NO_IMAGE",
            "PUP_LIMITED_DISABLED",
            "CONTINUATION",
            "MODEL_ARMOR",
            "",
            "stop",
            "SOMETHING_NEW",
        ]
        .into_iter()
        .filter(|reason| ending(reason) == Ending::Complete)
        .collect();
        assert_eq!(complete, ["STOP"]);
        assert_eq!(ending("SOMETHING_NEW"), Ending::Unknown);
    }
}
