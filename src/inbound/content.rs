//! What a WhatsApp Cloud message is made of: one row per type.

use crate::json::doc::Node;
use crate::json::quoted;

use super::read::{Reader, row};

/// Types, and the shape of their block. What is not in the block is read from the message, as the second source.
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

impl Reader {
    /// The `content` of a message of this type. What cannot be read as its type is `unknown`: the message counts all
    /// the same, and `raw` has the rest.
    #[inline(never)]
    pub(crate) fn content(
        &mut self,
        word: &str,
        shape: Option<&'static str>,
        block: Node,
        message: Node,
    ) -> Node {
        if word != "interactive" {
            return self.shaped(word, shape, block, message, word);
        }
        let reply = self.doc.chars(self.doc.get(block, "type"));
        let inside = self.doc.get(block, &reply);
        self.shaped(&reply, row(REPLIES, &reply), inside, message, word)
    }

    #[inline(never)]
    fn shaped(
        &mut self,
        kind: &str,
        shape: Option<&'static str>,
        block: Node,
        message: Node,
        word: &str,
    ) -> Node {
        let word = self.doc.add(&quoted(word));
        self.set_sources(&[block, message, word]);
        let mut json = shape.map(|shape| self.fill(kind, shape));
        if !core::mem::take(&mut self.malformed).is_empty() {
            json = None;
        }
        let json = json.unwrap_or_else(|| self.fill("unknown", "kind~2"));
        self.doc.add(&json)
    }
}
