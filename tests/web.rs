//! The cases in a browser: `wasm-pack test --headless --chrome`.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a panic is how a test fails")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

mod cases;
