//! `butt-dial-edge/webhooks`: is it genuine, and what happened?

use crate::bind::host::abort::aborted;
use crate::bind::host::clock::HostClock;
use crate::bind::options::{self, get};
use crate::bind::request::{Secrets, secrets};
use crate::bind::{error, guard, request};
use crate::error::Error;
use crate::inbound::keys::dedupe_keys;
use crate::inbound::receive::{Received, receive};
use crate::inbound::{parse, verify};
use crate::json::{self, Writer};
use crate::model::event;
use crate::wait::{Either, race};
use js_sys::Promise;
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

/// How deep JSON may nest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate"
)]
pub(crate) fn max_depth(options: &JsValue) -> usize {
    get(options, "maxDepth").as_f64().map_or(json::DEFAULT_DEPTH, |depth| depth as usize)
}

/// `receiveWebhook({ request, webhookSecret?, … })`: reads, verifies and parses in one call.
#[wasm_bindgen(js_name = receiveWebhook, skip_typescript)]
pub fn receive_webhook(options: JsValue) -> Promise {
    guard::promise(async move {
        let signal = request::signal(&options);
        match race(aborted(signal.as_ref()), received(&options)).await {
            Either::Left(reason) => Err(reason),
            Either::Right(outcome) => outcome,
        }
    })
}

async fn received(options: &JsValue) -> Result<JsValue, JsValue> {
    let request = get(options, "request");
    if request.is_undefined() || get(&request, "bodyUsed").is_truthy() {
        return Err(error::to_js(&Error::config(
            "receiveWebhook needs a request whose body was not read yet",
        )));
    }
    let secrets = Secrets { options, request: &request, env: &JsValue::UNDEFINED };
    let mut body = request::body(&request).map_err(|net| error::to_js(&Error::config(net.0)))?;
    let settings = request::settings(options);
    let received =
        receive(&request::incoming(&request)?, &mut body, &secrets, &settings, &HostClock(None)).await?;
    let out = options::from_json(&describe(&received));
    let set = |key: &str, value: &JsValue| js_sys::Reflect::set(&out, &key.into(), value);
    set("response", &request::response(&received.reply())?)?;
    if let Received::Webhook(webhook) = &received {
        set("rawBody", &js_sys::Uint8Array::from(webhook.body.as_slice()))?;
    }
    Ok(out)
}

/// The plain part of what `receiveWebhook` gives.
fn describe(received: &Received) -> String {
    let mut out = Writer::new();
    out.object().key("ok").bool(!matches!(received, Received::Refused(_)));
    match received {
        Received::Refused(refusal) => {
            out.key("reason")
                .string(refusal.reason.as_str())
                .key("status")
                .integer(i64::from(refusal.status()));
        }
        Received::Challenge(text) => {
            out.key("challenge").string(text).key("events").array().end_array();
        }
        Received::Webhook(webhook) => {
            out.key("challenge").null().key("source").string(webhook.source.as_str());
            out.key("proof").string(request::proof_word(webhook.proof));
            out.key("deliveryId").string_or_null(webhook.delivery_id.as_deref());
            out.key("events").raw(&event::to_json(&webhook.events)).key("dedupeKeys").array();
            for key in dedupe_keys(webhook) {
                out.string_or_null(key.as_deref());
            }
            out.end_array();
        }
    }
    out.end_object();
    out.finish()
}
