//! What the exported functions and classes do, called as the package's JavaScript calls them. The same cases run in Node and
//! in a browser (`tests/node.rs`, `tests/web.rs`); the test command counts them here and in what the runner printed.

mod agent;
mod handling;
mod webhooks;
