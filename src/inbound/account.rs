//! Signed account webhooks into events (wire-contract 8.2).

use crate::json::{Object, Value};
use crate::model::event::{Event, Kind};

use super::read::{Sources, decoded, pick, says, text, truthy};
use super::shape::Filler;
use super::unknown::{Unreadable, unknown};

const VERIFIED: &str =
    "type=\"account_verified\" event+ orgId+ ownerEmail: teamToken+ scopes: verifiedAt; raw.";
const OTHER: &str = "type=\"account_event\" event+ orgId:orgId|org_id agentId:agentId|agent_id data. raw.";

/// Whether the payload is an account event: it has an `event` and no sender.
pub(crate) fn is_one(object: &Object<'_>) -> bool {
    truthy(text(pick(object, "event"))) && !says(object, "from|sender")
}

/// The event. `account.verified` without a workspace or a token is malformed.
pub(crate) fn read(object: &Object<'_>, payload: Value<'_>) -> Event {
    let event = pick(object, "event");
    let name = decoded(event);
    let (kind, shape) = if name == "account.verified" {
        (Kind::AccountVerified, VERIFIED)
    } else {
        (Kind::AccountEvent, OTHER)
    };
    let mut filler = Filler::default();
    let json = filler.fill(payload.raw(), Sources { objects: &[object], registers: &[] }, shape);
    match filler.malformed {
        None => Event { name: Some(name), ..Event::new(kind, json) },
        Some(member) => unknown(Unreadable::Malformed, event, member, payload),
    }
}
