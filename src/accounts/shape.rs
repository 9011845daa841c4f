//! Answers in one casing: the members a row names get their camelCase names, whatever the server calls them; all others stay.
//!
//! A shape is a text of names: `orgId teamToken|ownerToken records[ createdAt ]`. A name also stands for its snake_case twin;
//! `a|b` are names of one member, the first is ours; `a[ … ]` is a list of objects with a shape of their own.

use super::row::Words;
use crate::json::{Object, Text, Value, Writer};
use crate::text::cut;

/// Writes a value in its shape. What is no object is written as it is.
#[inline(never)]
pub(super) fn shaped(out: &mut Writer, value: Value<'_>, shape: &'static str) {
    if !value.is_object() || shape.is_empty() {
        out.raw(value.raw());
        return;
    }
    let object = value.inside();
    out.object();
    let mut words = Words(shape);
    while let Some((word, inside)) = top(&mut words) {
        let names = cut(word, b'[').0;
        let Some(value) = find(&object, names) else { continue };
        out.key(cut(names, b'|').0);
        match value.array().filter(|_| word.len() > names.len()) {
            Some(items) => {
                out.array();
                for item in items {
                    shaped(out, item, inside);
                }
                out.end_array();
            }
            None => {
                out.raw(value.raw());
            }
        }
    }
    for (name, value) in object.members() {
        if !names(shape, name) {
            out.key_of(name).raw(value.raw());
        }
    }
    out.end_object();
}

/// The next word of a shape and what stands between its brackets, if it has any.
fn top(words: &mut Words) -> Option<(&'static str, &'static str)> {
    let word = words.next().filter(|word| *word != "]")?;
    let inside = words.0;
    if word.ends_with('[') {
        while words.next().is_some_and(|word| word != "]") {}
    }
    Some((word, inside))
}

/// The value of a member with several names; `null` where there is none.
pub(super) fn best<'a>(object: &Object<'a>, names: &str) -> Value<'a> {
    find(object, names).unwrap_or(Value::NULL)
}

/// The first that says something, else the first that is there; of several with one name the last, as in `JSON.parse`.
#[inline(never)]
fn find<'a>(object: &Object<'a>, names: &str) -> Option<Value<'a>> {
    let mut rest = names;
    let mut found = None;
    while !rest.is_empty() {
        let (name, others) = cut(rest, b'|');
        rest = others;
        for exact in [true, false] {
            let mut last = None;
            for (key, value) in object.members() {
                if if exact { key.is(name) } else { is_twin(&key.decode(), name) } {
                    last = Some(value);
                }
            }
            if last.is_some_and(|value| !value.is_null() && value != Value::EMPTY) {
                return last;
            }
            found = found.or(last);
        }
    }
    found
}

/// Whether the shape has a name for this member.
#[inline(never)]
fn names(shape: &'static str, key: Text<'_>) -> bool {
    let key = key.decode();
    let mut words = Words(shape);
    while let Some((word, _)) = top(&mut words) {
        let mut rest = cut(word, b'[').0;
        while !rest.is_empty() {
            let (name, others) = cut(rest, b'|');
            rest = others;
            if *key == *name || is_twin(&key, name) {
                return true;
            }
        }
    }
    false
}

/// Whether `key` is the snake_case form of a camelCase name.
#[inline(never)]
fn is_twin(key: &str, camel: &str) -> bool {
    let mut key = key.bytes();
    camel.bytes().all(|byte| {
        (!byte.is_ascii_uppercase() || key.next() == Some(b'_'))
            && key.next() == Some(byte.to_ascii_lowercase())
    }) && key.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: &str, shape: &'static str) -> String {
        let value = crate::json::parse_str(json, 64).unwrap();
        let mut out = Writer::new();
        shaped(&mut out, value, shape);
        out.finish()
    }

    #[test]
    fn both_casings_and_other_names() {
        let shape = "orgId teamToken|ownerToken";
        for (json, want) in [
            (r#"{"org_id":"1","name_x":2}"#, r#"{"orgId":"1","name_x":2}"#),
            (r#"{"orgId":"1","org_id":"2"}"#, r#"{"orgId":"1"}"#),
            (r#"{"org_id":"2","orgId":""}"#, r#"{"orgId":"2"}"#),
            (r#"{"org_id":null,"orgId":""}"#, r#"{"orgId":""}"#),
            (r#"{"orgId":false,"org_id":true}"#, r#"{"orgId":false}"#),
            (r#"{"owner_token":"o","teamToken":null}"#, r#"{"teamToken":"o"}"#),
            (r#"{"ownerToken":"o","team_token":"t"}"#, r#"{"teamToken":"t"}"#),
            (r#"{"owner_token":null}"#, r#"{"teamToken":null}"#),
            (r#"{"orgid":1,"org__id":2,"Org_id":3}"#, r#"{"orgid":1,"org__id":2,"Org_id":3}"#),
            (r#"{"org\u005fid":"1"}"#, r#"{"orgId":"1"}"#),
            // Twice the same name, as in `JSON.parse`.
            (r#"{"orgId":"a","orgId":"b","x":1,"x":2}"#, r#"{"orgId":"b","x":1,"x":2}"#),
            (r#"{"org_id":"a","org_id":"b"}"#, r#"{"orgId":"b"}"#),
            (r#"{"orgId":"a","org_id":"b","orgId":""}"#, r#"{"orgId":"b"}"#),
            (r#"{"orgId":"a","orgId":null}"#, r#"{"orgId":null}"#),
            (r#"{"owner_token":"o","teamToken":"a","teamToken":"b"}"#, r#"{"teamToken":"b"}"#),
            ("[{\"org_id\":1}]", "[{\"org_id\":1}]"),
            ("null", "null"),
            ("{}", "{}"),
        ] {
            assert_eq!(written(json, shape), want, "{json}");
        }
        assert_eq!(written(r#"{"org_id":1}"#, ""), r#"{"org_id":1}"#);
    }

    #[test]
    fn lists() {
        let shape = "tokens[ lastFour createdAt ] orgId";
        assert_eq!(
            written(r#"{"tokens":[{"last_four":"1","id":2},3],"org_id":4,"last_four":5}"#, shape),
            r#"{"tokens":[{"lastFour":"1","id":2},3],"orgId":4,"last_four":5}"#
        );
        assert_eq!(written(r#"{"tokens":{"last_four":1}}"#, shape), r#"{"tokens":{"last_four":1}}"#);
    }
}
