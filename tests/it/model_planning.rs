//! Planning that is broken off without a word, and what later commands know of it.

use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::model_builds::{For, build, good, key, plan, purpose, read, refuses, with_model};
use crate::model_server::{Act, ModelServer, says, stream_head};
use crate::sandbox::Sandbox;

/// A server that says nothing to whoever asks for a plan, until it is told to.
async fn silent(key: &str) -> (ModelServer, Arc<AtomicBool>) {
    let speaks = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&speaks);
    let server = ModelServer::start_with(key, move |asked| {
        if purpose(asked) == For::Plan && !told.load(Ordering::SeqCst) {
            return vec![stream_head(), Act::Stall];
        }
        good(asked)
    })
    .await;
    (server, speaks)
}

/// Waits until so many requests have come.
async fn asked(server: &ModelServer, count: usize) {
    while server.asked().len() < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_that_is_killed_goes_on() {
    for (out, dir) in [("", "bookshop"), ("--out mine", "mine")] {
        let (key, sandbox) = (key(), Sandbox::new());
        let (server, speaks) = silent(&key).await;
        let line = format!("{out} --model gemini-4-argon");
        let mut child = build(&sandbox, &line, &server, &key).start();
        asked(&server, 1).await;
        let status = format!("status {dir} --output-format json");
        let found = sandbox.metagen(&status).exits(0).json();
        assert_eq!((&found["running"], &found["planned"]), (&json!(true), &json!(false)));
        assert_eq!(found["writer"]["pid"], child.id());
        // Nobody pays for the same plan beside it.
        let locked = format!("locked by process {}", child.id());
        with_model(&sandbox, &format!("resume {dir}"), &server.url, &key).exits(5).stderr_has(&locked);
        if !out.is_empty() {
            build(&sandbox, out, &server, &key).exits(5).stderr_has(&locked);
        }
        assert_eq!(server.asked().len(), 1);
        child.kill().unwrap();
        child.wait().unwrap();

        let found = sandbox.metagen(&status).exits(0).json();
        assert_eq!((&found["running"], &found["outcome"]), (&json!(false), &json!(null)));
        assert_eq!((&found["provider"], &found["model"]), (&json!("gemini"), &json!("gemini-4-argon")));
        sandbox.metagen(&format!("status {dir}")).exits(0).stdout_has(&format!("metagen resume {dir}\n"));
        speaks.store(true, Ordering::SeqCst);
        let line = format!("resume {dir} --output-format json");
        let report = with_model(&sandbox, &line, &server.url, &key).exits(0).json();
        assert_eq!((&report["directory"], &report["plan"]["source"]), (&json!(dir), &json!("gemini")));
        // As the run was told to.
        assert!(server.asked().iter().all(|asked| asked.path.contains("gemini-4-argon")));
        assert_eq!(server.asked().len(), 4);
        let found = sandbox.metagen(&status).exits(0).json();
        assert_eq!(
            (&found["run"], &found["plan"], &found["outcome"]),
            (&json!(1), &json!(1), &json!("done"))
        );
        assert!(!sandbox.work().join(dir).join(".metagen/planning.json").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_that_is_stopped_at_once_goes_on() {
    let (key, sandbox) = (key(), Sandbox::new());
    let (server, speaks) = silent(&key).await;
    let mut child = build(&sandbox, "--out app", &server, &key).start();
    asked(&server, 1).await;
    // The second one may come before the first is dealt with, or after.
    signal(&child, "-INT");
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    speaks.store(true, Ordering::SeqCst);
    with_model(&sandbox, "resume app", &server.url, &key).exits(0);
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_killed_gives_way_to_what_was_begun_since() {
    let (key, sandbox) = (key(), Sandbox::new());
    let (server, _) = silent(&key).await;
    let mut child = build(&sandbox, "--out app", &server, &key).start();
    asked(&server, 1).await;
    child.kill().unwrap();
    child.wait().unwrap();
    sandbox.metagen("build --provider mock --out app").arg("A wiki with pages").exits(0);
    let status = sandbox.metagen("status app --output-format json").exits(0).json();
    assert_eq!((&status["provider"], &status["outcome"]), (&json!("mock"), &json!("done")));
    sandbox.metagen("resume app").exits(0).stderr_has("by an earlier run");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_leaves_nothing_where_nothing_can_go_on() {
    // A plan that is refused, and an app that the model calls otherwise than the offline reader.
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, |_| says("I would rather not.")).await;
    build(&sandbox, "--no-fallback", &server, &key).exits(3);
    assert_eq!(std::fs::read_dir(sandbox.work()).unwrap().count(), 0);
    let server = ModelServer::start_with(&key, |asked| match purpose(asked) {
        For::Plan => says(&plan("Book").to_string().replace("bookshop", "store")),
        _ => good(asked),
    })
    .await;
    build(&sandbox, "--no-cache", &server, &key).exits(0);
    assert!(sandbox.work().join("store").exists() && !sandbox.work().join("bookshop").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_cannot_be_had_costs_nothing() {
    let (key, sandbox) = (key(), Sandbox::new().with("taken", "a file"));
    let server = ModelServer::start_with(&key, good).await;
    build(&sandbox, "--out taken", &server, &key).exits(5).stderr_has("--out");
    assert!(server.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diff_of_the_last_run_asks_whom_the_run_asked() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, good).await;
    build(&sandbox, "--out app --model gemini-4-argon --thinking low", &server, &key).exits(0);
    let line = "diff --out app --output-format json";
    let report = with_model(&sandbox, line, &server.url, &key).exits(0).json();
    assert_eq!((&report["provider"], &report["model"]), (&json!("gemini"), &json!("gemini-4-argon")));
    assert_eq!((&report["complete"], &report["changes"]), (&json!(true), &json!(0)));
    assert_eq!((&report["would_ask"], &report["would_run"]), (&json!([]), &json!([])));
    // What is said now counts for more.
    let line = format!("{line} --model gemini-3.8-flash");
    let report = with_model(&sandbox, &line, &server.url, &key).exits(0).json();
    assert_eq!(report["would_ask"], json!(["backend", "frontend"]));
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cache_asks_everything_anew_and_resuming_nothing_that_is_done() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, good).await;
    build(&sandbox, "", &server, &key).exits(0);
    let first = read(&sandbox, "bookshop/backend/src/extensions/price-rule.ts");
    build(&sandbox, "", &server, &key).exits(0);
    assert_eq!(server.asked().len(), 3);
    let report = build(&sandbox, "--no-cache", &server, &key).exits(0).json();
    assert_eq!((server.asked().len(), &report["files_written"]), (6, &json!(0)));
    assert_eq!(read(&sandbox, "bookshop/backend/src/extensions/price-rule.ts"), first);
    with_model(&sandbox, "resume bookshop --no-cache", &server.url, &key).exits(0);
    assert_eq!(server.asked().len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_planning_that_stops_keeps_what_was_done_before() {
    let (key, sandbox) = (key(), Sandbox::new());
    let server = ModelServer::start_with(&key, good).await;
    build(&sandbox, "--out app", &server, &key).exits(0);
    let broken = ModelServer::start(&key, vec![refuses(402, "RESOURCE_EXHAUSTED", "Gone.")]).await;
    build(&sandbox, "--out app --no-cache", &broken, &key).exits(4);
    // The plan that comes of it is the old one, so that no task has anything to do.
    with_model(&sandbox, "resume app --no-cache", &server.url, &key).exits(0);
    let asked: Vec<For> = server.asked().iter().map(purpose).collect();
    assert_eq!(asked, [For::Plan, For::Backend, For::Frontend, For::Plan]);
}
