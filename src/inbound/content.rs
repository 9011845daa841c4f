//! What a WhatsApp Cloud message is made of: one row per type.

use crate::json::{Object, Value, Writer};

use super::read::{Sources, decoded};
use super::shape::fill;

/// Types, and the shape of their block. What is not in the block is read from the message, as the second object.
const CONTENT: [(&str, &str); 13] = [
    ("text", "type$$a body+"),
    ("image", concat!("type$$a ", media!(), " caption:")),
    ("audio", concat!("type$$a ", media!(), " voice?")),
    ("video", concat!("type$$a ", media!(), " caption:")),
    ("document", concat!("type$$a ", media!(), " caption:")),
    ("sticker", concat!("type$$a ", media!(), " animated?")),
    ("location", "type$$a latitude* longitude* name: address: url:"),
    (
        "contacts",
        "type$$a contacts[1contacts name:name.formatted_name phones[ phone: type: waId:wa_id ] emails[ email: type: ] raw. ]",
    ),
    ("reaction", "type$$a messageId+message_id emoji~"),
    ("button", "type$$a text+ payload:"),
    (
        "order",
        "type$$a catalogId&catalog_id text: items[product_items productRetailerId&product_retailer_id quantity# itemPrice#item_price currency: ]",
    ),
    ("system", "type$$a kind:type body: newWaId:new_wa_id|wa_id"),
    ("unsupported", concat!("type$$a ", errors!("1errors"))),
];

/// `interactive` is flattened into its replies.
const REPLIES: [(&str, &str); 3] = [
    ("button_reply", "type$$a id+ title+"),
    ("list_reply", "type$$a id+ title+ description:"),
    ("nfm_reply", "type$$a name: body: response,response_json"),
];

/// The `content` of a message of this type, as JSON. What cannot be read as its type is `unknown`: the message counts all
/// the same, and `raw` has the rest.
pub(crate) fn content(word: &str, message: &Object<'_>) -> String {
    let part = message.get(word).and_then(Value::object);
    let read = if word == "interactive" {
        part.and_then(|part| {
            let word = decoded(part.get("type"));
            shaped(&REPLIES, &word, part.get(&word).and_then(Value::object), message)
        })
    } else {
        shaped(&CONTENT, word, part, message)
    };
    read.unwrap_or_else(|| {
        let mut writer = Writer::new();
        writer.object();
        writer.key("type").string("unknown");
        writer.key("kind").string_or_null(Some(word).filter(|word| !word.is_empty()));
        writer.end_object();
        writer.finish()
    })
}

fn shaped(
    shapes: &[(&str, &'static str)],
    word: &str,
    part: Option<Object<'_>>,
    message: &Object<'_>,
) -> Option<String> {
    let (_, shape) = shapes.iter().find(|(kind, _)| *kind == word)?;
    let kind = ["\"", word, "\""].concat();
    let sources = Sources { objects: &[&part.unwrap_or_default(), message], registers: &[&kind] };
    fill("null", sources, shape).ok()
}

/// Whether the block of this type has a file, and its caption is the text.
pub(crate) fn has_media(word: &str) -> bool {
    matches!(word, "image" | "audio" | "video" | "document" | "sticker")
}
