//! WhatsApp Cloud webhooks into events (wire-contract 8.3, 9.1).

use crate::json::{Object, Value, Writer, quoted};
use crate::model::event::{Event, Kind};

use super::content::{content, has_media};
use super::read::{bool_json, decoded, flag, pick, some, truthy};
use super::shape::{Malformed, Source, fill, write};
use super::unknown::{Unreadable, unknown};

/// What surrounds the items of one change.
struct Around<'a> {
    account: Option<Value<'a>>,
    metadata: Object<'a>,
    contacts: Option<Value<'a>>,
}

/// Appends the events of an envelope, in order. An item that cannot be read becomes an `unknown` event.
pub(crate) fn read(payload: Value<'_>, events: &mut Vec<Event>) {
    let Some(envelope) = payload.object() else {
        events.push(malformed("envelope", payload));
        return;
    };
    each(&envelope, "entry", events, &mut |entry, _, events| {
        each(entry, "changes", events, &mut |change, raw, events| match block(change, "value") {
            Ok(value) => read_change(entry.get("id"), change, &value, raw, events),
            Err(name) => events.push(malformed(name, raw)),
        });
    });
}

fn read_change<'a>(
    account: Option<Value<'a>>,
    change: &Object<'a>,
    value: &Object<'a>,
    raw: Value<'a>,
    events: &mut Vec<Event>,
) {
    let metadata = value.get("metadata").and_then(Value::object).unwrap_or_default();
    let around = Around { account, metadata, contacts: value.get("contacts") };
    let before = events.len();
    for list in ["messages", "message_echoes", "statuses"] {
        each(value, list, events, &mut |item, raw, events| {
            let event = match list {
                "messages" => read_message(Kind::Message, item, raw, &around),
                "statuses" => read_status(item, raw),
                _ => read_message(Kind::Echo, item, raw, &around),
            };
            events.push(event.unwrap_or_else(|name| malformed(name, raw)));
        });
    }
    let field = change.get("field");
    let other = decoded(field) != "messages" || value.get("errors").is_some();
    if events.len() == before && other && field.is_some() && !value.is_empty() {
        events.push(unknown(Unreadable::UnknownKind, field, "no messages and no statuses", raw));
    }
}

/// Runs over the objects of a list. An absent, `null` or otherwise empty list is no news; anything else is malformed.
fn each<'a>(
    object: &Object<'a>,
    name: Malformed,
    events: &mut Vec<Event>,
    then: &mut dyn FnMut(&Object<'a>, Value<'a>, &mut Vec<Event>),
) {
    let Some(list) = some(object, name) else { return };
    let Some(items) = list.array() else {
        events.push(malformed(name, list));
        return;
    };
    for item in items {
        match item.object() {
            Some(object) => then(&object, item, events),
            None => events.push(malformed(name, item)),
        }
    }
}

fn malformed(name: Malformed, raw: Value<'_>) -> Event {
    unknown(Unreadable::Malformed, raw.object().and_then(|item| item.get("type")), name, raw)
}

/// A block: an object, or nothing. Anything else that says something is malformed.
fn block<'a>(object: &Object<'a>, key: &'static str) -> Result<Object<'a>, Malformed> {
    match some(object, key) {
        Some(value) => value.object().ok_or(key),
        None => Ok(Object::default()),
    }
}

/// Text or nothing. Anything else is malformed.
fn textual<'a>(value: Option<Value<'a>>, name: Malformed) -> Result<Value<'a>, Malformed> {
    let value = value.unwrap_or(Value::NULL);
    if value.is_null() || value.text().is_some() { Ok(value) } else { Err(name) }
}

/// The text as JSON, else `null`.
fn text_json(value: Option<Value<'_>>) -> &str {
    value.filter(|value| value.text().is_some()).map_or("null", Value::raw)
}

const HEAD: &str = "type$a id! externalId=null sender+from to$b channel=\"whatsapp\" text$c content$d mediaUrl^/link|/url \
    mediaType!/mime_type|/mimeType mimeType!/mime_type|/mimeType fileName:/filename attachments=[] subject=null html=null ";
const VOICE: &str =
    "isVoiceMessage?/voice voiceTranscription>/voiceTranscription|/voice_transcription|/transcription";
const NO_VOICE: &str = "isVoiceMessage=false voiceTranscription=null";
const TAIL: &str = "isGroup$e groupId!group_id|groupId groupName!group_name|groupName senderName$f senderSid=null replyTo=null \
    agentId=null agentName=null sessionId=null session=null threadId=null receivedAt@timestamp whatsapp$g raw.";
const DETAILS: &str = "phoneNumberId&phone_number_id displayPhoneNumber:display_phone_number businessAccountId$a waId$b \
    profileName$c context{/context messageId:id from: forwarded? frequentlyForwarded?frequently_forwarded \
    referredProduct{referred_product catalogId&catalog_id productRetailerId&product_retailer_id } } referral</referral";

fn read_message(
    kind: Kind,
    message: &Object<'_>,
    raw: Value<'_>,
    around: &Around<'_>,
) -> Result<Event, Malformed> {
    let word = message.get("type");
    let named = decoded(word);
    let named = if word.is_none() { "text" } else { named.as_str() };
    let mut media = Object::default();
    let text = match named {
        "text" => textual(some(&block(message, "text")?, "body"), "text")?.raw().to_owned(),
        // Its block as JSON text, as the reference has it.
        "interactive" => quoted(some(message, named).map_or("{}", Value::raw)),
        _ => {
            let mut caption = Value::NULL;
            if has_media(named) {
                media = match some(message, named) {
                    Some(block) => block.object().ok_or("content")?,
                    None => media,
                };
                caption = textual(some(&media, "caption"), "text")?;
            }
            match word.and_then(Value::text) {
                _ if !caption.is_null() => caption.raw().to_owned(),
                Some(word) => ["\"[", word.raw(), " message]\""].concat(),
                None => quoted(&["[", word.unwrap_or(Value::NULL).raw(), " message]"].concat()),
            }
        }
    };
    if text == "null" {
        return Err("text");
    }
    let to = textual(message.get("to"), "to")?;
    let own = around.metadata.get("display_phone_number").filter(|number| number.text().is_some());
    let to = if truthy(to) { to } else { own.unwrap_or(to) };
    let group = some(message, "group_id|groupId").is_some() || flag(pick(message, "is_group|isGroup"));

    let from = decoded(message.get("from"));
    let is_sender = |contact: &Object<'_>| decoded(contact.get("wa_id")) == from;
    let contacts = around.contacts.and_then(Value::array).into_iter().flatten();
    let contact = contacts.filter_map(Value::object).find(is_sender).unwrap_or_default();
    let profile = some(&contact, "profile.name").filter(|name| name.text().is_some());
    block(message, "contact")?;
    let name = textual(pick(message, "sender_name|senderName|contact.name"), "senderName")?;
    let name = if truthy(name) { name } else { profile.unwrap_or(name) };

    let wa_id = contact.get("wa_id").or(message.get("from"));
    let registers = [text_json(around.account), text_json(wa_id), text_json(profile)];
    let source = Source { raw: "", object: &around.metadata, other: message, registers: &registers };
    let details = fill(&source, DETAILS)?;
    let registers =
        [kind.quoted(), to.raw(), &text, &content(named, message), bool_json(group), name.raw(), &details];
    let source = Source { raw: raw.raw(), object: message, other: &media, registers: &registers };
    let mut writer = Writer::new();
    writer.object();
    for part in [HEAD, if named == "audio" { VOICE } else { NO_VOICE }, TAIL] {
        write(&mut writer, &source, part)?;
    }
    writer.end_object();
    let identity = [kind.as_str(), ":whatsapp:", &decoded(message.get("id"))].concat();
    Ok(Event {
        channel: Some("whatsapp".to_owned()),
        identity: some(message, "id").map(|_| identity),
        ..Event::new(kind, writer.finish())
    })
}

const STATUS: &str = concat!(
    "type=\"delivery_receipt\" messageSid+id status+ channel=\"whatsapp\" recipient&recipient_id timestamp@ errorCode$a ",
    errors!("errors"),
    " conversation{ id: origin:origin.type expiresAt@expiration_timestamp } ",
    "pricing{ billable% model:pricing_model category: type: } callbackData:biz_opaque_callback_data raw."
);

fn read_status(status: &Object<'_>, raw: Value<'_>) -> Result<Event, Malformed> {
    let first = status.get("errors").and_then(Value::array).and_then(|mut errors| errors.next());
    let code = first.and_then(Value::object).and_then(|error| error.get("code")).unwrap_or(Value::NULL);
    let code = if textual(Some(code), "").is_ok() { code.raw().to_owned() } else { quoted(code.raw()) };
    let source = Source { raw: raw.raw(), object: status, other: status, registers: &[&code] };
    let json = fill(&source, STATUS)?;
    let part = |key| decoded(status.get(key));
    let at = status.get("timestamp").map_or("", Value::raw);
    let identity = ["receipt:whatsapp:", &part("id"), ":", &part("status"), ":", bare(at)].concat();
    Ok(Event {
        channel: Some("whatsapp".to_owned()),
        identity: Some(identity),
        ..Event::new(Kind::DeliveryReceipt, json)
    })
}

/// Without the quotes around it.
pub(crate) fn bare(raw: &str) -> &str {
    raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw)
}
