//! A text that is looked into again and again: read once, and then each value is a number.
//!
//! A [`Value`](super::Value) finds a member by going through the text; this goes from value to value. It is what
//! payloads are read with, which have many members and are asked for many more that they do not have.

use super::check::{Mark, Scan};
use super::{JsonError, MAX_DEPTH, says, unescape};
use crate::prelude::*;
use crate::text::{part, utf8};

/// A checked text with its values.
#[derive(Debug, Default)]
pub(crate) struct Doc {
    text: String,
    /// In the order of the text, names of members as well.
    marks: Vec<Mark>,
}

/// A value of a [`Doc`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node(usize);

impl Node {
    /// No value. It reads as `null`.
    pub(crate) const NONE: Self = Node(usize::MAX);
    /// The whole of what was read.
    pub(crate) const ROOT: Self = Node(0);
}

impl Doc {
    /// Reads a text, as [`super::parse`] does.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn read(bytes: &[u8], max_depth: usize) -> Result<Self, JsonError> {
        let text = utf8(bytes).ok_or(JsonError::NotUtf8)?;
        let mut doc = Self::default();
        doc.text.push_str(text.strip_prefix('\u{feff}').unwrap_or(text));
        let mut scan = Scan::new(&doc.text, 0);
        if scan.whole(max_depth.min(MAX_DEPTH), Some(&mut doc.marks)) {
            return Ok(doc);
        }
        Err(scan.error())
    }

    /// A value more: JSON that is passed on and never looked into.
    #[inline(never)]
    pub(crate) fn add(&mut self, json: &str) -> Node {
        let (node, start) = (self.marks.len(), self.text.len());
        self.text.push_str(json);
        self.marks.push(Mark { start, end: self.text.len(), next: node.wrapping_add(1) });
        Node(node)
    }

    fn mark(&self, node: Node) -> Mark {
        self.marks.get(node.0).copied().unwrap_or_default()
    }

    /// The text of the value: JSON that any parser takes.
    #[inline(never)]
    pub(crate) fn raw(&self, node: Node) -> &str {
        let Mark { start, end, .. } = self.mark(node);
        // No value is empty.
        if end == 0 { "null" } else { part(&self.text, start, end) }
    }

    /// The first byte, which tells what it is.
    #[inline(never)]
    pub(crate) fn first(&self, node: Node) -> u8 {
        self.raw(node).as_bytes().first().copied().unwrap_or_default()
    }

    pub(crate) fn is_object(&self, node: Node) -> bool {
        self.first(node) == b'{'
    }

    pub(crate) fn is_text(&self, node: Node) -> bool {
        self.first(node) == b'"'
    }

    /// The first value in an array or object; in an object that is a name.
    #[inline(never)]
    pub(crate) fn child(&self, node: Node) -> Node {
        self.within(node, node.0.wrapping_add(1))
    }

    /// What follows in the same array or object; in an object a name and its value take turns.
    #[inline(never)]
    pub(crate) fn after(&self, child: Node, of: Node) -> Node {
        self.within(of, self.mark(child).next)
    }

    fn within(&self, of: Node, place: usize) -> Node {
        if place < self.mark(of).next { Node(place) } else { Node::NONE }
    }

    /// The first item of an array.
    #[inline(never)]
    pub(crate) fn item(&self, list: Node) -> Node {
        if self.first(list) == b'[' { self.child(list) } else { Node::NONE }
    }

    /// A member; of several with one name the last. None if it has none, or is no object.
    #[inline(never)]
    #[expect(clippy::manual_contains, reason = "a third of the size")]
    pub(crate) fn get(&self, object: Node, key: &str) -> Node {
        let mut found = Node::NONE;
        let Mark { next, .. } = self.mark(object);
        let mut place = if self.is_object(object) { object.0.wrapping_add(1) } else { next };
        while place < next {
            let Mark { start, end, next } = self.mark(Node(place));
            let name =
                self.text.as_bytes().get(start.wrapping_add(1)..end.wrapping_sub(1)).unwrap_or_default();
            // Only a name as long as this, or one with escapes, which are longer than what they stand for.
            let plain = name == key.as_bytes();
            let same = (plain || name.len() > key.len())
                && if name.iter().any(|byte| *byte == b'\\') {
                    unescape(self.bare(Node(place))) == key
                } else {
                    plain
                };
            if same {
                found = Node(next);
            }
            place = self.mark(Node(next)).next;
        }
        found
    }

    /// Whether a value says something, see [`super::truthy`].
    #[inline(never)]
    pub(crate) fn says(&self, node: Node) -> bool {
        says(self.raw(node))
    }

    /// As it came, without the quotes around it; nothing for `null`.
    #[inline(never)]
    pub(crate) fn bare(&self, node: Node) -> &str {
        let raw = self.raw(node);
        match self.first(node) {
            b'"' => part(raw, 1, raw.len().wrapping_sub(1)),
            b'n' => "",
            _ => raw,
        }
    }

    /// The text's characters; empty for anything else.
    #[inline(never)]
    pub(crate) fn chars(&self, node: Node) -> String {
        unescape(if self.is_text(node) { self.bare(node) } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(text: &str) -> Doc {
        Doc::read(text.as_bytes(), 64).unwrap()
    }

    /// The value written out from what the marks say.
    fn walked(doc: &Doc, node: Node) -> String {
        let mut children = Vec::new();
        let mut child = doc.child(node);
        while child != Node::NONE {
            children.push(walked(doc, child));
            child = doc.after(child, node);
        }
        match doc.first(node) {
            b'[' => format!("[{}]", children.join(",")),
            b'{' => {
                let members: Vec<String> = children.chunks(2).map(|pair| pair.join(":")).collect();
                format!("{{{}}}", members.join(","))
            }
            _ => {
                assert!(children.is_empty());
                doc.raw(node).to_owned()
            }
        }
    }

    #[test]
    fn values_stand_where_the_marks_say() {
        for text in [
            "1",
            "null",
            r#""""#,
            "[]",
            "{}",
            "[[],[[]],{}]",
            r#"{"a":{"b":[1,{"c":"d\"e"},[]],"f":{}},"g":-1.5e9,"":""}"#,
        ] {
            assert_eq!(walked(&doc(text), Node::ROOT), text);
            let spaced = text.replace([',', ':'], "\r , \n").replace("\"a\"\r , \n", "\"a\" : ");
            if Doc::read(spaced.as_bytes(), 64).is_ok() {
                assert_eq!(walked(&doc(&spaced), Node::ROOT), text);
            }
            assert_eq!(walked(&doc(&format!("\u{feff} {text}\t")), Node::ROOT), text);
        }
    }

    #[test]
    fn members() {
        let mut doc = doc(r#"{"a":1,"b":{"a":2},"a":3,"\u0061b":4,"l":[5,6],"e":"","n":null}"#);
        let at = |doc: &Doc, key| doc.raw(doc.get(Node::ROOT, key)).to_owned();
        assert_eq!([at(&doc, "a"), at(&doc, "ab"), at(&doc, "b")], ["3", "4", r#"{"a":2}"#], "the last one");
        assert_eq!(doc.raw(doc.get(doc.get(Node::ROOT, "b"), "a")), "2");
        for none in ["", "x", "A", "ab ", "1", "\\u0061b"] {
            assert_eq!(doc.get(Node::ROOT, none), Node::NONE, "{none:?}");
        }
        let list = doc.get(Node::ROOT, "l");
        for nothing in [Node::NONE, list, doc.item(list), doc.get(Node::ROOT, "e"), doc.get(Node::ROOT, "n")]
        {
            assert_eq!(doc.get(nothing, "a"), Node::NONE);
        }
        assert_eq!(doc.item(Node::ROOT), Node::NONE, "no array");
        assert_eq!((doc.raw(Node::NONE), doc.bare(Node::NONE), doc.first(Node::NONE)), ("null", "", b'n'));
        let added = doc.add(r#"{"a":[7]}"#);
        assert_eq!(
            (doc.raw(added), doc.child(added), doc.get(added, "a")),
            (r#"{"a":[7]}"#, Node::NONE, Node::NONE)
        );
        assert_eq!(at(&doc, "n"), "null");
    }

    #[test]
    fn as_views_find_it() {
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{1:2}"#,
            "[1 2]",
            "1 2",
            "\u{feff}\u{feff}1",
            "[[[1]]]",
        ] {
            let view = crate::json::parse(text.as_bytes(), 2).map(|value| value.raw().to_owned());
            let read = Doc::read(text.as_bytes(), 2).map(|doc| doc.raw(Node::ROOT).to_owned());
            assert_eq!(view, read, "{text}");
        }
        assert_eq!(Doc::read(b"\xff", 2).map(|_| ()), Err(JsonError::NotUtf8));
    }
}
