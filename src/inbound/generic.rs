//! The service's own payloads into events (wire-contract 8.5, 9.2): callbacks, and what a live connection pushes.

use crate::json::{Object, Value, Writer, quoted};
use crate::model::event::{Event, Kind, Unreadable};
use crate::model::message::{Draft, Slot};

use super::read::{
    As, Malformed, any_time, bool_json, decoded, flag, pick, some_text, text, text_or_number, truthy,
    write_list, write_table,
};
use super::whatsapp::transcription;

/// Texts that pass through: our member and its alternatives.
const TEXTS: &[(Slot, &str, Malformed)] = &[
    (Slot::Id, "id|messageId", "id"),
    (Slot::To, "to", "to"),
    (Slot::MediaUrl, "mediaUrl|media_url", "mediaUrl"),
    (Slot::MediaType, "mediaType|media_type", "mediaType"),
    (Slot::MimeType, "mimeType|mime_type", "mimeType"),
    (Slot::FileName, "fileName|file_name", "fileName"),
    (Slot::GroupId, "groupId|group_id", "groupId"),
    (Slot::GroupName, "groupName|group_name", "groupName"),
    (Slot::SenderName, "senderName|sender_name", "senderName"),
    (Slot::SenderSid, "senderSid|sender_sid", "senderSid"),
    (Slot::ReplyTo, "replyTo|reply_to", "replyTo"),
    (Slot::AgentName, "agentName|agent_name", "agentName"),
    (Slot::SessionId, "sessionId|session_id", "sessionId"),
    (Slot::ThreadId, "threadId|thread_id", "threadId"),
];

/// Texts that the reference does not read: `null` when they are something else.
const MORE: &[(Slot, &str)] = &[
    (Slot::ExternalId, "externalId|external_id"),
    (Slot::AgentId, "agentId|agent_id"),
    (Slot::Subject, "subject"),
    (Slot::Html, "html"),
    (Slot::Reason, "reason|error"),
];

/// The words that make a payload with an id a receipt.
const RECEIPT_WORDS: [&str; 6] = ["queued", "sent", "delivered", "read", "failed", "undelivered"];

/// The one event of a payload.
pub(crate) fn read(payload: Value<'_>) -> Event {
    let Some(object) = payload.object() else {
        return Event::unknown(Unreadable::Malformed, "null", &["not an object"], payload.raw());
    };
    read_object(&object, payload).unwrap_or_else(|name| {
        Event::unknown(Unreadable::Malformed, word_json(&object), &["cannot read ", name], payload.raw())
    })
}

fn read_object(object: &Object<'_>, payload: Value<'_>) -> Result<Event, Malformed> {
    let kind = object.get("type").map(decoded).unwrap_or_default();
    let is = |key: &str| object.get(key).and_then(Value::bool) == Some(true);
    let says_receipt = matches!(&*kind, "delivery_receipt" | "receipt");
    let sender = pick(object, "from|sender").filter(|sender| truthy(*sender));
    if is("echo") || is("isEcho") {
        return read_message(Kind::Echo, object, payload, sender);
    }
    if !says_receipt && has_content(object) {
        if object.get("direction").is_some_and(|direction| decoded(direction) == "outbound") {
            return read_message(Kind::FailedOutbound, object, payload, sender);
        }
        if sender.is_some() {
            return read_message(Kind::Message, object, payload, sender);
        }
    }
    let status = object.get("status").map(decoded).unwrap_or_default();
    let id = pick(object, "messageId|message_sid|id").filter(|id| truthy(*id));
    if let Some(id) = id
        && ((says_receipt && !status.is_empty()) || RECEIPT_WORDS.contains(&&*status))
    {
        return Ok(read_receipt(object, payload, id, &status));
    }
    match &*kind {
        "status" | "status_update" => Ok(read_update(object, payload)),
        "capabilities" => Ok(capabilities(payload)),
        _ => Ok(Event::unknown(
            Unreadable::UnknownKind,
            word_json(object),
            &["neither a message nor a receipt"],
            payload.raw(),
        )),
    }
}

fn word_json<'a>(object: &Object<'a>) -> &'a str {
    object.get("type").filter(|word| word.text().is_some()).unwrap_or(Value::NULL).raw()
}

/// What makes it a message, and the word of its placeholder where there is no text.
const CONTENT: [(&str, &str); 5] = [
    ("mediaUrl|media_url", "media"),
    ("attachments", "media"),
    ("voiceTranscription|voice_transcription", "voice"),
    ("html", "html"),
    ("subject", "subject"),
];

fn has_content(object: &Object<'_>) -> bool {
    pick(object, "body|text").is_some_and(truthy) || placeholder(object).is_some()
}

fn placeholder(object: &Object<'_>) -> Option<&'static str> {
    CONTENT.iter().find(|(keys, _)| says(object, keys)).map(|(_, word)| *word)
}

/// Whether a content member says something; attachments only as a list.
fn says(object: &Object<'_>, keys: &str) -> bool {
    pick(object, keys)
        .is_some_and(|value| truthy(value) && (keys != "attachments" || value.array().is_some()))
}

fn read_message(
    kind: Kind,
    object: &Object<'_>,
    payload: Value<'_>,
    sender: Option<Value<'_>>,
) -> Result<Event, Malformed> {
    let mut draft = Draft::new();
    if sender.is_some_and(|sender| sender.text().is_none()) {
        return Err("sender");
    }
    draft.set(Slot::Sender, sender.map_or("\"\"", Value::raw));
    for (slot, keys, name) in TEXTS {
        draft.set(*slot, text(object, keys, name)?.raw());
    }
    for (slot, key) in MORE {
        draft.set(
            *slot,
            pick(object, key).filter(|value| value.text().is_some()).unwrap_or(Value::NULL).raw(),
        );
    }
    let channel = text(object, "channel", "channel")?;
    let channel = if truthy(channel) { channel.raw() } else { "\"sms\"" };
    draft.set(Slot::Channel, channel);
    let body = some_text(object, "body|text", "text")?;
    if truthy(body) {
        draft.set(Slot::Text, body.raw());
    } else {
        let word = placeholder(object).unwrap_or("empty");
        draft.set(Slot::Text, quoted(&["[", word, " message]"].concat()));
    }
    let grouped = pick(object, "groupId|group_id").is_some_and(truthy);
    draft.set(Slot::IsGroup, bool_json(grouped || flag(pick(object, "isGroup|is_group"))));
    draft.set(Slot::IsVoiceMessage, bool_json(flag(pick(object, "isVoiceMessage|is_voice_message"))));
    let spoken = transcription(pick(object, "voiceTranscription|voice_transcription"))?;
    draft.set(Slot::VoiceTranscription, spoken.raw());
    let session = object.get("session").filter(|session| session.raw().starts_with('{'));
    draft.set(Slot::Session, session.unwrap_or(Value::NULL).raw());
    draft.set(Slot::ReceivedAt, any_time(object.get("timestamp")));
    let mut list = Writer::new();
    write_list(&mut list, object.get("attachments"), ATTACHMENT);
    draft.set(Slot::Attachments, list.finish());
    draft.set(Slot::Content, content(object, &draft, body));
    draft.set(Slot::Raw, payload.raw());

    let channel = decoded(object.get("channel").filter(|channel| truthy(*channel)).unwrap_or(Value::NULL));
    let channel = if channel.is_empty() { "sms".to_owned() } else { channel };
    let id = pick(object, "id|messageId|externalId").map(decoded).unwrap_or_default();
    Ok(Event {
        kind,
        identity: (!id.is_empty()).then(|| [kind.as_str(), ":", &channel, ":", &id].concat()),
        channel: Some(channel),
        name: None,
        json: draft.finish(kind),
    })
}

const ATTACHMENT: &[(&str, &str, As)] = &[
    ("fileName", "filename|fileName|file_name", As::Text),
    ("mimeType", "contentType|content_type|mimeType", As::Text),
    ("size", "size", As::Number),
    ("url", "url", As::Text),
];

/// `media` where there is a file, else `text`.
fn content(object: &Object<'_>, draft: &Draft<'_>, body: Value<'_>) -> String {
    let first = object.get("attachments").and_then(Value::array).and_then(|mut items| items.next());
    let first = first.and_then(Value::object).unwrap_or_default();
    let own = says(object, "mediaUrl|media_url");
    let mut writer = Writer::new();
    writer.object();
    if !own && !says(object, "attachments") {
        writer.key("type").string("text");
        writer.key("body").raw(draft.get(Slot::Text));
        writer.end_object();
        return writer.finish();
    }
    let or = |slot: Slot, keys: &str| {
        let own = draft.get(slot);
        if own.len() > 2 && own != "null" {
            return own.to_owned();
        }
        let other = pick(&first, keys).filter(|value| value.text().is_some());
        other.unwrap_or(Value::NULL).raw().to_owned()
    };
    let mut mime = or(Slot::MimeType, "contentType|content_type|mimeType");
    if mime == "null" && draft.get(Slot::MediaType).contains('/') {
        mime = draft.get(Slot::MediaType).to_owned();
    }
    writer.key("type").string("media");
    writer.key("media").object();
    writer.key("id").null();
    writer.key("url").raw(&or(Slot::MediaUrl, "url"));
    writer.key("mimeType").raw(&mime);
    writer.key("fileName").raw(&or(Slot::FileName, "filename|fileName|file_name"));
    writer.key("sha256").null();
    writer.end_object();
    writer.key("caption").raw(if truthy(body) { body.raw() } else { "null" });
    writer.end_object();
    writer.finish()
}

fn read_receipt(object: &Object<'_>, payload: Value<'_>, id: Value<'_>, status: &str) -> Event {
    let sid = text_or_number(Some(id));
    let channel = object.get("channel").map(decoded).filter(|channel| !channel.is_empty());
    let mut writer = Writer::new();
    writer.object();
    writer.key("type").string(Kind::DeliveryReceipt.as_str());
    writer.key("messageSid").raw(&sid);
    writer.key("status").string(status);
    writer.key("channel").string_or_null(channel.as_deref());
    write_table(&mut writer, object, &[("recipient", "to|recipient", As::SomeText)]);
    writer.key("timestamp").raw(&any_time(object.get("timestamp")));
    let code = text_or_number(pick(object, "errorCode|error_code"));
    writer.key("errorCode").raw(&code);
    let message = pick(object, "error|errorMessage|error_message").filter(|value| value.text().is_some());
    writer.key("errors").array();
    if code != "null" || message.is_some() {
        writer.object();
        writer.key("code").raw(&code);
        writer.key("title").null();
        writer.key("message").raw(message.unwrap_or(Value::NULL).raw());
        writer.key("details").null();
        writer.end_object();
    }
    writer.end_array();
    for name in ["conversation", "pricing", "callbackData"] {
        writer.key(name).null();
    }
    writer.key("raw").raw(payload.raw());
    writer.end_object();
    let at = object.get("timestamp").map_or("", Value::raw).trim_matches('"');
    let place = channel.as_deref().unwrap_or_default();
    let identity = ["receipt:", place, ":", sid.trim_matches('"'), ":", status, ":", at].concat();
    Event {
        kind: Kind::DeliveryReceipt,
        channel,
        name: None,
        identity: Some(identity),
        json: writer.finish(),
    }
}

/// The service does not document the members of a status update (wire-contract 12, open question 2): these are read where
/// they are there, and `raw` has all of it.
fn read_update(object: &Object<'_>, payload: Value<'_>) -> Event {
    let mut writer = Writer::new();
    writer.object();
    writer.key("type").string(Kind::StatusUpdate.as_str());
    let kind = pick(object, "kind|status|state|event").filter(|kind| kind.text().is_some() && truthy(*kind));
    writer.key("kind").raw(kind.map_or("\"status\"", Value::raw));
    write_table(&mut writer, object, &[("detail", "detail|reason|message", As::SomeText)]);
    writer.key("timestamp").raw(&any_time(object.get("timestamp")));
    writer.key("raw").raw(payload.raw());
    writer.end_object();
    let channel = object.get("channel").map(decoded).filter(|channel| !channel.is_empty());
    Event { kind: Kind::StatusUpdate, channel, name: None, identity: None, json: writer.finish() }
}

fn capabilities(payload: Value<'_>) -> Event {
    let mut writer = Writer::new();
    writer.object();
    writer.key("type").string(Kind::Capabilities.as_str());
    writer.key("data").raw(payload.raw());
    writer.key("raw").raw(payload.raw());
    writer.end_object();
    Event { kind: Kind::Capabilities, channel: None, name: None, identity: None, json: writer.finish() }
}
