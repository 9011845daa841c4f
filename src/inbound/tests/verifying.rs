//! Signatures and tokens beyond the recorded answers: several secrets, hostile headers, the window.

use crate::inbound::verify::{
    MAX_SECRETS, Reason, Scheme, accept_callback, verify_subscription, verify_webhook, verify_whatsapp,
};
use crate::secret::{Secret, hex, hmac_sha256};

const BODY: &[u8] = br#"{"event":"x"}"#;
const AT: &str = "1770000000";
const NOW: f64 = 1_770_000_000.0;

fn signature(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let tag = hmac_sha256(secret.as_bytes(), &[timestamp.as_bytes(), b".", body]);
    format!("hmac-sha256={}", hex(&tag.bytes()))
}

fn secrets(texts: &[&str]) -> Vec<Secret> {
    texts.iter().map(|text| Secret::new(*text)).collect()
}

fn check(
    timestamp: &str,
    signature: &str,
    secrets: &[Secret],
    tolerance: f64,
    now: f64,
) -> Result<(), Reason> {
    verify_webhook(BODY, Some(timestamp), Some(signature), secrets, tolerance, now).map(drop)
}

#[test]
fn any_of_several_secrets() {
    let signed = signature("b", AT, BODY);
    for (texts, want) in [
        (vec!["a", "b", "c"], Ok(())),
        (vec!["", "b"], Ok(())),
        (vec!["a", "c"], Err(Reason::BadSignature)),
        (vec!["B"], Err(Reason::BadSignature)),
        (vec![], Err(Reason::NotConfigured)),
        (vec!["", ""], Err(Reason::NotConfigured)),
    ] {
        assert_eq!(check(AT, &signed, &secrets(&texts), 300.0, NOW), want, "{texts:?}");
    }
    let mut many = vec!["a"; MAX_SECRETS - 1];
    many.push("b");
    assert_eq!(check(AT, &signed, &secrets(&many), 300.0, NOW), Ok(()));
    many.insert(0, "a");
    assert_eq!(
        check(AT, &signed, &secrets(&many), 300.0, NOW),
        Err(Reason::BadSignature),
        "beyond the limit"
    );
}

#[test]
fn the_window_is_closed_at_both_ends() {
    let signed = signature("b", AT, BODY);
    let at = |tolerance: f64, now: f64| check(AT, &signed, &secrets(&["b"]), tolerance, now);
    for (tolerance, now, want) in [
        (300.0, NOW + 300.0, Ok(())),
        (300.0, NOW - 300.0, Ok(())),
        (300.0, NOW + 300.001, Err(Reason::Stale)),
        (300.0, NOW - 300.001, Err(Reason::Stale)),
        (0.0, NOW, Ok(())),
        (0.0, NOW + 0.5, Err(Reason::Stale)),
        (-1.0, NOW, Err(Reason::Stale)),
        (f64::NAN, NOW, Err(Reason::Stale)),
        (300.0, f64::NAN, Err(Reason::Stale)),
        (300.0, f64::INFINITY, Err(Reason::Stale)),
        (f64::INFINITY, 0.0, Ok(())),
    ] {
        assert_eq!(at(tolerance, now), want, "{tolerance} {now}");
    }
}

#[test]
fn hostile_headers() {
    let good = signature("b", AT, BODY);
    let many = vec![good.as_str(); 10_000].join(",");
    for header in [
        "hmac-sha256=",
        "sha256=00",
        "hmac-sha256=é",
        "Ä",
        &many,
        &format!("{good} "),
        &good.to_uppercase(),
        "\0",
    ] {
        assert_eq!(
            check(AT, header, &secrets(&["b"]), 300.0, NOW),
            Err(Reason::MalformedHeaders),
            "{header:.40}"
        );
    }
    for header in [
        "+1770000000",
        " 1770000000",
        "1770000000.0",
        "01770000000",
        "1_770_000_000",
        "١٧٧٠٠٠٠٠٠٠",
        "-1",
        &"1".repeat(10_000),
    ] {
        let signed = signature("b", header, BODY);
        assert_eq!(
            check(header, &signed, &secrets(&["b"]), 1e300, NOW),
            Err(Reason::MalformedHeaders),
            "{header:.40}"
        );
    }
    for (timestamp, signed) in [(None, Some(&good)), (Some(AT), None), (None, None)] {
        let result =
            verify_webhook(BODY, timestamp, signed.map(String::as_str), &secrets(&["b"]), 300.0, NOW);
        assert_eq!(result.map(drop), Err(Reason::Unsigned));
    }
    assert_eq!(check("", &good, &secrets(&["b"]), 300.0, NOW), Err(Reason::Unsigned));
    assert_eq!(check(AT, "", &secrets(&["b"]), 300.0, NOW), Err(Reason::Unsigned));
}

#[test]
fn what_is_verified() {
    let good = signature("b", AT, BODY);
    let verified = verify_webhook(BODY, Some(AT), Some(&good), &secrets(&["b"]), 300.0, NOW).unwrap();
    assert_eq!((verified.body(), verified.scheme()), (BODY, Scheme::Service));
    assert_eq!(
        verified.digest().map(|digest| hex(&digest)),
        good.strip_prefix("hmac-sha256=").map(str::to_owned)
    );
    // A body that is not UTF-8 is no text that the service would have signed, whatever the signature says.
    let signed = signature("b", AT, b"\xff");
    let result = verify_webhook(b"\xff", Some(AT), Some(&signed), &secrets(&["b"]), 300.0, NOW);
    assert_eq!(result.map(drop), Err(Reason::NotJson));
}

#[test]
fn whatsapp() {
    let tag = hex(&hmac_sha256(b"b", &[BODY]).bytes());
    let header = format!("sha256={tag}");
    let check =
        |header: Option<&str>, texts: &[&str]| verify_whatsapp(BODY, header, &secrets(texts)).map(drop);
    assert_eq!(check(Some(&header), &["a", "b"]), Ok(()));
    assert_eq!(check(Some(&header), &["a"]), Err(Reason::BadSignature));
    assert_eq!(check(Some(&header), &[]), Err(Reason::NotConfigured));
    assert_eq!(check(None, &["b"]), Err(Reason::Unsigned));
    assert_eq!(check(Some(""), &["b"]), Err(Reason::Unsigned));
    assert_eq!(check(Some(&format!("hmac-{header}")), &["b"]), Err(Reason::MalformedHeaders));
    assert_eq!(check(Some(&tag), &["b"]), Err(Reason::MalformedHeaders));
}

#[test]
fn tokens() {
    assert!(verify_subscription(Some("subscribe"), "t", &secrets(&["t"])));
    assert!(verify_subscription(Some("subscribe"), "t", &secrets(&["s", "t"])));
    for (mode, token, texts) in [
        (Some("Subscribe"), "t", vec!["t"]),
        (None, "t", vec!["t"]),
        (Some("subscribe"), "", vec!["t"]),
        (Some("subscribe"), "", vec![""]),
        (Some("subscribe"), "t", vec![]),
        (Some("subscribe"), "T", vec!["t"]),
    ] {
        assert!(!verify_subscription(mode, token, &secrets(&texts)), "{mode:?} {token}");
    }
    assert_eq!(accept_callback(BODY, "t", &secrets(&["t"])).map(|v| v.scheme()), Ok(Scheme::CallbackToken));
    assert_eq!(accept_callback(BODY, "", &secrets(&[""])).map(drop), Err(Reason::NotConfigured));
    assert_eq!(accept_callback(BODY, "", &secrets(&["t"])).map(drop), Err(Reason::WrongCallbackToken));
}
