//! How a send ended, and how that is read from a tool's answer (wire-contract 4.2, 4.4 and 4.7).

use super::payload::Payload;
use super::remediation;
use super::tools;
use crate::error::{Error, Kind, Response, from_response};
use crate::json::{self, MAX_DEPTH, Value, Writer, truthy};
use crate::mcp::session::{CallError, Outcome};
use crate::prelude::*;
use crate::text::{concat, contains};

/// A `SendResult` as data.
#[derive(Clone, Debug, PartialEq)]
pub struct SendResult {
    /// Its place in a batch.
    pub place: usize,
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
    /// Where it ended: one of the stages below.
    pub stage: &'static str,
    /// The server's code as it came, as JSON.
    pub code: String,
    /// The channel the server blamed, as JSON.
    pub channel: String,
    /// What to do about it, as JSON.
    pub remediation: String,
    /// The error behind it; its message is the result's `error`.
    pub cause: Error,
}

/// Before anything was sent: the caller's mistake.
pub(super) const CONFIG: &str = "config";
/// The token was refused.
const AUTH: &str = "auth";
/// On the way.
const TRANSPORT: &str = "transport";
/// The server refused it.
const SERVER: &str = "server";
/// The server answered something that is neither.
const PARSE: &str = "parse";

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
        let failure = self.end.as_ref().err().filter(|failure| failure.stage == AUTH)?;
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
        let mut out = Writer::new();
        out.object().key("outcome").string(self.outcome());
        let failed = self.end.is_err();
        out.key("ok").bool(!failed).key("failed").bool(failed);
        out.key("messageSid").raw(self.end.as_deref().unwrap_or("null")).key("error");
        let (mut members, mut stage) = (["null"; 3], None);
        let (mut retryable, mut after) = (false, None);
        match &self.end {
            Ok(_) => out.null(),
            Err(failure) => {
                members = [&failure.code, &failure.channel, &failure.remediation];
                stage = Some(failure.stage);
                (retryable, after) = (failure.cause.retryable, failure.cause.retry_after_ms);
                out.string(&failure.cause.message)
            }
        };
        let [code, channel, remediation] = members;
        out.key("errorCode").raw(code).key("errorChannel").raw(channel);
        out.key("stageFailed").string_or_null(stage).key("remediation").raw(remediation);
        out.key("retryable").bool(retryable).key("retryAfterMs");
        match after {
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
    /// Nothing was sent: the caller's mistake. Without advice where that is empty.
    pub(super) fn config(cause: Error, advice: &str) -> Box<Self> {
        Self::new(Outcome::NotSent, CONFIG, cause, advice)
    }

    /// No answer came.
    pub(super) fn call(failed: CallError) -> Box<Self> {
        let stage = if failed.error.kind.is_auth() { AUTH } else { TRANSPORT };
        let advice = failed.error.extra("remediation").map(str::to_owned);
        let mut failure = Self::new(failed.outcome, stage, failed.error, remediation::TRANSPORT);
        if let Some(advice) = advice {
            failure.remediation = advice;
        }
        failure
    }

    /// The server answered what cannot be read: whether it took the message nobody can say.
    pub(super) fn shape(outcome: Outcome) -> Box<Self> {
        let cause = Error::protocol("PROTOCOL", "the server response contained no message id and no error");
        Self::new(outcome, PARSE, cause, remediation::SHAPE)
    }

    #[inline(never)]
    fn new(outcome: Outcome, stage: &'static str, cause: Error, advice: &str) -> Box<Self> {
        let null = || "null".to_owned();
        let remediation = if advice.is_empty() { null() } else { json::quoted(advice) };
        Box::new(Self { outcome, stage, code: null(), channel: null(), remediation, cause })
    }
}

/// Reads the `result` of the sending tool: the id as a JSON string, or why there is none.
///
/// # Errors
/// [`Failure`] of stage `server` or `parse`.
pub fn read_result(result: &str, tool: &str) -> Result<String, Box<Failure>> {
    let payload = &Payload::read(result);
    let object = json::parse_str(&payload.json, MAX_DEPTH).unwrap_or(Value::NULL);
    let id = message_id(object);
    if !id.is_empty() {
        return Ok(id);
    }
    let message = complaint(payload, object);
    Err(if message.is_empty() { Failure::shape(Outcome::Unknown) } else { refused(message, object, tool) })
}

/// Reads the `result` of any other tool: its answer as its method gives it, or why there is none. `given` are the arguments.
///
/// # Errors
/// A `ToolError`, or the class that the answer's code stands for; `ProviderCapabilityError` names the action.
pub fn read_answer(result: &str, tool: &str, given: Value<'_>) -> Result<String, Error> {
    let payload = &Payload::read(result);
    let value = json::parse_str(&payload.json, MAX_DEPTH).unwrap_or(Value::NULL);
    // A record of a message that failed is an answer, and so is what went well but for a few.
    let status = value.at("status");
    let record = tool == "comms_get_message_status" && status.is_text() && truthy(status);
    let fine = !payload.is_error && (record || value.at("success").bool() == Some(true));
    let (mut message, error) = (String::new(), value.at("error"));
    if !fine {
        message = complaint(payload, value);
        if message.is_empty() && truthy(error) {
            message.push_str(error.raw());
        }
    }
    let code = member(value, "code").chars();
    let unable = !fine && matches!(code.as_str(), "PROVIDER_UNSUPPORTED" | "CHANNEL_UNSUPPORTED");
    if message.is_empty() && !unable {
        let text = json::quoted(&payload.text);
        let plain = payload.json.is_empty() && !payload.text.is_empty();
        return Ok(tools::answer(if plain { Value::known(&text) } else { value }));
    }
    let mut action = given.at("action").chars();
    if action.is_empty() {
        action.push_str(tool.strip_prefix("comms_whatsapp_").unwrap_or_default());
    }
    if message.is_empty() {
        let said = member(value, "action").chars();
        let what = [&*action, &said, tool].into_iter().find(|what| !what.is_empty());
        message = concat(&["Provider does not support ", what.unwrap_or_default()]);
    }
    let mut failed = refused(message, value, tool).cause;
    if unable && !action.is_empty() {
        replace(&mut failed, "action", json::quoted(&action));
    }
    Err(failed)
}

/// What a tool says that went wrong; empty: nothing.
fn complaint(payload: &Payload, object: Value<'_>) -> String {
    let mut message = error_text(object);
    // Argument errors come as text, also where the flag is missing (wire-contract 2.6).
    if message.is_empty() && (payload.is_error || payload.text.starts_with("MCP error ")) {
        message = object.at("message").chars();
        if message.is_empty() {
            message.push_str(&payload.text);
        }
        if message.is_empty() {
            message.push_str("the tool failed");
        }
    }
    message
}

/// Reads the JSON-RPC `error` that answered the call of the sending tool.
#[must_use]
pub fn read_error(error: &str, tool: &str) -> Box<Failure> {
    let cause = rpc_error(error, tool);
    let code = Value::known(error).at("code").integer();
    // Only what was refused before the tool ran is certain; an internal error may have come after.
    let refused = matches!(code, Some(-32700 | -32602..=-32600));
    let outcome = if refused { Outcome::NotSent } else { Outcome::Unknown };
    let advice = remediation::advice(&cause.message).unwrap_or_default();
    Failure::new(outcome, SERVER, cause, advice)
}

/// The typed error for a JSON-RPC `error` object.
#[must_use]
pub fn rpc_error(error: &str, tool: &str) -> Error {
    let mut message = Value::known(error).at("message").chars();
    if message.is_empty() {
        message.push_str("the service refused the call");
    }
    tool_error(message, tool, error)
}

#[inline(never)]
fn tool_error(message: String, tool: &str, body: &str) -> Error {
    // Our code for a refusal without one, by its number, wherever that stands, and its words (wire-contract 2.6, 12.29).
    let says = |number| contains(&message, number) || contains(body, number);
    let code = if says("-32601") || (says("-32602") && contains(&message, "not found")) {
        "UNKNOWN_TOOL"
    } else if says("-32602") {
        "INVALID_ARGUMENTS"
    } else {
        "TOOL_FAILED"
    };
    Error::new(Kind::ToolError, code, message).with("toolName", json::quoted(tool)).with("body", body)
}

/// The reference's keys, then those of older servers (wire-contract 4.4).
const ID_KEYS: [&str; 5] = ["messageId", "sid", "message_sid", "externalId", "messageSid"];

/// The id as a JSON string; empty if there is none.
fn message_id(object: Value<'_>) -> String {
    for key in ID_KEYS {
        let value = object.at(key);
        // Text that is not empty, or a number that is not zero.
        if value.is_text() && value.raw().len() > 2 {
            return value.raw().to_owned();
        }
        if value.number().is_some_and(|digits| digits.bytes().any(|b| matches!(b, b'1'..=b'9'))) {
            return json::quoted(value.raw());
        }
    }
    String::new()
}

/// What an envelope says of its failure; empty if it says none.
fn error_text(object: Value<'_>) -> String {
    let error = object.at("error");
    let mut said = error.chars();
    if said.is_empty() {
        let mut between = "";
        for item in object.at("errors").items() {
            said.push_str(between);
            between = "; ";
            let message = item.at("message").chars();
            said.push_str(&if !message.is_empty() {
                message
            } else if item.is_text() {
                item.chars()
            } else {
                item.raw().to_owned()
            });
        }
    }
    for key in ["message", "code"] {
        if said.is_empty() {
            said = error.at(key).chars();
        }
    }
    said
}

/// Says a member of an error that it has otherwise.
fn replace(error: &mut Error, member: &str, json: String) {
    if let Some((_, old)) = error.extra.iter_mut().find(|(name, _)| *name == member) {
        *old = json;
    }
}

/// A text of an envelope; that of a nested `error` object fills the gap.
#[inline(never)]
fn member<'a>(object: Value<'a>, key: &str) -> Value<'a> {
    let (top, nested) = (object.at(key), object.at("error").at(key));
    if nested.is_text() && (!top.is_text() || top.raw() == "\"\"") {
        nested
    } else if top.is_text() {
        top
    } else {
        Value::NULL
    }
}

/// The server refused it: the envelope's members, those of a nested `error` object filling the gaps.
fn refused(message: String, object: Value<'_>, tool: &str) -> Box<Failure> {
    let code = member(object, "code");
    // One table for all surfaces: the code counts as it would in an HTTP answer of the status it belongs to.
    let status = match code.chars().as_str() {
        "AGENT_NOT_PROVISIONED" | "AGENT_NOT_FOUND" | "NOT_PROVISIONED" => 404,
        "RATE_LIMITED" => 429,
        _ => 400,
    };
    let nested = object.at("error");
    let inside = !object.at("code").is_text() && nested.at("code").is_text();
    let body = if inside { nested } else { object }.raw();
    let read = |status| from_response(&Response { status, body, retry_after: None, now_ms: 0.0 });
    let mut cause = read(status);
    // A limit, unless the code says what else it is.
    let limit = object.at("limitType");
    if cause.kind == Kind::ButtDialError && limit.is_text() && truthy(limit) {
        cause = read(429);
    }
    let body = object.raw();
    replace(&mut cause, "body", body.to_owned());
    cause.status = None;
    let advice = remediation::advice(&message).unwrap_or_default();
    if cause.kind == Kind::ButtDialError {
        let retryable = cause.retryable;
        cause = tool_error(message, tool, body);
        cause.retryable = retryable;
        if code.raw().len() > 2 && !code.is_null() {
            cause.code = code.chars().into();
            cause = cause.with("serverCode", code.raw());
        }
    } else {
        cause.message = message;
    }
    let mut failure = Failure::new(Outcome::NotSent, SERVER, cause, advice);
    failure.code = code.raw().to_owned();
    failure.channel = member(object, "channel").raw().to_owned();
    let advice = member(object, "remediation").raw();
    if !matches!(advice, "null" | "\"\"") {
        failure.remediation = advice.to_owned();
    }
    failure
}
