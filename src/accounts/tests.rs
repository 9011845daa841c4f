#![expect(clippy::arithmetic_side_effects, reason = "small numbers of the tests")]

use super::{AGENT_ROWS, ROWS, Row};

/// The row of a method, of `AccountsClient` or of `Agent`; their names differ.
fn row(js: &str) -> Option<&'static Row> {
    ROWS.iter().chain(AGENT_ROWS).find(|row| row.js() == js)
}

mod flows;
mod rows;
mod table;
mod vectors;
