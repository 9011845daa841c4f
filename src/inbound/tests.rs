#![expect(clippy::arithmetic_side_effects, reason = "small numbers in tests")]

pub(crate) mod drive;
mod flow;
pub(crate) mod host;
mod memory;
pub(crate) mod on;
mod parsing;
mod vectors;
mod verifying;
pub(crate) mod wait;
