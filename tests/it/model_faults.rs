//! The binary and a model's server that misbehaves: memory, keys, proxies, substitutes.

use serde_json::json;

use crate::model_builds::{For, key, nowhere, plan, purpose, with_model};
use crate::model_server::{
    Act, ModelServer, chunk, error, event, gzip, head, json_answer, says, stream_head, streams,
};
use crate::sandbox::Sandbox;

const SPEC: &str = "A bookshop. Each book has a title and a price.";

#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_flat_against_giant_answers() {
    let mega = vec![b'x'; 1 << 20];
    let peak = async |script: Vec<Act>, code: i32| {
        let (key, sandbox) = (key(), Sandbox::new());
        let server = ModelServer::start(&key, vec![script]).await;
        let run = with_model(&sandbox, "plan --format json --no-cache", &server.url, &key);
        tokio::task::block_in_place(|| run.arg(SPEC).peak_memory(code))
    };
    let usual = peak(says(&plan("Book").to_string()), 0).await;
    for (name, script) in [
        ("one line", vec![stream_head(), Act::Send(b"data: ".to_vec()), Act::Repeat(mega.clone(), 200)]),
        ("events", vec![stream_head(), Act::Repeat(event(&"x".repeat(1 << 20), None).into_bytes(), 200)]),
        ("comments", vec![stream_head(), Act::Send(b":".to_vec()), Act::Repeat(mega.clone(), 200)]),
        ("an error", vec![head(400, "text/plain", ""), Act::Repeat(mega.clone(), 200)]),
        (
            "compressed",
            vec![
                head(200, "text/event-stream", "Content-Encoding: gzip\r\n"),
                Act::Send(gzip(&vec![b'x'; 200 << 20])),
            ],
        ),
    ] {
        let found = peak(script, 4).await;
        // The largest text that is held is 16 MB, and is held a few times on its way through.
        assert!(found < usual + (80 << 10), "{name}: {found} KB instead of {usual} KB");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_echoed_is_seen_nowhere() {
    let reason = json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]);
    for at in [For::Plan, For::Backend] {
        for (code, status, details) in [
            (400, "INVALID_ARGUMENT", reason.clone()),
            (403, "PERMISSION_DENIED", json!([])),
            (500, "INTERNAL", json!([])),
        ] {
            let (key, sandbox) = (key(), Sandbox::new());
            let (echo, details) = (format!("{key} is no key, says x-goog-api-key: {key}"), details.clone());
            let answer = plan("Book").to_string().replace("Sells books", &echo);
            let server = ModelServer::start_with(&key, move |asked| {
                if purpose(asked) == at {
                    let more = format!("X-Echo: {echo}\r\n");
                    let body = error(code, status, &echo, &details).to_string();
                    return vec![head(code, "application/json", &more), Act::Send(body.into_bytes())];
                }
                says(&answer)
            })
            .await;
            let line = "build --output-format stream-json -vvv --record traffic --out app --max-retries 0";
            let outcome = with_model(&sandbox, line, &server.url, &key)
                .env("METAGEN_LOG", "trace")
                .env("RUST_LOG", "trace")
                .env("RUST_BACKTRACE", "full")
                .arg(SPEC)
                .exits(4);
            assert!(!outcome.stdout.contains(&key) && !outcome.stderr.contains(&key));
            assert!(outcome.stderr.contains("[redacted]"), "{}", outcome.stderr);
            for line in
                ["status app --output-format json", "resume app -vvv", "config show --origin", "doctor"]
            {
                let outcome =
                    with_model(&sandbox, line, &server.url, &key).env("RUST_LOG", "trace").exits_any();
                assert!(!outcome.stdout.contains(&key) && !outcome.stderr.contains(&key), "{line}");
            }
            nowhere(sandbox.work().parent().unwrap(), &key);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_stands_in_an_answer_is_logged_nowhere() {
    let (key, sandbox) = (key(), Sandbox::new());
    let echo = key.clone();
    let server = ModelServer::start_with(&key, move |_| {
        let mut last = chunk(&plan("Book").to_string(), Some("STOP"));
        last["modelVersion"] = json!(format!("gemini-{echo}"));
        last["responseId"] = json!(echo);
        last["candidates"][0]["finishMessage"] = json!(echo);
        vec![stream_head(), Act::Send(format!("data: {last}\n\n").into_bytes())]
    })
    .await;
    let outcome = with_model(&sandbox, "plan -vvv --record traffic", &server.url, &key)
        .env("METAGEN_LOG", "trace")
        .arg(SPEC)
        .exits(0);
    assert!(outcome.stderr.contains("gemini-[redacted]"), "{}", outcome.stderr);
    assert!(!outcome.stdout.contains(&key) && !outcome.stderr.contains(&key));
    nowhere(sandbox.work().parent().unwrap(), &key);
}

#[tokio::test(flavor = "multi_thread")]
async fn proxies_are_used_as_the_environment_says() {
    let (key, sandbox) = (key(), Sandbox::new());
    let proxy = ModelServer::start(&key, vec![says(&plan("Book").to_string())]).await;
    let through =
        |line: &str| with_model(&sandbox, line, "http://gemini.invalid", &key).env("HTTP_PROXY", &proxy.url);
    for name in ["HTTP_PROXY", "http_proxy"] {
        let run =
            with_model(&sandbox, "plan --no-cache", "http://gemini.invalid", &key).env(name, &proxy.url);
        run.arg(SPEC).exits(0).stderr_has("travels unencrypted");
    }
    assert!(proxy.asked().iter().all(|asked| asked.path.starts_with("http://gemini.invalid/v1/models/")));
    assert_eq!(proxy.asked().len(), 2);
    through("plan --no-cache")
        .env("NO_PROXY", "gemini.invalid")
        .arg(SPEC)
        .exits(4)
        .stderr_has("cannot reach");
    assert_eq!(proxy.asked().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_answers_for_another_is_said_and_priced() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, |asked| {
        let text = match purpose(asked) {
            For::Plan => plan("Book").to_string(),
            _ => "No additions.".to_owned(),
        };
        let mut answer = chunk(&text, Some("STOP"));
        answer["modelVersion"] = json!("gemini-4-argon");
        answer["usageMetadata"] = json!({"promptTokenCount": 1_000_000, "candidatesTokenCount": 0});
        streams(&format!("data: {answer}\n\n"))
    })
    .await;
    let line = "build --output-format json";
    let outcome = with_model(&sandbox, line, &server.url, &key).arg(SPEC).exits(0);
    assert!(
        outcome.stderr.contains("gemini-3.8-flash was asked and gemini-4-argon answered"),
        "{}",
        outcome.stderr
    );
    let report = outcome.json();
    assert!(report["warnings"].to_string().contains("gemini-4-argon"));
    let cost = |value: &serde_json::Value| value.as_str().unwrap().parse::<f64>().unwrap();
    // Two or four dollars a million, depending on the day, and not less than one.
    assert!(cost(&report["plan"]["cost_usd"]) >= 2.0 && cost(&report["cost_usd"]) >= 6.0, "{report}");
    let status = sandbox.metagen("status bookshop --output-format json").exits(0).json();
    assert_eq!(status["cost_usd"], report["cost_usd"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_googles_clients_are_heeded() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start(&key, vec![says(&plan("Book").to_string())]).await;
    let run = |line: &str| with_model(&sandbox, line, &server.url, &key).arg(SPEC);
    // The key of GEMINI_API_KEY is right, so that the other one being used shows.
    run("plan --no-cache").env("GOOGLE_API_KEY", "AQ.other").exits(4).stderr_has("using GOOGLE_API_KEY");
    run("plan --no-cache").env("GOOGLE_API_KEY", "").exits(0);
    run("plan --no-cache")
        .env("GOOGLE_GENAI_USE_VERTEXAI", "true")
        .exits(2)
        .stderr_has("GOOGLE_GENAI_USE_VERTEXAI");
    run("plan --no-cache").env("GOOGLE_GENAI_API_VERSION", "beta").exits(0);
    assert!(server.asked().last().unwrap().path.starts_with("/v1beta/"));
    run("plan --no-cache --api-version v1alpha").env("GOOGLE_GENAI_API_VERSION", "v1").exits(0);
    assert!(server.asked().last().unwrap().path.starts_with("/v1alpha/"));
    for model in ["../x", "a?key=1", "a&b"] {
        let asked = server.asked().len();
        run("plan --no-cache --model").arg(model).exits_any();
        assert_eq!(server.asked().len(), asked, "{model}");
    }
    let sandbox = sandbox.with("key", &format!("\u{feff}{key}\r\n"));
    let line = format!("plan --no-cache --api-key-file key --base-url {}", server.url);
    sandbox.metagen(&line).arg(SPEC).exits(0);
    let refused = vec![json_answer(200, &chunk("x", Some("SAFETY")))];
    let server = ModelServer::start(&key, vec![refused]).await;
    let blocked = with_model(&sandbox, "plan --no-cache", &server.url, &key).arg(SPEC).exits(4);
    assert!(
        blocked.stderr.contains("SAFETY") && blocked.stderr.contains("hint: reword"),
        "{}",
        blocked.stderr
    );
}
