//! Every fault, and what is recorded when it strikes.

use serde_json::{Value, json};

use super::{Bench, Session};
use crate::testing::*;

/// One send under this fault: the bench, the session and the send's request.
fn send_with(fault: Fault) -> (Bench, Session, RequestId) {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    let size = matches!(fault, Fault::HugeEvent | Fault::DeepJson | Fault::RequestFlood).then_some(1000);
    bench.service.on_send(SendScript::new(SendWhat::Broken { fault, sid: Some("SM-1".into()), size }));
    bench.order.clear();
    let request = bench.message(&session, 7, "k");
    (bench, session, request)
}

/// What the send's stream got beyond its endpoint.
fn after_endpoint(bench: &Bench, session: &Session) -> String {
    bench.text(session.stream).split_once("\n\n").unwrap().1.to_owned()
}

fn answer() -> String {
    let text = serde_json::to_string_pretty(&json!({
        "success": true, "channel": "sms", "from": "+15552000001", "to": "+15555550123", "messageId": "SM-1", "status": "queued",
    }))
    .unwrap();
    let text = Value::from(text);
    format!(r#"{{"result":{{"content":[{{"text":{text},"type":"text"}}]}},"jsonrpc":"2.0","id":7}}"#)
}

fn message_event(data: &str) -> String {
    format!("event: message\ndata: {data}\n\n")
}

#[test]
fn names_and_faults_map_both_ways() {
    assert_eq!(Fault::all().count(), 35);
    for fault in Fault::all() {
        assert_eq!(Fault::named(fault.name()), Some(fault), "{}", fault.name());
        assert!(fault.breaks_opening() || fault.breaks_post(), "{}", fault.name());
    }
    assert_eq!(Fault::named("nope"), None);
}

#[test]
fn what_is_not_accepted_is_not_recorded() {
    for fault in Fault::all().filter(|fault| fault.breaks_post() && !fault.accepts()) {
        let (mut bench, session, request) = send_with(fault);
        assert_eq!(bench.service.calls().len(), 0, "{}", fault.name());
        assert_eq!(after_endpoint(&bench, &session), "", "{}", fault.name());
        let status = bench.answers.get(&request).map(|answer| answer.0);
        let (reset, closed) = (bench.resets.contains(&request), bench.closed.get(&session.stream).copied());
        let want = match fault {
            Fault::CutBeforeAccept => (None, true, Some(Close::Abort)),
            Fault::PostReset => (None, true, None),
            Fault::PostHangs => (None, false, None),
            Fault::Redirect => (Some(307), false, None),
            Fault::HtmlInstead => (Some(200), false, None),
            other => panic!("{}", other.name()),
        };
        assert_eq!((status, reset, closed), want, "{}", fault.name());
        // The key is free: the send is taken when it comes again.
        let session = bench.open();
        bench.message(&session, 8, "k");
        assert_eq!(bench.sent_keys(), ["k"], "{}", fault.name());
        assert!(!bench.service.calls()[0].replayed);
    }
}

#[test]
fn what_is_accepted_is_recorded_once_and_replayed() {
    for fault in Fault::all().filter(|fault| fault.breaks_post() && fault.accepts()) {
        let (mut bench, _, request) = send_with(fault);
        let status = if fault == Fault::AnswerInPostBody { 200 } else { 202 };
        assert_eq!(bench.answers[&request].0, status, "{}", fault.name());
        assert_eq!(bench.sent_keys(), ["k"], "{}", fault.name());
        let again = bench.open();
        bench.message(&again, 8, "k");
        assert_eq!(bench.payload(again.stream)["messageId"], "SM-1", "{}", fault.name());
        assert_eq!(bench.sent_keys(), ["k"], "{}", fault.name());
        assert!(bench.service.calls()[1].replayed, "{}", fault.name());
    }
}

#[test]
fn streams_end_as_the_fault_says() {
    for (fault, how, written) in [
        (Fault::CutAfterAccept, Close::Abort, 0),
        (Fault::CleanEnd, Close::Clean, 0),
        (Fault::CutMidEvent, Close::Abort, message_event(&answer()).len() / 2),
        (Fault::CutInCharacter, Close::Abort, message_event(&answer()).len() / 2 + 2),
    ] {
        let (mut bench, session, request) = send_with(fault);
        assert_eq!(bench.order.first(), Some(&"respond"), "the 202 comes first");
        assert_eq!(bench.answers[&request].0, 202);
        assert_eq!(bench.closed, [(session.stream, how)].into());
        let bytes = bench.streams[&session.stream][1..].concat();
        assert_eq!(bytes.len(), written, "{}", fault.name());
        assert_eq!(std::str::from_utf8(&bytes).is_err(), fault == Fault::CutInCharacter);
        assert_eq!(bench.service.open_streams(), 0);
        let late = bench.post(&session, &json!({ "jsonrpc": "2.0", "id": 9, "method": "ping" }));
        assert_eq!(bench.answers[&late].2, "{\"error\":\"Unknown session\"}");
    }
}

#[test]
fn silent_faults() {
    let ping = json!({ "jsonrpc": "2.0", "id": 9, "method": "ping" });
    for (fault, later) in [(Fault::NoAnswer, 1), (Fault::HalfOpen, 0)] {
        let (mut bench, session, _) = send_with(fault);
        assert_eq!(after_endpoint(&bench, &session), "");
        let request = bench.post(&session, &ping);
        assert_eq!(bench.answers[&request].0, 202);
        assert_eq!(bench.messages(session.stream).len(), later, "{}", fault.name());
        assert_eq!(bench.service.open_streams(), 1);
    }
}

#[test]
fn odd_answers() {
    let plain = message_event(&answer());
    let table = [
        (Fault::AnswerAfter202, plain.clone()),
        (Fault::SlowDrip, plain.clone()),
        (Fault::DuplicateAnswer, plain.repeat(2)),
        (Fault::UnknownIdFirst, plain.replace("\"id\":7", "\"id\":987654321") + &plain),
        (Fault::StringId, plain.replace("\"id\":7", "\"id\":\"7\"")),
        (
            Fault::GarbageFirst,
            ["not JSON", "[]", "null", "{\"hello\":1}", "{\"jsonrpc\":\"2.0\"", ""]
                .map(message_event)
                .concat()
                + "event: other\ndata: {\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}\n\n"
                + &plain,
        ),
        (
            Fault::HugeEvent,
            plain.replace(
                "{\"result\":{",
                &format!("{{\"result\":{{\"_meta\":{{\"pad\":\"{}\"}},", "x".repeat(1000)),
            ),
        ),
        (
            Fault::DeepJson,
            message_event(&format!(
                "{{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}{}}}",
                "[".repeat(1000),
                "]".repeat(1000)
            )),
        ),
    ];
    for (fault, want) in table {
        let (bench, session, _) = send_with(fault);
        assert_eq!(after_endpoint(&bench, &session), want, "{}", fault.name());
    }
}

#[test]
fn order_of_answer_and_202() {
    assert_eq!(send_with(Fault::AnswerAfter202).0.order, ["respond", "write"]);
    assert_eq!(send_with(Fault::DuplicateAnswer).0.order, ["write", "write", "respond"]);
}

#[test]
fn an_answer_in_the_body_of_the_post() {
    let (bench, session, request) = send_with(Fault::AnswerInPostBody);
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    assert_eq!(bench.answers[&request], (200, headers, answer()));
    assert_eq!(after_endpoint(&bench, &session), "");
}

#[test]
fn both_result_and_error() {
    let (bench, session, _) = send_with(Fault::BothResultAndError);
    let message = bench.messages(session.stream).pop().unwrap();
    assert_eq!(message["id"], 7);
    assert_eq!(message["error"], json!({ "code": -32603, "message": "Internal error" }));
    assert!(message["result"]["content"][0]["text"].as_str().unwrap().contains("SM-1"));
}

#[test]
fn drops_come_byte_by_byte() {
    let (bench, session, _) = send_with(Fault::SlowDrip);
    let chunks = &bench.streams[&session.stream][1..];
    assert_eq!(chunks.len(), message_event(&answer()).len());
    assert!(chunks.iter().all(|chunk| chunk.len() == 1));
}

#[test]
fn pings_of_the_service_before_the_answer() {
    let (bench, session, _) = send_with(Fault::RequestFlood);
    let messages = bench.messages(session.stream);
    assert_eq!(messages.len(), 1001);
    assert_eq!(messages[0], json!({ "jsonrpc": "2.0", "id": 0, "method": "ping", "params": {} }));
    assert_eq!(messages[999]["id"], 999);
    assert_eq!(messages[1000]["id"], 7);
}

#[test]
fn floods_go_on_until_the_client_goes() {
    for (fault, start, rest) in [
        (Fault::CommentFlood, ": still here\n".repeat(80), ": still here\n".repeat(80)),
        (Fault::EndlessEvent, format!("data: {}", "x".repeat(65_530)), "x".repeat(65_536)),
    ] {
        let (mut bench, session, _) = send_with(fault);
        assert_eq!(after_endpoint(&bench, &session), start);
        bench.advance(25);
        assert_eq!(after_endpoint(&bench, &session), [start, rest.repeat(2)].concat());
        bench.act(|service, _, out| service.stream_closed(session.stream, out));
        let written = bench.streams[&session.stream].len();
        bench.advance(1000);
        assert_eq!((bench.streams[&session.stream].len(), bench.service.due()), (written, None));
    }
}

#[test]
fn faults_strike_repeats_of_a_key_but_outcomes_wait_for_a_new_one() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    bench.service.on_send(SendScript::fault(Fault::NoAnswer).times(2));
    bench.service.on_send(SendScript::new(SendWhat::Sid("SM-2".into())));
    for id in 1..=3 {
        bench.message(&session, id, "k");
    }
    assert_eq!(bench.messages(session.stream).len(), 1, "two without an answer");
    let first = bench.payload(session.stream);
    assert_ne!(first["messageId"], "SM-2");
    bench.message(&session, 4, "other");
    assert_eq!(bench.payload(session.stream)["messageId"], "SM-2");
    assert_eq!(bench.sent_keys(), ["k", "other"]);
}

/// The stream's text under this fault at its opening, and how it ended.
fn open_with(fault: Fault) -> (Bench, Option<String>, Option<Close>) {
    let mut bench = Bench::new(Options::default());
    bench.service.on_request(RequestScript { size: Some(100), ..RequestScript::fault("/sse", fault) });
    bench.send(RequestIn::get(0, "/sse").bearer("t"));
    let text = bench.streams.keys().next().copied().map(|stream| bench.text(stream));
    let closed = bench.closed.values().next().copied();
    (bench, text, closed)
}

#[test]
fn openings_break_as_named() {
    let (_, whole, _) = open_with(Fault::HalfOpen);
    let endpoint = whole.unwrap();
    let data = endpoint.trim_end().rsplit_once(' ').unwrap().1.to_owned();
    let event = |url: &str| format!("event: endpoint\ndata: {url}\n\n");
    let crlf = |end: &str| endpoint.replace('\n', end);
    let foreign = |prefix: &str| event(&[prefix, &data].concat());
    let garbage =
        ["not JSON", "[]", "null", "{\"hello\":1}", "{\"jsonrpc\":\"2.0\"", ""].map(message_event).concat()
            + "event: other\ndata: {\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}\n\n";
    let noise = ": a comment\n:\nretry: 10\nid: a\0b\nunknown: field\ndata\n\nevent: empty\n\n";
    let huge = format!(
        "{endpoint}event: message\ndata: {{\"method\":\"notifications/message\",\"params\":{{\"data\":{{\"pad\":\"{}\",\"type\":\"status\"}},\"level\":\"info\",\"logger\":\"status\"}},\"jsonrpc\":\"2.0\"}}\n\n",
        "x".repeat(100)
    );
    let table: Vec<(Fault, Option<String>, Option<Close>)> = vec![
        (Fault::CutBeforeAccept, None, None),
        (Fault::NoHeaders, None, None),
        (Fault::Redirect, None, None),
        (Fault::HtmlInstead, None, None),
        (Fault::CutAfterAccept, Some(endpoint.clone()), Some(Close::Abort)),
        (Fault::CleanEnd, Some(endpoint.clone()), Some(Close::Clean)),
        (Fault::CutMidEvent, Some(endpoint.split_at(endpoint.len() / 2).0.to_owned()), Some(Close::Abort)),
        (Fault::HalfOpen, Some(endpoint.clone()), None),
        (Fault::SlowDrip, Some(endpoint.clone()), None),
        (Fault::GarbageFirst, Some(garbage + &endpoint), None),
        (Fault::CommentFlood, Some(": still here\n".repeat(80)), None),
        (Fault::HugeEvent, Some(huge), None),
        (Fault::EndlessEvent, Some(format!("data: {}", "x".repeat(65_530))), None),
        (Fault::ForeignEndpoint, Some(foreign("https://elsewhere.test")), None),
        (Fault::ForeignEndpointHost, Some(foreign("//elsewhere.test")), None),
        (Fault::ForeignEndpointScript, Some(event("javascript:alert(1)")), None),
        (Fault::SecondEndpoint, Some(endpoint.clone() + &foreign("https://elsewhere.test")), None),
        (Fault::NoEndpoint, Some(String::new()), None),
        (Fault::Crlf, Some(crlf("\r\n")), None),
        (Fault::Cr, Some(crlf("\r")), None),
        (Fault::Bom, Some(["\u{feff}", &endpoint].concat()), None),
        (Fault::Noise, Some([noise, &endpoint].concat()), None),
    ];
    // The bomb has a test of its own.
    let covered: Vec<Fault> = table.iter().map(|row| row.0).chain([Fault::GzipBomb]).collect();
    assert!(Fault::all().filter(|fault| fault.breaks_opening()).all(|fault| covered.contains(&fault)));
    for (fault, text, closed) in table {
        let (bench, written, ended) = open_with(fault);
        assert_eq!((written, ended), (text, closed), "{}", fault.name());
        let answered = bench.answers.values().next().map(|answer| answer.0);
        let want = match fault {
            Fault::Redirect => Some(302),
            Fault::HtmlInstead => Some(200),
            _ => None,
        };
        assert_eq!(answered, want, "{}", fault.name());
        assert_eq!(bench.resets.len(), usize::from(fault == Fault::CutBeforeAccept), "{}", fault.name());
    }
}

#[test]
fn line_ends_hold_for_the_whole_stream() {
    for (fault, end) in [(Fault::Crlf, "\r\n"), (Fault::Cr, "\r")] {
        let (mut bench, text, _) = open_with(fault);
        let endpoint = text.unwrap().trim_end().rsplit_once(' ').unwrap().1.to_owned();
        let stream = *bench.streams.keys().next().unwrap();
        bench.post(&Session { stream, endpoint }, &json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }));
        let want = ["event: message", r#"data: {"result":{},"jsonrpc":"2.0","id":1}"#, "", ""].join(end);
        assert!(bench.text(stream).ends_with(&want), "{}", fault.name());
        assert!(!bench.text(stream).replace(end, "").contains(['\r', '\n']));
    }
}

#[test]
fn delayed_faults_wait() {
    for fault in [Fault::CutBeforeAccept, Fault::CutAfterAccept] {
        let mut bench = Bench::new(Options::default());
        let session = bench.open();
        bench.service.on_send(SendScript::fault(fault).after(500));
        let request = bench.message(&session, 1, "k");
        assert_eq!(bench.answers.contains_key(&request), fault.accepts());
        bench.advance(499);
        assert_eq!((bench.closed.len(), bench.resets.len()), (0, 0));
        bench.advance(1);
        assert_eq!(bench.closed, [(session.stream, Close::Abort)].into());
        assert_eq!(bench.resets.contains(&request), !fault.accepts());
    }
}

#[test]
fn notifications_break_too() {
    for (fault, how) in [
        (Fault::CutAfterAccept, Some(Close::Abort)),
        (Fault::CleanEnd, Some(Close::Clean)),
        (Fault::NoAnswer, None),
    ] {
        let mut bench = Bench::new(Options::default());
        let session = bench.open();
        bench.service.on_request(RequestScript::fault("/messages", fault));
        let request =
            bench.post(&session, &json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        assert_eq!(bench.answers[&request].0, 202);
        assert_eq!(bench.closed.get(&session.stream).copied(), how);
    }
}

/// Unpacked by real decoders in tests/fake/; here the parts are where they belong.
#[test]
fn a_bomb_is_small_and_the_stream_goes_on_behind_it() {
    let mut bench = Bench::new(Options::default());
    let script = RequestScript { size: Some(1_000_000), ..RequestScript::fault("/sse", Fault::GzipBomb) };
    bench.service.on_request(script);
    bench.send(RequestIn::get(0, "/sse").bearer("t"));
    let chunks = &bench.streams[&1];
    assert_eq!(chunks.len(), 3);
    assert_eq!(chunks[0], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    assert!(chunks[1].starts_with(&[0, 80, 0, !80, 255, b'e']), "stored, with its length and the complement");
    assert_eq!((chunks[2].len(), chunks[2].ends_with(&[0, 0, 0xff, 0xff])), (6_303 + 4, true));
}
