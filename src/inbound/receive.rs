//! A request in, a genuine webhook or a refusal out. Runs no handler and remembers nothing.
//!
//! The host does the waiting, in three steps: [`begin`] says what is needed, the host reads the body and finds the secrets
//! (shown what [`super::hint::hint`] reads, if they are looked up), [`end`] decides.

use crate::json::{Text, Value};
use crate::model::event::Event;
use crate::prelude::*;
use crate::secret::Secret;
use crate::text::whole;

use super::parse::{Source, parse};
use super::verify::{self, Reason, Scheme, Verified, accept_callback, accept_insecure, verify_subscription};

/// A request as far as it decides something: texts, or `null`. Header values as `Headers.get` gives them.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    /// Method, in capitals.
    pub method: Value<'a>,
    /// `hub.mode` of the URL, which only Meta's challenge has.
    pub mode: Value<'a>,
    /// `hub.verify_token`
    pub verify_token: Value<'a>,
    /// `hub.challenge`
    pub challenge: Value<'a>,
    /// The last segment of the URL's path.
    pub segment: Value<'a>,
    /// `Content-Length`
    pub content_length: Value<'a>,
    /// `X-BD-Event`: not signed, a hint.
    pub bd_event: Value<'a>,
    /// `X-BD-Timestamp`
    pub bd_timestamp: Value<'a>,
    /// `X-BD-Signature`
    pub bd_signature: Value<'a>,
    /// `X-BD-Delivery-Id`: not signed.
    pub bd_delivery_id: Value<'a>,
    /// `X-Hub-Signature-256`
    pub hub_signature: Value<'a>,
}

/// How to receive.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How old, or how far ahead, a timestamp may be, in seconds.
    pub tolerance_s: f64,
    /// Largest body in bytes.
    pub max_body: usize,
    /// How deep JSON may nest.
    pub max_depth: usize,
    /// Deadline for reading the body and finding the secret, in milliseconds.
    pub timeout_ms: f64,
    /// Whether everything unsigned is accepted.
    pub insecure: bool,
    /// The time to compare with, in seconds since 1970; the clock's if `None`.
    pub now_s: Option<f64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tolerance_s: 300.0,
            max_body: 1024 * 1024,
            max_depth: crate::json::DEFAULT_DEPTH,
            timeout_ms: 10_000.0,
            insecure: false,
            now_s: None,
        }
    }
}

/// The four secrets of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The workspace's webhook secret.
    Webhook,
    /// The Meta app's secret.
    Whatsapp,
    /// The verify token of Meta's challenge.
    VerifyToken,
    /// The last path segment that lets unsigned callbacks in.
    CallbackToken,
}

/// What became of a request.
#[derive(Debug)]
pub enum Received {
    /// Meta asks whether this URL is ours: answer this text.
    Challenge(String),
    /// Genuine.
    Webhook(Webhook),
    /// Not genuine, or not readable.
    Refused(Refusal),
}

/// A genuine webhook.
pub struct Webhook {
    /// Who sent it.
    pub source: Source,
    /// What vouches for it.
    pub proof: Scheme,
    /// `X-BD-Delivery-Id`, where the service signed the request.
    pub delivery_id: Option<String>,
    /// The signature's bytes.
    pub digest: Option<[u8; 32]>,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The body.
    pub body: Vec<u8>,
}

/// Shows no body: it is personal, and may hold a token.
impl core::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Webhook")
            .field("source", &self.source)
            .field("proof", &self.proof)
            .field("delivery_id", &self.delivery_id)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// Why a request is refused, and towards whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// Whether it came Meta's way, which is answered 403 instead of 401.
    pub meta: bool,
    /// The methods to name in `Allow`.
    pub allow: &'static str,
}

impl Refusal {
    /// Status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.reason.status(self.meta)
    }
}

/// An answer: status, body, and the headers that matter. All answers are `text/plain` and `nosniff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// Status.
    pub status: u16,
    /// Body.
    pub body: &'a str,
    /// One header more; without a name none.
    pub header: (&'static str, &'static str),
}

impl<'a> Reply<'a> {
    /// The headers that every answer has, as JSON: names and values.
    pub const HEADERS: &'static str = r#"["content-type","text/plain; charset=utf-8"],["x-content-type-options","nosniff"],["cache-control","no-store"]"#;

    /// 200 with a body.
    #[must_use]
    pub fn ok(body: &'a str) -> Self {
        Self { status: 200, body, header: ("", "") }
    }

    /// The answer to a genuine webhook: 200, or the refusal that makes the sender come again.
    #[must_use]
    pub fn handled(reason: Option<Reason>) -> Self {
        match reason {
            Some(reason) => Self::refusal(&Refusal { reason, meta: false, allow: "" }),
            None => Self::ok("ok"),
        }
    }

    /// The answer to a refusal: it does not say why.
    #[must_use]
    pub fn refusal(refusal: &Refusal) -> Self {
        let header = match refusal.reason {
            Reason::MethodNotAllowed => ("allow", refusal.allow),
            Reason::Busy => ("retry-after", "5"),
            _ => ("", ""),
        };
        Self { status: refusal.status(), body: "", header }
    }
}

impl Received {
    /// The answer, as far as no handler has a say.
    #[must_use]
    pub fn reply(&self) -> Reply<'_> {
        match self {
            Self::Challenge(text) => Reply::ok(text),
            Self::Webhook(_) => Reply::ok("ok"),
            Self::Refused(refusal) => Reply::refusal(refusal),
        }
    }
}

/// What the host has to find out about a request.
pub struct Plan {
    /// How it is verified; `None` for a challenge.
    scheme: Option<Scheme>,
    /// What a refusal looks like, but for the reason.
    refusal: Refusal,
    /// Up to how many bytes of the body are to be read; `None`: none of it, not even its beginning.
    pub limit: Option<usize>,
    /// The secret that is to be found, after the body was read.
    pub which: Option<Which>,
}

impl Plan {
    /// The answer when the body goes on beyond the limit.
    #[must_use]
    pub fn too_large(&self) -> Refusal {
        Refusal { reason: Reason::TooLarge, ..self.refusal }
    }

    /// The answer when the body breaks off, or when body and secrets are not there in time.
    #[must_use]
    pub fn too_slow(&self) -> Refusal {
        Refusal { reason: Reason::ReadTimeout, ..self.refusal }
    }
}

/// What the host found out.
#[derive(Default)]
pub struct Gathered {
    /// The whole body.
    pub bytes: Vec<u8>,
    /// The secrets; none, or empty ones, refuse the request.
    pub secrets: Vec<Secret>,
}

/// What a request takes, by the headers there are. A header left out leads to a scheme that must stand on its own.
/// `configured` says which secrets the host named, or a way to look them up, in the order of [`Which`].
///
/// # Errors
/// The refusal of what needs no look at the body.
pub fn begin(incoming: &Incoming<'_>, configured: [bool; 4], settings: &Settings) -> Result<Plan, Refusal> {
    let [webhook, whatsapp, verify_token, callback_token] = configured;
    let service = !incoming.bd_signature.is_null() || !incoming.bd_timestamp.is_null();
    let hub = !service && !incoming.hub_signature.is_null();
    let asks = incoming.method.raw() == "\"GET\"" && !incoming.mode.is_null();
    let meta = asks || hub || (!service && whatsapp && !webhook);
    let mut refusal = Refusal {
        reason: Reason::NotConfigured,
        meta,
        allow: if verify_token { "GET, POST" } else { "POST" },
    };
    let (scheme, which) = if asks && verify_token {
        (None, Some(Which::VerifyToken))
    } else if asks {
        return Err(refusal);
    } else if incoming.method.raw() != "\"POST\"" {
        refusal.reason = Reason::MethodNotAllowed;
        return Err(refusal);
    } else if service && webhook {
        (Some(Scheme::Service), Some(Which::Webhook))
    } else if hub && whatsapp {
        (Some(Scheme::Meta), Some(Which::Whatsapp))
    } else if settings.insecure {
        (Some(Scheme::Insecure), None)
    } else if !service && !hub && callback_token {
        (Some(Scheme::CallbackToken), Some(Which::CallbackToken))
    } else {
        if !service && !hub && (webhook || whatsapp) {
            refusal.reason = Reason::Unsigned;
        }
        return Err(refusal);
    };
    let declared = plain(incoming.content_length).and_then(whole).unwrap_or(0);
    if usize::try_from(declared).is_ok_and(|declared| declared > settings.max_body) {
        refusal.reason = Reason::TooLarge;
        return Err(refusal);
    }
    Ok(Plan { scheme, refusal, limit: scheme.map(|_| settings.max_body), which })
}

/// A text as it stands in JSON, without the quotes. What must be digits or a signature has nothing that is escaped there.
pub(crate) fn plain(value: Value<'_>) -> Option<&str> {
    value.text().map(Text::raw)
}

/// Verifies and parses what was gathered.
#[must_use]
pub fn end(
    incoming: &Incoming<'_>,
    plan: &Plan,
    gathered: Gathered,
    settings: &Settings,
    now_s: f64,
) -> Received {
    let Gathered { bytes, secrets } = gathered;
    let refused = |reason| Received::Refused(Refusal { reason, ..plan.refusal });
    let Some(scheme) = plan.scheme else {
        if !verify_subscription(plain(incoming.mode), &incoming.verify_token.chars(), &secrets) {
            return refused(Reason::WrongVerifyToken);
        }
        return Received::Challenge(incoming.challenge.chars());
    };
    let verified = match verify(incoming, scheme, &bytes, &secrets, settings, now_s) {
        Ok(verified) => verified,
        Err(reason) => return refused(reason),
    };
    let Ok((source, events)) = parse(&verified, settings.max_depth) else { return refused(Reason::NotJson) };
    let digest = verified.digest();
    let delivery_id = incoming.bd_delivery_id.chars();
    let delivery_id = Some(delivery_id).filter(|id| scheme == Scheme::Service && !id.is_empty());
    Received::Webhook(Webhook { source, proof: scheme, delivery_id, digest, events, body: bytes })
}

fn verify<'a>(
    incoming: &Incoming<'_>,
    scheme: Scheme,
    body: &'a [u8],
    secrets: &[Secret],
    settings: &Settings,
    now_s: f64,
) -> Result<Verified<'a>, Reason> {
    match scheme {
        Scheme::Service | Scheme::Meta => {
            let signature = match scheme {
                Scheme::Service => incoming.bd_signature,
                _ => incoming.hub_signature,
            };
            let times = (now_s, settings.tolerance_s);
            verify::verify(scheme, body, plain(incoming.bd_timestamp), plain(signature), secrets, times)
        }
        Scheme::CallbackToken => accept_callback(body, &incoming.segment.chars(), secrets),
        Scheme::Insecure => Ok(accept_insecure(body)),
    }
}

#[cfg(test)]
#[cfg(feature = "main")]
mod tests;
