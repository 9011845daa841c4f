//! A request in, a genuine webhook or a refusal out. Runs no handler and remembers nothing.
//!
//! The host does the waiting, in three steps: [`begin`] says what is needed, the host reads the body and finds the secrets
//! (shown what [`hint`] reads, if they are looked up), [`end`] decides.

use crate::model::event::Event;
use crate::prelude::*;
use crate::secret::Secret;
use crate::text::owned;

use super::parse::{Source, parse};
use super::peek::{PEEK, peek};
use super::query;
use super::read::whole;
use super::verify::{self, Reason, Scheme, Verified, accept_callback, accept_insecure, verify_subscription};

/// A request as far as it decides something. Header values as `Headers.get` gives them.
#[derive(Clone, Default)]
pub struct Incoming {
    /// Method, in capitals.
    pub method: String,
    /// URL, or its path and query.
    pub url: String,
    /// `Content-Length`
    pub content_length: Option<String>,
    /// `X-BD-Event`: not signed, a hint.
    pub bd_event: Option<String>,
    /// `X-BD-Timestamp`
    pub bd_timestamp: Option<String>,
    /// `X-BD-Signature`
    pub bd_signature: Option<String>,
    /// `X-BD-Delivery-Id`: not signed.
    pub bd_delivery_id: Option<String>,
    /// `X-Hub-Signature-256`
    pub hub_signature: Option<String>,
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

/// What an unverified request claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// `orgId` of the body.
    pub org_id: Option<String>,
    /// `agentId` of the body.
    pub agent_id: Option<String>,
    /// `X-BD-Event`.
    pub event: Option<String>,
    /// The receiving number of a WhatsApp body.
    pub phone_number_id: Option<String>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Body.
    pub body: String,
    /// Further headers.
    pub headers: Vec<(&'static str, &'static str)>,
}

impl Reply {
    /// The headers that every answer has.
    pub const HEADERS: [(&'static str, &'static str); 3] = [
        ("content-type", "text/plain; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ];

    /// 200 with a body.
    #[must_use]
    pub fn ok(body: &str) -> Self {
        Self { status: 200, body: owned(body), headers: Vec::new() }
    }

    /// The answer to a genuine webhook: 200, or the refusal that makes the sender come again.
    #[must_use]
    pub fn handled(reason: Option<Reason>) -> Self {
        reason.map_or_else(|| Self::ok("ok"), Self::come_again)
    }

    /// The answer that makes the sender of a genuine webhook come again.
    #[must_use]
    pub fn come_again(reason: Reason) -> Self {
        Self::refusal(&Refusal { reason, meta: false, allow: "" })
    }

    /// The answer to a refusal: it does not say why.
    #[must_use]
    pub fn refusal(refusal: &Refusal) -> Self {
        let mut headers = Vec::new();
        match refusal.reason {
            Reason::MethodNotAllowed => headers.push(("allow", refusal.allow)),
            Reason::Busy => headers.push(("retry-after", "5")),
            _ => {}
        }
        Self { status: refusal.status(), body: String::new(), headers }
    }
}

impl Received {
    /// The answer, as far as no handler has a say.
    #[must_use]
    pub fn reply(&self) -> Reply {
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
    /// Whether the secrets were looked up by the [`hint`] of this body.
    pub looked_up: bool,
}

/// What a request takes, by the headers there are. A header left out leads to a scheme that must stand on its own.
/// `configured` says which secrets the host named, or a way to look them up, in the order of [`Which`].
///
/// # Errors
/// The refusal of what needs no look at the body.
pub fn begin(incoming: &Incoming, configured: [bool; 4], settings: &Settings) -> Result<Plan, Refusal> {
    let [webhook, whatsapp, verify_token, callback_token] = configured;
    let service = incoming.bd_signature.is_some() || incoming.bd_timestamp.is_some();
    let hub = !service && incoming.hub_signature.is_some();
    let asks = incoming.method == "GET" && query::find(&incoming.url, "hub.mode").is_some();
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
    } else if incoming.method != "POST" {
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
    let declared = incoming.content_length.as_deref().and_then(whole).unwrap_or(0);
    if usize::try_from(declared).is_ok_and(|declared| declared > settings.max_body) {
        refusal.reason = Reason::TooLarge;
        return Err(refusal);
    }
    Ok(Plan { scheme, refusal, limit: scheme.map(|_| settings.max_body), which })
}

/// What a lookup of secrets is shown. The body may be anything, and is looked into so far only.
#[must_use]
pub fn hint(incoming: &Incoming, body: &[u8]) -> Hint {
    let claimed = peek(body, PEEK);
    Hint {
        org_id: claimed.org_id,
        agent_id: claimed.agent_id,
        event: incoming.bd_event.as_deref().map(owned),
        phone_number_id: claimed.phone_number_id,
    }
}

/// Verifies and parses what was gathered.
#[must_use]
pub fn end(
    incoming: &Incoming,
    plan: &Plan,
    gathered: Gathered,
    settings: &Settings,
    now_s: f64,
) -> Received {
    let Gathered { bytes, secrets, looked_up } = gathered;
    let refused = |reason| Received::Refused(Refusal { reason, ..plan.refusal });
    let Some(scheme) = plan.scheme else {
        let (mode, token) =
            (query::get(&incoming.url, "hub.mode"), query::get(&incoming.url, "hub.verify_token"));
        if !verify_subscription(Some(&mode), Some(&token), &secrets) {
            return refused(Reason::WrongVerifyToken);
        }
        return Received::Challenge(query::get(&incoming.url, "hub.challenge"));
    };
    let verified = match verify(incoming, scheme, &bytes, &secrets, settings, now_s) {
        Ok(verified) => verified,
        Err(reason) => return refused(reason),
    };
    // The secret belongs to the ids that were claimed: they must be those that handlers will see.
    if looked_up && bytes.len() > PEEK && peek(&bytes, usize::MAX) != peek(&bytes, PEEK) {
        return refused(Reason::BadSignature);
    }
    let Ok((source, events)) = parse(&verified, settings.max_depth) else { return refused(Reason::NotJson) };
    let digest = verified.digest();
    let delivery_id = incoming
        .bd_delivery_id
        .as_deref()
        .filter(|id| scheme == Scheme::Service && !id.is_empty())
        .map(owned);
    Received::Webhook(Webhook { source, proof: scheme, delivery_id, digest, events, body: bytes })
}

fn verify<'a>(
    incoming: &Incoming,
    scheme: Scheme,
    body: &'a [u8],
    secrets: &[Secret],
    settings: &Settings,
    now_s: f64,
) -> Result<Verified<'a>, Reason> {
    match scheme {
        Scheme::Service | Scheme::Meta => {
            let signature = match scheme {
                Scheme::Service => &incoming.bd_signature,
                _ => &incoming.hub_signature,
            };
            let times = (now_s, settings.tolerance_s);
            verify::verify(
                scheme,
                body,
                incoming.bd_timestamp.as_deref(),
                signature.as_deref(),
                secrets,
                times,
            )
        }
        Scheme::CallbackToken => accept_callback(body, &query::last_segment(&incoming.url), secrets),
        Scheme::Insecure => Ok(accept_insecure(body)),
    }
}

#[cfg(test)]
#[cfg(feature = "main")]
mod tests;
