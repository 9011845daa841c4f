#![expect(clippy::arithmetic_side_effects, reason = "small numbers of the tests")]

use super::{AGENT_ROWS, ROWS, Row};

/// Every row, of `AccountsClient` and of `Agent`.
fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(AGENT_ROWS)
}

/// The row of a method; their names differ.
fn row(js: &str) -> Option<&'static Row> {
    rows().find(|row| row.js() == js)
}

mod flows;
mod rows;
mod table;
mod vectors;
