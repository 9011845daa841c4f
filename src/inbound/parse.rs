//! Which payload it is, and its events.

use crate::json::{self, JsonError, Value};
use crate::model::event::Event;
use crate::prelude::*;

use super::unknown::{Unreadable, unknown};
use super::verify::{Scheme, Verified};
use super::{account, generic, whatsapp};

/// Who sent a request, told by its body once it is known to be genuine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// An event about a workspace.
    Account,
    /// A message, receipt or status of the service.
    Callback,
    /// WhatsApp Cloud.
    Whatsapp,
}

impl Source {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Callback => "callback",
            Self::Whatsapp => "whatsapp",
        }
    }
}

/// The events of a received request, in order. What verified it chooses the parser: a body signed by Meta is an envelope and
/// nothing else, one signed by the service never is, and account events come from signed requests only.
///
/// # Errors
/// [`JsonError`] when the body is not JSON, or nests deeper than `max_depth`.
pub fn parse(verified: &Verified<'_>, max_depth: usize) -> Result<(Source, Vec<Event>), JsonError> {
    let value = json::parse(verified.body(), max_depth)?;
    Ok(match verified.scheme() {
        Scheme::Meta => (Source::Whatsapp, parse_whatsapp(value)),
        Scheme::Service => service(value),
        Scheme::CallbackToken => (Source::Callback, vec![generic::read(value)]),
        Scheme::Insecure => by_shape(value),
    })
}

/// All events of a body, told apart by shape. Proves nothing about who sent it. A body that is not JSON is one `unknown`
/// event.
#[must_use]
pub fn parse_inbound(body: &[u8], max_depth: usize) -> (Source, Vec<Event>) {
    match json::parse(body, max_depth) {
        Ok(value) => by_shape(value),
        Err(error) => {
            let why = match error {
                JsonError::NotUtf8 => "the text: not UTF-8",
                JsonError::Syntax(_) => "the text: not JSON",
                JsonError::TooDeep => "the text: nested too deeply",
            };
            (Source::Callback, vec![unknown(Unreadable::Malformed, Value::NULL, why, Value::NULL)])
        }
    }
}

/// The events of a WhatsApp Cloud envelope.
#[must_use]
pub fn parse_whatsapp(payload: Value<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    whatsapp::read(payload, &mut events);
    events
}

/// The event of a payload of the service: a message, a receipt, a status update.
#[must_use]
pub fn parse_generic(payload: Value<'_>) -> Event {
    generic::read(payload)
}

/// The event of a live push: the `data` of the notification's `params` (wire-contract 2.8).
#[must_use]
pub fn parse_push(params: &str) -> Event {
    let params = json::parse_str(params, json::MAX_DEPTH).unwrap_or(Value::NULL);
    generic::read(params.object().and_then(|params| params.get("data")).unwrap_or(params))
}

fn by_shape(value: Value<'_>) -> (Source, Vec<Event>) {
    let envelope = value.object().and_then(|object| object.get("entry")).is_some_and(|e| e.array().is_some());
    if envelope { (Source::Whatsapp, parse_whatsapp(value)) } else { service(value) }
}

fn service(value: Value<'_>) -> (Source, Vec<Event>) {
    if let Some(object) = value.object()
        && account::is_one(&object)
    {
        return (Source::Account, vec![account::read(&object, value)]);
    }
    (Source::Callback, vec![generic::read(value)])
}
