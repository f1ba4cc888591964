//! The network as a parameter: one HTTP call in, the head of an answer and its bytes out.

use std::error::Error;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::client::{BoxFuture, LlmError, LlmErrorKind};
use crate::base::secret::Secret;

/// One call.
#[derive(Clone, Debug)]
pub(super) struct HttpCall {
    /// Where to; holds no secret.
    pub(super) url: reqwest::Url,
    /// JSON to post; `None` gets.
    pub(super) body: Option<Bytes>,
    /// Plain headers.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The header that carries the key, what stands before the key in it, and the key.
    pub(super) key: Option<(&'static str, &'static str, Secret)>,
}

/// The head of an answer, and its bytes as they come, decompressed.
pub(super) struct HttpAnswer {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Body,
}

/// The bytes of an answer.
pub(super) type Body = Pin<Box<dyn Stream<Item = Result<Bytes, TransportFault>> + Send>>;

/// Why a call brought no answer, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TransportFault {
    /// Whether the time ran out.
    pub(super) timed_out: bool,
    /// Whether no connection came to stand.
    pub(super) connecting: bool,
    /// The innermost cause, without the URL.
    pub(super) cause: String,
}

/// Sends calls.
pub(super) trait Transport: Send + Sync {
    /// Sends one and waits for the head of the answer.
    fn send(&self, call: HttpCall) -> BoxFuture<'_, Result<HttpAnswer, TransportFault>>;
}

/// The real network.
#[derive(Clone, Debug)]
pub(super) struct Network(reqwest::Client);

impl Network {
    /// A client that follows no redirect: a header with a key would travel along.
    pub(super) fn new(connect: Duration) -> Result<Self, LlmError> {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(connect)
            .user_agent(concat!("metagen/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
            .map_err(|error| {
                LlmError::new(
                    LlmErrorKind::Network,
                    format!("cannot set up the network client: {}", cause(&error)),
                )
                .with_hint("check SSL_CERT_FILE, HTTPS_PROXY and the system's certificates")
            })
    }
}

impl Transport for Network {
    fn send(&self, call: HttpCall) -> BoxFuture<'_, Result<HttpAnswer, TransportFault>> {
        Box::pin(async move {
            let mut request = match call.body {
                Some(body) => self.0.post(call.url).header("content-type", "application/json").body(body),
                None => self.0.get(call.url),
            };
            let mut headers = HeaderMap::new();
            for (name, value) in call.headers {
                if let Ok(value) = HeaderValue::from_str(&value) {
                    headers.insert(HeaderName::from_static(name), value);
                }
            }
            if let Some((name, prefix, key)) = call.key {
                let mut value =
                    HeaderValue::from_str(&format!("{prefix}{}", key.expose())).map_err(|_| {
                        TransportFault {
                            timed_out: false,
                            connecting: false,
                            cause: "the key holds characters that no header may".to_owned(),
                        }
                    })?;
                value.set_sensitive(true);
                headers.insert(HeaderName::from_static(name), value);
            }
            request = request.headers(headers);
            let answer = request.send().await.map_err(|error| fault(&error))?;
            Ok(HttpAnswer {
                status: answer.status().as_u16(),
                retry_after: retry_after(answer.headers()),
                body: Box::pin(answer.bytes_stream().map(|piece| piece.map_err(|error| fault(&error)))),
            })
        })
    }
}

fn fault(error: &reqwest::Error) -> TransportFault {
    TransportFault { timed_out: error.is_timeout(), connecting: error.is_connect(), cause: cause(error) }
}

/// The innermost error says most and names no URL.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if std::ptr::addr_eq(std::ptr::from_ref(innermost), std::ptr::from_ref::<dyn Error>(error)) {
        return "the call could not be made".to_owned();
    }
    super::service_error::clean(&innermost.to_string())
}

/// Reads `Retry-After`: seconds, or a date, which is compared with the server's own clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp());
    let now = date(headers.get("date")?.to_str().ok()?)?;
    Duration::try_from(date(text)?.duration_since(now)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = "Wed, 21 Oct 2026 07:28:00 GMT";
        for (value, expect) in [
            ("7", Some(7)),
            ("Wed, 21 Oct 2026 07:28:30 GMT", Some(30)),
            ("Wed, 21 Oct 2026 07:27:30 GMT", None),
            ("soon", None),
            ("-1", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("date", HeaderValue::from_static(now));
            headers.insert("retry-after", HeaderValue::from_static(value));
            assert_eq!(retry_after(&headers), expect.map(Duration::from_secs), "{value}");
        }
    }
}
