//! Time: the runtime's, or a `clock` that the user gave.

use crate::wait::Clock;
use js_sys::{Function, Promise};
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

#[wasm_bindgen]
extern "C" {
    // Globals of every host; Node's timers are objects, hence the untyped handle.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);

    /// A user's clock: `{ now(), sleep(ms, signal) }`.
    #[derive(Clone)]
    pub(crate) type UserClock;
    #[wasm_bindgen(method, catch)]
    fn now(this: &UserClock) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn sleep(this: &UserClock, ms: f64, signal: &JsValue) -> Result<JsValue, JsValue>;
}

/// Longest delay that timers take; beyond it they fire at once.
const LONGEST_MS: f64 = 2_147_483_647.0;

/// The clock of one object of the package.
#[derive(Clone, Default)]
pub(crate) struct HostClock(pub(crate) Option<UserClock>);

impl Clock for HostClock {
    fn now_ms(&self) -> f64 {
        match &self.0 {
            Some(clock) => clock.now().ok().and_then(|now| now.as_f64()).unwrap_or(f64::NAN),
            None => js_sys::Date::now(),
        }
    }

    async fn sleep(&self, ms: f64) {
        // A delay that is not a number must not become an endless wait.
        let ms = if ms > 0.0 { ms.min(LONGEST_MS) } else { 0.0 };
        match &self.0 {
            Some(clock) => user_sleep(clock, ms).await,
            None => timer(ms).await,
        }
    }
}

/// Stops the timer when dropped.
struct Timer(Cell<Option<JsValue>>);

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(timer) = self.0.take() {
            clear_timeout(&timer);
        }
    }
}

async fn timer(ms: f64) {
    let timer = Timer(Cell::new(None));
    let fired = Promise::new(&mut |resolve, _| timer.0.set(Some(set_timeout(&resolve, ms))));
    let _ = JsFuture::from(fired).await;
}

/// Aborts the user's sleep when dropped.
struct Sleep(Option<AbortController>);

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

async fn user_sleep(clock: &UserClock, ms: f64) {
    let controller = AbortController::new().ok();
    let signal = controller.as_ref().map_or(JsValue::UNDEFINED, |controller| controller.signal().into());
    let guard = Sleep(controller);
    // A clock whose sleep throws counts as one whose time has come: waiting for ever would be worse.
    if let Ok(slept) = clock.sleep(ms, &signal) {
        let _ = JsFuture::from(Promise::resolve(&slept)).await;
    }
    drop(guard);
}
