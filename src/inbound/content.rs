//! What a WhatsApp Cloud message is made of: one row per type.

use crate::json::{Object, Value, quoted};
use crate::prelude::*;

use super::read::{Sources, decoded, pick};
use super::shape::Filler;

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
#[inline(never)]
pub(crate) fn content(word: &str, message: &Object<'_>) -> String {
    let part = message.get(word).and_then(Value::object).unwrap_or_default();
    let read = if word == "interactive" {
        let reply = decoded(pick(&part, "type"));
        let inside = part.get(&reply).and_then(Value::object).unwrap_or_default();
        shaped(&REPLIES, &reply, &inside, message)
    } else {
        shaped(&CONTENT, word, &part, message)
    };
    read.unwrap_or_else(|| {
        let word = if word.is_empty() { "null".to_owned() } else { quoted(word) };
        let sources = Sources { objects: &[], registers: &[&word] };
        Filler::default().fill("", sources, "type=\"unknown\" kind$$a")
    })
}

#[inline(never)]
fn shaped(
    shapes: &[(&str, &'static str)],
    word: &str,
    part: &Object<'_>,
    message: &Object<'_>,
) -> Option<String> {
    let (_, shape) = shapes.iter().find(|(kind, _)| *kind == word)?;
    let kind = quoted(word);
    let mut filler = Filler::default();
    let json = filler.fill("null", Sources { objects: &[part, message], registers: &[&kind] }, shape);
    filler.malformed.is_none().then_some(json)
}

/// Whether the block of this type has a file, and its caption is the text.
#[inline(never)]
pub(crate) fn has_media(word: &str) -> bool {
    matches!(word, "image" | "audio" | "video" | "document" | "sticker")
}
