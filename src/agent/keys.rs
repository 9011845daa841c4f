//! Idempotency keys of sends that bring none.

use super::ring::Ring;
use crate::prelude::*;
use crate::secret::{hmac_sha256, send_key, uuid};

/// Gives keys: derived ones to the sends of a webhook's handlers, random ones to all others.
pub struct Keys {
    seed: [u8; 16],
    given: u32,
    /// An older one's webhook was answered long ago.
    chains: Ring<Chain, MAX_CHAINS>,
}

/// The sends of one handler for one event.
struct Chain {
    event_key: String,
    handler: u32,
    sends: u32,
    by: f64,
}

/// Chains that are remembered.
const MAX_CHAINS: usize = 4096;

impl Keys {
    /// `seed` is random and secret: all random keys follow from it.
    #[must_use]
    pub fn new(seed: [u8; 16]) -> Self {
        Self { seed, given: 0, chains: Ring::new() }
    }

    /// A chain for the sends of one handler, all of whose calls must have ended at a time. Its number, from 1 on.
    pub fn chain(&mut self, event_key: &str, handler: u32, by: f64) -> u32 {
        let place = self.chains.push(Chain { event_key: event_key.to_owned(), handler, sends: 0, by });
        u32::try_from(place.wrapping_add(1)).unwrap_or_default()
    }

    fn find(&mut self, chain: u32) -> Option<&mut Chain> {
        self.chains.items.get_mut(usize::try_from(chain).ok()?.checked_sub(1)?)
    }

    /// When the calls of a chain must have ended; of no chain (0) never.
    pub fn by(&mut self, chain: u32) -> f64 {
        self.find(chain).map_or(f64::INFINITY, |chain| chain.by)
    }

    /// The next key of a chain; of no chain (0) a random UUID.
    pub fn next(&mut self, chain: u32) -> String {
        if let Some(chain) = self.find(chain) {
            let ordinal = chain.sends;
            chain.sends = ordinal.wrapping_add(1);
            return send_key(&chain.event_key, chain.handler, ordinal);
        }
        self.given = self.given.wrapping_add(1);
        let bytes = hmac_sha256(&self.seed, &[&self.given.to_be_bytes()]).bytes();
        uuid(bytes.first_chunk().copied().unwrap_or_default(), 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_count_for_themselves_and_random_keys_never_repeat() {
        let mut keys = Keys::new([7; 16]);
        let (first, second) = (keys.chain("event", 0, 5.0), keys.chain("event", 1, 6.0));
        assert_eq!((first, second), (1, 2));
        assert_eq!([1, 2, 0, 3].map(|chain| keys.by(chain)), [5.0, 6.0, f64::INFINITY, f64::INFINITY]);
        let given = [keys.next(1), keys.next(2), keys.next(1)];
        assert_eq!(given, [send_key("event", 0, 0), send_key("event", 1, 0), send_key("event", 0, 1)]);
        assert!(given.iter().all(|key| key.chars().nth(14) == Some('8')), "derived");
        let random = [keys.next(0), keys.next(0), keys.next(9)];
        assert!(random.iter().all(|key| key.chars().nth(14) == Some('4')), "random");
        assert!(random[0] != random[1] && random[1] != random[2] && random[0] != random[2]);
        assert_eq!(Keys::new([7; 16]).next(0), random[0], "from the seed alone");
        assert_ne!(Keys::new([8; 16]).next(0), random[0]);
    }
    #[test]
    fn chains_are_bounded() {
        let mut keys = Keys::new([7; 16]);
        for number in 0..u32::try_from(MAX_CHAINS).unwrap() {
            assert_eq!(keys.chain("event", number, 0.0), number + 1);
        }
        assert_eq!(keys.chain("late", 0, 1.0), 1, "in place of the oldest");
        assert_eq!((keys.next(1), keys.next(2)), (send_key("late", 0, 0), send_key("event", 1, 0)));
        assert_eq!(keys.chains.items.len(), MAX_CHAINS);
    }
}
