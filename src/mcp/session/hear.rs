//! What the server says: events of the stream, and the frames in them.

use super::post::What;
use super::{Action, Call, MAX_ANSWERS, MAX_SERVER_ID, Reply, Session, State, VERSIONS};
use crate::error::Error;
use crate::json::Writer;
use crate::mcp::jsonrpc::{self, Frame, Kind};
use crate::prelude::*;
use crate::sse::Event;
use crate::url;

impl Session {
    pub(super) fn event(&mut self, event: &Event, now: f64, out: &mut Vec<Action>) {
        if !event.id.is_empty() && event.id != self.last_id {
            self.last_id = event.id.clone();
        }
        if event.is_message() {
            self.frame(&event.data, now, out);
        } else if event.name == "endpoint" && self.state == State::Connecting {
            match url::resolve(&self.config.sse_url, &event.data) {
                Some(endpoint) => {
                    self.endpoint = endpoint;
                    let id = self.id();
                    self.state = State::Initializing(id);
                    let frame = jsonrpc::request(id, "initialize", Some(&initialize_params(self.speaks)));
                    self.post(What::Initialize, frame, self.connect_by, out);
                }
                None => self.broken("the service named an endpoint of another origin", out),
            }
        } // Else the first endpoint stays, whatever comes later (performance 7 #17).
    }

    pub(super) fn frame(&mut self, text: &str, now: f64, out: &mut Vec<Action>) {
        (self.heard_at, self.dead_at) = (now, None);
        let frame = jsonrpc::read(text);
        match frame.kind {
            _ if self.ended() => {}
            Kind::Garbage => {}
            Kind::TooDeep => self.broken("a message of the service nests too deep", out),
            Kind::Request if self.answers.len() < MAX_ANSWERS && frame.id.raw().len() <= MAX_SERVER_ID => {
                self.answers.push(if frame.asks("ping") {
                    jsonrpc::answer(frame.id.raw(), "{}")
                } else if self.speaks && frame.asks("sampling/createMessage") {
                    let (id, params) = (frame.id.raw().to_owned(), frame.body.raw().to_owned());
                    return out.push(Action::Asked { id, params });
                } else {
                    jsonrpc::refusal(frame.id.raw(), -32601, "Method not found")
                });
            }
            Kind::Request => {}
            Kind::Notice => {
                if frame.asks("notifications/message") {
                    out.push(Action::Push { params: frame.body.raw().to_owned(), id: self.last_id.clone() });
                }
            }
            Kind::Result | Kind::Error | Kind::Contradiction => self.answered(&frame, now, out),
        }
    }

    pub(super) fn answered(&mut self, frame: &Frame<'_>, now: f64, out: &mut Vec<Action>) {
        let number = frame.number();
        if let State::Initializing(expected) = self.state
            && number == Some(expected)
        {
            return self.initialized(frame, now, out);
        }
        // Only a call that was posted can be answered.
        let posted = |call: &Call| Some(call.id) == number && call.queued.is_none();
        let Some(at) = self.calls.iter().position(posted) else { return };
        let call = self.calls.remove(at);
        self.hurry(What::Call(call.id), now);
        let body = frame.body.raw().to_owned();
        let result = match frame.kind {
            Kind::Result => Ok(Reply::Result(body)),
            Kind::Error => Ok(Reply::Error(body)),
            _ => {
                let error = Error::protocol("PROTOCOL", "an answer holds both result and error");
                return out.push(call.failed(error, false));
            }
        };
        out.push(Action::Settle { call: call.id, result });
    }

    pub(super) fn initialized(&mut self, frame: &Frame<'_>, now: f64, out: &mut Vec<Action>) {
        self.hurry(What::Initialize, now);
        let version = frame.body.at("protocolVersion").chars();
        if frame.kind != Kind::Result || !VERSIONS.contains(&version.as_str()) {
            let reason = "the service did not agree on a protocol version that this client speaks";
            return self.broken(reason, out);
        }
        self.state = State::Ready;
        self.connect_by = f64::INFINITY;
        self.idle_since = now;
        let notice = jsonrpc::notice("notifications/initialized");
        self.post(What::Initialized, notice, now + self.config.connect_ms, out);
    }
}

fn initialize_params(speaks: bool) -> String {
    let mut out = Writer::new();
    let version = VERSIONS.first().copied().unwrap_or_default();
    out.object().key("protocolVersion").string(version).key("capabilities");
    out.raw(if speaks { r#"{"sampling":{}}"# } else { "{}" });
    out.key("clientInfo").object().key("name").string(env!("CARGO_PKG_NAME"));
    out.key("version").string(env!("CARGO_PKG_VERSION")).end_object().end_object();
    out.finish()
}
