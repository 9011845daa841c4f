//! Butt-Dial for the edge.
//!
//! The product of this crate is the npm package `butt-dial-edge`; its declarations (`js/*.d.ts`) are what semantic
//! versioning covers. The modules are public for the tests, the simulation and the build tool of this repository.
//!
//! One rule keeps the house: **a line that names a JavaScript type goes into `bind` (or `js/`); everything else, waiting
//! included, goes into its feature's folder.** The compiler enforces it: the crates that name JavaScript types are
//! dependencies of the wasm32 target only, and `bind` exists only there.
//!
//! Logic is machines: what arrives and what time it is go in, actions come out. Nothing here is `async`.

#![cfg_attr(all(feature = "bare", target_arch = "wasm32", not(feature = "testing")), no_std)]

extern crate alloc;

#[cfg(feature = "main")]
pub mod accounts;
#[cfg(feature = "main")]
pub mod agent;
#[cfg(feature = "main")]
pub mod backoff;
#[cfg(target_arch = "wasm32")]
pub mod bind;
pub mod error;
pub mod http;
#[cfg(feature = "webhooks")]
pub mod inbound;
pub mod json;
#[cfg(feature = "main")]
pub mod mcp;
#[cfg(feature = "webhooks")]
pub mod model;
pub mod secret;
#[cfg(feature = "main")]
pub mod sse;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod time;
#[cfg(feature = "main")]
pub mod url;

/// What the standard library's prelude has beyond that of `core`: the modules of the package are built without `std`,
/// whose panics would bring formatting along.
pub(crate) mod prelude {
    #[cfg(feature = "main")]
    pub(crate) use alloc::vec;
    pub(crate) use alloc::{borrow::ToOwned, boxed::Box, string::String, vec::Vec};
}
