use butt_dial_edge::bind::webhooks::verify_webhook_signature;
use js_sys::{Array, Date, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const BODY: &str = r#"{"event":"account.verified"}"#;
const TIMESTAMP: &str = "1700000000";
const SECRET: &str = "whsec-test";
/// `printf '1700000000.{"event":"account.verified"}' | openssl dgst -sha256 -hmac whsec-test`
const SIGNATURE: &str = "hmac-sha256=674b2b5d65af253e165a73006601917edf9d52ed6f2dcbe0f7c63eb4ffcc8807";

/// Options that verify, with some of them replaced.
fn options(replaced: &[(&str, JsValue)]) -> JsValue {
    let options = Object::new();
    let now = Date::new(&JsValue::from_f64(1_700_000_100_000.0));
    let genuine: [(&str, JsValue); 5] = [
        ("rawBody", BODY.into()),
        ("timestampHeader", TIMESTAMP.into()),
        ("signatureHeader", SIGNATURE.into()),
        ("secret", SECRET.into()),
        ("now", now.into()),
    ];
    for (name, value) in genuine.iter().chain(replaced) {
        assert!(Reflect::set(&options, &(*name).into(), value).unwrap());
    }
    options.into()
}

fn verifies(replaced: &[(&str, JsValue)]) -> bool {
    verify_webhook_signature(&options(replaced))
}

#[wasm_bindgen_test]
fn a_genuine_webhook_verifies() {
    assert!(verifies(&[]));
    assert!(verifies(&[("rawBody", Uint8Array::from(BODY.as_bytes()).into())]));
    assert!(verifies(&[("rawBody", Uint8Array::from(BODY.as_bytes()).buffer().into())]));
}

#[wasm_bindgen_test]
fn a_changed_webhook_does_not() {
    assert!(!verifies(&[("rawBody", format!("{BODY} ").into())]));
    assert!(!verifies(&[("timestampHeader", "1700000001".into())]));
    assert!(!verifies(&[("signatureHeader", SIGNATURE.to_uppercase().into())]));
    assert!(!verifies(&[("secret", "another".into())]));
}

#[wasm_bindgen_test]
fn the_bound_of_the_tolerance_still_passes() {
    for (age, want) in [(300.0, true), (301.0, false), (-300.0, true), (-301.0, false)] {
        let now = JsValue::from_f64((1_700_000_000.0 + age) * 1000.0);
        assert_eq!(verifies(&[("now", now)]), want, "{age} s");
    }
}

#[wasm_bindgen_test]
fn one_of_several_secrets_is_enough_and_none_is_not() {
    assert!(verifies(&[("secret", Array::of2(&"old".into(), &SECRET.into()).into())]));
    assert!(!verifies(&[("secret", Array::new().into())]));
    assert!(!verifies(&[("secret", JsValue::UNDEFINED)]));
    assert!(!verifies(&[("secret", "".into())]));
}

#[wasm_bindgen_test]
fn bad_input_is_false_and_never_an_exception() {
    for value in [JsValue::UNDEFINED, JsValue::NULL, JsValue::from_f64(1.0), Object::new().into()] {
        assert!(!verify_webhook_signature(&value));
        for name in ["rawBody", "timestampHeader", "signatureHeader", "secret"] {
            assert!(!verifies(&[(name, value.clone())]), "{name}: {value:?}");
        }
    }
}
