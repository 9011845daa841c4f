//! Deliveries seen by this isolate: exact within it, gone with it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;

use super::drive::Store;
use crate::inbound::dedupe::Claim;
use crate::inbound::tests::wait::Clock;

/// The keys and until when they count, in milliseconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    keys: BTreeMap<String, Seen>,
    max: usize,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    done: bool,
    until: f64,
}

impl Memory {
    /// Keeps at most `max` keys, at least one.
    pub(crate) fn new(max: usize) -> Self {
        Self { keys: BTreeMap::new(), max: max.max(1) }
    }

    /// How many keys are kept, expired ones included that nobody asked for since.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key is kept.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// See [`Store::claim`].
    pub(crate) fn claim(&mut self, key: &str, lease_ms: f64, now_ms: f64) -> Claim {
        match self.keys.get(key) {
            Some(seen) if seen.until > now_ms => return if seen.done { Claim::Done } else { Claim::Busy },
            _ => {}
        }
        self.put(key, false, now_ms + lease_ms, now_ms);
        Claim::New
    }

    /// See [`Store::complete`].
    pub(crate) fn complete(&mut self, key: &str, ttl_ms: f64, now_ms: f64) {
        self.put(key, true, now_ms + ttl_ms, now_ms);
    }

    /// See [`Store::release`]. What was completed stays so.
    pub(crate) fn release(&mut self, key: &str) {
        if self.keys.get(key).is_some_and(|seen| !seen.done) {
            self.keys.remove(key);
        }
    }

    fn put(&mut self, key: &str, done: bool, until: f64, now_ms: f64) {
        if !self.keys.contains_key(key) && self.keys.len() >= self.max {
            self.make_room(now_ms);
        }
        self.keys.insert(key.to_owned(), Seen { done, until });
    }

    /// Forgets what expired; if nothing did, the completed key that would expire first, else the claim that would.
    fn make_room(&mut self, now_ms: f64) {
        self.keys.retain(|_, seen| seen.until > now_ms);
        if self.keys.len() < self.max {
            return;
        }
        let first = self
            .keys
            .iter()
            .min_by(|(_, a), (_, b)| b.done.cmp(&a.done).then(a.until.total_cmp(&b.until)))
            .map(|(key, _)| key.clone());
        if let Some(key) = first {
            self.keys.remove(&key);
        }
    }
}

/// A [`Memory`] with a clock.
pub(crate) struct MemoryStore<C> {
    memory: RefCell<Memory>,
    clock: C,
}

impl<C: Clock> MemoryStore<C> {
    /// An empty store.
    pub(crate) fn new(max: usize, clock: C) -> Self {
        Self { memory: RefCell::new(Memory::new(max)), clock }
    }
}

impl<C: Clock> Store for MemoryStore<C> {
    type Error = Infallible;

    async fn claim(&self, key: &str, lease_ms: f64) -> Result<Claim, Infallible> {
        Ok(self.memory.borrow_mut().claim(key, lease_ms, self.clock.now_ms()))
    }

    async fn complete(&self, key: &str, ttl_ms: f64) -> Result<(), Infallible> {
        self.memory.borrow_mut().complete(key, ttl_ms, self.clock.now_ms());
        Ok(())
    }

    async fn release(&self, key: &str) -> Result<(), Infallible> {
        self.memory.borrow_mut().release(key);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_verbs() {
        let mut memory = Memory::new(10);
        assert_eq!(memory.claim("k", 100.0, 0.0), Claim::New);
        assert_eq!(memory.claim("k", 100.0, 99.0), Claim::Busy);
        memory.release("k");
        assert_eq!(memory.claim("k", 100.0, 99.0), Claim::New);
        memory.complete("k", 1000.0, 100.0);
        assert_eq!(memory.claim("k", 100.0, 1099.0), Claim::Done);
        memory.release("k");
        assert_eq!(memory.claim("k", 100.0, 1099.0), Claim::Done, "a late release undoes nothing");
        assert_eq!(memory.claim("k", 100.0, 1100.0), Claim::New, "forgotten after its time");
    }

    #[test]
    fn a_claim_that_nobody_ends_ends_by_itself() {
        let mut memory = Memory::new(10);
        assert_eq!(memory.claim("k", 100.0, 0.0), Claim::New);
        assert_eq!(memory.claim("k", 100.0, 100.0), Claim::New);
        assert_eq!(memory.claim("k", 100.0, 150.0), Claim::Busy);
    }

    #[test]
    fn it_is_bounded_and_keeps_claims_longest() {
        let mut memory = Memory::new(3);
        assert_eq!(memory.claim("claimed", 1000.0, 0.0), Claim::New);
        memory.complete("old", 500.0, 0.0);
        memory.complete("young", 900.0, 0.0);
        memory.complete("newest", 900.0, 1.0);
        assert_eq!(memory.len(), 3);
        assert_eq!(memory.claim("claimed", 1.0, 2.0), Claim::Busy);
        assert_eq!(memory.claim("young", 1.0, 2.0), Claim::Done);
        assert_eq!(memory.claim("newest", 1.0, 2.0), Claim::Done);
        for number in 0..1000 {
            memory.complete(&number.to_string(), 10.0, 3.0);
        }
        assert_eq!(memory.len(), 3);
        assert_eq!(memory.claim("claimed", 1.0, 4.0), Claim::Busy);
        assert!(!memory.is_empty());
    }

    #[test]
    fn expired_keys_go_first() {
        let mut memory = Memory::new(2);
        memory.complete("gone", 10.0, 0.0);
        memory.complete("kept", 1000.0, 0.0);
        assert_eq!(memory.claim("next", 10.0, 20.0), Claim::New);
        assert_eq!(memory.claim("kept", 10.0, 20.0), Claim::Done);
    }
}
