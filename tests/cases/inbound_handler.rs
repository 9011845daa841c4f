use super::double::{at, body, function, json, object, request, service, settled, signed, text};
use butt_dial_edge::bind::inbound_handler::InboundHandler;
use js_sys::{Array, Function};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const VERIFIED: &str = r#"{"event":"account.verified","orgId":"org-1","teamToken":"t"}"#;
const MESSAGE: &str =
    r#"{"type":"message","messageId":"m-1","channel":"sms","from":"+15555550123","body":"hello"}"#;

/// A store as the package's own JavaScript gives one.
fn store() -> JsValue {
    let make = "const seen = new Map();
        return { claim: (key) => seen.get(key) ?? (seen.set(key, 'busy'), 'new'), complete: (key) => void seen.set(key, 'done'),
          release: (key) => void seen.delete(key) };";
    Function::new_no_args(make).call0(&JsValue::UNDEFINED).unwrap()
}

fn handler(more: &[(&str, JsValue)]) -> InboundHandler {
    let mut options = vec![("webhookSecret", "whsec".into()), ("dedupe", store())];
    options.extend_from_slice(more);
    InboundHandler::new(object(&options)).unwrap()
}

/// A handler that keeps what it is called with.
fn keeping(seen: &Array) -> JsValue {
    let make =
        Function::new_with_args("seen", "return (event, context) => void seen.push({ event, context })");
    make.call1(&JsValue::UNDEFINED, seen).unwrap()
}

async fn status(inbound: &InboundHandler, request: JsValue) -> f64 {
    let response = settled(inbound.handle(request, JsValue::UNDEFINED, JsValue::UNDEFINED)).await.unwrap();
    at(&response, "status").as_f64().unwrap()
}

#[wasm_bindgen_test]
fn options_and_handlers_that_make_no_sense_are_config_errors() {
    let error = InboundHandler::new(object(&[("ack", "never".into())])).map(drop).unwrap_err();
    assert_eq!(text(&error, "name"), "ConfigError");
    let inbound = handler(&[]);
    for (kind, handler) in [("message", JsValue::from_str("no function")), ("no kind", function("", ""))] {
        let error = inbound.add(kind, None, handler).unwrap_err();
        assert_eq!(text(&error, "name"), "ConfigError", "{kind}");
    }
}

#[wasm_bindgen_test]
async fn a_genuine_webhook_is_handled_once_and_answered_200() {
    let (inbound, seen) = (handler(&[]), Array::new());
    inbound.add("account_verified", None, keeping(&seen)).unwrap();
    let given = signed(VERIFIED, "whsec");
    let again = clone_of(&given);
    let response =
        settled(inbound.handle(given, object(&[("name", "env".into())]), JsValue::UNDEFINED)).await.unwrap();
    assert_eq!((at(&response, "status"), body(&response).await), (200.into(), "ok".into()));
    assert_eq!(seen.length(), 1);
    let call = seen.get(0);
    assert_eq!(
        (text(&call, "event.type"), text(&call, "event.orgId")),
        ("account_verified".into(), "org-1".into())
    );
    assert_eq!(
        (text(&call, "context.source"), text(&call, "context.env.name")),
        ("account".into(), "env".into())
    );
    assert_eq!(status(&inbound, again).await, 200.0);
    assert_eq!(seen.length(), 1, "a repeat is not handled");
}

#[wasm_bindgen_test]
async fn what_is_not_genuine_is_refused() {
    let (inbound, seen) = (handler(&[]), Array::new());
    inbound.add("any", None, keeping(&seen)).unwrap();
    assert_eq!(status(&inbound, signed(VERIFIED, "another")).await, 401.0);
    assert_eq!(status(&inbound, request("POST", &object(&[]), &VERIFIED.into())).await, 401.0);
    assert_eq!(status(&inbound, request("GET", &object(&[]), &JsValue::UNDEFINED)).await, 405.0);
    assert_eq!(status(&inbound, signed("{no json", "whsec")).await, 400.0);
    let small = handler(&[("maxBodyBytes", 10.into())]);
    assert_eq!(status(&small, signed(VERIFIED, "whsec")).await, 413.0);
    let bare = InboundHandler::new(object(&[("dedupe", store())])).unwrap();
    assert_eq!(status(&bare, signed(VERIFIED, "whsec")).await, 401.0);
    assert_eq!(seen.length(), 0);
}

#[wasm_bindgen_test]
async fn a_handler_answers_through_its_agent_with_the_events_key() {
    let (fetch, calls) = service();
    let env = object(&[
        ("BUTT_DIAL_BASE_URL", "https://service.test".into()),
        ("BUTT_DIAL_AGENT_TOKEN", "agent-token".into()),
    ]);
    let options = object(&[("env", env), ("fetch", fetch)]);
    let mut keys = Vec::new();
    // The second handler is a program that was started anew.
    for _ in 0..2 {
        let agent = butt_dial_edge::bind::agent::Agent::from_env(&options).unwrap();
        let inbound = handler(&[("agent", agent.into())]);
        let reply = "return agent.sendMessage({ to: event.sender, channel: event.channel, body: `You said: ${event.text}` })";
        let reply = Function::new_with_args("event, { agent }", reply);
        inbound.add("message", Some("sms".into()), reply.into()).unwrap();
        assert_eq!(status(&inbound, signed(MESSAGE, "whsec")).await, 200.0);
        let sent = calls.at(-1);
        assert_eq!(
            (text(&sent, "params.arguments.to"), text(&sent, "params.arguments.body")),
            ("+15555550123".into(), "You said: hello".into())
        );
        keys.push(text(&sent, "params.arguments.idempotencyKey"));
    }
    assert!(keys.len() == 2 && keys.first() == keys.last(), "{keys:?}");
}

#[wasm_bindgen_test]
async fn a_handler_that_throws_is_answered_500_and_tried_again() {
    let (inbound, errors) = (handler(&[]), Array::new());
    inbound.add("message", None, function("", "throw new TypeError('no')")).unwrap();
    let make = Function::new_with_args(
        "errors",
        "return (error, event) => void errors.push([error.name, event.id])",
    );
    inbound.add("error", None, make.call1(&JsValue::UNDEFINED, &errors).unwrap()).unwrap();
    let given = signed(MESSAGE, "whsec");
    let again = clone_of(&given);
    assert_eq!(status(&inbound, given).await, 500.0);
    assert_eq!(status(&inbound, again).await, 500.0);
    assert_eq!(json(&errors), r#"[["TypeError","m-1"],["TypeError","m-1"]]"#);
}

#[wasm_bindgen_test]
async fn metas_challenge_is_answered() {
    let inbound = handler(&[("whatsappVerifyToken", "verify-me".into())]);
    for (token, status, text) in [("verify-me", 200, "0042"), ("guess", 403, "")] {
        let url = format!("https://app.test/?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=0042");
        let ask =
            Function::new_with_args("url", "return new Request(url)").call1(&JsValue::UNDEFINED, &url.into());
        let answer = inbound.handle(ask.unwrap(), JsValue::UNDEFINED, JsValue::UNDEFINED);
        let response = settled(answer).await.unwrap();
        assert_eq!((at(&response, "status"), body(&response).await), (status.into(), text.into()));
    }
}

/// The same request once more.
fn clone_of(request: &JsValue) -> JsValue {
    Function::new_with_args("request", "return request.clone()").call1(&JsValue::UNDEFINED, request).unwrap()
}
