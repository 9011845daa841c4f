//! The grammar of JSON: RFC 8259 and a depth limit.

use super::JsonError;
use crate::prelude::*;

/// Where a value stands in the text, and which is the first one behind all that is in it.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(not(feature = "webhooks"), expect(dead_code, reason = "the reader of payloads reads it"))]
pub(super) struct Mark {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) next: usize,
}

/// Where to note the values that are read.
pub(super) type Marks<'m> = Option<&'m mut Vec<Mark>>;

/// Reads a text value by value. The one walk serves for both, checking a text and finding what is in a checked one.
#[derive(Clone, Debug)]
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// Whether reading ended because of too deep nesting.
    pub(super) deep: bool,
}

impl<'a> Scan<'a> {
    /// From this byte on.
    pub(super) const fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, deep: false }
    }

    /// The byte to be read next; 0, which no rule allows, at the end.
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or_default()
    }

    pub(super) fn bump(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        if found {
            self.bump();
        }
        found
    }

    #[inline(never)]
    pub(super) fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.bump();
        }
    }

    /// Reads the whole text; `false` if it is not one value.
    #[inline(never)]
    pub(super) fn whole(&mut self, depth: usize, marks: Marks<'_>) -> bool {
        self.space();
        if !self.value(depth, marks) {
            return false;
        }
        self.space();
        self.at == self.text.len()
    }

    /// Why it is not.
    pub(super) fn error(&self) -> JsonError {
        if self.deep { JsonError::TooDeep } else { JsonError::Syntax(self.at) }
    }

    /// Reads one value; `false` if there is none, and then stands where the grammar is broken. Goes no deeper into itself
    /// than `depth`. Notes where this value and all in it stand, if that is to be noted.
    #[inline(never)]
    pub(super) fn value(&mut self, depth: usize, mut marks: Marks<'_>) -> bool {
        let (start, mut place) = (self.at, 0);
        if let Some(marks) = &mut marks {
            place = marks.len();
            marks.push(Mark::default());
        }
        let fine = match self.peek() {
            b'{' => self.list(b'}', depth, marks.as_deref_mut()),
            b'[' => self.list(b']', depth, marks.as_deref_mut()),
            b'"' => self.string(),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        };
        if let Some(marks) = marks {
            let next = marks.len();
            if let Some(mark) = marks.get_mut(place) {
                *mark = Mark { start, end: self.at, next };
            }
        }
        fine
    }

    /// What is between brackets.
    fn list(&mut self, close: u8, depth: usize, mut marks: Marks<'_>) -> bool {
        if depth == 0 {
            self.deep = true;
            return false;
        }
        self.bump();
        self.space();
        if self.eat(close) {
            return true;
        }
        loop {
            if close == b'}' {
                if self.peek() != b'"' || !self.value(0, marks.as_deref_mut()) {
                    return false;
                }
                self.space();
                if !self.eat(b':') {
                    return false;
                }
                self.space();
            }
            if !self.value(depth.wrapping_sub(1), marks.as_deref_mut()) {
                return false;
            }
            self.space();
            if self.eat(close) {
                return true;
            }
            if !self.eat(b',') {
                return false;
            }
            self.space();
        }
    }

    fn word(&mut self, word: &[u8]) -> bool {
        word.iter().all(|byte| self.eat(*byte))
    }

    #[inline(never)]
    fn string(&mut self) -> bool {
        if !self.eat(b'"') {
            return false;
        }
        loop {
            let byte = self.peek();
            if byte < b' ' {
                return false;
            }
            self.bump();
            if byte == b'"' {
                return true;
            }
            if byte == b'\\' {
                let mut digits = match self.peek() {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 0_u8,
                    b'u' => 4,
                    _ => return false,
                };
                self.bump();
                while digits > 0 {
                    if !self.peek().is_ascii_hexdigit() {
                        return false;
                    }
                    self.bump();
                    digits = digits.wrapping_sub(1);
                }
            }
        }
    }

    fn number(&mut self) -> bool {
        self.eat(b'-');
        if !self.eat(b'0') && !self.digits() {
            return false;
        }
        if self.eat(b'.') && !self.digits() {
            return false;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            return self.digits();
        }
        true
    }

    #[inline(never)]
    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.bump();
        }
        self.at != start
    }
}
