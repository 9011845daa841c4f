//! The faults of transport (performance 7), by number and name: no hang, each ends by its deadline with a typed error and
//! an outcome. On virtual time, against the service double.

#![cfg(not(target_arch = "wasm32"))]

mod net;

use butt_dial_edge::agent::report::SendResult;
use butt_dial_edge::testing::{Fault, Options, RequestScript, SendScript, SendWhat, Service};
use net::{Breakage, Cancel, Net, World, agent, block_on};

const MESSAGE: &str = r#"{"to":"+15555550123","body":"hi","idempotencyKey":"the key"}"#;

type Setup = fn(&mut Service);

fn quiet(options: Options) -> Net {
    let world = World::new();
    let breakage = Breakage { latency_ms: 10.0, ..Breakage::default() };
    Net::new(&world, Service::new(options, [7; 16]), 1, breakage)
}

/// Sends one message with these agent options; gives the result and the milliseconds it took.
fn send_over(net: &Net, options: &str) -> (SendResult, f64) {
    let world = net.world().clone();
    let (agent, start) = (agent(net, 1, options), world.elapsed());
    let result = block_on(&world, async move { agent.send_message(None, MESSAGE, &Cancel::new()).await });
    assert_eq!(net.open_exchanges(), 0, "nothing stays open");
    (result, world.elapsed() - start)
}

/// Outcome and code, such as `unknown STREAM_LOST`, or just `sent`.
fn ending(result: &SendResult) -> String {
    match result.cause() {
        Some(error) => format!("{} {}", result.outcome(), error.code),
        None => result.outcome().to_owned(),
    }
}

fn on_send(service: &mut Service, fault: Fault) {
    service.on_send(SendScript::fault(fault));
}

fn on_open(service: &mut Service, fault: Fault) {
    service.on_request(RequestScript::fault("/sse", fault));
}

/// Number, name, how it comes about, how one attempt ends, by when (ms), and how three attempts end.
type Row = (&'static str, Setup, &'static str, f64, &'static str);

const AT_ONCE: f64 = 150.0;

const TABLE: &[Row] = &[
    ("1 cut in mid-event", |s| on_send(s, Fault::CutMidEvent), "unknown STREAM_LOST", AT_ONCE, "sent"),
    (
        "1b cut after the POST was accepted",
        |s| on_send(s, Fault::CutAfterAccept),
        "unknown STREAM_LOST",
        AT_ONCE,
        "sent",
    ),
    ("1c cut before", |s| on_send(s, Fault::CutBeforeAccept), "unknown STREAM_LOST", AT_ONCE, "sent"),
    ("2 cut in a character", |s| on_send(s, Fault::CutInCharacter), "unknown STREAM_LOST", AT_ONCE, "sent"),
    ("3 clean end", |s| on_send(s, Fault::CleanEnd), "unknown STREAM_LOST", AT_ONCE, "sent"),
    ("4 one byte per chunk", |s| on_send(s, Fault::SlowDrip), "sent", 1000.0, "sent"),
    ("5 CRLF", |s| on_open(s, Fault::Crlf), "sent", AT_ONCE, "sent"),
    ("5b CR", |s| on_open(s, Fault::Cr), "sent", AT_ONCE, "sent"),
    ("6 byte order mark", |s| on_open(s, Fault::Bom), "sent", AT_ONCE, "sent"),
    ("6b comments and fields", |s| on_open(s, Fault::Noise), "sent", AT_ONCE, "sent"),
    ("7 unknown id first", |s| on_send(s, Fault::UnknownIdFirst), "sent", AT_ONCE, "sent"),
    ("8 duplicate answer", |s| on_send(s, Fault::DuplicateAnswer), "sent", AT_ONCE, "sent"),
    ("9 id as text", |s| on_send(s, Fault::StringId), "sent", AT_ONCE, "sent"),
    ("10 garbage first", |s| on_send(s, Fault::GarbageFirst), "sent", AT_ONCE, "sent"),
    (
        "11 result and error",
        |s| on_send(s, Fault::BothResultAndError),
        "unknown PROTOCOL",
        AT_ONCE,
        "unknown PROTOCOL",
    ),
    ("12 answer after the 202", |s| on_send(s, Fault::AnswerAfter202), "sent", AT_ONCE, "sent"),
    ("13 no answer", |s| on_send(s, Fault::NoAnswer), "unknown TIMEOUT", 30_000.0, "unknown TIMEOUT"),
    (
        "13b stream dead without a sign",
        |s| on_send(s, Fault::HalfOpen),
        "unknown STREAM_LOST",
        15_100.0,
        "sent",
    ),
    (
        "14 POST never answered",
        |s| on_send(s, Fault::PostHangs),
        "unknown TIMEOUT",
        30_000.0,
        "unknown TIMEOUT",
    ),
    ("15 answer in the POST", |s| on_send(s, Fault::AnswerInPostBody), "sent", AT_ONCE, "sent"),
    (
        "16 endpoint elsewhere",
        |s| on_open(s, Fault::ForeignEndpoint),
        "not_sent PROTOCOL",
        AT_ONCE,
        "not_sent PROTOCOL",
    ),
    (
        "16b //host",
        |s| on_open(s, Fault::ForeignEndpointHost),
        "not_sent PROTOCOL",
        AT_ONCE,
        "not_sent PROTOCOL",
    ),
    (
        "16c javascript:",
        |s| on_open(s, Fault::ForeignEndpointScript),
        "not_sent PROTOCOL",
        AT_ONCE,
        "not_sent PROTOCOL",
    ),
    ("17 second endpoint", |s| on_open(s, Fault::SecondEndpoint), "sent", AT_ONCE, "sent"),
    ("18 no endpoint", |s| on_open(s, Fault::NoEndpoint), "not_sent CONNECT_TIMEOUT", 10_000.0, "sent"),
    ("19 no headers", |s| on_open(s, Fault::NoHeaders), "not_sent CONNECT_TIMEOUT", 10_000.0, "sent"),
    (
        "20 comments for ever",
        |s| on_open(s, Fault::CommentFlood),
        "not_sent CONNECT_TIMEOUT",
        10_000.0,
        "sent",
    ),
    ("20b comments instead of the answer", |s| on_send(s, Fault::CommentFlood), "unknown", 30_000.0, ""),
    (
        "21 an event of 10 MiB",
        |s| on_send(s, Fault::HugeEvent),
        "unknown TOO_LARGE",
        AT_ONCE,
        "unknown TOO_LARGE",
    ),
    (
        "22 an event without end",
        |s| on_send(s, Fault::EndlessEvent),
        "unknown TOO_LARGE",
        30_000.0,
        "unknown TOO_LARGE",
    ),
    (
        "22b the same at the opening",
        |s| on_open(s, Fault::EndlessEvent),
        "not_sent TOO_LARGE",
        10_000.0,
        "not_sent TOO_LARGE",
    ),
    ("24 2000 requests of the server", |s| on_send(s, Fault::RequestFlood), "sent", AT_ONCE, "sent"),
    (
        "25 JSON nested 100,000 deep",
        |s| on_send(s, Fault::DeepJson),
        "unknown PROTOCOL",
        AT_ONCE,
        "unknown PROTOCOL",
    ),
    (
        "26 __proto__",
        |s| s.on_send(result(r#"{"__proto__":{"messageId":"no"},"constructor":1,"messageId":"M1"}"#)),
        "sent",
        AT_ONCE,
        "sent",
    ),
    (
        "27 duplicate keys and huge numbers",
        |s| s.on_send(result(r#"{"messageId":"no","n":1e400,"z":-0,"messageId":"M1"}"#)),
        "sent",
        AT_ONCE,
        "sent",
    ),
    (
        "28 lone surrogates",
        |s| {
            s.on_send(message(r#"{"jsonrpc":"2.0","id":$id,"result":{"content":[{"type":"text","text":"{\"messageId\":\"M1\",\"t\":\"\\ud83d\"}","x":"\ud83d"}]}}"#))
        },
        "sent",
        AT_ONCE,
        "sent",
    ),
    (
        "29 401 on /sse",
        |s| s.on_request(RequestScript::status("/sse", 401)),
        "not_sent AUTH_INVALID_TOKEN",
        AT_ONCE,
        "not_sent AUTH_INVALID_TOKEN",
    ),
    (
        "29b 401 on a POST",
        |s| s.on_send(http(401, &[])),
        "not_sent AUTH_INVALID_TOKEN",
        AT_ONCE,
        "not_sent AUTH_INVALID_TOKEN",
    ),
    ("30 429", |s| s.on_send(http(429, &[("retry-after", "4")])), "not_sent RATE_LIMITED", AT_ONCE, "sent"),
    (
        "30b 429 until a date",
        |s| s.on_send(http(429, &[("retry-after", "Sun, 10 May 2026 09:30:05 GMT")])),
        "not_sent RATE_LIMITED",
        AT_ONCE,
        "sent",
    ),
    (
        "30c 429 beyond the deadline",
        |s| s.on_send(http(429, &[("retry-after", "60")])),
        "not_sent RATE_LIMITED",
        AT_ONCE,
        "not_sent RATE_LIMITED",
    ),
    ("31 500", |s| s.on_send(http(500, &[])), "unknown SERVER_ERROR", AT_ONCE, "sent"),
    ("31b 404", |s| s.on_send(http(404, &[])), "not_sent STREAM_LOST", AT_ONCE, "sent"),
    ("32 connection reset", |s| on_send(s, Fault::PostReset), "unknown TRANSPORT", AT_ONCE, "sent"),
    (
        "33 HTML instead of a stream",
        |s| on_open(s, Fault::HtmlInstead),
        "not_sent PROTOCOL",
        AT_ONCE,
        "not_sent PROTOCOL",
    ),
    (
        "33b 204",
        |s| s.on_request(RequestScript::status("/sse", 204)),
        "not_sent PROTOCOL",
        AT_ONCE,
        "not_sent PROTOCOL",
    ),
    (
        "33c 503",
        |s| s.on_request(RequestScript::status("/sse", 503)),
        "not_sent SERVER_ERROR",
        AT_ONCE,
        "sent",
    ),
    (
        "34 redirected stream",
        |s| on_open(s, Fault::Redirect),
        "not_sent PROTOCOL",
        AT_ONCE,
        "not_sent PROTOCOL",
    ),
    (
        "34b redirected POST",
        |s| on_send(s, Fault::Redirect),
        "not_sent PROTOCOL",
        AT_ONCE,
        "not_sent PROTOCOL",
    ),
];

/// A send whose tool answers this text.
fn result(text: &str) -> SendScript {
    SendScript::new(SendWhat::RawText { text: text.to_owned(), is_error: false })
}

fn message(text: &str) -> SendScript {
    SendScript::new(SendWhat::RawMessage(text.to_owned()))
}

fn http(status: u16, headers: &[(&str, &str)]) -> SendScript {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    SendScript::new(SendWhat::Http { status, body: None, headers })
}

#[test]
fn every_fault_ends_by_its_deadline() {
    let mut wrong = Vec::new();
    for (name, setup, want, by_ms, healed) in TABLE {
        for (attempts, want) in [(1, want), (3, healed)] {
            let net = quiet(Options::default());
            net.service(|service, _, _| setup(service));
            let (result, took_ms) = send_over(&net, &format!("\"maxAttempts\":{attempts}"));
            let got = ending(&result);
            let sent = net.service(|service, _, _| service.sent().count());
            let honest = match result.outcome() {
                "sent" => sent == 1,
                "not_sent" => sent == 0,
                _ => sent <= 1,
            };
            let in_time = took_ms <= if attempts == 1 { *by_ms + 1.0 } else { 30_001.0 };
            if !got.starts_with(want) || !honest || !in_time {
                wrong.push(format!(
                    "{name}, {attempts} attempt(s): {got} after {took_ms} ms, {sent} recorded; wanted {want}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn requests(net: &Net, method: &str) -> usize {
    net.requests().iter().filter(|request| request.method.as_str() == method).count()
}

#[test]
fn nothing_is_posted_to_an_endpoint_elsewhere() {
    for fault in [Fault::ForeignEndpoint, Fault::ForeignEndpointHost, Fault::ForeignEndpointScript] {
        let net = quiet(Options::default());
        net.service(|service, _, _| on_open(service, fault));
        send_over(&net, "");
        assert_eq!((requests(&net, "GET"), requests(&net, "POST")), (1, 0), "{}", fault.name());
    }
}

#[test]
fn a_refused_token_is_shown_once_and_the_error_carries_the_result() {
    let net = quiet(Options::default());
    net.service(|service, _, _| service.on_request(RequestScript::status("/sse", 401)));
    let (result, _) = send_over(&net, "");
    assert_eq!(net.requests().len(), 1, "ten failures lock everybody out");
    let refusal = result.refusal().unwrap();
    assert_eq!(refusal.kind.name(), "AuthInvalidTokenError");
    let inner: serde_json::Value = serde_json::from_str(refusal.extra("sendResult").unwrap()).unwrap();
    assert_eq!((&inner["outcome"], &inner["stageFailed"]), (&"not_sent".into(), &"auth".into()));

    // What an earlier attempt left open stays open.
    let net = quiet(Options::default());
    net.service(|service, _, _| {
        service.on_send(SendScript::fault(Fault::CutAfterAccept));
        service.on_send(http(401, &[]));
    });
    let (result, _) = send_over(&net, "");
    assert_eq!(ending(&result), "unknown AUTH_INVALID_TOKEN");
    let inner: serde_json::Value =
        serde_json::from_str(result.refusal().unwrap().extra("sendResult").unwrap()).unwrap();
    assert_eq!((&inner["outcome"], &inner["idempotencyKey"]), (&"unknown".into(), &"the key".into()));
    assert_eq!(inner["attempts"], 2);
}

#[test]
fn the_pause_the_server_asks_for_is_kept_or_reported() {
    for (header, least_ms) in [("4", 4000.0), ("Sun, 10 May 2026 09:30:05 GMT", 4900.0)] {
        let net = quiet(Options::default());
        net.service(|service, _, _| service.on_send(http(429, &[("retry-after", header)])));
        let (result, took_ms) = send_over(&net, "");
        assert_eq!((ending(&result).as_str(), result.attempts), ("sent", 2));
        assert!(took_ms >= least_ms, "{header}: {took_ms}");
    }
    let net = quiet(Options::default());
    net.service(|service, _, _| service.on_send(http(429, &[("retry-after", "60")])));
    let (result, _) = send_over(&net, "");
    let json: serde_json::Value = serde_json::from_str(&result.to_json()).unwrap();
    assert_eq!((&json["retryAfterMs"], &json["retryable"]), (&60_000.into(), &true.into()));

    let net = quiet(Options::default());
    net.service(|service, _, _| {
        let mut script = RequestScript::status("/sse", 503);
        script.headers = vec![("Retry-After".to_owned(), "3".to_owned())];
        service.on_request(script);
    });
    let (result, took_ms) = send_over(&net, "");
    assert_eq!(ending(&result), "sent");
    assert!(took_ms >= 3000.0, "{took_ms}");
}

#[test]
fn a_lost_session_is_opened_anew_once() {
    let net = quiet(Options::default());
    net.service(|service, _, _| service.on_send(http(404, &[])));
    let (result, _) = send_over(&net, "");
    assert_eq!((ending(&result).as_str(), requests(&net, "GET")), ("sent", 2));
}

#[test]
fn a_large_event_passes_under_a_larger_limit() {
    let net = quiet(Options::default());
    net.service(|service, _, _| on_send(service, Fault::HugeEvent));
    let (result, _) = send_over(&net, "\"maxEventBytes\":16777216");
    assert_eq!(ending(&result), "sent");
}

#[test]
fn a_flood_of_the_server_is_answered_within_bounds() {
    let net = quiet(Options::default());
    net.service(|service, _, _| on_send(service, Fault::RequestFlood));
    let (result, took_ms) = send_over(&net, "");
    assert_eq!(ending(&result), "sent");
    assert!(took_ms < AT_ONCE && requests(&net, "POST") < 20, "{took_ms} {}", requests(&net, "POST"));
}

#[test]
fn odd_text_reaches_the_caller_as_it_was() {
    let net = quiet(Options::default());
    net.service(|service, _, _| {
        service.on_send(message(r#"{"jsonrpc":"2.0","id":$id,"result":{"content":[{"type":"text","text":"{\"messageId\":\"M\\ud83d1\"}"}],"n":1e400,"__proto__":{"a":-0}}}"#));
    });
    let (result, _) = send_over(&net, "");
    assert_eq!(result.end.as_deref().unwrap(), r#""M\ud83d1""#);
    assert!(result.to_json().ends_with(r#""n":1e400,"__proto__":{"a":-0}}}"#), "{}", result.to_json());
}
