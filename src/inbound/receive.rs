//! A request in, a genuine webhook or a refusal out. Runs no handler and remembers nothing.

use crate::http::{Body, read_body};
use crate::model::event::Event;
use crate::secret::Secret;
use crate::text::whole;
use crate::wait::{Clock, within};

use super::parse::{Source, parse};
use super::peek::{Claimed, PEEK, peek};
use super::query;
use super::verify::{
    Reason, Scheme, Verified, accept_callback, accept_insecure, verify_subscription, verify_webhook,
    verify_whatsapp,
};

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

/// Where secrets come from.
pub trait SecretSource {
    /// What a lookup fails with.
    type Error;
    /// Whether the host named this secret, or a way to look it up.
    fn configured(&self, which: Which) -> bool;
    /// Whether it is looked up, so that it depends on the hint.
    fn by_hint(&self, which: Which) -> bool;
    /// The secrets; none, or empty ones, refuse the request.
    ///
    /// # Errors
    /// What the host's lookup failed with.
    fn find(&self, which: Which, hint: &Hint) -> impl Future<Output = Result<Vec<Secret>, Self::Error>>;
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
impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
        Self { status: 200, body: body.to_owned(), headers: Vec::new() }
    }

    /// The answer to a refusal: it does not say why.
    #[must_use]
    pub fn refusal(refusal: &Refusal) -> Self {
        let headers = match refusal.reason {
            Reason::MethodNotAllowed => vec![("allow", refusal.allow)],
            Reason::Busy => vec![("retry-after", "5")],
            _ => Vec::new(),
        };
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

/// Receives a request: reads the body once and not beyond the limit, verifies it by the headers it carries, parses it.
///
/// # Errors
/// What a secret lookup failed with. Everything else is [`Received::Refused`].
pub async fn receive<S: SecretSource>(
    incoming: &Incoming,
    body: &mut impl Body,
    secrets: &S,
    settings: &Settings,
    clock: &impl Clock,
) -> Result<Received, S::Error> {
    let refuse = |reason, meta| {
        let allow = if secrets.configured(Which::VerifyToken) { "GET, POST" } else { "POST" };
        Ok(Received::Refused(Refusal { reason, meta, allow }))
    };
    if incoming.method == "GET" && query::has(&incoming.url, "hub.mode") {
        return match within(clock, settings.timeout_ms, challenge(incoming, secrets)).await {
            Some(Ok(Ok(text))) => Ok(Received::Challenge(text)),
            Some(Ok(Err(reason))) => refuse(reason, true),
            Some(Err(error)) => Err(error),
            None => refuse(Reason::ReadTimeout, true),
        };
    }
    if incoming.method != "POST" {
        return refuse(Reason::MethodNotAllowed, false);
    }
    let (scheme, meta) = choose(incoming, secrets, settings);
    let scheme = match scheme {
        Ok(scheme) => scheme,
        Err(reason) => return refuse(reason, meta),
    };
    let declared = incoming.content_length.as_deref().and_then(whole);
    if declared.is_some_and(|length| i64::try_from(settings.max_body).is_ok_and(|most| length > most)) {
        return refuse(Reason::TooLarge, meta);
    }
    let which = match scheme {
        Scheme::Service => Some(Which::Webhook),
        Scheme::Meta => Some(Which::Whatsapp),
        Scheme::CallbackToken => Some(Which::CallbackToken),
        Scheme::Insecure => None,
    };
    let gathered = within(clock, settings.timeout_ms, async {
        let (bytes, beyond) = match read_body(body, settings.max_body).await {
            Ok(read) => read,
            Err(_) => return Ok(Err(Reason::ReadTimeout)),
        };
        if beyond {
            return Ok(Err(Reason::TooLarge));
        }
        let Some(which) = which else { return Ok(Ok((bytes, Vec::new(), Claimed::default()))) };
        let claimed = if secrets.by_hint(which) { peek(&bytes, PEEK) } else { Claimed::default() };
        let found = secrets.find(which, &hint(incoming, &claimed)).await?;
        Ok(Ok((bytes, found, claimed)))
    });
    let (bytes, found, claimed) = match gathered.await {
        Some(Ok(Ok(gathered))) => gathered,
        Some(Ok(Err(reason))) => return refuse(reason, meta),
        Some(Err(error)) => return Err(error),
        None => return refuse(Reason::ReadTimeout, meta),
    };
    let now_s = settings.now_s.unwrap_or_else(|| clock.now_ms() / 1000.0);
    let verified = match verify(incoming, scheme, &bytes, &found, settings, now_s) {
        Ok(verified) => verified,
        Err(reason) => return refuse(reason, meta),
    };
    // The secret belongs to the ids that were claimed: they must be those that handlers will see.
    if which.is_some_and(|which| secrets.by_hint(which)) && peek(&bytes, usize::MAX) != claimed {
        return refuse(Reason::BadSignature, meta);
    }
    let Ok((source, events)) = parse(&verified, settings.max_depth) else {
        return refuse(Reason::NotJson, meta);
    };
    let delivery_id =
        incoming.bd_delivery_id.clone().filter(|id| scheme == Scheme::Service && !id.is_empty());
    let digest = verified.digest();
    Ok(Received::Webhook(Webhook { source, proof: scheme, delivery_id, digest, events, body: bytes }))
}

/// The scheme, by the headers there are. A header left out leads to a scheme that must stand on its own.
fn choose<S: SecretSource>(
    incoming: &Incoming,
    secrets: &S,
    settings: &Settings,
) -> (Result<Scheme, Reason>, bool) {
    let service = incoming.bd_signature.is_some() || incoming.bd_timestamp.is_some();
    let meta = !service
        && (incoming.hub_signature.is_some()
            || (secrets.configured(Which::Whatsapp) && !secrets.configured(Which::Webhook)));
    let scheme = if service && secrets.configured(Which::Webhook) {
        Ok(Scheme::Service)
    } else if !service && incoming.hub_signature.is_some() && secrets.configured(Which::Whatsapp) {
        Ok(Scheme::Meta)
    } else if settings.insecure {
        Ok(Scheme::Insecure)
    } else if service || incoming.hub_signature.is_some() {
        Err(Reason::NotConfigured)
    } else if secrets.configured(Which::CallbackToken) {
        Ok(Scheme::CallbackToken)
    } else if secrets.configured(Which::Webhook) || secrets.configured(Which::Whatsapp) {
        Err(Reason::Unsigned)
    } else {
        Err(Reason::NotConfigured)
    };
    (scheme, meta)
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
        Scheme::Service => verify_webhook(
            body,
            incoming.bd_timestamp.as_deref(),
            incoming.bd_signature.as_deref(),
            secrets,
            settings.tolerance_s,
            now_s,
        ),
        Scheme::Meta => verify_whatsapp(body, incoming.hub_signature.as_deref(), secrets),
        Scheme::CallbackToken => accept_callback(body, &query::last_segment(&incoming.url), secrets),
        Scheme::Insecure => Ok(accept_insecure(body)),
    }
}

async fn challenge<S: SecretSource>(
    incoming: &Incoming,
    secrets: &S,
) -> Result<Result<String, Reason>, S::Error> {
    if !secrets.configured(Which::VerifyToken) {
        return Ok(Err(Reason::NotConfigured));
    }
    let found = secrets.find(Which::VerifyToken, &hint(incoming, &Claimed::default())).await?;
    let read = |name| query::get(&incoming.url, name);
    let (mode, token) = (read("hub.mode"), read("hub.verify_token"));
    if !verify_subscription(mode.as_deref(), token.as_deref(), &found) {
        return Ok(Err(Reason::WrongVerifyToken));
    }
    Ok(Ok(read("hub.challenge").unwrap_or_default()))
}

fn hint(incoming: &Incoming, claimed: &Claimed) -> Hint {
    let claimed = claimed.clone();
    Hint {
        org_id: claimed.org_id,
        agent_id: claimed.agent_id,
        event: incoming.bd_event.clone(),
        phone_number_id: claimed.phone_number_id,
    }
}

#[cfg(test)]
mod tests;
