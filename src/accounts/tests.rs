#![expect(clippy::arithmetic_side_effects, reason = "small numbers of the tests")]

mod flows;
mod rows;
mod table;
mod vectors;
