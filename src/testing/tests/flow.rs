//! The service when nothing breaks: opening, the MCP conversation, sends, keys, records.

use serde_json::{Value, json};

use super::Bench;
use crate::testing::*;

#[test]
fn a_stream_begins_with_its_endpoint() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    assert_eq!(bench.order, ["open", "write"]);
    assert_eq!(bench.text(session.stream), ["event: endpoint\ndata: ", &session.endpoint, "\n\n"].concat());
    let id = session.endpoint.strip_prefix("/messages?sessionId=").unwrap();
    let groups: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
    assert_eq!(
        Bench::new(Options::default()).open().endpoint,
        session.endpoint,
        "the same seed, the same ids"
    );
    assert_eq!(bench.service.open_streams(), 1);
}

#[test]
fn versions_are_negotiated_as_captured() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    let table = [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        ("2024-11-05", "2024-11-05"),
        ("2024-10-07", "2024-10-07"),
        ("1999-01-01", "2025-11-25"),
    ];
    for (offered, answered) in table {
        let params = json!({ "protocolVersion": offered, "capabilities": {}, "clientInfo": { "name": "p", "version": "0" } });
        bench.post(&session, &json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params }));
        assert_eq!(
            bench.messages(session.stream).pop().unwrap(),
            json!({
                "jsonrpc": "2.0",
                "id": 0,
                "result": {
                    "protocolVersion": answered,
                    "capabilities": { "tools": { "listChanged": true }, "logging": {} },
                    "serverInfo": { "name": "butt-dial-mcp", "version": "1.0.0" },
                },
            })
        );
    }
    bench.post(&session, &json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {} }));
    assert_eq!(bench.messages(session.stream).pop().unwrap()["error"]["code"], -32603);
}

#[test]
fn answers_come_before_the_202_unless_told_otherwise() {
    for (before, order) in [(true, ["write", "respond"]), (false, ["respond", "write"])] {
        let mut bench = Bench::new(Options { answer_before_202: before, ..Options::default() });
        let session = bench.open();
        bench.order.clear();
        let request = bench.post(&session, &json!({ "jsonrpc": "2.0", "id": "a", "method": "ping" }));
        assert_eq!(bench.order, order);
        assert_eq!(bench.answers[&request], (202, vec![], "Accepted".to_owned()));
        assert!(
            bench
                .text(session.stream)
                .ends_with("event: message\ndata: {\"result\":{},\"jsonrpc\":\"2.0\",\"id\":\"a\"}\n\n")
        );
    }
}

#[test]
fn a_send_is_taken_once_per_key() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    bench.message(&session, 1, "k1");
    let first = bench.payload(session.stream);
    let sid = first["messageId"].as_str().unwrap();
    let digits = sid.strip_prefix("SM-").unwrap();
    assert!(digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_hexdigit()), "{sid}");
    assert_eq!(
        first,
        json!({
            "success": true, "messageId": sid, "status": "queued", "channel": "sms",
            "from": "+15552000001", "to": "+15555550123",
        })
    );
    bench.message(&session, 2, "k1");
    assert_eq!(bench.payload(session.stream), first);
    bench.message(&session, 3, "k2");
    assert_ne!(bench.payload(session.stream), first);
    assert_eq!(bench.sent_keys(), ["k1", "k2"]);
    let replayed: Vec<bool> = bench.service.calls().iter().map(|call| call.replayed).collect();
    assert_eq!(replayed, [false, true, false]);
    assert_eq!(
        bench.service.calls()[0],
        RecordedCall {
            tool: "comms_send_message".into(),
            args: json!({ "to": "+15555550123", "body": "hi", "channel": "sms", "idempotencyKey": "k1" }),
            token: Some("t".into()),
            idempotency_key: Some("k1".into()),
            replayed: false,
            session_id: session.endpoint.split_once('=').unwrap().1.into(),
            at_ms: 1_000_000,
        }
    );
    assert_eq!(bench.service.last_token(), Some("t"));
}

#[test]
fn a_key_holds_across_sessions_but_not_across_agents() {
    let tokens = [("t", "agent-1"), ("t2", "agent-1"), ("u", "agent-2")].map(|(t, a)| (t.into(), a.into()));
    let mut bench = Bench::new(Options { tokens: Some(tokens.into()), ..Options::default() });
    let session = bench.open();
    bench.message(&session, 1, "k");
    let other = bench.open();
    bench.message(&other, 1, "k");
    assert_eq!(bench.payload(session.stream), bench.payload(other.stream));
    let params = json!({ "name": "comms_send_message", "arguments": { "to": "+1", "body": "x", "idempotencyKey": "k" } });
    let body = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params }).to_string();
    bench.send(RequestIn::post(0, &session.endpoint, &body).bearer("t2"));
    assert_eq!(bench.sent_keys().len(), 1);
    bench.send(RequestIn::post(0, &session.endpoint, &body).bearer("u"));
    assert_eq!(bench.sent_keys().len(), 2);
}

#[test]
fn without_idempotency_every_send_is_taken() {
    for options in
        [Options { idempotency: false, ..Options::default() }, Options { legacy: true, ..Options::default() }]
    {
        let mut bench = Bench::new(options.clone());
        bench.send(RequestIn::get(0, "/sse?token=t").bearer("t"));
        let stream = *bench.streams.keys().next().unwrap();
        let endpoint = bench.text(stream).trim().rsplit_once(' ').unwrap().1.to_owned();
        let session = super::Session { stream, endpoint };
        bench.message(&session, 1, "k");
        bench.message(&session, 2, "k");
        assert_eq!(bench.sent_keys(), ["k", "k"]);
        let id = if options.legacy { "externalId" } else { "messageId" };
        assert!(bench.payload(stream)[id].as_str().unwrap().starts_with("SM-"));
    }
}

#[test]
fn tools_are_listed_with_their_schemas() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    bench.service.on_tool("comms_extra", ToolScript::Answer(json!({ "a": 1 })));
    bench.post(&session, &json!({ "jsonrpc": "2.0", "id": 5, "method": "tools/list" }));
    let list = bench.messages(session.stream).pop().unwrap()["result"]["tools"].clone();
    let names: Vec<&str> =
        list.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["comms_send_message", "comms_ping", "comms_extra"]);
    assert_eq!(list[0]["inputSchema"]["required"], json!(["to"]));
    assert_eq!(
        list[0]["inputSchema"]["properties"]["media"],
        json!({ "type": "array", "items": { "type": "string" } })
    );
    assert_eq!(
        list[1],
        json!({
            "name": "comms_ping",
            "description": "Says whether the service is there.",
            "inputSchema": {
                "type": "object",
                "properties": { "message": { "type": "string" } },
                "additionalProperties": false,
                "$schema": "http://json-schema.org/draft-07/schema#",
            },
            "execution": { "taskSupport": "forbidden" },
        })
    );
}

#[test]
fn tools_answer() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    bench.call(&session, 1, "comms_ping", json!({ "message": "hey" }));
    assert_eq!(
        bench.payload(session.stream),
        json!({ "status": "ok", "server": "butt-dial-mcp", "version": "1.0.0", "echo": "hey" })
    );
    let result = |bench: &Bench| bench.messages(session.stream).pop().unwrap()["result"].clone();
    let table: [(Value, Value); 3] = [
        (json!("pong"), json!({ "content": [{ "type": "text", "text": "pong" }] })),
        (json!([1]), json!({ "content": [{ "type": "text", "text": "[\n  1\n]" }] })),
        (json!({ "content": [], "isError": false }), json!({ "content": [], "isError": false })),
    ];
    for (answer, want) in table {
        bench.service.on_tool("comms_x", ToolScript::Answer(answer));
        bench.call(&session, 2, "comms_x", json!({}));
        assert_eq!(result(&bench), want);
    }
    bench.service.set_tools(vec!["comms_y".into()]);
    bench.call(&session, 3, "comms_y", json!({}));
    assert_eq!(result(&bench), json!({ "content": [] }));
    bench.call(&session, 4, "comms_nope", json!({}));
    assert_eq!(
        result(&bench),
        json!({ "content": [{ "type": "text", "text": "MCP error -32602: Tool comms_nope not found" }], "isError": true })
    );
}

#[test]
fn bad_arguments_are_plain_text() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    let prefix = "MCP error -32602: Input validation error: Invalid arguments for tool comms_send_message: ";
    let table = [
        (json!({ "body": "x" }), "Required at to"),
        (json!({ "to": 5, "body": "x" }), "Expected string at to"),
        (json!({ "to": "+1", "media": "u" }), "Expected array of strings at media"),
        (json!({ "to": "+1", "templateVars": [] }), "Expected object at templateVars"),
    ];
    for (args, complaint) in table {
        bench.call(&session, 1, "comms_send_message", args);
        let result = bench.messages(session.stream).pop().unwrap()["result"].clone();
        assert_eq!(result["content"][0]["text"], [prefix, complaint].concat());
        assert_eq!(result["isError"], true);
    }
    bench.call(&session, 2, "comms_send_message", json!({ "to": "+1" }));
    assert_eq!(bench.payload(session.stream)["code"], "MISSING_FIELDS");
    assert_eq!(bench.service.sent().count(), 0);
    bench.call(&session, 3, "comms_send_message", json!({ "to": "+1", "body": "x", "unknown": 1 }));
    assert_eq!(bench.service.sent().count(), 1);
}

#[test]
fn a_slow_send_is_taken_at_once_and_answered_later() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    bench.service.on_send(SendScript::new(SendWhat::Sid("SM-1".into())).after(250));
    let request = bench.message(&session, 1, "k");
    assert_eq!(bench.answers[&request].0, 202);
    assert_eq!(bench.sent_keys(), ["k"]);
    assert_eq!(bench.others, [Action::WakeAt { ms: 1_000_250 }]);
    bench.advance(249);
    assert_eq!(bench.messages(session.stream), Vec::<Value>::new());
    bench.advance(1);
    assert_eq!(bench.payload(session.stream)["messageId"], "SM-1");
}
