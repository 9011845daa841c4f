//! JSON as the runtimes' own parser accepts it: bytes in, a checked view out, and a writer.
//!
//! [`parse`] checks the whole text once (RFC 8259 grammar, UTF-8, a depth limit). What it hands out is a view: a
//! [`Value`] is a slice of the text, so lone surrogates, numbers like `1e400` and every other oddity that
//! `JSON.parse` accepts pass through to the runtime verbatim, and nothing here ever rounds a number.
//! Of duplicate keys the last one counts, as in `JSON.parse`.

use crate::prelude::*;
mod check;
mod write;

pub use write::{Writer, integer, push_integer, quoted};

use alloc::borrow::Cow;
use check::check;

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
pub struct Value<'a>(&'a str);

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
pub struct Text<'a>(&'a str);

/// An object's members in order.
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    members: Vec<(Text<'a>, Value<'a>)>,
}

/// Checks a text. One byte order mark in front is skipped, as the runtimes do when they decode a body.
///
/// # Errors
/// [`JsonError`]; deeper nesting than `max_depth` (itself capped by [`MAX_DEPTH`]) is one.
pub fn parse(bytes: &[u8], max_depth: usize) -> Result<Value<'_>, JsonError> {
    let text = core::str::from_utf8(bytes).map_err(|_| JsonError::NotUtf8)?;
    parse_str(text.strip_prefix('\u{feff}').unwrap_or(text), max_depth)
}

/// [`parse`] for text that is known to be UTF-8 and carries no byte order mark.
///
/// # Errors
/// As [`parse`].
pub fn parse_str(text: &str, max_depth: usize) -> Result<Value<'_>, JsonError> {
    check(text.as_bytes(), max_depth.min(MAX_DEPTH))?;
    Ok(Value(trim(text)))
}

/// Without the whitespace of JSON around it. (`trim_matches` would bring the search machinery of `core` along.)
fn trim(text: &str) -> &str {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let lead = text.bytes().take_while(space).count();
    let tail = text.bytes().rev().take_while(space).count();
    text.get(lead..text.len().saturating_sub(tail)).unwrap_or_default()
}

impl<'a> Value<'a> {
    /// `null`
    pub const NULL: Self = Value("null");

    /// `""`
    pub const EMPTY: Self = Value("\"\"");

    #[cfg(feature = "webhooks")]
    /// A value from text that is known to be one, such as what a [`Writer`] wrote.
    pub(crate) fn known(json: &'a str) -> Self {
        Value(json)
    }

    /// The text of the value: JSON that any parser takes.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.0
    }

    /// Looks at the value.
    #[must_use]
    pub fn kind(self) -> Kind<'a> {
        match self.0.as_bytes().first() {
            Some(b'{') => Kind::Object(Object::read(self.0)),
            Some(b'[') => Kind::Array(Items(Scan { text: self.0, at: 1 })),
            Some(b'"') => Kind::String(Text::inside(self.0)),
            Some(b't') => Kind::Bool(true),
            Some(b'f') => Kind::Bool(false),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.0),
            _ => Kind::Null,
        }
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.0.starts_with('n')
    }

    /// The object, if it is one.
    #[must_use]
    pub fn object(self) -> Option<Object<'a>> {
        self.0.starts_with('{').then(|| Object::read(self.0))
    }

    /// The items, if it is an array.
    #[must_use]
    pub fn array(self) -> Option<Items<'a>> {
        self.0.starts_with('[').then_some(Items(Scan { text: self.0, at: 1 }))
    }

    /// The string, if it is one.
    #[must_use]
    pub fn text(self) -> Option<Text<'a>> {
        self.0.starts_with('"').then(|| Text::inside(self.0))
    }

    /// The number as written, if it is one.
    #[must_use]
    pub fn number(self) -> Option<&'a str> {
        matches!(self.0.as_bytes().first(), Some(b'-' | b'0'..=b'9')).then_some(self.0)
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn bool(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// A whole number written without fraction or exponent.
    #[must_use]
    pub fn integer(self) -> Option<i64> {
        crate::text::whole(self.number()?)
    }
}

impl<'a> Text<'a> {
    fn inside(quoted: &'a str) -> Self {
        Text(quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default())
    }

    /// The escaped characters, without the quotes.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.0
    }

    /// Whether it has no character.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    fn escaped(self) -> bool {
        self.0.bytes().any(|byte| byte == b'\\')
    }

    /// The characters. A lone surrogate, which Rust text cannot hold, becomes U+FFFD: use [`Text::raw`] to pass text on.
    #[must_use]
    pub fn decode(self) -> Cow<'a, str> {
        if self.escaped() { Cow::Owned(unescape(self.0)) } else { Cow::Borrowed(self.0) }
    }

    /// Whether the characters are these.
    #[must_use]
    pub fn is(self, plain: &str) -> bool {
        if self.escaped() { unescape(self.0) == plain } else { self.0 == plain }
    }
}

impl<'a> Object<'a> {
    fn read(text: &'a str) -> Self {
        let mut scan = Scan { text, at: 1 };
        let mut members = Vec::new();
        while let Some(key) = scan.next_value() {
            let Some(value) = scan.next_value() else { break };
            members.push((Text::inside(key.0), value));
        }
        Object { members }
    }

    /// The member's value; of several with one name the last.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.members.iter().rev().find(|(name, _)| name.is(key)).map(|(_, value)| *value)
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

/// Walks over the values inside one checked array or object, keys included.
#[derive(Clone, Debug)]
struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn next_value(&mut self) -> Option<Value<'a>> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b':')) {
            self.at = self.at.saturating_add(1);
        }
        if matches!(bytes.get(self.at), None | Some(b']' | b'}')) {
            return None;
        }
        let start = self.at;
        self.at = skip(bytes, start);
        self.text.get(start..self.at).map(Value)
    }
}

/// Whether a value says something: `null`, `false`, zero and everything empty do not. What the reference asks when it asks for truth.
#[inline(never)]
#[must_use]
pub fn truthy(value: Value<'_>) -> bool {
    match value.raw().as_bytes() {
        [b'n' | b'f', ..] => false,
        [b't', ..] => true,
        [b'[' | b'{', inside @ .., _] => inside.iter().any(|byte| !byte.is_ascii_whitespace()),
        [b'"', text @ ..] => text.len() > 1,
        number => number
            .iter()
            .take_while(|byte| !matches!(byte, b'e' | b'E'))
            .any(|byte| matches!(byte, b'1'..=b'9')),
    }
}

/// The end of the value that starts here, in checked text.
fn skip(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut depth = 0_usize;
    loop {
        match bytes.get(at) {
            None => return at,
            Some(b'"') => at = skip_string(bytes, at.saturating_add(1)),
            Some(b'{' | b'[') => {
                depth = depth.saturating_add(1);
                at = at.saturating_add(1);
                continue;
            }
            Some(b'}' | b']') => {
                depth = depth.saturating_sub(1);
                at = at.saturating_add(1);
            }
            Some(b',' | b':' | b' ' | b'\t' | b'\n' | b'\r') => {
                at = at.saturating_add(1);
                continue;
            }
            Some(_) => {
                while matches!(bytes.get(at), Some(b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'E')) {
                    at = at.saturating_add(1);
                }
            }
        }
        if depth == 0 {
            return at;
        }
    }
}

/// The position after the closing quote.
fn skip_string(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            None => return at,
            Some(b'"') => return at.saturating_add(1),
            Some(b'\\') => at = at.saturating_add(2),
            Some(_) => at = at.saturating_add(1),
        }
    }
}

fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    let mut high: Option<u32> = None;
    while let Some(c) = chars.next() {
        let mut unit = None;
        let plain = if c == '\\' {
            match chars.next() {
                Some('b') => '\u{8}',
                Some('f') => '\u{c}',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('u') => {
                    let mut code = 0_u32;
                    for digit in chars.by_ref().take(4) {
                        code = (code << 4) | digit.to_digit(16).unwrap_or(0);
                    }
                    unit = Some(code);
                    char::from_u32(code).unwrap_or('\u{fffd}')
                }
                Some(other) => other,
                None => break,
            }
        } else {
            c
        };
        if let (Some(first), Some(second @ 0xdc00..=0xdfff)) = (high, unit) {
            let code = 0x10000_u32.saturating_add(((first & 0x3ff) << 10) | (second & 0x3ff));
            out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            high = None;
            continue;
        }
        if high.take().is_some() {
            out.push('\u{fffd}');
        }
        match unit {
            Some(first @ 0xd800..=0xdbff) => high = Some(first),
            _ => out.push(plain),
        }
    }
    if high.is_some() {
        out.push('\u{fffd}');
    }
    out
}

#[cfg(test)]
mod tests;
