//! Signed account webhooks into events (wire-contract 8.2).

use crate::json::{Object, Value, Writer};
use crate::model::event::{Event, Kind, Unreadable};

use super::read::{As, Table, any_time, decoded, truthy, write_table};

const VERIFIED: &str = "account.verified";

const VERIFIED_MEMBERS: Table = &[
    ("orgId", "orgId", As::NeedText),
    ("ownerEmail", "ownerEmail", As::Text),
    ("teamToken", "teamToken", As::NeedText),
    ("scopes", "scopes", As::Text),
];

const MEMBERS: Table = &[("orgId", "orgId|org_id", As::Text), ("agentId", "agentId|agent_id", As::Text)];

/// The event's name, if the payload is an account event: it has an `event` and no sender.
pub(crate) fn name<'a>(object: &Object<'a>) -> Option<Value<'a>> {
    let name = object.get("event").filter(|name| name.text().is_some() && truthy(*name))?;
    let sent = ["from", "sender"].iter().any(|key| object.get(key).is_some_and(truthy));
    (!sent).then_some(name)
}

/// The event. `account.verified` without a workspace or a token is malformed.
pub(crate) fn read(event: Value<'_>, object: &Object<'_>, payload: Value<'_>) -> Event {
    let name = decoded(event);
    let verified = name == VERIFIED;
    let kind = if verified { Kind::AccountVerified } else { Kind::AccountEvent };
    let mut writer = Writer::new();
    writer.object();
    writer.key("type").string(kind.as_str());
    writer.key("event").raw(event.raw());
    if !write_table(&mut writer, object, if verified { VERIFIED_MEMBERS } else { MEMBERS }) {
        let kind = crate::json::quoted(&name);
        return Event::unknown(
            Unreadable::Malformed,
            &kind,
            &["cannot read orgId and teamToken"],
            payload.raw(),
        );
    }
    if verified {
        writer.key("verifiedAt").raw(&any_time(object.get("verifiedAt")));
    } else {
        writer.key("data").raw(payload.raw());
    }
    writer.key("raw").raw(payload.raw());
    writer.end_object();
    Event { kind, channel: None, name: Some(name), identity: None, json: writer.finish() }
}
