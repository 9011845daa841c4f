//! The user's dedupe store: three verbs, sync or async.

use crate::bind::options;
use crate::inbound::dedupe::{Claim, Store};
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Anything with `claim`, `complete` and `release`.
pub(crate) struct JsStore(pub(crate) JsValue);

impl JsStore {
    async fn call(&self, verb: &str, key: &str, ms: Option<f64>) -> Result<JsValue, JsValue> {
        let method = options::function(&self.0, verb).unwrap_or_else(|| Function::from(JsValue::UNDEFINED));
        let arguments = Array::of1(&JsValue::from_str(key));
        if let Some(ms) = ms {
            arguments.push(&JsValue::from_f64(ms));
        }
        let answer = Reflect::apply(&method, &self.0, &arguments)?;
        JsFuture::from(Promise::resolve(&answer)).await
    }
}

impl Store for JsStore {
    type Error = JsValue;

    async fn claim(&self, key: &str, lease_ms: f64) -> Result<Claim, JsValue> {
        let answer = self.call("claim", key, Some(lease_ms)).await?;
        match answer.as_string().as_deref() {
            Some("new") => Ok(Claim::New),
            Some("busy") => Ok(Claim::Busy),
            Some("done") => Ok(Claim::Done),
            // A store that does not know its own words must not let anything run twice.
            _ => Err(js_sys::TypeError::new(
                "the dedupe store answered a claim with neither new, busy nor done",
            )
            .into()),
        }
    }

    async fn complete(&self, key: &str, ttl_ms: f64) -> Result<(), JsValue> {
        self.call("complete", key, Some(ttl_ms)).await.map(drop)
    }

    async fn release(&self, key: &str) -> Result<(), JsValue> {
        self.call("release", key, None).await.map(drop)
    }
}
