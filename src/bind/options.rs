//! Reading what users pass in. A getter that throws reads as `undefined`: bad input is never an exception of ours.

use js_sys::{ArrayBuffer, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

/// A member of anything; `undefined` where there is none.
pub(crate) fn get(object: &JsValue, key: &str) -> JsValue {
    if object.is_null() || object.is_undefined() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}

/// A member, unless it is `null` or `undefined`.
pub(crate) fn given(object: &JsValue, key: &str) -> Option<JsValue> {
    Some(get(object, key)).filter(|value| !value.is_null() && !value.is_undefined())
}

/// A member that is a function.
pub(crate) fn function(object: &JsValue, key: &str) -> Option<Function> {
    get(object, key).dyn_into().ok()
}

/// A body: bytes, or text taken as UTF-8.
pub(crate) fn body_bytes(value: &JsValue) -> Option<Vec<u8>> {
    if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
        return Some(bytes.to_vec());
    }
    if let Some(text) = value.as_string() {
        return Some(text.into_bytes());
    }
    // Buffers of another realm are no instance of our Uint8Array, but views all the same.
    if ArrayBuffer::is_view(value) {
        let buffer = get(value, "buffer");
        let number = |key: &str| get(value, key).as_f64().unwrap_or(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "offsets of a real buffer fit"
        )]
        let (offset, length) = (number("byteOffset") as u32, number("byteLength") as u32);
        return Some(Uint8Array::new_with_byte_offset_and_length(&buffer, offset, length).to_vec());
    }
    value.dyn_ref::<ArrayBuffer>().map(|buffer| Uint8Array::new(buffer).to_vec())
}

/// A plain object as JSON text: dates become ISO text, functions and `undefined` go. `None` for what JSON cannot hold.
pub(crate) fn to_json(value: &JsValue) -> Option<String> {
    js_sys::JSON::stringify(value)
        .ok()
        .and_then(|text| text.dyn_into::<js_sys::JsString>().ok())
        .map(String::from)
}

/// JSON text as a value. The text is ours or checked, so that parsing cannot fail; if it did, the text itself is given.
pub(crate) fn from_json(text: &str) -> JsValue {
    js_sys::JSON::parse(text).unwrap_or_else(|_| JsValue::from_str(text))
}

/// A `Date` or a number of milliseconds, as milliseconds.
pub(crate) fn instant_ms(value: &JsValue) -> Option<f64> {
    value.as_f64().or_else(|| value.dyn_ref::<js_sys::Date>().map(js_sys::Date::get_time))
}
