//! The Model Context Protocol over HTTP and server-sent events: one stream down, POSTs up (wire-contract 2).
//!
//! [`session`] is the conversation as a machine without clock, socket or task.

pub mod jsonrpc;
pub mod session;
