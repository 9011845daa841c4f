//! Listeners: the session of a link is kept for what the server pushes and asks (wire-contract 2.8, 2.9; 11 #23 to #26).
//!
//! All listeners share it, with the calls of the link; the first one's options say how it is kept. When it is lost it is
//! replaced, after a pause that grows with each failure, has jitter, and starts over only after a session that lasted.
//! What will not heal ends the listeners: a refused token, a broken protocol.
//!
//! An event that was heard is not heard again, as far as it has an id: its own, or the stream's. What is pushed while a
//! session is lost the service keeps for the next one.
//!
//! An event is held until its listener took it. Once one holds `maxBuffered`, the stream is not read on, unless a call is
//! under way that waits for an answer: what comes with it is held as well, up to [`SLACK`] more. Beyond, the listener
//! ends with an error, behind what it holds.

use super::{Action, At, Lane, Link, Phase, SHARED, closed};
use crate::agent::options::Options;
use crate::agent::ring::Ring;
use crate::backoff;
use crate::error::Error;
use crate::inbound::parse::parse_push;
use crate::json::{self, MAX_DEPTH, Value, Writer};
use crate::mcp::session::{is_due, next_id};
use crate::prelude::*;
use crate::secret::hmac_sha256;

/// What a listener may hold beyond its `maxBuffered`, while calls are under way.
const SLACK: usize = 10_000;

/// How long a caller on the phone waits for words (wire-contract 2.9).
const PROMPT_MS: f64 = 8000.0;

/// The longest pause that a service may ask for between connects.
const MAX_PAUSE_MS: f64 = 3_600_000.0;

/// Callers that may wait at once.
const MAX_QUESTIONS: usize = 64;

/// Events that are remembered.
const MAX_SEEN: usize = 4096;

/// How the session is kept, and how that goes.
pub(super) struct Watch {
    reconnect: bool,
    longest_ms: f64,
    stable_ms: f64,
    ping_ms: f64,
    connects: u32,
    /// Connects in a row that came to nothing, or did not last.
    failures: u32,
    /// Since when it stands; never while it does not.
    stood_at: f64,
    /// When it is tried again; never while it is under way, or nobody listens.
    pub(super) due: f64,
}

pub(super) struct Listener {
    id: u32,
    held: usize,
    max: usize,
    speaks: bool,
}

/// Somebody on the phone waits.
pub(super) struct Question {
    id: u32,
    lane: u32,
    /// The id of the server's request, as JSON.
    request: String,
    pub(super) deadline: f64,
}

/// The events that were heard: a mark of each, so that none is large.
pub(super) struct Seen {
    /// Nobody who sends messages can make two marks equal.
    key: [u8; 16],
    marks: Ring<u64, MAX_SEEN>,
}

impl Seen {
    pub(super) fn new(key: [u8; 16]) -> Self {
        Self { key, marks: Ring::new() }
    }

    /// Whether it is the first time; then it is remembered.
    pub(super) fn first(&mut self, parts: &[&[u8]]) -> bool {
        let tag = hmac_sha256(&self.key, parts).bytes();
        let Some(mark) = tag.first_chunk() else { return true };
        let mark = u64::from_le_bytes(*mark);
        if self.marks.items.contains(&mark) {
            return false;
        }
        self.marks.push(mark);
        true
    }
}

impl Watch {
    /// As the options say; the first mistake in them is theirs to tell.
    pub(super) fn read(options: &mut Options<'_>) -> Self {
        Self {
            reconnect: options.flag("reconnect", true),
            longest_ms: options.millis("maxBackoffMs", 60_000.0),
            stable_ms: options.millis("stableAfterMs", 30_000.0),
            ping_ms: options.millis("idlePingMs", 30_000.0),
            connects: 0,
            failures: 0,
            stood_at: f64::INFINITY,
            due: f64::INFINITY,
        }
    }
}

impl Link {
    /// Begins to listen and gives the listener's name. `options` are JSON; `speaks` says that it answers callers. What is
    /// wrong ends it at once: then its `over` is in `out` already.
    pub fn listen(&mut self, options: &str, speaks: bool, at: &At, out: &mut Vec<Action>) -> u32 {
        let id = next_id(&self.ids);
        let mut options = Options::parse("listen", options);
        let mut watch = Watch::read(&mut options);
        let max = options.size("maxBuffered", 1000);
        if self.config.token.is_empty() || options.get("agentToken").is_some() {
            options.bad("agentToken", "must be the agent's own");
        }
        let mut mistake = options.end().err();
        if self.phase != Phase::Open {
            mistake = Some(closed());
        }
        if let Some(error) = mistake {
            say(out, "over", id, error.to_pair());
            return id;
        }
        let joins = !self.listeners.is_empty();
        self.listeners.push(Listener { id, held: 0, max, speaks });
        if joins {
            if let Some(lane) = self.lanes.first_mut() {
                lane.session.speak(speaks);
            }
            self.tell(id, None, at, out);
        } else {
            watch.due = f64::NEG_INFINITY;
            watch.connects = self.watch.connects;
            self.watch = watch;
        }
        self.go(at, out);
        id
    }

    /// Ends a listener; it is told so.
    pub fn unlisten(&mut self, listener: u32, at: &At, out: &mut Vec<Action>) {
        if listener != 0 {
            self.silence(listener, "null", at, out);
        }
        self.go(at, out);
    }

    /// A listener took one of the events it held.
    pub fn took(&mut self, listener: u32, at: &At, out: &mut Vec<Action>) {
        for known in &mut self.listeners {
            if known.id == listener {
                known.held = known.held.saturating_sub(1);
            }
        }
        self.go(at, out);
    }

    /// The answer to a question: what to say, and who says so. Without a text there is none.
    pub fn said(&mut self, question: u32, text: Option<&str>, model: &str, at: &At, out: &mut Vec<Action>) {
        let Some(index) = self.questions.iter().position(|known| known.id == question) else { return };
        let question = self.questions.remove(index);
        let mut result = Writer::new();
        if let Some(text) = text {
            result.object().key("role").string("assistant").key("content").object();
            result.key("type").string("text").key("text").string(text).end_object();
            let model = if model.is_empty() { env!("CARGO_PKG_NAME") } else { model };
            result.key("model").string(model).key("stopReason").string("endTurn").end_object();
        }
        let (session, said) = self.session(question.lane);
        if let Some(session) = session {
            session.reply(&question.request, &result.finish(), at.ms, said);
        }
        self.heard(question.lane, at, out);
    }

    /// Sees to it that there is a session in this place, and that it is kept if somebody listens.
    pub(super) fn revive(&mut self, home: u32, at: &At, out: &mut Vec<Action>) {
        let Some(lane) = self.lanes.iter_mut().find(|lane| lane.home == home) else { return };
        if lane.session.ended() {
            lane.session.renew();
            lane.number = next_id(&self.ids);
            lane.held = false;
            lane.listed.clear();
            lane.asked = false;
        }
        if home != SHARED || lane.session.kept() || self.listeners.is_empty() {
            return;
        }
        let number = lane.number;
        lane.session.speak(self.listeners.iter().any(|listener| listener.speaks));
        lane.session.keep(self.watch.ping_ms, at.ms, &mut self.said);
        self.watch.due = f64::INFINITY;
        self.tell(0, None, at, out);
        self.relay(number, at, out);
    }

    /// The kept session is over.
    pub(super) fn lost(&mut self, error: &Error, at: &At, out: &mut Vec<Action>) {
        let watch = &mut self.watch;
        if at.ms - watch.stood_at >= watch.stable_ms {
            watch.failures = 0;
        }
        watch.failures = watch.failures.saturating_add(1);
        watch.stood_at = f64::INFINITY;
        let pause = backoff::growing_ms(watch.failures, watch.longest_ms, at.chance);
        watch.due = at.ms + pause.max(error.retry_after_ms.unwrap_or_default().min(MAX_PAUSE_MS));
        // Without a time there is no pause, and no end to the attempts.
        if watch.reconnect && error.retryable && !error.kind.is_auth() && !watch.due.is_nan() {
            self.tell(0, Some(error), at, out);
        } else {
            self.silence(0, &error.to_pair(), at, out);
        }
    }

    /// The server pushed something.
    pub(super) fn pushed(&mut self, lane: u32, params: String, id: &str, at: &At, out: &mut Vec<Action>) {
        let shared = self.lanes.first().is_some_and(|shared| shared.number == lane);
        if !shared || self.listeners.is_empty() {
            return out.push(Action::Push(params));
        }
        let event = parse_push(&params);
        let (id, text) = match &event.identity {
            Some(identity) => ("-", identity),
            None => (id, &event.json),
        };
        if !id.is_empty() && !self.seen.first(&[id.as_bytes(), b"\n", text.as_bytes()]) {
            return;
        }
        let mut slow = 0;
        for listener in &mut self.listeners {
            listener.held = listener.held.saturating_add(1);
            if listener.held >= listener.max.saturating_add(SLACK) {
                slow = listener.id;
            }
            say(out, "event", listener.id, event.json.clone());
        }
        if slow != 0 {
            let error = Error::protocol("OVERFLOW", "more events came than a listener may hold");
            self.silence(slow, &error.to_pair(), at, out);
        }
    }

    /// Another session of the agent was pushed something: `params` as in the notification. It is for the listeners of this one.
    pub fn elsewhere(&mut self, params: &str, at: &At, out: &mut Vec<Action>) {
        let shared = self.lanes.first().map_or(0, |lane| lane.number);
        self.pushed(shared, params.to_owned(), "", at, out);
        self.go(at, out);
    }

    /// The server asks for words.
    pub(super) fn asked(&mut self, lane: u32, request: String, params: &str, at: &At, out: &mut Vec<Action>) {
        if self.questions.iter().any(|known| known.lane == lane && known.request == request) {
            return;
        }
        let id = next_id(&self.ids);
        let speaker = self.listeners.iter().find(|listener| listener.speaks).map(|listener| listener.id);
        let full = self.questions.len() >= MAX_QUESTIONS;
        self.questions.push(Question { id, lane, request, deadline: at.ms + PROMPT_MS });
        match speaker {
            Some(listener) if !full => say(out, "prompt", id, prompt(listener, params)),
            _ => self.said(id, None, "", at, out),
        }
    }

    /// What is due: questions whose time is up, a connect; and what came of the last one.
    pub(super) fn watch(&mut self, at: &At, out: &mut Vec<Action>) {
        let up = |known: &&Question| is_due(known.deadline, at.ms);
        if let Some(id) = self.questions.iter().find(up).map(|question| question.id) {
            say(out, "hush", id, "null".to_owned());
            // Which comes back here.
            self.said(id, None, "", at, out);
        }
        if is_due(self.watch.due, at.ms) {
            self.revive(SHARED, at, out);
        }
        let stands = |lane: &Lane| lane.session.kept() && lane.session.stands();
        if self.watch.stood_at == f64::INFINITY && self.lanes.first().is_some_and(stands) {
            self.watch.stood_at = at.ms;
            self.watch.connects = self.watch.connects.saturating_add(1);
            self.tell(0, None, at, out);
        }
        // A stream whose listeners are full is not read on, as long as no call needs it.
        let full = self.listeners.iter().any(|listener| listener.held >= listener.max);
        if let Some(lane) = self.lanes.first_mut() {
            let on = full && stands(lane) && lane.session.calls() == 0;
            if on != lane.held {
                lane.held = on;
                lane.session.rest(at.ms);
                say(out, "hold", lane.number, if on { "true" } else { "false" }.to_owned());
            }
        }
    }

    /// Ends a listener, or all (0); `error` is JSON.
    pub(super) fn silence(&mut self, which: u32, error: &str, at: &At, out: &mut Vec<Action>) {
        for listener in core::mem::take(&mut self.listeners) {
            if which == 0 || listener.id == which {
                say(out, "over", listener.id, error.to_owned());
            } else {
                self.listeners.push(listener);
            }
        }
        if self.listeners.is_empty()
            && let Some(lane) = self.lanes.first_mut()
        {
            (self.watch.due, self.watch.stood_at) = (f64::INFINITY, f64::INFINITY);
            let number = lane.number;
            lane.session.let_go(at.ms, &mut self.said);
            self.relay(number, at, out);
        }
    }

    /// Tells a listener, or all (0), how the connection stands.
    fn tell(&self, which: u32, error: Option<&Error>, at: &At, out: &mut Vec<Action>) {
        let watch = &self.watch;
        let waits = watch.due.is_finite();
        let mut state = Writer::new();
        state.array().string(if waits {
            "waiting"
        } else if watch.stood_at.is_finite() {
            "open"
        } else {
            "connecting"
        });
        state.integer(watch.connects.into()).raw(&if waits {
            json::millis(watch.due - at.ms)
        } else {
            "null".to_owned()
        });
        state.raw(&error.map_or_else(|| "null".to_owned(), Error::to_pair)).end_array();
        let state = state.finish();
        for listener in &self.listeners {
            if which == 0 || listener.id == which {
                say(out, "state", listener.id, state.clone());
            }
        }
    }
}

fn say(out: &mut Vec<Action>, what: &'static str, number: u32, json: String) {
    out.push(Action::Say { what, number, json });
}

/// Who is to speak, and what a caller's question is to people: `params` of `sampling/createMessage`.
fn prompt(listener: u32, params: &str) -> String {
    let params = json::parse_str(params, MAX_DEPTH).unwrap_or(Value::NULL);
    let mut out = Writer::new();
    out.array().integer(listener.into()).object().key("messages").array();
    for message in params.at("messages").items() {
        let content = message.at("content");
        let mut text = content.at("text").chars();
        for part in content.items() {
            text.push_str(&part.at("text").chars());
        }
        out.object().key("role").string(&message.at("role").chars()).key("text").string(&text).end_object();
    }
    let (system, tokens) = (params.at("systemPrompt"), params.at("maxTokens"));
    out.end_array().key("systemPrompt").raw(if system.is_text() { system.raw() } else { "null" });
    out.key("maxTokens").raw(tokens.number().unwrap_or("null"));
    out.key("timeLeftMs").raw("8000").end_object().end_array();
    out.finish()
}
