//! The shell: the only place that names JavaScript types. It decides nothing.
//!
//! One exported class a file; `host` has what the hosts give (fetch, time, chance); every exported call goes through
//! `guard`.

#[cfg(feature = "main")]
pub mod agent;
mod error;
#[cfg(feature = "main")]
pub mod errors;
mod guard;
mod host;
#[cfg(feature = "main")]
pub mod inbound_handler;
#[cfg(feature = "main")]
mod logger;
mod memory;
#[cfg(feature = "webhooks")]
mod options;
#[cfg(feature = "webhooks")]
mod request;
#[cfg(feature = "main")]
mod store;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "webhooks")]
pub mod webhooks;
