//! Deliveries seen: the three verbs of a store, and the two moments when they are used.

use crate::prelude::*;
use crate::wait::{Clock, within};

use super::keys::{Keys, keys};
use super::receive::Webhook;

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

/// Remembers what was handled. `claim` is atomic: of two at once one gets `New`. A claim that is neither completed nor
/// released ends by itself, so that a delivery whose isolate died is handled when it comes again.
pub trait Store {
    /// What the store fails with.
    type Error;
    /// Claims a key for so long.
    ///
    /// # Errors
    /// The store's own.
    fn claim(&self, key: &str, lease_ms: f64) -> impl Future<Output = Result<Claim, Self::Error>>;
    /// It was handled, and counts as such for so long.
    ///
    /// # Errors
    /// The store's own.
    fn complete(&self, key: &str, ttl_ms: f64) -> impl Future<Output = Result<(), Self::Error>>;
    /// It was not handled; the next claim is `New`.
    ///
    /// # Errors
    /// The store's own.
    fn release(&self, key: &str) -> impl Future<Output = Result<(), Self::Error>>;
}

/// Why a store did not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreFailure<E> {
    /// It failed.
    Failed(E),
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

/// What may be handled, and what was claimed for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Admitted {
    /// Events to handle, by place in the webhook, each with its own key if it has one.
    pub events: Vec<(usize, Option<String>)>,
    /// Keys of the delivery as a whole.
    delivery: Vec<String>,
    /// Events that were handled before.
    pub duplicates: usize,
    /// Whether something is being handled elsewhere right now: the sender should come again.
    pub busy: bool,
    ttl_ms: f64,
}

impl Admitted {
    /// Everything, where nothing is remembered.
    #[must_use]
    pub fn all(webhook: &Webhook) -> Self {
        Self { events: (0..webhook.events.len()).map(|index| (index, None)).collect(), ..Self::default() }
    }

    /// What was claimed, and for which event; `None`: for all.
    fn claimed(&self) -> impl Iterator<Item = (Option<usize>, &String)> {
        let events = self.events.iter().filter_map(|(index, key)| Some((Some(*index), key.as_ref()?)));
        self.delivery.iter().map(|key| (None, key)).chain(events)
    }
}

/// A store with deadlines.
pub struct Deduper<'a, S, C> {
    /// The store.
    pub store: &'a S,
    /// Time for the deadlines.
    pub clock: &'a C,
    /// How long things may take.
    pub patience: Patience,
}

impl<S: Store, C: Clock> Deduper<'_, S, C> {
    /// Claims what a webhook brings.
    ///
    /// # Errors
    /// [`StoreFailure`]; what was claimed before it is released.
    pub async fn admit(&self, webhook: &Webhook) -> Result<Admitted, StoreFailure<S::Error>> {
        let (keys, ttl_ms) = keys(webhook);
        let mut admitted = Admitted { ttl_ms, ..Admitted::default() };
        let outcome = match keys {
            Keys::Delivery(keys) => self.admit_delivery(keys, webhook.events.len(), &mut admitted).await,
            Keys::Events(keys) => self.admit_events(keys, &mut admitted).await,
        };
        if let Err(failure) = outcome {
            let _first_counts = self.release_all(&admitted).await;
            return Err(failure);
        }
        Ok(admitted)
    }

    async fn admit_delivery(
        &self,
        keys: Vec<String>,
        events: usize,
        admitted: &mut Admitted,
    ) -> Result<(), StoreFailure<S::Error>> {
        for key in keys {
            let claim = self.claim(&key).await?;
            if claim == Claim::New {
                admitted.delivery.push(key);
                continue;
            }
            self.release_all(admitted).await?;
            admitted.delivery.clear();
            admitted.busy = claim == Claim::Busy;
            admitted.duplicates = if claim == Claim::Done { events } else { 0 };
            return Ok(());
        }
        admitted.events = (0..events).map(|index| (index, None)).collect();
        Ok(())
    }

    async fn admit_events(
        &self,
        keys: Vec<Option<String>>,
        admitted: &mut Admitted,
    ) -> Result<(), StoreFailure<S::Error>> {
        for (index, key) in keys.into_iter().enumerate() {
            if let Some(name) = &key {
                // The same event twice in one delivery would wait for itself.
                let again = admitted.events.iter().any(|(_, claimed)| claimed.as_ref() == Some(name));
                match if again { Claim::Done } else { self.claim(name).await? } {
                    Claim::New => {}
                    Claim::Busy => {
                        admitted.busy = true;
                        continue;
                    }
                    Claim::Done => {
                        admitted.duplicates = admitted.duplicates.saturating_add(1);
                        continue;
                    }
                }
            }
            admitted.events.push((index, key));
        }
        Ok(())
    }

    /// Ends the claims: completes what was handled, releases what failed. Of a whole delivery one failed event releases all.
    ///
    /// # Errors
    /// The first [`StoreFailure`]; the rest is tried all the same.
    pub async fn settle(&self, admitted: &Admitted, failed: &[usize]) -> Result<(), StoreFailure<S::Error>> {
        self.end(admitted, Some(failed)).await
    }

    async fn release_all(&self, admitted: &Admitted) -> Result<(), StoreFailure<S::Error>> {
        self.end(admitted, None).await
    }

    /// Ends the claims; all of them failed where nothing is said about which did.
    async fn end(&self, admitted: &Admitted, failed: Option<&[usize]>) -> Result<(), StoreFailure<S::Error>> {
        let mut outcome = Ok(());
        for (index, key) in admitted.claimed() {
            let handled = failed.is_some_and(|failed| match index {
                Some(index) => !failed.contains(&index),
                None => failed.is_empty(),
            });
            let ending = async {
                match handled {
                    true => self.store.complete(key, admitted.ttl_ms).await,
                    false => self.store.release(key).await,
                }
            };
            let ended = answered(within(self.clock, self.patience.store_ms, ending).await);
            outcome = outcome.and(ended);
        }
        outcome
    }

    async fn claim(&self, key: &str) -> Result<Claim, StoreFailure<S::Error>> {
        answered(
            within(self.clock, self.patience.store_ms, self.store.claim(key, self.patience.lease_ms)).await,
        )
    }
}

fn answered<T, E>(answer: Option<Result<T, E>>) -> Result<T, StoreFailure<E>> {
    match answer {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(StoreFailure::Failed(error)),
        None => Err(StoreFailure::TimedOut),
    }
}
