//! Every fault of the service and of the network between, played to the Gemini client.

use std::time::Duration;

use metagen::llm::LlmErrorKind as Kind;
use serde_json::json;

use crate::gemini::{KEY, ask_with, play, settings, text_of};
use crate::model_server::{
    Act, ModelServer, chunk, error, event, gzip, head, json_answer, page, says, stream_head, streams, whole,
};

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
        (
            "402 that a gateway took for a 500 is not among them, but a 503 in a 500 is",
            vec![json_answer(500, &json!({"error": {"code": 500, "message": unavailable.to_string()}}))],
        ),
        ("commas written twice", streams(&pretty.replace("503,", "503,,"))),
        ("a goodbye without a word", vec![]),
        ("half a head", vec![Act::Send(b"HTTP/1.1 200 OK\r\nContent-Ty".to_vec())]),
        (
            "a body shorter than its length",
            vec![Act::Send(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\ndata: {"
                    .to_vec(),
            )],
        ),
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
async fn stalls_end_by_their_own_time_bounds() {
    let stalls = [
        ("before the head", vec![Act::Stall], "--first-byte-timeout"),
        (
            "in the stream",
            vec![stream_head(), Act::Send(event("lost", None).into_bytes()), Act::Stall],
            "--idle-timeout",
        ),
    ];
    for (name, script, option) in stalls {
        let server = ModelServer::start(KEY, vec![script.clone(), says("plan")]).await;
        let mut settings = settings(&server.url);
        settings.timeouts.first_byte = Duration::from_millis(300);
        settings.timeouts.idle = Duration::from_millis(300);
        assert_eq!(ask_with(&settings).await.unwrap().text, "plan", "{name}");
        settings.retry.max_attempts = 1;
        let server = ModelServer::start(KEY, vec![script]).await;
        settings.gemini.base_url.clone_from(&server.url);
        let error = ask_with(&settings).await.unwrap_err();
        assert_eq!(error.kind, Kind::Timeout, "{name}");
        assert!(error.hint.unwrap().contains(option), "{name}");
    }
    // A drip that never stalls ends with the time of the whole request.
    let drip =
        std::iter::repeat_n([Act::Send(b": ping\n\n".to_vec()), Act::Sleep(Duration::from_millis(20))], 500);
    let script: Vec<Act> = std::iter::once(stream_head()).chain(drip.flatten()).collect();
    let server = ModelServer::start(KEY, vec![script]).await;
    let mut settings = settings(&server.url);
    settings.timeouts.request = Duration::from_millis(300);
    settings.retry.max_attempts = 1;
    let error = ask_with(&settings).await.unwrap_err();
    assert_eq!(error.kind, Kind::Timeout);
    assert!(error.hint.unwrap().contains("--request-timeout"));
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
