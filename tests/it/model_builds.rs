//! Whole builds with a model, through a Gemini server on localhost.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::model_server::{Act, Asked, ModelServer, error, event, json_answer, says, stream_head};
use crate::sandbox::{Run, Sandbox};

pub(crate) const SPEC: &str = "A bookshop. Each book has a title and a price.";

/// A key that no build holds by chance.
pub(crate) fn key() -> String {
    format!("AQ.{:032x}", rand::random::<u128>())
}

/// A plan as a good model makes it.
pub(crate) fn plan(entity: &str) -> Value {
    json!({
        "reasoning": "One kind of thing is kept.",
        "blueprint": {
            "app": { "name": "Bookshop", "slug": "bookshop", "description": "Sells books." },
            "entities": [{ "name": entity, "plural": "Books", "access": "shared", "fields": [
                { "name": "title", "type": "string", "required": true },
                { "name": "price", "type": "decimal", "min": 0 },
            ] }],
        },
        "coverage": [{ "text": SPEC, "covered_by": [entity] }],
    })
}

pub(crate) const RULE: &str = "=== file: backend/src/extensions/price-rule.ts
import type { Extension } from './types.js';

export default {
  name: 'price-rule',
  entities: { Book: { beforeCreate: (input) => input } },
} satisfies Extension;
=== end
";

const WHEEL: &str = "=== file: frontend/src/extensions/wheel.tsx
import type { Extension } from './types.ts';

function Wheel() {
  return <p>Spin</p>;
}

export const extension: Extension = {
  pages: [{ path: 'wheel', title: 'Wheel', navLabel: 'Wheel', component: Wheel }],
};
=== end
";

/// What a request is for, by who the model is told to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum For {
    Plan,
    Backend,
    Frontend,
}

pub(crate) fn purpose(asked: &Asked) -> For {
    let system = asked.body.pointer("/systemInstruction/parts/0/text").and_then(Value::as_str).unwrap();
    if system.starts_with("You plan") {
        For::Plan
    } else if system.starts_with("You extend the API") {
        For::Backend
    } else {
        For::Frontend
    }
}

/// Everything that a request asks, as one text.
fn question(asked: &Asked) -> String {
    asked.body["contents"].to_string()
}

pub(crate) fn good(asked: &Asked) -> Vec<Act> {
    match purpose(asked) {
        For::Plan => says(&plan("Book").to_string()),
        For::Backend => says(RULE),
        For::Frontend => says(WHEEL),
    }
}

/// A run with this key against this server.
pub(crate) fn with_model<'a>(sandbox: &'a Sandbox, line: &str, url: &str, key: &str) -> Run<'a> {
    sandbox.metagen(line).env("GEMINI_API_KEY", key).env("GOOGLE_GEMINI_BASE_URL", url)
}

/// A build of the usual spec as JSON.
pub(crate) fn build<'a>(sandbox: &'a Sandbox, more: &str, server: &ModelServer, key: &str) -> Run<'a> {
    with_model(sandbox, &format!("build --output-format json {more}"), &server.url, key).arg(SPEC)
}

pub(crate) fn refuses(code: u16, status: &str, message: &str) -> Vec<Act> {
    vec![json_answer(code, &error(code, status, message, &json!([])))]
}

/// Holds that no file below a folder holds a text.
#[track_caller]
pub(crate) fn nowhere(dir: &Path, text: &str) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            nowhere(&path, text);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{}", path.display());
        }
    }
}

pub(crate) fn read(sandbox: &Sandbox, path: &str) -> String {
    std::fs::read_to_string(sandbox.work().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_plans_and_extends_and_is_paid_once() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, good).await;
    let first = build(&sandbox, "-vvv --record traffic", &server, &key).env("METAGEN_LOG", "trace").exits(0);
    let report = first.json();
    assert_eq!(report["plan"]["source"], "gemini");
    assert_eq!(report["warnings"], json!([]));
    assert_eq!((&report["usage"]["calls"], &report["usage"]["input_tokens"]), (&json!(3), &json!(33)));
    assert_ne!(report["cost_usd"], "0");
    let task =
        |id: &str| report["tasks"].as_array().unwrap().iter().find(|task| task["id"] == id).unwrap().clone();
    assert_eq!(task("backend")["usage"]["calls"], 1);
    assert_eq!(task("docs")["cost_usd"], "0");
    assert!(read(&sandbox, "bookshop/backend/src/extensions/index.ts").contains("./price-rule.js"));
    assert!(read(&sandbox, "bookshop/frontend/src/extensions/index.ts").contains("./wheel.tsx"));
    assert!(read(&sandbox, "bookshop/backend/src/extensions/price-rule.ts").contains("satisfies Extension"));
    assert!(!format!("{}{}", first.stdout, first.stderr).contains(&key));
    nowhere(sandbox.work().parent().unwrap(), &key);

    let status =
        with_model(&sandbox, "status bookshop --output-format json", &server.url, &key).exits(0).json();
    assert_eq!((&status["usage"]["calls"], &status["cost_usd"]), (&json!(3), &report["cost_usd"]));

    // The same again, here and elsewhere, asks nothing.
    for more in ["", "--out other"] {
        let report = build(&sandbox, more, &server, &key).exits(0).json();
        assert_eq!(report["usage"]["calls"], 0);
        assert_eq!(report["cost_usd"], "0");
    }
    assert_eq!(server.asked().len(), 3);
    sandbox.metagen("cache show").exits(0).stdout_has("3 answers");

    // What was recorded gives the same app without a server.
    sandbox.metagen("build --provider replay --replay traffic --out replayed").arg(SPEC).exits(0);
    for file in [
        "backend/src/extensions/price-rule.ts",
        "frontend/src/extensions/index.ts",
        "README.md",
        "package.json",
    ] {
        assert_eq!(read(&sandbox, &format!("bookshop/{file}")), read(&sandbox, &format!("replayed/{file}")));
    }

    sandbox.metagen("cache clear").exits(0).stdout_has("3 answers");
    build(&sandbox, "--out anew", &server, &key).exits(0);
    build(&sandbox, "--out newer --no-cache", &server, &key).exits(0);
    assert_eq!(server.asked().len(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unusable_plan_is_sent_back_and_then_replaced() {
    for (bad, fallback) in [(1, false), (2, false), (9, true)] {
        let (key, sandbox, count) = (key(), Sandbox::new(), AtomicUsize::new(0));
        let server = ModelServer::start_with(&key, move |asked| match purpose(asked) {
            For::Plan => {
                let number = count.fetch_add(1, Ordering::SeqCst);
                assert_eq!(question(asked).contains("was refused"), number > 0);
                if number < bad {
                    says(&plan(&format!("{number}!")).to_string().replace("decimal", "blob"))
                } else {
                    good(asked)
                }
            }
            _ => says("No additions."),
        })
        .await;
        if fallback {
            let outcome = build(&sandbox, "--no-fallback --no-cache", &server, &key).exits(3);
            outcome.stderr_has("error: the model's plan was rejected\n").stderr_has("--no-fallback");
        } else {
            let report = build(&sandbox, "", &server, &key).exits(0).json();
            assert_eq!(report["plan"]["fallback"], false);
            assert_eq!(report["plan"]["usage"]["calls"], bad + 1);
        }
    }
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start(&key, vec![says("I would rather not.")]).await;
    let report = build(&sandbox, "", &server, &key).exits(0).json();
    assert_eq!((&report["plan"]["fallback"], &report["plan"]["source"]), (&json!(true), &json!("static")));
    assert!(report["warnings"][0].as_str().unwrap().contains("the static one stands in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_additions_are_sent_back_once_and_dropped() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, |asked| match purpose(asked) {
        For::Backend if question(asked).contains("was refused") => says(
            "=== file: backend/src/extensions/b.ts\nimport x from 'left-pad';\nexport default x;\n=== end\n\
             === file: backend/src/extensions/c.ts\nimport rule from './price-rule.js';\n\
             export default { ...rule, name: 'c' };\n=== end",
        ),
        For::Backend => says(&format!("{RULE}=== file: backend/src/app.ts\nexport default 1;\n=== end")),
        _ => good(asked),
    })
    .await;
    let report = build(&sandbox, "", &server, &key).exits(0).json();
    let warnings = report["warnings"].to_string();
    assert!(warnings.contains("left-pad"), "{warnings}");
    assert!(read(&sandbox, "bookshop/backend/src/extensions/index.ts").contains("./price-rule.js"));
    assert!(!sandbox.work().join("bookshop/backend/src/extensions/b.ts").exists());
    // What a correction imports of the first answer is still there.
    assert!(read(&sandbox, "bookshop/backend/src/extensions/index.ts").contains("./c.js"));
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tasks_of_one_agent_add_stands_together() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, |asked| match purpose(asked) {
        For::Plan => {
            let mut plan = plan("Book");
            let task = |id: &str| json!({"id": id, "name": id, "agent": "backend", "description": format!("the {id}")});
            plan["tasks"] = json!([task("prices"), task("draws")]);
            says(&plan.to_string())
        }
        For::Backend if question(asked).contains("the draws") => {
            let taken = RULE.replace("'price-rule'", "'another'");
            says(&format!("{}{taken}", RULE.replace("price-rule", "draw")))
        }
        _ => good(asked),
    })
    .await;
    for line in ["--max-parallel 1", "--max-parallel 8", "--max-parallel 8"] {
        let report = build(&sandbox, line, &server, &key).exits(0).json();
        let index = read(&sandbox, "bookshop/backend/src/extensions/index.ts");
        assert!(index.contains("./price-rule.js") && index.contains("./draw.js"), "{index}");
        assert!(
            read(&sandbox, "bookshop/backend/src/extensions/price-rule.ts").contains("name: 'price-rule'")
        );
        assert!(
            report["warnings"].to_string().contains("task prices added it already"),
            "{}",
            report["warnings"]
        );
    }
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn tasks_may_come_in_any_order() {
    let task = |id: &str, agent: &str, after: &[&str]| json!({"id": id, "agent": agent, "depends_on": after});
    let mut document = plan("Book");
    document["tasks"] = json!([
        task("t", "testing", &[]),
        task("f", "frontend", &["t"]),
        task("b", "backend", &["f"]),
        task("b2", "backend", &["t"]),
        task("s", "scaffold", &["b", "b2"]),
    ]);
    let sandbox =
        Sandbox::new().with("odd.json", &document.to_string()).with("usual.json", &plan("Book").to_string());
    for name in ["odd", "usual"] {
        sandbox.metagen(&format!("build --provider mock --blueprint {name}.json --out {name}")).exits(0);
    }
    for file in ["backend/src/app.ts", "frontend/src/App.tsx", "package.json", "backend/tests/http.test.ts"] {
        assert_eq!(read(&sandbox, &format!("odd/{file}")), read(&sandbox, &format!("usual/{file}")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_asked_for_with_the_routes_that_were_added() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, good).await;
    build(&sandbox, "", &server, &key).exits(0);
    let asked = server.asked();
    let question = question(asked.iter().find(|asked| purpose(asked) == For::Frontend).unwrap());
    assert!(question.contains("--- begin added") && question.contains("name: 'price-rule'"), "{question}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_answer_is_continued() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, |asked| match purpose(asked) {
        For::Backend if question(asked).contains("cut off at the bound") => {
            assert!(question(asked).contains("backend/src/extensions/price-rule.ts"));
            says(&RULE.replace("price-rule", "second"))
        }
        For::Backend => {
            let text = format!("{RULE}=== file: backend/src/extensions/second.ts\nexport default {{");
            vec![stream_head(), Act::Send(event(&text, Some("MAX_TOKENS")).into_bytes())]
        }
        _ => good(asked),
    })
    .await;
    let report = build(&sandbox, "", &server, &key).exits(0).json();
    assert_eq!(report["warnings"], json!([]));
    let index = read(&sandbox, "bookshop/backend/src/extensions/index.ts");
    assert!(index.contains("./price-rule.js") && index.contains("./second.js"), "{index}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_stays_cut_is_told_of() {
    // Thinking used its bound up before a word was said.
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, |asked| match purpose(asked) {
        For::Backend => vec![stream_head(), Act::Send(event("", Some("MAX_TOKENS")).into_bytes())],
        _ => good(asked),
    })
    .await;
    let report = build(&sandbox, "", &server, &key).exits(0).json();
    let warnings = report["warnings"].as_array().unwrap();
    assert!(warnings.len() == 1 && warnings[0].as_str().unwrap().contains("was cut off"), "{warnings:?}");
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_service_are_overcome() {
    let (key, sandbox, count) = (key(), Sandbox::new(), AtomicUsize::new(0));
    let server = ModelServer::start_with(&key, move |asked| match count.fetch_add(1, Ordering::SeqCst) {
        0 => refuses(503, "UNAVAILABLE", "The model is overloaded."),
        1 => refuses(429, "RESOURCE_EXHAUSTED", "Please retry in 0.1s."),
        2 => vec![stream_head(), Act::Send(event("half", None).into_bytes())],
        3 => vec![stream_head(), Act::Send(event("half", None).into_bytes()), Act::Reset],
        _ => good(asked),
    })
    .await;
    build(&sandbox, "", &server, &key).exits(0);
    assert_eq!(server.asked().len(), 7);

    // A server that stalls is given up, in the plan and in a task, and what was paid for is kept.
    for stalls in [For::Plan, For::Backend] {
        let (key, sandbox) = (self::key(), Sandbox::new());
        let server = ModelServer::start_with(&key, move |asked| {
            if purpose(asked) == stalls { vec![stream_head(), Act::Stall] } else { good(asked) }
        })
        .await;
        let document = build(&sandbox, "--idle-timeout 0.05 --max-retries 0", &server, &key).exits(4).json();
        assert_eq!(document["exit_code"], 4);
        let server = ModelServer::start_with(&key, good).await;
        let report = build(&sandbox, "", &server, &key).exits(0).json();
        assert_eq!(report["status"], "done");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_retry_mends_ends_at_once() {
    for (code, status, message, words) in [
        (403, "PERMISSION_DENIED", "Your API key was reported as leaked.", "key"),
        (402, "RESOURCE_EXHAUSTED", "Credits are depleted.", "credit"),
        (429, "RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0", "quota"),
    ] {
        let (key, sandbox) = (key(), Sandbox::new());
        let server = ModelServer::start(&key, vec![refuses(code, status, message)]).await;
        let outcome = build(&sandbox, "", &server, &key).exits(4);
        assert!(
            outcome.stderr.to_lowercase().contains(words) && outcome.stderr.contains("hint: "),
            "{}",
            outcome.stderr
        );
        assert_eq!(server.asked().len(), 1);
    }
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, good).await;
    build(&sandbox, "", &server, "AQ.another").exits(4).stderr_has("hint: ");
    build(&sandbox, "--model gemini-3.8-flsh", &server, &key).exits(4).stderr_has("gemini-3.8-flash");
    sandbox.metagen("build --provider gemini").arg(SPEC).exits(4).stderr_has("GEMINI_API_KEY");
    sandbox.metagen("build").arg(SPEC).exits(0).stderr_has("using the offline mock");
    build(&sandbox, "--thinking loud", &server, &key)
        .exits(2)
        .stderr_has("thinking (flag --thinking): expected minimal");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_stops_the_run_and_resume_goes_on() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, good).await;
    build(&sandbox, "--max-tokens-total 10", &server, &key).exits(6).stderr_has("--max-tokens-total");
    assert_eq!(server.asked().len(), 0);

    // The plan is in the store by now, so that the budget is all for the tasks, and too small for them.
    with_model(&sandbox, "plan --format json", &server.url, &key).arg(SPEC).exits(0);
    let report = build(&sandbox, "--max-tokens-total 300", &server, &key).exits(6).json();
    assert_eq!(
        (&report["status"], &report["next"]),
        (&json!("interrupted"), &json!(["metagen resume bookshop"]))
    );
    assert!(report["hint"].as_str().unwrap().contains("--max-tokens-total"));
    let line = "resume bookshop --output-format json";
    let report = with_model(&sandbox, line, &server.url, &key).exits(0).json();
    assert_eq!(report["status"], "done");
    assert_eq!(server.asked().len(), 3);
    assert!(read(&sandbox, "bookshop/backend/src/extensions/index.ts").contains("./price-rule.js"));
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_that_stops_goes_on() {
    let out_of_credit = || refuses(402, "RESOURCE_EXHAUSTED", "Credits are depleted.");
    // By resuming what the message names, or by building again; a directory of one's own or that of the app's name.
    for (out, dir, again) in [
        ("", "bookshop", "resume bookshop"),
        ("--out mine", "mine", "resume mine"),
        ("", "bookshop", "build"),
    ] {
        let (key, sandbox) = (key(), Sandbox::new());
        let server = ModelServer::start(&key, vec![out_of_credit()]).await;
        let stopped = build(&sandbox, out, &server, &key).exits(4);
        assert!(stopped.stderr.contains(&format!("next: metagen resume {dir}\n")), "{}", stopped.stderr);
        assert_eq!(stopped.json()["next"], json!([format!("metagen resume {dir}")]));
        let status = sandbox.metagen(&format!("status {dir} --output-format json")).exits(0).json();
        assert_eq!((&status["outcome"], &status["planned"]), (&json!("provider"), &json!(false)));
        // Once more in vain changes nothing about that.
        let line = format!("resume {dir} --output-format json");
        with_model(&sandbox, &line, &server.url, &key).exits(4).stderr_has("next: metagen resume");

        let server = ModelServer::start_with(&key, |asked| {
            let mut answer = good(asked);
            // The model calls the app otherwise than the offline reader.
            if purpose(asked) == For::Plan {
                answer = says(&plan("Book").to_string().replace("bookshop", "store"));
            }
            answer
        })
        .await;
        let line = format!("{again} --output-format json");
        let run = with_model(&sandbox, &line, &server.url, &key);
        let report = if again == "build" { run.arg(SPEC) } else { run }.exits(0).json();
        assert_eq!((&report["directory"], &report["status"]), (&json!(dir), &json!("done")));
        assert_eq!(report["app"]["slug"], "store");
        assert!(
            read(&sandbox, &format!("{dir}/backend/src/extensions/index.ts")).contains("./price-rule.js")
        );
        assert!(!sandbox.work().join("store").exists());
        let status = sandbox.metagen(&format!("status {dir} --output-format json")).exits(0).json();
        assert_eq!((&status["outcome"], &status["planned"]), (&json!("done"), &json!(true)));
        nowhere(&sandbox.work(), &key);
    }

    // A budget, and no key at all; a plan alone keeps nothing.
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, good).await;
    build(&sandbox, "--max-tokens-total 10", &server, &key)
        .exits(6)
        .stderr_has("next: metagen resume bookshop");
    with_model(&sandbox, "resume bookshop", &server.url, &key).exits(0);
    sandbox
        .metagen("build --provider gemini --out other")
        .arg(SPEC)
        .exits(4)
        .stderr_has("next: metagen resume other");
    with_model(&sandbox, "resume other", &server.url, &key).exits(0);
    with_model(&sandbox, "plan", "http://127.0.0.1:9", &key).arg("A wiki").env("NO_PROXY", "*").exits(4);
    assert!(!sandbox.work().join("wiki").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn resuming_asks_whom_the_run_asked() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, |asked| match purpose(asked) {
        For::Frontend => refuses(402, "RESOURCE_EXHAUSTED", "Credits are depleted."),
        _ => good(asked),
    })
    .await;
    build(&sandbox, "--model gemini-4-argon --max-parallel 1", &server, &key).exits(4);
    let done = server.asked().len();
    let server = ModelServer::start_with(&key, good).await;
    let line = "resume bookshop --output-format json --no-cache";
    let report = with_model(&sandbox, line, &server.url, &key).exits(0).json();
    assert_eq!(report["model"], "gemini-4-argon");
    // What was done is not asked again, although nothing is answered from the store.
    let asked = server.asked();
    assert!(
        asked.iter().all(|asked| asked.path.contains("gemini-4-argon") && purpose(asked) == For::Frontend)
    );
    assert_eq!(done + asked.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_sends_nothing_and_doctor_nothing_that_costs() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, good).await;
    let line = "plan --estimate --output-format json";
    let report = with_model(&sandbox, line, &server.url, &key).arg(SPEC).exits(0).json();
    assert_eq!((&report["total"]["calls_min"], &report["total"]["calls_max"]), (&json!(3), &json!(7)));
    assert_ne!(report["cost_usd_min"], "0");
    assert!(server.asked().is_empty());
    let unknown =
        with_model(&sandbox, &format!("{line} --model mine"), &server.url, &key).arg(SPEC).exits(0).json();
    assert_eq!(unknown["cost_usd_max"], "unknown");
    let mock = sandbox.metagen(line).arg(SPEC).exits(0).json();
    assert_eq!((&mock["total"]["calls_max"], &mock["cost_usd_max"]), (&json!(0), &json!("0")));

    let doctor = |line: &str, key: &str| {
        let document = with_model(&sandbox, line, &server.url, key).exits_any().json();
        document["checks"].as_array().unwrap().iter().find(|check| check["name"] == "model").unwrap().clone()
    };
    let line = "doctor --output-format json";
    assert_eq!(doctor(line, &key)["status"], "ok");
    assert!(doctor(line, "AQ.wrong")["mend"].as_str().unwrap().contains("key"));
    let unknown = doctor(&format!("{line} --model gemini-3.8-flsh"), &key);
    assert!(unknown["mend"].as_str().unwrap().contains("gemini-3.8-flash"));
    assert!(server.asked().iter().all(|asked| asked.method == "GET"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_may_stand_in_a_file() {
    let key = key();
    let sandbox = Sandbox::new()
        .with("secrets/key", &format!("{key}\n"))
        .with("metagen.toml", "api_key_file = 'secrets/key'\nno_stream = false\nrequest_timeout = 5\n");
    let slow = |asked: &Asked| {
        let mut acts = vec![Act::Sleep(Duration::from_millis(20))];
        acts.extend(good(asked));
        acts
    };
    let server = ModelServer::start_with(&key, slow).await;
    let line = format!("build --base-url {}", server.url);
    sandbox.metagen(&line).arg(SPEC).exits(0).stderr_has("using Gemini");
    nowhere(&sandbox.work().join("bookshop"), &key);
    assert_eq!(server.asked()[0].header("x-server-timeout"), Some("5"));
}
