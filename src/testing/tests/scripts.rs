//! Scripts: every outcome of a send, tools the driver answers, scripts from JSON.

use serde_json::{Value, json};

use super::{Bench, Session};
use crate::testing::*;

fn bench(script: Value) -> (Bench, Session) {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    bench.service.on_send(SendScript::from_json(script).unwrap());
    (bench, session)
}

fn text(text: &str, is_error: bool) -> Value {
    let content = json!([{ "type": "text", "text": text }]);
    if is_error { json!({ "content": content, "isError": true }) } else { json!({ "content": content }) }
}

#[test]
fn sends_end_as_scripted() {
    let error = json!({ "error": "no", "code": "X", "remediation": "r", "channel": "sms" });
    let refused = r#"{"channel":"sms","code":"X","error":"no","remediation":"r"}"#;
    let table = [
        (error.clone(), text(refused, true), false),
        (json!({ "error": "no", "isError": false }), text(r#"{"error":"no"}"#, false), false),
        (json!({ "rawText": "hm" }), text("hm", false), true),
        (json!({ "rawText": "hm", "isError": true }), text("hm", true), false),
        (json!({ "rawText": "{\"error\":\"no\"}" }), text("{\"error\":\"no\"}", false), false),
        (
            json!({ "result": { "content": [], "structuredContent": {} } }),
            json!({ "content": [], "structuredContent": {} }),
            true,
        ),
    ];
    for (script, want, taken) in table {
        let (mut bench, session) = bench(script.clone());
        bench.message(&session, 1, "k");
        assert_eq!(bench.messages(session.stream)[0]["result"], want, "{script}");
        assert_eq!(bench.service.sent().count(), usize::from(taken), "{script}");
        // Only what was taken is remembered.
        bench.message(&session, 2, "k");
        assert_eq!(bench.service.calls()[1].replayed, taken, "{script}");
        assert_eq!(bench.service.sent().count(), 1, "{script}");
    }
}

#[test]
fn messages_and_errors_verbatim() {
    let (mut bench, session) = bench(json!({ "rawMessage": "{\"id\":$id,\"lone\":\"\\ud83d\"}" }));
    bench.service.on_send(
        SendScript::from_json(json!({ "rpcError": { "code": -1, "message": "m", "data": 1 } })).unwrap(),
    );
    bench.message(&session, 3, "k");
    assert!(bench.text(session.stream).ends_with("data: {\"id\":3,\"lone\":\"\\ud83d\"}\n\n"));
    assert_eq!(bench.sent_keys(), ["k"]);
    bench.message(&session, 4, "k2");
    assert!(bench.text(session.stream).ends_with(
        "data: {\"jsonrpc\":\"2.0\",\"id\":4,\"error\":{\"code\":-1,\"data\":1,\"message\":\"m\"}}\n\n"
    ));
    assert_eq!(bench.sent_keys(), ["k"]);
}

#[test]
fn statuses_in_place_of_the_202() {
    let html = "text/html; charset=utf-8";
    let js = "application/json; charset=utf-8";
    let table = [
        (
            json!({ "status": 401 }),
            401,
            js,
            r#"{"code":"AUTH_INVALID_TOKEN","error":"Invalid token","retryable":false}"#,
        ),
        (
            json!({ "status": 429, "headers": { "Retry-After": "30" } }),
            429,
            js,
            r#"{"code":"RATE_LIMITED","error":"Too many requests","retryable":true}"#,
        ),
        (
            json!({ "status": 503 }),
            503,
            js,
            r#"{"code":"SERVER_ERROR","error":"Server error","retryable":true}"#,
        ),
        (json!({ "status": 500, "body": "<h1>" }), 500, html, "<h1>"),
        (json!({ "status": 400, "body": "no" }), 400, "text/plain", "no"),
        (
            json!({ "status": 404, "body": { "a": 1 }, "headers": { "Content-Type": "x/y" } }),
            404,
            "x/y",
            r#"{"a":1}"#,
        ),
    ];
    for (script, status, content_type, body) in table {
        let (mut bench, session) = bench(script.clone());
        let request = bench.message(&session, 1, "k");
        let (got, headers, text) = &bench.answers[&request];
        assert_eq!((*got, text.as_str()), (status, body), "{script}");
        assert_eq!(
            headers.iter().find(|(name, _)| name == "content-type").unwrap().1,
            content_type,
            "{script}"
        );
        assert_eq!(headers.iter().any(|(name, value)| name == "retry-after" && value == "30"), status == 429);
        assert_eq!(bench.service.calls(), [], "{script}");
    }
    let (mut bench, session) = bench(json!({ "status": 503, "delayMs": 20 }));
    let request = bench.message(&session, 1, "k");
    bench.advance(19);
    assert!(!bench.answers.contains_key(&request));
    bench.advance(1);
    assert_eq!(bench.answers[&request].0, 503);
}

#[test]
fn scripts_count_down_in_order() {
    let (mut bench, session) = bench(json!({ "sid": "A", "count": 2 }));
    bench.service.on_send(SendScript::new(SendWhat::Sid("B".into())));
    let sids: Vec<Value> = (1..=4)
        .map(|id| {
            bench.message(&session, id, &id.to_string());
            bench.payload(session.stream)["messageId"].clone()
        })
        .collect();
    assert_eq!(&sids[..3], ["A", "A", "B"]);
    assert!(sids[3].as_str().unwrap().starts_with("SM-"));
}

#[test]
fn requests_break_as_scripted() {
    let mut bench = Bench::new(Options::default());
    let on = |bench: &mut Bench, script| bench.service.on_request(RequestScript::from_json(script).unwrap());
    on(&mut bench, json!({ "path": "/sse", "status": 503, "headers": { "retry-after": "1" }, "count": 2 }));
    for _ in 0..2 {
        let id = bench.send(RequestIn::get(0, "/sse").bearer("t"));
        assert_eq!(bench.answers[&id].0, 503);
    }
    on(&mut bench, json!({ "path": "/sse", "delayMs": 100 }));
    bench.send(RequestIn::get(0, "/sse").bearer("t"));
    assert_eq!(bench.streams.len(), 0);
    bench.advance(100);
    assert_eq!(bench.streams.len(), 1);
    on(&mut bench, json!({ "path": "/other", "status": 418, "body": "tea" }));
    let id = bench.send(RequestIn::get(0, "/other?q"));
    assert_eq!((bench.answers[&id].0, bench.answers[&id].2.as_str()), (418, "tea"));
    let session = bench.open();
    on(&mut bench, json!({ "path": "/messages", "fault": "no_answer" }));
    let id = bench.post(&session, &json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "protocolVersion": "2025-06-18" } }));
    assert_eq!((bench.answers[&id].0, bench.messages(session.stream).len()), (202, 0));
}

#[test]
fn tools_answered_by_the_driver() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    bench.service.on_tool("comms_x", ToolScript::Ask);
    bench.order.clear();
    bench.call(&session, 1, "comms_x", json!({ "a": 1 }));
    assert_eq!(bench.order, ["respond", "call"], "accepted while the tool works");
    let call = |bench: &Bench| match bench.others.last() {
        Some(Action::CallTool { call, tool, args }) => (*call, tool.clone(), args.clone()),
        other => panic!("{other:?}"),
    };
    let (name, tool, args) = call(&bench);
    assert_eq!((tool.as_str(), args), ("comms_x", json!({ "a": 1 })));
    bench
        .act(|service, now, out| service.tool_answered(now, name, ToolAnswer::Value(json!({ "b": 2 })), out));
    assert_eq!(bench.payload(session.stream), json!({ "b": 2 }));
    bench.call(&session, 2, "comms_x", json!({}));
    let (name, ..) = call(&bench);
    bench.act(|service, now, out| service.tool_answered(now, name, ToolAnswer::Failed("broke".into()), out));
    assert_eq!(bench.messages(session.stream).pop().unwrap()["result"], text("{\"error\":\"broke\"}", true));
    let before = bench.order.len();
    bench.act(|service, now, out| service.tool_answered(now, name, ToolAnswer::Value(json!(1)), out));
    assert_eq!(bench.order.len(), before, "answered only once");
}

#[test]
fn repeats_of_a_send_under_way_wait_for_it() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    bench.service.on_tool("comms_send_message", ToolScript::Ask);
    bench.message(&session, 1, "k");
    bench.message(&session, 2, "k");
    let calls: Vec<CallId> = bench
        .others
        .iter()
        .filter_map(|other| match other {
            Action::CallTool { call, .. } => Some(*call),
            _ => None,
        })
        .collect();
    assert_eq!(calls.len(), 1);
    assert_eq!(bench.service.sent().count(), 0);
    bench.act(|service, now, out| {
        service.tool_answered(now, calls[0], ToolAnswer::Value(json!({ "sid": "S" })), out)
    });
    let ids: Vec<Value> =
        bench.messages(session.stream).iter().map(|message| message["id"].clone()).collect();
    assert_eq!(ids, [1, 2]);
    assert_eq!(bench.sent_keys(), ["k"]);
    bench.message(&session, 3, "k");
    assert_eq!(bench.payload(session.stream), json!({ "sid": "S" }));
    // A send that fails leaves its key free.
    bench.message(&session, 4, "k2");
    let Some(Action::CallTool { call, .. }) = bench.others.last() else { panic!() };
    let call = *call;
    bench.act(|service, now, out| service.tool_answered(now, call, ToolAnswer::Failed("no".into()), out));
    bench.message(&session, 5, "k2");
    assert!(!bench.service.calls().last().unwrap().replayed);
}

#[test]
fn bad_scripts_are_refused() {
    let one =
        "a send script has exactly one of sid, error, rawText, status, fault, result, rpcError, rawMessage";
    let sends = [
        (json!({}), one),
        (json!({ "sid": "a", "error": "b" }), one),
        (json!({ "sid": "a", "count": 0 }), "count is at least 1"),
        (json!({ "sid": "a", "code": "X" }), "code goes with error only"),
        (json!({ "sid": "a", "isError": true }), "isError goes with error and rawText only"),
        (json!({ "sid": "a", "size": 1 }), "size goes with fault only"),
        (json!({ "error": "a", "body": 1 }), "body goes with status only"),
        (json!({ "status": 99 }), "status is a number from 200 to 599"),
        (json!({ "fault": "nope" }), "unknown fault \"nope\""),
        (
            json!({ "fault": "bom" }),
            "fault \"bom\" breaks the opening of a stream: use onRequest with path \"/sse\"",
        ),
    ];
    for (script, why) in sends {
        assert_eq!(SendScript::from_json(script.clone()), Err(BadScript(why.into())), "{script}");
    }
    let requests = [
        (
            json!({ "path": "/sse", "fault": "no_answer" }),
            "fault \"no_answer\" breaks a POST: use path \"/messages\"",
        ),
        (
            json!({ "path": "/messages", "fault": "bom" }),
            "fault \"bom\" breaks the opening of a stream: use path \"/sse\"",
        ),
        (json!({ "path": "/sse" }), "a request script has one of fault and status, or delayMs alone"),
        (
            json!({ "path": "/sse", "fault": "bom", "status": 500 }),
            "a request script has one of fault and status, or delayMs alone",
        ),
        (json!({ "path": "/sse", "delayMs": 1, "body": 1 }), "body and headers go with status only"),
        (json!({ "path": "sse", "status": 500 }), "path begins with \"/\" and has no query"),
        (json!({ "path": "/sse", "delayMs": 1, "size": 1 }), "size goes with fault only"),
    ];
    for (script, why) in requests {
        assert_eq!(RequestScript::from_json(script.clone()), Err(BadScript(why.into())), "{script}");
    }
    let BadScript(why) = SendScript::from_json(json!({ "sid": "a", "sids": 1 })).unwrap_err();
    assert!(why.starts_with("unknown field `sids`"), "{why}");
    assert!(RestAnswer::from_json(json!({ "status": 1 })).is_err());
    assert_eq!(RestAnswer::from_json(json!({})).unwrap().status, 200);
}

#[test]
fn reset_forgets_all_but_streams() {
    let (mut bench, session) = bench(json!({ "sid": "A" }));
    bench.service.on_tool("comms_x", ToolScript::Ask);
    bench.service.on_tool("comms_send_message", ToolScript::Ask);
    bench.service.on_request(RequestScript::status("/messages", 500));
    bench.service.on_rest("GET /x", RestAnswer::from_json(json!({})).unwrap());
    bench.service.push_on_connect(json!({}));
    bench.service.reset();
    bench.message(&session, 1, "k");
    let first = bench.payload(session.stream);
    assert!(first["messageId"].as_str().unwrap().starts_with("SM-"));
    bench.service.reset();
    assert_eq!((bench.service.calls().len(), bench.service.last_token()), (0, None));
    bench.message(&session, 2, "k");
    assert_ne!(bench.payload(session.stream), first);
    assert_eq!((bench.service.open_streams(), bench.sent_keys().len()), (1, 1));
}

#[test]
fn a_reset_while_a_tool_works_leaves_no_trace_of_it() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    bench.service.on_tool("comms_send_message", ToolScript::Ask);
    bench.message(&session, 1, "k");
    let Some(Action::CallTool { call, .. }) = bench.others.last() else { panic!() };
    let call = *call;
    bench.service.reset();
    bench.message(&session, 2, "other");
    bench.act(|service, now, out| service.tool_answered(now, call, ToolAnswer::Value(json!({})), out));
    assert_eq!(bench.sent_keys(), ["other"]);
    assert_eq!(bench.messages(session.stream).len(), 2);
}
