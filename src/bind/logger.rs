//! The user's logger: any object with `debug`, `info`, `warn`, `error`, each optional. Without one the package is silent.

use crate::bind::options;
use wasm_bindgen::prelude::*;

/// Where log lines go.
#[derive(Clone)]
pub(crate) struct Logger(JsValue);

impl Logger {
    /// The `logger` of a user's options.
    pub(crate) fn of(options: &JsValue) -> Self {
        Self(options::get(options, "logger"))
    }

    /// Writes a line with its details. What a logger throws is its own affair.
    pub(crate) fn write(&self, level: &str, message: &str, fields: &JsValue) {
        if let Some(method) = options::function(&self.0, level) {
            let _ = method.call2(&self.0, &JsValue::from_str(message), fields);
        }
    }
}
