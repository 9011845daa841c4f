//! What goes into the machine and what comes out of it.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// Milliseconds since 1970 UTC.
pub type Ms = u64;
/// A request, named by the driver.
pub type RequestId = u64;
/// An event stream, named by the machine.
pub type StreamId = u64;
/// A tool call that the driver answers.
pub type CallId = u64;
/// A request of the service to a client.
pub type AskId = u64;

/// A request as it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestIn {
    /// The driver's name for it; unique.
    pub id: RequestId,
    /// Method, upper-case.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Headers, in any casing.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl RequestIn {
    /// A GET.
    #[must_use]
    pub fn get(id: RequestId, path: &str) -> Self {
        Self { id, method: "GET".into(), path: path.into(), ..Self::default() }
    }

    /// A POST of JSON.
    #[must_use]
    pub fn post(id: RequestId, path: &str, body: &str) -> Self {
        let headers = vec![("content-type".into(), "application/json".into())];
        Self { id, method: "POST".into(), path: path.into(), headers, body: body.into() }
    }

    /// With this bearer token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &["Bearer ", token].concat())
    }

    /// With this header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(super) fn get_header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The path before the query.
    pub(super) fn route(&self) -> &str {
        self.path.split_once('?').map_or(self.path.as_str(), |(path, _)| path)
    }

    /// A value of the query, percent-decoded.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.path.split_once('?')?;
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key == name).then(|| percent_decode(value))
        })
    }
}

/// What the driver does next, in this order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Action {
    /// Answers a request with a whole body. A request that never gets `Respond`, `Reset` or `OpenStream` hangs.
    Respond {
        /// Which.
        request: RequestId,
        /// Status.
        status: u16,
        /// Headers, lower-case.
        headers: Vec<(String, String)>,
        /// Body.
        #[serde(serialize_with = "as_bytes")]
        body: Vec<u8>,
    },
    /// Breaks a request's connection without an answer.
    Reset {
        /// Which.
        request: RequestId,
    },
    /// Answers a request with status 200 and a body that is written later.
    OpenStream {
        /// Which request.
        request: RequestId,
        /// The stream's name from now on.
        stream: StreamId,
        /// Headers, lower-case.
        headers: Vec<(String, String)>,
    },
    /// Writes to a stream; one chunk of its own.
    Write {
        /// Which.
        stream: StreamId,
        /// What.
        #[serde(serialize_with = "as_bytes")]
        bytes: Vec<u8>,
    },
    /// Ends a stream. The driver does not report that back.
    Close {
        /// Which.
        stream: StreamId,
        /// How.
        how: Close,
    },
    /// Call [`Service::tick`](super::Service::tick) at this time or later; replaces an earlier one. An early tick harms nothing.
    WakeAt {
        /// When.
        ms: Ms,
    },
    /// Answer this call by [`Service::tool_answered`](super::Service::tool_answered).
    CallTool {
        /// Its name.
        call: CallId,
        /// The tool.
        tool: String,
        /// Its arguments.
        args: Value,
    },
    /// A request of the service to a client came to its end.
    Asked {
        /// Which.
        ask: AskId,
        /// How.
        answer: AskAnswer,
    },
}

/// How a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Close {
    /// As a body ends.
    Clean,
    /// The connection breaks.
    Abort,
}

/// How a request of the service to a client ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum AskAnswer {
    /// With a result.
    Result {
        /// It.
        value: Value,
    },
    /// With an error object.
    Error {
        /// It.
        value: Value,
    },
    /// Not in time.
    Timeout,
    /// The client's stream ended first.
    Gone,
}

pub(super) fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

fn percent_decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        rest = match (first, tail) {
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                out.push((hex(*high).unwrap_or(0) << 4) | hex(*low).unwrap_or(0));
                after
            }
            (b'+', _) => {
                out.push(b' ');
                tail
            }
            _ => {
                out.push(*first);
                tail
            }
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}
