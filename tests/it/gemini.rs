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

use crate::model_server::{
    Act, ModelServer, chunk, error, event, gzip, head, json_answer, page, says, stream_head, streams, whole,
};

const KEY: &str = "AQ.Zq7-random-key-93fe1c";

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

fn surroundings() -> Surroundings {
    Surroundings {
        offline: Arc::new(Nobody),
        retries: Arc::new(RetryBudget::unlimited()),
        today: PriceTable::built_in().as_of,
    }
}

/// Settings with waits of a millisecond, so that no test waits.
fn settings(url: &str) -> LlmSettings {
    let mut settings = LlmSettings { provider: ProviderChoice::Gemini, ..LlmSettings::default() };
    settings.gemini.key = Secret::new(KEY);
    url.clone_into(&mut settings.gemini.base_url);
    settings.retry.base_backoff = Duration::from_millis(1);
    settings.retry.max_backoff = Duration::from_millis(2);
    settings
}

fn request() -> Request {
    Request {
        purpose: Purpose::Plan,
        system: "You plan.".to_owned(),
        sections: vec![Section { title: "spec".to_owned(), body: "a blog".to_owned() }],
        schema: Some(json!({"type": "object"})),
        max_output_tokens: 65_536,
    }
}

async fn ask_with(settings: &LlmSettings) -> Result<Reply, LlmError> {
    connect(settings, &surroundings())?.client.complete(&request()).await
}

/// Plays scripts to a client with a schema and default settings; returns its answer and the number of requests.
async fn play(scripts: Vec<Vec<Act>>) -> (Result<Reply, LlmError>, usize) {
    let server = ModelServer::start(KEY, scripts).await;
    let result = ask_with(&settings(&server.url)).await;
    let shown = format!("{result:?}");
    assert!(!shown.contains(KEY), "the key is in {shown}");
    (result, server.asked().len())
}

async fn text_of(scripts: Vec<Vec<Act>>) -> (String, usize) {
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
async fn passing_faults_are_asked_again() {
    let unavailable =
        json!({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}});
    let pretty = serde_json::to_string_pretty(&unavailable).unwrap();
    let wait = json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.002s"}]);
    let faults: Vec<(&str, Vec<Act>)> = vec![
        ("500", vec![json_answer(500, &error(500, "INTERNAL", "oops", &json!([])))]),
        ("503", vec![json_answer(503, &unavailable)]),
        ("503 in an array", vec![json_answer(503, &json!([unavailable]))]),
        ("504", vec![json_answer(504, &error(504, "DEADLINE_EXCEEDED", "slow", &json!([])))]),
        ("429 with a delay", vec![json_answer(429, &error(429, "RESOURCE_EXHAUSTED", "slow down", &wait))]),
        ("429 with a header", vec![whole(429, "text/plain", "Retry-After: 0\r\n", "slow down")]),
        ("HTML 502", vec![page(502, "Bad Gateway")]),
        ("HTML in a 200", vec![page(200, "Welcome")]),
        ("402 that a gateway took for a 500 is not among them, but a 503 in a 500 is", vec![json_answer(500, &json!({"error": {"code": 500, "message": unavailable.to_string()}}))]),
        ("commas written twice", streams(&pretty.replace("503,", "503,,"))),
        ("a goodbye without a word", vec![]),
        ("half a head", vec![Act::Send(b"HTTP/1.1 200 OK\r\nContent-Ty".to_vec())]),
        ("a body shorter than its length", vec![Act::Send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\ndata: {".to_vec())]),
        ("reset", vec![Act::Reset]),
        ("reset in the stream", vec![stream_head(), Act::Send(event("lost", None).into_bytes()), Act::Reset]),
        ("an empty stream", vec![stream_head()]),
        ("no finish reason", streams(&event("lost", None))),
        ("cut in the middle of an event", streams(&event("lost", None)[..40])),
        ("a bare error in the stream", streams(&format!("{}{pretty}\n", event("lost", None)))),
        ("a bare error after STOP", streams(&format!("{}{pretty}\n", event("lost", Some("STOP"))))),
        ("an error as data", streams(&format!("data: {unavailable}\n\n"))),
        ("an empty answer", streams(&event("", Some("STOP")))),
    ];
    for (name, fault) in faults {
        assert_eq!(text_of(vec![fault, says("plan")]).await, ("plan".to_owned(), 2), "{name}");
    }
}

#[tokio::test]
async fn a_slow_down_that_asks_for_too_long_ends_at_once() {
    let wait = json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3600s"}]);
    let (result, calls) =
        play(vec![vec![json_answer(429, &error(429, "RESOURCE_EXHAUSTED", "m", &wait))]]).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind, calls), (Kind::RateLimited, 1));
    assert_eq!(error.retry_after, Some(Duration::from_hours(1)));
    assert!(error.message.contains("3600 s"), "{error}");
}

#[tokio::test]
async fn final_faults_are_not_asked_again() {
    let quota = |id: &str| json!([{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": id}]}]);
    let reason = |word: &str| json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": word}]);
    let none = json!([]);
    let table = [
        (400, "INVALID_ARGUMENT", "bad", none.clone(), Kind::BadRequest),
        (400, "INVALID_ARGUMENT", "bad key", reason("API_KEY_INVALID"), Kind::KeyInvalid),
        (400, "FAILED_PRECONDITION", "region", none.clone(), Kind::KeyBlocked),
        (
            400,
            "INVALID_ARGUMENT",
            "The input token count (9) exceeds the maximum number of tokens allowed (8).",
            none.clone(),
            Kind::ContextTooLong,
        ),
        (401, "UNAUTHENTICATED", "no", reason("ACCESS_TOKEN_TYPE_UNSUPPORTED"), Kind::KeyInvalid),
        (402, "RESOURCE_EXHAUSTED", "credits", none.clone(), Kind::CreditGone),
        (403, "PERMISSION_DENIED", "reported as leaked", none.clone(), Kind::KeyBlocked),
        (
            429,
            "RESOURCE_EXHAUSTED",
            "day",
            quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
            Kind::DailyQuota,
        ),
        (429, "RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0, model: x", none.clone(), Kind::DailyQuota),
    ];
    for (code, status, message, details, kind) in table {
        let script = vec![json_answer(code, &error(code, status, message, &details))];
        let (result, calls) = play(vec![script]).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind, calls), (kind, 1), "{code} {message}");
        assert!(error.hint.is_some());
    }
    // What a gateway wraps counts, and not the gateway's own status.
    let gone = error(402, "RESOURCE_EXHAUSTED", "credits", &none).to_string();
    let wrapped = json!({"error": {"code": 500, "message": gone}});
    let (result, calls) = play(vec![vec![json_answer(500, &wrapped)]]).await;
    assert_eq!((result.unwrap_err().kind, calls), (Kind::CreditGone, 1));
    for (body, kind) in [
        (json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}), Kind::Blocked),
        (chunk("x", Some("SAFETY")), Kind::Blocked),
        (chunk("x", Some("RECITATION")), Kind::Blocked),
        (chunk("x", Some("A_NEW_REASON")), Kind::Malformed),
    ] {
        let (result, calls) = play(vec![streams(&format!("data: {body}\n\n"))]).await;
        assert_eq!((result.unwrap_err().kind, calls), (kind, 1), "{body}");
    }
}

#[tokio::test]
async fn the_retry_budget_ends() {
    let (result, calls) = play(vec![vec![page(503, "Unavailable")]]).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind, calls, error.usage.calls), (Kind::Overloaded, 6, 6));
    assert!(error.message.contains("after 6 attempts"), "{error}");
    let (result, calls) = play(vec![vec![page(500, "Broken")]]).await;
    assert_eq!((result.unwrap_err().kind, calls), (Kind::Overloaded, 3));
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
async fn a_token_that_is_refused_is_dropped() {
    let mut hop = chunk("one ", Some("CONTINUATION"));
    hop["candidates"][0]["continuationToken"] = json!("dDE=");
    let refusal = error(400, "INVALID_ARGUMENT", "The continuation token has expired.", &json!([]));
    let server = ModelServer::start(
        KEY,
        vec![streams(&format!("data: {hop}\n\n")), vec![json_answer(400, &refusal)], says("anew")],
    )
    .await;
    let reply = ask_with(&settings(&server.url)).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.usage.calls), ("anew", 3));
    assert!(server.asked()[2].body["continuationToken"].is_null());
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
async fn stalls_end_by_their_own_time_bounds() {
    let stalls = [
        ("before the head", vec![Act::Stall]),
        ("in the stream", vec![stream_head(), Act::Send(event("lost", None).into_bytes()), Act::Stall]),
    ];
    for (name, script) in stalls {
        let server = ModelServer::start(KEY, vec![script, says("plan")]).await;
        let mut settings = settings(&server.url);
        settings.timeouts.first_byte = Duration::from_millis(300);
        settings.timeouts.idle = Duration::from_millis(300);
        assert_eq!(ask_with(&settings).await.unwrap().text, "plan", "{name}");
        settings.retry.max_attempts = 1;
        let server = ModelServer::start(KEY, vec![vec![Act::Stall]]).await;
        settings.gemini.base_url.clone_from(&server.url);
        assert_eq!(ask_with(&settings).await.unwrap_err().kind, Kind::Timeout, "{name}");
    }
    // A drip that never stalls ends with the time of the whole request.
    let drip =
        std::iter::repeat_n([Act::Send(b": ping\n\n".to_vec()), Act::Sleep(Duration::from_millis(20))], 500);
    let script: Vec<Act> = std::iter::once(stream_head()).chain(drip.flatten()).collect();
    let server = ModelServer::start(KEY, vec![script]).await;
    let mut settings = settings(&server.url);
    settings.timeouts.request = Duration::from_millis(300);
    settings.retry.max_attempts = 1;
    assert_eq!(ask_with(&settings).await.unwrap_err().kind, Kind::Timeout);
    // An answer that is complete does not wait for a server that forgets to hang up, nor mind how it hangs up.
    for end in [Act::Stall, Act::Reset] {
        let script = vec![
            stream_head(),
            Act::Send(event("plan", Some("STOP")).into_bytes()),
            Act::Sleep(Duration::from_millis(50)),
            end,
        ];
        let server = ModelServer::start(KEY, vec![script]).await;
        settings.gemini.base_url.clone_from(&server.url);
        settings.timeouts.request = Duration::from_mins(1);
        settings.timeouts.idle = Duration::from_millis(200);
        assert_eq!(ask_with(&settings).await.unwrap().text, "plan");
    }
}

#[tokio::test]
async fn servers_that_do_not_stream_are_asked_for_one_piece() {
    let server = ModelServer::start(
        KEY,
        vec![vec![page(405, "Method Not Allowed")], vec![json_answer(200, &chunk("plan", Some("STOP")))]],
    )
    .await;
    assert_eq!(ask_with(&settings(&server.url)).await.unwrap().text, "plan");
    let asked = server.asked();
    assert_eq!(asked[1].path, "/v1/models/gemini-3.8-flash:generateContent");
    assert_eq!(asked[1].body["generationConfig"]["maxOutputTokens"], 32_768);
    // Streams that break twice are given up for a plain call as well.
    let broken = || streams(&event("lost", None));
    let server = ModelServer::start(
        KEY,
        vec![broken(), broken(), vec![json_answer(200, &chunk("plan", Some("STOP")))]],
    )
    .await;
    assert_eq!(ask_with(&settings(&server.url)).await.unwrap().text, "plan");
    assert!(server.asked()[2].path.ends_with(":generateContent"));
}

#[tokio::test]
async fn redirects_are_not_followed_with_the_key() {
    let thief = ModelServer::start(KEY, vec![says("stolen")]).await;
    let location =
        format!("Location: {}/v1/models/gemini-3.8-flash:streamGenerateContent?alt=sse\r\n", thief.url);
    for status in [301, 302, 307, 308] {
        let (result, calls) = play(vec![vec![whole(status, "text/html", &location, "")]]).await;
        assert_eq!((result.unwrap_err().kind, calls), (Kind::BadRequest, 1), "{status}");
    }
    assert!(thief.asked().is_empty());
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
async fn nobody_at_the_address_is_a_network_fault() {
    let server = ModelServer::start(KEY, vec![]).await;
    let url = server.url.clone();
    drop(server);
    let mut settings = settings(&url);
    settings.retry.max_attempts = 1;
    let error = ask_with(&settings).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Network | Kind::Timeout), "{error:?}");
}

#[tokio::test]
async fn giants_are_hung_up_on_before_they_are_held() {
    let mega = vec![b'x'; 1 << 20];
    let one_line = vec![stream_head(), Act::Send(b"data: ".to_vec()), Act::Repeat(mega.clone(), 200)];
    let comments = vec![stream_head(), Act::Send(b":".to_vec()), Act::Repeat(mega.clone(), 200)];
    let events = vec![stream_head(), Act::Repeat(event(&"x".repeat(1 << 20), None).into_bytes(), 200)];
    let failure = vec![head(400, "text/plain", ""), Act::Repeat(mega, 200)];
    let bomb = vec![
        head(200, "text/event-stream", "Content-Encoding: gzip\r\n"),
        Act::Send(gzip(&vec![b'x'; 100 << 20])),
    ];
    // Sockets hold some megabytes on the way. Comments are read on, but nothing of them is kept.
    for (script, kind, most) in [
        (one_line, Kind::Malformed, 40),
        (comments, Kind::Malformed, 100),
        (events, Kind::Malformed, 60),
        (failure, Kind::BadRequest, 40),
        (bomb, Kind::Malformed, 1),
    ] {
        let server = ModelServer::start(KEY, vec![script]).await;
        let error = ask_with(&settings(&server.url)).await.unwrap_err();
        assert_eq!((error.kind, server.asked().len()), (kind, 1));
        assert!(format!("{error:?}").len() < 4096);
        assert!(server.sent() < most << 20, "{} bytes were taken", server.sent());
    }
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
