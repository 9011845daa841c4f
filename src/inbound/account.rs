//! Signed account webhooks into events (wire-contract 8.2).

use crate::json::Object;
use crate::model::event::{Event, Kind};
use crate::prelude::*;

use super::read::{Sources, among, member, says, worded};
use super::unknown::event;

const VERIFIED: &str = " event+ orgId+ ownerEmail: teamToken+ scopes: verifiedAt; raw.";
const OTHER: &str = " event+ orgId:orgId|org_id agentId:agentId|agent_id data. raw.";

/// Whether the payload is an account event: it has an `event` and no sender.
pub(crate) fn is_one(object: &Object<'_>) -> bool {
    worded(member(object, "event")) && !says(object, "from|sender")
}

/// Appends the event. `account.verified` without a workspace or a token is malformed.
pub(crate) fn read(object: &Object<'_>, events: &mut Vec<Event>) {
    let (kind, shape) = if among(member(object, "event"), "account.verified") {
        (Kind::AccountVerified, VERIFIED)
    } else {
        (Kind::AccountEvent, OTHER)
    };
    event(kind, "", &Sources { objects: &[object], registers: &[] }, shape, events);
}
