//! Whether a text is JSON: RFC 8259 and a depth limit.

use super::{JsonError, MAX_DEPTH};

/// The grammar, without recursion: hostile nesting costs one bit a level.
pub(super) fn check(bytes: &[u8], max_depth: usize) -> Result<(), JsonError> {
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
