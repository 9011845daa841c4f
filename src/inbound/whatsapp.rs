//! WhatsApp Cloud webhooks into events (wire-contract 8.3, 9.1).

use crate::json::doc::Node;
use crate::json::quoted;
use crate::model::event::Kind;
use crate::prelude::*;

use super::content::{has_file, shape_of};
use super::read::{Reader, concat};

const LISTS: [&str; 5] = ["entry", "changes", "messages", "message_echoes", "statuses"];

// Sources: 0 the message, 1 its file, 2 the change's value, 3 the person's contact, 4 the entry, 5 its file if that is to be
// heard, 6 the text, 7 the content, 8 the sender's name.
const MESSAGE: &str = "\"whatsapp\":id id! externalId=null sender+from to! channel=\"whatsapp\" \
    text+6 content$7 mediaUrl^1link|1url mediaType!1mime_type|1mimeType mimeType!1mime_type|1mimeType fileName:1filename \
    attachments=[] subject=null html=null isVoiceMessage?5voice voiceTranscription>5voiceTranscription|5voice_transcription|5transcription \
    isGroup?group_id|groupId|is_group|isGroup groupId!group_id|groupId groupName!group_name|groupName \
    senderName!8 senderSid=null replyTo=null agentId=null \
    agentName=null sessionId=null session=null threadId=null receivedAt@timestamp \
    whatsapp{. phoneNumberId&2metadata.phone_number_id displayPhoneNumber:2metadata.display_phone_number \
    businessAccountId&4id waId:3wa_id|from profileName~3profile.name \
    context{ messageId:id from: forwarded? frequentlyForwarded?frequently_forwarded \
    referredProduct{referred_product catalogId&catalog_id productRetailerId&product_retailer_id } } referral< } raw.";

// Sources: 0 the status, 1 its first error.
const STATUS: &str = concat!(
    "\"whatsapp\":id:status:=timestamp messageSid+id status+ channel=\"whatsapp\" recipient&recipient_id timestamp@ errorCode_1code ",
    errors!("errors"),
    " conversation{ id: origin:origin.type expiresAt@expiration_timestamp } ",
    "pricing{ billable% model:pricing_model category: type: } callbackData:biz_opaque_callback_data raw."
);

impl Reader {
    /// Appends the events of an envelope, in order. An item that cannot be read becomes an `unknown` event.
    pub(crate) fn whatsapp(&mut self, envelope: Node) {
        if self.doc.is_object(envelope) {
            self.each(0, envelope, envelope);
        } else {
            self.malformed("envelope", envelope);
        }
    }

    /// Runs over the objects of a list, down to the messages and statuses. An absent, `null` or otherwise empty list is no
    /// news; anything else is malformed. `of` has the list, and `entry` is what it stands in.
    #[inline(never)]
    fn each(&mut self, list: usize, of: Node, entry: Node) {
        let name = LISTS.get(list).copied().unwrap_or_default();
        let value = self.doc.get(of, name);
        let mut item = self.doc.item(value);
        if item == Node::NONE && self.doc.says(value) {
            self.malformed(name, value);
        }
        while item != Node::NONE {
            if !self.doc.is_object(item) {
                self.malformed(name, item);
            } else {
                match list {
                    0 => self.each(1, item, item),
                    1 => self.change(item, entry),
                    2 => self.message(Kind::Message, item, of, entry),
                    3 => self.message(Kind::Echo, item, of, entry),
                    _ => self.status(item),
                }
            }
            item = self.doc.after(item, value);
        }
    }

    #[inline(never)]
    fn change(&mut self, change: Node, entry: Node) {
        let value = self.doc.get(change, "value");
        if !self.doc.says(value) {
            return;
        }
        if !self.doc.is_object(value) {
            return self.malformed("value", change);
        }
        let before = self.events.len();
        for list in 2..LISTS.len() {
            self.each(list, value, entry);
        }
        let field = self.doc.get(change, "field");
        let other = !self.among(field, "messages") || self.doc.get(value, "errors") != Node::NONE;
        if self.events.len() == before && other && self.doc.first(field) != b'n' {
            self.unknown(field, "no messages and no statuses", change);
        }
    }

    #[inline(never)]
    fn message(&mut self, kind: Kind, message: Node, value: Node, entry: Node) {
        let mut word = self.doc.get(message, "type");
        if word == Node::NONE {
            word = self.doc.add("\"text\"");
        }
        let named = self.doc.chars(word);
        let shape = shape_of(&named);
        let (plain, has_file) = (named == "text", has_file(shape));
        let block = self.doc.get(message, &named);
        let contact = self.doc.get(message, "contact");
        let content = self.content(&named, shape, block, message);
        // A block is an object, or nothing.
        if ((plain || has_file) && self.wrong(block)) || self.wrong(contact) {
            self.malformed = "content";
        }

        let file = if has_file { block } else { Node::NONE };
        let mut body = if plain { self.doc.get(block, "body") } else { self.doc.get(file, "caption") };
        if named == "interactive" {
            // Its block as JSON text, as the reference has it.
            let made = quoted(if self.doc.says(block) { self.doc.raw(block) } else { "{}" });
            body = self.doc.add(&made);
        } else if !plain && !self.doc.says(body) {
            // What is no text stands there as JSON, and that is in a text now.
            if !self.doc.is_text(word) {
                let made = quoted(self.doc.raw(word));
                word = self.doc.add(&made);
            }
            let made = placeholder(self.doc.bare(word));
            body = self.doc.add(&made);
        }

        let contact = self.contact_of(message, value);
        let heard = if named == "audio" { file } else { Node::NONE };
        self.set_sources(&[message, file, value, contact, entry, heard, body, content]);
        let mut name = self.look("sender_name|senderName|contact.name");
        let profile = self.look("3profile.name");
        if matches!(self.doc.raw(name), "null" | "\"\"") && self.worded(profile) {
            name = profile;
        }
        self.sources[8] = name;
        self.event(kind, MESSAGE);
    }

    fn wrong(&self, value: Node) -> bool {
        self.doc.says(value) && !self.doc.is_object(value)
    }

    /// What belongs to the sender among the contacts of the change.
    #[inline(never)]
    fn contact_of(&self, message: Node, value: Node) -> Node {
        let from = self.doc.chars(self.doc.get(message, "from"));
        let contacts = self.doc.get(value, "contacts");
        let mut contact = self.doc.item(contacts);
        while contact != Node::NONE
            && !(self.doc.is_object(contact) && self.doc.chars(self.doc.get(contact, "wa_id")) == from)
        {
            contact = self.doc.after(contact, contacts);
        }
        contact
    }

    #[inline(never)]
    fn status(&mut self, status: Node) {
        let error = self.doc.item(self.doc.get(status, "errors"));
        self.set_sources(&[status, error]);
        self.event(Kind::DeliveryReceipt, STATUS);
    }
}

/// The text of a message that has none, as JSON.
#[inline(never)]
pub(crate) fn placeholder(word: &str) -> String {
    concat(&["\"[", word, " message]\""])
}
