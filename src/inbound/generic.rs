//! The service's own payloads into events (wire-contract 8.5, 9.2): callbacks, and what a live connection pushes.

use crate::json::{Object, Value};
use crate::model::event::{Event, Kind};
use crate::prelude::*;

use super::read::{Sources, among, first, inside, member, pick, says, truthy, worded};
use super::shape::{Filler, Tokens};
use super::unknown::{event, malformed, unknown};
use super::whatsapp;

/// The words that make a payload with an id a receipt.
const STATUSES: &str = "queued\nsent\ndelivered\nread\nfailed\nundelivered";

/// What makes it a message, and the word of its placeholder where there is no text.
const CONTENT: &str =
    "media:mediaUrl|media_url media[attachments voice:voiceTranscription|voice_transcription html: subject:";

// Objects: 0 the payload, 1 its first attachment. Registers: a the placeholder, b the MIME type, c the content.
const FAILED: &str = "channel|\"sms\":id|messageId|externalId id!id|messageId externalId:externalId|external_id sender!from|sender|\"\" to! channel!channel|\"sms\" \
    text!body|text|$a content$$c \
    mediaUrl!mediaUrl|media_url mediaType!mediaType|media_type mimeType!mimeType|mime_type fileName!fileName|file_name \
    attachments[ fileName:filename|fileName|file_name mimeType:contentType|content_type|mimeType size# url: ] subject: html: \
    isVoiceMessage?isVoiceMessage|is_voice_message voiceTranscription>voiceTranscription|voice_transcription \
    isGroup?groupId|group_id|isGroup|is_group \
    groupId!groupId|group_id groupName!groupName|group_name senderName!senderName|sender_name senderSid!senderSid|sender_sid \
    replyTo!replyTo|reply_to agentId:agentId|agent_id agentName!agentName|agent_name sessionId!sessionId|session_id session< \
    threadId!threadId|thread_id receivedAt;timestamp whatsapp=null raw. reason:reason|error";

/// The same without the reason.
const MESSAGE: &str = FAILED.split_at(FAILED.len() - " reason:reason|error".len()).0;

const FILE: &str = "media{. id=null url~mediaUrl|media_url|1url mimeType~mimeType|mime_type|$b|1contentType|1content_type \
    fileName~fileName|file_name|1filename|1fileName|1file_name sha256=null } caption~body|text";

const RECEIPT: &str = "channel:=messageId|message_sid|id:status:=timestamp messageSid&messageId|message_sid|id status: channel~ recipient~to|recipient \
    timestamp; errorCode&errorCode|error_code \
    errors[$|errorCode|error_code|error|errorMessage|error_message code&errorCode|error_code title=null message~error|errorMessage|error_message details=null ] \
    conversation=null pricing=null callbackData=null raw.";

/// The service does not document these members (wire-contract 12, open question 2): they are read where they are there, and
/// `raw` has all of it.
const UPDATE: &str =
    "channel kind!kind|status|state|event|\"status\" detail~detail|reason|message timestamp; raw.";

/// Appends the one event of a payload.
#[inline(never)]
pub(crate) fn read(payload: Value<'_>, events: &mut Vec<Event>) {
    if !payload.is_object() {
        malformed("the object", payload, events);
        return;
    }
    let object = &inside(payload);
    let word = placeholder(object);
    let called = member(object, "type");
    let status = member(object, "status");
    let id = pick(object, "messageId|message_sid|id");
    let is = |key: &str, json: &str| member(object, key).raw() == json;
    let receipt = among(called, "delivery_receipt\nreceipt");
    let content = !receipt && (word.is_some() || says(object, "body|text"));
    let named = truthy(id) && !matches!(id.first(), b't' | b'{' | b'[');
    let (kind, shape) = if is("echo", "true") || is("isEcho", "true") {
        (Kind::Echo, MESSAGE)
    } else if content && is("direction", "\"outbound\"") {
        (Kind::FailedOutbound, FAILED)
    } else if content && says(object, "from|sender") {
        (Kind::Message, MESSAGE)
    } else if named && (among(status, STATUSES) || (receipt && worded(status))) {
        (Kind::DeliveryReceipt, RECEIPT)
    } else if among(called, "status\nstatus_update") {
        (Kind::StatusUpdate, UPDATE)
    } else if among(called, "capabilities") {
        (Kind::Capabilities, "channel data. raw.")
    } else {
        unknown(called, "neither a message nor a receipt", payload, events);
        return;
    };

    let text = whatsapp::placeholder(word.unwrap_or("empty"));
    // Some servers give the MIME type as the media type, some a coarse word.
    let coarse = pick(object, "mediaType|media_type").raw();
    let mime = if coarse.bytes().any(|byte| byte == b'/') { coarse } else { "null" };
    let first = first(member(object, "attachments"));
    let sources = Sources { objects: &[object, &first], registers: &[&text, mime] };
    let mut filler = Filler::default();
    let mut content = String::new();
    if shape.starts_with("channel|") {
        let (called, shape) =
            if word == Some("media") { ("media", FILE) } else { ("text", "body!body|text|$a") };
        content = filler.fill(called, &sources, shape);
    }
    let registers = [&*text, mime, &content];
    event(kind, filler.malformed, &Sources { registers: &registers, ..sources }, shape, events);
}

/// The first kind of content there is; attachments count as a list only.
#[inline(never)]
fn placeholder(object: &Object<'_>) -> Option<&'static str> {
    let mut tokens = Tokens(CONTENT);
    while let Some((word, mark, path)) = tokens.next() {
        let value = pick(object, path);
        if truthy(value) && (mark != b'[' || value.array().is_some()) {
            return Some(word);
        }
    }
    None
}
