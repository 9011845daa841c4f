//! One agent: what it sends and calls over MCP.
//!
//! [`tools`] is the table of what can be called; [`send`] has the attempts of a send and its outcome; [`scope`] says
//! which session a call belongs to.

pub mod cancel;
pub mod config;
pub mod options;
pub mod payload;
mod remediation;
pub mod report;
pub mod scope;
pub mod send;
pub mod tools;

pub use remediation::advice;
