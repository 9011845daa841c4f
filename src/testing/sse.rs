//! Writing server-sent events.

use serde::Deserialize;

/// How lines of an event stream end; all three are legal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineEnd {
    /// `\n`, as the real server writes.
    #[default]
    Lf,
    /// `\r\n`.
    Crlf,
    /// `\r`.
    Cr,
}

impl LineEnd {
    fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::Crlf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

/// One event with one line of data, as the real server writes it (wire-contract 2.1).
pub(super) fn event(name: &str, data: &str, end: LineEnd) -> Vec<u8> {
    let end = end.text();
    ["event: ", name, end, "data: ", data, end, end].concat().into_bytes()
}

/// What a decoder must pass over: comments, unknown fields, a `retry`, an `id` with NUL, an event without data.
pub(super) fn noise(end: LineEnd) -> Vec<u8> {
    let lines =
        [": a comment", ":", "retry: 10", "id: a\0b", "unknown: field", "data", "", "event: empty", "", ""];
    lines.join(end.text()).into_bytes()
}
