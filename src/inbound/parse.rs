//! Which payload it is, and its events.

use crate::json::{self, JsonError, Value};
use crate::model::event::Event;
use crate::prelude::*;

use super::read::{inside, member};
use super::unknown::malformed;
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
    Ok(read(json::parse(verified.body(), max_depth)?, verified.scheme()))
}

/// All events of a body, told apart by shape. Proves nothing about who sent it. A body that is not JSON is one `unknown`
/// event.
#[must_use]
pub fn parse_inbound(body: &[u8], max_depth: usize) -> (Source, Vec<Event>) {
    let why = match json::parse(body, max_depth) {
        Ok(value) => return read(value, Scheme::Insecure),
        Err(JsonError::NotUtf8) => "the text: not UTF-8",
        Err(JsonError::Syntax(_)) => "the text: not JSON",
        Err(JsonError::TooDeep) => "the text: nested too deeply",
    };
    let mut events = Vec::new();
    malformed(why, Value::NULL, &mut events);
    (Source::Callback, events)
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
    let mut events = Vec::new();
    generic::read(payload, &mut events);
    // There is one; the fallback keeps the impossible branch from being a panic.
    events.pop().unwrap_or_default()
}

/// The event of a live push: the `data` of the notification's `params` (wire-contract 2.8).
#[must_use]
pub fn parse_push(params: &str) -> Event {
    let params = json::parse_str(params, json::MAX_DEPTH).unwrap_or(Value::NULL);
    parse_generic(params.object().and_then(|params| params.get("data")).unwrap_or(params))
}

#[inline(never)]
fn read(value: Value<'_>, scheme: Scheme) -> (Source, Vec<Event>) {
    let object = inside(value);
    let source = match scheme {
        Scheme::Meta => Source::Whatsapp,
        Scheme::CallbackToken => Source::Callback,
        Scheme::Insecure if member(&object, "entry").array().is_some() => Source::Whatsapp,
        _ if account::is_one(&object) => Source::Account,
        _ => Source::Callback,
    };
    let mut events = Vec::new();
    match source {
        Source::Account => account::read(&object, &mut events),
        Source::Callback => generic::read(value, &mut events),
        Source::Whatsapp => whatsapp::read(value, &mut events),
    }
    (source, events)
}
