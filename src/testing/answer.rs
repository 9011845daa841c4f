//! How answers go out: the 202, the event, and everything that may break on the way.

use serde_json::{Value, json};

use super::action::{Action, Close, Ms, RequestId, StreamId};
use super::envelope::Reply;
use super::fault::Fault;
use super::rpc::{Payload, outgoing};
use super::service::{Job, Service};
use super::sse::event;

/// Size of a huge event, where the script names none.
pub(super) const HUGE_BYTES: usize = 10 * 1024 * 1024;
const DEEP: usize = 100_000;
const REQUESTS: usize = 2000;
const FLOOD_EVERY_MS: Ms = 10;

/// A POST that is being answered.
#[derive(Clone, Debug)]
pub(super) struct Post {
    /// The request, until it is answered.
    pub(super) request: Option<RequestId>,
    pub(super) stream: StreamId,
    pub(super) session: String,
    /// Id of the JSON-RPC request; null for anything else.
    pub(super) id: Value,
    pub(super) fault: Option<Fault>,
    pub(super) size: Option<usize>,
    pub(super) token: String,
    pub(super) agent: String,
}

/// What comes without end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Flood {
    Comments,
    EventStart,
    EventRest,
}

impl Service {
    /// Answers a JSON-RPC request, the way its fault has it.
    pub(super) fn answer(&mut self, now: Ms, mut post: Post, payload: &Payload, out: &mut Vec<Action>) {
        let stream = post.stream;
        let message = payload.message(&post.id);
        match post.fault {
            None => {
                if !self.options.answer_before_202 {
                    self.accept(&mut post, out);
                }
                self.message(stream, &message, out);
            }
            Some(Fault::AnswerAfter202) => {
                self.accept(&mut post, out);
                self.message(stream, &message, out);
            }
            Some(Fault::CutAfterAccept) => {
                self.accept(&mut post, out);
                self.streams.close(stream, Close::Abort, out);
            }
            Some(Fault::CleanEnd) => {
                self.accept(&mut post, out);
                self.streams.close(stream, Close::Clean, out);
            }
            Some(Fault::CutMidEvent) => {
                self.accept(&mut post, out);
                self.half_event(stream, "message", &message, &[], out);
            }
            Some(Fault::CutInCharacter) => {
                self.accept(&mut post, out);
                // Two of the three bytes of a euro sign.
                self.half_event(stream, "message", &message, &[0xe2, 0x82], out);
            }
            Some(Fault::HalfOpen) => {
                self.accept(&mut post, out);
                if let Some(stream) = self.streams.get_mut(stream) {
                    stream.mute = true;
                }
            }
            Some(Fault::CommentFlood) => {
                self.accept(&mut post, out);
                self.flood(now, stream, Flood::Comments, out);
            }
            Some(Fault::EndlessEvent) => {
                self.accept(&mut post, out);
                self.flood(now, stream, Flood::EventStart, out);
            }
            Some(Fault::AnswerInPostBody) => match post.request.take() {
                Some(request) => {
                    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
                    self.respond(request, Reply { status: 200, headers, body: message.into_bytes() }, out);
                }
                None => self.message(stream, &message, out),
            },
            Some(Fault::SlowDrip) => {
                let bytes = self.encoded(stream, "message", &message);
                self.streams.write(stream, bytes, true, out);
            }
            Some(Fault::DuplicateAnswer) => {
                self.message(stream, &message, out);
                self.message(stream, &message, out);
            }
            Some(Fault::BothResultAndError) => {
                let both = json!({
                    "result": result_of(payload),
                    "error": { "code": -32603, "message": "Internal error" },
                    "jsonrpc": "2.0",
                    "id": post.id,
                });
                self.message(stream, &both.to_string(), out);
            }
            Some(Fault::UnknownIdFirst) => {
                self.message(stream, &payload.message(&json!(987_654_321)), out);
                self.message(stream, &message, out);
            }
            Some(Fault::StringId) => {
                let id = if post.id.is_string() { post.id.clone() } else { json!(post.id.to_string()) };
                self.message(stream, &payload.message(&id), out);
            }
            Some(Fault::GarbageFirst) => {
                self.garbage(stream, out);
                self.message(stream, &message, out);
            }
            Some(Fault::HugeEvent) => {
                let padded = padded(payload, &post.id, post.size.unwrap_or(HUGE_BYTES));
                self.message(stream, &padded, out);
            }
            Some(Fault::DeepJson) => {
                let depth = post.size.unwrap_or(DEEP);
                let (open, close) = ("[".repeat(depth), "]".repeat(depth));
                let deep = [
                    "{\"jsonrpc\":\"2.0\",\"id\":",
                    &post.id.to_string(),
                    ",\"result\":",
                    &open,
                    &close,
                    "}",
                ];
                self.message(stream, &deep.concat(), out);
            }
            Some(Fault::RequestFlood) => {
                for _ in 0..post.size.unwrap_or(REQUESTS) {
                    self.server_ping(stream, out);
                }
                self.message(stream, &message, out);
            }
            // `no_answer`; the rest breaks other things.
            Some(_) => {}
        }
        self.accept(&mut post, out);
    }

    /// A message that gets no answer: a notification, or a response of the client.
    pub(super) fn noted(&mut self, mut post: Post, out: &mut Vec<Action>) {
        self.accept(&mut post, out);
        match post.fault {
            Some(Fault::CutAfterAccept | Fault::CutMidEvent | Fault::CutInCharacter) => {
                self.streams.close(post.stream, Close::Abort, out);
            }
            Some(Fault::CleanEnd) => self.streams.close(post.stream, Close::Clean, out),
            Some(Fault::HalfOpen) => {
                if let Some(stream) = self.streams.get_mut(post.stream) {
                    stream.mute = true;
                }
            }
            _ => {}
        }
    }

    /// The 202, once.
    pub(super) fn accept(&self, post: &mut Post, out: &mut Vec<Action>) {
        if let Some(request) = post.request.take() {
            self.respond(request, Reply::plain(202, "Accepted"), out);
        }
    }

    pub(super) fn message(&self, stream: StreamId, message: &str, out: &mut Vec<Action>) {
        self.streams.event(stream, "message", message, out);
    }

    /// The first half of an event, then these bytes, then the end.
    pub(super) fn half_event(
        &mut self,
        stream: StreamId,
        name: &str,
        data: &str,
        tail: &[u8],
        out: &mut Vec<Action>,
    ) {
        let mut bytes = self.encoded(stream, name, data);
        bytes.truncate(bytes.len() / 2);
        bytes.extend_from_slice(tail);
        self.streams.write(stream, bytes, false, out);
        self.streams.close(stream, Close::Abort, out);
    }

    /// Events that are no messages.
    pub(super) fn garbage(&self, stream: StreamId, out: &mut Vec<Action>) {
        for data in ["not JSON", "[]", "null", "{\"hello\":1}", "{\"jsonrpc\":\"2.0\"", ""] {
            self.message(stream, data, out);
        }
        self.streams.event(stream, "other", "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}", out);
    }

    /// The next part of what has no end, until the stream is closed.
    pub(super) fn flood(&mut self, now: Ms, stream: StreamId, flood: Flood, out: &mut Vec<Action>) {
        let (bytes, next) = match flood {
            Flood::Comments => (": still here\n".repeat(80), Flood::Comments),
            Flood::EventStart => (["data: ", &"x".repeat(65_530)].concat(), Flood::EventRest),
            Flood::EventRest => ("x".repeat(65_536), Flood::EventRest),
        };
        if self.streams.write(stream, bytes.into_bytes(), false, out) {
            self.later(now.saturating_add(FLOOD_EVERY_MS), Job::Flood(stream, next));
        }
    }

    fn server_ping(&mut self, stream: StreamId, out: &mut Vec<Action>) {
        let Some(slot) = self.streams.get_mut(stream) else { return };
        let id = slot.next_ask;
        slot.next_ask = id.saturating_add(1);
        self.message(stream, &outgoing(Some(id), "ping", &json!({})), out);
    }

    fn encoded(&mut self, stream: StreamId, name: &str, data: &str) -> Vec<u8> {
        let line_end = self.streams.get_mut(stream).map(|stream| stream.line_end).unwrap_or_default();
        event(name, data, line_end)
    }
}

fn result_of(payload: &Payload) -> Value {
    match payload {
        Payload::Result(result) => result.clone(),
        Payload::Error(_) | Payload::Raw(_) => json!({}),
    }
}

/// The message with so many bytes more in its result's `_meta`.
fn padded(payload: &Payload, id: &Value, size: usize) -> String {
    let mut result = result_of(payload);
    if let Some(result) = result.as_object_mut() {
        result.insert("_meta".into(), json!({ "pad": "x".repeat(size) }));
    }
    Payload::Result(result).message(id)
}
