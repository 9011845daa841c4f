//! A session that is kept for what the server pushes and asks (wire-contract 2.8, 2.9).

use super::{Action, Session, State};
use crate::mcp::jsonrpc;
use crate::prelude::*;

impl Session {
    /// Whether somebody answers what [`Action::Asked`] asks, from now on.
    pub fn speak(&mut self, speaks: bool) {
        self.speaks |= speaks;
    }

    /// Keeps it open for what the server pushes, without any call: it opens now, is asked whether it lives after
    /// `ping_ms` of silence, and tells when it is over ([`Action::Over`]).
    pub fn keep(&mut self, ping_ms: f64, now: f64, out: &mut Vec<Action>) {
        self.ping_ms = ping_ms;
        if self.state == State::New {
            self.open(now, out);
        }
        self.settled(now, out);
    }

    /// Keeps it no longer: it lives on as its calls need it.
    pub fn let_go(&mut self, now: f64, out: &mut Vec<Action>) {
        (self.ping_ms, self.idle_since) = (f64::INFINITY, now);
        self.settled(now, out);
    }

    /// Whether it is kept.
    #[must_use]
    pub fn kept(&self) -> bool {
        self.ping_ms < f64::INFINITY
    }

    /// Whether calls go out.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.state == State::Ready
    }

    /// Nobody reads the stream for now: its silence means nothing.
    pub fn rest(&mut self, now: f64) {
        (self.heard_at, self.dead_at) = (now, None);
    }

    /// Answers what the server asked, in front of all that waits: a caller is on the phone. `id` and `result` are JSON; an
    /// empty result tells that there is none.
    pub fn reply(&mut self, id: &str, result: &str, now: f64, out: &mut Vec<Action>) {
        let answer = if result.is_empty() {
            jsonrpc::refusal(id, -32603, "No answer")
        } else {
            jsonrpc::answer(id, result)
        };
        self.answers.insert(0, answer);
        self.settled(now, out);
    }
}
