//! `parseErrorResponse`: the table from status and code to class, for users' own calls.

use crate::bind::{error, guard, options};
use crate::error::{Response, from_response, retry_after_header};
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

/// The typed error for `{ status, body?, headers?, now? }`. Never throws for what the answer holds.
#[wasm_bindgen(js_name = parseErrorResponse, skip_typescript)]
pub fn parse_error_response(response: &JsValue) -> Result<JsValue, JsValue> {
    guard::sync(|| {
        let body = options::given(response, "body").and_then(|body| options::to_json(&body));
        let headers = headers(&options::get(response, "headers"));
        let pairs: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let now = options::instant_ms(&options::get(response, "now"));
        let error = from_response(&Response {
            status: status(&options::get(response, "status")),
            body: body.as_deref().unwrap_or("null"),
            retry_after: retry_after_header(&pairs),
            now_ms: now.unwrap_or_else(js_sys::Date::now),
        });
        Ok(error::to_js(&error))
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to integer casts saturate"
)]
fn status(value: &JsValue) -> u16 {
    value.as_f64().unwrap_or(0.0) as u16
}

/// Pairs of a plain object, or of `Headers` and anything else that iterates over pairs.
fn headers(value: &JsValue) -> Vec<(String, String)> {
    let pairs = match js_sys::try_iter(value) {
        Ok(Some(entries)) => entries.filter_map(Result::ok).collect(),
        _ => value.dyn_ref::<Object>().map(Object::entries).unwrap_or_default(),
    };
    let text = |value: JsValue| value.as_string().unwrap_or_default();
    pairs
        .iter()
        .filter_map(|pair| pair.dyn_into::<Array>().ok())
        .map(|pair| (text(pair.get(0)), text(pair.get(1))))
        .collect()
}
