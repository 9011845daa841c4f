//! Reading members of payloads that anyone may have written.
//!
//! Members are named by their alternatives, `"mediaUrl|media_url"`: the first that says something counts, where nothing,
//! `null`, `false`, zero and everything empty say nothing; if none does, the last one is taken as it is. That is how the
//! reference reads them.

use crate::json::{Object, Value, Writer, quoted};
use crate::time;

/// A member is not what it must be; its name in our events.
pub(crate) type Malformed = &'static str;

/// Whether a value says something.
pub(crate) fn truthy(value: Value<'_>) -> bool {
    let raw = value.raw();
    match raw.as_bytes() {
        [b'n' | b'f', ..] => false,
        [b't', ..] => true,
        [b'[' | b'{', inside @ .., _] => inside.iter().any(|byte| !byte.is_ascii_whitespace()),
        [b'"', ..] => raw.len() > 2,
        number => number
            .iter()
            .take_while(|byte| !matches!(byte, b'e' | b'E'))
            .any(|byte| matches!(byte, b'1'..=b'9')),
    }
}

/// The value that counts among the alternatives.
pub(crate) fn pick<'a>(object: &Object<'a>, keys: &str) -> Option<Value<'a>> {
    let mut last = None;
    for key in keys.split('|') {
        last = object.get(key);
        if last.is_some_and(truthy) {
            break;
        }
    }
    last
}

/// Text or `null`, as JSON. Anything else is malformed.
pub(crate) fn text<'a>(object: &Object<'a>, keys: &str, name: Malformed) -> Result<Value<'a>, Malformed> {
    match pick(object, keys) {
        None => Ok(Value::NULL),
        Some(value) if value.is_null() || value.text().is_some() => Ok(value),
        Some(_) => Err(name),
    }
}

/// Text that says something, or `null`. What says nothing is not there, whatever it is; anything else is malformed.
pub(crate) fn some_text<'a>(
    object: &Object<'a>,
    keys: &str,
    name: Malformed,
) -> Result<Value<'a>, Malformed> {
    match pick(object, keys).filter(|value| truthy(*value)) {
        None => Ok(Value::NULL),
        Some(value) if value.text().is_some() => Ok(value),
        Some(_) => Err(name),
    }
}

/// Text that is there and not empty.
pub(crate) fn required<'a>(object: &Object<'a>, keys: &str, name: Malformed) -> Result<Value<'a>, Malformed> {
    text(object, keys, name).and_then(|value| if truthy(value) { Ok(value) } else { Err(name) })
}

/// A block: an object, or nothing. Anything else that says something is malformed.
pub(crate) fn block<'a>(object: &Object<'a>, key: &str, name: Malformed) -> Result<Object<'a>, Malformed> {
    match object.get(key) {
        Some(value) if truthy(value) => value.object().ok_or(name),
        _ => Ok(Object::default()),
    }
}

/// The text's characters; empty for anything else.
pub(crate) fn decoded(value: Value<'_>) -> String {
    value.text().map(|text| text.decode().into_owned()).unwrap_or_default()
}

/// A yes or no that someone may have written as text: `"false"` and `"0"` are no.
pub(crate) fn flag(value: Option<Value<'_>>) -> bool {
    value.is_some_and(|value| {
        truthy(value)
            && !value.text().is_some_and(|text| text.raw().eq_ignore_ascii_case("false") || text.is("0"))
    })
}

/// `true` or `false` as JSON.
pub(crate) fn bool_json(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// Text as it is, a number as its digits, both as a JSON string; else `null`.
pub(crate) fn text_or_number(value: Option<Value<'_>>) -> String {
    match value {
        Some(value) if value.text().is_some() => value.raw().to_owned(),
        Some(value) if value.number().is_some() => quoted(value.raw()),
        _ => "null".to_owned(),
    }
}

const FIRST_SECOND: i64 = -62_135_596_800; // 0001-01-01
const LAST_SECOND: i64 = 253_402_300_799; // 9999-12-31T23:59:59Z

/// Whole seconds since 1970, as a number or as text, as a JSON string in ISO 8601; else `null`.
pub(crate) fn unix_time(value: Option<Value<'_>>) -> String {
    value
        .filter(|value| truthy(*value))
        .and_then(|value| value.integer().or_else(|| whole(value.text()?.raw())))
        .filter(|seconds| (FIRST_SECOND..=LAST_SECOND).contains(seconds))
        .and_then(|seconds| time::iso(seconds.checked_mul(1000)?))
        .map_or_else(|| "null".to_owned(), |text| quoted(&text))
}

fn whole(text: &str) -> Option<i64> {
    if text.starts_with('+') { None } else { text.parse().ok() }
}

/// An ISO 8601 time, or whole seconds since 1970, as a JSON string in ISO 8601 UTC; else `null`.
pub(crate) fn any_time(value: Option<Value<'_>>) -> String {
    match value.and_then(|value| time::parse_iso(&value.text()?.decode())).and_then(time::iso) {
        Some(text) => quoted(&text),
        None => unix_time(value),
    }
}

/// How a row of a [`Table`] is read.
#[derive(Clone, Copy)]
pub(crate) enum As {
    /// Text; else `null`.
    Text,
    /// Text or a number, as text; else `null`.
    Id,
    /// A number, or text that is one; else `null`.
    Number,
    /// `true` or `false`; else `null`.
    Bool,
    /// [`flag`].
    Flag,
    /// [`unix_time`].
    Time,
    /// An object as it came; else `null`.
    Object,
    /// Text that is not empty, or the whole does not count.
    NeedText,
    /// A number, or the whole does not count.
    NeedNumber,
    /// Text that is not empty; else `null`.
    SomeText,
}

/// Members of something we describe: our name, the path of the wire (`a.b` goes into objects, `a|b` are alternatives),
/// and how it is read.
pub(crate) type Table = &'static [(&'static str, &'static str, As)];

/// Writes the members of a table. `false`: a needed one is missing, and what was written is to be thrown away.
pub(crate) fn write_table(writer: &mut Writer, object: &Object<'_>, table: Table) -> bool {
    let mut whole = true;
    for (name, path, how) in table {
        writer.key(name);
        whole &= write_as(writer, follow(object, path), *how);
    }
    whole
}

/// Writes one value; `false` if it is needed and not there.
fn write_as(writer: &mut Writer, value: Option<Value<'_>>, how: As) -> bool {
    let json = match how {
        As::Text => value.filter(|value| value.text().is_some()).map_or("null", Value::raw),
        As::SomeText | As::NeedText => {
            value.filter(|value| value.text().is_some() && truthy(*value)).map_or("null", Value::raw)
        }
        As::Number | As::NeedNumber => value.and_then(number).unwrap_or("null"),
        As::Bool => value.filter(|value| value.bool().is_some()).map_or("null", Value::raw),
        As::Object => value.filter(|value| value.raw().starts_with('{')).map_or("null", Value::raw),
        As::Flag => bool_json(flag(value)),
        As::Id => {
            writer.raw(&text_or_number(value));
            return true;
        }
        As::Time => {
            writer.raw(&unix_time(value));
            return true;
        }
    };
    writer.raw(json);
    json != "null" || !matches!(how, As::NeedText | As::NeedNumber)
}

/// The value at a path.
pub(crate) fn follow<'a>(object: &Object<'a>, path: &str) -> Option<Value<'a>> {
    match path.split_once('.') {
        Some((key, rest)) => follow(&object.get(key)?.object()?, rest),
        None => pick(object, path),
    }
}

/// A number as written, also where it stands in quotes.
fn number(value: Value<'_>) -> Option<&str> {
    let digits = match value.text() {
        Some(text) => crate::json::parse_str(text.raw(), 0).ok()?.number()?,
        None => value.number()?,
    };
    Some(digits)
}

/// Errors that a provider reported (wire-contract 9.1).
const ERROR: Table = &[
    ("code", "code", As::Id),
    ("title", "title", As::Text),
    ("message", "message", As::Text),
    ("details", "error_data.details", As::Text),
];

/// Writes the objects of a list as objects of a table, and leaves out what is not one.
pub(crate) fn write_list(writer: &mut Writer, list: Option<Value<'_>>, table: Table) {
    writer.array();
    for item in list.and_then(Value::array).into_iter().flatten().filter_map(Value::object) {
        writer.object();
        write_table(writer, &item, table);
        writer.end_object();
    }
    writer.end_array();
}

/// Writes a list of errors.
pub(crate) fn write_errors(writer: &mut Writer, list: Option<Value<'_>>) {
    write_list(writer, list, ERROR);
}
