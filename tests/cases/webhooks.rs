use butt_dial_edge::bind::webhooks;
use butt_dial_edge::secret::{hex, hmac_sha256};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

const BODY: &str = r#"{"event":"account.verified","orgId":"org-1","teamToken":"t"}"#;
const NOW_MS: f64 = 1_700_000_100_000.0;

fn known() -> Value {
    json!(["whsec-test"])
}

/// The header over [`BODY`], signed at this second.
fn signature(timestamp: &str) -> String {
    let tag = hmac_sha256(b"whsec-test", &[timestamp.as_bytes(), b".", BODY.as_bytes()]);
    format!("hmac-sha256={}", hex(&tag.bytes()))
}

/// Asks the module.
pub(super) fn ask(asked: &Value, bytes: &[u8]) -> Value {
    ask_at(asked, bytes, NOW_MS, f64::NAN)
}

fn ask_at(asked: &Value, bytes: &[u8], now_ms: f64, tolerance_s: f64) -> Value {
    serde_json::from_str(&webhooks::ask(&asked.to_string(), bytes.to_vec(), now_ms, tolerance_s)).unwrap()
}

fn verifies(body: &str, timestamp: Option<&str>, signature: Option<&str>, secrets: Value) -> bool {
    ask(&json!(["verifyWebhook", timestamp, signature, secrets]), body.as_bytes()) == json!(true)
}

/// A question about a request, with more arguments behind it.
fn about(name: &str, request: &[Value], more: Value) -> Value {
    let more = more.as_array().unwrap().clone();
    Value::from([vec![json!(name)], request.to_vec(), more].concat())
}

/// A request as `js/receiving.js` describes it.
fn request(method: &str, mode: Option<&str>, flags: &str, headers: [Option<&str>; 6]) -> Vec<Value> {
    let mut parts = vec![json!(flags), json!(method)];
    // Of the challenge: its mode, its token, itself. Then the path's last segment.
    parts.extend([json!(mode), json!(mode.map(|_| "t")), json!(mode.map(|_| "42")), json!("hook")]);
    parts.extend(headers.iter().map(|header| json!(header)));
    // The largest body, the deadline, the depth: all as they are by default.
    parts.extend([const { Value::Null }; 3]);
    parts
}

/// The genuine one, with the first secret named.
fn signed(flags: &str) -> Vec<Value> {
    let signature = signature("1700000000");
    let headers = [None, Some("account.verified"), Some("1700000000"), Some(&*signature), Some("d-1"), None];
    request("POST", None, flags, headers)
}

fn plan(request: &[Value]) -> Value {
    ask(&about("plan", request, json!([])), b"")
}

fn received(request: &[Value], body: &str, secrets: Value, now_ms: f64) -> Value {
    ask_at(&about("received", request, json!([secrets])), body.as_bytes(), now_ms, f64::NAN)
}

#[wasm_bindgen_test]
fn a_signature_made_elsewhere_verifies() {
    // `printf '1700000000.{"event":"account.verified"}' | openssl dgst -sha256 -hmac whsec-test`
    let signature = "hmac-sha256=674b2b5d65af253e165a73006601917edf9d52ed6f2dcbe0f7c63eb4ffcc8807";
    assert!(verifies(r#"{"event":"account.verified"}"#, Some("1700000000"), Some(signature), known()));
}

#[wasm_bindgen_test]
fn a_changed_webhook_does_not_verify() {
    let genuine = signature("1700000000");
    assert!(verifies(BODY, Some("1700000000"), Some(&genuine), known()));
    assert!(!verifies(&format!("{BODY} "), Some("1700000000"), Some(&genuine), known()));
    assert!(!verifies(BODY, Some("1700000001"), Some(&genuine), known()));
    assert!(!verifies(BODY, Some("1700000000"), Some(&genuine.to_uppercase()), known()));
    assert!(!verifies(BODY, None, Some(&genuine), known()));
    assert!(!verifies(BODY, Some("1700000000"), None, known()));
}

#[wasm_bindgen_test]
fn the_bound_of_the_tolerance_still_passes() {
    for (age, want) in [(300.0, true), (300.001, false), (-300.0, true), (-300.001, false)] {
        let now_ms = (1_700_000_000.0 + age) * 1000.0;
        let asked = json!(["verifyWebhook", "1700000000", signature("1700000000"), known()]);
        assert_eq!(ask_at(&asked, BODY.as_bytes(), now_ms, 300.0), json!(want), "{age} s");
    }
}

#[wasm_bindgen_test]
fn one_of_several_secrets_is_enough_and_none_is_not() {
    let genuine = signature("1700000000");
    for (secrets, want) in [
        (json!(["old", "whsec-test"]), true),
        (json!([]), false),
        (json!([""]), false),
        (Value::Null, false),
        (json!({}), false),
    ] {
        assert_eq!(verifies(BODY, Some("1700000000"), Some(&genuine), secrets.clone()), want, "{secrets}");
    }
}

#[wasm_bindgen_test]
fn metas_signature_and_challenge() {
    let tag = hmac_sha256(b"app", &[BODY.as_bytes()]);
    let header = format!("sha256={}", hex(&tag.bytes()));
    let verifies = |header: Option<&str>, secret: &str| {
        ask(&json!(["verifyWhatsapp", null, header, [secret]]), BODY.as_bytes())
    };
    assert_eq!(verifies(Some(&header), "app"), json!(true));
    assert_eq!(verifies(Some(&header), "other"), json!(false));
    assert_eq!(verifies(None, "app"), json!(false));
    let asked =
        |mode: &str, token: &str| ask(&json!(["verifySubscription", mode, token, ["verify-me"]]), b"");
    assert_eq!(asked("subscribe", "verify-me"), json!(true));
    assert_eq!(asked("subscribe", "guess"), json!(false));
    assert_eq!(asked("unsubscribe", "verify-me"), json!(false));
}

#[wasm_bindgen_test]
fn what_a_request_takes() {
    let planned = plan(&signed("0"));
    assert_eq!(
        (&planned["limit"], &planned["secret"], &planned["timeoutMs"]),
        (&json!(1_048_576), &json!(0), &json!(10_000))
    );
    let refusal = plan(&signed(""));
    assert_eq!((&refusal["reason"], &refusal["status"]), (&json!("not_configured"), &json!(401)));
    let unsigned = plan(&request("POST", None, "0", [None; 6]));
    assert_eq!((&unsigned["reason"], &unsigned["response"][0]), (&json!("unsigned"), &json!(401)));
    let other = plan(&request("PUT", None, "0", [None; 6]));
    assert_eq!((&other["status"], &other["response"][2][3]), (&json!(405), &json!(["allow", "POST"])));
    assert_eq!(plan(&request("GET", Some("subscribe"), "2", [None; 6]))["limit"], Value::Null);
}

#[wasm_bindgen_test]
fn a_body_that_does_not_come() {
    let planned = plan(&signed("0"));
    let (late, large) = (&planned["tooSlow"], &planned["tooLarge"]);
    assert_eq!(
        (&late["ok"], &late["reason"], &late["status"]),
        (&json!(false), &json!("read_timeout"), &json!(408))
    );
    assert_eq!((&large["reason"], &large["status"]), (&json!("too_large"), &json!(413)));
}

#[wasm_bindgen_test]
fn what_a_body_claims() {
    assert_eq!(
        ask(&about("hint", &signed("0"), json!([])), BODY.as_bytes()),
        json!({"claimedOrgId": "org-1", "claimedAgentId": null, "claimedEvent": "account.verified", "claimedPhoneNumberId": null})
    );
    assert_eq!(ask(&about("hint", &signed("0"), json!([])), b"\xff")["claimedOrgId"], Value::Null);
}

#[wasm_bindgen_test]
fn a_genuine_webhook_is_described() {
    let got = received(&signed("0"), BODY, known(), NOW_MS);
    assert_eq!(
        (&got["ok"], &got["source"], &got["proof"], &got["deliveryId"]),
        (&json!(true), &json!("account"), &json!("signature"), &json!("d-1"))
    );
    assert_eq!(
        (&got["events"][0]["type"], &got["events"][0]["orgId"]),
        (&json!("account_verified"), &json!("org-1"))
    );
    assert_eq!((&got["dedupeKeys"][1], &got["response"][1]), (&json!("bd:id:d-1"), &json!("ok")));
}

#[wasm_bindgen_test]
fn what_is_not_genuine_is_refused() {
    for (body, secrets, now_ms, reason) in [
        (BODY, json!(["another"]), NOW_MS, "bad_signature"),
        (BODY, json!([]), NOW_MS, "not_configured"),
        (BODY, known(), NOW_MS + 1e6, "stale"),
        ("{}", known(), NOW_MS, "bad_signature"),
    ] {
        let got = received(&signed("0"), body, secrets, now_ms);
        assert_eq!((&got["ok"], &got["reason"]), (&json!(false), &json!(reason)));
        assert_eq!(got["events"], Value::Null);
    }
}

#[wasm_bindgen_test]
fn any_bytes_are_parsed() {
    for body in [&b"{no json"[..], b"", b"\xff\xfe", b"[[[[[[", br#"{"entry":null}"#] {
        let events = ask(&json!(["parse", null]), body);
        assert_eq!(events[0]["type"], json!("unknown"), "{body:?}");
    }
    let message = r#"{"type":"message","messageId":"m-1","channel":"sms","from":"+1","body":"\ud800"}"#;
    assert!(
        webhooks::ask(r#"["parse"]"#, message.into(), 0.0, 0.0).contains(r#""text":"\ud800""#),
        "a lone surrogate stays"
    );
}
