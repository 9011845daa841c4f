//! The names under which deliveries are remembered, and from which the keys of a handler's sends are derived.
//!
//! Each key begins with what vouched for the request, so that a weaker proof can never mark a stronger one's event as done.

use crate::json::integer;
use crate::prelude::*;
pub use crate::secret::send_key;
use crate::secret::{hex, hmac_sha256};
use crate::text::concat;

use super::receive::Webhook;
use super::verify::Scheme;

/// How long a delivery of the service is remembered: it retries for 751 seconds (wire-contract 8.1).
pub const DELIVERY_TTL_MS: f64 = 3_600_000.0;

/// How long an event of WhatsApp is remembered: Meta retries for up to 7 days (performance.md 6a).
pub const WHATSAPP_TTL_MS: f64 = 8.0 * 86_400_000.0;

/// Longest id that stands in a key as it is.
const MAX_PLAIN: usize = 160;

/// The keys of a webhook and for how long they count, in milliseconds. The flag says that all of them are for the delivery
/// as a whole; else there is one for each event, `None` where nothing names it, so that it cannot be told from its repeat.
pub(crate) fn keys(webhook: &Webhook) -> (bool, Vec<Option<String>>, f64) {
    let (prefix, ttl_ms) = match webhook.proof {
        Scheme::Service => ("bd", DELIVERY_TTL_MS),
        Scheme::Meta => ("wa", WHATSAPP_TTL_MS),
        Scheme::CallbackToken => ("cb", DELIVERY_TTL_MS),
        Scheme::Insecure => ("dev", DELIVERY_TTL_MS),
    };
    let digest = webhook.digest.as_ref().map_or_else(String::new, |digest| hex(digest));
    let for_all = webhook.proof == Scheme::Service;
    let mut keys = Vec::new();
    if for_all {
        // The signature first: a delivery id is not signed, so it only adds to what the signature says.
        if !digest.is_empty() {
            keys.push(Some(concat(&[prefix, ":sig:", &digest])));
        }
        if let Some(id) = &webhook.delivery_id {
            keys.push(Some(named(prefix, ":id:", id)));
        }
    } else {
        for (place, event) in webhook.events.iter().enumerate() {
            keys.push(match &event.identity {
                Some(id) => Some(named(prefix, ":", id)),
                None if digest.is_empty() => None,
                None => Some(concat(&[prefix, ":body:", &digest, ":", &decimal(place)])),
            });
        }
    }
    (for_all, keys, ttl_ms)
}

fn named(prefix: &str, word: &str, id: &str) -> String {
    if plain(id) {
        return concat(&[prefix, word, id]);
    }
    concat(&[prefix, word, "#", &hex(&hmac_sha256(b"long id", &[id.as_bytes()]).bytes())])
}

/// The keys of a webhook for hosts that dedupe themselves: all of a delivery's, or one for each event.
#[must_use]
pub fn dedupe_keys(webhook: &Webhook) -> Vec<Option<String>> {
    keys(webhook).1
}

/// Whether an id stands in a key as it is: keys are of bounded length and plain characters.
fn plain(id: &str) -> bool {
    id.len() <= MAX_PLAIN && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a handler's sends are derived from: the event's own identity, else the delivery's id, else its signature, else its
/// body; the latter three with the event's place in it.
#[must_use]
pub fn event_key(webhook: &Webhook, index: usize) -> String {
    if let Some(identity) = webhook.events.get(index).and_then(|event| event.identity.as_ref()) {
        return identity.clone();
    }
    let (word, id) = match (&webhook.delivery_id, &webhook.digest) {
        (Some(id), _) => ("delivery:", id.clone()),
        (None, Some(digest)) => ("signature:", hex(digest)),
        (None, None) => ("body:", hex(&hmac_sha256(b"body", &[&webhook.body]).bytes())),
    };
    concat(&[word, &id, ":", &decimal(index)])
}

fn decimal(index: usize) -> String {
    integer(i64::try_from(index).unwrap_or(i64::MAX))
}
