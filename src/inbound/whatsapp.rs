//! WhatsApp Cloud webhooks into events (wire-contract 8.3, 9.1).

use crate::json::{Object, Value, quoted};
use crate::model::event::{Event, Kind};
use crate::prelude::*;

use super::content::{content, has_media};
use super::read::{Sources, decoded, first, flag, join, or, pick, text, truthy};
use super::shape::{Filler, Malformed};
use super::unknown::{Unreadable, unknown};

/// Appends the events of an envelope, in order. An item that cannot be read becomes an `unknown` event.
pub(crate) fn read(payload: Value<'_>, events: &mut Vec<Event>) {
    let Some(envelope) = payload.object() else {
        events.push(malformed("envelope", payload));
        return;
    };
    each(&envelope, "entry", events, &mut |entry, _, events| {
        each(entry, "changes", events, &mut |change, raw, events| match pick(change, "value") {
            value if !truthy(value) => {}
            value => match value.object() {
                Some(value) => read_change(entry, change, &value, raw, events),
                None => events.push(malformed("value", raw)),
            },
        });
    });
}

#[inline(never)]
fn read_change<'a>(
    entry: &Object<'a>,
    change: &Object<'a>,
    value: &Object<'a>,
    raw: Value<'a>,
    events: &mut Vec<Event>,
) {
    let before = events.len();
    for list in ["messages", "message_echoes", "statuses"] {
        each(value, list, events, &mut |item, raw, events| {
            let mut filler = Filler::default();
            let event = match list {
                "messages" => read_message(Kind::Message, item, raw, value, entry, &mut filler),
                "statuses" => read_status(item, raw, &mut filler),
                _ => read_message(Kind::Echo, item, raw, value, entry, &mut filler),
            };
            events.push(match filler.malformed {
                None => event,
                Some(name) => malformed(name, raw),
            });
        });
    }
    let field = pick(change, "field");
    let other = decoded(field) != "messages" || value.get("errors").is_some();
    if events.len() == before && other && !field.is_null() && !value.is_empty() {
        events.push(unknown(Unreadable::UnknownKind, field, "no messages and no statuses", raw));
    }
}

/// Runs over the objects of a list. An absent, `null` or otherwise empty list is no news; anything else is malformed.
#[inline(never)]
fn each<'a>(
    object: &Object<'a>,
    name: Malformed,
    events: &mut Vec<Event>,
    then: &mut dyn FnMut(&Object<'a>, Value<'a>, &mut Vec<Event>),
) {
    let list = pick(object, name);
    let Some(items) = list.array() else {
        if truthy(list) {
            events.push(malformed(name, list));
        }
        return;
    };
    for item in items {
        match item.object() {
            Some(object) => then(&object, item, events),
            None => events.push(malformed(name, item)),
        }
    }
}

#[inline(never)]
fn malformed(name: Malformed, raw: Value<'_>) -> Event {
    unknown(Unreadable::Malformed, pick(&raw.object().unwrap_or_default(), "type"), name, raw)
}

/// A block: an object, or nothing. Anything else that says something is malformed.
#[inline(never)]
fn block<'a>(object: &Object<'a>, key: &str, filler: &mut Filler) -> Object<'a> {
    let value = pick(object, key);
    let block = value.object();
    if block.is_none() && truthy(value) {
        filler.malformed = Some("content");
    }
    block.unwrap_or_default()
}

// Objects: 0 the message, 1 its file, 2 the change's value, 3 the person's contact, 4 the entry.
const MESSAGE: &str = "type$$a id! externalId=null sender+from to!$f channel=\"whatsapp\" \
    text+$b content$$c mediaUrl^1link|1url mediaType!1mime_type|1mimeType mimeType!1mime_type|1mimeType fileName:1filename \
    attachments=[] subject=null html=null isVoiceMessage$$d voiceTranscription>$e \
    isGroup?group_id|groupId|is_group|isGroup groupId!group_id|groupId groupName!group_name|groupName \
    senderName!$g senderSid=null replyTo=null agentId=null \
    agentName=null sessionId=null session=null threadId=null receivedAt@timestamp \
    whatsapp{. phoneNumberId&2metadata.phone_number_id displayPhoneNumber:2metadata.display_phone_number \
    businessAccountId&4id waId:3wa_id|from profileName~3profile.name \
    context{ messageId:id from: forwarded? frequentlyForwarded?frequently_forwarded \
    referredProduct{referred_product catalogId&catalog_id productRetailerId&product_retailer_id } } referral< } raw.";

#[inline(never)]
fn read_message(
    kind: Kind,
    message: &Object<'_>,
    raw: Value<'_>,
    value: &Object<'_>,
    entry: &Object<'_>,
    filler: &mut Filler,
) -> Event {
    let word = message.get("type").unwrap_or(Value::known("\"text\""));
    let named = decoded(word);
    let part = pick(message, &named);
    let mut file = Object::default();
    let mut body = Value::NULL;
    let mut made = String::new();
    if named == "text" {
        body = or(pick(&block(message, &named, filler), "body"), Value::NULL);
    } else if named == "interactive" {
        // Its block as JSON text, as the reference has it.
        made = quoted(if truthy(part) { part.raw() } else { "{}" });
    } else {
        if has_media(&named) {
            file = block(message, &named, filler);
        }
        body = pick(&file, "caption");
        if !truthy(body) {
            made = match word.text() {
                Some(word) => crate::text::concat(&["\"[", word.raw(), " message]\""]),
                None => quoted(&crate::text::concat(&["[", word.raw(), " message]"])),
            };
        }
    }
    let body = if made.is_empty() { body } else { Value::known(&made) };

    block(message, "contact", filler);
    let contact = contact_of(message, value);
    let name = pick(message, "sender_name|senderName|contact.name");
    let name = or(name, or(text(pick(&contact, "profile.name")), name));
    let to = pick(message, "to");
    let (mut voice, mut spoken) = ("false", Value::NULL);
    if named == "audio" {
        if flag(pick(&file, "voice")) {
            voice = "true";
        }
        spoken = pick(&file, "voiceTranscription|voice_transcription|transcription");
    }
    let content = content(&named, message);
    let registers = [kind.quoted(), body.raw(), &content, voice, spoken.raw(), to.raw(), name.raw()];
    let sources = Sources { objects: &[message, &file, value, &contact, entry], registers: &registers };
    let json = filler.fill(raw.raw(), sources, MESSAGE);
    let id = decoded(pick(message, "id"));
    Event {
        channel: Some("whatsapp".to_owned()),
        identity: (!id.is_empty()).then(|| join(&[kind.as_str(), ":whatsapp:", &id])),
        ..Event::new(kind, json)
    }
}

/// What belongs to the sender among the contacts of the change.
#[inline(never)]
fn contact_of<'a>(message: &Object<'a>, value: &Object<'a>) -> Object<'a> {
    let from = decoded(pick(message, "from"));
    for item in pick(value, "contacts").array().into_iter().flatten() {
        if let Some(contact) = item.object()
            && decoded(pick(&contact, "wa_id")) == from
        {
            return contact;
        }
    }
    Object::default()
}

const STATUS: &str = concat!(
    "type=\"delivery_receipt\" messageSid+id status+ channel=\"whatsapp\" recipient&recipient_id timestamp@ errorCode$$a ",
    errors!("errors"),
    " conversation{ id: origin:origin.type expiresAt@expiration_timestamp } ",
    "pricing{ billable% model:pricing_model category: type: } callbackData:biz_opaque_callback_data raw."
);

#[inline(never)]
fn read_status(status: &Object<'_>, raw: Value<'_>, filler: &mut Filler) -> Event {
    let code = pick(&first(pick(status, "errors")), "code");
    let plain = code.is_null() || code.text().is_some();
    let code = if plain { code.raw().to_owned() } else { quoted(code.raw()) };
    let json = filler.fill(raw.raw(), Sources { objects: &[status], registers: &[&code] }, STATUS);
    let part = |key| decoded(pick(status, key));
    let at = bare(pick(status, "timestamp"));
    let identity = join(&["receipt:whatsapp:", &part("id"), ":", &part("status"), ":", at]);
    Event {
        channel: Some("whatsapp".to_owned()),
        identity: Some(identity),
        ..Event::new(Kind::DeliveryReceipt, json)
    }
}

/// As it came, without the quotes around it; nothing for `null`.
#[inline(never)]
pub(crate) fn bare(value: Value<'_>) -> &str {
    match value.text() {
        Some(text) => text.raw(),
        None if value.is_null() => "",
        None => value.raw(),
    }
}
