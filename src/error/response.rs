//! From an HTTP answer to a typed error: wire-contract 7.2 and 7.3, with weak points 39 and 40 mended.

use super::{Error, Kind};
use crate::json::{self, Object, Value, truthy};
use crate::prelude::*;
use crate::time;
use alloc::borrow::Cow;

/// An answer that is not a success.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// HTTP status. Any number is tolerated.
    pub status: u16,
    /// The body as JSON text (see [`crate::http::body_as_json`]).
    pub body: &'a str,
    /// `Retry-After`.
    pub retry_after: Option<&'a str>,
    /// Now, for a `Retry-After` that is a date.
    pub now_ms: f64,
}

/// What is kept of a body.
const BODY_LIMIT: usize = 64 * 1024;

/// The typed error for an answer. Total: any status and any body give an error.
#[must_use]
pub fn from_response(response: &Response<'_>) -> Error {
    let value = json::parse_str(response.body, json::DEFAULT_DEPTH).unwrap_or(Value::NULL);
    let body = value.object().unwrap_or_default();
    let code = text_of(body.get("code"));
    let kind = classify(response.status, code.as_deref(), &body);
    let message = text_of(body.get("error")).or_else(|| text_of(body.get("message")));

    let mut error = Error::new(kind, "HTTP_ERROR", message.unwrap_or_else(|| http_status(response.status)));
    error.status = Some(response.status);
    let code_json = code.as_deref().map_or_else(|| "null".to_owned(), json::quoted);
    if let Some(code) = code {
        error.code = Cow::Owned(code);
    }
    error.extra.push(("serverCode", code_json));
    error.extra.push(("body", kept(value, response.body)));
    if let Some(advice) =
        body.get("remediation").filter(|value| value.text().is_some_and(|text| !text.is_empty()))
    {
        error.extra.push(("remediation", advice.raw().to_owned()));
    }
    let asked = response.retry_after.and_then(|header| seconds_or_date(header, response.now_ms));
    error.retry_after_ms = asked.or_else(|| BODY_KEYS.iter().find_map(|key| seconds_in(body.get(key))));
    error.retryable = retryable(kind, response.status, &body);
    class_members(&mut error, &body);
    error
}

/// Which of several `Retry-After` headers counts: the usual casing, then lower case, then any; empty ones do not.
#[must_use]
pub fn retry_after_header<'a>(headers: &[(&'a str, &'a str)]) -> Option<&'a str> {
    let named = |wanted: &dyn Fn(&str) -> bool| {
        headers.iter().find(|(name, value)| wanted(name) && !value.is_empty()).map(|(_, value)| *value)
    };
    named(&|name| name == "Retry-After")
        .or_else(|| named(&|name| name == "retry-after"))
        .or_else(|| named(&|name| name.eq_ignore_ascii_case("retry-after")))
}

/// The table: wire-contract 7.2, in its order.
fn classify(status: u16, code: Option<&str>, body: &Object<'_>) -> Kind {
    match (status, code) {
        (401, Some("AUTH_MISSING_HEADER")) => Kind::AuthMissingHeaderError,
        (401, Some("AUTH_INVALID_TOKEN")) => Kind::AuthInvalidTokenError,
        (401, Some("AUTH_TOKEN_REVOKED")) => Kind::AuthTokenRevokedError,
        (401 | 429, Some("AUTH_LOCKED_OUT")) => Kind::AuthLockedOutError,
        (401, _) => Kind::AuthError,
        (404 | 410, Some("AGENT_NOT_PROVISIONED" | "AGENT_NOT_FOUND" | "NOT_PROVISIONED")) => {
            Kind::NotProvisioned
        }
        // Servers without codes tell the lockout by its words only (wire-contract 7.5).
        (429, None) if text_of(body.get("error")).is_some_and(|text| speaks_of(&text, "failed attempts")) => {
            Kind::AuthLockedOutError
        }
        (429, _) => Kind::RateLimitError,
        (_, Some("NO_CHANNEL_ASSIGNED")) => Kind::NoChannelAssigned,
        (_, Some("PROVIDER_WEBHOOK_WIRE_FAILED")) => Kind::ProviderWebhookWireFailed,
        (_, Some("PROVIDER_UNSUPPORTED" | "CHANNEL_UNSUPPORTED")) => Kind::ProviderCapabilityError,
        _ => Kind::ButtDialError,
    }
}

/// `contains`, without the search machinery of `core`: the texts are short.
fn speaks_of(text: &str, words: &str) -> bool {
    text.as_bytes().windows(words.len()).any(|window| window == words.as_bytes())
}

fn retryable(kind: Kind, status: u16, body: &Object<'_>) -> bool {
    let claimed = body.get("retryable");
    match kind {
        Kind::AuthLockedOutError | Kind::RateLimitError => true,
        Kind::ProviderWebhookWireFailed => claimed.is_none_or(truthy),
        Kind::ButtDialError => claimed.map_or(matches!(status, 408 | 425) || status >= 500, truthy),
        _ => claimed.is_some_and(truthy),
    }
}

fn class_members(error: &mut Error, body: &Object<'_>) {
    let text =
        |key: &str| text_of(body.get(key)).map_or_else(|| "null".to_owned(), |text| json::quoted(&text));
    match error.kind {
        Kind::AuthLockedOutError => {
            let until = ["lockedUntil", "locked_until"].iter().find_map(|key| text_of(body.get(key)));
            let until = until.and_then(|text| time::parse_iso(&text)).and_then(time::iso);
            error
                .extra
                .push(("lockedUntil", until.map_or_else(|| "null".to_owned(), |text| json::quoted(&text))));
        }
        kind if kind.is_auth() => {
            let left = body.get("remainingAttempts").and_then(whole);
            error.extra.push(("remainingAttempts", left.map_or_else(|| "null".to_owned(), json::integer)));
        }
        Kind::RateLimitError => {
            let scope = ["scope", "limitType"].iter().find_map(|key| text_of(body.get(key)));
            error.extra.push(("scope", scope.map_or_else(|| "null".to_owned(), |text| json::quoted(&text))));
        }
        Kind::NoChannelAssigned => error.extra.push(("channel", text("channel"))),
        Kind::ProviderCapabilityError => {
            error.extra.push(("channel", text("channel")));
            error.extra.push(("action", text("action")));
            error.extra.push(("provider", text("provider")));
        }
        _ => {}
    }
}

/// Seconds, whole or decimal, as milliseconds; or a date, as the milliseconds until then.
fn seconds_or_date(text: &str, now_ms: f64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "four-digit years are exact in a double")]
    let until = |at: i64| (at as f64 - now_ms).max(0.0);
    decimal_seconds(text).or_else(|| time::parse_http_date(text).map(until))
}

/// The keys that answers carry, in order (wire-contract 7.3).
const BODY_KEYS: [&str; 4] = ["retryAfterSeconds", "retry_after_seconds", "retryAfter", "retry_after"];

fn seconds_in(value: Option<Value<'_>>) -> Option<f64> {
    let value = value.filter(|value| truthy(*value))?;
    match value.text() {
        Some(text) => decimal_seconds(&text.decode()),
        None => decimal_seconds(value.number()?),
    }
}

/// `12`, `-5` or `4.5` as milliseconds, without the code that full number parsing would bring.
fn decimal_seconds(text: &str) -> Option<f64> {
    let text = text.trim_ascii().as_bytes();
    let (sign, digits) = text.strip_prefix(b"-").map_or((1_i64, text), |rest| (-1, rest));
    let mut parts = digits.split(|byte| *byte == b'.');
    let (whole, fraction) = (parts.next()?, parts.next().unwrap_or(b"0"));
    let all_digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    if !all_digits(whole) || !all_digits(fraction) || parts.next().is_some() {
        return None;
    }
    let mut ms = 0_i64;
    for digit in whole {
        ms = ms.checked_mul(10)?.checked_add(i64::from(digit.wrapping_sub(b'0')))?;
    }
    ms = ms.checked_mul(1000)?;
    for (digit, scale) in fraction.iter().zip([100, 10, 1]) {
        ms = ms.checked_add(i64::from(digit.wrapping_sub(b'0')).checked_mul(scale)?)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "waiting times beyond 2^53 ms do not matter")]
    Some(ms.checked_mul(sign)? as f64)
}

fn whole(value: Value<'_>) -> Option<i64> {
    value.integer().or_else(|| crate::text::whole(value.text()?.decode().trim_ascii()))
}

/// A member as text: strings as they are, anything else that counts as true as its JSON. The reference's rule.
fn text_of(value: Option<Value<'_>>) -> Option<String> {
    let value = value.filter(|value| truthy(*value))?;
    Some(value.text().map_or_else(|| value.raw().to_owned(), |text| text.decode().into_owned()))
}

fn kept(value: Value<'_>, body: &str) -> String {
    if body.len() <= BODY_LIMIT {
        return value.raw().to_owned();
    }
    let mut end = BODY_LIMIT;
    while !body.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    json::quoted(body.get(..end).unwrap_or_default())
}

fn http_status(status: u16) -> String {
    let mut text = "HTTP ".to_owned();
    json::push_integer(i64::from(status), &mut text);
    text
}
