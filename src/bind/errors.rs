//! `parseErrorResponse`: the table from status and code to class, for users' own calls.

use crate::bind::{error, guard, options};
use crate::error::{Response, from_response, retry_after_header};
use crate::json::{self, Value};
use std::borrow::Cow;
use wasm_bindgen::prelude::*;

/// The typed error for `{ status, body?, headers?, now? }`. Never throws for what the answer holds.
#[wasm_bindgen(js_name = parseErrorResponse, skip_typescript)]
pub fn parse_error_response(response: &JsValue) -> Result<JsValue, JsValue> {
    guard::sync(|| {
        let body = options::given(response, "body").and_then(|body| options::to_json(&body));
        let headers = options::text_pairs(&options::get(response, "headers"));
        let headers = pairs(&headers);
        let pairs: Vec<_> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
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

/// The pairs in `[["name","value"],…]`.
fn pairs(text: &str) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    let rows = json::parse_str(text, 2).ok().and_then(Value::array).into_iter().flatten();
    fn part(value: Option<Value<'_>>) -> Option<Cow<'_, str>> {
        Some(value?.text()?.decode())
    }
    rows.filter_map(|row| {
        let mut row = row.array()?;
        Some((part(row.next())?, part(row.next())?))
    })
    .collect()
}
