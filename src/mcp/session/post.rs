//! The way up: which frame may be posted when, and what the answers to POSTs mean (wire-contract 2.4).

use super::{Action, CallId, PostId, Session, State};
use crate::error::{Error, Kind};
use crate::http::{Head, Method, NetError};
use crate::mcp::session::POST_GRACE_MS;
use crate::prelude::*;
use crate::sse::Decoder;

/// A POST under way.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) id: PostId,
    pub(super) what: What,
    pub(super) deadline: f64,
}

/// What a POST carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Initialize,
    Initialized,
    Call(CallId),
    /// Our question whether the server lives.
    Probe,
    /// Our answer to a request of the server.
    Answer,
}

impl Session {
    /// Whether a POST is one of this session's, and under way.
    #[must_use]
    pub fn has_post(&self, id: PostId) -> bool {
        self.posts.iter().any(|post| post.id == id)
    }

    /// A POST got an answer. `whole` says that the body ended within the limit it was read with.
    pub fn post_answered(
        &mut self,
        id: PostId,
        head: &Head,
        body: &[u8],
        whole: bool,
        now: f64,
        out: &mut Vec<Action>,
    ) {
        let Some(post) = self.take_post(id) else { return };
        if !head.ok() {
            self.post_refused(post.what, head, body, now, out);
        } else if !whole {
            let error = Error::protocol("TOO_LARGE", "the answer to a POST exceeds maxEventBytes");
            self.post_broke(post.what, error, false, out);
        } else if Self::accepts(head.status, head.headers.get("content-type")) {
            let mut events = Vec::new();
            // The body was read with the same limit, so that no event in it can exceed it.
            let _ = Decoder::new(body.len()).push(body, &mut events);
            for event in events.iter().filter(|event| event.is_message()) {
                self.frame(&event.data, now, out);
            }
        } else if body.first() == Some(&b'{') {
            self.frame(&crate::text::lossy(body.to_vec()), now, out);
        }
        self.check(now, out);
    }

    /// A POST failed without an answer.
    pub fn post_failed(&mut self, id: PostId, reason: NetError, now: f64, out: &mut Vec<Action>) {
        let Some(post) = self.take_post(id) else { return };
        let NetError(message) = reason;
        let message = if message.is_empty() { "the connection was lost" } else { &message };
        self.post_broke(post.what, Error::transport("TRANSPORT", message), false, out);
        self.check(now, out);
    }

    /// The POST failed; `sure` says that it certainly had no effect.
    fn post_broke(&mut self, what: What, error: Error, sure: bool, out: &mut Vec<Action>) {
        match what {
            // Unless the answer came by the stream already: then calls are under way that will be answered there.
            What::Initialize if self.state != State::Ready => self.end(error, out),
            What::Call(id) => {
                if let Some(call) = self.take_call(id) {
                    out.push(call.failed(error, sure));
                }
            }
            _ => {}
        }
    }

    fn post_refused(&mut self, what: What, head: &Head, body: &[u8], now: f64, out: &mut Vec<Action>) {
        let mut error = self.http_error(head, body, now);
        let lost = error.kind == Kind::ButtDialError && is_unknown_session(head.status, body);
        if lost {
            let status = error.status;
            error = Error::transport("STREAM_LOST", "the service does not know the session any more");
            error.status = status;
        }
        // The server answered the POST itself. Only an error of its own leaves open whether the call was carried out.
        self.post_broke(what, error.clone(), head.status < 500, out);
        if lost {
            self.end(error, out);
        } else if error.kind.is_auth() {
            // Every further POST with this token would count towards a lockout; answers under way may still come.
            while let Some(at) = self.calls.iter().position(|call| call.queued.is_some()) {
                out.push(self.calls.remove(at).failed(error.clone(), false));
            }
            self.answers.clear();
            self.refused = Some(error);
        }
    }

    /// Posts what may be posted: the server's requests have one place, so that a flood of them cannot crowd out calls.
    pub(super) fn pump(&mut self, now: f64, out: &mut Vec<Action>) {
        if matches!(self.state, State::New | State::Connecting | State::Ended) {
            return;
        }
        let limit = self.config.max_in_flight.max(1);
        let calls_go = self.state == State::Ready && self.calls.iter().any(|call| call.queued.is_some());
        let answering = self.posts.iter().any(|post| post.what == What::Answer);
        if self.posts.len() < limit && !answering && (limit > 1 || !calls_go) && !self.answers.is_empty() {
            let answer = self.answers.remove(0);
            self.post(What::Answer, answer, now + self.config.connect_ms, out);
        }
        while self.state == State::Ready && self.posts.len() < limit {
            let next = self.calls.iter_mut().find_map(|call| {
                let frame = call.queued.take()?;
                call.posted_at = now;
                Some((call.id, frame, call.deadline))
            });
            let Some((id, frame, deadline)) = next else { break };
            self.post(What::Call(id), frame, deadline, out);
        }
    }

    pub(super) fn post(&mut self, what: What, frame: String, deadline: f64, out: &mut Vec<Action>) {
        let id = self.id();
        let request = self.request(Method::Post, self.endpoint.clone(), Some(frame));
        self.posts.push(Post { id, what, deadline });
        out.push(Action::Post { id, request });
    }

    fn take_post(&mut self, id: PostId) -> Option<Post> {
        let at = self.posts.iter().position(|post| post.id == id)?;
        Some(self.posts.swap_remove(at))
    }

    /// The POST's job is done: it may end by itself for a little while.
    pub(super) fn hurry(&mut self, what: What, now: f64) {
        for post in self.posts.iter_mut().filter(|post| post.what == what) {
            post.deadline = post.deadline.min(now + POST_GRACE_MS);
        }
    }

    pub(super) fn drop_post_of(&mut self, call: CallId, out: &mut Vec<Action>) {
        if let Some(at) = self.posts.iter().position(|post| post.what == What::Call(call)) {
            out.push(Action::AbortPost(self.posts.swap_remove(at).id));
        }
    }
}

/// 404 and 410, and the 400 whose words say so: `{"error":"Unknown session"}`.
fn is_unknown_session(status: u16, body: &[u8]) -> bool {
    let says_session = || body.windows(7).any(|word| word.eq_ignore_ascii_case(b"session"));
    matches!(status, 404 | 410) || (status == 400 && says_session())
}
