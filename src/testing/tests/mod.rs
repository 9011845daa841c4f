//! A driver that keeps what each request and stream got, and the tests that use it.

#![expect(clippy::arithmetic_side_effects, reason = "small numbers of the tests")]

mod faults;
mod flow;
mod scripts;
mod signed;
mod wire;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;

/// Status, headers and body.
type Reply = (u16, Vec<(String, String)>, String);

/// The service with what came out of it.
pub(super) struct Bench {
    pub(super) service: Service,
    pub(super) now: Ms,
    /// Status, headers and body of answered requests.
    pub(super) answers: BTreeMap<RequestId, Reply>,
    pub(super) resets: Vec<RequestId>,
    /// Everything written, chunk by chunk.
    pub(super) streams: BTreeMap<StreamId, Vec<Vec<u8>>>,
    pub(super) closed: BTreeMap<StreamId, Close>,
    /// Of `WakeAt`, `CallTool` and `Asked`.
    pub(super) others: Vec<Action>,
    /// Kinds of all actions, in order.
    pub(super) order: Vec<&'static str>,
    next: RequestId,
}

/// A session that stands.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) stream: StreamId,
    pub(super) endpoint: String,
}

impl Bench {
    pub(super) fn new(options: Options) -> Self {
        let service = Service::new(options, [7; 16]);
        let (answers, streams, closed) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (resets, others, order) = (Vec::new(), Vec::new(), Vec::new());
        Self { service, now: 1_000_000, answers, resets, streams, closed, others, order, next: 1 }
    }

    pub(super) fn act(&mut self, run: impl FnOnce(&mut Service, Ms, &mut Vec<Action>)) {
        let mut out = Vec::new();
        run(&mut self.service, self.now, &mut out);
        self.take(out);
    }

    pub(super) fn take(&mut self, actions: Vec<Action>) {
        for action in actions {
            self.order.push(match &action {
                Action::Respond { .. } => "respond",
                Action::Reset { .. } => "reset",
                Action::OpenStream { .. } => "open",
                Action::Write { .. } => "write",
                Action::Close { .. } => "close",
                Action::WakeAt { .. } => "wake",
                Action::CallTool { .. } => "call",
                Action::Asked { .. } => "asked",
            });
            match action {
                Action::Respond { request, status, headers, body } => {
                    let body = String::from_utf8(body).unwrap();
                    assert!(
                        self.answers.insert(request, (status, headers, body)).is_none(),
                        "answered twice"
                    );
                }
                Action::Reset { request } => self.resets.push(request),
                Action::OpenStream { stream, .. } => {
                    self.streams.insert(stream, Vec::new());
                }
                Action::Write { stream, bytes } => {
                    assert!(!self.closed.contains_key(&stream), "written after the end");
                    self.streams.get_mut(&stream).unwrap().push(bytes);
                }
                Action::Close { stream, how } => {
                    assert!(self.closed.insert(stream, how).is_none(), "closed twice");
                }
                other => self.others.push(other),
            }
        }
    }

    /// Hands in a request; its id.
    pub(super) fn send(&mut self, mut request: RequestIn) -> RequestId {
        request.id = self.next;
        self.next += 1;
        let id = request.id;
        self.act(|service, now, out| service.request(now, request, out));
        id
    }

    pub(super) fn advance(&mut self, ms: Ms) {
        let end = self.now + ms;
        while let Some(due) = self.service.due().filter(|due| *due <= end) {
            self.now = due;
            self.act(|service, now, out| service.tick(now, out));
        }
        self.now = end;
    }

    pub(super) fn text(&self, stream: StreamId) -> String {
        String::from_utf8_lossy(&self.streams[&stream].concat()).into_owned()
    }

    /// Opens a stream with token `t` and reads its endpoint.
    pub(super) fn open(&mut self) -> Session {
        self.send(RequestIn::get(0, "/sse").bearer("t"));
        let stream = *self.streams.keys().next_back().unwrap();
        let text = self.text(stream);
        let endpoint = text.lines().find_map(|line| line.strip_prefix("data: /messages")).unwrap();
        Session { stream, endpoint: ["/messages", endpoint].concat() }
    }

    /// POSTs a message with token `t`; the request's id.
    pub(super) fn post(&mut self, session: &Session, message: &Value) -> RequestId {
        let request = RequestIn::post(0, &session.endpoint, &message.to_string()).bearer("t");
        self.send(request)
    }

    /// Calls a tool under this JSON-RPC id.
    pub(super) fn call(&mut self, session: &Session, id: u32, tool: &str, args: Value) -> RequestId {
        let params = json!({ "name": tool, "arguments": args });
        self.post(session, &json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }))
    }

    /// Sends a message under this key.
    pub(super) fn message(&mut self, session: &Session, id: u32, key: &str) -> RequestId {
        let args = json!({ "to": "+15555550123", "body": "hi", "channel": "sms", "idempotencyKey": key });
        self.call(session, id, "comms_send_message", args)
    }

    /// The JSON of all `message` events of a stream.
    pub(super) fn messages(&self, stream: StreamId) -> Vec<Value> {
        let text = self.text(stream);
        text.split("\n\n")
            .filter_map(|event| event.strip_prefix("event: message\ndata: "))
            .map(|data| serde_json::from_str(data).unwrap())
            .collect()
    }

    /// The tool's JSON in the latest message.
    pub(super) fn payload(&self, stream: StreamId) -> Value {
        let last = self.messages(stream).pop().unwrap();
        serde_json::from_str(last["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
    }

    /// Message ids of what was taken, by the records.
    pub(super) fn sent_keys(&self) -> Vec<String> {
        self.service.sent().map(|call| call.idempotency_key.clone().unwrap_or_default()).collect()
    }
}
