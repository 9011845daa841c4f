//! One tool, several servers: names and keys differ with a server's age (wire-contract 3 and 12). The list of its tools, read once
//! per session, says which of them it knows; without one, ours are used.

use super::row::{CONFIRM, Names, Row};
use crate::error::Error;
use crate::json::{Value, Writer};
use crate::prelude::*;
use crate::text::{concat, cut};

/// The parameters of a `tools/call`, made with our names, as this server wants them. `listed` are its tools, a JSON array.
///
/// # Errors
/// A `ConfigError`: a preview was asked for, and the server knows none, but would act.
pub fn fitting(row: Row, params: &str, listed: &str) -> Result<String, Error> {
    let params = Value::known(params);
    let listed = Value::known(listed);
    let given = params.at("arguments");
    let names = if row.acts() {
        concat(&["whatsapp_", &given.at("action").chars(), "|whatsapp_action"])
    } else if row.named().is_empty() {
        row.wire()
    } else {
        row.named().to_owned()
    };
    let mut found = Value::NULL;
    let mut rest = &*names;
    while found.is_null() && !rest.is_empty() {
        let (name, more) = cut(rest, b'|');
        rest = more;
        for tool in listed.items() {
            if tool.at("name").chars().strip_prefix("comms_") == Some(name) {
                found = tool;
            }
        }
    }
    // The dispatcher is the last one to be asked for.
    let apart = row.acts() && !rest.is_empty();
    let known = found.at("inputSchema").at("properties");
    let lacks = |key: &str| known.is_object() && known.get(key).is_none();
    if row.previews() && lacks(CONFIRM) && given.at(CONFIRM).raw() != "true" {
        return Err(Error::config(concat(&[
            row.js(),
            ": this server knows no preview and would act at once: `confirm` must be true",
        ])));
    }
    let tool = if found.is_null() { params } else { found };
    let mut out = Writer::new();
    out.object().key("name").raw(tool.at("name").raw()).key("arguments").object();
    for (name, value) in given.inside().members() {
        if apart && name.raw() == "action" {
            continue;
        }
        let mut wire = name.raw();
        for key in row.keys() {
            if key.wire() == wire && lacks(wire) {
                wire = Names(key.wires).find(|wire| !lacks(wire)).unwrap_or(wire);
                break;
            }
        }
        // Names that are not ours stand as they came, escaped.
        out.raw_key(wire).raw(value.raw());
    }
    out.end_object().end_object();
    Ok(out.finish())
}
