//! Reading what users pass in: see `js/read.js`. Bad input is never an exception of ours.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/read.js")]
extern "C" {
    /// A member of anything; `undefined` where there is none.
    #[wasm_bindgen(js_name = member)]
    pub(crate) fn get(object: &JsValue, key: &str) -> JsValue;
    /// A plain object as JSON text; `None` for what JSON cannot hold.
    #[wasm_bindgen(js_name = toJson)]
    pub(crate) fn to_json(value: &JsValue) -> Option<String>;
    /// The data of an options object as JSON text; `None` for what JSON cannot hold.
    #[cfg(feature = "main")]
    #[wasm_bindgen(js_name = plainJson)]
    pub(crate) fn plain_json(options: &JsValue) -> Option<String>;
    /// A body: bytes, or text taken as UTF-8.
    #[wasm_bindgen(js_name = bodyBytes)]
    pub(crate) fn body_bytes(value: &JsValue) -> Option<Vec<u8>>;
    /// A `Date` or a number of milliseconds, as milliseconds.
    #[wasm_bindgen(js_name = instantMs)]
    pub(crate) fn instant_ms(value: &JsValue) -> Option<f64>;
    /// Pairs of texts, as JSON text.
    #[cfg(feature = "main")]
    #[wasm_bindgen(js_name = textPairs)]
    pub(crate) fn text_pairs(value: &JsValue) -> String;
}

/// A member, unless it is `null` or `undefined`.
pub(crate) fn given(object: &JsValue, key: &str) -> Option<JsValue> {
    Some(get(object, key)).filter(|value| !value.is_null() && !value.is_undefined())
}

/// A member that is a function.
pub(crate) fn function(object: &JsValue, key: &str) -> Option<Function> {
    get(object, key).dyn_into().ok()
}

/// JSON text as a value. The text is ours or checked, so that parsing cannot fail; if it did, the text itself is given.
pub(crate) fn from_json(text: &str) -> JsValue {
    js_sys::JSON::parse(text).unwrap_or_else(|_| JsValue::from_str(text))
}
