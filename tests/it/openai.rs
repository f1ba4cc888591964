//! The client for OpenAI-compatible servers, against what the servers in use really send.

use metagen::base::secret::Secret;
use metagen::llm::{Finish, LlmErrorKind as Kind, LlmSettings, ProviderChoice};
use serde_json::json;

use crate::gemini::{KEY, ask_with, settings as common};
use crate::model_server::{Act, ModelServer, json_answer, page, streams};

fn settings(url: &str) -> LlmSettings {
    let mut settings = common(url);
    settings.provider = ProviderChoice::OpenAi;
    url.clone_into(&mut settings.openai.base_url);
    settings.openai.model = Some("llama".to_owned());
    settings
}

#[tokio::test]
async fn an_openai_compatible_server_answers_with_what_it_understands() {
    let delta = |text: &str, reason: serde_json::Value| {
        format!(
            "data: {}\n\n",
            json!({"model": "llama", "choices": [{"delta": {"content": text}, "finish_reason": reason}]})
        )
    };
    let server = crate::model_server::ModelServer::start_plain(vec![
        vec![json_answer(400, &json!({"error": {"message": "response_format json_schema is not supported", "type": "invalid_request_error"}}))],
        vec![page(503, "busy")],
        streams(&format!(
            "{}{}data: {}\n\ndata: [DONE]\n\n",
            delta("pl", json!(null)),
            delta("an", json!("stop")),
            json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}})
        )),
    ])
    .await;
    let mut settings = settings(&server.url);
    settings.provider = ProviderChoice::OpenAi;
    settings.openai.base_url = format!("{}/v1", server.url);
    settings.openai.model = Some("llama".to_owned());
    settings.openai.key = Secret::new(KEY);
    let reply = ask_with(&settings).await.unwrap();
    assert_eq!(
        (reply.text.as_str(), reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.calls),
        ("plan", 3, 4, 3)
    );
    let asked = server.asked();
    assert!(asked.iter().all(|asked| asked.path == "/v1/chat/completions"));
    assert_eq!(asked[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert!(asked[0].header("x-goog-api-key").is_none());
    assert_eq!(asked[0].body["response_format"]["type"], "json_schema");
    assert_eq!(asked[1].body["response_format"]["type"], "json_object");
}

#[tokio::test]
async fn streams_of_ollama_vllm_and_openrouter_are_read() {
    let delta = |delta: serde_json::Value, reason: serde_json::Value| {
        json!({"id": "x", "object": "chat.completion.chunk", "model": "qwen3",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
        .to_string()
    };
    let none = json!(null);
    let openrouter = [
        ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n".to_owned(),
        format!(
            "data: {}\n\n",
            delta(
                json!({"role": "assistant", "content": "", "reasoning": "hm", "reasoning_details": [{}]}),
                none.clone()
            )
        ),
        format!("data: {}\n\n", delta(json!({"content": "pl"}), none.clone())),
        ": OPENROUTER PROCESSING\n\n".to_owned(),
        format!("data: {}\n\n", delta(json!({"content": "an"}), json!("stop"))),
        format!(
            "data: {}\n\n",
            json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4, "cost": 0.1}})
        ),
        "data: [DONE]\n\n".to_owned(),
    ]
    .concat();
    let vllm = [
        format!("data: {}\n\n", delta(json!({"role": "assistant", "content": ""}), none.clone())),
        format!("data: {}\n\n", delta(json!({"reasoning_content": "hm", "content": null}), none.clone())),
        format!("data: {}\n\n", delta(json!({"content": "plan"}), none.clone())),
        format!("data: {}\n\n", delta(json!({"content": ""}), json!("stop"))),
        format!("data: {}\n\n", json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4, "prompt_tokens_details": null}})),
        "data: [DONE]\n\n".to_owned(),
    ]
    .concat();
    let ollama = [
        format!(
            "data: {}\n\n",
            delta(json!({"role": "assistant", "content": "<think>\nhm</think>\n\n"}), none.clone())
        ),
        format!("data: {}\n\n", delta(json!({"content": "plan"}), json!("stop"))),
        format!(
            "data: {}\n\ndata: [DONE]\n\n",
            json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}})
        ),
    ]
    .concat();
    for (name, bytes) in [("OpenRouter", openrouter), ("vLLM", vllm), ("Ollama", ollama)] {
        let server = ModelServer::start_plain(vec![streams(&bytes)]).await;
        let reply = ask_with(&settings(&server.url)).await.unwrap();
        assert_eq!(
            (reply.text.as_str(), reply.finish, reply.model.as_str()),
            ("plan", Finish::Complete, "qwen3"),
            "{name}"
        );
        assert_eq!(
            (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.calls),
            (3, 4, 1),
            "{name}"
        );
        let asked = server.asked().remove(0);
        // A server at home needs no key, and its address no version.
        assert_eq!(
            (asked.path.as_str(), asked.header("authorization")),
            ("/v1/chat/completions", None),
            "{name}"
        );
    }
}

#[tokio::test]
async fn faults_of_such_servers_are_understood() {
    let broken = json!({"id": "x", "error": {"code": 502, "message": "Provider disconnected"},
        "choices": [{"delta": {"content": ""}, "finish_reason": "error"}]});
    let said = |text: &str| {
        streams(&format!(
            "data: {}\n\ndata: [DONE]\n\n",
            json!({"choices": [{"delta": {"content": text}, "finish_reason": "stop"}]})
        ))
    };
    let whole = json!({"choices": [{"message": {"content": "plan"}, "finish_reason": "stop"}]});
    // One that passes, and one that is left out of the next request.
    for (name, fault, answer) in [
        ("an error in the stream", streams(&format!("data: {broken}\n\n")), said("plan")),
        (
            "a stream that breaks",
            streams("data: {\"choices\": [{\"delta\": {\"content\": \"pl\"}}]}\n\n"),
            said("plan"),
        ),
        (
            "no streams",
            vec![json_answer(
                400,
                &json!({"error": {"message": "stream is not supported", "type": "invalid_request_error"}}),
            )],
            vec![json_answer(200, &whole)],
        ),
        (
            "no schemas, as vLLM says it",
            vec![json_answer(
                400,
                &json!({"object": "error", "message": "Invalid grammar in json_schema", "type": "BadRequestError", "code": 400}),
            )],
            said("plan"),
        ),
        (
            "too many",
            vec![json_answer(
                429,
                &json!({"error": {"message": "Rate limit. Please try again in 2ms.", "type": "requests", "code": "rate_limit_exceeded"}}),
            )],
            said("plan"),
        ),
    ] {
        let server = ModelServer::start_plain(vec![fault, answer]).await;
        assert_eq!(ask_with(&settings(&server.url)).await.unwrap().text, "plan", "{name}");
        assert_eq!(server.asked().len(), 2, "{name}");
    }
    for (status, body, kind) in [
        (
            401,
            json!({"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}),
            Kind::KeyInvalid,
        ),
        (402, json!({"error": {"code": 402, "message": "Insufficient credits"}}), Kind::CreditGone),
        (
            404,
            json!({"error": {"message": "model \"llama\" not found", "type": "not_found_error"}}),
            Kind::ModelUnknown,
        ),
        (
            404,
            json!({"object": "error", "message": "The model `llama` does not exist.", "type": "NotFoundError", "code": 404}),
            Kind::ModelUnknown,
        ),
        (
            429,
            json!({"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}),
            Kind::CreditGone,
        ),
        (
            400,
            json!({"error": {"message": "This model's maximum context length is 8192 tokens.", "code": "context_length_exceeded"}}),
            Kind::ContextTooLong,
        ),
    ] {
        let server = ModelServer::start_plain(vec![vec![json_answer(status, &body)]]).await;
        let mut settings = settings(&server.url);
        settings.openai.key = Secret::new(KEY);
        let error = ask_with(&settings).await.unwrap_err();
        assert_eq!(error.kind, kind, "{body}");
        assert!(error.hint.is_some() && !format!("{error:?}").contains(KEY));
    }
    let server = ModelServer::start_plain(vec![vec![Act::Reset]]).await;
    assert_eq!(ask_with(&settings(&server.url)).await.unwrap_err().kind, Kind::Network);
}
