//! How the service is set up.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::sse::LineEnd;

/// How the service is set up. The defaults are the documented production service, with any token good.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// Agent tokens it knows, with their agent ids. Default: any token is good, and is its own agent.
    pub tokens: Option<BTreeMap<String, String>>,
    /// Whether `idempotencyKey` is honoured: the same key gives the first result and sends nothing. Default: true.
    pub idempotency: bool,
    /// The older server: the token of `GET /sse` is read from the query alone, results carry `externalId`, no key is
    /// honoured, error bodies have no code, pushes are lost (wire-contract 0.2, 2.3, 2.8). Default: false.
    pub legacy: bool,
    /// Ten refused tokens lock everybody out for 15 minutes (wire-contract 1.1). Default: false.
    pub lockout: bool,
    /// Whether an answer that is ready is written before the `202` of its POST, as the real server does. Default: true.
    pub answer_before_202: bool,
    /// Line ends of the event streams. Default: LF.
    pub line_end: LineEnd,
    /// A capabilities push one second after a stream opened (wire-contract 2.8). Default: false.
    pub welcome: bool,
    /// Lets every origin read the answers, for pages in browsers. Default: false.
    pub cors: bool,
    /// Whether requests are recorded; long runs may leave them out. Calls always are. Default: true.
    pub record_requests: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tokens: None,
            idempotency: true,
            legacy: false,
            lockout: false,
            answer_before_202: true,
            line_end: LineEnd::Lf,
            welcome: false,
            cors: false,
            record_requests: true,
        }
    }
}
