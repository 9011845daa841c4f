//! JSON as the runtimes' own parser accepts it: bytes in, a checked view out, and a writer.
//!
//! [`parse`] checks the whole text once (RFC 8259 grammar, UTF-8, a depth limit). What it hands out is a view: a
//! [`Value`] is a slice of the text, so lone surrogates, numbers like `1e400` and every other oddity that
//! `JSON.parse` accepts pass through to the runtime verbatim, and nothing here ever rounds a number.
//! Of duplicate keys the last one counts, as in `JSON.parse`.

use crate::prelude::*;
use crate::text::{cut, part, push, utf8};
mod check;
#[cfg(feature = "webhooks")]
pub(crate) mod doc;
mod span;
mod write;

pub use write::{Writer, integer, millis, push_integer, quoted};

use alloc::borrow::Cow;
use check::Scan;
use span::Span;

/// Why a text is not JSON for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonError {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The grammar is broken at this byte.
    Syntax(usize),
    /// Arrays and objects nest deeper than the limit.
    TooDeep,
}

/// The deepest nesting that any caller may allow.
pub const MAX_DEPTH: usize = 512;

/// Nesting allowed where the caller says nothing.
pub const DEFAULT_DEPTH: usize = 64;

/// A checked JSON value: exactly its text, without surrounding whitespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a>(Span<'a>);

/// What a [`Value`] is.
#[derive(Clone, Debug)]
pub enum Kind<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(&'a str),
    /// A string.
    String(Text<'a>),
    /// An array.
    Array(Items<'a>),
    /// An object.
    Object(Object<'a>),
}

/// A JSON string: the characters between the quotes, still escaped.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a>(Span<'a>);

/// An object's members in order.
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    text: &'a str,
    members: Vec<(Text<'a>, Value<'a>)>,
}

/// Checks a text. One byte order mark in front is skipped, as the runtimes do when they decode a body.
///
/// # Errors
/// [`JsonError`]; deeper nesting than `max_depth` (itself capped by [`MAX_DEPTH`]) is one.
pub fn parse(bytes: &[u8], max_depth: usize) -> Result<Value<'_>, JsonError> {
    let text = utf8(bytes).ok_or(JsonError::NotUtf8)?;
    parse_str(text.strip_prefix('\u{feff}').unwrap_or(text), max_depth)
}

/// [`parse`] for text that is known to be UTF-8 and carries no byte order mark.
///
/// # Errors
/// As [`parse`].
pub fn parse_str(text: &str, max_depth: usize) -> Result<Value<'_>, JsonError> {
    let mut scan = Scan::new(text, 0);
    if scan.whole(max_depth.min(MAX_DEPTH), None) {
        return Ok(Value(Span::of(text.trim_ascii())));
    }
    Err(scan.error())
}

impl<'a> Value<'a> {
    /// `null`
    pub const NULL: Self = Value(Span::NULL);

    /// `""`
    pub const EMPTY: Self = Value(Span::EMPTY);

    #[cfg(feature = "main")]
    /// A value from text that is known to be one, such as what a [`Writer`] wrote.
    pub(crate) fn known(json: &'a str) -> Self {
        Value(Span::of(json))
    }

    /// The text of the value: JSON that any parser takes.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.0.get()
    }

    /// The first byte, which tells what it is.
    #[inline(never)]
    pub(crate) fn first(self) -> u8 {
        self.0.get().as_bytes().first().copied().unwrap_or_default()
    }

    /// Looks at the value.
    #[must_use]
    pub fn kind(self) -> Kind<'a> {
        match self.first() {
            b'{' => Kind::Object(self.inside()),
            b'[' => Kind::Array(Items(Scan::new(self.0.get(), 1))),
            b'"' => Kind::String(Text::inside(self.0.get())),
            b't' => Kind::Bool(true),
            b'f' => Kind::Bool(false),
            b'-' | b'0'..=b'9' => Kind::Number(self.0.get()),
            _ => Kind::Null,
        }
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.first() == b'n'
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.first() == b'{'
    }

    /// Whether it is a string.
    #[must_use]
    pub fn is_text(self) -> bool {
        self.first() == b'"'
    }

    /// The object, if it is one.
    #[must_use]
    pub fn object(self) -> Option<Object<'a>> {
        self.is_object().then(|| self.inside())
    }

    /// The object that it is; an empty one if it is something else.
    #[inline(never)]
    #[must_use]
    pub fn inside(self) -> Object<'a> {
        if self.is_object() { Object::read(self.0.get()) } else { Object::default() }
    }

    /// The items, if it is an array.
    #[must_use]
    pub fn array(self) -> Option<Items<'a>> {
        (self.first() == b'[').then_some(Items(Scan::new(self.0.get(), 1)))
    }

    /// The string, if it is one.
    #[must_use]
    pub fn text(self) -> Option<Text<'a>> {
        self.is_text().then(|| Text::inside(self.0.get()))
    }

    /// The number as written, if it is one.
    #[must_use]
    pub fn number(self) -> Option<&'a str> {
        matches!(self.first(), b'-' | b'0'..=b'9').then_some(self.0.get())
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn bool(self) -> Option<bool> {
        match self.0.get() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// A member, if it is an object that has it; of several with one name the last. For many members, or a large
    /// object, [`Value::object`] is faster.
    #[must_use]
    #[inline(never)]
    pub fn get(self, key: &str) -> Option<Self> {
        let mut found = None;
        let mut scan = Scan::new(self.0.get(), if self.is_object() { 1 } else { self.0.get().len() });
        while let (Some(name), Some(value)) = (scan.next_value(), scan.next_value()) {
            if Text::inside(name.0.get()).is(key) {
                found = Some(value);
            }
        }
        found
    }

    /// A member; `null` where there is none.
    #[must_use]
    #[inline(never)]
    pub fn at(self, key: &str) -> Self {
        self.get(key).unwrap_or(Self::NULL)
    }

    /// The items; none if it is no array.
    #[must_use]
    pub fn items(self) -> Items<'a> {
        Items(Scan::new(self.0.get(), if self.first() == b'[' { 1 } else { self.0.get().len() }))
    }

    /// The characters of a string; none for anything else.
    #[must_use]
    #[inline(never)]
    pub fn chars(self) -> String {
        self.text().map(Text::chars).unwrap_or_default()
    }

    /// A whole number written without fraction or exponent.
    #[must_use]
    pub fn integer(self) -> Option<i64> {
        crate::text::whole(self.number()?)
    }
}

impl<'a> Text<'a> {
    fn inside(quoted: &'a str) -> Self {
        Text(Span::of(part(quoted, 1, quoted.len().wrapping_sub(1))))
    }

    /// The escaped characters, without the quotes.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.0.get()
    }

    /// Whether it has no character.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.get().is_empty()
    }

    fn escaped(self) -> bool {
        self.0.get().bytes().any(|byte| byte == b'\\')
    }

    /// The characters. A lone surrogate, which Rust text cannot hold, becomes U+FFFD: use [`Text::raw`] to pass text on.
    #[must_use]
    pub fn decode(self) -> Cow<'a, str> {
        if self.escaped() { Cow::Owned(unescape(self.0.get())) } else { Cow::Borrowed(self.0.get()) }
    }

    /// The same, to keep.
    #[must_use]
    pub fn chars(self) -> String {
        unescape(self.0.get())
    }

    /// Whether the characters are these.
    #[must_use]
    pub fn is(self, plain: &str) -> bool {
        if self.escaped() { unescape(self.0.get()) == plain } else { self.0.get() == plain }
    }
}

impl<'a> Object<'a> {
    fn read(text: &'a str) -> Self {
        let mut scan = Scan::new(text, 1);
        let mut members = Vec::new();
        while let Some(key) = scan.next_value() {
            let Some(value) = scan.next_value() else { break };
            members.push((Text::inside(key.0.get()), value));
        }
        Object { text, members }
    }

    /// The member's value; of several with one name the last.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.members.iter().rev().find(|(name, _)| name.is(key)).map(|(_, value)| *value)
    }

    /// The object as a value.
    #[must_use]
    pub fn raw(&self) -> Value<'a> {
        Value(Span::of(self.text))
    }

    /// The members in the order of the text, duplicates included.
    pub fn members(&self) -> impl Iterator<Item = (Text<'a>, Value<'a>)> + '_ {
        self.members.iter().copied()
    }

    /// How many members, duplicates included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

/// The items of an array.
#[derive(Clone, Debug)]
pub struct Items<'a>(Scan<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;
    fn next(&mut self) -> Option<Value<'a>> {
        self.0.next_value()
    }
}

impl<'a> Scan<'a> {
    /// The next value inside a checked array or object, keys included.
    #[inline(never)]
    fn next_value(&mut self) -> Option<Value<'a>> {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r' | b',' | b':') {
            self.bump();
        }
        let start = self.at;
        (!matches!(self.peek(), b']' | b'}') && self.value(MAX_DEPTH, None))
            .then(|| Value(Span::of(part(self.text, start, self.at))))
    }
}

/// Whether a value says something: `null`, `false`, zero and everything empty do not. What the reference asks when it asks for truth.
#[must_use]
pub fn truthy(value: Value<'_>) -> bool {
    says(value.0.get())
}

#[inline(never)]
fn says(raw: &str) -> bool {
    let mut bytes = raw.bytes();
    match bytes.next() {
        None | Some(b'n' | b'f') => false,
        Some(b't') => true,
        Some(b'"') => raw.len() > 2,
        Some(b'{' | b'[') => !matches!(bytes.find(|byte| *byte > b' '), Some(b'}' | b']')),
        // Before the exponent.
        _ => matches!(raw.bytes().find(|byte| matches!(byte, b'1'..=b'9' | b'E' | b'e')), Some(b'1'..=b'9')),
    }
}

/// The characters of checked text.
#[inline(never)]
pub(crate) fn unescape(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    loop {
        let (plain, after) = cut(rest, b'\\');
        out.push_str(plain);
        if plain.len() == rest.len() {
            return out;
        }
        let letter = after.as_bytes().first().copied().unwrap_or_default();
        rest = part(after, 1, after.len());
        let mut code = match letter {
            b'b' => 8,
            b'f' => 12,
            b'n' => 10,
            b'r' => 13,
            b't' => 9,
            b'u' => unit(&mut rest),
            _ => u32::from(letter),
        };
        if code & 0xfc00 == 0xd800
            && let [b'\\', b'u', ..] = rest.as_bytes()
        {
            let mut after = part(rest, 2, rest.len());
            let low = unit(&mut after);
            if low & 0xfc00 == 0xdc00 {
                code = 0x10000_u32.wrapping_add(((code & 0x3ff) << 10) | (low & 0x3ff));
                rest = after;
            }
        }
        push(&mut out, char::from_u32(code).unwrap_or('\u{fffd}'));
    }
}

/// Takes four hex digits.
#[inline(never)]
fn unit(rest: &mut &str) -> u32 {
    let mut code = 0;
    for byte in rest.bytes().take(4) {
        // The letters' lowest bits count from 1, and only letters have bit 6.
        code = (code << 4) | u32::from((byte & 15).wrapping_add((byte >> 6).wrapping_mul(9)));
    }
    *rest = part(rest, 4, rest.len());
    code
}

#[cfg(test)]
mod tests;
