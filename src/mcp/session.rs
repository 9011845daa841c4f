//! One MCP conversation as a machine: what arrives and what time it is go in, actions come out. It owns no socket, no
//! timer and no task; a fatal error latches.
//!
//! The order is the specification's: the stream's `endpoint`, `initialize`, its answer, then `initialized` together with
//! the first calls. A call ends with its answer, not with the 202 of its POST (wire-contract 2.1, performance 7 #12).

use crate::prelude::*;
mod clock;
mod hear;
mod keep;
mod post;
#[cfg(test)]
mod tests;

use alloc::rc::Rc;
use core::cell::Cell;

use crate::error::{Error, Response, from_response};
use crate::http::{self, Head, Method, NetError, Request};
use crate::mcp::jsonrpc;
use crate::secret::Secret;
use crate::sse::Decoder;
use crate::text;
use crate::url;
pub(crate) use clock::is_due;
use post::Post;

/// What a session needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the stream is.
    pub sse_url: String,
    /// The bearer token. Empty: no header.
    pub token: Secret,
    /// Also puts the token into the stream's query, for old servers (wire-contract 2.3).
    pub legacy_query_token: bool,
    /// Milliseconds until the session must stand.
    pub connect_ms: f64,
    /// Milliseconds after which a session without calls closes; `None` keeps it.
    pub idle_ms: Option<f64>,
    /// POSTs under way at once, at least 1.
    pub max_in_flight: usize,
    /// Largest event.
    pub max_event_bytes: usize,
}

/// Names a call. Never used twice by sessions that share their [`Ids`].
pub type CallId = u32;
/// Names a POST; shares its numbers with the calls.
pub type PostId = u32;
/// The next free name.
pub type Ids = Rc<Cell<u32>>;

/// A name that nothing else has.
pub fn next_id(ids: &Ids) -> u32 {
    ids.replace(ids.get().wrapping_add(1))
}

/// What the driver does next, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Opens the event stream.
    OpenStream(Request),
    /// Drops the stream, open or opening.
    CloseStream,
    /// Sends a POST and reports how it ended.
    Post {
        /// Its name.
        id: PostId,
        /// It.
        request: Request,
    },
    /// Drops a POST; nothing is reported.
    AbortPost(PostId),
    /// Calls [`Session::tick`] at this time (or later, or earlier); replaces an earlier wish.
    Wake(f64),
    /// A call ended.
    Settle {
        /// Which.
        call: CallId,
        /// How.
        result: Result<Reply, CallError>,
    },
    /// The server tells something.
    Push {
        /// The `params` of a `notifications/message`, as JSON.
        params: String,
        /// The last event id at its time; empty where the server gives none.
        id: String,
    },
    /// The server asks a kept session for words: its id, verbatim, and the `params`, both as JSON.
    Asked {
        /// To be given back by [`Session::reply`].
        id: String,
        /// What it asks.
        params: String,
    },
    /// A kept session is over, and why.
    Over(Error),
}

/// What the server answered to a call, as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `result`.
    Result(String),
    /// The JSON-RPC `error` object.
    Error(String),
}

/// Whether a call that failed may have been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Certainly not.
    NotSent,
    /// Nobody can say.
    Unknown,
}

/// A call that got no answer.
#[derive(Clone, Debug, PartialEq)]
pub struct CallError {
    /// Why.
    pub error: Error,
    /// Whether it may have been carried out all the same.
    pub outcome: Outcome,
    /// Whether its request left this side.
    pub posted: bool,
}

/// Protocol versions we speak; the first is offered (wire-contract 2.5).
const VERSIONS: [&str; 5] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2024-10-07"];

/// How long a POST may go on when its call has been answered: it keeps one of few places.
const POST_GRACE_MS: f64 = 1000.0;

/// Answers to the server that wait for their POST; beyond, its requests go unanswered.
const MAX_ANSWERS: usize = 256;

/// Longest id of a server request that is repeated.
const MAX_SERVER_ID: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing opened yet.
    New,
    /// Waiting for stream and endpoint.
    Connecting,
    /// Waiting for the answer to `initialize`, which has this id.
    Initializing(u32),
    /// Calls go out.
    Ready,
    /// Over.
    Ended,
}

struct Call {
    id: CallId,
    /// The frame, until it is posted.
    queued: Option<String>,
    posted_at: f64,
    deadline: f64,
    timeout_ms: f64,
}

/// Shows no frame: messages and numbers of people are in it.
impl core::fmt::Debug for Call {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Call")
            .field("id", &self.id)
            .field("posted", &self.queued.is_none())
            .finish_non_exhaustive()
    }
}

impl Call {
    /// It failed. `sure` says that it certainly was not carried out, although it was posted.
    #[inline(never)]
    fn failed(&self, error: Error, sure: bool) -> Action {
        let posted = self.queued.is_none();
        let outcome = if posted && !sure { Outcome::Unknown } else { Outcome::NotSent };
        Action::Settle { call: self.id, result: Err(CallError { error, outcome, posted }) }
    }
}

/// The conversation.
#[derive(Debug)]
pub struct Session {
    config: Rc<Config>,
    state: State,
    decoder: Decoder,
    endpoint: String,
    ids: Ids,
    calls: Vec<Call>,
    posts: Vec<Post>,
    answers: Vec<String>,
    connect_by: f64,
    idle_since: f64,
    busy: bool,
    /// When the last message came.
    heard_at: f64,
    /// When a session that was probed counts as dead, if nothing comes.
    dead_at: Option<f64>,
    wake: Option<f64>,
    /// Why no further call is taken, although those under way may still be answered.
    refused: Option<Error>,
    /// While it is kept: milliseconds of silence after which it is asked whether it lives. Else endless.
    ping_ms: f64,
    /// Whether somebody answers when the server asks for words.
    speaks: bool,
    /// The last event's id, of this session or an earlier one, where the server gives ids.
    last_id: String,
}

impl Session {
    /// A session that opens with its first call.
    #[must_use]
    #[inline(never)]
    pub fn new(config: Rc<Config>, ids: Ids) -> Self {
        Self {
            decoder: Decoder::new(config.max_event_bytes),
            config,
            state: State::New,
            endpoint: String::new(),
            ids,
            calls: Vec::new(),
            posts: Vec::new(),
            answers: Vec::new(),
            connect_by: f64::INFINITY,
            idle_since: 0.0,
            busy: false,
            heard_at: 0.0,
            dead_at: None,
            wake: None,
            refused: None,
            ping_ms: f64::INFINITY,
            speaks: false,
            last_id: String::new(),
        }
    }

    /// A new one in its place, with the same configuration. Where the server gives events ids, it is told the last one.
    pub fn renew(&mut self) {
        let last_id = core::mem::take(&mut self.last_id);
        *self = Self::new(Rc::clone(&self.config), Rc::clone(&self.ids));
        self.last_id = last_id;
    }

    /// Whether it is over; a call must go to a new one.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Calls not yet settled.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Takes a call: `method` with `params` (JSON), to be settled within `timeout_ms`. Opens the stream if need be.
    pub fn call(
        &mut self,
        method: &str,
        params: Option<&str>,
        timeout_ms: f64,
        now: f64,
        out: &mut Vec<Action>,
    ) -> CallId {
        let id = self.id();
        let frame = jsonrpc::request(id, method, params);
        let call = Call {
            id,
            queued: Some(frame),
            posted_at: f64::INFINITY,
            deadline: now + timeout_ms,
            timeout_ms,
        };
        let refusal = if timeout_ms <= 0.0 || timeout_ms.is_nan() {
            Some(Error::deadline("TIMEOUT", "no time was left", timeout_ms))
        } else if self.ended() {
            Some(Error::transport("STREAM_LOST", "the session is over"))
        } else {
            self.refused.clone()
        };
        if let Some(error) = refusal {
            out.push(call.failed(error, false));
            return id;
        }
        self.calls.push(call);
        if self.state == State::New {
            self.open(now, out);
        }
        self.settled(now, out);
        id
    }

    /// Gives a call up; it is not settled. Tells whether it may be carried out all the same.
    pub fn cancel(&mut self, call: CallId, now: f64, out: &mut Vec<Action>) -> Outcome {
        let Some(found) = self.take_call(call) else { return Outcome::Unknown };
        self.drop_post_of(call, out);
        self.settled(now, out);
        if found.queued.is_some() { Outcome::NotSent } else { Outcome::Unknown }
    }

    /// Ends it: what is under way fails.
    pub fn close(&mut self, out: &mut Vec<Action>) {
        self.end(Error::transport("STREAM_LOST", "the session was closed"), out);
    }

    /// The time asked for by [`Action::Wake`] has come, or is near.
    pub fn tick(&mut self, now: f64, out: &mut Vec<Action>) {
        self.wake = None;
        self.check(now, out);
    }

    fn check(&mut self, now: f64, out: &mut Vec<Action>) {
        self.expire(now, out);
        if self.state == State::Ready {
            self.probe(now, out);
        }
        self.settled(now, out);
    }

    /// Whether an answer to the stream's request is an event stream. If not, its body goes to [`Session::stream_refused`].
    #[must_use]
    pub fn accepts(status: u16, content_type: Option<&str>) -> bool {
        let kind = content_type.unwrap_or_default();
        let kind = text::split_once(kind, ";").map_or(kind, |(kind, _)| kind).trim_ascii();
        status == 200 && kind.eq_ignore_ascii_case("text/event-stream")
    }

    /// The stream's request got another answer than an event stream.
    pub fn stream_refused(&mut self, head: &Head, body: &[u8], now: f64, out: &mut Vec<Action>) {
        let mut error = self.http_error(head, body, now);
        if head.ok() {
            error =
                Error::protocol("PROTOCOL", "the service answered with something that is no event stream");
            error.status = Some(head.status);
        }
        self.end(error, out);
    }

    /// Bytes of the stream.
    pub fn stream_bytes(&mut self, bytes: &[u8], now: f64, out: &mut Vec<Action>) {
        if self.ended() {
            return;
        }
        let mut events = Vec::new();
        let pushed = self.decoder.push(bytes, &mut events);
        for event in events {
            self.event(&event, now, out);
        }
        if pushed.is_err() {
            self.end(Error::protocol("TOO_LARGE", "an event of the service exceeds maxEventBytes"), out);
        }
        // A stream that never pauses must not outrun the deadlines.
        self.check(now, out);
    }

    /// The stream ended, with an error or without.
    pub fn stream_ended(&mut self, error: Option<NetError>, now: f64, out: &mut Vec<Action>) {
        let code = if self.state == State::Connecting { "TRANSPORT" } else { "STREAM_LOST" };
        let mut message = "the event stream ended".to_owned();
        if let Some(NetError(reason)) = error.filter(|error| !error.0.is_empty()) {
            message = reason;
        }
        self.end(Error::transport(code, message), out);
        self.settled(now, out);
    }

    /// The token, which no error must show.
    pub(crate) fn token(&self) -> &str {
        self.config.token.expose()
    }

    fn id(&mut self) -> u32 {
        next_id(&self.ids)
    }

    fn open(&mut self, now: f64, out: &mut Vec<Action>) {
        self.state = State::Connecting;
        self.connect_by = now + self.config.connect_ms;
        let mut address = self.config.sse_url.clone();
        if self.config.legacy_query_token && !self.config.token.is_empty() {
            address.push_str("?token=");
            url::encode_into(self.config.token.expose(), &mut address);
        }
        let mut request = self.request(Method::Get, address, None);
        let id = &self.last_id;
        if !id.is_empty() && id.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            request.headers.push(("last-event-id", id.clone()));
        }
        out.push(Action::OpenStream(request));
    }

    /// A request with its headers.
    fn request(&self, method: Method, url: String, body: Option<String>) -> Request {
        let (name, kind) = match body {
            None => ("accept", "text/event-stream"),
            Some(_) => ("content-type", "application/json"),
        };
        let mut headers = vec![(name, kind.to_owned())];
        if !self.config.token.is_empty() {
            headers.push(("authorization", text::concat(&["Bearer ", self.config.token.expose()])));
        }
        Request { method, url, headers, body }
    }

    fn take_call(&mut self, id: CallId) -> Option<Call> {
        let at = self.calls.iter().position(|call| call.id == id)?;
        Some(self.calls.remove(at))
    }

    /// The service broke the protocol.
    fn broken(&mut self, reason: &'static str, out: &mut Vec<Action>) {
        self.end(Error::protocol("PROTOCOL", reason), out);
    }

    /// The end, for ever: every call fails with this error.
    #[inline(never)]
    fn end(&mut self, mut error: Error, out: &mut Vec<Action>) {
        if self.ended() {
            return;
        }
        error.redact(self.token());
        let opened = self.state != State::New;
        self.state = State::Ended;
        while !self.calls.is_empty() {
            out.push(self.calls.remove(0).failed(error.clone(), false));
        }
        while let Some(post) = self.posts.pop() {
            out.push(Action::AbortPost(post.id));
        }
        self.answers.clear();
        self.decoder = Decoder::new(0);
        if opened {
            out.push(Action::CloseStream);
        }
        if self.kept() {
            out.push(Action::Over(error));
        }
    }

    /// The typed error for an answer that is no success. Redirects are never followed, hence protocol errors.
    fn http_error(&self, head: &Head, body: &[u8], now: f64) -> Error {
        if head.status == 0 || (300..400).contains(&head.status) {
            let mut error = Error::protocol("PROTOCOL", "the service redirects, which is never followed");
            error.status = Some(head.status).filter(|status| *status != 0);
            return error;
        }
        let mut error = from_response(&Response {
            status: head.status,
            body: &http::body_as_json(body),
            retry_after: head.headers.get("retry-after"),
            now_ms: now,
        });
        if head.status == 403 && error.code.starts_with("AUTH_") {
            error.kind = crate::error::Kind::AuthError;
        }
        error
    }
}
