//! Every row: what it sends with every option and with the least, what it refuses, what it makes of answers. A new row needs no
//! line here; one that does something of its own deserves one in `CALLS`.

use std::collections::BTreeSet;

use super::super::docs::needed;
use super::super::{AGENT_ROWS, ROWS, Row, Service, answer, deprecation, forgive, lost, request, warning};
use super::row;
use crate::agent::tools::Key;
use crate::error::{Error, Kind};
use crate::http::{Head, Headers, Request};
use crate::secret::Secret;

const KEY: &str = "0d9f5f0e-6f5e-4c0a-9a53-2a7f7c1c8e11";
const NOW_MS: f64 = 1_772_000_000_900.0;

fn made(js: &str, given: &str, token: &str) -> Result<Request, Error> {
    let token = Secret::new(token);
    let service = Service { base_url: "https://a.example/p", token: &token };
    request(row(js).unwrap(), service, given, KEY, NOW_MS)
}

fn answered(js: &str, status: u16, headers: &[(&str, &str)], body: &str) -> Result<String, Error> {
    let token = Secret::default();
    let service = Service { base_url: "https://a.example/p", token: &token };
    let head = Head { status, headers: Headers::new(headers.iter().copied()) };
    answer(row(js).unwrap(), service, &head, body.as_bytes(), NOW_MS)
}

/// What is recorded of rows: method, options with one of everything, line, authorization, body.
const CALLS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "register",
        r##"{"orgName":"O","ownerEmail":"o@a.example","branding":{"primaryColor":"#000"},"returnUrl":"https://r.example","webhookUrl":"https://w.example","verificationEmail":{"subject":"S"},"timeoutMs":5,"signal":{}}"##,
        "POST /api/orgs/register",
        "",
        r##"{"orgName":"O","ownerEmail":"o@a.example","branding":{"primaryColor":"#000"},"returnUrl":"https://r.example","webhookUrl":"https://w.example","verificationEmail":{"subject":"S"}}"##,
    ),
    ("verify", r#"{"token":"t/1"}"#, "POST /api/orgs/verify", "", r#"{"token":"t/1"}"#),
    (
        "acceptOnboarding",
        r#"{"sessionId":"s","version":"1"}"#,
        "POST /api/orgs/onboarding/accept",
        "",
        r#"{"sessionId":"s","version":"1"}"#,
    ),
    (
        "verificationStatus",
        r#"{"orgId":"o 1","pollToken":"p&1"}"#,
        "GET /api/orgs/o%201/verification-status?poll_token=p%261",
        "",
        "",
    ),
    ("resendVerification", r#"{"orgId":"o"}"#, "POST /api/orgs/o/resend-verification", "", "{}"),
    (
        "abandonOrg",
        r#"{"orgId":"o","pollToken":"poll","reason":"r"}"#,
        "POST /api/orgs/abandon",
        "poll",
        r#"{"orgId":"o","reason":"r"}"#,
    ),
    (
        "revealTeamToken",
        r#"{"orgId":"o","webhookSecret":"hook"}"#,
        "POST /api/orgs/o/reveal-team-token",
        "hook",
        "{}",
    ),
    ("getAccount", "", "GET /api/orgs/me", "tok", ""),
    ("setPhone", r#"{"phone":"+1"}"#, "POST /api/orgs/me/phone/set", "tok", r#"{"phone":"+1"}"#),
    (
        "confirmPhone",
        r#"{"challengeId":"c","otp":"000001"}"#,
        "POST /api/orgs/me/phone/confirm",
        "tok",
        r#"{"challengeId":"c","otp":"000001"}"#,
    ),
    ("rotateTokenRequest", "{}", "POST /api/orgs/me/rotate-token/request", "tok", "{}"),
    (
        "rotateTokenConfirm",
        r#"{"challengeId":"c","otp":"1"}"#,
        "POST /api/orgs/me/rotate-token/confirm",
        "tok",
        r#"{"challengeId":"c","otp":"1"}"#,
    ),
    ("revokeToken", "null", "POST /api/orgs/me/tokens/revoke", "tok", "{}"),
    ("startErasure", "{}", "POST /api/orgs/me/erasure/start", "tok", "{}"),
    (
        "confirmErasure",
        r#"{"confirmationToken":"c"}"#,
        "POST /api/orgs/me/erasure/confirm",
        "",
        r#"{"confirmationToken":"c","force":false}"#,
    ),
    ("listMyMemberships", "{}", "GET /api/users/me/memberships", "tok", ""),
    ("listOrgMembers", r#"{"orgId":"../x"}"#, "GET /api/orgs/..%2Fx/members", "tok", ""),
    (
        "addOrgMember",
        r#"{"orgId":"o","email":"e@a.example","role":"org-admin","reason":""}"#,
        "POST /api/orgs/o/members",
        "tok",
        r#"{"email":"e@a.example","role":"org-admin","reason":""}"#,
    ),
    (
        "removeOrgMember",
        r#"{"orgId":"o","email":"e+1@a.example","reason":"r"}"#,
        "DELETE /api/orgs/o/members/e%2B1%40a.example",
        "tok",
        r#"{"reason":"r"}"#,
    ),
    (
        "registerAgent",
        r#"{"agentId":"a","displayName":"A","email":"e","phone":"p","channels":{},"dns":{"x":1},"extra":{"tags":["t"],"n":null},"callbackUrl":"https://c.example"}"#,
        "POST /api/v1/agents",
        "tok",
        r#"{"agent_id":"a","display_name":"A","email":"e","phone":"p","channels":{},"dns":{"x":1},"tags":["t"],"n":null,"callbackUrl":"https://c.example"}"#,
    ),
    ("getAgent", r#"{"agentId":"a?b#c"}"#, "GET /api/v1/agents/a%3Fb%23c", "tok", ""),
    (
        "provisionChannels",
        r#"{"agentId":"a","displayName":"A","callbackUrl":"c","capabilities":{"phone":true},"country":"IL","identityMode":"shared","preferredWhatsappNumber":"1","preferredPhoneNumber":"2","language":"he","gender":"male","voiceId":"v","greeting":"g","systemPrompt":"s","emailDomain":"d"}"#,
        "POST /api/v1/provision",
        "tok",
        r#"{"agentId":"a","agentName":"A","callbackUrl":"c","capabilities":{"phone":true},"country":"IL","identityMode":"shared","preferredWhatsappNumber":"1","preferredPhoneNumber":"2","language":"he","gender":"male","voiceId":"v","greeting":"g","systemPrompt":"s","emailDomain":"d"}"#,
    ),
    (
        "onboard",
        r#"{"agentName":"A","agentId":"a","capabilities":{},"emailDomain":"d","greeting":"g","systemPrompt":"s"}"#,
        "POST /api/v1/onboard",
        "tok",
        r#"{"agentName":"A","country":"US","agentId":"a","capabilities":{},"emailDomain":"d","greeting":"g","systemPrompt":"s"}"#,
    ),
    (
        "deprovision",
        r#"{"agentId":"a","releaseNumber":null}"#,
        "POST /api/v1/deprovision",
        "tok",
        r#"{"agentId":"a","releaseNumber":true}"#,
    ),
    ("listAgentTokens", r#"{"agentId":"%2F"}"#, "GET /api/v1/agents/%252F/tokens", "tok", ""),
    ("regenerateAgentToken", r#"{"agentId":"a"}"#, "POST /api/v1/agents/a/regenerate-token", "tok", "{}"),
    (
        "listAgentCommChannels",
        r#"{"agentId":"\u05d0"}"#,
        "GET /api/v1/agents/%D7%90/comm-channels",
        "tok",
        "",
    ),
    (
        "addAgentCommChannel",
        r#"{"agentId":"a","channelType":"email","identifier":"i","emailLocalPart":"l","label":"L","capabilities":["sms"]}"#,
        "POST /api/v1/agents/a/comm-channels",
        "tok",
        r#"{"channel_type":"email","identifier":"i","email_local_part":"l","label":"L","capabilities":["sms"]}"#,
    ),
    (
        "manageAgentChannel",
        r#"{"agentId":"a","action":"add","channel":"phone","options":{"country":null}}"#,
        "POST /api/v1/agents/a/channels",
        "tok",
        r#"{"action":"add","channel":"phone","options":{"country":null}}"#,
    ),
    (
        "updateCommChannel",
        r#"{"recordId":"r","label":"\ud800","paused":false,"primary":true}"#,
        "PATCH /api/v1/comm-channels/r",
        "tok",
        r#"{"label":"\ud800","paused":false,"primary":true}"#,
    ),
    ("deleteCommChannel", r#"{"recordId":"r"}"#, "DELETE /api/v1/comm-channels/r", "tok", ""),
    (
        "releaseNumber",
        r#"{"phoneNumber":"+1","source":"whatsapp"}"#,
        "POST /api/v1/release-number",
        "tok",
        r#"{"phoneNumber":"+1","source":"whatsapp"}"#,
    ),
    (
        "setBillingConfig",
        r#"{"agentId":"a","tier":"pro","markupPercent":1e-7,"billingEmail":"b"}"#,
        "POST /api/v1/billing/config",
        "tok",
        r#"{"agentId":"a","tier":"pro","markupPercent":1e-7,"billingEmail":"b"}"#,
    ),
    (
        "setClientLimits",
        r#"{"limits":{"maxActionsPerDay":null},"agentId":"a"}"#,
        "POST /api/v1/client-limits",
        "tok",
        r#"{"limits":{"maxActionsPerDay":null},"agentId":"a"}"#,
    ),
    ("getSelf", r#"{"agentToken":"other"}"#, "GET /api/v1/agents/me", "other", ""),
    (
        "getWaitingMessages",
        r#"{"limit":5,"channel":"sms","agentToken":""}"#,
        "GET /api/v1/waiting-messages?limit=5&channel=sms",
        "tok",
        "",
    ),
    ("getChannelStatus", "", "GET /api/v1/channel-status", "tok", ""),
    ("getBilling", r#"{"period":"a b"}"#, "GET /api/v1/billing?period=a%20b", "tok", ""),
    ("fetchUsageSummary", r##"{"path":"/u \u05d0?p=1%20#x"}"##, "GET /u%20%D7%90?p=1%20", "tok", ""),
    (
        "setCallbackUrl",
        r#"{"callbackUrl":"https://c.example"}"#,
        "PUT /api/v1/callback-url",
        "tok",
        r#"{"callbackUrl":"https://c.example"}"#,
    ),
    ("listVoices", "", "GET /api/v1/voices", "tok", ""),
    (
        "setClientStatus",
        r#"{"status":"suspended","reason":"r"}"#,
        "PUT /api/v1/client-status",
        "tok",
        r#"{"status":"suspended","reason":"r"}"#,
    ),
];

#[test]
fn recorded_calls() {
    let mut seen = BTreeSet::new();
    for (js, given, line, bearer, body) in CALLS {
        assert!(seen.insert(*js), "{js}");
        let request = made(js, given, "tok").unwrap_or_else(|error| panic!("{js}: {error}"));
        let (method, path) = line.split_once(' ').unwrap();
        assert_eq!(
            (request.method.as_str(), &*request.url),
            (method, &*format!("https://a.example/p{path}")),
            "{js}"
        );
        assert_eq!(request.body.as_deref().unwrap_or_default(), *body, "{js}");
        let mut headers = Vec::new();
        if ["register", "registerAgent"].contains(js) {
            headers.push(("idempotency-key", KEY.to_owned()));
        }
        if !bearer.is_empty() {
            headers.push(("authorization", format!("Bearer {bearer}")));
        }
        if *js == "revealTeamToken" {
            headers.push(("x-request-timestamp", "1772000000".to_owned()));
            headers.push(("x-request-nonce", "0d9f5f0e6f5e4c0a9a532a7f7c1c8e11".to_owned()));
        }
        if !body.is_empty() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        assert_eq!(request.headers, headers, "{js}");
        assert!(!format!("{request:?}").contains("tok\""), "{js}");
    }
}

/// A value for an option, as JSON and as it stands in a path or a query. No two options of a row get the same.
fn sample(key: &Key, number: usize) -> (String, String) {
    let json = match () {
        () if key.has(b'*') => format!(r#"{{"member_{number}":null}}"#),
        () if key.has(b'{') => format!(r#"{{"in_{number}":{number}}}"#),
        () if key.has(b'$') => format!(r#"{{"in":"{number}"}}"#),
        () if key.has(b'[') => format!(r#"["{number}"]"#),
        () if key.has(b'&') => format!("[{number}]"),
        () if key.has(b'?') => (key.default != "true").to_string(),
        () if key.has(b'#') => number.to_string(),
        // Headers take no more than this.
        () if key.has(b'-') || key.has(b'^') => format!("\"secret-{number}\""),
        () if key.has(b'%') => format!("\"/path/{number}\""),
        () => format!("\"{number} /?&ü\""),
    };
    let placed = match json.trim_matches('"') {
        text if text.ends_with("/?&ü") => format!("{number}%20%2F%3F%26%C3%BC"),
        text => text.to_owned(),
    };
    (json, placed)
}

/// The options of a call with all of them, or with the least; and what must come of them: path with query, headers, body.
fn call_of(row: &Row, full: bool) -> (String, String, Vec<(&'static str, String)>, String) {
    let (method, path) = row.route();
    let (mut path, mut query) = (path.to_owned(), String::new());
    let (mut given, mut body, mut headers, mut bearer) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (number, key) in row.keys().enumerate() {
        let (mut json, mut placed) = sample(&key, number + 1);
        if full || needed(&key) {
            given.push(format!("\"{}\":{json}", key.name));
        } else if key.default.is_empty() {
            continue;
        } else {
            json = key.default.to_owned();
            let text = json.trim_matches('"');
            placed = if key.has(b'^') { KEY } else { text }.to_owned();
        }
        match () {
            () if key.has(b'/') || key.has(b'%') => {
                assert_eq!(path.matches(&format!("{{{}}}", key.name)).count(), 1, "{}", row.js());
                path = path.replace(&format!("{{{}}}", key.name), &placed);
            }
            () if key.has(b';') => {
                query.push(if query.is_empty() { '?' } else { '&' });
                query.push_str(&format!("{}={placed}", key.wire()));
            }
            () if key.has(b'^') => headers.push(("idempotency-key", placed)),
            () if key.has(b'-') => bearer.push((key.name, placed)),
            () if key.has(b'*') => body.push(json.trim_matches(['{', '}']).to_owned()),
            () if key.has(b':') => body.push(format!("\"{}\":[{json}]", key.wire())),
            () => body.push(format!("\"{}\":{json}", key.wire())),
        }
    }
    // The first that there is: an option, or a token.
    let proof = row.rights().find_map(|word| match word {
        "T" | "A" => Some("tok".to_owned()),
        word => bearer.iter().find(|(name, _)| *name == word).map(|(_, secret)| secret.clone()),
    });
    headers.extend(proof.map(|secret| ("authorization", format!("Bearer {secret}"))));
    if row.has_right(b'N') {
        headers.push(("x-request-timestamp", "1772000000".to_owned()));
        headers.push(("x-request-nonce", KEY.replace('-', "")));
    }
    let mut text = String::new();
    if !body.is_empty() || !["GET", "DELETE"].contains(&method) {
        text = format!("{{{}}}", body.join(","));
        headers.push(("content-type", "application/json".to_owned()));
    }
    (format!("{{{}}}", given.join(",")), path + &query, headers, text)
}

#[test]
fn every_row_places_each_option_once() {
    for row in ROWS.iter().chain(AGENT_ROWS) {
        for full in [true, false] {
            let (given, path, headers, body) = call_of(row, full);
            let request = made(row.js(), &given, "tok").unwrap_or_else(|error| panic!("{error}: {given}"));
            assert_eq!(request.method.as_str(), row.route().0, "{}", row.js());
            assert_eq!(&*request.url, &*format!("https://a.example/p{path}"), "{}", row.js());
            assert_eq!(request.headers, headers, "{} {given}", row.js());
            assert_eq!(request.body.as_deref().unwrap_or_default(), body, "{} {given}", row.js());
        }
    }
}

#[test]
fn what_is_required_is_asked_for_and_types_are_checked() {
    for row in ROWS.iter().chain(AGENT_ROWS) {
        for key in row.keys() {
            let wrong = format!("{{\"{}\":{}}}", key.name, if key.has(b'{') { "[]" } else { "{}" });
            let error = made(row.js(), &wrong, "tok").unwrap_err();
            // An option before it may be missing: that is said first.
            let before: Vec<_> = row.keys().take_while(|other| other.name != key.name).collect();
            let missing = before.iter().find(|key| needed(key));
            let (name, must) = match missing {
                Some(missing) => (missing.name, "is required"),
                None => (
                    key.name,
                    key.complaint(
                        crate::json::parse_str(if key.has(b'{') { "[]" } else { "{}" }, 2).unwrap(),
                    ),
                ),
            };
            assert_eq!(
                (error.kind, &*error.message),
                (Kind::ConfigError, &*format!("{}: `{name}` {must}", row.js()))
            );
        }
    }
    for (js, given, want) in [
        ("getAgent", r#"{"agentId":""}"#, "getAgent: `agentId` must not be empty"),
        ("getAgent", r#"{"agentId":"."}"#, "getAgent: `agentId` must not be a dot segment"),
        ("getAgent", r#"{"agentId":".."}"#, "getAgent: `agentId` must not be a dot segment"),
        ("getAgent", r#"{"agentId":"a","x":1}"#, "getAgent: `x` is no option"),
        ("getAgent", r#"{"agentId":"a","agentToken":"t"}"#, "getAgent: `agentToken` is no option"),
        ("removeOrgMember", r#"{"orgId":"o","email":""}"#, "removeOrgMember: `email` must not be empty"),
        ("registerAgent", r#"{"agentId":"","displayName":""}"#, "registerAgent: `agentId` must not be empty"),
        (
            "registerAgent",
            r#"{"agentId":"a","displayName":"A","extra":{"agent_\u0069d":"b"}}"#,
            "registerAgent: `extra.agent_id` has an option of its own",
        ),
        (
            "registerAgent",
            r#"{"agentId":"a","displayName":"A","agent_id":"b"}"#,
            "registerAgent: `agent_id` has an option of its own",
        ),
        (
            "addAgentCommChannel",
            r#"{"agentId":"a","channelType":"x","capabilities":["a",1]}"#,
            "addAgentCommChannel: `capabilities` must be an array of strings",
        ),
        (
            "fetchUsageSummary",
            r#"{"path":"@evil.example"}"#,
            "fetchUsageSummary: `path` must begin with a slash",
        ),
        ("fetchUsageSummary", r#"{"path":""}"#, "fetchUsageSummary: `path` must begin with a slash"),
        (
            "register",
            r#"{"orgName":"","ownerEmail":"","idempotencyKey":"a\nb"}"#,
            "register: `idempotencyKey` must be printable ASCII without spaces around it",
        ),
        (
            "abandonOrg",
            r#"{"orgId":"o","pollToken":"é"}"#,
            "abandonOrg: `pollToken` must be printable ASCII without spaces around it",
        ),
        (
            "rotateTokenConfirm",
            r#"{"challengeId":true,"otp":"1"}"#,
            "rotateTokenConfirm: `challengeId` must be a string",
        ),
        ("confirmPhone", r#"{"challengeId":1,"otp":1}"#, "confirmPhone: `otp` must be a string"),
        ("getAccount", "[]", "getAccount: the options must be an object"),
    ] {
        let error = made(js, given, "tok").unwrap_err();
        assert_eq!((error.kind, &*error.message), (Kind::ConfigError, want), "{js} {given}");
    }
    for (js, given, want) in [
        ("getAccount", "", "getAccount: `teamToken` is missing"),
        ("abandonOrg", r#"{"orgId":"o"}"#, "abandonOrg: `teamToken` is missing"),
        ("getSelf", "", "getSelf: `agentToken` is missing"),
    ] {
        assert_eq!(made(js, given, "").unwrap_err().message, want);
    }
    assert_eq!(
        made("getAccount", "", "tok\n").unwrap_err().message,
        "getAccount: `teamToken` must be printable ASCII without spaces around it"
    );
}

#[test]
fn idempotency_keys() {
    let key = |js: &str, given: &str| {
        let request = made(js, given, "tok").unwrap();
        request.headers.into_iter().find(|(name, _)| *name == "idempotency-key").map(|(_, value)| value)
    };
    let register = |own: &str| format!(r#"{{"orgName":"O","ownerEmail":"o"{own}}}"#);
    assert_eq!(key("register", &register("")).as_deref(), Some(KEY));
    assert_eq!(key("register", &register(r#","idempotencyKey":"""#)).as_deref(), Some(KEY));
    assert_eq!(key("register", &register(r#","idempotencyKey":"mine""#)).as_deref(), Some("mine"));
    assert_eq!(key("onboard", r#"{"agentName":"A"}"#), None);
    assert_eq!(key("onboard", r#"{"agentName":"A","idempotencyKey":""}"#), None);
    assert_eq!(key("onboard", r#"{"agentName":"A","idempotencyKey":"mine"}"#).as_deref(), Some("mine"));
}

#[test]
fn answers_have_one_casing() {
    for (js, body, want) in [
        (
            "register",
            r#"{"org_id":"o","verification_sent":true,"pollToken":"p"}"#,
            r#"{"orgId":"o","verificationSent":true,"pollToken":"p"}"#,
        ),
        (
            "verify",
            r#"{"owner_token":"t","org_id":"o","scopes":"org-admin"}"#,
            r#"{"orgId":"o","teamToken":"t","scopes":"org-admin"}"#,
        ),
        ("acceptOnboarding", r#"{"token":"t"}"#, r#"{"teamToken":"t"}"#),
        (
            "verificationStatus",
            r#"{"status":"verified","verified_at":"x"}"#,
            r#"{"state":"verified","verifiedAt":"x"}"#,
        ),
        ("setPhone", r#"{"challenge_id":"c"}"#, r#"{"challengeId":"c"}"#),
        (
            "listAgentTokens",
            r#"{"tokens":[{"id":"1","last_four":"2"}]}"#,
            r#"{"tokens":[{"lastFour":"2","id":"1"}]}"#,
        ),
        ("registerAgent", r#"{"agent_id":"a","securityToken":"t"}"#, r#"{"agentId":"a","token":"t"}"#),
        ("getSelf", r#"{"display_name":"D","x_y":1}"#, r#"{"displayName":"D","x_y":1}"#),
        (
            "getWaitingMessages",
            r#"{"messages":[{"media_url":null}],"count":1}"#,
            r#"{"messages":[{"mediaUrl":null}],"count":1}"#,
        ),
        ("listOrgMembers", r#"{"added_at":1}"#, r#"{"added_at":1}"#),
        ("getAccount", "", "{}"),
        ("getAccount", "<html>", "{}"),
        ("getAccount", "[1]", "[1]"),
        ("getAccount", "\u{feff} null", "null"),
    ] {
        assert_eq!(answered(js, 200, &[], body).as_deref(), Ok(want), "{js} {body}");
    }
}

#[test]
fn terms_come_first() {
    let error = answered(
        "verify",
        200,
        &[],
        r#"{"requires_onboarding":true,"org_id":"o","team_token":"t","onboarding_session_id":"s&1","onboarding_expires_at":"2026-07-09T04:08:09Z"}"#,
    )
    .unwrap_err();
    assert_eq!(
        (error.kind, &*error.code, error.status, error.retryable),
        (Kind::OnboardingRequired, "REQUIRES_ONBOARDING", Some(200), false)
    );
    assert_eq!(error.extra("orgId"), Some("\"o\""));
    assert_eq!(error.extra("onboardingUrl"), Some("\"https://a.example/p/onboarding?s=s%261\""));
    assert_eq!(error.extra("onboardingSessionId"), Some("\"s&1\""));
    assert_eq!(error.extra("expiresAt"), Some("\"2026-07-09T04:08:09Z\""));
    assert_eq!(
        error.extra("body"),
        Some(
            r#"{"orgId":"o","requires_onboarding":true,"onboarding_session_id":"s&1","onboarding_expires_at":"2026-07-09T04:08:09Z"}"#
        )
    );
    let error = answered(
        "revealTeamToken",
        200,
        &[],
        r#"{"requiresOnboarding":1,"onboardingUrl":"https://t.example"}"#,
    )
    .unwrap_err();
    assert_eq!(
        (error.extra("onboardingUrl"), error.extra("orgId"), error.extra("expiresAt")),
        (Some("\"https://t.example\""), Some("null"), Some("null"))
    );
    // Other calls have no terms.
    assert_eq!(
        answered("getAccount", 200, &[], r#"{"requiresOnboarding":true}"#).as_deref(),
        Ok(r#"{"requiresOnboarding":true}"#)
    );
}

#[test]
fn failures_have_classes() {
    for (status, code, want, retryable) in [
        (409, "EMAIL_ALREADY_REGISTERED", Kind::EmailAlreadyRegistered, false),
        (410, "VERIFICATION_TOKEN_EXPIRED", Kind::VerificationTokenExpired, false),
        (400, "VERIFICATION_TOKEN_INVALID", Kind::AccountsError, false),
        (409, "PHONE_NOT_CONFIGURED", Kind::PhoneNotConfigured, false),
        (400, "OTP_INVALID", Kind::OtpInvalid, false),
        (500, "OTP_EXPIRED", Kind::OtpExpired, false),
        (429, "OTP_MAX_ATTEMPTS", Kind::OtpMaxAttempts, false),
        (404, "CHALLENGE_NOT_FOUND", Kind::ChallengeNotFound, false),
        (401, "TOKEN_REVOKED", Kind::TokenRevoked, false),
        (401, "AUTH_TOKEN_REVOKED", Kind::AuthTokenRevokedError, false),
        (401, "", Kind::AuthError, false),
        (403, "AUTH_FORBIDDEN", Kind::AccountsError, false),
        (429, "RATE_LIMITED", Kind::RateLimitError, true),
        (404, "AGENT_NOT_FOUND", Kind::NotProvisioned, false),
        (502, "PROVIDER_WEBHOOK_WIRE_FAILED", Kind::ProviderWebhookWireFailed, true),
        (400, "NO_CHANNEL_ASSIGNED", Kind::NoChannelAssigned, false),
        (500, "", Kind::AccountsError, true),
        (302, "", Kind::AccountsError, false),
        (0, "", Kind::AccountsError, false),
    ] {
        let error =
            answered("getAccount", status, &[], &format!(r#"{{"code":"{code}","error":"E"}}"#)).unwrap_err();
        assert_eq!((error.kind, error.retryable, &*error.message), (want, retryable, "E"), "{status} {code}");
    }
    let error = answered(
        "register",
        400,
        &[("Retry-After", "7")],
        r#"{"code":"MISSING_FIELDS","error":"E","message":"M","fields":["orgName"]}"#,
    )
    .unwrap_err();
    assert_eq!(
        (&*error.message, error.extra("fields"), error.retry_after_ms),
        ("M", Some(r#"["orgName"]"#), Some(7000.0))
    );
    // The agent's calls have the classes of the one table, and one forgives.
    assert_eq!(
        answered("listVoices", 400, &[], r#"{"code":"OTP_INVALID"}"#).unwrap_err().kind,
        Kind::ButtDialError
    );
    assert_eq!(
        forgive(row("fetchUsageSummary").unwrap(), answered("fetchUsageSummary", 500, &[], "")).as_deref(),
        Ok("null")
    );
    assert!(forgive(row("getSelf").unwrap(), answered("getSelf", 500, &[], "")).is_err());
    let error = lost(row("verificationStatus").unwrap(), "no route");
    assert_eq!(
        (error.kind, &*error.message, error.retryable),
        (Kind::TransportError, "verificationStatus: no route", true)
    );
}

#[test]
fn deprecations_name_the_route() {
    let told = |js: &str, headers: &[(&str, &str)]| {
        deprecation(row(js).unwrap(), &Head { status: 200, headers: Headers::new(headers.iter().copied()) })
    };
    assert_eq!(
        told(
            "provisionChannels",
            &[
                ("Deprecation", "true"),
                ("Sunset", "Mon, 27 Jul 2026 00:00:00 GMT"),
                ("Link", "</docs>; rel=\"deprecation\", </api/v1/agents>; rel=\"successor-version\"")
            ]
        )
        .as_deref(),
        Some(
            "POST /api/v1/provision is deprecated; it ends: Mon, 27 Jul 2026 00:00:00 GMT; links: </docs>; rel=\"deprecation\", </api/v1/agents>; rel=\"successor-version\""
        )
    );
    assert_eq!(
        told("getAgent", &[("deprecation", "@1688169599")]).as_deref(),
        Some("GET /api/v1/agents/{agentId} is deprecated; it ends: -; links: -")
    );
    for none in ["false", "False", "?0", "0", "", " "] {
        assert_eq!(told("getAgent", &[("deprecation", none)]), None, "{none}");
    }
    assert_eq!(told("getAgent", &[("sunset", "Mon, 27 Jul 2026 00:00:00 GMT")]), None);
}

#[test]
fn warnings() {
    let warns = |js: &str, given: &str| warning(row(js).unwrap(), given).is_some();
    assert!(warns("provisionChannels", "") && warns("onboard", "") && warns("register", "{}"));
    assert!(warns("register", r#"{"webhookUrl":null}"#));
    for tells in
        [r#"{"webhookUrl":""}"#, r#"{"returnUrl":"x"}"#, r#"{"branding":{}}"#, r#"{"verificationEmail":{}}"#]
    {
        assert!(!warns("register", tells), "{tells}");
    }
    assert!(!warns("verify", "") && !warns("registerAgent", ""));
}
