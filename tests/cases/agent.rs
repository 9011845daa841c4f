use super::double::{at, function, json, object, service, settled, text};
use butt_dial_edge::bind::agent::Agent;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn agent(fetch: &JsValue) -> Agent {
    let options = [
        ("baseUrl", "https://service.test/base/".into()),
        ("agentToken", "agent-token".into()),
        ("agentId", "agent-1".into()),
        ("fetch", fetch.clone()),
    ];
    Agent::new(&object(&options)).unwrap()
}

fn message() -> JsValue {
    object(&[("to", "+15555550123".into()), ("body", "hi".into()), ("idempotencyKey", "key-1".into())])
}

#[wasm_bindgen_test]
fn options_that_make_no_sense_are_config_errors() {
    let wrong: [(&str, &[(&str, JsValue)]); 5] = [
        ("baseUrl", &[]),
        ("baseUrl", &[("baseUrl", "http://service.test".into())]),
        ("baseUrl", &[("baseUrl", "no url".into())]),
        ("fetch", &[("baseUrl", "https://service.test".into()), ("fetch", 1.into())]),
        ("timeoutMs", &[("baseUrl", "https://service.test".into()), ("timeoutMs", "soon".into())]),
    ];
    for (named, options) in wrong {
        let error = Agent::new(&object(options)).map(drop).unwrap_err();
        assert_eq!(text(&error, "name"), "ConfigError", "{options:?}");
        assert!(text(&error, "message").contains(named), "{}", text(&error, "message"));
    }
    assert_eq!(text(&Agent::new(&JsValue::UNDEFINED).map(drop).unwrap_err(), "name"), "ConfigError");
    let agent = agent(&function("", ""));
    assert_eq!(
        (agent.base_url().as_str(), agent.agent_id()),
        ("https://service.test/base", "agent-1".into())
    );
}

#[wasm_bindgen_test]
fn an_agent_from_the_environment() {
    let env = object(&[
        ("BUTT_DIAL_BASE_URL", "https://service.test/sse".into()),
        ("BUTT_DIAL_AGENT_TOKEN", "t".into()),
    ]);
    let agent = Agent::from_env(&object(&[("env", env)])).unwrap();
    assert_eq!((agent.base_url().as_str(), agent.agent_id()), ("https://service.test", JsValue::NULL));
    let missing = Agent::from_env(&object(&[("env", object(&[]))])).map(drop).unwrap_err();
    assert!(text(&missing, "message").contains("BUTT_DIAL_BASE_URL"));
}

#[wasm_bindgen_test]
async fn a_message_is_sent() {
    let (fetch, calls) = service();
    let result = settled(agent(&fetch).send_message(message())).await.unwrap();
    assert_eq!((text(&result, "outcome"), text(&result, "messageSid")), ("sent".into(), "SM-1".into()));
    assert_eq!((at(&result, "attempts"), text(&result, "idempotencyKey")), (1.into(), "key-1".into()));
    let methods: Vec<String> = calls.iter().map(|call| text(&call, "method")).collect();
    assert_eq!(methods, ["initialize", "notifications/initialized", "tools/call"]);
    let call = calls.get(2);
    assert_eq!(text(&call, "url"), "https://service.test/messages?sessionId=1");
    assert_eq!(text(&call, "authorization"), "Bearer agent-token");
    assert_eq!(text(&call, "params.name"), "comms_send_message");
    assert_eq!(
        json(&at(&call, "params.arguments")),
        r#"{"to":"+15555550123","body":"hi","channel":"whatsapp","idempotencyKey":"key-1"}"#
    );
}

#[wasm_bindgen_test]
async fn the_calls_of_a_session_share_it() {
    let (fetch, calls) = service();
    let work = function(
        "agent",
        "return Promise.all([agent.listTools(), agent.sendMessage({ to: '+1', body: 'a' }), agent.sendMessage({ to: '+1', body: 'b' })])
           .then(([tools, a, b]) => [tools, a.outcome, b.outcome, a.idempotencyKey === b.idempotencyKey])",
    );
    let answer = settled(agent(&fetch).session(work)).await.unwrap();
    assert_eq!(json(&answer), r#"[["comms_send_message"],"sent","sent",false]"#);
    let opened = calls.iter().filter(|call| text(call, "method") == "initialize").count();
    assert_eq!((opened, calls.length()), (1, 5));
}

#[wasm_bindgen_test]
async fn a_refused_token_throws_with_the_result() {
    let fetch = function("", "return new Response('{\"code\":\"AUTH_TOKEN_REVOKED\"}', { status: 401 })");
    let error = settled(agent(&fetch).send_message(message())).await.unwrap_err();
    assert_eq!(text(&error, "name"), "AuthTokenRevokedError");
    assert_eq!(
        (text(&error, "sendResult.outcome"), at(&error, "sendResult.attempts")),
        ("not_sent".into(), 0.into())
    );
    assert_eq!(settled(agent(&fetch).ping(JsValue::UNDEFINED)).await.unwrap(), false);
}

#[wasm_bindgen_test]
async fn a_message_that_is_none_is_not_sent() {
    let (fetch, calls) = service();
    let result = settled(agent(&fetch).send_message(object(&[("body", "hi".into())]))).await.unwrap();
    assert_eq!(
        (text(&result, "outcome"), text(&result, "stageFailed")),
        ("not_sent".into(), "config".into())
    );
    assert_eq!(text(&result, "cause.name"), "ConfigError");
    assert_eq!(calls.length(), 0);
}
