//! Every exported call of `testing` goes through here. A trap (a panic we do not have, a stack overflow) becomes an
//! `InternalError`.

use super::error;
use crate::error::Error;
use crate::json;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/guard.js")]
extern "C" {
    fn attempt(f: &mut dyn FnMut()) -> JsValue;
}

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
    static POISONED: Cell<bool> = const { Cell::new(false) };
}

/// Remembers where a panic happened, for the message of the `InternalError`.
#[wasm_bindgen(start)]
pub(crate) fn remember_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let mut text = panic.payload().downcast_ref::<&str>().copied().unwrap_or("panic").to_owned();
        if let Some(place) = panic.location() {
            text.push_str(" at ");
            text.push_str(place.file());
            text.push(':');
            json::push_integer(i64::from(place.line()), &mut text);
        }
        LAST_PANIC.with(|slot| {
            if let Ok(mut slot) = slot.try_borrow_mut() {
                *slot = Some(text);
            }
        });
    }));
}

/// Runs a sync call.
pub(crate) fn sync<T>(call: impl FnOnce() -> Result<T, JsValue>) -> Result<T, JsValue> {
    let mut call = Some(call);
    let mut out = None;
    match trapped(&mut || out = call.take().map(|call| call())) {
        None => out.unwrap_or_else(|| Err(error::to_js(&Error::internal("the call did not run")))),
        Some(trap) => Err(trap),
    }
}

/// The `InternalError` for what was thrown below, if anything was.
fn trapped(f: &mut dyn FnMut()) -> Option<JsValue> {
    if POISONED.get() {
        return Some(internal(
            "an earlier failure left this instance unusable; load the module anew",
            &JsValue::UNDEFINED,
        ));
    }
    let thrown = attempt(&mut || f());
    if thrown.is_undefined() {
        return None;
    }
    let message = LAST_PANIC.with(|slot| slot.try_borrow_mut().ok().and_then(|mut slot| slot.take()));
    // A trap that was no panic (stack overflow, out of memory) may have left anything behind.
    if message.is_none()
        && (thrown.is_instance_of::<js_sys::WebAssembly::RuntimeError>()
            || thrown.is_instance_of::<js_sys::RangeError>())
    {
        POISONED.set(true);
    }
    Some(internal(message.as_deref().unwrap_or("the module failed"), &thrown))
}

fn internal(message: &str, cause: &JsValue) -> JsValue {
    let poisoned = if POISONED.get() { "true" } else { "false" };
    error::with_cause(&Error::internal(message).with("poisoned", poisoned), cause)
}
