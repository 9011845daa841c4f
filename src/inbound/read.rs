//! Reading members of payloads that anyone may have written.
//!
//! The helpers here, and those of the readers, are kept out of line: inlined at a hundred places they would cost the small
//! module a fifth of its size (measured: 28 KB of code became 18).

pub(crate) use crate::json::truthy;
use crate::json::{Object, Value};
use crate::prelude::*;

/// What paths read from: objects by number, and registers by letter.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a, 'o> {
    pub(crate) objects: &'o [&'o Object<'a>],
    pub(crate) registers: &'o [&'a str],
}

impl<'a> Sources<'a, '_> {
    /// The value that counts among alternatives, `"mediaUrl|media_url"`: the first that says something; if none does, the
    /// last one as it is, `null` if it is not there. That is how the reference reads. `a.b` goes into an object, `1a` looks
    /// into the second object, `$b` is the second register, `""` is itself.
    #[inline(never)]
    pub(crate) fn look(self, path: &str) -> Value<'a> {
        let (first, rest) = cut(path, b'|');
        let value = match first.as_bytes() {
            [b'"', ..] => Value::EMPTY,
            [b'$', letter] => Value::known(
                self.registers.get(usize::from(letter.wrapping_sub(b'a'))).copied().unwrap_or("null"),
            ),
            [digit @ b'0'..=b'9', ..] => {
                self.follow(usize::from(digit.wrapping_sub(b'0')), first.get(1..).unwrap_or_default())
            }
            _ => self.follow(0, first),
        };
        if rest.is_empty() || truthy(value) { value } else { self.look(rest) }
    }

    fn follow(self, object: usize, path: &str) -> Value<'a> {
        let (key, inside) = cut(path, b'.');
        let Some(object) = self.objects.get(object) else { return Value::NULL };
        let value = object.get(key).unwrap_or(Value::NULL);
        if inside.is_empty() {
            return value;
        }
        value.object().and_then(|object| object.get(inside)).unwrap_or(Value::NULL)
    }
}

/// [`Sources::look`] in one object.
#[inline(never)]
pub(crate) fn pick<'a>(object: &Object<'a>, path: &str) -> Value<'a> {
    Sources { objects: &[object], registers: &[] }.look(path)
}

/// Whether a value of the object says something.
#[inline(never)]
pub(crate) fn says(object: &Object<'_>, path: &str) -> bool {
    truthy(pick(object, path))
}

/// The first object of a list; an empty one if there is none.
#[inline(never)]
pub(crate) fn first<'a>(list: Value<'a>) -> Object<'a> {
    list.array().and_then(|mut items| items.next()?.object()).unwrap_or_default()
}

/// The text before and after the first such byte.
#[inline(never)]
pub(crate) fn cut(text: &str, at: u8) -> (&str, &str) {
    let place = text.bytes().position(|byte| byte == at).unwrap_or(text.len());
    let after = place.saturating_add(1);
    (text.get(..place).unwrap_or_default(), text.get(after..).unwrap_or_default())
}

/// The value, or this one where it is `null` or empty text.
#[inline(never)]
pub(crate) fn or<'a>(value: Value<'a>, other: Value<'a>) -> Value<'a> {
    if value.is_null() || value == Value::EMPTY { other } else { value }
}

/// The value if it is text, else `null`.
#[inline(never)]
pub(crate) fn text(value: Value<'_>) -> Value<'_> {
    if value.raw().starts_with('"') { value } else { Value::NULL }
}

/// The text's characters; empty for anything else.
#[inline(never)]
pub(crate) fn decoded(value: Value<'_>) -> String {
    value.text().map(|text| text.decode().into_owned()).unwrap_or_default()
}

/// A yes or no that someone may have written as text: `"false"` and `"0"` are no.
#[inline(never)]
pub(crate) fn flag(value: Value<'_>) -> bool {
    truthy(value) && value.raw() != "\"0\"" && !value.raw().eq_ignore_ascii_case("\"false\"")
}

/// Digits with a sign in front or not, as a number.
#[inline(never)]
pub(crate) fn whole(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_i64;
    for byte in digits.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i64::from(byte.wrapping_sub(b'0')))?;
    }
    Some(if negative { value.saturating_neg() } else { value })
}

/// The pieces in a row.
#[inline(never)]
pub(crate) fn join(parts: &[&str]) -> String {
    let mut out = String::new();
    for part in parts {
        out.push_str(part);
    }
    out
}
