//! Events out of shapes, and what becomes of that which is not known, or cannot be read: nothing is dropped silently.

use crate::json::Value;
use crate::model::event::{Event, Kind};
use crate::prelude::*;
use crate::text::{owned, push};

use super::read::{Sources, bare, concat, cut, decoded, inside, member};
use super::shape::Filler;

/// Appends an event, read from the first object by its shape. In front of the shape stand the paths of what names the event, with
/// colons between them: the channel, the id, and what else tells it from others; see [`Event::identity`]. They are
/// texts; `=` marks what counts as it came.
///
/// If the shape says that a member is malformed, or `malformed` names one, it is an `unknown` event.
#[inline(never)]
pub(crate) fn event(
    kind: Kind,
    malformed: &'static str,
    sources: &Sources<'_, '_>,
    shape: &'static str,
    events: &mut Vec<Event>,
) {
    let (mut names, shape) = cut(shape, b' ');
    let mut filler = Filler { malformed, ..Filler::default() };
    let json = filler.fill(kind.as_str(), sources, shape);
    let event = sources.look("event");
    let account = matches!(kind, Kind::AccountVerified | Kind::AccountEvent);
    if !filler.malformed.is_empty() {
        let kind = if account { event } else { sources.look("type") };
        unreadable(kind, filler.malformed, sources.look("."), events);
        return;
    }
    let mut identity = owned(if kind == Kind::DeliveryReceipt { "receipt" } else { kind.as_str() });
    #[cfg(feature = "main")]
    let mut channel = None;
    let (mut place, mut named) = (0_u8, false);
    while !names.is_empty() {
        let (name, others) = cut(names, b':');
        names = others;
        let text = match cut(name, b'=') {
            ("", path) => owned(bare(sources.look(path))),
            _ => decoded(sources.look(name)),
        };
        push(&mut identity, ':');
        identity.push_str(&text);
        named |= place == 1 && !text.is_empty();
        #[cfg(feature = "main")]
        if place == 0 && !text.is_empty() {
            channel = Some(text);
        }
        place = place.wrapping_add(1);
    }
    events.push(Event {
        kind,
        #[cfg(feature = "main")]
        channel,
        #[cfg(feature = "main")]
        name: account.then(|| decoded(event)),
        identity: named.then_some(identity),
        json,
    });
}

/// Appends the event for a kind that this package does not know.
pub(crate) fn unknown(kind: Value<'_>, detail: &str, raw: Value<'_>, events: &mut Vec<Event>) {
    make("\"unknown_kind\"", kind, &["\"", detail, "\""], raw, events);
}

/// Appends the event for an item whose member of this name is not what it must be.
#[inline(never)]
pub(crate) fn malformed(name: &str, raw: Value<'_>, events: &mut Vec<Event>) {
    unreadable(member(&inside(raw), "type"), name, raw, events);
}

fn unreadable(kind: Value<'_>, name: &str, raw: Value<'_>, events: &mut Vec<Event>) {
    make("\"malformed\"", kind, &["\"cannot read ", name, "\""], raw, events);
}

#[inline(never)]
fn make(reason: &str, kind: Value<'_>, detail: &[&str], raw: Value<'_>, events: &mut Vec<Event>) {
    let detail = concat(detail);
    let sources = Sources { objects: &[], registers: &[reason, kind.raw(), &detail, raw.raw()] };
    event(Kind::Unknown, "", &sources, " reason$$a kind:$b detail$$c raw$$d", events);
}
