//! What arrives, as plain data: the events and the shape of a message.

pub mod event;
pub mod message;
