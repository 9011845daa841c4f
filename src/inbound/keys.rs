//! The names under which deliveries are remembered, and from which the keys of a handler's sends are derived.
//!
//! Each key begins with what vouched for the request, so that a weaker proof can never mark a stronger one's event as done.

use crate::json::integer;
use crate::prelude::*;
use crate::secret::{hex, hmac_sha256, uuid};
use crate::text::concat;

use super::receive::Webhook;
use super::verify::Scheme;

/// How long a delivery of the service is remembered: it retries for 751 seconds (wire-contract 8.1).
pub const DELIVERY_TTL_MS: f64 = 3_600_000.0;

/// How long an event of WhatsApp is remembered: Meta retries for up to 7 days (performance.md 6a).
pub const WHATSAPP_TTL_MS: f64 = 8.0 * 86_400_000.0;

/// Longest id that stands in a key as it is.
const MAX_PLAIN: usize = 160;

/// What is claimed before handlers run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// All of these, for the delivery as a whole.
    Delivery(Vec<String>),
    /// One for each event; `None` where nothing names it, so that it cannot be told from its repeat.
    Events(Vec<Option<String>>),
}

/// The keys of a webhook, and for how long they count.
pub(crate) fn keys(webhook: &Webhook) -> (Keys, f64) {
    let prefix = match webhook.proof {
        Scheme::Service => return (Keys::Delivery(delivery(webhook)), DELIVERY_TTL_MS),
        Scheme::Meta => "wa",
        Scheme::CallbackToken => "cb",
        Scheme::Insecure => "dev",
    };
    let body = webhook.digest.map(|digest| hex(&digest));
    let name = |(index, event): (usize, &crate::model::event::Event)| match (&event.identity, &body) {
        (Some(identity), _) => Some(key(prefix, identity)),
        (None, Some(body)) => Some(concat(&[prefix, ":body:", body, ":", &decimal(index)])),
        (None, None) => None,
    };
    let ttl = if webhook.proof == Scheme::Meta { WHATSAPP_TTL_MS } else { DELIVERY_TTL_MS };
    (Keys::Events(webhook.events.iter().enumerate().map(name).collect()), ttl)
}

/// The keys of a webhook for hosts that dedupe themselves: all of a delivery's, or one for each event.
#[must_use]
pub fn dedupe_keys(webhook: &Webhook) -> Vec<Option<String>> {
    match keys(webhook).0 {
        Keys::Delivery(keys) => keys.into_iter().map(Some).collect(),
        Keys::Events(keys) => keys,
    }
}

/// The signature first: a delivery id is not signed, so it only adds to what the signature says.
fn delivery(webhook: &Webhook) -> Vec<String> {
    let mut keys = Vec::with_capacity(2);
    if let Some(digest) = webhook.digest {
        keys.push(concat(&["bd:sig:", &hex(&digest)]));
    }
    if let Some(id) = &webhook.delivery_id {
        keys.push(key("bd:id", id));
    }
    keys
}

/// A key of bounded length and plain characters.
fn key(prefix: &str, id: &str) -> String {
    if id.len() <= MAX_PLAIN && id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return concat(&[prefix, ":", id]);
    }
    concat(&[prefix, ":#", &hex(&hmac_sha256(b"long id", &[id.as_bytes()]).bytes())])
}

/// What a handler's sends are derived from: the event's own identity, else the delivery's id, else its signature, else its
/// body; the latter three with the event's place in it.
#[must_use]
pub fn event_key(webhook: &Webhook, index: usize) -> String {
    if let Some(identity) = webhook.events.get(index).and_then(|event| event.identity.as_ref()) {
        return identity.clone();
    }
    let whole = match (&webhook.delivery_id, webhook.digest) {
        (Some(id), _) => concat(&["delivery:", id]),
        (None, Some(digest)) => concat(&["signature:", &hex(&digest)]),
        (None, None) => concat(&["body:", &hex(&hmac_sha256(b"body", &[&webhook.body]).bytes())]),
    };
    concat(&[&whole, ":", &decimal(index)])
}

/// The idempotency key of a send: the `ordinal`th one that this handler makes for this event. The same again when the
/// handler runs again; another for every other handler, so that one that fails early shifts nobody else's.
#[must_use]
pub fn send_key(event_key: &str, handler: u32, ordinal: u32) -> String {
    let parts: [&[u8]; 3] = [event_key.as_bytes(), &handler.to_be_bytes(), &ordinal.to_be_bytes()];
    let digest = hmac_sha256(b"butt-dial-edge send key 1", &parts).bytes();
    uuid(digest.first_chunk().copied().unwrap_or_default(), 8)
}

fn decimal(index: usize) -> String {
    integer(i64::try_from(index).unwrap_or(i64::MAX))
}
