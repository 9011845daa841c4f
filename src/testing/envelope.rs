//! HTTP answers of the service: error envelopes and the heads of its answers.

use serde_json::{Value, json};

/// A whole answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: vec![content_type("application/json; charset=utf-8")], body: text(body) }
    }

    /// `error`, `code`, `retryable` and more (wire-contract 7.5).
    pub(super) fn error(status: u16, code: &str, message: &str, retryable: bool) -> Self {
        Self::json(status, &json!({ "error": message, "code": code, "retryable": retryable }))
    }

    /// Text without a content type, as the MCP endpoint answers (wire-contract 2.4).
    pub(super) fn plain(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(super) fn html(status: u16) -> Self {
        let body = "<!DOCTYPE html>\n<html><body><pre>Something else answers here</pre></body></html>\n";
        Self { status, headers: vec![content_type("text/html; charset=utf-8")], body: body.into() }
    }

    pub(super) fn redirect(status: u16, to: &str) -> Self {
        Self { status, headers: vec![("location".into(), to.into())], body: Vec::new() }
    }

    /// What a scripted status looks like when the script gives no body.
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            401 => Self::error(401, "AUTH_INVALID_TOKEN", "Invalid token", false),
            403 => Self::error(403, "AUTH_FORBIDDEN", "Forbidden", false),
            404 => Self::error(404, "NOT_FOUND", "not_found", false),
            429 => Self::error(429, "RATE_LIMITED", "Too many requests", true),
            204 | 304 => Self::plain(status, ""),
            300..=399 => Self::redirect(status, "https://elsewhere.test/"),
            500..=599 => Self::error(status, "SERVER_ERROR", "Server error", true),
            200..=299 => Self::json(status, &json!({})),
            _ => Self::error(status, "REQUEST_FAILED", "Request failed", false),
        }
    }

    /// A scripted status, with the script's body and headers.
    pub(super) fn scripted(status: u16, body: Option<&Value>, headers: &[(String, String)]) -> Self {
        let mut reply = match body {
            None => Self::of_status(status),
            Some(Value::String(body)) => {
                let kind = if body.starts_with('<') { "text/html; charset=utf-8" } else { "text/plain" };
                Self { status, headers: vec![content_type(kind)], body: body.clone().into_bytes() }
            }
            Some(body) => Self::json(status, body),
        };
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            reply.headers.retain(|(known, _)| *known != name);
            reply.headers.push((name, value.clone()));
        }
        reply
    }
}

/// Head of an event stream (wire-contract 2.2).
pub(super) fn stream_headers() -> Vec<(String, String)> {
    [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache, no-transform"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// Headers that let pages of any origin read the answers.
pub(super) fn cors_headers() -> Vec<(String, String)> {
    [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS"),
        ("access-control-allow-headers", "*, Authorization"),
        ("access-control-expose-headers", "*"),
        ("access-control-max-age", "86400"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn content_type(value: &str) -> (String, String) {
    ("content-type".to_owned(), value.to_owned())
}

fn text(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}
