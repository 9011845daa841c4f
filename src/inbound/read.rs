//! Reading members of payloads that anyone may have written.

use crate::json::{Object, Value};

/// Whether a value says something: `null`, `false`, zero and everything empty do not.
pub(crate) fn truthy(value: Value<'_>) -> bool {
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

/// What paths read from: objects by number, and registers by letter.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a, 'o> {
    pub(crate) objects: &'o [&'o Object<'a>],
    pub(crate) registers: &'o [&'a str],
}

impl<'a> Sources<'a, '_> {
    /// The value that counts among alternatives, `"mediaUrl|media_url"`: the first that says something; if none does, the
    /// last one as it is. That is how the reference reads. `a.b` goes into an object, `1a` looks into the second object,
    /// `$b` is the second register, `""` is itself.
    pub(crate) fn look(self, path: &str) -> Option<Value<'a>> {
        let (first, rest) = cut(path, b'|');
        let value = match first.as_bytes() {
            [b'"', ..] => Some(Value::EMPTY),
            [b'$', letter] => {
                self.registers.get(usize::from(letter.wrapping_sub(b'a'))).map(|json| Value::known(json))
            }
            [digit @ b'0'..=b'9', ..] => {
                let object = self.objects.get(usize::from(digit.wrapping_sub(b'0')));
                object.and_then(|object| follow(object, first.get(1..).unwrap_or_default()))
            }
            _ => self.objects.first().and_then(|object| follow(object, first)),
        };
        if rest.is_empty() || value.is_some_and(truthy) { value } else { self.look(rest) }
    }
}

fn follow<'a>(object: &Object<'a>, path: &str) -> Option<Value<'a>> {
    let (key, inside) = cut(path, b'.');
    let value = object.get(key)?;
    if inside.is_empty() { Some(value) } else { value.object()?.get(inside) }
}

/// [`Sources::look`] in one object.
pub(crate) fn pick<'a>(object: &Object<'a>, path: &str) -> Option<Value<'a>> {
    Sources { objects: &[object], registers: &[] }.look(path)
}

/// The text before and after the first such byte.
pub(crate) fn cut(text: &str, at: u8) -> (&str, &str) {
    let place = text.bytes().position(|byte| byte == at).unwrap_or(text.len());
    let after = place.saturating_add(1);
    (text.get(..place).unwrap_or_default(), text.get(after..).unwrap_or_default())
}

/// The value, or this one where it is not there, `null` or empty text.
pub(crate) fn or<'a>(value: Option<Value<'a>>, other: Value<'a>) -> Value<'a> {
    value.filter(|value| !value.is_null() && *value != Value::EMPTY).unwrap_or(other)
}

/// The value, if it says something.
pub(crate) fn some<'a>(object: &Object<'a>, path: &str) -> Option<Value<'a>> {
    pick(object, path).filter(|value| truthy(*value))
}

/// The text's characters; empty for anything else.
pub(crate) fn decoded(value: Option<Value<'_>>) -> String {
    value.and_then(Value::text).map(|text| text.decode().into_owned()).unwrap_or_default()
}

/// A yes or no that someone may have written as text: `"false"` and `"0"` are no.
pub(crate) fn flag(value: Value<'_>) -> bool {
    truthy(value) && value.raw() != "\"0\"" && !value.raw().eq_ignore_ascii_case("\"false\"")
}

/// Digits with a sign in front or not, as a number.
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
