//! The shell: the only place that names JavaScript types. It decides nothing.
//!
//! One exported class a file; `host` has what the hosts give (fetch, time, chance); every exported call goes through
//! [`guard`].

mod error;
#[cfg(feature = "main")]
pub mod errors;
mod guard;
mod host;
mod options;
#[cfg(feature = "webhooks")]
mod request;
#[cfg(feature = "webhooks")]
pub mod webhooks;
