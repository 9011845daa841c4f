//! Handlers by what they are for, as `js/inbound.js` writes them into the lines of a registry.

use crate::inbound::dispatch::Registry;
use crate::text::concat;

/// What a handler is registered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum On {
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
    /// As a line of a [`Registry`]: the word, and behind a colon the filter.
    fn line(&self) -> String {
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

impl Registry {
    /// Adds a handler; its number is the same in every isolate that registers the same handlers in the same order.
    pub(crate) fn add(&mut self, on: On) -> u32 {
        let number = self.0.bytes().filter(|byte| *byte == b'\n').count();
        self.0.push_str(&on.line());
        self.0.push('\n');
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// Takes a handler out.
    pub(crate) fn remove(&mut self, number: u32) {
        let mut kept = String::new();
        for (place, line) in (0..).zip(self.0.lines()) {
            kept.push_str(if place == number { "" } else { line });
            kept.push('\n');
        }
        self.0 = kept;
    }
}
