//! Scopes, batches, deadlines and the other calls, on virtual time against the service double.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "test code: a panic is a failed test")]

mod net;

use std::cell::RefCell;
use std::rc::Rc;

use butt_dial_edge::agent::report::SendResult;
use butt_dial_edge::error::Error;
use butt_dial_edge::secret::send_key;
use butt_dial_edge::testing::{Fault, Options, RequestScript, SendScript, SendWhat, Service, ToolScript};
use net::{Breakage, Cancel, Net, TestAgent, World, WorldRandom, agent, block_on};
use serde_json::{Value, json};

fn quiet(options: Options) -> Net {
    let breakage = Breakage { latency_ms: 10.0, ..Breakage::default() };
    Net::new(&World::new(), Service::new(options, [7; 16]), 1, breakage)
}

fn send(net: &Net, agent_options: &str, message: &str) -> SendResult {
    let (agent, message) = (agent(net, 1, agent_options), message.to_owned());
    block_on(net.world(), async move { agent.send_message(None, &message, &Cancel::new()).await })
}

fn parsed(result: &SendResult) -> Value {
    serde_json::from_str(&result.to_json()).unwrap()
}

fn gets(net: &Net) -> usize {
    net.requests().iter().filter(|request| request.method.as_str() == "GET").count()
}

fn keys(net: &Net) -> Vec<String> {
    net.service(|service, _, _| {
        service.calls().iter().map(|call| call.idempotency_key.clone().unwrap()).collect()
    })
}

fn scripted(net: &Net, what: SendWhat) {
    net.service(|service, _, _| service.on_send(SendScript::new(what)));
}

const MESSAGE: &str = r#"{"to":"+15555550123","body":"hi"}"#;

#[test]
fn a_send_as_the_service_sees_it() {
    let net = quiet(Options::default());
    let result = send(
        &net,
        "",
        r#"{"to":"+15555550123","body":"hi","mediaUrl":"https://m.example/a.jpg","channel":"sms","extra":{"x":[1]}}"#,
    );
    let call = net.service(|service, _, _| service.calls()[0].clone());
    assert_eq!((call.tool.as_str(), call.token.as_deref()), ("comms_send_message", Some("tok")));
    assert_eq!(
        call.args,
        json!({"to": "+15555550123", "body": "hi", "media": ["https://m.example/a.jpg"], "channel": "sms", "x": [1],
               "idempotencyKey": result.idempotency_key})
    );
    let json = parsed(&result);
    assert_eq!(
        (&json["ok"], &json["failed"], &json["outcome"]),
        (&true.into(), &false.into(), &"sent".into())
    );
    assert_eq!((&json["attempts"], &json["error"], &json["cause"]), (&1.into(), &Value::Null, &Value::Null));
    assert!(json["messageSid"].as_str().unwrap().starts_with("SM-"));
    assert!(json["raw"]["content"].is_array());
    let version = result.idempotency_key.chars().nth(14);
    assert_eq!((result.idempotency_key.len(), version), (36, Some('4')), "a random UUID");
}

#[test]
fn what_cannot_be_sent_never_leaves() {
    for (agent_options, message, error, remediation) in [
        ("", r#"{"to":"+1"}"#, "sendMessage: `body`, `mediaUrl` or `templateId` is required", true),
        (
            "",
            r#"{"to":"+1","body":"","mediaUrl":""}"#,
            "sendMessage: `body`, `mediaUrl` or `templateId` is required",
            true,
        ),
        ("\"agentToken\":\"\"", MESSAGE, "sendMessage: `agentToken` is missing", true),
        ("", r#"{"body":"x"}"#, "sendMessage: `to` is required", false),
        (
            "",
            r#"{"to":"+1","body":"x","media":["a"],"mediaUrl":"b"}"#,
            "sendMessage: `mediaUrl` and `media` exclude each other",
            false,
        ),
        ("", r#"{"to":"+1","body":"x","timeoutMs":0}"#, "sendMessage: `timeoutMs` must be at least 1", false),
        (
            "",
            r#"{"to":"+1","body":"x","extra":{"to":"+2"}}"#,
            "sendMessage: `extra.to` has an option of its own",
            false,
        ),
    ] {
        let net = quiet(Options::default());
        let json = parsed(&send(&net, agent_options, message));
        assert_eq!(
            (&json["outcome"], &json["stageFailed"]),
            (&"not_sent".into(), &"config".into()),
            "{message}"
        );
        assert_eq!((&json["error"], &json["attempts"]), (&error.into(), &0.into()), "{message}");
        assert_eq!(json["remediation"].is_string(), remediation, "{message}");
        assert_eq!((&json["retryable"], &json["errorCode"]), (&false.into(), &Value::Null));
        assert!(net.requests().is_empty());
    }
}

#[test]
fn what_the_tool_says() {
    let raw = |text: &str, is_error| SendWhat::RawText { text: text.to_owned(), is_error };
    type Want = (&'static str, Value, Value);
    let table: Vec<(SendWhat, Want)> = vec![
        (raw(r#"{"sid":"b","message_sid":"c"}"#, false), ("sent", "b".into(), Value::Null)),
        (raw(r#"{"externalId":"E"}"#, false), ("sent", "E".into(), Value::Null)),
        (raw(r#"{"messageId":"","messageSid":"S"}"#, false), ("sent", "S".into(), Value::Null)),
        (raw(r#"{"messageId":368797}"#, false), ("sent", "368797".into(), Value::Null)),
        (raw(r#"{"messageId":0,"sid":"b"}"#, false), ("sent", "b".into(), Value::Null)),
        (raw(r#"{"messageId":"M","error":"x"}"#, true), ("sent", "M".into(), Value::Null)),
        (
            raw(r#"{"messageId":true}"#, false),
            ("unknown", "parse".into(), "the server response contained no message id and no error".into()),
        ),
        (
            raw(r#"{"success":true}"#, false),
            ("unknown", "parse".into(), "the server response contained no message id and no error".into()),
        ),
        (
            raw("OK", false),
            ("unknown", "parse".into(), "the server response contained no message id and no error".into()),
        ),
        (raw(r#"{"error":"no"}"#, false), ("not_sent", "server".into(), "no".into())),
        (
            raw(r#"{"error":"","errors":["a",1,{"message":"m"}]}"#, false),
            ("not_sent", "server".into(), "a; 1; m".into()),
        ),
        (
            raw(r#"{"error":{"message":"deep","code":"X"}}"#, false),
            ("not_sent", "server".into(), "deep".into()),
        ),
        (raw(r#"{"error":{"code":"X"}}"#, false), ("not_sent", "server".into(), "X".into())),
        (
            raw(r#"{"error":{}}"#, false),
            ("unknown", "parse".into(), "the server response contained no message id and no error".into()),
        ),
        (raw("tool failed", true), ("not_sent", "server".into(), "tool failed".into())),
        (raw("MCP error -32602: bad", false), ("not_sent", "server".into(), "MCP error -32602: bad".into())),
        (raw(r#"{"message":"m"}"#, true), ("not_sent", "server".into(), "m".into())),
        (raw(r#"{"x":1}"#, true), ("not_sent", "server".into(), r#"{"x":1}"#.into())),
        (raw("", true), ("not_sent", "server".into(), "the tool failed".into())),
        (
            SendWhat::Result(json!({"content": [], "structuredContent": {"messageId": "S"}})),
            ("sent", "S".into(), Value::Null),
        ),
        (
            SendWhat::Result(
                json!({"content": [{"type": "image"}, {"type": "text", "text": "{\"sid\":\"T\"}"}]}),
            ),
            ("sent", "T".into(), Value::Null),
        ),
        (
            SendWhat::RpcError(json!({"code": -32602, "message": "bad"})),
            ("not_sent", "server".into(), "bad".into()),
        ),
        (
            SendWhat::RpcError(json!({"code": -32603, "message": "oops"})),
            ("unknown", "server".into(), "oops".into()),
        ),
    ];
    for (what, (outcome, sid_or_stage, error)) in table {
        let net = quiet(Options::default());
        let name = format!("{what:?}");
        scripted(&net, what);
        let json = parsed(&send(&net, "", MESSAGE));
        assert_eq!(json["outcome"], outcome, "{name}: {json}");
        assert_eq!(
            json[if outcome == "sent" { "messageSid" } else { "stageFailed" }],
            sid_or_stage,
            "{name}"
        );
        assert_eq!((&json["error"], &json["attempts"]), (&error, &1.into()), "{name}");
    }
}

#[test]
fn a_refusal_keeps_its_envelope_and_its_class() {
    for (body, code, channel, remediation, class, retryable) in [
        (
            json!({"error": "x", "code": "NO_CHANNEL_ASSIGNED", "channel": "sms", "remediation": "do"}),
            json!("NO_CHANNEL_ASSIGNED"),
            json!("sms"),
            json!("do"),
            "NoChannelAssigned",
            false,
        ),
        (
            json!({"error": "x", "code": "PROVIDER_UNSUPPORTED", "provider": "p"}),
            json!("PROVIDER_UNSUPPORTED"),
            json!(null),
            json!(null),
            "ProviderCapabilityError",
            false,
        ),
        (
            json!({"error": "x", "code": "NOT_PROVISIONED"}),
            json!("NOT_PROVISIONED"),
            json!(null),
            json!(null),
            "NotProvisioned",
            false,
        ),
        (
            json!({"error": "x", "code": "RATE_LIMITED", "retryAfter": 5}),
            json!("RATE_LIMITED"),
            json!(null),
            json!(null),
            "RateLimitError",
            true,
        ),
        (
            json!({"error": "x", "limitType": "per-hour"}),
            json!(null),
            json!(null),
            json!(null),
            "RateLimitError",
            true,
        ),
        (
            json!({"error": "x", "code": "AUTH_INVALID_TOKEN"}),
            json!("AUTH_INVALID_TOKEN"),
            json!(null),
            json!(null),
            "ToolError",
            false,
        ),
        (
            json!({"error": "x", "code": "", "channel": ""}),
            json!(""),
            json!(""),
            json!(null),
            "ToolError",
            false,
        ),
        (
            json!({"error": {"message": "m", "code": "N", "channel": "c", "remediation": "r"}, "code": "T"}),
            json!("T"),
            json!("c"),
            json!("r"),
            "ToolError",
            false,
        ),
        (
            json!({"error": "Invalid recipient", "remediation": ""}),
            json!(null),
            json!(null),
            json!("Give the recipient as an E.164 number, with + and country code."),
            "ToolError",
            false,
        ),
    ] {
        let net = quiet(Options::default());
        scripted(&net, SendWhat::Refused { body: body.clone(), is_error: true });
        let result = send(&net, "", MESSAGE);
        let json = parsed(&result);
        assert_eq!(
            (&json["errorCode"], &json["errorChannel"], &json["remediation"]),
            (&code, &channel, &remediation),
            "{body}"
        );
        let cause = result.cause().unwrap();
        assert_eq!((cause.kind.name(), cause.retryable, cause.status), (class, retryable, None), "{body}");
        assert!(!cause.code.is_empty());
        assert!(result.refusal().is_none());
    }
}

#[test]
fn without_jitter_the_pauses_are_exactly_those_of_the_reference() {
    let net = quiet(Options::default());
    net.service(|service, _, _| {
        let mut script = RequestScript::status("/sse", 503);
        script.count = 2;
        service.on_request(script);
    });
    net.set_breakage(Breakage::default());
    let mut agent = agent(&net, 1, "");
    Rc::<WorldRandom>::get_mut(&mut agent.random).unwrap().unit = Some(0.0);
    let result =
        block_on(net.world(), async move { agent.send_message(None, MESSAGE, &Cancel::new()).await });
    assert_eq!((result.outcome(), result.attempts), ("sent", 1), "the tool was called once");
    assert_eq!(net.world().elapsed(), 6000.0, "2 s, then 4 s");
}

#[test]
fn unknown_is_repeated_with_its_key_only_where_that_is_wanted() {
    for (options, outcome, calls) in [("", "sent", 2), ("\"retryUnknown\":false", "unknown", 1)] {
        let net = quiet(Options::default());
        scripted(&net, SendWhat::Broken { fault: Fault::CutAfterAccept, sid: None, size: None });
        let result = send(&net, options, MESSAGE);
        assert_eq!((result.outcome(), result.attempts), (outcome, calls), "{options}");
        let keys = keys(&net);
        assert_eq!(keys.len(), usize::try_from(calls).unwrap());
        assert!(keys.iter().all(|key| *key == result.idempotency_key));
        assert_eq!(net.service(|service, _, _| service.sent().count()), 1);
    }
}

#[test]
fn no_attempts_no_send() {
    for options in ["\"maxAttempts\":0", "\"maxAttempts\":-1"] {
        let net = quiet(Options::default());
        let json = parsed(&send(&net, options, MESSAGE));
        assert_eq!((&json["stageFailed"], &json["outcome"]), (&"parse".into(), &"not_sent".into()));
        assert!(net.requests().is_empty());
    }
}

#[test]
fn a_token_of_its_own_gets_a_session_of_its_own() {
    let net = quiet(Options::default());
    let agent = agent(&net, 1, "");
    block_on(net.world(), async move {
        let (kept, driver) = agent.keep();
        let work = async {
            for message in [MESSAGE, r#"{"to":"+1","body":"x","agentToken":"other"}"#, MESSAGE] {
                assert_eq!(agent.send_message(Some(&kept), message, &Cancel::new()).await.outcome(), "sent");
            }
        };
        kept.run(driver, work).await;
    });
    let tokens: Vec<_> =
        net.service(|service, _, _| service.calls().iter().map(|call| call.token.clone().unwrap()).collect());
    assert_eq!((tokens, gets(&net)), (vec!["tok".to_owned(), "other".to_owned(), "tok".to_owned()], 2));
}

#[test]
fn a_batch_is_one_session_in_order_and_never_throws() {
    let net = quiet(Options::default());
    let agent = agent(&net, 1, "");
    let messages: Vec<String> = (0..64)
        .map(|index| match index {
            7 => r#"{"to":"+7"}"#.to_owned(),
            8 => "8".to_owned(),
            9 => r#"{"to":"+9","body":"x","agentToken":"other"}"#.to_owned(),
            _ => format!(r#"{{"to":"+{index}","body":"x","idempotencyKey":"k{index}"}}"#),
        })
        .collect();
    let options = format!(r#"{{"messages":[{}]}}"#, messages.join(","));
    let results =
        block_on(net.world(), async move { agent.send_messages(None, &options, &Cancel::new()).await })
            .unwrap();
    assert_eq!(results.len(), 64);
    for (index, result) in results.iter().enumerate() {
        match index {
            7 | 8 => assert_eq!(parsed(result)["stageFailed"], "config", "{index}"),
            9 => assert_eq!(result.outcome(), "sent"),
            _ => assert_eq!(
                (result.outcome(), result.idempotency_key.as_str()),
                ("sent", format!("k{index}").as_str())
            ),
        }
    }
    assert_eq!(gets(&net), 2, "one for the batch, one for the other token");
    assert_eq!(net.service(|service, _, _| service.sent().count()), 62);
    assert_eq!(net.open_exchanges(), 0);

    let net = quiet(Options::default());
    net.service(|service, _, _| {
        let mut script = RequestScript::status("/sse", 401);
        script.count = 9;
        service.on_request(script);
    });
    let agent = net::agent(&net, 1, "");
    let options = format!(r#"{{"messages":[{MESSAGE},{MESSAGE}]}}"#);
    let results =
        block_on(net.world(), async move { agent.send_messages(None, &options, &Cancel::new()).await })
            .unwrap();
    let stages: Vec<_> = results.iter().map(|result| parsed(result)["stageFailed"].clone()).collect();
    assert_eq!((stages, gets(&net)), (vec![json!("auth"), json!("auth")], 1), "the token is shown once");

    let agent = net::agent(&net, 1, "");
    let error = block_on(net.world(), async move { agent.send_messages(None, "{}", &Cancel::new()).await })
        .unwrap_err();
    assert_eq!(error.message, "sendMessages: `messages` must be an array of messages");
}

#[test]
fn a_kept_session_is_reused_and_opens_anew_when_lost_or_idle() {
    let net = quiet(Options::default());
    let agent = agent(&net, 1, "");
    let (world, wire) = (Rc::clone(net.world()), net.clone());
    block_on(net.world(), async move {
        let (kept, driver) = agent.keep();
        let work = async {
            let mut sends = 0;
            let mut send = async || {
                sends += 1;
                assert_eq!(agent.send_message(Some(&kept), MESSAGE, &Cancel::new()).await.outcome(), "sent");
            };
            send().await;
            send().await;
            assert_eq!(gets(&wire), 1);
            world.sleep(4900.0).await;
            send().await;
            assert_eq!(gets(&wire), 1, "not idle yet");
            world.sleep(5100.0).await;
            assert_eq!(wire.open_exchanges(), 0, "idle sessions close");
            send().await;
            assert_eq!(gets(&wire), 2);
            wire.service(|service, _, out| service.drop_streams(butt_dial_edge::testing::Close::Abort, out));
            world.sleep(100.0).await;
            send().await;
            assert_eq!(gets(&wire), 3);
        };
        kept.run(driver, work).await;
    });
    assert_eq!(net.open_exchanges(), 0, "closed with its work");
}

#[test]
fn the_sends_of_a_handler_share_a_budget_and_derive_their_keys() {
    let net = quiet(Options::default());
    net.service(|service, _, _| service.on_send(SendScript::fault(Fault::PostHangs).times(9)));
    let agent = agent(&net, 1, "");
    let results = block_on(net.world(), async move {
        let (kept, driver) = agent.keep();
        let kept = kept.handler("event", 3);
        let work = async {
            let mut results = Vec::new();
            for message in [MESSAGE, r#"{"to":"+1","body":"x","idempotencyKey":"mine"}"#, MESSAGE] {
                results.push(agent.send_message(Some(&kept), message, &Cancel::new()).await);
            }
            results
        };
        kept.run(driver, work).await
    });
    let keys: Vec<_> = results.iter().map(|result| result.idempotency_key.as_str()).collect();
    assert_eq!(keys, [send_key("event", 3, 0).as_str(), "mine", send_key("event", 3, 1).as_str()]);
    assert!((net.world().elapsed() - 8000.0).abs() < 1.0, "{}", net.world().elapsed());
    let outcomes: Vec<_> = results.iter().map(SendResult::outcome).collect();
    assert_eq!(outcomes, ["unknown", "not_sent", "not_sent"]);
}

#[test]
fn giving_up_tells_how_far_it_got() {
    for (after_ms, outcome, attempts) in [(0.0, "not_sent", 0), (30.0, "not_sent", 0), (80.0, "unknown", 1)] {
        let net = quiet(Options::default());
        net.service(|service, _, _| service.on_send(SendScript::fault(Fault::NoAnswer)));
        let agent = agent(&net, 1, "");
        let cancel = Cancel::new();
        let abort = cancel.clone();
        net.world().after(after_ms, move || abort.give_up());
        let result = block_on(net.world(), async move { agent.send_message(None, MESSAGE, &cancel).await });
        let json = parsed(&result);
        assert_eq!(
            (&json["outcome"], &json["attempts"]),
            (&outcome.into(), &attempts.into()),
            "after {after_ms}"
        );
        assert_eq!(result.cause().unwrap().code, "ABORTED");
        assert!((net.world().elapsed() - after_ms).abs() < 1.0, "at once");
        assert_eq!(net.open_exchanges(), 0);
    }
    let net = quiet(Options::default());
    let agent = agent(&net, 1, "");
    let cancel = Cancel::new();
    cancel.give_up();
    let result = block_on(net.world(), async move { agent.send_message(None, MESSAGE, &cancel).await });
    assert_eq!((result.outcome(), net.requests().len()), ("not_sent", 0));
}

#[test]
fn an_old_server_is_served_where_the_token_may_stand_in_the_query() {
    let net = quiet(Options { legacy: true, ..Options::default() });
    let json = parsed(&send(&net, "\"legacyQueryToken\":true", MESSAGE));
    assert_eq!(json["outcome"], "sent", "{json}");
    assert_eq!(net.requests()[0].url, "https://bd.test/sse?token=tok");
    let net = quiet(Options { legacy: true, ..Options::default() });
    let json = parsed(&send(&net, "", MESSAGE));
    assert_eq!((&json["outcome"], &json["stageFailed"]), (&"not_sent".into(), &"auth".into()), "{json}");
}

#[test]
fn pushes_are_handed_over_whatever_the_session_is_for() {
    let net = quiet(Options::default());
    net.service(|service, _, _| service.push_on_connect(json!({"type": "message", "body": "waiting"})));
    let mut agent = agent(&net, 1, "");
    let pushed: Rc<RefCell<Vec<String>>> = Rc::default();
    let sink = Rc::clone(&pushed);
    agent.on_push = Some(Rc::new(move |params| sink.borrow_mut().push(params.to_owned())));
    let result =
        block_on(net.world(), async move { agent.send_message(None, MESSAGE, &Cancel::new()).await });
    assert_eq!(result.outcome(), "sent");
    let pushed: Vec<Value> = pushed.borrow().iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    assert_eq!(pushed.len(), 1);
    assert_eq!(pushed[0]["data"], json!({"type": "message", "body": "waiting"}));
}

fn tool(
    net: &Net,
    call: impl AsyncFnOnce(TestAgent) -> Result<String, Error> + 'static,
) -> Result<Value, Error> {
    let agent = agent(net, 1, "");
    let json = block_on(net.world(), async move { call(agent).await });
    json.map(|json| serde_json::from_str(&json).unwrap())
}

#[test]
fn any_tool() {
    let net = quiet(Options::default());
    net.service(|service, _, _| service.on_tool("comms_echo", ToolScript::Answer(json!({"ok": true}))));
    let answer = tool(&net, async |agent| {
        agent.call_tool(None, r#"{"toolName":"comms_echo","arguments":{"a":[null]}}"#).await
    });
    assert_eq!(answer.unwrap(), json!({"ok": true}));
    assert_eq!(net.service(|service, _, _| service.calls()[0].args.clone()), json!({"a": [null]}));
    // An unknown tool is text with `isError`: handed out as it is.
    let answer =
        tool(&net, async |agent| agent.call_tool(None, r#"{"toolName":"comms_nope"}"#).await).unwrap();
    assert!(answer.as_str().is_some_and(|text| text.contains("not found")), "{answer}");
    let error = tool(&net, async |agent| agent.call_tool(None, r#"{"toolName":5}"#).await).unwrap_err();
    assert_eq!(error.message, "callTool: `toolName` must be a string");

    // Tried once; more often where a repeat is harmless.
    for (options, gets_wanted, fine) in [
        (r#"{"toolName":"comms_echo"}"#, 1, false),
        (r#"{"toolName":"comms_echo","idempotent":true}"#, 2, true),
    ] {
        let net = quiet(Options::default());
        net.service(|service, _, _| {
            service.on_tool("comms_echo", ToolScript::Answer(json!({})));
            service.on_request(RequestScript::status("/sse", 503));
        });
        let answer = tool(&net, async move |agent| agent.call_tool(None, options).await);
        assert_eq!((answer.is_ok(), gets(&net)), (fine, gets_wanted), "{options}");
    }
    let net = quiet(Options::default());
    let keyless = agent(&net, 1, "\"agentToken\":\"\"");
    let error = block_on(net.world(), async move { keyless.call_tool(None, r#"{"toolName":"x"}"#).await })
        .unwrap_err();
    assert_eq!(
        (error.kind.name(), error.message.as_str()),
        ("ConfigError", "callTool: `agentToken` is missing")
    );
}

#[test]
fn names_of_tools() {
    let net = quiet(Options::default());
    net.service(|service, _, _| service.set_tools(vec!["a".to_owned(), "b".to_owned()]));
    let names = tool(&net, async |agent| agent.list_tools(None, "").await);
    assert_eq!(names.unwrap(), json!(["a", "b"]));
    net.service(|service, _, _| service.on_request(RequestScript::status("/sse", 401)));
    let error = tool(&net, async |agent| agent.list_tools(None, "{}").await).unwrap_err();
    assert_eq!(error.kind.name(), "AuthInvalidTokenError");
}

#[test]
fn is_anybody_there() {
    let ping = |net: &Net, options: &'static str| {
        let agent = agent(net, 1, "");
        block_on(net.world(), async move { agent.ping(None, options).await })
    };
    let net = quiet(Options::default());
    assert!(ping(&net, ""));
    assert!(
        ping(&net, r#"{"toolName":"comms_nope"}"#),
        "an answer that says it failed is an answer, as in the reference"
    );
    assert!(!ping(&net, r#"{"toolName":5}"#));
    net.service(|service, _, _| service.on_request(RequestScript::status("/sse", 401)));
    assert!(!ping(&net, ""));
}
