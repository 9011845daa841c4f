//! Which payload it is, and its events.

use crate::json::doc::{Doc, Node};
use crate::json::{JsonError, MAX_DEPTH};
use crate::model::event::Event;
use crate::prelude::*;

use super::read::Reader;
use super::verify::{Scheme, Verified};

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
    Ok(Reader::of(verified.body(), max_depth)?.read(verified.scheme(), None))
}

/// All events of a body, told apart by shape unless the caller knows whose it is. Proves nothing about who sent it. A body
/// that is not JSON is one `unknown` event.
#[must_use]
pub fn parse_inbound(body: &[u8], max_depth: usize, known: Option<Source>) -> (Source, Vec<Event>) {
    let why = match Reader::of(body, max_depth) {
        Ok(reader) => return reader.read(Scheme::Insecure, known),
        Err(JsonError::NotUtf8) => "the text: not UTF-8",
        Err(JsonError::Syntax(_)) => "the text: not JSON",
        Err(JsonError::TooDeep) => "the text: nested too deeply",
    };
    let mut reader = Reader::on(Doc::default());
    reader.malformed(why, Node::NONE);
    (Source::Callback, reader.events)
}

/// The event of a live push: the `data` of the notification's `params` (wire-contract 2.8).
#[must_use]
pub fn parse_push(params: &str) -> Event {
    let mut reader = Reader::of(params.as_bytes(), MAX_DEPTH).unwrap_or_else(|_| Reader::on(Doc::default()));
    let data = reader.look("data");
    reader.generic(if data == Node::NONE { Node::ROOT } else { data });
    // There is one; the fallback keeps the impossible branch from being a panic.
    reader.events.pop().unwrap_or_default()
}

impl Reader {
    #[inline(never)]
    fn read(mut self, scheme: Scheme, known: Option<Source>) -> (Source, Vec<Event>) {
        let entry = self.look("entry");
        let source = match (known, scheme) {
            (Some(source), _) => source,
            (_, Scheme::Meta) => Source::Whatsapp,
            (_, Scheme::CallbackToken) => Source::Callback,
            (_, Scheme::Insecure) if self.doc.first(entry) == b'[' => Source::Whatsapp,
            _ if self.is_account() => Source::Account,
            _ => Source::Callback,
        };
        match source {
            Source::Account => self.account(),
            Source::Callback => self.generic(Node::ROOT),
            Source::Whatsapp => self.whatsapp(Node::ROOT),
        }
        (source, self.events)
    }
}
