//! The table: what an agent can call, row by row. The binding, the checks, the declarations (`js/tools.d.ts`) and the
//! documentation (`docs/tools.md`) follow from it; adding a tool is adding a row.

#[cfg(not(target_arch = "wasm32"))]
pub mod docs;
mod rows;
#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;

pub use rows::{CALL_TOOL, LIST_TOOLS, PING, SEND_MESSAGE, TOOLS};

use super::options::Options;
use crate::json::{Value, Writer, truthy};
use crate::text::concat;

/// A row: one method of `Agent` that calls a tool.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// The method's name.
    pub js: &'static str,
    /// The tool's name on the wire; empty where the call or the configuration names it.
    pub tool: &'static str,
    /// Its options, beside `timeoutMs`, `signal` and `agentToken`, which every row has.
    pub keys: &'static [Key],
    /// What becomes of the answer.
    pub answer: Answer,
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) text: Text,
}

/// What only people and compilers read; no part of the wasm.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    pub(crate) options: &'static str,
    pub(crate) returns: &'static str,
    pub(crate) doc: &'static str,
}

/// What becomes of a tool's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A `SendResult`.
    Send,
    /// Its JSON, else its text, else `null`, whatever it says.
    Any,
    /// The names of a `tools/list`.
    Names,
    /// Whether there is one.
    Alive,
}

/// An option of a row.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in JavaScript.
    pub option: &'static str,
    /// Its name on the wire; empty: it never goes there.
    pub wire: &'static str,
    /// What it must be.
    pub kind: Type,
    /// When it is sent.
    pub when: When,
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) typescript: &'static str,
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) doc: &'static str,
}

/// What an option must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A string.
    Text,
    /// A string, sent as an array of one.
    TextInList,
    /// An array of strings.
    Texts,
    /// An object of strings.
    TextMap,
    /// `true` or `false`.
    Flag,
    /// A number.
    Number,
    /// An object.
    Object,
    /// An object whose members are sent as they are; names that have an option are refused.
    Extra,
}

/// When an option is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always; it must be given.
    Required,
    /// When it is not empty.
    Filled,
    /// Never by the table: the code behind the row has its own way with it.
    Local,
}

/// Options that every call takes; none goes to the wire.
const COMMON: [&str; 3] = ["timeoutMs", "signal", "agentToken"];

/// Checks the options of a row and writes those that go to the wire into an object that is open. Mistakes are kept in
/// the options.
pub fn bind(tool: &Tool, options: &mut Options<'_>, out: &mut Writer) {
    for key in tool.keys {
        let Some(value) = options.get(key.option) else {
            if key.when == When::Required {
                options.bad(key.option, "is required");
            }
            continue;
        };
        check(key, value, options);
        if key.kind == Type::Extra {
            extra(tool, value, options, out);
        }
        if key.when == When::Local || key.wire.is_empty() || (key.when == When::Filled && !is_filled(value)) {
            continue;
        }
        out.key(key.wire);
        if key.kind == Type::TextInList {
            out.array().raw(value.raw()).end_array();
        } else {
            out.raw(value.raw());
        }
    }
    for (name, value) in options.object().members() {
        if !value.is_null()
            && !COMMON.iter().any(|common| name.is(common))
            && !tool.keys.iter().any(|key| name.is(key.option))
        {
            options.bad(
                &name.decode(),
                "is no option; further wire arguments go into `extra`, where there is one",
            );
        }
    }
}

fn check(key: &Key, value: Value<'_>, options: &mut Options<'_>) {
    let (fits, must) = match key.kind {
        Type::Text | Type::TextInList => (value.is_text(), "must be a string"),
        Type::Texts => {
            (value.array().is_some_and(|mut items| items.all(Value::is_text)), "must be an array of strings")
        }
        Type::TextMap => (
            value.object().is_some_and(|object| object.members().all(|(_, item)| item.is_text())),
            "must be an object of strings",
        ),
        Type::Flag => (value.bool().is_some(), "must be true or false"),
        Type::Number => (value.number().is_some(), "must be a number"),
        Type::Object | Type::Extra => (value.raw().starts_with('{'), "must be an object"),
    };
    if !fits {
        options.bad(key.option, must);
    }
}

fn extra(tool: &Tool, value: Value<'_>, options: &mut Options<'_>, out: &mut Writer) {
    for (name, value) in value.object().unwrap_or_default().members() {
        if tool.keys.iter().any(|key| !key.wire.is_empty() && name.is(key.wire)) {
            options.bad(&concat(&["extra.", &name.decode()]), "has an option of its own");
        }
        out.key_of(name).raw(value.raw());
    }
}

/// What the reference sends: not `false`, not empty.
fn is_filled(value: Value<'_>) -> bool {
    value.number().is_some() || truthy(value)
}
