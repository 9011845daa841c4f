//! Signed requests and the bodies in them.

use serde_json::json;

use crate::testing::fixtures::Fixtures;
use crate::testing::signing::{Claim, explain, webhook, whatsapp};
use crate::testing::*;

/// Made with another implementation: `printf '1778405400.{"event":"x"}' | openssl dgst -sha256 -hmac secret`.
const DIGEST: &str = "de3103f95042161d0ea3ec7972abda45fb48bcb6d772df36a04e5a4d7fd2a309";
/// `printf '{"event":"x"}' | openssl dgst -sha256 -hmac secret`.
const META_DIGEST: &str = "6147d659a4d0af1524442a3462a24f61e73c58494803b17e072ddfbc76bb7356";
const BODY: &[u8] = br#"{"event":"x"}"#;
const NOW: u64 = 1_778_405_400_123;

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

#[test]
fn webhooks_are_signed_as_contracted() {
    let signed = webhook(BODY.to_vec(), "secret", None, "d-1", NOW);
    assert_eq!(signed.body, BODY);
    let want = [
        ("content-type", "application/json"),
        ("x-bd-event", "x"),
        ("x-bd-timestamp", "1778405400"),
        ("x-bd-signature", &["hmac-sha256=", DIGEST].concat()),
        ("x-bd-delivery-id", "d-1"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(signed.headers, want);
    for (body, given, event) in [
        ("{\"type\":\"status\"}", None, "status"),
        ("{\"event\":\"a\",\"type\":\"b\"}", None, "a"),
        ("{\"event\":\"a\"}", Some("given"), "given"),
        ("not JSON", None, "message"),
    ] {
        let signed = webhook(body.into(), "s", given, "d", 0);
        assert_eq!(header(&signed.headers, "x-bd-event"), event, "{body}");
    }
    let signed = whatsapp(BODY.to_vec(), "secret");
    assert_eq!(header(&signed.headers, "x-hub-signature-256"), ["sha256=", META_DIGEST].concat());
}

/// Timestamp, signature, secrets, how much later it is, the reason.
type Row<'a> = (Option<&'a str>, Option<&'a str>, &'a [String], f64, &'a str);

#[test]
fn signatures_are_explained() {
    let secrets = ["other".to_owned(), "secret".to_owned()];
    let good = ["hmac-sha256=", DIGEST].concat();
    let flipped = ["hmac-sha256=", &DIGEST.replacen('d', "e", 1)].concat();
    let upper = ["hmac-sha256=", &DIGEST.to_uppercase()].concat();
    let none: [String; 1] = [String::new()];
    let table: [Row<'_>; 14] = [
        (Some("1778405400"), Some(&good), &secrets, 0.0, "valid"),
        (Some("1778405400"), Some(&good), &secrets, 299_877.0, "valid"),
        (Some("1778405400"), Some(&good), &secrets, 299_878.0, "stale"),
        (Some("1778405400"), Some(&good), &secrets, -300_123.0, "valid"),
        (Some("1778405400"), Some(&good), &secrets, -300_124.0, "future"),
        (Some("1778405400"), Some(&good), &none, 0.0, "no_secret"),
        (None, Some(&good), &secrets, 0.0, "no_header"),
        (Some("1778405400"), Some(""), &secrets, 0.0, "no_header"),
        (Some("+1778405400"), Some(&good), &secrets, 0.0, "bad_timestamp"),
        (Some("99999999999999999999"), Some(&good), &secrets, 0.0, "bad_timestamp"),
        (Some("1778405400"), Some(DIGEST), &secrets, 0.0, "bad_prefix"),
        (Some("1778405400"), Some(&upper), &secrets, 0.0, "bad_hex"),
        (Some("1778405400"), Some(&flipped), &secrets, 0.0, "mismatch"),
        (Some("1778405401"), Some(&good), &secrets, 0.0, "mismatch"),
    ];
    for (timestamp, signature, secrets, later, reason) in table {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds fit")]
        let now = NOW as f64 + later;
        let report =
            explain(&Claim { body: BODY, timestamp, signature, secrets, tolerance_seconds: 300.0, now });
        assert_eq!(
            (report.reason, report.ok),
            (reason, reason == "valid"),
            "{timestamp:?} {signature:?} {later}"
        );
    }
    let claim = Claim {
        body: BODY,
        timestamp: Some("1778405400"),
        signature: Some(&good),
        secrets: &secrets,
        tolerance_seconds: 300.0,
        now: 1_778_405_402_500.0,
    };
    let report = explain(&claim);
    assert_eq!(report.base_string, "1778405400.{\"event\":\"x\"}");
    assert_eq!(report.age_seconds, Some(2.5));
    assert_eq!(
        (report.expected.len(), report.expected[1].as_str(), report.given.as_deref()),
        (2, DIGEST, Some(DIGEST))
    );
}

#[test]
fn whatsapp_bodies() {
    let mut make = Fixtures::new([1; 16]);
    let messages = json!([
        { "id": "wamid.1", "text": "a" },
        { "id": "wamid.2", "from": "1555", "name": "Ada", "at": 5000, "message": { "type": "location", "location": { "latitude": 1 } } },
        { "id": "wamid.3", "text": "c" },
    ]);
    let contact = |name: &str, id: &str| json!({ "profile": { "name": name }, "wa_id": id });
    assert_eq!(
        make.whatsapp(messages, NOW).unwrap(),
        json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": "100000000000001", "changes": [{ "field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": { "display_phone_number": "15550001111", "phone_number_id": "200000000000002" },
                "contacts": [contact("Test Sender", "15555550123"), contact("Ada", "1555")],
                "messages": [
                    { "from": "15555550123", "id": "wamid.1", "timestamp": "1778405400", "type": "text", "text": { "body": "a" } },
                    { "from": "1555", "id": "wamid.2", "timestamp": "5", "type": "location", "location": { "latitude": 1 } },
                    { "from": "15555550123", "id": "wamid.3", "timestamp": "1778405400", "type": "text", "text": { "body": "c" } },
                ],
            } }] }],
        })
    );
    let id = |value: &serde_json::Value| {
        value.pointer("/entry/0/changes/0/value/messages/0/id").unwrap().as_str().unwrap().to_owned()
    };
    let (first, second) = (make.whatsapp(json!([{}]), 0).unwrap(), make.whatsapp(json!([{}]), 0).unwrap());
    assert!(id(&first).starts_with("wamid.") && id(&first) != id(&second));
    let status = make.whatsapp_status(json!({ "id": "wamid.1", "errors": [{ "code": 1 }] }), NOW).unwrap();
    assert_eq!(
        status.pointer("/entry/0/changes/0/value/statuses").unwrap(),
        &json!([{ "id": "wamid.1", "status": "delivered", "timestamp": "1778405400", "recipient_id": "15555550123", "errors": [{ "code": 1 }] }])
    );
    assert_eq!(
        make.whatsapp(json!([{ "txt": "a" }]), 0)
            .map_err(|BadScript(why)| why.starts_with("unknown field `txt`")),
        Err(true)
    );
    assert!(make.whatsapp_status(json!({}), 0).is_err());
}

#[test]
fn bodies_of_the_service() {
    let mut make = Fixtures::new([1; 16]);
    let message = make
        .message(
            json!({ "sender": "+1", "text": "t", "channel": "line", "messageId": "m", "subject": "s" }),
            NOW,
        )
        .unwrap();
    assert_eq!(
        message,
        json!({
            "type": "message", "messageId": "m", "channel": "line", "direction": "inbound", "from": "+1", "to": "+15550001111",
            "body": "t", "timestamp": "2026-05-10T09:30:00.123Z", "subject": "s",
        })
    );
    let message = make.message(json!({}), NOW).unwrap();
    assert_eq!(
        (message["from"].as_str(), message["body"].as_str(), message["channel"].as_str()),
        (Some("+15555550123"), Some("hello"), Some("sms"))
    );
    assert_eq!(make.message(json!({ "sender": 1 }), 0), Err(BadScript("sender is a string".into())));
    assert_eq!(
        make.receipt(json!({ "messageSid": "SM-1", "status": "failed", "errorCode": "30003" }), NOW).unwrap(),
        json!({ "type": "status", "messageId": "SM-1", "status": "failed", "channel": "whatsapp", "timestamp": "2026-05-10T09:30:00.123Z", "errorCode": "30003" })
    );
    assert_eq!(
        make.receipt(json!({ "status": "read" }), 0),
        Err(BadScript("a receipt has messageSid and status".into()))
    );
    assert_eq!(
        make.account_verified(json!({ "orgId": "o", "teamToken": "t" }), NOW).unwrap(),
        json!({
            "event": "account.verified", "orgId": "o", "ownerEmail": "owner@example.com", "teamToken": "t", "scopes": "org-admin",
            "verifiedAt": "2026-05-10T09:30:00.123Z",
        })
    );
    assert_eq!(make.delivery_id().len(), 36);
}
