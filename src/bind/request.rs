//! `Request` in, `Response` out.

use crate::bind::host::stream::HostBody;
use crate::bind::options::{self, get};
use crate::http::NetError;
use crate::inbound::receive::{Hint, Incoming, Reply, SecretSource, Settings, Which};
use crate::inbound::verify::Scheme;
use crate::json::{self, Value, Writer};
use crate::secret::Secret;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/js/host.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = readRequest)]
    fn read_request(request: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(catch, js_name = makeResponse)]
    fn make_response(status: u16, body: &str, headers: &str) -> Result<JsValue, JsValue>;
}

/// What of a request decides something.
pub(crate) fn incoming(request: &JsValue) -> Result<Incoming, JsValue> {
    let text = read_request(request)?;
    let parts = json::parse_str(&text, 1).ok().and_then(Value::array);
    let mut parts =
        parts.into_iter().flatten().map(|part| part.text().map(|text| text.decode().into_owned()));
    let mut next = || parts.next().flatten();
    Ok(Incoming {
        method: next().unwrap_or_default(),
        url: next().unwrap_or_default(),
        content_length: next(),
        bd_event: next(),
        bd_timestamp: next(),
        bd_signature: next(),
        bd_delivery_id: next(),
        hub_signature: next(),
    })
}

/// The body as it arrives.
pub(crate) fn body(request: &JsValue) -> Result<HostBody, NetError> {
    HostBody::new(&get(request, "body"), None)
}

/// The answer as a `Response`.
pub(crate) fn response(reply: &Reply) -> Result<JsValue, JsValue> {
    let mut headers = Writer::new();
    headers.array();
    for (name, value) in Reply::HEADERS.iter().chain(&reply.headers) {
        headers.array().string(name).string(value).end_array();
    }
    headers.end_array();
    make_response(reply.status, &reply.body, &headers.finish())
}

/// The settings among a user's options.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate"
)]
pub(crate) fn settings(options: &JsValue) -> Settings {
    let defaults = Settings::default();
    let number = |key: &str| get(options, key).as_f64();
    Settings {
        tolerance_s: number("toleranceSeconds").unwrap_or(defaults.tolerance_s),
        max_body: number("maxBodyBytes").map_or(defaults.max_body, |bytes| bytes as usize),
        max_depth: number("maxDepth").map_or(defaults.max_depth, |depth| depth as usize),
        timeout_ms: number("timeoutMs").unwrap_or(defaults.timeout_ms),
        insecure: get(options, "insecure").as_bool().unwrap_or(false),
        now_s: options::instant_ms(&get(options, "now")).map(|ms| ms / 1000.0),
    }
}

/// The user's signal, if there is one.
pub(crate) fn signal(options: &JsValue) -> Option<JsValue> {
    options::given(options, "signal")
}

/// The secrets of a user's options: texts, lists, or functions of the hint.
pub(crate) struct Secrets<'a> {
    /// The options.
    pub(crate) options: &'a JsValue,
    /// The request that hints show.
    pub(crate) request: &'a JsValue,
    /// The environment that hints show; `undefined` where there is none.
    pub(crate) env: &'a JsValue,
}

impl Secrets<'_> {
    fn member(which: Which) -> &'static str {
        match which {
            Which::Webhook => "webhookSecret",
            Which::Whatsapp => "whatsappWebhookSecret",
            Which::VerifyToken => "whatsappVerifyToken",
            Which::CallbackToken => "callbackToken",
        }
    }

    fn show(&self, hint: &Hint) -> Result<JsValue, JsValue> {
        let mut out = Writer::new();
        out.object();
        out.key("claimedOrgId").string_or_null(hint.org_id.as_deref());
        out.key("claimedAgentId").string_or_null(hint.agent_id.as_deref());
        out.key("claimedEvent").string_or_null(hint.event.as_deref());
        out.key("claimedPhoneNumberId").string_or_null(hint.phone_number_id.as_deref());
        out.end_object();
        let shown = options::from_json(&out.finish());
        Reflect::set(&shown, &"request".into(), self.request)?;
        Reflect::set(&shown, &"env".into(), self.env)?;
        Ok(shown)
    }
}

impl SecretSource for Secrets<'_> {
    type Error = JsValue;

    fn configured(&self, which: Which) -> bool {
        options::given(self.options, Self::member(which)).is_some()
    }

    fn by_hint(&self, which: Which) -> bool {
        options::function(self.options, Self::member(which)).is_some()
    }

    async fn find(&self, which: Which, hint: &Hint) -> Result<Vec<Secret>, JsValue> {
        let given = get(self.options, Self::member(which));
        let found = match given.dyn_ref::<Function>() {
            Some(lookup) => {
                let found = lookup.call1(&JsValue::UNDEFINED, &self.show(hint)?)?;
                JsFuture::from(Promise::resolve(&found)).await?
            }
            None => given,
        };
        Ok(secrets(&found))
    }
}

/// One secret, or several. What is no text is no secret.
pub(crate) fn secrets(value: &JsValue) -> Vec<Secret> {
    match value.dyn_ref::<js_sys::Array>() {
        Some(several) => several.iter().filter_map(|one| one.as_string()).map(Secret::new).collect(),
        None => value.as_string().map(Secret::new).into_iter().collect(),
    }
}

/// The word for what vouches for a webhook.
pub(crate) fn proof_word(proof: Scheme) -> &'static str {
    match proof {
        Scheme::Service | Scheme::Meta => "signature",
        Scheme::CallbackToken => "callback_token",
        Scheme::Insecure => "none",
    }
}
