//! The Gemini client against a server on localhost that enforces the service's rules and plays its faults.

use std::sync::Arc;
use std::time::Duration;

use metagen::base::budget::RetryBudget;
use metagen::base::secret::Secret;
use metagen::llm::{
    BoxFuture, Finish, LlmClient, LlmError, LlmErrorKind as Kind, LlmSettings, PriceTable, ProviderChoice,
    Purpose, Reply, Request, Section, Surroundings, connect, list_models,
};
use serde_json::json;

use crate::model_server::{Act, ModelServer, chunk, event, gzip, head, says, stream_head, streams};

pub(crate) const KEY: &str = "AQ.Zq7-random-key-93fe1c";

/// Stands where the offline planner would; never asked here.
struct Nobody;

impl LlmClient for Nobody {
    fn provider(&self) -> &'static str {
        "mock"
    }

    fn model(&self) -> &'static str {
        "mock"
    }

    fn complete<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(async { Err(LlmError::new(Kind::NotRecorded, "nobody answers")) })
    }
}

pub(crate) fn surroundings() -> Surroundings {
    Surroundings {
        offline: Arc::new(Nobody),
        retries: Arc::new(RetryBudget::unlimited()),
        today: PriceTable::built_in().as_of,
        unasked: None,
    }
}

/// Settings with waits of a millisecond, so that no test waits.
pub(crate) fn settings(url: &str) -> LlmSettings {
    let mut settings = LlmSettings { provider: ProviderChoice::Gemini, ..LlmSettings::default() };
    settings.gemini.key = Secret::new(KEY);
    url.clone_into(&mut settings.gemini.base_url);
    settings.retry.base_backoff = Duration::from_millis(1);
    settings.retry.max_backoff = Duration::from_millis(2);
    settings
}

pub(crate) fn request() -> Request {
    Request {
        purpose: Purpose::Plan,
        system: "You plan.".to_owned(),
        sections: vec![Section { title: "spec".to_owned(), body: "a blog".to_owned() }],
        schema: Some(json!({"type": "object"})),
        max_output_tokens: 65_536,
    }
}

pub(crate) async fn ask_with(settings: &LlmSettings) -> Result<Reply, LlmError> {
    connect(settings, &surroundings())?.client.complete(&request()).await
}

/// Plays scripts to a client with a schema and default settings; returns its answer and the number of requests.
pub(crate) async fn play(scripts: Vec<Vec<Act>>) -> (Result<Reply, LlmError>, usize) {
    let server = ModelServer::start(KEY, scripts).await;
    let result = ask_with(&settings(&server.url)).await;
    let shown = format!("{result:?}");
    assert!(!shown.contains(KEY), "the key is in {shown}");
    (result, server.asked().len())
}

pub(crate) async fn text_of(scripts: Vec<Vec<Act>>) -> (String, usize) {
    let (result, calls) = play(scripts).await;
    (result.expect("the answer comes").text, calls)
}

#[tokio::test]
async fn a_request_keeps_the_rules_and_an_answer_is_read() {
    let server = ModelServer::start(KEY, vec![says("plan")]).await;
    let reply = ask_with(&settings(&format!("{}/", server.url))).await.unwrap();
    assert_eq!(
        (reply.text.as_str(), reply.finish, reply.model.as_str()),
        ("plan", Finish::Complete, "gemini-3.8-flash")
    );
    assert_eq!((reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.calls), (11, 7, 1));
    let asked = server.asked().remove(0);
    assert_eq!(asked.path, "/v1/models/gemini-3.8-flash:streamGenerateContent?alt=sse");
    assert_eq!(asked.header("x-server-timeout"), Some("120"));
    assert!(asked.header("user-agent").unwrap().starts_with("metagen/"));
    assert!(asked.header("x-request-id").is_some());
    assert!(asked.header("accept-encoding").unwrap().contains("gzip"));
    assert_eq!(asked.body["generationConfig"]["responseMimeType"], "application/json");
    assert!(!asked.body.to_string().contains("temperature"));
}

#[tokio::test]
async fn streams_are_read_in_whatever_form_they_come() {
    let first = chunk("a\u{2028}é", None).to_string();
    let last = chunk("😀", Some("STOP")).to_string();
    for (name, bytes) in [
        ("LF", format!("data: {first}\n\ndata: {last}\n\n")),
        ("CR", format!("data: {first}\r\rdata: {last}\r\r")),
        (
            "BOM, comments, other fields",
            format!("\u{feff}: hi\n\nevent: x\nid: 1\ndata: {first}\n\n: ping\n\ndata: {last}\n\n"),
        ),
        ("no blank after the colon", format!("data:{first}\n\ndata:{last}\n\n")),
        (
            "empty data and [DONE]",
            format!("data:\n\ndata: {first}\n\ndata: \n\ndata: {last}\n\ndata: [DONE]\n\n"),
        ),
        ("no blank line at the end", format!("data: {first}\n\ndata: {last}")),
        ("the last event twice", format!("data: {first}\n\ndata: {last}\n\ndata: {last}\n\n")),
        ("one array and no stream", format!("[{first}\n,\n{last}]")),
        (
            "several lines of data",
            format!(
                "data: {first}\n\n{}\n\n",
                serde_json::to_string_pretty(&chunk("😀", Some("STOP")))
                    .unwrap()
                    .lines()
                    .map(|line| format!("data: {line}"))
                    .collect::<Vec<_>>()
                    .join("\n")
            ),
        ),
    ] {
        assert_eq!(text_of(vec![streams(&bytes)]).await, ("a\u{2028}é😀".to_owned(), 1), "{name}");
    }
}

#[tokio::test]
async fn bytes_may_come_one_by_one_and_compressed() {
    let bytes = format!("{}{}", event("é😀", None), event("", Some("STOP")));
    let mut drip = vec![stream_head()];
    drip.extend(bytes.bytes().map(|byte| Act::Send(vec![byte])));
    assert_eq!(text_of(vec![drip]).await.0, "é😀");
    let packed =
        vec![head(200, "text/event-stream", "Content-Encoding: gzip\r\n"), Act::Send(gzip(bytes.as_bytes()))];
    assert_eq!(text_of(vec![packed]).await.0, "é😀");
}

#[tokio::test]
async fn thoughts_are_left_out() {
    let thought = json!({"candidates": [{"content": {"parts": [{"text": "hmm", "thought": true}]}}]});
    let signature = json!({"candidates": [{"content": {"parts": [{"text": "", "thoughtSignature": "x"}]}}]});
    let bytes = format!("data: {thought}\n\ndata: {signature}\n\n{}", event("plan", Some("STOP")));
    assert_eq!(text_of(vec![streams(&bytes)]).await.0, "plan");
}

#[tokio::test]
async fn a_bounded_answer_is_told_apart_from_a_whole_one() {
    for text in ["half", ""] {
        let (result, calls) = play(vec![streams(&event(text, Some("MAX_TOKENS")))]).await;
        let reply = result.unwrap();
        assert_eq!((reply.text.as_str(), reply.finish, calls), (text, Finish::Length, 1));
    }
}

#[tokio::test]
async fn hops_are_followed_with_the_same_request_and_a_token() {
    let hop = |text: &str, token: &str, finish: Option<&str>| {
        let mut value = chunk(text, finish);
        value["candidates"][0]["continuationToken"] = json!(token);
        format!("data: {value}\n\n")
    };
    let server = ModelServer::start(
        KEY,
        vec![
            streams(&hop("one ", "dDE=", Some("CONTINUATION"))),
            // The second hop breaks after a checkpoint; what came after the checkpoint comes again.
            streams(&format!("{}{}", hop("two ", "dDI=", None), event("lost", None))),
            says("three"),
        ],
    )
    .await;
    let reply = ask_with(&settings(&server.url)).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.finish), ("one two three", Finish::Complete));
    assert_eq!((reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.calls), (33, 21, 3));
    let asked = server.asked();
    let tokens: Vec<_> = asked.iter().map(|asked| asked.body["continuationToken"].as_str()).collect();
    assert_eq!(tokens, [None, Some("dDE="), Some("dDI=")]);
    assert!(asked.iter().all(|later| later.body["contents"] == asked[0].body["contents"]));
}

#[tokio::test]
async fn a_budget_is_looked_at_before_every_call_of_an_answer() {
    let hop = |token: &str| {
        let mut value = chunk("one ", Some("CONTINUATION"));
        value["candidates"][0]["continuationToken"] = json!(token);
        value["usageMetadata"] = json!({"promptTokenCount": 300, "candidatesTokenCount": 100});
        streams(&format!("data: {value}\n\n"))
    };
    let mut broken = chunk("lost", None);
    broken["usageMetadata"] = json!({"promptTokenCount": 300, "candidatesTokenCount": 100});
    let broken = streams(&format!("data: {broken}\n\n"));
    for scripts in [vec![hop("a"), hop("b"), hop("c"), hop("d"), hop("e")], vec![broken]] {
        let server = ModelServer::start(KEY, scripts).await;
        let mut settings = settings(&server.url);
        settings.budget.max_tokens = Some(1000);
        let error = ask_with(&settings).await.unwrap_err();
        // Each took 400, so that the third finds too little.
        assert_eq!((error.kind, server.asked().len()), (Kind::Budget, 2));
        assert_eq!((error.usage.input_tokens, error.usage.output_tokens), (600, 200));
    }
}

#[tokio::test]
async fn an_unknown_model_is_answered_with_the_nearest() {
    let server = ModelServer::start(KEY, vec![]).await;
    let mut settings = settings(&server.url);
    settings.gemini.model = "gemini-3.8-flahs".to_owned();
    let error = ask_with(&settings).await.unwrap_err();
    assert_eq!(error.kind, Kind::ModelUnknown);
    assert!(error.hint.unwrap().contains("did you mean gemini-3.8-flash"));
    assert_eq!(list_models(&settings).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_wrong_key_is_told_and_not_shown() {
    let server = ModelServer::start("another", vec![]).await;
    let error = ask_with(&settings(&server.url)).await.unwrap_err();
    assert_eq!(error.kind, Kind::KeyInvalid);
    assert!(!format!("{error:?}").contains(KEY));
    assert_eq!(list_models(&settings(&server.url)).await.unwrap_err().kind, Kind::KeyInvalid);
}

#[tokio::test]
async fn what_is_kept_and_recorded_answers_without_the_server_and_without_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let echo = format!("the key is {KEY}");
    let server = ModelServer::start(KEY, vec![says(&echo)]).await;
    let mut settings = settings(&server.url);
    settings.cache = Some(dir.path().join("cache"));
    settings.record = Some(dir.path().join("record"));
    let first = ask_with(&settings).await.unwrap();
    assert_eq!(first.text, "the key is [redacted]");
    let second = ask_with(&settings).await.unwrap();
    assert!(second.cached && second.text == first.text);
    assert_eq!(server.asked().len(), 1);
    drop(server);
    let replay = LlmSettings {
        provider: ProviderChoice::Replay,
        replay: settings.record.clone(),
        ..LlmSettings::default()
    };
    assert_eq!(ask_with(&replay).await.unwrap(), first);
    let mut files = 0;
    let mut folders = vec![dir.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files += 1;
                assert!(!std::fs::read_to_string(entry.path()).unwrap().contains(KEY), "{:?}", entry.path());
            }
        }
    }
    assert_eq!(files, 3);
}

#[tokio::test]
async fn a_budget_stops_calls_and_the_meter_counts_them() {
    let server = ModelServer::start(KEY, vec![says("plan")]).await;
    let mut settings = settings(&server.url);
    settings.budget.max_tokens = Some(300);
    let connection = connect(&settings, &surroundings()).unwrap();
    let mut calls = 0;
    let error = loop {
        match connection.client.complete(&request()).await {
            Ok(_) => calls += 1,
            Err(error) => break error,
        }
        assert!(calls < 20);
    };
    assert_eq!(error.kind, Kind::Budget);
    assert_eq!(server.asked().len(), calls);
    let total = connection.meter.total();
    assert_eq!(total.usage.calls, calls as u64);
    assert!(total.cost.is_some());
}
