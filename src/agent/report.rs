//! How a send ended, and how that is read from a tool's answer (wire-contract 4.2, 4.4 and 4.7).

use super::payload::Payload;
use super::remediation;
use crate::error::{Error, Kind, Response, from_response};
use crate::json::{self, MAX_DEPTH, Object, Value, Writer};
use crate::mcp::session::{CallError, Outcome};
use crate::prelude::*;
use crate::text::contains;

/// Where a send ended that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before anything was sent: the caller's mistake.
    Config,
    /// The token was refused.
    Auth,
    /// On the way.
    Transport,
    /// The server refused it.
    Server,
    /// The server answered something that is neither.
    Parse,
}

impl Stage {
    /// The word in `SendResult.stageFailed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Auth => "auth",
            Self::Transport => "transport",
            Self::Server => "server",
            Self::Parse => "parse",
        }
    }
}

/// A `SendResult` as data.
#[derive(Clone, Debug, PartialEq)]
pub struct SendResult {
    /// The service's id as a JSON string, or why there is none.
    pub end: Result<String, Box<Failure>>,
    /// How often the tool was called.
    pub attempts: u32,
    /// The key of all attempts.
    pub idempotency_key: String,
    /// The tool's result (or JSON-RPC error) as JSON, `null` if there was none.
    pub raw: String,
}

/// What is known of a send that did not succeed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Certainly not accepted, or nobody can say.
    pub outcome: Outcome,
    /// Where it ended.
    pub stage: Stage,
    /// The server's code, as it came.
    pub code: Option<String>,
    /// The channel the server blamed.
    pub channel: Option<String>,
    /// What to do about it.
    pub remediation: Option<String>,
    /// The error behind it; its message is the result's `error`.
    pub cause: Error,
}

impl SendResult {
    /// `sent`, `not_sent` or `unknown`.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match &self.end {
            Ok(_) => "sent",
            Err(failure) if failure.outcome == Outcome::NotSent => "not_sent",
            Err(_) => "unknown",
        }
    }

    /// The refused token behind it, if that ended it: an error that carries this result as `sendResult`. A single send
    /// throws it, a batch does not.
    #[must_use]
    pub fn refusal(&self) -> Option<Error> {
        let failure = self.end.as_ref().err().filter(|failure| failure.stage == Stage::Auth)?;
        Some(failure.cause.clone().with("sendResult", self.to_json()))
    }

    /// The error that goes into `cause`.
    #[must_use]
    pub fn cause(&self) -> Option<&Error> {
        self.end.as_ref().err().map(|failure| &failure.cause)
    }

    /// The `SendResult` as JSON; its `cause` is `null` and set by the binding.
    #[must_use]
    pub fn to_json(&self) -> String {
        let failure = self.end.as_ref().err();
        let cause = failure.map(|failure| &failure.cause);
        let mut out = Writer::new();
        out.object().key("outcome").string(self.outcome());
        out.key("ok").bool(failure.is_none()).key("failed").bool(failure.is_some());
        out.key("messageSid").raw(self.end.as_deref().unwrap_or("null"));
        out.key("error").string_or_null(cause.map(|cause| cause.message.as_str()));
        out.key("errorCode").string_or_null(failure.and_then(|failure| failure.code.as_deref()));
        out.key("errorChannel").string_or_null(failure.and_then(|failure| failure.channel.as_deref()));
        out.key("stageFailed").string_or_null(failure.map(|failure| failure.stage.as_str()));
        out.key("remediation").string_or_null(failure.and_then(|failure| failure.remediation.as_deref()));
        out.key("retryable").bool(cause.is_some_and(|cause| cause.retryable)).key("retryAfterMs");
        match cause.and_then(|cause| cause.retry_after_ms) {
            #[expect(clippy::cast_possible_truncation, reason = "float to integer casts saturate")]
            Some(ms) => out.integer(ms as i64),
            None => out.null(),
        };
        out.key("cause").null().key("attempts").integer(i64::from(self.attempts));
        out.key("idempotencyKey").string(&self.idempotency_key).key("raw").raw(&self.raw).end_object();
        out.finish()
    }
}

impl Failure {
    /// Nothing was sent: the caller's mistake.
    pub(super) fn config(cause: Error, remediation: Option<&str>) -> Self {
        Self::new(Outcome::NotSent, Stage::Config, cause, remediation)
    }

    /// No answer came.
    pub(super) fn call(failed: CallError) -> Self {
        let stage = if failed.error.kind.is_auth() { Stage::Auth } else { Stage::Transport };
        let remediation = failed.error.extra("remediation").and_then(|json| json::parse_str(json, 1).ok());
        let remediation = remediation.and_then(Value::text).map(|text| text.decode().into_owned());
        let remediation = remediation.as_deref().unwrap_or(remediation::TRANSPORT);
        Self::new(failed.outcome, stage, failed.error.clone(), Some(remediation))
    }

    /// The server answered what cannot be read: whether it took the message nobody can say.
    pub(super) fn shape(outcome: Outcome) -> Self {
        let cause = Error::protocol("PROTOCOL", "the server response contained no message id and no error");
        Self::new(outcome, Stage::Parse, cause, Some(remediation::SHAPE))
    }

    fn new(outcome: Outcome, stage: Stage, cause: Error, remediation: Option<&str>) -> Self {
        let remediation = remediation.map(str::to_owned);
        Self { outcome, stage, code: None, channel: None, remediation, cause }
    }
}

/// Reads the `result` of the sending tool: the id as a JSON string, or why there is none.
///
/// # Errors
/// [`Failure`] of stage `server` or `parse`.
pub fn read_result(result: &str, tool: &str) -> Result<String, Box<Failure>> {
    let payload = Payload::read(result);
    let value = payload.json.as_deref().and_then(|json| json::parse_str(json, MAX_DEPTH).ok());
    let object = value.and_then(Value::object).unwrap_or_default();
    if let Some(id) = message_id(&object) {
        return Ok(id);
    }
    let spoken = payload.text.as_deref().filter(|text| !text.is_empty());
    // Argument errors come as text, also where the flag is missing (wire-contract 2.6).
    let says_failed = payload.is_error || spoken.is_some_and(|text| text.starts_with("MCP error "));
    let message = error_text(&object).or_else(|| {
        let said = spoken.filter(|_| payload.json.is_none()).map(str::to_owned);
        let said = said.or_else(|| filled_text(object.get("message")));
        says_failed.then(|| {
            said.or_else(|| spoken.map(str::to_owned)).unwrap_or_else(|| "the tool failed".to_owned())
        })
    });
    Err(Box::new(match message {
        Some(message) => refused(message, &object, value.map_or("null", Value::raw), tool),
        None => Failure::shape(Outcome::Unknown),
    }))
}

/// Reads the JSON-RPC `error` that answered the call of the sending tool.
#[must_use]
pub fn read_error(error: &str, tool: &str) -> Failure {
    let cause = rpc_error(error, tool);
    let object = json::parse_str(error, MAX_DEPTH).ok().and_then(Value::object).unwrap_or_default();
    // Only what was refused before the tool ran is certain; an internal error may have come after.
    let refused = matches!(object.get("code").and_then(Value::integer), Some(-32700 | -32602..=-32600));
    let outcome = if refused { Outcome::NotSent } else { Outcome::Unknown };
    let advice = remediation::advice(&cause.message);
    Failure::new(outcome, Stage::Server, cause, advice)
}

/// The typed error for a JSON-RPC `error` object.
#[must_use]
pub fn rpc_error(error: &str, tool: &str) -> Error {
    let object = json::parse_str(error, MAX_DEPTH).ok().and_then(Value::object).unwrap_or_default();
    let message =
        filled_text(object.get("message")).unwrap_or_else(|| "the service refused the call".to_owned());
    let code = tool_code(&message);
    tool_error(code, message, tool).with("body", error)
}

fn tool_error(code: &'static str, message: String, tool: &str) -> Error {
    Error::new(Kind::ToolError, code, message).with("toolName", json::quoted(tool))
}

/// Our code for a refusal without one, by its words (wire-contract 2.6).
fn tool_code(message: &str) -> &'static str {
    if !contains(message, "-32602") {
        "TOOL_FAILED"
    } else if contains(message, "not found") {
        "UNKNOWN_TOOL"
    } else {
        "INVALID_ARGUMENTS"
    }
}

/// The reference's keys, then those of older servers (wire-contract 4.4).
const ID_KEYS: [&str; 5] = ["messageId", "sid", "message_sid", "externalId", "messageSid"];

fn message_id(object: &Object<'_>) -> Option<String> {
    ID_KEYS.iter().filter_map(|key| object.get(key)).find_map(|value| match (value.text(), value.number()) {
        (Some(text), _) => (!text.is_empty()).then(|| value.raw().to_owned()),
        (_, Some(digits)) => digits.bytes().any(|b| matches!(b, b'1'..=b'9')).then(|| json::quoted(digits)),
        _ => None,
    })
}

fn error_text(object: &Object<'_>) -> Option<String> {
    let error = object.get("error");
    if let Some(text) = filled_text(error) {
        return Some(text);
    }
    let mut listed = String::new();
    for (index, item) in object.get("errors").and_then(Value::array).into_iter().flatten().enumerate() {
        listed.push_str(if index == 0 { "" } else { "; " });
        listed.push_str(&said(item));
    }
    if !listed.is_empty() {
        return Some(listed);
    }
    let nested = error.and_then(Value::object)?;
    filled_text(nested.get("message")).or_else(|| filled_text(nested.get("code")))
}

/// An item of `errors` for people.
fn said(item: Value<'_>) -> String {
    let message = item.object().and_then(|object| filled_text(object.get("message")));
    message.or_else(|| text(Some(item))).unwrap_or_else(|| item.raw().to_owned())
}

fn text(value: Option<Value<'_>>) -> Option<String> {
    Some(value?.text()?.decode().into_owned())
}

fn filled_text(value: Option<Value<'_>>) -> Option<String> {
    text(value).filter(|text| !text.is_empty())
}

/// The server refused it: the envelope's members, those of a nested `error` object filling the gaps.
fn refused(message: String, object: &Object<'_>, body: &str, tool: &str) -> Failure {
    let nested = object.get("error").and_then(Value::object).unwrap_or_default();
    let member = |key: &str| {
        let top = text(object.get(key));
        if top.as_deref().is_some_and(|text| !text.is_empty()) { top } else { text(nested.get(key)).or(top) }
    };
    let (code, channel) = (member("code"), member("channel"));
    let advice = member("remediation").filter(|text| !text.is_empty());
    let advice = advice.or_else(|| remediation::advice(&message).map(str::to_owned));
    // One table for all surfaces: the code counts as it would in an HTTP answer of the status it belongs to.
    let status = match code.as_deref() {
        Some("AGENT_NOT_PROVISIONED" | "AGENT_NOT_FOUND" | "NOT_PROVISIONED") => 404,
        Some("RATE_LIMITED") => 429,
        _ if object.get("limitType").is_some() => 429,
        _ => 400,
    };
    let mut cause = from_response(&Response { status, body, retry_after: None, now_ms: 0.0 });
    cause.status = None;
    if cause.kind == Kind::ButtDialError {
        let retryable = cause.retryable;
        let given = code.clone().filter(|code| !code.is_empty());
        cause = tool_error(tool_code(&message), String::new(), tool).with("body", body);
        cause.retryable = retryable;
        if let Some(code) = given {
            cause.extra.push(("serverCode", json::quoted(&code)));
            cause.code = code.into();
        }
    }
    cause.message = message;
    Failure { outcome: Outcome::NotSent, stage: Stage::Server, code, channel, remediation: advice, cause }
}
