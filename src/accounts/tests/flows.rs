//! Calls of several steps, step by step.

use super::super::{AccountsConfig, Action, Flow, Input, Plan, onboarding_state};
use super::row;
use crate::error::{Error, Kind};
use crate::http::{Head, Headers};

const KEY: &str = "0d9f5f0e-6f5e-4c0a-9a53-2a7f7c1c8e11";
const STATE: &str =
    r#"{"orgId":"o/1","pollToken":"poll","webhookSecret":"hook","startedAt":"2026-02-25T06:13:20.000Z"}"#;

fn config() -> AccountsConfig {
    AccountsConfig::parse(r#"{"baseUrl":"https://a.example","teamToken":"tok"}"#).unwrap()
}

/// A flow and the time.
struct Bench {
    flow: Flow,
    now: f64,
}

impl Bench {
    fn new(flow: Flow) -> Self {
        Self { flow, now: 1000.0 }
    }

    fn step(&mut self, input: Input<'_>) -> String {
        say(self.flow.next(input, self.now, KEY))
    }

    fn answer(&mut self, status: u16, body: &str) -> String {
        self.answer_with(status, &[], body)
    }

    fn answer_with(&mut self, status: u16, headers: &[(&str, &str)], body: &str) -> String {
        let head = Head { status, headers: Headers::new(headers.iter().copied()) };
        self.step(Input::Answer { head: &head, body: body.as_bytes() })
    }

    fn wake(&mut self, at: f64) -> String {
        self.now = at;
        self.step(Input::Woke)
    }
}

fn say(action: Action) -> String {
    match action {
        Action::Request { request, until_ms } => {
            let url = request.url.strip_prefix("https://a.example").unwrap();
            let body = request.body.unwrap_or_default();
            format!("{} {url} {body} until {until_ms}", request.method.as_str())
        }
        Action::Sleep { until_ms } => format!("sleep until {until_ms}"),
        Action::Ask { hint } => format!("ask {hint}"),
        Action::Done(Ok(json)) => json,
        Action::Done(Err(error)) => error.to_string(),
    }
}

const POLL: &str = "GET /api/orgs/o%2F1/verification-status?poll_token=poll ";
const REVEAL: &str = "POST /api/orgs/o%2F1/reveal-team-token {}";

#[test]
fn one_request() {
    let call = |js: &str, given: &str| Flow::new(config(), Plan::Call(*row(js).unwrap()), given, "");
    let mut bench = Bench::new(call("getAccount", r#"{"timeoutMs":50}"#));
    assert_eq!(bench.step(Input::Start), "GET /api/orgs/me  until 1050");
    assert_eq!(bench.answer(200, r#"{"org_id":"o"}"#), r#"{"orgId":"o"}"#);

    let mut bench = Bench::new(call("getAccount", ""));
    assert_eq!(bench.step(Input::Start), "GET /api/orgs/me  until 16000");
    assert_eq!(bench.wake(16_000.0), "DeadlineError: getAccount: no answer in time");

    let mut bench = Bench::new(call("setPhone", r#"{"phone":"+1"}"#));
    bench.step(Input::Start);
    assert_eq!(bench.step(Input::Lost("no route")), "TransportError: setPhone: no route");

    let mut bench = Bench::new(call("setPhone", ""));
    assert_eq!(bench.step(Input::Start), "ConfigError: setPhone: `phone` is required");
    let mut bench = Bench::new(call("setPhone", r#"{"timeoutMs":0}"#));
    assert_eq!(bench.step(Input::Start), "ConfigError: setPhone: `timeoutMs` must be at least 1");

    // The one that forgives, whatever happens.
    let none = config().with_token(crate::secret::Secret::default());
    let mut bench = Bench::new(Flow::new(none, Plan::Call(*row("fetchUsageSummary").unwrap()), "", ""));
    assert_eq!(bench.step(Input::Start), "null");
    for input in [Input::Lost("x"), Input::Woke] {
        let mut bench = Bench::new(call("fetchUsageSummary", ""));
        assert_eq!(bench.step(Input::Start), "GET /api/v1/usage  until 16000");
        assert_eq!(bench.step(input), "null");
    }
}

#[test]
fn errors_hold_no_secret_of_the_call() {
    let config =
        || AccountsConfig::parse(r#"{"baseUrl":"https://a.example","teamToken":"team-token"}"#).unwrap();
    // Every secret of every call, in every place.
    for js in super::rows().map(|row| row.js()).chain(["rotateToken", "check", "wait"]) {
        let values = |name: &str| format!("-{name}/secret-");
        let options: Vec<_> = super::super::flow::SECRETS
            .split(' ')
            .chain(["orgId", "agentId", "recordId", "email", "displayName"])
            .map(|name| format!("\"{name}\":\"{}\"", values(name)))
            .collect();
        let given = format!("{{{}}}", options.join(","));
        let secrets: Vec<_> = super::super::flow::SECRETS.split(' ').map(values).collect();
        let told =
            format!("{} {} org -orgId/secret-", secrets.join(" "), secrets.join("&").replace('/', "%2F"));
        for failure in ["body", "message"] {
            let mut flow = Flow::new(config(), Plan::of(js, false), "", &given);
            let _ = flow.next(Input::Start, 0.0, KEY);
            // As if it had begun with them: some calls refuse what is not theirs.
            flow.given.clone_from(&given);
            let told = format!("team-token {told}");
            let head = Head { status: 400, headers: Headers::new([("", ""); 0]) };
            let body = format!("{{\"error\":\"{told}\",\"code\":\"{told}\",\"fields\":[\"{told}\"]}}");
            let action = if failure == "body" {
                flow.next(Input::Answer { head: &head, body: body.as_bytes() }, 1e9, KEY)
            } else {
                flow.next(Input::Lost(&told), 1e9, KEY)
            };
            let error = match action {
                Action::Done(Err(error)) => error.to_pair(),
                Action::Done(Ok(json)) => json,
                other => panic!("{js}: {other:?}"),
            };
            for secret in secrets.iter().map(|secret| &**secret).chain(["team-token"]) {
                let encoded = secret.replace('/', "%2F");
                assert!(!error.contains(secret) && !error.contains(&encoded), "{js} {failure}: {error}");
            }
            let forgives = js == "fetchUsageSummary";
            assert_eq!(error.contains("-orgId/secret-"), !forgives, "{js} {failure}: {error}");
        }
    }
}

#[test]
fn an_answer_may_be_too_large() {
    let mut bench = Bench::new(Flow::new(config(), Plan::of("getAccount", false), "", ""));
    bench.step(Input::Start);
    assert_eq!(bench.step(Input::TooLarge), "ProtocolError: getAccount: the answer is too large");
    let mut bench = Bench::new(Flow::new(config(), Plan::of("fetchUsageSummary", false), "", ""));
    bench.step(Input::Start);
    assert_eq!(bench.step(Input::TooLarge), "null");
}

#[test]
fn methods_have_plans_and_agents_a_token_of_their_own() {
    for (method, agents, first) in [
        ("rotateToken", false, "POST /api/orgs/me/rotate-token/request {} until 16000"),
        ("check", false, &*format!("{POLL} until 16000")),
        ("wait", false, &*format!("{POLL} until 16000")),
        ("getSelf", true, "GET /api/v1/agents/me  until 16000"),
    ] {
        let plan = Plan::of(method, false);
        assert_eq!(plan.is_agents(), agents, "{method}");
        assert_eq!(Bench::new(Flow::new(config(), plan, "", STATE)).step(Input::Start), first, "{method}");
    }
    let mut bench = Bench::new(Flow::new(config(), Plan::of("startOnboarding", false), "", ""));
    assert_eq!(bench.step(Input::Start), "ConfigError: startOnboarding: `webhookUrl` is required");

    let options = r#"{"baseUrl":"https://a.example","agentToken":"agent","teamToken":"team"}"#;
    let config = AccountsConfig::of_agent(options).unwrap();
    assert_eq!((config.token.expose(), config.timeout_ms), ("agent", 15_000.0));
    let mut flow = Flow::new(config, Plan::of("getSelf", false), "", "");
    let action = flow.next(Input::Start, 0.0, KEY);
    assert_eq!(flow.warning(&action), None);
    let Action::Request { request, .. } = action else { panic!("no request") };
    assert_eq!(request.headers, [("authorization", "Bearer agent".to_owned())]);
    let warned = Some(("onboard", "the service gives this call up on 2026-07-27; use registerAgent"));
    for (given, want) in [(r#"{"agentName":"A"}"#, warned), ("{}", None)] {
        let config = AccountsConfig::parse(options).unwrap();
        let mut flow = Flow::new(config, Plan::of("onboard", false), given, "");
        let action = flow.next(Input::Start, 0.0, KEY);
        assert_eq!(flow.warning(&action), want, "only of what goes out");
        assert_eq!(flow.warning(&action), None, "once");
    }
}

#[test]
fn rotation_asks_in_between_and_the_deadline_waits() {
    let mut bench = Bench::new(Flow::new(config(), Plan::Rotate, r#"{"timeoutMs":1000}"#, ""));
    assert_eq!(bench.step(Input::Start), "POST /api/orgs/me/rotate-token/request {} until 2000");
    bench.now = 1400.0;
    assert_eq!(bench.answer(200, r#"{"challenge_id":"c\"1","phone_hint":"55"}"#), "ask 55");
    bench.now = 900_000.0;
    assert_eq!(
        bench.step(Input::Said("000123")),
        r#"POST /api/orgs/me/rotate-token/confirm {"challengeId":"c\"1","otp":"000123"} until 900600"#
    );
    assert_eq!(bench.answer(200, r#"{"teamToken":"new"}"#), r#"{"token":"new"}"#);

    let mut bench = Bench::new(Flow::new(config(), Plan::Rotate, "", ""));
    bench.step(Input::Start);
    assert_eq!(bench.answer(200, r#"{"challengeId":"c"}"#), "ask ");
    assert_eq!(bench.step(Input::Said("")), "ConfigError: rotateToken: `otpPrompt` gave no code");

    // Servers may number their challenges.
    let mut bench = Bench::new(Flow::new(config(), Plan::Rotate, "", ""));
    bench.step(Input::Start);
    assert_eq!(bench.answer(200, r#"{"challenge_id":12.0}"#), "ask ");
    assert_eq!(
        bench.step(Input::Said("1")),
        r#"POST /api/orgs/me/rotate-token/confirm {"challengeId":12.0,"otp":"1"} until 16000"#
    );

    for none in ["", "{}", r#"{"challengeId":""}"#, r#"{"challenge_id":null}"#, r#"{"challengeId":{}}"#] {
        let mut bench = Bench::new(Flow::new(config(), Plan::Rotate, "", ""));
        bench.step(Input::Start);
        assert_eq!(bench.answer(200, none), "ProtocolError: rotateToken: the answer names no challenge");
    }

    let mut bench = Bench::new(Flow::new(config(), Plan::Rotate, "", ""));
    bench.step(Input::Start);
    assert_eq!(bench.answer(409, r#"{"code":"PHONE_NOT_CONFIGURED","error":"E"}"#), "PhoneNotConfigured: E");

    let mut bench = Bench::new(Flow::new(config(), Plan::Rotate, "", ""));
    bench.step(Input::Start);
    bench.answer(200, r#"{"challengeId":"c"}"#);
    bench.step(Input::Said("1"));
    assert_eq!(bench.answer(400, r#"{"code":"OTP_INVALID","error":"E"}"#), "OTPInvalid: E");
}

#[test]
fn onboarding_begins_with_a_webhook_and_leaves_a_state() {
    let begin = |given: &str| Flow::new(config(), Plan::Begin, given, "");
    for given in ["{}", r#"{"webhookUrl":""}"#] {
        let mut bench = Bench::new(begin(given));
        assert_eq!(bench.step(Input::Start), "ConfigError: startOnboarding: `webhookUrl` is required");
    }
    let mut bench = Bench::new(begin(r#"{"orgName":"O","ownerEmail":"e","webhookUrl":"https://w.example"}"#));
    assert_eq!(
        bench.step(Input::Start),
        r#"POST /api/orgs/register {"orgName":"O","ownerEmail":"e","webhookUrl":"https://w.example"} until 16000"#
    );
    bench.now = 1_772_000_000_000.0;
    assert_eq!(
        bench.answer(
            200,
            r#"{"org_id":"o/1","verificationSent":true,"pollToken":"poll","webhookSecret":"hook"}"#
        ),
        STATE
    );
    let without: Error =
        onboarding_state(r#"{"orgId":"o","pollToken":"p","webhookSecret":null}"#, 0.0).unwrap_err();
    assert_eq!(without.kind, Kind::ProtocolError);
}

#[test]
fn one_look() {
    let look = || Bench::new(Flow::new(config(), Plan::Check, "", STATE));
    let mut bench = look();
    assert_eq!(bench.step(Input::Start), format!("{POLL} until 16000"));
    assert_eq!(bench.answer(200, r#"{"orgId":"o/1","state":"pending"}"#), "null");

    for verified in [
        r#"{"state":"verified"}"#,
        r#"{"verified":true}"#,
        r#"{"verified_at":"2026"}"#,
        r#"{"status":"verified"}"#,
    ] {
        let mut bench = look();
        bench.step(Input::Start);
        assert_eq!(bench.answer(200, verified), format!("{REVEAL} until 16000"));
        assert_eq!(
            bench.answer(200, r#"{"token":"team","rotated":true}"#),
            r#"{"orgId":"o/1","teamToken":"team","via":"poll"}"#
        );
    }

    let mut bench = look();
    bench.step(Input::Start);
    assert_eq!(
        bench.answer(200, r#"{"state":"expired"}"#),
        "VerificationTokenExpired: the owner did not confirm in time; register again"
    );

    // A poll token dies with the click: reveal tells whether it was that.
    let mut bench = look();
    bench.step(Input::Start);
    assert_eq!(
        bench.answer(401, r#"{"code":"AUTH_REQUIRED","error":"dead"}"#),
        format!("{REVEAL} until 16000")
    );
    assert_eq!(
        bench.answer(200, r#"{"token":"team"}"#),
        r#"{"orgId":"o/1","teamToken":"team","via":"poll"}"#
    );
    let mut bench = look();
    bench.step(Input::Start);
    bench.answer(401, r#"{"code":"AUTH_REQUIRED","error":"dead"}"#);
    assert_eq!(bench.answer(403, r#"{"code":"AUTH_FORBIDDEN"}"#), "AuthError: dead");

    for status in [401, 403, 404, 410] {
        let mut bench = look();
        bench.step(Input::Start);
        assert_eq!(bench.answer(status, r#"{"error":"dead"}"#), format!("{REVEAL} until 16000"), "{status}");
        let refused = if status == 401 { "AuthError: dead" } else { "AccountsError: dead" };
        assert_eq!(bench.answer(status, r#"{"error":"no"}"#), refused, "{status}: but one try");
    }
    // What a clock that is wrong leads to is told, not what it was meant to mend.
    let mut flow = Flow::new(config(), Plan::Check, "", STATE);
    let head = |status| Head { status, headers: Headers::new([("", ""); 0]) };
    let _ = flow.next(Input::Start, 0.0, KEY);
    let _ = flow.next(Input::Answer { head: &head(410), body: b"" }, 0.0, KEY);
    let late = Input::Answer { head: &head(401), body: br#"{"code":"AUTH_TIMESTAMP_EXPIRED"}"# };
    let Action::Done(Err(error)) = flow.next(late, 0.0, KEY) else { panic!("no error") };
    assert_eq!((&*error.code, error.retryable), ("AUTH_TIMESTAMP_EXPIRED", true));

    let mut bench = look();
    bench.step(Input::Start);
    assert_eq!(bench.answer(500, r#"{"error":"E"}"#), "AccountsError: E");
    let mut bench = look();
    bench.step(Input::Start);
    assert_eq!(bench.wake(16_000.0), "DeadlineError: verificationStatus: no answer in time");
    let mut bench = look();
    bench.step(Input::Start);
    bench.answer(200, r#"{"state":"verified"}"#);
    assert_eq!(bench.answer(200, "{}"), "ProtocolError: revealTeamToken: the answer holds no token");
    let mut bench = look();
    bench.step(Input::Start);
    bench.answer(200, r#"{"state":"verified"}"#);
    assert_eq!(
        bench.answer(200, r#"{"requiresOnboarding":true}"#),
        "OnboardingRequired: the workspace is verified, but its owner must accept the terms first"
    );
}

#[test]
fn waiting_polls_and_heals() {
    let wait = |given: &str, listens| Bench::new(Flow::new(config(), Plan::Wait { listens }, given, STATE));
    let mut bench = wait(r#"{"pollIntervalMs":5}"#, false);
    assert_eq!(bench.step(Input::Start), format!("{POLL} until 16000"));
    assert_eq!(bench.answer(200, r#"{"state":"pending"}"#), "sleep until 61000");
    assert_eq!(bench.wake(61_000.0), format!("{POLL} until 76000"));
    assert_eq!(bench.answer_with(429, &[("retry-after", "120")], "{}"), "sleep until 181000");
    assert_eq!(bench.wake(181_000.0), format!("{POLL} until 196000"));
    assert_eq!(bench.step(Input::Lost("gone")), "sleep until 241000");
    assert_eq!(bench.wake(241_000.0), format!("{POLL} until 256000"));
    // No answer in time.
    assert_eq!(bench.wake(256_000.0), "sleep until 316000");
    bench.wake(316_000.0);
    assert_eq!(bench.answer(200, r#"{"state":"verified"}"#), format!("{REVEAL} until 331000"));
    assert_eq!(bench.answer(503, "{}"), "sleep until 376000");
    assert_eq!(bench.wake(376_000.0), format!("{REVEAL} until 391000"));
    assert_eq!(
        bench.answer(200, r#"{"token":"team"}"#),
        r#"{"orgId":"o/1","teamToken":"team","via":"poll"}"#
    );

    // However long the service asks to wait, the deadline stays.
    for (headers, body) in [
        (&[("retry-after", "999999999")][..], "{}"),
        (&[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")], "{}"),
        (&[("retry-after", "8999999999999999")], "{}"),
        (&[], r#"{"retryAfter":"999999999"}"#),
    ] {
        for status in [429, 503] {
            let mut bench = wait("", false);
            bench.step(Input::Start);
            assert_eq!(bench.answer_with(status, headers, body), "sleep until 901000", "{headers:?} {body}");
            assert_eq!(
                bench.wake(901_000.0),
                "DeadlineError: verificationStatus: the owner did not confirm in time"
            );
        }
    }

    // The deadline: by default the life of the link.
    let mut bench = wait("", false);
    bench.step(Input::Start);
    bench.now = 880_000.0;
    assert_eq!(bench.answer(200, "{}"), "sleep until 901000");
    assert_eq!(bench.wake(901_000.0), "DeadlineError: verificationStatus: the owner did not confirm in time");
    let mut bench = wait(r#"{"timeoutMs":2000,"pollIntervalMs":90000}"#, false);
    assert_eq!(bench.step(Input::Start), format!("{POLL} until 3000"));

    // What does not heal ends it.
    let mut bench = wait("", false);
    bench.step(Input::Start);
    assert_eq!(bench.answer(400, r#"{"error":"E"}"#), "AccountsError: E");

    // A nonce that was seen, and a clock that is wrong, are tried again with another nonce and the time of then.
    let mut bench = wait("", false);
    bench.step(Input::Start);
    assert_eq!(bench.answer(404, "{}"), format!("{REVEAL} until 16000"));
    assert_eq!(bench.answer(401, r#"{"code":"AUTH_NONCE_REPLAY"}"#), "sleep until 61000");
    assert_eq!(bench.wake(61_000.0), format!("{REVEAL} until 76000"));
    assert_eq!(bench.answer(403, r#"{"code":"AUTH_TIMESTAMP_EXPIRED"}"#), "sleep until 121000");
    assert_eq!(bench.wake(121_000.0), format!("{REVEAL} until 136000"));
    assert_eq!(
        bench.answer(200, r#"{"token":"team"}"#),
        r#"{"orgId":"o/1","teamToken":"team","via":"poll"}"#
    );
    let mut bench = wait(r#"{"timeoutMs":20000}"#, false);
    bench.step(Input::Start);
    bench.answer(200, r#"{"state":"verified"}"#);
    bench.now = 21_000.0;
    assert_eq!(bench.answer(401, r#"{"code":"AUTH_NONCE_REPLAY","error":"E"}"#), "AuthError: E");
}

#[test]
fn what_is_given_up_is_told_once_a_route() {
    let mut flow = Flow::new(config(), Plan::of("getAgent", false), r#"{"agentId":"a"}"#, "");
    let _ = flow.next(Input::Start, 0.0, KEY);
    let mut keys = std::collections::BTreeSet::new();
    for sunset in ["Mon, 27 Jul 2026 00:00:00 GMT", "Tue, 28 Jul 2026 00:00:00 GMT"] {
        let headers = Headers::new([("deprecation", "true"), ("sunset", sunset)]);
        let (key, text) = flow.deprecation(&Head { status: 200, headers }).unwrap();
        assert!(text.contains(sunset) && !key.contains(sunset), "{key}: {text}");
        assert!(key.contains("GET /api/v1/agents/{agentId}"), "{key}");
        keys.insert(key);
    }
    assert_eq!(keys.len(), 1);
    assert_eq!(flow.deprecation(&Head { status: 200, headers: Headers::new([("sunset", "x")]) }), None);
}

#[test]
fn the_webhook_may_be_first_and_is_given_time() {
    let wait = |listens| Bench::new(Flow::new(config(), Plan::Wait { listens }, "", STATE));
    let mut bench = wait(true);
    bench.step(Input::Start);
    bench.answer(200, r#"{"state":"pending"}"#);
    assert_eq!(
        bench.step(Input::Verified("te\"am")),
        r#"{"orgId":"o/1","teamToken":"te\"am","via":"webhook"}"#
    );

    let mut bench = wait(true);
    bench.step(Input::Start);
    assert_eq!(bench.answer(200, r#"{"state":"verified"}"#), "sleep until 11000");
    assert_eq!(bench.wake(11_000.0), format!("{REVEAL} until 26000"));

    // Close to the end there is no time to give.
    let mut bench = wait(true);
    bench.step(Input::Start);
    bench.now = 895_000.0;
    assert_eq!(bench.answer(200, r#"{"state":"verified"}"#), format!("{REVEAL} until 901000"));
}

#[test]
fn states_are_checked() {
    for (state, want) in [
        ("", "resumeOnboarding: `orgId` is required"),
        (r#"{"orgId":"o","pollToken":1}"#, "resumeOnboarding: `pollToken` is required"),
        (
            r#"{"orgId":"o","pollToken":"p","webhookSecret":""}"#,
            "resumeOnboarding: `webhookSecret` is required",
        ),
        ("[]", "resumeOnboarding: the options must be an object"),
    ] {
        let mut bench = Bench::new(Flow::new(config(), Plan::Check, "", state));
        assert_eq!(bench.step(Input::Start), format!("ConfigError: {want}"), "{state}");
    }
    let mut bench =
        Bench::new(Flow::new(config(), Plan::Wait { listens: false }, r#"{"pollIntervalMs":0}"#, STATE));
    assert_eq!(bench.step(Input::Start), "ConfigError: wait: `pollIntervalMs` must be at least 1");
}
