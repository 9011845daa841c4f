//! What a row of the table says, and how it is read.
//!
//! `call` is `POST /api/orgs/abandon pollToken T`: method, path with `{options}`, and then, in order of preference, what
//! authorises: an option that holds a secret, `T` for the workspace's token, `A` for the agent's (or the option `agentToken`).
//! Nothing: nobody has to. `N` adds the one-shot headers of wire-contract 1.2, `D` says that the service gives the call up,
//! `W` that somebody should be told of the end.
//!
//! `keys` are the options, written and checked as those of tools ([`crate::agent::tools::Row`]), with marks of their own:
//!
//! | mark | what it is |
//! |---|---|
//! | `+` | must be given, and not empty |
//! | `/` | goes into the path as a segment, which is never empty and never a dot segment |
//! | `%` | is the path |
//! | `;` | goes into the query |
//! | `^` | is the idempotency key; with `=""` there always is one |
//! | `-` | goes nowhere by itself: it authorises |
//! | `.` | may be a number as well |
//! | `*` | its members go into the body as they are, as does every option without a name in the table |
//!
//! What has no place goes into the body. `answer` names the members that the package reads, camelCase: see [`super::shape`]. In
//! front of it `!` says that the answer may ask for terms to be accepted first, `?` that failures are answered `null`.

use super::{AGENT_ROWS, ROWS};
use crate::agent::tools::Keys;
#[cfg(target_arch = "wasm32")]
use crate::json::Writer;
use crate::text::{cut, part};

/// A row: one endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Name of the method in JavaScript.
    pub(super) js: &'static str,
    pub(super) call: &'static str,
    pub(super) keys: &'static str,
    pub(super) answer: &'static str,
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) text: Text,
}

/// What only people and compilers read; no part of the wasm.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    pub(super) options: &'static str,
    pub(super) returns: &'static str,
    pub(super) doc: &'static str,
    pub(super) docs: &'static [KeyDoc],
}

/// An option for people and compilers: name, TypeScript type, what it is.
#[cfg(not(target_arch = "wasm32"))]
pub(super) type KeyDoc = (&'static str, &'static str, &'static str);

/// A row: name, `call`, `keys`, `answer`; then for people the names of the option and answer types, what the call does, and its
/// options.
macro_rules! row {
    ($js:literal, $call:literal, $keys:literal, $answer:literal, [$options:literal, $returns:literal, $doc:literal $(,)?], $docs:expr $(,)?) => {
        $crate::accounts::row::Row {
            js: $js,
            call: $call,
            keys: $keys,
            answer: $answer,
            #[cfg(not(target_arch = "wasm32"))]
            text: $crate::accounts::row::Text {
                options: $options,
                returns: $returns,
                doc: $doc,
                docs: $docs,
            },
        }
    };
}

pub(super) use row;

/// The row of a method; of an unknown one, a row without anything.
#[must_use]
#[inline(never)]
pub(super) fn find(js: &str) -> Row {
    let mut rest = TEXT;
    loop {
        let (lines, others) = cut(rest, b'@');
        if rest.is_empty() || cut(lines, b'\n').0 == js {
            return Row::of(lines);
        }
        rest = others;
    }
}

/// The names of the methods of `Agent`, or of `AccountsClient`, as an array.
#[cfg(target_arch = "wasm32")]
pub(crate) fn names(agents: bool, out: &mut Writer) {
    let mut rest = TEXT;
    out.array();
    while !rest.is_empty() {
        let (lines, others) = cut(rest, b'@');
        let row = Row::of(lines);
        if row.is_agents() == agents {
            out.string(row.js);
        }
        rest = others;
    }
    out.end_array();
}

#[cfg(not(target_arch = "wasm32"))]
const NO_TEXT: Text = Text { options: "", returns: "", doc: "", docs: &[] };

/// All rows as one text: a table of texts would weigh a pointer and a length for each.
static TEXT: &str = {
    const BYTES: [u8; LENGTH] = joined();
    match core::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => "",
    }
};

const LENGTH: usize = length(ROWS).saturating_add(length(AGENT_ROWS));

/// Lines, with an `@` behind each row.
#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "runs in the compiler")]
const fn length(rows: &[Row]) -> usize {
    let (mut length, mut at) = (0, 0);
    while at < rows.len() {
        let Row { js, call, keys, answer, .. } = rows[at];
        length += js.len() + call.len() + keys.len() + answer.len() + 4;
        at += 1;
    }
    length
}

#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "runs in the compiler")]
const fn joined() -> [u8; LENGTH] {
    let (mut out, mut to, mut number) = ([b'@'; LENGTH], 0, 0);
    while number < ROWS.len() + AGENT_ROWS.len() {
        let row = if number < ROWS.len() { ROWS[number] } else { AGENT_ROWS[number - ROWS.len()] };
        let (lines, mut line) = ([row.js, row.call, row.keys, row.answer], 0);
        while line < lines.len() {
            let mut at = 0;
            while at < lines[line].len() {
                out[to] = lines[line].as_bytes()[at];
                to += 1;
                at += 1;
            }
            if line + 1 < lines.len() {
                out[to] = b'\n';
            }
            to += 1;
            line += 1;
        }
        number += 1;
    }
    out
}

impl Row {
    /// From its lines.
    #[inline(never)]
    fn of(lines: &'static str) -> Self {
        let (js, lines) = cut(lines, b'\n');
        let (call, lines) = cut(lines, b'\n');
        let (keys, answer) = cut(lines, b'\n');
        Self {
            js,
            call,
            keys,
            answer,
            #[cfg(not(target_arch = "wasm32"))]
            text: ROWS.iter().chain(AGENT_ROWS).find(|row| row.js == js).map_or(NO_TEXT, |row| row.text),
        }
    }

    /// The method's name in JavaScript.
    #[must_use]
    pub fn js(&self) -> &'static str {
        self.js
    }

    pub(super) fn answer(&self) -> &'static str {
        self.answer
    }

    /// The same without what stands in front.
    pub(super) fn shape(&self) -> &'static str {
        let answer = self.answer();
        part(answer, usize::from(matches!(answer.as_bytes(), [b'!' | b'?', ..])), answer.len())
    }

    /// Whether failures of it are `null` instead of errors.
    pub(super) fn forgives(&self) -> bool {
        self.answer().starts_with('?')
    }

    /// Whether an agent calls it, not a workspace.
    pub(super) fn is_agents(&self) -> bool {
        self.call.ends_with(" A")
    }

    /// Method and path.
    pub(super) fn route(&self) -> (&'static str, &'static str) {
        let (method, rest) = cut(self.call, b' ');
        (method, cut(rest, b' ').0)
    }

    /// What authorises it, and the letters.
    pub(super) fn rights(&self) -> Words {
        Words(cut(cut(self.call, b' ').1, b' ').1)
    }

    pub(super) fn has_right(&self, letter: u8) -> bool {
        self.rights().any(|word| word.as_bytes() == [letter])
    }

    pub(super) fn keys(&self) -> Keys {
        Keys::of(self.keys)
    }
}

/// The words of a text.
#[derive(Clone, Copy)]
pub(super) struct Words(pub(super) &'static str);

impl Iterator for Words {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        if self.0.is_empty() {
            return None;
        }
        let (word, rest) = cut(self.0, b' ');
        self.0 = rest;
        Some(word)
    }
}
