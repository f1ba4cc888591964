//! Boots an app on a free port with a database of its own, and asks it three questions.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{npm, start};
use crate::base::fs::FsError;
use crate::commands::error::CommandError;
use crate::commands::session::Session;

/// How long an app may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts the app, probes it and stops it; a text where something is wrong.
pub(super) async fn boot(session: &Session, dir: &Path, log: &Path) -> Result<Option<String>, CommandError> {
    let disk = |verb, source| FsError::new(verb, &std::env::temp_dir(), source);
    let data = tempfile::tempdir().map_err(|source| disk("create a folder in", source))?;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|source| disk("find a free port for", source))?
        .port();
    let mut command = npm(session, dir, &["start"], log)?;
    command
        .env("PORT", port.to_string())
        .env("DATABASE_URL", format!("file:{}", data.path().join("verify.db").display()))
        .env("JWT_SECRET", secret())
        .env("NODE_ENV", "production");
    let mut group = start(command, "npm")?;
    let stop = session.interrupt.token();
    let url = format!("http://127.0.0.1:{port}");
    let verdict = tokio::select! {
        verdict = questions(&url, || {
            group.is_over()
        }) => verdict,
        () = tokio::time::sleep(PATIENCE) => Some(format!("did not answer within {} s", PATIENCE.as_secs())),
        () = stop.cancelled() => Some("stopped".to_owned()),
    };
    let asked = group.stop().await;
    Ok(verdict.or_else(|| (!asked).then(|| "did not end when it was asked to (SIGTERM)".to_owned())))
}

/// Enough for one run of a server that nobody else reaches.
fn secret() -> String {
    std::array::from_fn::<String, 4, _>(|_| format!("{:016x}", rand::random::<u64>())).concat()
}

async fn questions(url: &str, mut gone: impl FnMut() -> bool) -> Option<String> {
    let client = match reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build() {
        Ok(client) => client,
        Err(error) => return Some(format!("cannot make an HTTP client: {error}")),
    };
    let health = format!("{url}/api/health");
    let answer = loop {
        if let Ok(answer) = client.get(&health).send().await {
            break answer;
        }
        if gone() {
            return Some("ended before it answered".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let status = answer.status();
    let healthy = answer.json::<Value>().await.is_ok_and(|body| body.get("status") == Some(&"ok".into()));
    if !status.is_success() || !healthy {
        return Some(format!("GET /api/health answered {status}, or not with status ok"));
    }
    let document = match client.get(format!("{url}/api/openapi.json")).send().await {
        Ok(answer) => answer.json::<Value>().await.ok(),
        Err(_) => None,
    };
    let version = document.as_ref().and_then(|document| document.get("openapi")).and_then(Value::as_str);
    if !version.is_some_and(|version| version.starts_with("3.1")) {
        return Some("GET /api/openapi.json is no OpenAPI 3.1 document".to_owned());
    }
    let page = match client.get(format!("{url}/")).send().await {
        Ok(answer) if answer.status().is_success() => answer.text().await.unwrap_or_default(),
        Ok(answer) => return Some(format!("GET / answered {}", answer.status())),
        Err(error) => return Some(format!("GET / failed: {error}")),
    };
    (!page.contains("<div id=\"root\"")).then(|| "GET / is not the front end's page".to_owned())
}
