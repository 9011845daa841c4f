use super::*;
use crate::error::Kind;
use crate::http::Headers;
use Outcome::{NotSent, Unknown};

const BASE: &str = "https://a.example/sse";

/// A session, its actions, and a clock that stands where it is put.
struct Bench {
    ids: Ids,
    session: Session,
    out: Vec<Action>,
    now: f64,
}

impl Bench {
    fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            sse_url: BASE.to_owned(),
            token: Secret::new("tok en"),
            legacy_query_token: false,
            connect_ms: 10_000.0,
            idle_ms: None,
            max_in_flight: 4,
            max_event_bytes: 1000,
        };
        change(&mut config);
        let ids = Ids::default();
        Self {
            session: Session::new(Rc::new(config), Rc::clone(&ids)),
            ids,
            out: Vec::new(),
            now: 1_000_000.0,
        }
    }

    fn new() -> Self {
        Self::with(|_| {})
    }

    /// A session that stands, with one call posted: the POST is `.1`, the call is 0.
    fn ready_with_call() -> (Self, PostId) {
        let mut bench = Self::new();
        assert_eq!(bench.call(), 0);
        bench.stand();
        let post = bench.posted().pop().unwrap().0;
        (bench, post)
    }

    fn call(&mut self) -> CallId {
        self.session.call("tools/call", Some(r#"{"name":"x"}"#), 30_000.0, self.now, &mut self.out)
    }

    fn bytes(&mut self, bytes: &str) {
        self.session.stream_bytes(bytes.as_bytes(), self.now, &mut self.out);
    }

    fn event(&mut self, data: &str) {
        self.bytes(&format!("data: {data}\n\n"));
    }

    fn tick(&mut self, now: f64) {
        self.now = now;
        self.session.tick(now, &mut self.out);
    }

    fn answer(&mut self, post: PostId, status: u16, body: &str) {
        self.session.post_answered(post, &head(status, ""), body.as_bytes(), true, self.now, &mut self.out);
    }

    /// Endpoint, `initialize`, its answer, all POSTs accepted; drops the actions up to there, but not the calls' POSTs.
    fn stand(&mut self) {
        self.bytes("event: endpoint\ndata: /messages?sessionId=1\n\n");
        let (post, frame) = self.posted().pop().unwrap();
        assert!(frame.contains(r#""method":"initialize""#), "{frame}");
        let id = frame_id(&frame);
        self.answer(post, 202, "Accepted");
        self.event(&format!(r#"{{"result":{{"protocolVersion":"2025-11-25"}},"jsonrpc":"2.0","id":{id}}}"#));
        let mut posts = self.posts();
        let (initialized, frame) = posts.remove(0);
        assert_eq!(frame, r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        self.answer(initialized, 202, "Accepted");
        self.out
            .retain(|action| !matches!(action, Action::Post { id, .. } if *id == initialized || *id == post));
    }

    /// The POSTs among the actions, all of which are dropped.
    fn posted(&mut self) -> Vec<(PostId, String)> {
        let posts = self.posts();
        self.out.clear();
        posts
    }

    fn posts(&self) -> Vec<(PostId, String)> {
        self.out
            .iter()
            .filter_map(|action| match action {
                Action::Post { id, request } => Some((*id, request.body.clone().unwrap())),
                _ => None,
            })
            .collect()
    }

    /// The settled calls among the actions, all of which are dropped: the reply, or the error's class, code and outcome.
    fn settled(&mut self) -> Vec<(CallId, String)> {
        let settled = self.out.drain(..).filter_map(|action| match action {
            Action::Settle { call, result: Ok(Reply::Result(json)) } => Some((call, json)),
            Action::Settle { call, result: Ok(Reply::Error(json)) } => Some((call, format!("error {json}"))),
            Action::Settle { call, result: Err(failed) } => {
                let CallError { error, outcome, posted } = failed;
                Some((call, format!("{} {} {outcome:?} posted={posted}", error.kind.name(), error.code)))
            }
            _ => None,
        });
        settled.collect()
    }
}

fn head(status: u16, kind: &str) -> Head {
    Head {
        status,
        headers: Headers::new([("Content-Type", kind)].into_iter().filter(|(_, kind)| !kind.is_empty())),
    }
}

fn accepts(head: &Head) -> bool {
    Session::accepts(head.status, head.headers.get("content-type"))
}

fn frame_id(frame: &str) -> String {
    crate::json::parse_str(frame, 9).unwrap().object().unwrap().get("id").unwrap().raw().to_owned()
}

#[test]
fn the_order_is_endpoint_initialize_answer_initialized_calls() {
    let mut bench = Bench::new();
    bench.call();
    bench.call();
    let [Action::OpenStream(request), Action::Wake(at)] = &bench.out[..] else { panic!("{:?}", bench.out) };
    assert_eq!((request.method, request.url.as_str()), (Method::Get, BASE));
    assert_eq!(
        request.headers,
        [("accept", "text/event-stream".to_owned()), ("authorization", "Bearer tok en".to_owned())]
    );
    assert_eq!(*at, 1_010_000.0, "the connect deadline");
    bench.out.clear();

    bench.bytes(": hello\n\nevent: endpoint\ndata: /messages?sessionId=1\n\n");
    let [Action::Post { id: initialize, request }] = &bench.out[..] else { panic!("{:?}", bench.out) };
    let initialize = *initialize;
    assert_eq!(
        (request.method, request.url.as_str()),
        (Method::Post, "https://a.example/messages?sessionId=1")
    );
    assert_eq!(
        request.headers,
        [("content-type", "application/json".to_owned()), ("authorization", "Bearer tok en".to_owned())]
    );
    assert_eq!(
        request.body.as_deref().unwrap(),
        format!(
            r#"{{"jsonrpc":"2.0","id":2,"method":"initialize","params":{{"protocolVersion":"2025-11-25","capabilities":{{}},"clientInfo":{{"name":"butt-dial-edge","version":"{}"}}}}}}"#,
            env!("CARGO_PKG_VERSION")
        )
    );
    bench.out.clear();
    bench.answer(initialize, 202, "Accepted");
    assert!(bench.out.is_empty(), "nothing goes out before initialize is answered");

    bench.event(r#"{"result":{"protocolVersion":"2025-06-18","capabilities":{}},"jsonrpc":"2.0","id":2}"#);
    let frames: Vec<String> = bench.posted().into_iter().map(|(_, frame)| frame).collect();
    assert_eq!(
        frames,
        [
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            r#"{"jsonrpc":"2.0","id":0,"method":"tools/call","params":{"name":"x"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}"#,
        ]
    );
}

#[test]
fn a_call_ends_with_its_answer_not_with_the_202() {
    let (mut bench, post) = Bench::ready_with_call();
    bench.event(r#"{"result":{"content":[]},"jsonrpc":"2.0","id":0}"#);
    assert_eq!(bench.settled(), [(0, r#"{"content":[]}"#.to_owned())]);
    bench.answer(post, 202, "Accepted");
    assert_eq!(bench.settled(), []);

    let second = bench.call();
    let post = bench.posted().pop().unwrap().0;
    bench.answer(post, 202, "Accepted");
    assert_eq!(bench.settled(), []);
    bench.event(&format!(r#"{{"error":{{"code":-32602}},"id":"{second}"}}"#));
    assert_eq!(
        bench.settled(),
        [(second, r#"error {"code":-32602}"#.to_owned())],
        "ids may come back as text"
    );
}

#[test]
fn a_post_whose_call_is_answered_keeps_its_place_for_a_second_only() {
    let (mut bench, post) = Bench::ready_with_call();
    bench.event(r#"{"result":1,"id":0}"#);
    bench.out.clear();
    bench.tick(bench.now + 999.0);
    assert!(!bench.out.contains(&Action::AbortPost(post)));
    bench.tick(bench.now + 1.0);
    assert!(bench.out.contains(&Action::AbortPost(post)));
}

#[test]
fn what_is_no_answer_is_ignored() {
    let (mut bench, _) = Bench::ready_with_call();
    for noise in [
        "{",
        "[]",
        "null",
        "7",
        "",
        r#"{"id":77,"result":1}"#,
        r#"{"id":"x","result":1}"#,
        r#"{"id":-1,"result":1}"#,
        r#"{"id":18446744073709551616,"result":1}"#,
        r#"{"id":0}"#,
        r#"{"id":true,"result":1}"#,
        r#"[{"id":0,"result":1}]"#,
    ] {
        bench.event(noise);
    }
    bench.bytes("event: other\ndata: {\"id\":0,\"result\":1}\n\n");
    bench.bytes("event: endpoint\ndata: https://b.example/m\n\n");
    assert_eq!(bench.settled(), []);
    bench.event(r#"{"id":0,"result":1}"#);
    assert_eq!(bench.settled(), [(0, "1".to_owned())]);
    bench.event(r#"{"id":0,"result":2}"#);
    assert_eq!(bench.settled(), [], "the first answer counts");
    let second = bench.call();
    let Some(Action::Post { request, .. }) =
        bench.out.iter().find(|action| matches!(action, Action::Post { .. }))
    else {
        panic!("{second} is not posted")
    };
    assert_eq!(request.url, "https://a.example/messages?sessionId=1", "the first endpoint stays");
}

#[test]
fn an_answer_may_come_in_the_body_of_the_post() {
    let (mut bench, post) = Bench::ready_with_call();
    bench.answer(post, 200, r#"{"id":0,"result":1}"#);
    assert_eq!(bench.settled(), [(0, "1".to_owned())]);

    let (mut bench, post) = Bench::ready_with_call();
    let body = "event: message\ndata: {\"id\":0,\"result\":1}\n\n";
    let head = head(200, "Text/Event-Stream; charset=utf-8");
    bench.session.post_answered(post, &head, body.as_bytes(), true, bench.now, &mut bench.out);
    assert_eq!(bench.settled(), [(0, "1".to_owned())]);

    let (mut bench, post) = Bench::ready_with_call();
    bench.session.post_answered(post, &head, b"{", false, bench.now, &mut bench.out);
    assert_eq!(bench.settled(), [(0, "ProtocolError TOO_LARGE Unknown posted=true".to_owned())]);
}

#[test]
fn what_breaks_a_conversation_and_what_is_known_of_its_calls() {
    type Break = fn(&mut Bench);
    let table: [(&str, Break, &str, &str); 9] = [
        ("end", |b| b.session.stream_ended(None, b.now, &mut b.out), "TransportError STREAM_LOST", ""),
        (
            "cut",
            |b| b.session.stream_ended(Some(NetError("reset".into())), b.now, &mut b.out),
            "TransportError STREAM_LOST",
            "reset",
        ),
        ("deep", |b| b.event(&"[".repeat(800)), "ProtocolError PROTOCOL", ""),
        ("large", |b| b.event(&"x".repeat(1001)), "ProtocolError TOO_LARGE", ""),
        ("endless", |b| (0..1001).for_each(|_| b.bytes("data: x\n")), "ProtocolError TOO_LARGE", ""),
        ("close", |b| b.session.close(&mut b.out), "TransportError STREAM_LOST", "the session was closed"),
        ("404", |b| b.answer_last(404, "<h1>no</h1>"), "TransportError STREAM_LOST", ""),
        ("400", |b| b.answer_last(400, r#"{"error":"Unknown session"}"#), "TransportError STREAM_LOST", ""),
        ("410", |b| b.answer_last(410, ""), "TransportError STREAM_LOST", ""),
    ];
    for (name, break_it, error, message) in table {
        // max_in_flight 1: the first call is posted, the second waits.
        let mut bench = Bench::with(|config| config.max_in_flight = 1);
        let (first, second) = (bench.call(), bench.call());
        bench.stand();
        bench.out.retain(|action| matches!(action, Action::Post { .. }));
        break_it(&mut bench);
        assert!(bench.session.ended(), "{name}");
        assert!(bench.out.contains(&Action::CloseStream), "{name}");
        if !message.is_empty() {
            assert!(
                bench.out.iter().any(|action| matches!(action, Action::Settle { result: Err(failed), .. } if failed.error.message == message)),
                "{name}: {:?}",
                bench.out
            );
        }
        // The call whose POST the server refused was not taken; of the others nobody knows.
        let sure = if matches!(name, "404" | "400" | "410") { NotSent } else { Unknown };
        let mut settled = bench.settled();
        settled.sort();
        assert_eq!(
            settled,
            [
                (first, format!("{error} {sure:?} posted=true")),
                (second, format!("{error} NotSent posted=false")),
            ],
            "{name}"
        );
        bench.call();
        assert_eq!(
            bench.settled(),
            [(bench.ids.get() - 1, "TransportError STREAM_LOST NotSent posted=false".into())]
        );
    }
}

impl Bench {
    fn answer_last(&mut self, status: u16, body: &str) {
        let post = self.posts().pop().unwrap().0;
        self.answer(post, status, body);
    }
}

#[test]
fn what_the_answers_to_posts_mean() {
    for (status, body, want, over) in [
        (400, "Invalid message: x", "ButtDialError HTTP_ERROR NotSent posted=true", false),
        (
            401,
            r#"{"code":"AUTH_INVALID_TOKEN"}"#,
            "AuthInvalidTokenError AUTH_INVALID_TOKEN NotSent posted=true",
            true,
        ),
        (401, "", "AuthError HTTP_ERROR NotSent posted=true", true),
        (403, r#"{"code":"AUTH_FORBIDDEN"}"#, "AuthError AUTH_FORBIDDEN NotSent posted=true", true),
        (403, "", "ButtDialError HTTP_ERROR NotSent posted=true", false),
        (404, r#"{"code":"AGENT_NOT_FOUND"}"#, "NotProvisioned AGENT_NOT_FOUND NotSent posted=true", false),
        (413, "", "ButtDialError HTTP_ERROR NotSent posted=true", false),
        (
            429,
            r#"{"code":"AUTH_LOCKED_OUT"}"#,
            "AuthLockedOutError AUTH_LOCKED_OUT NotSent posted=true",
            true,
        ),
        (429, "", "RateLimitError HTTP_ERROR NotSent posted=true", false),
        (500, "<h1>", "ButtDialError HTTP_ERROR Unknown posted=true", false),
        (502, "", "ButtDialError HTTP_ERROR Unknown posted=true", false),
        (302, "", "ProtocolError PROTOCOL NotSent posted=true", false),
        (307, "", "ProtocolError PROTOCOL NotSent posted=true", false),
        (0, "", "ProtocolError PROTOCOL NotSent posted=true", false),
    ] {
        let (mut bench, post) = Bench::ready_with_call();
        bench.answer(post, status, body);
        assert_eq!(bench.settled(), [(0, want.to_owned())], "{status} {body}");
        assert_eq!(bench.session.ended(), over, "{status} {body}");
    }
    let (mut bench, post) = Bench::ready_with_call();
    bench.session.post_failed(post, NetError("reset".into()), bench.now, &mut bench.out);
    let Action::Settle { result: Err(failed), .. } = &bench.out[0] else { panic!("{:?}", bench.out) };
    assert_eq!((&*failed.error.message, &*failed.error.code), ("reset", "TRANSPORT"));
    assert_eq!(failed.outcome, Unknown);
    assert!(!bench.session.ended());
}

#[test]
fn after_a_refused_token_nothing_more_is_posted_but_answers_still_count() {
    let mut bench = Bench::with(|config| config.max_in_flight = 2);
    let calls = [bench.call(), bench.call(), bench.call()];
    bench.stand();
    let posts = bench.posted();
    assert_eq!(posts.len(), 2);
    bench.answer(posts[1].0, 401, r#"{"code":"AUTH_TOKEN_REVOKED","error":"tok en is no more"}"#);
    let Action::Settle { result: Err(failed), .. } = &bench.out[0] else { panic!("{:?}", bench.out) };
    assert_eq!(failed.error.kind, Kind::AuthTokenRevokedError);
    assert_eq!(
        bench.settled(),
        [
            (calls[1], "AuthTokenRevokedError AUTH_TOKEN_REVOKED NotSent posted=true".to_owned()),
            (calls[2], "AuthTokenRevokedError AUTH_TOKEN_REVOKED NotSent posted=false".to_owned()),
        ]
    );
    let late = bench.call();
    assert_eq!(
        bench.settled(),
        [(late, "AuthTokenRevokedError AUTH_TOKEN_REVOKED NotSent posted=false".to_owned())]
    );
    assert!(!bench.session.ended());
    bench.event(&format!(r#"{{"id":{},"result":1}}"#, calls[0]));
    assert_eq!(bench.settled(), [(calls[0], "1".to_owned())]);
    assert!(bench.session.ended(), "with the last answer it is over");
}

#[test]
fn the_post_of_initialize_means_nothing_once_it_was_answered() {
    for status in [None, Some(502)] {
        let mut bench = Bench::new();
        let call = bench.call();
        bench.bytes("event: endpoint\ndata: /m\n\n");
        let [.., Action::Post { id: initialize, request }] = &bench.out[..] else {
            panic!("{:?}", bench.out)
        };
        let (initialize, id) =
            (*initialize, jsonrpc::read(request.body.as_deref().unwrap()).id.raw().to_owned());
        bench.bytes(&format!(
            "data: {{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{\"protocolVersion\":\"2025-11-25\"}}}}\n\n"
        ));
        bench.out.clear();
        match status {
            Some(status) => bench.answer(initialize, status, ""),
            None => {
                bench.session.post_failed(initialize, NetError("reset".into()), bench.now, &mut bench.out)
            }
        }
        assert!(!bench.session.ended(), "{status:?}");
        assert!(bench.settled().is_empty(), "call {call} goes on");
    }
}

#[test]
fn an_initialize_that_is_answered_with_both_ends_at_once() {
    let mut bench = Bench::new();
    bench.call();
    bench.bytes("event: endpoint\ndata: /m\n\n");
    let [.., Action::Post { request, .. }] = &bench.out[..] else { panic!("{:?}", bench.out) };
    let id = jsonrpc::read(request.body.as_deref().unwrap()).id.raw().to_owned();
    bench.bytes(&format!("data: {{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{}},\"error\":{{}}}}\n\n"));
    assert!(bench.session.ended());
}

#[test]
fn a_contradiction_ends_its_call_at_once() {
    let (mut bench, _) = Bench::ready_with_call();
    bench.event(r#"{"id":0,"result":1,"error":{"code":1}}"#);
    assert_eq!(bench.settled(), [(0, "ProtocolError PROTOCOL Unknown posted=true".to_owned())]);
    assert!(!bench.session.ended());
}

#[test]
fn a_stream_that_is_none_is_refused() {
    for (status, kind, body, want) in [
        (200, "text/html", "<h1>", "ProtocolError PROTOCOL"),
        (204, "", "", "ProtocolError PROTOCOL"),
        (302, "", "", "ProtocolError PROTOCOL"),
        (0, "", "", "ProtocolError PROTOCOL"),
        (401, "", r#"{"code":"AUTH_MISSING_HEADER"}"#, "AuthMissingHeaderError AUTH_MISSING_HEADER"),
        (404, "", "", "ButtDialError HTTP_ERROR"),
        (429, "", "", "RateLimitError HTTP_ERROR"),
        (
            429,
            "",
            r#"{"error":"Too many failed attempts. Try again later."}"#,
            "AuthLockedOutError HTTP_ERROR",
        ),
        (503, "", "", "ButtDialError HTTP_ERROR"),
    ] {
        let mut bench = Bench::new();
        bench.call();
        let head = head(status, kind);
        assert!(!accepts(&head));
        bench.session.stream_refused(&head, body.as_bytes(), bench.now, &mut bench.out);
        assert_eq!(bench.settled(), [(0, format!("{want} NotSent posted=false"))], "{status}");
        assert!(bench.session.ended());
    }
    assert!(accepts(&head(200, "text/event-stream")));
    assert!(accepts(&head(200, "Text/Event-Stream ; charset=utf-8")));
    assert!(!accepts(&head(200, "text/event-streams")));

    let mut bench = Bench::new();
    bench.call();
    let head = Head { status: 503, headers: Headers::new([("Retry-After", "7")]) };
    bench.session.stream_refused(&head, b"", bench.now, &mut bench.out);
    let found = bench.out.iter().find_map(|action| match action {
        Action::Settle { result: Err(failed), .. } => Some(&failed.error),
        _ => None,
    });
    let error = found.unwrap();
    assert_eq!((error.status, error.retryable, error.retry_after_ms), (Some(503), true, Some(7000.0)));
}

#[test]
fn an_endpoint_elsewhere_is_refused_before_a_byte_goes_there() {
    for endpoint in ["https://b.example/m", "//b.example/m", "javascript:alert(1)", "/\\b.example", ""] {
        let mut bench = Bench::new();
        bench.call();
        bench.out.clear();
        bench.bytes(&format!("event: endpoint\ndata: {endpoint}\n\n"));
        assert!(bench.posts().is_empty());
        assert_eq!(
            bench.settled(),
            [(0, "ProtocolError PROTOCOL NotSent posted=false".to_owned())],
            "{endpoint}"
        );
    }
}

#[test]
fn a_version_we_do_not_speak_is_refused() {
    for (answer, fine) in [
        (r#""result":{"protocolVersion":"2024-10-07"}"#, true),
        (r#""result":{"protocolVersion":"1999-01-01"}"#, false),
        (r#""result":{}"#, false),
        (r#""result":null"#, false),
        (r#""error":{"code":-32603}"#, false),
    ] {
        let mut bench = Bench::new();
        bench.call();
        bench.bytes("event: endpoint\ndata: /m\n\n");
        bench.out.clear();
        bench.event(&format!(r#"{{"id":1,{answer}}}"#));
        if fine {
            assert_eq!(bench.posted().len(), 2);
        } else {
            assert_eq!(bench.settled(), [(0, "ProtocolError PROTOCOL NotSent posted=false".to_owned())]);
        }
    }
}

#[test]
fn deadlines() {
    // Connecting.
    let mut bench = Bench::new();
    bench.call();
    bench.out.clear();
    bench.tick(1_009_999.0);
    assert_eq!(bench.out, [Action::Wake(1_010_000.0)]);
    bench.tick(1_010_000.0);
    assert_eq!(bench.settled(), [(0, "DeadlineError CONNECT_TIMEOUT NotSent posted=false".to_owned())]);

    // Initializing: comments are no life.
    let mut bench = Bench::new();
    bench.call();
    bench.bytes("event: endpoint\ndata: /m\n\n");
    bench.out.clear();
    bench.now = 1_010_000.0;
    bench.bytes(":\n:\n");
    assert_eq!(bench.settled(), [(0, "DeadlineError CONNECT_TIMEOUT NotSent posted=false".to_owned())]);

    // Waiting for the answer; the POST goes with the call, the session stays.
    let (mut bench, post) = Bench::ready_with_call();
    bench.now = 1_030_000.0;
    bench.bytes(":\n");
    assert!(bench.out.contains(&Action::AbortPost(post)));
    assert_eq!(bench.settled(), [(0, "DeadlineError TIMEOUT Unknown posted=true".to_owned())]);
    assert!(!bench.session.ended());

    // A clock that tells no time.
    let mut bench = Bench::new();
    bench.call();
    bench.out.clear();
    bench.tick(f64::NAN);
    assert_eq!(bench.settled(), [(0, "DeadlineError CONNECT_TIMEOUT NotSent posted=false".to_owned())]);
}

#[test]
fn an_idle_session_closes() {
    let mut bench = Bench::with(|config| config.idle_ms = Some(5000.0));
    bench.call();
    bench.stand();
    bench.now += 2000.0;
    bench.event(r#"{"id":0,"result":1}"#);
    bench.out.clear();
    bench.tick(bench.now + 4999.0);
    assert!(!bench.session.ended());
    bench.tick(bench.now + 1.0);
    assert!(bench.session.ended());
    assert!(bench.out.contains(&Action::CloseStream));
}

#[test]
fn posts_are_bounded_and_in_order() {
    let mut bench = Bench::new();
    let calls: Vec<CallId> = (0..10).map(|_| bench.call()).collect();
    bench.stand();
    let mut posts = bench.posted();
    let mut seen = Vec::new();
    while !posts.is_empty() {
        assert!(posts.len() <= 4);
        let (post, frame) = posts.remove(0);
        seen.push(frame_id(&frame));
        bench.answer(post, 202, "Accepted");
        posts.extend(bench.posted());
    }
    assert_eq!(seen, calls.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[test]
fn the_server_asks_and_is_answered_at_once_in_its_own_ids() {
    let mut bench = Bench::new();
    bench.call();
    bench.bytes("event: endpoint\ndata: /m\n\n");
    bench.out.clear();
    // Before initialize is answered, and with ids like ours.
    bench.event(r#"{"jsonrpc":"2.0","id":0,"method":"ping"}"#);
    bench.event(r#"{"jsonrpc":"2.0","id":"0\u0041","method":"sampling/createMessage","params":{}}"#);
    let (post, frame) = bench.posted().pop().unwrap();
    assert_eq!(frame, r#"{"jsonrpc":"2.0","id":0,"result":{}}"#);
    bench.answer(post, 202, "");
    assert_eq!(
        bench.posted().pop().unwrap().1,
        r#"{"jsonrpc":"2.0","id":"0\u0041","error":{"code":-32601,"message":"Method not found"}}"#
    );
    assert_eq!(bench.settled(), []);
}

#[test]
fn a_flood_of_requests_leaves_room_for_calls_and_is_bounded() {
    let (mut bench, _) = Bench::ready_with_call();
    for id in 0..2000 {
        bench.event(&format!(r#"{{"id":{id},"method":"ping"}}"#));
    }
    let posts = bench.posted();
    assert_eq!(posts.len(), 1, "one place is for them");
    assert_eq!(bench.session.answers.len(), 256);
    bench.event(&format!(r#"{{"id":"{}","method":"ping"}}"#, "x".repeat(300)));
    bench.call();
    assert_eq!(bench.posted().len(), 1, "a call goes out beside them");
}

#[test]
fn pushes_are_handed_out_whenever_they_come() {
    let mut bench = Bench::new();
    bench.call();
    bench.out.clear();
    let push = r#"{"method":"notifications/message","params":{"level":"info","data":{"type":"message"}},"jsonrpc":"2.0"}"#;
    bench.event(push);
    let params = r#"{"level":"info","data":{"type":"message"}}"#.to_owned();
    assert_eq!(bench.out, [Action::Push { params, id: String::new() }]);
    bench.stand();
    bench.out.clear();
    bench.event(push);
    bench.event(r#"{"method":"notifications/tools/list_changed"}"#);
    assert_eq!(bench.out.len(), 1);
}

#[test]
fn a_call_given_up_is_not_settled() {
    let mut bench = Bench::with(|config| config.max_in_flight = 1);
    let (first, second) = (bench.call(), bench.call());
    bench.stand();
    let post = bench.posted().pop().unwrap().0;
    assert_eq!(bench.session.cancel(second, bench.now, &mut bench.out), NotSent);
    assert_eq!(bench.session.cancel(first, bench.now, &mut bench.out), Unknown);
    assert!(bench.out.contains(&Action::AbortPost(post)));
    bench.event(&format!(r#"{{"id":{first},"result":1}}"#));
    assert_eq!(bench.settled(), []);
    assert_eq!(bench.session.calls(), 0);
}

#[test]
fn the_token_stands_in_the_query_only_where_asked_for() {
    let mut bench = Bench::with(|config| config.legacy_query_token = true);
    bench.call();
    let Action::OpenStream(request) = &bench.out[0] else { panic!("{:?}", bench.out) };
    assert_eq!(request.url, "https://a.example/sse?token=tok%20en");
    assert_eq!(request.headers[1].1, "Bearer tok en");
    let shown = format!("{:?} {:?}", bench.session, bench.out);
    assert!(!shown.contains("tok en") && !shown.contains("tok%20en"), "{shown}");

    let mut bench = Bench::with(|config| config.token = Secret::default());
    bench.call();
    let Action::OpenStream(request) = &bench.out[0] else { panic!("{:?}", bench.out) };
    assert_eq!(request.headers.len(), 1);
}

#[test]
fn every_split_of_a_conversation_reads_the_same() {
    let opening = "event: endpoint\ndata: /m\n\nevent: message\ndata: {\"id\":1,\"result\":{\"protocolVersion\":\"2025-11-25\"}}\r\n\r\n";
    let answer = "data: {\"id\":0,\ndata: \"result\":\"א😀\"}\n\n";
    for (first, second) in [(opening, answer), (answer, opening)] {
        for at in 0..=first.len() {
            let mut bench = Bench::new();
            bench.call();
            if first == answer {
                bench.session.stream_bytes(second.as_bytes(), bench.now, &mut bench.out);
            }
            for part in [&first.as_bytes()[..at], &first.as_bytes()[at..]] {
                bench.session.stream_bytes(part, bench.now, &mut bench.out);
            }
            if first == opening {
                bench.session.stream_bytes(second.as_bytes(), bench.now, &mut bench.out);
            }
            assert_eq!(bench.settled(), [(0, "\"א😀\"".to_owned())], "{first:?} split at {at}");
        }
    }
}

#[test]
fn kinds_of_errors_are_what_the_table_says() {
    let mut bench = Bench::new();
    bench.call();
    bench.session.stream_ended(Some(NetError("refused".into())), bench.now, &mut bench.out);
    let Some(Action::Settle { result: Err(failed), .. }) = bench.out.get(2) else {
        panic!("{:?}", bench.out)
    };
    assert_eq!((failed.error.kind, failed.error.code.as_ref()), (Kind::TransportError, "TRANSPORT"));
    assert!(failed.error.retryable);
}

#[test]
fn a_session_that_hears_nothing_is_asked_whether_it_lives() {
    let is_ping = |(_, frame): &(PostId, String)| frame.contains(r#""method":"ping""#);
    let (mut bench, _) = Bench::ready_with_call();
    bench.tick(1_004_999.0);
    assert_eq!(bench.posted(), []);
    bench.tick(1_005_000.0);
    let pings = bench.posted();
    assert!(pings.len() == 1 && is_ping(&pings[0]), "{pings:?}");
    // Its answer is life, and so is any other message; comments are none.
    bench.now = 1_008_000.0;
    bench.event(&format!(r#"{{"id":{},"result":{{}}}}"#, frame_id(&pings[0].1)));
    bench.bytes(":\n\n");
    bench.tick(1_012_999.0);
    assert_eq!(bench.posted(), []);
    bench.tick(1_013_000.0);
    assert!(is_ping(&bench.posted()[0]), "five seconds after the last message");
    let late = bench.call();
    bench.out.clear();
    bench.tick(1_022_999.0);
    assert!(!bench.session.ended());
    bench.bytes(":\n\n");
    bench.tick(1_023_000.0);
    assert!(bench.session.ended());
    assert_eq!(
        bench.settled(),
        [
            (0, "TransportError STREAM_LOST Unknown posted=true".to_owned()),
            (late, "TransportError STREAM_LOST Unknown posted=true".to_owned()),
        ]
    );
}

#[test]
fn a_session_without_calls_is_left_in_peace() {
    let (mut bench, post) = Bench::ready_with_call();
    bench.answer(post, 202, "");
    bench.event(r#"{"id":0,"result":1}"#);
    bench.out.clear();
    bench.tick(2_000_000.0);
    assert!(bench.posted().is_empty() && !bench.session.ended());
    // Nor does a long silence before a call count against it.
    bench.call();
    bench.out.clear();
    bench.tick(2_004_999.0);
    assert!(bench.posted().is_empty() && !bench.session.ended());
}
