//! Chance: the runtime's, or a `random` that the user gave for jitter.

use crate::wait::Random;
use js_sys::Function;
use wasm_bindgen::prelude::*;

/// The source of one object of the package.
#[derive(Clone, Default)]
pub(crate) struct HostRandom(pub(crate) Option<Function>);

impl Random for HostRandom {
    fn unit(&self) -> f64 {
        match &self.0 {
            Some(random) => random
                .call0(&JsValue::UNDEFINED)
                .ok()
                .and_then(|value| value.as_f64())
                .unwrap_or(0.0)
                .clamp(0.0, 1.0),
            None => js_sys::Math::random(),
        }
    }

    fn bytes16(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            // Keys must never repeat: a host without randomness ends the call instead (the guard makes it an error).
            wasm_bindgen::throw_str("this host gives no randomness here");
        }
        bytes
    }
}
