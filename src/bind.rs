//! The shell: the only place that names JavaScript, through wasm-bindgen. It decides nothing.
//!
//! What crosses the border is text, bytes and numbers; no JavaScript value does (but in `testing`). The files of `js/` do what
//! takes a host (requests, timers, streams, users' functions) and ask here what comes next.

#[cfg(feature = "main")]
mod accounts;
#[cfg(feature = "main")]
mod agent;
#[cfg(feature = "webhooks")]
mod args;
#[cfg(feature = "webhooks")]
pub mod border;
#[cfg(feature = "main")]
mod handling;
#[cfg(feature = "main")]
pub mod machine;
mod memory;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "webhooks")]
pub mod webhooks;
