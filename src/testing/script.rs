//! Scripts: what the service is told to do next.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::{Value, json};

use super::action::Ms;
use super::fault::Fault;

/// A script that makes no sense; `0` says why, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadScript(pub String);

/// How the next sends end.
#[derive(Clone, Debug, PartialEq)]
pub struct SendScript {
    /// What happens.
    pub what: SendWhat,
    /// For how many sends.
    pub count: u32,
    /// How long it takes.
    pub delay_ms: Ms,
}

/// How a send ends.
#[derive(Clone, Debug, PartialEq)]
pub enum SendWhat {
    /// Taken, with this id.
    Sid(String),
    /// Refused with this JSON text, `isError` or not.
    Refused {
        /// The error envelope.
        body: Value,
        /// Whether the result says `isError`.
        is_error: bool,
    },
    /// The tool's text, verbatim.
    RawText {
        /// The text.
        text: String,
        /// Whether the result says `isError`.
        is_error: bool,
    },
    /// The whole MCP result.
    Result(Value),
    /// A JSON-RPC error object.
    RpcError(Value),
    /// The whole message of the answer, verbatim; `$id` stands for the id. The send is taken.
    RawMessage(String),
    /// An HTTP answer in place of the 202; nothing is taken.
    Http {
        /// Status.
        status: u16,
        /// Body: text, or else JSON; by default what the service says with that status.
        body: Option<Value>,
        /// Headers.
        headers: Vec<(String, String)>,
    },
    /// Something breaks.
    Broken {
        /// What.
        fault: Fault,
        /// The id the send has, where it is taken.
        sid: Option<String>,
        /// How big, for faults that have a size.
        size: Option<usize>,
    },
}

impl SendWhat {
    /// Whether this breaks the way, for repeats of a known key too; else it is what the service makes of a new send.
    pub(super) fn breaks_the_way(&self) -> bool {
        matches!(self, Self::Http { .. } | Self::Broken { .. })
    }
}

impl SendScript {
    /// One send, at once.
    #[must_use]
    pub fn new(what: SendWhat) -> Self {
        Self { what, count: 1, delay_ms: 0 }
    }

    /// One send that breaks so.
    #[must_use]
    pub fn fault(fault: Fault) -> Self {
        Self::new(SendWhat::Broken { fault, sid: None, size: None })
    }

    /// For so many sends.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.count = count;
        self
    }

    /// Taking so long.
    #[must_use]
    pub fn after(mut self, delay_ms: Ms) -> Self {
        self.delay_ms = delay_ms;
        self
    }

    /// From the options of `onSend`.
    ///
    /// # Errors
    /// [`BadScript`] for unknown members and for anything but exactly one outcome.
    pub fn from_json(script: Value) -> Result<Self, BadScript> {
        let raw: RawSend = parse(script)?;
        let outcomes = [
            raw.error.is_some(),
            raw.raw_text.is_some(),
            raw.status.is_some(),
            raw.fault.is_some(),
            raw.result.is_some(),
            raw.rpc_error.is_some(),
            raw.raw_message.is_some(),
            raw.sid.is_some() && raw.fault.is_none(),
        ];
        if outcomes.iter().filter(|given| **given).count() != 1 {
            return Err(BadScript(
                "a send script has exactly one of sid, error, rawText, status, fault, result, rpcError, rawMessage"
                    .into(),
            ));
        }
        let only = |given: bool, name: &str, with: &str| {
            if given { Err(BadScript([name, " goes with ", with, " only"].concat())) } else { Ok(()) }
        };
        let is_error = raw.is_error;
        let (of_error, of_text) = (raw.error.is_some(), raw.raw_text.is_some());
        only(raw.code.is_some() && !of_error, "code", "error")?;
        only(raw.remediation.is_some() && !of_error, "remediation", "error")?;
        only(raw.channel.is_some() && !of_error, "channel", "error")?;
        only(is_error.is_some() && !of_error && !of_text, "isError", "error and rawText")?;
        only(raw.body.is_some() && raw.status.is_none(), "body", "status")?;
        only(raw.headers.is_some() && raw.status.is_none(), "headers", "status")?;
        only(raw.size.is_some() && raw.fault.is_none(), "size", "fault")?;
        let what = if let Some(error) = raw.error {
            let mut body = json!({ "error": error });
            for (key, value) in
                [("code", raw.code), ("remediation", raw.remediation), ("channel", raw.channel)]
            {
                if let (Some(value), Some(body)) = (value, body.as_object_mut()) {
                    body.insert(key.into(), value.into());
                }
            }
            SendWhat::Refused { body, is_error: is_error.unwrap_or(true) }
        } else if let Some(text) = raw.raw_text {
            SendWhat::RawText { text, is_error: is_error.unwrap_or(false) }
        } else if let Some(status) = raw.status {
            SendWhat::Http { status: checked(status)?, body: raw.body, headers: pairs(raw.headers) }
        } else if let Some(name) = raw.fault {
            let fault = named(
                &name,
                Fault::breaks_post,
                "the opening of a stream: use onRequest with path \"/sse\"",
            )?;
            SendWhat::Broken { fault, sid: raw.sid, size: raw.size }
        } else if let Some(result) = raw.result {
            SendWhat::Result(result)
        } else if let Some(error) = raw.rpc_error {
            SendWhat::RpcError(error)
        } else if let Some(message) = raw.raw_message {
            SendWhat::RawMessage(message)
        } else {
            SendWhat::Sid(raw.sid.unwrap_or_default())
        };
        Ok(Self { what, count: count(raw.count)?, delay_ms: raw.delay_ms.unwrap_or(0) })
    }
}

/// What happens to the next requests to a path.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestScript {
    /// Path without query, such as `/sse`.
    pub path: String,
    /// What breaks.
    pub fault: Option<Fault>,
    /// How big, for faults that have a size.
    pub size: Option<usize>,
    /// Status in place of the service's answer.
    pub status: Option<u16>,
    /// Body that goes with `status`.
    pub body: Option<Value>,
    /// Headers that go with `status`.
    pub headers: Vec<(String, String)>,
    /// How long the request waits before anything is done.
    pub delay_ms: Ms,
    /// For how many requests.
    pub count: u32,
}

impl RequestScript {
    /// The next request to this path breaks so.
    #[must_use]
    pub fn fault(path: &str, fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::new(path) }
    }

    /// The next request to this path gets this status.
    #[must_use]
    pub fn status(path: &str, status: u16) -> Self {
        Self { status: Some(status), ..Self::new(path) }
    }

    fn new(path: &str) -> Self {
        let (fault, size, status, body) = (None, None, None, None);
        Self { path: path.into(), fault, size, status, body, headers: Vec::new(), delay_ms: 0, count: 1 }
    }

    /// From the options of `onRequest`.
    ///
    /// # Errors
    /// [`BadScript`] for unknown members, for a fault that cannot happen there, and for a script that does nothing.
    pub fn from_json(script: Value) -> Result<Self, BadScript> {
        let raw: RawRequest = parse(script)?;
        let fault = match &raw.fault {
            None => None,
            Some(name) if raw.path == "/sse" => {
                Some(named(name, Fault::breaks_opening, "a POST: use path \"/messages\"")?)
            }
            Some(name) => {
                Some(named(name, Fault::breaks_post, "the opening of a stream: use path \"/sse\"")?)
            }
        };
        if fault.is_some() == raw.status.is_some() && (fault.is_some() || raw.delay_ms.is_none()) {
            return Err(BadScript("a request script has one of fault and status, or delayMs alone".into()));
        }
        if (raw.body.is_some() || raw.headers.is_some()) && raw.status.is_none() {
            return Err(BadScript("body and headers go with status only".into()));
        }
        if raw.size.is_some() && fault.is_none() {
            return Err(BadScript("size goes with fault only".into()));
        }
        if !raw.path.starts_with('/') || raw.path.contains('?') {
            return Err(BadScript("path begins with \"/\" and has no query".into()));
        }
        Ok(Self {
            path: raw.path,
            fault,
            size: raw.size,
            status: raw.status.map(checked).transpose()?,
            body: raw.body,
            headers: pairs(raw.headers),
            delay_ms: raw.delay_ms.unwrap_or(0),
            count: count(raw.count)?,
        })
    }
}

/// What a tool answers.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolScript {
    /// Always this. An object with a `content` array is the whole MCP result, text is the tool's text, anything else is
    /// written as JSON.
    Answer(Value),
    /// What the driver says: [`Action::CallTool`](super::Action::CallTool).
    Ask,
}

/// What a route answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RestAnswer {
    /// Status. Default: 200.
    #[serde(default = "ok")]
    pub status: u16,
    /// Body: text, or else JSON.
    #[serde(default)]
    pub body: Option<Value>,
    /// Headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl RestAnswer {
    /// From the answer given to `onRest`.
    ///
    /// # Errors
    /// [`BadScript`] for unknown members and impossible statuses.
    pub fn from_json(answer: Value) -> Result<Self, BadScript> {
        let answer: Self = parse(answer)?;
        checked(answer.status).map(|_| answer)
    }
}

/// Takes the next script off a queue, counting it down.
pub(super) fn next<T: Clone>(queue: &mut VecDeque<T>, count: impl Fn(&mut T) -> &mut u32) -> Option<T> {
    let left = count(queue.front_mut()?);
    *left = left.saturating_sub(1);
    if *left == 0 { queue.pop_front() } else { queue.front().cloned() }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawSend {
    sid: Option<String>,
    error: Option<String>,
    code: Option<String>,
    remediation: Option<String>,
    channel: Option<String>,
    is_error: Option<bool>,
    raw_text: Option<String>,
    status: Option<u16>,
    body: Option<Value>,
    headers: Option<BTreeMap<String, String>>,
    fault: Option<String>,
    size: Option<usize>,
    result: Option<Value>,
    rpc_error: Option<Value>,
    raw_message: Option<String>,
    count: Option<u32>,
    delay_ms: Option<Ms>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawRequest {
    path: String,
    fault: Option<String>,
    size: Option<usize>,
    status: Option<u16>,
    body: Option<Value>,
    headers: Option<BTreeMap<String, String>>,
    count: Option<u32>,
    delay_ms: Option<Ms>,
}

fn ok() -> u16 {
    200
}

pub(super) fn parse<T: for<'a> Deserialize<'a>>(value: Value) -> Result<T, BadScript> {
    serde_json::from_value(value).map_err(|error| BadScript(error.to_string()))
}

fn named(name: &str, fits: fn(Fault) -> bool, breaks: &str) -> Result<Fault, BadScript> {
    match Fault::named(name) {
        None => Err(BadScript(["unknown fault \"", name, "\""].concat())),
        Some(fault) if !fits(fault) => Err(BadScript(["fault \"", name, "\" breaks ", breaks].concat())),
        Some(fault) => Ok(fault),
    }
}

fn checked(status: u16) -> Result<u16, BadScript> {
    if (200..=599).contains(&status) {
        Ok(status)
    } else {
        Err(BadScript("status is a number from 200 to 599".into()))
    }
}

fn count(count: Option<u32>) -> Result<u32, BadScript> {
    match count {
        Some(0) => Err(BadScript("count is at least 1".into())),
        count => Ok(count.unwrap_or(1)),
    }
}

fn pairs(headers: Option<BTreeMap<String, String>>) -> Vec<(String, String)> {
    headers.unwrap_or_default().into_iter().collect()
}
