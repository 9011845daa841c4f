//! What arrives, as plain data.

pub mod event;
