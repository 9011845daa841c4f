//! One agent: what it sends and calls over MCP.
//!
//! [`tools`] is the table of what can be called; [`link`] is the machine that does it: sessions, attempts, deadlines;
//! [`report`] says how a send ended.

pub mod config;
pub mod env;
pub mod keys;
pub mod link;
pub mod options;
pub mod payload;
mod remediation;
pub mod report;
mod ring;
pub mod tools;

pub use remediation::advice;
