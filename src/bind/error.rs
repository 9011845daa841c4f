//! From [`Error`] to the classes of `js/errors.js`.

use crate::error::Error;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(kind: &str, details: &str, cause: &JsValue) -> JsValue;
}

/// The error as a JavaScript error of its class.
pub(crate) fn to_js(error: &Error) -> JsValue {
    make_error(error.kind.name(), &error.to_json(), &JsValue::UNDEFINED)
}

/// The same, with what is behind it.
pub(crate) fn with_cause(error: &Error, cause: &JsValue) -> JsValue {
    make_error(error.kind.name(), &error.to_json(), cause)
}

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        to_js(&error)
    }
}
