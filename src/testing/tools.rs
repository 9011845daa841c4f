//! The tools the service has: what they take, and what they answer by themselves.

use serde_json::{Map, Value, json};

pub(super) const SEND: &str = "comms_send_message";
pub(super) const PING: &str = "comms_ping";

#[derive(Clone, Copy)]
enum Kind {
    Text,
    TextList,
    Object,
    Flag,
    Number,
}

struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
}

const fn field(name: &'static str, kind: Kind, required: bool) -> Field {
    Field { name, kind, required }
}

/// Arguments of `comms_send_message` (wire-contract 4.1).
const SEND_FIELDS: &[Field] = &[
    field("to", Kind::Text, true),
    field("body", Kind::Text, false),
    field("channel", Kind::Text, false),
    field("idempotencyKey", Kind::Text, false),
    field("media", Kind::TextList, false),
    field("senderSid", Kind::Text, false),
    field("senderName", Kind::Text, false),
    field("language", Kind::Text, false),
    field("fallbackChannels", Kind::TextList, false),
    field("scheduledAt", Kind::Text, false),
    field("threadId", Kind::Text, false),
    field("entityId", Kind::Text, false),
    field("replyMsgId", Kind::Text, false),
    field("subject", Kind::Text, false),
    field("html", Kind::Text, false),
    field("templateId", Kind::Text, false),
    field("templateVars", Kind::Object, false),
    field("targetGender", Kind::Text, false),
    field("agentId", Kind::Text, false),
];

/// The same at the older server (wire-contract 4.1, "FEB schema differences").
const LEGACY_SEND_FIELDS: &[Field] = &[
    field("to", Kind::Text, true),
    field("body", Kind::Text, true),
    field("channel", Kind::Text, false),
    field("subject", Kind::Text, false),
    field("html", Kind::Text, false),
    field("templateId", Kind::Text, false),
    field("templateVars", Kind::Object, false),
    field("targetGender", Kind::Text, false),
    field("agentId", Kind::Text, false),
];

const PING_FIELDS: &[Field] = &[field("message", Kind::Text, false)];

/// Tools that servers of different age spell differently (wire-contract 3 and 12): their arguments today.
const FIELDS: &[(&str, &[Field])] = &[
    ("comms_check_consent", &[field("contact", Kind::Text, true), field("channel", Kind::Text, true)]),
    ("comms_record_consent", CONSENT_FIELDS),
    (
        "comms_revoke_consent",
        &[field("contactAddress", Kind::Text, true), field("channel", Kind::Text, true), CONFIRM],
    ),
    ("comms_check_trust", &[field("contact", Kind::Text, true)]),
    ("comms_revoke_trust", &[field("contactAddress", Kind::Text, true), CONFIRM]),
    (
        "comms_verify_otp",
        &[
            field("code", Kind::Text, true),
            field("to", Kind::Text, false),
            field("channel", Kind::Text, false),
        ],
    ),
    ("comms_expand_client_pool", &[field("maxAgents", Kind::Number, true), CONFIRM]),
    ("comms_set_client_limits", &[field("limits", Kind::Object, true), CONFIRM]),
    ("comms_deprovision_channels", &[CONFIRM]),
    (
        "comms_onboard_customer",
        &[field("agentName", Kind::Text, true), field("capabilities", Kind::Object, true)],
    ),
    ("comms_create_team", TEAM_FIELDS),
    ("comms_whatsapp_action", &[field("action", Kind::Text, true), field("senderSid", Kind::Text, false)]),
];

/// The same at the older server.
const LEGACY_FIELDS: &[(&str, &[Field])] = &[
    ("comms_check_consent", CONSENT_FIELDS),
    ("comms_record_consent", CONSENT_FIELDS),
    ("comms_revoke_consent", CONSENT_FIELDS),
    ("comms_verify_otp", &[field("contactAddress", Kind::Text, true), field("code", Kind::Text, true)]),
    ("comms_expand_agent_pool", &[field("maxAgents", Kind::Number, true)]),
    ("comms_set_agent_limits", &[field("limits", Kind::Object, true)]),
    (
        "comms_deprovision_channels",
        &[field("agentId", Kind::Text, false), field("releaseNumber", Kind::Flag, false)],
    ),
    (
        "comms_onboard_customer",
        &[field("displayName", Kind::Text, true), field("capabilities", Kind::Object, true)],
    ),
    ("comms_create_organization", TEAM_FIELDS),
];

const CONFIRM: Field = field("confirm", Kind::Flag, false);
const CONSENT_FIELDS: &[Field] = &[
    field("contactAddress", Kind::Text, true),
    field("channel", Kind::Text, true),
    field("consentType", Kind::Text, false),
    field("source", Kind::Text, false),
    field("notes", Kind::Text, false),
];
const TEAM_FIELDS: &[Field] = &[field("name", Kind::Text, true), field("slug", Kind::Text, true)];

fn fields(tool: &str, legacy: bool) -> Option<&'static [Field]> {
    match tool {
        SEND if legacy => Some(LEGACY_SEND_FIELDS),
        SEND => Some(SEND_FIELDS),
        PING => Some(PING_FIELDS),
        _ => {
            let known = if legacy { LEGACY_FIELDS } else { FIELDS };
            known.iter().find(|(name, _)| *name == tool).map(|(_, fields)| *fields)
        }
    }
}

/// The tool as `tools/list` shows it (wire-contract 2.6).
pub(super) fn listed(tool: &str, legacy: bool) -> Value {
    let Some(fields) = fields(tool, legacy) else {
        return json!({ "name": tool, "description": "A scripted tool.", "inputSchema": { "type": "object" } });
    };
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let schema = match field.kind {
                Kind::Text => json!({ "type": "string" }),
                Kind::TextList => json!({ "type": "array", "items": { "type": "string" } }),
                Kind::Object => json!({ "type": "object" }),
                Kind::Flag => json!({ "type": "boolean" }),
                Kind::Number => json!({ "type": "number" }),
            };
            (field.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$schema": "http://json-schema.org/draft-07/schema#",
    });
    if let (Some(schema), false) = (schema.as_object_mut(), required.is_empty()) {
        schema.insert("required".into(), json!(required));
    }
    let description = match tool {
        SEND => "Sends a message to a person.",
        PING => "Says whether the service is there.",
        _ => "A scripted tool.",
    };
    json!({
        "name": tool,
        "description": description,
        "inputSchema": schema,
        "execution": { "taskSupport": "forbidden" },
    })
}

/// What is wrong with the arguments, as the service words it; unknown keys are ignored (wire-contract 2.6).
pub(super) fn invalid(tool: &str, args: &Value, legacy: bool) -> Option<String> {
    let complaint = fields(tool, legacy)?.iter().find_map(|field| {
        let wanted = match (args.get(field.name), field.kind) {
            (None, _) if field.required => return Some(["Required at ", field.name].concat()),
            (None, _) => return None,
            (Some(value), Kind::Text) => (value.is_string(), "string"),
            (Some(value), Kind::Object) => (value.is_object(), "object"),
            (Some(value), Kind::Flag) => (value.is_boolean(), "boolean"),
            (Some(value), Kind::Number) => (value.is_number(), "number"),
            (Some(value), Kind::TextList) => {
                (value.as_array().is_some_and(|list| list.iter().all(Value::is_string)), "array of strings")
            }
        };
        let (fits, wanted) = wanted;
        (!fits).then(|| ["Expected ", wanted, " at ", field.name].concat())
    })?;
    Some(["Input validation error: Invalid arguments for tool ", tool, ": ", &complaint].concat())
}

/// Why the service refuses a send that is well formed.
pub(super) fn refused(args: &Value, legacy: bool) -> Option<Value> {
    let text = |key: &str| args.get(key).and_then(Value::as_str).unwrap_or_default();
    if legacy {
        // A part of the older server's input filter.
        let bad = |key: &&str| text(key).contains('\r') || text(key).contains("<script");
        let key = ["to", "body"].into_iter().find(bad)?;
        let message = ["Invalid input for \"", key, "\": contains disallowed content"].concat();
        return Some(json!({ "error": message }));
    }
    let media = args.get("media").and_then(Value::as_array).is_some_and(|media| !media.is_empty());
    (text("body").is_empty() && !media && text("templateId").is_empty() && text("html").is_empty()).then(
        || json!({ "error": "body or media is required", "code": "MISSING_FIELDS", "retryable": false, "fields": ["body"] }),
    )
}

/// What a send that was taken is answered with.
pub(super) fn sent(args: &Value, id: &str, legacy: bool) -> Value {
    let channel = args.get("channel").and_then(Value::as_str).unwrap_or("sms");
    let mut result =
        json!({ "success": true, "channel": channel, "from": "+15552000001", "to": args.get("to") });
    if let Some(result) = result.as_object_mut() {
        if legacy {
            result.insert("externalId".into(), id.into());
            result.insert("status".into(), "sent".into());
            result.insert("cost".into(), json!(0.0079));
        } else {
            result.insert("messageId".into(), id.into());
            result.insert("status".into(), "queued".into());
            for key in ["threadId", "entityId", "replyMsgId"] {
                if let Some(value) = args.get(key) {
                    result.insert(key.into(), value.clone());
                }
            }
        }
    }
    result
}

/// `comms_ping` (wire-contract 3.1).
pub(super) fn pong(args: &Value, version: &str) -> Value {
    let echo = args.get("message").cloned().unwrap_or_default();
    json!({ "status": "ok", "server": "butt-dial-mcp", "version": version, "echo": echo })
}

/// A tool's value as an MCP result.
pub(super) fn to_result(value: Value) -> Value {
    match value {
        Value::Object(map) if map.get("content").is_some_and(Value::is_array) => Value::Object(map),
        Value::String(text) => text_result(&text, false),
        value => text_result(&serde_json::to_string_pretty(&value).unwrap_or_default(), false),
    }
}

/// One text block; `isError` is absent on success (wire-contract 2.6).
pub(super) fn text_result(text: &str, is_error: bool) -> Value {
    let content = json!([{ "type": "text", "text": text }]);
    if is_error { json!({ "content": content, "isError": true }) } else { json!({ "content": content }) }
}

/// An error that a tool reports.
pub(super) fn error_result(body: &Value) -> Value {
    text_result(&body.to_string(), true)
}

/// Whether a result says that the call was done.
pub(super) fn is_success(result: &Value) -> bool {
    if result.get("isError") == Some(&Value::Bool(true)) {
        return false;
    }
    let text = result.pointer("/content/0/text").and_then(Value::as_str).unwrap_or_default();
    match serde_json::from_str::<Value>(text) {
        Ok(body) => body.get("error").is_none_or(Value::is_null),
        Err(_) => true,
    }
}
