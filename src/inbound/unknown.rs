//! Events for what is not known, or cannot be read: nothing is dropped silently.

use crate::json::{Value, quoted};
use crate::model::event::{Event, Kind};

use super::read::Sources;
use super::shape::fill;

/// Why an event is `unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// A kind that this package does not know.
    UnknownKind,
    /// A known kind whose members are not what they must be.
    Malformed,
}

/// An `unknown` event. Of a malformed one `detail` is the name of the member that cannot be read.
pub(crate) fn unknown(reason: Unreadable, kind: Option<Value<'_>>, detail: &str, raw: Value<'_>) -> Event {
    let (reason, before) = match reason {
        Unreadable::UnknownKind => ("\"unknown_kind\"", ""),
        Unreadable::Malformed => ("\"malformed\"", "cannot read "),
    };
    let kind = kind.filter(|kind| kind.text().is_some()).unwrap_or(Value::NULL);
    let detail = quoted(&[before, detail].concat());
    let sources = Sources { objects: &[], registers: &[reason, kind.raw(), &detail] };
    let json = fill(raw.raw(), sources, "type=\"unknown\" reason$$a kind$$b detail$$c raw.");
    Event::new(Kind::Unknown, json.unwrap_or_default())
}
