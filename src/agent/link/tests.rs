mod listening;

use super::*;
use crate::error::Kind;
use crate::http::Headers;
use crate::secret::send_key;

const NOW: f64 = 1_000_000.0;
const MESSAGE: &str = r#"{"to":"+1","body":"x"}"#;

/// A link, what it said, and a clock that stands where it is put.
struct Bench {
    link: Link,
    out: Vec<Action>,
    now: f64,
}

impl Bench {
    fn with(options: &str) -> Self {
        let text = format!(r#"{{"baseUrl":"https://a.example","agentToken":"tok"{options}}}"#);
        let link = Link::new(AgentConfig::parse(&text).unwrap(), [7; 16]);
        Self { link, out: Vec::new(), now: NOW }
    }

    fn new() -> Self {
        Self::with("")
    }

    fn at(&self) -> At {
        At { ms: self.now, chance: 0.0 }
    }

    fn call(&mut self, method: Method, options: &str) -> u32 {
        let at = self.at();
        self.link.call(method, options, 0, false, &at, &mut self.out)
    }

    fn send(&mut self) -> u32 {
        self.call(Method::Send, MESSAGE)
    }

    fn bytes(&mut self, lane: u32, bytes: &str) {
        let at = self.at();
        self.link.stream_bytes(lane, bytes.as_bytes(), &at, &mut self.out);
    }

    fn event(&mut self, lane: u32, data: &str) {
        self.bytes(lane, &format!("data: {data}\n\n"));
    }

    fn tick(&mut self, now: f64) {
        self.now = now;
        let at = self.at();
        self.link.tick(&at, &mut self.out);
    }

    fn abort(&mut self, job: u32) {
        let at = self.at();
        self.link.abort(job, &at, &mut self.out);
    }

    fn drain(&mut self) {
        let at = self.at();
        self.link.drain(&at, &mut self.out);
    }

    fn close(&mut self) {
        let at = self.at();
        self.link.close(&at, &mut self.out);
    }

    fn post_answered(&mut self, post: u32, status: u16) {
        let (at, head) = (self.at(), Head { status, headers: Headers::default() });
        self.link.post_answered(post, &head, b"", true, &at, &mut self.out);
    }

    /// The lanes opened by the actions.
    fn opened(&self) -> Vec<u32> {
        let lane = |action: &Action| match action {
            Action::OpenStream { lane, .. } => Some(*lane),
            _ => None,
        };
        self.out.iter().filter_map(lane).collect()
    }

    /// The POSTs among the actions, all of which are dropped: name, JSON-RPC id, frame.
    fn posted(&mut self) -> Vec<(u32, String, String)> {
        let post = |action| match action {
            Action::Post { post, request, .. } => {
                let frame = request.body.unwrap();
                let object = crate::json::parse_str(&frame, 9).unwrap().object().unwrap();
                let id = object.get("id").map_or("", crate::json::Value::raw).to_owned();
                Some((post, id, frame))
            }
            _ => None,
        };
        self.out.drain(..).filter_map(post).collect()
    }

    /// Brings a session up; gives the POSTs of its first calls.
    fn stand(&mut self, lane: u32) -> Vec<(u32, String, String)> {
        self.out.clear();
        self.bytes(lane, "event: endpoint\ndata: /m\n\n");
        let (post, id, frame) = self.posted().remove(0);
        assert!(frame.contains("\"initialize\""), "{frame}");
        self.post_answered(post, 202);
        self.event(lane, &format!(r#"{{"id":{id},"result":{{"protocolVersion":"2025-11-25"}}}}"#));
        let mut posts = self.posted();
        let (post, _, frame) = posts.remove(0);
        assert!(frame.contains("notifications/initialized"), "{frame}");
        self.post_answered(post, 202);
        posts.append(&mut self.posted());
        posts
    }

    /// The actions in short, all of which are dropped.
    fn said(&mut self) -> Vec<String> {
        let short = |action| match action {
            Action::OpenStream { lane, .. } => format!("open {lane}"),
            Action::CloseStream { lane } => format!("close {lane}"),
            Action::Post { post, .. } => format!("post {post}"),
            Action::AbortPost(post) => format!("abort {post}"),
            Action::Wake(ms) => format!("wake {}", ms - NOW),
            Action::Ended { job, end } => format!("ended {job} {}", brief(&end)),
            Action::Push(params) => format!("push {params}"),
            Action::Say { what: "event", number, json } => format!("event {number} {}", heard(&json)),
            Action::Say { what, number, json } if what == "state" || what == "over" => {
                let codes = json.replace(['"', '[', ']'], "");
                let code = codes.split_once("code:").and_then(|(_, rest)| rest.split(',').next());
                let parts = codes.split(',').take(if what == "state" { 3 } else { 0 });
                let words: Vec<_> = parts.chain(code).filter(|part| *part != "null").collect();
                format!("{what} {number} {}", words.join(" ")).trim_end().to_owned()
            }
            Action::Say { what, number, json } => format!("{what} {number} {json}"),
            Action::Closed => "closed".to_owned(),
        };
        self.out.drain(..).map(short).collect()
    }
}

/// An event's type and what tells it from others.
fn heard(json: &str) -> String {
    let event = crate::json::parse_str(json, 9).unwrap();
    let parts = ["type", "text", "detail"].map(|key| event.at(key).chars());
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn brief(end: &End) -> String {
    let sent = |result: &SendResult| match result.cause() {
        None => "sent".to_owned(),
        Some(error) => format!("{} {} {}", result.outcome(), error.code, result.attempts),
    };
    match end {
        End::Json(json) => json.clone(),
        End::Failed(error) => format!("{} {}", error.kind.name(), error.code),
        End::Sent(result) => sent(result),
        End::SentMany(results) => results.iter().map(sent).collect::<Vec<_>>().join(", "),
    }
}

fn sent(id: &str) -> String {
    format!(r#"{{"id":{id},"result":{{"content":[{{"text":"{{\"messageId\":\"M\"}}"}}]}}}}"#)
}

#[test]
fn the_order_of_a_call_that_has_a_link_of_its_own() {
    let mut bench = Bench::new();
    let job = bench.send();
    bench.drain();
    let lane = bench.opened()[0];
    assert_eq!(bench.said(), [format!("open {lane}"), "wake 10000".to_owned()]);
    bench.bytes(99, "event: endpoint\ndata: /m\n\n");
    assert!(bench.said().is_empty(), "nobody listens to a lane that is none");

    bench.bytes(lane, "event: endpoint\ndata: /m\n\n");
    let Some(Action::Post { post, request, limit }) = bench.out.first() else { panic!("{:?}", bench.out) };
    assert_eq!((request.url.as_str(), *limit), ("https://a.example/m", 8 << 20));
    let (initialize, id) = (*post, bench.posted()[0].1.clone());
    bench.post_answered(initialize, 202);
    assert!(bench.said().is_empty());
    bench.event(lane, &format!(r#"{{"id":{id},"result":{{"protocolVersion":"2025-11-25"}}}}"#));
    let posts = bench.posted();
    assert_eq!(posts.len(), 2, "initialized, and the call");
    let mut names = vec![job, lane, initialize, posts[0].0, posts[1].0];
    names.sort_unstable();
    names.dedup();
    assert!(names.len() == 5 && !names.contains(&0), "all have names of their own: {names:?}");

    bench.event(lane, &sent(&posts[1].1));
    assert_eq!(
        bench.said(),
        [
            format!("ended {job} sent"),
            format!("abort {}", posts[1].0),
            format!("abort {}", posts[0].0),
            format!("close {lane}"),
            "closed".to_owned(),
        ]
    );
    bench.drain();
    bench.close();
    bench.tick(NOW + 60_000.0);
    assert!(bench.said().is_empty(), "the end is said once");
}

#[test]
fn what_is_wrong_ends_within_the_call() {
    for (method, options, want) in [
        (Method::Send, "{}", "not_sent CONFIG 0"),
        (Method::Send, r#"{"to":"+1","body":"x","maxAttempts":0}"#, "not_sent PROTOCOL 0"),
        (Method::SendMany, "{}", "ConfigError CONFIG"),
        (Method::SendMany, r#"{"messages":[]}"#, ""),
        (Method::SendMany, r#"{"messages":[7,{}]}"#, "not_sent CONFIG 0, not_sent CONFIG 0"),
        (Method::CallTool, "{}", "ConfigError CONFIG"),
        (Method::ListTools, r#"{"x":1}"#, "ConfigError CONFIG"),
        (Method::Ping, r#"{"toolName":5}"#, "false"),
    ] {
        let mut bench = Bench::new();
        let job = bench.call(method, options);
        assert_eq!(bench.said(), [format!("ended {job} {want}")], "{method:?} {options}");
        bench.drain();
        assert_eq!(bench.said(), ["closed"]);
        // A link that takes nothing more still names the caller's mistake.
        let job = bench.call(method, options);
        assert_eq!(bench.said(), [format!("ended {job} {want}")]);
    }
}

#[test]
fn a_link_that_drains_takes_no_further_call_but_tries_again_what_may_heal() {
    let mut bench = Bench::new();
    let job = bench.send();
    let lane = bench.opened()[0];
    bench.drain();
    bench.out.clear();
    for (method, options, want) in [
        (Method::Send, MESSAGE, "not_sent STREAM_LOST 0"),
        (
            Method::SendMany,
            &*format!(r#"{{"messages":[{MESSAGE}],"agentToken":"b"}}"#),
            "not_sent STREAM_LOST 0",
        ),
        (Method::CallTool, r#"{"toolName":"x"}"#, "TransportError STREAM_LOST"),
        (Method::Ping, "", "false"),
    ] {
        let job = bench.call(method, options);
        assert_eq!(bench.said(), [format!("ended {job} {want}")], "{method:?}");
    }
    let at = bench.at();
    bench.link.stream_ended(lane, None, &at, &mut bench.out);
    assert_eq!(bench.said(), [format!("close {lane}"), "wake 2000".to_owned()], "a pause of two seconds");
    bench.tick(NOW + 1999.0);
    assert_eq!(bench.said(), ["wake 2000"]);
    bench.tick(NOW + 2000.0);
    let next = bench.opened()[0];
    assert_ne!(next, lane, "a new session is another lane");
    bench.bytes(lane, "event: endpoint\ndata: /m\n\n");
    assert!(bench.posted().is_empty(), "the old one is not heard any more");
    let posts = bench.stand(next);
    bench.event(next, &sent(&posts[0].1));
    let said = bench.said();
    assert_eq!(said.first(), Some(&format!("ended {job} sent")));
    assert_eq!(said.last().map(String::as_str), Some("closed"));
}

#[test]
fn closing_fails_whatever_is_under_way_at_once() {
    let mut bench = Bench::with(r#","maxInFlight":1"#);
    let posted = bench.send();
    let lane = bench.opened()[0];
    bench.stand(lane);
    let queued = bench.send();
    let tool = bench.call(Method::CallTool, r#"{"toolName":"x","idempotent":true}"#);
    let ping = bench.call(Method::Ping, "");
    let own = bench.call(Method::Send, r#"{"to":"+1","body":"x","agentToken":"other"}"#);
    let other = bench.opened()[0];
    let batch =
        bench.call(Method::SendMany, &format!(r#"{{"messages":[{MESSAGE},{MESSAGE}],"concurrency":1}}"#));
    // One more waits for its second attempt.
    let at = bench.at();
    bench.link.stream_ended(other, None, &at, &mut bench.out);
    bench.out.clear();
    bench.close();
    let mut said = bench.said();
    assert_eq!(said.pop().as_deref(), Some("closed"));
    said.sort();
    let mut want = vec![
        format!("close {lane}"),
        format!("ended {posted} unknown STREAM_LOST 1"),
        format!("ended {queued} not_sent STREAM_LOST 0"),
        format!("ended {tool} TransportError STREAM_LOST"),
        format!("ended {ping} false"),
        format!("ended {own} not_sent STREAM_LOST 0"),
        format!("ended {batch} not_sent STREAM_LOST 0, not_sent STREAM_LOST 0"),
    ];
    want.sort();
    said.retain(|said| !said.starts_with("abort"));
    assert_eq!(said, want);
    bench.close();
    assert!(bench.said().is_empty());
}

#[test]
fn a_send_given_up_ends_with_a_result_other_calls_just_vanish() {
    let mut bench = Bench::new();
    let send = bench.send();
    let tool = bench.call(Method::CallTool, r#"{"toolName":"x"}"#);
    let kept = bench.send();
    let lane = bench.opened()[0];
    let posts = bench.stand(lane);
    bench.abort(tool);
    assert_eq!(bench.said(), [format!("abort {}", posts[1].0)]);
    bench.abort(send);
    assert_eq!(bench.said(), [format!("abort {}", posts[0].0), format!("ended {send} unknown ABORTED 1")]);
    bench.abort(send);
    bench.abort(tool);
    bench.abort(77);
    bench.event(lane, &sent(&posts[1].1));
    assert!(bench.said().is_empty());
    bench.event(lane, &sent(&posts[2].1));
    assert_eq!(bench.said().first(), Some(&format!("ended {kept} sent")));

    // In a pause nothing is under way, but what was unsure stays so.
    for (options, want) in [("", "not_sent ABORTED 0"), (r#","connectTimeoutMs":60000"#, "unknown ABORTED 1")]
    {
        let mut bench = Bench::with(options);
        let job = bench.send();
        let lane = bench.opened()[0];
        if want.starts_with("unknown") {
            bench.stand(lane);
        }
        let at = bench.at();
        bench.link.stream_ended(lane, None, &at, &mut bench.out);
        bench.out.clear();
        bench.abort(job);
        assert_eq!(bench.said(), [format!("ended {job} {want}")]);
    }

    // Given up from the beginning: no byte goes out.
    for (method, options, end) in [
        (Method::Send, MESSAGE, Some("not_sent ABORTED 0")),
        (
            Method::SendMany,
            &*format!(r#"{{"messages":[{MESSAGE},{{}}]}}"#),
            Some("not_sent ABORTED 0, not_sent CONFIG 0"),
        ),
        (Method::ListTools, "", None),
    ] {
        let mut bench = Bench::new();
        let at = bench.at();
        let job = bench.link.call(method, options, 0, true, &at, &mut bench.out);
        let want: Vec<_> = end.map(|end| format!("ended {job} {end}")).into_iter().collect();
        assert_eq!(bench.said(), want);
        bench.drain();
        assert_eq!(bench.said(), ["closed"]);
    }
}

#[test]
fn a_batch_given_up_posts_nothing_more() {
    let mut bench = Bench::with(r#","maxInFlight":2"#);
    let batch = format!(r#"{{"messages":[{MESSAGE},{MESSAGE},{MESSAGE},{MESSAGE}],"concurrency":3}}"#);
    let job = bench.call(Method::SendMany, &batch);
    let lane = bench.opened()[0];
    let posts = bench.stand(lane);
    assert_eq!(posts.len(), 2);
    bench.abort(job);
    let not_sent = "not_sent ABORTED 0";
    assert_eq!(
        bench.said(),
        [
            format!("abort {}", posts[1].0),
            format!("abort {}", posts[0].0),
            format!("ended {job} unknown ABORTED 1, unknown ABORTED 1, {not_sent}, {not_sent}"),
        ]
    );
}

#[test]
fn a_batch_keeps_its_limit_and_its_order() {
    let mut bench = Bench::new();
    let chain = bench.link.chain("event", 0, NOW);
    let keyed = r#"{"to":"+3","body":"x","idempotencyKey":"mine"}"#;
    let batch = format!(r#"{{"messages":[{MESSAGE},{keyed},{{}},{MESSAGE}],"concurrency":1}}"#);
    let at = bench.at();
    let job = bench.link.call(Method::SendMany, &batch, chain, false, &at, &mut bench.out);
    let lane = bench.opened()[0];
    let mut posts = bench.stand(lane);
    let mut starts = 0;
    while let [(_, id, _)] = &posts[..] {
        starts += 1;
        bench.event(lane, &sent(id));
        if let Some(Action::Ended { end: End::SentMany(results), .. }) =
            bench.out.iter().find(|action| matches!(action, Action::Ended { .. }))
        {
            let keys: Vec<_> = results.iter().map(|result| result.idempotency_key.clone()).collect();
            assert_eq!(
                keys,
                [send_key("event", 0, 0), "mine".into(), send_key("event", 0, 1), send_key("event", 0, 2)]
            );
            break;
        }
        posts = bench.posted();
    }
    assert_eq!((starts, bench.said()), (3, vec![format!("ended {job} sent, sent, not_sent CONFIG 0, sent")]));
}

#[test]
fn a_token_of_its_own_is_a_lane_that_ends_with_its_call() {
    let mut bench = Bench::new();
    bench.send();
    let shared = bench.opened()[0];
    bench.stand(shared);
    let own = bench.call(Method::Ping, r#"{"agentToken":"other"}"#);
    let [lane] = bench.opened()[..] else { panic!("{:?}", bench.out) };
    let posts = bench.stand(lane);
    bench.event(lane, &format!(r#"{{"id":{},"result":{{"content":[{{"text":"pong"}}]}}}}"#, posts[0].1));
    let said = bench.said();
    assert_eq!(said[0], format!("ended {own} true"));
    assert!(said.contains(&format!("close {lane}")));

    // One lane for a batch with a token, one more for the message with yet another.
    let other = r#"{"to":"+2","body":"x","agentToken":"c"}"#;
    let same = r#"{"to":"+2","body":"x","agentToken":"b"}"#;
    let job = bench
        .call(Method::SendMany, &format!(r#"{{"messages":[{MESSAGE},{other},{same}],"agentToken":"b"}}"#));
    let [batch, single] = bench.opened()[..] else { panic!("{:?}", bench.out) };
    assert_eq!(bench.stand(batch).len(), 2);
    let posts = bench.stand(single);
    bench.event(single, &sent(&posts[0].1));
    assert!(bench.said().contains(&format!("close {single}")));
    bench.abort(job);
    let said = bench.said();
    assert_eq!(said.last(), Some(&format!("close {batch}")));
    assert!(said.contains(&format!("ended {job} unknown ABORTED 1, sent, unknown ABORTED 1")));
}

#[test]
fn all_calls_of_a_webhook_share_its_budget() {
    let mut bench = Bench::new();
    let chain = bench.link.chain("event", 0, NOW);
    let at = bench.at();
    let first = bench.link.call(Method::Send, MESSAGE, chain, false, &at, &mut bench.out);
    let lane = bench.opened()[0];
    bench.stand(lane);
    bench.now = NOW + 3000.0;
    let at = bench.at();
    let second = bench.link.call(Method::Send, MESSAGE, chain, false, &at, &mut bench.out);
    let tool = bench.link.call(Method::CallTool, r#"{"toolName":"x"}"#, chain, false, &at, &mut bench.out);
    let other = bench.call(Method::CallTool, r#"{"toolName":"x"}"#);
    bench.out.clear();
    bench.tick(NOW + 7999.0);
    assert!(!bench.said().iter().any(|said| said.starts_with("ended")));
    bench.tick(NOW + 8000.0);
    let ended: Vec<_> =
        bench.out.iter().filter(|action| matches!(action, Action::Ended { .. })).cloned().collect();
    let [
        Action::Ended { job, end: End::Sent(one) },
        Action::Ended { job: job_2, end: End::Sent(two) },
        Action::Ended { job: job_3, end: End::Failed(three) },
    ] = &ended[..]
    else {
        panic!("{ended:?}")
    };
    assert_eq!((*job, *job_2, *job_3), (first, second, tool), "the one of no webhook goes on: {other}");
    let timeout = |error: &Error| error.extra("timeoutMs").unwrap().to_owned();
    let had = [one.cause().unwrap(), two.cause().unwrap(), three].map(timeout);
    assert_eq!(had, ["8000", "5000", "5000"], "what each had");
}

#[test]
fn pages_of_tools_are_read_to_their_end_which_must_come() {
    for endless in [false, true] {
        let mut bench = Bench::new();
        let job = bench.call(Method::ListTools, "");
        let lane = bench.opened()[0];
        let mut posts = bench.stand(lane);
        assert!(!posts[0].2.contains("params"));
        let mut pages = 0;
        while let Some((post, id, _)) = posts.pop() {
            pages += 1;
            let next = if endless || pages < 3 { r#","nextCursor":"c\"1""# } else { "" };
            bench.post_answered(post, 202);
            bench.event(
                lane,
                &format!(r#"{{"id":{id},"result":{{"tools":[{{"name":"t{pages}"}},7,{{}}]{next}}}}}"#),
            );
            if bench.out.iter().any(|action| matches!(action, Action::Ended { .. })) {
                break;
            }
            posts = bench.posted();
            assert!(posts[0].2.ends_with(r#""method":"tools/list","params":{"cursor":"c\"1"}}"#));
        }
        let (want_pages, want) =
            if endless { (100, "ProtocolError PROTOCOL") } else { (3, r#"["t1","t2","t3"]"#) };
        assert_eq!((pages, bench.said().remove(0)), (want_pages, format!("ended {job} {want}")));
    }
}

#[test]
fn a_clock_that_tells_no_time_hangs_nobody() {
    let mut bench = Bench::new();
    let job = bench.send();
    let lane = bench.opened()[0];
    bench.out.clear();
    bench.tick(f64::NAN);
    assert_eq!(bench.said(), [format!("ended {job} not_sent CONNECT_TIMEOUT 0"), format!("close {lane}")]);
    let job = bench.send();
    assert_eq!(bench.said(), [format!("ended {job} not_sent TIMEOUT 0")]);
}

#[test]
fn an_idle_session_closes_and_the_next_call_opens_another() {
    let mut bench = Bench::new();
    bench.send();
    let lane = bench.opened()[0];
    let posts = bench.stand(lane);
    bench.post_answered(posts[0].0, 202);
    bench.event(lane, &sent(&posts[0].1));
    bench.out.clear();
    bench.tick(NOW + 5000.0);
    assert_eq!(bench.said(), [format!("close {lane}")]);
    bench.send();
    assert!(bench.opened()[0] > lane);

    let mut bench = Bench::with(r#","keepAlive":true"#);
    bench.send();
    let lane = bench.opened()[0];
    let posts = bench.stand(lane);
    bench.post_answered(posts[0].0, 202);
    bench.event(lane, &sent(&posts[0].1));
    bench.out.clear();
    bench.tick(NOW + 1e9);
    assert!(bench.said().is_empty());
    bench.event(lane, r#"{"method":"notifications/message","params":{"a":1}}"#);
    assert_eq!(bench.said(), [r#"push {"a":1}"#]);
}

#[test]
fn a_refused_stream_is_refused_for_good_or_tried_again() {
    for (status, retry, want) in [(401, false, "not_sent HTTP_ERROR 0"), (503, true, "")] {
        let mut bench = Bench::new();
        let job = bench.send();
        let lane = bench.opened()[0];
        bench.out.clear();
        let (at, head) = (bench.at(), Head { status, headers: Headers::default() });
        bench.link.stream_refused(lane, &head, b"", &at, &mut bench.out);
        let said = bench.said();
        let want = if retry {
            vec![format!("close {lane}"), "wake 2000".into()]
        } else {
            vec![format!("ended {job} {want}"), format!("close {lane}")]
        };
        assert_eq!(said, want);
    }
    assert!(Link::accepts(200, Some("text/event-stream")) && !Link::accepts(200, None));
}

#[test]
fn no_error_shows_the_token_whoever_repeats_it() {
    let rest = r#","agentToken":"tok en","maxAttempts":1,"retryUnknown":false"#;
    let said = |bench: &Bench| format!("{:?}", bench.out);
    let hidden = |bench: &Bench| {
        let said = said(bench);
        assert!(said.contains("Ended") && said.contains("***"), "{said}");
        assert!(!said.contains("tok en is") && !said.contains("tok%20en"), "{said}");
    };
    let tool = r#"{"toolName":"x"}"#;
    for send in [true, false] {
        let begin = |bench: &mut Bench| {
            let _job = if send { bench.send() } else { bench.call(Method::CallTool, tool) };
            let lane = bench.opened()[0];
            let posts = bench.stand(lane);
            bench.out.clear();
            (lane, posts[0].0, posts[0].1.clone(), bench.at())
        };
        let mut bench = Bench::with(rest);
        let (.., post, _, at) = begin(&mut bench);
        bench.link.post_failed(post, NetError("tok en is lost, tok%20en".into()), &at, &mut bench.out);
        hidden(&bench);

        let mut bench = Bench::with(rest);
        let (.., post, _, at) = begin(&mut bench);
        let head = Head { status: 401, headers: Headers::default() };
        let body = br#"{"code":"AUTH_TOKEN_REVOKED","error":"tok en is no more"}"#;
        bench.link.post_answered(post, &head, body, true, &at, &mut bench.out);
        hidden(&bench);

        for answer in [
            r#""error":{"code":-1,"message":"tok en is wrong"}"#,
            r#""result":{"isError":true,"content":[{"type":"text","text":"tok en is wrong"}]}"#,
        ] {
            let mut bench = Bench::with(rest);
            let (lane, _, id, _) = begin(&mut bench);
            bench.event(lane, &format!(r#"{{"jsonrpc":"2.0","id":{id},{answer}}}"#));
            if send {
                let Some(Action::Ended { end: End::Sent(result), .. }) = bench.out.first() else {
                    panic!("{}", said(&bench))
                };
                assert_eq!(result.cause().unwrap().message, "*** is wrong");
            } else if answer.starts_with(r#""error""#) {
                hidden(&bench);
            }
        }
    }
}

#[test]
fn lanes_of_messages_that_wait_are_kept() {
    let mut bench = Bench::new();
    let own = |token: &str| format!(r#"{{"to":"+2","body":"x","agentToken":"{token}"}}"#);
    let messages = [MESSAGE.to_owned(), own("c"), MESSAGE.to_owned(), own("d")].join(",");
    let options = format!(r#"{{"messages":[{messages}],"agentToken":"b","concurrency":1}}"#);
    bench.call(Method::SendMany, &options);
    let batch = bench.opened()[0];
    let mut lane = batch;
    for round in 0..4 {
        let posts = if round == 2 { bench.posted() } else { bench.stand(lane) };
        assert_eq!(posts.len(), 1, "{round}");
        bench.out.clear();
        bench.event(if round == 2 { batch } else { lane }, &sent(&posts[0].1));
        lane = bench.opened().last().copied().unwrap_or(lane);
    }
    let Some(Action::Ended { end: End::SentMany(results), .. }) =
        bench.out.iter().find(|action| matches!(action, Action::Ended { .. }))
    else {
        panic!("{:?}", bench.out)
    };
    assert!(results.len() == 4 && results.iter().all(|result| result.end.is_ok()));
}

#[test]
fn a_large_batch_is_begun_and_given_up_in_order() {
    let many = 3000;
    let messages = vec![MESSAGE; many].join(",");
    for (which, aborted) in [(0, false), (0, true), (1, false)] {
        let mut bench = Bench::new();
        let at = bench.at();
        let options = format!(r#"{{"messages":[{messages}],"concurrency":4}}"#);
        let job = bench.link.call(Method::SendMany, &options, 0, aborted, &at, &mut bench.out);
        if which == 0 {
            bench.abort(job);
        } else {
            bench.link.close(&at, &mut bench.out);
        }
        let ended = bench.out.iter().find_map(|action| match action {
            Action::Ended { end: End::SentMany(results), .. } => Some(results),
            _ => None,
        });
        let places: Vec<usize> = ended.unwrap().iter().map(|result| result.place).collect();
        assert_eq!(places, (0..many).collect::<Vec<_>>());
    }
}

#[test]
fn a_post_that_fails_is_the_call_s_own_loss() {
    let mut bench = Bench::with(r#","maxAttempts":1"#);
    let (first, second) = (bench.send(), bench.send());
    let lane = bench.opened()[0];
    let posts = bench.stand(lane);
    let at = bench.at();
    bench.link.post_failed(posts[0].0, NetError("reset".into()), &at, &mut bench.out);
    bench.link.post_failed(posts[0].0, NetError("reset".into()), &at, &mut bench.out);
    let Some(Action::Ended { job, end: End::Sent(result) }) = bench.out.first() else {
        panic!("{:?}", bench.out)
    };
    let cause = result.cause().unwrap();
    assert_eq!((*job, cause.kind, cause.message.as_str()), (first, Kind::TransportError, "reset"));
    assert_eq!(bench.said().len(), 1, "the other goes on: {second}");
}

/// The method of that name.
fn tool(name: &str) -> Method {
    let row = tools::rows().position(|row| row.js() == name).unwrap();
    Method::of(u32::try_from(row).unwrap())
}

const OLD: &str =
    r#"{"tools":[{"name":"comms_check_trust","inputSchema":{"properties":{"contactAddress":{}}}}]}"#;

#[test]
fn rows_are_methods_by_their_number() {
    for (row, method) in [Method::Send, Method::SendMany, Method::CallTool, Method::ListTools, Method::Ping]
        .into_iter()
        .enumerate()
    {
        assert_eq!(Method::of(u32::try_from(row).unwrap()), method);
        assert_eq!(method.row(), Row::nth(u32::try_from(row).unwrap()));
    }
    assert_eq!((tool("getMe").row().js(), Method::of(5).row().js()), ("getMe", "typing"));
}

#[test]
fn a_session_asks_for_its_tools_once_and_only_for_those_who_need_them() {
    let mut bench = Bench::new();
    let plain = bench.call(tool("getMe"), "");
    let first = bench.call(tool("checkTrust"), r#"{"contact":"+1"}"#);
    let second = bench.call(tool("checkTrust"), r#"{"contact":"+2"}"#);
    let lane = bench.opened()[0];
    let posts = bench.stand(lane);
    assert_eq!(posts.len(), 2, "{posts:?}");
    assert!(posts[0].2.contains("comms_get_me") && posts[1].2.contains("tools/list"), "{posts:?}");
    bench.event(lane, &format!(r#"{{"id":{},"result":{OLD}}}"#, posts[1].1));
    let calls = bench.posted();
    for ((_, _, frame), contact) in calls.iter().zip(["+1", "+2"]) {
        let arguments = format!(r#""arguments":{{"contactAddress":"{contact}"}}"#);
        assert!(frame.contains(&arguments), "{frame}");
    }
    assert_eq!(calls.len(), 2, "{calls:?}");
    bench.post_answered(posts[1].0, 202);
    for (post, id, _) in [&posts[0], &calls[0], &calls[1]] {
        bench.post_answered(*post, 202);
        let answer = r#"{"content":[{"type":"text","text":"{\"agent_id\":1}"}]}"#;
        bench.event(lane, &format!(r#"{{"id":{id},"result":{answer}}}"#));
    }
    for job in [plain, first, second] {
        let end = End::Json(r#"{"agentId":1}"#.to_owned());
        assert!(bench.out.contains(&Action::Ended { job, end }), "{:?}", bench.out);
    }
    bench.out.clear();
    bench.call(tool("checkTrust"), r#"{"contact":"+3"}"#);
    assert!(bench.posted()[0].2.contains("contactAddress"), "asked again");
    // Another session may be another server.
    let at = bench.at();
    bench.link.stream_ended(lane, None, &at, &mut bench.out);
    bench.out.clear();
    bench.call(tool("checkTrust"), r#"{"contact":"+4"}"#);
    let lane = bench.opened()[0];
    let posts = bench.stand(lane);
    assert!(posts[0].2.contains("tools/list"), "{posts:?}");
    bench.event(
        lane,
        &format!(r#"{{"id":{},"error":{{"code":-32601,"message":"Method not found"}}}}"#, posts[0].1),
    );
    assert!(bench.posted()[0].2.contains(r#"{"contact":"+4"}"#), "without a list our names");
}

#[test]
fn who_waits_for_the_tools_has_a_deadline_and_outlives_who_asked() {
    let mut bench = Bench::new();
    let asks = bench.call(tool("checkTrust"), r#"{"contact":"+1"}"#);
    let late = bench.call(tool("checkTrust"), r#"{"contact":"+2","timeoutMs":50}"#);
    let waits = bench.call(tool("checkTrust"), r#"{"contact":"+3"}"#);
    let lane = bench.opened()[0];
    let posts = bench.stand(lane);
    assert_eq!(posts.len(), 1, "{posts:?}");
    bench.tick(NOW + 49.0);
    assert!(!bench.out.iter().any(|action| matches!(action, Action::Ended { .. })), "{:?}", bench.out);
    bench.tick(NOW + 50.0);
    let ended = bench.out.iter().find_map(|action| match action {
        Action::Ended { job, end: End::Failed(error) } => Some((*job, error.kind, error.code.clone())),
        _ => None,
    });
    assert_eq!(ended, Some((late, Kind::DeadlineError, "TIMEOUT".into())));
    bench.out.clear();
    bench.abort(asks);
    let posts = bench.posted();
    assert!(posts[0].2.contains("tools/list") && posts.len() == 1, "the next one asks: {posts:?}");
    bench.event(lane, &format!(r#"{{"id":{},"result":{{"tools":[]}}}}"#, posts[0].1));
    let posts = bench.posted();
    assert!(posts[0].2.contains(r#"{"contact":"+3"}"#), "{posts:?}");
    bench.event(lane, &format!(r#"{{"id":{},"result":{{"content":[]}}}}"#, posts[0].1));
    let end = End::Json(r#"{"raw":null}"#.to_owned());
    assert!(bench.out.contains(&Action::Ended { job: waits, end }), "{:?}", bench.out);
}

#[test]
fn without_a_session_nobody_waits_for_its_tools() {
    let mut bench = Bench::new();
    let mut jobs = Vec::new();
    for _ in 0..3 {
        jobs.push(bench.call(tool("typing"), r#"{"to":"+1"}"#));
    }
    let lane = bench.opened()[0];
    bench.out.clear();
    let (at, head) = (bench.at(), Head { status: 401, headers: Headers::default() });
    bench.link.stream_refused(lane, &head, b"{}", &at, &mut bench.out);
    assert!(bench.opened().is_empty(), "a refused token is shown once");
    for job in jobs {
        let refused = |action: &Action| matches!(action, Action::Ended { job: ended, end: End::Failed(error) } if *ended == job && error.kind == Kind::AuthError);
        assert!(bench.out.iter().any(refused), "{:?}", bench.out);
    }
}

#[test]
fn a_preview_that_would_act_goes_nowhere() {
    let mut bench = Bench::new();
    let job = bench.call(tool("deprovisionChannels"), "");
    let lane = bench.opened()[0];
    let posts = bench.stand(lane);
    let old =
        r#"{"tools":[{"name":"comms_deprovision_channels","inputSchema":{"properties":{"agentId":{}}}}]}"#;
    bench.event(lane, &format!(r#"{{"id":{},"result":{old}}}"#, posts[0].1));
    let failed = |action: &Action| matches!(action, Action::Ended { job: ended, end: End::Failed(error) } if *ended == job && error.kind == Kind::ConfigError);
    assert!(bench.out.iter().any(failed), "{:?}", bench.out);
    assert!(bench.posted().is_empty());
}
