//! WhatsApp Cloud webhooks into events (wire-contract 8.3, 9.1).

use crate::json::{Object, Value, quoted};
use crate::model::event::{Event, Kind};
use crate::prelude::*;

use super::content::{content, has_file, shape_of};
use super::read::{
    Sources, among, bare, concat, decoded, first, inside, items, member, pick, truthy, worded,
};
use super::unknown::{event, malformed, unknown};

/// Appends the events of an envelope, in order. An item that cannot be read becomes an `unknown` event.
pub(crate) fn read(payload: Value<'_>, events: &mut Vec<Event>) {
    if payload.is_object() {
        let envelope = inside(payload);
        each(0, &envelope, &envelope, events);
    } else {
        malformed("envelope", payload, events);
    }
}

const LISTS: [&str; 5] = ["entry", "changes", "messages", "message_echoes", "statuses"];

/// Runs over the objects of a list, down to the messages and statuses. An absent, `null` or otherwise empty list is no news;
/// anything else is malformed. `of` has the list, and `entry` is what it stands in.
#[inline(never)]
fn each<'a>(list: usize, of: &Object<'a>, entry: &Object<'a>, events: &mut Vec<Event>) {
    let name = LISTS.get(list).copied().unwrap_or_default();
    let value = member(of, name);
    if value.first() != b'[' && truthy(value) {
        malformed(name, value, events);
    }
    for raw in items(value) {
        if !raw.is_object() {
            malformed(name, raw, events);
            continue;
        }
        let item = inside(raw);
        match list {
            0 => each(1, &item, &item, events),
            1 => read_change(&item, entry, events),
            2 => read_message(Kind::Message, &item, of, entry, events),
            3 => read_message(Kind::Echo, &item, of, entry, events),
            _ => read_status(&item, events),
        }
    }
}

#[inline(never)]
fn read_change<'a>(change: &Object<'a>, entry: &Object<'a>, events: &mut Vec<Event>) {
    let value = member(change, "value");
    if !truthy(value) {
        return;
    }
    if !value.is_object() {
        malformed("value", change.raw(), events);
        return;
    }
    let value = inside(value);
    let before = events.len();
    for list in 2..LISTS.len() {
        each(list, &value, entry, events);
    }
    let field = member(change, "field");
    let other = !among(field, "messages") || value.get("errors").is_some();
    if events.len() == before && other && !field.is_null() && !value.is_empty() {
        unknown(field, "no messages and no statuses", change.raw(), events);
    }
}

// Objects: 0 the message, 1 its file, 2 the change's value, 3 the person's contact, 4 the entry, 5 its file if that is to be
// heard. Registers: a the text, b the content, c the sender's name.
const MESSAGE: &str = "\"whatsapp\":id id! externalId=null sender+from to! channel=\"whatsapp\" \
    text+$a content$$b mediaUrl^1link|1url mediaType!1mime_type|1mimeType mimeType!1mime_type|1mimeType fileName:1filename \
    attachments=[] subject=null html=null isVoiceMessage?5voice voiceTranscription>5voiceTranscription|5voice_transcription|5transcription \
    isGroup?group_id|groupId|is_group|isGroup groupId!group_id|groupId groupName!group_name|groupName \
    senderName!$c senderSid=null replyTo=null agentId=null \
    agentName=null sessionId=null session=null threadId=null receivedAt@timestamp \
    whatsapp{. phoneNumberId&2metadata.phone_number_id displayPhoneNumber:2metadata.display_phone_number \
    businessAccountId&4id waId:3wa_id|from profileName~3profile.name \
    context{ messageId:id from: forwarded? frequentlyForwarded?frequently_forwarded \
    referredProduct{referred_product catalogId&catalog_id productRetailerId&product_retailer_id } } referral< } raw.";

#[inline(never)]
fn read_message(
    kind: Kind,
    message: &Object<'_>,
    value: &Object<'_>,
    entry: &Object<'_>,
    events: &mut Vec<Event>,
) {
    let word = message.get("type").unwrap_or(Value::known("\"text\""));
    let named = decoded(word);
    let shape = shape_of(&named);
    let (plain, has_file) = (named == "text", has_file(shape));
    let block = member(message, &named);
    let part = inside(block);
    // A block is an object, or nothing.
    let wrong = |value: Value<'_>| truthy(value) && !value.is_object();
    let contact = member(message, "contact");
    let malformed = if ((plain || has_file) && wrong(block)) || wrong(contact) { "content" } else { "" };

    let none = Object::default();
    let file = if has_file { &part } else { &none };
    let mut body = member(if plain { &part } else { file }, if plain { "body" } else { "caption" });
    let made;
    if named == "interactive" {
        // Its block as JSON text, as the reference has it.
        made = quoted(if truthy(block) { block.raw() } else { "{}" });
        body = Value::known(&made);
    } else if !plain && !truthy(body) {
        let word = if word.is_text() { crate::text::owned(word.raw()) } else { quoted(word.raw()) };
        made = placeholder(bare(Value::known(&word)));
        body = Value::known(&made);
    }

    let contact = contact_of(message, value);
    let mut name = pick(message, "sender_name|senderName|contact.name");
    let profile = pick(&contact, "profile.name");
    if (name.is_null() || name == Value::EMPTY) && worded(profile) {
        name = profile;
    }
    let content = content(&named, shape, &part, message);
    let sources = Sources {
        objects: &[message, file, value, &contact, entry, if named == "audio" { file } else { &none }],
        registers: &[body.raw(), &content, name.raw()],
    };
    event(kind, malformed, &sources, MESSAGE, events);
}

/// The text of a message that has none, as JSON.
#[inline(never)]
pub(crate) fn placeholder(word: &str) -> String {
    concat(&["\"[", word, " message]\""])
}

/// What belongs to the sender among the contacts of the change.
#[inline(never)]
fn contact_of<'a>(message: &Object<'a>, value: &Object<'a>) -> Object<'a> {
    let from = decoded(member(message, "from"));
    for item in items(member(value, "contacts")) {
        let contact = inside(item);
        if item.is_object() && decoded(member(&contact, "wa_id")) == from {
            return contact;
        }
    }
    Object::default()
}

/// Objects: 0 the status, 1 its first error.
const STATUS: &str = concat!(
    "\"whatsapp\":id:status:=timestamp messageSid+id status+ channel=\"whatsapp\" recipient&recipient_id timestamp@ errorCode_1code ",
    errors!("errors"),
    " conversation{ id: origin:origin.type expiresAt@expiration_timestamp } ",
    "pricing{ billable% model:pricing_model category: type: } callbackData:biz_opaque_callback_data raw."
);

#[inline(never)]
fn read_status(status: &Object<'_>, events: &mut Vec<Event>) {
    let error = first(member(status, "errors"));
    let sources = Sources { objects: &[status, &error], registers: &[] };
    event(Kind::DeliveryReceipt, "", &sources, STATUS, events);
}
