//! Reading members of payloads that anyone may have written.
//!
//! The helpers here, and those of the readers, are kept out of line: inlined at a hundred places they would cost the small
//! module a fifth of its size (measured: 28 KB of code became 18).

use crate::json::doc::{Doc, Node};
use crate::json::{JsonError, Writer};
use crate::model::event::Event;
use crate::prelude::*;
pub(crate) use crate::text::{concat, cut};

/// How many values paths can read from.
pub(crate) const SOURCES: usize = 10;

/// A payload on its way to its events.
pub(crate) struct Reader {
    pub(crate) doc: Doc,
    /// What paths read from, by digit; the first one where there is none.
    pub(crate) sources: [Node; SOURCES],
    pub(crate) writer: Writer,
    /// The name of a member that is not what it must be; empty if there is none. One look at the end instead of one at
    /// each step.
    pub(crate) malformed: &'static str,
    /// The events so far.
    pub(crate) events: Vec<Event>,
    /// What stands around the messages of a change: the id of its entry, who received them, who sent them.
    pub(crate) entry: Node,
    pub(crate) metadata: Node,
    pub(crate) contacts: Node,
}

impl Reader {
    /// Reads a body.
    ///
    /// # Errors
    /// [`JsonError`]
    pub(crate) fn of(body: &[u8], max_depth: usize) -> Result<Self, JsonError> {
        Ok(Self::on(Doc::read(body, max_depth)?))
    }

    pub(crate) fn on(doc: Doc) -> Self {
        Self {
            doc,
            sources: [Node::ROOT; SOURCES],
            writer: Writer::new(),
            malformed: "",
            events: Vec::new(),
            entry: Node::NONE,
            metadata: Node::NONE,
            contacts: Node::NONE,
        }
    }

    /// Has paths read from these values, numbered like this.
    #[inline(never)]
    pub(crate) fn set_sources(&mut self, sources: &[Node]) {
        self.sources = [Node::NONE; SOURCES];
        for (slot, source) in self.sources.iter_mut().zip(sources) {
            *slot = *source;
        }
    }

    /// The value that counts among alternatives, `"mediaUrl|media_url"`: the first that says something; if none does, the
    /// last one as it is. That is how the reference reads. `a.b` goes into an object, `1a` looks into the second source,
    /// `1` is that source, `"x"` is itself, `.` is the first source as it came.
    #[inline(never)]
    pub(crate) fn look(&mut self, path: &'static str) -> Node {
        let mut rest = path;
        loop {
            let (first, others) = cut(rest, b'|');
            let node = self.follow(first);
            if others.is_empty() || self.doc.says(node) {
                return node;
            }
            rest = others;
        }
    }

    fn follow(&mut self, path: &'static str) -> Node {
        let (source, mut keys) = match path.bytes().next().unwrap_or_default() {
            b'"' => return self.doc.add(path),
            digit @ b'0'..=b'9' => (usize::from(digit & 15), crate::text::part(path, 1, path.len())),
            _ => (0, path),
        };
        let mut node = self.sources.get(source).copied().unwrap_or(Node::NONE);
        while !keys.is_empty() {
            let (key, deeper) = cut(keys, b'.');
            if !key.is_empty() {
                node = self.doc.get(node, key);
            }
            keys = deeper;
        }
        node
    }

    /// Whether a value says something.
    #[inline(never)]
    pub(crate) fn says(&mut self, path: &'static str) -> bool {
        let node = self.look(path);
        self.doc.says(node)
    }

    /// Whether it is text that is not empty.
    #[inline(never)]
    pub(crate) fn worded(&self, node: Node) -> bool {
        self.doc.is_text(node) && self.doc.says(node)
    }

    /// Whether it is one of these words, a line each.
    #[inline(never)]
    pub(crate) fn among(&self, node: Node, words: &'static str) -> bool {
        row(words, &self.doc.chars(node)).is_some()
    }
}

/// A yes or no that someone may have written as text: `"false"` and `"0"` are no.
#[inline(never)]
pub(crate) fn is_no(raw: &str) -> bool {
    let no = |word: &str| {
        // Small letters, as far as they are letters.
        let same = |(byte, known): (u8, u8)| byte | 0x20 == known;
        raw.len() == word.len() && raw.bytes().zip(word.bytes()).all(same)
    };
    no("\"0\"") || no("\"false\"")
}

/// What stands in a table behind this word. A row is a line: the word, and after a space the rest.
#[inline(never)]
pub(crate) fn row(table: &'static str, word: &str) -> Option<&'static str> {
    let mut rows = table;
    while !rows.is_empty() {
        let (row, others) = cut(rows, b'\n');
        let (name, rest) = cut(row, b' ');
        if name == word {
            return Some(rest);
        }
        rows = others;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_their_whole_word() {
        let table = "a x: y\nab z\nc\n";
        assert_eq!(row(table, "a"), Some("x: y"));
        assert_eq!(row(table, "ab"), Some("z"));
        assert_eq!(row(table, "c"), Some(""));
        for none in ["", "x:", "b", "a x: y", "a\nab", "c\n", " "] {
            assert_eq!(row(table, none), None, "{none:?}");
        }
    }
}
