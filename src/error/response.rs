//! From an HTTP answer to a typed error: wire-contract 7.2 and 7.3, with weak points 39 and 40 mended.

use super::{Error, Kind};
use crate::json::{self, Value, truthy};
use crate::prelude::*;
use crate::text::{contains, cut};
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
    from_response_of(response, &[], Kind::ButtDialError)
}

/// [`from_response`] for a part of the service with codes of its own, whatever the status, and a class for what has none.
#[must_use]
pub fn from_response_of(response: &Response<'_>, codes: &[(&str, Kind)], other: Kind) -> Error {
    let &Response { status, body: text, retry_after, now_ms } = response;
    let body = json::parse_str(text, json::DEFAULT_DEPTH).unwrap_or(Value::NULL);
    let code = first_text(body, "code");
    let own = codes.iter().find(|(known, _)| *known == code);
    let mut kind = own.map_or_else(|| classify(status, &code, body), |(_, kind)| *kind);
    if kind == Kind::ButtDialError {
        kind = other;
    }
    let mut message = first_text(body, "error|message");
    if message.is_empty() {
        message.push_str("HTTP ");
        json::push_integer(i64::from(status), &mut message);
    }
    let mut error = Error::new(kind, "HTTP_ERROR", message);
    error.status = Some(status);
    error.retry_after_ms = retry_after
        .and_then(|header| seconds_or_date(header, now_ms))
        .or_else(|| BODY_KEYS.iter().find_map(|key| decimal_seconds(&truth_of(body.at(key)))));
    let may_heal = match kind {
        Kind::ProviderWebhookWireFailed => true,
        kind if kind == other => matches!(status, 408 | 425) || status >= 500,
        _ => false,
    };
    error.retryable = matches!(kind, Kind::AuthLockedOutError | Kind::RateLimitError)
        || body.get("retryable").map_or(may_heal, truthy);

    let mut member = |name, json| error.extra.push((name, json));
    member("serverCode", or_null(&code));
    member("body", kept(body, text));
    let advice = body.at("remediation");
    if advice.is_text() && advice.raw().len() > 2 {
        member("remediation", advice.raw().to_owned());
    }
    let mut texts = match kind {
        Kind::AuthLockedOutError => {
            let until = time::parse_iso(&first_text(body, "lockedUntil|locked_until"));
            member("lockedUntil", or_null(&until.and_then(time::iso).unwrap_or_default()));
            ""
        }
        kind if kind.is_auth() => {
            let left = body.at("remainingAttempts");
            let left = left.number().map_or_else(|| left.chars(), str::to_owned);
            let left = crate::text::whole(left.trim_ascii());
            member("remainingAttempts", left.map_or_else(|| "null".to_owned(), json::integer));
            ""
        }
        Kind::RateLimitError => "scope|limitType",
        Kind::NoChannelAssigned => "channel",
        Kind::ProviderCapabilityError => "channel action provider",
        _ => "",
    };
    while !texts.is_empty() {
        let (names, others) = cut(texts, b' ');
        member(cut(names, b'|').0, or_null(&first_text(body, names)));
        texts = others;
    }
    if !code.is_empty() {
        error.code = Cow::Owned(code);
    }
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

/// The table: wire-contract 7.2, in its order. From and to which status, with which code (empty: any); the class.
const CLASSES: [(u16, u16, &str, Kind); 14] = [
    (401, 401, "AUTH_MISSING_HEADER", Kind::AuthMissingHeaderError),
    (401, 401, "AUTH_INVALID_TOKEN", Kind::AuthInvalidTokenError),
    (401, 401, "AUTH_TOKEN_REVOKED", Kind::AuthTokenRevokedError),
    (401, 401, "AUTH_LOCKED_OUT", Kind::AuthLockedOutError),
    (429, 429, "AUTH_LOCKED_OUT", Kind::AuthLockedOutError),
    (401, 401, "", Kind::AuthError),
    (429, 429, "", Kind::RateLimitError),
    (404, 410, "AGENT_NOT_PROVISIONED", Kind::NotProvisioned),
    (404, 410, "AGENT_NOT_FOUND", Kind::NotProvisioned),
    (404, 410, "NOT_PROVISIONED", Kind::NotProvisioned),
    (0, u16::MAX, "NO_CHANNEL_ASSIGNED", Kind::NoChannelAssigned),
    (0, u16::MAX, "PROVIDER_WEBHOOK_WIRE_FAILED", Kind::ProviderWebhookWireFailed),
    (0, u16::MAX, "PROVIDER_UNSUPPORTED", Kind::ProviderCapabilityError),
    (0, u16::MAX, "CHANNEL_UNSUPPORTED", Kind::ProviderCapabilityError),
];

fn classify(status: u16, code: &str, body: Value<'_>) -> Kind {
    // Servers without codes tell the lockout by its words only (wire-contract 7.5).
    if status == 429 && code.is_empty() && contains(&first_text(body, "error"), "failed attempts") {
        return Kind::AuthLockedOutError;
    }
    // What was there once is gone, with 404 or 410; the statuses between have no class of their own.
    let status = if matches!(status, 405..=409) { 400 } else { status };
    for (from, to, known, kind) in CLASSES {
        if (from..=to).contains(&status) && (known.is_empty() || known == code) {
            return kind;
        }
    }
    Kind::ButtDialError
}

/// Seconds, whole or decimal, as milliseconds; or a date, as the milliseconds until then.
fn seconds_or_date(text: &str, now_ms: f64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "four-digit years are exact in a double")]
    let until = |at: i64| (at as f64 - now_ms).max(0.0);
    decimal_seconds(text).or_else(|| time::parse_http_date(text).map(until))
}

/// The keys that answers carry, in order (wire-contract 7.3).
const BODY_KEYS: [&str; 4] = ["retryAfterSeconds", "retry_after_seconds", "retryAfter", "retry_after"];

/// `12`, `-5` or `4.5` as milliseconds, without the code that full number parsing would bring.
fn decimal_seconds(text: &str) -> Option<f64> {
    let text = text.trim_ascii();
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (mut ms, mut scale, mut after_digit) = (0.0_f64, 0.0_f64, false);
    for byte in digits.bytes() {
        if byte == b'.' && after_digit && scale == 0.0 {
            (scale, after_digit) = (100.0, false);
            continue;
        }
        if !byte.is_ascii_digit() {
            return None;
        }
        after_digit = true;
        let digit = f64::from(byte.wrapping_sub(b'0'));
        if scale == 0.0 {
            ms = ms * 10.0 + digit * 1000.0;
        } else if scale >= 1.0 {
            ms += digit * scale;
            scale /= 10.0;
        }
    }
    (after_digit && ms < 9e18).then_some(if negative { -ms } else { ms })
}

/// The first of these members (`a|b`) that says anything. The reference's rule.
#[inline(never)]
fn first_text(body: Value<'_>, names: &str) -> String {
    let (name, others) = cut(names, b'|');
    let text = truth_of(body.at(name));
    if text.is_empty() && !others.is_empty() { first_text(body, others) } else { text }
}

/// A value as text: strings as they are, anything else that counts as true as its JSON; else nothing.
#[inline(never)]
fn truth_of(value: Value<'_>) -> String {
    if value.is_text() {
        value.chars()
    } else if truthy(value) {
        value.raw().to_owned()
    } else {
        String::new()
    }
}

/// A text as JSON; `null` if it is empty.
#[inline(never)]
fn or_null(text: &str) -> String {
    if text.is_empty() { "null".to_owned() } else { json::quoted(text) }
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
