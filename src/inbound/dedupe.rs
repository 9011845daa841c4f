//! Deliveries seen: what a store says, and how long it may take. The store itself is the host's, with three verbs:
//! `claim`, `complete`, `release`.
//!
//! `claim` is atomic: of two at once one gets [`Claim::New`]. A claim that is neither completed nor released ends by itself,
//! so that a delivery whose isolate died is handled when it comes again.

use super::dispatch::Policy;

/// What a store says about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is yours to handle.
    New,
    /// Someone is handling it; ask the sender to come again.
    Busy,
    /// It was handled.
    Done,
}

/// Why a store did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFailure {
    /// It failed.
    Failed,
    /// It took too long.
    TimedOut,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long a claim holds when nobody ends it, in milliseconds. Longer than handlers may run.
    pub lease_ms: f64,
    /// Deadline of each call of the store, in milliseconds.
    pub store_ms: f64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { lease_ms: 30_000.0, store_ms: 5_000.0 }
    }
}

impl Patience {
    /// A claim outlives the handlers it stands for: at least twice their deadline.
    #[must_use]
    pub fn with(policy: Policy) -> Self {
        let defaults = Self::default();
        Self { lease_ms: (policy.handlers_ms * 2.0).max(defaults.lease_ms), ..defaults }
    }
}
