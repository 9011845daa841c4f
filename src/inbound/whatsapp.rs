//! WhatsApp Cloud webhooks into events (wire-contract 8.3, 9.1).

use crate::json::{Object, Text, Value, Writer, quoted};
use crate::model::event::{Event, Kind, Unreadable};
use crate::model::message::{Draft, Slot};

use super::content::{content, interactive_text, media_block};
use super::read::{
    As, Malformed, Table, block, bool_json, decoded, flag, pick, required, some_text, text, text_or_number,
    truthy, unix_time, write_errors, write_table,
};

/// What surrounds the items of one change.
struct Around<'a> {
    account: Option<Value<'a>>,
    metadata: Object<'a>,
    contacts: Vec<Object<'a>>,
}

/// Appends the events of an envelope, in order. An item that cannot be read becomes an `unknown` event.
pub(crate) fn read(payload: Value<'_>, events: &mut Vec<Event>) {
    let Some(envelope) = payload.object() else {
        events.push(malformed("envelope", payload));
        return;
    };
    each(envelope.get("entry"), "entry", events, |entry, _, events| {
        each(entry.get("changes"), "changes", events, |change, raw, events| {
            read_change(entry.get("id"), change, raw, events);
        });
    });
}

fn read_change(account: Option<Value<'_>>, change: &Object<'_>, raw: Value<'_>, events: &mut Vec<Event>) {
    let Ok(value) = block(change, "value", "value") else {
        events.push(malformed("value", raw));
        return;
    };
    let around = Around {
        account,
        metadata: value.get("metadata").and_then(Value::object).unwrap_or_default(),
        contacts: value
            .get("contacts")
            .and_then(Value::array)
            .map(|items| items.filter_map(Value::object).collect())
            .unwrap_or_default(),
    };
    let before = events.len();
    for (list, kind) in [("messages", Kind::Message), ("message_echoes", Kind::Echo)] {
        each(value.get(list), list, events, |message, raw, events| {
            events
                .push(read_message(kind, message, raw, &around).unwrap_or_else(|name| malformed(name, raw)));
        });
    }
    each(value.get("statuses"), "statuses", events, |status, raw, events| {
        events.push(read_status(status, raw).unwrap_or_else(|name| malformed(name, raw)));
    });
    let field = change.get("field").filter(|field| field.text().is_some());
    let other = field.is_some_and(|field| decoded(field) != "messages") || value.get("errors").is_some();
    if events.len() == before && other && !value.is_empty() {
        let kind = field.unwrap_or(Value::NULL).raw();
        events.push(Event::unknown(
            Unreadable::UnknownKind,
            kind,
            &["no messages and no statuses"],
            raw.raw(),
        ));
    }
}

/// Runs over the objects of a list. An absent, `null` or otherwise empty list is no news; anything else is malformed.
fn each<'a>(
    list: Option<Value<'a>>,
    name: Malformed,
    events: &mut Vec<Event>,
    mut then: impl FnMut(&Object<'a>, Value<'a>, &mut Vec<Event>),
) {
    let Some(list) = list.filter(|list| truthy(*list)) else { return };
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
    let kind = raw.object().and_then(|item| item.get("type")).filter(|kind| kind.text().is_some());
    Event::unknown(
        Unreadable::Malformed,
        kind.unwrap_or(Value::NULL).raw(),
        &["cannot read ", name],
        raw.raw(),
    )
}

fn read_message(
    kind: Kind,
    message: &Object<'_>,
    raw: Value<'_>,
    around: &Around<'_>,
) -> Result<Event, Malformed> {
    let mut draft = Draft::new();
    let sender = required(message, "from", "sender")?;
    draft.set(Slot::Sender, sender.raw());
    draft.set(Slot::Id, text(message, "id", "id")?.raw());
    let to = text(message, "to", "to")?;
    let own = around.metadata.get("display_phone_number").filter(|number| number.text().is_some());
    draft.set(Slot::To, if truthy(to) { to } else { own.unwrap_or(to) }.raw());
    draft.set(Slot::Channel, "\"whatsapp\"");
    draft.set(Slot::GroupId, text(message, "group_id|groupId", "groupId")?.raw());
    draft.set(Slot::GroupName, text(message, "group_name|groupName", "groupName")?.raw());
    let group = draft.get(Slot::GroupId).len() > 2 && draft.get(Slot::GroupId) != "null";
    draft.set(Slot::IsGroup, bool_json(group || flag(pick(message, "is_group|isGroup"))));
    draft.set(Slot::Attachments, "[]");
    draft.set(Slot::IsVoiceMessage, "false");
    draft.set(Slot::ReceivedAt, unix_time(message.get("timestamp")));

    let word = message.get("type");
    let named = word.and_then(Value::text).map(|word| word.decode());
    let word_read = named.as_deref().unwrap_or(if word.is_none() { "text" } else { "" });
    match word_read {
        "text" => {
            let block = block(message, "text", "text")?;
            draft.set(Slot::Text, required(&block, "body", "text")?.raw());
        }
        "interactive" => draft.set(Slot::Text, interactive_text(message)),
        _ => {
            let media = media_block(word_read, message)?;
            let caption = match &media {
                Some(media) => {
                    read_media(&mut draft, word_read, media)?;
                    some_text(media, "caption", "text")?
                }
                None => Value::NULL,
            };
            if truthy(caption) {
                draft.set(Slot::Text, caption.raw());
            } else {
                draft.set(Slot::Text, placeholder(word));
            }
        }
    }
    draft.set(Slot::Content, content(word_read, message));

    let contact = contact_of(around, sender);
    let profile = contact.and_then(|contact| block(contact, "profile", "").ok()).and_then(|p| p.get("name"));
    let profile = profile.filter(|name| name.text().is_some() && truthy(*name));
    let mut name = text(message, "sender_name|senderName", "senderName")?;
    if !truthy(name) {
        let card = block(message, "contact", "senderName")?;
        name = text(&card, "name", "senderName")?;
    }
    if !truthy(name) {
        name = profile.unwrap_or(name);
    }
    draft.set(Slot::SenderName, name.raw());
    draft.set(Slot::Whatsapp, details(message, around, contact, sender, profile));
    draft.set(Slot::Raw, raw.raw());

    let id = decoded(message.get("id").unwrap_or(Value::NULL));
    Ok(Event {
        kind,
        channel: Some("whatsapp".to_owned()),
        name: None,
        identity: (!id.is_empty()).then(|| [kind.as_str(), ":whatsapp:", &id].concat()),
        json: draft.finish(kind),
    })
}

/// The file of a media message (wire-contract 9.1); an id alone is in `content`, not in `mediaUrl`.
fn read_media<'a>(draft: &mut Draft<'a>, word: &str, media: &Object<'a>) -> Result<(), Malformed> {
    let url = some_text(media, "link|url", "mediaUrl")?;
    draft.set(Slot::MediaUrl, url.raw());
    let mime = text(media, "mime_type|mimeType", "mediaType")?;
    draft.set(Slot::MediaType, mime.raw());
    draft.set(Slot::MimeType, mime.raw());
    let file = pick(media, "filename|file_name|fileName").filter(|file| file.text().is_some());
    draft.set(Slot::FileName, file.unwrap_or(Value::NULL).raw());
    if word == "audio" {
        draft.set(Slot::IsVoiceMessage, bool_json(flag(media.get("voice"))));
        draft.set(Slot::VoiceTranscription, transcription(pick(media, TRANSCRIPTION))?.raw());
    }
    Ok(())
}

const TRANSCRIPTION: &str = "voiceTranscription|voice_transcription|transcription";

/// Text, an object, or nothing.
pub(crate) fn transcription(value: Option<Value<'_>>) -> Result<Value<'_>, Malformed> {
    match value {
        None => Ok(Value::NULL),
        Some(value) if matches!(value.raw().as_bytes().first(), Some(b'n' | b'"' | b'{')) => Ok(value),
        Some(_) => Err("voiceTranscription"),
    }
}

/// `[image message]`, as the reference writes it.
fn placeholder(word: Option<Value<'_>>) -> String {
    match word.and_then(Value::text) {
        Some(word) => ["\"[", Text::raw(word), " message]\""].concat(),
        None => quoted(&["[", word.map_or("text", Value::raw), " message]"].concat()),
    }
}

fn contact_of<'c, 'a>(around: &'c Around<'a>, sender: Value<'_>) -> Option<&'c Object<'a>> {
    let sender = decoded(sender);
    around
        .contacts
        .iter()
        .find(|contact| contact.get("wa_id").and_then(Value::text).is_some_and(|wa_id| wa_id.is(&sender)))
}

const METADATA: Table =
    &[("phoneNumberId", "phone_number_id", As::Id), ("displayPhoneNumber", "display_phone_number", As::Text)];

const CONTEXT: Table = &[
    ("messageId", "id", As::Text),
    ("from", "from", As::Text),
    ("forwarded", "forwarded", As::Flag),
    ("frequentlyForwarded", "frequently_forwarded", As::Flag),
];

const PRODUCT: Table =
    &[("catalogId", "catalog_id", As::Id), ("productRetailerId", "product_retailer_id", As::Id)];

fn details(
    message: &Object<'_>,
    around: &Around<'_>,
    contact: Option<&Object<'_>>,
    sender: Value<'_>,
    profile: Option<Value<'_>>,
) -> String {
    let mut writer = Writer::new();
    writer.object();
    write_table(&mut writer, &around.metadata, METADATA);
    writer.key("businessAccountId").raw(&text_or_number(around.account));
    let wa_id = contact.and_then(|contact| contact.get("wa_id")).unwrap_or(sender);
    writer.key("waId").raw(wa_id.raw());
    writer.key("profileName").raw(profile.unwrap_or(Value::NULL).raw());
    writer.key("context");
    match message.get("context").and_then(Value::object) {
        Some(context) => {
            writer.object();
            write_table(&mut writer, &context, CONTEXT);
            writer.key("referredProduct");
            match context.get("referred_product").and_then(Value::object) {
                Some(product) => {
                    writer.object();
                    write_table(&mut writer, &product, PRODUCT);
                    writer.end_object();
                }
                None => {
                    writer.null();
                }
            }
            writer.end_object();
        }
        None => {
            writer.null();
        }
    }
    write_table(&mut writer, message, &[("referral", "referral", As::Object)]);
    writer.end_object();
    writer.finish()
}

const CONVERSATION: Table = &[
    ("id", "id", As::Text),
    ("origin", "origin.type", As::Text),
    ("expiresAt", "expiration_timestamp", As::Time),
];

const PRICING: Table = &[
    ("billable", "billable", As::Bool),
    ("model", "pricing_model", As::Text),
    ("category", "category", As::Text),
    ("type", "type", As::Text),
];

fn read_status(status: &Object<'_>, raw: Value<'_>) -> Result<Event, Malformed> {
    let id = required(status, "id", "messageSid")?;
    let word = required(status, "status", "status")?;
    let mut writer = Writer::new();
    writer.object();
    writer.key("type").string(Kind::DeliveryReceipt.as_str());
    writer.key("messageSid").raw(id.raw());
    writer.key("status").raw(word.raw());
    writer.key("channel").string("whatsapp");
    write_table(
        &mut writer,
        status,
        &[("recipient", "recipient_id", As::Id), ("timestamp", "timestamp", As::Time)],
    );
    let errors = status.get("errors");
    writer.key("errorCode").raw(&error_code(errors));
    writer.key("errors");
    write_errors(&mut writer, errors);
    for (name, table) in [("conversation", CONVERSATION), ("pricing", PRICING)] {
        writer.key(name);
        match status.get(name).and_then(Value::object) {
            Some(part) => {
                writer.object();
                write_table(&mut writer, &part, table);
                writer.end_object();
            }
            None => {
                writer.null();
            }
        }
    }
    write_table(&mut writer, status, &[("callbackData", "biz_opaque_callback_data", As::Text)]);
    writer.key("raw").raw(raw.raw());
    writer.end_object();

    let at = text_or_number(status.get("timestamp"));
    let identity =
        ["receipt:whatsapp:", &decoded(id), ":", &decoded(word), ":", at.trim_matches('"')].concat();
    Ok(Event {
        kind: Kind::DeliveryReceipt,
        channel: Some("whatsapp".to_owned()),
        name: None,
        identity: Some(identity),
        json: writer.finish(),
    })
}

/// The first error's code as text.
fn error_code(errors: Option<Value<'_>>) -> String {
    let first = errors.and_then(Value::array).and_then(|mut items| items.next()).and_then(Value::object);
    match first.and_then(|first| first.get("code")) {
        Some(code) if code.is_null() || code.text().is_some() => code.raw().to_owned(),
        Some(code) => quoted(code.raw()),
        None => "null".to_owned(),
    }
}
