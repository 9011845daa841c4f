//! The workspace's REST calls, and the agent's: a table, and pure functions over it.
//!
//! A [`Row`] is an endpoint. [`request()`] makes of a row and its options what is to be sent, [`answer()`] of what came back the
//! JSON that the caller gets, or a typed error; [`Flow`] joins them to calls, and to the calls of several steps. Nothing here
//! waits or sends. Adding an endpoint is adding a row: the checks, the declarations (`js/accounts.d.ts`, `js/rest.d.ts`) and the
//! documentation (`docs/accounts.md`, `docs/rest.md`) follow from it.

mod agent_rows;
mod answer;
mod config;
#[cfg(not(target_arch = "wasm32"))]
pub mod docs;
mod flow;
mod onboarding;
mod request;
mod row;
mod rows;
mod shape;
#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests;
#[cfg(not(target_arch = "wasm32"))]
mod types;

pub use agent_rows::AGENT_ROWS;
pub use answer::{answer, deprecation, forgive, lost};
pub use config::{AccountsConfig, Service, from_env};
pub use flow::{Action, Flow, Input, Plan};
pub use onboarding::onboarding_state;
pub use request::{request, warning};
pub use row::Row;
#[cfg(target_arch = "wasm32")]
pub(crate) use row::names;
pub use rows::ROWS;
