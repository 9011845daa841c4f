//! JSON as the runtimes' own parser accepts it: bytes in, a checked view out, and a writer.
//!
//! [`parse`] checks the whole text once (RFC 8259 grammar, UTF-8, a depth limit). What it hands out is a view: a
//! [`Value`] is a slice of the text, so lone surrogates, numbers like `1e400` and every other oddity that
//! `JSON.parse` accepts pass through to the runtime verbatim, and nothing here ever rounds a number.
//! Of duplicate keys the last one counts, as in `JSON.parse`.

use std::borrow::Cow;

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
    let text = std::str::from_utf8(bytes).map_err(|_| JsonError::NotUtf8)?;
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

/// The grammar, without recursion: hostile nesting costs one bit a level.
fn check(bytes: &[u8], max_depth: usize) -> Result<(), JsonError> {
    let mut checker = Checker { bytes, at: 0 };
    let mut objects = [0_u64; MAX_DEPTH / 64]; // per level: is it an object?
    let mut depth = 0_usize;
    'value: loop {
        checker.space();
        let opened = checker.peek();
        match opened {
            Some(open @ (b'{' | b'[')) => {
                if depth >= max_depth {
                    return Err(JsonError::TooDeep);
                }
                let object = open == b'{';
                set_bit(&mut objects, depth, object);
                depth = depth.saturating_add(1);
                checker.bump();
                checker.space();
                if !checker.eat(if object { b'}' } else { b']' }) {
                    if object {
                        checker.key()?;
                    }
                    continue 'value;
                }
                depth = depth.saturating_sub(1);
            }
            _ => checker.scalar()?,
        }
        // A value ended: close what it closes, or go on to the next one.
        loop {
            checker.space();
            let Some(level) = depth.checked_sub(1) else {
                return if checker.at == bytes.len() { Ok(()) } else { Err(checker.syntax()) };
            };
            let object = bit(&objects, level);
            if checker.eat(b',') {
                if object {
                    checker.space();
                    checker.key()?;
                }
                continue 'value;
            }
            if !checker.eat(if object { b'}' } else { b']' }) {
                return Err(checker.syntax());
            }
            depth = level;
        }
    }
}

fn set_bit(words: &mut [u64], index: usize, on: bool) {
    if let Some(word) = words.get_mut(index / 64) {
        let mask = 1_u64 << (index % 64);
        if on { *word |= mask } else { *word &= !mask }
    }
}

fn bit(words: &[u64], index: usize) -> bool {
    words.get(index / 64).is_some_and(|word| word & (1_u64 << (index % 64)) != 0)
}

struct Checker<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Checker<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn bump(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.bump();
        }
        found
    }

    fn syntax(&self) -> JsonError {
        JsonError::Syntax(self.at)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.bump();
        }
    }

    fn key(&mut self) -> Result<(), JsonError> {
        self.string()?;
        self.space();
        if self.eat(b':') { Ok(()) } else { Err(self.syntax()) }
    }

    fn scalar(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            _ => self.digits_of_number(),
        }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), JsonError> {
        for byte in word {
            if !self.eat(*byte) {
                return Err(self.syntax());
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), JsonError> {
        if !self.eat(b'"') {
            return Err(self.syntax());
        }
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.bump();
                    return Ok(());
                }
                Some(b'\\') => {
                    self.bump();
                    match self.peek() {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.bump(),
                        Some(b'u') => {
                            self.bump();
                            for _ in 0..4 {
                                if !self.peek().is_some_and(|b| b.is_ascii_hexdigit()) {
                                    return Err(self.syntax());
                                }
                                self.bump();
                            }
                        }
                        _ => return Err(self.syntax()),
                    }
                }
                None | Some(0..=0x1f) => return Err(self.syntax()),
                Some(_) => self.bump(),
            }
        }
    }

    fn digits_of_number(&mut self) -> Result<(), JsonError> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.bump();
        }
        if self.at == start { Err(self.syntax()) } else { Ok(()) }
    }
}

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
            self.out.push(',');
        }
        self.comma = true;
    }

    /// Opens an object.
    pub fn object(&mut self) -> &mut Self {
        self.separate();
        self.out.push('{');
        self.comma = false;
        self
    }

    /// Closes it.
    pub fn end_object(&mut self) -> &mut Self {
        self.out.push('}');
        self.comma = true;
        self
    }

    /// Opens an array.
    pub fn array(&mut self) -> &mut Self {
        self.separate();
        self.out.push('[');
        self.comma = false;
        self
    }

    /// Closes it.
    pub fn end_array(&mut self) -> &mut Self {
        self.out.push(']');
        self.comma = true;
        self
    }

    /// A member's name; its value must follow.
    pub fn key(&mut self, key: &str) -> &mut Self {
        self.string(key);
        self.out.push(':');
        self.comma = false;
        self
    }

    /// A member's name as it stood in another text; its value must follow.
    pub fn key_of(&mut self, key: Text<'_>) -> &mut Self {
        self.separate();
        self.out.push('"');
        self.out.push_str(key.0);
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
    let mut out = String::with_capacity(text.len().saturating_add(2));
    quote(text, &mut out);
    out
}

fn quote(text: &str, out: &mut String) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' => {
                let code = usize::try_from(u32::from(c)).unwrap_or_default();
                out.push_str("\\u00");
                out.push(HEX.get(code >> 4).copied().unwrap_or('0'));
                out.push(HEX.get(code & 15).copied().unwrap_or('0'));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// Appends a whole number. `core::fmt` would do it at the price of its machinery.
pub fn push_integer(number: i64, out: &mut String) {
    let mut digits = [0_u8; 20];
    let mut rest = number.unsigned_abs();
    let mut used = 0_usize;
    for slot in digits.iter_mut().rev() {
        *slot = b'0'.saturating_add(u8::try_from(rest % 10).unwrap_or_default());
        rest /= 10;
        used = used.saturating_add(1);
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push('-');
    }
    for digit in digits.iter().skip(digits.len().saturating_sub(used)) {
        out.push(char::from(*digit));
    }
}

/// The number as text.
#[must_use]
pub fn integer(number: i64) -> String {
    let mut out = String::new();
    push_integer(number, &mut out);
    out
}

#[cfg(test)]
mod tests;
