//! What a WhatsApp Cloud message is made of: one row per type.

use crate::json::Object;
use crate::prelude::*;

use super::read::{Sources, decoded, inside, member, row};
use super::shape::Filler;

/// Types, and the shape of their block. What is not in the block is read from the message, as the second object.
const CONTENT: &str = concat!(
    "text body+\n",
    "image ",
    media!(),
    " caption:\naudio ",
    media!(),
    " voice?\nvideo ",
    media!(),
    " caption:\ndocument ",
    media!(),
    " caption:\nsticker ",
    media!(),
    " animated?\n",
    "location latitude* longitude* name: address: url:\n",
    "contacts contacts[1contacts name:name.formatted_name phones[ phone: type: waId:wa_id ] emails[ email: type: ] raw. ]\n",
    "reaction messageId+message_id emoji~\n",
    "button text+ payload:\n",
    "order catalogId&catalog_id text: items[product_items productRetailerId&product_retailer_id quantity# itemPrice#item_price currency: ]\n",
    "system kind:type body: newWaId:new_wa_id|wa_id\n",
    "unsupported ",
    errors!("1errors"),
);

/// `interactive` is flattened into its replies.
const REPLIES: &str = "button_reply id+ title+\nlist_reply id+ title+ description:\nnfm_reply name: body: response,response_json";

/// The shape of the block of a message of this type.
pub(crate) fn shape_of(word: &str) -> Option<&'static str> {
    row(CONTENT, word)
}

/// Whether a block of this shape has a file, and its caption is the text.
pub(crate) fn has_file(shape: Option<&'static str>) -> bool {
    shape.is_some_and(|shape| shape.starts_with("media{"))
}

/// The `content` of a message of this type, as JSON. What cannot be read as its type is `unknown`: the message counts all
/// the same, and `raw` has the rest.
#[inline(never)]
pub(crate) fn content(
    word: &str,
    shape: Option<&'static str>,
    part: &Object<'_>,
    message: &Object<'_>,
) -> String {
    if word != "interactive" {
        return shaped(word, shape, part, message, word);
    }
    let reply = decoded(member(part, "type"));
    shaped(&reply, row(REPLIES, &reply), &inside(member(part, &reply)), message, word)
}

#[inline(never)]
fn shaped(
    kind: &str,
    shape: Option<&'static str>,
    part: &Object<'_>,
    message: &Object<'_>,
    word: &str,
) -> String {
    let word = crate::json::quoted(word);
    let sources = Sources { objects: &[part, message], registers: &[&word] };
    let mut filler = Filler::default();
    match shape.map(|shape| filler.fill(kind, &sources, shape)) {
        Some(json) if filler.malformed.is_empty() => json,
        _ => filler.fill("unknown", &sources, "kind~$a"),
    }
}
