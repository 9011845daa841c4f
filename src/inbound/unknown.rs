//! Events for what is not known, or cannot be read: nothing is dropped silently.

use crate::json::{Value, quoted};
use crate::model::event::{Event, Kind};

use super::read::{Sources, join};
use super::shape::Filler;

/// Why an event is `unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// A kind that this package does not know.
    UnknownKind,
    /// A known kind whose members are not what they must be.
    Malformed,
}

/// An `unknown` event. Of a malformed one `detail` is the name of the member that cannot be read.
#[inline(never)]
pub(crate) fn unknown(reason: Unreadable, kind: Value<'_>, detail: &str, raw: Value<'_>) -> Event {
    let (reason, before) = match reason {
        Unreadable::UnknownKind => ("\"unknown_kind\"", ""),
        Unreadable::Malformed => ("\"malformed\"", "cannot read "),
    };
    let detail = quoted(&join(&[before, detail]));
    let sources = Sources { objects: &[], registers: &[reason, kind.raw(), &detail] };
    let shape = "type=\"unknown\" reason$$a kind:$b detail$$c raw.";
    Event::new(Kind::Unknown, Filler::default().fill(raw.raw(), sources, shape))
}
