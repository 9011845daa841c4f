//! Time: deadlines, signs of life, idleness, and when the session wants to be woken.

use super::post::What;
use super::{Action, Session, State};
use crate::error::Error;
use crate::mcp::jsonrpc;
use crate::prelude::*;

impl Session {
    /// What is due is done: the connect deadline, calls, POSTs.
    pub(super) fn expire(&mut self, now: f64, out: &mut Vec<Action>) {
        let due = |deadline: f64| is_due(deadline, now);
        if matches!(self.state, State::Connecting | State::Initializing(_)) && due(self.connect_by) {
            let message = "the session did not stand in time";
            self.end(Error::deadline("CONNECT_TIMEOUT", message, self.config.connect_ms), out);
        }
        while let Some(at) = self.calls.iter().position(|call| due(call.deadline)) {
            let call = self.calls.remove(at);
            self.drop_post_of(call.id, out);
            out.push(call.failed(Error::deadline("TIMEOUT", "no answer in time", call.timeout_ms), false));
        }
        while let Some(at) = self.posts.iter().position(|post| due(post.deadline)) {
            // Of a call that was settled, or of nothing that anybody waits for.
            out.push(Action::AbortPost(self.posts.swap_remove(at).id));
        }
    }

    /// When a session whose calls hear nothing, or one that is kept, is asked whether it lives. A stream may be dead without a sign, and a kept
    /// session would then lose every call until it is closed.
    pub(super) fn probe_at(&self) -> f64 {
        if self.dead_at.is_some() {
            return f64::INFINITY;
        }
        let mut since = f64::INFINITY;
        for call in &self.calls {
            sooner(&mut since, call.posted_at);
        }
        if since < self.heard_at {
            since = self.heard_at;
        }
        let mut at = since + self.config.connect_ms / 2.0;
        sooner(&mut at, self.heard_at + self.ping_ms);
        at
    }

    pub(super) fn probe(&mut self, now: f64, out: &mut Vec<Action>) {
        if !self.kept() && self.calls.iter().all(|call| call.queued.is_some()) {
            self.dead_at = None;
        }
        if self.dead_at.is_some_and(|at| is_due(at, now)) {
            return self.end(Error::transport("STREAM_LOST", "the event stream went silent"), out);
        }
        if is_due(self.probe_at(), now) {
            let by = now + self.config.connect_ms;
            self.dead_at = Some(by);
            let id = self.id();
            self.post(What::Probe, jsonrpc::request(id, "ping", None), by, out);
        }
    }

    /// After every input: what may go out goes out, what nobody needs ends, and the next wish to be woken is told.
    pub(super) fn settled(&mut self, now: f64, out: &mut Vec<Action>) {
        if self.ended() {
            return;
        }
        self.pump(now, out);
        if self.calls.is_empty()
            && let Some(error) = self.refused.take()
        {
            return self.end(error, out);
        }
        if core::mem::replace(&mut self.busy, !self.calls.is_empty()) && !self.busy {
            self.idle_since = now;
        }
        let idle_by = match self.config.idle_ms {
            Some(ms) if self.calls.is_empty() && self.state == State::Ready && !self.kept() => {
                self.idle_since + ms
            }
            _ => f64::INFINITY,
        };
        if is_due(idle_by, now) {
            return self.close(out);
        }
        let mut wake = f64::INFINITY;
        if self.state == State::Ready {
            sooner(&mut wake, self.dead_at.unwrap_or_else(|| self.probe_at()));
        }
        sooner(&mut wake, idle_by);
        sooner(&mut wake, self.connect_by);
        for call in &self.calls {
            sooner(&mut wake, call.deadline);
        }
        for post in &self.posts {
            sooner(&mut wake, post.deadline);
        }
        // A timer that is too early does no harm, one more a call would.
        if wake.is_finite() && self.wake.is_none_or(|set| wake < set) {
            self.wake = Some(wake);
            out.push(Action::Wake(wake));
        }
    }
}

/// Whether a deadline passed. A clock that tells no time lets everything be due: an error is better than a hang.
pub(crate) fn is_due(deadline: f64, now: f64) -> bool {
    now >= deadline || (now.is_nan() && deadline < f64::INFINITY)
}

/// Keeps the sooner of two times.
fn sooner(time: &mut f64, other: f64) {
    if other < *time {
        *time = other;
    }
}
