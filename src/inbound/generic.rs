//! The service's own payloads into events (wire-contract 8.5, 9.2): callbacks, and what a live connection pushes.

use crate::json::doc::Node;
use crate::model::event::Kind;

use super::read::Reader;
use super::shape::Tokens;
use super::whatsapp;

/// The words that make a payload with an id a receipt.
const STATUSES: &str = "queued\nsent\ndelivered\nread\nfailed\nundelivered";

/// What makes it a message, and the word of its placeholder where there is no text.
const CONTENT: &str =
    "media:mediaUrl|media_url media[attachments voice:voiceTranscription|voice_transcription html: subject:";

// Sources: 0 the payload, 1 its first attachment, 2 the placeholder, 3 the MIME type, 4 the content.
const FAILED: &str = "channel|\"sms\":id|messageId|externalId id!id|messageId externalId:externalId|external_id sender!from|sender|\"\" to! channel!channel|\"sms\" \
    text!body|text|2 content$4 \
    mediaUrl!mediaUrl|media_url mediaType!mediaType|media_type mimeType!mimeType|mime_type fileName!fileName|file_name \
    attachments[ fileName:filename|fileName|file_name mimeType:contentType|content_type|mimeType size# url: ] subject: html: \
    isVoiceMessage?isVoiceMessage|is_voice_message voiceTranscription>voiceTranscription|voice_transcription \
    isGroup?groupId|group_id|isGroup|is_group \
    groupId!groupId|group_id groupName!groupName|group_name senderName!senderName|sender_name senderSid!senderSid|sender_sid \
    replyTo!replyTo|reply_to agentId:agentId|agent_id agentName!agentName|agent_name sessionId!sessionId|session_id session< \
    threadId!threadId|thread_id receivedAt;timestamp whatsapp=null raw. reason:reason|error";

/// The same without the reason.
const MESSAGE: &str = FAILED.split_at(FAILED.len() - " reason:reason|error".len()).0;

const FILE: &str = "media{. id=null url~mediaUrl|media_url|1url mimeType~mimeType|mime_type|3|1contentType|1content_type \
    fileName~fileName|file_name|1filename|1fileName|1file_name sha256=null } caption~body|text";

const RECEIPT: &str = "channel:=messageId|message_sid|id:status:=timestamp messageSid&messageId|message_sid|id status: channel~ recipient~to|recipient \
    timestamp; errorCode&errorCode|error_code \
    errors[$|errorCode|error_code|error|errorMessage|error_message code&errorCode|error_code title=null message~error|errorMessage|error_message details=null ] \
    conversation=null pricing=null callbackData=null raw.";

/// The service does not document these members (wire-contract 12, open question 2): they are read where they are there, and
/// `raw` has all of it.
const UPDATE: &str =
    "channel kind!kind|status|state|event|\"status\" detail~detail|reason|message timestamp; raw.";

impl Reader {
    /// Appends the one event of a payload.
    #[inline(never)]
    pub(crate) fn generic(&mut self, payload: Node) {
        if !self.doc.is_object(payload) {
            return self.malformed("the object", payload);
        }
        self.set_sources(&[payload]);
        let word = self.kind_of_content();
        let (called, status) = (self.look("type"), self.look("status"));
        let id = self.look("messageId|message_sid|id");
        let is = |reader: &mut Self, key, json: &str| {
            let value = reader.look(key);
            reader.doc.raw(value) == json
        };
        let receipt = self.among(called, "delivery_receipt\nreceipt");
        let content = !receipt && (word.is_some() || self.says("body|text"));
        let named = self.doc.says(id) && !matches!(self.doc.first(id), b't' | b'{' | b'[');
        let (kind, shape) = if is(self, "echo", "true") || is(self, "isEcho", "true") {
            (Kind::Echo, MESSAGE)
        } else if content && is(self, "direction", "\"outbound\"") {
            (Kind::FailedOutbound, FAILED)
        } else if content && self.says("from|sender") {
            (Kind::Message, MESSAGE)
        } else if named && (self.among(status, STATUSES) || (receipt && self.worded(status))) {
            (Kind::DeliveryReceipt, RECEIPT)
        } else if self.among(called, "status\nstatus_update") {
            (Kind::StatusUpdate, UPDATE)
        } else if self.among(called, "capabilities") {
            (Kind::Capabilities, "channel data. raw.")
        } else {
            return self.unknown(called, "neither a message nor a receipt", payload);
        };

        if shape.starts_with("channel|") {
            let text = self.doc.add(&whatsapp::placeholder(word.unwrap_or("empty")));
            // Some servers give the MIME type as the media type, some a coarse word.
            let mut mime = self.look("mediaType|media_type");
            if self.doc.raw(mime).bytes().all(|byte| byte != b'/') {
                mime = Node::NONE;
            }
            let attachments = self.look("attachments");
            let first = self.doc.item(attachments);
            self.set_sources(&[payload, first, text, mime]);
            let (called, shape) =
                if word == Some("media") { ("media", FILE) } else { ("text", "body!body|text|2") };
            let content = self.fill(called, shape);
            self.sources[4] = self.doc.add(&content);
        }
        self.event(kind, shape);
    }

    /// The first kind of content there is; attachments count as a list only.
    #[inline(never)]
    fn kind_of_content(&mut self) -> Option<&'static str> {
        let mut tokens = Tokens(CONTENT);
        while let Some((word, mark, path)) = tokens.next() {
            let value = self.look(path);
            if self.doc.says(value) && (mark != b'[' || self.doc.first(value) == b'[') {
                return Some(word);
            }
        }
        None
    }
}
