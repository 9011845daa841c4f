//! The Butt-Dial service as a double, for tests: a machine that answers requests, writes event streams and records what it
//! took. It owns no socket and no timer, and shares no codec with the client: it writes its own JSON, its own server-sent
//! events and its own signatures, so that a mistake of the client cannot be mirrored by it.
//!
//! It behaves as the production service is documented to ("MAY" in wire-contract 0.2); [`Options::legacy`] makes it behave
//! as the older server ("FEB").
//!
//! ```
//! use butt_dial_edge::testing::{Action, Options, RequestIn, Service};
//!
//! let mut service = Service::new(Options::default(), [7; 16]);
//! let mut actions = Vec::new();
//! service.request(0, RequestIn::get(1, "/sse").bearer("t"), &mut actions);
//! assert!(matches!(&actions[0], Action::OpenStream { request: 1, stream: 1, .. }));
//! ```

mod action;
mod answer;
mod auth;
mod calls;
mod envelope;
mod fault;
pub mod fixtures;
mod gzip;
mod ids;
mod options;
mod record;
mod rpc;
mod script;
mod service;
pub mod signing;
mod sse;
mod stream;
mod tools;

#[cfg(test)]
mod tests;

pub use action::{Action, AskAnswer, AskId, CallId, Close, Ms, RequestId, RequestIn, StreamId};
pub use calls::ToolAnswer;
pub use fault::Fault;
pub use options::Options;
pub use record::{ClientAnswer, RecordedCall, RecordedRequest};
pub use script::{BadScript, RequestScript, RestAnswer, SendScript, SendWhat, ToolScript};
pub use service::Service;
pub use sse::LineEnd;
