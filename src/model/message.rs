//! The members of a message event, in the order they are written.

use std::borrow::Cow;

use super::event::Kind;
use crate::json::Writer;

/// A member of a message. The order is that of [`NAMES`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slot {
    Id,
    ExternalId,
    Sender,
    To,
    Channel,
    Text,
    Content,
    MediaUrl,
    MediaType,
    MimeType,
    FileName,
    Attachments,
    Subject,
    Html,
    IsVoiceMessage,
    VoiceTranscription,
    IsGroup,
    GroupId,
    GroupName,
    SenderName,
    SenderSid,
    ReplyTo,
    AgentId,
    AgentName,
    SessionId,
    Session,
    ThreadId,
    ReceivedAt,
    Whatsapp,
    Raw,
    /// Written for failed outbound messages only.
    Reason,
}

const NAMES: [&str; 31] = [
    "id",
    "externalId",
    "sender",
    "to",
    "channel",
    "text",
    "content",
    "mediaUrl",
    "mediaType",
    "mimeType",
    "fileName",
    "attachments",
    "subject",
    "html",
    "isVoiceMessage",
    "voiceTranscription",
    "isGroup",
    "groupId",
    "groupName",
    "senderName",
    "senderSid",
    "replyTo",
    "agentId",
    "agentName",
    "sessionId",
    "session",
    "threadId",
    "receivedAt",
    "whatsapp",
    "raw",
    "reason",
];

/// A message being put together: each member as JSON, `null` until it is set.
pub(crate) struct Draft<'a>([Cow<'a, str>; NAMES.len()]);

impl<'a> Draft<'a> {
    pub(crate) fn new() -> Self {
        Self([const { Cow::Borrowed("null") }; NAMES.len()])
    }

    /// Sets a member to this JSON.
    pub(crate) fn set(&mut self, slot: Slot, json: impl Into<Cow<'a, str>>) {
        if let Some(place) = self.0.get_mut(slot as usize) {
            *place = json.into();
        }
    }

    /// The member's JSON.
    pub(crate) fn get(&self, slot: Slot) -> &str {
        self.0.get(slot as usize).map_or("null", |json| json)
    }

    /// The event as JSON.
    pub(crate) fn finish(&self, kind: Kind) -> String {
        let mut writer = Writer::new();
        writer.object();
        writer.key("type").string(kind.as_str());
        let members = if kind == Kind::FailedOutbound { NAMES.len() } else { Slot::Reason as usize };
        for (name, json) in NAMES.iter().zip(&self.0).take(members) {
            writer.key(name).raw(json);
        }
        writer.end_object();
        writer.finish()
    }
}
