#![expect(clippy::arithmetic_side_effects, reason = "small numbers in tests")]

mod flow;
pub(crate) mod host;
mod parsing;
mod vectors;
mod verifying;
