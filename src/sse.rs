//! Server-sent events: bytes in, events out, as the WHATWG standard reads them (`text/event-stream`), bounded. `retry` is not
//! read: when to come again is decided elsewhere.
//!
//! Every byte of a field that counts is copied once, into the event it belongs to; everything else (comments, unknown
//! fields) leaves nothing behind. An event is handed out with the line end that completes it, even if that is a lone
//! CR whose LF may or may not follow.

use crate::prelude::*;
#[cfg(test)]
mod tests;

/// Largest event where the caller says nothing: 8 MiB of name, id and data together.
pub const MAX_EVENT_BYTES: usize = 8 * 1024 * 1024;

/// Longest id: it goes with every event that follows, so a longer one counts as none.
pub const MAX_ID: usize = 256;

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Its type; empty means `message`.
    pub name: String,
    /// Its data, lines joined by LF. Bytes that are not UTF-8 became U+FFFD.
    pub data: String,
    /// The last event id at its time.
    pub id: String,
}

impl Event {
    /// Whether it is a plain message.
    #[must_use]
    pub fn is_message(&self) -> bool {
        self.name.is_empty() || self.name == "message"
    }
}

/// An event grew beyond the limit. Final: the decoder takes nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// The decoder of one stream.
#[derive(Clone, Debug)]
pub struct Decoder {
    max_event_bytes: usize,
    /// How many bytes of a byte order mark were seen; 3 once the question is settled.
    mark: usize,
    /// The last byte was a CR: an LF now belongs to it.
    after_cr: bool,
    line: Line,
    /// The first bytes of the field name. One longer than the longest name we know is enough to tell.
    field: [u8; 6],
    field_len: usize,
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    value: Vec<u8>,
    id: String,
    too_large: bool,
}

/// Where in a line we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// In the field name; at its very beginning if no byte of it was seen.
    Field,
    /// Behind the colon, where one space is skipped.
    Colon(Field),
    /// In the value.
    Value(Field),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Data,
    Event,
    Id,
    Ignored,
}

const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

impl Decoder {
    /// A decoder for a new stream.
    #[must_use]
    pub fn new(max_event_bytes: usize) -> Self {
        Self {
            max_event_bytes,
            mark: 0,
            after_cr: false,
            line: Line::Field,
            field: [0; 6],
            field_len: 0,
            name: Vec::new(),
            data: Vec::new(),
            has_data: false,
            value: Vec::new(),
            id: String::new(),
            too_large: false,
        }
    }

    /// Takes the next bytes and appends the events they complete. What the stream leaves unfinished at its end is no
    /// event: just drop the decoder.
    ///
    /// # Errors
    /// [`TooLarge`], now and for ever, when an event exceeds the limit; events completed before are in `out`.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<Event>) -> Result<(), TooLarge> {
        let mut rest = chunk;
        while let (Some(&byte), false) = (rest.first(), self.too_large) {
            if self.mark < 3 {
                if MARK.get(self.mark) == Some(&byte) {
                    self.mark = self.mark.saturating_add(1);
                    rest = rest.get(1..).unwrap_or_default();
                    continue;
                }
                // No mark after all: what looked like one is the beginning of an unknown field name.
                self.field_len = self.mark;
                self.mark = 3;
            }
            if core::mem::take(&mut self.after_cr) && byte == b'\n' {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            rest = match self.line {
                Line::Field => self.field(rest, out),
                Line::Colon(field) => {
                    self.line = Line::Value(field);
                    if byte == b' ' { rest.get(1..).unwrap_or_default() } else { rest }
                }
                Line::Value(field) => self.value(field, rest, out),
            };
        }
        if self.too_large { Err(TooLarge) } else { Ok(()) }
    }

    /// Reads on in a field name; returns what is left of the chunk.
    fn field<'a>(&mut self, bytes: &'a [u8], out: &mut Vec<Event>) -> &'a [u8] {
        let end = bytes.iter().position(|b| matches!(b, b':' | b'\n' | b'\r')).unwrap_or(bytes.len());
        for byte in bytes.iter().take(end) {
            let Some(slot) = self.field.get_mut(self.field_len) else { break };
            *slot = *byte;
            self.field_len = self.field_len.saturating_add(1);
        }
        match bytes.get(end) {
            None => {}
            Some(b':') => {
                self.line = Line::Colon(self.known_field());
                self.field_len = 0;
            }
            Some(&end_of_line) => {
                if self.field_len == 0 {
                    self.dispatch(out);
                } else {
                    let field = self.known_field();
                    self.field_len = 0;
                    self.end_line(field);
                }
                self.after_cr = end_of_line == b'\r';
            }
        }
        bytes.get(end.saturating_add(1)..).unwrap_or_default()
    }

    fn known_field(&self) -> Field {
        match self.field.get(..self.field_len) {
            Some(b"data") => Field::Data,
            Some(b"event") => Field::Event,
            Some(b"id") => Field::Id,
            _ => Field::Ignored,
        }
    }

    /// Reads on in a value; returns what is left of the chunk.
    fn value<'a>(&mut self, field: Field, bytes: &'a [u8], _out: &mut Vec<Event>) -> &'a [u8] {
        let end = bytes.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(bytes.len());
        let part = bytes.get(..end).unwrap_or_default();
        match field {
            Field::Ignored => {}
            Field::Data => self.take(part, |decoder| &mut decoder.data),
            Field::Event | Field::Id => self.take(part, |decoder| &mut decoder.value),
        }
        if let Some(&end_of_line) = bytes.get(end) {
            self.end_line(field);
            self.after_cr = end_of_line == b'\r';
        }
        bytes.get(end.saturating_add(1)..).unwrap_or_default()
    }

    /// Copies bytes into a buffer that never reserves more than the limit.
    fn take(&mut self, part: &[u8], buffer: fn(&mut Self) -> &mut Vec<u8>) {
        let held = self.data.len().saturating_add(self.name.len()).saturating_add(self.value.len());
        if part.len() > self.max_event_bytes.saturating_sub(held) {
            self.too_large = true;
            (self.data, self.name, self.value) = Default::default();
            return;
        }
        let limit = self.max_event_bytes;
        let buffer = buffer(self);
        let need = buffer.len().saturating_add(part.len());
        if need > buffer.capacity() {
            let wanted = buffer.capacity().saturating_mul(2).min(limit).max(need).max(64);
            buffer.reserve_exact(wanted.saturating_sub(buffer.len()));
        }
        buffer.extend_from_slice(part);
    }

    fn end_line(&mut self, field: Field) {
        self.line = Line::Field;
        match field {
            Field::Ignored => {}
            Field::Data => {
                self.has_data = true;
                self.take(b"\n", |decoder| &mut decoder.data);
            }
            Field::Event => self.name = core::mem::take(&mut self.value),
            Field::Id => {
                let value = core::mem::take(&mut self.value);
                if value.len() > MAX_ID {
                    self.id.clear();
                } else if !value.contains(&0) {
                    self.id = text(value);
                }
            }
        }
    }

    /// A blank line: the event is complete, if there is one.
    fn dispatch(&mut self, out: &mut Vec<Event>) {
        let name = core::mem::take(&mut self.name);
        let mut data = core::mem::take(&mut self.data);
        if core::mem::take(&mut self.has_data) {
            data.pop(); // the LF of the last line
            out.push(Event { name: text(name), data: text(data), id: self.id.clone() });
        }
    }
}

/// Bytes as text; without a copy where they are UTF-8.
fn text(bytes: Vec<u8>) -> String {
    crate::text::lossy(bytes)
}
