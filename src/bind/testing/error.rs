//! From [`Error`] to the classes of `js/errors.js`.

use crate::error::Error;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(kind: &str, members: &JsValue) -> JsValue;
}

/// The error as a JavaScript error of its class.
pub(crate) fn to_js(error: &Error) -> JsValue {
    with_cause(error, &JsValue::UNDEFINED)
}

/// The same, with what is behind it.
pub(crate) fn with_cause(error: &Error, cause: &JsValue) -> JsValue {
    let members = js_sys::JSON::parse(&error.to_json()).unwrap_or_default();
    if !cause.is_undefined() {
        let _always_an_object = js_sys::Reflect::set(&members, &"cause".into(), cause);
    }
    make_error(error.kind.name(), &members)
}

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        to_js(&error)
    }
}
