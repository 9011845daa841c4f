//! `butt-dial-edge/webhooks`: is it genuine, and what happened?

use crate::bind::guard;
use crate::bind::options::{self, get};
use crate::inbound::{parse, verify};
use crate::json;
use crate::model::event;
use crate::secret::Secret;
use wasm_bindgen::prelude::*;

/// Replay window in seconds, both ways (wire-contract 8.1).
pub(crate) const TOLERANCE_S: f64 = 300.0;

/// Whether `{ rawBody, timestampHeader, signatureHeader, secret, toleranceSeconds?, now? }` is a genuine and fresh webhook of the
/// service. Malformed input is `false`, never an exception.
#[wasm_bindgen(js_name = verifyWebhookSignature, skip_typescript)]
pub fn verify_webhook_signature(options: &JsValue) -> bool {
    never_throws(|| {
        let Some(body) = options::body_bytes(&get(options, "rawBody")) else { return false };
        let now = options::instant_ms(&get(options, "now")).unwrap_or_else(js_sys::Date::now);
        let tolerance = get(options, "toleranceSeconds").as_f64().unwrap_or(TOLERANCE_S);
        let secrets = secrets(&get(options, "secret"));
        let timestamp = get(options, "timestampHeader").as_string();
        let signature = get(options, "signatureHeader").as_string();
        verify::verify_webhook(
            &body,
            timestamp.as_deref(),
            signature.as_deref(),
            &secrets,
            tolerance,
            now / 1000.0,
        )
        .is_ok()
    })
}

/// Whether `{ rawBody, signatureHeader, secret }` comes from Meta. Malformed input is `false`, never an exception.
#[wasm_bindgen(js_name = verifyWhatsappSignature, skip_typescript)]
pub fn verify_whatsapp_signature(options: &JsValue) -> bool {
    never_throws(|| {
        let Some(body) = options::body_bytes(&get(options, "rawBody")) else { return false };
        let signature = get(options, "signatureHeader").as_string();
        verify::verify_whatsapp(&body, signature.as_deref(), &secrets(&get(options, "secret"))).is_ok()
    })
}

/// Whether `{ mode, token, verifyToken }` is a subscription to confirm.
#[wasm_bindgen(js_name = verifyWhatsappSubscription, skip_typescript)]
pub fn verify_whatsapp_subscription(options: &JsValue) -> bool {
    never_throws(|| {
        let (mode, token) = (get(options, "mode").as_string(), get(options, "token").as_string());
        verify::verify_subscription(mode.as_deref(), token.as_deref(), &secrets(&get(options, "verifyToken")))
    })
}

/// All events of a webhook body, in order. Never throws for what the body holds.
#[wasm_bindgen(js_name = parseInbound, skip_typescript)]
pub fn parse_inbound(body: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    guard::sync(|| {
        let bytes = options::body_bytes(body).or_else(|| options::to_json(body).map(String::into_bytes));
        let (_, events) = parse::parse_inbound(&bytes.unwrap_or_default(), max_depth(options));
        Ok(options::from_json(&event::to_json(&events)))
    })
}

/// A call whose worst answer is `false`.
fn never_throws(call: impl FnOnce() -> bool) -> bool {
    guard::sync(|| Ok(call())).unwrap_or(false)
}

/// One secret, or several. What is no text is no secret.
pub(crate) fn secrets(value: &JsValue) -> Vec<Secret> {
    match value.dyn_ref::<js_sys::Array>() {
        Some(several) => several.iter().filter_map(|one| one.as_string()).map(Secret::new).collect(),
        None => value.as_string().map(Secret::new).into_iter().collect(),
    }
}

/// How deep JSON may nest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate"
)]
pub(crate) fn max_depth(options: &JsValue) -> usize {
    get(options, "maxDepth").as_f64().map_or(json::DEFAULT_DEPTH, |depth| depth as usize)
}
