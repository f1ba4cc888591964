//! What a service says went wrong, read leniently.

use std::time::Duration;

use serde_json::Value;

/// An error object of a service, whatever shape it came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ServiceError {
    /// The HTTP status that the object names, if it does.
    pub(super) code: Option<u16>,
    /// `RESOURCE_EXHAUSTED`, or the code word of an OpenAI-compatible server.
    pub(super) status: String,
    /// For people; at most 1,000 characters, without control characters.
    pub(super) message: String,
    /// Reasons of `ErrorInfo` details.
    pub(super) reasons: Vec<String>,
    /// Ids of the quotas that `QuotaFailure` details name.
    pub(super) quotas: Vec<String>,
    /// The delay of a `RetryInfo` detail, or of the message.
    pub(super) retry_delay: Option<Duration>,
    /// Whether this was an error object and not just some text.
    pub(super) structured: bool,
    /// Whether a gateway passed it on inside an error of its own, so that its code and not the answer's status counts.
    pub(super) nested: bool,
}

impl ServiceError {
    /// Reads the body of a failed answer: an error object, alone, in an array or nested as text in a message of another;
    /// or a text or page of whatever stood between.
    pub(super) fn from_body(body: &str) -> Self {
        match serde_json::from_str::<Value>(body) {
            Ok(value) => Self::from_value(&value).unwrap_or_else(|| Self::from_text(body)),
            Err(_) => Self::from_broken(body).unwrap_or_else(|| Self::from_text(body)),
        }
    }

    /// Reads an error object that is not quite JSON: some front ends write commas twice. `None` where the text is none.
    pub(super) fn from_broken(text: &str) -> Option<Self> {
        if !text.trim_start().starts_with(['{', '[']) || !text.contains("\"error\"") {
            return None;
        }
        Self::from_value(&serde_json::from_str(&without_doubled_commas(text)).ok()?)
    }

    /// Reads a JSON document that may hold an error object; `None` where it holds none.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        Self::read(value, 3)
    }

    fn read(value: &Value, depth: u8) -> Option<Self> {
        let value = match value {
            Value::Array(items) => {
                items.iter().find(|item| item.get("error").is_some_and(|error| !error.is_null()))?
            }
            other => other,
        };
        let error = match value.get("error") {
            Some(Value::Null) => return None,
            Some(error) => error,
            // As vLLM writes it.
            None if value.get("object").and_then(Value::as_str) == Some("error") => value,
            None => return None,
        };
        if let Value::String(text) = error {
            return Some(Self { message: clean(text), structured: true, ..Self::default() });
        }
        let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
        if depth > 0
            && message.trim_start().starts_with(['{', '['])
            && let Ok(inner) = serde_json::from_str::<Value>(message)
            && let Some(inner) = Self::read(&inner, depth - 1)
        {
            return Some(Self { nested: true, ..inner });
        }
        let mut found = Self { message: clean(message), structured: true, ..Self::default() };
        match error.get("code") {
            Some(Value::Number(code)) => {
                found.code = code.as_u64().and_then(|code| u16::try_from(code).ok());
            }
            Some(Value::String(code)) => match code.parse() {
                Ok(code) => found.code = Some(code),
                Err(_) => found.status = clean(code),
            },
            _ => {}
        }
        for key in ["status", "type"] {
            if found.status.is_empty()
                && let Some(status) = error.get(key).and_then(Value::as_str)
            {
                found.status = clean(status);
            }
        }
        for detail in error.get("details").and_then(Value::as_array).into_iter().flatten() {
            found.detail(detail);
        }
        if found.retry_delay.is_none() {
            found.retry_delay = delay_in(message);
        }
        // Codes of gRPC are small numbers.
        if found.code.is_none_or(|code| !(300..600).contains(&code)) {
            found.code = code_of(&found.status);
        }
        Some(found)
    }

    fn detail(&mut self, detail: &Value) {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(clean);
        if let Some(reason) = text(detail, "reason") {
            self.reasons.push(reason);
        }
        if let Some(delay) = text(detail, "retryDelay").and_then(|delay| parse_delay(&delay)) {
            self.retry_delay = Some(self.retry_delay.map_or(delay, |other| other.max(delay)));
        }
        for violation in detail.get("violations").and_then(Value::as_array).into_iter().flatten() {
            self.quotas.extend(text(violation, "quotaId").or_else(|| text(violation, "quotaMetric")));
        }
        for violation in detail.get("fieldViolations").and_then(Value::as_array).into_iter().flatten() {
            if let Some(description) = text(violation, "description")
                && !self.message.contains(&description)
            {
                self.message = clean(&format!("{}; {description}", self.message));
            }
        }
    }

    fn from_text(body: &str) -> Self {
        // A page of a proxy says it in its title and headings; its markup helps nobody.
        let mut text = String::new();
        let mut in_tag = false;
        for character in body.chars().take(4096) {
            match character {
                '<' => in_tag = true,
                '>' if in_tag => {
                    in_tag = false;
                    text.push(' ');
                }
                other if !in_tag => text.push(other),
                _ => {}
            }
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { message: clean(&text), ..Self::default() }
    }
}

/// Foreign text made safe to show: bounded, on one line, without control characters.
pub(super) fn clean(text: &str) -> String {
    let mut clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1000).collect();
    clean.truncate(clean.trim_end().len());
    clean
}

/// The text with one comma where several follow each other outside of strings.
fn without_doubled_commas(text: &str) -> String {
    let (mut quoted, mut escaped, mut comma) = (false, false, false);
    text.chars()
        .filter(|&c| {
            let again = c == ',' && comma && !quoted;
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ => {}
            }
            comma = !quoted && (c == ',' || comma && c.is_whitespace());
            !again
        })
        .collect()
}

fn code_of(status: &str) -> Option<u16> {
    Some(match status {
        "INVALID_ARGUMENT" | "FAILED_PRECONDITION" | "OUT_OF_RANGE" => 400,
        "UNAUTHENTICATED" => 401,
        "PERMISSION_DENIED" => 403,
        "NOT_FOUND" => 404,
        "RESOURCE_EXHAUSTED" => 429,
        "CANCELLED" => 499,
        "INTERNAL" | "UNKNOWN" | "DATA_LOSS" => 500,
        "UNAVAILABLE" => 503,
        "DEADLINE_EXCEEDED" => 504,
        _ => return None,
    })
}

/// Reads a delay as protobuf and people write it: `34.07s`, `900ms`, `1m30s`, `15`.
pub(super) fn parse_delay(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(end);
        let number: f64 = number.parse().ok()?;
        let end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let seconds = match unit {
            "" | "s" | "sec" | "second" | "seconds" => number,
            "ms" => number / 1e3,
            "us" => number / 1e6,
            "ns" => number / 1e9,
            "m" | "min" => number * 60.0,
            "h" => number * 3600.0,
            _ => return None,
        };
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        rest = tail;
    }
    Some(total)
}

fn delay_in(message: &str) -> Option<Duration> {
    let lower = message.to_ascii_lowercase();
    let start = ["retry in ", "try again in ", "retry after "]
        .iter()
        .find_map(|words| lower.find(words).map(|at| at + words.len()))?;
    let word: String =
        lower[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
    parse_delay(word.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays() {
        for (text, millis) in [
            ("34.074824224s", Some(34_074)),
            ("15s", Some(15_000)),
            ("900ms", Some(900)),
            ("1m30s", Some(90_000)),
            ("2h", Some(7_200_000)),
            ("7", Some(7_000)),
            ("", None),
            ("s", None),
            ("1 s", None),
            ("-1s", None),
            ("1e99s", None),
            ("99999999999999999999999s", None),
        ] {
            let found = parse_delay(text).map(|delay| u64::try_from(delay.as_millis()).unwrap());
            assert_eq!(found, millis, "{text:?}");
        }
        assert_eq!(delay_in("Quota. Please retry in 53.016342224s."), parse_delay("53.016342224s"));
        assert_eq!(delay_in("Please retry in 900ms."), parse_delay("0.9s"));
        assert_eq!(delay_in("Please retry in a while"), None);
        assert_eq!(delay_in("İİİ Please RETRY IN 3s"), parse_delay("3s"));
    }

    #[test]
    fn objects_in_all_their_wrappings() {
        let plain = r#"{"error":{"code":429,"message":"Slow down. Please retry in 5s.","status":"RESOURCE_EXHAUSTED"}}"#;
        let nested = serde_json::json!({"error": {"code": 500, "message": plain}}).to_string();
        for body in [plain.to_owned(), format!("[{plain}]"), nested] {
            let error = ServiceError::from_body(&body);
            assert_eq!((error.code, error.status.as_str()), (Some(429), "RESOURCE_EXHAUSTED"), "{body}");
            assert_eq!(error.retry_delay, Some(Duration::from_secs(5)));
            assert!(error.structured);
        }
    }

    #[test]
    fn details() {
        let error = ServiceError::from_body(
            r#"{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[
                {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"PerMinute"},{"quotaId":"PerDay"}]},
                {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE"},
                {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}, 7, null]}}"#,
        );
        assert_eq!(error.quotas, ["PerMinute", "PerDay"]);
        assert_eq!(error.reasons, ["RATE"]);
        assert_eq!(error.retry_delay, Some(Duration::from_secs(34)));
    }

    #[test]
    fn what_is_not_quite_json_is_read_all_the_same() {
        let error = ServiceError::from_body(
            r#"{"error": {"code": 429,, "message": "m", "status": "RESOURCE_EXHAUSTED", "details": [
                {"violations": [{"quotaId": "PerDay"}]},, {"retryDelay": "7s"}]}}"#,
        );
        assert_eq!((error.code, error.quotas.as_slice()), (Some(429), ["PerDay".to_owned()].as_slice()));
        assert_eq!(error.retry_delay, Some(Duration::from_secs(7)));
        assert!(ServiceError::from_broken("{\"candidates\": [{\"con").is_none());
        assert!(ServiceError::from_broken("<html>\"error\"").is_none());
    }

    #[test]
    fn errors_of_vllm_and_of_gateways() {
        let vllm = ServiceError::from_body(
            r#"{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}"#,
        );
        assert_eq!((vllm.code, vllm.structured, vllm.nested), (Some(404), true, false));
        assert!(vllm.message.contains("does not exist"));
        let inner = r#"{"error":{"code":402,"message":"gone","status":"RESOURCE_EXHAUSTED"}}"#;
        let outer = serde_json::json!({"error": {"code": 500, "message": inner}}).to_string();
        let gateway = ServiceError::from_body(&outer);
        assert_eq!((gateway.code, gateway.message.as_str(), gateway.nested), (Some(402), "gone", true));
    }

    #[test]
    fn a_missing_code_follows_from_the_status() {
        assert_eq!(
            ServiceError::from_body(r#"{"error":{"code":14,"status":"UNAVAILABLE"}}"#).code,
            Some(503)
        );
        assert_eq!(ServiceError::from_body(r#"{"error":{"status":"UNAVAILABLE"}}"#).code, Some(503));
        assert_eq!(
            ServiceError::from_body(r#"{"error":{"code":"model_not_found"}}"#).status,
            "model_not_found"
        );
        assert_eq!(ServiceError::from_body(r#"{"error":"no"}"#).message, "no");
    }

    #[test]
    fn pages_and_texts() {
        let error =
            ServiceError::from_body("<html><head><title>502 Bad Gateway</title></head>\n<b>nginx</b></html>");
        assert_eq!(error.message, "502 Bad Gateway nginx");
        assert!(!error.structured);
        assert_eq!(ServiceError::from_body("a\u{1b}[31mb").message, "a [31mb");
        assert_eq!(ServiceError::from_body(&"ä".repeat(9000)).message.chars().count(), 1000);
        assert!(ServiceError::from_value(&serde_json::json!({"error": null})).is_none());
        assert!(ServiceError::from_value(&serde_json::json!({"candidates": []})).is_none());
    }
}
