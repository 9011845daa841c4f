//! Events out of shapes, and what becomes of that which is not known, or cannot be read: nothing is dropped silently.

use crate::json::doc::Node;
use crate::model::event::{Event, Kind};
use crate::text::{owned, push};

use super::read::{Reader, concat, cut};

impl Reader {
    /// Appends an event, read from the sources by its shape. In front of the shape stand the paths of what names the
    /// event, with colons between them: the channel, the id, and what else tells it from others; see
    /// [`Event::identity`]. They are texts; `=` marks what counts as it came.
    ///
    /// If the shape says that a member is malformed, or `malformed` names one already, it is an `unknown` event.
    #[inline(never)]
    pub(crate) fn event(&mut self, kind: Kind, shape: &'static str) {
        let (mut names, shape) = cut(shape, b' ');
        let json = self.fill(kind.as_str(), shape);
        let account = matches!(kind, Kind::AccountVerified | Kind::AccountEvent);
        let malformed = core::mem::take(&mut self.malformed);
        if !malformed.is_empty() {
            let [raw, ..] = self.sources;
            let kind = self.doc.get(raw, if account { "event" } else { "type" });
            return self.unreadable(kind, malformed, raw);
        }
        let mut identity = owned(if kind == Kind::DeliveryReceipt { "receipt" } else { kind.as_str() });
        #[cfg(feature = "main")]
        let mut channel = None;
        let (mut place, mut named) = (0_u8, false);
        while !names.is_empty() {
            let (name, others) = cut(names, b':');
            names = others;
            let (plain, path) = cut(name, b'=');
            let node = self.look(if plain.is_empty() { path } else { plain });
            let text = if plain.is_empty() { owned(self.doc.bare(node)) } else { self.doc.chars(node) };
            push(&mut identity, ':');
            identity.push_str(&text);
            named |= place == 1 && !text.is_empty();
            #[cfg(feature = "main")]
            if place == 0 && !text.is_empty() {
                channel = Some(text);
            }
            place = place.wrapping_add(1);
        }
        #[cfg(feature = "main")]
        let name = account.then(|| {
            let [this, ..] = self.sources;
            self.doc.chars(self.doc.get(this, "event"))
        });
        self.events.push(Event {
            kind,
            #[cfg(feature = "main")]
            channel,
            #[cfg(feature = "main")]
            name,
            identity: named.then_some(identity),
            json,
        });
    }

    /// Appends the event for a kind that this package does not know.
    pub(crate) fn unknown(&mut self, kind: Node, detail: &str, raw: Node) {
        self.make("\"unknown_kind\"", kind, &["\"", detail, "\""], raw);
    }

    /// Appends the event for an item whose member of this name is not what it must be.
    #[inline(never)]
    pub(crate) fn malformed(&mut self, name: &str, raw: Node) {
        self.unreadable(self.doc.get(raw, "type"), name, raw);
    }

    fn unreadable(&mut self, kind: Node, name: &str, raw: Node) {
        self.make("\"malformed\"", kind, &["\"cannot read ", name, "\""], raw);
    }

    #[inline(never)]
    fn make(&mut self, reason: &str, kind: Node, detail: &[&str], raw: Node) {
        let (reason, detail) = (self.doc.add(reason), self.doc.add(&concat(detail)));
        self.set_sources(&[reason, kind, detail, raw]);
        self.event(Kind::Unknown, " reason$0 kind:1 detail$2 raw$3");
    }
}
