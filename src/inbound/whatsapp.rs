//! WhatsApp Cloud webhooks into events (wire-contract 8.3, 9.1).

use crate::json::{Object, Value, quoted};
use crate::model::event::{Event, Kind};

use super::content::{content, has_media};
use super::read::{Sources, decoded, flag, or, pick, some, truthy};
use super::shape::{Malformed, fill};
use super::unknown::{Unreadable, unknown};

/// Appends the events of an envelope, in order. An item that cannot be read becomes an `unknown` event.
pub(crate) fn read(payload: Value<'_>, events: &mut Vec<Event>) {
    let Some(envelope) = payload.object() else {
        events.push(malformed("envelope", payload));
        return;
    };
    each(&envelope, "entry", events, &mut |entry, _, events| {
        each(entry, "changes", events, &mut |change, raw, events| match block(change, "value") {
            Ok(value) => read_change(entry, change, &value, raw, events),
            Err(name) => events.push(malformed(name, raw)),
        });
    });
}

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
            let event = match list {
                "messages" => read_message(Kind::Message, item, raw, value, entry),
                "statuses" => read_status(item, raw),
                _ => read_message(Kind::Echo, item, raw, value, entry),
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
fn block<'a>(object: &Object<'a>, key: &str) -> Result<Object<'a>, Malformed> {
    match some(object, key) {
        Some(value) => value.object().ok_or("content"),
        None => Ok(Object::default()),
    }
}

fn is_text(value: Value<'_>) -> bool {
    value.text().is_some()
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

fn read_message(
    kind: Kind,
    message: &Object<'_>,
    raw: Value<'_>,
    value: &Object<'_>,
    entry: &Object<'_>,
) -> Result<Event, Malformed> {
    let word = message.get("type");
    let named = decoded(word);
    let named = if word.is_none() { "text" } else { named.as_str() };
    let part = message.get(named);
    let mut media = Object::default();
    let text = match named {
        "text" => some(&block(message, named)?, "body").map_or("null", Value::raw).to_owned(),
        // Its block as JSON text, as the reference has it.
        "interactive" => quoted(part.filter(|part| truthy(*part)).map_or("{}", Value::raw)),
        _ => {
            if has_media(named) {
                media = block(message, named)?;
            }
            match (some(&media, "caption"), word.and_then(Value::text)) {
                (Some(caption), _) => caption.raw().to_owned(),
                (None, Some(word)) => ["\"[", word.raw(), " message]\""].concat(),
                (None, None) => quoted(&["[", word.unwrap_or(Value::NULL).raw(), " message]"].concat()),
            }
        }
    };
    block(message, "contact")?;
    let from = decoded(message.get("from"));
    let mut contact = Object::default();
    for item in value.get("contacts").and_then(Value::array).into_iter().flatten() {
        if let Some(found) = item.object()
            && decoded(found.get("wa_id")) == from
            && pick(&found, "profile.name").is_none_or(is_text)
        {
            contact = found;
            break;
        }
    }
    let name = pick(message, "sender_name|senderName|contact.name");
    let name = or(name, pick(&contact, "profile.name").or(name).unwrap_or(Value::NULL));
    let (mut voice, mut spoken) = (false, Value::NULL);
    if named == "audio" {
        voice = media.get("voice").is_some_and(flag);
        spoken = pick(&media, "voiceTranscription|voice_transcription|transcription").unwrap_or(spoken);
    }
    let content = content(named, message);
    let own = pick(value, "metadata.display_phone_number").filter(|own| is_text(*own));
    let to = message.get("to");
    let to = or(to, own.or(to).unwrap_or(Value::NULL));
    let voice = if voice { "true" } else { "false" };
    let registers = [kind.quoted(), &text, &content, voice, spoken.raw(), to.raw(), name.raw()];
    let sources = Sources { objects: &[message, &media, value, &contact, entry], registers: &registers };
    let json = fill(raw.raw(), sources, MESSAGE)?;
    let identity = [kind.as_str(), ":whatsapp:", &decoded(message.get("id"))].concat();
    Ok(Event {
        channel: Some("whatsapp".to_owned()),
        identity: some(message, "id").map(|_| identity),
        ..Event::new(kind, json)
    })
}

const STATUS: &str = concat!(
    "type=\"delivery_receipt\" messageSid+id status+ channel=\"whatsapp\" recipient&recipient_id timestamp@ errorCode$$a ",
    errors!("errors"),
    " conversation{ id: origin:origin.type expiresAt@expiration_timestamp } ",
    "pricing{ billable% model:pricing_model category: type: } callbackData:biz_opaque_callback_data raw."
);

fn read_status(status: &Object<'_>, raw: Value<'_>) -> Result<Event, Malformed> {
    let first = status.get("errors").and_then(Value::array).and_then(|mut errors| errors.next());
    let code = first.and_then(Value::object).and_then(|error| error.get("code")).unwrap_or(Value::NULL);
    let plain = code.is_null() || code.text().is_some();
    let code = if plain { code.raw().to_owned() } else { quoted(code.raw()) };
    let json = fill(raw.raw(), Sources { objects: &[status], registers: &[&code] }, STATUS)?;
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
