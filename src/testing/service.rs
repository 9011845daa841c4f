//! The service: requests in, actions out. Routing, streams, timers; tool calls are in `calls`, how answers go out is in
//! `answer`.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::action::{Action, AskAnswer, AskId, CallId, Close, Ms, RequestId, RequestIn, StreamId};
use super::answer::{Flood, Post};
use super::auth::Gate;
use super::calls::{Memory, PendingCall};
use super::envelope::{Reply, cors_headers, stream_headers};
use super::fault::Fault;
use super::gzip;
use super::ids::Ids;
use super::options::Options;
use super::record::{ClientAnswer, RecordedCall, RecordedRequest};
use super::rpc::{Incoming, Payload, negotiate, outgoing, read};
use super::script::{self, RequestScript, RestAnswer, SendScript, ToolScript};
use super::sse::LineEnd;
use super::stream::{Stream, Streams};
use super::tools;

/// Bodies above this are refused (wire-contract 2.4).
const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// What a gzip bomb unpacks to, where the script does not say.
const BOMB_BYTES: usize = 300_000_000;
const WELCOME_MS: Ms = 1000;
/// Where a broken service sends its clients.
const ELSEWHERE: &str = "https://elsewhere.test";

/// The service as a machine. It owns no socket and no timer: the driver hands requests in and carries actions out, and
/// ignores actions for requests and streams that are gone.
#[derive(Debug)]
pub struct Service {
    pub(super) options: Options,
    pub(super) ids: Ids,
    pub(super) streams: Streams,
    pub(super) sends: VecDeque<SendScript>,
    pub(super) tools: Vec<String>,
    pub(super) tool_scripts: BTreeMap<String, ToolScript>,
    pub(super) memory: BTreeMap<(String, String), Memory>,
    pub(super) pending: BTreeMap<CallId, PendingCall>,
    pub(super) calls: Vec<RecordedCall>,
    /// Indices of `calls`.
    pub(super) sent: Vec<usize>,
    pub(super) last_token: Option<String>,
    gate: Gate,
    request_scripts: VecDeque<RequestScript>,
    rest: BTreeMap<String, RestAnswer>,
    on_connect: Vec<Value>,
    asks: BTreeMap<AskId, Ask>,
    answers: Vec<ClientAnswer>,
    requests: Vec<RecordedRequest>,
    jobs: BTreeMap<(Ms, u64), Job>,
    armed: Option<Ms>,
}

/// What is due later.
#[derive(Debug)]
pub(super) enum Job {
    Request(RequestIn, RequestScript),
    Reply(RequestId, Reply),
    Broken(RequestId, Option<StreamId>, Fault),
    Answer(Post, Payload),
    Flood(StreamId, Flood),
    Welcome(StreamId),
    AskTimeout(AskId),
}

#[derive(Debug)]
struct Ask {
    stream: StreamId,
    wire_id: u64,
    timeout: (Ms, u64),
}

impl Service {
    /// A service that makes its ids of this seed.
    #[must_use]
    pub fn new(options: Options, seed: [u8; 16]) -> Self {
        Self {
            options,
            ids: Ids::new(seed),
            streams: Streams::default(),
            sends: VecDeque::new(),
            tools: default_tools(),
            tool_scripts: BTreeMap::new(),
            memory: BTreeMap::new(),
            pending: BTreeMap::new(),
            calls: Vec::new(),
            sent: Vec::new(),
            last_token: None,
            gate: Gate::default(),
            request_scripts: VecDeque::new(),
            rest: BTreeMap::new(),
            on_connect: Vec::new(),
            asks: BTreeMap::new(),
            answers: Vec::new(),
            requests: Vec::new(),
            jobs: BTreeMap::new(),
            armed: None,
        }
    }

    // ── What happens to it ──────────────────────────────────────────────────────────────────────────────────

    /// A request arrived.
    pub fn request(&mut self, now: Ms, request: RequestIn, out: &mut Vec<Action>) {
        if self.options.record_requests {
            self.requests.push(recorded(now, &request));
        }
        match self.take_request_script(request.route()) {
            Some(script) if script.delay_ms > 0 => {
                self.later(now.saturating_add(script.delay_ms), Job::Request(request, script));
            }
            script => self.handle(now, request, script, out),
        }
        self.settle(out);
    }

    /// The client closed a stream, or its connection broke: the session ends.
    pub fn stream_closed(&mut self, stream: StreamId, out: &mut Vec<Action>) {
        self.streams.forget(stream);
        self.settle(out);
    }

    /// Time passed; does what is due.
    pub fn tick(&mut self, now: Ms, out: &mut Vec<Action>) {
        self.armed = None;
        while let Some(entry) = self.jobs.first_entry().filter(|entry| entry.key().0 <= now) {
            let job = entry.remove();
            self.run(now, job, out);
        }
        self.settle(out);
    }

    // ── What it is told ─────────────────────────────────────────────────────────────────────────────────────

    /// Scripts the next sends, first in, first out. A fault or an HTTP status breaks whatever send comes next; every
    /// other outcome waits for a send that is not a repeat of a known key.
    pub fn on_send(&mut self, script: SendScript) {
        self.sends.push_back(script);
    }

    /// Answers a tool, listing it if need be.
    pub fn on_tool(&mut self, tool: &str, script: ToolScript) {
        if !self.tools.iter().any(|known| known == tool) {
            self.tools.push(tool.to_owned());
        }
        self.tool_scripts.insert(tool.to_owned(), script);
    }

    /// Scripts the next requests to a path, first in, first out.
    pub fn on_request(&mut self, script: RequestScript) {
        self.request_scripts.push_back(script);
    }

    /// Answers a route, such as `POST /api/orgs/register`.
    pub fn on_rest(&mut self, route: &str, answer: RestAnswer) {
        self.rest.insert(route.to_owned(), answer);
    }

    /// The tools it has.
    pub fn set_tools(&mut self, tools: Vec<String>) {
        self.tools = tools;
    }

    /// This token is revoked from now on.
    pub fn revoke(&mut self, token: &str) {
        self.gate.revoke(token);
    }

    /// Pushes to every stream; how many took it. The older server loses pushes (wire-contract 2.8).
    pub fn push(&mut self, data: &Value, out: &mut Vec<Action>) -> usize {
        let message = pushed(data);
        self.live().into_iter().filter(|id| self.streams.event(*id, "message", &message, out)).count()
    }

    /// Pushes to the next stream that opens, before anything else is answered on it.
    pub fn push_on_connect(&mut self, data: Value) {
        self.on_connect.push(data);
    }

    /// Sends a request to the newest session; [`Action::Asked`] says how it ended. `None`: nobody is there.
    pub fn ask(
        &mut self,
        now: Ms,
        method: &str,
        params: &Value,
        timeout_ms: Ms,
        out: &mut Vec<Action>,
    ) -> Option<AskId> {
        let stream = self.streams.newest()?;
        let slot = self.streams.get_mut(stream)?;
        let wire_id = slot.next_ask;
        slot.next_ask = wire_id.saturating_add(1);
        self.streams.event(stream, "message", &outgoing(Some(wire_id), method, params), out);
        let ask = self.ids.number();
        let timeout = self.later(now.saturating_add(timeout_ms), Job::AskTimeout(ask));
        self.asks.insert(ask, Ask { stream, wire_id, timeout });
        self.settle(out);
        Some(ask)
    }

    /// Ends all streams, as a restart does.
    pub fn drop_streams(&mut self, how: Close, out: &mut Vec<Action>) {
        for id in self.streams.ids() {
            self.streams.close(id, how, out);
        }
        self.settle(out);
    }

    /// Forgets records, scripts and keys; streams and tokens stay.
    pub fn reset(&mut self) {
        self.sends.clear();
        self.request_scripts.clear();
        self.rest.clear();
        self.tool_scripts.clear();
        self.tools = default_tools();
        self.on_connect.clear();
        self.memory.clear();
        self.calls.clear();
        self.sent.clear();
        self.requests.clear();
        self.answers.clear();
        self.last_token = None;
        // An answer that is under way would point into the records.
        for pending in self.pending.values_mut() {
            pending.forget();
        }
    }

    // ── What it saw ─────────────────────────────────────────────────────────────────────────────────────────

    /// Every tool call, in order.
    #[must_use]
    pub fn calls(&self) -> &[RecordedCall] {
        &self.calls
    }

    /// The sends it took, each once.
    pub fn sent(&self) -> impl Iterator<Item = &RecordedCall> {
        self.sent.iter().filter_map(|index| self.calls.get(*index))
    }

    /// Every request.
    #[must_use]
    pub fn requests(&self) -> &[RecordedRequest] {
        &self.requests
    }

    /// Every JSON-RPC response a client sent.
    #[must_use]
    pub fn answers(&self) -> &[ClientAnswer] {
        &self.answers
    }

    /// Token of the latest tool call.
    #[must_use]
    pub fn last_token(&self) -> Option<&str> {
        self.last_token.as_deref()
    }

    /// How many streams are open.
    #[must_use]
    pub fn open_streams(&self) -> usize {
        self.streams.len()
    }

    /// When [`Service::tick`] is due, if ever.
    #[must_use]
    pub fn due(&self) -> Option<Ms> {
        self.jobs.keys().next().map(|(at, _)| *at)
    }

    // ── How it works ────────────────────────────────────────────────────────────────────────────────────────

    fn handle(&mut self, now: Ms, request: RequestIn, script: Option<RequestScript>, out: &mut Vec<Action>) {
        let (fault, size) = script.as_ref().map_or((None, None), |script| (script.fault, script.size));
        if let Some((script, status)) = script.as_ref().and_then(|s| s.status.map(|status| (s, status))) {
            self.respond(request.id, Reply::scripted(status, script.body.as_ref(), &script.headers), out);
            return;
        }
        match (request.method.as_str(), request.route()) {
            ("OPTIONS", _) => self.respond(request.id, Reply::plain(204, ""), out),
            ("GET", "/sse") => self.open(now, &request, fault, size, out),
            // The real server opens a stream and never says so (wire-contract 2.2).
            ("HEAD", "/sse") => {}
            ("POST", "/messages") => self.post(now, &request, fault, size, out),
            (_, route) => {
                if let Some(fault) = fault.filter(|fault| !fault.accepts()) {
                    self.broken(request.id, None, fault, out);
                    return;
                }
                let reply = self.rest_reply(&request, route);
                self.respond(request.id, reply, out);
            }
        }
    }

    fn open(
        &mut self,
        now: Ms,
        request: &RequestIn,
        fault: Option<Fault>,
        size: Option<usize>,
        out: &mut Vec<Action>,
    ) {
        match fault {
            Some(Fault::CutBeforeAccept) => return out.push(Action::Reset { request: request.id }),
            Some(Fault::NoHeaders) => return,
            Some(Fault::Redirect) => {
                let to = [ELSEWHERE, "/sse"].concat();
                return self.respond(request.id, Reply::redirect(302, &to), out);
            }
            Some(Fault::HtmlInstead) => return self.respond(request.id, Reply::html(200), out),
            _ => {}
        }
        if let Err(reply) = self.gate.admit(now, &self.options, request, true) {
            return self.respond(request.id, reply, out);
        }
        let id = self.ids.number();
        let session = self.ids.uuid();
        let mut headers = stream_headers();
        if self.options.cors {
            headers.extend(cors_headers());
        }
        let gzip = fault == Some(Fault::GzipBomb);
        if gzip {
            headers.push(("content-encoding".into(), "gzip".into()));
        }
        out.push(Action::OpenStream { request: request.id, stream: id, headers });
        let line_end = match fault {
            Some(Fault::Crlf) => LineEnd::Crlf,
            Some(Fault::Cr) => LineEnd::Cr,
            _ => self.options.line_end,
        };
        let endpoint = ["/messages?sessionId=", &session].concat();
        self.streams.open(
            id,
            Stream {
                session,
                line_end,
                mute: false,
                drip: fault == Some(Fault::SlowDrip),
                noisy: fault == Some(Fault::Noise),
                gzip,
                next_ask: 0,
            },
        );
        self.greet(now, id, &endpoint, fault, size, out);
        for data in std::mem::take(&mut self.on_connect) {
            self.streams.event(id, "message", &pushed(&data), out);
        }
        if self.options.welcome {
            self.later(now.saturating_add(WELCOME_MS), Job::Welcome(id));
        }
    }

    /// The first events of a stream.
    fn greet(
        &mut self,
        now: Ms,
        id: StreamId,
        endpoint: &str,
        fault: Option<Fault>,
        size: Option<usize>,
        out: &mut Vec<Action>,
    ) {
        let elsewhere = |prefix: &str| [prefix, endpoint].concat();
        match fault {
            Some(Fault::NoEndpoint) => return,
            Some(Fault::CommentFlood) => return self.flood(now, id, Flood::Comments, out),
            Some(Fault::EndlessEvent) => return self.flood(now, id, Flood::EventStart, out),
            Some(Fault::CutMidEvent) => return self.half_event(id, "endpoint", endpoint, &[], out),
            Some(Fault::Bom) => {
                self.streams.write(id, vec![0xef, 0xbb, 0xbf], false, out);
            }
            Some(Fault::GarbageFirst) => self.garbage(id, out),
            Some(Fault::GzipBomb) => self.streams.write_packed(id, gzip::HEAD.to_vec(), out),
            _ => {}
        }
        let first = match fault {
            Some(Fault::ForeignEndpoint) => elsewhere(ELSEWHERE),
            Some(Fault::ForeignEndpointHost) => elsewhere("//elsewhere.test"),
            Some(Fault::ForeignEndpointScript) => "javascript:alert(1)".to_owned(),
            _ => endpoint.to_owned(),
        };
        self.streams.event(id, "endpoint", &first, out);
        match fault {
            Some(Fault::SecondEndpoint) => {
                self.streams.event(id, "endpoint", &elsewhere(ELSEWHERE), out);
            }
            Some(Fault::HugeEvent) => {
                let pad = "x".repeat(size.unwrap_or(super::answer::HUGE_BYTES));
                self.streams.event(id, "message", &pushed(&json!({ "type": "status", "pad": pad })), out);
            }
            Some(Fault::HalfOpen) => {
                if let Some(stream) = self.streams.get_mut(id) {
                    stream.mute = true;
                }
            }
            Some(Fault::GzipBomb) => {
                let comments = gzip::comments(size.unwrap_or(BOMB_BYTES));
                self.streams.write_packed(id, comments, out);
            }
            Some(Fault::CutAfterAccept) => self.streams.close(id, Close::Abort, out),
            Some(Fault::CleanEnd) => self.streams.close(id, Close::Clean, out),
            _ => {}
        }
    }

    fn post(
        &mut self,
        now: Ms,
        request: &RequestIn,
        fault: Option<Fault>,
        size: Option<usize>,
        out: &mut Vec<Action>,
    ) {
        let session = request.query("sessionId").unwrap_or_default();
        let stream = self.streams.of_session(&session);
        if let Some(fault) = fault.filter(|fault| !fault.accepts()) {
            return self.broken(request.id, stream, fault, out);
        }
        let caller = match self.gate.admit(now, &self.options, request, false) {
            Ok(caller) => caller,
            Err(reply) => return self.respond(request.id, reply, out),
        };
        // From here on as wire-contract 2.4.
        let Some(stream) = stream else {
            return self.respond(request.id, Reply::json(400, &json!({ "error": "Unknown session" })), out);
        };
        let content_type = request.get_header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            let text = ["Error: Unsupported content-type: ", content_type].concat();
            return self.respond(request.id, Reply::plain(400, &text), out);
        }
        if request.body.len() > BODY_LIMIT {
            return self.respond(request.id, Reply::plain(400, "Error: request entity too large"), out);
        }
        let Some(incoming) = read(&request.body) else {
            let text = ["Invalid message: ", &String::from_utf8_lossy(&request.body)].concat();
            return self.respond(request.id, Reply::plain(400, &text), out);
        };
        let mut post = Post {
            request: Some(request.id),
            stream,
            session,
            id: Value::Null,
            fault,
            size,
            token: caller.token,
            agent: caller.agent,
        };
        match incoming {
            Incoming::Notification => self.noted(post, out),
            Incoming::Response { id, result, error } => {
                self.client_answered(&post, id, result, error, out);
                self.noted(post, out);
            }
            Incoming::Request { id, method, params } => {
                post.id = id;
                self.method(now, post, &method, params, out);
            }
        }
    }

    fn method(&mut self, now: Ms, post: Post, method: &str, params: Value, out: &mut Vec<Action>) {
        let payload = match method {
            "tools/call" => return self.call(now, post, params, out),
            "initialize" => self.initialize(&params),
            "ping" => Payload::Result(json!({})),
            "tools/list" => {
                let legacy = self.options.legacy;
                let tools: Vec<Value> = self.tools.iter().map(|tool| tools::listed(tool, legacy)).collect();
                Payload::Result(json!({ "tools": tools }))
            }
            _ => Payload::error(-32601, "Method not found"),
        };
        self.answer(now, post, &payload, out);
    }

    fn initialize(&self, params: &Value) -> Payload {
        let Some(offered) = params.get("protocolVersion").and_then(Value::as_str) else {
            let complaint = r#"[{"expected":"string","code":"invalid_type","path":["params","protocolVersion"],"message":"Invalid input: expected string, received undefined"}]"#;
            return Payload::error(-32603, complaint);
        };
        let tools = json!({ "listChanged": true });
        let capabilities = if self.options.legacy {
            json!({ "tools": tools })
        } else {
            json!({ "tools": tools, "logging": {} })
        };
        Payload::Result(json!({
            "protocolVersion": negotiate(offered),
            "capabilities": capabilities,
            "serverInfo": { "name": "butt-dial-mcp", "version": self.version() },
        }))
    }

    pub(super) fn version(&self) -> &'static str {
        if self.options.legacy { "0.1.0" } else { "1.0.0" }
    }

    fn client_answered(
        &mut self,
        post: &Post,
        id: Value,
        result: Value,
        error: Value,
        out: &mut Vec<Action>,
    ) {
        let known =
            self.asks.iter().find(|(_, ask)| ask.stream == post.stream && id.as_u64() == Some(ask.wire_id));
        if let Some(ask) = known.map(|(name, _)| *name) {
            let answer = if error.is_null() {
                AskAnswer::Result { value: result.clone() }
            } else {
                AskAnswer::Error { value: error.clone() }
            };
            self.end_ask(ask, answer, out);
        }
        self.answers.push(ClientAnswer { session_id: post.session.clone(), id, result, error });
    }

    fn end_ask(&mut self, ask: AskId, answer: AskAnswer, out: &mut Vec<Action>) {
        if let Some(Ask { timeout, .. }) = self.asks.remove(&ask) {
            self.jobs.remove(&timeout);
            out.push(Action::Asked { ask, answer });
        }
    }

    fn rest_reply(&self, request: &RequestIn, route: &str) -> Reply {
        let name = [&request.method, " ", route].concat();
        if let Some(answer) = self.rest.get(&name) {
            let headers: Vec<_> = answer.headers.clone().into_iter().collect();
            return Reply::scripted(
                answer.status,
                Some(answer.body.as_ref().unwrap_or(&json!({}))),
                &headers,
            );
        }
        if name == "GET /health" {
            return Reply::json(200, &json!({ "status": "ok", "version": self.version() }));
        }
        if self.options.legacy {
            return Reply::html(404);
        }
        let message = ["No route ", &name].concat();
        Reply::json(
            404,
            &json!({
                "error": "not_found",
                "message": message,
                "path": route,
                "method": request.method,
                "docs": "/docs",
            }),
        )
    }

    fn run(&mut self, now: Ms, job: Job, out: &mut Vec<Action>) {
        match job {
            Job::Request(request, script) => self.handle(now, request, Some(script), out),
            Job::Reply(request, reply) => self.respond(request, reply, out),
            Job::Broken(request, stream, fault) => self.broken(request, stream, fault, out),
            Job::Answer(post, payload) => self.answer(now, post, &payload, out),
            Job::Flood(stream, flood) => self.flood(now, stream, flood, out),
            Job::Welcome(stream) => {
                let data = json!({ "type": "capabilities", "channels": ["sms", "whatsapp", "email"] });
                if self.live().contains(&stream) {
                    self.streams.event(stream, "message", &pushed(&data), out);
                }
            }
            Job::AskTimeout(ask) => self.end_ask(ask, AskAnswer::Timeout, out),
        }
    }

    /// A fault that keeps a request from being taken.
    pub(super) fn broken(
        &mut self,
        request: RequestId,
        stream: Option<StreamId>,
        fault: Fault,
        out: &mut Vec<Action>,
    ) {
        match fault {
            Fault::CutBeforeAccept => {
                out.push(Action::Reset { request });
                if let Some(stream) = stream {
                    self.streams.close(stream, Close::Abort, out);
                }
            }
            Fault::PostReset => out.push(Action::Reset { request }),
            Fault::Redirect => {
                self.respond(request, Reply::redirect(307, &[ELSEWHERE, "/messages"].concat()), out);
            }
            Fault::HtmlInstead => self.respond(request, Reply::html(200), out),
            // A POST that hangs gets no action at all.
            _ => {}
        }
    }

    pub(super) fn respond(&self, request: RequestId, reply: Reply, out: &mut Vec<Action>) {
        let Reply { status, mut headers, body } = reply;
        if self.options.cors {
            headers.extend(cors_headers());
        }
        out.push(Action::Respond { request, status, headers, body });
    }

    pub(super) fn later(&mut self, at: Ms, job: Job) -> (Ms, u64) {
        let key = (at, self.ids.number());
        self.jobs.insert(key, job);
        key
    }

    /// Streams that a push reaches.
    fn live(&self) -> Vec<StreamId> {
        if self.options.legacy { Vec::new() } else { self.streams.ids() }
    }

    fn take_request_script(&mut self, route: &str) -> Option<RequestScript> {
        let index = self.request_scripts.iter().position(|script| script.path == route)?;
        let script = self.request_scripts.get_mut(index)?;
        script.count = script.count.saturating_sub(1);
        if script.count == 0 { self.request_scripts.remove(index) } else { Some(script.clone()) }
    }

    /// Ends what hung on a stream that is gone, and says when to wake up.
    pub(super) fn settle(&mut self, out: &mut Vec<Action>) {
        let gone: Vec<AskId> = self
            .asks
            .iter()
            .filter(|(_, ask)| !self.streams.contains(ask.stream))
            .map(|(id, _)| *id)
            .collect();
        for ask in gone {
            self.end_ask(ask, AskAnswer::Gone, out);
        }
        let due = self.due();
        if due != self.armed {
            self.armed = due;
            out.extend(due.map(|ms| Action::WakeAt { ms }));
        }
    }

    /// The next send script for a call that is, or is not, a repeat of a known key.
    pub(super) fn take_send_script(&mut self, repeat: bool) -> Option<SendScript> {
        let head = self.sends.front()?;
        if repeat && !head.what.breaks_the_way() {
            return None;
        }
        script::next(&mut self.sends, |script| &mut script.count)
    }
}

fn default_tools() -> Vec<String> {
    vec![tools::SEND.to_owned(), tools::PING.to_owned()]
}

/// A push (wire-contract 2.8).
fn pushed(data: &Value) -> String {
    let logger = data.get("type").and_then(Value::as_str).unwrap_or("butt-dial");
    outgoing(None, "notifications/message", &json!({ "level": "info", "logger": logger, "data": data }))
}

fn recorded(now: Ms, request: &RequestIn) -> RecordedRequest {
    let body = serde_json::from_slice(&request.body).unwrap_or_else(|_| {
        if request.body.is_empty() { Value::Null } else { String::from_utf8_lossy(&request.body).into() }
    });
    let mut headers = BTreeMap::<String, String>::new();
    for (name, value) in &request.headers {
        let joined = headers.entry(name.to_ascii_lowercase()).or_default();
        if !joined.is_empty() {
            joined.push_str(", ");
        }
        joined.push_str(value);
    }
    RecordedRequest { method: request.method.clone(), path: request.path.clone(), headers, body, at_ms: now }
}
