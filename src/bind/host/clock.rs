//! Time: the runtime's, or a `clock` that the user gave.

use crate::bind::host::Stoppable;
use crate::wait::Clock;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/host.js")]
extern "C" {
    fn timer(ms: f64) -> Stoppable;
    #[wasm_bindgen(catch, js_name = clockTimer)]
    fn clock_timer(clock: &UserClock, ms: f64) -> Result<Stoppable, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// A user's clock: `{ now(), sleep(ms, signal) }`.
    #[derive(Clone)]
    pub(crate) type UserClock;
    #[wasm_bindgen(method, catch)]
    fn now(this: &UserClock) -> Result<JsValue, JsValue>;
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
        let waiting = match &self.0 {
            // A clock whose sleep throws counts as one whose time has come: waiting for ever would be worse.
            Some(clock) => clock_timer(clock, ms).ok(),
            None => Some(timer(ms)),
        };
        if let Some(waiting) = waiting {
            waiting.ended().await;
        }
    }
}
