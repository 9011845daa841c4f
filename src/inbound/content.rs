//! What a WhatsApp Cloud message is made of: one table row per type.

use crate::json::{Object, Value, Writer, parse_str, quoted};

use super::read::{As, Table, truthy, write_errors, write_list, write_table};

/// A type on the wire: the block it is read from, and our members.
struct Shape {
    kind: &'static str,
    media: bool,
    table: Table,
}

const MEDIA: Table = &[
    ("id", "id", As::Id),
    ("url", "link|url", As::SomeText),
    ("mimeType", "mime_type|mimeType", As::Text),
    ("fileName", "filename|file_name|fileName", As::Text),
    ("sha256", "sha256", As::Text),
];

const CAPTION: Table = &[("caption", "caption", As::Text)];

const SHAPES: &[Shape] = &[
    Shape { kind: "text", media: false, table: &[("body", "body", As::NeedText)] },
    Shape { kind: "image", media: true, table: CAPTION },
    Shape { kind: "audio", media: true, table: &[("voice", "voice", As::Flag)] },
    Shape { kind: "video", media: true, table: CAPTION },
    Shape { kind: "document", media: true, table: CAPTION },
    Shape { kind: "sticker", media: true, table: &[("animated", "animated", As::Flag)] },
    Shape {
        kind: "location",
        media: false,
        table: &[
            ("latitude", "latitude", As::NeedNumber),
            ("longitude", "longitude", As::NeedNumber),
            ("name", "name", As::Text),
            ("address", "address", As::Text),
            ("url", "url", As::Text),
        ],
    },
    Shape {
        kind: "reaction",
        media: false,
        table: &[("messageId", "message_id", As::NeedText), ("emoji", "emoji", As::SomeText)],
    },
    Shape {
        kind: "button",
        media: false,
        table: &[("text", "text", As::NeedText), ("payload", "payload", As::Text)],
    },
    Shape {
        kind: "system",
        media: false,
        table: &[
            ("kind", "type", As::Text),
            ("body", "body", As::Text),
            ("newWaId", "new_wa_id|wa_id", As::Text),
        ],
    },
];

const REPLIES: &[Shape] = &[
    Shape {
        kind: "button_reply",
        media: false,
        table: &[("id", "id", As::NeedText), ("title", "title", As::NeedText)],
    },
    Shape {
        kind: "list_reply",
        media: false,
        table: &[
            ("id", "id", As::NeedText),
            ("title", "title", As::NeedText),
            ("description", "description", As::Text),
        ],
    },
];

const ORDER: Table = &[("catalogId", "catalog_id", As::Id), ("text", "text", As::Text)];

const ITEM: Table = &[
    ("productRetailerId", "product_retailer_id", As::Id),
    ("quantity", "quantity", As::Number),
    ("itemPrice", "item_price", As::Number),
    ("currency", "currency", As::Text),
];

const PHONE: Table = &[("phone", "phone", As::Text), ("type", "type", As::Text), ("waId", "wa_id", As::Text)];

const EMAIL: Table = &[("email", "email", As::Text), ("type", "type", As::Text)];

/// The `content` of a message of this type, as JSON. What cannot be read as its type is `unknown`: the message counts all
/// the same, and `raw` has the rest.
pub(crate) fn content(word: &str, message: &Object<'_>) -> String {
    let mut writer = Writer::new();
    writer.object();
    if !write_content(&mut writer, word, message) {
        writer = Writer::new();
        writer.object();
        writer.key("type").string("unknown");
        writer.key("kind").string_or_null(Some(word).filter(|word| !word.is_empty()));
    }
    writer.end_object();
    writer.finish()
}

fn write_content(writer: &mut Writer, word: &str, message: &Object<'_>) -> bool {
    let part = message.get(word);
    match word {
        "interactive" => part.and_then(Value::object).is_some_and(|part| write_reply(writer, &part)),
        "contacts" => {
            writer.key("type").string(word);
            writer.key("contacts");
            write_cards(writer, part);
            true
        }
        "order" => {
            writer.key("type").string(word);
            let order = part.and_then(Value::object).unwrap_or_default();
            write_table(writer, &order, ORDER);
            writer.key("items");
            write_list(writer, order.get("product_items"), ITEM);
            true
        }
        "unsupported" => {
            writer.key("type").string(word);
            writer.key("errors");
            write_errors(writer, message.get("errors"));
            true
        }
        _ => write_shape(writer, SHAPES, word, part),
    }
}

fn write_shape(writer: &mut Writer, shapes: &[Shape], word: &str, part: Option<Value<'_>>) -> bool {
    let Some(shape) = shapes.iter().find(|shape| shape.kind == word) else { return false };
    let part = part.and_then(Value::object).unwrap_or_default();
    writer.key("type").string(shape.kind);
    if shape.media {
        writer.key("media").object();
        write_table(writer, &part, MEDIA);
        writer.end_object();
    }
    write_table(writer, &part, shape.table)
}

/// `interactive` is flattened into its replies.
fn write_reply(writer: &mut Writer, interactive: &Object<'_>) -> bool {
    let Some(word) = interactive.get("type").and_then(Value::text) else { return false };
    let word = word.decode();
    let part = interactive.get(&word);
    if word != "nfm_reply" {
        return write_shape(writer, REPLIES, &word, part);
    }
    let part = part.and_then(Value::object).unwrap_or_default();
    writer.key("type").string(&word);
    write_table(writer, &part, &[("name", "name", As::Text), ("body", "body", As::Text)]);
    writer.key("response");
    match part.get("response_json").and_then(Value::text) {
        Some(text) => {
            let text = text.decode();
            match parse_str(&text, crate::json::DEFAULT_DEPTH) {
                Ok(value) => writer.raw(value.raw()),
                Err(_) => writer.raw(&quoted(&text)),
            }
        }
        None => writer.null(),
    };
    true
}

fn write_cards(writer: &mut Writer, list: Option<Value<'_>>) {
    writer.array();
    for item in list.and_then(Value::array).into_iter().flatten() {
        let Some(card) = item.object() else { continue };
        writer.object();
        write_table(writer, &card, &[("name", "name.formatted_name", As::Text)]);
        writer.key("phones");
        write_list(writer, card.get("phones"), PHONE);
        writer.key("emails");
        write_list(writer, card.get("emails"), EMAIL);
        writer.key("raw").raw(item.raw());
        writer.end_object();
    }
    writer.end_array();
}

/// The types whose text is a caption, and whose file counts as the message's own.
pub(crate) fn media_block<'a>(
    word: &str,
    message: &Object<'a>,
) -> Result<Option<Object<'a>>, super::read::Malformed> {
    let Some(shape) = SHAPES.iter().find(|shape| shape.media && shape.kind == word) else { return Ok(None) };
    super::read::block(message, shape.kind, "content").map(Some)
}

/// The text of an `interactive` message: its block as JSON text, as the reference has it.
pub(crate) fn interactive_text(message: &Object<'_>) -> String {
    let block = message.get("interactive").filter(|value| truthy(*value));
    quoted(block.map_or("{}", Value::raw))
}
