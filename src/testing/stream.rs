//! The event streams that are open, and what is written to them.

use std::collections::BTreeMap;

use super::action::{Action, Close, StreamId};
use super::gzip;
use super::sse::{LineEnd, event, noise};

/// An event stream and the session on it.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) session: String,
    pub(super) line_end: LineEnd,
    /// Nothing is written any more.
    pub(super) mute: bool,
    /// One byte per chunk.
    pub(super) drip: bool,
    /// What decoders must pass over comes before every event.
    pub(super) noisy: bool,
    /// What is written goes out as gzip.
    pub(super) gzip: bool,
    /// Id of the service's next request: small integers from 0 (wire-contract 2.9).
    pub(super) next_ask: u64,
}

/// The open streams by id, which grows with their age.
#[derive(Debug, Default)]
pub(super) struct Streams(BTreeMap<StreamId, Stream>);

impl Streams {
    pub(super) fn open(&mut self, id: StreamId, stream: Stream) {
        self.0.insert(id, stream);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get_mut(&mut self, id: StreamId) -> Option<&mut Stream> {
        self.0.get_mut(&id)
    }

    pub(super) fn contains(&self, id: StreamId) -> bool {
        self.0.contains_key(&id)
    }

    pub(super) fn ids(&self) -> Vec<StreamId> {
        self.0.keys().copied().collect()
    }

    pub(super) fn newest(&self) -> Option<StreamId> {
        self.0.keys().next_back().copied()
    }

    pub(super) fn of_session(&self, session: &str) -> Option<StreamId> {
        self.0.iter().find(|(_, stream)| stream.session == session).map(|(id, _)| *id)
    }

    /// The client is gone.
    pub(super) fn forget(&mut self, id: StreamId) -> bool {
        self.0.remove(&id).is_some()
    }

    pub(super) fn close(&mut self, id: StreamId, how: Close, out: &mut Vec<Action>) {
        if self.forget(id) {
            out.push(Action::Close { stream: id, how });
        }
    }

    /// One event; whether the stream took it.
    pub(super) fn event(&self, id: StreamId, name: &str, data: &str, out: &mut Vec<Action>) -> bool {
        let Some(stream) = self.0.get(&id) else { return false };
        let mut bytes = if stream.noisy { noise(stream.line_end) } else { Vec::new() };
        bytes.extend(event(name, data, stream.line_end));
        self.write(id, bytes, stream.drip, out)
    }

    /// Bytes as they are, in one chunk or byte by byte; whether the stream took them.
    pub(super) fn write(&self, id: StreamId, bytes: Vec<u8>, drip: bool, out: &mut Vec<Action>) -> bool {
        let Some(stream) = self.0.get(&id) else { return false };
        if stream.mute {
            return false;
        }
        let bytes = if stream.gzip { gzip::stored(&bytes) } else { bytes };
        if drip || stream.drip {
            out.extend(bytes.into_iter().map(|byte| Action::Write { stream: id, bytes: vec![byte] }));
        } else {
            out.push(Action::Write { stream: id, bytes });
        }
        true
    }

    /// Bytes that are compressed already, or their head.
    pub(super) fn write_packed(&self, id: StreamId, bytes: Vec<u8>, out: &mut Vec<Action>) {
        if self.contains(id) {
            out.push(Action::Write { stream: id, bytes });
        }
    }
}
