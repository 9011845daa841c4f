use butt_dial_edge::bind::machine::Machine;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

const MESSAGE: &str =
    r#"{"type":"message","messageId":"m-1","channel":"sms","from":"+15555550123","body":"hello"}"#;

const START: u32 = 0;
const NEW: u32 = 1;
const DONE: u32 = 3;
const WENT_WELL: u32 = 4;
const THREW: u32 = 5;
const TIMED_OUT: u32 = 6;

fn ask(machine: &mut Machine, asked: &Value) -> Value {
    serde_json::from_str(&machine.ask(&asked.to_string(), Vec::new(), 0.0, 0.0)).unwrap()
}

/// The same, after it was asked what it is.
fn handling(registry: &str, flags: &str) -> Machine {
    let mut handling = fresh(registry, flags);
    let _asked_once = received(&mut handling);
    handling
}

/// An unsigned callback, accepted for development.
fn fresh(registry: &str, flags: &str) -> Machine {
    let request = json!(["i", "POST", "https://app.test/", null, null, null, null, null, null]);
    let rest = json!([null, null, null, []]);
    let asked: Vec<Value> = [json!(["handling", registry, flags, null]), request, rest]
        .iter()
        .flat_map(|part| part.as_array().unwrap().clone())
        .collect();
    Machine::new(&Value::from(asked).to_string(), MESSAGE.into(), 0.0, f64::NAN)
}

fn received(machine: &mut Machine) -> Value {
    ask(machine, &json!([]))[0].clone()
}

/// Answers each action as the second half says, and checks its name and arguments as far as the first half names them.
fn course(handling: &mut Machine, steps: &[(Value, u32)]) -> Value {
    let mut input = START;
    for (want, answer) in steps {
        let got = ask(handling, &json!([input]));
        let (got, want) = (got.as_array().unwrap(), want.as_array().unwrap());
        for (got, want) in got.iter().zip(want) {
            // Of an answer: its status and body.
            let got =
                got.as_array().map_or_else(|| got.clone(), |parts| parts.iter().take(2).cloned().collect());
            assert_eq!(got, *want);
        }
        assert!(got.len() >= want.len(), "{got:?}");
        input = *answer;
    }
    ask(handling, &json!([input]))
}

#[wasm_bindgen_test]
fn a_message_is_claimed_handled_and_completed() {
    let mut handling = fresh("message:sms\nany\n", "");
    let received = received(&mut handling);
    assert_eq!((&received["proof"], &received["events"][0]["id"]), (&json!("none"), &json!("m-1")));
    let key = received["dedupeKeys"][0].clone();
    assert!(received["eventKeys"][0].is_string());
    let end = course(
        &mut handling,
        &[
            (json!(["claim", key, 30_000, 5000]), NEW),
            (json!(["call", 0, 0, 9000]), WENT_WELL),
            (json!(["call", 1, 0, 9000]), WENT_WELL),
            (json!(["complete", key]), WENT_WELL),
            (json!(["reply", [200, "ok"]]), WENT_WELL),
        ],
    );
    assert_eq!(
        (&end[0], &end[1]["status"], &end[1]["messages"]),
        (&json!("end"), &json!("processed"), &json!(1))
    );
}

#[wasm_bindgen_test]
fn a_repeat_is_answered_but_not_handled() {
    let mut handling = handling("message\n", "");
    let end = course(&mut handling, &[(json!(["claim"]), DONE), (json!(["reply", [200, "ok"]]), WENT_WELL)]);
    assert_eq!((&end[1]["messages"], &end[1]["duplicates"]), (&json!(0), &json!(1)));
}

#[wasm_bindgen_test]
fn a_handler_that_throws_is_told_released_and_answered_500() {
    let mut handling = handling("message\nerror\n", "");
    let end = course(
        &mut handling,
        &[
            (json!(["claim"]), NEW),
            (json!(["call", 0, 0]), THREW),
            (json!(["tell", 1, 0]), WENT_WELL),
            (json!(["release"]), WENT_WELL),
            (json!(["reply", [500, ""]]), WENT_WELL),
        ],
    );
    assert_eq!((&end[1]["errors"], &end[1]["errorsUnseen"]), (&json!([0]), &json!(false)));
}

#[wasm_bindgen_test]
fn accepted_errors_and_answers_before() {
    let mut accepting = handling("message\n", "a");
    let steps = [
        (json!(["claim"]), NEW),
        (json!(["call", 0, 0]), THREW),
        (json!(["complete"]), WENT_WELL),
        (json!(["reply", [200, "ok"]]), WENT_WELL),
    ];
    assert_eq!(course(&mut accepting, &steps)[1]["errors"], json!([0]));
    let mut before = handling("message\n", "b");
    let steps = [
        (json!(["claim"]), NEW),
        (json!(["complete"]), WENT_WELL),
        (json!(["reply", [200, "ok"]]), WENT_WELL),
        (json!(["call", 0, 0, 25_000]), WENT_WELL),
    ];
    assert_eq!(course(&mut before, &steps)[0], json!("end"));
}

#[wasm_bindgen_test]
fn a_store_that_fails_lets_nothing_run() {
    for failure in [THREW, TIMED_OUT] {
        let mut handling = handling("message\n", "");
        let end =
            course(&mut handling, &[(json!(["claim"]), failure), (json!(["reply", [500, ""]]), WENT_WELL)]);
        assert_eq!(end[1]["messages"], json!(0));
    }
}

fn payload(body: &str, whatsapp: bool) -> Machine {
    Machine::new(
        &json!(["payload", "message\n", "", null, null, whatsapp]).to_string(),
        body.into(),
        0.0,
        f64::NAN,
    )
}

#[wasm_bindgen_test]
fn payloads_that_others_received() {
    let mut handling = payload(MESSAGE, false);
    assert_eq!(received(&mut handling)["events"][0]["text"], json!("hello"));
    let end = course(&mut handling, &[(json!(["call", 0, 0, 9000]), WENT_WELL)]);
    assert_eq!((&end[0], &end[1]["messages"]), (&json!("end"), &json!(1)));
    let mut broken = payload("[[[[", true);
    assert_eq!(received(&mut broken)["events"][0]["type"], json!("unknown"));
    assert_eq!(ask(&mut broken, &json!([START]))[0], json!("end"));
}
