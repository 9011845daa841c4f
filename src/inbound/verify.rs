//! Is it genuine? Signatures, tokens, and the proof that parsing a received request asks for.

use crate::secret::{Secret, hmac_sha256, unhex32};

/// How many secrets are tried; further ones are not looked at. Two are enough to rotate one.
pub const MAX_SECRETS: usize = 16;

/// Longest timestamp header.
const MAX_TIMESTAMP: usize = 20;

/// Why a request is refused. One reason, one word, one status: see [`Reason::status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// There is no secret to check it with.
    NotConfigured,
    /// It carries no signature, and nothing lets unsigned requests in.
    Unsigned,
    /// The signature is not one of ours.
    BadSignature,
    /// The timestamp is too old, or too far ahead.
    Stale,
    /// A signature header is not what it must be.
    MalformedHeaders,
    /// Meta's challenge carries another verify token.
    WrongVerifyToken,
    /// The path does not end in the callback token.
    WrongCallbackToken,
    /// The body is larger than allowed.
    TooLarge,
    /// The body did not come in time.
    ReadTimeout,
    /// The body is genuine, but not JSON.
    NotJson,
    /// Neither a POST nor a challenge.
    MethodNotAllowed,
    /// The same delivery is being handled right now.
    Busy,
    /// A handler or the dedupe store failed; the sender should deliver again.
    HandlerFailed,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::NotConfigured,
        Self::Unsigned,
        Self::BadSignature,
        Self::Stale,
        Self::MalformedHeaders,
        Self::WrongVerifyToken,
        Self::WrongCallbackToken,
        Self::TooLarge,
        Self::ReadTimeout,
        Self::NotJson,
        Self::MethodNotAllowed,
        Self::Busy,
        Self::HandlerFailed,
    ];

    /// The word for logs and programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::Unsigned => "unsigned",
            Self::BadSignature => "bad_signature",
            Self::Stale => "stale",
            Self::MalformedHeaders => "malformed_headers",
            Self::WrongVerifyToken => "wrong_verify_token",
            Self::WrongCallbackToken => "wrong_callback_token",
            Self::TooLarge => "too_large",
            Self::ReadTimeout => "read_timeout",
            Self::NotJson => "not_json",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Busy => "busy",
            Self::HandlerFailed => "handler_failed",
        }
    }

    /// The status of the answer. What is not genuine is 401 towards the service and 403 towards Meta (wire-contract 12.14).
    #[must_use]
    pub fn status(self, meta: bool) -> u16 {
        match self {
            Self::NotConfigured
            | Self::Unsigned
            | Self::BadSignature
            | Self::Stale
            | Self::MalformedHeaders => {
                if meta {
                    403
                } else {
                    401
                }
            }
            Self::WrongVerifyToken => 403,
            Self::WrongCallbackToken => 401,
            Self::TooLarge => 413,
            Self::ReadTimeout => 408,
            Self::NotJson => 400,
            Self::MethodNotAllowed => 405,
            Self::Busy => 503,
            Self::HandlerFailed => 500,
        }
    }
}

/// Who signed it, or what let it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// `X-BD-Signature`: the service, with the workspace's webhook secret.
    Service,
    /// `X-Hub-Signature-256`: Meta, with the app secret.
    Meta,
    /// The URL ends in the callback token. Says nothing about the body.
    CallbackToken,
    /// Nothing; the host said that this is fine.
    Insecure,
}

/// A body and what vouches for it. Only this module makes one.
#[derive(Clone, Copy, Debug)]
pub struct Verified<'a> {
    body: &'a [u8],
    scheme: Scheme,
    digest: Option<[u8; 32]>,
}

impl<'a> Verified<'a> {
    /// The body.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// What vouches for it.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The signature's 32 bytes, where it is signed.
    #[must_use]
    pub fn digest(&self) -> Option<[u8; 32]> {
        self.digest
    }
}

/// Verifies a webhook of the service: HMAC-SHA256 over timestamp, dot, body (wire-contract 8.1).
///
/// The timestamp must be plain decimal digits, the signature `hmac-sha256=` and 64 lower-case hex digits, the time within
/// `tolerance_s` of `now_s` in both directions, bounds included. Does not notice a repeat.
///
/// # Errors
/// `NotConfigured`, `Unsigned`, `MalformedHeaders`, `Stale`, `BadSignature`; `NotJson` for a genuine body that is not UTF-8.
pub fn verify_webhook<'a>(
    body: &'a [u8],
    timestamp: Option<&str>,
    signature: Option<&str>,
    secrets: &[Secret],
    tolerance_s: f64,
    now_s: f64,
) -> Result<Verified<'a>, Reason> {
    verify(Scheme::Service, body, timestamp, signature, secrets, (now_s, tolerance_s))
}

/// Verifies a WhatsApp Cloud webhook: HMAC-SHA256 over the body (wire-contract 8.3). Meta signs no time.
///
/// # Errors
/// `NotConfigured`, `Unsigned`, `MalformedHeaders`, `BadSignature`.
pub fn verify_whatsapp<'a>(
    body: &'a [u8],
    signature: Option<&str>,
    secrets: &[Secret],
) -> Result<Verified<'a>, Reason> {
    verify(Scheme::Meta, body, None, signature, secrets, (0.0, 0.0))
}

/// Both of the above: Meta signs like the service, but neither timestamp nor dot.
///
/// # Errors
/// As above.
#[inline(never)]
pub(crate) fn verify<'a>(
    scheme: Scheme,
    body: &'a [u8],
    timestamp: Option<&str>,
    signature: Option<&str>,
    secrets: &[Secret],
    (now_s, tolerance_s): (f64, f64),
) -> Result<Verified<'a>, Reason> {
    let service = scheme == Scheme::Service;
    let timestamp = timestamp.filter(|_| service).unwrap_or_default();
    let signature = signature.unwrap_or_default();
    if secrets.iter().all(Secret::is_empty) {
        return Err(Reason::NotConfigured);
    }
    if signature.is_empty() || (service && timestamp.is_empty()) {
        return Err(Reason::Unsigned);
    }
    let seconds = seconds(timestamp).ok_or(Reason::MalformedHeaders)?;
    let (prefix, dot) = if service { ("hmac-sha256=", ".") } else { ("sha256=", "") };
    let digits = signature.strip_prefix(prefix).unwrap_or_default();
    let received = unhex32(digits.as_bytes()).ok_or(Reason::MalformedHeaders)?;
    let apart = (now_s - seconds).abs();
    if service && (apart.is_nan() || tolerance_s.is_nan() || apart > tolerance_s) {
        return Err(Reason::Stale);
    }
    if !signed(secrets, &[timestamp.as_bytes(), dot.as_bytes(), body], &received) {
        return Err(Reason::BadSignature);
    }
    if service && crate::text::utf8(body).is_none() {
        return Err(Reason::NotJson);
    }
    Ok(Verified { body, scheme, digest: Some(received) })
}

/// Whether Meta's subscription challenge may be answered: mode `subscribe` and the right token.
#[must_use]
pub fn verify_subscription(mode: Option<&str>, token: &str, verify_tokens: &[Secret]) -> bool {
    mode == Some("subscribe") && any_matches(verify_tokens, token)
}

/// Lets an unsigned body in because the URL's last path segment is the callback token.
///
/// # Errors
/// `NotConfigured` without a token, `WrongCallbackToken`.
pub fn accept_callback<'a>(body: &'a [u8], segment: &str, tokens: &[Secret]) -> Result<Verified<'a>, Reason> {
    if tokens.iter().all(Secret::is_empty) {
        return Err(Reason::NotConfigured);
    }
    if !any_matches(tokens, segment) {
        return Err(Reason::WrongCallbackToken);
    }
    Ok(Verified { body, scheme: Scheme::CallbackToken, digest: None })
}

/// Lets any body in. The host must have asked for it by name.
#[must_use]
pub fn accept_insecure(body: &[u8]) -> Verified<'_> {
    Verified { body, scheme: Scheme::Insecure, digest: None }
}

fn any_matches(secrets: &[Secret], text: &str) -> bool {
    let mut found = false;
    for secret in secrets.iter().take(MAX_SECRETS) {
        found |= secret.matches(text);
    }
    found
}

fn signed(secrets: &[Secret], parts: &[&[u8]], received: &[u8; 32]) -> bool {
    let mut found = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()).take(MAX_SECRETS) {
        found |= hmac_sha256(secret.expose().as_bytes(), parts).verify_bytes(received);
    }
    found
}

/// Plain decimal digits without a leading zero, so that there is one way only to write a time.
fn seconds(header: &str) -> Option<f64> {
    if header.len() > MAX_TIMESTAMP || (header.len() > 1 && header.starts_with('0')) {
        return None;
    }
    let mut value = 0.0;
    for byte in header.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10.0 + f64::from(byte.wrapping_sub(b'0'));
    }
    Some(value)
}
