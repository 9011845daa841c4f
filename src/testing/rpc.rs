//! JSON-RPC as the service speaks it.

use serde::Serialize;
use serde_json::{Value, json};

/// A message of a client.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Incoming {
    Request { id: Value, method: String, params: Value },
    Notification,
    Response { id: Value, result: Value, error: Value },
}

/// Reads a message; `None` for what is not JSON or not one JSON-RPC message. Batches are none (wire-contract 2.4).
pub(super) fn read(body: &[u8]) -> Option<Incoming> {
    let Value::Object(mut message) = serde_json::from_slice(body).ok()? else { return None };
    if message.get("jsonrpc") != Some(&json!("2.0")) {
        return None;
    }
    let id = message.remove("id");
    let valid_id = id.as_ref().is_none_or(|id| id.is_string() || id.is_i64() || id.is_u64());
    if !valid_id {
        return None;
    }
    match (message.remove("method"), id) {
        (Some(Value::String(method)), Some(id)) => {
            Some(Incoming::Request { id, method, params: message.remove("params").unwrap_or_default() })
        }
        (Some(Value::String(_)), None) => Some(Incoming::Notification),
        (None, Some(id)) => {
            let (result, error) = (message.remove("result"), message.remove("error"));
            (result.is_some() != error.is_some()).then(|| Incoming::Response {
                id,
                result: result.unwrap_or_default(),
                error: error.unwrap_or_default(),
            })
        }
        _ => None,
    }
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Payload {
    Result(Value),
    Error(Value),
    /// The message verbatim; `$id` stands for the id.
    Raw(String),
}

impl Payload {
    pub(super) fn error(code: i32, message: &str) -> Self {
        Self::Error(json!({ "code": code, "message": message }))
    }

    /// The message, `result` before `id` as the real server writes it (wire-contract 2.6).
    pub(super) fn message(&self, id: &Value) -> String {
        match self {
            Self::Result(result) => text(&ResultMessage { result, jsonrpc: "2.0", id }),
            Self::Error(error) => text(&ErrorMessage { jsonrpc: "2.0", id, error }),
            Self::Raw(message) => message.replace("$id", &id.to_string()),
        }
    }
}

/// A request or, without an id, a notification of the service.
pub(super) fn outgoing(id: Option<u64>, method: &str, params: &Value) -> String {
    text(&Outgoing { method, params, jsonrpc: "2.0", id })
}

/// The protocol version to speak with a client that offers this one (wire-contract 2.5).
pub(super) fn negotiate(offered: &str) -> &str {
    match offered {
        "2025-11-25" | "2025-06-18" | "2025-03-26" | "2024-11-05" | "2024-10-07" => offered,
        _ => "2025-11-25",
    }
}

#[derive(Serialize)]
struct ResultMessage<'a> {
    result: &'a Value,
    jsonrpc: &'a str,
    id: &'a Value,
}

#[derive(Serialize)]
struct ErrorMessage<'a> {
    jsonrpc: &'a str,
    id: &'a Value,
    error: &'a Value,
}

#[derive(Serialize)]
struct Outgoing<'a> {
    method: &'a str,
    params: &'a Value,
    jsonrpc: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
}

/// Writing these to a string cannot fail: all keys are text.
fn text(message: &impl Serialize) -> String {
    serde_json::to_string(message).unwrap_or_default()
}
