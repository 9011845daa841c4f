//! Signed webhooks as the service and Meta send them, and why a signature is valid or not.

use serde::Serialize;
use serde_json::Value;

use super::action::Ms;
use crate::secret::{hex, hmac_sha256};

/// A POST that is signed; the body is exactly what the signature covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedRequest {
    /// Headers, lower-case.
    pub headers: Vec<(String, String)>,
    /// Body.
    #[serde(serialize_with = "super::action::as_bytes")]
    pub body: Vec<u8>,
}

/// An account webhook or callback (wire-contract 8.1). Without `event` the body's `event`, else its `type`, names it.
#[must_use]
pub fn webhook(body: Vec<u8>, secret: &str, event: Option<&str>, delivery_id: &str, at: Ms) -> SignedRequest {
    let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
    let named = || ["event", "type"].into_iter().find_map(|key| parsed.get(key).and_then(Value::as_str));
    let event = event.or_else(named).unwrap_or("message");
    let timestamp = (at / 1000).to_string();
    let signature = ["hmac-sha256=", &digest(secret, &timestamp, &body)].concat();
    let headers = [
        ("content-type", "application/json"),
        ("x-bd-event", event),
        ("x-bd-timestamp", &timestamp),
        ("x-bd-signature", &signature),
        ("x-bd-delivery-id", delivery_id),
    ];
    SignedRequest { headers: owned(&headers), body }
}

/// A WhatsApp Cloud webhook (wire-contract 8.3).
#[must_use]
pub fn whatsapp(body: Vec<u8>, secret: &str) -> SignedRequest {
    let signature = ["sha256=", &hex(&hmac_sha256(secret.as_bytes(), &[&body]).bytes())].concat();
    let headers = [("content-type", "application/json"), ("x-hub-signature-256", &signature)];
    SignedRequest { headers: owned(&headers), body }
}

/// What a verifier was given.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The body as received.
    pub body: &'a [u8],
    /// `X-BD-Timestamp`.
    pub timestamp: Option<&'a str>,
    /// `X-BD-Signature`.
    pub signature: Option<&'a str>,
    /// Secrets that may have signed it.
    pub secrets: &'a [String],
    /// How far the timestamp may be off, in seconds.
    pub tolerance_seconds: f64,
    /// The time to compare with, in milliseconds.
    pub now: f64,
}

/// Why a signature is valid or not. It shows the digests: for tests and tools, never for an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Whether it is valid.
    pub ok: bool,
    /// `valid`, or the first of `no_secret`, `no_header`, `bad_timestamp`, `bad_prefix`, `bad_hex`, `mismatch`, `stale`,
    /// `future` that is the case.
    pub reason: &'static str,
    /// What was signed, as text.
    pub base_string: String,
    /// How old, in seconds; negative: ahead.
    pub age_seconds: Option<f64>,
    /// The digest by each secret.
    pub expected: Vec<String>,
    /// The digest given.
    pub given: Option<String>,
}

/// Explains a webhook's signature.
#[must_use]
pub fn explain(claim: &Claim<'_>) -> Report {
    let timestamp = claim.timestamp.unwrap_or_default();
    let digits = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = timestamp.parse::<u32>().ok().filter(|_| digits).map(f64::from);
    let age_seconds = seconds.map(|seconds| claim.now / 1000.0 - seconds);
    let given = claim.signature.and_then(|signature| signature.strip_prefix("hmac-sha256="));
    let expected: Vec<String> = claim
        .secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .map(|secret| digest(secret, timestamp, claim.body))
        .collect();
    let is_hex =
        |text: &str| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let reason = match (claim.timestamp, claim.signature) {
        _ if expected.is_empty() => "no_secret",
        (None | Some(""), _) | (_, None | Some("")) => "no_header",
        _ if seconds.is_none() => "bad_timestamp",
        _ if given.is_none() => "bad_prefix",
        _ if !given.is_some_and(is_hex) => "bad_hex",
        _ if !expected.iter().any(|digest| Some(digest.as_str()) == given) => "mismatch",
        _ if age_seconds.is_some_and(|age| age > claim.tolerance_seconds) => "stale",
        _ if age_seconds.is_some_and(|age| -age > claim.tolerance_seconds) => "future",
        _ => "valid",
    };
    let base_string = [timestamp, ".", &String::from_utf8_lossy(claim.body)].concat();
    let given = given.map(str::to_owned);
    Report { ok: reason == "valid", reason, base_string, age_seconds, expected, given }
}

/// The key is the secret's text as it stands (wire-contract 8.1).
fn digest(secret: &str, timestamp: &str, body: &[u8]) -> String {
    hex(&hmac_sha256(secret.as_bytes(), &[timestamp.as_bytes(), b".", body]).bytes())
}

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
