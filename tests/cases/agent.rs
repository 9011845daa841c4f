use super::webhooks::ask;
use butt_dial_edge::bind::machine::Machine;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

const OPTIONS: &str =
    r#"{"baseUrl":"https://service.test/base/","agentToken":"agent-token","agentId":"agent-1"}"#;
const MESSAGE: &str = r#"{"to":"+15555550123","body":"hi","idempotencyKey":"key-1"}"#;
const SEND: usize = 0;
const MANY: usize = 1;
const LIST: usize = 3;
const PING: usize = 4;

// As `js/conversation.js` numbers what it tells.
const CHAIN: u32 = 0;
const CALL: u32 = 1;
const ACCEPTS: u32 = 8;
const BYTES: u32 = 9;
const REFUSED: u32 = 10;
const ANSWERED: u32 = 12;
const DRAIN: u32 = 15;

fn link() -> Machine {
    Machine::new(&json!(["link", OPTIONS]).to_string(), vec![7; 16], f64::NAN, 0.0)
}

/// Tells the machine something, at the beginning of time: the number that began, and the actions.
fn tell(link: &mut Machine, asked: Value, bytes: &[u8]) -> (u64, Vec<Value>) {
    let told = link.ask(&asked.to_string(), bytes.to_vec(), 0.0, 0.5);
    let mut told: Vec<Value> = serde_json::from_str(&told).unwrap();
    (told.remove(0).as_u64().unwrap(), told)
}

fn call(link: &mut Machine, method: usize, options: &str, chain: u64) -> (u64, Vec<Value>) {
    tell(link, json!([CALL, method, options, chain, false]), b"")
}

/// A service that answers every POST: the frames it was sent, and how the calls ended.
fn served(link: &mut Machine, begun: Vec<Value>, text: &str) -> (Vec<Value>, Vec<Value>) {
    let (mut todo, mut frames, mut ended) = (begun, Vec::new(), Vec::new());
    let mut lane = Value::Null;
    while !todo.is_empty() {
        let action = todo.remove(0);
        let number = action[1].clone();
        match action[0].as_str().unwrap() {
            "open" => {
                lane = number;
                assert_eq!(action[3]["authorization"], json!("Bearer agent-token"));
                assert_eq!(tell(link, json!([ACCEPTS, 200, "text/event-stream"]), b"").0, 1);
                let endpoint = b"event: endpoint\ndata: /messages?sessionId=1\n\n";
                todo.extend(tell(link, json!([BYTES, lane]), endpoint).1);
            }
            "post" => {
                assert_eq!(action[2], json!("https://service.test/messages?sessionId=1"));
                let frame: Value = serde_json::from_str(action[4].as_str().unwrap()).unwrap();
                let result = match frame["method"].as_str().unwrap() {
                    "initialize" => {
                        json!({"protocolVersion": "2024-11-05", "capabilities": {}, "serverInfo": {"name": "d", "version": "1"}})
                    }
                    "tools/list" => json!({"tools": [{"name": "comms_send_message"}]}),
                    "tools/call" => json!({"content": [{"type": "text", "text": text}]}),
                    _ => Value::Null,
                };
                let id = frame["id"].clone();
                frames.push(frame);
                todo.extend(tell(link, json!([ANSWERED, number, 202, null, null, true]), b"").1);
                if !id.is_null() {
                    let answer = json!({"jsonrpc": "2.0", "id": id, "result": result});
                    let event = format!("event: message\ndata: {answer}\n\n");
                    todo.extend(tell(link, json!([BYTES, lane]), event.as_bytes()).1);
                }
            }
            "wake" | "shut" | "drop" | "closed" => {}
            _ => ended.push(action),
        }
    }
    (frames, ended)
}

#[wasm_bindgen_test]
fn options_that_make_no_sense_are_config_errors() {
    for (named, options) in [
        ("baseUrl", "{}"),
        ("baseUrl", ""),
        ("baseUrl", r#"{"baseUrl":"http://service.test"}"#),
        ("baseUrl", r#"{"baseUrl":"no url"}"#),
        ("timeoutMs", r#"{"baseUrl":"https://service.test","timeoutMs":"soon"}"#),
    ] {
        let error = ask(&json!(["configure", options]), b"");
        assert_eq!(error["kind"], json!("ConfigError"), "{options}");
        assert!(error["details"]["message"].as_str().unwrap().contains(named), "{error}");
    }
    assert_eq!(
        ask(&json!(["configure", OPTIONS]), b""),
        json!([OPTIONS, "https://service.test/base", "agent-1", false])
    );
}

#[wasm_bindgen_test]
fn options_from_the_environment() {
    let variables = json!({"BUTT_DIAL_URL": "https://service.test/sse", "BUTT_DIAL_AGENT_TOKEN": "t"});
    assert_eq!(
        ask(&json!(["environment", "", variables, true]), b""),
        json!({"baseUrl": "https://service.test/sse", "agentToken": "t"})
    );
    let missing = ask(&json!(["environment", "", {}, true]), b"");
    assert!(missing["details"]["message"].as_str().unwrap().contains("BUTT_DIAL_BASE_URL"));
}

#[wasm_bindgen_test]
fn a_message_is_sent() {
    let mut link = link();
    let (job, begun) = call(&mut link, SEND, MESSAGE, 0);
    assert!(job > 0);
    let (frames, ended) = served(&mut link, begun, r#"{"success":true,"messageId":"SM-1"}"#);
    let methods: Vec<_> = frames.iter().map(|frame| frame["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["initialize", "notifications/initialized", "tools/call"]);
    assert_eq!(frames[2]["params"]["name"], json!("comms_send_message"));
    assert_eq!(
        frames[2]["params"]["arguments"],
        json!({"to": "+15555550123", "body": "hi", "channel": "whatsapp", "idempotencyKey": "key-1"})
    );
    assert_eq!(ended.len(), 1);
    let sent = &ended[0];
    assert_eq!((&sent[0], &sent[1], &sent[3]), (&json!("sent"), &json!(job), &Value::Null));
    assert_eq!(
        (&sent[2]["outcome"], &sent[2]["messageSid"], &sent[2]["attempts"]),
        (&json!("sent"), &json!("SM-1"), &json!(1))
    );
}

#[wasm_bindgen_test]
fn the_calls_of_a_link_share_its_session() {
    let mut link = link();
    let mut begun = call(&mut link, LIST, "", 0).1;
    let messages = r#"{"messages":[{"to":"+1","body":"a"},{"to":"+1","body":"b"}]}"#;
    begun.extend(call(&mut link, MANY, messages, 0).1);
    begun.extend(call(&mut link, PING, "", 0).1);
    let (frames, ended) = served(&mut link, begun, r#"{"success":true,"messageId":"SM-1"}"#);
    let opened = frames.iter().filter(|frame| frame["method"] == "initialize").count();
    assert_eq!((opened, frames.len(), ended.len()), (1, 6, 3));
    let list = ended.iter().find(|end| end[0] == "json" && end[2].is_array()).unwrap();
    assert_eq!(list[2], json!(["comms_send_message"]));
    let many = ended.iter().find(|end| end[0] == "many").unwrap();
    assert_ne!(many[2][0]["idempotencyKey"], many[3][0]["idempotencyKey"]);
}

#[wasm_bindgen_test]
fn a_chain_gives_the_same_keys_again() {
    let key = || {
        let mut link = link();
        let chain = tell(&mut link, json!([CHAIN, 3, "event", 0]), b"").0;
        let begun = call(&mut link, SEND, r#"{"to":"+1","body":"a"}"#, chain).1;
        let (_, ended) = served(&mut link, begun, "OK");
        ended[0][2]["idempotencyKey"].as_str().unwrap().to_owned()
    };
    assert_eq!(key(), key());
}

#[wasm_bindgen_test]
fn a_refused_token_throws_with_the_result() {
    let mut link = link();
    let begun = call(&mut link, SEND, MESSAGE, 0).1;
    let lane = &begun[0][1];
    let body = br#"{"code":"AUTH_TOKEN_REVOKED"}"#;
    let told = tell(&mut link, json!([REFUSED, lane, 401, null, null]), body).1;
    let failed = told.iter().find(|action| action[0] == "fail").unwrap();
    assert_eq!(failed[2], json!("AuthTokenRevokedError"));
    assert_eq!(
        (&failed[3]["sendResult"]["outcome"], &failed[3]["sendResult"]["attempts"]),
        (&json!("not_sent"), &json!(0))
    );
}

#[wasm_bindgen_test]
fn a_message_that_is_none_is_not_sent() {
    let told = call(&mut link(), SEND, r#"{"body":"hi"}"#, 0).1;
    assert_eq!(told.len(), 1, "nothing is opened: {told:?}");
    assert_eq!((&told[0][2]["outcome"], &told[0][2]["stageFailed"]), (&json!("not_sent"), &json!("config")));
    assert_eq!(told[0][3][0], json!("ConfigError"));
}

#[wasm_bindgen_test]
fn a_link_that_drains_closes_and_a_closed_one_takes_nothing() {
    let mut link = link();
    assert_eq!(tell(&mut link, json!([DRAIN]), b"").1, [json!(["closed"])]);
    let told = call(&mut link, SEND, MESSAGE, 0).1;
    assert_eq!((&told[0][0], &told[0][2]["outcome"]), (&json!("sent"), &json!("not_sent")));
}

#[wasm_bindgen_test]
fn errors_of_answers() {
    let error = ask(&json!(["error", 429, "{}", [["Retry-After", "7"]]]), b"");
    assert_eq!((&error["kind"], &error["details"]["retryAfterMs"]), (&json!("RateLimitError"), &json!(7000)));
}
