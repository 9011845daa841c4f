//! What the service saw.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::action::Ms;

/// A tool call that reached the service.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedCall {
    /// Tool.
    pub tool: String,
    /// Arguments, as sent.
    pub args: Value,
    /// Token of the POST.
    pub token: Option<String>,
    /// `idempotencyKey` of the arguments.
    pub idempotency_key: Option<String>,
    /// The key was known: nothing was done again.
    pub replayed: bool,
    /// Session it came by.
    pub session_id: String,
    /// When.
    pub at_ms: Ms,
}

/// A request that reached the service.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedRequest {
    /// Method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Headers, names in lower case; values of the same name are joined.
    pub headers: BTreeMap<String, String>,
    /// The body as JSON, else its text, else null.
    pub body: Value,
    /// When.
    pub at_ms: Ms,
}

/// A JSON-RPC response that a client sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientAnswer {
    /// Session it came by.
    pub session_id: String,
    /// Id of the request it answers.
    pub id: Value,
    /// `result`, or null.
    pub result: Value,
    /// `error`, or null.
    pub error: Value,
}
