//! The recorded answers of the reference against ours. Where they differ on purpose, a rule names the property of the input
//! that makes the difference, and what we answer instead; `docs/parity.md` gives the reasons.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::inbound::parse::{Source, parse_inbound};
use crate::inbound::verify::{verify_subscription, verify_webhook, verify_whatsapp};
use crate::secret::Secret;

fn cases(file: &str) -> Vec<Value> {
    let path = format!("{}/tests/vectors/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let mut all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    match all["cases"].take() {
        Value::Array(cases) => cases,
        other => panic!("{other}"),
    }
}

fn bytes(hex: &Value) -> Vec<u8> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    hex.as_str().unwrap().as_bytes().chunks(2).map(pair).collect()
}

fn secrets(secret: &Value) -> Vec<Secret> {
    secret.as_str().map(Secret::new).into_iter().collect()
}

/// How often each rule changed the answer.
type Counts = BTreeMap<&'static str, usize>;

fn count(counts: &mut Counts, rule: &'static str) {
    *counts.entry(rule).or_default() += 1;
}

fn plain_seconds(header: &str) -> bool {
    header == "0"
        || (header.bytes().all(|b| b.is_ascii_digit()) && !header.starts_with('0') && !header.is_empty())
}

fn plain_signature(header: &str, prefix: &str) -> bool {
    header.strip_prefix(prefix).is_some_and(|digits| {
        digits.len() == 64 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[test]
fn webhook_signatures() {
    let (mut counts, mut failures) = (Counts::new(), Vec::new());
    for case in cases("webhook_signature") {
        let input = &case["input"];
        let (timestamp, signature) = (input["timestampHeader"].as_str(), input["signatureHeader"].as_str());
        let mut want = case["expected"] == json!(true);
        if timestamp.is_some_and(|header| !plain_seconds(header)) {
            if want {
                count(&mut counts, "strict-timestamp");
            }
            want = false;
        }
        if signature.is_some_and(|header| !plain_signature(header, "hmac-sha256=")) {
            if case["expected"] != json!(false) {
                count(&mut counts, "strict-signature");
            }
            want = false;
        }
        let tolerance = input["toleranceSeconds"].as_f64().unwrap_or(300.0);
        let (body, now) = (bytes(&input["bodyHex"]), input["now"].as_f64().unwrap());
        let got =
            verify_webhook(&body, timestamp, signature, &secrets(&input["secret"]), tolerance, now).is_ok();
        if got != want {
            failures.push(format!("{}: {got}", case["name"]));
        }
    }
    assert_eq!(failures, [""; 0]);
    assert_eq!(counts, Counts::from([("strict-signature", 18), ("strict-timestamp", 25)]));
}

#[test]
fn whatsapp_signatures() {
    let (mut counts, mut failures) = (Counts::new(), Vec::new());
    for case in cases("whatsapp_signature") {
        let input = &case["input"];
        let mut want = case["expected"] == json!(true);
        let got = if input["kind"] == "subscription" {
            let (mode, token) = (input["mode"].as_str(), input["token"].as_str());
            verify_subscription(mode, token.unwrap_or_default(), &secrets(&input["verifyToken"]))
        } else {
            let signature = input["signatureHeader"].as_str();
            if input["secret"].as_str().is_none_or(str::is_empty) {
                if want {
                    count(&mut counts, "no-secret-is-no");
                }
                want = false;
            } else if signature.is_some_and(|header| !plain_signature(header, "sha256=")) {
                if case["expected"] != json!(false) {
                    count(&mut counts, "strict-signature");
                }
                want = false;
            }
            verify_whatsapp(&bytes(&input["bodyHex"]), signature, &secrets(&input["secret"])).is_ok()
        };
        if got != want {
            failures.push(format!("{}: {got}", case["name"]));
        }
    }
    assert_eq!(failures, [""; 0]);
    assert_eq!(counts, Counts::from([("no-secret-is-no", 15), ("strict-signature", 5)]));
}

/// Our members of a message, by the reference's names.
const MESSAGE: [(&str, &str); 24] = [
    ("id", "id"),
    ("sender", "sender"),
    ("to", "to"),
    ("channel", "channel"),
    ("text", "text"),
    ("media_url", "mediaUrl"),
    ("media_type", "mediaType"),
    ("mime_type", "mimeType"),
    ("file_name", "fileName"),
    ("attachments", "attachments"),
    ("is_voice_message", "isVoiceMessage"),
    ("voice_transcription", "voiceTranscription"),
    ("group_id", "groupId"),
    ("group_name", "groupName"),
    ("is_group", "isGroup"),
    ("sender_name", "senderName"),
    ("sender_sid", "senderSid"),
    ("reply_to", "replyTo"),
    ("agent_name", "agentName"),
    ("session_id", "sessionId"),
    ("session", "session"),
    ("thread_id", "threadId"),
    ("received_at", "receivedAt"),
    ("type", "type"),
];

const RECEIPT: [(&str, &str); 5] = [
    ("message_sid", "messageSid"),
    ("status", "status"),
    ("timestamp", "timestamp"),
    ("error_code", "errorCode"),
    ("type", "type"),
];

fn rename(event: &Value, names: &[(&str, &str)]) -> Value {
    let mut out = json!({});
    for (theirs, ours) in names {
        out[*theirs] = event[*ours].clone();
    }
    for time in ["received_at", "timestamp"] {
        if let Some(text) = out[time].as_str() {
            out[time] = json!(text.replace(".000Z", "Z"));
        }
    }
    out
}

/// What the reference would hand out, as far as an event is a message or a receipt.
fn translate(event: &Value) -> Option<Value> {
    match event["type"].as_str() {
        Some("message") => Some(rename(event, &MESSAGE)),
        Some("delivery_receipt") => Some(rename(event, &RECEIPT)),
        _ => None,
    }
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn either<'a>(object: &'a Value, keys: &[&str]) -> &'a Value {
    keys.iter().map(|key| &object[*key]).find(|value| truthy(value)).unwrap_or(&Value::Null)
}

/// Seconds as Meta writes them: plain digits, as text or as a number.
fn plain_time(value: &Value) -> bool {
    !truthy(value)
        || value.is_i64()
        || value
            .as_str()
            .is_some_and(|text| text.strip_prefix('-').unwrap_or(text).bytes().all(|b| b.is_ascii_digit()))
}

fn says_no(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("false") || text == "0")
}

const MEDIA: [&str; 5] = ["image", "audio", "video", "document", "sticker"];

/// The rules for a message of WhatsApp: `want` is the reference's, `message` the input, `value` what is around it.
fn whatsapp_rules(want: &mut Value, message: &Value, value: &Value, counts: &mut Counts) {
    let mut set = |rule: &'static str, member: &str, ours: Value| {
        if want[member] != ours {
            want[member] = ours;
            count(counts, rule);
        }
    };
    set("attachments-are-a-list", "attachments", json!([]));
    let own_name = ["sender_name", "senderName"].iter().any(|key| truthy(&message[*key]));
    let contact = value["contacts"].as_array().into_iter().flatten().find(|c| c["wa_id"] == message["from"]);
    if let Some(contact) = contact
        && !own_name
        && !truthy(&message["contact"]["name"])
        && truthy(&contact["profile"]["name"])
    {
        set("profile-name", "sender_name", contact["profile"]["name"].clone());
    }
    let group = truthy(either(message, &["group_id", "groupId"]));
    set("group-flag", "is_group", json!(group || truthy(either(message, &["is_group", "isGroup"]))));
    let kind = message["type"].as_str().unwrap_or_default();
    if MEDIA.contains(&kind) {
        let block = &message[kind];
        if !truthy(either(block, &["link", "url"])) {
            set("media-id-apart", "media_url", Value::Null);
        }
        set("mime-type", "mime_type", want_mime(block));
        set("file-name", "file_name", either(block, &["filename"]).clone());
        if says_no(&block["voice"]) {
            set("no-as-text", "is_voice_message", json!(false));
        }
    }
    if !plain_time(&message["timestamp"]) {
        set("strict-time", "received_at", Value::Null);
    }
    if let Some(kind) = message.get("type").filter(|kind| !kind.is_string()) {
        set("json-spelling", "text", json!(format!("[{kind} message]")));
    }
}

/// The reference's `media_type`, which is the MIME type.
fn want_mime(block: &Value) -> Value {
    let mime = either(block, &["mime_type", "mimeType"]);
    if truthy(mime) { mime.clone() } else { block["mimeType"].clone() }
}

const KNOWN: [&str; 4] = ["sent", "delivered", "read", "failed"];

/// The receipts of all states, with the recorded ones where the reference has them.
fn receipts(payload: &Value, recorded: &[Value], counts: &mut Counts) -> Vec<Value> {
    let mut recorded = recorded.iter();
    let mut out = Vec::new();
    for (_, status) in items(payload, "statuses") {
        if !status["id"].is_string() || !truthy(&status["id"]) || !status["status"].is_string() {
            continue;
        }
        let word = status["status"].as_str().unwrap();
        let mut want = if KNOWN.contains(&word) {
            let Some(want) = recorded.next() else { break };
            want.clone()
        } else if word.is_empty() {
            continue;
        } else {
            count(counts, "every-status");
            let seconds = status["timestamp"].as_str().unwrap().parse::<i64>().unwrap();
            let at = crate::time::iso(seconds * 1000).unwrap().replace(".000Z", "Z");
            let code = &status["errors"][0]["code"];
            let code = if code.is_number() { json!(code.to_string()) } else { code.clone() };
            json!({"message_sid": status["id"], "status": word, "timestamp": at, "error_code": code})
        };
        if !plain_time(&status["timestamp"]) && want["timestamp"] != Value::Null {
            want["timestamp"] = Value::Null;
            count(counts, "strict-time");
        }
        let code = &status["errors"][0]["code"];
        if code.is_boolean() || code.is_array() || code.is_object() {
            want["error_code"] = json!(code.to_string());
            count(counts, "json-spelling");
        }
        want["type"] = json!("delivery_receipt");
        out.push(want);
    }
    out
}

/// The items of a list in all changes, each with its change's value.
fn items<'a>(payload: &'a Value, list: &str) -> Vec<(&'a Value, &'a Value)> {
    let mut out = Vec::new();
    for entry in payload["entry"].as_array().into_iter().flatten() {
        for change in entry["changes"].as_array().into_iter().flatten() {
            let value = &change["value"];
            out.extend(value[list].as_array().into_iter().flatten().map(|item| (value, item)));
        }
    }
    out
}

fn interactive_as_json(event: &mut Value) {
    if let Some(Ok(parsed)) = event["text"].as_str().map(serde_json::from_str::<Value>) {
        event["text"] = parsed;
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

#[test]
fn whatsapp_payloads() {
    let (mut counts, mut failures, mut checked) = (Counts::new(), Vec::new(), 0);
    for case in cases("whatsapp_payload") {
        if case["input"]["handlers"].is_array() {
            continue;
        }
        checked += 1;
        let payload = &case["input"]["payload"];
        let text = payload.to_string();
        let (_, events) = parse_inbound(text.as_bytes(), 64, Some(Source::Whatsapp));
        let events: Vec<Value> =
            events.iter().map(|event| serde_json::from_str(&event.json).unwrap()).collect();
        let raised = case["expected"]["summary"]["raises"].is_string();
        let messages = items(payload, "messages");
        let mut want = Vec::new();
        let ours: Vec<&Value> = events.iter().filter(|event| event["type"] == "message").collect();
        for (recorded, our) in list(&case["expected"]["messages"]).iter().zip(&ours) {
            let (value, message) = messages.iter().find(|(_, message)| *message == &our["raw"]).unwrap();
            let mut recorded = recorded.clone();
            recorded["type"] = json!("message");
            whatsapp_rules(&mut recorded, message, value, &mut counts);
            want.push(recorded);
        }
        let recorded = list(&case["expected"]["messages"]).len();
        let mut got: Vec<Value> = ours.iter().filter_map(|event| translate(event)).collect();
        let is_receipt = |event: &&Value| event["type"] == "delivery_receipt";
        let mut got_receipts: Vec<Value> = events.iter().filter(is_receipt).filter_map(translate).collect();
        let want_receipts = receipts(payload, &list(&case["expected"]["receipts"]), &mut counts);
        let malformed = events.iter().filter(|event| event["reason"] == "malformed").count();
        if raised {
            // One item that cannot be read costs the others nothing: what the reference had before it stays, and more may follow.
            let rule = raise_rule(payload);
            count(&mut counts, rule);
            let unknown = usize::from(rule == "malformed-item");
            if malformed != unknown {
                failures.push(format!("{}: {rule}, {malformed} malformed", case["name"]));
            }
            got.truncate(recorded);
            got_receipts.truncate(want_receipts.len());
        }
        if case["textIsJson"] == true {
            want.iter_mut().chain(&mut got).for_each(interactive_as_json);
        }
        if got != want || got_receipts != want_receipts || recorded != want.len() {
            failures
                .push(format!("{}: {got:?} {got_receipts:?}, not {want:?} {want_receipts:?}", case["name"]));
        }
    }
    assert_eq!(failures, [""; 0]);
    assert_eq!(checked, 678);
    let want = [
        ("attachments-are-a-list", 458),
        ("empty-list", 4),
        ("every-status", 28),
        ("file-name", 18),
        ("group-flag", 19),
        ("huge-time", 5),
        ("json-spelling", 12),
        ("malformed-item", 118),
        ("media-id-apart", 91),
        ("mime-type", 113),
        ("no-as-text", 1),
        ("profile-name", 272),
        ("strict-time", 13),
    ];
    assert_eq!(counts, Counts::from(want));
}

/// What made the reference raise, where it is not that an item cannot be read.
fn raise_rule(payload: &Value) -> &'static str {
    let huge = |item: &Value| item["timestamp"].as_str().is_some_and(|text| text.len() > 16);
    let messages = items(payload, "messages");
    let statuses = items(payload, "statuses");
    if messages.iter().chain(&statuses).any(|(_, item)| huge(item)) {
        return "huge-time";
    }
    if messages.iter().any(|(_, item)| item["type"].as_str().is_some_and(|kind| item[kind]["id"].is_number()))
    {
        return "media-id-apart";
    }
    let changes = payload["entry"]
        .as_array()
        .and_then(|entries| entries.first())
        .and_then(|entry| entry.get("changes"));
    if payload.get("entry").is_some_and(|entry| !truthy(entry)) || changes.is_some_and(|list| !truthy(list)) {
        return "empty-list";
    }
    "malformed-item"
}

const CHANNELS: [&str; 3] = ["whatsapp", "sms", "email"];
const RECEIPT_WORDS: [&str; 6] = ["queued", "sent", "delivered", "read", "failed", "undelivered"];

/// What the rules make of a generic payload: our event's kind, whatever the reference did.
fn generic_kind(payload: &Value) -> &'static str {
    let sender = either(payload, &["from", "sender"]);
    let media = either(payload, &["mediaUrl", "media_url"]);
    let text = either(payload, &["body", "text"]);
    let spoken = either(payload, &["voiceTranscription", "voice_transcription"]);
    let listed = payload["attachments"].as_array().is_some_and(|list| !list.is_empty());
    let content =
        [media, text, spoken, &payload["html"], &payload["subject"]].into_iter().any(truthy) || listed;
    if payload["echo"] == true || payload["isEcho"] == true {
        return "echo";
    }
    if truthy(sender) && content {
        return "message";
    }
    if payload["type"] == "capabilities" {
        return "capabilities";
    }
    let status = payload["status"].as_str().unwrap_or_default();
    if RECEIPT_WORDS.contains(&status) && truthy(either(payload, &["messageId", "message_sid", "id"])) {
        return "delivery_receipt";
    }
    "unknown"
}

/// ISO 8601, or whole seconds since 1970.
fn time_of(value: &Value) -> Value {
    let seconds = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    let ms = value.as_str().and_then(crate::time::parse_iso).or(seconds.map(|seconds| seconds * 1000));
    ms.and_then(crate::time::iso).map_or(Value::Null, |at| json!(at.replace(".000Z", "Z")))
}

/// The rules for a message of a generic payload.
fn generic_rules(want: &mut Value, payload: &Value, counts: &mut Counts) {
    let mut set = |rule: &'static str, member: &str, ours: Value| {
        if want[member] != ours {
            want[member] = ours;
            count(counts, rule);
        }
    };
    let attachments: Vec<Value> = payload["attachments"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|item| item.is_object())
        .map(|item| {
            json!({
                "fileName": item["filename"].as_str(),
                "mimeType": item["contentType"].as_str(),
                "size": Some(&item["size"]).filter(|size| size.is_number()),
                "url": item["url"].as_str(),
            })
        })
        .collect();
    set("attachments-are-a-list", "attachments", Value::Array(attachments));
    set("received-at", "received_at", time_of(&payload["timestamp"]));
    if says_no(either(payload, &["isVoiceMessage", "is_voice_message"])) {
        set("no-as-text", "is_voice_message", json!(false));
    }
    let grouped = truthy(either(payload, &["groupId", "group_id"]));
    if !grouped && says_no(either(payload, &["isGroup", "is_group"])) {
        set("no-as-text", "is_group", json!(false));
    }
}

#[test]
fn generic_payloads() {
    let (mut counts, mut failures, mut checked) = (Counts::new(), Vec::new(), 0);
    for case in cases("generic_payload") {
        if case["input"]["handlers"].is_array() {
            continue;
        }
        checked += 1;
        let payload = &case["input"]["payload"];
        let text = payload.to_string();
        let (_, events) = parse_inbound(text.as_bytes(), 64, Some(Source::Callback));
        assert_eq!(events.len(), 1);
        let event: Value = serde_json::from_str(&events[0].json).unwrap();
        let recorded = case["expected"]["messages"].as_array().unwrap().first().cloned();
        let kind = generic_kind(payload);
        if case["expected"]["summary"]["raises"].is_string() {
            let channel = payload.get("channel");
            let open = channel.is_some_and(|channel| match channel {
                Value::String(word) => !CHANNELS.contains(&word.as_str()),
                channel => !truthy(channel),
            });
            let odd_list = payload["attachments"].as_array().is_some_and(|list| !list.is_empty());
            let readable = event["type"] == kind;
            let rule = match () {
                () if readable && open => "open-channel",
                () if readable && odd_list => "attachments-are-a-list",
                () => "malformed-item",
            };
            count(&mut counts, rule);
            if rule == "malformed-item" && event["reason"] != "malformed" {
                failures.push(format!("{}: {rule} {event}", case["name"]));
            }
            continue;
        }
        let want = match (kind, recorded) {
            ("message", Some(mut recorded)) => {
                recorded["type"] = json!("message");
                generic_rules(&mut recorded, payload, &mut counts);
                Some(recorded)
            }
            ("message", None) => {
                count(&mut counts, "all-content-counts");
                (event["type"] == "message").then(|| translate(&event)).flatten()
            }
            ("delivery_receipt", None) => {
                count(&mut counts, "generic-receipts");
                let id = either(payload, &["messageId", "message_sid", "id"]);
                let id = if id.is_number() { json!(id.to_string()) } else { id.clone() };
                Some(json!({
                    "type": "delivery_receipt",
                    "message_sid": id,
                    "status": payload["status"],
                    "timestamp": time_of(&payload["timestamp"]),
                    "error_code": payload["errorCode"].as_str(),
                }))
            }
            ("echo", recorded) => {
                if recorded.is_some() {
                    count(&mut counts, "echoes-apart");
                }
                None
            }
            (_, None) => None,
            (kind, Some(_)) => panic!("{}: {kind}", case["name"]),
        };
        let got = translate(&event);
        if got != want || (event["type"] != kind && event["reason"] != "malformed") {
            failures.push(format!("{}: {event}, not {want:?}", case["name"]));
        }
    }
    assert_eq!(failures, [""; 0]);
    assert_eq!(checked, 540);
    let want = [
        ("all-content-counts", 4),
        ("attachments-are-a-list", 317),
        ("echoes-apart", 7),
        ("generic-receipts", 14),
        ("malformed-item", 101),
        ("no-as-text", 2),
        ("open-channel", 46),
        ("received-at", 130),
    ];
    assert_eq!(counts, Counts::from(want));
}

/// The reference's `parse()` gives the first event only; ours are all of them.
#[test]
fn the_first_event() {
    let (mut counts, mut failures, mut checked) = (Counts::new(), Vec::new(), 0);
    for (file, case) in ["whatsapp_payload", "generic_payload"]
        .into_iter()
        .flat_map(|file| cases(file).into_iter().map(move |case| (file, case)))
    {
        let (payload, want) = (&case["input"]["payload"], &case["expected"]["parse"]);
        if want["raises"].is_string() {
            continue;
        }
        checked += 1;
        let (_, events) = parse_inbound(payload.to_string().as_bytes(), 64, None);
        let events: Vec<Value> =
            events.iter().map(|event| serde_json::from_str(&event.json).unwrap()).collect();
        let words = ["message", "delivery_receipt", "echo"];
        let got = events.iter().find(|event| words.contains(&event["type"].as_str().unwrap()));
        let kind = got.map_or(&Value::Null, |event| &event["type"]);
        let mut want_kind = want["type"].clone();
        let generic = file == "generic_payload" && !payload["entry"].is_array();
        if generic && want_kind == "delivery_receipt" && generic_kind(payload) == "message" {
            count(&mut counts, "content-before-status");
            want_kind = json!("message");
        }
        if want_kind.is_null() && generic && generic_kind(payload) == "message" {
            count(&mut counts, "all-content-counts");
            want_kind = json!("message");
        }
        if kind.is_null() && !want_kind.is_null() && events[0]["reason"] == "malformed" {
            count(&mut counts, "malformed-item");
            continue;
        }
        let open = |(_, status): &(&Value, &Value)| {
            status["status"].as_str().is_some_and(|word| !word.is_empty() && !KNOWN.contains(&word))
        };
        if kind == "delivery_receipt" && items(payload, "statuses").iter().any(open) {
            count(&mut counts, "every-status");
            want_kind = json!("delivery_receipt");
        }
        if *kind != want_kind {
            failures.push(format!("{}: {kind}, not {want_kind}", case["name"]));
        }
    }
    assert_eq!(failures, [""; 0]);
    assert_eq!(checked, 1114);
    let want = [
        ("all-content-counts", 4),
        ("content-before-status", 7),
        ("every-status", 15),
        ("malformed-item", 92),
    ];
    assert_eq!(counts, Counts::from(want));
}

/// Handlers in the recorded order.
#[test]
fn handler_calls() {
    use crate::inbound::dispatch::Registry;
    use crate::inbound::tests::on::On;
    let mut checked = 0;
    for (file, case) in ["whatsapp_payload", "generic_payload"]
        .into_iter()
        .flat_map(|file| cases(file).into_iter().map(move |case| (file, case)))
    {
        let Some(handlers) = case["input"]["handlers"].as_array() else { continue };
        checked += 1;
        let mut registry = Registry::default();
        for handler in handlers {
            registry.add(On::Message(handler["channel"].as_str().map(str::to_owned)));
        }
        let text = case["input"]["payload"].to_string();
        let source = if file == "whatsapp_payload" { Source::Whatsapp } else { Source::Callback };
        let (_, events) = parse_inbound(text.as_bytes(), 64, Some(source));
        let mut calls = Vec::new();
        for event in &events {
            let json: Value = serde_json::from_str(&event.json).unwrap();
            for number in registry.plan(event) {
                calls.push(json!([handlers[number as usize]["label"], json["text"]]));
            }
        }
        assert_eq!(Value::Array(calls), case["expected"]["handlerCalls"], "{}", case["name"]);
    }
    assert_eq!(checked, 11);
}
