//! The calls that share one scope, as a machine: what arrives, what time it is and a bit of chance go in, actions come
//! out. A scope is one call, a batch, `session(fn)`, the handlers of one webhook, or what `keepAlive` keeps.
//!
//! All calls of a link share one session, which opens with the first of them, and anew with the next one after a loss.
//! A call with a token of its own has a session of its own, which ends with it. Nothing is shared between links.
//!
//! Listeners keep a session open, and have it replaced when it is lost: see `listen`.

use crate::prelude::*;
mod jobs;
mod listen;
mod take;
#[cfg(test)]
mod tests;

use alloc::rc::Rc;

use super::config::AgentConfig;
use super::keys::Keys;
use super::options::Options;
use super::report::SendResult;
use super::tools::{self, Row};
use crate::error::Error;
use crate::http::{Head, NetError, Request};
use crate::mcp::session::{self, Ids, PostId, Session, next_id};
use crate::secret::Secret;
use jobs::{Batch, Tasks};
use listen::{Listener, Question, Seen, Watch};

/// When an input comes, and a bit of chance.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// Milliseconds since 1970 UTC.
    pub ms: f64,
    /// From 0 up to, not including, 1: shortens pauses.
    pub chance: f64,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `sendMessage`
    Send,
    /// `sendMessages`
    SendMany,
    /// `callTool`
    CallTool,
    /// `listTools`
    ListTools,
    /// `ping`
    Ping,
    /// Any other, by the number of its row.
    Tool(u32),
}

impl Method {
    /// The method of the row with this number.
    #[must_use]
    pub fn of(row: u32) -> Self {
        match row {
            tools::SEND_MESSAGE => Self::Send,
            tools::SEND_MANY => Self::SendMany,
            tools::CALL_TOOL => Self::CallTool,
            tools::LIST_TOOLS => Self::ListTools,
            tools::PING => Self::Ping,
            _ => Self::Tool(row),
        }
    }

    /// Its row.
    #[must_use]
    pub fn row(self) -> Row {
        Row::nth(match self {
            Self::Send => tools::SEND_MESSAGE,
            Self::SendMany => tools::SEND_MANY,
            Self::CallTool => tools::CALL_TOOL,
            Self::ListTools => tools::LIST_TOOLS,
            Self::Ping => tools::PING,
            Self::Tool(row) => row,
        })
    }
}

/// What the driver does next, in this order. All numbers are of one kind: none is used twice by a link, and none is 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Opens an event stream. Its lane is told with all that comes of it.
    OpenStream {
        /// Names the stream.
        lane: u32,
        /// It.
        request: Request,
    },
    /// Drops a stream, open or opening.
    CloseStream {
        /// Which.
        lane: u32,
    },
    /// Sends a POST and reports how it ended.
    Post {
        /// Names it.
        post: u32,
        /// It.
        request: Request,
        /// How many bytes to read of an answer that is a success; of others [`crate::http::SMALL_BODY`].
        limit: usize,
    },
    /// Drops a POST; nothing is reported.
    AbortPost(u32),
    /// Calls [`Link::tick`] at this time, in milliseconds since 1970; replaces an earlier wish.
    Wake(f64),
    /// A call ended.
    Ended {
        /// Which.
        job: u32,
        /// How.
        end: End,
    },
    /// The `params` of a `notifications/message` that nobody listens for, as JSON.
    Push(String),
    /// What concerns listeners.
    ///
    /// | `what` | `number` | `json` |
    /// |---|---|---|
    /// | `event` | a listener | what it hears, as the declarations have it; held until [`Link::took`] |
    /// | `state` | a listener | `["connecting", "open" or "waiting", connects so far, pause or null, error or null]` |
    /// | `over` | a listener | why it is over: an error, or `null` when it was meant to be |
    /// | `prompt` | a question | the listener that is to speak, and a `VoicePrompt` of the declarations; for [`Link::said`] |
    /// | `hush` | a question | `null`: nobody waits for its answer any more |
    /// | `hold` | a lane | whether its stream is to be read no further |
    ///
    /// Errors are pairs of class and members.
    Say {
        /// Which of them.
        what: &'static str,
        /// Of whom.
        number: u32,
        /// How.
        json: String,
    },
    /// Drained or closed: nothing is open any more, nothing will come. Said once.
    Closed,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// All but sends: what it gives, as JSON.
    Json(String),
    /// It failed.
    Failed(Error),
    /// `sendMessage`: how the send ended, which may be a failure; see [`SendResult::refusal`].
    Sent(SendResult),
    /// `sendMessages`: the same for each message, in order.
    SentMany(Vec<SendResult>),
}

/// The machine.
pub struct Link {
    config: AgentConfig,
    keys: Keys,
    ids: Ids,
    lanes: Vec<Lane>,
    batches: Vec<Batch>,
    tasks: Tasks,
    watch: Watch,
    listeners: Vec<Listener>,
    questions: Vec<Question>,
    seen: Seen,
    /// What a session said last.
    said: Vec<session::Action>,
    /// When the driver was told to wake us.
    told: f64,
    phase: Phase,
}

/// The place of a session.
struct Lane {
    /// Names the place: [`SHARED`] is the link's own.
    home: u32,
    /// Names the session that is in it, and its stream.
    number: u32,
    session: Box<Session>,
    /// When the session wants to be woken.
    wake: f64,
    /// Its stream is not read for now.
    held: bool,
    /// The server's tools, as a JSON array; empty as long as the session did not ask.
    listed: String,
    /// Whether a call asks for them now.
    asked: bool,
}

/// The lane that calls without a token of their own share.
const SHARED: u32 = 0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// Takes no further call and ends with the last one.
    Draining,
    /// Whatever was under way has failed.
    Closing,
    Closed,
}

impl Link {
    /// A link without any session yet. `seed` is random and secret; the keys of sends follow from it.
    #[must_use]
    pub fn new(config: AgentConfig, seed: [u8; 16]) -> Self {
        let mut link = Self {
            config,
            keys: Keys::new(seed),
            ids: Ids::default(),
            lanes: Vec::new(),
            batches: Vec::new(),
            tasks: Vec::new(),
            watch: Watch::read(&mut Options::parse("", "")),
            listeners: Vec::new(),
            questions: Vec::new(),
            seen: Seen::new(seed),
            said: Vec::new(),
            told: f64::INFINITY,
            phase: Phase::Open,
        };
        link.ids.set(1);
        link.lane(&Secret::default());
        link
    }

    /// A chain of keys for the sends of one handler for one event; its number is for [`Link::call`]. All its calls share the
    /// reply budget, which counts from when the webhook came.
    pub fn chain(&mut self, event_key: &str, handler: u32, came_ms: f64) -> u32 {
        self.keys.chain(event_key, handler, came_ms + self.config.reply_budget_ms)
    }

    /// Begins a call and gives its name. `options` are JSON; `chain` gives keys to sends that bring none (0: chance).
    /// With `aborted` it is given up before anything goes out. It may end at once: then its [`Action::Ended`] is in
    /// `out` already.
    pub fn call(
        &mut self,
        method: Method,
        options: &str,
        chain: u32,
        aborted: bool,
        at: &At,
        out: &mut Vec<Action>,
    ) -> u32 {
        let job = next_id(&self.ids);
        self.take(job, method, options, chain, out);
        if self.phase != Phase::Open {
            self.give_up(job, &closed(), false, at, out);
        } else if aborted {
            self.give_up(job, &given_up(), true, at, out);
        }
        self.go(at, out);
        job
    }

    /// Gives a call up. Sends still end with a result, which says how far they got; of others nothing more is heard.
    pub fn abort(&mut self, job: u32, at: &At, out: &mut Vec<Action>) {
        self.give_up(job, &given_up(), true, at, out);
        self.go(at, out);
    }

    /// Whether an answer to a stream's request is an event stream. If not, its body goes to [`Link::stream_refused`].
    #[must_use]
    pub fn accepts(status: u16, content_type: Option<&str>) -> bool {
        Session::accepts(status, content_type)
    }

    /// A stream's request got another answer than an event stream.
    pub fn stream_refused(&mut self, lane: u32, head: &Head, body: &[u8], at: &At, out: &mut Vec<Action>) {
        let (session, said) = self.session(lane);
        if let Some(session) = session {
            session.stream_refused(head, body, at.ms, said);
        }
        self.heard(lane, at, out);
    }

    /// Bytes of a stream.
    pub fn stream_bytes(&mut self, lane: u32, bytes: &[u8], at: &At, out: &mut Vec<Action>) {
        let (session, said) = self.session(lane);
        if let Some(session) = session {
            session.stream_bytes(bytes, at.ms, said);
        }
        self.heard(lane, at, out);
    }

    /// A stream ended, with an error or without.
    pub fn stream_ended(&mut self, lane: u32, error: Option<NetError>, at: &At, out: &mut Vec<Action>) {
        let (session, said) = self.session(lane);
        if let Some(session) = session {
            session.stream_ended(error, at.ms, said);
        }
        self.heard(lane, at, out);
    }

    /// A POST got an answer. `whole` says that the body ended within the limit it was read with.
    pub fn post_answered(
        &mut self,
        post: u32,
        head: &Head,
        body: &[u8],
        whole: bool,
        at: &At,
        out: &mut Vec<Action>,
    ) {
        let lane = self.lane_of(post);
        let (session, said) = self.session(lane);
        if let Some(session) = session {
            session.post_answered(post, head, body, whole, at.ms, said);
        }
        self.heard(lane, at, out);
    }

    /// A POST failed without an answer.
    pub fn post_failed(&mut self, post: u32, error: NetError, at: &At, out: &mut Vec<Action>) {
        let lane = self.lane_of(post);
        let (session, said) = self.session(lane);
        if let Some(session) = session {
            session.post_failed(post, error, at.ms, said);
        }
        self.heard(lane, at, out);
    }

    /// The time asked for by [`Action::Wake`] has come, or is near.
    pub fn tick(&mut self, at: &At, out: &mut Vec<Action>) {
        self.told = f64::INFINITY;
        let mut index = 0_usize;
        while let Some(lane) = self.lanes.get_mut(index) {
            let number = lane.number;
            lane.wake = f64::INFINITY;
            if lane.held {
                lane.session.rest(at.ms);
            }
            lane.session.tick(at.ms, &mut self.said);
            self.relay(number, at, out);
            index = index.saturating_add(1);
        }
        self.go(at, out);
    }

    /// Takes no further call, ends its listeners, and closes when the last one under way has ended.
    pub fn drain(&mut self, at: &At, out: &mut Vec<Action>) {
        if self.phase == Phase::Open {
            self.phase = Phase::Draining;
        }
        self.silence(0, "null", at, out);
        self.go(at, out);
    }

    /// Closes now: calls under way fail, listeners end.
    pub fn close(&mut self, at: &At, out: &mut Vec<Action>) {
        if self.phase != Phase::Closed {
            self.phase = Phase::Closing;
        }
        self.silence(0, "null", at, out);
        self.questions.clear();
        let mut index = 0_usize;
        while let Some(lane) = self.lanes.get_mut(index) {
            let number = lane.number;
            lane.session.close(&mut self.said);
            self.relay(number, at, out);
            index = index.saturating_add(1);
        }
        self.give_up(0, &closed(), false, at, out);
        self.go(at, out);
    }

    /// A new place for a session, with this token, or the agent's where it is empty. The first is [`SHARED`].
    fn lane(&mut self, token: &Secret) -> u32 {
        let home = if self.lanes.is_empty() { SHARED } else { next_id(&self.ids) };
        let session = Box::new(Session::new(self.config.session(token), Rc::clone(&self.ids)));
        let number = next_id(&self.ids);
        let (wake, listed) = (f64::INFINITY, String::new());
        self.lanes.push(Lane { home, number, session, wake, held: false, listed, asked: false });
        home
    }

    fn session(&mut self, number: u32) -> (Option<&mut Session>, &mut Vec<session::Action>) {
        let lane = self.lanes.iter_mut().find(|lane| lane.number == number);
        (lane.map(|lane| &mut *lane.session), &mut self.said)
    }

    /// The lane whose POST this is; 0 for none.
    fn lane_of(&self, post: PostId) -> u32 {
        self.lanes.iter().find(|lane| lane.session.has_post(post)).map_or(0, |lane| lane.number)
    }

    /// After every input of one lane.
    fn heard(&mut self, lane: u32, at: &At, out: &mut Vec<Action>) {
        self.relay(lane, at, out);
        self.go(at, out);
    }

    /// Hands on what the session of a lane said.
    fn relay(&mut self, lane: u32, at: &At, out: &mut Vec<Action>) {
        for action in core::mem::take(&mut self.said) {
            out.push(match action {
                session::Action::OpenStream(request) => Action::OpenStream { lane, request },
                session::Action::CloseStream => Action::CloseStream { lane },
                session::Action::Post { id, request } => {
                    Action::Post { post: id, request, limit: self.config.max_event_bytes }
                }
                session::Action::AbortPost(id) => Action::AbortPost(id),
                session::Action::Push { params, id } => {
                    self.pushed(lane, params, &id, at, out);
                    continue;
                }
                session::Action::Asked { id, params } => {
                    self.asked(lane, id, &params, at, out);
                    continue;
                }
                session::Action::Over(error) => {
                    self.lost(&error, at, out);
                    continue;
                }
                session::Action::Wake(ms) => {
                    if let Some(lane) = self.lanes.iter_mut().find(|known| known.number == lane) {
                        lane.wake = ms;
                    }
                    continue;
                }
                session::Action::Settle { call, result } => {
                    self.settled(call, result, at, out);
                    continue;
                }
            });
        }
    }

    /// Does what can be done now, and tells when there will be more.
    fn go(&mut self, at: &At, out: &mut Vec<Action>) {
        while self.attempt(at, out) {}
        self.watch(at, out);
        self.sweep(at, out);
        if self.phase == Phase::Closed {
            return;
        }
        let mut wake = self.watch.due;
        for task in &self.tasks {
            wake = wake.min(task.due);
        }
        for question in &self.questions {
            wake = wake.min(question.deadline);
        }
        for lane in &self.lanes {
            // What an ended session wanted does not count.
            if !lane.session.ended() {
                wake = wake.min(lane.wake);
            }
        }
        if wake.is_finite() && wake != self.told {
            self.told = wake;
            out.push(Action::Wake(wake));
        }
    }

    /// Closes the sessions that nobody has a use for any more.
    fn sweep(&mut self, at: &At, out: &mut Vec<Action>) {
        let over = self.phase != Phase::Open && self.tasks.is_empty();
        let mut index = 0_usize;
        while let Some(lane) = self.lanes.get_mut(index) {
            let home = lane.home;
            let used = |tasks: &Tasks| tasks.iter().any(|task| task.home == home);
            let waits = self.batches.iter().any(|batch| used(&batch.waiting));
            if (home == SHARED && !over) || waits || used(&self.tasks) {
                index = index.saturating_add(1);
                continue;
            }
            let number = lane.number;
            lane.session.close(&mut self.said);
            self.lanes.remove(index);
            self.relay(number, at, out);
        }
        if over && self.phase != Phase::Closed {
            self.phase = Phase::Closed;
            out.push(Action::Closed);
        }
    }
}

/// Why a call of a link that closes is none.
fn closed() -> Error {
    Error::transport("STREAM_LOST", "the session was closed")
}

fn given_up() -> Error {
    Error::transport("ABORTED", "the send was given up")
}
