//! An `AbortSignal` as something to wait for.

use crate::bind::host::Stoppable;
use crate::bind::options::get;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/host.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = whenAborted)]
    fn when_aborted(signal: &JsValue) -> Result<Stoppable, JsValue>;
}

/// Ends with the signal's reason when it aborts; never ends without a signal. Takes its listener back when dropped: one
/// signal may outlive thousands of calls.
pub(crate) async fn aborted(signal: Option<&JsValue>) -> JsValue {
    let Some((signal, waiting)) = signal.and_then(|signal| Some((signal, when_aborted(signal).ok()?))) else {
        return std::future::pending().await;
    };
    waiting.ended().await;
    get(signal, "reason")
}
