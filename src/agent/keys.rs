//! Idempotency keys of sends that bring none.

use crate::prelude::*;
use crate::secret::{hmac_sha256, send_key, uuid};

/// Gives keys: derived ones to the sends of a webhook's handlers, random ones to all others.
pub struct Keys {
    seed: [u8; 16],
    given: u32,
    chains: Vec<Chain>,
}

/// The sends of one handler for one event.
struct Chain {
    event_key: String,
    handler: u32,
    sends: u32,
}

impl Keys {
    /// `seed` is random and secret: all random keys follow from it.
    #[must_use]
    pub fn new(seed: [u8; 16]) -> Self {
        Self { seed, given: 0, chains: Vec::new() }
    }

    /// A chain for the sends of one handler. Its number, from 1 on.
    pub fn chain(&mut self, event_key: &str, handler: u32) -> u32 {
        self.chains.push(Chain { event_key: event_key.to_owned(), handler, sends: 0 });
        u32::try_from(self.chains.len()).unwrap_or_default()
    }

    /// The next key of a chain; of no chain (0) a random UUID.
    pub fn next(&mut self, chain: u32) -> String {
        let place = usize::try_from(chain).ok().and_then(|chain| chain.checked_sub(1));
        if let Some(chain) = place.and_then(|place| self.chains.get_mut(place)) {
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
        let (first, second) = (keys.chain("event", 0), keys.chain("event", 1));
        assert_eq!((first, second), (1, 2));
        let given = [keys.next(1), keys.next(2), keys.next(1)];
        assert_eq!(given, [send_key("event", 0, 0), send_key("event", 1, 0), send_key("event", 0, 1)]);
        assert!(given.iter().all(|key| key.chars().nth(14) == Some('8')), "derived");
        let random = [keys.next(0), keys.next(0), keys.next(9)];
        assert!(random.iter().all(|key| key.chars().nth(14) == Some('4')), "random");
        assert!(random[0] != random[1] && random[1] != random[2] && random[0] != random[2]);
        assert_eq!(Keys::new([7; 16]).next(0), random[0], "from the seed alone");
        assert_ne!(Keys::new([8; 16]).next(0), random[0]);
    }
}
