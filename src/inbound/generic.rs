//! The service's own payloads into events (wire-contract 8.5, 9.2): callbacks, and what a live connection pushes.

use crate::json::{Object, Value, quoted};
use crate::model::event::{Event, Kind};

use super::read::{Sources, decoded, or, pick, some};
use super::shape::{Malformed, fill};
use super::unknown::{Unreadable, unknown};
use super::whatsapp::bare;

/// The one event of a payload.
pub(crate) fn read(payload: Value<'_>) -> Event {
    let Some(object) = payload.object() else {
        return unknown(Unreadable::Malformed, None, "the object", payload);
    };
    read_object(&object, payload)
        .unwrap_or_else(|name| unknown(Unreadable::Malformed, object.get("type"), name, payload))
}

fn read_object(object: &Object<'_>, payload: Value<'_>) -> Result<Event, Malformed> {
    let kind = decoded(object.get("type"));
    let is = |key: &str| object.get(key).is_some_and(|value| value.raw() == "true");
    let says_receipt = kind == "delivery_receipt" || kind == "receipt";
    let content = some(object, "body|text").is_some() || placeholder(object).is_some();
    let message = if is("echo") || is("isEcho") {
        Some(Kind::Echo)
    } else if says_receipt || !content {
        None
    } else if decoded(object.get("direction")) == "outbound" {
        Some(Kind::FailedOutbound)
    } else {
        some(object, "from|sender").map(|_| Kind::Message)
    };
    if let Some(kind) = message {
        return read_message(kind, object, payload);
    }
    let status = decoded(object.get("status"));
    let known = matches!(&*status, "queued" | "sent" | "delivered" | "read" | "failed" | "undelivered");
    let id = some(object, RECEIPT_ID).filter(|id| id.text().is_some() || id.number().is_some());
    if let Some(id) = id
        && (known || (says_receipt && !status.is_empty()))
    {
        return read_receipt(object, payload, id, &status);
    }
    let (kind, shape) = match &*kind {
        "status" | "status_update" => (Kind::StatusUpdate, UPDATE),
        "capabilities" => (Kind::Capabilities, "type=\"capabilities\" data. raw."),
        _ => {
            let detail = "neither a message nor a receipt";
            return Ok(unknown(Unreadable::UnknownKind, object.get("type"), detail, payload));
        }
    };
    let json = fill(payload.raw(), Sources { objects: &[object], registers: &["\"status\""] }, shape)?;
    Ok(Event { channel: some(object, "channel").map(|word| decoded(Some(word))), ..Event::new(kind, json) })
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
fn placeholder(object: &Object<'_>) -> Option<&'static str> {
    let says = |path: &str| {
        some(object, path).is_some_and(|value| path != "attachments" || value.raw().starts_with('['))
    };
    CONTENT.iter().find(|(path, _)| says(path)).map(|(_, word)| *word)
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

fn read_message(kind: Kind, object: &Object<'_>, payload: Value<'_>) -> Result<Event, Malformed> {
    let word = placeholder(object);
    let text = quoted(&["[", word.unwrap_or("empty"), " message]"].concat());
    let first = object.get("attachments").and_then(Value::array).and_then(|mut items| items.next());
    let first = first.and_then(Value::object).unwrap_or_default();
    // Some servers give the MIME type as the media type, some a coarse word.
    let coarse = pick(object, "mediaType|media_type").map_or("null", Value::raw);
    let mime = if coarse.bytes().any(|byte| byte == b'/') { coarse } else { "null" };
    let sources = Sources { objects: &[object, &first], registers: &[&text, mime] };
    let shape = if word == Some("media") { FILE } else { "type=\"text\" body!body|text|$a" };
    let content = fill(payload.raw(), sources, shape)?;
    let channel = or(object.get("channel"), Value::known("\"sms\""));
    let registers = [kind.quoted(), channel.raw(), &text, &content];
    let sources = Sources { registers: &registers, ..sources };
    let mut json = fill(payload.raw(), sources, MESSAGE)?;
    if kind == Kind::FailedOutbound {
        json.pop();
        json.push(',');
        json.push_str(fill("", sources, FAILED)?.get(1..).unwrap_or_default());
    }
    let channel = decoded(Some(channel));
    let id = decoded(pick(object, "id|messageId|externalId"));
    Ok(Event {
        identity: (!id.is_empty()).then(|| [kind.as_str(), ":", &channel, ":", &id].concat()),
        channel: Some(channel),
        ..Event::new(kind, json)
    })
}

const RECEIPT_ID: &str = "messageId|message_sid|id";

const RECEIPT: &str = "type=\"delivery_receipt\" messageSid&messageId|message_sid|id status: channel~ recipient~to|recipient \
    timestamp; errorCode&errorCode|error_code errors$$a conversation=null pricing=null callbackData=null raw.";

const ERROR: &str =
    "code&errorCode|error_code title=null message~error|errorMessage|error_message details=null";

fn read_receipt(
    object: &Object<'_>,
    payload: Value<'_>,
    id: Value<'_>,
    status: &str,
) -> Result<Event, Malformed> {
    let error = fill("", Sources { objects: &[object], registers: &[] }, ERROR)?;
    let reported = some(object, "errorCode|error_code|error|errorMessage|error_message").is_some();
    let errors = if reported { ["[", &error, "]"].concat() } else { "[]".to_owned() };
    let json = fill(payload.raw(), Sources { objects: &[object], registers: &[&errors] }, RECEIPT)?;
    let channel = some(object, "channel").map(|channel| decoded(Some(channel)));
    let at = object.get("timestamp").map_or("", Value::raw);
    let place = channel.as_deref().unwrap_or_default();
    let identity = ["receipt:", place, ":", bare(id.raw()), ":", status, ":", bare(at)].concat();
    Ok(Event { channel, identity: Some(identity), ..Event::new(Kind::DeliveryReceipt, json) })
}
