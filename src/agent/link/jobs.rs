//! Attempts and ends (wire-contract 4, with the better behaviours of 11).
//!
//! One idempotency key for all attempts of a send. Tried again is only what may heal: lost connections, 5xx, 429 after
//! the pause the server asked for. A refused token ends it at once. Everything ends by its deadline.

use super::{Action, At, End, Link, Method, Phase};
use crate::agent::payload::Payload;
use crate::agent::report::{Failure, SendResult, read_answer, read_error, read_result, rpc_error};
use crate::agent::tools::fitting;
use crate::backoff;
use crate::error::Error;
use crate::json::{Value, Writer};
use crate::mcp::session::{CallError, CallId, Outcome, Reply, is_due};
use crate::prelude::*;
use crate::text::concat;

/// A batch: what became of its messages so far, and those that wait for room, the next one last.
pub(super) struct Batch {
    pub(super) job: u32,
    pub(super) results: Vec<SendResult>,
    pub(super) waiting: Tasks,
}

/// In boxes, because they are large and on the move: half a KB of code less.
pub(super) type Tasks = Vec<Box<Task>>;

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
    /// The idempotency key of a send; the tools that a list has so far.
    pub(super) text: String,
    /// What is asked first, or is all that is asked, is the list of tools.
    lists: bool,
    /// Another task asks for it.
    waits: bool,
    /// How often the call itself was tried before the list was asked for.
    before: u32,
    /// The parameters for the next page of the list.
    cursor: String,
    pub(super) timeout_ms: f64,
    /// When its webhook's budget is used up.
    by: f64,
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
    /// When the next attempt is due; never while one is under way.
    pub(super) due: f64,
}

/// The place of a task that is no part of a batch.
pub(super) const SINGLE: usize = usize::MAX;

/// Pages of a list of tools; no server has as many.
const MAX_PAGES: u32 = 100;

impl Link {
    /// Makes an attempt that is due, if there is one.
    pub(super) fn attempt(&mut self, at: &At, out: &mut Vec<Action>) -> bool {
        let Some(home) = self.tasks.iter().find(|task| is_due(task.due, at.ms)).map(|task| task.home) else {
            return false;
        };
        self.revive(home, at, out);
        let due = |task: &Task| task.home == home && is_due(task.due, at.ms);
        let Some(index) = self.tasks.iter().position(|task| due(task)) else { return true };
        let Some(task) = self.tasks.get_mut(index) else { return true };
        if task.deadline == 0.0 {
            task.start = at.ms;
            task.deadline = (at.ms + task.timeout_ms).min(task.by);
        }
        task.due = f64::INFINITY;
        task.waits = false;
        let Some(lane) = self.lanes.iter_mut().find(|lane| lane.home == task.home) else { return true };
        lane.asked |= task.lists;
        if task.asks() {
            if lane.listed.is_empty() {
                if !lane.asked || task.lists {
                    if !task.lists {
                        task.before = task.tried;
                    }
                    (task.lists, lane.asked) = (true, true);
                } else if at.ms < task.deadline {
                    (task.waits, task.due) = (true, task.deadline);
                    return true;
                } // Else there is no time left, which the session says.
            } else if !task.lists {
                match fitting(task.method.row(), &task.params, &lane.listed) {
                    Ok(params) => task.params = params,
                    Err(error) => {
                        let failed = CallError { error, outcome: Outcome::NotSent, posted: false };
                        self.end(index, Err(failed), out);
                        return true;
                    }
                }
            }
        }
        task.tried = task.tried.saturating_add(1);
        let number = lane.number;
        let (method, params) =
            if task.lists { ("tools/list", &task.cursor) } else { ("tools/call", &task.params) };
        let params = Some(params.as_str()).filter(|params| !params.is_empty());
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
        let (lists, home) = (task.lists, task.home);
        let result = match result {
            Ok(reply) if lists => {
                let more = match &reply {
                    Reply::Result(list) => task.page(list, self.config.max_event_bytes),
                    Reply::Error(_) => Ok(false),
                };
                if more == Ok(true) {
                    return;
                }
                task.lists = false;
                let list = concat(&["[", &task.text, "]"]);
                let first = task.method != Method::ListTools;
                if first {
                    // Now the call itself; without a list under our names.
                    (task.tried, task.due) = (task.before, f64::NEG_INFINITY);
                    task.text.clear();
                }
                if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.home == home) {
                    lane.listed = list;
                }
                self.wake(home);
                if first {
                    return;
                }
                match more {
                    Err(error) => Err(CallError { error, outcome: Outcome::Unknown, posted: true }),
                    Ok(_) => Ok(reply),
                }
            }
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
        let fate = match &result {
            // Without this session there would be no list for them either; a deadline is each one's own.
            Err(failed) if lists && failed.error.code != "TIMEOUT" => Some(failed.clone()),
            _ => None,
        };
        self.end(index, result, out);
        if let Some(failed) = fate {
            while let Some(index) = self.tasks.iter().position(|task| task.waits && task.home == home) {
                self.end(index, Err(failed.clone()), out);
            }
        }
        if lists {
            self.wake(home);
        }
    }

    /// Lets those go on that wait for a list of tools in this lane.
    fn wake(&mut self, home: u32) {
        for lane in self.lanes.iter_mut().filter(|lane| lane.home == home) {
            lane.asked = false;
        }
        for task in self.tasks.iter_mut().filter(|task| task.waits && task.home == home) {
            task.due = f64::NEG_INFINITY;
        }
    }

    /// A task ended; with it, it may be, its call.
    fn end(&mut self, index: usize, result: Result<Reply, CallError>, out: &mut Vec<Action>) {
        if index < self.tasks.len() {
            let task = self.tasks.remove(index);
            let (job, place, home) = (task.job, task.place, task.home);
            let mut end = task.end(result);
            let error = match &mut end {
                End::Failed(error) => Some(error),
                End::Sent(SendResult { end: Err(failure), .. }) => Some(&mut failure.cause),
                _ => None,
            };
            if let (Some(error), Some(lane)) = (error, self.lanes.iter().find(|lane| lane.home == home)) {
                error.redact(lane.session.token());
            }
            self.ended(job, place, end, out);
            self.release(job, out);
        }
    }

    /// Tells how a call ended, or keeps how a part of it did.
    pub(super) fn ended(&mut self, job: u32, place: usize, end: End, out: &mut Vec<Action>) {
        match end {
            End::Sent(result) if place != SINGLE => {
                if let Some(batch) = self.batches.iter_mut().find(|batch| batch.job == job) {
                    batch.results.push(result);
                }
            }
            end => out.push(Action::Ended { job, end }),
        }
    }

    /// Lets a batch's next message go; of one that has no more, tells the end.
    pub(super) fn release(&mut self, job: u32, out: &mut Vec<Action>) {
        let Some(index) = self.batches.iter().position(|batch| batch.job == job) else { return };
        let Some(batch) = self.batches.get_mut(index) else { return };
        if let Some(next) = batch.waiting.pop() {
            self.tasks.push(next);
        } else if self.tasks.iter().all(|task| task.job != job) {
            let end = End::SentMany(in_order(self.batches.remove(index).results));
            out.push(Action::Ended { job, end });
        }
    }

    /// Ends the messages of a batch, or of every one (0), that were not begun.
    fn give_up_waiting(&mut self, which: u32, error: &Error, out: &mut Vec<Action>) {
        let mut waiting = Vec::new();
        for batch in self.batches.iter_mut().filter(|batch| which == 0 || batch.job == which) {
            waiting.append(&mut batch.waiting);
        }
        while let Some(task) = waiting.pop() {
            let failed = CallError { error: error.clone(), outcome: Outcome::NotSent, posted: false };
            let (job, place) = (task.job, task.place);
            self.ended(job, place, task.end(Err(failed)), out);
            if waiting.last().is_none_or(|next| next.job != job) {
                self.release(job, out);
            }
        }
    }

    /// Ends a call, or every one (0), with this error; with `sends` none but sends, and the others without a word.
    pub(super) fn give_up(&mut self, which: u32, error: &Error, sends: bool, at: &At, out: &mut Vec<Action>) {
        self.give_up_waiting(which, error, out);
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
            let (home, lists) = (task.home, task.lists);
            if lists {
                self.wake(home);
            }
            self.relay(number, at, out);
            if silent {
                self.tasks.remove(index);
            } else {
                self.end(index, Err(failed), out);
            }
        }
    }
}

/// Each result in its place: all places are there, each once.
fn in_order(mut results: Vec<SendResult>) -> Vec<SendResult> {
    let mut index = 0_usize;
    while let Some(result) = results.get(index) {
        let place = result.place;
        if place > index && place < results.len() {
            results.swap(index, place);
        } else {
            index = index.saturating_add(1);
        }
    }
    results
}

impl Task {
    pub(super) fn new(
        job: u32,
        method: Method,
        place: usize,
        home: u32,
        params: String,
        timeout_ms: f64,
        by: f64,
    ) -> Box<Self> {
        Box::new(Self {
            job,
            method,
            place,
            home,
            params,
            text: String::new(),
            lists: method == Method::ListTools,
            waits: false,
            before: 0,
            cursor: String::new(),
            timeout_ms,
            by,
            start: 0.0,
            deadline: 0.0,
            max_attempts: 1,
            tried: 0,
            attempts: 0,
            unsure: false,
            call: None,
            due: f64::NEG_INFINITY,
        })
    }

    /// Counts an attempt that failed.
    fn count(&mut self, failed: &CallError) {
        self.attempts = self.attempts.saturating_add(u32::from(failed.posted));
        self.unsure |= failed.outcome == Outcome::Unknown;
    }

    /// Whether the list of tools says how to call it.
    fn asks(&self) -> bool {
        matches!(self.method, Method::Tool(_)) && self.method.row().asks()
    }

    /// Reads a page of `tools/list`; false if it is the last one, else the next one is due.
    fn page(&mut self, list: &str, limit: usize) -> Result<bool, Error> {
        let list = Value::known(list);
        for tool in list.at("tools").items() {
            if tool.at("name").is_text() {
                self.text.push_str(if self.text.is_empty() { "" } else { "," });
                self.text.push_str(tool.raw());
            }
        }
        let next = list.at("nextCursor");
        if !next.is_text() || next.raw().len() <= 2 {
            return Ok(false);
        }
        if self.tried >= MAX_PAGES || self.text.len() > limit {
            return Err(Error::protocol("PROTOCOL", "the list of tools does not end"));
        }
        let mut params = Writer::new();
        params.object().key("cursor").raw(next.raw()).end_object();
        self.cursor = params.finish();
        self.due = f64::NEG_INFINITY;
        Ok(true)
    }

    /// What the caller gets.
    #[expect(clippy::boxed_local, reason = "it comes in one, see `Tasks`")]
    fn end(self: Box<Self>, result: Result<Reply, CallError>) -> End {
        let params = Value::known(&self.params);
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
            Ok(Reply::Result(_)) if self.method == Method::ListTools => return End::Json(names(&self.text)),
            Ok(Reply::Result(result)) if matches!(self.method, Method::Tool(_)) => {
                let given = params.at("arguments");
                return read_answer(&result, &tool, given).map_or_else(End::Failed, End::Json);
            }
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

/// The names of tools, given with commas between them.
fn names(tools: &str) -> String {
    let mut out = Writer::new();
    out.array();
    let list = concat(&["[", tools, "]"]);
    for tool in Value::known(&list).items() {
        out.raw(tool.at("name").raw());
    }
    out.end_array();
    out.finish()
}
