//! Whose turn is it: the handlers there are, and which of them an event runs.

use crate::model::event::{Event, Kind};
use crate::prelude::*;
use crate::text::concat;

use super::dedupe::StoreFailure;
use super::read::cut;

/// The handlers there are: a line for each, by number; the line of one that was taken out is empty. A line is the `type` of the
/// events it is for, `message:` and a channel, `event:` and an event's name on the wire, `any`, or `error` for what handlers throw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry(pub(super) String);

impl Registry {
    /// From its lines, each of which ends with a line feed.
    #[must_use]
    pub fn of_lines(lines: String) -> Self {
        Self(lines)
    }

    /// The handlers of an event in the order they run: those for its channel or name, those for its kind, those for all;
    /// inside each, as registered.
    #[must_use]
    pub fn plan(&self, event: &Event) -> Vec<u32> {
        let mut plan = Vec::new();
        self.plan_into(event, &mut plan);
        plan
    }

    pub(super) fn plan_into(&self, event: &Event, plan: &mut Vec<u32>) {
        let before = plan.len();
        let (word, special) = match event.kind {
            Kind::Message => ("message:", &event.channel),
            Kind::AccountVerified | Kind::AccountEvent => ("event:", &event.name),
            _ => ("", &None),
        };
        if let Some(special) = special {
            self.append(&concat(&[word, special]), plan);
        }
        self.append(if event.kind == Kind::Capabilities { "unknown" } else { event.kind.as_str() }, plan);
        if plan.len() == before && event.kind == Kind::AccountEvent {
            self.append("unknown", plan);
        }
        self.append("any", plan);
    }

    /// Appends the handlers that are registered for exactly this line.
    #[inline(never)]
    pub(super) fn append(&self, wanted: &str, plan: &mut Vec<u32>) {
        let (mut rest, mut number) = (self.0.as_str(), 0_u32);
        while !rest.is_empty() {
            let (line, after) = cut(rest, b'\n');
            if line == wanted {
                plan.push(number);
            }
            (rest, number) = (after, number.saturating_add(1));
        }
    }
}

/// What a host decides about handling.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Deadline of all handlers of one request, in milliseconds; the service waits 10 seconds.
    pub handlers_ms: f64,
    /// Whether a delivery counts as handled although a handler threw.
    pub accept_errors: bool,
}

impl Policy {
    /// With the default deadline where the host gives none: 9 s before the answer, 25 s after it.
    #[must_use]
    pub fn of(handlers_ms: Option<f64>, accept_errors: bool, ack_before: bool) -> Self {
        let default_ms = if ack_before { 25_000.0 } else { 9_000.0 };
        Self { handlers_ms: handlers_ms.unwrap_or(default_ms), accept_errors }
    }
}

/// What became of the events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Whether there was something to handle: an envelope of WhatsApp, or an event that is not unknown.
    pub processed: bool,
    /// Messages.
    pub messages: usize,
    /// Receipts.
    pub receipts: usize,
    /// Everything else.
    pub others: usize,
    /// Events not handled because they were before.
    pub duplicates: usize,
    /// What handlers threw, by number: 0 is what the first call that threw did.
    pub errors: Vec<usize>,
    /// Whether the handlers' deadline passed. What did not end in time failed; their signal is to be aborted.
    pub timed_out: bool,
    /// What went wrong in the store first: for the log.
    pub store: Option<StoreFailure>,
    /// Whether the log gets the errors, because no handler does.
    pub log_errors: bool,
    /// How many unknown events nobody handles: for the log.
    pub unhandled: usize,
    /// Whether the log is told that the handlers took too long: where the answer waited for them.
    pub log_timed_out: bool,
}
