//! The table: what an agent can call, row by row. The binding, the checks, the declarations (`js/tools.d.ts`), the
//! documentation (`docs/tools.md`) and the methods in JavaScript follow from it; adding a tool is adding a row.

mod alias;
#[cfg(not(target_arch = "wasm32"))]
pub mod docs;
mod row;
mod rows;
#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;

pub use alias::fitting;
pub use row::{Key, Keys, Row};
pub use rows::{CALL_TOOL, LIST_TOOLS, PING, SEND_MANY, SEND_MESSAGE};

use super::options::Options;
use crate::json::{Value, Writer, truthy};
use crate::prelude::*;
use crate::text::{concat, cut};

/// Options that every call takes; none goes to the wire.
const COMMON: [&str; 3] = ["timeoutMs", "signal", "agentToken"];

/// Every row.
pub fn rows() -> impl Iterator<Item = Row> {
    let mut rest = rows::ROWS;
    core::iter::from_fn(move || {
        let (line, more) = cut(rest, b'\n');
        rest = more;
        (!line.is_empty()).then_some(Row(line))
    })
}

/// Checks the options of a row and writes those that go to the wire into an object that is open. Mistakes are kept in
/// the options.
pub fn bind(row: Row, options: &mut Options<'_>, out: &mut Writer) {
    if row.is_action() {
        out.key("action").string(&row.wire());
    }
    let given = options.object();
    for key in row.keys() {
        let value = given.get(key.name).filter(|value| !value.is_null() || key.has(b'^'));
        let Some(value) = value else {
            if key.has(b'!') {
                options.bad(key.name, "is required");
            }
            if !key.default.is_empty() {
                out.key(key.wire()).raw(key.default);
            }
            continue;
        };
        let complaint = key.complaint(value);
        if !complaint.is_empty() {
            options.bad(key.name, complaint);
        }
        if key.has(b'*') {
            for (name, value) in value.inside().members() {
                if row.covers(&name.decode()) {
                    options.bad(&concat(&["extra.", &name.decode()]), "has an option of its own");
                }
                out.key_of(name).raw(value.raw());
            }
        } else if !key.has(b'-') && (!key.has(b'~') || value.number().is_some() || truthy(value)) {
            out.key(key.wire());
            if key.has(b':') {
                out.array().raw(value.raw()).end_array();
            } else {
                out.raw(value.raw());
            }
        }
    }
    for (name, value) in given.members() {
        let plain = &*name.decode();
        if COMMON.contains(&plain) || row.keys().any(|key| key.name == plain) {
            continue;
        }
        if row.passes() && !row.covers(plain) {
            out.key_of(name).raw(value.raw());
        } else if !value.is_null() {
            options.bad(plain, "is no option; further wire arguments go into `extra`, where there is one");
        }
    }
}

/// The answer of a tool as its method gives it: an object, with each member in camelCase whatever its case on the wire;
/// anything else as `raw`.
#[must_use]
pub fn answer(value: Value<'_>) -> String {
    let mut out = Writer::new();
    out.object();
    let object = value.inside();
    if !value.is_object() {
        out.key("raw").raw(value.raw());
    }
    for (name, value) in object.members() {
        let camel = row::camel(&name.decode());
        if object.get(&camel).is_some() {
            // As it is already, or beside its twin.
            out.key_of(name);
        } else {
            out.key(&camel);
        }
        out.raw(value.raw());
    }
    out.end_object();
    out.finish()
}
