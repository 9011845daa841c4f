use super::*;

impl Bench {
    fn listen(&mut self, options: &str) -> u32 {
        let at = self.at();
        self.link.listen(options, false, &at, &mut self.out)
    }

    fn listen_and_speak(&mut self) -> u32 {
        let at = self.at();
        self.link.listen("", true, &at, &mut self.out)
    }

    fn unlisten(&mut self, listener: u32) {
        let at = self.at();
        self.link.unlisten(listener, &at, &mut self.out);
    }

    fn took(&mut self, listener: u32, count: usize) {
        let at = self.at();
        for _ in 0..count {
            self.link.took(listener, &at, &mut self.out);
        }
    }

    fn ended(&mut self, lane: u32) {
        let at = self.at();
        self.link.stream_ended(lane, None, &at, &mut self.out);
    }

    fn refused(&mut self, lane: u32, status: u16, body: &str) {
        let (at, head) =
            (self.at(), Head { status, headers: Headers::new([("retry-after", "90".to_owned())]) });
        self.link.stream_refused(lane, &head, body.as_bytes(), &at, &mut self.out);
    }

    fn pushed(&mut self, lane: u32, data: &str) {
        self.event(lane, &push(data));
    }

    fn message(&mut self, lane: u32, id: &str) {
        self.pushed(lane, &message(id));
    }

    fn said_question(&mut self, question: u32, text: Option<&str>) {
        let at = self.at();
        self.link.said(question, text, "", &at, &mut self.out);
    }

    /// What was said, without wishes to be woken.
    fn told(&mut self) -> Vec<String> {
        self.said().into_iter().filter(|said| !said.starts_with("wake")).collect()
    }

    /// Opens the newest session and leaves nothing under way; gives its lane.
    fn up(&mut self) -> u32 {
        let lane = *self.opened().last().unwrap();
        assert!(self.stand(lane).is_empty());
        lane
    }

    /// Lets time pass until the next session is opened; gives the pause and its lane.
    fn reopened(&mut self) -> (f64, u32) {
        let start = self.now;
        loop {
            let opened = self.opened();
            if let Some(lane) = opened.last() {
                return (self.now - start, *lane);
            }
            let wake = self.out.iter().rev().find_map(|action| match action {
                Action::Wake(ms) => Some(*ms),
                _ => None,
            });
            self.tick(wake.expect("somebody wakes it"));
        }
    }
}

fn push(data: &str) -> String {
    format!(r#"{{"method":"notifications/message","params":{{"level":"info","logger":"x","data":{data}}}}}"#)
}

fn message(id: &str) -> String {
    format!(r#"{{"type":"message","messageId":"{id}","channel":"sms","from":"+1","body":"{id}"}}"#)
}

#[test]
fn a_listener_opens_a_session_hears_events_in_order_and_ends_as_meant() {
    let mut bench = Bench::new();
    let listener = bench.listen("");
    let lane = bench.opened()[0];
    assert_eq!(bench.told(), [format!("state {listener} connecting 0"), format!("open {lane}")]);
    bench.out.push(Action::OpenStream { lane, request: opening("") });
    bench.bytes(lane, "event: endpoint\ndata: /m\n\n");
    let (_, id, frame) = bench.posted().remove(0);
    assert!(frame.contains(r#""capabilities":{}"#), "{frame}");
    bench.message(lane, "early");
    assert_eq!(bench.told(), [format!("event {listener} message early")], "before the session stands");
    bench.event(lane, &format!(r#"{{"id":{id},"result":{{"protocolVersion":"2025-11-25"}}}}"#));
    let told = bench.told();
    assert_eq!(told.last().unwrap(), &format!("state {listener} open 1"));
    for data in [
        message("a"),
        r#"{"type":"receipt","messageId":"SM1","status":"delivered"}"#.into(),
        r#"{"type":"status","status":"paused","detail":"why"}"#.into(),
        r#"{"type":"capabilities","channels":["sms"]}"#.into(),
        r#"{"type":"later"}"#.into(),
        "7".into(),
    ] {
        bench.pushed(lane, &data);
    }
    let kinds = [
        "message a",
        "delivery_receipt",
        "status_update why",
        "capabilities",
        "unknown neither a message nor a receipt",
        "unknown cannot read the object",
    ];
    assert_eq!(bench.told(), kinds.map(|kind| format!("event {listener} {kind}")));
    bench.unlisten(listener);
    assert_eq!(bench.told()[0], format!("over {listener}"));
    bench.message(lane, "late");
    let params = format!(r#"{{"level":"info","logger":"x","data":{}}}"#, message("late"));
    assert_eq!(bench.told(), [format!("push {params}")]);
    bench.unlisten(listener);
    assert!(bench.told().is_empty(), "an end is said once");
    // Nobody uses the session any more: it closes like any other that is idle.
    bench.tick(bench.now + 5000.0);
    assert!(bench.told().contains(&format!("close {lane}")));
}

fn opening(id: &str) -> Request {
    let mut headers =
        vec![("accept", "text/event-stream".to_owned()), ("authorization", "Bearer tok".to_owned())];
    if !id.is_empty() {
        headers.push(("last-event-id", id.to_owned()));
    }
    Request { method: crate::http::Method::Get, url: "https://a.example/sse".into(), headers, body: None }
}

#[test]
fn what_is_wrong_with_a_listener_ends_it_at_once() {
    for (options, want) in [
        ("[]", "listen: the options must be an object"),
        (r#"{"maxBuffered":0}"#, "listen: `maxBuffered` must be at least 1"),
        (r#"{"idlePingMs":"1"}"#, "listen: `idlePingMs` must be a number"),
        (r#"{"reconnect":1}"#, "listen: `reconnect` must be true or false"),
        (r#"{"agentToken":"other"}"#, "listen: `agentToken` must be the agent's own"),
    ] {
        let mut bench = Bench::new();
        let listener = bench.listen(options);
        let [Action::Say { what: "over", number, json }] = bench.out.as_slice() else {
            panic!("{:?}", bench.out)
        };
        assert_eq!(*number, listener);
        assert!(json.starts_with("[\"ConfigError\"") && json.contains(want), "{json}");
    }
    let config = AgentConfig::parse(r#"{"baseUrl":"https://a.example"}"#).unwrap();
    let mut bench = Bench { link: Link::new(config, [7; 16]), out: Vec::new(), now: NOW };
    let listener = bench.listen("");
    assert_eq!(bench.told(), [format!("over {listener} CONFIG")], "no token");
    let mut bench = Bench::new();
    let listener = bench.listen("");
    bench.close();
    assert!(bench.told().contains(&format!("over {listener}")));
    let late = bench.listen("");
    assert_eq!(bench.told(), [format!("over {late} STREAM_LOST")], "a link that is closed");
}

#[test]
fn lost_streams_are_replaced_after_pauses_that_grow_and_start_over_after_stability() {
    let mut bench = Bench::new();
    let listener = bench.listen(r#"{"maxBackoffMs":5000}"#);
    let mut pauses = Vec::new();
    for _ in 0..5 {
        let lane = *bench.opened().last().unwrap();
        bench.out.clear();
        bench.ended(lane);
        pauses.push(bench.reopened().0);
    }
    assert_eq!(pauses, [1000.0, 2000.0, 4000.0, 5000.0, 5000.0]);
    // Standing is not enough.
    let lane = bench.up();
    bench.now += 29_000.0;
    bench.message(lane, "m");
    bench.out.clear();
    bench.ended(lane);
    let told = bench.told();
    assert_eq!(told.last().unwrap(), &format!("state {listener} waiting 1 5000 STREAM_LOST"));
    bench.tick(bench.now + 5000.0);
    let lane = bench.up();
    bench.now += 30_000.0;
    bench.out.clear();
    bench.ended(lane);
    assert_eq!(bench.told().last().unwrap(), &format!("state {listener} waiting 2 1000 STREAM_LOST"));
}

#[test]
fn pauses_have_jitter_and_the_server_may_make_them_longer() {
    let mut bench = Bench::new();
    let listener = bench.listen("");
    let lane = bench.opened()[0];
    bench.out.clear();
    let at = At { ms: bench.now, chance: 0.5 };
    bench.link.stream_ended(lane, None, &at, &mut bench.out);
    assert_eq!(bench.told().last().unwrap(), &format!("state {listener} waiting 0 750 TRANSPORT"));
    bench.tick(bench.now + 750.0);
    let lane = bench.opened()[0];
    bench.out.clear();
    bench.refused(lane, 429, r#"{"code":"RATE_LIMITED"}"#);
    assert_eq!(bench.told().last().unwrap(), &format!("state {listener} waiting 0 90000 RATE_LIMITED"));
    bench.tick(bench.now + 90_000.0);
    let lane = bench.opened()[0];
    bench.out.clear();
    bench.refused(lane, 503, "");
    assert_eq!(bench.told().last().unwrap(), &format!("state {listener} waiting 0 90000 HTTP_ERROR"));
}

#[test]
fn what_will_not_heal_ends_it_with_a_typed_error() {
    for (status, body, code) in [
        (401, r#"{"code":"AUTH_INVALID_TOKEN"}"#, "AUTH_INVALID_TOKEN"),
        (401, r#"{"code":"AUTH_TOKEN_REVOKED"}"#, "AUTH_TOKEN_REVOKED"),
        (429, r#"{"code":"AUTH_LOCKED_OUT"}"#, "AUTH_LOCKED_OUT"),
        (302, "", "PROTOCOL"),
        (404, "", "HTTP_ERROR"),
    ] {
        let mut bench = Bench::new();
        let listener = bench.listen("");
        let lane = bench.opened()[0];
        bench.out.clear();
        bench.refused(lane, status, body);
        assert_eq!(
            bench.told(),
            [format!("close {lane}"), format!("over {listener} {code}")],
            "{status} {body}"
        );
        bench.tick(NOW + 1_000_000.0);
        assert!(bench.told().is_empty(), "nothing is tried again");
    }
    // A token that is revoked in mid-session shows at the next POST: the ping.
    let mut bench = Bench::new();
    let listener = bench.listen("");
    bench.up();
    bench.told();
    bench.tick(bench.now + 30_000.0);
    let (post, _, frame) = bench.posted().remove(0);
    assert!(frame.contains(r#""method":"ping""#), "{frame}");
    bench.post_answered(post, 401);
    assert_eq!(
        bench.told().last().unwrap(),
        &format!("over {listener} HTTP_ERROR"),
        "with the answer's error"
    );
}

#[test]
fn without_reconnect_the_first_loss_is_the_end() {
    let mut bench = Bench::new();
    let listener = bench.listen(r#"{"reconnect":false}"#);
    let lane = bench.up();
    bench.out.clear();
    bench.ended(lane);
    assert_eq!(bench.told().last().unwrap(), &format!("over {listener} STREAM_LOST"));
}

#[test]
fn a_silent_stream_is_asked_whether_it_lives_and_replaced_when_it_does_not() {
    let mut bench = Bench::new();
    let listener = bench.listen(r#"{"idlePingMs":20000}"#);
    let lane = bench.up();
    bench.tick(bench.now + 19_999.0);
    assert!(bench.posted().is_empty());
    bench.tick(bench.now + 1.0);
    let (_, id, frame) = bench.posted().remove(0);
    assert!(frame.contains(r#""method":"ping""#), "{frame}");
    bench.event(lane, &format!(r#"{{"id":{id},"result":{{}}}}"#));
    // It lives; a push is a sign of life as well.
    bench.now += 15_000.0;
    bench.message(lane, "m");
    bench.tick(bench.now + 19_999.0);
    assert!(bench.posted().is_empty());
    bench.tick(bench.now + 1.0);
    assert_eq!(bench.posted().len(), 1);
    bench.tick(bench.now + 9999.0);
    assert!(bench.told().is_empty());
    bench.tick(bench.now + 1.0);
    let told = bench.told();
    assert!(told.contains(&format!("close {lane}")), "{told:?}");
    assert_eq!(told.last().unwrap(), &format!("state {listener} waiting 1 1000 STREAM_LOST"));
}

#[test]
fn what_was_heard_is_not_heard_again() {
    let mut bench = Bench::new();
    let listener = bench.listen("");
    let lane = bench.up();
    bench.out.clear();
    let receipt = |status: &str| format!(r#"{{"type":"receipt","messageId":"a","status":"{status}"}}"#);
    for data in [message("a"), message("a"), receipt("sent"), receipt("read"), receipt("sent"), message("b")]
    {
        bench.pushed(lane, &data);
    }
    let want = ["message a", "delivery_receipt", "delivery_receipt", "message b"];
    assert_eq!(bench.told(), want.map(|kind| format!("event {listener} {kind}")));
    // Across a reconnect.
    bench.ended(lane);
    bench.tick(bench.now + 1000.0);
    let lane = bench.up();
    bench.out.clear();
    bench.message(lane, "b");
    bench.message(lane, "c");
    assert_eq!(bench.told(), [format!("event {listener} message c")]);
    // What has no id is always heard, and what the stream numbers is known by its number.
    let status = push(r#"{"type":"status","detail":"x"}"#);
    for id in ["", "", "id: 7\n", "id: 7\n", "id: 8\n"] {
        bench.bytes(lane, &format!("{id}data: {status}\n\n"));
    }
    assert_eq!(bench.told().len(), 4);
    // A new session is told the last number.
    bench.ended(lane);
    bench.tick(bench.now + 2000.0);
    let again = |action: &Action| match action {
        Action::OpenStream { request, .. } => Some(request.clone()),
        _ => None,
    };
    assert_eq!(bench.out.iter().find_map(again), Some(opening("8")));
    let lane = bench.up();
    bench.out.clear();
    bench.bytes(lane, &format!("id: 8\ndata: {status}\n\nid: 9\ndata: {status}\n\n"));
    assert_eq!(bench.told(), [format!("event {listener} status_update x")]);
}

#[test]
fn an_id_that_is_no_header_is_not_sent() {
    let mut bench = Bench::new();
    bench.listen("");
    for id in ["ü".to_owned(), "x".repeat(257)] {
        let lane = bench.up();
        bench.bytes(lane, &format!("id: {id}\ndata: x\n\n"));
        bench.out.clear();
        bench.ended(lane);
        bench.tick(bench.now + 4000.0);
        let Some(Action::OpenStream { request, .. }) =
            bench.out.iter().find(|action| matches!(action, Action::OpenStream { .. }))
        else {
            panic!("{:?}", bench.out)
        };
        assert_eq!(*request, opening(""));
    }
}

#[test]
fn the_memory_of_events_is_bounded() {
    let mut seen = Seen::new([7; 16]);
    let first = |seen: &mut Seen, number: u32| seen.first(&[&number.to_be_bytes()]);
    assert!((0..4096).all(|number| first(&mut seen, number)));
    assert!((0..4096).all(|number| !first(&mut seen, number)));
    assert!(first(&mut seen, 4096), "takes the place of the oldest");
    assert!(first(&mut seen, 0) && !first(&mut seen, 2) && !first(&mut seen, 4096));
}

#[test]
fn calls_and_pushes_share_one_session() {
    let mut bench = Bench::new();
    let listener = bench.listen("");
    let lane = bench.up();
    bench.out.clear();
    let job = bench.send();
    let (_, id, frame) = bench.posted().remove(0);
    assert!(frame.contains("comms_send_message"), "{frame}");
    bench.message(lane, "a");
    bench.event(lane, &sent(&id));
    bench.message(lane, "b");
    let told: Vec<_> = bench.told().into_iter().filter(|said| !said.starts_with("abort")).collect();
    assert_eq!(
        told,
        [
            format!("event {listener} message a"),
            format!("ended {job} sent"),
            format!("event {listener} message b")
        ]
    );
    // A call does not wait for the pause of a lost stream: it connects for both.
    bench.ended(lane);
    bench.out.clear();
    let job = bench.send();
    let told = bench.told();
    assert_eq!(told[0], format!("state {listener} connecting 1"));
    bench.out.clear();
    bench.abort(job);
    bench.tick(bench.now + 1000.0);
    assert!(bench.opened().is_empty(), "it is opened once");
}

#[test]
fn listeners_share_a_session_and_sessions_of_other_tokens_are_none_of_theirs() {
    let mut bench = Bench::new();
    let first = bench.listen("");
    let lane = bench.up();
    bench.out.clear();
    let second = bench.listen("");
    assert_eq!(bench.told(), [format!("state {second} open 1")]);
    bench.message(lane, "a");
    assert_eq!(bench.told(), [format!("event {first} message a"), format!("event {second} message a")]);
    bench.unlisten(0);
    bench.unlisten(first);
    bench.message(lane, "b");
    assert_eq!(bench.told(), [format!("over {first}"), format!("event {second} message b")]);
    bench.call(Method::Send, r#"{"to":"+1","body":"x","agentToken":"other"}"#);
    let own = *bench.opened().last().unwrap();
    bench.stand(own);
    bench.message(own, "c");
    assert!(bench.told()[0].starts_with("push "));
    bench.message(lane, "c");
    assert_eq!(bench.told(), [format!("event {second} message c")]);
    bench.close();
    let told = bench.told();
    assert_eq!((&told[0], told.last().unwrap()), (&format!("over {second}"), &"closed".to_owned()));
}

#[test]
fn whoever_listens_again_goes_on_counting_and_remembers() {
    let mut bench = Bench::new();
    let first = bench.listen("");
    let lane = bench.up();
    bench.message(lane, "a");
    bench.unlisten(first);
    bench.out.clear();
    let second = bench.listen("");
    assert_eq!(bench.told(), [format!("state {second} connecting 1"), format!("state {second} open 2")]);
    bench.message(lane, "a");
    bench.message(lane, "b");
    assert_eq!(bench.told(), [format!("event {second} message b")]);
    bench.drain();
    let told = bench.told();
    assert_eq!((&told[0], told.last().unwrap()), (&format!("over {second}"), &"closed".to_owned()));
}

#[test]
fn a_full_listener_holds_the_stream_unless_a_call_needs_it() {
    let mut bench = Bench::new();
    let listener = bench.listen(r#"{"maxBuffered":2,"idlePingMs":20000}"#);
    let lane = bench.up();
    bench.out.clear();
    bench.message(lane, "a");
    bench.message(lane, "b");
    assert_eq!(bench.told().last().unwrap(), &format!("hold {lane} true"));
    // Silence of a stream that nobody reads means nothing.
    bench.tick(bench.now + 20_000.0);
    bench.tick(bench.now + 20_000.0);
    assert!(bench.told().is_empty());
    bench.took(listener, 1);
    assert_eq!(bench.told(), [format!("hold {lane} false")]);
    bench.message(lane, "c");
    assert_eq!(bench.told().last().unwrap(), &format!("hold {lane} true"));
    let job = bench.send();
    assert_eq!(
        bench.said().iter().filter(|said| said.starts_with("hold")).collect::<Vec<_>>(),
        [&format!("hold {lane} false")]
    );
    bench.message(lane, "d");
    assert_eq!(bench.told(), [format!("event {listener} message d")]);
    bench.abort(job);
    assert!(bench.told().contains(&format!("hold {lane} true")));
    bench.took(listener, 1);
    assert!(bench.told().is_empty(), "still full");
    bench.unlisten(listener);
    assert!(bench.told().contains(&format!("hold {lane} false")));
}

#[test]
fn a_listener_that_is_far_too_slow_ends_behind_what_it_holds() {
    let mut bench = Bench::new();
    let slow = bench.listen(r#"{"maxBuffered":1}"#);
    let quick = bench.listen("");
    let lane = bench.up();
    bench.send();
    bench.out.clear();
    let mut heard = 0;
    for number in 0..20_000 {
        bench.message(lane, &number.to_string());
        bench.took(quick, 1);
        let told = bench.told();
        heard += told.iter().filter(|said| said.starts_with(&format!("event {slow}"))).count();
        if told.contains(&format!("over {slow} OVERFLOW")) {
            break;
        }
    }
    assert_eq!(heard, 10_001);
    bench.message(lane, "more");
    assert_eq!(bench.told(), [format!("event {quick} message more")]);
}

const PROMPT: &str = r#"{"jsonrpc":"2.0","id":0,"method":"sampling/createMessage","params":{"messages":[{"role":"user","content":{"type":"text","text":"hello?"}},{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}],"systemPrompt":"be kind","maxTokens":300}}"#;

const REFUSED: &str = r#"{"jsonrpc":"2.0","id":0,"error":{"code":-32601,"message":"Method not found"}}"#;

/// The answers among the POSTs.
fn answers(bench: &mut Bench) -> Vec<String> {
    let posted = bench.posted();
    for (post, _, _) in &posted {
        bench.post_answered(*post, 202);
    }
    posted.into_iter().map(|(_, _, frame)| frame).collect()
}

#[test]
fn a_caller_on_the_phone_is_answered() {
    let mut bench = Bench::new();
    let listener = bench.listen_and_speak();
    let lane = bench.opened()[0];
    bench.bytes(lane, "event: endpoint\ndata: /m\n\n");
    assert!(bench.posted().iter().any(|(_, _, frame)| frame.contains(r#""capabilities":{"sampling":{}}"#)));
    let mut bench = Bench::new();
    assert_eq!(bench.listen_and_speak(), listener);
    let lane = bench.up();
    bench.out.clear();
    bench.event(lane, PROMPT);
    bench.event(lane, PROMPT);
    let Some(Action::Say { what: "prompt", number: question, json }) = bench.out.first().cloned() else {
        panic!("{:?}", bench.out)
    };
    assert_eq!(
        json,
        format!("[{listener},")
            + r#"{"messages":[{"role":"user","text":"hello?"},{"role":"assistant","text":"ab"}],"systemPrompt":"be kind","maxTokens":300,"timeLeftMs":8000}]"#
    );
    assert_eq!(bench.told().len(), 1, "a repeat is not asked again");
    bench.said_question(question, Some("hi \"there\""));
    assert_eq!(
        answers(&mut bench),
        [
            r#"{"jsonrpc":"2.0","id":0,"result":{"role":"assistant","content":{"type":"text","text":"hi \"there\""},"model":"butt-dial-edge","stopReason":"endTurn"}}"#
        ]
    );
    bench.said_question(question, Some("again"));
    assert!(answers(&mut bench).is_empty(), "one answer");
}

#[test]
fn a_question_without_an_answer_is_told_so_by_its_deadline() {
    let none = r#"{"jsonrpc":"2.0","id":0,"error":{"code":-32603,"message":"No answer"}}"#;
    let mut bench = Bench::new();
    let listener = bench.listen_and_speak();
    let lane = bench.up();
    bench.out.clear();
    let ask = |bench: &mut Bench, lane: u32| {
        bench.event(lane, PROMPT);
        let said = bench.told().remove(0);
        said.split(' ').nth(1).unwrap().parse::<u32>().unwrap()
    };
    // The responder failed.
    let question = ask(&mut bench, lane);
    bench.said_question(question, None);
    assert_eq!(answers(&mut bench), [none]);
    // It takes too long.
    let question = ask(&mut bench, lane);
    bench.tick(bench.now + 7999.0);
    assert!(bench.told().is_empty());
    bench.tick(bench.now + 1.0);
    let hush = Action::Say { what: "hush", number: question, json: "null".into() };
    assert_eq!(bench.out.first(), Some(&hush));
    assert_eq!(answers(&mut bench), [none]);
    bench.said_question(question, Some("late"));
    assert!(answers(&mut bench).is_empty());
    // The stream is lost, and with it the caller.
    let question = ask(&mut bench, lane);
    bench.ended(lane);
    bench.said_question(question, Some("nobody is there"));
    assert!(answers(&mut bench).is_empty());
    bench.tick(bench.now + 1000.0);
    let lane = bench.up();
    bench.out.clear();
    // The listener goes; what it was asked it may still answer, and later callers are not left waiting.
    let question = ask(&mut bench, lane);
    bench.unlisten(listener);
    bench.said_question(question, Some("bye"));
    assert!(answers(&mut bench)[0].contains("bye"));
    bench.event(lane, PROMPT);
    assert_eq!(answers(&mut bench), [none]);
}

#[test]
fn callers_are_refused_where_nobody_speaks_and_beyond_the_bound() {
    let mut bench = Bench::new();
    bench.listen("");
    let lane = bench.up();
    bench.out.clear();
    bench.event(lane, PROMPT);
    assert_eq!(answers(&mut bench), [REFUSED]);
    let speaker = bench.listen_and_speak();
    bench.out.clear();
    for id in 1..=65 {
        bench.event(lane, &PROMPT.replace("\"id\":0", &format!("\"id\":{id}")));
    }
    let asked = |action: &&Action| matches!(action, Action::Say { what: "prompt", json, .. } if json.starts_with(&format!("[{speaker},")));
    assert_eq!(bench.out.iter().filter(asked).count(), 64);
    assert_eq!(
        answers(&mut bench),
        [r#"{"jsonrpc":"2.0","id":65,"error":{"code":-32603,"message":"No answer"}}"#]
    );
}

#[test]
fn a_clock_that_tells_no_time_is_no_endless_loop() {
    let mut bench = Bench::new();
    let listener = bench.listen("");
    let lane = bench.opened()[0];
    bench.out.clear();
    bench.now = f64::NAN;
    bench.ended(lane);
    assert_eq!(bench.told(), [format!("close {lane}"), format!("over {listener} TRANSPORT")]);
}
