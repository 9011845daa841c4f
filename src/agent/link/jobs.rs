//! Attempts and ends (wire-contract 4, with the better behaviours of 11).
//!
//! One idempotency key for all attempts of a send. Tried again is only what may heal: lost connections, 5xx, 429 after
//! the pause the server asked for. A refused token ends it at once. Everything ends by its deadline.

use super::{Action, At, End, Link, Method, Phase};
use crate::agent::payload::Payload;
use crate::agent::report::{Failure, SendResult, read_error, read_result, rpc_error};
use crate::backoff;
use crate::error::Error;
use crate::json::{self, MAX_DEPTH, Value, Writer};
use crate::mcp::session::{CallError, CallId, Outcome, Reply, is_due, next_id};
use crate::prelude::*;
use crate::text::concat;

/// The results of a batch so far, in the order of its messages.
pub(super) struct Batch {
    pub(super) job: u32,
    pub(super) results: Vec<SendResult>,
}

/// What has attempts and a deadline: a message, or another call.
pub(super) struct Task {
    pub(super) job: u32,
    pub(super) method: Method,
    /// Its place in a batch, or [`SINGLE`].
    pub(super) place: usize,
    /// The lane it goes over.
    pub(super) home: u32,
    /// The parameters of the request, as JSON; empty if there are none.
    pub(super) params: String,
    /// The idempotency key of a send; the names that a list of tools has so far.
    pub(super) text: String,
    pub(super) timeout_ms: f64,
    start: f64,
    deadline: f64,
    pub(super) max_attempts: i64,
    tried: u32,
    /// How often the request left this side.
    attempts: u32,
    /// An earlier attempt may have been carried out.
    unsure: bool,
    /// The attempt that is under way.
    call: Option<CallId>,
    /// When the next attempt is due; never while one is under way, or as long as its batch has no room for it.
    pub(super) due: f64,
}

/// The place of a task that is no part of a batch.
pub(super) const SINGLE: usize = usize::MAX;

/// Pages of a list of tools; no server has as many.
const MAX_PAGES: u32 = 100;

impl Link {
    /// Makes an attempt that is due, if there is one.
    pub(super) fn attempt(&mut self, at: &At, out: &mut Vec<Action>) -> bool {
        let Some(task) = self.tasks.iter_mut().find(|task| is_due(task.due, at.ms)) else { return false };
        if task.tried == 0 {
            task.start = at.ms;
            task.deadline = at.ms + task.timeout_ms;
            if task.method == Method::Send {
                task.deadline = task.deadline.min(self.by);
            }
        }
        task.tried = task.tried.saturating_add(1);
        task.due = f64::INFINITY;
        let Some(lane) = self.lanes.iter_mut().find(|lane| lane.home == task.home) else { return true };
        if lane.session.ended() {
            lane.session.renew();
            lane.number = next_id(&self.ids);
        }
        let number = lane.number;
        let method = if task.method == Method::ListTools { "tools/list" } else { "tools/call" };
        let params = Some(task.params.as_str()).filter(|params| !params.is_empty());
        let left = task.deadline - at.ms;
        task.call = Some(lane.session.call(method, params, left, at.ms, &mut self.said));
        self.relay(number, at, out);
        true
    }

    /// An attempt ended.
    pub(super) fn settled(
        &mut self,
        call: CallId,
        result: Result<Reply, CallError>,
        at: &At,
        out: &mut Vec<Action>,
    ) {
        let Some(index) = self.tasks.iter().position(|task| task.call == Some(call)) else { return };
        let Some(task) = self.tasks.get_mut(index) else { return };
        task.call = None;
        let result = match result {
            Ok(Reply::Result(list)) if task.method == Method::ListTools => match task.page(&list) {
                Ok(true) => Ok(Reply::Result(concat(&["[", &task.text, "]"]))),
                Ok(false) => return,
                Err(error) => Err(CallError { error, outcome: Outcome::Unknown, posted: true }),
            },
            Ok(reply) => Ok(reply),
            Err(mut failed) => {
                if failed.error.code == "TIMEOUT" {
                    // A deadline that passed is the task's, whichever attempt it caught.
                    let message = failed.error.message.as_str();
                    failed.error = Error::deadline("TIMEOUT", message, task.deadline - task.start);
                }
                task.count(&failed);
                let error = &failed.error;
                let again = error.retryable
                    && !error.kind.is_auth()
                    && i64::from(task.tried) < task.max_attempts
                    && (task.method != Method::Send || !task.unsure || self.config.retry_unknown)
                    && self.phase != Phase::Closing;
                let pause = backoff::pause_ms(task.tried, at.chance).max(error.retry_after_ms.unwrap_or(0.0));
                // Past the deadline there is no use in waiting: better to say now what is known.
                if again && at.ms + pause < task.deadline {
                    task.due = at.ms + pause;
                    return;
                }
                Err(failed)
            }
        };
        self.end(index, result, out);
    }

    /// A task ended; with it, it may be, its call.
    fn end(&mut self, index: usize, result: Result<Reply, CallError>, out: &mut Vec<Action>) {
        if index < self.tasks.len() {
            let task = self.tasks.remove(index);
            let (job, place) = (task.job, task.place);
            self.ended(job, place, task.end(result), out);
            self.release(job, out);
        }
    }

    /// Tells how a call ended, or keeps how a part of it did.
    pub(super) fn ended(&mut self, job: u32, place: usize, end: End, out: &mut Vec<Action>) {
        match end {
            End::Sent(result) if place != SINGLE => {
                if let Some(batch) = self.batches.iter_mut().find(|batch| batch.job == job) {
                    let later = batch.results.iter().position(|other| other.place > place);
                    batch.results.insert(later.unwrap_or(batch.results.len()), result);
                }
            }
            end => out.push(Action::Ended { job, end }),
        }
    }

    /// Lets a call's next task go; of a batch that has no more, tells the end.
    pub(super) fn release(&mut self, job: u32, out: &mut Vec<Action>) {
        let mut more = false;
        for task in self.tasks.iter_mut().filter(|task| task.job == job) {
            more = true;
            if task.tried == 0 && task.due == f64::INFINITY {
                task.due = f64::NEG_INFINITY;
                return;
            }
        }
        if let Some(index) = self.batches.iter().position(|batch| batch.job == job)
            && !more
        {
            let end = End::SentMany(self.batches.remove(index).results);
            out.push(Action::Ended { job, end });
        }
    }

    /// Ends a call, or every one (0), with this error; with `sends` none but sends, and the others without a word.
    pub(super) fn give_up(&mut self, which: u32, error: &Error, sends: bool, at: &At, out: &mut Vec<Action>) {
        // The latest first: what still waits for its POST must not get it now.
        loop {
            let mut found = None;
            for (index, task) in self.tasks.iter().enumerate() {
                if (which == 0 || task.job == which) && found.is_none_or(|(_, call)| task.call > call) {
                    found = Some((index, task.call));
                }
            }
            let Some((index, _)) = found else { return };
            let Some(task) = self.tasks.get_mut(index) else { return };
            let mut outcome = Outcome::NotSent;
            let lane = self.lanes.iter_mut().find(|lane| lane.home == task.home);
            let mut number = 0;
            if let (Some(call), Some(lane)) = (task.call.take(), lane) {
                outcome = lane.session.cancel(call, at.ms, &mut self.said);
                number = lane.number;
            }
            let failed = CallError { error: error.clone(), outcome, posted: outcome == Outcome::Unknown };
            task.count(&failed);
            let silent = sends && task.method != Method::Send;
            self.relay(number, at, out);
            if silent {
                self.tasks.remove(index);
            } else {
                self.end(index, Err(failed), out);
            }
        }
    }
}

impl Task {
    pub(super) fn new(
        job: u32,
        method: Method,
        place: usize,
        home: u32,
        params: String,
        timeout_ms: f64,
    ) -> Self {
        Self {
            job,
            method,
            place,
            home,
            params,
            text: String::new(),
            timeout_ms,
            start: 0.0,
            deadline: 0.0,
            max_attempts: 1,
            tried: 0,
            attempts: 0,
            unsure: false,
            call: None,
            due: f64::INFINITY,
        }
    }

    /// Counts an attempt that failed.
    fn count(&mut self, failed: &CallError) {
        self.attempts = self.attempts.saturating_add(u32::from(failed.posted));
        self.unsure |= failed.outcome == Outcome::Unknown;
    }

    /// Reads a page of `tools/list`; true if it is the last one, else the next one is due.
    fn page(&mut self, list: &str) -> Result<bool, Error> {
        let list = json::parse_str(list, MAX_DEPTH).unwrap_or(Value::NULL);
        for tool in list.at("tools").items() {
            let name = tool.at("name");
            if name.is_text() {
                self.text.push_str(if self.text.is_empty() { "" } else { "," });
                self.text.push_str(name.raw());
            }
        }
        let next = list.at("nextCursor");
        if !next.is_text() || next.raw().len() <= 2 {
            return Ok(true);
        }
        if self.tried >= MAX_PAGES {
            return Err(Error::protocol("PROTOCOL", "the list of tools does not end"));
        }
        let mut params = Writer::new();
        params.object().key("cursor").raw(next.raw()).end_object();
        self.params = params.finish();
        self.due = f64::NEG_INFINITY;
        Ok(false)
    }

    /// What the caller gets.
    fn end(self, result: Result<Reply, CallError>) -> End {
        let params = json::parse_str(&self.params, MAX_DEPTH).unwrap_or(Value::NULL);
        let mut tool = params.at("name").chars();
        if tool.is_empty() {
            tool.push_str("tools/list");
        }
        if self.method == Method::Send {
            let (mut attempts, mut raw) = (self.attempts, "null".to_owned());
            let mut end = match result {
                Err(failed) => Err(Failure::call(failed)),
                Ok(reply) => {
                    attempts = attempts.saturating_add(1);
                    let end;
                    (end, raw) = match reply {
                        Reply::Result(result) => (read_result(&result, &tool), result),
                        Reply::Error(error) => (Err(read_error(&error, &tool)), error),
                    };
                    end
                }
            };
            if let Err(failure) = &mut end
                && self.unsure
            {
                failure.outcome = Outcome::Unknown;
            }
            return End::Sent(SendResult {
                place: self.place,
                end,
                attempts,
                idempotency_key: self.text,
                raw,
            });
        }
        let result = match result {
            Ok(Reply::Result(list)) if self.method == Method::ListTools => return End::Json(list),
            Ok(Reply::Result(result)) => Ok(Payload::read(&result)),
            Ok(Reply::Error(error)) => Err(rpc_error(&error, &tool)),
            Err(failed) => Err(failed.error),
        };
        if self.method == Method::Ping {
            // A result with anything in it, even one that says it failed, as in the reference.
            let alive = result.is_ok_and(|payload| !payload.is_empty());
            return End::Json(if alive { "true" } else { "false" }.to_owned());
        }
        match result {
            Ok(payload) => End::Json(payload.into_json()),
            Err(error) => End::Failed(error),
        }
    }
}
