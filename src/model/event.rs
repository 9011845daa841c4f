//! One thing that arrived, read and written down as JSON.

use crate::json::Writer;
use crate::prelude::*;

/// What an event is. The word is the `type` of its JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A message from a person.
    Message,
    /// Our own message, come back.
    Echo,
    /// A message of ours that the server could not send.
    FailedOutbound,
    /// What became of a message of ours.
    DeliveryReceipt,
    /// A change of the agent's or connection's state.
    StatusUpdate,
    /// A workspace was verified; carries its token.
    AccountVerified,
    /// Any other event about a workspace.
    AccountEvent,
    /// What the server can do for this agent; only from a live connection.
    Capabilities,
    /// Something that no other kind covers, or that could not be read.
    #[default]
    Unknown,
}

impl Kind {
    /// The word in `type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Echo => "echo",
            Self::FailedOutbound => "failed_outbound",
            Self::DeliveryReceipt => "delivery_receipt",
            Self::StatusUpdate => "status_update",
            Self::AccountVerified => "account_verified",
            Self::AccountEvent => "account_event",
            Self::Capabilities => "capabilities",
            Self::Unknown => "unknown",
        }
    }
}

/// An event: what the handlers need to be chosen by, and the JSON they are given.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// What it is.
    pub kind: Kind,
    /// Channel of a message or receipt.
    #[cfg(feature = "main")]
    pub channel: Option<String>,
    /// Name of an account event, such as `account.verified`.
    #[cfg(feature = "main")]
    pub name: Option<String>,
    /// What makes it this event and no other, the same in every repeat: `message:<channel>:<id>`,
    /// `receipt:<channel>:<id>:<status>:<timestamp>`. `None` where the payload has no id.
    pub identity: Option<String>,
    /// The event as JSON, in the shape of the declarations: every member there, `null` for "not there", texts exactly
    /// as they came.
    pub json: String,
}

/// Shows no content: messages are personal, and an account event holds a token.
impl core::fmt::Debug for Event {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = f.debug_struct("Event");
        shown.field("kind", &self.kind).field("identity", &self.identity);
        #[cfg(feature = "main")]
        shown.field("channel", &self.channel).field("name", &self.name);
        shown.finish_non_exhaustive()
    }
}

impl Event {
    /// Writes the event as a JSON value.
    pub fn write_json(&self, writer: &mut Writer) {
        writer.raw(&self.json);
    }
}

/// Appends the events as one JSON array.
pub(crate) fn write(events: &[Event], writer: &mut Writer) {
    writer.array();
    for event in events {
        event.write_json(writer);
    }
    writer.end_array();
}

/// The events as one JSON array.
#[must_use]
pub fn to_json(events: &[Event]) -> String {
    let mut writer = Writer::new();
    write(events, &mut writer);
    writer.finish()
}
