//! The shell: everything that names a JavaScript type.

use js_sys::{Array, ArrayBuffer, Date, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::secret::{Secret, hmac_sha256, unhex32};

#[wasm_bindgen(module = "/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(class: &str, code: &str, message: &str) -> JsValue;
}

/// Whether a webhook of the service is genuine and fresh (wire-contract 8.1).
///
/// # Errors
/// `ConfigError` when there are no options at all.
#[wasm_bindgen(js_name = verifyWebhookSignature)]
pub fn verify_webhook_signature(options: &JsValue) -> Result<bool, JsValue> {
    Ok(genuine(&object(options)?).unwrap_or(false))
}

fn genuine(options: &JsValue) -> Option<bool> {
    let body = bytes(&get(options, "rawBody")?)?;
    let timestamp = get(options, "timestampHeader")?.as_string()?;
    let received =
        unhex32(get(options, "signatureHeader")?.as_string()?.strip_prefix("hmac-sha256=")?.as_bytes())?;
    let tolerance = get(options, "toleranceSeconds")?.as_f64().unwrap_or(300.0);
    let now = get(options, "now")?;
    let now = now.dyn_ref::<Date>().map(Date::get_time).or(now.as_f64()).unwrap_or_else(Date::now);
    if timestamp.is_empty() || timestamp.len() > 12 || !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let sent: u64 = timestamp.parse().ok()?;
    #[expect(clippy::cast_precision_loss, reason = "twelve digits are exact")]
    let age = (now / 1000.0).floor() - sent as f64;
    let secrets = get(options, "secret")?;
    let secrets = secrets.dyn_ref::<Array>().map_or_else(|| vec![secrets.clone()], Array::to_vec);
    let mut found = false;
    for secret in
        secrets.iter().filter_map(JsValue::as_string).map(Secret::new).filter(|secret| !secret.is_empty())
    {
        found |= hmac_sha256(secret.expose().as_bytes(), &[timestamp.as_bytes(), b".", &body])
            .verify_bytes(&received);
    }
    Some(found && age.abs() <= tolerance)
}

/// The signature that the service would send.
///
/// # Errors
/// `ConfigError` when an option is missing.
#[cfg(feature = "testing")]
#[wasm_bindgen(js_name = signWebhook)]
pub fn sign_webhook(options: &JsValue) -> Result<String, JsValue> {
    let options = object(options)?;
    let text = |name: &str| get(&options, name).and_then(|value| value.as_string());
    let body = get(&options, "rawBody").as_ref().and_then(bytes);
    let (Some(body), Some(secret), Some(timestamp)) = (body, text("secret"), text("timestampHeader")) else {
        return Err(make_error("ConfigError", "CONFIG", "rawBody, secret and timestampHeader are needed"));
    };
    let tag = hmac_sha256(secret.as_bytes(), &[timestamp.as_bytes(), b".", &body]).bytes();
    Ok(format!("hmac-sha256={}", crate::secret::hex(&tag)))
}

fn object(options: &JsValue) -> Result<JsValue, JsValue> {
    if options.is_object() {
        Ok(options.clone())
    } else {
        Err(make_error("ConfigError", "CONFIG", "options must be an object"))
    }
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok()
}

fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    if let Some(text) = value.as_string() {
        return Some(text.into_bytes());
    }
    value
        .dyn_ref::<Uint8Array>()
        .map(Uint8Array::to_vec)
        .or_else(|| value.dyn_ref::<ArrayBuffer>().map(|buffer| Uint8Array::new(buffer).to_vec()))
}
