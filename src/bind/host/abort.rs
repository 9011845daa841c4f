//! An `AbortSignal` as something to wait for.

use js_sys::{Function, Promise, Reflect};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// Anything that works like an `AbortSignal`, of this realm or another.
    #[derive(Clone)]
    pub(crate) type Signal;
    #[wasm_bindgen(method, getter)]
    fn aborted(this: &Signal) -> JsValue;
    #[wasm_bindgen(method, catch, js_name = addEventListener)]
    fn listen(this: &Signal, event: &str, listener: &Function) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = removeEventListener)]
    fn unlisten(this: &Signal, event: &str, listener: &Function) -> Result<(), JsValue>;
}

/// Takes its listener back when dropped: one signal may outlive thousands of calls.
struct Listener<'a>(&'a Signal, RefCell<Option<Function>>);

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        if let Some(listener) = self.1.take() {
            let _ = self.0.unlisten("abort", &listener);
        }
    }
}

/// Ends with the signal's reason when it aborts; never ends without a signal.
pub(crate) async fn aborted(signal: Option<&Signal>) -> JsValue {
    let Some(signal) = signal else { return std::future::pending().await };
    if !signal.aborted().is_truthy() {
        let listener = Listener(signal, RefCell::new(None));
        let fired = Promise::new(&mut |resolve, _| {
            if signal.listen("abort", &resolve).is_ok() {
                listener.1.replace(Some(resolve));
            }
        });
        let _ = JsFuture::from(fired).await;
    }
    Reflect::get(signal, &JsValue::from_str("reason")).unwrap_or(JsValue::UNDEFINED)
}
