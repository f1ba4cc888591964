//! What is posted to generate an answer.

use serde_json::{Value, json};

use crate::llm::client::Request;
use crate::llm::prompt;
use crate::llm::settings::{GeminiSettings, Thinking};

/// Some models refuse a plain call that may give more output than this.
const UNARY_OUTPUT: u32 = 32_768;

/// The body of a request for at most so much output, without sampling parameters: current models ignore them or advise against them.
pub(super) fn body(
    request: &Request,
    bound: u32,
    settings: &GeminiSettings,
    stream: bool,
    token: Option<&str>,
) -> Value {
    let parts: Vec<Value> = prompt::parts(request).into_iter().map(|text| json!({"text": text})).collect();
    let mut body = json!({ "contents": [{ "role": "user", "parts": parts }] });
    if !request.system.trim().is_empty() {
        body["systemInstruction"] = json!({ "parts": [{ "text": request.system }] });
    }
    let most = if stream { bound } else { bound.min(UNARY_OUTPUT) };
    body["generationConfig"] = json!({ "maxOutputTokens": most.max(1) });
    let config = &mut body["generationConfig"];
    if let Some(schema) = &request.schema {
        config["responseMimeType"] = json!("application/json");
        config["responseJsonSchema"] = schema.clone();
    }
    match settings.thinking {
        Some(Thinking::Level(level)) => config["thinkingConfig"] = json!({ "thinkingLevel": level.as_str() }),
        Some(Thinking::Budget(tokens)) => config["thinkingConfig"] = json!({ "thinkingBudget": tokens }),
        None => {}
    }
    if !settings.safety.is_empty() {
        body["safetySettings"] = settings
            .safety
            .iter()
            .map(|setting| json!({ "category": setting.category, "threshold": setting.threshold }))
            .collect();
    }
    // Without it some projects log what is sent.
    body["store"] = json!(false);
    if let Some(token) = token {
        body["continuationToken"] = json!(token);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::client::{Purpose, Section};
    use crate::llm::settings::{SafetySetting, ThinkingLevel};

    fn request() -> Request {
        Request {
            purpose: Purpose::Plan,
            system: "Plan.".to_owned(),
            sections: vec![Section { title: "spec".to_owned(), body: "a blog".to_owned() }],
            schema: None,
            max_output_tokens: 65_536,
        }
    }

    #[test]
    fn a_plain_request_sends_no_more_than_it_must() {
        let body = body(&request(), 65_536, &GeminiSettings::default(), true, None);
        let mut keys: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        assert_eq!(keys, ["contents", "generationConfig", "store", "systemInstruction"]);
        assert_eq!(body["store"], json!(false));
        assert_eq!(body["generationConfig"], json!({"maxOutputTokens": 65_536}));
    }

    #[test]
    fn what_is_configured_is_sent() {
        let mut request = request();
        request.schema = Some(json!({"type": "object"}));
        let mut settings = GeminiSettings {
            thinking: Some(Thinking::Level(ThinkingLevel::Low)),
            safety: vec![SafetySetting { category: "C".to_owned(), threshold: "OFF".to_owned() }],
            ..GeminiSettings::default()
        };
        let found = body(&request, 65_536, &settings, false, Some("dG9rZW4="));
        assert_eq!(
            found["generationConfig"],
            json!({
                "maxOutputTokens": 32_768,
                "responseMimeType": "application/json",
                "responseJsonSchema": {"type": "object"},
                "thinkingConfig": {"thinkingLevel": "LOW"},
            })
        );
        assert_eq!(found["safetySettings"], json!([{"category": "C", "threshold": "OFF"}]));
        assert_eq!(found["continuationToken"], "dG9rZW4=");
        settings.thinking = Some(Thinking::Budget(0));
        let found = body(&request, 65_536, &settings, true, None);
        assert_eq!(found["generationConfig"]["thinkingConfig"], json!({"thinkingBudget": 0}));
    }
}
