//! HTTP as the service speaks it: authentication on both channels, refusals of a POST, other routes.

use serde_json::json;

use super::Bench;
use crate::testing::*;

fn tokens() -> Options {
    Options { tokens: Some([("good".into(), "agent-1".into())].into()), ..Options::default() }
}

fn body_of(bench: &Bench, request: RequestId) -> (u16, String) {
    let (status, _, body) = &bench.answers[&request];
    (*status, body.clone())
}

#[test]
fn tokens_are_asked_for_on_both_channels() {
    let mut bench = Bench::new(tokens());
    let missing = r#"{"code":"AUTH_MISSING_HEADER","error":"Missing Authorization header. Use: Bearer <token>","retryable":false}"#;
    let invalid = r#"{"code":"AUTH_INVALID_TOKEN","error":"Invalid token","retryable":false}"#;
    let revoked = r#"{"code":"AUTH_TOKEN_REVOKED","error":"Token was revoked","retryable":false}"#;
    let post = || RequestIn::post(0, "/messages?sessionId=x", "{}");
    let get = || RequestIn::get(0, "/sse");
    let table = [
        (get(), missing),
        (get().header("authorization", "bearer good"), missing),
        (get().bearer(""), missing),
        (RequestIn::get(0, "/sse?token=good"), missing),
        (get().bearer("bad"), invalid),
        (post(), missing),
        (post().bearer("bad"), invalid),
    ];
    for (request, body) in table {
        let id = bench.send(request);
        assert_eq!(body_of(&bench, id), (401, body.to_owned()));
    }
    assert_eq!(bench.service.open_streams(), 0);
    bench.send(get().bearer("good"));
    assert_eq!(bench.service.open_streams(), 1);
    bench.service.revoke("good");
    let id = bench.send(get().bearer("good"));
    assert_eq!(body_of(&bench, id), (401, revoked.to_owned()));
}

#[test]
fn the_older_server_reads_the_query() {
    let mut bench = Bench::new(Options { legacy: true, ..tokens() });
    let table = [
        ("/sse", r#"{"error":"Missing token. Use: /sse?token=<token>"}"#),
        ("/sse?token=bad", r#"{"error":"Invalid or revoked token"}"#),
        ("/sse?token=good&agentId=other", r#"{"error":"Token agentId does not match requested agentId"}"#),
    ];
    for (path, body) in table {
        let id = bench.send(RequestIn::get(0, path).bearer("good"));
        assert_eq!(body_of(&bench, id), (401, body.to_owned()), "{path}");
    }
    bench.send(RequestIn::get(0, "/sse?a=1&token=g%6Fod&agentId=agent-1"));
    assert_eq!(bench.service.open_streams(), 1);
    let id = bench.send(RequestIn::post(0, "/messages", "{}"));
    assert_eq!(
        body_of(&bench, id),
        (401, r#"{"error":"Missing Authorization header. Use: Bearer <token>"}"#.into())
    );
    let id = bench.send(RequestIn::get(0, "/nowhere"));
    assert_eq!((bench.answers[&id].0, bench.answers[&id].1[0].1.as_str()), (404, "text/html; charset=utf-8"));
}

#[test]
fn ten_failures_lock_everybody_out_for_a_quarter_of_an_hour() {
    let mut bench = Bench::new(Options { lockout: true, ..tokens() });
    for failure in 1..=10 {
        let id = bench.send(RequestIn::get(0, "/sse").bearer("bad"));
        let body = json!({ "error": "Invalid token", "code": "AUTH_INVALID_TOKEN", "retryable": false, "remainingAttempts": 10 - failure });
        assert_eq!(body_of(&bench, id), (401, body.to_string()));
    }
    bench.advance(1);
    let id = bench.send(RequestIn::get(0, "/sse").bearer("good"));
    let (status, headers, body) = &bench.answers[&id];
    assert_eq!(*status, 429);
    assert_eq!(headers.last().unwrap(), &("retry-after".to_owned(), "900".to_owned()));
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(body).unwrap(),
        json!({
            "error": "Too many failed attempts. Try again later.", "code": "AUTH_LOCKED_OUT", "retryable": true,
            "retryAfterSeconds": 900, "lockedUntil": "1970-01-01T00:31:40.000Z",
        })
    );
    bench.advance(15 * 60 * 1000);
    bench.send(RequestIn::get(0, "/sse").bearer("good"));
    assert_eq!(bench.service.open_streams(), 1);
}

#[test]
fn posts_are_refused_as_captured() {
    let mut bench = Bench::new(Options::default());
    let session = bench.open();
    let post = |body: &str| RequestIn::post(0, &session.endpoint, body).bearer("t");
    let typed = |content_type: &str| {
        RequestIn { headers: vec![("Content-Type".into(), content_type.into())], ..post("{}") }.bearer("t")
    };
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let big = format!("{ping}{}", " ".repeat(4 * 1024 * 1024));
    let table = [
        (
            RequestIn::post(0, "/messages?sessionId=nope", ping).bearer("t"),
            400,
            r#"{"error":"Unknown session"}"#,
        ),
        (RequestIn::post(0, "/messages", ping).bearer("t"), 400, r#"{"error":"Unknown session"}"#),
        (post("{nope"), 400, "Invalid message: {nope"),
        (post(r#"{"hello":1}"#), 400, r#"Invalid message: {"hello":1}"#),
        (post(&format!("[{ping}]")), 400, r#"Invalid message: [{"jsonrpc":"2.0","id":1,"method":"ping"}]"#),
        (
            post(r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#),
            400,
            r#"Invalid message: {"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
        ),
        (post(r#"{"jsonrpc":"2.0","id":1}"#), 400, r#"Invalid message: {"jsonrpc":"2.0","id":1}"#),
        (typed("text/plain"), 400, "Error: Unsupported content-type: text/plain"),
        (post(&big), 400, "Error: request entity too large"),
        (
            RequestIn {
                headers: vec![("content-type".into(), "application/json; charset=utf-8".into())],
                ..post(ping)
            }
            .bearer("t"),
            202,
            "Accepted",
        ),
    ];
    for (request, status, body) in table {
        let id = bench.send(request);
        assert_eq!(body_of(&bench, id), (status, body.to_owned()));
    }
    assert_eq!(bench.messages(session.stream).len(), 1);
    bench.post(&session, &json!({ "jsonrpc": "2.0", "id": 2, "method": "resources/list" }));
    let error =
        json!({ "jsonrpc": "2.0", "id": 2, "error": { "code": -32601, "message": "Method not found" } });
    assert_eq!(bench.messages(session.stream)[1], error);
}

#[test]
fn other_routes() {
    let mut bench = Bench::new(Options::default());
    let rest = |status, body| RestAnswer { status, body, headers: [("X-A".into(), "b".into())].into() };
    bench.service.on_rest("POST /api/orgs/register", rest(201, Some(json!({ "orgId": "o" }))));
    bench.service.on_rest("GET /text", rest(200, Some(json!("<p>"))));
    let send = |bench: &mut Bench, request| {
        let id = bench.send(request);
        bench.answers[&id].clone()
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let json_type = pair("content-type", "application/json; charset=utf-8");
    assert_eq!(
        send(&mut bench, RequestIn::post(0, "/api/orgs/register?a=1", "{}")),
        (201, vec![json_type.clone(), pair("x-a", "b")], r#"{"orgId":"o"}"#.into())
    );
    assert_eq!(
        send(&mut bench, RequestIn::get(0, "/text")),
        (200, vec![pair("content-type", "text/html; charset=utf-8"), pair("x-a", "b")], "<p>".into())
    );
    assert_eq!(send(&mut bench, RequestIn::get(0, "/health")).2, r#"{"status":"ok","version":"1.0.0"}"#);
    assert_eq!(
        send(&mut bench, RequestIn::get(0, "/nope?x=1")),
        (404, vec![json_type], r#"{"docs":"/docs","error":"not_found","message":"No route GET /nope","method":"GET","path":"/nope"}"#.into())
    );
    let hanging = bench.send(RequestIn { method: "HEAD".into(), ..RequestIn::get(0, "/sse") });
    assert!(!bench.answers.contains_key(&hanging) && !bench.resets.contains(&hanging));
    let options = RequestIn { method: "OPTIONS".into(), ..RequestIn::get(0, "/sse") };
    assert_eq!(send(&mut bench, options.clone()), (204, vec![], String::new()));
    let mut open = Bench::new(Options { cors: true, ..Options::default() });
    let preflight = send(&mut open, options);
    assert!(preflight.1.contains(&pair("access-control-allow-origin", "*")));
}

#[test]
fn requests_are_recorded_unless_told_otherwise() {
    let mut bench = Bench::new(Options::default());
    bench.send(RequestIn::get(0, "/sse").header("X-A", "1").header("x-a", "2"));
    bench.send(RequestIn::post(0, "/x?y", "text"));
    let requests = bench.service.requests();
    assert_eq!(requests[0].headers, [("x-a".to_owned(), "1, 2".to_owned())].into());
    assert_eq!((requests[0].method.as_str(), &requests[0].body), ("GET", &json!(null)));
    assert_eq!(
        (requests[1].path.as_str(), &requests[1].body, requests[1].at_ms),
        ("/x?y", &json!("text"), 1_000_000)
    );
    let mut silent = Bench::new(Options { record_requests: false, ..Options::default() });
    silent.open();
    assert_eq!(silent.service.requests(), []);
}

#[test]
fn the_service_asks_and_pushes() {
    let mut bench = Bench::new(Options { welcome: true, ..Options::default() });
    let ask = |bench: &mut Bench, method: &str| {
        let mut name = None;
        bench.act(|service, now, out| name = service.ask(now, method, &json!({ "a": 1 }), 8000, out));
        name
    };
    assert_eq!(ask(&mut bench, "ping"), None, "nobody is there");
    bench.service.push_on_connect(json!({ "type": "message", "body": "early" }));
    let session = bench.open();
    let early = json!({
        "jsonrpc": "2.0",
        "method": "notifications/message",
        "params": { "level": "info", "logger": "message", "data": { "type": "message", "body": "early" } },
    });
    assert_eq!(bench.messages(session.stream), [early]);
    bench.advance(1000);
    assert_eq!(bench.messages(session.stream)[1]["params"]["data"]["type"], "capabilities");
    let mut count = 0;
    bench.act(|service, _, out| count = service.push(&json!({ "x": 1 }), out));
    assert_eq!((count, &bench.messages(session.stream)[2]["params"]["logger"]), (1, &json!("butt-dial")));

    bench.others.clear();
    let first = ask(&mut bench, "ping").unwrap();
    let second = ask(&mut bench, "sampling/createMessage").unwrap();
    let third = ask(&mut bench, "ping").unwrap();
    let wire = &bench.messages(session.stream)[3..];
    assert_eq!(wire[0], json!({ "jsonrpc": "2.0", "id": 0, "method": "ping", "params": { "a": 1 } }));
    assert_eq!(wire[1]["id"], 1);
    bench.post(&session, &json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": -32601 } }));
    bench.post(&session, &json!({ "jsonrpc": "2.0", "id": 0, "result": { "b": 2 } }));
    bench.post(&session, &json!({ "jsonrpc": "2.0", "id": 55, "result": {} }));
    bench.advance(8000);
    let fourth = ask(&mut bench, "ping").unwrap();
    bench.act(|service, _, out| service.drop_streams(Close::Abort, out));
    let asked: Vec<&Action> =
        bench.others.iter().filter(|other| matches!(other, Action::Asked { .. })).collect();
    assert_eq!(
        asked,
        [
            &Action::Asked { ask: second, answer: AskAnswer::Error { value: json!({ "code": -32601 }) } },
            &Action::Asked { ask: first, answer: AskAnswer::Result { value: json!({ "b": 2 }) } },
            &Action::Asked { ask: third, answer: AskAnswer::Timeout },
            &Action::Asked { ask: fourth, answer: AskAnswer::Gone },
        ]
    );
    assert_eq!(bench.service.answers().len(), 3);
    assert_eq!(bench.service.due(), None, "no timer is left");
    assert_eq!(bench.closed[&session.stream], Close::Abort);
}

#[test]
fn the_older_server_loses_pushes() {
    let mut bench = Bench::new(Options { legacy: true, welcome: true, ..Options::default() });
    bench.send(RequestIn::get(0, "/sse?token=t"));
    let mut count = 9;
    bench.act(|service, _, out| count = service.push(&json!({}), out));
    bench.advance(5000);
    assert_eq!((count, bench.streams[&1].len()), (0, 1));
}
