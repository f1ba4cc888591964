//! A Gemini server on localhost that plays a script and enforces the documented rules of requests.
//!
//! HTTP/1.1 on a plain socket, one request a connection, so that every fault of a network can be played: answers in any
//! pieces, stalls, resets, truncation.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One thing that the server does with an answer.
#[derive(Clone)]
pub(crate) enum Act {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends these bytes so many times.
    Repeat(Vec<u8>, usize),
    /// Waits.
    Sleep(Duration),
    /// Says nothing more and keeps the connection.
    Stall,
    /// Breaks the connection off.
    Reset,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `POST`
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// Null where there was none.
    pub(crate) body: Value,
}

impl Asked {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does about a well-formed request.
type Answer = Arc<dyn Fn(&Asked) -> Vec<Act> + Send + Sync>;

/// One script after another; the last repeats.
fn play(scripts: Vec<Vec<Act>>) -> Answer {
    let scripts = Mutex::new(VecDeque::from(scripts));
    Arc::new(move |_| {
        let mut scripts = scripts.lock().expect("no holder panics");
        if scripts.len() > 1 { scripts.pop_front() } else { scripts.front().cloned() }
            .expect("the script has an answer")
    })
}

/// The server; it ends with the test.
pub(crate) struct ModelServer {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    sent: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl ModelServer {
    /// Starts a server that takes this key and answers each well-formed request with the next script; the last repeats.
    pub(crate) async fn start(key: &str, scripts: Vec<Vec<Act>>) -> Self {
        Self::listen(Some(key.to_owned()), play(scripts)).await
    }

    /// Starts a server that takes this key and answers each well-formed request by what it asks.
    pub(crate) async fn start_with(
        key: &str,
        answer: impl Fn(&Asked) -> Vec<Act> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Some(key.to_owned()), Arc::new(answer)).await
    }

    /// Starts a server that enforces nothing, for another protocol.
    pub(crate) async fn start_plain(scripts: Vec<Vec<Act>>) -> Self {
        Self::listen(None, play(scripts)).await
    }

    async fn listen(key: Option<String>, answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("localhost has a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let sent = Arc::new(AtomicUsize::new(0));
        let (seen, count) = (Arc::clone(&asked), Arc::clone(&sent));
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (seen, answer, key) = (Arc::clone(&seen), Arc::clone(&answer), key.clone());
                let count = Arc::clone(&count);
                tokio::spawn(async move { serve(socket, key.as_deref(), &seen, &count, &answer).await });
            }
        });
        Self { url, asked, sent, task }
    }

    /// What was asked so far, refused requests too.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no holder panics").clone()
    }

    /// How many bytes of repeated pieces clients have taken.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }
}

async fn serve(
    mut socket: TcpStream,
    key: Option<&str>,
    seen: &Mutex<Vec<Asked>>,
    sent: &AtomicUsize,
    answer: &Answer,
) {
    let Some(asked) = read_request(&mut socket).await else { return };
    seen.lock().expect("no holder panics").push(asked.clone());
    let script = if let Some(refusal) = key.and_then(|key| refusal(&asked, key)) {
        refusal
    } else if asked.method == "GET" {
        let names = ["gemini-3.8-flash", "gemini-3.6-flash", "gemini-4-argon"];
        let models: Vec<Value> = names.iter().map(|name| json!({"name": format!("models/{name}")})).collect();
        vec![json_answer(200, &json!({ "models": models }))]
    } else {
        answer(&asked)
    };
    for act in script {
        match act {
            Act::Send(bytes) => {
                if socket.write_all(&bytes).await.is_err() {
                    return;
                }
                // Pieces that are sent apart should arrive apart.
                let _ = socket.flush().await;
                tokio::task::yield_now().await;
            }
            Act::Repeat(bytes, times) => {
                for _ in 0..times {
                    if socket.write_all(&bytes).await.is_err() {
                        return;
                    }
                    sent.fetch_add(bytes.len(), Ordering::Relaxed);
                }
            }
            Act::Sleep(time) => tokio::time::sleep(time).await,
            Act::Stall => std::future::pending().await,
            Act::Reset => {
                // Closing with unread time left makes the kernel send a reset instead of a proper end.
                let _ = socket.set_zero_linger();
                return;
            }
        }
    }
    let _ = socket.shutdown().await;
}

async fn read_request(socket: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    while bytes.len() < end + 4 + length {
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = serde_json::from_slice(&bytes[end + 4..end + 4 + length]).unwrap_or(Value::Null);
    Some(Asked { method, path, headers, body })
}

/// What the service would refuse a request for.
fn refusal(asked: &Asked, key: &str) -> Option<Vec<Act>> {
    let refuse = |code: u16, status: &str, message: String| {
        Some(vec![json_answer(code, &json!({"error": {"code": code, "message": message, "status": status}}))])
    };
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    if asked.header("authorization").is_some() || query.contains("key=") {
        return refuse(400, "INVALID_ARGUMENT", "Multiple authentication credentials received.".to_owned());
    }
    match asked.header("x-goog-api-key") {
        None => {
            return refuse(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers".to_owned());
        }
        Some(sent) if sent != key => {
            let detail =
                json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]);
            let error = json!({"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT", "details": detail}});
            return Some(vec![json_answer(400, &error)]);
        }
        Some(_) => {}
    }
    if asked.method == "GET" {
        return (!path.ends_with("/models")).then(|| vec![page(404, "Not Found")]);
    }
    let Some((model, method)) = path.rsplit('/').next().and_then(|last| last.split_once(':')) else {
        return Some(vec![page(404, "Not Found")]);
    };
    match (method, query) {
        ("streamGenerateContent", "alt=sse") | ("generateContent", "") => {}
        _ => return Some(vec![page(404, "Not Found")]),
    }
    if !["gemini-3.8-flash", "gemini-4-argon"].contains(&model) {
        return refuse(404, "NOT_FOUND", format!("models/{model} is not found for API version v1"));
    }
    let unknown = |value: &Value, allowed: &[&str], place: &str| {
        let name = value.as_object()?.keys().find(|key| !allowed.contains(&key.as_str()))?;
        Some(format!(
            "Invalid JSON payload received. Unknown name \"{name}\" at '{place}': Cannot find field."
        ))
    };
    let body = &asked.body;
    let top =
        ["contents", "systemInstruction", "generationConfig", "safetySettings", "store", "continuationToken"];
    let config = ["maxOutputTokens", "responseMimeType", "responseJsonSchema", "thinkingConfig"];
    let fault = unknown(body, &top, "")
        .or_else(|| unknown(&body["generationConfig"], &config, "generation_config"))
        .or_else(|| (body["store"] != json!(false)).then(|| "store is not off".to_owned()))
        .or_else(|| {
            let parts = body.pointer("/contents/0/parts").and_then(Value::as_array);
            let full = parts.is_some_and(|parts| {
                !parts.is_empty()
                    && parts.iter().all(|part| part["text"].as_str().is_some_and(|text| !text.is_empty()))
            });
            (!full).then(|| "contents must not be empty".to_owned())
        });
    fault.and_then(|message| refuse(400, "INVALID_ARGUMENT", message))
}

/// The head of an answer that ends with its connection.
pub(crate) fn head(status: u16, content_type: &str, more: &str) -> Act {
    Act::Send(
        format!("HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\n{more}Connection: close\r\n\r\n")
            .into_bytes(),
    )
}

/// The head of a stream.
pub(crate) fn stream_head() -> Act {
    head(200, "text/event-stream", "")
}

/// A whole answer in JSON, pretty-printed as the service does.
pub(crate) fn json_answer(status: u16, value: &Value) -> Act {
    whole(
        status,
        "application/json; charset=UTF-8",
        "",
        &serde_json::to_string_pretty(value).expect("values are JSON"),
    )
}

/// A page of a proxy.
pub(crate) fn page(status: u16, title: &str) -> Act {
    let html = format!("<html><head><title>{status} {title}</title></head><body>nginx</body></html>");
    whole(status, "text/html", "", &html)
}

/// A whole answer.
pub(crate) fn whole(status: u16, content_type: &str, more: &str, body: &str) -> Act {
    Act::Send(
        format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
    )
}

/// The text of an error answer.
pub(crate) fn error(code: u16, status: &str, message: &str, details: &Value) -> Value {
    json!({"error": {"code": code, "message": message, "status": status, "details": details}})
}

/// One event of a stream.
pub(crate) fn event(text: &str, finish: Option<&str>) -> String {
    format!("data: {}\r\n\r\n", chunk(text, finish))
}

/// The document of an event.
pub(crate) fn chunk(text: &str, finish: Option<&str>) -> Value {
    let mut value = json!({
        "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}],
        "usageMetadata": {"promptTokenCount": 11, "candidatesTokenCount": 7, "totalTokenCount": 18},
        "modelVersion": "gemini-3.8-flash",
    });
    if let Some(finish) = finish {
        value["candidates"][0]["finishReason"] = json!(finish);
    }
    value
}

/// A script that streams this text and ends well.
pub(crate) fn says(text: &str) -> Vec<Act> {
    vec![
        stream_head(),
        Act::Send(event(text, None).into_bytes()),
        Act::Send(event("", Some("STOP")).into_bytes()),
    ]
}

/// A script that streams these bytes.
pub(crate) fn streams(bytes: &str) -> Vec<Act> {
    vec![stream_head(), Act::Send(bytes.as_bytes().to_vec())]
}

/// Bytes compressed as gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}
