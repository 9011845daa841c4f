//! The service's own payloads into events (wire-contract 8.5, 9.2): callbacks, and what a live connection pushes.

use crate::json::{Object, Value};
use crate::model::event::{Event, Kind};
use crate::prelude::*;

use super::read::{Sources, decoded, first, join, pick, says, truthy};
use super::shape::Filler;
use super::unknown::{Unreadable, unknown};
use super::whatsapp::bare;

/// The one event of a payload.
pub(crate) fn read(payload: Value<'_>) -> Event {
    let Some(object) = payload.object() else {
        return unknown(Unreadable::Malformed, Value::NULL, "the object", payload);
    };
    let mut filler = Filler::default();
    let event = read_object(&object, payload, &mut filler);
    match (event, filler.malformed) {
        (_, Some(name)) => unknown(Unreadable::Malformed, pick(&object, "type"), name, payload),
        (Some(event), None) => event,
        (None, None) => {
            let detail = "neither a message nor a receipt";
            unknown(Unreadable::UnknownKind, pick(&object, "type"), detail, payload)
        }
    }
}

#[inline(never)]
fn read_object(object: &Object<'_>, payload: Value<'_>, filler: &mut Filler) -> Option<Event> {
    let is = |key: &str, json: &str| pick(object, key).raw() == json;
    let kind = decoded(pick(object, "type"));
    let says_receipt = kind == "delivery_receipt" || kind == "receipt";
    let content = says(object, "body|text") || placeholder(object).is_some();
    let message = if is("echo", "true") || is("isEcho", "true") {
        Some(Kind::Echo)
    } else if says_receipt || !content {
        None
    } else if is("direction", "\"outbound\"") {
        Some(Kind::FailedOutbound)
    } else if says(object, "from|sender") {
        Some(Kind::Message)
    } else {
        None
    };
    if let Some(kind) = message {
        return Some(read_message(kind, object, payload, filler));
    }
    let status = decoded(pick(object, "status"));
    let known = RECEIPT_WORDS.iter().any(|word| *word == status);
    let id = pick(object, RECEIPT_ID);
    let named = truthy(id) && (id.text().is_some() || id.number().is_some());
    if named && (known || (says_receipt && !status.is_empty())) {
        return Some(read_receipt(object, payload, &status, filler));
    }
    let (kind, shape) = match &*kind {
        "status" | "status_update" => (Kind::StatusUpdate, UPDATE),
        "capabilities" => (Kind::Capabilities, "type=\"capabilities\" data. raw."),
        _ => return None,
    };
    let sources = Sources { objects: &[object], registers: &["\"status\""] };
    let json = filler.fill(payload.raw(), sources, shape);
    Some(Event { channel: channel_of(object), ..Event::new(kind, json) })
}

/// The words that make a payload with an id a receipt.
const RECEIPT_WORDS: [&str; 6] = ["queued", "sent", "delivered", "read", "failed", "undelivered"];

#[inline(never)]
fn channel_of(object: &Object<'_>) -> Option<String> {
    let channel = decoded(pick(object, "channel"));
    (!channel.is_empty()).then_some(channel)
}

/// The service does not document these members (wire-contract 12, open question 2): they are read where they are there, and
/// `raw` has all of it.
const UPDATE: &str =
    "type=\"status_update\" kind!kind|status|state|event|$a detail~detail|reason|message timestamp; raw.";

/// What makes it a message, and the word of its placeholder where there is no text.
const CONTENT: [(&str, &str); 5] = [
    (MEDIA_URL, "media"),
    ("attachments", "media"),
    ("voiceTranscription|voice_transcription", "voice"),
    ("html", "html"),
    ("subject", "subject"),
];

const MEDIA_URL: &str = "mediaUrl|media_url";

/// The first kind of content there is; attachments count as a list only.
#[inline(never)]
fn placeholder(object: &Object<'_>) -> Option<&'static str> {
    let is =
        |path: &str| says(object, path) && (path != "attachments" || pick(object, path).array().is_some());
    CONTENT.iter().find(|(path, _)| is(path)).map(|(_, word)| *word)
}

const MESSAGE: &str = "type$$a id!id|messageId externalId:externalId|external_id sender!from|sender|\"\" to! channel!$b \
    text!body|text|$c content$$d \
    mediaUrl!mediaUrl|media_url mediaType!mediaType|media_type mimeType!mimeType|mime_type fileName!fileName|file_name \
    attachments[ fileName:filename|fileName|file_name mimeType:contentType|content_type|mimeType size# url: ] subject: html: \
    isVoiceMessage?isVoiceMessage|is_voice_message voiceTranscription>voiceTranscription|voice_transcription \
    isGroup?groupId|group_id|isGroup|is_group \
    groupId!groupId|group_id groupName!groupName|group_name senderName!senderName|sender_name senderSid!senderSid|sender_sid \
    replyTo!replyTo|reply_to agentId:agentId|agent_id agentName!agentName|agent_name sessionId!sessionId|session_id session< \
    threadId!threadId|thread_id receivedAt;timestamp whatsapp=null raw.";

const FAILED: &str = "reason:reason|error";

const FILE: &str = "type=\"media\" media{. id=null url~mediaUrl|media_url|1url mimeType~mimeType|mime_type|$b|1contentType|1content_type \
    fileName~fileName|file_name|1filename|1fileName|1file_name sha256=null } caption~body|text";

#[inline(never)]
fn read_message(kind: Kind, object: &Object<'_>, payload: Value<'_>, filler: &mut Filler) -> Event {
    let word = placeholder(object);
    let text = crate::text::concat(&["\"[", word.unwrap_or("empty"), " message]\""]);
    let first = first(pick(object, "attachments"));
    // Some servers give the MIME type as the media type, some a coarse word.
    let coarse = pick(object, "mediaType|media_type").raw();
    let mime = if coarse.bytes().any(|byte| byte == b'/') { coarse } else { "null" };
    let sources = Sources { objects: &[object, &first], registers: &[&text, mime] };
    let shape = if word == Some("media") { FILE } else { "type=\"text\" body!body|text|$a" };
    let content = filler.fill(payload.raw(), sources, shape);
    let channel = pick(object, "channel");
    let channel = if truthy(channel) { channel } else { Value::known("\"sms\"") };
    let registers = [kind.quoted(), channel.raw(), &text, &content];
    let sources = Sources { registers: &registers, ..sources };
    let mut json = filler.fill(payload.raw(), sources, MESSAGE);
    if kind == Kind::FailedOutbound {
        json.pop();
        json.push(',');
        json.push_str(filler.fill("", sources, FAILED).get(1..).unwrap_or_default());
    }
    let channel = decoded(channel);
    let id = decoded(pick(object, "id|messageId|externalId"));
    Event {
        identity: (!id.is_empty()).then(|| join(&[kind.as_str(), ":", &channel, ":", &id])),
        channel: Some(channel),
        ..Event::new(kind, json)
    }
}

const RECEIPT_ID: &str = "messageId|message_sid|id";

const RECEIPT: &str = "type=\"delivery_receipt\" messageSid&messageId|message_sid|id status: channel~ recipient~to|recipient \
    timestamp; errorCode&errorCode|error_code errors$$a conversation=null pricing=null callbackData=null raw.";

const ERROR: &str =
    "code&errorCode|error_code title=null message~error|errorMessage|error_message details=null";

#[inline(never)]
fn read_receipt(object: &Object<'_>, payload: Value<'_>, status: &str, filler: &mut Filler) -> Event {
    let sources = Sources { objects: &[object], registers: &[] };
    let mut errors = "[]".to_owned();
    if says(object, "errorCode|error_code|error|errorMessage|error_message") {
        errors = crate::text::concat(&["[", &filler.fill("", sources, ERROR), "]"]);
    }
    let registers = [errors.as_str()];
    let json = filler.fill(payload.raw(), Sources { registers: &registers, ..sources }, RECEIPT);
    let channel = channel_of(object);
    let (id, at) = (bare(pick(object, RECEIPT_ID)), bare(pick(object, "timestamp")));
    let place = channel.as_deref().unwrap_or_default();
    let identity = join(&["receipt:", place, ":", id, ":", status, ":", at]);
    Event { channel, identity: Some(identity), ..Event::new(Kind::DeliveryReceipt, json) }
}
