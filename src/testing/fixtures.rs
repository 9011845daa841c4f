//! Webhook bodies as the service and Meta write them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::action::Ms;
use super::ids::Ids;
use super::script::{BadScript, parse};

/// Makes bodies; ids it invents come from its seed.
#[derive(Debug)]
pub struct Fixtures {
    ids: Ids,
}

impl Fixtures {
    /// With this seed.
    #[must_use]
    pub fn new(seed: [u8; 16]) -> Self {
        Self { ids: Ids::new(seed) }
    }

    /// A delivery id.
    pub fn delivery_id(&mut self) -> String {
        self.ids.uuid()
    }

    /// A WhatsApp Cloud body with these messages (wire-contract 8.3, 9.1): a list of `from`, `name`, `id`, `text` or
    /// `message`, `to`, `at` (milliseconds), all optional.
    ///
    /// # Errors
    /// [`BadScript`] for unknown or mistyped members.
    pub fn whatsapp(&mut self, messages: Value, now: Ms) -> Result<Value, BadScript> {
        let messages: Vec<WhatsappMessage> = parse(messages)?;
        let to =
            messages.iter().find_map(|message| message.to.clone()).unwrap_or_else(|| "15550001111".into());
        let mut contacts: Vec<Value> = Vec::new();
        let mut list = Vec::new();
        for message in messages {
            let from = message.from.unwrap_or_else(|| "15555550123".into());
            let name = message.name.unwrap_or_else(|| "Test Sender".into());
            let contact = json!({ "profile": { "name": name }, "wa_id": from });
            if !contacts.contains(&contact) {
                contacts.push(contact);
            }
            let mut item = Map::new();
            item.insert("from".into(), from.into());
            item.insert("id".into(), message.id.unwrap_or_else(|| self.whatsapp_id()).into());
            item.insert("timestamp".into(), seconds(message.at.unwrap_or(now)));
            match message.message {
                Some(own) => item.extend(own),
                None => {
                    let text = message.text.unwrap_or_else(|| "hello".into());
                    item.insert("type".into(), "text".into());
                    item.insert("text".into(), json!({ "body": text }));
                }
            }
            list.push(Value::Object(item));
        }
        Ok(envelope(&to, json!({ "contacts": contacts, "messages": list })))
    }

    /// A WhatsApp Cloud body with one status: `id`, `status` ("delivered"), `recipient`, `errors`.
    ///
    /// # Errors
    /// [`BadScript`] for unknown or mistyped members.
    pub fn whatsapp_status(&mut self, status: Value, now: Ms) -> Result<Value, BadScript> {
        let status: WhatsappStatus = parse(status)?;
        let mut item = json!({
            "id": status.id,
            "status": status.status.as_deref().unwrap_or("delivered"),
            "timestamp": seconds(now),
            "recipient_id": status.recipient.as_deref().unwrap_or("15555550123"),
        });
        if let (Some(item), Some(errors)) = (item.as_object_mut(), status.errors) {
            item.insert("errors".into(), errors.into());
        }
        Ok(envelope("15550001111", json!({ "statuses": [item] })))
    }

    /// A callback of the service with one message (wire-contract 8.5): `sender`, `text`, `channel` and any other key.
    ///
    /// # Errors
    /// [`BadScript`] for a mistyped `sender`, `text` or `channel`.
    pub fn message(&mut self, message: Value, now: Ms) -> Result<Value, BadScript> {
        let (mut rest, [sender, text, channel]) = taken(message, ["sender", "text", "channel"])?;
        let mut body = json!({
            "type": "message",
            "messageId": self.ids.message(),
            "channel": channel.unwrap_or_else(|| "sms".into()),
            "direction": "inbound",
            "from": sender.unwrap_or_else(|| "+15555550123".into()),
            "to": "+15550001111",
            "body": text.unwrap_or_else(|| "hello".into()),
            "timestamp": iso(now),
        });
        if let Some(body) = body.as_object_mut() {
            body.append(&mut rest);
        }
        Ok(body)
    }

    /// A callback of the service with a receipt: `messageSid`, `status` and any other key.
    ///
    /// # Errors
    /// [`BadScript`] for a missing or mistyped `messageSid` or `status`.
    pub fn receipt(&mut self, receipt: Value, now: Ms) -> Result<Value, BadScript> {
        let (mut rest, [sid, status]) = taken(receipt, ["messageSid", "status"])?;
        let (Some(sid), Some(status)) = (sid, status) else {
            return Err(BadScript("a receipt has messageSid and status".into()));
        };
        let mut body = json!({
            "type": "status",
            "messageId": sid,
            "status": status,
            "channel": "whatsapp",
            "timestamp": iso(now),
        });
        if let Some(body) = body.as_object_mut() {
            body.append(&mut rest);
        }
        Ok(body)
    }

    /// `account.verified` (wire-contract 8.2): `orgId`, `ownerEmail`, `teamToken`.
    ///
    /// # Errors
    /// [`BadScript`] for unknown or mistyped members.
    pub fn account_verified(&mut self, account: Value, now: Ms) -> Result<Value, BadScript> {
        let account: Account = parse(account)?;
        Ok(json!({
            "event": "account.verified",
            "orgId": account.org_id.as_deref().unwrap_or("org-test-1"),
            "ownerEmail": account.owner_email.as_deref().unwrap_or("owner@example.com"),
            "teamToken": account.team_token.as_deref().unwrap_or("fake-team-token"),
            "scopes": "org-admin",
            "verifiedAt": iso(now),
        }))
    }

    fn whatsapp_id(&mut self) -> String {
        ["wamid.", &self.ids.uuid().replace('-', "")].concat()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhatsappMessage {
    from: Option<String>,
    name: Option<String>,
    id: Option<String>,
    text: Option<String>,
    message: Option<Map<String, Value>>,
    to: Option<String>,
    at: Option<Ms>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhatsappStatus {
    id: String,
    status: Option<String>,
    recipient: Option<String>,
    errors: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Account {
    org_id: Option<String>,
    owner_email: Option<String>,
    team_token: Option<String>,
}

fn envelope(to: &str, mut value: Value) -> Value {
    if let Some(value) = value.as_object_mut() {
        let metadata = json!({ "display_phone_number": to, "phone_number_id": "200000000000002" });
        value.insert("messaging_product".into(), "whatsapp".into());
        value.insert("metadata".into(), metadata);
    }
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "100000000000001", "changes": [{ "field": "messages", "value": value }] }],
    })
}

/// The other members of an object, and these, which are text.
type Taken<const N: usize> = (Map<String, Value>, [Option<String>; N]);

fn taken<const N: usize>(value: Value, keys: [&str; N]) -> Result<Taken<N>, BadScript> {
    let Value::Object(mut map) = value else { return Err(BadScript("expected an object".into())) };
    let mut wrong = None;
    let texts = keys.map(|key| match map.remove(key) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(_) => {
            wrong = Some(BadScript([key, " is a string"].concat()));
            None
        }
    });
    wrong.map_or(Ok((map, texts)), Err)
}

fn iso(now: Ms) -> Option<String> {
    i64::try_from(now).ok().and_then(crate::time::iso)
}

fn seconds(at: Ms) -> Value {
    (at / 1000).to_string().into()
}
