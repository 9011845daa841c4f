//! WhatsApp Cloud webhooks into events (wire-contract 8.3, 9.1).

use crate::json::doc::Node;
use crate::json::quoted;
use crate::model::event::Kind;
use crate::prelude::*;

use super::content::{has_file, shape_of};
use super::read::{Reader, concat};

const LISTS: [&str; 5] = ["entry", "changes", "messages", "message_echoes", "statuses"];

// Sources: 0 the message, 1 its file, 2 the change's metadata, 3 the person's contact, 4 the entry's id, 5 its file if that is to
// be heard, 6 the text, 7 the content, 8 the sender's name.
const MESSAGE: &str = "\"whatsapp\":id id! externalId=null sender+from to! channel=\"whatsapp\" \
    text+6 content$7 mediaUrl^1link|1url mediaType!1mime_type|1mimeType mimeType!1mime_type|1mimeType fileName:1filename|1file_name|1fileName \
    attachments=[] subject=null html=null isVoiceMessage?5voice voiceTranscription>5voiceTranscription|5voice_transcription|5transcription \
    isGroup?group_id|groupId|is_group|isGroup groupId!group_id|groupId groupName!group_name|groupName \
    senderName!8 senderSid=null replyTo=null agentId=null \
    agentName=null sessionId=null session=null threadId=null receivedAt@timestamp \
    whatsapp{. phoneNumberId&2phone_number_id displayPhoneNumber:2display_phone_number \
    businessAccountId&4 waId:3wa_id|from profileName~3profile.name \
    context{ messageId:id from: forwarded? frequentlyForwarded?frequently_forwarded \
    referredProduct{referred_product catalogId&catalog_id productRetailerId&product_retailer_id } } referral< } raw.";

// Sources: 0 the status, 1 its first error.
const STATUS: &str = concat!(
    "\"whatsapp\":id:status:=timestamp messageSid+id status+ channel=\"whatsapp\" recipient&recipient_id timestamp@ errorCode_1code ",
    errors!("errors"),
    " conversation{ id: origin:origin.type expiresAt@expiration_timestamp } ",
    "pricing{ billable% model:pricing_model category: type: } callbackData:biz_opaque_callback_data raw."
);

/// Longest value, in bytes, that goes from around the messages into each event.
const MAX_SHARED: usize = 4096;

/// How many contacts of a change are looked at.
const MAX_CONTACTS: usize = 1000;

impl Reader {
    /// Appends the events of an envelope, in order. An item that cannot be read becomes an `unknown` event.
    pub(crate) fn whatsapp(&mut self, envelope: Node) {
        if self.doc.is_object(envelope) {
            self.each(0, envelope);
        } else {
            self.malformed("envelope", envelope);
        }
    }

    /// Runs over the objects of a list, down to the messages and statuses. An absent, `null` or otherwise empty list is no
    /// news; anything else is malformed.
    #[inline(never)]
    fn each(&mut self, list: usize, of: Node) {
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
                    0 => {
                        self.entry = self.short(item, "id");
                        self.each(1, item);
                    }
                    1 => self.change(item),
                    2 => self.message(Kind::Message, item),
                    3 => self.message(Kind::Echo, item),
                    _ => self.status(item),
                }
            }
            item = self.doc.after(item, value);
        }
    }

    /// A member that goes into every event below: a long one would make many large events of one body.
    #[inline(never)]
    fn short(&self, object: Node, key: &str) -> Node {
        let node = self.doc.get(object, key);
        if self.doc.raw(node).len() > MAX_SHARED { Node::NONE } else { node }
    }

    #[inline(never)]
    fn change(&mut self, change: Node) {
        let value = self.doc.get(change, "value");
        if !self.doc.says(value) {
            return;
        }
        if !self.doc.is_object(value) {
            return self.malformed("value", change);
        }
        let before = self.events.len();
        self.metadata = self.short(value, "metadata");
        self.contacts = self.doc.get(value, "contacts");
        for list in 2..LISTS.len() {
            self.each(list, value);
        }
        let field = self.doc.get(change, "field");
        let other = !self.among(field, "messages") || self.doc.get(value, "errors") != Node::NONE;
        if self.events.len() == before && other && self.doc.first(field) != b'n' {
            self.unknown(field, "no messages and no statuses", change);
        }
    }

    #[inline(never)]
    fn message(&mut self, kind: Kind, message: Node) {
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

        let person = self.contact_of(message);
        let heard = if named == "audio" { file } else { Node::NONE };
        self.set_sources(&[message, file, self.metadata, person, self.entry, heard, body, content]);
        let mut name = self.look("sender_name|senderName");
        // A block is an object, or nothing; and so is the contact, where it is asked for the name.
        let asked = !self.doc.says(name);
        if ((plain || has_file) && self.wrong(block)) || (asked && self.wrong(contact)) {
            self.malformed = "content";
        }
        if asked {
            name = self.look("contact.name");
        }
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

    /// What belongs to the sender among the first of the contacts: the service sends as many as messages, a few.
    #[inline(never)]
    fn contact_of(&self, message: Node) -> Node {
        let from = self.doc.chars(self.doc.get(message, "from"));
        let mut contact = self.doc.item(self.contacts);
        for _ in 0..MAX_CONTACTS {
            if contact == Node::NONE {
                break;
            }
            if self.doc.is_object(contact)
                && self.doc.raw(contact).len() <= MAX_SHARED
                && self.doc.chars(self.doc.get(contact, "wa_id")) == from
            {
                return contact;
            }
            contact = self.doc.after(contact, self.contacts);
        }
        Node::NONE
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
