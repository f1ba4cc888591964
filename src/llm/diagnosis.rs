//! What a failed call means and whether another try makes sense, as pure functions.

use std::time::Duration;

use super::client::{LlmError, LlmErrorKind as Kind};
use super::service_error::ServiceError;

/// Whether to ask again after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retry {
    /// It would fail again.
    Never,
    /// It may be of the request's own making, or is billed each time: a few times.
    Few,
    /// It passes by itself: as often as the budget allows.
    Often,
}

/// A failure, understood.
#[derive(Clone, Debug)]
pub(super) struct Diagnosis {
    /// For the user.
    pub(super) error: LlmError,
    /// For the loop.
    pub(super) retry: Retry,
    /// Whether everyone should ask more slowly.
    pub(super) throttled: bool,
    /// Whether the server does not stream, and a plain call may do.
    pub(super) stream_refused: bool,
}

impl Diagnosis {
    /// A failure that no status explains.
    pub(super) fn new(kind: Kind, retry: Retry, message: impl Into<String>) -> Self {
        Self { error: LlmError::new(kind, message), retry, throttled: false, stream_refused: false }
    }

    /// The same with a hint.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.error.hint = Some(hint.into());
        self
    }
}

const NO_DELAY_PER_MINUTE: Duration = Duration::from_secs(10);

/// Understands a failed answer by its status, its error object and the `Retry-After` header of a proxy.
pub(super) fn diagnose(status: u16, error: &ServiceError, retry_after: Option<Duration>) -> Diagnosis {
    let said = if error.message.is_empty() { "no message" } else { error.message.as_str() };
    let word = if error.status.is_empty() { String::new() } else { format!(" {}", error.status) };
    let new =
        |kind, retry| Diagnosis::new(kind, retry, format!("the service answered {status}{word}: {said}"));
    let lower = said.to_ascii_lowercase();
    let mut diagnosis = match status {
        300..=399 => new(Kind::BadRequest, Retry::Never).hint(
            "redirects are not followed, because the key would travel along; set the base URL to where the server is",
        ),
        400 | 422 => refused(&new, error, &lower),
        401 => new(Kind::KeyInvalid, Retry::Never).hint(KEY_HINT),
        402 => new(Kind::CreditGone, Retry::Never).hint(CREDIT_HINT),
        403 => forbidden(&new, error, &lower),
        404 if error.structured => new(Kind::ModelUnknown, Retry::Never)
            .hint("choose another model with --model; `metagen doctor` lists what the key may use"),
        404 | 405 | 501 => Diagnosis {
            stream_refused: true,
            ..new(Kind::BadRequest, Retry::Never)
                .hint("the server knows no such path: check the base URL and the API version")
        },
        408 => new(Kind::Timeout, Retry::Often).hint(LATER_HINT),
        413 => new(Kind::ContextTooLong, Retry::Never).hint(CONTEXT_HINT),
        429 => exhausted(&new, error, &lower),
        499 => new(Kind::Network, Retry::Few).hint("something between here and the service closed the call"),
        504 => new(Kind::Timeout, Retry::Few).hint("allow more time with --request-timeout, or choose a faster model"),
        502 | 503 => new(Kind::Overloaded, Retry::Often).hint(LATER_HINT),
        500..=599 => new(Kind::Overloaded, Retry::Few).hint(LATER_HINT),
        _ => new(Kind::BadRequest, Retry::Never),
    };
    if diagnosis.retry != Retry::Never {
        let asked = error.retry_delay.into_iter().chain(retry_after).max();
        // A quota of a minute that does not say when: its window slides, so a part of it is worth waiting for.
        let unsaid =
            error.quotas.iter().any(|quota| quota.contains("PerMinute")).then_some(NO_DELAY_PER_MINUTE);
        diagnosis.error.retry_after = asked.or(unsaid);
    }
    diagnosis
}

const KEY_HINT: &str = "set GEMINI_API_KEY to a valid key from https://aistudio.google.com/apikey";
const CREDIT_HINT: &str =
    "add credit or raise the spending limit at https://aistudio.google.com, then run `metagen resume`";
const CONTEXT_HINT: &str = "shorten the spec, or choose a model with a larger context";
const LATER_HINT: &str = "try `metagen resume` later, or choose another model";

fn refused(new: &dyn Fn(Kind, Retry) -> Diagnosis, error: &ServiceError, lower: &str) -> Diagnosis {
    let reason = |name: &str| error.reasons.iter().any(|reason| reason == name);
    if reason("API_KEY_INVALID") || lower.contains("api key not valid") || lower.contains("api key expired") {
        new(Kind::KeyInvalid, Retry::Never).hint(KEY_HINT)
    } else if lower.contains("multiple authentication credentials") {
        new(Kind::KeyBlocked, Retry::Never)
            .hint("a proxy or gateway adds a credential of its own: let only one of them pass")
    } else if error.status == "FAILED_PRECONDITION" {
        new(Kind::KeyBlocked, Retry::Never).hint(
            "the API is not offered to this project here: enable billing, or use a project of another region",
        )
    } else if lower.contains("input token count")
        || lower.contains("maximum number of tokens")
        || lower.contains("context length")
        || lower.contains("context_length_exceeded")
        || error.status == "context_length_exceeded"
    {
        new(Kind::ContextTooLong, Retry::Never).hint(CONTEXT_HINT)
    } else if error.status == "insufficient_quota" {
        new(Kind::CreditGone, Retry::Never).hint(CREDIT_HINT)
    } else if lower.contains("thinking") {
        new(Kind::BadRequest, Retry::Never).hint(
            "this model does not think in that way: choose another level with --thinking, or leave it out",
        )
    } else if lower.contains("too many states for serving") {
        new(Kind::BadRequest, Retry::Never)
            .hint("the answer's schema is too complex for this model: choose another")
    } else {
        new(Kind::BadRequest, Retry::Never)
            .hint("check model and API version; the service did not take the request")
    }
}

fn forbidden(new: &dyn Fn(Kind, Retry) -> Diagnosis, error: &ServiceError, lower: &str) -> Diagnosis {
    let reason = |name: &str| error.reasons.iter().any(|reason| reason == name);
    if lower.contains("unregistered callers") {
        return new(Kind::KeyMissing, Retry::Never).hint(KEY_HINT);
    }
    new(Kind::KeyBlocked, Retry::Never).hint(if lower.contains("leaked") {
        "the key was found in public and is blocked: make a new one at https://aistudio.google.com/apikey"
    } else if reason("SERVICE_DISABLED") {
        "enable the Generative Language API for the key's project in the Google Cloud console"
    } else if reason("API_KEY_SERVICE_BLOCKED") {
        "the key is restricted to other services: allow it the Generative Language API, or make a new one"
    } else if reason("CONSUMER_SUSPENDED") {
        "the key's project is suspended: use another project"
    } else {
        "the key's project may not do this: check its permissions, or use another key"
    })
}

fn exhausted(new: &dyn Fn(Kind, Retry) -> Diagnosis, error: &ServiceError, lower: &str) -> Diagnosis {
    let daily = |quota: &String| quota.contains("PerDay") || quota.contains("Daily");
    if error.status == "insufficient_quota"
        || error.reasons.iter().any(|reason| reason.starts_with("INSUFFICIENT_"))
    {
        new(Kind::CreditGone, Retry::Never).hint(CREDIT_HINT)
    } else if says_no_quota(lower) {
        new(Kind::DailyQuota, Retry::Never).hint(
            "this project has no quota for this model at all: enable billing, or choose another with --model",
        )
    } else if error.quotas.iter().any(daily) {
        new(Kind::DailyQuota, Retry::Never)
            .hint("the day's quota comes back at midnight Pacific time: run `metagen resume` then, or choose another model")
    } else if error.reasons.iter().any(|reason| reason == "MODEL_CAPACITY_EXHAUSTED") {
        Diagnosis { throttled: true, ..new(Kind::Overloaded, Retry::Often).hint(LATER_HINT) }
    } else {
        Diagnosis {
            throttled: true,
            ..new(Kind::RateLimited, Retry::Often)
                .hint("ask more slowly with --rpm or --max-parallel, or run `metagen resume` later")
        }
    }
}

/// Whether a message says `limit: 0`, and not `limit: 0.5`.
fn says_no_quota(lower: &str) -> bool {
    lower.match_indices("limit: 0").any(|(at, found)| {
        let mut rest = lower[at + found.len()..].chars();
        match rest.next() {
            Some('.') => !rest.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => !c.is_ascii_digit(),
            None => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: &str, message: &str, reason: &str, quotas: &[&str], structured: bool) -> ServiceError {
        ServiceError {
            status: status.to_owned(),
            message: message.to_owned(),
            reasons: if reason.is_empty() { vec![] } else { vec![reason.to_owned()] },
            quotas: quotas.iter().map(|&quota| quota.to_owned()).collect(),
            structured,
            ..ServiceError::default()
        }
    }

    #[test]
    fn every_status_has_a_decision() {
        for status in 100..=599_u16 {
            let found = diagnose(status, &error("", "", "", &[], true), None);
            // 501 says that the path is not implemented, which another try does not change.
            let expect = match status {
                408 | 429 | 502 | 503 => Retry::Often,
                499 | 500 | 504..=599 => Retry::Few,
                _ => Retry::Never,
            };
            assert_eq!(found.retry, expect, "{status}");
            assert_eq!(found.throttled, status == 429, "{status}");
            assert!(found.error.message.contains(&status.to_string()));
        }
    }

    #[test]
    fn every_detail_has_a_decision() {
        let table: &[(u16, ServiceError, Kind, Retry)] = &[
            (400, error("INVALID_ARGUMENT", "Unknown name", "", &[], true), Kind::BadRequest, Retry::Never),
            (
                400,
                error("INVALID_ARGUMENT", "bad", "API_KEY_INVALID", &[], true),
                Kind::KeyInvalid,
                Retry::Never,
            ),
            (
                400,
                error("INVALID_ARGUMENT", "API key not valid. Please", "", &[], true),
                Kind::KeyInvalid,
                Retry::Never,
            ),
            (
                400,
                error("INVALID_ARGUMENT", "API key expired. Please renew", "", &[], true),
                Kind::KeyInvalid,
                Retry::Never,
            ),
            (
                400,
                error("FAILED_PRECONDITION", "User location", "", &[], true),
                Kind::KeyBlocked,
                Retry::Never,
            ),
            (
                400,
                error("INVALID_ARGUMENT", "Multiple authentication credentials received", "", &[], true),
                Kind::KeyBlocked,
                Retry::Never,
            ),
            (
                400,
                error(
                    "INVALID_ARGUMENT",
                    "The input token count (9) exceeds the maximum number of tokens allowed (8).",
                    "",
                    &[],
                    true,
                ),
                Kind::ContextTooLong,
                Retry::Never,
            ),
            (400, error("context_length_exceeded", "", "", &[], true), Kind::ContextTooLong, Retry::Never),
            (
                400,
                error("INVALID_ARGUMENT", "too many states for serving", "", &[], true),
                Kind::BadRequest,
                Retry::Never,
            ),
            (
                401,
                error("UNAUTHENTICATED", "", "ACCESS_TOKEN_TYPE_UNSUPPORTED", &[], true),
                Kind::KeyInvalid,
                Retry::Never,
            ),
            (
                402,
                error("RESOURCE_EXHAUSTED", "Please retry in 5s", "", &[], true),
                Kind::CreditGone,
                Retry::Never,
            ),
            (
                403,
                error("PERMISSION_DENIED", "", "API_KEY_SERVICE_BLOCKED", &[], true),
                Kind::KeyBlocked,
                Retry::Never,
            ),
            (
                403,
                error("PERMISSION_DENIED", "", "SERVICE_DISABLED", &[], true),
                Kind::KeyBlocked,
                Retry::Never,
            ),
            (
                403,
                error("PERMISSION_DENIED", "", "CONSUMER_SUSPENDED", &[], true),
                Kind::KeyBlocked,
                Retry::Never,
            ),
            (
                403,
                error("PERMISSION_DENIED", "reported as leaked", "", &[], true),
                Kind::KeyBlocked,
                Retry::Never,
            ),
            (
                403,
                error("PERMISSION_DENIED", "Method doesn't allow unregistered callers", "", &[], true),
                Kind::KeyMissing,
                Retry::Never,
            ),
            (
                404,
                error("NOT_FOUND", "models/x is not found", "", &[], true),
                Kind::ModelUnknown,
                Retry::Never,
            ),
            (404, error("", "404 page", "", &[], false), Kind::BadRequest, Retry::Never),
            (408, error("", "", "", &[], false), Kind::Timeout, Retry::Often),
            (413, error("", "", "", &[], false), Kind::ContextTooLong, Retry::Never),
            (429, error("RESOURCE_EXHAUSTED", "", "", &[], true), Kind::RateLimited, Retry::Often),
            (
                429,
                error("RESOURCE_EXHAUSTED", "", "", &["GenerateRequestsPerMinutePerProjectPerModel"], true),
                Kind::RateLimited,
                Retry::Often,
            ),
            (
                429,
                error(
                    "RESOURCE_EXHAUSTED",
                    "",
                    "",
                    &["PerMinute", "GenerateRequestsPerDayPerProjectPerModel-FreeTier"],
                    true,
                ),
                Kind::DailyQuota,
                Retry::Never,
            ),
            (
                429,
                error("RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0, model: x", "", &[], true),
                Kind::DailyQuota,
                Retry::Never,
            ),
            (
                429,
                error("RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0.5, model: x", "", &[], true),
                Kind::RateLimited,
                Retry::Often,
            ),
            (429, error("RESOURCE_EXHAUSTED", "limit: 0.", "", &[], true), Kind::DailyQuota, Retry::Never),
            (429, error("RESOURCE_EXHAUSTED", "limit: 05", "", &[], true), Kind::RateLimited, Retry::Often),
            (
                429,
                error("RESOURCE_EXHAUSTED", "", "MODEL_CAPACITY_EXHAUSTED", &[], true),
                Kind::Overloaded,
                Retry::Often,
            ),
            (
                429,
                error("RESOURCE_EXHAUSTED", "", "INSUFFICIENT_G1_CREDITS_BALANCE", &[], true),
                Kind::CreditGone,
                Retry::Never,
            ),
            (429, error("insufficient_quota", "", "", &[], true), Kind::CreditGone, Retry::Never),
            (499, error("CANCELLED", "", "", &[], true), Kind::Network, Retry::Few),
            (500, error("INTERNAL", "", "", &[], true), Kind::Overloaded, Retry::Few),
            (502, error("", "Bad Gateway", "", &[], false), Kind::Overloaded, Retry::Often),
            (503, error("UNAVAILABLE", "", "", &[], true), Kind::Overloaded, Retry::Often),
            (504, error("DEADLINE_EXCEEDED", "", "", &[], true), Kind::Timeout, Retry::Few),
            (302, error("", "", "", &[], false), Kind::BadRequest, Retry::Never),
        ];
        for (status, error, kind, retry) in table {
            let found = diagnose(*status, error, None);
            assert_eq!((found.error.kind, found.retry), (*kind, *retry), "{status} {error:?}");
            assert!(found.error.hint.is_some(), "{status} {error:?}");
            assert!(*retry != Retry::Never || found.error.retry_after.is_none(), "{status} {error:?}");
        }
    }

    #[test]
    fn the_longest_wait_that_was_asked_for_counts() {
        let seconds = |n| Some(Duration::from_secs(n));
        let mut rate = error("RESOURCE_EXHAUSTED", "", "", &["PerMinute"], true);
        assert_eq!(diagnose(429, &rate, None).error.retry_after, Some(NO_DELAY_PER_MINUTE));
        assert_eq!(diagnose(429, &rate, seconds(3)).error.retry_after, seconds(3));
        rate.retry_delay = seconds(34);
        assert_eq!(diagnose(429, &rate, seconds(3)).error.retry_after, seconds(34));
        assert_eq!(diagnose(503, &rate, None).error.retry_after, seconds(34));
        assert_eq!(diagnose(402, &rate, seconds(3)).error.retry_after, None);
    }
}
