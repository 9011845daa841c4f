//! Whose turn is it: the handlers there are, and which of them an event runs.

use crate::model::event::{Event, Kind};
use crate::prelude::*;
use crate::text::concat;

use super::dedupe::StoreFailure;
use super::read::cut;

/// What a handler is registered for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum On {
    /// Messages: of one channel, or of all.
    Message(Option<String>),
    /// What became of our messages.
    DeliveryReceipt,
    /// Changes of state.
    StatusUpdate,
    /// A workspace was verified.
    AccountVerified,
    /// Any other event about a workspace.
    AccountEvent,
    /// An event about a workspace by its name, `account.verified` included.
    Named(String),
    /// Our own messages, come back.
    Echo,
    /// Messages of ours that the server could not send.
    FailedOutbound,
    /// What no other kind covers, and account events that nobody else wants.
    Unknown,
    /// Every event, after its own handlers.
    Any,
    /// What handlers throw.
    Error,
}

impl On {
    /// By the word of an event's `type`; `filter` is the channel of a message or the name of an account event. A filter with
    /// a line break is none.
    #[must_use]
    pub fn named(kind: &str, filter: Option<String>) -> Option<Self> {
        if filter.as_ref().is_some_and(|filter| filter.bytes().any(|byte| byte == b'\n')) {
            return None;
        }
        Some(match (kind, filter) {
            ("message", channel) => Self::Message(channel),
            ("event", Some(name)) => Self::Named(name),
            ("delivery_receipt", None) => Self::DeliveryReceipt,
            ("status_update", None) => Self::StatusUpdate,
            ("account_verified", None) => Self::AccountVerified,
            ("account_event", None) => Self::AccountEvent,
            ("echo", None) => Self::Echo,
            ("failed_outbound", None) => Self::FailedOutbound,
            ("unknown", None) => Self::Unknown,
            ("any", None) => Self::Any,
            ("error", None) => Self::Error,
            _ => return None,
        })
    }

    /// As a line of a [`Registry`]: the word, and behind a colon the filter.
    #[must_use]
    pub fn line(&self) -> String {
        match self {
            Self::Message(Some(channel)) => concat(&["message:", channel]),
            Self::Named(name) => concat(&["event:", name]),
            Self::Message(None) => "message".to_owned(),
            Self::DeliveryReceipt => "delivery_receipt".to_owned(),
            Self::StatusUpdate => "status_update".to_owned(),
            Self::AccountVerified => "account_verified".to_owned(),
            Self::AccountEvent => "account_event".to_owned(),
            Self::Echo => "echo".to_owned(),
            Self::FailedOutbound => "failed_outbound".to_owned(),
            Self::Unknown => "unknown".to_owned(),
            Self::Any => "any".to_owned(),
            Self::Error => "error".to_owned(),
        }
    }
}

/// The handlers there are: a line for each, by number; the line of one that was taken out is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry(String);

impl Registry {
    /// From its lines (see [`On::line`]), each of which ends with a line feed.
    #[must_use]
    pub fn of_lines(lines: String) -> Self {
        Self(lines)
    }

    /// Adds a handler; its number is the same in every isolate that registers the same handlers in the same order.
    pub fn add(&mut self, on: On) -> u32 {
        let number = self.0.bytes().filter(|byte| *byte == b'\n').count();
        self.0.push_str(&on.line());
        self.0.push('\n');
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// Takes a handler out.
    pub fn remove(&mut self, number: u32) {
        let mut kept = String::new();
        for (place, line) in (0..).zip(self.0.lines()) {
            kept.push_str(if place == number { "" } else { line });
            kept.push('\n');
        }
        self.0 = kept;
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
