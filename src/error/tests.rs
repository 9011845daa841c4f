use super::*;

fn from(status: u16, body: &str, retry_after: Option<&str>) -> Error {
    from_response(&Response { status, body, retry_after, now_ms: 1_785_110_400_000.0 })
}

#[test]
fn every_code_at_every_status_gives_the_class_of_the_table() {
    use Kind::*;
    let codes = [
        "AUTH_MISSING_HEADER",
        "AUTH_INVALID_TOKEN",
        "AUTH_TOKEN_REVOKED",
        "AUTH_LOCKED_OUT",
        "AUTH_WRONG_SCOPE",
        "AGENT_NOT_PROVISIONED",
        "AGENT_NOT_FOUND",
        "NOT_PROVISIONED",
        "NO_CHANNEL_ASSIGNED",
        "PROVIDER_WEBHOOK_WIRE_FAILED",
        "PROVIDER_UNSUPPORTED",
        "CHANNEL_UNSUPPORTED",
        "RATE_LIMITED",
        "SOMETHING_NEW",
        "",
    ];
    // Columns: the codes above. One row a status; the table of wire-contract 7.2 written out.
    let gone = [
        ButtDialError,
        ButtDialError,
        ButtDialError,
        ButtDialError,
        ButtDialError,
        NotProvisioned,
        NotProvisioned,
        NotProvisioned,
    ];
    let plain = [ButtDialError; 8];
    let channel = [
        NoChannelAssigned,
        ProviderWebhookWireFailed,
        ProviderCapabilityError,
        ProviderCapabilityError,
        ButtDialError,
        ButtDialError,
        ButtDialError,
    ];
    let unauthorized =
        [AuthMissingHeaderError, AuthInvalidTokenError, AuthTokenRevokedError, AuthLockedOutError];
    for status in
        [0, 200, 301, 400, 401, 402, 403, 404, 405, 409, 410, 413, 418, 422, 429, 500, 502, 503, 504, 599]
    {
        for (index, code) in codes.iter().enumerate() {
            let want = match status {
                401 => unauthorized.get(index).copied().unwrap_or(AuthError),
                429 if *code == "AUTH_LOCKED_OUT" => AuthLockedOutError,
                429 => RateLimitError,
                404 | 410 => gone.iter().chain(&channel).copied().nth(index).unwrap(),
                _ => plain.iter().chain(&channel).copied().nth(index).unwrap(),
            };
            let error = from(status, &format!("{{\"code\":\"{code}\"}}"), None);
            assert_eq!(error.kind, want, "{status} {code}");
            assert_eq!(error.code, if code.is_empty() { "HTTP_ERROR" } else { code }, "{status} {code}");
            assert_eq!(error.status, Some(status));
        }
    }
}

#[test]
fn what_may_be_tried_again() {
    for (status, body, want) in [
        (400, "{}", false),
        (403, "{}", false),
        (404, "{}", false),
        (408, "{}", true),
        (425, "{}", true),
        (429, "{}", true),
        (429, r#"{"code":"AUTH_LOCKED_OUT","retryable":false}"#, true),
        (401, "{}", false),
        (401, r#"{"retryable":true}"#, true),
        (500, "{}", true),
        (502, "null", true),
        (503, r#"{"retryable":false}"#, false),
        (400, r#"{"retryable":true}"#, true),
        (400, r#"{"code":"PROVIDER_WEBHOOK_WIRE_FAILED"}"#, true),
        (502, r#"{"code":"PROVIDER_WEBHOOK_WIRE_FAILED","retryable":0}"#, false),
        (502, r#"{"code":"PROVIDER_UNSUPPORTED"}"#, false),
    ] {
        assert_eq!(from(status, body, None).retryable, want, "{status} {body}");
    }
}

#[test]
fn waiting_times_come_from_the_header_then_the_body_in_all_their_forms() {
    for (header, body, want) in [
        (Some("30"), r#"{"retryAfterSeconds":17}"#, Some(30_000.0)),
        (Some("0"), "{}", Some(0.0)),
        (Some("1.5"), "{}", Some(1_500.0)),
        (Some("Mon, 27 Jul 2026 00:01:00 GMT"), "{}", Some(60_000.0)),
        (Some("Mon, 27 Jul 2020 00:01:00 GMT"), "{}", Some(0.0)),
        (Some("soon"), r#"{"retryAfterSeconds":17}"#, Some(17_000.0)),
        (Some("99999999999999999999"), "{}", None),
        (None, r#"{"retryAfterSeconds":0,"retry_after_seconds":"78"}"#, Some(78_000.0)),
        (None, r#"{"retryAfter":12}"#, Some(12_000.0)),
        (None, r#"{"retry_after":13.25}"#, Some(13_250.0)),
        (None, r#"{"retryAfterSeconds":"abc","retryAfter":1e3}"#, None),
        (None, "[]", None),
    ] {
        assert_eq!(from(429, body, header).retry_after_ms, want, "{header:?} {body}");
    }
    assert_eq!(retry_after_header(&[("retry-after", "11"), ("Retry-After", "22")]), Some("22"));
    assert_eq!(retry_after_header(&[("Retry-After", ""), ("retry-after", "33")]), Some("33"));
    assert_eq!(retry_after_header(&[("RETRY-AFTER", "44")]), Some("44"));
    assert_eq!(retry_after_header(&[("retry_after", "44")]), None);
}

#[test]
fn a_lockout_without_code_is_known_by_its_words() {
    let error = from(429, r#"{"error":"Too many failed attempts. Try again later."}"#, None);
    assert_eq!(error.kind, Kind::AuthLockedOutError);
    assert_eq!(from(429, r#"{"error":"Too many requests"}"#, None).kind, Kind::RateLimitError);
}

#[test]
fn any_body_gives_an_error_and_the_body_is_kept() {
    for body in ["null", "[]", "5", "\"text\"", "{\"error\":{\"a\":1}}", "not json", "", "{\"code\":[]}"] {
        let error = from(500, body, None);
        assert!(!error.message.is_empty() && !error.code.is_empty(), "{body}");
        serde_json::from_str::<serde_json::Value>(&error.to_json()).unwrap();
    }
    assert_eq!(from(500, "\"oops\"", None).extra("body"), Some("\"oops\""));
    let long = json::quoted(&"é".repeat(40_000));
    let error = from(500, &long, None);
    assert!(error.extra("body").unwrap().len() <= 64 * 1024 + 2 + 2);
    serde_json::from_str::<serde_json::Value>(&error.to_json()).unwrap();
}

#[test]
fn lone_surrogates_and_huge_numbers_in_a_body_pass() {
    let error = from(400, r#"{"error":"\ud83d","code":"X","n":1e400}"#, None);
    assert_eq!(error.message, "\u{fffd}");
    assert_eq!(error.extra("body"), Some(r#"{"error":"\ud83d","code":"X","n":1e400}"#));
}

#[test]
fn the_json_for_the_classes_has_every_member() {
    let error = from(429, r#"{"code":"RATE_LIMITED","scope":"per_ip"}"#, Some("2"));
    let value: serde_json::Value = serde_json::from_str(&error.to_json()).unwrap();
    let want = serde_json::json!({
        "message": "HTTP 429", "code": "RATE_LIMITED", "stage": "rate_limit", "status": 429, "retryable": true,
        "retryAfterMs": 2000, "serverCode": "RATE_LIMITED", "body": {"code": "RATE_LIMITED", "scope": "per_ip"}, "scope": "per_ip",
    });
    assert_eq!(value, want);
}

#[cfg(feature = "main")]
#[test]
fn a_secret_goes_out_of_all_texts() {
    let body = r#"{"code":"RATE_LIMITED","error":"who is a/b+c?","scope":"a/b+c","url":"/x?poll_token=a%2Fb%2Bc","n":[1]}"#;
    let mut error = from(429, body, Some("2"));
    let before = error.clone();
    for short in ["", "a", "who"] {
        error.redact(short);
        assert_eq!(error, before, "{short}: takes words apart");
    }
    error.redact("a/b+c");
    assert_eq!(
        (error.kind, &*error.code, &*error.message, error.status, error.retry_after_ms),
        (Kind::RateLimitError, "RATE_LIMITED", "who is ***?", Some(429), Some(2000.0))
    );
    assert_eq!(error.extra("scope"), Some(r#""***""#));
    assert_eq!(
        error.extra("body"),
        Some(
            r#"{"code":"RATE_LIMITED","error":"who is ***?","scope":"***","url":"/x?poll_token=***","n":[1]}"#
        )
    );

    // The class is that of the answer as it was; a code may be a secret, and our own cannot.
    let mut error = from(401, r#"{"code":"AUTH_LOCKED_OUT","remainingAttempts":123456}"#, None);
    error.redact("AUTH_LOCKED_OUT");
    assert_eq!((error.kind, &*error.code), (Kind::AuthLockedOutError, "***"));
    assert_eq!(error.extra("serverCode"), Some("\"***\""));
    let mut error = Error::transport("TRANSPORT", "TRANSPORT");
    error.redact("TRANSPORT");
    assert_eq!((&*error.code, &*error.message), ("TRANSPORT", "***"));

    // What is no JSON any more says nothing.
    let mut error = from(401, r#"{"n":1234567,"remainingAttempts":123456}"#, None);
    error.redact("123456");
    assert_eq!((error.extra("body"), error.extra("remainingAttempts")), (Some("null"), Some("null")));
    serde_json::from_str::<serde_json::Value>(&error.to_json()).unwrap();
}
