//! JSON text, written piece by piece.

use super::Text;
use crate::prelude::*;
use crate::text::{part, push};

/// Writes JSON text. The caller keeps the grammar: `object`, `key`, value, …, `end_object`; commas are set here.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    out: String,
    comma: bool,
}

impl Writer {
    /// Nothing written yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    fn separate(&mut self) {
        if self.comma {
            push(&mut self.out, ',');
        }
        self.comma = true;
    }

    /// Opens an object.
    pub fn object(&mut self) -> &mut Self {
        self.separate();
        push(&mut self.out, '{');
        self.comma = false;
        self
    }

    /// Closes it.
    pub fn end_object(&mut self) -> &mut Self {
        push(&mut self.out, '}');
        self.comma = true;
        self
    }

    /// Opens an array.
    pub fn array(&mut self) -> &mut Self {
        self.separate();
        push(&mut self.out, '[');
        self.comma = false;
        self
    }

    /// Closes it.
    pub fn end_array(&mut self) -> &mut Self {
        push(&mut self.out, ']');
        self.comma = true;
        self
    }

    /// A member's name; its value must follow.
    pub fn key(&mut self, key: &str) -> &mut Self {
        self.string(key);
        push(&mut self.out, ':');
        self.comma = false;
        self
    }

    /// A member's name as it stood in another text; its value must follow.
    pub fn key_of(&mut self, key: Text<'_>) -> &mut Self {
        self.raw_key(key.0.get())
    }

    /// A member's name that is escaped already; its value must follow.
    pub(crate) fn raw_key(&mut self, key: &str) -> &mut Self {
        self.separate();
        push(&mut self.out, '"');
        self.out.push_str(key);
        self.out.push_str("\":");
        self.comma = false;
        self
    }

    /// A string.
    pub fn string(&mut self, text: &str) -> &mut Self {
        self.separate();
        quote(text, &mut self.out);
        self
    }

    /// A value that is JSON already.
    pub fn raw(&mut self, json: &str) -> &mut Self {
        self.separate();
        self.out.push_str(json);
        self
    }

    /// A whole number.
    pub fn integer(&mut self, number: i64) -> &mut Self {
        self.separate();
        push_integer(number, &mut self.out);
        self
    }

    /// A whole number, or `null`.
    #[cfg(target_arch = "wasm32")]
    #[cfg(feature = "webhooks")]
    pub(crate) fn integer_or_null(&mut self, number: Option<i64>) -> &mut Self {
        match number {
            Some(number) => self.integer(number),
            None => self.null(),
        }
    }

    /// `true` or `false`.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.raw(if value { "true" } else { "false" })
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.raw("null")
    }

    /// A string, or `null`.
    pub fn string_or_null(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.string(text),
            None => self.null(),
        }
    }
}

/// The text as a JSON string, quotes included.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::new();
    quote(text, &mut out);
    out
}

#[inline(never)]
fn quote(text: &str, out: &mut String) {
    let mut rest = text;
    push(out, '"');
    loop {
        let plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
        let place = rest.bytes().take_while(plain).count();
        out.push_str(part(rest, 0, place));
        let Some(byte) = rest.as_bytes().get(place).copied() else { break };
        let letter = match byte {
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0..=0x1f => b'u',
            _ => byte,
        };
        push(out, '\\');
        push(out, char::from(letter));
        if letter == b'u' {
            out.push_str("00");
            crate::secret::push_hex(byte, out);
        }
        rest = part(rest, place.wrapping_add(1), rest.len());
    }
    push(out, '"');
}

/// Appends a whole number. `core::fmt` would do it at the price of its machinery.
pub fn push_integer(number: i64, out: &mut String) {
    if number < 0 {
        push(out, '-');
    }
    push_digits(number.unsigned_abs(), out);
}

/// All digits but the last, then that one: at most 19 deep.
fn push_digits(number: u64, out: &mut String) {
    if number > 9 {
        push_digits(number / 10, out);
    }
    push(out, char::from(b'0'.wrapping_add((number % 10) as u8)));
}

/// The number as text.
#[must_use]
pub fn integer(number: i64) -> String {
    let mut out = String::new();
    push_integer(number, &mut out);
    out
}

/// A duration as whole milliseconds.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "float to integer casts saturate")]
pub fn millis(ms: f64) -> String {
    integer(ms as i64)
}
