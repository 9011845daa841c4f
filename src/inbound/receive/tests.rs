#![expect(clippy::arithmetic_side_effects, reason = "small numbers in tests")]

use std::cell::{Cell, RefCell};

use super::*;
use crate::http::NetError;
use crate::inbound::tests::drive::{SecretSource, receive};
use crate::inbound::tests::host::{VirtualClock, member, run};
use crate::inbound::tests::wait::Body;
use crate::inbound::tests::wait::Clock;
use crate::model::event::Kind;
use crate::secret::{hex, hmac_sha256};

const NOW_S: u64 = 1_770_000_000;
const VERIFIED: &str = r#"{"event":"account.verified","orgId":"o-1","ownerEmail":"a@b.example","teamToken":"t-1","scopes":"org-admin","verifiedAt":"2026-02-02T02:40:00.000Z"}"#;
const ENVELOPE: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"5","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"77"},"messages":[{"from":"1","id":"wamid.1","type":"text","text":{"body":"hi"}}]}}]}]}"#;
const MESSAGE: &str = r#"{"agentId":"a-1","channel":"sms","direction":"inbound","from":"+15555550111","to":"+15552000001","body":"hello","externalId":"SM-1"}"#;

/// A body in chunks; counts what was read, and may stall or break.
struct Chunks {
    chunks: Vec<Vec<u8>>,
    read: Cell<usize>,
    end: End,
    clock: VirtualClock,
}

#[derive(PartialEq)]
enum End {
    Clean,
    Stalls,
    Breaks,
}

impl Body for Chunks {
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, NetError> {
        if self.chunks.is_empty() {
            match self.end {
                End::Clean => return Ok(None),
                End::Stalls => self.clock.sleep(1e12).await,
                End::Breaks => return Err(NetError("reset".to_owned())),
            }
        }
        let chunk = self.chunks.remove(0);
        self.read.set(self.read.get() + chunk.len());
        Ok(Some(chunk))
    }
}

#[derive(Default)]
struct Secrets {
    webhook: Option<Vec<&'static str>>,
    whatsapp: Option<Vec<&'static str>>,
    verify: Option<Vec<&'static str>>,
    callback: Option<Vec<&'static str>>,
    by_hint: bool,
    fails: bool,
    hints: RefCell<Vec<(Which, serde_json::Value)>>,
}

impl Secrets {
    fn of(&self, which: Which) -> &Option<Vec<&'static str>> {
        match which {
            Which::Webhook => &self.webhook,
            Which::Whatsapp => &self.whatsapp,
            Which::VerifyToken => &self.verify,
            Which::CallbackToken => &self.callback,
        }
    }

    fn all() -> Self {
        Self {
            webhook: Some(vec!["bd"]),
            whatsapp: Some(vec!["meta"]),
            verify: Some(vec!["vt"]),
            callback: Some(vec!["cb"]),
            ..Self::default()
        }
    }
}

impl SecretSource for Secrets {
    type Error = &'static str;

    fn configured(&self, which: Which) -> bool {
        self.of(which).is_some()
    }

    fn by_hint(&self, _: Which) -> bool {
        self.by_hint
    }

    async fn find(&self, which: Which, hint: &str) -> Result<Vec<Secret>, &'static str> {
        let hint: serde_json::Value = serde_json::from_str(hint).unwrap();
        self.hints.borrow_mut().push((which, hint.clone()));
        if self.fails {
            return Err("lookup down");
        }
        if self.by_hint && hint["claimedOrgId"] == "o-2" {
            return Ok(vec![Secret::new("bd-2")]);
        }
        Ok(self.of(which).iter().flatten().map(|text| Secret::new(*text)).collect())
    }
}

struct Bench {
    clock: VirtualClock,
    secrets: Secrets,
    settings: Settings,
}

impl Bench {
    fn new(secrets: Secrets) -> Self {
        Self { clock: VirtualClock::at(NOW_S as f64 * 1000.0), secrets, settings: Settings::default() }
    }

    fn body(&self, text: &[u8]) -> Chunks {
        let chunks = text.chunks(1000).map(<[u8]>::to_vec).collect();
        Chunks { chunks, read: Cell::new(0), end: End::Clean, clock: self.clock.clone() }
    }

    fn post(&self, incoming: &Incoming<'_>, body: &str) -> Received {
        self.post_chunks(incoming, &mut self.body(body.as_bytes())).unwrap()
    }

    fn post_chunks(&self, incoming: &Incoming<'_>, body: &mut Chunks) -> Result<Received, &'static str> {
        run(&self.clock, receive(incoming, body, &self.secrets, &self.settings, &self.clock))
    }
}

/// As JavaScript hands it in.
fn text(plain: &str) -> Value<'static> {
    Value::known(crate::json::quoted(plain).leak())
}

fn post(segment: &str) -> Incoming<'static> {
    let none = Value::NULL;
    Incoming {
        method: text("POST"),
        mode: none,
        verify_token: none,
        challenge: none,
        segment: text(segment),
        content_length: none,
        bd_event: none,
        bd_timestamp: none,
        bd_signature: none,
        bd_delivery_id: none,
        hub_signature: none,
    }
}

/// Meta's challenge: mode, verify token, challenge.
fn asking(mode: &str, token: Option<&str>, challenge: &str) -> Incoming<'static> {
    Incoming {
        method: text("GET"),
        mode: text(mode),
        verify_token: token.map_or(Value::NULL, text),
        challenge: text(challenge),
        ..post("hook")
    }
}

fn bd(body: &str, secret: &str, at: u64) -> Incoming<'static> {
    let tag = hmac_sha256(secret.as_bytes(), &[at.to_string().as_bytes(), b".", body.as_bytes()]);
    Incoming {
        bd_event: text("account.verified"),
        bd_timestamp: text(&at.to_string()),
        bd_signature: text(&format!("hmac-sha256={}", hex(&tag.bytes()))),
        bd_delivery_id: text("d-1"),
        ..post("hook")
    }
}

fn hub(body: &str, secret: &str) -> Incoming<'static> {
    let tag = hex(&hmac_sha256(secret.as_bytes(), &[body.as_bytes()]).bytes());
    Incoming { hub_signature: text(&format!("sha256={tag}")), ..post("hook") }
}

fn refusal(received: &Received) -> (Reason, u16) {
    match received {
        Received::Refused(refusal) => (refusal.reason, received.reply().status),
        other => panic!("not refused: {other:?}"),
    }
}

fn webhook(received: Received) -> Webhook {
    match received {
        Received::Webhook(webhook) => webhook,
        other => panic!("not a webhook: {other:?}"),
    }
}

#[test]
fn a_signed_account_webhook() {
    let bench = Bench::new(Secrets::all());
    let received = webhook(bench.post(&bd(VERIFIED, "bd", NOW_S), VERIFIED));
    assert_eq!((received.source, received.proof), (Source::Account, Scheme::Service));
    assert_eq!(received.delivery_id.as_deref(), Some("d-1"));
    assert_eq!(received.body, VERIFIED.as_bytes());
    assert_eq!(received.events[0].kind, Kind::AccountVerified);
    assert_eq!(member(&received.events[0], "teamToken"), "t-1");
}

#[test]
fn a_signed_callback_and_a_whatsapp_envelope() {
    let bench = Bench::new(Secrets::all());
    let received = webhook(bench.post(&bd(MESSAGE, "bd", NOW_S), MESSAGE));
    assert_eq!((received.source, received.events[0].kind), (Source::Callback, Kind::Message));
    let received = webhook(bench.post(&hub(ENVELOPE, "meta"), ENVELOPE));
    assert_eq!((received.source, received.proof), (Source::Whatsapp, Scheme::Meta));
    assert_eq!((received.events[0].kind, received.delivery_id), (Kind::Message, None));
}

#[test]
fn what_is_not_genuine() {
    let bench = Bench::new(Secrets::all());
    let tampered = VERIFIED.replace("o-1", "o-9");
    let cases = [
        ("tampered", bd(VERIFIED, "bd", NOW_S), tampered.as_str(), Reason::BadSignature, 401),
        ("another secret", bd(VERIFIED, "other", NOW_S), VERIFIED, Reason::BadSignature, 401),
        ("Meta's secret", bd(VERIFIED, "meta", NOW_S), VERIFIED, Reason::BadSignature, 401),
        ("stale", bd(VERIFIED, "bd", NOW_S - 301), VERIFIED, Reason::Stale, 401),
        ("ahead", bd(VERIFIED, "bd", NOW_S + 301), VERIFIED, Reason::Stale, 401),
        (
            "no timestamp",
            Incoming { bd_timestamp: Value::NULL, ..bd(VERIFIED, "bd", NOW_S) },
            VERIFIED,
            Reason::Unsigned,
            401,
        ),
        (
            "no signature",
            Incoming { bd_signature: Value::NULL, ..bd(VERIFIED, "bd", NOW_S) },
            VERIFIED,
            Reason::Unsigned,
            401,
        ),
        (
            "both headers left out: the callback token must do",
            Incoming { bd_signature: Value::NULL, bd_timestamp: Value::NULL, ..bd(VERIFIED, "bd", NOW_S) },
            VERIFIED,
            Reason::WrongCallbackToken,
            401,
        ),
        (
            "joined headers",
            Incoming { bd_timestamp: text(&format!("{NOW_S}, {NOW_S}")), ..bd(VERIFIED, "bd", NOW_S) },
            VERIFIED,
            Reason::MalformedHeaders,
            401,
        ),
        ("Meta, tampered", hub("{}", "meta"), ENVELOPE, Reason::BadSignature, 403),
        ("Meta, another secret", hub(ENVELOPE, "bd"), ENVELOPE, Reason::BadSignature, 403),
        (
            "Meta, malformed",
            Incoming { hub_signature: text("sha1=00"), ..post("") },
            ENVELOPE,
            Reason::MalformedHeaders,
            403,
        ),
    ];
    for (name, incoming, body, reason, status) in cases {
        assert_eq!(refusal(&bench.post(&incoming, body)), (reason, status), "{name}");
    }
}

#[test]
fn the_window_ends_on_its_bounds() {
    let bench = Bench::new(Secrets::all());
    for at in [NOW_S - 300, NOW_S + 300] {
        assert_eq!(webhook(bench.post(&bd(VERIFIED, "bd", at), VERIFIED)).events.len(), 1);
    }
}

#[test]
fn a_rotated_secret() {
    let secrets = Secrets { webhook: Some(vec!["old", "bd"]), ..Secrets::all() };
    let bench = Bench::new(secrets);
    for secret in ["old", "bd"] {
        assert_eq!(webhook(bench.post(&bd(VERIFIED, secret, NOW_S), VERIFIED)).events.len(), 1);
    }
}

#[test]
fn without_a_secret_nothing_is_read() {
    for (secrets, incoming, status) in [
        (Secrets::default(), bd(VERIFIED, "bd", NOW_S), 401),
        (Secrets::default(), hub(VERIFIED, "meta"), 403),
        (Secrets::default(), post(""), 401),
        (Secrets { whatsapp: Some(vec!["meta"]), ..Secrets::default() }, bd(VERIFIED, "bd", NOW_S), 401),
        (Secrets { webhook: Some(vec!["bd"]), ..Secrets::default() }, hub(VERIFIED, "meta"), 403),
    ] {
        let bench = Bench::new(secrets);
        let mut body = bench.body(VERIFIED.as_bytes());
        let received = bench.post_chunks(&incoming, &mut body).unwrap();
        assert_eq!(refusal(&received), (Reason::NotConfigured, status));
        assert_eq!(body.read.get(), 0);
    }
}

#[test]
fn an_empty_secret_is_none() {
    for empty in [vec![], vec![""], vec!["", ""]] {
        let secrets = Secrets { webhook: Some(empty.clone()), whatsapp: Some(empty), ..Secrets::default() };
        let bench = Bench::new(secrets);
        assert_eq!(refusal(&bench.post(&bd(VERIFIED, "", NOW_S), VERIFIED)), (Reason::NotConfigured, 401));
        assert_eq!(refusal(&bench.post(&hub(ENVELOPE, ""), ENVELOPE)), (Reason::NotConfigured, 403));
    }
}

#[test]
fn unsigned_callbacks() {
    let bench = Bench::new(Secrets::all());
    let received = webhook(bench.post(&post("cb"), MESSAGE));
    assert_eq!((received.source, received.proof), (Source::Callback, Scheme::CallbackToken));
    assert_eq!(received.events[0].kind, Kind::Message);
    for segment in ["cbx", "c", "", "hook", "Cb"] {
        let refused = refusal(&bench.post(&post(segment), MESSAGE));
        assert_eq!(refused, (Reason::WrongCallbackToken, 401), "{segment}");
    }
    // The token says nothing about the body: no account event, no envelope.
    for body in [VERIFIED, ENVELOPE] {
        let received = webhook(bench.post(&post("cb"), body));
        assert_eq!(received.events[0].kind, Kind::Unknown, "{body}");
    }
    let bench = Bench::new(Secrets { callback: None, ..Secrets::all() });
    assert_eq!(refusal(&bench.post(&post("cb"), MESSAGE)), (Reason::Unsigned, 401));
    let bench = Bench::new(Secrets { whatsapp: Some(vec!["meta"]), ..Secrets::default() });
    assert_eq!(refusal(&bench.post(&post("hook"), ENVELOPE)), (Reason::Unsigned, 403));
}

#[test]
fn insecure_takes_what_is_unsigned_and_still_checks_what_is_signed() {
    let mut bench = Bench::new(Secrets { webhook: Some(vec!["bd"]), ..Secrets::default() });
    bench.settings.insecure = true;
    for (body, kind) in
        [(MESSAGE, Kind::Message), (ENVELOPE, Kind::Message), (VERIFIED, Kind::AccountVerified)]
    {
        let received = webhook(bench.post(&post(""), body));
        assert_eq!((received.proof, received.events[0].kind), (Scheme::Insecure, kind));
    }
    assert_eq!(refusal(&bench.post(&bd(VERIFIED, "x", NOW_S), VERIFIED)), (Reason::BadSignature, 401));
}

#[test]
fn what_verified_chooses_the_parser() {
    let bench = Bench::new(Secrets::all());
    let received = webhook(bench.post(&bd(ENVELOPE, "bd", NOW_S), ENVELOPE));
    assert_eq!((received.source, received.events[0].kind), (Source::Callback, Kind::Unknown));
    let received = webhook(bench.post(&hub(VERIFIED, "meta"), VERIFIED));
    assert_eq!((received.source, received.events.len()), (Source::Whatsapp, 0));
}

#[test]
fn bodies_above_the_limit_are_not_buffered() {
    let mut bench = Bench::new(Secrets::all());
    bench.settings.max_body = 2500;
    let big = format!(r#"{{"x":"{}"}}"#, "y".repeat(10_000));
    let declared = Incoming { content_length: text(&big.len().to_string()), ..bd(&big, "bd", NOW_S) };
    let mut body = bench.body(big.as_bytes());
    let received = bench.post_chunks(&declared, &mut body).unwrap();
    assert_eq!((refusal(&received), body.read.get()), ((Reason::TooLarge, 413), 0));
    for content_length in [Value::NULL, text("5"), text("x"), text("-1")] {
        let streamed = Incoming { content_length, ..bd(&big, "bd", NOW_S) };
        let mut body = bench.body(big.as_bytes());
        let received = bench.post_chunks(&streamed, &mut body).unwrap();
        assert_eq!((refusal(&received), body.read.get()), ((Reason::TooLarge, 413), 3000));
    }
    let exact = format!(r#"{{"x":"{}"}}"#, "y".repeat(2500 - 8));
    assert_eq!(exact.len(), 2500);
    assert_eq!(webhook(bench.post(&bd(&exact, "bd", NOW_S), &exact)).body.len(), 2500);
}

#[test]
fn a_body_that_does_not_come() {
    let bench = Bench::new(Secrets::all());
    let mut body = Chunks { end: End::Stalls, ..bench.body(b"{") };
    let received = bench.post_chunks(&bd(VERIFIED, "bd", NOW_S), &mut body).unwrap();
    assert_eq!(refusal(&received), (Reason::ReadTimeout, 408));
    assert_eq!(bench.clock.now_ms(), NOW_S as f64 * 1000.0 + 10_000.0);
    let mut body = Chunks { end: End::Breaks, ..bench.body(b"{") };
    let received = bench.post_chunks(&hub(VERIFIED, "meta"), &mut body).unwrap();
    assert_eq!(refusal(&received), (Reason::ReadTimeout, 408));
}

#[test]
fn genuine_but_not_json() {
    let bench = Bench::new(Secrets::all());
    for body in ["", "{", "x", "{\"a\":1}x"] {
        assert_eq!(refusal(&bench.post(&bd(body, "bd", NOW_S), body)), (Reason::NotJson, 400), "{body}");
        assert_eq!(refusal(&bench.post(&hub(body, "meta"), body)), (Reason::NotJson, 400), "{body}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(refusal(&bench.post(&hub(&deep, "meta"), &deep)), (Reason::NotJson, 400));
    let bytes = b"{\"x\":\"\xff\"}";
    let stamp = NOW_S.to_string();
    let tag = hex(&hmac_sha256(b"bd", &[stamp.as_bytes(), b".", bytes]).bytes());
    let incoming = Incoming { bd_signature: text(&format!("hmac-sha256={tag}")), ..bd("", "bd", NOW_S) };
    let received = bench.post_chunks(&incoming, &mut bench.body(bytes)).unwrap();
    assert_eq!(refusal(&received), (Reason::NotJson, 400));
}

#[test]
fn methods() {
    for (secrets, allow) in [(Secrets::all(), "GET, POST"), (Secrets::default(), "POST")] {
        let bench = Bench::new(secrets);
        for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post"] {
            let received = bench.post(&Incoming { method: text(method), ..post("") }, "");
            assert_eq!(refusal(&received), (Reason::MethodNotAllowed, 405));
            assert_eq!(received.reply().header, ("allow", allow));
        }
    }
}

#[test]
fn challenges() {
    let ask = |secrets: Secrets, incoming: &Incoming<'_>| Bench::new(secrets).post(incoming, "");
    let right = asking("subscribe", Some("vt"), "00112 <b> x");
    let answer = ask(Secrets::all(), &right);
    assert_eq!(answer.reply(), Reply { status: 200, body: "00112 <b> x", header: ("", "") });
    let headers: serde_json::Value = serde_json::from_str(&format!("[{}]", Reply::HEADERS)).unwrap();
    assert_eq!(headers[0], serde_json::json!(["content-type", "text/plain; charset=utf-8"]));
    assert_eq!(headers[1], serde_json::json!(["x-content-type-options", "nosniff"]));
    for (mode, token) in [
        ("subscribe", Some("VT")),
        ("subscribe", Some("")),
        ("subscribe", None),
        ("unsubscribe", Some("vt")),
        ("", Some("vt")),
    ] {
        let refused = refusal(&ask(Secrets::all(), &asking(mode, token, "1")));
        assert_eq!(refused, (Reason::WrongVerifyToken, 403), "{mode} {token:?}");
    }
    assert_eq!(refusal(&ask(Secrets::default(), &right)), (Reason::NotConfigured, 403));
    let empty = Secrets { verify: Some(vec![""]), ..Secrets::default() };
    let nothing = asking("subscribe", Some(""), "1");
    assert_eq!(refusal(&ask(empty, &nothing)), (Reason::WrongVerifyToken, 403));
}

#[test]
fn the_hint_comes_from_the_unverified_request() {
    let bench = Bench::new(Secrets { by_hint: true, ..Secrets::all() });
    let mixed = r#"{"agentId":"a-1","orgId":"o-1","event":"x"}"#;
    bench.post(&bd(mixed, "bd", NOW_S), mixed);
    bench.post(&hub(ENVELOPE, "meta"), ENVELOPE);
    let hint = |org: Option<&str>, agent: Option<&str>, event: Option<&str>, number: Option<&str>| {
        serde_json::json!({
            "claimedOrgId": org, "claimedAgentId": agent, "claimedEvent": event, "claimedPhoneNumberId": number,
        })
    };
    assert_eq!(
        *bench.secrets.hints.borrow(),
        [
            (Which::Webhook, hint(Some("o-1"), Some("a-1"), Some("account.verified"), None)),
            (Which::Whatsapp, hint(None, None, None, Some("77"))),
        ]
    );
}

#[test]
fn a_secret_opens_only_the_workspace_it_was_looked_up_for() {
    let bench = Bench::new(Secrets { by_hint: true, ..Secrets::all() });
    let other = VERIFIED.replace("o-1", "o-2");
    assert_eq!(webhook(bench.post(&bd(&other, "bd-2", NOW_S), &other)).events.len(), 1);
    assert_eq!(refusal(&bench.post(&bd(&other, "bd", NOW_S), &other)), (Reason::BadSignature, 401));
    // Handlers see the last of two: so does the lookup.
    let both = VERIFIED.replace("\"orgId\":\"o-1\"", "\"orgId\":\"o-2\",\"org\\u0049d\":\"o-1\"");
    assert_eq!(refusal(&bench.post(&bd(&both, "bd-2", NOW_S), &both)), (Reason::BadSignature, 401));
    // Nor can it hide at the end of a large one.
    let mut bench = bench;
    bench.settings.max_body = 4 * 1024 * 1024;
    let late = format!(r#"{{"event":"x","pad":"{}","orgId":"o-2"}}"#, "y".repeat(2 * 1024 * 1024));
    assert_eq!(refusal(&bench.post(&bd(&late, "bd", NOW_S), &late)), (Reason::BadSignature, 401));
    assert_eq!(webhook(bench.post(&bd(&late, "bd-2", NOW_S), &late)).events.len(), 1);
}

#[test]
fn a_lookup_that_fails_is_the_callers_error() {
    let bench = Bench::new(Secrets { fails: true, ..Secrets::all() });
    let mut body = bench.body(VERIFIED.as_bytes());
    assert_eq!(bench.post_chunks(&bd(VERIFIED, "bd", NOW_S), &mut body).unwrap_err(), "lookup down");
    let incoming = asking("subscribe", Some("vt"), "");
    assert_eq!(bench.post_chunks(&incoming, &mut bench.body(b"")).unwrap_err(), "lookup down");
}

/// The one status table.
#[test]
fn statuses() {
    let want = [
        ("not_configured", 401, 403),
        ("unsigned", 401, 403),
        ("bad_signature", 401, 403),
        ("stale", 401, 403),
        ("malformed_headers", 401, 403),
        ("wrong_verify_token", 403, 403),
        ("wrong_callback_token", 401, 401),
        ("too_large", 413, 413),
        ("read_timeout", 408, 408),
        ("not_json", 400, 400),
        ("method_not_allowed", 405, 405),
        ("busy", 503, 503),
        ("handler_failed", 500, 500),
    ];
    let got: Vec<_> = Reason::ALL
        .iter()
        .map(|reason| (reason.as_str(), reason.status(false), reason.status(true)))
        .collect();
    assert_eq!(got, want);
    for reason in Reason::ALL {
        let refusal = Refusal { reason, meta: false, allow: "POST" };
        assert_eq!(Reply::refusal(&refusal).body, "", "the answer does not say why");
    }
}
