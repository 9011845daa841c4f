//! Reading members of payloads that anyone may have written.
//!
//! The helpers here, and those of the readers, are kept out of line: inlined at a hundred places they would cost the small
//! module a fifth of its size (measured: 28 KB of code became 18).

pub(crate) use crate::json::truthy;
use crate::json::{Items, Object, Value, unescape};
use crate::prelude::*;
use crate::text::part;
pub(crate) use crate::text::{concat, cut, whole};

/// What paths read from: objects by number, and registers by letter.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a, 'o> {
    pub(crate) objects: &'o [&'o Object<'a>],
    pub(crate) registers: &'o [&'a str],
}

impl<'a> Sources<'a, '_> {
    /// The value that counts among alternatives, `"mediaUrl|media_url"`: the first that says something; if none does, the
    /// last one as it is, `null` if it is not there. That is how the reference reads. `a.b` goes into an object, `1a` looks
    /// into the second object, `$b` is the second register, `"x"` is itself, `.` is the first object as it came.
    #[inline(never)]
    pub(crate) fn look(&self, path: &'static str) -> Value<'a> {
        let mut rest = path;
        loop {
            let (first, others) = cut(rest, b'|');
            let value = self.follow(first);
            if others.is_empty() || truthy(value) {
                return value;
            }
            rest = others;
        }
    }

    fn follow(&self, path: &'static str) -> Value<'a> {
        let first = path.bytes().next().unwrap_or_default();
        let digit = usize::from(first.wrapping_sub(b'0'));
        let (object, path) = match first {
            b'"' => return Value::known(path),
            b'$' => {
                let letter = path.bytes().last().unwrap_or_default();
                let register = self.registers.get(usize::from(letter.wrapping_sub(b'a')));
                return register.map_or(Value::NULL, |json| Value::known(json));
            }
            b'0'..=b'9' => (digit, part(path, 1, path.len())),
            _ => (0, path),
        };
        let Some(object) = self.objects.get(object) else { return Value::NULL };
        let (key, deeper) = cut(path, b'.');
        if key.is_empty() {
            return object.raw();
        }
        let value = member(object, key);
        if deeper.is_empty() { value } else { member(&inside(value), deeper) }
    }
}

/// [`Sources::look`] in one object.
#[inline(never)]
pub(crate) fn pick<'a>(object: &Object<'a>, path: &'static str) -> Value<'a> {
    Sources { objects: &[object], registers: &[] }.look(path)
}

/// Whether a value of the object says something.
#[inline(never)]
pub(crate) fn says(object: &Object<'_>, path: &'static str) -> bool {
    truthy(pick(object, path))
}

/// The member of this very name, or `null`.
#[inline(never)]
pub(crate) fn member<'a>(object: &Object<'a>, name: &str) -> Value<'a> {
    object.get(name).unwrap_or(Value::NULL)
}

/// The object that a value is; an empty one if it is something else.
pub(crate) fn inside(value: Value<'_>) -> Object<'_> {
    value.inside()
}

/// The items of a list; none if it is something else.
pub(crate) fn items(value: Value<'_>) -> Items<'_> {
    value.items()
}

/// The first object of a list; an empty one if there is none.
#[inline(never)]
pub(crate) fn first(list: Value<'_>) -> Object<'_> {
    inside(items(list).next().unwrap_or(Value::NULL))
}

/// Whether it is text that is not empty.
#[inline(never)]
pub(crate) fn worded(value: Value<'_>) -> bool {
    value.is_text() && truthy(value)
}

/// The text's characters; empty for anything else.
#[inline(never)]
pub(crate) fn decoded(value: Value<'_>) -> String {
    unescape(if value.is_text() { bare(value) } else { "" })
}

/// As it came, without the quotes around it; nothing for `null`.
#[inline(never)]
pub(crate) fn bare(value: Value<'_>) -> &str {
    match value.text() {
        Some(text) => text.raw(),
        None if value.is_null() => "",
        None => value.raw(),
    }
}

/// A yes or no that someone may have written as text: `"false"` and `"0"` are no.
#[inline(never)]
pub(crate) fn flag(value: Value<'_>) -> bool {
    let no = |word: &str| {
        // Small letters, as far as they are letters.
        let same = |(byte, known): (u8, u8)| byte | 0x20 == known;
        value.raw().len() == word.len() && value.raw().bytes().zip(word.bytes()).all(same)
    };
    truthy(value) && !no("\"0\"") && !no("\"false\"")
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

/// Whether it is one of these words, a line each.
#[inline(never)]
pub(crate) fn among(value: Value<'_>, words: &'static str) -> bool {
    row(words, &decoded(value)).is_some()
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
