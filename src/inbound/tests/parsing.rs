//! Payloads into events, member by member.

use serde_json::{Value, json};

use crate::inbound::parse::{Source, parse_inbound};
use crate::model::event::{Event, Kind, to_json};

fn events(body: &str) -> Vec<Value> {
    let (_, events) = parse_inbound(body.as_bytes(), 64, None);
    serde_json::from_str(&to_json(&events)).unwrap()
}

fn one(body: &Value) -> Value {
    let mut events = events(&body.to_string());
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

/// A message with every member: these, and `null` for the rest.
fn whole(members: Value) -> Value {
    let mut all =
        json!({"externalId": null, "mediaUrl": null, "mediaType": null, "mimeType": null, "fileName": null});
    let names = "subject html voiceTranscription groupId groupName senderSid replyTo agentId agentName sessionId session threadId whatsapp";
    let all_members = all.as_object_mut().unwrap();
    all_members.extend(names.split(' ').map(|name| (name.to_owned(), Value::Null)));
    all_members.extend(members.as_object().unwrap().clone());
    all
}

/// An envelope with one message in it.
fn envelope(message: &Value) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "waba-1", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": "77"},
        "contacts": [{"profile": {"name": "Other"}, "wa_id": "2"}, {"profile": {"name": "Noor"}, "wa_id": "1"}],
        "messages": [message],
    }}]}]})
}

/// A message of this type with its block.
fn content(kind: &str, block: Value) -> Value {
    let mut message = json!({"from": "1", "id": "wamid.1", "timestamp": "1770000000", "type": kind});
    message[kind] = block;
    one(&envelope(&message))["content"].clone()
}

#[test]
fn a_whatsapp_message_has_every_member() {
    let message = json!({
        "from": "1", "id": "wamid.1", "timestamp": "1770000000", "type": "text", "text": {"body": "hi"},
        "context": {"id": "wamid.0", "from": "9", "forwarded": true, "referred_product": {"catalog_id": "c", "product_retailer_id": "p"}},
        "referral": {"source_url": "https://x.test", "source_type": "ad"},
    });
    let details = json!({
        "phoneNumberId": "77", "displayPhoneNumber": "15550001111", "businessAccountId": "waba-1", "waId": "1",
        "profileName": "Noor",
        "context": {"messageId": "wamid.0", "from": "9", "forwarded": true, "frequentlyForwarded": false,
            "referredProduct": {"catalogId": "c", "productRetailerId": "p"}},
        "referral": {"source_url": "https://x.test", "source_type": "ad"},
    });
    assert_eq!(
        one(&envelope(&message)),
        whole(json!({
            "type": "message", "id": "wamid.1", "sender": "1", "to": null, "channel": "whatsapp", "text": "hi",
            "content": {"type": "text", "body": "hi"}, "attachments": [], "isVoiceMessage": false, "isGroup": false,
            "senderName": "Noor", "receivedAt": "2026-02-02T02:40:00.000Z", "whatsapp": details, "raw": message,
        }))
    );
}

#[test]
fn every_type_of_whatsapp() {
    let media = json!({"id": "55", "mime_type": "image/jpeg", "sha256": "ab", "caption": "c"});
    let file = json!({"id": "55", "url": null, "mimeType": "image/jpeg", "fileName": null, "sha256": "ab"});
    for kind in ["image", "video", "document"] {
        assert_eq!(content(kind, media.clone()), json!({"type": kind, "media": file, "caption": "c"}));
    }
    assert_eq!(
        content("document", json!({"id": 5, "link": "https://x.test/a", "filename": "a.pdf"})),
        json!({"type": "document", "caption": null,
            "media": {"id": "5", "url": "https://x.test/a", "mimeType": null, "fileName": "a.pdf", "sha256": null}})
    );
    assert_eq!(
        content("audio", json!({"id": "55", "mime_type": "image/jpeg", "sha256": "ab", "voice": true})),
        json!({"type": "audio", "media": file, "voice": true})
    );
    assert_eq!(
        content("sticker", media.clone()),
        json!({"type": "sticker", "media": file, "animated": false})
    );
    assert_eq!(
        content("location", json!({"latitude": -1.5, "longitude": "2e1", "name": "n", "address": 5})),
        json!({"type": "location", "latitude": -1.5, "longitude": 2e1, "name": "n", "address": null, "url": null})
    );
    assert_eq!(
        content(
            "contacts",
            json!([
                {"name": {"formatted_name": "Ann"}, "phones": [{"phone": "+1", "type": "CELL", "wa_id": "1"}, 5], "emails": [{"email": "a@b.test"}]},
                "odd",
            ])
        ),
        json!({"type": "contacts", "contacts": [{
            "name": "Ann", "phones": [{"phone": "+1", "type": "CELL", "waId": "1"}], "emails": [{"email": "a@b.test", "type": null}],
            "raw": {"name": {"formatted_name": "Ann"}, "phones": [{"phone": "+1", "type": "CELL", "wa_id": "1"}, 5], "emails": [{"email": "a@b.test"}]},
        }]})
    );
    assert_eq!(
        content("reaction", json!({"message_id": "m", "emoji": "👍"})),
        json!({"type": "reaction", "messageId": "m", "emoji": "👍"})
    );
    for taken_back in [json!({"message_id": "m", "emoji": ""}), json!({"message_id": "m"})] {
        assert_eq!(
            content("reaction", taken_back),
            json!({"type": "reaction", "messageId": "m", "emoji": null})
        );
    }
    assert_eq!(
        content("button", json!({"text": "Yes", "payload": "p"})),
        json!({"type": "button", "text": "Yes", "payload": "p"})
    );
    assert_eq!(
        content("interactive", json!({"type": "button_reply", "button_reply": {"id": "b", "title": "B"}})),
        json!({"type": "button_reply", "id": "b", "title": "B"})
    );
    assert_eq!(
        content(
            "interactive",
            json!({"type": "list_reply", "list_reply": {"id": "b", "title": "B", "description": "d"}})
        ),
        json!({"type": "list_reply", "id": "b", "title": "B", "description": "d"})
    );
    let flow = |response: &str| json!({"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": response}});
    assert_eq!(
        content("interactive", flow(r#"{"a": [1]}"#)),
        json!({"type": "nfm_reply", "name": "flow", "body": "Sent", "response": {"a": [1]}})
    );
    assert_eq!(content("interactive", flow("{"))["response"], json!("{"));
    assert_eq!(
        content(
            "order",
            json!({"catalog_id": "c", "text": "t", "product_items": [{"product_retailer_id": "p", "quantity": 2, "item_price": "12.50", "currency": "EUR"}]})
        ),
        json!({"type": "order", "catalogId": "c", "text": "t", "items": [{"productRetailerId": "p", "quantity": 2, "itemPrice": 12.5, "currency": "EUR"}]})
    );
    assert_eq!(
        content("system", json!({"type": "user_changed_number", "body": "b", "new_wa_id": "3"})),
        json!({"type": "system", "kind": "user_changed_number", "body": "b", "newWaId": "3"})
    );
    let mut message = json!({"from": "1", "id": "wamid.1", "type": "unsupported",
        "errors": [{"code": 131_051, "title": "t", "message": "m", "error_data": {"details": "d"}}]});
    assert_eq!(
        one(&envelope(&message))["content"],
        json!({"type": "unsupported", "errors": [{"code": "131051", "title": "t", "message": "m", "details": "d"}]})
    );
    for kind in ["unknown", "ephemeral", "media", "text "] {
        message["type"] = json!(kind);
        assert_eq!(one(&envelope(&message))["content"], json!({"type": "unknown", "kind": kind}));
    }
    // What cannot be read as its type is still a message.
    for (kind, block) in [
        ("location", json!({"latitude": "north", "longitude": 1})),
        ("reaction", json!({"emoji": "x"})),
        ("button", json!("x")),
        ("interactive", json!({"type": "other"})),
        ("interactive", json!({"type": "list_reply", "list_reply": {"id": 5}})),
    ] {
        assert_eq!(content(kind, block), json!({"type": "unknown", "kind": kind}));
    }
}

#[test]
fn media_ids_stay_apart_from_urls() {
    let image =
        |block: Value| one(&envelope(&json!({"from": "1", "id": "i", "type": "image", "image": block})));
    let event = image(json!({"id": "55", "mime_type": "image/jpeg"}));
    assert_eq!(event["mediaUrl"], Value::Null);
    assert_eq!((&event["mediaType"], &event["mimeType"]), (&json!("image/jpeg"), &json!("image/jpeg")));
    assert_eq!(event["text"], "[image message]");
    let event = image(json!({"id": "55", "link": "", "url": "https://x.test/1", "caption": "look"}));
    assert_eq!((&event["mediaUrl"], &event["text"]), (&json!("https://x.test/1"), &json!("look")));
    // What says nothing is not there, whatever it is; what says something must be text.
    let event = image(json!({"id": "55", "url": false, "caption": 0}));
    assert_eq!((&event["mediaUrl"], &event["text"]), (&Value::Null, &json!("[image message]")));
    assert_eq!(image(json!({"id": "55", "caption": 5}))["detail"], "cannot read text");
    assert_eq!(image(json!({"id": "55", "link": ["x"]}))["detail"], "cannot read mediaUrl");
}

#[test]
fn a_status_is_complete() {
    let status = json!({
        "id": "wamid.1", "status": "failed", "timestamp": "1770000000", "recipient_id": "1",
        "conversation": {"id": "c", "origin": {"type": "service"}, "expiration_timestamp": "1770086400"},
        "pricing": {"billable": true, "pricing_model": "PMP", "category": "service", "type": "regular"},
        "errors": [{"code": 131_047, "title": "t", "message": "m", "error_data": {"details": "d"}}, {"code": "x"}],
        "biz_opaque_callback_data": "mine",
    });
    let body =
        json!({"entry": [{"id": "w", "changes": [{"field": "messages", "value": {"statuses": [status]}}]}]});
    assert_eq!(
        one(&body),
        json!({
            "type": "delivery_receipt", "messageSid": "wamid.1", "status": "failed", "channel": "whatsapp", "recipient": "1",
            "timestamp": "2026-02-02T02:40:00.000Z", "errorCode": "131047",
            "errors": [{"code": "131047", "title": "t", "message": "m", "details": "d"}, {"code": "x", "title": null, "message": null, "details": null}],
            "conversation": {"id": "c", "origin": "service", "expiresAt": "2026-02-03T02:40:00.000Z"},
            "pricing": {"billable": true, "model": "PMP", "category": "service", "type": "regular"},
            "callbackData": "mine", "raw": status,
        })
    );
    let (_, events) = parse_inbound(body.to_string().as_bytes(), 64, None);
    assert_eq!(events[0].identity.as_deref(), Some("receipt:whatsapp:wamid.1:failed:1770000000"));
}

#[test]
fn one_malformed_item_costs_the_others_nothing() {
    let good = |id: usize| json!({"from": "1", "id": id.to_string(), "type": "text", "text": {"body": "x"}});
    for bad in [
        json!(null),
        json!(5),
        json!({"from": 5, "text": {"body": "x"}}),
        json!({"from": "1", "text": "x"}),
        json!([]),
    ] {
        let mut messages: Vec<Value> = (0..49).map(good).collect();
        messages.insert(20, bad.clone());
        let body = json!({"entry": [{"changes": [{"field": "messages", "value": {"messages": messages}}]}]});
        let events = events(&body.to_string());
        let count = |kind: &str| events.iter().filter(|event| event["type"] == kind).count();
        assert_eq!((events.len(), count("message"), count("unknown")), (50, 49, 1));
        assert_eq!((&events[20]["reason"], &events[20]["raw"]), (&json!("malformed"), &bad));
    }
}

#[test]
fn all_events_in_order_and_unknown_kinds() {
    let text = |id: &str| json!({"from": "1", "id": id, "text": {"body": "x"}});
    let body = json!({"entry": [
        {"id": "1", "changes": [
            {"field": "messages", "value": {"messages": [text("a"), text("b")], "statuses": [{"id": "s", "status": "read"}]}},
            {"field": "message_template_status_update", "value": {"event": "APPROVED"}},
            {"field": "messages", "value": {"errors": [{"code": 1}]}},
            {"field": "messages", "value": {"metadata": {}}},
            {"field": "smb_message_echoes", "value": {"message_echoes": [text("e")]}},
        ]},
        {"id": "2", "changes": [{"field": "messages", "value": {"messages": [text("c")]}}]},
        {"id": "3", "changes": "odd"},
    ]});
    let kinds: Vec<(String, String)> = events(&body.to_string())
        .iter()
        .map(|event| {
            let id = event["id"].as_str().or(event["messageSid"].as_str()).or(event["kind"].as_str());
            (event["type"].as_str().unwrap().to_owned(), id.unwrap_or("-").to_owned())
        })
        .collect();
    let want = [
        ("message", "a"),
        ("message", "b"),
        ("delivery_receipt", "s"),
        ("unknown", "message_template_status_update"),
        ("unknown", "messages"),
        ("echo", "e"),
        ("message", "c"),
        ("unknown", "-"),
    ];
    assert_eq!(kinds, want.map(|(kind, id)| (kind.to_owned(), id.to_owned())));
}

#[test]
fn a_generic_message_has_every_member() {
    let body = json!({
        "type": "message", "messageId": "m", "externalId": "SM-1", "agentId": "a", "agentName": "Ann", "agentGender": "female",
        "channel": "line", "direction": "inbound", "sender": "U1", "to": "a", "senderSid": "waha:1", "replyTo": "g@g.us",
        "text": "hi", "subject": "s", "html": "<p>x</p>", "mediaUrl": "https://x.test/a.jpg", "mediaType": "image/jpeg",
        "fileName": "a.jpg", "attachments": [{"filename": "b.pdf", "contentType": "application/pdf", "size": 7, "url": "https://x.test/b"}],
        "groupId": "g@g.us", "groupName": "G", "senderName": "Noor", "isVoiceMessage": true, "voiceTranscription": {"text": "t"},
        "sessionId": "s-1", "session": {"summary": "x"}, "threadId": "t-1", "timestamp": "2026-02-02T03:40:00+01:00",
    });
    let mut want = body.as_object().unwrap().clone();
    for renamed in ["messageId", "agentGender", "direction", "timestamp"] {
        want.remove(renamed);
    }
    let mut want = whole(Value::Object(want));
    want["id"] = json!("m");
    want["isGroup"] = json!(true);
    want["receivedAt"] = json!("2026-02-02T02:40:00.000Z");
    let media = json!({"id": null, "url": "https://x.test/a.jpg", "mimeType": "image/jpeg", "fileName": "a.jpg", "sha256": null});
    want["content"] = json!({"type": "media", "caption": "hi", "media": media});
    want["attachments"] =
        json!([{"fileName": "b.pdf", "mimeType": "application/pdf", "size": 7, "url": "https://x.test/b"}]);
    want["raw"] = body.clone();
    assert_eq!(one(&body), want);
}

#[test]
fn what_counts_as_a_generic_message() {
    let text = |more: Value| {
        let mut body = json!({"from": "1", "channel": "email"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let event = one(&body);
        (event["type"].as_str().unwrap().to_owned(), event["text"].clone(), event["content"]["type"].clone())
    };
    let is = |text: &str, content: &str| ("message".to_owned(), json!(text), json!(content));
    assert_eq!(text(json!({"body": "x"})), is("x", "text"));
    assert_eq!(text(json!({"mediaUrl": "u"})), is("[media message]", "media"));
    assert_eq!(text(json!({"mediaUrl": "u", "text": 0})), is("[media message]", "media"));
    assert_eq!(text(json!({"attachments": [{"url": "u"}]})), is("[media message]", "media"));
    assert_eq!(text(json!({"voiceTranscription": "t"})), is("[voice message]", "text"));
    assert_eq!(text(json!({"html": "<p>x</p>"})), is("[html message]", "text"));
    assert_eq!(text(json!({"subject": "s"})), is("[subject message]", "text"));
    for nothing in [json!({}), json!({"body": ""}), json!({"attachments": []}), json!({"attachments": "x"})] {
        assert_eq!(text(nothing).0, "unknown");
    }
}

#[test]
fn generic_kinds() {
    let kind = |body: Value| one(&body)["type"].as_str().unwrap().to_owned();
    let message = json!({"from": "1", "body": "x"});
    let with = |more: &str, value: Value| {
        let mut body = message.clone();
        body[more] = value;
        body
    };
    assert_eq!(kind(with("echo", json!(true))), "echo");
    assert_eq!(kind(with("echo", json!("true"))), "message");
    assert_eq!(kind(json!({"isEcho": true})), "echo");
    assert_eq!(kind(with("direction", json!("outbound"))), "failed_outbound");
    assert_eq!(kind(with("direction", json!("inbound"))), "message");
    assert_eq!(kind(with("type", json!("status"))), "message");
    assert_eq!(kind(with("status", json!("sent"))), "message");
    assert_eq!(
        kind(json!({"type": "receipt", "from": "1", "body": "x", "id": "i", "status": "bounced"})),
        "delivery_receipt"
    );
    assert_eq!(kind(json!({"id": "i", "status": "bounced"})), "unknown");
    assert_eq!(kind(json!({"status": "sent"})), "unknown");
    assert_eq!(kind(json!({"type": "capabilities", "tools": []})), "capabilities");
    assert_eq!(kind(json!({"type": "ping"})), "unknown");
    assert_eq!(kind(with("event", json!("x"))), "message");
    let failed =
        one(&json!({"from": "me", "to": "1", "body": "x", "direction": "outbound", "reason": "send_failed"}));
    assert_eq!((&failed["reason"], &failed["to"]), (&json!("send_failed"), &json!("1")));
    assert_eq!(
        one(
            &json!({"type": "status_update", "kind": "connection", "detail": "down", "timestamp": 1_770_000_000})
        ),
        json!({"type": "status_update", "kind": "connection", "detail": "down", "timestamp": "2026-02-02T02:40:00.000Z",
            "raw": {"type": "status_update", "kind": "connection", "detail": "down", "timestamp": 1_770_000_000}})
    );
    let receipt = json!({"status": "failed", "messageId": 7, "channel": "sms", "to": "1", "errorCode": 30007, "error": "no"});
    assert_eq!(
        one(&receipt),
        json!({"type": "delivery_receipt", "messageSid": "7", "status": "failed", "channel": "sms", "recipient": "1",
            "timestamp": null, "errorCode": "30007",
            "errors": [{"code": "30007", "title": null, "message": "no", "details": null}],
            "conversation": null, "pricing": null, "callbackData": null, "raw": receipt})
    );
}

#[test]
fn account_events() {
    let body = json!({"event": "account.verified", "orgId": "o", "ownerEmail": "a@b.test", "teamToken": "t", "scopes": "org-admin",
        "verifiedAt": "2026-02-02T02:40:00.000Z"});
    assert_eq!(
        one(&body),
        json!({"type": "account_verified", "event": "account.verified", "orgId": "o", "ownerEmail": "a@b.test", "teamToken": "t",
            "scopes": "org-admin", "verifiedAt": "2026-02-02T02:40:00.000Z", "raw": body})
    );
    let body = json!({"event": "agent.suspended", "orgId": "o", "agentId": "a", "why": 1});
    assert_eq!(
        one(&body),
        json!({"type": "account_event", "event": "agent.suspended", "orgId": "o", "agentId": "a", "data": body, "raw": body})
    );
    let event = one(&json!({"event": "account.verified", "orgId": "o"}));
    assert_eq!(
        (&event["type"], &event["reason"], &event["kind"]),
        (&json!("unknown"), &json!("malformed"), &json!("account.verified"))
    );
}

#[test]
fn events_do_not_show_themselves() {
    let (_, events) =
        parse_inbound(br#"{"event":"account.verified","orgId":"o","teamToken":"t0ken"}"#, 64, None);
    assert!(!format!("{events:?}").contains("t0ken"));
}

/// Texts that `JSON.parse` takes and that some parsers stumble over, and some that nobody takes.
#[test]
fn json_torture() {
    let surrogate = r#"{"from":"1","body":"a\ud83d b","id":"\udc00"}"#;
    let (_, found) = parse_inbound(surrogate.as_bytes(), 64, None);
    assert_eq!(found[0].kind, Kind::Message);
    assert!(found[0].json.contains(r#""text":"a\ud83d b""#), "passed on as it came: {}", found[0].json);
    assert!(found[0].json.contains(r#""id":"\udc00""#));

    let ok = |body: &str, kind: Kind| {
        let (_, events) = parse_inbound(body.as_bytes(), 64, None);
        assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), [kind], "{body:.60}");
        events.into_iter().next().unwrap()
    };
    ok(r#"{"from":"1","body":"x","session":{"n":1e400}}"#, Kind::Message);
    ok(r#"{"from":"1","body":"x","attachments":[{"size":1e400,"url":"u"}]}"#, Kind::Message);
    let event = ok(r#"{"from":"1","from":"2","body":"x","body":"y"}"#, Kind::Message);
    assert!(
        event.json.contains(r#""sender":"2""#) && event.json.contains(r#""text":"y""#),
        "the last one counts"
    );
    let event = ok(
        r#"{"__proto__":{"echo":true},"constructor":{"prototype":{}},"from":"1","body":"x"}"#,
        Kind::Message,
    );
    assert!(event.json.contains(r#""raw":{"__proto__""#));
    ok("\u{feff}{\"from\":\"1\",\"body\":\"x\"}", Kind::Message);
    ok(" \r\n\t{\"from\":\"1\",\"body\":\"x\"}\n", Kind::Message);
    ok(r#"{"fr\u006fm":"1","body":"\u0000"}"#, Kind::Message);
    ok(&format!(r#"{{"from":"1","body":"{}"}}"#, "x".repeat(1_000_000)), Kind::Message);
    let deep = |levels: usize| {
        format!(r#"{{"from":"1","body":"x","session":{{"a":{}{}}}}}"#, "[".repeat(levels), "]".repeat(levels))
    };
    ok(&deep(62), Kind::Message);
    for body in [deep(63), deep(100_000), "[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        let event = ok(&body, Kind::Unknown);
        assert!(event.json.contains("nested too deeply"));
    }
    for body in [
        "",
        " ",
        "nul",
        "{",
        "{]",
        "[1,]",
        "{\"a\":1,}",
        "'x'",
        "01",
        "+1",
        "1.",
        "NaN",
        "\"\u{1}\"",
        "\"\\x\"",
        "{} {}",
        "//",
    ] {
        assert!(ok(body, Kind::Unknown).json.contains("not JSON"), "{body}");
    }
    for body in ["null", "true", "5", "\"x\"", "[]", "[{\"from\":\"1\",\"body\":\"x\"}]"] {
        let event = ok(body, Kind::Unknown);
        let value: Value = serde_json::from_str(&event.json).unwrap();
        assert_eq!(value["raw"], serde_json::from_str::<Value>(body).unwrap());
    }
    let (_, events) = parse_inbound(b"{\"from\":\"1\",\"body\":\"\xff\"}", 64, None);
    assert!(events[0].json.contains("not UTF-8"));
}

/// A small generator, so that a failure repeats (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }
}

const SEEDS: [&str; 5] = [
    r#"{"object":"x","entry":[{"id":"5","changes":[{"field":"messages","value":{"metadata":{"display_phone_number":"1","phone_number_id":"7"},"contacts":[{"profile":{"name":"N"},"wa_id":"1"}],"messages":[{"from":"1","id":"w","timestamp":"1770000000","type":"image","image":{"id":"5","mime_type":"image/jpeg","caption":"c"},"context":{"id":"w0","referred_product":{"catalog_id":"c"}}},{"from":"1","id":"v","type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"{\"a\":1}"}}}]}}]}]}"#,
    r#"{"entry":[{"changes":[{"value":{"statuses":[{"id":"s","status":"failed","timestamp":"1770000000","errors":[{"code":1,"error_data":{"details":"d"}}],"conversation":{"origin":{"type":"t"}},"pricing":{"billable":true}}],"messages":[{"from":"1","type":"contacts","contacts":[{"name":{"formatted_name":"A"},"phones":[{"phone":"1"}]}]},{"from":"1","type":"order","order":{"product_items":[{"quantity":2,"item_price":"1.5"}]}},{"from":"1","type":"location","location":{"latitude":1.5,"longitude":-2}}]}}]}]}"#,
    r#"{"id":"i","from":"1","to":"2","channel":"sms","body":"x","mediaUrl":"u","attachments":[{"filename":"f","size":5}],"isGroup":true,"groupId":"g","voiceTranscription":{"t":1},"session":{"s":[]},"timestamp":"2026-02-02T02:40:00Z"}"#,
    r#"{"status":"failed","messageId":"m","errorCode":"30007","error":"e","timestamp":1770000000,"type":"status_update","kind":"k"}"#,
    r#"{"event":"account.verified","orgId":"o","ownerEmail":"e","teamToken":"t","scopes":"s","verifiedAt":"2026-02-02T02:40:00Z"}"#,
];

const PIECES: [&str; 24] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1e400",
    "\"\"",
    "\"x\"",
    "\"\\ud800\"",
    "[]",
    "{}",
    "[null]",
    "{\"a\":1}",
    "\"",
    "\\",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    "\"from\":",
    "\"type\":\"text\"",
    "\u{0}",
];

/// Whatever comes in, events come out, and what comes out is JSON.
#[test]
fn mutated_payloads_never_break_it() {
    let mut dice = Dice(7);
    let mut readable = 0_usize;
    for round in 0..20_000 {
        let mut body = SEEDS[round % SEEDS.len()].as_bytes().to_vec();
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(body.len());
            match dice.roll(12) {
                0 => body[at] = u8::try_from(dice.roll(256)).unwrap(),
                1 => {
                    body.truncate(at.max(1));
                }
                2 => {
                    let piece = PIECES[dice.roll(PIECES.len())].bytes();
                    body.splice(at..at, piece);
                }
                _ => replace_value(&mut body, at, PIECES[dice.roll(13)]),
            }
        }
        let (_, mut events) = parse_inbound(&body, 64, None);
        if crate::json::parse(&body, 64).is_ok() {
            readable += 1;
            for source in [Source::Whatsapp, Source::Callback] {
                events.extend(parse_inbound(&body, 64, Some(source)).1);
            }
        }
        check(&events, &body);
    }
    assert!(readable > 5_000, "{readable}");
}

/// Puts a piece in the place of the value that starts after the next colon.
fn replace_value(body: &mut Vec<u8>, at: usize, piece: &str) {
    let Some(colon) = body[at..].iter().position(|byte| *byte == b':').map(|found| at + found + 1) else {
        return;
    };
    let length = match crate::json::parse(&body[colon..], 64) {
        Ok(value) => value.raw().len(),
        Err(crate::json::JsonError::Syntax(end)) => end,
        Err(_) => return,
    };
    let end = (colon + length).min(body.len());
    body.splice(colon..end, piece.bytes());
}

fn check(events: &[Event], body: &[u8]) {
    for event in events {
        // serde_json refuses lone surrogates and 1e400, which pass through on purpose: our own checker takes those.
        let tamed = event.json.replace("\\ud800", "\\u0041");
        match serde_json::from_str::<Value>(&tamed) {
            Ok(value) => {
                assert_eq!(value["type"], event.kind.as_str());
                assert!(value.get("raw").is_some());
            }
            Err(error) => {
                let body = String::from_utf8_lossy(body);
                assert!(
                    error.to_string().starts_with("number out of range"),
                    "{error}: {} from {body}",
                    event.json
                );
            }
        }
        crate::json::parse(event.json.as_bytes(), 512).unwrap();
    }
}

#[test]
fn a_file_s_name_goes_by_three_names() {
    for name in ["filename", "file_name", "fileName"] {
        let mut block = json!({"id": "5"});
        block[name] = json!("a.pdf");
        let event = one(&envelope(&json!({"from": "1", "id": "w", "type": "document", "document": block})));
        assert_eq!(
            (&event["fileName"], &event["content"]["media"]["fileName"]),
            (&json!("a.pdf"), &json!("a.pdf")),
            "{name}"
        );
    }
}

/// What stands once in a body and goes into each of its events must not make gigabytes of it.
#[test]
fn one_body_makes_no_events_out_of_proportion() {
    let long = "x".repeat(20_000);
    let messages: Vec<Value> =
        (0..1000).map(|id| json!({"from": "1", "id": id.to_string(), "type": "", "text": {}})).collect();
    let body = json!({"entry": [{"id": long, "changes": [{"field": "messages", "value": {
        "metadata": {"phone_number_id": long},
        "contacts": [{"wa_id": "1", "profile": {"name": long}}],
        "messages": messages,
    }}]}]})
    .to_string();
    let (_, events) = parse_inbound(body.as_bytes(), 64, None);
    let size: usize = events.iter().map(|event| event.json.len()).sum();
    assert_eq!(events.len(), 1000);
    assert!(size < 20 * body.len(), "{size} of {}", body.len());
}

/// Time grows with the body, not with its square: messages that each look for a sender among as many contacts.
#[test]
fn many_contacts_are_not_looked_through_for_each_message() {
    let contacts: Vec<Value> = (0..5000).map(|id| json!({"wa_id": format!("c{id}")})).collect();
    let messages: Vec<Value> = (0..5000)
        .map(|id| json!({"from": format!("c{id}"), "id": id.to_string(), "type": "text", "text": {"body": "x"}}))
        .collect();
    let value = json!({"contacts": contacts, "messages": messages});
    let body = json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).to_string();
    let (_, events) = parse_inbound(body.as_bytes(), 64, None);
    let of = |place: usize| -> Value { serde_json::from_str(&events[place].json).unwrap() };
    assert_eq!((events.len(), &of(999)["whatsapp"]["waId"]), (5000, &json!("c999")));
}
